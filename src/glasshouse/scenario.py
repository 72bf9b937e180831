"""A scenario: policies x society x period x seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from glasshouse.mechanisms.clause import Frozen
from glasshouse.policy import Conduct, Policy
from glasshouse.society.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Seeds:
    """The texts of the three seeds that keys are made from (``SEED`` or ``SEED/r`` in replication r)."""

    society: str
    conduct: str
    process: str


class Target(Frozen):
    """A figure of the world that a run is held against."""

    id: str
    text: str
    source: tuple[str, ...]
    confidence: str
    quantity: str
    item: str | None = None
    group: str | None = None
    area: str | None = None
    kind: str  # stock | flow | cumulative
    during: tuple[date, date] | None = None
    value: tuple[tuple[date | None, Decimal], ...]
    tolerance: Decimal  # a share: 10 percent is 0.10
    reading: str | None = None


class Scenario(Frozen):
    """A resolved scenario: everything a run needs but the size of the sample."""

    name: str
    title: str
    text: str
    source: tuple[str, ...]
    recipe: Recipe
    conduct: Conduct
    policies: tuple[Policy, ...]
    since: date
    until: date
    step: str = "month"
    reading: str
    seed: int
    residents: int | None = None
    """Size of the society to build; None: the recipe's."""
    replications: int = 1
    groups: tuple[tuple[str, ...], ...] = ()
    """Divisions by which counts are kept: each a crossing of attributes, e.g. (("sex",), ("sex", "income"))."""
    targets: tuple[Target, ...] = ()
