"""Events are what is done, services what is asked for: conduct without a policy."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, ClassVar, Final

from glasshouse.conditions import Names
from glasshouse.mechanisms.clause import Clause, Draft, Factors, Frozen, Section, check_factors
from glasshouse.mechanisms.words import (
    amount,
    both,
    chance_text,
    digits,
    duration,
    either,
    factors_text,
    is_always,
    nice,
    plain,
    rate_among,
    sentence,
    share_of,
)
from glasshouse.reading.factors import factors_of
from glasshouse.reading.forms import (
    CHANCE,
    DURATION,
    RATE,
    SHARE,
    YUAN,
    Field,
    Form,
    name,
    read_one,
    truth,
    value,
    whole,
    word,
    words,
)
from glasshouse.reading.leaves import EXACT, PER_YEAR, Written, number_text
from glasshouse.reading.margin import Spot, key_mark
from glasshouse.reading.parts import part
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Leaf, Map
from glasshouse.values import Value, constant
from glasshouse.vocabulary import CONTEXTS, LAWFUL_NATURES, NATURES, PLACES, PROTECTED, RIGHTS

GRADE: Final = whole(1, 5, "1 (slight) to 5 (gravest)")
INSTANCES: Final = value(Written("number", for_what="a number of instances"))
ATTEMPTS: Final = value(Written("number", least=Decimal(1), for_what="at least one attempt"))
MOST_EXPECTED: Final = Decimal("0.999")
STEPS_A_YEAR: Final = {"month": Decimal(12), "week": PER_YEAR["per week"], "day": PER_YEAR["per day"]}
LARGEST_LEAN: Final = {"triangular": Decimal("1.8822"), "uniform": Decimal("1.984375")}
"""The largest factor of a propensity: twice the mean of the 64th level of the law."""


def _limit(item: Item, spot: Spot, scope: Scope) -> Limit | None:
    match = LIMIT_WRITTEN.fullmatch(item.text) if isinstance(item, Leaf) else None
    if match is None:
        told = f"`{item.text}`" if isinstance(item, Leaf) else "a list or map"
        spot.wrong(item, f"found {told}, expected for example `1 per month`")
        return None
    return Limit(number=int(match[1]), unit=match[2])


def _amounts_of(item: Item, spot: Spot, scope: Scope) -> tuple[tuple[int, Decimal], ...] | None:
    if not isinstance(item, Map) or not item.entries:
        spot.wrong(item, "expected sums and their shares: {5000 yuan: 0.8, 50000 yuan: 0.2}")
        return None
    found: list[tuple[int, Decimal]] = []
    before = spot.margin.wrong
    for key, below in item.entries.items():
        match = re.fullmatch(r"(\d{1,15}) yuan", key)
        if match is None:
            spot.wrong(key_mark(item, key), f"found `{key}`, expected a sum such as `5000 yuan`")
        share = read_one(below, SHARE, spot, scope)
        if match is not None and share is not None:
            found.append((int(match[1]), share))
    total = sum((share for _, share in found), Decimal(0))
    if spot.margin.wrong == before and abs(total - 1) > NEARLY:
        spot.wrong(item, f"shares add up to {number_text(total)}, not 1")
    return tuple(found) if spot.margin.wrong == before else None


def _write_amounts(clause: Any) -> dict[str, str]:
    return {f"{yuan} yuan": number_text(share) for yuan, share in clause.amounts}


LIMIT_WRITTEN: Final = re.compile(r"([1-9]\d{0,5}) per (day|week|month|year)")
LIMIT: Final = Form(_limit, {"type": "string", "pattern": f"^{LIMIT_WRITTEN.pattern}$"})
AMOUNTS: Final = Form(_amounts_of, {"type": "object", "additionalProperties": {"type": "number"}})
NEARLY: Final = Decimal("0.000001")
"""How far from 1 shares may add up and still be whole."""


class Follows(Frozen):
    """A consequence of another event: with a chance, after a duration; keeps its root."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("event", name("events"), required=True),
        Field("chance", CHANCE, required=True),
        Field("after", DURATION, required=True),
    )

    event: str
    chance: Value
    after: Value


class Limit(Frozen):
    """At most ``number`` events in a ``unit`` (day, week, month, year)."""

    number: int
    unit: str

    def write(self) -> str:
        """The limit as documents write it."""
        return f"{self.number} per {self.unit}"


