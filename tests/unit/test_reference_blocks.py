"""The reference lives whole blocks: what is done, noticed and asked for, and what is always true of a journal."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Context, localcontext
from typing import Any

import pytest

from glasshouse.conditions import parse
from glasshouse.mechanisms.detector import Identify, Link, View
from glasshouse.mechanisms.event import Follows, Limit
from glasshouse.reference import Journal, run_block
from glasshouse.reference.detection import chances
from glasshouse.reference.draws import DIGITS
from glasshouse.values import constant
from unit.reference_world import (
    SEEDS,
    SURE,
    THEFT,
    Lived,
    attribute,
    chance,
    detector,
    enrolment,
    enter,
    event,
    factors,
    gate,
    indicator,
    listed,
    listing,
    months,
    points,
    policy,
    rate,
    rating,
    recipe,
    remedy,
    response,
    rows,
    rule,
    scenario,
    service,
    spread,
    sums,
    tie,
    weighted,
)

# --- what is done, noticed and asked for ---------------------------------------------------------------------------


def test_a_chain_of_consequences_keeps_its_root() -> None:
    chain = (
        event("quarrel", "6"),
        event("suit", follows=Follows(event="quarrel", chance=chance(1), after=months(1))),
        event("debt", follows=Follows(event="suit", chance=chance(1), after=months(2))),
    )
    done = defaultdict(set)
    for row in run_block(scenario(policy(), events=chain), SEEDS, 0).tables["events"]:
        done[row[3]].add((row[0], row[2], row[4], row[5]))
    assert len(done["quarrel"]) > 100
    assert {row[3] for row in done["quarrel"]} == {f"{who}:quarrel:{step}:{n}" for step, who, n, _ in done["quarrel"]}
    assert done["suit"] == {(step + 1, who, n, root) for step, who, n, root in done["quarrel"] if step < 23}
    assert done["debt"] == {(step + 3, who, n, root) for step, who, n, root in done["quarrel"] if step < 21}


def blamed(ground: str) -> Journal:
    wrong = {"mistaken": {"mistaken_chance": chance(1)}, "unfounded": {"hit_chance": chance(0), "false_rate": rate(1)}}
    law = policy(
        detectors=(detector("theft", **wrong[ground]),), lists=(listing("black", enter("theft", term=months(6))),),
        gates=(gate("stop", ("trip",), 'listed("law/black")'),),
    )  # fmt: skip
    return run_block(scenario(law, events=(event("theft", "2"),), services=(service("trip"),)), SEEDS, 0)


@pytest.mark.parametrize("ground", ["mistaken", "unfounded"])
def test_the_truthful_standing_knows_nothing_of_wrong_records(ground: str) -> None:
    journal = blamed(ground)
    records = journal.tables["records"]
    assert records and {row[7] for row in records} == {ground} and all(row[2] != row[4] for row in records)
    assert rows(journal, "listings", "truth", 0) == [] and rows(journal, "listings", "fact", 0) != []
    assert sums(journal, "wrongly_listed") == sums(journal, "listed")
    assert {row[12] for row in journal.tables["requests"] if row[6] == "refused"} == {True}
    assert sums(journal, "missed") == (sums(journal, "events") if ground == "mistaken" else {})


def test_circumvented_requests_are_in_no_other_account() -> None:
    law = policy(
        detectors=(detector("theft"),), lists=(listing("black", enter("theft")),),
        gates=(
            gate("stop", ("trip",), 'listed("law/black")', evasion_caught=chance("0.4")),
            gate("twice", ("trip",), "listed()"),
        ),
    )  # fmt: skip
    trips = service("trip", attempts=constant(3, "number"), evade_chance=chance("0.5"))
    journal = run_block(scenario(law, events=(event("theft", "2"),), services=(trips,)), SEEDS, 0)
    requests = journal.tables["requests"]
    outcomes = Counter(row[6] for row in requests)
    total = {name: sum(sums(journal, name).values()) for name in (
        "requests", "granted", "circumvented", "refused_requests", "refused_attempts", "attempts", "also_refused",
        "refused_by", "first_refused",
    )}  # fmt: skip
    assert min(outcomes["refused"], outcomes["circumvented"]) > 50 and outcomes["granted"] == 0
    assert total["circumvented"] == outcomes["circumvented"]
    assert total["refused_requests"] == total["refused_by"] == outcomes["refused"]
    assert total["requests"] == total["also_refused"] == len(requests)
    assert total["attempts"] - total["refused_attempts"] == outcomes["circumvented"]
    assert total["first_refused"] == len({row[2] for row in requests if row[6] == "refused"})


def test_effects_are_burdens_or_benefits() -> None:
    effects = [
        ("dear", "price", constant(20, "percent"), "burdened"), ("cheap", "price", constant(-300, "yuan"), "benefited"),
        ("slow", "wait", constant(5, "days"), "burdened"), ("unseen", "rank", constant(-30, "percent"), "burdened"),
        ("seen", "rank", constant(30, "percent"), "benefited"), ("limit", "limit", constant(20, "percent"), "burdened"),
        ("tenth", "price", constant(-10, "percent"), "benefited"),
    ]  # fmt: skip
    gates = tuple(
        gate(name, ("trip",), 'listed("law/black")', effect, amount=size) for name, effect, size, _ in effects
    )
    journal = listed(
        charges=((0, 0),),
        lists=(listing("black", enter("theft")),),
        gates=gates,
        services=(service("trip", price=constant(25, "yuan")),),
    )
    granted = sum(sums(journal, "granted").values())
    assert granted == len(journal.tables["requests"]) > 0 and len(journal.tables["effects"]) == 7 * granted
    for name, _, _, quantity in effects:
        assert sum(sums(journal, quantity, f"law/{name}").values()) == granted
    assert sum(sums(journal, "benefit_amount", "law/cheap").values()) == 300 * granted
    assert sum(sums(journal, "benefit_amount", "law/tenth").values()) == 3 * granted
    assert sums(journal, "benefit_amount", "law/seen") == {}


def test_a_sanction_silences_conduct_for_its_window() -> None:
    law = policy(detectors=(detector("talk"),), lists=(listing("black", enter("talk", term=months(1))),))
    quiet = response("sanctioned(months=12) >= 1", ("talk",), "0")
    journal = run_block(scenario(law, events=(event("talk", "24"),), responses=(quiet,)), SEEDS, 0)
    steps = defaultdict(set)
    for row in journal.tables["events"]:
        steps[row[2]].add(row[0])
    gaps = [
        later - one for found in steps.values() for one, later in zip(sorted(found), sorted(found)[1:], strict=False)
    ]
    assert gaps and min(gaps) == 13


def test_limits_and_age_hold() -> None:
    ages = attribute("age", {"0": "0.5", "18": "0.5"}, "breaks")
    grown = event(
        "drive", "12", factors=factors("rate", "age", {"0": "0", "18": "2"}), limit=Limit(number=2, unit="year")
    )
    journal = run_block(scenario(policy(), events=(grown,), people=recipe(attributes=(ages,))), SEEDS, 0)
    months_old = {row[1]: row[4] for row in journal.tables["subjects"]}
    events = journal.tables["events"]
    assert all(months_old[row[2]] + row[0] >= 216 for row in events)
    assert any(months_old[row[2]] < 216 for row in events)
    assert max(Counter((row[2], row[0] // 12) for row in events).values()) == 2


def test_a_camera_fails_in_three_ways() -> None:
    parts = {
        "view": View(cameras_per_resident=chance("0.2"), recognising_share=chance("0.5"), reach=constant(3, "number")),
        "identify": Identify(
            gallery=2, false_match_chance=chance("0.1"), miss_chance=chance("0.2"), outrank_chance=chance("0.3")
        ),
        "link": Link(wrong_chance=chance("0.05")),
    }
    camera = detector("theft", method="camera", hit_chance=chance("0.6"), **parts)
    lived = Lived(scenario(policy(detectors=(camera,)), events=(THEFT,)))
    with localcontext(Context(prec=DIGITS)):
        own, mistaken = chances(lived.block, lived.block.law.detectors[0], 0, 0)
    seen, match = 0.6 * (1 - 2.718281828459045**-0.3), 1 - 0.9**2
    assert float(own) == pytest.approx(seen * 0.8 * (1 - match * 0.3) * 0.95)
    assert float(mistaken) == pytest.approx(seen * (0.8 * (match * 0.3 + (1 - match * 0.3) * 0.05) + 0.2 * match))


# --- what is always true -------------------------------------------------------------------------------------------


LOW = 'score("law/score") < 80'
LISTED = {"when": parse('listed("law/black")'), "value": chance("0.3")}
BY_GROUND = {"own": chance("0.1"), "mistaken": chance("0.7")}


def everything(step: str = "month") -> Any:
    """A scenario with something of every stage."""
    law = policy(
        enrolment=(enrolment("law/score", share="0.8", withdraw="0.2"),),
        detectors=(detector("theft", mistaken_chance=chance("0.2"), false_rate=rate("0.3"), delay=months(1)),),
        ratings=(rating(), weighted("net")),
        rules=(rule("fine", "theft", points=points(-15), lapse=months(9)),),
        indicators=(
            indicator("kin", "law/net", "0.5", tie_mean={"tie": "friends", "rating": "law/score"}),
            indicator("past", "law/net", "0.5", cases=(LISTED,), otherwise=chance(1)),
        ),
        lists=(
            listing("black", enter("theft", term=months(7)), enter(condition=LOW, term=months(4))),
            listing("kin", cases="one"),
        ),
        spread=(spread("kinship", "law/black", "home", "law/kin", constant(0, "as_source"), chance=chance("0.5")),),
        gates=(gate("stop", ("trip",), 'listed("law/black") or tie_any("friends", tier("law/score") == "B")'),),
        remedies=(
            remedy("mend", "repair", SURE, lists=("law/black", "law/kin"), rate=rate("0.8"), delay=months(1)),
            remedy("ask", "appeal", BY_GROUND, ratings=("law/score",), rate=rate(2)),
        ),
    )  # fmt: skip
    people = recipe(2, ties=(tie("home", "household"), tie("friends", "block", 4)))
    trips = service("trip", "6", attempts=constant(2, "number"), evade_chance=chance("0.3"))
    return scenario(law, events=(event("theft", "1.5"),), services=(trips,), people=people, step=step)


@pytest.mark.parametrize("step", ["month", "week", "day"])
def test_cases_requests_and_records_are_conserved(step: str) -> None:
    journal = run_block(everything(step), SEEDS, 0, 0, {"month": 30, "week": 60, "day": 150}[step])
    total = Counter()
    for (_, quantity, item, _), value in journal.counts.items():
        total[quantity, item.partition(":")[0]] += value
    for path in ("law/black", "law/kin"):
        assert total["entered", path] == total["left", path] + total["open", path]
    assert total["entered", "law/black"] > 0
    trips = {name: total[name, "trip"] for name in ("requests", "granted", "circumvented", "refused_requests")}
    assert trips["requests"] == trips["granted"] + trips["circumvented"] + trips["refused_requests"]
    assert total["refused_attempts", "trip"] >= trips["refused_requests"]
    assert all(0 <= row[5] <= 200 for row in journal.tables["publications"])
    assert all(table == sorted(table) for table in journal.tables.values())
    live = Counter()
    for row in rows(journal, "points", "fact", 2, 6, 9, 13):
        live[row[0]] += {"awarded": row[2], "lapsed": -row[2], "reversed": -row[2], "asked": 0}[row[1]]
        assert row[1] != "awarded" or row[2] == -15


def test_a_short_run_is_the_beginning_of_a_long_one() -> None:
    short, long = (run_block(everything(), SEEDS, 0, 0, steps) for steps in (9, 20))
    assert {k: v for k, v in long.counts.items() if k[0] < 8} == {k: v for k, v in short.counts.items() if k[0] < 8}
    for table in ("events", "records", "points", "listings", "requests", "publications"):
        assert [row for row in long.tables[table] if row[0] < 9] == short.tables[table]


def test_a_run_that_starts_later_meets_the_same_events_with_empty_lists() -> None:
    full, late = run_block(everything(), SEEDS, 0), run_block(everything(), SEEDS, 0, 14)
    assert [row for row in full.tables["events"] if row[0] >= 14] == late.tables["events"]
    assert min(row[0] for row in late.tables["records"]) == 15 and 14 not in sums(late, "listed")


def test_other_luck_of_the_process_leaves_people_and_conduct_alone() -> None:
    first, second = (run_block(everything(), replace(SEEDS, process=seed), 0) for seed in ("1", "1/1"))
    assert first.tables["subjects"] == second.tables["subjects"] and first.tables["ties"] == second.tables["ties"]
    assert first.tables["events"] == second.tables["events"] and first.tables["records"] != second.tables["records"]
