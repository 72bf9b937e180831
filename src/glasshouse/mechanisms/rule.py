"""A rule gives points for a record, for enrolling, or each so many months."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Frozen
from glasshouse.mechanisms.words import (
    duration,
    either,
    if_text,
    is_always,
    named,
    nice,
    plain,
    plain_size,
    sentence,
    sign,
    term,
    whom,
)
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


# --- in words -------------------------------------------------------------------------------------------------------

def say(clause: Rule, policy: str = "") -> str:
    """What is taken or given for what, under which condition, how often and for how long."""
    who = whom(clause.subjects)
    main = sentence(_trigger(clause), _effect(clause, policy), _duration(clause), if_text(clause.when, who, policy))
    parts = [main]
    if clause.repeat is not None:
        factor, within = plain(clause.repeat.factor), duration(clause.repeat.within)
        parts.append(f"Each earlier time within {within} multiplies this by {factor}.")
    if clause.cap is not None:
        parts.append(f"In any {duration(clause.cap.per)} it is at most {_points(clause.cap.points)}.")
    return " ".join(parts)


def _trigger(clause: Rule) -> str:
    if clause.every is not None:
        return f"Every {duration(clause.every)} the {whom(clause.subjects)}"
    if clause.on == ("enrolment",):
        return f"On enrolment the {whom(clause.subjects)}"
    return f"A record of {either(map(nice, clause.on))}"


def _effect(clause: Rule, policy: str) -> str:
    rating = named(clause.rating, policy)
    subject = clause.every is not None or clause.on == ("enrolment",)
    if clause.becomes is not None:
        verb = "falls" if subject else "makes the score fall"
        return f"{verb} to {plain(clause.becomes)} in {rating} unless the score is worse already"
    if clause.discretion is not None:
        low, high = clause.discretion
        if sign(low) + sign(high) < 0:
            low, high = high, low
        span = f"{plain_size(low)} to {plain_size(high)} points"
        return f"{_verb(low, subject)} {span} {_side(low)} {rating}, at an official's discretion,"
    if clause.points is None:
        return f"changes nothing in {rating}"
    return f"{_verb(clause.points, subject)} {_points(clause.points)} {_side(clause.points)} {rating}"


def _verb(points: Value, subject: bool) -> str:
    by_sign = {-1: ("takes", "loses"), 1: ("adds", "gains"), 0: ("changes the score by", "changes by")}
    return by_sign[sign(points)][subject]


def _side(points: Value) -> str:
    return {-1: "from", 1: "to", 0: "in"}[sign(points)]


def _points(points: Value) -> str:
    told = plain_size(points) if sign(points) else plain(points)
    return f"{told} {'point' if is_always(points, 1) or is_always(points, -1) else 'points'}"


def _duration(clause: Rule) -> str:
    told = term(clause.lapse)
    return "for good" if told == "without end" else told
