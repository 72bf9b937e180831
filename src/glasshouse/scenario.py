"""A scenario: policies x society x period x seed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Final

from glasshouse.canonical import write_fields
from glasshouse.conditions.names import did_you_mean
from glasshouse.errors import InvalidDocuments, UsageError
from glasshouse.mechanisms.clause import Frozen
from glasshouse.policy import CONDUCT, POLICY, Conduct, Policy, Surroundings, outline_by_name, read_conduct, read_policy
from glasshouse.reading.checks import circle, entry_asks
from glasshouse.reading.forms import IDENTITY, SOURCE, TEXT, Field, Form, is_complete, read_fields, whole, word
from glasshouse.reading.margin import Margin, Spot
from glasshouse.reading.outline import outline_conduct, outline_recipe, text_of, texts_of
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Leaf, Map, Mark, Row, plant
from glasshouse.reform import Change, apply_changes
from glasshouse.reform import whole as whole_policy
from glasshouse.shelf import Library, Sheet
from glasshouse.society.recipe import RECIPE, Recipe, read_recipe
from glasshouse.targets import Target, read_groups, read_period, read_targets
from glasshouse.vocabulary import READINGS, STEPS

__all__ = ["Scenario", "Seeds", "Target", "load_scenario", "scenario_of"]

LATER: Final = Form(lambda item, spot, scope: None)
"""Fields that are read once the documents they name are."""


@dataclass(frozen=True, slots=True)
class Seeds:
    """The texts of the three seeds that keys are made from (``SEED`` or ``SEED/r`` in replication r)."""

    society: str
    conduct: str
    process: str


class Scenario(Frozen):
    """A resolved scenario: everything a run needs but the size of the sample."""

    KIND: ClassVar[str] = "scenario"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("name", IDENTITY, required=True),
        Field("title", TEXT, required=True),
        Field("text", TEXT, required=True),
        Field("source", SOURCE, required=True),
        Field("note", TEXT),
        Field("recipe", TEXT, required=True),
        Field("conduct", TEXT, required=True),
        Field("policies", LATER, required=True),
        Field("period", LATER, required=True),
        Field("reading", word(READINGS), required=True),
        Field("step", word(STEPS), default="month"),
        Field("seed", whole(0, 2**63 - 1, "a whole number, 0 or more"), required=True),
        Field("residents", whole(1, 10**11, "a number of residents")),
        Field("replications", whole(1, 100_000, "a number of replications, 1 or more"), default=1),
        Field("set", LATER),
        Field("groups", LATER),
        Field("targets", LATER),
    )

    name: str
    title: str
    text: str
    source: tuple[str, ...]
    note: str | None = None
    recipe: Recipe
    conduct: Conduct
    policies: tuple[Policy, ...]
    changes: tuple[tuple[str, str], ...] = ()
    """What the scenario itself sets (paths, values in JSON); the policies have it. Empty once more was changed."""
    since: date
    until: date
    step: str = "month"
    reading: str
    seed: int
    residents: int | None = None
    """Size of the society to build; None: the recipe's."""
    replications: int = 1
    groups: tuple[tuple[str, ...], ...] = ()
    """Divisions by which counts are kept: each a crossing of attributes, e.g. (("sex",), ("sex", "income"))."""
    targets: tuple[Target, ...] = ()

    @classmethod
    def load(cls, name_or_path: str | Path, reading: str | None = None) -> Scenario:
        """A scenario of the library that comes with the package, or of a file."""
        return load_scenario(name_or_path, Library.default(), reading=reading)

    def without(self, *paths: str) -> Scenario:
        """The same scenario without clauses, named POLICY/CLAUSE; without whole policies, named by themselves."""
        policies = self.policies
        for path in paths:
            name, _, clause = path.partition("/")
            if all(policy.name != name for policy in policies):
                raise UsageError(f"unknown policy `{name}`; the scenario has {', '.join(p.name for p in policies)}")
            if clause:
                policies = tuple(_without(each, clause) if each.name == name else each for each in policies)
            else:
                policies = tuple(each for each in policies if each.name != name)
        return self.model_copy(update={"policies": policies, "changes": ()})

    def documents(self) -> tuple[Frozen, ...]:
        """The documents it joins: recipe, conduct, policies."""
        return (self.recipe, self.conduct, *self.policies)

    def write(self) -> dict[str, Any]:
        """The scenario as documents write it, the documents it joins by name."""
        head = {key: value for key, value in write_fields(self).items() if key not in ("recipe", "conduct", "policies")}
        joined = {
            "recipe": self.recipe.name,
            "conduct": self.conduct.name,
            "policies": [policy.name for policy in self.policies],
            "period": {"from": str(self.since), "to": str(self.until)},
        }
        rows: dict[str, Any] = {"groups": [list(each) for each in self.groups]} if self.groups else {}
        rows |= {"targets": [each.write() for each in self.targets]} if self.targets else {}
        rows |= {"set": {path: json.loads(value) for path, value in self.changes}} if self.changes else {}
        named = {**head, **joined, **rows}
        return {each.name: named[each.name] for each in self.FIELDS if each.name in named}


