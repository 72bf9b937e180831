"""What a document declares, taken from its tree without judging it: the names other documents may use.

A document with mistakes still has an outline, so that one wrong clause does not make every reference to it wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from glasshouse.conditions import AttributeName, EventName, RatingName, TieName
from glasshouse.conditions.names import expanded
from glasshouse.reading.forms import ID
from glasshouse.reading.scope import EventTraits, RatingTraits, ServiceTraits
from glasshouse.reading.tree import Item, Leaf, Map, Row
from glasshouse.vocabulary import POPULATIONS


@dataclass(frozen=True, slots=True)
class RecipeOutline:
    """Areas, attributes and ties of a recipe."""

    areas: tuple[str, ...] = ()
    attributes: dict[str, AttributeName] = field(default_factory=dict)
    ties: dict[str, TieName] = field(default_factory=dict)
    propensity: str = "triangular"


@dataclass(frozen=True, slots=True)
class ConductOutline:
    """Events, services and sets of a conduct document."""

    events: dict[str, EventTraits] = field(default_factory=dict)
    services: dict[str, ServiceTraits] = field(default_factory=dict)
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    written_for: str = ""

    @property
    def event_names(self) -> dict[str, EventName]:
        return {key: EventName(each.populations, each.amounts) for key, each in self.events.items()}


@dataclass(frozen=True, slots=True)
class PolicyOutline:
    """Ratings and lists of a policy under their paths, what its detectors watch, and every id with its section."""

    name: str = ""
    ratings: dict[str, RatingName] = field(default_factory=dict)
    traits: dict[str, RatingTraits] = field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    watched: tuple[str, ...] = ()
    fed_lists: tuple[str, ...] = ()
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    ids: dict[str, str] = field(default_factory=dict)


def text_of(item: Item | None, key: str, otherwise: str = "") -> str:
    """The text under a key, if there is one."""
    below = item.get(key) if isinstance(item, Map) else None
    return below.text if isinstance(below, Leaf) else otherwise


def texts_of(item: Item | None, key: str) -> tuple[str, ...]:
    """The texts under a key: one, or a list of them."""
    below = item.get(key) if isinstance(item, Map) else None
    if isinstance(below, Row):
        return tuple(each.text for each in below.items if isinstance(each, Leaf))
    return (below.text,) if isinstance(below, Leaf) else ()


def clauses_of(tree: Map, section: str) -> Iterator[Map]:
    """The clauses of a section that are maps with a well-formed id."""
    rows = tree.get(section)
    for each in rows.items if isinstance(rows, Row) else ():
        if isinstance(each, Map) and ID.fullmatch(text_of(each, "id")):
            yield each


def populations_of(clause: Map, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """The subjects a clause names, or those of its document."""
    written = texts_of(clause, "subjects")
    return tuple(each for each in POPULATIONS if each in written) or otherwise


def subjects_of(tree: Map) -> tuple[str, ...]:
    """The subjects of a document."""
    return populations_of(tree, ("residents",))


def sets_of(tree: Map) -> dict[str, tuple[str, ...]]:
    """Sets as they are written."""
    sets = tree.get("sets")
    return {key: texts_of(sets, key) for key in sets.entries} if isinstance(sets, Map) else {}


def outline_recipe(tree: Map | None) -> RecipeOutline:
    """What a recipe declares."""
    if tree is None:
        return RecipeOutline()
    areas = tree.get("areas")
    rows = areas.items if isinstance(areas, Row) else []
    attributes: dict[str, AttributeName] = {}
    for clause in clauses_of(tree, "attributes"):
        attributes[text_of(clause, "id")] = outline_attribute(clause)
    ties = {
        text_of(tie, "id"): TieName(
            text_of(tie, "from", "residents"), text_of(tie, "to", "residents"), "to_when" in tie.entries
        )
        for tie in clauses_of(tree, "ties")
    }
    found = tuple(text_of(row, "area") for row in rows if text_of(row, "area"))
    return RecipeOutline(found, attributes, ties, text_of(tree, "propensity", "triangular"))


def outline_attribute(clause: Map) -> AttributeName:
    """Form, levels and breaks of an attribute."""
    populations = populations_of(clause, ("residents",))
    ordered = text_of(clause, "ordered") == "true"
    if "breaks" in clause.entries:
        breaks = [int(each) for each in texts_of(clause, "breaks") if each.isdecimal() and len(each) < 10]
        return AttributeName("breaks", populations, (), tuple(breaks), True)
    if "levels" in clause.entries:
        return AttributeName("levels", populations, _levels(clause), (), ordered)
    return AttributeName("yes", populations)


def _levels(clause: Map) -> tuple[str, ...]:
    levels = clause.get("levels")
    if not isinstance(levels, Map):
        return ()
    if "given" not in clause.entries:
        return tuple(levels.entries)
    rows = [row.entries for row in levels.entries.values() if isinstance(row, Map)]
    return tuple(dict.fromkeys(level for row in rows for level in row))


def outline_conduct(tree: Map | None) -> ConductOutline:
    """What a conduct document declares."""
    if tree is None:
        return ConductOutline()
    subjects = subjects_of(tree)
    events = {
        text_of(each, "id"): EventTraits(
            populations_of(each, subjects), text_of(each, "nature"), text_of(each, "place"), "amounts" in each.entries
        )
        for each in clauses_of(tree, "events")
    }
    services = {
        text_of(each, "id"): ServiceTraits(
            populations_of(each, subjects), "price" in each.entries, "wait" in each.entries
        )
        for each in clauses_of(tree, "services")
    }
    return ConductOutline(events, services, sets_of(tree), text_of(tree, "written_for"))


def outline_policy(tree: Map, conduct: ConductOutline, sections: tuple[str, ...]) -> PolicyOutline:
    """What a whole policy (its reforms applied) declares."""
    name, subjects = text_of(tree, "name"), subjects_of(tree)
    ratings: dict[str, RatingName] = {}
    traits: dict[str, RatingTraits] = {}
    for each in clauses_of(tree, "ratings"):
        path, held = f"{name}/{text_of(each, 'id')}", populations_of(each, subjects)
        rows = each.get("tiers")
        tiers = tuple(text_of(row, "tier") for row in (rows.items if isinstance(rows, Row) else ()))
        ratings[path] = RatingName(held, tiers)
        traits[path] = RatingTraits(text_of(each, "method"), text_of(each, "polarity", "merit"), held)
    lists = {f"{name}/{text_of(each, 'id')}": populations_of(each, subjects) for each in clauses_of(tree, "lists")}
    sets = sets_of(tree)
    watches = (kind for each in clauses_of(tree, "detectors") for kind in texts_of(each, "watches"))
    fed = tuple(f"{name}/{text_of(each, 'list').rpartition('/')[2]}" for each in clauses_of(tree, "spread"))
    ids = {text_of(each, "id"): section for section in reversed(sections) for each in clauses_of(tree, section)}
    watched = expanded(watches, {**conduct.sets, **sets})
    return PolicyOutline(name, ratings, traits, lists, watched, fed, sets, texts_of(tree, "reads"), ids)
