"""A rating is a named score with its tiers."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Frozen
from glasshouse.values import Value


class TierRow(Frozen):
    """One tier, best first; the first that fits counts. ``at_least`` is the document's ``from`` (points)."""

    tier: str
    at_least: Value | None = None
    when: Condition | None = None
    text: str | None = None
    source: tuple[str, ...] = ()
    confidence: str | None = None


class Rating(Clause):
    """A score. ``publish`` is a duration; ``start`` exists with method points only."""

    method: str  # points | weighted
    polarity: str  # merit | demerit
    start: Value | None = None
    floor: Value
    ceiling: Value
    publish: Value
    tiers: tuple[TierRow, ...]
    disclosure: str = "undeclared"
