"""Values: what may be written, and the base units it becomes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasshouse.canonical import plain
from glasshouse.errors import Mistake
from glasshouse.grammar import read_value
from glasshouse.reading.leaves import Written, number_of, number_text
from glasshouse.reading.margin import Margin, Spot
from glasshouse.reading.tree import Item, Map, plant
from glasshouse.values import Entry, Value, constant

TERM = Written("term", words=("none", "while"))


def read(text: str, written: Written, start: date | None = None) -> tuple[Value | None, list[Mistake]]:
    """A value written after a colon, and what is noted about it."""
    tree, mistakes = plant(f"x: {text}\n", "f")
    assert isinstance(tree, Map) and not mistakes
    margin = Margin()
    return read_value(tree.entries["x"], written, Spot(margin, "c", "f"), start, _sources), margin.mistakes


def _sources(item: Item, spot: Spot) -> tuple[str, ...]:
    return ("noted",)


def entry(text: str, written: Written) -> tuple[Decimal, str]:
    """Number and unit of a plain value."""
    value, mistakes = read(text, written)
    assert value is not None and mistakes == [] and value.reported == value.documented
    (one,) = value.reported
    assert one.since is None
    return one.number, one.unit


@pytest.mark.parametrize(
    ("text", "type_", "number", "unit"),
    [
        ("0.45", "chance", "0.45", "chance"),
        ("1", "chance", "1", "chance"),
        ("8.1e-11", "chance", "0.000000000081", "chance"),
        ("0.26 per year", "rate", "0.26", "per year"),
        ("0.05 per month", "rate", "0.6", "per year"),
        ("2 per day", "rate", "730.485", "per year"),
        ("7 per week", "rate", "365.2425", "per year"),
        ("24 months", "duration", "24", "months"),
        ("1 month", "duration", "1", "months"),
        ("2 years", "duration", "24", "months"),
        ("1 year", "duration", "12", "months"),
        ("10 days", "duration", "10", "days"),
        ("3 weeks", "duration", "21", "days"),
        ("3 working days", "duration", "5", "days"),
        ("5 working days", "duration", "7", "days"),
        ("-20", "points", "-20", "points"),
        ("300 yuan", "yuan", "300", "yuan"),
        ("1.5", "factor", "1.5", "factor"),
        ("10 percent", "percent", "10", "percent"),
        ("8.7", "number", "8.7", "number"),
    ],
)
def test_plain_values_in_base_units(text: str, type_: str, number: str, unit: str) -> None:
    found, base = entry(text, Written(type_))
    assert (found, base) == (Decimal(number), unit)


@pytest.mark.parametrize("word", ["none", "while"])
def test_terms_may_be_words(word: str) -> None:
    assert entry(word, TERM) == (0, word)
    assert entry("6 months", TERM) == (6, "months")


def test_numbers_are_exact() -> None:
    value, _ = read("0.1 per month", Written("rate"))
    assert value is not None and value.reported[0].number * 10 == 12


@given(st.decimals(min_value=0, max_value=1, allow_nan=False, allow_infinity=False, places=12))
def test_any_chance_is_kept_to_the_last_digit(number: Decimal) -> None:
    assert entry(format(number, "f"), Written("chance")) == (number, "chance")
    assert number_of(number_text(number)) == number


def test_a_dated_value_holds_from_its_dates() -> None:
    value, mistakes = read("{2013-10-01: 0.1, 2016-01-01: 0.4}", Written("chance"), date(2014, 1, 1))
    assert value is not None and mistakes == []
    days = (date(2012, 1, 1), date(2013, 10, 1), date(2015, 12, 31), date(2016, 1, 1), date(2020, 1, 1))
    assert [str(value.on("documented", day).number) for day in days] == ["0.1", "0.1", "0.1", "0.4", "0.4"]


def test_readings_differ_and_carry_notes() -> None:
    text = "{reported: 0.86, documented: {value: 0.01, range: [0, 0.5], source: a, confidence: derived, note: so}}"
    value, mistakes = read(text, Written("chance"))
    assert value is not None and mistakes == []
    assert (value.reported[0].number, value.documented[0].number) == (Decimal("0.86"), Decimal("0.01"))
    assert (value.range, value.source, value.confidence, value.note) == (
        (0, Decimal("0.5")),
        ("noted",),
        "derived",
        "so",
    )


@pytest.mark.parametrize(
    ("text", "written", "bounds"),
    [
        ("{value: 0.01 per month, range: [0, 0.1]}", Written("rate"), ("0", "1.2")),
        ("{value: 0.01 per month, range: [0 per year, 1 per month]}", Written("rate"), ("0", "12")),
        ("{value: 2 years, range: [1, 3]}", Written("duration"), ("12", "36")),
        ("{value: {2016-01-01: 2 weeks}, range: [1, 3]}", Written("duration"), ("7", "21")),
    ],
)
def test_bounds_of_a_range_are_in_the_unit_of_their_value(text: str, written: Written, bounds: tuple[str, str]) -> None:
    value, mistakes = read(text, written)
    assert value is not None and mistakes == []
    assert value.range == tuple(map(Decimal, bounds))


def test_a_value_outside_its_range_on_one_day_is_noted() -> None:
    value, mistakes = read("{value: {2016-01-01: 0.5, 2017-01-01: 0.9}, range: [0.1, 0.6]}", Written("chance"))
    assert [each.message for each in mistakes] == ["the value 0.9 lies outside its range [0.1, 0.6]"]
    assert value is not None and value.range is None


@pytest.mark.parametrize("text", ["1e31", "-1e-40", "1" * 70, "1e999999999", "0." + "1" * 70, "1e-99999"])
def test_numbers_beyond_meaning_are_refused_and_not_computed(text: str) -> None:
    value, (mistake,) = read(text, Written("chance"))
    assert value is None and mistake.message.endswith("a number of this size has no meaning here")


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("0.3", "chance"),
        ("{2013-10-01: 24 months, 2016-01-01: none}", "term"),
        ("{reported: 1 per day, documented: {value: {2016-01-01: 2 per week}, range: [0, 9], note: so}}", "rate"),
        ("3 working days", "duration"),
        ("-20", "points"),
    ],
)
def test_the_canonical_form_of_a_value_reads_back_to_itself(text: str, type_: str) -> None:
    written = Written(type_, words=TERM.words)
    value, mistakes = read(text, written)
    assert value is not None and mistakes == []
    again, mistakes = read(_flow(plain(value)), written)
    assert mistakes == []
    assert again is not None and plain(again) == plain(value)
    assert (again.reported, again.documented, again.range) == (value.reported, value.documented, value.range)


def _flow(value: object) -> str:
    """Plain maps and lists as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return "null" if value is None else str(value)


def test_a_constant_is_the_same_on_every_day_and_in_both_readings() -> None:
    assert constant("0.5", "chance") == Value(
        (Entry(None, Decimal("0.5"), "chance"),), (Entry(None, Decimal("0.5"), "chance"),)
    )
