"""Archetypes: the kinds of households a leaf area is made of, fitted to household and person margins at once.

A household clause says who lives together (``[age >= 23, age >= 23, age < 18]``). Every way of filling its places with
levels of the attributes that such conditions name (the *pinned* ones, and those they are given by) is an archetype.
Weights start from the person margins and are fitted by relative entropy, so that the shares of households and the
shares of persons both come out; where a recipe asks for both and both cannot be, relative misfit is spread in
least squares and told. Two members with the same condition are not told apart, and where the clauses
allow more than 2,000 archetypes, the largest clauses are represented by stratified draws addressed by their names.

No seed enters. Beyond the shares themselves only sums, products and quotients in a fixed order and whole numbers are
used (the exponential too), so the weights are the same whole numbers on every machine.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import combinations_with_replacement, groupby, product
from math import comb, factorial, fsum, prod
from typing import Any

import numpy as np

from glasshouse.conditions import And, Area, Attribute, Compare, Condition, Holds, IsIn, Not, Or, Within
from glasshouse.errors import UsageError
from glasshouse.randomness import text_key, uniforms
from glasshouse.society.fitting import fitted
from glasshouse.society.recipe import AttributeClause, HouseholdClause, Recipe

MOST = 2_000
MOST_PERSON_KINDS = 100_000
TOTAL = 10**9

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Margin:
    """An attribute as the fit sees it: its levels and, for each level of the one it depends on, their shares."""

    name: str
    form: str
    level_names: tuple[str, ...]
    given: int | None
    rows: tuple[tuple[Decimal, ...], ...]

    def index(self, constant: Decimal | str) -> Decimal | int:
        """What a constant of a condition is compared with: a number of breaks, else the position of a level."""
        if self.form == "breaks":
            return Decimal(constant)
        return self.level_names.index(str(constant))

    def number(self, level: int) -> Decimal | int:
        """What a level is compared as."""
        return Decimal(self.level_names[level]) if self.form == "breaks" else level


@dataclass(frozen=True, slots=True)
class Fit:
    """One margin after the fit: what the recipe asks and what the archetypes give."""

    margin: str
    asked: float
    given: float


@dataclass(frozen=True, slots=True)
class Archetypes:
    """The household archetypes of a leaf area.

    ``attributes``: the pinned attributes in the recipe's order. ``clauses``: for each archetype the position of its
    household clause. ``members``: for each archetype its members, each a level for every pinned attribute.
    ``weights``: whole numbers that add up to 10^9. ``fits``: the margins, asked and reached.
    """

    attributes: tuple[str, ...]
    clauses: tuple[int, ...]
    members: tuple[tuple[tuple[int, ...], ...], ...]
    weights: tuple[int, ...]
    fits: tuple[Fit, ...]

    @property
    def mean_size(self) -> Fraction:
        """Mean number of residents of a household, exactly."""
        return Fraction(sum(w * len(m) for w, m in zip(self.weights, self.members, strict=True)), sum(self.weights))

    @property
    def largest(self) -> int:
        """Members of the largest archetype."""
        return max(len(members) for members in self.members)


def resident_attributes(recipe: Recipe) -> tuple[AttributeClause, ...]:
    """The attributes that residents have, in the recipe's order: the rows of every level table."""
    return tuple(clause for clause in recipe.attributes if "residents" in clause.subjects)


def fit(recipe: Recipe, urban: bool | None, within: tuple[str, ...]) -> Archetypes:
    """The archetypes of a leaf: whether it is urban, and the areas it lies in, its own first."""
    conditions = [member for clause in recipe.households for member in clause.members if member is not None]
    asks_area = any(isinstance(term, Area | Within) for condition in conditions for term in _terms(condition))
    pinned = _pinned(recipe, conditions)
    if not pinned and not asks_area:
        return _plain(recipe.households)
    asks_urban = any(margin.form == "from_areas" for margin in pinned)
    return _fit(pinned, recipe.households, urban if asks_urban else None, within if asks_area else ())


