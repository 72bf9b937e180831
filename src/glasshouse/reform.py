"""A reform: a small change on another policy. It resolves to a whole policy and is read as one.

::

    based_on: court-defaulters
    set:
      defaulters.notice: before
      defaulters.enter[2].term: 12 months                # rows count from 1
    without: [costly-schools]
    add: {remedies: [{id: .., text: .., source: .., ..}]}

The same paths, with the document's name before them, are what a scenario's ``set`` and the command line change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from glasshouse.conditions.names import did_you_mean
from glasshouse.mechanisms.clause import Section
from glasshouse.reading.forms import read_one
from glasshouse.reading.leaves import number_of
from glasshouse.reading.margin import Margin, Spot, key_mark
from glasshouse.reading.outline import text_of
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Leaf, Map, Row
from glasshouse.shelf import Library, Sheet

OWN_KEYS: Final = ("based_on", "set", "without", "add")
STEP: Final = re.compile(r"(?P<key>[^.\[\]]+)(?P<rows>(\[\d{1,6}\])*)")


@dataclass(frozen=True, slots=True)
class Grammar:
    """The sections of a kind of document: what a path may lead to."""

    sections: tuple[Section, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(section.name for section in self.sections)

    def section(self, name: str) -> Section:
        return next(section for section in self.sections if section.name == name)


def whole(sheet: Sheet, library: Library, grammar: Grammar, margin: Margin) -> Map | None:
    """The tree of a policy with its reforms applied, for as far as they go; None where there is none."""
    return _whole(sheet, library, grammar, margin, ())


def _whole(sheet: Sheet, library: Library, grammar: Grammar, margin: Margin, seen: tuple[Path, ...]) -> Map | None:
    margin.mistakes.extend(each for each in sheet.mistakes if each not in margin.mistakes)
    tree = sheet.tree
    if tree is None or "based_on" not in tree.entries:
        return tree
    based, spot = tree.entries["based_on"], Spot(margin, "", "based_on")
    name, seen = text_of(tree, "based_on"), (*seen, sheet.path)
    found = library.find("policy", name, besides=seen)
    if found is None:
        if library.find("policy", name) in seen:
            spot.wrong(based, f"`{name}` is based on this policy itself")
        else:
            spot.wrong(based, f"unknown policy `{name}`{did_you_mean(name, library.names('policy'))}")
        return None
    base = _whole(library.read(found), library, grammar, margin, seen)
    return None if base is None else _reformed(tree, base, name, grammar, margin)


def _reformed(tree: Map, base: Map, name: str, grammar: Grammar, margin: Margin) -> Map:
    grown, head = copy_of(base), Spot(margin, text_of(tree, "name"))
    for key, item in tree.entries.items():
        if key in grammar.names:
            head.wrong(key_mark(tree, key), f"a reform adds clauses under `add`: add: {{{key}: [..]}}")
        elif key not in OWN_KEYS:
            grown.entries[key], grown.keys[key] = item, tree.keys[key]
    grown.mark = tree.mark
    changes = Changes(grown, name, grammar, margin)
    changes.set_all(tree.get("set"))
    changes.without_all(tree.get("without"))
    changes.add_all(tree.get("add"))
    return grown


def copy_of(item: Map) -> Map:
    """A map that can be changed without changing the one it comes from; leaves are shared."""
    copied: Map = _copy(item)
    return copied


def _copy(item: Any) -> Any:
    if isinstance(item, Map):
        entries = {key: _copy(below) for key, below in item.entries.items()}
        return Map(entries, dict(item.keys), item.mark, item.flow, list(item.pieces))
    return Row([_copy(each) for each in item.items], item.mark) if isinstance(item, Row) else item


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes on the tree of a document that may be changed."""

    tree: Map
    name: str
    grammar: Grammar
    margin: Margin

    def clauses(self) -> Iterator[tuple[str, Row, Map]]:
        """Every clause with its section and the list it stands in."""
        for section in self.grammar.names:
            rows = self.tree.get(section)
            if isinstance(rows, Row):
                yield from ((section, rows, each) for each in rows.items if isinstance(each, Map))

    @property
    def ids(self) -> dict[str, tuple[str, Row, Map]]:
        return {text_of(clause, "id"): (section, rows, clause) for section, rows, clause in self.clauses()}

    def set_all(self, item: Item | None) -> None:
        """Every entry of a ``set``."""
        spot = Spot(self.margin, "", "set")
        if isinstance(item, Map):
            for path, value in item.entries.items():
                self.set_one(item.keys[path], path, value, spot)
        elif item is not None:
            spot.wrong(item, "expected {CLAUSE.FIELD: value}")

    def set_one(self, at: Leaf, path: str, value: Item, spot: Spot) -> None:
        """One field of one clause: ``CLAUSE.FIELD``, ``CLAUSE.FIELD[ROW].FIELD``, ``CLAUSE.FIELD.PART``."""
        clause_id, _, rest = path.partition(".")
        known = self.ids
        if clause_id not in known or not rest:
            near = did_you_mean(clause_id, known)
            spot.wrong(at, f"`{path}` names no clause of `{self.name}`{near}" if rest else f"`{path}` names no field")
            return
        section, _, clause = known[clause_id]
        fields = [each.name for each in self.grammar.section(section).fields]
        first = re.split(r"[.\[]", rest)[0]
        if first == "id":
            spot.wrong(at, f"`{path}`: an id stays as it is")
            return
        if first not in fields:
            spot.wrong(at, f"unknown field `{first}` in `{path}`{did_you_mean(first, fields)}")
            return
        self._put(at, path, clause, rest, value, spot, section)

    def _put(self, at: Leaf, path: str, clause: Map, rest: str, value: Item, spot: Spot, section: str) -> None:
        holder: Map = clause
        keys = rest
        while True:
            key, keys = _next_key(holder, keys)
            match = STEP.fullmatch(key) if key not in holder.entries else None
            rows = [int(each) for each in re.findall(r"\[(\d+)\]", match["rows"])] if match else []
            if match:
                key = match["key"]
            if not keys and not rows:
                if self._changes(holder.get(key), value, key if clause is holder else "", section):
                    holder.entries[key], holder.keys[key] = value, holder.keys.get(key, at)
                else:
                    spot.wrong(at, f"`{path}` already has this value: the change changes nothing")
                return
            below = holder.entries.setdefault(key, Map({}, {}, at.mark)) if not rows else holder.get(key)
            holder.keys.setdefault(key, at)
            below = self._row(below, rows, keys, at, path, value, spot)
            if below is None:
                return
            holder = below

    def _row(
        self, item: Item | None, rows: list[int], keys: str, at: Leaf, path: str, value: Item, spot: Spot
    ) -> Map | None:
        """The map that a path goes on in; None where it ends (done, or noted)."""
        for depth, row in enumerate(rows):
            if not isinstance(item, Row) or not 1 <= row <= len(item.items):
                there = len(item.items) if isinstance(item, Row) else 0
                spot.wrong(at, f"`{path}` names no row: there are {there}, counted from 1")
                return None
            if not keys and depth == len(rows) - 1:
                if same(item.items[row - 1], value):
                    spot.wrong(at, f"`{path}` already has this value: the change changes nothing")
                item.items[row - 1] = value
                return None
            item = item.items[row - 1]
        if not isinstance(item, Map):
            spot.wrong(at, f"`{path}` leads into a value that has no parts")
            return None
        return item

    def _changes(self, before: Item | None, value: Item, field: str, section: str) -> bool:
        if before is not None:
            return not same(before, value)
        return not (field and self._is_default(value, field, section))

    def _is_default(self, value: Item, field: str, section: str) -> bool:
        """Whether a value says what holds anyway where nothing is written."""
        found = self.grammar.section(section)
        form = next((each for each in found.fields if each.name == field), None)
        if form is None:
            return False
        stated = form.default if form.default is not None else found.model.model_fields.get(form.target)
        default = getattr(stated, "default", stated)
        if callable(default) or default is None or field in ("subjects", "in_force", "source"):
            return False
        return bool(read_one(value, form.form, Spot(Margin()), Scope()) == default)

    def without_all(self, item: Item | None) -> None:
        """Every clause or section of a ``without``."""
        spot = Spot(self.margin, "", "without")
        rows = item.items if isinstance(item, Row) else [] if item is None else [item]
        for each in rows:
            if isinstance(each, Leaf):
                self.without_one(each, each.text, spot)
            else:
                spot.wrong(each, "expected the id of a clause, or a section")

    def without_one(self, at: Leaf, name: str, spot: Spot) -> None:
        """A clause by its id, or a whole section."""
        if name in self.grammar.names:
            self.tree.entries.pop(name, None)
            return
        known = self.ids
        if name not in known:
            near = did_you_mean(name, [*known, *self.grammar.names])
            spot.wrong(at, f"`{name}` is no clause of `{self.name}`{near}")
            return
        _, rows, clause = known[name]
        rows.items = [each for each in rows.items if each is not clause]

    def add_all(self, item: Item | None) -> None:
        """Clauses put at the end of their sections."""
        spot = Spot(self.margin, "", "add")
        if isinstance(item, Map):
            for name in item.entries:
                self._add(item, name, spot)
        elif item is not None:
            spot.wrong(item, "expected {SECTION: [clauses]}")

    def _add(self, item: Map, name: str, spot: Spot) -> None:
        clauses, before = item.entries[name], self.tree.get(name)
        if name not in self.grammar.names:
            near = did_you_mean(name, self.grammar.names)
            spot.wrong(key_mark(item, name), f"unknown section `{name}`{near}")
        elif not isinstance(clauses, Row):
            spot.wrong(clauses, "expected a list of clauses")
        else:
            kept = before.items if isinstance(before, Row) else []
            self.tree.entries[name] = Row([*kept, *clauses.items], clauses.mark)
            self.tree.keys.setdefault(name, item.keys[name])


