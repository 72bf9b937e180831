"""Where a fact of the source article lives in the library: what the words of its `place` name.

A place is a sentence that names documents of the library, and may say more around them::

    place: court-defaulters/air                             a clause
    place: rongcheng-2016/points.start                      a number of a clause, or of a document's head
    place: rongcheng-2016/points.ceiling less rongcheng-2016/points.start       two of them reckoned together
    place: china-2018 targets air and fast-train            targets of a scenario
    place: the source of company-rating; SRC-NPCIC2018      a document or publication as a whole: provenance
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from glasshouse.mechanisms.clause import Frozen
from glasshouse.shelf import Library
from glasshouse.values import Value

CLAUSE: Final = "clause"
PARAMETER: Final = "parameter"
TARGET: Final = "target"
PROVENANCE: Final = "provenance"
KINDS: Final = (TARGET, PARAMETER, CLAUSE, PROVENANCE)
"""The kinds of places; where a fact has several, the first of these is the fact's."""

NAME: Final = r"[a-z][a-z0-9-]*"
TARGETS: Final = re.compile(rf"\b({NAME}) targets? ({NAME})(?: and ({NAME}))?")
CLAUSES: Final = re.compile(rf"\b({NAME})/([a-z_][a-z0-9_-]*)((?:\.[a-z_]+)*)")
FIELDS: Final = re.compile(rf"(?<![\w/.-])({NAME})\.([a-z_]+)\b")
WORDS: Final = re.compile(r"(?<![\w/.-])([a-z][a-z0-9]*(?:-[a-z0-9]+)+)(?![\w/-])")
RECKONED: Final = re.compile(r" (less|times) ")
PUBLICATIONS: Final = re.compile(r"\bSRC-[\w-]*\w")
DOCUMENTS: Final = ("policy", "conduct", "recipe", "scenario")


@dataclass(frozen=True, slots=True)
class Place:
    """One thing of the library that a fact names: ``name`` is a clause, target or field, empty for a whole document."""

    kind: str
    document: str
    name: str = ""
    field: str = ""

    def __str__(self) -> str:
        if self.kind == TARGET:
            return f"{self.document} target {self.name}"
        path = f"{self.document}/{self.name}" if self.name else self.document
        return f"{path}.{self.field}" if self.field else path

    def shown_by(self, library: Library) -> str:
        """The command that shows it."""
        if self.document.startswith("SRC-"):
            return "glasshouse resolve publications --kind facts"
        kinds = [each for each in DOCUMENTS if library.find(each, self.document) is not None]
        if not kinds:
            return f"glasshouse explain {self.document}"
        file = library.find(kinds[0], self.document)
        if file in library.files:
            return f"glasshouse {_verb(kinds[0])} {file}"
        several = f" --kind {kinds[0]}" if len(kinds) > 1 else ""
        return f"glasshouse {_verb(kinds[0])} {self.document}{several}"


def _verb(kind: str) -> str:
    return "explain" if kind in ("policy", "scenario") else "resolve"


def named_places(text: str, library: Library) -> tuple[Place, ...]:
    """Every place that a sentence names, each once, in order of kind; documents the library does not have are words."""
    known = {name for kind in DOCUMENTS for name in library.names(kind)}
    found = dict.fromkeys(each for each in _named(text) if each.document in known or each.document.startswith("SRC-"))
    return tuple(sorted(found, key=lambda each: KINDS.index(each.kind)))


def _named(text: str) -> Iterator[Place]:
    for scenario, *targets in TARGETS.findall(text):
        yield from (Place(TARGET, scenario, each) for each in targets if each)
    rest = TARGETS.sub(" ", text)
    for document, clause, fields in CLAUSES.findall(rest):
        yield Place(PARAMETER if fields else CLAUSE, document, clause, fields.removeprefix("."))
    rest = CLAUSES.sub(" ", rest)
    for document, field in FIELDS.findall(rest):
        yield Place(PARAMETER, document, "", field)
    rest = FIELDS.sub(" ", rest)
    yield from (Place(PROVENANCE, document) for document in WORDS.findall(rest))
    yield from (Place(PROVENANCE, publication) for publication in PUBLICATIONS.findall(rest))


def reckoning(text: str, library: Library) -> tuple[tuple[str, Place], ...]:
    """The parameters of a sentence that make up one number, each with what is done with it: ``is``, less or times.

    Nothing where the sentence names no parameter, or several without a word between them.
    """
    words = RECKONED.split(text)
    places = [[each for each in named_places(part, library) if each.kind == PARAMETER] for part in words[::2]]
    if any(len(each) > 1 for each in places) or not places[0]:
        return ()
    pairs = zip(["is", *words[1::2]], places, strict=True)
    return tuple((word, each[0]) for word, each in pairs if each)


def clause_of(place: Place, document: Frozen) -> tuple[str, Frozen] | None:
    """The section and the clause that a place names in a document as it was read."""
    for section in type(document).model_fields:
        rows = getattr(document, section)
        for row in rows if isinstance(rows, tuple) else ():
            if isinstance(row, Frozen) and getattr(row, "id", None) == place.name:
                return section, row
    return None


def number_at(place: Place, document: Frozen, reading: str, day: date) -> float | None:
    """The number a parameter has on a day."""
    found: object = document
    if place.name:
        held = clause_of(place, document)
        found = held[1] if held is not None else None
    for step in place.field.split("."):
        found = getattr(found, step, None)
    if isinstance(found, Value):
        return float(found.on(reading, day).number)
    return float(found) if isinstance(found, int) else None
