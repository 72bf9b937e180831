"""Enrolment: whom a rating holds."""

from __future__ import annotations

from typing import ClassVar

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Draft, Factors, Section, check_factors
from glasshouse.mechanisms.statements import if_text
from glasshouse.mechanisms.words import both, chance, factors_text, hazard, is_always, named, sentence, whom
from glasshouse.reading.factors import factors_of
from glasshouse.reading.forms import CHANCE, RATE, Field, condition, names, word
from glasshouse.values import Value, constant
from glasshouse.vocabulary import MODES


class Enrolment(Clause):
    """``of``: POLICY/RATING names."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("of", names("ratings"), default=lambda scope: scope.own_ratings),
        Field("when", condition("enrolment")),
        Field("mode", word(MODES), required=True),
        Field("share", CHANCE, default=constant(1, "chance")),
        Field("withdraw", RATE, default=constant(0, "per year")),
        Field("factors", factors_of("share", "withdraw")),
    )

    of: tuple[str, ...]
    when: Condition | None = None
    mode: str
    share: Value
    withdraw: Value  # per year
    factors: Factors = {}


# --- checks ---------------------------------------------------------------------------------------------------------


def check(draft: Draft) -> None:
    """An authority enrols into its own ratings; factors stand beside a value."""
    for path in draft.get("of") or ():
        if not draft.scope.names.own(path):
            draft.wrong(f"`{path.partition('/')[2]}` belongs to another authority: nobody can be enrolled here", "of")
    check_factors(draft)


SECTION = Section("enrolment", Enrolment, check)


# --- in words -------------------------------------------------------------------------------------------------------

_MODES = {
    "compulsory": "Every {} must be in {}",
    "opt_out": "Every {} who does not object is in {}",
    "opt_in": "Every {} who asks for it may be in {}",
}


def say(clause: Enrolment, policy: str = "") -> str:
    """Whom the ratings hold, how, and who leaves."""
    who = whom(clause.subjects)
    begin = _MODES[clause.mode].format(who, both(named(rating, policy) for rating in clause.of))
    asked = f"{begin} {if_text(clause.when, who, policy)}".strip()
    parts = [
        sentence(f"{asked}; of these {chance(clause.share)} are enrolled"),
        "" if is_always(clause.withdraw, 0) else sentence("Whoever is enrolled leaves", hazard(clause.withdraw)),
        factors_text(clause.factors),
    ]
    return " ".join(part for part in parts if part)
