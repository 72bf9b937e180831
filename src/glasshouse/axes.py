"""The points of a sweep: paths of documents, the values they may take, and designs over them.

Paths are those of ``--set``; values stand as documents write them. Where a document gives an invented number a range,
that range is an axis too: what nobody knows can be gone through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import Final

import numpy as np
from pydantic import BaseModel
from scipy.stats import qmc

from glasshouse.errors import UsageError
from glasshouse.scenario import Scenario
from glasshouse.values import Value

DESIGNS: Final = ("grid", "latin")
MOST_POINTS: Final = 10_000
BARE: Final = ("chance", "number", "points", "factor")
"""Units that stand without a word."""


@dataclass(frozen=True)
class Axis:
    """A path and the values a design may give it: a range, or a list of values as written."""

    path: str
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    unit: str = ""
    written: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> Axis:
        """``PATH=1..5``, ``PATH=12 months..36 months`` or ``PATH=a,b,c``."""
        path, sign, said = text.partition("=")
        if not sign or not path.strip() or not said.strip():
            raise UsageError(f"`--over {text}`: expected PATH=LOW..HIGH or PATH=VALUE,VALUE")
        path = path.strip()
        if ".." not in said:
            values = tuple(each.strip() for each in said.split(",") if each.strip())
            if len(set(values)) < 2:
                raise UsageError(f"`--over {text}`: a list has at least two values")
            return cls(path, written=values)
        first, second = (_number(each, text) for each in said.split("..", 1))
        unit = second[1] or first[1]
        if first[1] not in ("", unit):
            raise UsageError(f"`--over {text}`: the bounds have different units, {first[1]} and {second[1]}")
        if first[0] >= second[0]:
            raise UsageError(f"`--over {text}`: the lower bound stands first")
        return cls(path, first[0], second[0], unit)

    @property
    def whole(self) -> bool:
        """Whether both bounds are whole numbers, so that every value is one."""
        return all(
            bound == bound.to_integral_value() and bound.as_tuple().exponent == 0 for bound in (self.low, self.high)
        )

    def at(self, share: float) -> str:
        """The value at a share of the way from low to high, as a document writes it."""
        if self.written:
            return self.written[min(int(share * len(self.written)), len(self.written) - 1)]
        found = self.low + (self.high - self.low) * Decimal(repr(share))
        text = f"{found.to_integral_value():f}" if self.whole else f"{round(found, 10).normalize():f}"
        return f"{text} {self.unit}".strip()

    def levels(self, number: int) -> list[str]:
        """So many values from low to high, both in; all values of a list."""
        if self.written:
            return list(self.written)
        return list(dict.fromkeys(self.at(step / (number - 1)) for step in range(number)))


def _number(text: str, whole: str) -> tuple[Decimal, str]:
    first, _, unit = text.strip().partition(" ")
    try:
        return Decimal(first), unit.strip()
    except InvalidOperation:
        raise UsageError(f"`--over {whole}`: `{first}` is no number") from None


def design(axes: Sequence[Axis], kind: str = "grid", points: int = 5, seed: int = 1) -> list[dict[str, str]]:
    """The points of a design, each a value for every path.

    ``grid``: ``points`` levels of every range, all combinations. ``latin``: ``points`` in all, a Latin hypercube.
    """
    if kind not in DESIGNS:
        raise UsageError(f"a design is a {' or '.join(DESIGNS)}, not `{kind}`")
    if points < 2:
        raise UsageError(f"a design has at least two points, not {points}")
    paths = [axis.path for axis in axes]
    if not axes or len(set(paths)) < len(paths):
        raise UsageError("a sweep goes over at least one path, each named once")
    if kind == "latin":
        drawn = qmc.LatinHypercube(d=len(axes), rng=np.random.default_rng(seed)).random(points)
        rows = [[axis.at(float(share)) for axis, share in zip(axes, row, strict=True)] for row in drawn]
    else:
        rows = [list(row) for row in product(*(axis.levels(points) for axis in axes))]
    if len(rows) > MOST_POINTS:
        raise UsageError(f"this design has {len(rows):,} points; at most {MOST_POINTS:,} are run")
    return [dict(zip(paths, row, strict=True)) for row in rows]


# --- what nobody knows -----------------------------------------------------------------------------------------------


def unknowns(scenario: Scenario) -> list[Axis]:
    """The ranges of all invented numbers of a scenario's policies and conduct that are the same on every day.

    A dated series has no single value that a range could move and is left out.
    """
    found: list[Axis] = []
    conduct = scenario.conduct
    for clause in (*conduct.events, *conduct.services, *conduct.responses):
        found += _ranges(clause, f"{conduct.name}/{clause.id}.", clause.confidence, scenario.reading)
    for policy in scenario.policies:
        sections = (
            policy.enrolment, policy.detectors, policy.ratings, policy.rules, policy.indicators, policy.lists,
            policy.spread, policy.gates, policy.remedies,
        )  # fmt: skip
        for section in sections:
            for each in section:
                found += _ranges(each, f"{policy.name}/{each.id}.", each.confidence, scenario.reading)
    return found


def _ranges(part: BaseModel, path: str, confidence: str, reading: str) -> Iterator[Axis]:
    """The ranges inside a clause or a row of it."""
    for name in type(part).model_fields:
        inside = getattr(part, name)
        if isinstance(inside, Value):
            series = inside.series(reading)
            if inside.range is not None and len(series) == 1 and (inside.confidence or confidence) == "invented":
                unit = "" if series[0].unit in BARE else series[0].unit
                low, high = inside.range
                if low < high:
                    yield Axis(path + name, low, high, unit)
        elif isinstance(inside, BaseModel):
            own = getattr(inside, "confidence", None) or confidence
            yield from _ranges(inside, f"{path}{name}.", own, reading)
        elif isinstance(inside, tuple):
            for row, each in enumerate(inside, start=1):
                if isinstance(each, BaseModel):
                    own = getattr(each, "confidence", None) or confidence
                    yield from _ranges(each, f"{path}{name}[{row}].", own, reading)
