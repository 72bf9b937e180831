"""A YAML 1.2 text as a tree that remembers file, line and column of every key and value.

Scalars stay text: what a text means is decided by the field it stands in, so that numbers stay exact and ``yes`` is a
word. Anchors, tags, merge keys and second documents are refused. Everything found wrong is noted, nothing is raised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from glasshouse.errors import Mistake

DEEPEST: Final = 24
LARGEST: Final = 4_000_000
NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
EMPTY: Final = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; lines and columns count from 1."""

    file: str
    line: int
    column: int


@dataclass(slots=True)
class Leaf:
    """A scalar as its text. ``cut``: a comma inside ``{ }`` has cut it short."""

    text: str
    mark: Mark
    quoted: bool = False
    cut: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.quoted and self.text in EMPTY

    @property
    def is_number(self) -> bool:
        return not self.quoted and NUMBER.fullmatch(self.text) is not None

    @property
    def truth(self) -> bool | None:
        """True, false, or None for any other text."""
        return {"true": True, "false": False}.get(self.text) if not self.quoted else None


@dataclass(slots=True)
class Row:
    """A list."""

    items: list[Item]
    mark: Mark


@dataclass(slots=True)
class Map:
    """Keys with their values, each with its place. ``pieces`` are what commas cut off, with the key before them."""

    entries: dict[str, Item]
    keys: dict[str, Leaf]
    mark: Mark
    flow: bool = False
    pieces: list[tuple[Leaf, str]] = field(default_factory=list)

    def get(self, key: str) -> Item | None:
        return self.entries.get(key)


Item: TypeAlias = Leaf | Row | Map


