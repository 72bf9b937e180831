"""Leaf areas: the places where residents live, cut into blocks of 192 households.

A leaf is an area without parts, or what an area has left beside its parts (``AREA-rest``), split into its urban and its
rural half where the recipe has an attribute that asks for it. Blocks are numbered through the leaves in order; in
each leaf they also stand in a keyed order that depends on no seed, and a sample takes the first of them: samples nest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from glasshouse.errors import UsageError
from glasshouse.randomness import order_key, uniforms
from glasshouse.society.archetypes import Archetypes, fit, resident_attributes
from glasshouse.society.recipe import AreaRow, Recipe

RESIDENTS = "residents"
HOUSEHOLDS = 192
FEWEST = 2

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf area of a society of some size.

    ``area`` is the recipe's area it belongs to (for a remainder the whole it is left of); ``ancestors`` are all areas
    it lies within, innermost first, ``area`` included. ``urban`` is None where the recipe does not tell towns from
    villages. ``full_residents`` counts the recipe's society, ``residents`` the one that is built.
    """

    name: str
    area: str
    ancestors: tuple[str, ...]
    urban: bool | None
    full_residents: int
    residents: int
    households: int
    blocks: int
    first_block: int
    population: str = RESIDENTS
    fullest: int = HOUSEHOLDS
    """Households (or firms) of a full block."""

    def households_of(self, index: int) -> int:
        """Households of the leaf's block number ``index``: a full block, or what is left for the last."""
        return min(self.fullest, self.households - index * self.fullest)

    @property
    def place(self) -> str:
        """The leaf's name before towns and villages were told apart: where residents and firms meet."""
        return self.name.partition(":")[0]

    @property
    def order(self) -> int:
        """The key by which the blocks of the leaf are put in order."""
        return order_key(self.name if self.population == RESIDENTS else f"{self.population}|{self.name}")


@dataclass(frozen=True, slots=True)
class _Place:
    """A leaf before it is cut into blocks; ``base`` is its name before towns and villages were told apart."""

    name: str
    base: str
    area: str
    ancestors: tuple[str, ...]
    urban: bool | None
    residents: int


