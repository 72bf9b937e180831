"""What every clause has: its id, the sentence it encodes, its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from glasshouse.conditions import Names
from glasshouse.reading.forms import (
    IDENTITY,
    SOURCE,
    SUBJECTS,
    TEXT,
    Field,
    Form,
    is_complete,
    note_unknown,
    read_fields,
    word,
)
from glasshouse.reading.leaves import day_of
from glasshouse.reading.margin import Margin, Spot, key_mark
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Leaf, Map, Row
from glasshouse.values import Value
from glasshouse.vocabulary import CONFIDENCES, READINGS

Factors = dict[str, dict[str, dict[str, Value]]]
"""Factors of a clause: field -> attribute -> level name (a break as its number in text) -> factor."""


@dataclass(frozen=True, slots=True)
class InForce:
    """From a day to a day, last day included; ``None``: no end."""

    since: date
    until: date | None


class Frozen(BaseModel):
    """A part of a document: unknown keys are mistakes, nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    FIELDS: ClassVar[tuple[Field, ...]] = ()
    """The fields as documents write them, in the order of the canonical form (those of every clause left out)."""


class Clause(Frozen):
    """A resolved clause. ``in_force``, ``confidence``, ``subjects`` and ``legal_basis`` are filled in on resolving."""

    id: str
    text: str
    source: tuple[str, ...]
    confidence: str
    note: str | None = None
    reading: str | None = None
    """The only reading in which the clause exists, or None for both."""
    in_force: InForce | None = None
    """None in conduct and recipe documents where nothing is said: always."""
    subjects: tuple[str, ...] = ("residents",)
    legal_basis: str = "undeclared"


IN_FORCE_SCHEMA: dict[str, Any] = {
    "oneOf": [
        {"type": "string", "format": "date"},
        {"type": "object", "properties": {"from": {"type": "string"}, "to": {"type": "string"}}},
    ]
}

CLAUSE_FIELDS: tuple[Field, ...] = (
    Field("id", IDENTITY, required=True),
    Field("text", TEXT, required=True),
    Field("source", SOURCE, required=True),
    Field("confidence", word(CONFIDENCES)),
    Field("note", TEXT),
    Field("reading", word(READINGS)),
    Field("in_force", Form(lambda item, spot, scope: None, IN_FORCE_SCHEMA)),
    Field("subjects", SUBJECTS, default=lambda scope: scope.usual_subjects),
    Field("legal_basis", TEXT, default=lambda scope: scope.legal_basis),
)
"""The fields every clause has; ``in_force`` and ``subjects`` are read first, since the others depend on them."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A clause while it is checked: what was written, what could be read, and where to note what is wrong."""

    item: Map
    found: dict[str, Any]
    spot: Spot
    scope: Scope

    def has(self, field: str) -> bool:
        """Whether the field stands in the document, right or wrong."""
        return field in self.item.entries

    def get(self, attribute: str) -> Any:
        """The resolved value, or None where it is absent or could not be read."""
        return self.found.get(attribute)

    @property
    def item_id(self) -> str:
        """The id as it is written."""
        return named(self.item, "")

    def at(self, path: str) -> Item:
        """The item of a field (or of a field in a part of it), or the clause itself."""
        item: Item = self.item
        for key in path.split("."):
            below = item.get(key) if isinstance(item, Map) else None
            if below is None:
                return item
            item = below
        return item

    def wrong(self, message: str, field: str = "") -> None:
        """Note a mistake about the whole clause, placed at a field of it."""
        self.spot.wrong(self.at(field), message)

    def wrong_in(self, field: str, message: str) -> None:
        """Note a mistake about one field."""
        self.spot.into(field).wrong(self.at(field), message)

    def exactly_one(self, *fields: str) -> bool:
        """Whether exactly one of these fields stands; noted if not."""
        written = [field for field in fields if self.has(field)]
        if len(written) == 1:
            return True
        told = " and ".join(written) or "none"
        self.wrong(f"exactly one of {', '.join(fields)}; found {told}", written[-1] if written else "")
        return False


