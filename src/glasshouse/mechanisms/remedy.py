"""A remedy is a way off a list, or a way to take points back."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Factors
from glasshouse.values import Value


class Remedy(Clause):
    """``lists`` and ``ratings`` are the document's ``of``, told apart on resolving (POLICY/NAME)."""

    lists: tuple[str, ...] = ()
    ratings: tuple[str, ...] = ()
    kind: str  # repair | appeal
    when: Condition | None = None
    after: Value  # duration, default 0 days
    until: Value | None = None  # duration
    rate: Value  # per year, hazard of asking
    decision: Value  # duration, default 0 days
    success: dict[str, Value]
    """Chance by ground; a repair has all five grounds (default 1), an appeal those written (absent: 0)."""
    delay: Value  # duration, default 0 days
    suspends: bool = False
    appeals: int = 1
    factors: Factors = {}
