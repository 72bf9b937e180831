"""Enrolment: whom a rating holds."""

from __future__ import annotations

from typing import ClassVar

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Draft, Factors, Section, check_factors
from glasshouse.mechanisms.words import both, chance, factors_text, hazard, if_text, is_always, named, sentence, whom
from glasshouse.reading.forms import CHANCE, RATE, Field, condition, factors_of, names, word
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
    "compulsory": "it is compulsory",
    "opt_out": "everybody is enrolled who does not object",
    "opt_in": "only those are enrolled who ask for it",
}


def say(clause: Enrolment, policy: str = "") -> str:
    """Whom the ratings hold, how, and who leaves."""
    who = whom(clause.subjects)
    ratings = both(named(rating, policy) for rating in clause.of)
    held = f"it holds {chance(clause.share)} of them"
    leaves = "" if is_always(clause.withdraw, 0) else f"; whoever is enrolled withdraws {hazard(clause.withdraw)}"
    told = sentence(f"Every {who} is enrolled in {ratings}", if_text(clause.when, who, policy))
    return f"{told[:-1]}; {_MODES[clause.mode]} and {held}{leaves}. {factors_text(clause.factors)}".strip()
