"""A measure: a number asked of results, with what it was counted from, how sure it is, and one sentence.

Intervals are kept apart by what they cover: ``blocks`` the choice of blocks and the luck inside them, ``replications``
luck alone, ``parameters`` the ranges of rates nobody knows. None of them stands for another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape
from math import isfinite
from typing import Any, Final

import polars as pl

INTERVALS: Final = ("blocks", "replications", "parameters")
"""What an interval may come from, in the order shown."""
SYNTHETIC: Final = "Everything here is synthetic: nobody in it exists."


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval (for parameters: the lowest and highest of the range tried) and what it covers."""

    low: float
    high: float
    of: str

    @property
    def half_width(self) -> float:
        """Half the distance of its bounds."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a run, or of a pair of runs.

    ``id`` is its number in the list of measures (M1 to M26), ``item`` the list, service, gate, rating or detector it is
    about, ``numerator`` and ``exposure`` what was divided by what (for the whole society), ``counted`` what was counted
    in the blocks simulated, before any weight.
    """

    id: str
    name: str
    value: float | None
    unit: str
    sentence: str
    item: str = ""
    group: str = "all"
    numerator: float | None = None
    exposure: float | None = None
    counted: int | None = None
    intervals: tuple[Interval, ...] = ()

    def interval(self, of: str) -> Interval | None:
        """The interval that covers this: ``blocks``, ``replications`` or ``parameters``."""
        return next((each for each in self.intervals if each.of == of), None)

    def plain(self) -> dict[str, Any]:
        """As plain numbers, for JSON."""
        bounds = {of: [each.low, each.high] for of in INTERVALS if (each := self.interval(of)) is not None}
        return {
            "id": self.id, "name": self.name, "item": self.item, "group": self.group, "value": finite(self.value),
            "unit": self.unit, "intervals": bounds, "numerator": finite(self.numerator),
            "exposure": finite(self.exposure), "counted": self.counted, "sentence": self.sentence,
        }  # fmt: skip


def finite(number: float | None) -> float | None:
    """A number as JSON can write it: nothing where it is not finite."""
    return None if number is None or not isfinite(number) else number


@dataclass(frozen=True)
class Measures:
    """The answer to a question asked of results: its measures in order, and what must be said with them."""

    title: str
    found: tuple[Measure, ...]
    remarks: tuple[str, ...] = ()
    reading: str = ""
    _shown: int = field(default=400, repr=False)

    def __iter__(self) -> Iterator[Measure]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __getitem__(self, place: int) -> Measure:
        return self.found[place]

    def of(self, name: str, *, item: str = "", group: str = "all") -> Measure:
        """The measure of this name, item and group. Raises KeyError where there is none."""
        for each in self.found:
            if (each.name, each.item, each.group) == (name, item, group):
                return each
        raise KeyError(f"no measure `{name}` of `{item}` for `{group}`; there are {self.names()}")

    def names(self) -> list[str]:
        """The names of its measures, each once."""
        return list(dict.fromkeys(each.name for each in self.found))

    def where(self, *, name: str | None = None, item: str | None = None, group: str | None = None) -> Measures:
        """Only the measures of this name, item or group."""
        kept = [m for m in self.found if name in (None, m.name) and item in (None, m.item) and group in (None, m.group)]
        return replace(self, found=tuple(kept))

    def plain(self) -> dict[str, Any]:
        """As plain numbers, for JSON."""
        told = {"title": self.title, "synthetic": True, "reading": self.reading}
        return told | {"measures": [each.plain() for each in self.found], "remarks": list(self.remarks)}

    def frame(self) -> pl.DataFrame:
        """One row a measure, with a pair of columns for each kind of interval."""
        rows = []
        for each in self.found:
            row = {key: value for key, value in each.plain().items() if key != "intervals"}
            for of in INTERVALS:
                found = each.interval(of)
                row[f"{of}_low"] = None if found is None else found.low
                row[f"{of}_high"] = None if found is None else found.high
            rows.append(row)
        return pl.DataFrame(rows, schema=_SCHEMA)

    def __str__(self) -> str:
        lines = [self.title]
        for each in self.found:
            about = " ".join(part for part in (each.item, each.group if each.group != "all" else "") if part)
            lines.append(f"  {each.id:<4} {each.name}{f' ({about})' if about else ''}: {_told(each)}")
        return "\n".join([*lines, *(f"  {remark}" for remark in self.remarks), f"  {SYNTHETIC}"])

    def _repr_html_(self) -> str:
        heads = ("", "measure", "of", "group", "value", "interval", "numerator", "exposure", "in words")
        rows = "".join(f"<tr>{_cells(each)}</tr>" for each in self.found[: self._shown])
        more = len(self.found) - self._shown
        left = f"<p>and {more} more: <code>.frame()</code></p>" if more > 0 else ""
        said = "".join(f"<p>{escape(remark)}</p>" for remark in self.remarks)
        head = "".join(f"<th scope='col'>{name}</th>" for name in heads)
        reading = f" {escape(self.reading)} reading." if self.reading else ""
        return (
            f"<table><caption>{escape(self.title)} <em>synthetic</em></caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table>{left}{said}<p>{SYNTHETIC}{reading}</p>"
        )


_SCHEMA: Final[dict[str, pl.DataType]] = {
    "id": pl.String(), "name": pl.String(), "item": pl.String(), "group": pl.String(), "value": pl.Float64(),
    "unit": pl.String(), "numerator": pl.Float64(), "exposure": pl.Float64(), "counted": pl.Int64(),
    "sentence": pl.String(),
} | {f"{of}_{end}": pl.Float64() for of in INTERVALS for end in ("low", "high")}  # fmt: skip


def number(value: float | None) -> str:
    """A figure as a person reads it: four digits that count."""
    if value is None or not isfinite(value):
        return "none" if value is None else "without bound"
    if value == 0 or abs(value) >= 10_000:
        return f"{value:,.0f}"
    return f"{value:,.4g}"


def _told(measure: Measure) -> str:
    bounds = [f"{each.of} {number(each.low)} to {number(each.high)}" for each in measure.intervals]
    return f"{number(measure.value)} {measure.unit}{f' ({chr(59).join(bounds)})' if bounds else ''}"


def _cells(measure: Measure) -> str:
    bounds = "<br>".join(f"{each.of}: {number(each.low)} to {number(each.high)}" for each in measure.intervals)
    texts = (measure.id, measure.name, measure.item, measure.group)
    parts = [escape(text) for text in texts]
    parts += [f"{number(measure.value)} {escape(measure.unit)}", bounds]
    parts += ["" if part is None else number(part) for part in (measure.numerator, measure.exposure)]
    return "".join(f"<td>{part}</td>" for part in (*parts, escape(measure.sentence)))
