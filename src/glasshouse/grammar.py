"""The value grammar: every number, duration, amount of money and chance as documents may write it.

A value is plain (``0.45``, ``24 months``), dated (``{2013-10-01: plain, ..}``), noted (``{value: .., range: ..}``) or
by reading (``{reported: .., documented: ..}``), nesting only outwards in this order. The canonical form writes a series
as rows ``[date, number, unit]``. Numbers are exact decimals; units are turned into the base units of ``values``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, TypeAlias

from glasshouse.conditions.names import did_you_mean
from glasshouse.reading.leaves import (
    EXACT,
    PER_YEAR,
    WRITTEN,
    Plain,
    Written,
    day_of,
    number_of,
    number_text,
    read_plain,
    shown,
)
from glasshouse.reading.margin import Spot, key_mark
from glasshouse.reading.tree import Item, Leaf, Map, Mark, Row
from glasshouse.values import Entry, Value
from glasshouse.vocabulary import CONFIDENCES, READINGS

NOTES: Final = ("range", "source", "confidence", "note")
BASE_UNITS: Final = ("per year", "days", "months", "points", "factor", "yuan", "percent", "chance", "number")

Known: TypeAlias = Callable[[Item, Spot], tuple[str, ...] | None]
"""Reads a ``source`` and notes those that nobody knows."""


Series: TypeAlias = tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class _Noted:
    """One reading of a value: its series and its note."""

    series: Series
    range: tuple[Decimal, Decimal] | None = None
    source: tuple[str, ...] = ()
    confidence: str | None = None
    note: str | None = None


def read_value(item: Item, written: Written, spot: Spot, start: date | None, known: Known) -> Value | None:
    """A value of any of the four forms; None, with the mistakes noted, where it cannot be read.

    ``start`` is the day on which the clause begins: a dated value begins no later.
    """
    asked = _Asked(written, start, known)
    if isinstance(item, Map) and set(READINGS) & set(item.entries):
        return _by_reading(item, asked, spot)
    one = _noted(item, asked, spot)
    if one is None:
        return None
    return Value(one.series, one.series, one.range, one.source, one.confidence, one.note)


@dataclass(frozen=True, slots=True)
class _Asked:
    written: Written
    start: date | None
    known: Known


def _by_reading(item: Map, asked: _Asked, spot: Spot) -> Value | None:
    canonical = all(isinstance(item.get(reading), Row) for reading in READINGS)
    for key in item.entries:
        if key not in READINGS and not (canonical and key in NOTES):
            spot.wrong(key_mark(item, key), f"`{key}` is not a reading")
    missing = [reading for reading in READINGS if reading not in item.entries]
    if missing:
        (stated,) = set(READINGS) - set(missing)
        spot.wrong(item, f"only `{stated}` is stated; a value that differs by reading states both")
        return None
    reported, documented = (_noted(item.entries[reading], asked, spot) for reading in READINGS)
    if reported is None or documented is None:
        return None
    if canonical:
        note = _notes(item, documented.series, asked, spot)
    else:
        note = documented if (documented.confidence or documented.source or documented.range) else reported
    return Value(reported.series, documented.series, note.range, note.source, note.confidence, note.note)


def _noted(item: Item, asked: _Asked, spot: Spot) -> _Noted | None:
    if not isinstance(item, Map) or "value" not in item.entries:
        series = _series(item, asked, spot)
        return None if series is None else _Noted(series)
    for key in item.entries:
        if key not in ("value", *NOTES):
            cure = did_you_mean(key, ("value", *NOTES))
            spot.wrong(key_mark(item, key), f"unknown key `{key}` beside `value`{cure}")
    series = _series(item.entries["value"], asked, spot)
    return None if series is None else _notes(item, series, asked, spot)


def _notes(item: Map, series: Series, asked: _Asked, spot: Spot) -> _Noted:
    noted = _Noted(series)
    if (found := item.get("range")) is not None:
        noted = replace(noted, range=_range(found, series, item, asked, spot))
    if (found := item.get("source")) is not None:
        noted = replace(noted, source=asked.known(found, spot.into("source")) or ())
    if (found := item.get("confidence")) is not None:
        noted = replace(noted, confidence=one_of(found, CONFIDENCES, spot.into("confidence")))
    if isinstance(found := item.get("note"), Leaf):
        noted = replace(noted, note=found.text)
    elif found is not None:
        spot.into("note").wrong(found, "expected a text")
    return noted


def _range(
    found: Item, series: Series, item: Map, asked: _Asked, spot: Spot
) -> tuple[Decimal, Decimal] | None:
    if not isinstance(found, Row) or len(found.items) != 2:
        spot.into("range").wrong(found, "expected two numbers, the lower and the higher: [0.1, 0.5]")
        return None
    scale, bounds = _scale(item.get("value")), []
    for bound in found.items:
        number = number_of(bound.text) if isinstance(bound, Leaf) else None
        if number is not None:
            bounds.append(EXACT.multiply(number, scale))
        else:
            read = read_plain(bound, asked.written, spot.into("range")) if isinstance(bound, Leaf) else None
            bounds.append(read[0] if read else Decimal("NaN"))
    if any(bound.is_nan() for bound in bounds):
        return None
    low, high = bounds
    if low > high:
        spot.into("range").wrong(found, "the lower bound stands first")
        return None
    for entry in series:
        if not low <= entry.number <= high:
            told = ", ".join(bound.text for bound in found.items if isinstance(bound, Leaf))
            stated = number_text(EXACT.divide(entry.number, scale))
            spot.wrong(item, f"the value {stated} lies outside its range [{told}]")
            return None
    return low, high


def _scale(value: Item | None) -> Decimal:
    """What a number without unit beside this value is multiplied with: its unit in base units."""
    leaf = value
    while isinstance(leaf, Map | Row):
        below = list(leaf.entries.values()) if isinstance(leaf, Map) else leaf.items[1:] or leaf.items
        leaf = below[0] if below else None
    match = WRITTEN.fullmatch(leaf.text) if isinstance(leaf, Leaf) else None
    unit = (match["unit"] or "").strip() if match else ""
    if unit.startswith("year"):
        return Decimal(12)
    if unit.startswith("working"):
        return Decimal("1.4")
    return Decimal(7) if unit.startswith("week") else PER_YEAR.get(unit, Decimal(1))


def _series(item: Item, asked: _Asked, spot: Spot) -> Series | None:
    if isinstance(item, Leaf):
        plain = read_plain(item, asked.written, spot)
        return None if plain is None else (Entry(None, *plain),)
    if isinstance(item, Row):
        return _canonical_series(item, asked, spot)
    days = {key: day_of(leaf) for key, leaf in item.keys.items()}
    if not days or None in days.values():
        keys = ", ".join(key for key, day in days.items() if day is None) or "none"
        spot.wrong(
            item,
            f"found keys {keys}; expected dates, `reported` and `documented`, or `value` with a note "
            "(a date is written 2018-01-01)",
        )
        return None
    if not asked.written.dated:
        spot.wrong(item, f"a {asked.written.type} has no dates: write one number")
        return None
    entries = []
    for key, inside in item.entries.items():
        plain = _inside_date(inside, asked, spot.row(key))
        if plain is None:
            return None
        entries.append(Entry(days[key], *plain))
    return _in_order(tuple(entries), item.mark, asked, spot)


def _inside_date(item: Item, asked: _Asked, spot: Spot) -> Plain | None:
    if isinstance(item, Leaf):
        return read_plain(item, asked.written, spot)
    keys = set(item.entries) if isinstance(item, Map) else set()
    if keys & set(READINGS):
        told = "readings stand outside: write {reported: .., documented: ..} and put dates and notes inside"
    elif "value" in keys:
        told = "a note cannot stand inside a date: give the note to the whole series"
    else:
        told = "expected one number for each date"
    spot.wrong(item, told)
    return None


def _in_order(series: Series, mark: Mark, asked: _Asked, spot: Spot) -> Series | None:
    days = [entry.since for entry in series if entry.since is not None]
    if any(later <= earlier for earlier, later in pairwise(days)):
        spot.wrong(mark, "dates must rise")
        return None
    first = series[0].since
    if first is not None and asked.start is not None and first > asked.start:
        spot.wrong(mark, f"no value between the start of the clause ({asked.start}) and {first}")
        return None
    return series


def _canonical_series(item: Row, asked: _Asked, spot: Spot) -> Series | None:
    """Rows ``[date or nothing, number, base unit]``, as the canonical form writes them."""
    entries = []
    for row in item.items:
        texts = [leaf.text for leaf in row.items if isinstance(leaf, Leaf)] if isinstance(row, Row) else []
        number = number_of(texts[1]) if len(texts) == 3 else None
        day = day_of(row.items[0]) if isinstance(row, Row) and row.items else None
        dateless = isinstance(row, Row) and bool(texts) and texts[0] in ("null", "~", "")
        if number is None or not (day or dateless) or texts[2] not in (*BASE_UNITS, *asked.written.words):
            spot.wrong(row, "expected a value; rows of a series are [date, number, unit]")
            return None
        unit = texts[2]
        bare = unit in asked.written.words or unit in ("chance", "points", "factor", "number")
        leaf = Leaf(unit if unit in asked.written.words else texts[1] if bare else f"{texts[1]} {unit}", row.mark)
        plain = read_plain(leaf, asked.written, spot)
        if plain is None:
            return None
        entries.append(Entry(day, *plain))
    if not entries:
        spot.wrong(item, "the list is empty")
        return None
    return _in_order(tuple(entries), item.mark, asked, spot)


def one_of(item: Item, words: Iterable[str], spot: Spot) -> str | None:
    """A word of a closed list; None, with the mistake noted, for any other."""
    known = tuple(words)
    if isinstance(item, Leaf) and item.cut:
        return None
    if isinstance(item, Leaf) and item.text in known:
        return item.text
    told = shown(item) if isinstance(item, Leaf) else "a list" if isinstance(item, Row) else "a map"
    cure = did_you_mean(item.text, known) if isinstance(item, Leaf) else ""
    spot.wrong(item, f"found {told}, expected one of {', '.join(known)}{cure}")
    return None
