"""Events are what is done, services what is asked for: conduct without a policy."""

from __future__ import annotations

from decimal import Decimal

from glasshouse.mechanisms.clause import Clause, Factors, Frozen
from glasshouse.values import Value


class Follows(Frozen):
    """A consequence of another event: with a chance, after a duration; keeps its root."""

    event: str
    chance: Value
    after: Value


class Limit(Frozen):
    """At most ``number`` events in a ``unit`` (day, week, month, year)."""

    number: int
    unit: str


class Event(Clause):
    """One kind of event. Exactly one of ``rate`` (per year) and ``follows``."""

    context: str
    nature: str
    gravity: int
    protected: tuple[str, ...] = ()
    place: str | None = None
    rate: Value | None = None
    follows: Follows | None = None
    instances: Value  # default constant(1, "number")
    limit: Limit | None = None
    propensity: str  # bad | good | none, default by nature
    amounts: tuple[tuple[int, Decimal], ...] = ()
    """(yuan, share) rows in document order; shares add up to 1."""
    ends_subject: bool = False
    factors: Factors = {}


class Service(Clause):
    """One kind of need. ``rate`` per year."""

    context: str
    right: str
    severity: int
    essential: bool = False
    rate: Value
    attempts: Value  # default constant(1, "number")
    evade_chance: Value  # default constant(0, "chance")
    price: Value | None = None  # yuan
    wait: Value | None = None  # duration
    ends_subject: bool = False
    factors: Factors = {}