def half_up(number: Fraction) -> int:
    """The nearest whole number, halves upwards."""
    return int((number + Fraction(1, 2)) // 1)


def leaves(recipe: Recipe, residents: int | None) -> tuple[Leaf, ...]:
    """The leaf areas of a recipe in order, for its own size or for a society of ``residents``."""
    found: list[Leaf] = []
    first = 0
    for place in _places(recipe):
        number = place.residents
        if residents is not None:
            number = half_up(Fraction(place.residents * residents, recipe.residents))
        size = fit(recipe, place.urban, place.ancestors).mean_size
        households = max(1, half_up(number / size))
        blocks = -(-households // HOUSEHOLDS)
        found.append(Leaf(
            place.name, place.area, place.ancestors, place.urban, place.residents, number, households, blocks, first))
        first += blocks
    return tuple(found)


def archetypes_of(recipe: Recipe, leaf: Leaf) -> Archetypes:
    """The household archetypes of a leaf."""
    return fit(recipe, leaf.urban, leaf.ancestors)


def block_order(leaf: Leaf) -> Numbers:
    """Indices of a leaf's blocks in the keyed order in which samples take them."""
    words, _ = uniforms(leaf.order, np.arange(leaf.blocks))
    order: Numbers = np.argsort(words, kind="stable").astype(np.int64)
    return order


def sample_size(leaf: Leaf, fraction: Fraction) -> int:
    """How many blocks a sample of this fraction takes from a leaf: at least two, or all there are."""
    if not 0 < fraction <= 1:
        raise UsageError(f"a sample is a share above 0 and at most 1, not {fraction}")
    return min(leaf.blocks, max(FEWEST, half_up(fraction * leaf.blocks)))


def sampled(leaf: Leaf, fraction: Fraction) -> Numbers:
    """Global numbers, rising, of the blocks that a sample of this fraction takes from a leaf."""
    wanted = sample_size(leaf, fraction)
    if wanted == leaf.blocks:
        return leaf.first_block + np.arange(leaf.blocks, dtype=np.int64)
    words, _ = uniforms(leaf.order, np.arange(leaf.blocks))
    last = np.partition(words, wanted - 1)[wanted - 1]  # the order's first blocks without the whole order
    before = np.flatnonzero(words < last)
    level = np.flatnonzero(words == last)[: wanted - len(before)]
    chosen: Numbers = leaf.first_block + np.sort(np.concatenate([before, level])).astype(np.int64)
    return chosen


def leaf_of(all_leaves: tuple[Leaf, ...], block: int) -> tuple[int, Leaf]:
    """The leaf (and its position) that holds a block of the society."""
    firsts = [leaf.first_block for leaf in all_leaves]
    position = int(np.searchsorted(firsts, block, side="right")) - 1
    if position < 0 or block >= all_leaves[position].first_block + all_leaves[position].blocks:
        raise UsageError(f"the society has no block {block}")
    return position, all_leaves[position]


def gallery(recipe: Recipe, leaf: Leaf, scope: str) -> int:
    """Faces a camera compares with, always at the recipe's full size: those of the country, province or city."""
    if scope == "country":
        return recipe.residents
    if scope == "province":
        chain = tuple(reversed(leaf.ancestors))
        below_first = chain[0] == recipe.areas[0].area and len(chain) > 1
        area = chain[1] if below_first else chain[0]
        return next(row.residents for row in recipe.areas if row.area == area)
    if scope == "city":
        return sum(place.residents for place in _places(recipe) if place.base == leaf.name.partition(":")[0])
    raise UsageError(f"a gallery is country, province or city, not {scope}")


# --- places --------------------------------------------------------------------------------------------------------


def _places(recipe: Recipe) -> Iterator[_Place]:
    splits = any(clause.from_areas == "urban" for clause in resident_attributes(recipe))
    shares = _urban_shares(recipe) if splits else {}
    for base, row in undivided(recipe):
        residents = remainder(recipe, row) if base != row.area else row.residents
        ancestors = ancestors_of(recipe, row)
        if not splits:
            yield _Place(base, base, row.area, ancestors, None, residents)
            continue
        share = shares[base]
        if share in (0, 1):
            yield _Place(base, base, row.area, ancestors, share == 1, residents)
            continue
        urban = half_up(residents * share)
        yield _Place(f"{base}:urban", base, row.area, ancestors, True, urban)
        yield _Place(f"{base}:rural", base, row.area, ancestors, False, residents - urban)


def parts_of(recipe: Recipe, area: str) -> list[AreaRow]:
    """The areas that lie directly in an area, in order."""
    return [row for row in recipe.areas if row.within == area]


def remainder(recipe: Recipe, row: AreaRow) -> int:
    """The residents an area has beside those of its parts."""
    return row.residents - sum(part.residents for part in parts_of(recipe, row.area))


def undivided(recipe: Recipe) -> Iterator[tuple[str, AreaRow]]:
    """Names and rows of leaf areas in document order, a remainder after all the parts of its area."""

    def below(row: AreaRow) -> Iterator[tuple[str, AreaRow]]:
        parts = parts_of(recipe, row.area)
        if not parts:
            yield row.area, row
            return
        for part in parts:
            yield from below(part)
        rest = remainder(recipe, row)
        if rest < 0:
            raise UsageError(f"{row.area}: its parts have more residents than it has")
        if rest > 0:
            yield f"{row.area}-rest", row

    for row in recipe.areas:
        if row.within is None:
            yield from below(row)


def ancestors_of(recipe: Recipe, row: AreaRow) -> tuple[str, ...]:
    """The area itself and all it lies within, innermost first."""
    rows = {area.area: area for area in recipe.areas}
    found = [row.area]
    while (whole := rows[found[-1]].within) is not None:
        found.append(whole)
    return tuple(found)


def _urban_shares(recipe: Recipe) -> dict[str, Fraction]:
    """The urban share of every undivided leaf.

    A silent area takes the share of the nearest whole that has one; without any, the mean of the areas that have one
    and lie in no other such area, by residents. A remainder gets what keeps the share of its whole, cut to 0..1.
    """
    rows = {row.area: row for row in recipe.areas}
    written = {row.area: Fraction(row.urban) for row in recipe.areas if row.urban is not None}
    if not written:
        raise UsageError("an attribute is taken from the areas' urban shares, and no area has one")
    outer = [a for a in written if not any(above in written for above in ancestors_of(recipe, rows[a])[1:])]
    people = sum(rows[a].residents for a in outer)
    mean = sum((written[a] * rows[a].residents for a in outer), Fraction(0)) / people

    def share(row: AreaRow) -> Fraction:
        return next((written[area] for area in ancestors_of(recipe, row) if area in written), mean)

    found: dict[str, Fraction] = {}
    for base, row in undivided(recipe):
        found[base] = share(row)
        if base != row.area and row.area in written:
            inside = sum((share(part) * part.residents for part in parts_of(recipe, row.area)), Fraction(0))
            left = (written[row.area] * row.residents - inside) / remainder(recipe, row)
            found[base] = min(max(left, Fraction(0)), Fraction(1))
    return found