def plant(text: str, file: str) -> tuple[Item | None, list[Mistake]]:
    """A text as a tree, and what is wrong with it as YAML; None where there is no tree to speak of."""
    builder = _Builder(file)
    if len(text) > LARGEST:
        builder.wrong(1, 1, f"a document holds at most {LARGEST} characters")
        return None, builder.mistakes
    try:
        root = builder.build(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        builder.note_yaml(error, text)
        return None, builder.mistakes
    except (YAMLError, ValueError, RecursionError) as error:
        builder.wrong(1, 1, f"line 1: {str(error).splitlines()[0] if str(error) else 'this is no YAML'}")
        return None, builder.mistakes
    if root is not None:
        builder.note_pieces(root, "")
    return root, builder.mistakes


def walk(item: Item) -> Iterator[Item]:
    """An item and everything below it, in document order."""
    yield item
    below = item.items if isinstance(item, Row) else item.entries.values() if isinstance(item, Map) else ()
    for each in below:
        yield from walk(each)


class _TooDeepError(YAMLError):
    """Brackets nested beyond any document of the language."""


class _Builder:
    """Turns YAML events into a tree and keeps the mistakes of the text itself."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.mistakes: list[Mistake] = []
        self.event: Event

    def wrong(self, line: int, column: int, message: str, clause: str = "") -> None:
        self.mistakes.append(Mistake(self.file, line, column, clause, "", message))

    def build(self, events: Iterator[Event]) -> Item | None:
        root: Item | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent) and root is not None:
                self.wrong(event.start_mark.line + 1, 1, "a file holds one document: split the file at `---`")
                break
            if isinstance(event, NodeEvent):
                root = self._item(event, events, 0)
        if isinstance(root, Leaf) and root.is_empty:
            return None
        return root

    def _mark(self, event: Event) -> Mark:
        return Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _item(self, event: Event, events: Iterator[Event], depth: int) -> Item:
        if depth > DEEPEST:
            raise _TooDeepError(f"nested more than {DEEPEST} deep")
        mark = self._mark(event)
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            told = "found an anchor or alias (& or *): write the value out, or quote the text"
            self.wrong(mark.line, mark.column, told)
        if (tag := getattr(event, "tag", None)) is not None:
            self.wrong(mark.line, mark.column, f"found the tag `{tag}`: documents have no tags")
        if isinstance(event, SequenceStartEvent):
            return self._row(mark, events, depth)
        if isinstance(event, MappingStartEvent):
            return self._map(mark, bool(event.flow_style), events, depth)
        return Leaf(getattr(event, "value", ""), mark, bool(getattr(event, "style", None)))

    def _row(self, mark: Mark, events: Iterator[Event], depth: int) -> Row:
        row = Row([], mark)
        while not isinstance(event := next(events), SequenceEndEvent):
            row.items.append(self._item(event, events, depth + 1))
        return row

    def _map(self, mark: Mark, flow: bool, events: Iterator[Event], depth: int) -> Map:
        grown, last = Map({}, {}, mark, flow), ""
        while not isinstance(event := next(events), MappingEndEvent):
            key = self._item(event, events, depth + 1)
            after = next(events)
            value = self._item(after, events, depth + 1)
            if not isinstance(key, Leaf):
                self.wrong(key.mark.line, key.mark.column, "a key is one word, not a list or a map")
            elif flow and _nothing_written(event, after):
                grown.pieces.append((key, last))
            else:
                last = key.text
                self._enter(grown, key, value)
        return grown

    def _enter(self, grown: Map, key: Leaf, value: Item) -> None:
        if key.text == "<<" and not key.quoted:
            self.wrong(key.mark.line, key.mark.column, "found a merge key (<<): write the fields out")
        elif key.text in grown.entries:
            first = grown.entries[key.text]
            told = f'found duplicate key "{key.text}"'
            if isinstance(value, Leaf) and isinstance(first, Leaf):
                told += f' with value "{value.text}" (original value: "{first.text}")'
            self.wrong(key.mark.line, key.mark.column, f"line {key.mark.line}: {told}")
        else:
            grown.entries[key.text], grown.keys[key.text] = value, key

    def note_yaml(self, error: MarkedYAMLError, text: str) -> None:
        place = error.problem_mark or error.context_mark
        line, column = (place.line, place.column) if place is not None else (0, 0)
        lines = text.splitlines()
        written = lines[line] if line < len(lines) else ""
        cut = _cut_condition(written, column)
        if cut:
            clause = re.search(r"\bid: *([\w-]+)", written)
            self.wrong(line + 1, column + 1, cut, clause.group(1) if clause else "")
        else:
            self.wrong(line + 1, column + 1, f"line {line + 1}: {error.problem or error.context or 'this is no YAML'}")

    def note_pieces(self, item: Item, clause: str) -> None:
        """What commas cut off inside ``{ }``, noted with the clause it belongs to."""
        if isinstance(item, Map):
            named = item.get("id") or item.get("name") if not clause or "id" in item.entries else None
            clause = named.text if isinstance(named, Leaf) else clause
            for piece, before in item.pieces:
                self._note_piece(item, piece, before, clause)
        below = item.items if isinstance(item, Row) else item.entries.values() if isinstance(item, Map) else ()
        for each in below:
            self.note_pieces(each, clause)

    def _note_piece(self, item: Map, piece: Leaf, before: str, clause: str) -> None:
        value = item.get(before)
        if isinstance(value, Leaf):
            value.cut = True
        if isinstance(value, Leaf) and (before == "when" or value.text.count("(") > value.text.count(")")):
            self.wrong(piece.mark.line, piece.mark.column, CUT_CONDITION, clause)
        else:
            told = f"a text was cut at its comma inside {{ }} (`{piece.text}`): put the text in quotes"
            self.wrong(piece.mark.line, piece.mark.column, told, clause)


CUT_CONDITION: Final = "a condition was cut at its comma inside { }: put the whole condition in single quotes"


BRACKETS: Final = "a condition with [ ] inside { } stands in quotes: put the whole condition in single quotes"


def _nothing_written(key: Event, value: Event) -> bool:
    """Whether a key in ``{ }`` stands there without colon and value."""
    if not isinstance(key, ScalarEvent) or not isinstance(value, ScalarEvent) or value.value or value.style:
        return False
    return bool(value.start_mark.index <= key.end_mark.index)


def _cut_condition(written: str, column: int) -> str:
    """What is said where a line broke inside an unquoted condition: at a comma in its brackets, or at a bracket."""
    starts = [match for match in re.finditer(r"\bwhen: *(?=[^'\" ])", written) if match.end() <= column]
    before = written[starts[-1].end() : column] if starts else ""
    if before.count("(") > before.count(")") and "," in before:
        return CUT_CONDITION
    return BRACKETS if before.endswith("in ") and written[column : column + 1] == "[" else ""