@dataclass(frozen=True, slots=True)
class Section:
    """A list of clauses of one kind in a document: its name, its model, and the checks that need more than types."""

    name: str
    model: type[Clause]
    check: Callable[[Draft], None] = lambda draft: None
    complete: Callable[[dict[str, Any], Names], None] = lambda found, names: None

    @property
    def fields(self) -> tuple[Field, ...]:
        return (*CLAUSE_FIELDS, *self.model.FIELDS)


def read_section(section: Section, item: Item, margin: Margin, scope: Scope, prefix: str = "") -> tuple[Clause, ...]:
    """All clauses of a section that could be read; the others are noted, their ids after ``prefix``."""
    if not isinstance(item, Row):
        told = "expected a list of clauses, each beginning with `- id:`"
        Spot(margin, scope.document, section.name).wrong(item, told)
        return ()
    read = [read_clause(section, each, index, margin, scope, prefix) for index, each in enumerate(item.items)]
    return tuple(clause for clause in read if clause is not None)


def read_clause(
    section: Section, item: Item, index: int, margin: Margin, scope: Scope, prefix: str = ""
) -> Clause | None:
    """One clause, resolved; None, with its mistakes noted, where something is wrong."""
    spot = Spot(margin, prefix + named(item, f"{section.name}[{index}]"))
    if not isinstance(item, Map):
        spot.wrong(item, "a clause is a map: id, text, source and its own fields")
        return None
    before = margin.wrong
    in_force = read_in_force(item.get("in_force"), spot.into("in_force"), scope)
    scope = replace(scope, start=in_force.since if in_force else None, populations=_populations(item, margin, scope))
    found = read_fields(item, section.fields, spot, scope)
    if "in_force" in item.entries or scope.kind == "policy":
        found["in_force"] = in_force
    section.check(Draft(item, found, spot, scope))
    if margin.wrong > before or not is_complete(found, section.fields):
        return None
    found.setdefault("confidence", "invented" if found["source"] == ("invented",) else "background")
    section.complete(found, scope.names)
    torn = [name for name, field in section.model.model_fields.items() if field.is_required() and name not in found]
    return None if torn else section.model(**found)  # what is torn is noted where the text was cut


def named(item: Item, otherwise: str) -> str:
    """The id of a clause as it is written, for messages."""
    leaf = item.get("id") if isinstance(item, Map) else None
    return leaf.text if isinstance(leaf, Leaf) and leaf.text else otherwise


def _populations(item: Map, margin: Margin, scope: Scope) -> tuple[str, ...]:
    """The subjects of a clause, noted later if they are wrong."""
    if (written := item.get("subjects")) is None:
        return scope.usual_subjects
    return SUBJECTS.read(written, Spot(Margin()), scope) or scope.usual_subjects


def read_in_force(item: Item | None, spot: Spot, scope: Scope) -> InForce | None:
    """The days between which a clause or document holds; a clause takes what its document says where it is silent."""
    whole = InForce(scope.document_start, scope.document_end) if scope.document_start else None
    if item is None or (isinstance(item, Leaf) and item.cut):
        return whole
    since = until = None
    if isinstance(item, Map):
        note_unknown(item, ("from", "to"), spot)
        since = _day(item.get("from"), spot) if "from" in item.entries else scope.document_start
        until = _day(item.get("to"), spot) if "to" in item.entries else scope.document_end
        if "from" not in item.entries and since is None:
            spot.wrong(item, "`from` is missing")
    else:
        since, until = _day(item, spot), scope.document_end
    if since is None:
        return whole
    if until is not None and until < since:
        spot.wrong(item, f"ends ({until}) before it begins ({since})")
        return whole
    if scope.document_start is not None and since < scope.document_start:
        spot.wrong(item, f"begins {since}, before its policy ({scope.document_start})")
        return whole
    return InForce(since, until)


def _day(item: Item | None, spot: Spot) -> date | None:
    found = day_of(item)
    if found is None and item is not None:
        told = shown_day(item)
        spot.wrong(item, f"found {told}, expected a date such as 2018-01-01")
    return found


