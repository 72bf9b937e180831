"""A policy and the conduct it is written for, resolved: references checked, sets expanded, defaults written out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

from glasshouse.canonical import canonical, canonical_text, digest
from glasshouse.conditions import Names
from glasshouse.conditions.names import did_you_mean
from glasshouse.errors import InvalidDocuments
from glasshouse.mechanisms import (
    detector,
    enrolment,
    event,
    gate,
    indicator,
    listing,
    rating,
    remedy,
    response,
    rule,
    spread,
)
from glasshouse.mechanisms.clause import Clause, Frozen, InForce, read_in_force, read_section
from glasshouse.mechanisms.detector import Detector
from glasshouse.mechanisms.enrolment import Enrolment
from glasshouse.mechanisms.event import Event, Service
from glasshouse.mechanisms.gate import Gate
from glasshouse.mechanisms.indicator import Indicator
from glasshouse.mechanisms.listing import NamedList
from glasshouse.mechanisms.rating import Rating
from glasshouse.mechanisms.remedy import Remedy
from glasshouse.mechanisms.response import Response
from glasshouse.mechanisms.rule import Rule
from glasshouse.mechanisms.spread import Spread
from glasshouse.reading.checks import (
    Reading,
    check_circles,
    check_enrolment,
    check_follows,
    check_ids,
    check_names,
    check_repeals,
    check_sets,
    check_weights,
)
from glasshouse.reading.far_ties import remark_far_ties
from glasshouse.reading.forms import (
    IDENTITY,
    SOURCE,
    SUBJECTS,
    TEXT,
    Field,
    Form,
    is_complete,
    name,
    read_fields,
    truth,
    word,
)
from glasshouse.reading.margin import Margin, Spot
from glasshouse.reading.outline import (
    ConductOutline,
    RecipeOutline,
    outline_conduct,
    outline_policy,
    outline_recipe,
    subjects_of,
    text_of,
    texts_of,
)
from glasshouse.reading.parts import part
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Map
from glasshouse.reform import Grammar, whole
from glasshouse.shelf import Library, Sheet
from glasshouse.vocabulary import POPULATIONS

__all__ = [
    "CONDUCT", "POLICY", "Authority", "Conduct", "Policy", "Surroundings", "canonical", "canonical_text", "digest",
    "load_conduct", "load_policy", "read_conduct", "read_policy",
]  # fmt: skip

POLICY: Final = Grammar(
    (
        enrolment.SECTION, detector.SECTION, rating.SECTION, rule.SECTION, indicator.SECTION, listing.SECTION,
        spread.SECTION, gate.SECTION, remedy.SECTION,
    )
)  # fmt: skip
CONDUCT: Final = Grammar((event.SECTION, event.SERVICES, response.SECTION))
WORDS: Final = Form(lambda item, spot, scope: None, {"type": "array", "items": {"type": "string"}})
SETS: Final = Form(lambda item, spot, scope: None, {"type": "object", "additionalProperties": WORDS.schema})
DATES: Final = Form(lambda item, spot, scope: None, {"type": "string", "format": "date"})
"""Fields that are read before or after the others, by what they need."""


class Authority(Frozen):
    """Who runs the policy."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("name", TEXT, required=True),
        Field("kind", word(("public", "private", "mixed")), required=True),
        Field("level", word(("state", "province", "city", "platform")), required=True),
    )

    name: str
    kind: str
    level: str


class Policy(Frozen):
    """A whole policy in the order of a life. Every reference inside a clause is qualified: POLICY/NAME."""

    KIND: ClassVar[str] = "policy"
    SECTIONS: ClassVar[Grammar] = POLICY
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("name", IDENTITY, required=True),
        Field("title", TEXT, required=True),
        Field("text", TEXT, required=True),
        Field("source", SOURCE, required=True),
        Field("note", TEXT),
        Field("authority", part(Authority), required=True),
        Field("written_for", TEXT, required=True),
        Field("jurisdiction", name("areas"), required=True),
        Field("subjects", SUBJECTS, required=True),
        Field("in_force", DATES, required=True),
        Field("reads", WORDS),
        Field("repeals", WORDS),
        Field("sets", SETS),
        Field("legal_basis", TEXT),
        Field("aim", TEXT),
        Field("ai_system", truth(undeclared=True)),
    )

    name: str
    title: str
    text: str
    source: tuple[str, ...]
    note: str | None = None
    authority: Authority
    written_for: str
    jurisdiction: str
    subjects: tuple[str, ...]
    in_force: InForce
    reads: tuple[str, ...] = ()
    repeals: tuple[str, ...] = ()
    legal_basis: str = "undeclared"
    aim: str = "undeclared"
    ai_system: bool | str = "undeclared"
    enrolment: tuple[Enrolment, ...] = ()
    detectors: tuple[Detector, ...] = ()
    ratings: tuple[Rating, ...] = ()
    rules: tuple[Rule, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    lists: tuple[NamedList, ...] = ()
    spread: tuple[Spread, ...] = ()
    gates: tuple[Gate, ...] = ()
    remedies: tuple[Remedy, ...] = ()


class Conduct(Frozen):
    """The world without a policy."""

    KIND: ClassVar[str] = "conduct"
    SECTIONS: ClassVar[Grammar] = CONDUCT
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("name", IDENTITY, required=True),
        Field("title", TEXT, required=True),
        Field("text", TEXT, required=True),
        Field("source", SOURCE, required=True),
        Field("note", TEXT),
        Field("written_for", TEXT, required=True),
        Field("subjects", SUBJECTS, default=("residents",)),
        Field("sets", SETS),
    )

    name: str
    title: str
    text: str
    source: tuple[str, ...]
    note: str | None = None
    written_for: str
    subjects: tuple[str, ...]
    events: tuple[Event, ...] = ()
    services: tuple[Service, ...] = ()
    responses: tuple[Response, ...] = ()


