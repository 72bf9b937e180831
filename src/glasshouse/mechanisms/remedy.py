"""A remedy is a way off a list, or a way to take points back."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Factors
from glasshouse.mechanisms.words import (
    GROUND_WORDS,
    article,
    both,
    chance,
    duration,
    either,
    factors_text,
    hazard,
    if_text,
    is_always,
    named,
    sentence,
    whom,
)
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


# --- in words -------------------------------------------------------------------------------------------------------

def say(clause: Remedy, policy: str = "") -> str:
    """Who may ask for what, how often it is asked, when it is decided and how often it succeeds."""
    who = whom(clause.subjects)
    parts = [
        sentence(_asked(clause, who, policy), if_text(clause.when, who, policy)),
        sentence(_decided(clause)),
        _meanwhile(clause),
        factors_text(clause.factors),
    ]
    return " ".join(part for part in parts if part)


def _asked(clause: Remedy, who: str, policy: str) -> str:
    return " ".join(part for part in (_begin(clause, who, policy), _when_open(clause), hazard(clause.rate)) if part)


def _begin(clause: Remedy, who: str, policy: str) -> str:
    lists = either(named(name, policy) for name in clause.lists) if clause.lists else ""
    ratings = either(named(name, policy) for name in clause.ratings) if clause.ratings else ""
    verb = "asks to be taken off" if clause.kind == "repair" else "appeals against being on"
    if not lists:
        verb = "asks for the points back in" if clause.kind == "repair" else "appeals against points in"
    back = f" (and for the points of the same event in {ratings} back)" if lists and ratings else ""
    return f"{article(who)} {verb} {lists or ratings}{back}"


def _when_open(clause: Remedy) -> str:
    since = "" if is_always(clause.after, 0) else f"from {duration(clause.after)} after the entry on"
    until = "" if clause.until is None else f"until {duration(clause.until)} after the entry"
    return f"{since} {until}".strip()


def _decided(clause: Remedy) -> str:
    wait = "at once" if is_always(clause.decision, 0) else f"within {duration(clause.decision)}"
    removal = "at once" if is_always(clause.delay, 0) else f"within {duration(clause.delay)}"
    return f"It is decided {wait} and {_success(clause)}; what is granted takes effect {removal}"


def _success(clause: Remedy) -> str:
    chances = {chance(value) for value in clause.success.values()}
    if clause.kind == "repair" and len(chances) == 1:
        told = chances.pop()
        return "always succeeds" if told == "all" else f"succeeds in {told} cases"
    told_by_ground = [f"{chance(value)} where {GROUND_WORDS[ground]}" for ground, value in clause.success.items()]
    return f"succeeds in {both(told_by_ground)}"


def _meanwhile(clause: Remedy) -> str:
    if clause.kind == "repair":
        return ""
    stands = "Until then the consequences are suspended" if clause.suspends else "Until then everything stands"
    return f"{stands}; {'one appeal' if clause.appeals == 1 else f'{clause.appeals} appeals'} a case."
