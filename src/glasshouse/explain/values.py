"""What stands behind the numbers of a clause: their own sources and ranges; and any field as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pydantic import BaseModel

from glasshouse.conditions import And, Compare, Condition, Holds, IsIn, Not, Or, to_text
from glasshouse.explain.page import NOTE, Line
from glasshouse.mechanisms.clause import Clause, InForce
from glasshouse.mechanisms.words import chance_text, day_text, digits, is_single, nice, said_entries
from glasshouse.values import Entry, Value

_BARE: Final = ("chance", "points", "factor", "number")
_CONDITIONS: Final = (Compare, IsIn, Holds, And, Or, Not)


def written(entry: Entry) -> str:
    """A number as a document writes it."""
    if entry.unit in ("none", "while", "as_source"):
        return entry.unit
    if entry.unit == "truth":
        return "true" if entry.number else "false"
    number = digits(entry.number)
    if entry.unit in ("days", "months") and entry.number == 1:
        return f"{number} {entry.unit.removesuffix('s')}"
    return number if entry.unit in _BARE else f"{number} {entry.unit}"


def spoken(entry: Entry) -> str:
    """A number as it is spoken: chances as so many in a hundred."""
    return chance_text(entry.number) if entry.unit == "chance" else written(entry)


def condition_text(condition: Condition, policy: str) -> str:
    """A condition as it is written inside its own policy."""
    return to_text(condition).replace(f'"{policy}/', '"')


def field_text(field: object, policy: str = "") -> str:
    """Any field of a clause as it is written; names of the policy's own ratings and lists without the policy."""
    if field is None:
        return "nothing"
    if isinstance(field, bool):
        return "true" if field else "false"
    if isinstance(field, Value):
        return said_entries(field, written)
    if isinstance(field, _CONDITIONS):
        return condition_text(field, policy)
    if isinstance(field, InForce):
        return force_text(field)
    if isinstance(field, tuple):
        return ", ".join(field_text(each, policy) for each in field) or "nothing"
    if isinstance(field, BaseModel):
        told = ((name, getattr(field, name)) for name in type(field).model_fields)
        return "; ".join(f"{name} {field_text(each, policy)}" for name, each in told if each not in (None, ()))
    return str(field).removeprefix(f"{policy}/") if policy else str(field)


def force_text(force: InForce) -> str:
    """From which day to which day, the last included."""
    until = f" to {day_text(force.until)}" if force.until else ""
    return f"from {day_text(force.since)}{until}"


def noted_values(clause: Clause) -> Iterator[Line]:
    """A line for each number of a clause that has a range, a source, a confidence or a note of its own."""
    for path, value in values_of(clause):
        if value.range is None and not value.source and value.confidence is None and value.note is None:
            continue
        parts = [_label(path, value)]
        if value.range is not None:
            low, high = (spoken(replace(value.reported[0], number=bound)) for bound in value.range)
            parts.append(f"it may lie between {low} and {high}")
        if value.note is not None:
            parts.append(f"“{value.note}”")
        confidence = value.confidence or ("invented" if value.source == ("invented",) else None)
        yield Line(NOTE, "; ".join(parts), 1, None, value.source, confidence)


def _label(path: str, value: Value) -> str:
    """The field, with its number where that is one: dates and readings stand in the clause's own sentence."""
    field = nice(path).replace(".", ", ")
    return f"{field}: {said_entries(value, spoken)}" if is_single(value) else f"{field}, as above"


def values_of(part: object, path: str = "") -> Iterator[tuple[str, Value]]:
    """Every number of a clause with the path of its field."""
    if isinstance(part, Value):
        yield path, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from values_of(getattr(part, name), f"{path}.{name}" if path else name)
    elif isinstance(part, dict):
        for name, each in part.items():
            yield from values_of(each, f"{path}.{name}")
    elif isinstance(part, tuple):
        for number, each in enumerate(part, start=1):
            yield from values_of(each, f"{path}[{number}]")
