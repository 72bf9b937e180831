"""A recipe is the document a society is made from: aggregate margins, no person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Final

from glasshouse.canonical import number, write_fields
from glasshouse.conditions import Condition, Names, to_text
from glasshouse.errors import InvalidDocuments
from glasshouse.mechanisms.clause import Clause, Draft, Frozen, Section, read_section, shown_day
from glasshouse.reading.checks import Reading, check_ids
from glasshouse.reading.forms import (
    IDENTITY,
    SHARE,
    SOURCE,
    TEXT,
    Field,
    Form,
    condition,
    is_complete,
    read_fields,
    read_one,
    truth,
    value,
    whole,
    word,
)
from glasshouse.reading.leaves import Written, day_of
from glasshouse.reading.margin import Margin, Spot
from glasshouse.reading.outline import outline_recipe, text_of
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Leaf, Map, Row
from glasshouse.reform import Grammar
from glasshouse.shelf import Library, Sheet
from glasshouse.society.margins import (
    check_archetypes,
    check_areas,
    check_cells,
    check_places,
    fill_areas,
    resolve_attribute,
)
from glasshouse.vocabulary import CONFIDENCES, POPULATIONS

RESIDENTS: Final = whole(0, 10**11, "a number of residents")
FIRMS: Final = whole(0, 10**11, "a number of firms")
LARGEST_HOUSEHOLD: Final = 20


def _as_written(item: Item, spot: Spot, scope: Scope) -> Item:
    """A field that is read together with others."""
    return item


def _day(item: Item, spot: Spot, scope: Scope) -> date | None:
    found = day_of(item)
    if found is None:
        spot.wrong(item, f"found {shown_day(item)}, expected a date such as 2018-01-01")
    return found


def _mean(item: Item, spot: Spot, scope: Scope) -> Decimal | None:
    read = value(Written("number", dated=False, for_what="a number of ties")).read(item, spot, scope)
    return None if read is None else Decimal(read.documented[0].number)


def _members(item: Item, spot: Spot, scope: Scope) -> tuple[Condition | None, ...] | None:
    """A number of anybody, or one condition a member."""
    if isinstance(item, Leaf):
        count = whole(1, LARGEST_HOUSEHOLD, f"1 to {LARGEST_HOUSEHOLD} members").read(item, spot, scope)
        return None if count is None else (None,) * count
    if not isinstance(item, Row) or not 1 <= len(item.items) <= LARGEST_HOUSEHOLD:
        spot.wrong(item, f"expected a number of members, or a list of 1 to {LARGEST_HOUSEHOLD} conditions")
        return None
    asked = [read_one(each, condition("household"), spot.row(index), scope) for index, each in enumerate(item.items)]
    return None if None in asked else tuple(asked)


RAW: Final = Form(_as_written)
DAY: Final = Form(_day, {"type": "string", "format": "date"})
MEMBERS: Final = Form(_members, {"oneOf": [{"type": "integer"}, {"type": "array", "items": {"type": "string"}}]})
SHARES: Final = Form(_as_written, {"type": ["array", "object"]})
LEVELS: Final = Form(_as_written, {"type": "object"})
YES: Final = Form(_as_written, {"type": ["number", "object"], "description": "a share"})


class AreaRow(Frozen):
    """One area: a whole stands before its parts. ``within`` is the document's ``in``."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("area", IDENTITY, required=True),
        Field("in", TEXT, attribute="within"),
        Field("residents", RESIDENTS),
        Field("urban", SHARE),
        Field("legal_units", FIRMS),
        Field("source", SOURCE),
        Field("confidence", word(CONFIDENCES)),
    )

    area: str
    within: str | None = None
    residents: int
    """Filled in on resolving: a whole left silent has the recipe's residents (first) or the sum of its parts."""
    urban: Decimal | None = None
    legal_units: int | None = None
    source: tuple[str, ...] = ()
    confidence: str | None = None


