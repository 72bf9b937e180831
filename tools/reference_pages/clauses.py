"""One page for each kind of document and each kind of clause: its story, its fields, an example from the library."""

from __future__ import annotations

import importlib
import typing
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from glasshouse.mechanisms.clause import CLAUSE_FIELDS, Clause, Frozen
from glasshouse.reading.forms import Field
from glasshouse.values import Value
from reference_pages import library
from reference_pages.source import code, remarks, story, table

CLAUSES = (
    ("event", "Events", "glasshouse.mechanisms.event", "Event", "conduct", "events"),
    ("service", "Services", "glasshouse.mechanisms.event", "Service", "conduct", "services"),
    ("response", "Responses", "glasshouse.mechanisms.response", "Response", "conduct", "responses"),
    ("enrolment", "Enrolment", "glasshouse.mechanisms.enrolment", "Enrolment", "policy", "enrolment"),
    ("detector", "Detectors", "glasshouse.mechanisms.detector", "Detector", "policy", "detectors"),
    ("rating", "Ratings", "glasshouse.mechanisms.rating", "Rating", "policy", "ratings"),
    ("rule", "Rules", "glasshouse.mechanisms.rule", "Rule", "policy", "rules"),
    ("indicator", "Indicators", "glasshouse.mechanisms.indicator", "Indicator", "policy", "indicators"),
    ("list", "Lists", "glasshouse.mechanisms.listing", "NamedList", "policy", "lists"),
    ("spread", "Spread", "glasshouse.mechanisms.spread", "Spread", "policy", "spread"),
    ("gate", "Gates", "glasshouse.mechanisms.gate", "Gate", "policy", "gates"),
    ("remedy", "Remedies", "glasshouse.mechanisms.remedy", "Remedy", "policy", "remedies"),
    ("attribute", "Attributes", "glasshouse.society.recipe", "AttributeClause", "recipe", "attributes"),
    ("household", "Households", "glasshouse.society.recipe", "HouseholdClause", "recipe", "households"),
    ("tie", "Ties", "glasshouse.society.recipe", "TieClause", "recipe", "ties"),
)
VALUES = {"chance", "rate", "duration", "term", "points", "factor", "yuan", "percent", "number", "effect"}


def pages() -> dict[str, Callable[[], str]]:
    """The page of every kind of clause, and the one of what all of them have."""
    return {"clause": common, **{page: partial(clause, *rest) for page, *rest in CLAUSES}}


def index() -> str:
    """The first page of the reference."""
    lines = [
        "# Reference\n",
        "What stands here is made from the program: fields and defaults from the models that read documents, commands from",
        "the command line, tables from the schema of a run.\n",
    ]
    for document in ("recipe", "conduct", "policy"):
        lines.append(f"\n## In a {document}\n")
        for page, _title, home, name, where, section in CLAUSES:
            if where == document:
                said = story(getattr(importlib.import_module(home), name)).split("\n\n")[0]
                lines.append(f"- [{section}]({page}.md): {' '.join(said.split())}")
    pages_of_words = ["clause", "values", "conditions", "vocabulary", "commands", "python", "run-directory", "journal"]
    lines += ["", "```{toctree}", ":hidden:", ""]
    lines += [*pages_of_words[:4], *(page for page, *_ in CLAUSES), *pages_of_words[4:], "library", "```"]
    lines += ["", "## For all of them\n"]
    lines += ["- [What every clause has](clause.md), [values](values.md), [conditions](conditions.md)"]
    lines += ["- [Closed words](vocabulary.md): contexts, natures, rights, grounds, quantities"]
    lines += ["- [Commands](commands.md) and [Python](python.md)"]
    lines += ["- [The run directory](run-directory.md) and [the journal](journal.md)"]
    lines += ["- [The library](library.md): policies, conducts, recipes, scenarios and facts that come along"]
    return "\n".join(lines)


def common() -> str:
    """The fields that every clause has."""
    home = importlib.import_module("glasshouse.mechanisms.clause")
    return (
        "# What every clause has\n\n"
        "A clause is a map in a list of its kind. These fields come first; the page of each kind has the others.\n\n"
        + field_table(CLAUSE_FIELDS, remarks(home)["Clause"])
        + "\n`in_force` is a day from which the clause holds, or `{from: .., to: ..}` with both days included. Silent, the"
        " clause holds as long as its document.\n"
    )