def holds(condition: Condition, levels: Mapping[str, tuple[Margin, int]], within: tuple[str, ...]) -> bool:
    """Whether a condition that asks only attributes and areas holds for somebody with these levels."""
    match condition:
        case And(parts):
            return all(holds(part, levels, within) for part in parts)
        case Or(parts):
            return any(holds(part, levels, within) for part in parts)
        case Not(part):
            return not holds(part, levels, within)
        case Holds(Within(area)):
            return area in within
        case Holds(Attribute(name)):
            return levels[name][1] == 1
        case Compare(Area(), op, constant):
            return _OPERATORS[op](within[0], constant)
        case IsIn(Area(), constants):
            return within[0] in constants
        case Compare(Attribute(name), op, constant):
            margin, level = levels[name]
            return _OPERATORS[op](margin.number(level), margin.index(constant))
        case IsIn(Attribute(name), constants):
            margin, level = levels[name]
            return margin.number(level) in [margin.index(constant) for constant in constants]
        case _:
            raise UsageError("a member of a household is described by attributes and areas only")


def _terms(condition: Condition) -> Iterator[object]:
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _terms(part)
        case Not(part):
            yield from _terms(part)
        case _:
            yield condition.term


def _pinned(recipe: Recipe, conditions: list[Condition]) -> tuple[Margin, ...]:
    """The attributes named by conditions, and those they are given by, in the recipe's order."""
    clauses = {clause.id: clause for clause in resident_attributes(recipe)}
    names = {term.name for condition in conditions for term in _terms(condition) if isinstance(term, Attribute)}
    open_names = list(names)
    while open_names:
        given = clauses[open_names.pop()].given
        if given is not None and given not in names:
            names.add(given)
            open_names.append(given)
    order = [name for name in clauses if name in names]
    return tuple(_margin(clauses[name], clauses, order) for name in order)


def _margin(clause: AttributeClause, clauses: Mapping[str, AttributeClause], order: list[str]) -> Margin:
    if clause.given is None:
        return Margin(clause.id, clause.form, clause.level_names, None, tuple(clause.shares.values()))
    rows = tuple(clause.shares[parent] for parent in clauses[clause.given].level_names)
    return Margin(clause.id, clause.form, clause.level_names, order.index(clause.given), rows)


def _plain(households: tuple[HouseholdClause, ...]) -> Archetypes:
    """Archetypes without conditions: one a clause, by its share."""
    total = sum((clause.share for clause in households), Decimal(0))
    asked = [Fraction(clause.share) / Fraction(total) for clause in households]
    weights = whole_weights(asked)
    kept = [k for k, weight in enumerate(weights) if weight]
    return Archetypes(
        attributes=(),
        clauses=tuple(kept),
        members=tuple(((),) * len(households[k].members) for k in kept),
        weights=tuple(weights[k] for k in kept),
        fits=tuple(Fit(f"household {c.id}", float(a), w / TOTAL) for c, a, w in zip(
            households, asked, weights, strict=True)),
    )


def whole_weights(shares: list[Fraction]) -> list[int]:
    """Shares (of any sum) as whole numbers that add up to 10^9: truncated, the largest remainders raised."""
    total = sum(shares, Fraction(0))
    exact = [share * TOTAL / total for share in shares]
    weights = [int(number) for number in exact]
    rest = sorted(range(len(exact)), key=lambda i: (weights[i] - exact[i], i))
    for i in rest[: TOTAL - sum(weights)]:
        weights[i] += 1
    return weights


# --- persons -------------------------------------------------------------------------------------------------------

Person = tuple[int, ...]