def shown_day(item: Item) -> str:
    """What stood where a date was expected."""
    return f"`{item.text}`" if isinstance(item, Leaf) else "a list" if isinstance(item, Row) else "a map"


# --- checks that several mechanisms share ----------------------------------------------------------------------------

DAYS_A_STEP = {"month": Decimal("30.4375"), "week": Decimal(7), "day": Decimal(1)}


def beside(kinds: tuple[str, ...], scope: Scope) -> Scope:
    """A condition beside ``on`` may ask about the record of these kinds."""
    return replace(scope, on=() if kinds == ("enrolment",) else kinds)


def only_rating(scope: Scope) -> str | None:
    """The rating of a policy that has one."""
    own = scope.own_ratings
    return own[0] if len(own) == 1 else None


def check_rating(draft: Draft, method: str, what: str) -> str | None:
    """The rating a clause counts in: one of this policy, of the right method, that holds the clause's subjects."""
    path: str | None = draft.get("rating")
    own = len(draft.scope.own_ratings)
    if path is None:
        if not draft.has("rating"):
            draft.wrong(f"`rating` is missing: the policy has {own} ratings")
        return None
    traits, name = draft.scope.ratings[path], path.partition("/")[2]
    if not draft.scope.names.own(path):
        draft.wrong(f"`{name}` belongs to another authority: {what} counts in a rating of its own policy", "rating")
        return None
    if traits.method and traits.method != method:
        draft.wrong(f"{what} needs a rating with method {method}", "rating")
        return None
    if not set(traits.populations) & set(draft.scope.populations):
        told = f"rating `{name}` holds {' and '.join(traits.populations)}, the clause is about"
        draft.wrong(f"{told} {' and '.join(draft.scope.populations)}", "rating")
    return path


def check_factors(draft: Draft, always: tuple[str, ...] = ()) -> None:
    """Factors stand beside a value they multiply; those in ``always`` have one even where nothing is written."""
    written = draft.item.get("factors")
    for field in draft.get("factors") or {}:
        if field not in always and isinstance(written, Map) and not _stands(draft.item, field):
            told = f"`{field}` has factors but no value"
            draft.spot.into("factors").wrong(key_mark(written, field), told)


def _stands(item: Item | None, path: str) -> bool:
    for key in path.split("."):
        item = item.get(key) if isinstance(item, Map) else None
    return item is not None


def check_doers(draft: Draft, kinds: tuple[str, ...], field: str) -> None:
    """Some subject of the clause can do each of these kinds."""
    for kind in kinds:
        traits = draft.scope.events.get(kind)
        if traits is not None and not set(traits.populations) & set(draft.scope.populations):
            doers, about = " and ".join(traits.populations), " and ".join(draft.scope.populations)
            draft.wrong(f"event `{kind}` is done by {doers}, the clause is about {about}", field)


def check_seekers(draft: Draft, services: tuple[str, ...]) -> None:
    """Some subject of the clause asks for each of these services."""
    for service in services:
        traits = draft.scope.services.get(service)
        if traits is not None and not set(traits.populations) & set(draft.scope.populations):
            seekers, about = " and ".join(traits.populations), " and ".join(draft.scope.populations)
            draft.wrong(f"service `{service}` is asked for by {seekers}, the clause is about {about}", "services")


def check_steps(draft: Draft, *paths: str) -> None:
    """Remark durations shorter than half a step where at least one step is counted."""
    for path in paths:
        value: Any = draft.found
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else getattr(value, key, None)
        if isinstance(value, Value):
            remark_no_step(value, draft.at(path), draft.spot.into(path), draft.scope)


def remark_no_step(value: Value, at: Item, spot: Spot, scope: Scope) -> None:
    """Remark a duration that rounds to no step: it counts as one."""
    for entry in (*value.reported, *value.documented):
        days = entry.number * DAYS_A_STEP["month"] if entry.unit == "months" else entry.number
        if entry.unit in ("days", "months") and days * 2 < DAYS_A_STEP[scope.step]:
            spot.remark(at, f"rounds to no {scope.step}; it counts as one {scope.step}")
            return
