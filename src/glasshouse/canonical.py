"""The canonical form: a resolved document written out whole, so that two that mean the same are the same.

Defaults and what is undeclared stand there, sets and reforms are resolved, every value is a series of rows
``[date, number, unit]`` in both readings and in base units, names are qualified. The form is a document of the same
grammar: read again, it resolves to itself. It is what is hashed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from glasshouse import conditions
from glasshouse.mechanisms.clause import CLAUSE_FIELDS, Clause, Frozen, InForce
from glasshouse.reading.leaves import number_text
from glasshouse.values import Entry, Value
from glasshouse.vocabulary import VERSION

PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_/-]*")
NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
CONDITIONS: Final = (
    conditions.Compare, conditions.IsIn, conditions.Holds, conditions.And, conditions.Or, conditions.Not,
)  # fmt: skip


def canonical(model: Frozen) -> dict[str, Any]:
    """A resolved policy, conduct, recipe or scenario as plain maps, lists, texts and whole numbers.

    Numbers that are not whole are texts of their exact decimals.
    """
    written: dict[str, Any] = {"glasshouse": f"{model.KIND}/{VERSION}"}  # type: ignore[attr-defined]
    written |= model.write() if hasattr(model, "write") else write_fields(model)
    return written


def canonical_text(model: Frozen) -> str:
    """The canonical form as a YAML document."""
    return "".join(f"{key}: {_block(value, 1)}\n" for key, value in canonical(model).items())


def digest(model: Frozen) -> str:
    """SHA-256 of the canonical form; of a scenario, with the documents it joins."""
    text = json.dumps([canonical(each) for each in (model, *joined(model))], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def joined(model: Frozen) -> tuple[Frozen, ...]:
    """The documents a scenario joins; none for the others."""
    return model.documents() if hasattr(model, "documents") else ()


# --- from models to plain maps ---------------------------------------------------------------------------------------


def write_fields(model: Frozen) -> dict[str, Any]:
    """A model as a map in the order of its fields; what is not there (None, nothing) is left out."""
    assert model.FIELDS, f"{type(model).__name__} names no fields"
    fields = (*(CLAUSE_FIELDS if isinstance(model, Clause) else ()), *model.FIELDS)
    found = {
        each.name: each.write(model) if each.write else plain(getattr(model, each.target, None)) for each in fields
    }
    sections = getattr(model, "SECTIONS", None)
    for section in sections.names if sections is not None else ():
        found[section] = plain(getattr(model, section))
    return {key: value for key, value in found.items() if value is not None and value not in ([], {})}


def plain(value: Any) -> Any:
    """Anything a resolved model holds, as it is written."""
    if isinstance(value, Value):
        return _value(value)
    if isinstance(value, CONDITIONS):
        return conditions.to_text(value)
    if isinstance(value, InForce):
        return {"from": str(value.since)} | ({"to": str(value.until)} if value.until is not None else {})
    if isinstance(value, Frozen):
        return plain(value.write()) if hasattr(value, "write") else write_fields(value)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, date):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(below) for key, below in value.items()}
    return [plain(each) for each in value] if isinstance(value, tuple | list) else value


def number(found: Decimal) -> int | str:
    """A number: whole ones as such, others as their exact decimals."""
    return int(found) if found == found.to_integral_value() else number_text(found)


def _value(value: Value) -> dict[str, Any]:
    written: dict[str, Any] = {
        "reported": [_entry(each) for each in value.reported],
        "documented": [_entry(each) for each in value.documented],
    }
    if value.range is not None:
        written["range"] = [number(each) for each in value.range]
    if value.source:
        written["source"] = list(value.source)
    return written | {
        key: found for key, found in (("confidence", value.confidence), ("note", value.note)) if found is not None
    }


def _entry(entry: Entry) -> list[Any]:
    return [str(entry.since) if entry.since is not None else None, number(entry.number), entry.unit]


# --- from plain maps to YAML -----------------------------------------------------------------------------------------


def _block(value: Any, depth: int) -> str:
    """Clauses and heads in blocks, everything inside them on one line."""
    if isinstance(value, list) and value and all(isinstance(each, dict) and "id" in each for each in value):
        return "".join(f"\n  - {_clause(each)}" for each in value)
    return _line(value)


def _clause(clause: dict[str, Any]) -> str:
    return "\n    ".join(f"{_key(key)}: {_line(value)}" for key, value in clause.items())


def _line(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_line(below)}" for key, below in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_line(each) for each in value) + "]"
    if isinstance(value, str) and not (NUMBER.fullmatch(value) or _is_plain(value)):
        return json.dumps(value, ensure_ascii=False)
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _key(key: str) -> str:
    return key if PLAIN.fullmatch(key) or NUMBER.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    return PLAIN.fullmatch(text) is not None and text.lower() not in ("null", "true", "false")
