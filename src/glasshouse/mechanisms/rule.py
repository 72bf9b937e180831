"""A rule gives points for a record, for enrolling, or each so many months."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Frozen
from glasshouse.values import Value


class Repeat(Frozen):
    """Each earlier firing in the window multiplies by the factor."""

    factor: Value
    within: Value  # duration


class Cap(Frozen):
    """At most so many points in a rolling window."""

    points: Value
    per: Value  # duration


class Rule(Clause):
    """Exactly one of ``on`` (kinds, or ("enrolment",)) and ``every``; one of points, discretion, becomes."""

    rating: str  # POLICY/RATING
    on: tuple[str, ...] = ()
    every: Value | None = None
    when: Condition | None = None
    points: Value | None = None
    discretion: tuple[Value, Value] | None = None
    becomes: Value | None = None
    repeat: Repeat | None = None
    cap: Cap | None = None
    lapse: Value  # term: duration or none
