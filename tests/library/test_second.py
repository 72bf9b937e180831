"""Five rule books were encoded twice, the second time from the facts alone: the two differ where this file says so."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from glasshouse.errors import InvalidDocuments
from glasshouse.policy import Policy, load_policy, policy_of
from glasshouse.reading.margin import Margin
from glasshouse.shelf import Library
from two_readings import Saying, clauses, differences, sayings

SECOND = Path(__file__).parent / "second"
PAGE = Path(__file__).parents[2] / "docs" / "background" / "two-readings.md"
LIBRARY = Library.default()

STANDING: dict[str, dict[str, tuple[str, ...]]] = {
    "rongcheng-2016": {
        "breach": ("lapse: contract_breach",),
        "found-in-breach": ("lapse: judgment_after_dispute",),
        "held-liable": ("lapse: judgment_unpaid",),
        "arrears": ("lapse: late_card",),
        "fees": ("lapse: late_utility",),
        "theft": ("lapse: energy_theft",),
        "equipment": ("lapse: damaging_public_equipment",),
        "discretionary": ("lapse: other_commercial",),
        "ticket": (
            "lapse: traffic_offence",
            "cap: traffic_offence",
            "repeat: traffic_offence",
        ),
        "yield": ("lapse: not_giving_way",),
        "drink": (
            "points: drunk_driving",
            "lapse: drunk_driving",
        ),
        "parents": ("lapse: parents_neglected",),
        "rumour": ("lapse: false_news",),
        "blood": ("cap: blood_donation",),
        "hours": ("cap: volunteering",),
        "charity": ("cap: charity_gift",),
        "clean-year": ("points: every 12 months",),
        "heat": ("service: heating",),
        "counter": ("service: state_counter",),
        "benefits": ("service: subsidy",),
        "credit": ("service: bank_credit",),
        "objection": ("appeal",),
    },
    "suzhou-osmanthus": {
        "": ("in force",),
        "osmanthus": (
            "tiers",
            "tier rewarded",
            "tier usual",
        ),
        "blood": (
            "points: blood_donation",
            "cap: blood_donation",
        ),
        "hours": ("cap: volunteering",),
        "degree": ('points: enrolment if schooling == "college"',),
        "insured-work": ('points: enrolment if employment == "employed"',),
        "means": ("points: enrolment if income >= 4",),
        "family": ("points: enrolment if parent",),
        "late-bill": (
            "points: late_utility",
            "lapse: late_utility",
        ),
        "loan": (
            "lapse: late_card",
            "lapse: contract_breach",
        ),
        "driving": (
            "points: traffic_offence",
            "lapse: traffic_offence",
            "cap: traffic_offence",
        ),
        "drink": (
            "points: drunk_driving",
            "lapse: drunk_driving",
        ),
        "empty-table": ("lapse: missed_booking",),
        "fares": ("service: city_transit",),
        "power": ("service: electricity",),
        "hospital": ("service: hospital",),
        "objection": ("appeal",),
        "osmanthus-score": ("tier any",),
    },
    "fuzhou-moli": {
        "adults-of-fuzhou": ("enrolment",),
        "schooling": ('points: enrolment if schooling == "college"',),
        "occupation": ('points: enrolment if employment in ["employed", "self_employed", "firm_head"]',),
        "means": ("points: enrolment if income >= 4",),
        "clean-year": (
            "points: every 12 months",
            "cap: every 12 months",
        ),
        "giving": (
            "lapse: blood_donation",
            "cap: blood_donation",
            "lapse: volunteering",
            "cap: volunteering",
            "points: commendation",
            "lapse: commendation",
            "cap: commendation",
            "points: charity_gift",
        ),
        "arrears": (
            "points: late_utility",
            "lapse: late_utility",
            "points: late_card",
            "lapse: late_card",
        ),
        "broken-contract": (
            "points: contract_breach",
            "lapse: contract_breach",
        ),
        "dealing": (
            "points: other_commercial",
            "lapse: other_commercial",
        ),
        "road": (
            "points: traffic_offence",
            "lapse: traffic_offence",
        ),
        "offence": (
            "points: drunk_driving",
            "lapse: drunk_driving",
            "points: energy_theft",
            "lapse: energy_theft",
            "points: damaging_public_equipment",
            "lapse: damaging_public_equipment",
        ),
        "judgment": ("lapse: every 12 months",),
        "legal-offences": (
            "points: tax_unpaid",
            "points: judgment_unpaid",
            "points: judgment_after_dispute",
        ),
    },
    "sesame-credit": {
        "": ("in force",),
        "users": ("enrolment",),
        "history": ("worth: history",),
        "ability": ("worth: ability",),
        "behaviour": ("worth: behaviour",),
        "identity": ("worth: identity",),
        "hotels-and-power-banks": ("service: deposit",),
        "visas": ("service: visa",),
        "credit-lines": ("service: bank_credit",),
        "shown-more": ("service: dating_match",),
    },
    "tax-grades": {
        "": ("in force",),
        "tax-grade": (
            "start",
            "disclosure",
            "tier A",
        ),
        "missed": ("points: tax_requirement_missed",),
        "arrears": ("points: tax_unpaid",),
        "fraud": ("lapse: tax_fraud",),
        "gone": ("points: tax_returns_missed",),
        "staff": ("points: every 12 months",),
        "refunds-first": ("service: customs_facilitation",),
        "loans-on-tax": ("service: firm_credit",),
        "licence-waits": ("service: operating_licence",),
        "subsidies-last": ("service: firm_subsidy",),
        "second-look": ("appeal",),
    },
}
"""The differences that stand: rule book -> clause -> the matters settled there. The note at the clause says why.