def _persons(margins: tuple[Margin, ...], urban: bool | None) -> dict[Person, float]:
    """Every combination of levels of the pinned attributes that has a positive share, with that share."""
    persons: dict[Person, float] = {(): 1.0}
    for margin in margins:
        longer: dict[Person, float] = {}
        for person, chance in persons.items():
            for level, share in _level_shares(margin, person, urban):
                longer[(*person, level)] = chance * share
        persons = longer
        if len(persons) > MOST_PERSON_KINDS:
            raise UsageError("the members of the households name too many attributes at once")
    return persons


def _level_shares(margin: Margin, person: Person, urban: bool | None) -> list[tuple[int, float]]:
    if margin.form == "from_areas":
        return [(1 if urban else 0, 1.0)]
    row = margin.rows[0 if margin.given is None else person[margin.given]]
    total = sum(row, Decimal(0))
    return [(level, float(share / total)) for level, share in enumerate(row) if share > 0]


def _cells(margins: tuple[Margin, ...], urban: bool | None) -> Iterator[tuple[str, int, dict[int, int], float]]:
    """Person margins: name, attribute, what the cell asks (attribute -> level) and the share asked."""
    shares: list[list[float]] = []
    for position, margin in enumerate(margins):
        own = [0.0] * len(margin.level_names)
        parents = [(-1, 1.0)] if margin.given is None else list(enumerate(shares[margin.given]))
        for parent, parent_share in parents:
            if parent_share == 0:
                continue
            person = () if margin.given is None else (0,) * margin.given + (parent,)
            for level, share in _level_shares(margin, person, urban):
                own[level] += parent_share * share
                if margin.form == "from_areas":
                    continue
                cell = {position: level} if margin.given is None else {margin.given: parent, position: level}
                name = " and ".join(f"{margins[a].name} {margins[a].level_names[v]}" for a, v in cell.items())
                yield name, position, cell, parent_share * share
        shares.append(own)


# --- compositions --------------------------------------------------------------------------------------------------

Household = tuple[Person, ...]


def _groups(clause: HouseholdClause) -> list[tuple[Condition | None, int]]:
    """Members of a clause by their condition, in the order of first appearance: nobody in a group is told apart."""
    distinct = list(dict.fromkeys(clause.members))
    return [(condition, clause.members.count(condition)) for condition in distinct]


def _eligible(
    condition: Condition | None, persons: dict[Person, float], margins: tuple[Margin, ...], within: tuple[str, ...]
) -> dict[Person, float]:
    """The persons who may stand at a place of a household, with their shares."""
    if condition is None:
        return persons
    return {
        person: chance
        for person, chance in persons.items()
        if holds(condition, {m.name: (m, v) for m, v in zip(margins, person, strict=True)}, within)
    }


def _all_compositions(groups: list[tuple[dict[Person, float], int]]) -> dict[Household, float]:
    """Every household of these groups, with its chance if members were drawn independently."""
    ways = []
    for eligible, size in groups:
        total = fsum(eligible.values())
        ways.append([
            (chosen, _orders(chosen) * prod(eligible[person] / total for person in chosen))
            for chosen in combinations_with_replacement(eligible, size)
        ])
    found: dict[Household, float] = {}
    for choice in product(*ways):
        household = tuple(person for chosen, _ in choice for person in chosen)
        found[household] = found.get(household, 0.0) + prod(chance for _, chance in choice)
    return found


def _orders(chosen: Household) -> int:
    """In how many orders these members can stand."""
    return factorial(len(chosen)) // prod(factorial(len(list(alike))) for _, alike in groupby(chosen))


