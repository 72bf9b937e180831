"""The front door to documents: the library, everything wrong in a document, and its schema for editors.

What is read lies in ``reading`` (YAML with places), ``grammar`` (values), ``mechanisms`` (clauses) and the modules of
the five kinds; this module asks them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from glasshouse.errors import Mistake, UsageError
from glasshouse.facts import Facts, facts_of
from glasshouse.mechanisms.clause import CLAUSE_FIELDS
from glasshouse.policy import CONDUCT, POLICY, Conduct, Policy, conduct_of, policy_of
from glasshouse.reading.forms import Field
from glasshouse.reading.margin import Margin
from glasshouse.reading.parts import schema_of
from glasshouse.reform import OWN_KEYS, Grammar
from glasshouse.scenario import Scenario, scenario_of
from glasshouse.shelf import Library, Sheet
from glasshouse.society.recipe import RECIPE, AreaRow, Recipe, recipe_of
from glasshouse.targets import Target
from glasshouse.vocabulary import DOCUMENTS, VERSION

__all__ = ["Library", "Sheet", "mistakes_of", "schema", "sources", "validate"]

READERS: Final = {
    "policy": policy_of,
    "conduct": conduct_of,
    "recipe": recipe_of,
    "scenario": scenario_of,
    "facts": facts_of,
}
HEADS: Final[dict[str, tuple[Field, ...]]] = {
    "policy": Policy.FIELDS,
    "conduct": Conduct.FIELDS,
    "recipe": Recipe.FIELDS,
    "scenario": Scenario.FIELDS,
    "facts": Facts.FIELDS,
}
GRAMMARS: Final = {"policy": POLICY, "conduct": CONDUCT, "recipe": RECIPE}


def validate(paths: Iterable[Path | str], library: Library) -> list[Mistake]:
    """All mistakes and remarks of these files, read together and before the library, by file, line and column.

    Where a document of the library that they rest on is wrong, its mistakes are among them.
    """
    files = tuple(Path(path) for path in paths)
    shelves, margin = library.with_files(files), Margin()
    for path in files:
        _read(shelves.read(path), shelves, margin)
    return sorted(set(margin.mistakes))


def mistakes_of(kind: str, name_or_path: str | Path, library: Library) -> list[Mistake]:
    """All mistakes and remarks of one document of the library."""
    margin = Margin()
    _read(library.sheet(kind, name_or_path), library, margin)
    return sorted(set(margin.mistakes))


def _read(sheet: Sheet, library: Library, margin: Margin) -> None:
    reader: Any = READERS.get(sheet.kind)
    if reader is None or sheet.tree is None:
        margin.mistakes.extend(sheet.mistakes)
    else:
        reader(sheet, library, margin)


def sources(library: Library) -> frozenset[str]:
    """Ids of all facts and publications: what ``source`` may name beside ``invented`` and a citation written out."""
    return library.sources()


# --- schemas ---------------------------------------------------------------------------------------------------------

PLAIN_VALUE: Final[dict[str, Any]] = {"type": ["number", "string", "boolean"]}
VALUE: Final[dict[str, Any]] = {
    "description": "plain, dated, noted, or by reading",
    "oneOf": [
        PLAIN_VALUE,
        {"type": "array", "items": {"type": "array", "minItems": 3, "maxItems": 3}},
        {"type": "object", "patternProperties": {r"^\d{4}-\d{2}-\d{2}$": PLAIN_VALUE}, "additionalProperties": False},
        {
            "type": "object",
            "properties": {
                "value": {}, "range": {"type": "array"}, "source": {}, "confidence": {}, "note": {"type": "string"},
            },
            "required": ["value"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {
                "reported": {"$ref": "#/$defs/value"}, "documented": {"$ref": "#/$defs/value"}, "range": {},
                "source": {}, "confidence": {}, "note": {},
            },
            "required": ["reported", "documented"],
            "additionalProperties": False,
        },
    ],
}  # fmt: skip


def schema(kind: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of a document as people write it, for editors. Kinds: policy, conduct, recipe, scenario.

    It knows names, words and shapes; what needs other documents is for :func:`validate`.
    """
    if kind not in DOCUMENTS:
        raise UsageError(f"unknown document `{kind}`; {', '.join(DOCUMENTS)}")
    written = schema_of(HEADS[kind])
    properties = {"glasshouse": {"const": f"{kind}/{VERSION}"}, **written["properties"]}
    if kind in GRAMMARS:
        properties |= _sections(GRAMMARS[kind])
    if kind == "recipe":
        properties["areas"] = {"type": "array", "minItems": 1, "items": schema_of(AreaRow.FIELDS)}
    if kind == "scenario":
        properties |= _of_scenarios()
    required = ["glasshouse", *written["required"]]
    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Glasshouse {kind}",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "$defs": {"value": VALUE},
    }
    if kind != "policy":
        return found | {"required": required}
    properties |= {key: {} for key in OWN_KEYS}
    reform = ["glasshouse", "name", "title", "text", "source", "based_on"]
    return found | {"anyOf": [{"required": required}, {"required": reform}]}


def _sections(grammar: Grammar) -> dict[str, Any]:
    clauses = ((each.name, schema_of((*CLAUSE_FIELDS, *each.model.FIELDS))) for each in grammar.sections)
    return {name: {"type": "array", "items": clause} for name, clause in clauses}


def _of_scenarios() -> dict[str, Any]:
    return {
        "policies": {"type": "array", "minItems": 1, "items": {"type": "string"}},
        "period": {"type": "object", "required": ["from", "to"], "additionalProperties": False,
                   "properties": {"from": {"type": "string"}, "to": {"type": "string"}}},
        "set": {"type": "object", "propertyNames": {"pattern": r"^[a-z0-9_-]+/[a-z0-9_-]+\."}},
        "groups": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
        "targets": {"type": "array", "items": schema_of(Target.FIELDS)},
    }  # fmt: skip
