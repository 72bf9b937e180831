"""An indicator is one weighted dimension of a weighted rating."""

from __future__ import annotations

from typing import ClassVar

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Draft, Frozen, Section, check_rating, only_rating
from glasshouse.mechanisms.statements import if_text
from glasshouse.mechanisms.words import chance, named, nice, plain, sentence, whom
from glasshouse.reading.forms import CHANCE, Field, condition, name
from glasshouse.reading.parts import part, rows
from glasshouse.values import Value


class CaseRow(Frozen):
    """The first row whose condition holds gives the value (a chance)."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("when", condition("indicator"), required=True),
        Field("value", CHANCE, required=True),
    )

    when: Condition
    value: Value


class TieMean(Frozen):
    """Mean last published score of ties, scaled to 0..1."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("tie", name("ties"), required=True),
        Field("rating", name("ratings"), required=True),
    )

    tie: str
    rating: str  # POLICY/RATING


class Indicator(Clause):
    """Exactly one of ``cases`` and ``tie_mean``; else ``otherwise``."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("rating", name("ratings"), default=only_rating),
        Field("weight", CHANCE, required=True),
        Field("cases", rows(CaseRow)),
        Field("tie_mean", part(TieMean)),
        Field("otherwise", CHANCE, required=True),
    )

    rating: str  # POLICY/RATING
    weight: Value
    cases: tuple[CaseRow, ...] = ()
    tie_mean: TieMean | None = None
    otherwise: Value


# --- checks ---------------------------------------------------------------------------------------------------------


def check(draft: Draft) -> None:
    """Cases or a mean of ties, in a weighted rating."""
    check_rating(draft, "weighted", "an indicator")
    draft.exactly_one("cases", "tie_mean")
    mean: TieMean | None = draft.get("tie_mean")
    if mean is None:
        return
    tie = draft.scope.names.ties[mean.tie]
    if not set(draft.scope.populations) <= {tie.from_population}:
        draft.wrong(f"tie `{mean.tie}` leads from {tie.from_population}", "tie_mean")
    elif tie.to_population not in draft.scope.ratings[mean.rating].populations:
        held = " and ".join(draft.scope.ratings[mean.rating].populations)
        name = mean.rating.partition("/")[2]
        draft.wrong(f"tie `{mean.tie}` leads to {tie.to_population}, rating `{name}` holds {held}", "tie_mean")


SECTION = Section("indicators", Indicator, check)


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
