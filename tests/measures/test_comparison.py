"""Two policies on the same people: what the same luck prevents, who is changed by what, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from glasshouse import designs, measures
from glasshouse.changing import Change, changed_scenario, run_changed
from glasshouse.comparison import compare
from glasshouse.errors import InvalidDocuments, UsageError
from glasshouse.keeping import kept_scenario, load
from glasshouse.runs import Run, run

NO_RESPONSE = "village-conduct/hush.factor=1"


@pytest.fixture(scope="module")
def mild(folder: Path) -> Run:
    """Three thousand residents of the benchmark."""
    return run(load("ledger-12"), out=folder / "mild", residents=3_000, threads=1)


@pytest.fixture(scope="module")
def harsh(mild: Run, folder: Path) -> Run:
    """The same people and luck, with payment taking a listing off a third as often."""
    return run_changed(mild, Change(sets=("ledger-12/repay.rate=0.2 per year",)), folder / "harsh", threads=1)


# --- luck ----------------------------------------------------------------------------------------------------------


def test_a_harsher_policy_spares_nobody_with_the_same_luck(mild: Run, harsh: Run) -> None:
    told = compare(mild, harsh, blocks=100)
    assert told.same_luck and told.lived == mild.manifest["residents"]
    refused = told.who("refused")
    assert refused.counted[0] > 0 and told.of("requests refused").difference > 0
    assert all(each.newly_spared == 0 for each in told.changed)
    assert told.changed_counted >= refused.counted[0]


def test_it_seems_to_spare_people_with_other_luck(mild: Run, folder: Path) -> None:
    """The same change with new luck: people seem spared whom the policy did nothing for, and the comparison says so."""
    scenario = load("ledger-12", sets=["ledger-12/repay.rate=0.2 per year"])
    other = run(
        scenario, out=folder / "other-luck", residents=3_000, society_seed=12, conduct_seed=5, process_seed=5, threads=1
    )
    told = compare(mild, other, blocks=100)
    assert not told.same_luck and any("mix policy and chance" in remark for remark in told.remarks)
    assert told.who("refused").counted[1] > 20


def test_the_same_luck_makes_the_difference_certain(mild: Run, harsh: Run, folder: Path) -> None:
    """What a change does not concern does not move at all with the same luck; with other luck it wavers."""
    scenario = kept_scenario(harsh.path)
    other = run(
        scenario, out=folder / "other", residents=3_000, society_seed=12, conduct_seed=5, process_seed=5, threads=1
    )
    paired, loose = (compare(mild, each, blocks=1).of("cases opened") for each in (harsh, other))
    assert paired.difference == 0 and not paired.intervals
    assert loose.intervals and loose.intervals[0].half_width > 0


@pytest.mark.thorough
def test_one_gate_less_changes_its_service_alone(folder: Path) -> None:
    """Without the costly schools of the court list, with no responses: school refusals change and nothing else does."""
    scenario = designs.without_responses(load("china-2018"))
    whole = run(scenario, out=folder / "china", sample="1/50000", since="2017-07", months=12, threads=1)
    fewer = scenario.without("court-defaulters/costly-schools")
    without = run_changed(whole, fewer, folder / "china-without", threads=1)
    luck = run(
        fewer, out=folder / "china-luck", sample="1/50000", since="2017-07", months=12, society_seed=2018,
        conduct_seed=3, process_seed=3, threads=1,
    )  # fmt: skip
    told = compare(whole, without, blocks=400)
    moved = {(each.name, each.item) for each in told.differences if each.moved and each.item}
    assert moved == {
        ("requests refused", "costly_school"),
        ("requests refused by gate", "court-defaulters/costly-schools"),
    }
    assert {each.what for each in told.changed if each.newly_hit} == set()
    schools = {each.what for each in told.changed if each.newly_spared and each.group == "all"}
    assert schools <= {
        "sanctioned", "refused", "refused for a tie", "refused costly_school",
        "refused by court-defaulters/costly-schools"}  # fmt: skip
    assert "refused costly_school" in schools
    same, other = told.of("requests refused"), compare(whole, luck, blocks=1).of("requests refused")
    assert same.difference < 0
    assert (same.intervals[0].half_width / other.intervals[0].half_width) ** 2 < 1 / 10


# --- who and by what -----------------------------------------------------------------------------------------------


def test_nothing_changed_changes_nobody(village: Run, changed_village: Callable[..., Run]) -> None:
    told = compare(village, changed_village())
    assert told.changed_subjects == told.changed_counted == 0 and not any(each.moved for each in told.differences)
    assert "nobody can be changed" in str(told)


def test_a_change_without_effect_changes_nobody(village: Run, changed_village: Callable[..., Run]) -> None:
    """Other documents, the same lives: nobody tries another way at the bus, so how many are caught moves nothing."""
    told = compare(village, changed_village("village-rules/bus-ban.evasion_caught=0.5"), blocks=1)
    assert told.lived == 440 and told.changed_counted == 0
    assert village.manifest["documents"] != told.alternative.manifest["documents"]


def test_without_spread_those_tied_are_spared(village: Run, folder: Path) -> None:
    none = run_changed(village, designs.without_spread(kept_scenario(village.path)), folder / "no-spread", threads=1)
    told = compare(village, none, blocks=1)
    tied = told.who("listed for a tie")
    assert tied.newly_hit == 0 and tied.both == 0 and tied.newly_spared > 100
    assert tied.spared_by == {"village-rules/household-shame": tied.newly_spared} and tied.hit_by == {}
    assert told.of("cases opened", item="village-rules/kin").alternative == 0
    listed = told.who("listed")
    assert listed.newly_hit + listed.newly_spared + listed.both + listed.neither == 440
    for low, high in listed.bounds.values():
        assert low <= high
    assert listed.bounds["newly_spared"][0] <= listed.newly_spared <= listed.bounds["newly_spared"][1]
    parts = [told.who("listed", group) for group in ("sex=male", "sex=female")]
    assert sum(part.newly_spared for part in parts) == listed.newly_spared
    adds = measures.collateral(village, without_spread=none).of("refusals that spread adds")
    assert adds.value is not None and 0 < adds.value < 1
    assert told.examples["newly_spared"] and not told.examples["newly_hit"]
    assert all(subject.startswith("R-000000-") for subject in told.examples["newly_spared"])


def test_leaving_one_context_out(village: Run, folder: Path) -> None:
    scenario = kept_scenario(village.path)
    runs = {}
    for context in designs.contexts(scenario):
        silent = designs.without_context(scenario, context)
        runs[context] = run_changed(village, silent, folder / f"without-{context}", threads=1)
    assert set(runs) == {"daily_life", "neighbourhood", "justice", "charity"}
    told = measures.cross_context(village, runs)
    debts = told.of("refused across contexts", item="justice")
    assert debts.value is not None and debts.value > 0.9
    for context in runs:
        events = runs[context].monthly.filter(runs[context].monthly["quantity"] == "events")["item"].unique().to_list()
        assert events and all(event.id not in events for event in scenario.conduct.events if event.context == context)
    with pytest.raises(UsageError, match="nothing happens in `health`"):
        designs.without_context(scenario, "health")


def test_responses_and_policies_can_be_switched_off(village: Run, folder: Path) -> None:
    scenario = kept_scenario(village.path)
    none = run_changed(village, designs.without_policies(scenario), folder / "no-policy", threads=1)
    told = compare(village, none, blocks=1)
    assert told.of("requests refused").alternative == 0 and told.of("cases opened").alternative == 0
    assert not any(each.newly_hit for each in told.changed)
    calm = run_changed(village, designs.without_responses(scenario), folder / "calm", threads=1)
    assert compare(village, calm, blocks=1).of("events", item="loud_night").difference > 0


def test_who_is_hit_by_which_clause(village: Run, changed_village: Callable[..., Run]) -> None:
    told = compare(village, changed_village("village-rules/fee.points=-40"), blocks=1)
    loans = told.who("refused seed_loan")
    assert loans.newly_hit > 0 and loans.newly_spared == 0
    assert loans.hit_by == {"village-rules/no-seed": loans.newly_hit}
    row = told.of("requests refused", item="seed_loan").plain()
    assert row["newly_hit"] == loans.newly_hit and row["difference"] == row["alternative"] - row["baseline"] > 0


# --- what is shown, what is refused -----------------------------------------------------------------------------------


def test_a_comparison_shows_itself(mild: Run, harsh: Run) -> None:
    told = compare(mild, harsh, blocks=4)
    plain = told.plain()
    assert {"changed_subjects", "measures", "who", "same_luck"} <= plain.keys()
    for row in plain["measures"]:
        assert {"baseline", "alternative", "difference", "interval", "newly_hit", "newly_spared"} <= row.keys()
    assert told.frame().height == len(told.differences)
    assert "newly hit" in told._repr_html_() and "synthetic" in told._repr_html_()
    chart = pytest.importorskip("altair") and told.plot().to_dict()
    assert chart["title"]["subtitle"].startswith("documented reading")
    with pytest.raises(KeyError, match="no figure `joy`"):
        told.of("joy")
    with pytest.raises(KeyError, match="nobody was `praised`"):
        told.who("praised")


def test_other_people_are_refused(village: Run, mild: Run, changed_village: Callable[..., Run]) -> None:
    with pytest.raises(UsageError, match="do not hold the same people.*residents"):
        compare(village, mild)
    with pytest.raises(UsageError, match="society_seed"):
        compare(village, changed_village(society_seed=8))


def test_a_change_is_read_like_any_document(village: Run) -> None:
    with pytest.raises(InvalidDocuments, match="names no clause") as wrong:
        changed_scenario(village, Change(sets=("village-rules/x.y=1",), without=("village-rules/zzz",)))
    assert len(wrong.value.mistakes) == 2
    with pytest.raises(UsageError, match="no change is asked for"):
        changed_scenario(village, Change())
    changed = changed_scenario(village, Change(reading="reported"))
    assert changed.reading == "reported"
