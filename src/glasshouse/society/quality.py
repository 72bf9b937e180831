"""The quality card of a society: margins a recipe asks for beside those of residents really made.

Three numbers stand beside each other for every margin: ``asked`` by the recipe, ``fitted`` by the archetypes (where
margins contradict each other they differ) and ``generated`` in a sample of blocks. ``z`` measures generated against
fitted in standard errors of ``n`` households or residents: luck, about 1 in size; a large one would be a fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from glasshouse.randomness import cumulative, uniforms
from glasshouse.scenario import Seeds
from glasshouse.society.archetypes import Archetypes, resident_attributes
from glasshouse.society.areas import HOUSEHOLDS, Leaf, archetypes_of, leaves, sampled
from glasshouse.society.recipe import AttributeClause, Recipe
from glasshouse.society.residents import SocietyTables, compile_society, make_block, needed_mask

Floats = npt.NDArray[np.float64]

ROUNDING = 5e-5

SCHEMA = {
    "margin": pl.String, "given": pl.String, "level": pl.String, "asked": pl.Float64, "fitted": pl.Float64,
    "generated": pl.Float64, "difference": pl.Float64, "n": pl.Float64, "z": pl.Float64,
}


@dataclass(slots=True)
class _Tally:
    """What was counted in the sampled blocks of one leaf, and how many leaf households a sampled one stands for."""

    leaf: Leaf
    archetypes: Archetypes
    weight: float = 0.0
    households: int = 0
    residents: int = 0
    clauses: Floats = field(default_factory=lambda: np.zeros(0))
    sizes: Floats = field(default_factory=lambda: np.zeros(0))
    levels: dict[str, Floats] = field(default_factory=dict)
    """For each attribute the residents by level of the attribute it is given by (or one row) and own level."""


def quality(recipe: Recipe, seeds: Seeds, fraction: Fraction, residents: int | None = None) -> pl.DataFrame:
    """The quality card: make this share of the blocks (two of every leaf at least) and compare every margin.

    Columns: margin, given (level of the attribute it is given by, else empty), level, asked, fitted, generated,
    difference (generated - asked), n (households for households, else residents, corrected for unequal weights), z.
    """
    places = leaves(recipe, residents)
    tables = compile_society(recipe, places, seeds)
    tallies = [_tally(recipe, tables, leaf, index, fraction) for index, leaf in enumerate(places)]
    rows = [*_household_rows(recipe, tallies), *_attribute_rows(recipe, tallies), *_area_rows(recipe, tallies)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def say(card: pl.DataFrame) -> str:
    """A quality card in three sentences."""
    gap = (pl.col("fitted") - pl.col("asked")).abs()
    misfit = card.sort(gap, descending=True, nulls_last=True).row(0, named=True)
    luck = card.sort(pl.col("z").abs(), descending=True, nulls_last=True).row(0, named=True)
    beyond = card.filter(pl.col("z").abs() > 3).height
    missed = f"The archetypes miss {_named(misfit)} most: asked {misfit['asked']:.4f}, fitted {misfit['fitted']:.4f}. "
    if abs(misfit["asked"] - misfit["fitted"]) < ROUNDING:
        missed = "The archetypes meet them all. "
    return (
        f"{card.height} margins of synthetic residents were compared. {missed}"
        f"{beyond} lie beyond three standard errors; farthest is {_named(luck)}, at z = {luck['z']:+.1f}."
    )


def _named(row: dict[str, Any]) -> str:
    given = f" given {row['given']}" if row["given"] else ""
    return f"{row['margin']} {row['level']}{given}"


# --- counting ------------------------------------------------------------------------------------------------------


def _tally(recipe: Recipe, tables: SocietyTables, leaf: Leaf, index: int, fraction: Fraction) -> _Tally:
    """Make the sampled blocks of a leaf and count what is in them."""
    attributes = resident_attributes(recipe)
    archetypes = archetypes_of(recipe, leaf)
    parents = {clause.id: _parent(attributes, clause) for clause in attributes}
    tally = _Tally(leaf, archetypes)
    tally.clauses = np.zeros(len(recipe.households))
    tally.sizes = np.zeros(max(len(clause.members) for clause in recipe.households) + 1)
    tally.levels = {clause.id: np.zeros((len(_names(parents[clause.id])), len(clause.level_names)))
                    for clause in attributes}
    needed = needed_mask(recipe, [clause.id for clause in attributes], False, False, False)
    room = tables.capacity
    words, household, start = np.zeros(room, np.uint64), np.zeros(room, np.uint16), np.zeros(HOUSEHOLDS + 1, np.uint16)
    level = np.zeros((len(attributes), room), np.uint8)
    months, propensity, look_alike = np.zeros(room, np.int32), np.zeros(room, np.uint8), np.zeros(room, np.uint8)
    positions = {clause.id: position for position, clause in enumerate(attributes)}
    clause_of = np.array(archetypes.clauses)
    table = np.array(cumulative(archetypes.weights), np.uint64)
    for block in sampled(leaf, fraction):
        households = leaf.households_of(int(block) - leaf.first_block)
        n = make_block(tables, int(block), households, index, needed, words, household, start, level, months,
                       propensity, look_alike)
        drawn, _ = uniforms(int(tables.keys[0]), block, np.arange(households))
        chosen = clause_of[np.searchsorted(table, drawn, side="right")]
        tally.clauses += np.bincount(chosen, minlength=len(tally.clauses))
        tally.sizes += np.bincount(np.diff(start[: households + 1]), minlength=len(tally.sizes))
        tally.households += households
        tally.residents += n
        for clause in attributes:
            parent = parents[clause.id]
            above = level[positions[parent.id], :n].astype(np.int64) if parent else 0
            cells = above * len(clause.level_names) + level[positions[clause.id], :n]
            shape = tally.levels[clause.id].shape
            tally.levels[clause.id] += np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
    tally.weight = leaf.households / tally.households
    return tally


def _parent(attributes: tuple[AttributeClause, ...], clause: AttributeClause) -> AttributeClause | None:
    return next((other for other in attributes if other.id == clause.given), None)


def _names(parent: AttributeClause | None) -> tuple[str, ...]:
    return parent.level_names if parent is not None else ("",)


# --- rows ----------------------------------------------------------------------------------------------------------

Row = tuple[str, str, str, float, float, float, float, float, float]


def _row(margin: str, given: str, level: str, asked: float, fitted: float, made: float, n: float, error: float) -> Row:
    off = made - fitted
    z = off / error if error > 0 else 0.0 if abs(off) < 1e-12 else float("inf")
    return margin, given, level, asked, fitted, made, made - asked, n, z


def _effective(tallies: list[_Tally], counts: list[float]) -> float:
    """How many alike observations these weighted ones are worth."""
    weighted = sum(t.weight * c for t, c in zip(tallies, counts, strict=True))
    squares = sum(t.weight**2 * c for t, c in zip(tallies, counts, strict=True))
    return weighted**2 / squares if squares else 0.0


def _mean(tallies: list[_Tally], numbers: list[float], residents: bool) -> float:
    """Mean of a number of each leaf, by its households or residents."""
    bases = [t.leaf.households * (float(t.archetypes.mean_size) if residents else 1.0) for t in tallies]
    return sum(b * x for b, x in zip(bases, numbers, strict=True)) / sum(bases)


def _household_rows(recipe: Recipe, tallies: list[_Tally]) -> Iterator[Row]:
    n = _effective(tallies, [float(t.households) for t in tallies])
    total = float(sum(clause.share for clause in recipe.households))
    asked = np.array([float(clause.share) for clause in recipe.households]) / total
    sizes = np.array([len(clause.members) for clause in recipe.households])
    fitted = np.array([_mean(tallies, [_clause_share(t.archetypes, k) for t in tallies], False)
                       for k in range(len(asked))])
    whole = sum(t.weight * t.households for t in tallies)
    made = sum((t.weight * t.clauses for t in tallies), np.zeros(len(asked))) / whole
    for k, clause in enumerate(recipe.households):
        yield _row("household", "", clause.id, float(asked[k]), float(fitted[k]), float(made[k]), n,
                   _binomial(float(fitted[k]), n))
    made_sizes = sum((t.weight * t.sizes for t in tallies), np.zeros(len(tallies[0].sizes))) / whole
    for size in sorted({int(number) for number in sizes}):
        share = float(fitted[sizes == size].sum())
        yield _row("persons", "", str(size), float(asked[sizes == size].sum()), share, float(made_sizes[size]), n,
                   _binomial(share, n))


def _clause_share(archetypes: Archetypes, clause: int) -> float:
    total = sum(archetypes.weights)
    return sum(w for w, k in zip(archetypes.weights, archetypes.clauses, strict=True) if k == clause) / total


def _attribute_rows(recipe: Recipe, tallies: list[_Tally]) -> Iterator[Row]:
    attributes = resident_attributes(recipe)
    asked: dict[str, Floats] = {}
    fitted: dict[str, Floats] = {}
    n = _effective(tallies, [float(t.residents) for t in tallies])
    for clause in attributes:
        parent = _parent(attributes, clause)
        pinned = clause.id in tallies[0].archetypes.attributes
        asked[clause.id] = _shares(clause, parent, asked, tallies)
        fitted[clause.id] = _pinned_shares(clause, tallies) if pinned else _shares(clause, parent, fitted, tallies)
        counts = sum((t.weight * t.levels[clause.id] for t in tallies), np.zeros(tallies[0].levels[clause.id].shape))
        made = counts.sum(axis=0) / counts.sum()
        for k, level in enumerate(clause.level_names):
            share = float(fitted[clause.id][k])
            yield _row(clause.id, "", level, float(asked[clause.id][k]), share, float(made[k]), n,
                       _error(clause, parent, k, share, tallies))
        if parent is not None and not pinned:
            yield from _given_rows(clause, parent, counts, tallies)


def _given_rows(
    clause: AttributeClause, parent: AttributeClause, counts: Floats, tallies: list[_Tally]
) -> Iterator[Row]:
    """The shares of an attribute among those with each level of the attribute it is given by."""
    for p, above in enumerate(parent.level_names):
        persons = _effective(tallies, [float(t.levels[clause.id][p].sum()) for t in tallies])
        for k, level in enumerate(clause.level_names):
            share = _conditional(clause, above, k)
            if persons:
                yield _row(clause.id, f"{parent.id} {above}", level, share, share,
                           float(counts[p, k] / counts[p].sum()), persons, _binomial(share, persons))


def _conditional(clause: AttributeClause, above: str, level: int) -> float:
    row = clause.shares[above]
    return float(row[level] / sum(row))


def _shares(
    clause: AttributeClause, parent: AttributeClause | None, known: dict[str, Floats], tallies: list[_Tally]
) -> Floats:
    """The shares of an attribute's levels among all residents, from those of the attribute it is given by."""
    if clause.form == "from_areas":
        urban = _mean(tallies, [float(t.leaf.urban is True) for t in tallies], True)
        return np.array([1 - urban, urban])
    levels = range(len(clause.level_names))
    if parent is None:
        return np.array([_conditional(clause, "", k) for k in levels])
    rows = np.array([[_conditional(clause, above, k) for k in levels] for above in parent.level_names])
    shares: Floats = (known[parent.id][:, None] * rows).sum(axis=0)
    return shares


