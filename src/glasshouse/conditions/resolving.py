"""A condition completed: sets expanded, ratings and lists under their paths POLICY/NAME."""

from __future__ import annotations

from glasshouse.conditions.names import Names
from glasshouse.conditions.tree import (
    And,
    Compare,
    Condition,
    Count,
    Holds,
    IsIn,
    Listed,
    MonthsListed,
    Not,
    Or,
    Refused,
    Score,
    Term,
    TieAny,
    Tier,
    TieShare,
)


def resolve(condition: Condition, names: Names) -> Condition:
    """The same condition with every name in full. Resolving twice changes nothing; unknown names stay."""
    match condition:
        case And(parts):
            return And(tuple(resolve(part, names) for part in parts))
        case Or(parts):
            return Or(tuple(resolve(part, names) for part in parts))
        case Not(part):
            return Not(resolve(part, names))
        case Compare(term, op, constant):
            return Compare(_term(term, names), op, constant)
        case IsIn(term, constants):
            return IsIn(_term(term, names), constants)
        case Holds(term):
            return Holds(_term(term, names))


def _term(term: Term, names: Names) -> Term:
    match term:
        case Count(kinds, window):
            return Count(names.kinds(kinds), window)
        case Refused(services, window):
            return Refused(names.services_of(services), window)
        case Score(rating):
            return Score(names.rating_path(rating) or rating)
        case Tier(rating):
            return Tier(names.rating_path(rating) or rating)
        case Listed(lists):
            return Listed(names.lists_of(lists))
        case MonthsListed(name):
            return MonthsListed(names.list_path(name) or name)
        case TieAny(tie, condition):
            return TieAny(tie, resolve(condition, names))
        case TieShare(tie, condition):
            return TieShare(tie, resolve(condition, names))
    return term
