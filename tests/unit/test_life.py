"""One life as a page: in order of time, each decision before its clause and source, in fact and in truth."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from glasshouse.explain import Page
from glasshouse.explain.life import life
from unit.explained_law import STUDY, headings

OWN = "3:unpaid:2:0"
FALSE = "9:unpaid:4:1"
JOURNAL: dict[str, list[dict[str, Any]]] = {
    "subjects": [
        {"subject": 2, "household": 1, "area": "town", "months": 200, "propensity": 9, "look_alike": 0, "age": "0"},
        {"subject": 3, "household": 1, "area": "town", "months": 400, "propensity": 5, "look_alike": 0, "age": "18"},
    ],
    "ties": [{"tie": "friends", "subject": 3, "other": 7}, {"tie": "friends", "subject": 3, "other": 8}],
    "enrolments": [{"step": 0, "subject": 3, "rating": "law/points", "what": "joined"}],
    "events": [{"step": 2, "subject": 3, "kind": "unpaid", "number": 0, "root": OWN, "amount": -1, "mark": 1}],
    "records": [
        {"step": 3, "subject": 3, "kind": "unpaid", "doer": 3, "root": OWN, "ground": "own", "detector": "law/court",
         "what": "recorded"},
        {"step": 5, "subject": 3, "kind": "unpaid", "doer": 9, "root": FALSE, "ground": "mistaken",
         "detector": "law/court", "what": "recorded"},
        {"step": 6, "subject": 4, "kind": "unpaid", "doer": 3, "root": OWN, "ground": "mistaken",
         "detector": "law/court", "what": "recorded"},
    ],
    "points": [
        {"step": 3, "subject": 3, "standing": "fact", "rating": "law/points", "what": "awarded", "rule": "law/fine",
         "clause": "", "amount": -20, "ground": "own", "root": OWN, "lapse_step": 27, "live_sum": -20, "score": 980},
        {"step": 3, "subject": 3, "standing": "truth", "rating": "law/points", "what": "awarded", "rule": "law/fine",
         "clause": "", "amount": -20, "ground": "own", "root": OWN, "lapse_step": 27, "live_sum": -20, "score": 980},
    ],
    "listings": [
        {"step": 5, "subject": 3, "standing": "fact", "list": "law/black", "case": 0, "what": "entered", "row": 0,
         "clause": "", "ground": "mistaken", "root": FALSE, "ending": "", "term_end": 29, "origin": ""},
        {"step": 9, "subject": 3, "standing": "fact", "list": "law/black", "case": 0, "what": "left", "row": 0,
         "clause": "law/mend", "ground": "mistaken", "root": FALSE, "ending": "repair", "term_end": 29, "origin": ""},
        {"step": 10, "subject": 3, "standing": "fact", "list": "law/black", "case": 1, "what": "entered", "row": -1,
         "clause": "law/kin", "ground": "spread", "root": FALSE, "ending": "", "term_end": -3,
         "origin": "2:law/black:0"},
    ],
    "publications": [
        {"step": step, "subject": 3, "standing": standing, "rating": "law/points", "score": score, "tier": tier,
         "at": at}
        for standing in ("fact", "truth")
        for step, score, tier, at in (
            (0, 1000, "A", "enrolment"), (1, 1000, "A", "interval"), (3, 980, "B", "interval"),
        )
    ],
    "requests": [
        {"step": 6, "subject": 3, "service": "air_ticket", "number": 0, "tries": 2, "outcome": "refused",
         "clause": "law/fly", "ground": "mistaken", "root": FALSE, "refused_tries": 2, "also": "", "wrongful": True,
         "spared": False},
        {"step": 9, "subject": 3, "service": "air_ticket", "number": 0, "tries": 1, "outcome": "granted", "clause": "",
         "ground": "", "root": "", "refused_tries": 0, "also": "", "wrongful": False, "spared": False},
    ],
    "effects": [
        {"step": 9, "subject": 3, "service": "air_ticket", "number": 0, "clause": "law/dear", "effect": "price",
         "ground": "tier", "root": ""},
    ],
    "responses": [
        {"step": step, "subject": 3, "target": "unpaid", "factor": 32768} for step in (6, 7, 8)
    ],
}  # fmt: skip


def lived(subject: int = 3) -> Page:
    frames = {name: pl.DataFrame(rows) for name, rows in JOURNAL.items()}
    return life(frames, subject, STUDY, 12)


def test_a_life_is_told_month_by_month() -> None:
    assert headings(lived()) == [
        "Who it is",
        "January 2016",
        "March 2016",
        "April 2016",
        "June 2016",
        "July 2016",
        "October 2016",
        "November 2016",
        "How it stands at the end",
        "The clauses met on the way, exactly",
    ]


def test_a_life_begins_with_who_it_is_and_that_nobody_is_meant() -> None:
    page = lived()
    assert page.title == "The life of R-000012-003, a synthetic resident"
    told = [line.text for line in page.lines]
    assert told[0].startswith("This resident is synthetic")
    assert told[1] == "Scenario study, in the documented reading of its facts."
    assert "At the start: 33 years old." in told
    assert "It lives with one other." in told
    assert "Ties: 2 friends." in told


def test_every_decision_stands_before_its_clause_and_source() -> None:
    page = lived()
    own = "(own: the subject did it, from its own unpaid in March 2016)"
    other = "(mistaken: somebody else did it, from R-000012-009's unpaid in May 2016)"
    tied = "(spread: it came by a tie, from R-000012-009's unpaid in May 2016)"
    decisions = {
        f"On record: of unpaid by law/court {own}.": "law/court",
        "20 points are taken from “points” of law, until April 2018; the sum now puts the score at 980 "
        f"{own}.": "law/fine",
        f"Comes on the list “black” of law, until June 2018 {other}.": "law/black",
        f"Asks for air ticket, tries 2 times, is refused {other}. Wrongly: with true records only it would have been "
        "granted.": "law/fly",
        "Comes off “black” of law (case 0): repair.": "law/mend",
        f"Comes on the list “black” of law, for as long as the listing it comes from {tied}.": "law/kin",
    }
    texts = [line.text for line in page.lines]
    for decision, path in decisions.items():
        cited = page.lines[texts.index(decision) + 1]
        assert cited.clause == path and cited.source


def test_a_row_of_a_list_is_cited_with_its_own_source() -> None:
    cited = next(line for line in lived().lines if line.text == "law/black.enter[0]: Two years.")
    assert (cited.source, cited.confidence) == (("F-3",), "derived")


def test_only_what_changes_is_published_and_answered() -> None:
    told = [line.text for line in lived().lines]
    assert sum(text.startswith("Published in") for text in told) == 2
    assert "Published in “points” of law: score 980, tier B (before: 1000, tier A)." in told
    assert sum(text.startswith("From the next month on") for text in told) == 2
    assert "From the next month on: unpaid at 50 in 100 of the usual rate." in told
    assert "From the next month on: unpaid at the usual rate again." in told


def test_what_follows_besides_stands_with_its_request() -> None:
    told = [line.text for line in lived().lines]
    asked = told.index("Asks for air ticket: granted.")
    assert told[asked + 1] == "For air ticket it pays 20 percent more (tier: it came from a score)."
    assert told[asked + 2] == "law/dear: Flights are dearer for B."


def test_what_somebody_else_pays_for_is_told() -> None:
    assert "Its own unpaid is charged to R-000012-004 by law/court." in [line.text for line in lived().lines]


def test_a_life_ends_with_the_standing_in_fact_and_in_truth() -> None:
    page = lived()
    told = [line.text for line in page.lines]
    end = told.index("How it stands at the end")
    assert told[end + 1 : end + 5] == [
        "“points” of law: score 980, tier B.",
        "On the list “black” of law with 1 open case.",
        "If every record were true it would stand so: “points” of law: score 980, tier B.",
        "It was refused air ticket 1 time in all, 1 of them wrongly.",
    ]


def test_somebody_to_whom_nothing_happens_has_a_life_too() -> None:
    told = [line.text for line in lived(2).lines]
    assert "Nothing: no event, record, decision or request of this subject is in the journal." in told
    assert "No rating holds it and no list names it." in told


def test_nobody_else_has_a_life() -> None:
    with pytest.raises(LookupError, match="no subject 99"):
        lived(99)
