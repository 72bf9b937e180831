"""Checks that need a whole document: its sets, its ids, the policies it names, what its clauses do to one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from glasshouse.conditions import Condition, Listed, MonthsListed, terms
from glasshouse.conditions.names import did_you_mean
from glasshouse.reading.forms import ID
from glasshouse.reading.leaves import number_text
from glasshouse.reading.margin import Margin, Spot, key_mark
from glasshouse.reading.outline import clauses_of, text_of
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Leaf, Map, Row
from glasshouse.values import Value
from glasshouse.vocabulary import READINGS

Sections = Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A document being read: its tree, what is in sight, where mistakes go, its sections in order."""

    tree: Map
    scope: Scope
    margin: Margin
    sections: tuple[str, ...]

    def clause(self, section: str, clause_id: str) -> Map:
        """The clause of an id, or the document."""
        found = (each for each in clauses_of(self.tree, section) if text_of(each, "id") == clause_id)
        return next(found, self.tree)

    def complete(self, section: str, read: Sections) -> bool:
        """Whether every clause of a section could be read."""
        written = self.tree.get(section)
        return written is None or (isinstance(written, Row) and len(written.items) == len(read.get(section, ())))


def check_sets(read: Reading, conduct_sets: Mapping[str, tuple[str, ...]]) -> None:
    """Sets hold names of one kind, and are called like nothing else."""
    sets = read.tree.get("sets")
    spot = Spot(read.margin, read.scope.document, "sets")
    if sets is None:
        return
    if not isinstance(sets, Map):
        spot.wrong(sets, "expected {SET: [names]}")
        return
    for key, item in sets.entries.items():
        told = _wrong_set(key, item, sets, conduct_sets, read.scope)
        if told:
            spot.into(key).wrong(key_mark(sets, key) if key in told else item, told)


def _wrong_set(key: str, item: Item, sets: Map, conduct_sets: Mapping[str, tuple[str, ...]], scope: Scope) -> str:
    if not ID.fullmatch(key):
        return f"`{key}` is no id: small letters, digits, - or _"
    if _is_name(key, scope):
        return f"`{key}` is already the name of an event or service"
    if key in conduct_sets:
        return f"`{key}` is already a set of the conduct document"
    held = [leaf.text for leaf in item.items if isinstance(leaf, Leaf)] if isinstance(item, Row) else []
    if not isinstance(item, Row) or not held or len(held) < len(item.items):
        return "a set is a list of names"
    if any((each in sets.entries and not _is_name(each, scope)) or each in conduct_sets for each in held):
        return "a set holds names, not sets"
    lists = {path.partition("/")[2] for path in scope.names.lists}
    if not any(all(each in kind for each in held) for kind in (scope.events, scope.services, lists)):
        return "a set holds events, or services, or lists: these names are unknown or mixed"
    return ""


def _is_name(word: str, scope: Scope) -> bool:
    return word in scope.events or word in scope.services


def check_ids(read: Reading) -> None:
    """Ids are unique over all sections."""
    seen: dict[str, str] = {}
    for section in read.sections:
        for clause in clauses_of(read.tree, section):
            found = text_of(clause, "id")
            if found in seen:
                told = f"the id stands already in {seen[found]}; ids are unique in a document"
                Spot(read.margin, found).wrong(clause.entries["id"], told)
            seen.setdefault(found, section)


def _leaves(read: Reading, field: str) -> Iterator[Leaf]:
    item = read.tree.get(field)
    spot = Spot(read.margin, "", field)
    rows = item.items if isinstance(item, Row) else [] if item is None else [item]
    for each in rows:
        if isinstance(each, Leaf) and not each.is_empty:
            yield each
        else:
            spot.wrong(each, "expected a name")


def check_names(read: Reading, field: str, known: Iterable[str], kind: str) -> None:
    """Documents a head names are in the library, and are not this one."""
    for leaf in _leaves(read, field):
        if leaf.text == read.scope.document:
            Spot(read.margin, "", field).wrong(leaf, f"`{leaf.text}` is this {kind} itself")
        elif leaf.text not in known:
            Spot(read.margin, "", field).wrong(leaf, f"unknown {kind} `{leaf.text}`{did_you_mean(leaf.text, known)}")


def check_repeals(
    read: Reading, clauses: Callable[[str], tuple[str, ...] | None], known: Iterable[str]
) -> None:
    """What is repealed is a policy of the library, or a clause of one."""
    for leaf in _leaves(read, "repeals"):
        spot = Spot(read.margin, "", "repeals")
        policy, slash, clause = leaf.text.partition("/")
        ids = clauses(policy)
        if ids is None:
            spot.wrong(leaf, f"unknown policy `{policy}`{did_you_mean(policy, known)}")
        elif slash and clause not in ids:
            spot.wrong(leaf, f"`{clause}` is no clause of `{policy}`")


