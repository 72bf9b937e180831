"""Responses: how sanctions change conduct in the next step."""

from __future__ import annotations

from typing import ClassVar

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Section
from glasshouse.mechanisms.statements import if_text
from glasshouse.mechanisms.words import both, nice, plain, sentence, whom
from glasshouse.reading.forms import FACTOR, Field, condition, names, word
from glasshouse.values import Value
from glasshouse.vocabulary import RESPONSE_KINDS


class Response(Clause):
    """``changes``: kinds and services, sets expanded. ``factor`` multiplies their rates in the next step."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("kind", word(RESPONSE_KINDS), required=True),
        Field("when", condition("response"), required=True),
        Field("changes", names("events", "services"), required=True),
        Field("factor", FACTOR, required=True),
    )

    kind: str
    when: Condition
    changes: tuple[str, ...]
    factor: Value


# --- checks ---------------------------------------------------------------------------------------------------------


SECTION = Section("responses", Response)


# --- in words -------------------------------------------------------------------------------------------------------

def say(clause: Response, policy: str = "") -> str:
    """How much more or less is done in the next step, and when."""
    who = whom(clause.subjects)
    factor = f"the rate of {both(map(nice, clause.changes))} is multiplied by {plain(clause.factor)} in the next step"
    return sentence(f"{if_text(clause.when, who, policy)}, {factor} ({clause.kind})")
