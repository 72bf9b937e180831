"""Measures of real runs: against the journal of the same block counted by hand, and against what must hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from glasshouse import measures
from glasshouse.errors import NotCounted, UsageError
from glasshouse.keeping import kept_scenario, load
from glasshouse.measures.counted import YEAR_DAYS, Counted, jackknifed
from glasshouse.measures.lives import Lives, lived_again, program_of
from glasshouse.order import Order
from glasshouse.runs import Run, run
from glasshouse.society.areas import sampled

STEPS, DAYS = 18, YEAR_DAYS / 12


def journal(run: Run, table: str) -> list[dict[str, Any]]:
    """Rows of the journal of the village's only block."""
    return pl.read_parquet(run.path / "journal" / f"{table}.parquet").to_dicts()


def stands(run: Run, standing: str, path: str) -> set[tuple[int, int]]:
    """(subject, step) at whose end the subject has a case, by hand."""
    rows = [r for r in journal(run, "listings") if r["standing"] == standing and r["list"] == path]
    found: set[tuple[int, int]] = set()
    for subject in {row["subject"] for row in rows}:
        for step in range(STEPS):
            mine = [row["what"] for row in rows if row["subject"] == subject and row["step"] <= step]
            if mine.count("entered") > mine.count("left"):
                found.add((subject, step))
    return found


# --- against the journal -------------------------------------------------------------------------------------------


def test_wrongful_time_is_what_the_journal_says(village: Run) -> None:
    expected = 0
    for path in ("village-rules/debtors", "village-rules/kin"):
        expected += len(stands(village, "fact", path) - stands(village, "truth", path))
    found = measures.misidentification(village).of("wrongful listed days")
    people = len(journal(village, "subjects"))
    assert expected > 0 and found.counted is not None
    assert found.numerator == pytest.approx(expected * DAYS)
    assert found.exposure == pytest.approx(people * STEPS / 12)
    assert found.value == pytest.approx(1000 * expected * DAYS / (people * STEPS / 12))


def test_false_records_and_checks(village: Run) -> None:
    rows = [r for r in journal(village, "records") if r["detector"] == "village-rules/next-door"]
    made = [row["ground"] for row in rows if row["what"] == "recorded"]
    false, own = len(made) - made.count("own"), made.count("own")
    told = measures.misidentification(village)
    item = "village-rules/next-door:loud_night"
    share, rate = told.of("false share of records", item=item), told.of("false positive rate", item=item)
    assert false > 5 and share.value == pytest.approx(false / (false + own))
    assert rate.value == pytest.approx(false / (440 * STEPS - own))
    by_sex = [
        told.of("false share of records", item=item, group=group).numerator for group in ("sex=male", "sex=female")
    ]
    assert sum(each or 0 for each in by_sex) == false


def test_error_rates_by_sex(village: Run) -> None:
    path = "village-rules/debtors"
    fact, truth = stands(village, "fact", path), stands(village, "truth", path)
    sexes = {row["subject"]: row["sex"] for row in journal(village, "subjects")}
    told = measures.error_rates(village, path)
    rates = []
    for sex in ("male", "female"):
        members = {subject for subject, each in sexes.items() if each == sex}
        wrong = len({each for each in fact - truth if each[0] in members})
        due = len({each for each in truth if each[0] in members})
        found = told.of("innocent and listed", item=path, group=f"sex={sex}")
        rates.append(wrong / (len(members) * STEPS - due))
        assert found.value == pytest.approx(rates[-1])
    assert told.of("largest difference, innocent", item=path, group="sex").value == pytest.approx(
        abs(rates[0] - rates[1])
    )


def test_sanctions_of_a_root(village: Run) -> None:
    roots: Counter[str] = Counter()
    for row in journal(village, "listings"):
        if row["standing"] == "fact" and row["what"] == "entered" and row["root"]:
            roots[row["root"]] += 1
    for row in journal(village, "requests"):
        if row["outcome"] == "refused" and row["root"]:
            roots[row["root"]] += 1
    told = measures.double_punishment(village)
    assert told[0].value == pytest.approx(sum(number - 1 for number in roots.values()) / len(roots))
    assert told[1].value == pytest.approx(sum(number > 1 for number in roots.values()) / len(roots))