class AttributeClause(Clause):
    """An attribute with finitely many levels.

    ``level_names`` in order: for ``breaks`` the numbers as text, for ``yes`` ("false", "true").
    ``shares``: without ``given`` one row under the key ""; with ``given`` one row for each level name of that
    attribute (all of them, breaks filled in: a key holds until the next key). Every row has one share a level.
    ``from_areas: urban`` has no shares.
    """

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("breaks", Form(_as_written, {"type": "array", "items": {"type": "integer"}})),
        Field("shares", SHARES),
        Field("levels", LEVELS),
        Field("yes", YES),
        Field("from_areas", Form(_as_written, {"const": "urban"})),
        Field("given", TEXT),
        Field("ordered", truth()),
    )

    form: str  # breaks | levels | yes | from_areas
    breaks: tuple[int, ...] = ()
    level_names: tuple[str, ...]
    shares: dict[str, tuple[Decimal, ...]] = {}
    given: str | None = None
    ordered: bool = False
    from_areas: str | None = None

    def write(self) -> dict[str, Any]:
        """The clause as documents write it."""
        head = write_fields(self)
        last = {key: head.pop(key) for key in ("given", "ordered") if key in head}
        for key in ("breaks", "shares", "from_areas"):
            head.pop(key, None)
        return head | self._margins() | last

    def _margins(self) -> dict[str, Any]:
        if self.from_areas is not None:
            return {"from_areas": self.from_areas}
        rows = {level: self._row(shares) for level, shares in self.shares.items()}
        written = rows if self.given is not None else rows[""]
        if self.form == "breaks":
            return {"breaks": list(self.breaks), "shares": written}
        return {self.form: written}

    def _row(self, shares: tuple[Decimal, ...]) -> Any:
        if self.form == "yes":
            return number(shares[1])
        numbers = [number(share) for share in shares]
        return numbers if self.form == "breaks" else dict(zip(self.level_names, numbers, strict=True))


class HouseholdClause(Clause):
    """A type of household: a share and its members, one condition each (None: anybody)."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("share", SHARE, required=True),
        Field("members", MEMBERS, required=True),
    )

    share: Decimal
    members: tuple[Condition | None, ...]

    def write(self) -> dict[str, Any]:
        """The clause as documents write it."""
        asked = [to_text(member) for member in self.members if member is not None]
        return write_fields(self) | {"members": asked or len(self.members)}


def about(population: str, scope: Scope) -> Scope:
    """The conditions of a tie are about the subjects at its ends."""
    return replace(scope, populations=(population,))


class TieClause(Clause):
    """A tie between subjects. ``from_population``, ``to_population`` are the document's ``from`` and ``to``."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("from", word(POPULATIONS), required=True, attribute="from_population", after=about),
        Field("from_when", condition("tie")),
        Field("to", word(POPULATIONS), required=True, attribute="to_population", after=about),
        Field("to_when", condition("tie")),
        Field("within", word(("household", "block", "area")), required=True),
        Field("mean", Form(_mean, {"type": "number", "minimum": 0})),
    )

    from_population: str
    to_population: str
    from_when: Condition | None = None
    to_when: Condition | None = None
    within: str  # household | block | area
    mean: Decimal | None = None


def check_tie(draft: Draft) -> None:
    """Ties in a household have no mean; ties between residents and firms are those of an area."""
    within, ends = draft.get("within"), (draft.get("from_population"), draft.get("to_population"))
    if within == "household" and draft.has("mean"):
        draft.wrong("a tie in a household has no `mean`", "mean")
    if within == "household" and "firms" in ends:
        draft.wrong("firms have no household", "within")
    elif within == "block" and None not in ends and ends[0] != ends[1]:
        draft.wrong("a tie between residents and firms is `within: area`", "within")
    if within in ("block", "area") and not draft.has("mean"):
        draft.wrong("`mean` is missing: how many such ties has a subject?")


ATTRIBUTES: Final = Section("attributes", AttributeClause, resolve_attribute)
HOUSEHOLDS: Final = Section("households", HouseholdClause)
TIES: Final = Section("ties", TieClause, check_tie)
RECIPE: Final = Grammar((ATTRIBUTES, HOUSEHOLDS, TIES))


