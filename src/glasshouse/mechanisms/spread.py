"""Spread: a listing that reaches a tie."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause
from glasshouse.values import Value


class Spread(Clause):
    """From a list (``from_list``, the document's ``from``) along the tie ``to`` onto ``list``."""

    from_list: str  # POLICY/LIST
    to: str
    list: str  # POLICY/LIST
    when: Condition | None = None
    chance: Value
    term: Value


