"""Facts: published figures and publications, whose ids are what ``source`` names.

::

    facts:
      - {id: F-POP, text: Residents., value: 1409778724, unit: residents, date: 2020-11-01, source: SRC-CENSUS}
    publications:
      - {id: SRC-CENSUS, title: Communique of the census, publisher: National Bureau of Statistics, year: 2021}
"""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

from glasshouse.mechanisms.clause import Frozen, named
from glasshouse.reading.forms import IDENTITY, SOURCE, TEXT, Field, Form, Schema, is_complete, read_fields, word
from glasshouse.reading.margin import Margin, Spot
from glasshouse.reading.outline import text_of
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Leaf, Map, Row
from glasshouse.shelf import Library, Sheet
from glasshouse.vocabulary import CONFIDENCES, READINGS

FACT_ID: Final = re.compile(r"[\w.-]+")
ROWS: Final = ("facts", "publications")


def _id(item: Item, spot: Spot, scope: Scope) -> str | None:
    if isinstance(item, Leaf) and FACT_ID.fullmatch(item.text):
        return item.text
    told = item.text if isinstance(item, Leaf) else "a list or map"
    spot.wrong(item, f"`{told}` is no id of a fact: letters, digits, -, _ or .")
    return None


def written(item: Item) -> Any:
    """An item as plain texts, lists and maps."""
    if isinstance(item, Map):
        return {key: written(below) for key, below in item.entries.items()}
    return [written(each) for each in item.items] if isinstance(item, Row) else item.text


def _anything(item: Item, spot: Spot, scope: Scope) -> Any:
    return written(item)


LABEL: Final = Form(_id, {"type": "string", "pattern": f"^{FACT_ID.pattern}$"})
ANYTHING: Final = Form(_anything, Schema())


class Fact(Frozen):
    """One published figure or mechanism, or why it is not simulated."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("id", LABEL, required=True),
        Field("text", TEXT, required=True),
        Field("value", ANYTHING),
        Field("unit", TEXT),
        Field("kind", TEXT),
        Field("date", ANYTHING),
        Field("period", ANYTHING),
        Field("source", SOURCE, required=True),
        Field("confidence", word(CONFIDENCES)),
        Field("reading", word(READINGS)),
        Field("status", TEXT),
        Field("place", ANYTHING),
        Field("not_simulated", TEXT),
        Field("note", TEXT),
    )

    id: str
    text: str
    value: Any = None
    unit: str | None = None
    kind: str | None = None
    date: Any = None
    period: Any = None
    source: tuple[str, ...]
    confidence: str = "background"
    reading: str | None = None
    status: str | None = None
    place: Any = None
    not_simulated: str | None = None
    note: str | None = None


class Publication(Frozen):
    """Where figures were published, and how much of it was read."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("id", LABEL, required=True),
        Field("title", TEXT, required=True),
        Field("publisher", TEXT),
        Field("year", TEXT),
        Field("read", word(("all", "excerpt", "title", "none"))),
        Field("text", TEXT),
        Field("url", TEXT),
        Field("confidence", word(CONFIDENCES)),
        Field("note", TEXT),
    )

    id: str
    title: str
    publisher: str | None = None
    year: str | None = None
    read: str | None = None
    text: str | None = None
    url: str | None = None
    confidence: str | None = None
    note: str | None = None


class Facts(Frozen):
    """A document of facts."""

    KIND: ClassVar[str] = "facts"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("name", IDENTITY, required=True),
        Field("title", TEXT, required=True),
        Field("text", TEXT),
        Field("source", SOURCE),
        Field("note", TEXT),
        Field("facts", Form(_anything, {"type": "array"})),
        Field("publications", Form(_anything, {"type": "array"})),
    )

    name: str
    title: str
    text: str | None = None
    source: tuple[str, ...] = ()
    note: str | None = None
    facts: tuple[Fact, ...] = ()
    publications: tuple[Publication, ...] = ()


def facts_of(sheet: Sheet, library: Library, margin: Margin) -> Facts | None:
    """The facts of a sheet; None, with the mistakes noted, where anything in it is wrong."""
    margin.mistakes.extend(sheet.mistakes)
    tree = sheet.tree
    if tree is None:
        return None
    before, spot = margin.wrong, Spot(margin, text_of(tree, "name"))
    scope = Scope(document=spot.clause, kind="facts", sources=library.sources())
    head = read_fields(tree, Facts.FIELDS, spot, scope, ("glasshouse",))
    seen: set[str] = set()
    for section, model in (("facts", Fact), ("publications", Publication)):
        head[section] = _rows(tree.get(section), section, model, seen, scope, margin)
    whole = margin.wrong == before and is_complete(head, Facts.FIELDS)
    return Facts(**head) if whole else None


def _rows(
    item: Item | None, section: str, model: type[Frozen], seen: set[str], scope: Scope, margin: Margin
) -> tuple[Frozen, ...]:
    if item is None:
        return ()
    if not isinstance(item, Row):
        Spot(margin, scope.document, section).wrong(item, "expected a list of rows")
        return ()
    read = []
    for index, each in enumerate(item.items):
        label, before = named(each, f"{section}[{index}]"), margin.wrong
        spot = Spot(margin, label)
        if not isinstance(each, Map):
            spot.wrong(each, "expected a map that begins with `id`")
            continue
        if label in seen:
            spot.wrong(each, "the id stands already in this document")
        seen.add(label)
        found = read_fields(each, model.FIELDS, spot, scope)
        if margin.wrong == before and is_complete(found, model.FIELDS):
            read.append(model(**found))
    return tuple(read)
