"""Firms: the second population, which trades in markets of 256 and has attributes, partners and no household.

A leaf area of firms is an area without parts, or what an area has beside its parts, as for residents, but never split
into town and country: who works in a village may work for a firm in the town. How many firms a leaf has is written in
the recipe (``legal_units``); where it is not, an area gets its part, by residents, of what its whole has left.

A firm is made like a resident who lives alone: from its address and nothing else. When a firm ends, its place in the
market stays empty until the next January; then a new firm stands there, of the next *generation*, with attributes and
propensity of its own and the partners of the place.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from glasshouse.society.archetypes import Archetypes, Fit
from glasshouse.society.areas import Leaf, ancestors_of, half_up, leaves, parts_of, remainder, undivided
from glasshouse.society.recipe import AreaRow, AttributeClause, Recipe

if TYPE_CHECKING:
    from glasshouse.scenario import Scenario

FIRMS: Final = "firms"
MARKET: Final = 256
"""Firms of a full block."""
ALONE: Final = Archetypes((), (0,), (((),),), (10**9,), (Fit("a firm", 1.0, 1.0),))
"""The one kind of household of firms: a member of whom nothing is known beforehand."""

_Part = tuple[str, int | None, int]
"""Name of a leaf or part, the firms written of it, its residents."""


def firm_attributes(recipe: Recipe) -> tuple[AttributeClause, ...]:
    """The attributes that firms have, in the recipe's order."""
    return tuple(clause for clause in recipe.attributes if FIRMS in clause.subjects)


def attributes_of(recipe: Recipe, population: str) -> tuple[AttributeClause, ...]:
    """The attributes of a population, in the recipe's order."""
    return tuple(clause for clause in recipe.attributes if population in clause.subjects)


def leaves_of(recipe: Recipe, residents: int | None, population: str) -> tuple[Leaf, ...]:
    """The leaf areas of a population in a society of so many residents (None: the recipe's own)."""
    return firm_leaves(recipe, residents) if population == FIRMS else leaves(recipe, residents)


def firm_leaves(recipe: Recipe, residents: int | None) -> tuple[Leaf, ...]:
    """The leaf areas that hold a firm, in order, each with its markets."""
    numbers = _numbers(recipe)
    found: list[Leaf] = []
    first = 0
    for name, row in undivided(recipe):
        full = numbers[name]
        here = full if residents is None else half_up(Fraction(full * residents, recipe.residents))
        if here == 0:
            continue
        blocks = -(-here // MARKET)
        found.append(
            Leaf(name, row.area, ancestors_of(recipe, row), None, full, here, here, blocks, first, FIRMS, MARKET)
        )
        first += blocks
    return tuple(found)


def has_firms(scenario: Scenario) -> bool:
    """Whether a scenario is about firms at all: some clause of a policy in this reading concerns them."""
    return scenario.recipe.firms > 0 and any(
        FIRMS in clause.subjects and clause.reading in (None, scenario.reading)
        for policy in scenario.policies
        for section in policy.SECTIONS.names
        for clause in getattr(policy, section)
    )


def _numbers(recipe: Recipe) -> dict[str, int]:
    """How many firms every undivided leaf has."""
    found: dict[str, int] = {}

    def part_out(whole: int, rows: Sequence[AreaRow], rest: tuple[str, int] | None) -> None:
        parts: list[_Part] = [(row.area, row.legal_units, row.residents) for row in rows]
        parts += [(rest[0], None, rest[1])] if rest is not None else []
        shares = dict(zip([name for name, _, _ in parts], _shared(whole, parts), strict=True))
        for row in rows:
            inside = parts_of(recipe, row.area)
            left = remainder(recipe, row) if inside else 0
            if inside:
                part_out(shares[row.area], inside, (f"{row.area}-rest", left) if left else None)
            else:
                found[row.area] = shares[row.area]
        if rest is not None:
            found[rest[0]] = shares[rest[0]]

    part_out(recipe.firms, [row for row in recipe.areas if row.within is None], None)
    return found


def _shared(whole: int, parts: Sequence[_Part]) -> list[int]:
    """The firms of each part: as written, or what is left of the whole, shared among the silent ones by residents."""
    left = max(0, whole - sum(units for _, units, _ in parts if units is not None))
    silent = sum(residents for _, units, residents in parts if units is None)
    given, passed, found = 0, 0, []
    for _, units, residents in parts:
        if units is not None:
            found.append(units)
            continue
        passed += residents
        reached = half_up(Fraction(left * passed, silent)) if silent else 0
        found.append(reached - given)
        given = reached
    return found
