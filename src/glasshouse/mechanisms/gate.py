"""A gate is a service that consults."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Frozen
from glasshouse.mechanisms.detector import Review
from glasshouse.values import Value


class Effect(Frozen):
    """``refuse`` (no amount) or limit, price, wait, rank with an amount in percent, yuan or a duration."""

    effect: str
    amount: Value | None = None


class Gate(Clause):
    """One consulting clause over one or more services (sets expanded)."""

    services: tuple[str, ...]
    when: Condition
    then: Effect
    evasion_caught: Value  # default constant(1, "chance")
    severity: int | None = None
    """None: the service's for refuse, 2 for another burden, 0 for a benefit."""
    asked_by: str  # public | private | mixed
    review: Review | None = None