def clause(title: str, home: str, name: str, document: str, section: str) -> str:
    """The page of one kind of clause."""
    module = importlib.import_module(home)
    model = getattr(module, name)
    parts = [f"# {title}\n", f"In a {document}, under `{section}`.\n"]
    opening = story(module) if not home.endswith("recipe") and name != "Service" else ""
    said = story(model)
    parts += [text + "\n" for text in dict.fromkeys((opening, said)) if text]
    parts += ["Beside [what every clause has](clause.md):\n", field_table(model.FIELDS, remarks(module).get(name, {}))]
    for field, part in nested(model):
        told = remarks(importlib.import_module(part.__module__)).get(part.__name__, {})
        parts += [f"\n## `{field}`\n", story(part) + "\n", field_table(part.FIELDS, told)]
    example = library.example(document, section)
    if example:
        parts += ["\n## From the library\n", f"{example[0]}:\n", f"```yaml\n{example[1]}\n```\n"]
    return "\n".join(parts)


def nested(model: type[Frozen]) -> Iterator[tuple[str, type[Frozen]]]:
    """The parts of a model that are maps or rows of maps of their own, with the field they stand in."""
    names = {field.target: field.name for field in model.FIELDS}
    for attribute, told in model.model_fields.items():
        for part in models_in(told.annotation):
            if part.FIELDS and not issubclass(part, Clause) and attribute in names:
                yield names[attribute], part


def models_in(annotation: Any) -> Iterator[type[Frozen]]:
    """The models that stand in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, Frozen):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from models_in(inner)


def field_table(fields: tuple[Field, ...], said: dict[str, str]) -> str:
    """Fields in the order in which documents have them."""
    rows = []
    for field in fields:
        need = "required" if field.required else default(field.default)
        rows.append((code(field.name), kind(field.form.schema), need, remark(said.get(field.target, ""))))
    return table(("field", "what stands there", "if silent", ""), rows)


def remark(text: str) -> str:
    """A remark, unless it only repeats the type or talks about the inside."""
    return "" if text.startswith("POLICY/") or text in VALUES else text.replace("``", "`")


def kind(schema: dict[str, Any]) -> str:
    """What a JSON Schema allows, in a few words."""
    if schema.get("$ref", "").endswith("value"):
        word = str(schema.get("description", "number"))
        return f"[{word}](values.md#{word})" if word in VALUES else f"[value](values.md): {word}"
    if "enum" in schema:
        return ", ".join(code(str(word).lower() if isinstance(word, bool) else word) for word in schema["enum"])
    if "oneOf" in schema:
        return " or ".join(dict.fromkeys(kind(each) for each in schema["oneOf"]))
    if schema.get("description") == "a condition":
        return "[condition](conditions.md)"
    form = schema.get("type")
    if form == "array":
        items = schema.get("items", {})
        return "rows" if items.get("type") == "object" else "a list" if not items else f"a list of {kind(items)}"
    if form == "object":
        return "a map" if "propertyNames" not in schema else "factors of " + ", ".join(
            code(word) for word in schema["propertyNames"].get("enum", ())
        )
    if form in ("integer", "number") and "minimum" in schema and "maximum" in schema:
        return f"{'a whole number' if form == 'integer' else 'a number'} from {schema['minimum']} to {schema['maximum']}"
    if form == "string":
        return "a day" if schema.get("format") == "date" else "an id" if "pattern" in schema else "text"
    return {"integer": "a whole number", "number": "a number", "boolean": "`true`, `false`"}.get(str(form), "")


def default(value: Any) -> str:
    """What a field is where the document says nothing."""
    if value is None:
        return ""
    if callable(value):
        return "the document's"
    if isinstance(value, Value):
        first = value.documented[0]
        shown = format(first.number.normalize(), "f") if first.number else "0"
        return shown if first.unit in ("chance", "factor", "points", "number") else (
            code(first.unit) if first.unit in ("none", "while", "as_source") else f"{shown} {first.unit}"
        )
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, dict):
        return ", ".join(f"{key} {default(inner)}" for key, inner in value.items()) or "none"
    if isinstance(value, tuple):
        return ", ".join(code(word) for word in value) or "none"
    return code(value)


