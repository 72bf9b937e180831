"""Numbers, durations, money and truth values as documents write them: plain, dated, noted, by reading.

A :class:`Value` holds one dated series for each reading. Numbers are decimals, never floats; units are the base
units of the language: ``chance``, ``per year``, ``days`` or ``months`` (durations), ``none``, ``while``,
``as_source`` (terms without a length), ``points``, ``factor``, ``yuan``, ``percent``, ``truth`` and ``number``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

READINGS = ("reported", "documented")


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of a series: it holds from ``since`` (``None``: always) until the next entry."""

    since: date | None
    number: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Value:
    """A number of a document in both readings, each a dated series (dates rise, the first may be ``None``).

    ``range`` are the bounds that sweeps may try; ``source``, ``confidence`` and ``note`` outrank the clause's own.
    """

    reported: tuple[Entry, ...]
    documented: tuple[Entry, ...]
    range: tuple[Decimal, Decimal] | None = None
    source: tuple[str, ...] = ()
    confidence: str | None = None
    note: str | None = None

    def series(self, reading: str) -> tuple[Entry, ...]:
        """The dated entries of one reading."""
        return self.reported if reading == "reported" else self.documented

    def on(self, reading: str, day: date) -> Entry:
        """The entry in force on a day: the last whose date is not after it, else the first."""
        series = self.series(reading)
        found = series[0]
        for entry in series[1:]:
            if entry.since is not None and entry.since <= day:
                found = entry
        return found


def constant(number: Decimal | int | str, unit: str) -> Value:
    """A value that is the same on every day and in both readings."""
    series = (Entry(None, Decimal(number), unit),)
    return Value(series, series)