def _drawn_compositions(
    clause: HouseholdClause, groups: list[tuple[dict[Person, float], int]], draws: int
) -> dict[Household, float]:
    """``draws`` households: each place goes through its persons in equal strata, in an order keyed by the clause."""
    columns: list[list[tuple[int, Person]]] = []
    for group, (eligible, size) in enumerate(groups):
        persons = list(eligible)
        bounds = np.cumsum(np.array(list(eligible.values())))
        for _ in range(size):
            words, _ = uniforms(text_key(f"archetype|{clause.id}"), np.arange(draws), len(columns))
            ranks = np.argsort(np.argsort(words, kind="stable"), kind="stable")
            places = (ranks + 0.5) / draws * bounds[-1]
            chosen = np.minimum(np.searchsorted(bounds, places, side="right"), len(persons) - 1)
            columns.append([(group, persons[index]) for index in chosen])
    found: dict[Household, float] = {}
    for row in zip(*columns, strict=True):
        household = tuple(person for _, person in sorted(row))
        found[household] = found.get(household, 0.0) + 1.0 / draws
    return found


def _compositions(
    clauses: list[HouseholdClause], groups: list[list[tuple[dict[Person, float], int]]]
) -> list[dict[Household, float]]:
    """The candidate households of each clause: all of them where 2,000 in all suffice, else drawn ones."""
    counts = [prod(comb(len(eligible) + size - 1, size) for eligible, size in group) for group in groups]
    found: list[dict[Household, float]] = [{} for _ in clauses]
    left = MOST
    order = sorted(range(len(clauses)), key=lambda k: (counts[k], k))
    for done, k in enumerate(order):
        quota = left // (len(order) - done)
        if counts[k] <= quota:
            found[k] = _all_compositions(groups[k])
        else:
            found[k] = _drawn_compositions(clauses[k], groups[k], quota)
        left -= len(found[k])
    return found


# --- fit -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _fit(
    margins: tuple[Margin, ...], households: tuple[HouseholdClause, ...], urban: bool | None, within: tuple[str, ...]
) -> Archetypes:
    persons = _persons(margins, urban)
    groups = [
        [(_eligible(condition, persons, margins, within), size) for condition, size in _groups(clause)]
        for clause in households
    ]
    possible = [k for k, c in enumerate(households) if c.share > 0 and all(eligible for eligible, _ in groups[k])]
    if not possible:
        raise UsageError("no household clause can be filled with residents of the recipe's margins")
    found = _compositions([households[k] for k in possible], [groups[k] for k in possible])
    clauses = [k for k, compositions in zip(possible, found, strict=True) for _ in compositions]
    members = [household for compositions in found for household in compositions]
    total = sum((households[k].share for k in possible), Decimal(0))
    shares = {k: float(households[k].share / total) for k in possible}
    cells = list(_cells(margins, urban))
    counts = np.array(
        [[int(clause == k) for k in possible] + [_members_in(cell, household) for _, _, cell, _ in cells]
         for clause, household in zip(clauses, members, strict=True)], dtype=np.int64)
    size = fsum(shares[k] * len(households[k].members) for k in possible)
    targets = np.array([shares[k] for k in possible] + [share * size for *_, share in cells])
    prior = np.array([shares[k] * chance for k, compositions in zip(possible, found, strict=True)
                      for chance in compositions.values()])
    weights = whole_weights([Fraction(float(weight)) for weight in fitted(prior, counts, targets)])
    kept = [i for i, weight in enumerate(weights) if weight]
    sizes = sum(w * len(m) for w, m in zip(weights, members, strict=True))
    reached = [sum(w * int(n) for w, n in zip(weights, counts[:, j], strict=True)) for j in range(counts.shape[1])]
    fits = [Fit(f"household {households[k].id}", shares[k], reached[j] / TOTAL) for j, k in enumerate(possible)]
    fits += [Fit(name, share, reached[len(possible) + j] / sizes) for j, (name, _, _, share) in enumerate(cells)]
    return Archetypes(
        attributes=tuple(margin.name for margin in margins),
        clauses=tuple(clauses[i] for i in kept),
        members=tuple(members[i] for i in kept),
        weights=tuple(weights[i] for i in kept),
        fits=tuple(fits),
    )


def _members_in(cell: dict[int, int], household: Household) -> int:
    """How many members of a household fall into a cell of a margin."""
    return sum(all(person[attribute] == level for attribute, level in cell.items()) for person in household)
