"""An indicator is one weighted dimension of a weighted rating."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Frozen
from glasshouse.mechanisms.words import chance, if_text, named, nice, plain, sentence, whom
from glasshouse.values import Value


class CaseRow(Frozen):
    """The first row whose condition holds gives the value (a chance)."""

    when: Condition
    value: Value


class TieMean(Frozen):
    """Mean last published score of ties, scaled to 0..1."""

    tie: str
    rating: str  # POLICY/RATING


class Indicator(Clause):
    """Exactly one of ``cases`` and ``tie_mean``; else ``otherwise``."""

    rating: str  # POLICY/RATING
    weight: Value
    cases: tuple[CaseRow, ...] = ()
    tie_mean: TieMean | None = None
    otherwise: Value


# --- in words -------------------------------------------------------------------------------------------------------

def say(clause: Indicator, policy: str = "") -> str:
    """How much a dimension weighs and what it is worth in which case."""
    who = whom(clause.subjects)
    begin = f"Counts {chance(clause.weight)} of {named(clause.rating, policy)}:"
    if clause.tie_mean is not None:
        other = named(clause.tie_mean.rating, policy)
        told = f"the mean last published score in {other} of those tied as “{nice(clause.tie_mean.tie)}”, from 0 to 1"
        return sentence(begin, f"{told}; whoever has no such tie counts {plain(clause.otherwise)}")
    rows = [f"{plain(row.value)} {if_text(row.when, who, policy)}" for row in clause.cases]
    return sentence(begin, "; else ".join([*rows, plain(clause.otherwise)]))
