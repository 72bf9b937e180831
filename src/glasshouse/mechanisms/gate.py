"""A gate is a service that consults."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Frozen
from glasshouse.mechanisms.detector import Review
from glasshouse.mechanisms.words import (
    GROUND_WORDS,
    amount,
    article,
    both,
    chance,
    either,
    if_text,
    is_always,
    nice,
    sentence,
    sign,
    whom,
)
from glasshouse.values import Value


class Effect(Frozen):
    """``refuse`` (no amount) or limit, price, wait, rank with an amount in percent, yuan or a duration."""

    effect: str
    amount: Value | None = None


class Gate(Clause):
    """One consulting clause over one or more services (sets expanded)."""

    services: tuple[str, ...]
    when: Condition
    then: Effect
    evasion_caught: Value  # default constant(1, "chance")
    severity: int | None = None
    """None: the service's for refuse, 2 for another burden, 0 for a benefit."""
    asked_by: str  # public | private | mixed
    review: Review | None = None


# --- in words -------------------------------------------------------------------------------------------------------

def say(clause: Gate, policy: str = "") -> str:
    """What happens to whoever asks for a service, and under which condition."""
    who = whom(clause.subjects)
    services = either(map(nice, clause.services))
    parts = [sentence(_effect(clause, who, services), if_text(clause.when, who, policy))]
    if clause.then.effect == "refuse" and not is_always(clause.evasion_caught, 1):
        parts.append(sentence("Of those who then try another way,", chance(clause.evasion_caught), "are caught"))
    if clause.review is not None:
        lifted = [f"{chance(value)} where {GROUND_WORDS[key]}" for key, value in clause.review.override_chance.items()]
        parts.append(f"Somebody looks at it first and lifts it in {both(lifted)}.")
    return " ".join(parts)


def _effect(clause: Gate, who: str, services: str) -> str:
    effect, value = clause.then.effect, clause.then.amount
    if value is None:
        return f"{article(who)} is refused {services}"
    if effect == "limit":
        usual = " of what is usual" * (value.reported[0].unit == "percent")
        return f"{article(who)} who asks for {services} gets at most {amount(value)}{usual}"
    less, more = {"price": ("less", "more"), "wait": ("shorter", "longer"), "rank": ("lower", "higher")}[effect]
    direction = {-1: less, 1: more, 0: "differently"}[sign(value)]
    verb = {"price": "pays", "wait": "waits", "rank": "is ranked"}[effect]
    return f"{article(who)} who asks for {services} {verb} {amount(value)} {direction}"
