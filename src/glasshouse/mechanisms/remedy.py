"""A remedy is a way off a list, or a way to take points back."""

from __future__ import annotations

from typing import Any, ClassVar

from glasshouse.conditions import Condition, Names
from glasshouse.mechanisms.clause import Clause, Draft, Factors, Section, check_factors
from glasshouse.mechanisms.statements import if_text
from glasshouse.mechanisms.words import (
    article,
    chance,
    duration,
    either,
    factors_text,
    ground_chances,
    hazard,
    is_always,
    named,
    sentence,
    whom,
)
from glasshouse.reading.factors import factors_of
from glasshouse.reading.forms import DURATION, RATE, Field, by_ground, condition, grounded, names, truth, whole, word
from glasshouse.values import Value, constant
from glasshouse.vocabulary import GROUNDS


class Remedy(Clause):
    """``lists`` and ``ratings`` are the document's ``of``, told apart on resolving (POLICY/NAME)."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("of", names("lists", "ratings"), required=True, write=lambda clause: [*clause.lists, *clause.ratings]),
        Field("kind", word(("repair", "appeal")), required=True),
        Field("when", condition("remedy")),
        Field("after", DURATION, default=constant(0, "days")),
        Field("until", DURATION),
        Field("rate", RATE, required=True),
        Field("decision", DURATION, default=constant(0, "days")),
        Field("success", grounded(least=True)),
        Field("delay", DURATION, default=constant(0, "days")),
        Field("suspends", truth()),
        Field("appeals", whole(1, 1000, "a number of appeals, 1 or more")),
        Field("factors", factors_of("rate")),
    )

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


# --- checks ---------------------------------------------------------------------------------------------------------


def check(draft: Draft) -> None:
    """An authority remedies what is its own; an appeal is decided by ground, and only an appeal suspends."""
    for path in draft.get("of") or ():
        if not draft.scope.names.own(path):
            told = f"`{path.partition('/')[2]}` belongs to another authority: it cannot be remedied here"
            draft.wrong(told, "of")
    kind = draft.get("kind")
    if kind == "appeal" and not by_ground(draft.item.get("success")):
        draft.wrong("an appeal needs `success` by ground", "success")
    if kind == "repair" and draft.get("suspends"):
        draft.wrong("only an appeal suspends", "suspends")
    check_factors(draft)


def _complete(found: dict[str, Any], names: Names) -> None:
    """Lists and ratings told apart; a repair succeeds unless something else is said."""
    of: tuple[str, ...] = found.pop("of")
    found["lists"] = tuple(path for path in of if path in names.lists)
    found["ratings"] = tuple(path for path in of if path in names.ratings)
    if found["kind"] == "repair":
        certain = dict.fromkeys(GROUNDS, constant(1, "chance"))
        found["success"] = {**certain, **found.get("success", {})}


SECTION = Section("remedies", Remedy, check, complete=_complete)


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
        verb = "asks to have points taken back in" if clause.kind == "repair" else "appeals against points charged in"
    back = f" (and for the points of the same event in {ratings} back)" if lists and ratings else ""
    return f"{article(who)} {verb} {lists or ratings}{back}"


def _when_open(clause: Remedy) -> str:
    since = "" if is_always(clause.after, 0) else f"from {duration(clause.after)} after the entry on"
    until = "" if clause.until is None else f"until {duration(clause.until)} after the entry"
    return f"{since} {until}".strip()


def _decided(clause: Remedy) -> str:
    wait = "at once" if is_always(clause.decision, 0) else f"within {duration(clause.decision)}"
    removal = "at once" if is_always(clause.delay, 0) else f"within {duration(clause.delay)}"
    return f"It is decided {wait}, takes effect {removal} if granted, and {_success(clause)}"


def _success(clause: Remedy) -> str:
    chances = {chance(value) for value in clause.success.values()}
    if clause.kind == "repair" and len(chances) == 1:
        told = chances.pop()
        return "always succeeds" if told == "all" else f"succeeds in {told} cases"
    return f"succeeds so often: {ground_chances(clause.success)}"


def _meanwhile(clause: Remedy) -> str:
    if clause.kind == "repair":
        return ""
    stands = "Until then the consequences are suspended" if clause.suspends else "Until then everything stands"
    return f"{stands}; {'one appeal' if clause.appeals == 1 else f'{clause.appeals} appeals'} a case."