class Event(Clause):
    """One kind of event. Exactly one of ``rate`` (per year) and ``follows``."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("context", word(CONTEXTS), required=True),
        Field("nature", word(NATURES), required=True),
        Field("gravity", GRADE, required=True),
        Field("protected", words(PROTECTED)),
        Field("place", word(PLACES)),
        Field("rate", RATE),
        Field("follows", part(Follows)),
        Field("instances", INSTANCES, default=constant(1, "number")),
        Field("limit", LIMIT),
        Field("propensity", word(("bad", "good", "none"))),
        Field("amounts", AMOUNTS, write=_write_amounts),
        Field("ends_subject", truth()),
        Field("factors", factors_of("rate", "instances")),
    )

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

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("context", word(CONTEXTS), required=True),
        Field("right", word(RIGHTS), required=True),
        Field("severity", GRADE, required=True),
        Field("essential", truth()),
        Field("rate", RATE, required=True),
        Field("attempts", ATTEMPTS, default=constant(1, "number")),
        Field("evade_chance", CHANCE, default=constant(0, "chance")),
        Field("price", YUAN),
        Field("wait", DURATION),
        Field("ends_subject", truth()),
        Field("factors", factors_of("rate")),
    )

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


# --- checks ---------------------------------------------------------------------------------------------------------


PROPENSITIES: Final = {"merit": "good", "choice": "none", "misfortune": "none"}


def check(draft: Draft) -> None:
    """A rate or a parent; a chance below 1 in each unit of a limit of one; protected conduct is not called grave."""
    draft.exactly_one("rate", "follows")
    check_factors(draft, always=("instances",))
    check_expected(draft)
    if draft.get("nature") in LAWFUL_NATURES and draft.get("protected") and (draft.get("gravity") or 0) > 1:
        told = f"lawful protected conduct of gravity {draft.get('gravity')}"
        draft.spot.into("gravity").remark(draft.at("gravity"), told)


def check_service(draft: Draft) -> None:
    """Factors stand beside a value."""
    check_factors(draft)


def check_expected(draft: Draft) -> None:
    """With ``limit: 1`` in the unit of a step the expected number is a chance, and lies below 1 for everybody."""
    limit: Limit | None = draft.get("limit")
    rate: Value | None = draft.get("rate")
    if limit is None or rate is None or limit.number != 1 or limit.unit != draft.scope.step:
        return
    often: Value = draft.get("instances") or constant(1, "number")
    most = _largest(rate) * _largest(often) * _most_by_factors(draft) * _most_by_propensity(draft)
    expected = EXACT.divide(most, STEPS_A_YEAR[limit.unit])
    if expected > MOST_EXPECTED:
        told = f"up to {expected:.3f} are expected for one subject in a {limit.unit}, where the limit of 1 allows 0.999"
        draft.wrong_in("rate", told)


def _largest(value: Value) -> Decimal:
    return max(entry.number for entry in (*value.reported, *value.documented))


def _most_by_factors(draft: Draft) -> Decimal:
    most = Decimal(1)
    for field in (draft.get("factors") or {}).values():
        for levels in field.values():
            most *= max((Decimal(1), *(_largest(factor) for factor in levels.values())))
    return most


def _most_by_propensity(draft: Draft) -> Decimal:
    lean = draft.get("propensity") or PROPENSITIES.get(draft.get("nature") or "", "bad")
    return Decimal(1) if lean == "none" else LARGEST_LEAN.get(draft.scope.propensity, Decimal(1))


def _complete(found: dict[str, Any], names: Names) -> None:
    """Where nothing is said, merit comes with good propensity, choice and misfortune with none, the rest with bad."""
    found.setdefault("propensity", PROPENSITIES.get(found["nature"], "bad"))


SECTION = Section("events", Event, check, complete=_complete)
SERVICES = Section("services", Service, check_service)


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
    name = nice(clause.id)
    if clause.follows is not None:
        after = "at once" if is_always(clause.follows.after, 0) else f"{duration(clause.follows.after)} later"
        return share_of(f"the events {nice(clause.follows.event)}", f"lead to {name} {after}", clause.follows.chance)
    if clause.rate is None:
        return sentence(f"{name} does not happen")
    often = rate_among(clause.rate, clause.subjects)
    each = "" if is_always(clause.instances, 1) else f", for each of {plain(clause.instances)} of its sort"
    most = "" if clause.limit is None else f", at most {clause.limit.number} a {clause.limit.unit}"
    inclined = _PROPENSITIES[clause.propensity]
    return sentence(f"{name} happens {often}{each}{most}{'; ' * bool(inclined)}{inclined}")


def say_law(clause: Event) -> str:
    """What an event is in law: its nature, context, gravity and protected grounds."""
    protected = f", on protected ground ({both(map(nice, clause.protected))})" if clause.protected else ""
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
    often = rate_among(clause.rate, clause.subjects)
    parts = [
        sentence(f"{nice(clause.id)} is asked for {often}"),
        say_right(clause),
        "" if is_always(clause.attempts, 1) else f"Whoever is refused tries {plain(clause.attempts)} times on average.",
        "" if is_always(clause.evade_chance, 0) else share_of("those refused", "try another way", clause.evade_chance),
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
