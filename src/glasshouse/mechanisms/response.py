"""Responses: how sanctions change conduct in the next step."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause
from glasshouse.values import Value


class Response(Clause):
    """``changes``: kinds and services, sets expanded. ``factor`` multiplies their rates in the next step."""

    kind: str
    when: Condition
    changes: tuple[str, ...]
    factor: Value
