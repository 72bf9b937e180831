"""Enrolment: whom a rating holds."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Factors
from glasshouse.values import Value


class Enrolment(Clause):
    """``of``: POLICY/RATING names."""

    of: tuple[str, ...]
    when: Condition | None = None
    mode: str
    share: Value
    withdraw: Value  # per year
    factors: Factors = {}