# --- what a document is read against ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The library, and the documents a policy or conduct document is read with; ``policies`` are those it may read."""

    library: Library
    conduct: ConductOutline
    recipe: RecipeOutline
    policies: dict[str, Map]
    step: str = "month"


def conduct_scope(tree: Map, around: Surroundings) -> Scope:
    """What is in sight of a conduct document."""
    conduct, recipe = around.conduct, around.recipe
    names = Names(
        attributes=recipe.attributes,
        areas=recipe.areas,
        ties=recipe.ties,
        events=conduct.event_names,
        services={key: each.populations for key, each in conduct.services.items()},
        event_sets=_sets_of(conduct.sets, conduct.events),
        service_sets=_sets_of(conduct.sets, conduct.services),
    )
    return Scope(
        document=text_of(tree, "name"),
        kind="conduct",
        names=names,
        events=conduct.events,
        services=conduct.services,
        sources=around.library.sources(),
        propensity=recipe.propensity,
        step=around.step,
        subjects=subjects_of(tree),
    )


def policy_scope(tree: Map, around: Surroundings) -> Scope:
    """What is in sight of a policy: its own names, those of its conduct, and those of the policies it reads."""
    scope = conduct_scope(tree, around)
    own = outline_policy(tree, around.conduct, POLICY.names)
    readable = [around.policies[each] for each in own.reads if each in around.policies]
    read = [outline_policy(each, around.conduct, POLICY.names) for each in readable]
    sets = {**around.conduct.sets, **own.sets}
    lists = _merged(own.lists, *(each.lists for each in read))
    names = replace(
        scope.names,
        policy=scope.document,
        ratings=_merged(own.ratings, *(each.ratings for each in read)),
        lists=lists,
        event_sets=_sets_of(sets, scope.events),
        service_sets=_sets_of(sets, scope.services),
        list_sets=_sets_of(own.sets, [path.partition("/")[2] for path in lists]),
    )
    return replace(
        scope,
        kind="policy",
        names=names,
        ratings=_merged(own.traits, *(each.traits for each in read)),
        watched=frozenset(own.watched).union(*(each.watched for each in read)),
        fed_lists=frozenset(own.fed_lists),
        asked_by=text_of(tree.get("authority"), "kind", "public"),
        legal_basis=text_of(tree, "legal_basis", "undeclared"),
    )


def _sets_of(sets: dict[str, tuple[str, ...]], known: Any) -> dict[str, tuple[str, ...]]:
    """The sets whose names are all of one kind."""
    return {key: held for key, held in sets.items() if held and all(each in known for each in held)}


def _merged(*parts: dict[str, Any]) -> dict[str, Any]:
    return {key: value for each in reversed(parts) for key, value in each.items()}


# --- reading ---------------------------------------------------------------------------------------------------------


def read_policy(tree: Map, around: Surroundings, margin: Margin) -> Policy | None:
    """A whole policy from its tree; None, with the mistakes noted, where anything in it is wrong."""
    before, scope = margin.wrong, policy_scope(tree, around)
    spot = Spot(margin, scope.document)
    in_force = read_in_force(tree.get("in_force"), spot.into("in_force"), scope)
    if in_force is not None:
        scope = replace(scope, document_start=in_force.since, document_end=in_force.until, start=in_force.since)
    head = read_fields(tree, Policy.FIELDS, spot, replace(scope, subjects=POPULATIONS), ("glasshouse", *POLICY.names))
    read = Reading(tree, scope, margin, POLICY.names)
    check_sets(read, around.conduct.sets)
    check_names(read, "reads", around.library.names("policy"), "policy")
    check_repeals(read, lambda name: _clause_ids(name, around), around.library.names("policy"))
    check_ids(read)
    sections = _sections(tree, POLICY, scope, margin)
    check_enrolment(read, sections)
    check_weights(read, sections)
    check_circles(read, sections)
    remark_far_ties(read, sections)
    head["in_force"] = in_force
    if margin.wrong > before or not is_complete(head, Policy.FIELDS):
        return None
    lists = {"reads": texts_of(tree, "reads"), "repeals": texts_of(tree, "repeals")}
    return Policy(**{**head, **lists, **sections})