def _next_key(holder: Map, keys: str) -> tuple[str, str]:
    """The longest run of words that is a key here (``identify.miss_chance`` in factors), else the first word."""
    parts = keys.split(".")
    for length in range(len(parts), 0, -1):
        key = ".".join(parts[:length])
        if key in holder.entries:
            return key, ".".join(parts[length:])
    return parts[0], ".".join(parts[1:])


def same(one: Item, other: Item) -> bool:
    """Whether two items say the same, numbers compared as numbers."""
    if isinstance(one, Leaf) and isinstance(other, Leaf):
        numbers: tuple[Decimal | None, ...] = (number_of(one.text), number_of(other.text))
        return one.text == other.text or (None not in numbers and numbers[0] == numbers[1])
    if isinstance(one, Row) and isinstance(other, Row):
        return len(one.items) == len(other.items) and all(map(same, one.items, other.items))
    if isinstance(one, Map) and isinstance(other, Map):
        keys = one.entries.keys()
        return keys == other.entries.keys() and all(same(one.entries[key], other.entries[key]) for key in keys)
    return False


@dataclass(frozen=True, slots=True)
class Change:
    """One change asked for from outside a document: in which document, where, and (None: taken out) to what."""

    at: Leaf
    document: str
    path: str
    value: Item | None


def apply_changes(
    trees: Mapping[str, Map], grammars: Mapping[str, Grammar], changes: Iterable[Change], margin: Margin
) -> dict[str, Map]:
    """Whole trees with changes applied, in order; the trees given are left as they are."""
    grown = dict(trees)
    copied: set[str] = set()
    for change in changes:
        spot = Spot(margin, "", "set" if change.value is not None else "without")
        if change.document not in grown:
            spot.wrong(change.at, f"unknown policy `{change.document}`{did_you_mean(change.document, grown)}")
            continue
        if change.document not in copied:
            grown[change.document] = copy_of(grown[change.document])
            copied.add(change.document)
        tree = Changes(grown[change.document], change.document, grammars[change.document], margin)
        if change.value is None:
            tree.without_one(change.at, change.path, spot)
        else:
            tree.set_one(change.at, change.path, change.value, spot)
    return grown