def test_distinct_authorities_and_rights_of_a_root(village: Run) -> None:
    rights = {"bus": "movement", "seed_loan": "subsistence"}
    found: dict[str, set[str]] = defaultdict(set)
    for row in journal(village, "listings"):
        if row["standing"] == "fact" and row["what"] == "entered" and row["root"]:
            found[row["root"]].add("listing")
    for row in journal(village, "requests"):
        if row["outcome"] == "refused" and row["root"]:
            found[row["root"]].add(rights[row["service"]])
    told = measures.double_punishment(village, blocks=1).where(item="distinct authorities and rights")
    assert told[0].value == pytest.approx(sum(len(each) - 1 for each in found.values()) / len(found))


def test_lawful_conduct_that_is_punished(village: Run, perfect_village: Run) -> None:
    """No detector errs, and yet people are sanctioned for loud nights: zero wrongful must not read as zero harm."""
    wrong = measures.misidentification(perfect_village, groups=False)
    assert wrong.of("wrongful refusals").value == 0 and wrong.of("wrongful listed days").value == 0
    lawful = measures.lawful_punished(perfect_village).of("sanctions for lawful conduct")
    assert lawful.value is not None and lawful.value > 0
    punished = sum(
        row["outcome"] == "refused" and ":loud_night:" in (row["root"] or "") for row in journal(village, "requests")
    )
    assert measures.lawful_punished(village).of("sanctions for lawful conduct").numerator == punished > 0


def test_lives_come_to_what_was_counted(village: Run) -> None:
    """The same blocks lived again add up to the run's own counts, one by one."""
    lives, counted = Lives.of(village, 1), Counted(village)
    for name, quantity in (("cases", "entered"), ("refused", "refused_requests"), ("granted", "granted"),
                           ("wrongly_refused", "wrongly_refused")):  # fmt: skip
        assert lives.amount(name).sum() == counted.of(quantity).value > 0, name
    assert sum(len(life.spells) for life in lives.told) == counted.of("new_listed").value
    debtors = stands(village, "fact", "village-rules/debtors")
    kin = stands(village, "fact", "village-rules/kin")
    assert lives.amount("listed_steps").sum() == len(debtors | kin)
    assert lives.hit("listed").sum() == len({subject for subject, _ in debtors | kin} | {
        row["subject"] for row in journal(village, "listings") if row["standing"] == "fact"})  # fmt: skip
    values, people = lives.histogram("refused", "sex")
    assert (people.sum(axis=0) @ values) == counted.of("refused_requests").value
    for group, row in zip(lives.groups("sex"), people, strict=True):
        assert row @ values == counted.of("refused_requests", group=group).value


def test_recovery_of_stays(village: Run) -> None:
    """The life table of stays, by hand: those open at the end are censored there."""
    told = measures.recovery(village, of="village-rules/debtors", blocks=1)
    spells = [s for life in Lives.of(village, 1).told for s in life.spells if s.list == "village-rules/debtors"]
    survival, repaired = 1.0, 0.0
    for month in range(13):
        at_risk = sum((s.until if s.ending else STEPS) - s.since >= month for s in spells)
        ended = [s.ending for s in spells if s.ending and s.until - s.since == month]
        repaired += survival * ended.count("repair") / at_risk
        survival *= 1 - len(ended) / at_risk
    assert told.of("over by repair", item="village-rules/debtors").value == pytest.approx(repaired)
    assert told.of("recovered", item="village-rules/debtors").value == pytest.approx(1 - survival)


def test_a_spell_is_not_broken_inside_a_step(village: Run) -> None:
    """Every stay begins after the one before has ended, on the same list."""
    for life in Lives.of(village, 1).told:
        for path in {spell.list for spell in life.spells}:
            mine = [spell for spell in life.spells if spell.list == path]
            assert all(one.until <= other.since for one, other in pairwise(mine))
            assert all(spell.ending for spell in mine[:-1])


# --- what must hold ------------------------------------------------------------------------------------------------


