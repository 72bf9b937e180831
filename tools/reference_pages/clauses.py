"""One page for each kind of document and each kind of clause: what it is, its fields, an example from the library."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from glasshouse import document, facts, targets
from glasshouse.explain.differences import say
from glasshouse.mechanisms.clause import CLAUSE_FIELDS, Clause, Frozen, Section
from glasshouse.policy import Authority, Conduct, Policy
from glasshouse.reading.forms import Field
from glasshouse.scenario import Scenario
from glasshouse.society.recipe import AreaRow, Recipe
from glasshouse.values import Value
from glasshouse.vocabulary import DOCUMENTS
from reference_pages import library
from reference_pages.meanings import COMMON, MEANINGS, STORIES
from reference_pages.source import code, table

LINKED = {"context": "contexts of events and services", "protected": "protected grounds an event may touch"}
"""Fields whose words are too many for a table."""
PARTS: dict[str, dict[str, type[Frozen]]] = {
    "policy": {"authority": Authority},
    "recipe": {"areas": AreaRow},
    "scenario": {"targets": targets.Target},
    "facts": {"facts": facts.Fact, "publications": facts.Publication},
}
HEADS: dict[str, type[Frozen]] = {"policy": Policy, "conduct": Conduct, "recipe": Recipe, "scenario": Scenario}
WORDS = ("clause", "values", "conditions", "vocabulary")
AFTER = ("commands", "python", "measures", "run-directory", "journal", "library")


def sections() -> Iterator[tuple[str, Section]]:
    """Every section of every kind of document."""
    for kind in DOCUMENTS:
        if kind in document.GRAMMARS:
            yield from ((kind, section) for section in document.GRAMMARS[kind].sections)


def pages() -> dict[str, Callable[[], str]]:
    """The pages of documents, of what all clauses have, and of each kind of clause."""
    return {
        **{kind: partial(whole, kind) for kind in DOCUMENTS},
        "clause": common,
        **{section.name: partial(clause, kind, section) for kind, section in sections()},
    }


def index() -> str:
    """The first page of the reference."""
    lines = [
        "# Reference\n",
        "These pages are made from the program: fields and defaults from the models that read documents, commands from the",
        "command line, tables from the schema of a run.\n",
        "## Documents\n",
    ]
    lines += [f"- [{kind.capitalize()}]({kind}.md): {first(STORIES[kind])}" for kind in DOCUMENTS]
    for kind in ("policy", "conduct", "recipe"):
        lines.append(f"\n## Clauses of a {kind}\n")
        lines += [f"- [{s.name.capitalize()}]({s.name}.md): {first(STORIES[s.name])}" for k, s in sections() if k == kind]
    lines += [
        "\n## Words, commands, results\n",
        "- [What every clause has](clause.md), [values](values.md), [conditions](conditions.md), [closed words](vocabulary.md)",
        "- [Commands](commands.md), [Python](python.md) and [Measures](measures.md)",
        "- [The run directory](run-directory.md) and [the journal](journal.md)",
        "- [The library](library.md): the documents that come along",
        "\n```{toctree}\n:hidden:\n",
        *DOCUMENTS, *WORDS, *(section.name for _, section in sections()), *AFTER, "```",
    ]  # fmt: skip
    return "\n".join(lines)


def first(text: str) -> str:
    """The first sentence."""
    return text.partition(". ")[0].rstrip(".") + "."


def common() -> str:
    """The fields that every clause has."""
    return (
        "# What every clause has\n\n"
        "A clause is a map in a list of its kind. These fields come first; the page of each kind has the others.\n\n"
        + field_table(CLAUSE_FIELDS, COMMON)
    )


def whole(kind: str) -> str:
    """The page of one kind of document."""
    parts = [f"# {kind.capitalize()}\n", STORIES[kind] + "\n", f"The first line is `glasshouse: {kind}/1`.\n"]
    said = MEANINGS[kind]
    parts.append(field_table(document.HEADS[kind], said, HEADS.get(kind), [f"{name}." for name in PARTS.get(kind, {})]))
    if kind in document.GRAMMARS:
        names = ", ".join(f"[`{s.name}`]({s.name}.md)" for s in document.GRAMMARS[kind].sections)
        parts.append(f"\nThen its sections, each a list of clauses: {names}.\n")
    parts += [inner_table(f"{name}.", name, part.FIELDS, said) for name, part in PARTS.get(kind, {}).items()]
    return "\n".join(parts)


def clause(kind: str, section: Section) -> str:
    """The page of one kind of clause."""
    said, inner = MEANINGS[section.name], list(nested(section.model))
    parts = [f"# {section.name.capitalize()}\n", f"In a [{kind}]({kind}.md), under `{section.name}`.\n", STORIES[section.name] + "\n"]
    parts.append("Beside [what every clause has](clause.md):\n")
    parts.append(field_table(section.model.FIELDS, said, section.model, [f"{name}." for name, _ in inner]))
    parts += [inner_table(f"{name}.", name, part.FIELDS, said, part) for name, part in inner]
    example = library.example(kind, section.name)
    if example:
        parts += ["\n## From the library\n", f"In `{example.document}`:\n", f"```yaml\n{example.text}\n```\n"]
        found = library.resolved(kind, example.document, section.name, example.clause)
        told = say(found, example.document) if found is not None and kind == "policy" else ""
        parts += [f"`glasshouse explain` says of it: {told}\n"] if told else []
    return "\n".join(parts)


def inner_table(prefix: str, name: str, fields: tuple[Field, ...], said: dict[str, str], model: type[Frozen] | None = None) -> str:
    """The fields of a map, or of the rows of a list, inside a clause or document."""
    inside = {key.removeprefix(prefix): text for key, text in said.items() if key.startswith(prefix)}
    return f"\n## In `{name}`\n\n" + field_table(fields, inside, model)


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


def field_table(
    fields: tuple[Field, ...], said: dict[str, str], model: type[Frozen] | None = None, besides: list[str] | None = None
) -> str:
    """Fields in the order in which documents have them. Each needs its sentence, and no sentence may be left over."""
    here = {key for key in said if not key.startswith(tuple(besides or ()))}
    if here != {field.name for field in fields}:
        raise SystemExit(f"fields and meanings differ: {sorted(here ^ {field.name for field in fields})}")
    rows = [(code(field.name), kind_of(field), silent(field, model), said[field.name]) for field in fields]
    return table(("field", "what stands there", "if silent", "meaning"), rows)


def kind_of(field: Field) -> str:
    """What a field holds, in a few words."""
    if field.name in LINKED:
        return f"of the [{LINKED[field.name]}](vocabulary.md)"
    told = shape(field.form.schema)
    return told.replace("one of", "for", 1) if field.name == "factors" else told


def shape(schema: dict[str, Any]) -> str:
    """What a JSON Schema allows, in a few words."""
    if schema.get("$ref", "").endswith("value"):
        word = str(schema.get("description", "number"))
        return f"[{word}](values.md#{word})" if " " not in word else f"[value](values.md): {word}"
    if "enum" in schema:
        return ", ".join(code(str(word).lower() if isinstance(word, bool) else word) for word in schema["enum"])
    if "oneOf" in schema:
        return " or ".join(dict.fromkeys(shape(each) for each in schema["oneOf"]))
    if "const" in schema:
        return code(schema["const"])
    if schema.get("description") == "a condition":
        return "[condition](conditions.md)"
    return SHAPES.get(str(schema.get("type")), lambda schema: "")(schema)


def _array(schema: dict[str, Any]) -> str:
    items = schema.get("items", {})
    return "rows" if items.get("type") == "object" else f"a list of {shape(items)}" if items else "a list"


def _map(schema: dict[str, Any]) -> str:
    names = schema.get("propertyNames", {}).get("enum", ())
    return "one of " + ", ".join(code(word) for word in names) if names else "a map"


def _number(schema: dict[str, Any]) -> str:
    word = "a whole number" if schema["type"] == "integer" else "a number"
    return f"{word} from {schema['minimum']} to {schema['maximum']}" if schema.get("maximum", 10**9) < 10**9 else word


def _text(schema: dict[str, Any]) -> str:
    return "a day" if schema.get("format") == "date" else "an id" if schema.get("pattern", "").startswith("^[a-z") else "text"


SHAPES: dict[str, Callable[[dict[str, Any]], str]] = {
    "array": _array,
    "object": _map,
    "integer": _number,
    "number": _number,
    "string": _text,
    "boolean": lambda schema: "`true`, `false`",
}


def silent(field: Field, model: type[Frozen] | None) -> str:
    """What a field is where the document says nothing."""
    if field.required:
        return "required"
    value = field.default
    if value is None and model is not None and field.target in model.model_fields:
        value = model.model_fields[field.target].get_default()
    return "" if value is None or repr(value) == "PydanticUndefined" else default(value)


def default(value: Any) -> str:
    """A default as a reader would write it."""
    if callable(value):
        return "see right"
    if isinstance(value, Value):
        entry = value.documented[0]
        number = format(entry.number.normalize(), "f") if entry.number else "0"
        bare = entry.unit in ("chance", "factor", "points", "number")
        return code(entry.unit) if entry.unit in ("none", "while", "as_source") else code(number if bare else f"{number} {entry.unit}")
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, dict | tuple):
        return ", ".join(code(word) for word in value)
    return code(value)