def _pinned_shares(clause: AttributeClause, tallies: list[_Tally]) -> Floats:
    return np.array([_mean(tallies, [_pinned_share(t.archetypes, clause.id, k) for t in tallies], True)
                     for k in range(len(clause.level_names))])


def _pinned_share(archetypes: Archetypes, attribute: str, level: int) -> float:
    position = archetypes.attributes.index(attribute)
    weighed = zip(archetypes.weights, archetypes.members, strict=True)
    number = sum(w * sum(person[position] == level for person in members) for w, members in weighed)
    return number / (sum(archetypes.weights) * float(archetypes.mean_size))


def _area_rows(recipe: Recipe, tallies: list[_Tally]) -> Iterator[Row]:
    asked_total = sum(t.leaf.full_residents for t in tallies)
    made_total = sum(t.weight * t.residents for t in tallies)
    for t in tallies:
        fitted = _mean(tallies, [float(other is t) for other in tallies], True)
        yield _row("area", "", t.leaf.name, t.leaf.full_residents / asked_total, fitted,
                   t.weight * t.residents / made_total, float(t.residents),
                   _size_error(fitted, [t], [other for other in tallies if other is not t]))


# --- standard errors -----------------------------------------------------------------------------------------------


def _binomial(share: float, n: float) -> float:
    return sqrt(max(share * (1 - share), 0.0) / n) if n else 0.0