def test_groups_of_a_division_add_up(village: Run) -> None:
    told = measures.sanctions(village)
    for name in ("cases opened", "requests refused", "days listed"):
        whole = told.of(name).numerator
        for groups in (("sex=male", "sex=female"), ("means=1", "means=2", "means=3")):
            parts = [told.of(name, group=group).numerator for group in groups]
            assert sum(part or 0 for part in parts) == pytest.approx(whole)


def test_replications_and_blocks_are_kept_apart(ledger: Run) -> None:
    counted = Counted(ledger)
    refused = counted.of("refused_requests")
    rate = counted.ratio("", "rate", refused, counted.subject_years(), "", "")
    blocks, luck = rate.interval("blocks"), rate.interval("replications")
    assert blocks is not None and luck is not None and rate.interval("parameters") is None
    by_hand = refused.totals / counted.subject_years().totals
    assert (luck.low + luck.high) / 2 == pytest.approx(by_hand.mean())
    assert luck.half_width == pytest.approx(4.303 * by_hand.std(ddof=1) / 3**0.5)
    assert rate.value == pytest.approx(by_hand.mean())


def test_two_ways_to_an_interval_agree(ledger: Run) -> None:
    """A ratio leaves one batch out at a time with nearly the spread that its linear form has."""
    counted = Counted(ledger)
    spread, refused = counted.of("refused_requests", grounds=("spread",)), counted.of("refused_requests")
    linear = counted.ratio("", "", spread, refused, "", "").interval("blocks")
    assert spread.batches is not None and refused.batches is not None and linear is not None
    cells = np.stack([spread.batches, refused.batches], axis=1)
    found = jackknifed(counted, cells, lambda sums: float(sums[0] / sums[1]) if sums[1] else None)
    assert found is not None and found.half_width == pytest.approx(linear.half_width, rel=0.25)


def test_batches_add_up_to_the_counts(ledger: Run, village: Run) -> None:
    """What intervals are made of is what was counted: flows, time in stocks, groups, durations, roots, moves."""
    for done in (ledger, village):
        counted = Counted(done)
        for quantity in ("entered", "listed", "refused_requests", "requests", "records", "score_sum"):
            for group in counted.groups:
                figure = counted.of(quantity, group=group)
                assert figure.batches is not None
                total = figure.batches @ counted.cells.weight[counted.cells.place]
                assert total == pytest.approx(figure.value), (quantity, group)
        for table in ("lifetimes", "roots", "transitions"):
            columns = {"lifetimes": ("list", "ending"), "roots": ("kind",), "transitions": ("rating", "from", "to")}
            kept = counted.batched(table).get_column("value").sum()
            assert kept == counted.part(table, *columns[table]).get_column("counted").sum()


def test_moves_and_their_measures(village: Run) -> None:
    rows = village.transitions.filter((pl.col("from") != "") & (pl.col("to") != ""))
    stayed = rows.filter(pl.col("from") == pl.col("to"))["value"].sum()
    told = measures.mobility(village, "village-rules/points")
    assert told.of("moved", item="village-rules/points").value == pytest.approx(1 - stayed / rows["value"].sum())
    trapped = measures.trap(village, "village-rules/points", 12, without_feedback=village)
    assert trapped.of("trap excess", item="village-rules/points").value == 1.0
    assert {m.name for m in trapped} >= {"drift from gold", "drift from plain", "drift from grey", "time to the top"}


def test_score_gaps(village: Run) -> None:
    last = village.scores.filter((pl.col("month") == "2031-06") & (pl.col("group") == "sex=male"))
    scores = np.repeat(last["score"].to_numpy(), last["value"].to_numpy())
    told = measures.score_gaps(village, "village-rules/points")
    for at in (0.1, 0.5, 0.9):
        expected = float(np.quantile(scores, at, method="inverted_cdf"))
        assert told.of(f"quantile {at:g}", item="village-rules/points", group="sex=male").value == expected