def _without(policy: Policy, clause: str) -> Policy:
    sections = {name: getattr(policy, name) for name in POLICY.names}
    kept = {name: tuple(each for each in clauses if each.id != clause) for name, clauses in sections.items()}
    if kept == sections:
        raise UsageError(f"`{clause}` is no clause of `{policy.name}`")
    return policy.model_copy(update=kept)


# --- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a scenario from outside its document."""

    policy_files: tuple[Path, ...] = ()
    sets: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    reading: str | None = None


def load_scenario(
    name_or_path: str | Path,
    library: Library,
    *,
    policy_files: Iterable[Path | str] = (),
    sets: Iterable[str] = (),
    without: Iterable[str] = (),
    reading: str | None = None,
) -> Scenario:
    """A scenario with everything it joins. Raises InvalidDocuments with all mistakes of all its documents.

    ``policy_files`` add policies, or replace those of the same name; ``sets`` are texts POLICY/CLAUSE.FIELD=VALUE,
    ``without`` POLICY/CLAUSE.
    """
    if reading not in (None, *READINGS):
        raise UsageError(f"unknown reading `{reading}`; {' or '.join(READINGS)}")
    files = tuple(Path(path) for path in policy_files)
    asked = Asked(files, tuple(sets), tuple(without), reading)
    margin, shelves = Margin(), library.with_files(files) if files else library
    found = scenario_of(shelves.sheet("scenario", name_or_path), shelves, margin, asked)
    if found is None or margin.wrong:
        raise InvalidDocuments(margin.mistakes)
    return found


def scenario_of(sheet: Sheet, library: Library, margin: Margin, asked: Asked = Asked()) -> Scenario | None:
    """The scenario of a sheet; None, with all mistakes of all documents noted, where anything is wrong."""
    margin.mistakes.extend(sheet.mistakes)
    tree = sheet.tree
    if tree is None:
        return None
    before, spot = margin.wrong, Spot(margin, text_of(tree, "name"))
    scope = Scope(document=spot.clause, kind="scenario", sources=library.sources())
    head = read_fields(tree, Scenario.FIELDS, spot, scope, ("glasshouse",))
    head |= read_period(tree.get("period"), spot.into("period"))
    joined = _joined(tree, head, library, margin, asked)
    if joined is None:
        return None
    recipe, conduct, policies = joined
    names = Reference(recipe, conduct, policies)
    head["groups"] = read_groups(tree.get("groups"), names.recipe, spot.into("groups"))
    head["targets"] = read_targets(tree.get("targets"), names.recipe, names.items(), margin, scope)
    needed = [each for each in Scenario.FIELDS if each.name not in ("recipe", "conduct", "policies", "period")]
    if margin.wrong > before or recipe is None or conduct is None or not is_complete(head, needed):
        return None
    head |= {"recipe": recipe, "conduct": conduct, "policies": tuple(policies)}
    if not asked.sets and not asked.without:  # else the policies alone say what they are
        head["changes"] = tuple((path, json.dumps(value)) for path, value in as_written(tree.get("set")).items())
    return Scenario(**{**head, "reading": asked.reading or head["reading"]})


