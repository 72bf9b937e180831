"""The reference against journals worked out by hand, and against what is always true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Context, Decimal, localcontext
from typing import Any

import pytest

from glasshouse.conditions import parse
from glasshouse.errors import RunFailed
from glasshouse.mechanisms.rule import Cap, Repeat
from glasshouse.reference import Journal
from glasshouse.reference.calendar import Calendar
from glasshouse.reference.draws import DIGITS, categories, drawn, geometric, key_of, philox, poisson, threshold, trace
from glasshouse.reference.logic import holds
from glasshouse.reference.rules import repeated
from glasshouse.values import constant
from unit.reference_world import (
    ALWAYS_ASKS,
    NEVER,
    NO_TERM,
    SURE,
    THEFT,
    Lived,
    chance,
    detector,
    enrolment,
    enter,
    gate,
    indicator,
    listed,
    listing,
    months,
    points,
    policy,
    rating,
    recipe,
    remedy,
    rows,
    rule,
    scenario,
    service,
    spread,
    sums,
    tie,
    weighted,
)

# --- draws, tables, time -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [
        ((0, 0), (0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 4, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0xA4093822, 0x299F31D0),
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_published_words(key: Any, counter: Any, words: Any) -> None:
    assert philox(key, counter) == words


def test_traces_tell_identities_and_steps_apart() -> None:
    one = (3, "theft", 5, 0)
    assert (
        len({trace(one, 5), trace(one, 6), trace((4, "theft", 5, 0), 5), trace(None, 5), trace((3, "thefts", 5, 0), 5)})
        == 5
    )
    assert key_of("trace|theft") != key_of("trace|")


def test_thresholds_and_tables() -> None:
    with localcontext(Context(prec=DIGITS)):
        assert threshold(Decimal(1)) == 2**64 - 1 and threshold(Decimal("0.5")) == 2**63 and threshold(Decimal(0)) == 0
        assert categories((Decimal(1), Decimal(1), Decimal(2))) == (2**62, 2**63)
        assert geometric(Decimal(1)) == () and geometric(Decimal(2))[:2] == (2**63, 2**63 + 2**62)
        assert len(geometric(Decimal("8.7"))) == 368
        table = poisson(Decimal(1))
        mean = sum(1 - entry / 2**64 for entry in table)
    assert mean == pytest.approx(1, abs=1e-12)
    assert drawn(table, 0) == 0 and drawn(table, table[0]) == 1 and drawn(table, 2**64 - 1) == len(table)


@pytest.mark.parametrize(
    ("unit", "number", "of", "steps"),
    [
        ("month", "24", "months", 24), ("month", "15", "days", 0), ("month", "16", "days", 1),
        ("month", "365", "days", 12),
        ("week", "1", "months", 4), ("week", "10", "days", 1), ("day", "3", "months", 91), ("day", "0", "days", 0),
    ],
)  # fmt: skip
def test_durations_are_rounded_to_steps(unit: str, number: str, of: str, steps: int) -> None:
    assert Calendar(date(2020, 1, 1), unit, "documented").steps(Decimal(number), of) == steps


def test_the_calendar_counts_steps_and_units() -> None:
    months_of = Calendar(date(2019, 11, 1), "month", "documented")
    assert months_of.first_day(3) == date(2020, 2, 1) and months_of.steps_to(date(2020, 1, 31)) == 3
    weeks = Calendar(date(2020, 1, 1), "week", "documented")
    assert weeks.first_day(2) == date(2020, 1, 15) and weeks.steps_to(date(2020, 1, 14)) == 2
    assert weeks.span_of(2, "week") == date(2020, 1, 13) and weeks.span_of(2, "year") == date(2020, 1, 1)
    assert weeks.months(9) == 2 and weeks.months_passed(5) == 1


# --- points --------------------------------------------------------------------------------------------------------


def amounts(charges: tuple[tuple[int, int], ...], **fields: Any) -> list[tuple[Any, ...]]:
    journal = listed(charges=charges, ratings=(rating(),), rules=(rule("fine", "theft", **fields),))
    return [row[:2] for row in rows(journal, "points", "fact", 0, 9, 6) if row[2] == "awarded"]


def test_a_cap_cuts_and_awards_cut_to_nothing_are_written() -> None:
    cap = Cap(points=points(-8), per=months(12))
    found = amounts(((1, 0), (1, 0), (2, 0), (13, 0)), points=points(-5), cap=cap)
    assert found == [(1, -5), (1, -3), (2, 0), (13, -5)]


def test_a_repeat_multiplies_inside_its_window() -> None:
    repeat = Repeat(factor=constant(2, "factor"), within=months(3))
    assert amounts(((1, 0), (2, 0), (3, 0), (5, 0)), points=points(-5), repeat=repeat) == [
        (1, -5), (2, -10), (3, -20), (5, -10),
    ]  # fmt: skip


def test_a_repeat_is_rounded_once_half_away_from_zero() -> None:
    assert [repeated(-5, Decimal("1.5"), n) for n in range(3)] == [-5, -8, -11]
    assert repeated(5, Decimal("0.5"), 1) == 3 and repeated(-7, Decimal(0), 1) == 0


def test_a_score_that_falls_to_a_number_falls_only_once() -> None:
    other = rule("warn", "theft", points=points(-10))
    drop = rule("drop", "theft", becomes=points(40), lapse=months(2))
    journal = listed(charges=((1, 0), (2, 0)), ratings=(rating(),), rules=(other, drop))
    told = rows(journal, "points", "fact", 0, 6, 7, 9, 13, 14)
    assert told == [
        (1, "awarded", "law/warn", -10, -10, 90), (1, "awarded", "law/drop", -50, -60, 40),
        (2, "awarded", "law/warn", -10, -70, 30), (2, "awarded", "law/drop", 0, -70, 30),
        (3, "lapsed", "law/drop", -50, -20, 80),
    ]  # fmt: skip


def test_points_lapse_and_are_clipped_when_read() -> None:
    fine = rule("fine", "theft", points=points(-70), lapse=months(3))
    journal = listed(charges=((1, 0), (1, 0)), ratings=(rating(),), rules=(fine,))
    scores = {row[0]: row[1] for row in rows(journal, "publications", "fact", 0, 5, 2, 7) if row[2:] == (0, "interval")}
    assert [scores[step] for step in range(6)] == [100, 0, 0, 0, 100, 100]


def test_demerit_tiers_count_upwards() -> None:
    tiers = (("white", 0), ("yellow", 12), ("red", 24))
    record = rating("score", tiers, polarity="demerit", start=points(0), ceiling=points(100))
    gates = (gate("stop", ("trip",), 'tier("law/score") < "yellow"'),)
    journal = listed(
        charges=((1, 0), (2, 0)), ratings=(record,), rules=(rule("charge", "theft", points=points(12)),),
        gates=gates, services=(service("trip", "120"),),
    )  # fmt: skip
    seen = [
        row[1:3] for row in rows(journal, "publications", "fact", 2, 5, 6, 0, 7) if row[0] == 0 and row[4] == "interval"
    ]
    assert seen[:3] == [(0, "white"), (12, "yellow"), (24, "red")]
    refused = [row for row in journal.tables["requests"] if row[6] == "refused"]
    assert {row[0] for row in refused} == set(range(2, 24))
    assert {row[8:10] for row in refused} == {("tier", "0:theft:2:0")}


def test_a_calendar_rule_fires_at_its_interval() -> None:
    clean = rule("clean", condition='count("theft", months=12) == 0', every=months(6), points=points(5))
    journal = listed(charges=((7, 0),), ratings=(rating(),), rules=(clean,))
    assert [row[0] for row in rows(journal, "points", "fact", 0, 2) if row[1] == 0] == [5, 23]
    assert [row[0] for row in rows(journal, "points", "fact", 0, 2) if row[1] == 1] == [5, 11, 17, 23]


def test_the_scores_of_a_tie_are_those_last_published() -> None:
    kin = indicator("kin", "law/net", "1", tie_mean={"tie": "home", "rating": "law/score"}, otherwise=chance("0.4"))
    journal = listed(
        charges=((3, 1),), ratings=(rating(), weighted("net")), rules=(rule("fine", "theft", points=points(-10)),),
        indicators=(kin,), people=recipe(2, ties=(tie("home", "household"),)),
    )  # fmt: skip
    net = [row[1:3] for row in rows(journal, "publications", "fact", 2, 0, 5, 4) if (row[0], row[3]) == (0, "law/net")]
    assert net[:6] == [(0, 80), (0, 100), (1, 100), (2, 100), (3, 100), (4, 90)]


def test_only_who_is_held_has_a_score_and_leavers_come_off_tier_lists() -> None:
    low = listing("low", enter(condition='score("law/score") <= 100', term=NO_TERM))
    journal = listed(
        charges=((1, 0),), ratings=(rating(),), lists=(low,), rules=(rule("fine", "theft", points=points(-10)),),
        enrolment=(enrolment("law/score", withdraw=ALWAYS_ASKS),),
    )  # fmt: skip
    assert sums(journal, "enrolled") == {0: 80}
    assert {row[4] for row in journal.tables["enrolments"] if row[0] == 1} == {"left"}
    assert {row[:2] for row in rows(journal, "listings", "fact", 0, 11)} == {(0, ""), (1, "origin ended")}
    assert rows(journal, "points", "fact", 0) == []


# --- lists and remedies --------------------------------------------------------------------------------------------


def test_a_term_ends_in_its_step_and_only_there() -> None:
    journal = listed(charges=((3, 0),), lists=(listing("black", enter("theft", term=months(5))),))
    assert rows(journal, "listings", "fact", 0, 6, 11, 12) == [(3, "entered", "", 8), (8, "left", "term", 8)]
    assert rows(journal, "listings", "truth", 0, 6, 11, 12) == rows(journal, "listings", "fact", 0, 6, 11, 12)
    assert sums(journal, "listed") == dict.fromkeys(range(3, 8), 1)


def test_the_longest_of_the_rows_that_fit_counts() -> None:
    twice = enter("theft", 'count("theft", months=36) >= 2', term=months(10))
    journal = listed(charges=((1, 0), (1, 0)), lists=(listing("black", enter("theft", term=months(5)), twice),))
    assert rows(journal, "listings", "fact", 0, 5, 6, 7, 12) == [
        (1, 0, "entered", 0, 6), (1, 1, "entered", 1, 11), (6, 0, "left", 0, 6), (11, 1, "left", 1, 11),
    ]  # fmt: skip
    assert sums(journal, "new_listed")[1] == 1 and sums(journal, "entered")[1] == 2


def test_a_list_of_one_case_merges() -> None:
    black = listing("black", enter("theft", term=months(5)), cases="one")
    journal = listed(charges=((1, 0), (3, 0)), lists=(black,))
    assert rows(journal, "listings", "fact", 0, 5, 6, 10, 12) == [
        (1, 0, "entered", "0:theft:1:0", 6), (3, 0, "renewed", "0:theft:3:0", 8), (8, 0, "left", "0:theft:1:0", 8),
    ]  # fmt: skip
    assert sum(sums(journal, "entered").values()) == 1 and sums(journal, "renewed") == {3: 1}


def test_a_listing_while_a_condition_holds_follows_what_is_published() -> None:
    low = listing("low", enter(condition='tier("law/score") == "B"', term=constant(0, "while")))
    fine = rule("fine", "theft", points=points(-20), lapse=months(3))
    journal = listed(charges=((2, 0),), ratings=(rating(),), lists=(low,), rules=(fine,))
    assert rows(journal, "listings", "fact", 0, 6, 9, 10, 11) == [
        (3, "entered", "tier", "0:theft:2:0", ""), (6, "left", "tier", "0:theft:2:0", "origin ended"),
    ]  # fmt: skip


def test_a_listing_reaches_a_tie_and_ends_with_its_origin() -> None:
    journal = listed(
        charges=((2, 0),), people=recipe(3, ties=(tie("home", "household"),)),
        lists=(listing("black", enter("theft", term=months(4))), listing("kin")),
        spread=(spread("kinship", "law/black", "home", "law/kin", constant(0, "as_source")),),
    )  # fmt: skip
    kin = [row for row in rows(journal, "listings", "fact", 0, 2, 6, 9, 10, 11, 13, 4) if row[-1] == "law/kin"]
    assert [row[:-1] for row in kin] == [
        (2, 1, "entered", "spread", "0:theft:2:0", "", "0:law/black:0"),
        (2, 2, "entered", "spread", "0:theft:2:0", "", "0:law/black:0"),
        (6, 1, "left", "spread", "0:theft:2:0", "origin ended", "0:law/black:0"),
        (6, 2, "left", "spread", "0:theft:2:0", "origin ended", "0:law/black:0"),
    ]  # fmt: skip


def test_the_end_of_a_list_repeals_its_listings() -> None:
    later = policy("later", repeals=("law/black",), in_force=replace(policy().in_force, since=date(2020, 6, 15)))
    law = policy(detectors=(detector("theft"),), lists=(listing("black", enter("theft")),))
    lived = Lived(scenario(law, later, events=(THEFT,)))
    lived.charge(2, 0, "theft")
    lived.charge(9, 0, "theft")
    assert rows(lived.live(), "listings", "fact", 0, 6, 11) == [(2, "entered", ""), (6, "left", "repeal")]


def test_a_sixteenth_open_case_stops_the_run() -> None:
    with pytest.raises(RunFailed, match="block 0, subject 7, step 2: more than 15 open cases on law/black"):
        listed(charges=((2, 7),) * 16, lists=(listing("black", enter("theft")),))


def appealed(suspends: bool = False, success: dict[str, Any] = SURE, **fields: Any) -> Journal:
    objection = remedy("objection", "appeal", success, lists=("law/black",), suspends=suspends, **fields)
    return listed(
        charges=((2, 0),), lists=(listing("black", enter("theft", term=months(6))),), remedies=(objection,),
        gates=(gate("stop", ("trip",), 'listed("law/black")'),), services=(service("trip", "120"),),
    )  # fmt: skip


def test_an_appeal_that_succeeds_ends_the_case() -> None:
    journal = appealed(decision=months(1), delay=months(1))
    assert rows(journal, "listings", "fact", 0, 6, 8, 11) == [
        (2, "entered", "", ""), (3, "asked", "law/objection", ""), (5, "left", "law/objection", "appeal"),
    ]  # fmt: skip


def test_the_term_runs_on_while_an_appeal_is_pending() -> None:
    journal = appealed(decision=months(9))
    assert rows(journal, "listings", "fact", 0, 6, 11) == [(2, "entered", ""), (3, "asked", ""), (8, "left", "term")]
    assert {row[0] for row in journal.tables["requests"]} == {2, 3, 4, 5, 6, 7}


def test_a_suspending_appeal_silences_gates_but_not_the_list() -> None:
    journal = appealed(True, NEVER, decision=months(2))
    assert {row[0] for row in journal.tables["requests"]} == {2, 5, 6, 7}
    assert set(sums(journal, "listed")) == {2, 3, 4, 5, 6, 7}


def test_a_case_is_appealed_as_often_as_the_clause_allows() -> None:
    for often in (1, 3):
        asked = [
            row[0]
            for row in rows(appealed(success=NEVER, appeals=often), "listings", "fact", 0, 6)
            if row[1] == "asked"
        ]
        assert asked == list(range(3, 3 + often))


def test_a_remedy_of_list_and_rating_takes_back_the_points_of_the_root() -> None:
    repair = remedy("mend", "repair", SURE, lists=("law/black",), ratings=("law/score",), after=months(2))
    journal = listed(
        charges=((1, 0), (2, 1)), ratings=(rating(),), rules=(rule("fine", "theft", points=points(-20)),),
        lists=(listing("black", enter("theft")),), remedies=(repair,),
    )  # fmt: skip
    assert [row for row in rows(journal, "points", "fact", 0, 2, 6, 8, 14) if row[2] == "reversed"] == [
        (3, 0, "reversed", "law/mend", 100), (4, 1, "reversed", "law/mend", 100),
    ]  # fmt: skip


# --- conditions ----------------------------------------------------------------------------------------------------


def test_what_has_no_value_fulfils_no_comparison() -> None:
    def nothing(term: object) -> None:
        return None

    for text in ('score("r") < 5', 'score("r") != 5', 'tier("r") in ["A"]', 'tier("r") != "A"'):
        assert not holds(parse(text), nothing)
        assert holds(parse(f"not ({text})"), nothing)


@pytest.mark.parametrize(
    ("condition", "ground", "root"),
    [
        ('tier("law/score") == "B" or listed("law/black")', "mistaken", "0:theft:1:0"),
        ('tier("law/score") == "B" or tie_any("home", listed())', "tier", "0:theft:2:0"),
        ('tie_share("home", listed("law/black")) > 0 or count("theft", months=3) > 0', "spread", "1:theft:3:0"),
        ('count("theft", months=12) >= 1 and not (not listed("law/black"))', "own", "0:theft:2:0"),
        ('not tier("law/score") == "A"', "own", ""),
    ],
)
def test_ground_and_root_are_those_of_the_first_true_term(condition: str, ground: str, root: str) -> None:
    law = policy(
        detectors=(detector("theft"),), ratings=(rating(),), rules=(rule("fine", "theft", points=points(-20)),),
        lists=(listing("black", enter("theft")),), gates=(gate("stop", ("trip",), condition),),
    )  # fmt: skip
    people = recipe(2, ties=(tie("home", "household"),))
    lived = Lived(scenario(law, events=(THEFT,), services=(service("trip", "240"),), people=people), 6)
    lived.charge(2, 0, "theft")
    lived.charge(3, 1, "theft")
    lived.charge(1, 0, "theft", "mistaken")
    found = {row[8:10] for row in lived.live().tables["requests"] if row[2] == 0 and row[0] == 5}
    assert found == {(ground, root.replace("0:theft:1:0", "1:theft:1:0"))}