def test_access_and_procedure(village: Run) -> None:
    rows = [row for row in journal(village, "requests") if row["service"] == "bus"]
    refused = [row for row in rows if row["outcome"] == "refused"]
    told = measures.access(village)
    assert told.of("refused", item="bus").value == pytest.approx(len(refused) / len(rows))
    assert told.of("tries lost", item="bus").value == pytest.approx(
        sum(row["refused_tries"] for row in refused) / len(refused)
    )
    assert told.of("refused by right", item="movement").value == told.of("refused", item="bus").value
    said = measures.procedure(village)
    asked = [row for row in journal(village, "listings") if row["what"] == "asked" and row["standing"] == "fact"]
    appeals = sum(row["clause"] == "village-rules/complaint" for row in asked)
    won = sum(row["ending"] == "appeal" for row in journal(village, "listings") if row["standing"] == "fact")
    again = measures.procedure(village, blocks=1)
    assert again.of("appealed").numerator == appeals > 0
    assert again.of("appeals won").value == pytest.approx(won / appeals)
    struck = sum(row["what"] == "overridden" for row in journal(village, "records"))
    made = sum(row["what"] == "recorded" for row in journal(village, "records"))
    assert said.of("struck out by review").value == pytest.approx(struck / (struck + made))


def test_contagion_and_collateral(village: Run) -> None:
    rows = [r for r in journal(village, "listings") if r["standing"] == "fact" and r["what"] == "entered"]
    spread = sum(row["ground"] == "spread" for row in rows)
    assert measures.contagion(village).of("cases by spread").value == pytest.approx(spread / (len(rows) - spread))
    assert measures.contagion(village).of("spectral radius").value == 0.0
    time = len(stands(village, "fact", "village-rules/kin")) / len(stands(village, "fact", "village-rules/debtors"))
    assert measures.collateral(village).of("days listed for a tie").value == pytest.approx(time)


def test_arbitrariness_needs_luck(perfect_village: Run, village: Run) -> None:
    told = measures.arbitrariness(village, replications=6, blocks=1)
    assert told[0].value is not None and 0.05 < told[0].value < 0.9
    assert told.of("chance of those ever hit", item="sanctioned").value == pytest.approx(0.75, abs=0.25)
    with pytest.raises(UsageError, match="at least two replications"):
        measures.arbitrariness(village, replications=1)


def test_a_place_lottery_of_one_place_is_none(village: Run, changed_village: Callable[..., Run]) -> None:
    milder = changed_village("village-rules/debtors.enter[1].term=3 months")
    told = measures.place_lottery([village, milder], blocks=1)
    share = told.of("between places", item="sanction_days").value
    assert share is not None and 0 < share < 1
    assert measures.place_lottery([village, village], blocks=1).of("between places", item="sanction_days").value == 0.0
    with pytest.raises(UsageError, match="at least two rule books"):
        measures.place_lottery([village])
    with pytest.raises(UsageError, match="different people"):
        measures.place_lottery([village, changed_village(society_seed=5)])


def test_chilling_is_a_curve(village: Run, changed_village: Callable[..., Run]) -> None:
    free = changed_village("village-conduct/hush.factor=1")
    strong = changed_village("village-conduct/hush.factor=0.3")
    told = measures.chilling(free, {0.7: village, 0.3: strong})
    curve = [m.value for m in told.where(item="loud_night")]
    assert len(curve) == 2 and curve[0] is not None and curve[1] is not None and 0 < curve[1] < curve[0]
    apart = measures.chilling(free, {0.7: village, 0.3: strong}, blocks=1).where(item="loud_night")
    for place in (0, 1):
        parts = apart.where(group=("strength 0.3", "strength 0.7")[place])
        never, sanctioned = (
            parts.of("acts not done, never sanctioned", item="loud_night", group=parts[0].group),
            parts.of("acts not done, sanctioned", item="loud_night", group=parts[0].group),
        )
        whole = parts.of("acts not done", item="loud_night", group=parts[0].group)
        assert never.value == 0, "only those punished are loud less often in this village"
        assert (never.numerator or 0) + (sanctioned.numerator or 0) == pytest.approx(whole.numerator)
    with pytest.raises(UsageError, match="never as one number"):
        measures.chilling(free, {0.7: village})
    with pytest.raises(UsageError, match="process_seed"):
        measures.chilling(free, {0.7: village, 0.3: changed_village(process_seed=9)})


