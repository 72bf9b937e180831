"""What the library holds: contents, examples of clauses, publications, the scales and targets of its scenarios."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from glasshouse.contents import Contents, Title
from glasshouse.document import READERS
from glasshouse.mechanisms.clause import Clause
from glasshouse.reading.margin import Margin
from glasshouse.shelf import Library
from reference_pages.source import code, table

LIBRARY = Path(__file__).resolve().parents[2] / "src" / "glasshouse" / "library"
LONGEST_EXAMPLE = 700


@cache
def documents() -> dict[Path, dict[str, Any]]:
    """Every document of the library as plain maps and lists, by its path."""
    yaml = YAML(typ="safe", pure=True)
    return {path: yaml.load(path.read_text(encoding="utf-8")) for path in sorted(LIBRARY.rglob("*.yaml"))}


def of_kind(kind: str) -> list[dict[str, Any]]:
    """The documents of one kind, by name."""
    found = [each for each in documents().values() if str(each.get("glasshouse", "")).startswith(kind)]
    return sorted(found, key=lambda each: str(each["name"]))


def contents() -> str:
    """The page of the library: scenarios and policies by group, then the other documents."""
    parts = ["# The library\n", "`glasshouse copy NAME FILE` gives any of these documents to edit.\n"]
    titles = Contents(Library.default()).titles
    for kind in dict.fromkeys(each.kind for each in titles):
        parts.append(f"\n## {kind.capitalize()}\n")
        for group in dict.fromkeys(each.group for each in titles if each.kind == kind):
            rows = [(shown(each), each.title, each.text) for each in titles if (each.kind, each.group) == (kind, group)]
            parts += [f"\n### {kind.capitalize()}: {group}\n"] if group else []
            parts.append(table(("name", "title", ""), rows))
    return "\n".join(parts)


def shown(each: Title) -> str:
    """The name of a document; that of a policy leads to its page."""
    return f"[{code(each.name)}](policies/{each.name}.md)" if each.kind == "policy" else code(each.name)


@dataclass(frozen=True)
class Example:
    """A clause as it stands in a document of the library."""

    document: str
    clause: str
    text: str


def example(kind: str, section: str) -> Example | None:
    """A clause of a section: the longest that is short enough to be looked at."""
    found = []
    for path, parsed in documents().items():
        if str(parsed.get("glasshouse", "")).startswith(kind) and parsed.get(section):
            written = clauses_as_written(path.read_text(encoding="utf-8"), section)
            ids = [str(clause["id"]) for clause in parsed[section]]
            if len(ids) == len(written):
                found += [Example(str(parsed["name"]), *pair) for pair in zip(ids, written, strict=True)]
    short = [each for each in found if len(each.text) <= LONGEST_EXAMPLE] or found
    return max(short, key=lambda each: (len(each.text), each.document), default=None)


def resolved(kind: str, name: str, section: str, clause: str) -> Clause | None:
    """A clause of the library as the program reads it."""
    shelf = Library.default()
    model = READERS[kind](shelf.sheet(kind, name), shelf, Margin())
    clauses = getattr(model, section, ()) if model is not None else ()
    return next((each for each in clauses if each.id == clause), None)


def clauses_as_written(text: str, section: str) -> list[str]:
    """The clauses of a section, each as its own lines, moved to the left margin; sets of one line are left out."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if re.match(rf"{re.escape(section)}:\s*(#.*)?$", line)]
    if not starts:
        return []
    body = []
    for line in lines[starts[0] + 1 :]:
        if line and not line.startswith((" ", "-", "#")):
            break
        body.append(line)
    found: list[list[str]] = []
    for line in body:
        if re.match(r"\s*- ", line) and (not found or indent(line) == indent(found[0][0])):
            found.append([line])
        elif found and line.strip() and not line.lstrip().startswith("#"):
            found[-1].append(line)
    return ["\n".join(row[indent(rows[0]) :] for row in rows).rstrip() for rows in found]


def indent(line: str) -> int:
    """How far a line stands to the right."""
    return len(line) - len(line.lstrip())


def listed(value: Any) -> list[str]:
    """A name or a list of names as a list."""
    return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []


def targets() -> str:
    """How many targets each scenario is held against, and what they count."""
    rows = []
    for each in of_kind("scenario"):
        held = each.get("targets") or []
        counted = ", ".join(code(word) for word in dict.fromkeys(str(row["quantity"]) for row in held))
        rows.append((code(each["name"]), str(len(held)), counted))
    return table(("scenario", "targets", "quantities"), rows)


def scales() -> str:
    """Size, period and step of each scenario of the library."""
    recipes = {str(each["name"]): each for each in of_kind("recipe")}
    conducts = {str(each["name"]): each for each in of_kind("conduct")}
    rows = []
    for each in of_kind("scenario"):
        recipe, conduct = recipes.get(str(each["recipe"]), {}), conducts.get(str(each["conduct"]), {})
        period = each["period"]
        rows.append((
            code(each["name"]), f"{int(each.get('residents') or recipe.get('residents', 0)):,}",
            str(len(recipe.get("areas", ()))), f"{period['from']} to {period['to']}", str(each.get("step", "month")),
            str(len(listed(each["policies"]))), str(len(conduct.get("events", ()))), str(len(conduct.get("services", ()))),
        ))  # fmt: skip
    head = ("scenario", "residents", "areas", "period", "step", "policies", "kinds of events", "services")
    return table(head, rows)


def cited(value: Any) -> set[str]:
    """Every id that stands as a `source` anywhere in a document."""
    if isinstance(value, dict):
        own = set(listed(value.get("source")))
        return own.union(*(cited(inner) for inner in value.values())) if value else own
    return set().union(*(cited(inner) for inner in value)) if isinstance(value, list) else set()


def sources() -> str:
    """The publications behind the library, with how many of its documents cite each."""
    uses: dict[str, set[str]] = {}
    for each in documents().values():
        for found in cited(each):
            uses.setdefault(found, set()).add(str(each["name"]))
    rows = []
    for facts in of_kind("facts"):
        for row in facts.get("publications") or []:
            title = f"[{row['title']}]({row['url']})" if row.get("url") else str(row["title"])
            where = ", ".join(code(name) for name in sorted(uses.get(str(row["id"]), ())))
            rows.append((code(row["id"]), f"{row['publisher']} ({row['year']}): {title}. {row['text']}", str(row["read"]), where))
    return table(("id", "publication and what the library takes from it", "read", "cited in"), rows)
