"""Enrolment: whom a rating holds."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Factors
from glasshouse.mechanisms.words import both, chance, factors_text, hazard, if_text, is_always, named, sentence, whom
from glasshouse.values import Value


class Enrolment(Clause):
    """``of``: POLICY/RATING names."""

    of: tuple[str, ...]
    when: Condition | None = None
    mode: str
    share: Value
    withdraw: Value  # per year
    factors: Factors = {}


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
