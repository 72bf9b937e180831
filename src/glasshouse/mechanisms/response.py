"""Responses: how sanctions change conduct in the next step."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause
from glasshouse.mechanisms.words import both, if_text, nice, plain, sentence, whom
from glasshouse.values import Value


class Response(Clause):
    """``changes``: kinds and services, sets expanded. ``factor`` multiplies their rates in the next step."""

    kind: str
    when: Condition
    changes: tuple[str, ...]
    factor: Value


# --- in words -------------------------------------------------------------------------------------------------------

def say(clause: Response, policy: str = "") -> str:
    """How much more or less is done in the next step, and when."""
    who = whom(clause.subjects)
    factor = f"the rate of {both(map(nice, clause.changes))} is multiplied by {plain(clause.factor)} in the next step"
    return sentence(f"{if_text(clause.when, who, policy)}, {factor} ({clause.kind})")
