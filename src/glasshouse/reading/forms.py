"""The forms a field may have: how it is read, what it may name, how an editor is told.

A :class:`Form` reads the item of one field and gives its resolved value, or notes what is wrong and gives None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final, TypeAlias

from glasshouse import conditions
from glasshouse.conditions import Condition, ConditionError
from glasshouse.conditions.checks import ENTRY_BY_TIE
from glasshouse.conditions.names import did_you_mean, expanded
from glasshouse.grammar import Known, one_of, read_value
from glasshouse.reading.leaves import Written, shown
from glasshouse.reading.margin import Spot, key_mark
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Leaf, Map
from glasshouse.values import Value
from glasshouse.vocabulary import GROUNDS, POPULATIONS

ID: Final = re.compile(r"[a-z0-9_-]+")
CITATION: Final = re.compile(r"\s|://")
Schema: TypeAlias = dict[str, Any]
Reader: TypeAlias = Callable[[Item, Spot, Scope], Any]


@dataclass(frozen=True, slots=True)
class Form:
    """How one field is read, and its JSON Schema for editors."""

    read: Reader
    schema: Schema = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a document. ``attribute`` is its name in the model where that differs.

    ``default`` is a resolved value, or a function of the scope. ``after`` changes what later fields see;
    ``write`` gives the canonical form from the model, where that is more than the attribute.
    """

    name: str
    form: Form
    required: bool = False
    default: Any = None
    attribute: str = ""
    after: Callable[[Any, Scope], Scope] | None = None
    write: Callable[[Any], Any] | None = None

    @property
    def target(self) -> str:
        return self.attribute or self.name


def read_fields(
    item: Map, fields: Iterable[Field], spot: Spot, scope: Scope, besides: Iterable[str] = ()
) -> dict[str, Any]:
    """The fields of a map by their attribute names; wrong ones are left out, absent ones have their defaults.

    ``besides`` are keys that are read elsewhere.
    """
    fields = tuple(fields)
    note_unknown(item, [*(each.name for each in fields), *besides], spot)
    found: dict[str, Any] = {}
    for each in fields:
        below = item.get(each.name)
        if below is None:
            if each.required:
                spot.wrong(item, f"`{each.name}` is missing")
            elif each.default is not None:
                found[each.target] = each.default(scope) if callable(each.default) else each.default
            continue
        value = read_one(below, each.form, spot.into(each.name), scope)
        if value is not None:
            found[each.target] = value
            scope = each.after(value, scope) if each.after else scope
    return found


def is_complete(found: dict[str, Any], fields: Iterable[Field]) -> bool:
    """Whether everything required could be read (a text cut at a comma is noted elsewhere)."""
    return all(found.get(each.target) is not None for each in fields if each.required)


def read_one(item: Item, form: Form, spot: Spot, scope: Scope) -> Any:
    """One field; an empty one is a mistake whatever its form."""
    if isinstance(item, Leaf) and item.is_empty and not item.cut:
        spot.wrong(item, "is empty")
        return None
    return form.read(item, spot, scope)


def note_unknown(item: Map, known: Iterable[str], spot: Spot) -> None:
    """Note every key that is no field here."""
    names = tuple(known)
    for key in item.entries:
        if key not in names:
            spot.wrong(key_mark(item, key), f"unknown field `{key}`{did_you_mean(key, names)}")


# --- words and texts -------------------------------------------------------------------------------------------------


def _text(item: Item, spot: Spot, scope: Scope) -> str | None:
    if isinstance(item, Leaf):
        return None if item.cut else item.text
    spot.wrong(item, "expected a text; put it in quotes if it holds a colon, a comma or a bracket")
    return None


TEXT: Final = Form(_text, {"type": "string"})


def _id(item: Item, spot: Spot, scope: Scope) -> str | None:
    if isinstance(item, Leaf) and ID.fullmatch(item.text):
        return item.text
    told = item.text if isinstance(item, Leaf) else "a list or map"
    spot.wrong(item, f"`{told}` is no id: small letters, digits, - or _")
    return None


IDENTITY: Final = Form(_id, {"type": "string", "pattern": f"^{ID.pattern}$"})


def word(choices: Iterable[str], undeclared: bool = False) -> Form:
    """A word of a closed list; charter fields may also say that they are ``undeclared``."""
    words = tuple(choices)

    def read(item: Item, spot: Spot, scope: Scope) -> str | None:
        if undeclared and isinstance(item, Leaf) and item.text == "undeclared":
            return item.text
        return one_of(item, words, spot)

    return Form(read, {"enum": [*words, *(["undeclared"] if undeclared else [])]})


def words(choices: Iterable[str]) -> Form:
    """A list of words of a closed list."""
    known = tuple(choices)

    def read(item: Item, spot: Spot, scope: Scope) -> tuple[str, ...] | None:
        found = [one_of(each, known, spot) for each in leaves(item, spot)]
        return tuple(dict.fromkeys(each for each in found if each)) if found and None not in found else None

    return Form(read, {"oneOf": [{"enum": list(known)}, {"type": "array", "items": {"enum": list(known)}}]})