The clause is one of the first encoding, of the second where the first says nothing; the empty id is the head."""

OTHER_READING = re.compile(r"\b(second|first) reading\b", re.I)


@cache
def pair(book: str) -> tuple[Policy, Policy]:
    return load_policy(book, LIBRARY), load_policy(SECOND / f"{book}-second.yaml", LIBRARY)


@cache
def found(book: str) -> dict[str, tuple[Saying, Saying]]:
    first, second = pair(book)
    return differences(sayings(first), sayings(second))


def held(book: str) -> set[str]:
    return {matter for matters in STANDING[book].values() for matter in matters}


def test_every_second_encoding_is_compared() -> None:
    assert {path.stem.removesuffix("-second") for path in SECOND.glob("*.yaml")} == set(STANDING)


@pytest.mark.parametrize("book", STANDING)
def test_second_encodings_have_neither_mistakes_nor_remarks(book: str) -> None:
    sheet, margin = LIBRARY.sheet("policy", SECOND / f"{book}-second.yaml"), Margin([])
    assert policy_of(sheet, LIBRARY, margin) is not None
    assert [str(mistake) for mistake in (*sheet.mistakes, *margin.mistakes)] == []


@pytest.mark.parametrize("book", STANDING)
def test_two_readings_differ_where_it_is_written_and_nowhere_else(book: str) -> None:
    said = {matter: f"first: {one.says!r}, second: {two.says!r}" for matter, (one, two) in found(book).items()}
    assert {matter: says for matter, says in said.items() if matter not in held(book)} == {}
    assert held(book) - set(said) == set(), "no difference any more"


@pytest.mark.parametrize("book", STANDING)
def test_a_note_at_the_clause_says_why_both_stand(book: str) -> None:
    first, second = pair(book)
    for named, matters in STANDING[book].items():
        for matter in matters:
            one, two = found(book)[matter]
            policy, saying = (first, one) if one.says else (second, two)
            assert named in (saying.clauses or ("",)), (matter, saying.clauses)
            notes = [clauses(policy)[each].note for each in saying.clauses] or [policy.note]
            assert all(note is not None and OTHER_READING.search(note) for note in notes), (matter, saying.clauses)


@pytest.mark.parametrize("book", STANDING)
def test_what_both_call_read_they_read_alike(book: str) -> None:
    contradicted = [
        matter for matter, pair in found(book).items() if {each.confidence for each in pair} == {"verified"}
    ]
    assert contradicted == []


@pytest.mark.parametrize("book", STANDING)
def test_they_agree_on_more_than_half_of_what_the_second_settles(book: str) -> None:
    first, second = (sayings(each) for each in pair(book))
    assert 2 * len(set(second) - set(found(book))) > len(second)
    assert {"jurisdiction", "method", "floor", "ceiling", "publish"} <= set(first) - set(found(book))


def test_the_page_counts_what_is_compared() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", PAGE.read_text("utf-8"), re.M)
    for book, *counted in rows:
        first, second = (set(sayings(each)) for each in pair(book))
        both = first & second
        expected = [
            len(both - set(found(book))),
            len(both & set(found(book))),
            len(first - second),
            len(second - first),
        ]
        assert list(map(int, counted)) == expected, book
    assert {book for book, *_ in rows} == set(STANDING)


def test_a_changed_number_is_a_difference(tmp_path: Path) -> None:
    """The comparison sees a bound, a deduction, a benefit and a lapse that move."""
    text = (SECOND / "rongcheng-2016-second.yaml").read_text(encoding="utf-8")
    for old, new, matter in (
        ("from: 1050", "from: 1060", "tier AAA"),
        ("on: energy_theft, points: -60", "on: energy_theft, points: -70", "points: energy_theft"),
        ("wait: -50 percent", "wait: -40 percent", "service: state_counter"),
        ("on: late_utility, points: -20", "on: late_utility, points: -20, lapse: 6 months", "lapse: late_utility"),
        ("when: age >= 18 and residence_years >= 1", "when: age >= 18", "enrolment"),
    ):
        assert text.count(old) == 1
        changed = tmp_path / "rongcheng-2016-second.yaml"
        changed.write_text(text.replace(old, new), encoding="utf-8")
        try:
            moved = differences(sayings(pair("rongcheng-2016")[1]), sayings(load_policy(changed, LIBRARY)))
        except InvalidDocuments as invalid:  # a changed text that no longer reads would test nothing
            pytest.fail(str(invalid))
        assert set(moved) == {matter}
