"""A list, and how a subject comes onto it."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Frozen
from glasshouse.values import Value


class EnterRow(Frozen):
    """One way onto the list: ``on`` kinds (a record), ``when`` (a condition), or both. ``term``: a term value."""

    on: tuple[str, ...] = ()
    when: Condition | None = None
    term: Value
    chance: Value
    text: str | None = None
    source: tuple[str, ...] = ()
    confidence: str | None = None


class NamedList(Clause):
    """A named list. ``cases``: many or one."""

    enter: tuple[EnterRow, ...] = ()
    cases: str = "many"
    notice: str = "undeclared"
    reasons: bool | str = "undeclared"
    hearing: bool | str = "undeclared"
    publicity: str = "undeclared"
