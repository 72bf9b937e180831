"""Events are what is done, services what is asked for: conduct without a policy."""

from __future__ import annotations

from decimal import Decimal

from glasshouse.mechanisms.clause import Clause, Factors, Frozen
from glasshouse.mechanisms.words import (
    amount,
    both,
    chance,
    chance_text,
    digits,
    duration,
    either,
    factors_text,
    is_always,
    nice,
    plain,
    rate,
    sentence,
)
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


# --- in words -------------------------------------------------------------------------------------------------------

_NATURES = {
    "offence": "an offence (it breaks a law)", "breach": "a breach (it breaks a duty)",
    "manners": "bad manners (it breaks neither law nor duty)", "choice": "a lawful choice of one's own",
    "merit": "a merit", "misfortune": "a misfortune",
}
_PROPENSITIES = {
    "bad": "those inclined to rule-breaking do it more", "good": "those inclined to merit do it more", "none": "",
}


def say(clause: Event, policy: str = "") -> str:
    """How often it is done, what it is in law, and what it does to whoever does it."""
    parts = (_often(clause), say_law(clause), _amounts(clause), factors_text(clause.factors))
    return " ".join(part for part in parts if part)


def _often(clause: Event) -> str:
    who, name = clause.subjects, nice(clause.id)
    if clause.follows is not None:
        after = "at once" if is_always(clause.follows.after, 0) else f"{duration(clause.follows.after)} later"
        share = f"{chance(clause.follows.chance)} of the events {nice(clause.follows.event)}"
        return sentence(f"{share} lead to {name}", after)
    if clause.rate is None:
        return sentence(f"{name} does not happen")
    often = rate(clause.rate) + (f" {both(who)}" if rate(clause.rate).endswith(("0", "illion")) else "")
    each = "" if is_always(clause.instances, 1) else f", for each of {plain(clause.instances)} of its sort"
    most = "" if clause.limit is None else f", at most {clause.limit.number} a {clause.limit.unit}"
    inclined = _PROPENSITIES[clause.propensity]
    return sentence(f"{name} happens {often}{each}{most}{'; ' * bool(inclined)}{inclined}")


def say_law(clause: Event) -> str:
    """What an event is in law: its nature, context, gravity and protected grounds."""
    protected = f", protected as {both(map(nice, clause.protected))}" if clause.protected else ""
    place = f", done {_PLACES[clause.place]}" if clause.place else ""
    ends = " It ends the firm." if clause.ends_subject else ""
    law = f"It is {_NATURES[clause.nature]}, a matter of {nice(clause.context)}, of gravity {clause.gravity} of 5"
    return f"{law}{protected}{place}.{ends}"


_PLACES = {"public": "in public", "online": "online", "home": "at home", "work": "at work"}


def _amounts(clause: Event) -> str:
    if not clause.amounts:
        return ""
    told = (f"{digits(yuan)} yuan in {chance_text(share)}" for yuan, share in clause.amounts)
    return sentence("The amount is", either(told))


def say_service(clause: Service, policy: str = "") -> str:
    """How often it is asked for, what a refusal costs, and how hard people try."""
    often = rate(clause.rate) + (f" {both(clause.subjects)}" if rate(clause.rate).endswith(("0", "illion")) else "")
    parts = [
        sentence(f"{nice(clause.id)} is asked for {often}"),
        say_right(clause),
        "" if is_always(clause.attempts, 1) else f"Whoever is refused tries {plain(clause.attempts)} times on average.",
        "" if is_always(clause.evade_chance, 0) else f"{chance(clause.evade_chance)} of those refused try another way.",
        "" if clause.price is None else f"It costs {amount(clause.price)}.",
        "" if clause.wait is None else f"The usual wait is {duration(clause.wait)}.",
        "A refusal ends the firm." if clause.ends_subject else "",
        factors_text(clause.factors),
    ]
    return " ".join(part for part in parts if part)


def say_right(clause: Service) -> str:
    """Which right a service serves and how much a refusal weighs."""
    essential = ", and essential" if clause.essential else ""
    right = f"It is a matter of {nice(clause.context)} and of {_RIGHTS[clause.right]}{essential}"
    return f"{right}; being refused weighs {clause.severity} of 5."


_RIGHTS = {
    "movement": "freedom of movement", "work": "the right to work", "education": "the right to education",
    "property": "property", "subsistence": "the means of living", "expression": "freedom of expression",
    "family": "private and family life", "equality": "equal treatment", "culture": "cultural life",
    "business": "freedom of business", "health": "health",
}