def truth(undeclared: bool = False) -> Form:
    """true or false."""

    def read(item: Item, spot: Spot, scope: Scope) -> bool | str | None:
        if isinstance(item, Leaf) and item.truth is not None:
            return item.truth
        if undeclared and isinstance(item, Leaf) and item.text == "undeclared":
            return item.text
        told = shown(item) if isinstance(item, Leaf) else "a list or map"
        why = " (YAML 1.2 reads yes and no as words)" if told in ("`yes`", "`no`", "`on`", "`off`") else ""
        spot.wrong(item, f"found {told}; write true or false{why}")
        return None

    return Form(read, {"type": "boolean"} if not undeclared else {"enum": [True, False, "undeclared"]})


def whole(low: int, high: int, expected: str) -> Form:
    """A whole number between two bounds; ``expected`` says which in words."""

    def read(item: Item, spot: Spot, scope: Scope) -> int | None:
        if isinstance(item, Leaf) and re.fullmatch(r"[-+]?\d{1,18}", item.text) and low <= int(item.text) <= high:
            return int(item.text)
        if not (isinstance(item, Leaf) and item.cut):
            spot.wrong(item, f"found {shown(item) if isinstance(item, Leaf) else 'a list or map'}, expected {expected}")
        return None

    return Form(read, {"type": "integer", "minimum": low, "maximum": high})


def leaves(item: Item, spot: Spot) -> list[Leaf]:
    """A single word or a list of words, as leaves; anything else is noted."""
    if isinstance(item, Leaf):
        return [] if item.cut else [item]
    if isinstance(item, Map):
        spot.wrong(item, "expected a name or a list of names")
        return []
    if not item.items:
        spot.wrong(item, "the list is empty")
    for each in item.items:
        if not isinstance(each, Leaf):
            spot.wrong(each, "expected a name")
    return [each for each in item.items if isinstance(each, Leaf)]


# --- sources, subjects -----------------------------------------------------------------------------------------------


def known_sources(scope: Scope) -> Known:
    """Reads a ``source``: ids of facts, ``invented``, or a citation written out (it has a blank or an address)."""

    def read(item: Item, spot: Spot) -> tuple[str, ...] | None:
        found = []
        for leaf in leaves(item, spot):
            if leaf.is_empty:
                spot.wrong(leaf, "is empty")
            elif leaf.text != "invented" and leaf.text not in scope.sources and not CITATION.search(leaf.text):
                spot.wrong(leaf, f"unknown source `{leaf.text}`{did_you_mean(leaf.text, scope.sources)}")
            else:
                found.append(leaf.text)
        return tuple(dict.fromkeys(found)) or None

    return read


NAMES_SCHEMA: Final[Schema] = {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
SOURCE: Final = Form(lambda item, spot, scope: known_sources(scope)(item, spot), NAMES_SCHEMA)


def _populations(item: Item, spot: Spot, scope: Scope) -> tuple[str, ...] | None:
    found = []
    for leaf in leaves(item, spot):
        if leaf.text not in POPULATIONS:
            spot.wrong(leaf, f"found `{leaf.text}`, expected residents or firms")
        elif scope.kind == "policy" and leaf.text not in scope.subjects:
            spot.wrong(leaf, f"`{leaf.text}` are not subjects of this document")
        else:
            found.append(leaf.text)
    return tuple(each for each in POPULATIONS if each in found) or None


SUBJECTS: Final = Form(_populations, {"oneOf": [{"enum": list(POPULATIONS)}, {"type": "array"}]})

# --- values ----------------------------------------------------------------------------------------------------------


def value(written: Written) -> Form:
    """A number of the value grammar."""

    def read(item: Item, spot: Spot, scope: Scope) -> Value | None:
        return read_value(item, written, spot, scope.start, known_sources(scope))

    return Form(read, {"$ref": "#/$defs/value", "description": written.for_what or written.type})


CHANCE: Final = value(Written("chance"))
RATE: Final = value(Written("rate"))
DURATION: Final = value(Written("duration"))
POINTS: Final = value(Written("points"))
FACTOR: Final = value(Written("factor"))
YUAN: Final = value(Written("yuan"))


def grounded(least: bool) -> Form:
    """Chances by ground; with ``least``, one chance for all grounds may stand instead."""

    def read(item: Item, spot: Spot, scope: Scope) -> dict[str, Value] | None:
        if least and not by_ground(item):
            one: Value | None = CHANCE.read(item, spot, scope)
            return dict.fromkeys(GROUNDS, one) if one is not None else None
        if not isinstance(item, Map):
            spot.wrong(item, f"expected chances by ground: {', '.join(GROUNDS)}")
            return None
        found: dict[str, Value] = {}
        for key, below in item.entries.items():
            if key not in GROUNDS:
                spot.wrong(key_mark(item, key), f"`{key}` is no ground; {', '.join(GROUNDS)}")
            elif (chance := read_one(below, CHANCE, spot.into(key), scope)) is not None:
                found[key] = chance
        return {ground: found[ground] for ground in GROUNDS if ground in found}

    return Form(read, {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}})