def check_enrolment(read: Reading, sections: Sections) -> None:
    """Every rating holds somebody."""
    if not any(clauses_of(read.tree, "ratings")):
        return
    written = read.tree.get("enrolment")
    if written is None or (isinstance(written, Row) and not written.items):
        Spot(read.margin, read.scope.document).wrong(
            read.tree if written is None else written, "the policy rates but enrols nobody: add `enrolment`"
        )
    if written is None or not read.complete("enrolment", sections) or not sections.get("enrolment"):
        return
    held = {(path, each) for clause in sections["enrolment"] for path in clause.of for each in clause.subjects}
    for path in read.scope.own_ratings:
        name = path.partition("/")[2]
        populations = read.scope.names.ratings[path].populations
        if not any((path, population) in held for population in populations):
            told = f"no enrolment clause holds {' or '.join(populations)} in this rating"
            Spot(read.margin, name).wrong(read.clause("ratings", name), told)


def check_weights(read: Reading, sections: Sections) -> None:
    """The weights of a weighted rating add up to 1 on every day, in each reading."""
    if not read.complete("indicators", sections) or read.scope.document_start is None:
        return
    for path in read.scope.own_ratings:
        if read.scope.ratings[path].method != "weighted":
            continue
        clauses = [each for each in sections.get("indicators", ()) if each.rating == path]
        total = next((total for total in _sums(clauses) if total != 1), Decimal(1))
        if total != 1:
            name = path.partition("/")[2]
            told = f"the weights add up to {number_text(total)}, not 1"
            Spot(read.margin, name).wrong(read.clause("ratings", name), told)


def _sums(clauses: list[Any]) -> Iterator[Decimal]:
    for reading in READINGS:
        there = [each for each in clauses if each.reading in (None, reading)]
        weights: list[Value] = [each.weight for each in there]
        days = {entry.since for weight in weights for entry in weight.series(reading) if entry.since is not None}
        days |= {each.in_force.since for each in there}
        for day in sorted(days):
            held = [each for each in there if each.in_force.since <= day and day <= (each.in_force.until or day)]
            yield sum((each.weight.on(reading, day).number for each in held), Decimal(0))
        if not days:
            yield Decimal(0)


def asked_lists(condition: Condition | None) -> tuple[str, ...]:
    """The lists whose listings of the subject itself a condition asks about; ``*``: any list at all."""
    found: list[str] = []
    for term in own_terms(condition):
        if isinstance(term, Listed):
            found += term.lists or ("*",)
        elif isinstance(term, MonthsListed):
            found.append(term.list)
    return tuple(found)


def own_terms(condition: Condition | None) -> Iterator[Any]:
    """The terms of a condition, none where there is no condition."""
    return iter(terms(condition)) if condition is not None else iter(())


def circle(asks: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Names that lead from one back to itself, the first twice; empty where nothing goes round."""
    done: set[str] = set()

    def follow(name: str, trail: tuple[str, ...]) -> tuple[str, ...]:
        if name in trail:
            return (*trail[trail.index(name) :], name)
        if name in done:
            return ()
        for below in asks.get(name, ()):
            found = follow(below, (*trail, name))
            if found:
                return found
        done.add(name)
        return ()

    return next((found for name in asks if (found := follow(name, ()))), ())


def check_circles(read: Reading, sections: Sections) -> None:
    """No list leads onto itself through the conditions of ``enter``."""
    asks = entry_asks(read.scope.document, sections.get("lists", ()))
    for path, asked in asks.items():
        if "*" in asked:
            name = path.partition("/")[2]
            told = "listed() in `enter` asks this list itself: name the lists"
            Spot(read.margin, name, "enter").wrong(read.clause("lists", name), told)
            return
    round_trip = circle(asks)
    if round_trip:
        name = round_trip[0].partition("/")[2]
        told = f"lists lead onto one another in a circle: {', '.join(each.partition('/')[2] for each in round_trip)}"
        Spot(read.margin, name, "enter").wrong(read.clause("lists", name), told)


def entry_asks(policy: str, lists: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    """For each list the lists that its rows of ``enter`` ask about."""
    return {f"{policy}/{each.id}": tuple(x for row in each.enter for x in asked_lists(row.when)) for each in lists}


def check_follows(read: Reading, sections: Sections) -> None:
    """No event follows itself."""
    parents = {each.id: (each.follows.event,) for each in sections.get("events", ()) if each.follows is not None}
    round_trip = circle(parents)
    if round_trip:
        clause = read.clause("events", round_trip[0])
        told = f"events follow one another in a circle: {', '.join(round_trip)}"
        Spot(read.margin, round_trip[0], "follows").wrong(clause.get("follows") or clause, told)
    for child in sections.get("events", ()):
        parent = read.scope.events.get(child.follows.event) if child.follows is not None else None
        if parent is not None and not set(child.subjects) & set(parent.populations):
            clause = read.clause("events", child.id)
            told = f"`{child.follows.event}` is done by {' and '.join(parent.populations)}, which never do this"
            Spot(read.margin, child.id, "follows").wrong(clause.get("follows") or clause, told)