def test_benefit_never_stands_alone(village: Run, changed_village: Callable[..., Run]) -> None:
    free = changed_village("village-conduct/hush.factor=1")
    told = measures.claimed_benefit(village, free, {"milder": changed_village("village-conduct/hush.factor=0.9")})
    for name in ("this policy", "milder"):
        assert {m.name for m in told.where(item=name)} == {
            "offences and breaches avoided", "wrongful listed days per one avoided",
            "wrongful refusals per one avoided", "sanctions for lawful conduct per one avoided"}  # fmt: skip
    avoided = told.of("offences and breaches avoided", item="this policy")
    assert avoided.value == 0.0, "loud nights are no offence: fewer of them are no benefit"
    assert told.of("wrongful refusals per one avoided", item="this policy").value is None
    assert told.of("wrongful refusals per one avoided", item="this policy").numerator == 11


# --- refusals ------------------------------------------------------------------------------------------------------


def test_what_is_not_counted_is_named(village: Run) -> None:
    with pytest.raises(NotCounted, match="`burdens`.*blocks=64") as burdens:
        measures.burden(village)
    assert burdens.value.quantities == ("burdens",) and burdens.value.exit_code == 2
    with pytest.raises(NotCounted, match="`relapses`"):
        measures.relapse(village)
    with pytest.raises(NotCounted, match="does not count `wishes`"):
        Counted(village).of("wishes")


def test_two_numbers_are_refused_with_the_reason(village: Run) -> None:
    with pytest.raises(UsageError, match="four-fifths alone is refused.*0.990 and passes"):
        measures.four_fifths(village)
    for amount in ("score", "points"):
        with pytest.raises(UsageError, match="a score has no natural zero"):
            measures.gini_of(village, amount, blocks=1)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda run: measures.disparity(run, "happiness"), "unknown outcome `happiness`; listed"),
        (lambda run: measures.gini_of(run, "income", blocks=1), "unknown amount `income`"),
        (lambda run: measures.mobility(run, "village-rules/stars"), "unknown rating `village-rules/stars`"),
        (lambda run: measures.recovery(run, of="village-rules/x"), "unknown list `village-rules/x`"),
        (lambda run: measures.intersections(run), "no crossed groups"),
        (lambda run: measures.conditional_disparity(run, "sex", "means"), r"no groups crossed by sex and means"),
        (lambda run: measures.uncertainty(run), "one replication"),
        (lambda run: measures.burden(run, blocks=0), "at least one block"),
        (lambda run: measures.score_gaps(run, "stars"), "no scores of `stars`"),
    ],
)
def test_questions_without_an_answer(village: Run, asked: Callable[[Run], object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        asked(village)


def test_no_p_values_anywhere(village: Run, ledger: Run) -> None:
    """Headlines show effects and spreads; nothing in them is called significant."""
    for done in (village, ledger):
        for told in (measures.sanctions(done), measures.collateral(done), measures.access(done)):
            text = str(told) + told._repr_html_()
            assert "p-value" not in text and "significant" not in text and "synthetic" in text


def test_an_answer_shows_itself(ledger: Run) -> None:
    told = measures.uncertainty(ledger)
    frame = told.frame()
    assert frame.height == len(told) and set(frame.columns) >= {"id", "value", "blocks_low", "replications_high"}
    assert told.of("rate").plain()["intervals"].keys() == {"blocks", "replications"}
    page = told._repr_html_()
    assert page.count("<tr>") == len(told) + 1 and "documented reading" in page
    with pytest.raises(KeyError, match="no measure `rates`"):
        told.of("rates")


def test_blocks_lived_again_lie_inside_the_sample(folder: Path) -> None:
    """A few of the blocks the run simulated, from every leaf area; their weights make the same society."""
    half = run(load("ledger-12"), out=folder / "half", residents=16_000, threads=1)
    order = replace(Order.read(half.manifest["order"]), sample=Fraction(1, 2))
    program = program_of(half, kept_scenario(half.path), order)
    for most in (1, 5, 12, 1_000):
        again = lived_again(order, program, most)
        for leaf, part in zip(program.leaves, again, strict=True):
            whole = sampled(leaf, Fraction(1, 2)).tolist()
            assert set(part) <= set(whole) and len(part) == min(len(whole), max(2, most))
    lives = Lives.of(half, 5)
    assert lives.total(np.ones(len(lives.told))) == pytest.approx(1_000_000, rel=0.06), "households differ in size"
