"""An indicator is one weighted dimension of a weighted rating."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Frozen
from glasshouse.values import Value


class CaseRow(Frozen):
    """The first row whose condition holds gives the value (a chance)."""

    when: Condition
    value: Value


class TieMean(Frozen):
    """Mean last published score of ties, scaled to 0..1."""

    tie: str
    rating: str  # POLICY/RATING


class Indicator(Clause):
    """Exactly one of ``cases`` and ``tie_mean``; else ``otherwise``."""

    rating: str  # POLICY/RATING
    weight: Value
    cases: tuple[CaseRow, ...] = ()
    tie_mean: TieMean | None = None
    otherwise: Value
