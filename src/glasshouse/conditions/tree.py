"""The tree of a condition: terms (what is asked of a subject) and how they are compared and joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Window:
    """The last steps that a count looks at: a number of days or months (years are 12 months)."""

    number: Decimal
    unit: str  # "days" | "months"


# --- terms ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the recipe: truth (``yes``), level (``levels``) or number (``breaks``)."""

    name: str


@dataclass(frozen=True, slots=True)
class Area:
    """The area where the subject lives (a level)."""


@dataclass(frozen=True, slots=True)
class Within:
    """Truth: the subject lives in this area or a part of it."""

    area: str


@dataclass(frozen=True, slots=True)
class Count:
    """Number of records of these kinds in the window (sets are expanded)."""

    kinds: tuple[str, ...]
    window: Window


@dataclass(frozen=True, slots=True)
class Amount:
    """The amount in yuan of the record that triggers."""


@dataclass(frozen=True, slots=True)
class Score:
    """The last published score of a rating (``POLICY/RATING`` once resolved)."""

    rating: str


@dataclass(frozen=True, slots=True)
class Tier:
    """The last published tier of a rating; greater is better."""

    rating: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Truth: on any of these lists (``POLICY/LIST`` once resolved); empty: on any list at all."""

    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthsListed:
    """Whole months since the subject came on the list; 0 when not listed."""

    list: str


@dataclass(frozen=True, slots=True)
class TieAny:
    """Truth: some tied subject fulfils the condition."""

    tie: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class TieShare:
    """Share (0..1) of the tied subjects that fulfil the condition; 0 without ties."""

    tie: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Sanctioned:
    """Responses only: number of sanctions suffered in the window."""

    window: Window


@dataclass(frozen=True, slots=True)
class Refused:
    """Responses only: number of requests of these services refused in the window."""

    services: tuple[str, ...]
    window: Window


@dataclass(frozen=True, slots=True)
class Watched:
    """Responses only, truth: some policy in force takes points for or lists on the kind, and holds the subject."""

    kind: str


Term: TypeAlias = (
    Attribute | Area | Within | Count | Amount | Score | Tier | Listed | MonthsListed | TieAny | TieShare
    | Sanctioned | Refused | Watched
)

# --- trees ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compare:
    """``term OP constant`` with OP one of == != < <= > >= ; a chain such as 18 <= age <= 45 is an And of two."""

    term: Term
    op: str
    constant: Decimal | str


@dataclass(frozen=True, slots=True)
class IsIn:
    """``term in [constants]``."""

    term: Term
    constants: tuple[Decimal | str, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """A term that is a truth by itself: a yes/no attribute, within, listed, tie_any, watched."""

    term: Term


@dataclass(frozen=True, slots=True)
class And:
    """All hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Does not hold."""

    part: Condition


Condition: TypeAlias = Compare | IsIn | Holds | And | Or | Not


def terms(condition: Condition) -> Iterator[Term]:
    """Every term of a condition in the order written, a tie before the terms asked of the tied subject."""
    match condition:
        case Compare(term) | IsIn(term) | Holds(term):
            yield term
            if isinstance(term, TieAny | TieShare):
                yield from terms(term.condition)
        case Not(part):
            yield from terms(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from terms(part)
