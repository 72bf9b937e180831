"""A policy, the difference of two and a scenario as pages: what stands on them, in which order, after which source."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from glasshouse.conditions import parse
from glasshouse.explain import Page, difference, explain, explain_scenario
from glasshouse.explain.policies import sections
from glasshouse.mechanisms.clause import InForce
from glasshouse.mechanisms.gate import Effect
from glasshouse.policy import load_conduct, load_policy
from glasshouse.shelf import Library
from glasshouse.values import constant
from unit.explained_law import (
    ADULTS,
    BLACK,
    COURT,
    FINE,
    FLY,
    KIN,
    LAW,
    MEND,
    POINTS,
    SINCE,
    STUDY,
    WORLD,
    headings,
    months,
)


def after(page: Page, text: str) -> str:
    """The line that follows the line with this text."""
    texts = [line.text for line in page.lines]
    return texts[texts.index(text) + 1]


# --- a policy ------------------------------------------------------------------------------------------------------


def test_a_policy_is_told_in_the_order_of_a_life() -> None:
    assert headings(explain(LAW, WORLD)) == [
        "Who is rated",
        "What is noticed",
        "The rating “points”",
        "What moves “points”",
        "The list “black”",
        "Whom a listing reaches besides",
        "What is refused",
        "How to get off a list or get points back",
        "What the document does not say or provide",
        "The events watched, in the words of the conduct document",
        "The services at stake, in the words of the conduct document",
        "Sources",
    ]


def test_the_head_says_who_whom_where_when_and_on_what_basis() -> None:
    told = str(explain(LAW))
    assert "Who rates: A city (public, city level)." in told
    assert "Whom: residents." in told
    assert "Where: town." in told
    assert "When: from 1 January 2016." in told
    assert "Legal basis: not declared." in told
    assert "Aim: Order." in told
    assert "An AI system: not declared." in told
    assert "Of its 8 clauses, by confidence: 7 verified and 1 invented." in " ".join(told.split())


@pytest.mark.parametrize("clause", [ADULTS, COURT, POINTS, FINE, BLACK, KIN, FLY, MEND], ids=lambda clause: clause.id)
def test_every_clause_stands_with_its_source_and_then_exactly(clause: Any) -> None:
    page = explain(LAW, WORLD)
    own = next(line for line in page.lines if line.clause == clause.id)
    assert (own.text, own.source, own.confidence) == (clause.text, clause.source, clause.confidence)
    exact = page.lines[page.lines.index(own) + 1]
    assert exact.kind == "sentence" and exact.level == 1 and exact.source == clause.source


def test_a_row_stands_with_its_own_source() -> None:
    row = next(line for line in explain(LAW).lines if line.text.startswith("Two years."))
    assert row.text == "Two years. A record of unpaid puts the resident on “black” for 24 months (2 years)."
    assert (row.source, row.confidence) == (("F-3",), "derived")


def test_a_number_with_a_range_of_its_own_says_so() -> None:
    told = next(line for line in explain(LAW).lines if line.text.startswith("mistaken chance"))
    assert told.text == "mistaken chance: 1 in 1,000; it may lie between none and 1 in 100"
    assert told.bracket == " [invented]"


def test_what_is_undeclared_is_said() -> None:
    lines = explain(LAW).lines
    begin = next(n for n, line in enumerate(lines) if line.text == "What the document does not say or provide")
    end = next(n for n, line in enumerate(lines) if line.text == "Sources")
    assert [line.text for line in lines[begin + 1 : end]] == [
        "The policy does not declare its legal basis.",
        "The policy does not declare its being an AI system or not.",
        "“court” does not declare: purpose, biometric, working in real time.",
        "“points” does not declare: disclosure.",
        "“black” does not declare: reasons, hearing, publicity.",
        "Nobody checks the records of “court” before they count.",
        "There is no appeal against “points” or “black”.",
        "There is no repair of “points”.",
    ]


def test_sources_are_counted_and_described() -> None:
    told = str(explain(LAW, facts={"F-1": "a decree of 2016"}))
    assert "F-1: a decree of 2016; named by 7 clauses." in told
    assert "invented: made up for this document; named by 1 clause." in told


def test_what_holds_for_a_time_or_in_one_reading_says_so() -> None:
    brief = FLY.model_copy(
        update={"in_force": InForce(SINCE, date(2017, 6, 30)), "reading": "reported", "note": "Doubtful."}
    )
    page = explain(LAW.model_copy(update={"gates": (brief,)}))
    exact = "A resident who asks for air ticket is refused if the resident is listed on “black”."
    assert after(page, exact) == (
        "In force from 1 January 2016 to 30 June 2017. Exists in the reported reading only. Note: Doubtful."
    )


def test_gates_are_told_as_what_they_do() -> None:
    def with_effect(effect: str, number: int, unit: str) -> list[str]:
        changed = FLY.model_copy(update={"then": Effect(effect=effect, amount=constant(number, unit))})
        return headings(explain(LAW.model_copy(update={"gates": (changed,)})))

    assert "What is made better" in with_effect("price", -5, "percent")
    assert "What is made worse" in with_effect("price", 5, "percent")
    assert "What is made better" in with_effect("rank", 5, "percent")
    assert "What is made worse" in with_effect("rank", -5, "percent")
    assert "What is made worse" in with_effect("limit", 5, "percent")
    assert "What is made better" in with_effect("wait", -5, "days")


def test_a_page_is_plain_lines_for_json() -> None:
    rows = json.loads(json.dumps(explain(LAW, WORLD).rows()))
    assert rows[0] == {
        "kind": "sentence",
        "level": 0,
        "clause": None,
        "text": "Debtors are listed.",
        "source": ["F-1"],
        "confidence": None,
    }
    assert {row["kind"] for row in rows} == {"heading", "sentence", "note"}


def test_a_text_keeps_its_width_and_has_no_markup() -> None:
    text = explain(LAW, WORLD).text(72)
    assert max(len(line) for line in text.splitlines()) <= 72
    assert "[/" not in text and "**" not in text


@pytest.mark.parametrize("name", Library.default().names("policy"))
def test_every_policy_of_the_library_is_explained_clause_by_clause(name: str) -> None:
    library = Library.default()
    policy = load_policy(name, library)
    page = explain(policy, load_conduct(policy.written_for, library))
    # Backwards, so that the clause itself counts and not a service of the same name in the words at the end.
    told = {line.clause: line for line in reversed(page.lines) if line.clause is not None}
    for _, clauses in sections(policy):
        for clause in clauses:
            assert (told[clause.id].text, told[clause.id].source) == (clause.text, clause.source)
    assert "  " not in "".join(line.text for line in page.lines)
    assert [line.text for line in difference(policy, policy).lines] == ["The two policies say the same."]


# --- two policies --------------------------------------------------------------------------------------------------


def test_equal_policies_say_the_same() -> None:
    assert [line.text for line in difference(LAW, LAW).lines] == ["The two policies say the same."]


def test_a_new_name_alone_changes_nothing() -> None:
    def moved(name: str) -> str:
        return name.replace("law/", "rule-book/")

    renamed = LAW.model_copy(
        update={
            "name": "rule-book",
            "enrolment": (ADULTS.model_copy(update={"of": (moved("law/points"),)}),),
            "rules": (FINE.model_copy(update={"rating": moved("law/points")}),),
            "spread": (KIN.model_copy(update={"from_list": moved("law/black"), "list": moved("law/black")}),),
            "gates": (FLY.model_copy(update={"when": parse('listed("rule-book/black")')}),),
            "remedies": (MEND.model_copy(update={"lists": (moved("law/black"),)}),),
        }
    )
    assert [line.text for line in difference(LAW, renamed).lines] == ["The two policies say the same."]


def test_clauses_come_and_go() -> None:
    ride = FLY.model_copy(update={"id": "ride", "text": "No trains."})
    page = difference(LAW, LAW.model_copy(update={"gates": (ride,)}))
    told = [(line.kind, line.text) for line in page.lines]
    assert told[:2] == [("heading", "Gates"), ("sentence", "Gone: No flights for the listed.")]
    assert ("sentence", "New: No trains.") in told


def test_a_changed_clause_is_told_field_by_field() -> None:
    row = BLACK.enter[0].model_copy(update={"term": months(12), "when": parse('listed("law/black")')})
    longer = BLACK.model_copy(update={"enter": (row,), "hearing": True})
    softer = MEND.model_copy(update={"rate": constant("0.5", "per year"), "until": months(9)})
    page = difference(LAW, LAW.model_copy(update={"lists": (longer,), "remedies": (softer,), "aim": "Calm."}))
    told = [line.text for line in page.lines]
    assert headings(page) == ["The head", "Lists", "Remedies"]
    for text in (
        "aim: Order. → Calm.",
        'enter[1].when: nothing → listed("black")',
        "enter[1].term: 24 months → 12 months",
        "hearing: undeclared → true",
        "rate: 0.26 per year → 0.5 per year",
        "until: nothing → 9 months",
    ):
        assert text in told


def test_a_changed_start_moves_clauses_with_their_policy() -> None:
    later = InForce(date(2018, 1, 1), None)

    def moved(clauses: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(clause.model_copy(update={"in_force": later}) for clause in clauses)

    names = ("enrolment", "detectors", "ratings", "rules", "lists", "spread", "gates", "remedies")
    changed = LAW.model_copy(update={"in_force": later} | {name: moved(getattr(LAW, name)) for name in names})
    told = [line.text for line in difference(LAW, changed).lines]
    assert told == ["The head", "in_force: from 1 January 2016 → from 1 January 2018"]


# --- a scenario ----------------------------------------------------------------------------------------------------


def test_a_scenario_says_its_society_period_reading_and_targets() -> None:
    told = " ".join(str(explain_scenario(STUDY)).split())
    assert "built for 9000 synthetic residents; nobody in it is real." in told
    assert "Period: 1 January 2016 to 31 December 2017, month by month." in told
    assert "Reading: documented." in told
    assert "law: A law. Debtors are listed. [F-1]" in told
    assert "the rate of unpaid is multiplied by 0.5 in the next step (deterrence)." in told
    assert "A stock of listed of law/black: 84,000 on 31 May 2017, within 10 percent." in told