def as_written(item: Item | None) -> Any:
    """Part of a document in plain Python: maps, lists, texts."""
    if isinstance(item, Map):
        return {key: as_written(below) for key, below in item.entries.items()}
    if isinstance(item, Row):
        return [as_written(below) for below in item.items]
    return item.text if isinstance(item, Leaf) else {}


@dataclass(frozen=True, slots=True)
class Reference:
    """What a scenario's targets and groups may name."""

    recipe: Recipe | None
    conduct: Conduct | None
    policies: tuple[Policy, ...]

    def items(self) -> dict[str, str] | None:
        """Kinds, services and clauses by every name they answer to, with the name results use."""
        if self.conduct is None:
            return None
        found: dict[str, str] = {}
        for policy in self.policies:
            for section in ("lists", "gates", "ratings"):
                for clause in getattr(policy, section):
                    path = f"{policy.name}/{clause.id}"
                    found |= {path: path, clause.id: found.get(clause.id, path)}
        return found | {each.id: each.id for each in (*self.conduct.events, *self.conduct.services)}


def _joined(
    tree: Map, head: dict[str, Any], library: Library, margin: Margin, asked: Asked
) -> tuple[Recipe | None, Conduct | None, tuple[Policy, ...]] | None:
    """The documents of a scenario, changed as asked and read together; None where one is not to be found."""
    trees = {kind: _named(tree, kind, library, margin) for kind in ("recipe", "conduct")}
    policies = _policies(tree, library, margin, asked)
    recipe_tree, conduct_tree = trees["recipe"], trees["conduct"]
    if recipe_tree is None or conduct_tree is None:
        return None
    places = {text_of(recipe_tree, "name"): recipe_tree, text_of(conduct_tree, "name"): conduct_tree} | policies
    grammars = {text_of(recipe_tree, "name"): RECIPE, text_of(conduct_tree, "name"): CONDUCT}
    grammars |= dict.fromkeys(policies, POLICY)
    changed = apply_changes(places, grammars, _changes(tree, asked, margin), margin)
    if text_of(recipe_tree, "name") not in policies:
        recipe_tree = changed[text_of(recipe_tree, "name")]
    if text_of(conduct_tree, "name") not in policies:
        conduct_tree = changed[text_of(conduct_tree, "name")]
    whole_policies = {name: changed[name] for name in policies}
    conduct_outline, recipe_outline = outline_conduct(conduct_tree), outline_recipe(recipe_tree)
    in_sight = _absent(whole_policies, library) | whole_policies
    around = Surroundings(library, conduct_outline, recipe_outline, in_sight, head.get("step", "month"))
    recipe = read_recipe(recipe_tree, library, margin)
    conduct = read_conduct(conduct_tree, around, margin)
    read = [read_policy(each, around, margin) for each in whole_policies.values()]
    found = tuple(each for each in read if each is not None)
    _check_together(tree, found, margin)
    return recipe, conduct, found


def _absent(policies: dict[str, Map], library: Library) -> dict[str, Map]:
    """Policies that are read and not part of the scenario: that is one mistake, and not one for each of their names."""
    found: dict[str, Map] = {}
    for policy in policies.values():
        for name in texts_of(policy, "reads"):
            if name not in policies and library.find("policy", name) is not None:
                grown = whole_policy(library.sheet("policy", name), library, POLICY, Margin())
                found |= {name: grown} if grown is not None else {}
    return found


def _named(tree: Map, kind: str, library: Library, margin: Margin) -> Map | None:
    """The tree of the recipe or conduct that a scenario names, its own mistakes noted."""
    name = text_of(tree, kind)
    if not name:
        return None
    found = outline_by_name(kind, name, tree.entries[kind], Spot(margin, "", kind), library)
    if library.find(kind, name) is not None:
        margin.mistakes.extend(library.sheet(kind, name).mistakes)
    return found