def _error(
    clause: AttributeClause, parent: AttributeClause | None, level: int, share: float, tallies: list[_Tally]
) -> float:
    """Standard error of a level's share of residents; members of a household resemble each other where pinned."""
    pinned = tallies[0].archetypes.attributes
    if clause.form == "from_areas":
        towns = [t for t in tallies if t.leaf.urban is True]
        return _size_error(share, towns, [t for t in tallies if t not in towns])
    if clause.id in pinned:
        own = [float(k == level) for k in range(len(clause.level_names))]
        return _clustered(clause.id, own, share, tallies)
    if parent is not None and parent.id in pinned:
        return _clustered(parent.id, [_conditional(clause, a, level) for a in parent.level_names], share, tallies)
    return _binomial(share, _effective(tallies, [float(t.residents) for t in tallies]))


def _clustered(attribute: str, chances: list[float], share: float, tallies: list[_Tally]) -> float:
    """Standard error of a share that members hold with these chances by their level of a pinned attribute."""
    archetypes = tallies[0].archetypes
    households = _effective(tallies, [float(t.households) for t in tallies])
    position = archetypes.attributes.index(attribute)
    variance = 0.0
    for weight, members in zip(archetypes.weights, archetypes.members, strict=True):
        own = [chances[person[position]] for person in members]
        variance += weight * (sum(c - share for c in own) ** 2 + sum(c * (1 - c) for c in own))
    return sqrt(variance / sum(archetypes.weights) / households) / float(archetypes.mean_size)


def _size_error(share: float, own: list[_Tally], others: list[_Tally]) -> float:
    """Standard error of an area's share of residents: its households are counted, their sizes are luck."""
    if not own or not others:
        return 0.0
    archetypes = own[0].archetypes
    mean = float(archetypes.mean_size)
    squares = sum(w * (len(m) - mean) ** 2 for w, m in zip(archetypes.weights, archetypes.members, strict=True))
    spread = sqrt(squares / sum(archetypes.weights)) / mean
    groups = [_effective(group, [float(t.households) for t in group]) for group in (own, others)]
    return share * (1 - share) * spread * sqrt(sum(1 / n for n in groups))