def read_conduct(tree: Map, around: Surroundings, margin: Margin) -> Conduct | None:
    """A whole conduct document from its tree; None, with the mistakes noted, where anything in it is wrong."""
    before, scope = margin.wrong, conduct_scope(tree, around)
    spot, besides = Spot(margin, scope.document), ("glasshouse", *CONDUCT.names)
    head = read_fields(tree, Conduct.FIELDS, spot, replace(scope, subjects=POPULATIONS), besides)
    read = Reading(tree, scope, margin, CONDUCT.names)
    check_sets(read, {})
    check_ids(read)
    sections = _sections(tree, CONDUCT, scope, margin)
    check_follows(read, sections)
    remark_far_ties(read, sections)
    whole_head = is_complete(head, Conduct.FIELDS)
    return Conduct(**head, **sections) if margin.wrong == before and whole_head else None


def _sections(tree: Map, grammar: Grammar, scope: Scope, margin: Margin) -> dict[str, tuple[Clause, ...]]:
    written = ((section, tree.get(section.name)) for section in grammar.sections)
    return {section.name: read_section(section, item, margin, scope) for section, item in written if item is not None}


def _clause_ids(name: str, around: Surroundings) -> tuple[str, ...] | None:
    """Ids of the clauses of any policy of the library; None: there is no such policy."""
    if around.library.find("policy", name) is None:
        return None
    tree = whole(around.library.sheet("policy", name), around.library, POLICY, Margin())
    return tuple(outline_policy(tree, around.conduct, POLICY.names).ids) if tree is not None else ()


# --- from the library ------------------------------------------------------------------------------------------------


def outline_by_name(kind: str, named: str, at: Item, spot: Spot, library: Library) -> Map | None:
    """The tree of another document that a head names; None, noted, where there is none."""
    if library.find(kind, named) is None:
        spot.wrong(at, f"unknown {kind} `{named}`{did_you_mean(named, library.names(kind))}")
        return None
    return library.sheet(kind, named).tree


def around_conduct(sheet: Sheet, library: Library, margin: Margin) -> Surroundings | None:
    """The documents a conduct document is read with."""
    tree = sheet.tree
    if tree is None:
        return None
    recipe = _written_for(tree, "recipe", library, margin)
    return None if recipe is None else Surroundings(library, outline_conduct(tree), outline_recipe(recipe), {})


def around_policy(tree: Map, library: Library, margin: Margin) -> Surroundings | None:
    """The documents a policy is read with: its conduct, the recipe of that, and the policies it reads."""
    conduct = _written_for(tree, "conduct", library, margin)
    recipe = _written_for(conduct, "recipe", library, Margin()) if conduct is not None else None
    if conduct is None or recipe is None:
        return None
    read: dict[str, Map] = {}
    for each in texts_of(tree, "reads"):
        if library.find("policy", each) is not None:
            found = whole(library.sheet("policy", each), library, POLICY, Margin())
            read |= {each: found} if found is not None else {}
    return Surroundings(library, outline_conduct(conduct), outline_recipe(recipe), read)


def _written_for(tree: Map, kind: str, library: Library, margin: Margin) -> Map | None:
    named = text_of(tree, "written_for")
    if not named:
        return Map({}, {}, tree.mark)
    spot = Spot(margin, text_of(tree, "name"), "written_for")
    return outline_by_name(kind, named, tree.entries["written_for"], spot, library)


def policy_of(sheet: Sheet, library: Library, margin: Margin) -> Policy | None:
    """The policy of a sheet, its reforms applied; None, with the mistakes noted, where anything in it is wrong."""
    tree = whole(sheet, library, POLICY, margin)
    around = around_policy(tree, library, margin) if tree is not None else None
    return read_policy(tree, around, margin) if tree is not None and around is not None else None


def conduct_of(sheet: Sheet, library: Library, margin: Margin) -> Conduct | None:
    """The conduct document of a sheet; None, with the mistakes noted, where anything in it is wrong."""
    margin.mistakes.extend(sheet.mistakes)
    around = around_conduct(sheet, library, margin)
    return read_conduct(sheet.tree, around, margin) if sheet.tree is not None and around is not None else None


def load_policy(name_or_path: str | Path, library: Library) -> Policy:
    """A policy of the library or of a file. Raises InvalidDocuments with everything that is wrong."""
    margin = Margin()
    return demanded(policy_of(library.sheet("policy", name_or_path), library, margin), margin)


def load_conduct(name_or_path: str | Path, library: Library) -> Conduct:
    """A conduct document of the library or of a file. Raises InvalidDocuments with everything that is wrong."""
    margin = Margin()
    return demanded(conduct_of(library.sheet("conduct", name_or_path), library, margin), margin)


Read = TypeVar("Read")


def demanded(found: Read | None, margin: Margin) -> Read:
    """What was read, or its mistakes raised."""
    if found is None or margin.wrong:
        raise InvalidDocuments(margin.mistakes)
    return found