def _policies(tree: Map, library: Library, margin: Margin, asked: Asked) -> dict[str, Map]:
    """The whole trees of a scenario's policies by name, in order; files given by hand add theirs at the end."""
    written, spot = tree.get("policies"), Spot(margin, "", "policies")
    rows = written.items if isinstance(written, Row) else [] if written is None else [written]
    found: dict[str, Map] = {}
    added = [library.read(path) for path in asked.policy_files]
    for each in rows:
        if not isinstance(each, Leaf):
            spot.wrong(each, "expected the name of a policy")
        elif each.text in found:
            spot.wrong(each, f"`{each.text}` stands twice")
        else:
            if library.find("policy", each.text) is None:
                spot.wrong(each, f"unknown policy `{each.text}`{did_you_mean(each.text, library.names('policy'))}")
                continue
            grown = whole_policy(library.sheet("policy", each.text), library, POLICY, margin)
            found |= {each.text: grown} if grown is not None else {}
    for sheet in added:
        grown = whole_policy(sheet, library, POLICY, margin)
        if sheet.kind == "policy" and grown is not None:
            found.setdefault(sheet.name, grown)
        elif sheet.kind and sheet.kind != "policy":
            spot.wrong(Mark(str(sheet.path), 1, 1), f"found a {sheet.kind}, expected a policy")
    for name, policy in found.items():
        for read in texts_of(policy, "reads"):
            if read not in found:
                at = next((each for each in rows if isinstance(each, Leaf) and each.text == name), policy)
                spot.wrong(at, f"`{name}` reads `{read}`, which is not part of the scenario")
    return found


def _changes(tree: Map, asked: Asked, margin: Margin) -> list[Change]:
    """The scenario's own ``set``, then what is asked from outside."""
    written, changes = tree.get("set"), []
    if isinstance(written, Map):
        for path, below in written.entries.items():
            document, _, rest = path.partition("/")
            changes.append(Change(written.keys[path], document, rest, below))
    elif written is not None:
        Spot(margin, "", "set").wrong(written, "expected {POLICY/CLAUSE.FIELD: value}")
    return changes + _changes_from_outside(asked, margin)


def _changes_from_outside(asked: Asked, margin: Margin) -> list[Change]:
    changes = []
    for text in asked.sets:
        path, sign, said = text.partition("=")
        document, slash, rest = path.strip().partition("/")
        value, mistakes = plant(said.strip() or "''", "--set")
        margin.mistakes.extend(mistakes)
        if not sign or not slash or value is None:
            raise UsageError(f"`--set {text}`: expected POLICY/CLAUSE.FIELD=VALUE")
        changes.append(Change(Leaf(path, Mark("--set", 1, 1)), document, rest, value))
    for text in asked.without:
        document, slash, rest = text.partition("/")
        if not slash or not rest:
            raise UsageError(f"`--without {text}`: expected POLICY/CLAUSE")
        changes.append(Change(Leaf(text, Mark("--without", 1, 1)), document, rest, None))
    return changes


def _check_together(tree: Map, policies: tuple[Policy, ...], margin: Margin) -> None:
    """Names of lists and ratings are unique among the policies, and no list leads back onto itself through another."""
    at, spot = tree.get("policies") or tree, Spot(margin, "", "policies")
    seen: dict[str, str] = {}
    for policy in policies:
        for clause in (*policy.lists, *policy.ratings):
            if clause.id in seen and seen[clause.id] != policy.name:
                spot.wrong(at, f"`{clause.id}` is a list or rating of both {seen[clause.id]} and {policy.name}")
            seen.setdefault(clause.id, policy.name)
    asks = {path: asked for policy in policies for path, asked in entry_asks(policy.name, policy.lists).items()}
    round_trip = circle(asks)
    if round_trip and len({path.partition("/")[0] for path in round_trip}) > 1:
        spot.wrong(at, f"lists lead onto one another in a circle: {', '.join(round_trip)}")
