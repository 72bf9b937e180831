"""The small language of conditions: what may be asked, about whom, and nothing else.

A condition is read from text into a tree of frozen classes (``parse``), held against the names that exist
(``check``), completed (``resolve``) and written back as its one canonical text (``to_text``). It can ask, it cannot
compute. The tree is what the kernel's tables are made from, what the reference walks and what ``explain`` says.
"""

from __future__ import annotations

from glasshouse.conditions.checks import check
from glasshouse.conditions.grammar import ConditionError, parse, to_text
from glasshouse.conditions.names import AttributeName, EventName, Names, Place, RatingName, TieName
from glasshouse.conditions.resolving import resolve
from glasshouse.conditions.tree import (
    Amount,
    And,
    Area,
    Attribute,
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
    Sanctioned,
    Score,
    Term,
    TieAny,
    Tier,
    TieShare,
    Watched,
    Window,
    Within,
    terms,
)

__all__ = [
    "Amount", "And", "Area", "Attribute", "AttributeName", "Compare", "Condition", "ConditionError", "Count",
    "EventName", "Holds", "IsIn", "Listed", "MonthsListed", "Names", "Not", "Or", "Place", "RatingName", "Refused",
    "Sanctioned", "Score", "Term", "TieAny", "TieName", "TieShare", "Tier", "Watched", "Window", "Within", "check",
    "parse", "resolve", "terms", "to_text",
]