def by_ground(item: Item | None) -> bool:
    """Whether a map has grounds for keys, and is not a value of its own."""
    if not isinstance(item, Map):
        return False
    own = {"reported", "documented", "value"} & set(item.entries)
    return not own and not any(key[:1].isdigit() for key in item.entries)


# --- names -----------------------------------------------------------------------------------------------------------


def known_names(kind: str, scope: Scope) -> dict[str, tuple[str, ...]]:
    """What a name of a kind stands for: itself, its path, or what a set holds."""
    names = scope.names
    plain: dict[str, Iterable[str]] = {
        "events": names.events,
        "services": names.services,
        "areas": names.areas,
        "ties": names.ties,
        "attributes": names.attributes,
    }
    if kind in plain:
        sets = {"events": names.event_sets, "services": names.service_sets}.get(kind, {})
        return {**{each: (each,) for each in plain[kind]}, **sets}
    paths = names.lists if kind == "lists" else names.ratings
    resolve = names.list_path if kind == "lists" else names.rating_path
    short = {path.partition("/")[2]: (resolve(path.partition("/")[2]) or path,) for path in paths}
    listed = {key: names.lists_of(held) for key, held in names.list_sets.items()} if kind == "lists" else {}
    return {**short, **{path: (path,) for path in paths}, **listed}


def find_names(found: list[Leaf], kinds: tuple[str, ...], spot: Spot, scope: Scope) -> tuple[str, ...] | None:
    """Names of these kinds, sets expanded, in the order written, each once."""
    known: dict[str, tuple[str, ...]] = {}
    for kind in kinds:
        known |= known_names(kind, scope)
    wrong = False
    for leaf in found:
        if leaf.text in known:
            continue
        wrong = True
        if leaf.text in {**scope.names.event_sets, **scope.names.service_sets, **scope.names.list_sets}:
            spot.wrong(leaf, f"set `{leaf.text}` holds names that are not {' or '.join(kinds)}")
        else:
            near = did_you_mean(leaf.text, [name for name in known if "/" not in name])
            spot.wrong(leaf, f"unknown {' or '.join(kinds)} `{leaf.text}`{near}")
    return None if wrong or not found else expanded([leaf.text for leaf in found], known)


def names(*kinds: str) -> Form:
    """A list of names, or a single one; sets are expanded."""

    def read(item: Item, spot: Spot, scope: Scope) -> tuple[str, ...] | None:
        return find_names(leaves(item, spot), kinds, spot, scope)

    return Form(read, NAMES_SCHEMA)


def name(kind: str) -> Form:
    """One name."""

    def read(item: Item, spot: Spot, scope: Scope) -> str | None:
        if not isinstance(item, Leaf):
            spot.wrong(item, "expected one name")
            return None
        found = find_names(leaves(item, spot), (kind,), spot, scope)
        if found is not None and len(found) > 1:
            spot.wrong(item, f"expected one name; `{item.text}` is a set")
            return None
        return found[0] if found else None

    return Form(read, {"type": "string"})


# --- conditions ------------------------------------------------------------------------------------------------------




def condition(role: str) -> Form:
    """A condition, held against everything in scope, its names qualified and its sets expanded."""

    def read(item: Item, spot: Spot, scope: Scope) -> Condition | None:
        if not isinstance(item, Leaf):
            spot.wrong(item, "expected a condition; put it in single quotes")
            return None
        if item.cut:
            return None
        if item.truth is not None:
            spot.wrong(item, "leave `when` out instead of writing true or false")
            return None
        try:
            parsed = conditions.parse(item.text)
        except ConditionError as error:
            spot.wrong(item, str(error))
            return None
        place = conditions.Place(role, scope.populations, scope.on)
        found = conditions.check(parsed, scope.names, place)
        for message in found:
            whole = message == ENTRY_BY_TIE and spot.field.endswith(".when")
            (replace(spot, field=spot.field.removesuffix(".when")) if whole else spot).wrong(item, message)
        return None if found else conditions.resolve(parsed, scope.names)

    return Form(read, {"type": "string", "description": "a condition"})


# --- shares ----------------------------------------------------------------------------------------------------------


def decimal_share(item: Item, spot: Spot, scope: Scope) -> Decimal | None:
    """A share between 0 and 1 that has neither dates nor readings."""
    read = read_value(item, Written("chance", dated=False), spot, None, known_sources(scope))
    return None if read is None else read.documented[0].number


SHARE: Final = Form(decimal_share, {"type": "number", "minimum": 0, "maximum": 1})
