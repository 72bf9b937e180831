"""What every clause has: its id, the sentence it encodes, its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict

from glasshouse.values import Value

Factors = dict[str, dict[str, dict[str, Value]]]
"""Factors of a clause: field -> attribute -> level name (a break as its number in text) -> factor."""


@dataclass(frozen=True, slots=True)
class InForce:
    """From a day to a day, last day included; ``None``: no end."""

    since: date
    until: date | None


class Frozen(BaseModel):
    """A part of a document: unknown keys are mistakes, nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Clause(Frozen):
    """A resolved clause. ``in_force``, ``confidence``, ``subjects`` and ``legal_basis`` are filled in on resolving."""

    id: str
    text: str
    source: tuple[str, ...]
    confidence: str
    note: str | None = None
    reading: str | None = None
    """The only reading in which the clause exists, or None for both."""
    in_force: InForce | None = None
    """None in conduct and recipe documents where nothing is said: always."""
    subjects: tuple[str, ...] = ("residents",)
    legal_basis: str = "undeclared"
