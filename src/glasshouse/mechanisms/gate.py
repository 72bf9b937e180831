"""A gate is a service that consults."""

from __future__ import annotations

from typing import ClassVar, Final

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Draft, Frozen, Section, check_seekers
from glasshouse.mechanisms.detector import Review
from glasshouse.mechanisms.statements import if_text
from glasshouse.mechanisms.words import (
    amount,
    asking,
    either,
    ground_chances,
    is_always,
    nice,
    sentence,
    share_of,
    sign,
    whom,
)
from glasshouse.reading.forms import CHANCE, Field, Form, condition, names, read_one, value, whole, word
from glasshouse.reading.leaves import Written
from glasshouse.reading.margin import Spot
from glasshouse.reading.parts import part
from glasshouse.reading.scope import Scope, ServiceTraits
from glasshouse.reading.tree import Item, Leaf, Map
from glasshouse.values import Value, constant
from glasshouse.vocabulary import EFFECTS


class Effect(Frozen):
    """``refuse`` (no amount) or limit, price, wait, rank with an amount in percent, yuan or a duration."""

    effect: str
    amount: Value | None = None

    def write(self) -> object:
        """The effect as documents write it."""
        return self.effect if self.amount is None else {self.effect: self.amount}


UNITS: Final = {
    "limit": ("percent", "yuan"), "price": ("percent", "yuan"), "wait": ("days", "percent"), "rank": ("percent",),
}  # fmt: skip
ONE_EFFECT: Final = "exactly one effect: refuse, or {limit|price|wait|rank: amount}; two effects are two gates"


def _then(item: Item, spot: Spot, scope: Scope) -> Effect | None:
    if isinstance(item, Leaf) and item.text == "refuse":
        return Effect(effect="refuse")
    if not isinstance(item, Map) or len(item.entries) != 1:
        spot.wrong(item, ONE_EFFECT)
        return None
    ((effect, below),) = item.entries.items()
    if effect not in EFFECTS or effect == "refuse":
        spot.wrong(item, f"unknown effect `{effect}`")
        return None
    form = value(Written("effect", units=UNITS[effect], for_what=effect))
    amount: Value | None = read_one(below, form, spot, scope)
    if amount is None:
        return None
    entries = (*amount.reported, *amount.documented)
    lowest = min(entry.number for entry in entries if entry.unit != "yuan") if _any_not_yuan(amount) else 0
    if effect in ("price", "wait", "rank") and lowest < -100 and entries[0].unit == "percent":
        spot.wrong(below, f"a {effect} cannot fall by more than 100 percent")
        return None
    if effect == "limit" and any(entry.number < 0 for entry in entries):
        spot.wrong(below, "a limit cannot be negative")
        return None
    return Effect(effect=effect, amount=amount)


def _any_not_yuan(amount: Value) -> bool:
    return any(entry.unit != "yuan" for entry in (*amount.reported, *amount.documented))


THEN: Final = Form(
    _then,
    {
        "oneOf": [
            {"const": "refuse"},
            {"type": "object", "maxProperties": 1, "propertyNames": {"enum": list(UNITS)}},
        ]
    },
)


class Gate(Clause):
    """One consulting clause over one or more services (sets expanded)."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("services", names("services"), required=True),
        Field("when", condition("gate"), required=True),
        Field("then", THEN, required=True),
        Field("evasion_caught", CHANCE, default=constant(1, "chance")),
        Field("severity", whole(0, 5, "0 (none), 1 (slight) to 5 (gravest)")),
        Field("asked_by", word(("public", "private", "mixed")), default=lambda scope: scope.asked_by),
        Field("review", part(Review)),
    )

    services: tuple[str, ...]
    when: Condition
    then: Effect
    evasion_caught: Value  # default constant(1, "chance")
    severity: int | None = None
    """None: the service's for refuse, 2 for another burden, 0 for a benefit."""
    asked_by: str  # public | private | mixed
    review: Review | None = None


# --- checks ---------------------------------------------------------------------------------------------------------


def check(draft: Draft) -> None:
    """Its services are asked for by its subjects, and what it does to a price or a wait has one to be done to."""
    services: tuple[str, ...] = draft.get("services") or ()
    check_seekers(draft, services)
    then: Effect | None = draft.get("then")
    if then is None:
        return
    caught: Value | None = draft.get("evasion_caught")
    if then.effect != "refuse" and caught is not None and not is_always(caught, 1):
        draft.wrong("only a refusal is evaded", "evasion_caught")
    for service in services if then.amount is not None else ():
        told = _of_nothing(then, service, draft.scope.services.get(service))
        if told:
            draft.wrong_in("then", told)


def _of_nothing(then: Effect, service: str, traits: ServiceTraits | None) -> str:
    """What is wrong where a service lacks what the effect changes."""
    if then.amount is None or traits is None:
        return ""
    entries = (*then.amount.reported, *then.amount.documented)
    units = {entry.unit for entry in entries}
    if then.effect == "price" and not traits.price:
        if "yuan" in units:
            return f"service `{service}` has no price in the conduct document: use percent, or give it one"
        return f"service `{service}` has no price in the conduct document to take percent of: give it one"
    if then.effect == "wait" and not traits.wait:
        if "percent" in units:
            return f"service `{service}` has no wait in the conduct document to take percent of: give it one"
        if any(entry.number < 0 for entry in entries):
            return f"service `{service}` has no wait to shorten in the conduct document"
    return ""


SECTION = Section("gates", Gate, check)


# --- in words -------------------------------------------------------------------------------------------------------

def say(clause: Gate, policy: str = "") -> str:
    """What happens to whoever asks for a service, and under which condition."""
    who = whom(clause.subjects)
    services = either(map(nice, clause.services))
    asked = f"{asking(who)} asks for {services}"
    parts = [sentence(asked, consequence(clause), if_text(clause.when, who, policy))]
    if clause.then.effect == "refuse" and not is_always(clause.evasion_caught, 1):
        parts.append(share_of("those who then try another way", "are caught", clause.evasion_caught))
    if clause.review is not None:
        parts.append(f"Somebody looks at it first and lifts it: {ground_chances(clause.review.override_chance)}.")
    return " ".join(parts)


def consequence(clause: Gate) -> str:
    """What happens to the request, as a verb and what follows: is refused, pays 5 percent less.."""
    effect, value = clause.then.effect, clause.then.amount
    if value is None:
        return "is refused"
    if effect == "limit":
        usual = " of what is usual" * (value.reported[0].unit == "percent")
        return f"gets at most {amount(value)}{usual}"
    less, more = {"price": ("less", "more"), "wait": ("less", "longer"), "rank": ("lower", "higher")}[effect]
    direction = {-1: less, 1: more, 0: "differently"}[sign(value)]
    verb = {"price": "pays", "wait": "waits", "rank": "is ranked"}[effect]
    return f"{verb} {amount(value)} {direction}"