class Recipe(Frozen):
    """A whole recipe, resolved."""

    KIND: ClassVar[str] = "recipe"
    SECTIONS: ClassVar[Grammar] = RECIPE
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("name", IDENTITY, required=True),
        Field("title", TEXT, required=True),
        Field("text", TEXT, required=True),
        Field("source", SOURCE, required=True),
        Field("note", TEXT),
        Field("at", DAY, required=True),
        Field("residents", RESIDENTS, required=True),
        Field("firms", FIRMS, required=True),
        Field("propensity", word(("triangular", "uniform", "none"))),
        Field("fictional", truth()),
        Field("areas", RAW, required=True),
    )

    name: str
    title: str
    text: str
    source: tuple[str, ...]
    note: str | None = None
    at: date
    residents: int
    firms: int
    propensity: str = "triangular"
    fictional: bool = False
    areas: tuple[AreaRow, ...]
    attributes: tuple[AttributeClause, ...]
    households: tuple[HouseholdClause, ...]
    ties: tuple[TieClause, ...]


# --- reading ---------------------------------------------------------------------------------------------------------


def read_recipe(tree: Map, library: Library, margin: Margin) -> Recipe | None:
    """A whole recipe from its tree; None, with the mistakes noted, where anything in it is wrong."""
    before, outline, document = margin.wrong, outline_recipe(tree), text_of(tree, "name")
    names = Names(attributes=outline.attributes, areas=outline.areas, ties=outline.ties)
    sources = library.sources()
    scope = Scope(document=document, kind="recipe", names=names, sources=sources, subjects=POPULATIONS)
    spot, besides = Spot(margin, document), ("glasshouse", *RECIPE.names)
    head = read_fields(tree, Recipe.FIELDS, spot, scope, besides)
    for section in RECIPE.sections:
        if section is HOUSEHOLDS and section.name not in tree.entries:
            spot.wrong(tree, "`households` is missing")
    check_ids(Reading(tree, scope, margin, RECIPE.names))
    sections = {
        section.name: read_section(section, tree.entries[section.name], margin, scope, f"{section.name}.")
        if section.name in tree.entries
        else ()
        for section in RECIPE.sections
    }
    head["areas"] = _read_areas(head.get("areas"), head, library, margin, scope)
    if margin.wrong > before or not is_complete(head, Recipe.FIELDS):
        return None
    check_archetypes(sections["households"], outline.attributes, tree.entries["households"], margin)
    if not head.get("fictional", False):
        sizes = {"residents": head["residents"], "firms": head["firms"]}
        check_cells(sections["attributes"], sizes, margin, tree)
    return None if margin.wrong > before else Recipe(**head, **sections)


def _read_areas(
    item: Item | None, head: dict[str, Any], library: Library, margin: Margin, scope: Scope
) -> tuple[AreaRow, ...]:
    if not isinstance(item, Row) or not item.items:
        if item is not None:
            Spot(margin, scope.document, "areas").wrong(item, "expected a list of areas, a whole before its parts")
        return ()
    before, rows = margin.wrong, []
    for index, each in enumerate(item.items):
        spot = Spot(margin, f"areas.{text_of(each, 'area') or index}")
        if isinstance(each, Map):
            rows.append((each, read_fields(each, AreaRow.FIELDS, spot, scope)))
        else:
            spot.wrong(each, "expected an area: {area: .., residents: ..}")
    fictional = bool(head.get("fictional", False))
    if fictional:
        check_places(rows, library.real_places(), margin)
    if margin.wrong > before or not fill_areas(rows, head.get("residents"), margin):
        return ()
    if "residents" in head:
        check_areas(rows, head["residents"], fictional, margin)
    return tuple(AreaRow(**found) for _, found in rows)


def recipe_of(sheet: Sheet, library: Library, margin: Margin) -> Recipe | None:
    """The recipe of a sheet; None, with the mistakes noted, where anything in it is wrong."""
    margin.mistakes.extend(sheet.mistakes)
    return read_recipe(sheet.tree, library, margin) if sheet.tree is not None else None


def load_recipe(name_or_path: str | Path, library: Library) -> Recipe:
    """A recipe of the library or of a file. Raises InvalidDocuments with everything that is wrong."""
    margin = Margin()
    found = recipe_of(library.sheet("recipe", name_or_path), library, margin)
    if found is None or margin.wrong:
        raise InvalidDocuments(margin.mistakes)
    return found
