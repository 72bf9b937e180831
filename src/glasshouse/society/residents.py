"""Residents: the people of a block, made from addresses alone and forgotten with it.

A block is 192 households (the last of a leaf area holds fewer). Each household draws an archetype, which says how many
members it has and which levels of the pinned attributes they hold; every other attribute of every member is a draw of
its own. Subjects count from 0 in the order of their households, so a household is a run of neighbouring subjects.
An attribute nobody asks for is skipped; as each draw has its address, nothing else changes by that.

:func:`compile_society` makes the tables once for a run; :func:`make_block` reads them and nothing else.
Importing this file imports numba; import it only where a run starts.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from glasshouse.draws import I32, LOW, U8, U16, U64, ZERO, door, fill_uniform64, part, scaled32, succeeds
from glasshouse.randomness import TOP, cumulative, key, threshold
from glasshouse.scenario import Seeds
from glasshouse.society.archetypes import Archetypes
from glasshouse.society.areas import HOUSEHOLDS, RESIDENTS, Leaf, archetypes_of
from glasshouse.society.firms import ALONE, FIRMS, attributes_of
from glasshouse.society.recipe import AttributeClause, Recipe

Flags = npt.NDArray[np.bool_]

# Where an attribute's levels come from.
DRAWN, YES, PINNED, FROM_AREA = range(4)
# Columns of the table of attributes.
ATTRIBUTE_FORM, ATTRIBUTE_PARENT, ATTRIBUTE_ROW, ATTRIBUTE_WIDTH, ATTRIBUTE_THRESHOLD = range(5)
# Positions after the attributes in `needed`.
MONTHS, PROPENSITY, LOOK_ALIKE = range(3)

NO_ATTRIBUTE = np.array([-1, -1, 0, 0, 0], np.int32)
TOP_6, TOP_3 = np.uint64(26), np.uint64(29)
GUIDE = 256
LAST_BAND = 180
FULL = -1
"""The answer of `make_block` when a buffer is too short for the block."""


class SocietyTables(NamedTuple):
    """A society as flat arrays: one layout, and so one compiled signature, for all recipes.

    With L leaves, F different sets of archetypes, H archetypes in all sets, P pinned attributes, A attributes:

    - ``keys`` [A + 4]: keys of the household, of each attribute, of birth, propensity and look-alike.
    - ``leaf_set`` [L], ``leaf_urban`` [L]: the archetypes of a leaf; its level of attributes taken from areas.
    - ``guide`` [F x 256]: the first archetype a word with these top 8 bits can mean.
    - ``archetypes`` [H]: cumulative table of each set, the last entry of a set all ones and never reached.
    - ``members`` [H + 1]: first member row of each archetype; ``member_level`` [rows x P]: their pinned levels.
    - ``set_end`` [F]: the last archetype of each set. ``pinned`` [P]: attribute of each pinned column.
    - ``attributes`` [A, 5]: form, parent (-1 none), first row, thresholds a row, first threshold.
    - ``row_length``: entries in use of each row. ``thresholds``: the rows one after another, filled up with ones.
    - ``age``: the attribute of age or -1. ``band_start``, ``band_width`` [age levels]: in months.
    """

    keys: U64
    leaf_set: I32
    leaf_urban: U8
    guide: I32
    archetypes: U64
    set_end: I32
    members: I32
    member_level: U8
    pinned: I32
    attributes: I32
    row_length: I32
    thresholds: U64
    age: int
    band_start: I32
    band_width: I32

    @property
    def attribute_count(self) -> int:
        """Rows of the level table."""
        return int(self.attributes.shape[0])

    @property
    def capacity(self) -> int:
        """Residents that the fullest possible block holds: what buffers must have room for."""
        return HOUSEHOLDS * int(np.diff(self.members).max())


# --- tables --------------------------------------------------------------------------------------------------------


def compile_society(
    recipe: Recipe, leaves: tuple[Leaf, ...], seeds: Seeds, population: str = RESIDENTS
) -> SocietyTables:
    """The tables from which any block of these leaves is made, by the seed of the society."""
    attributes = attributes_of(recipe, population)
    sets: dict[Archetypes, int] = {}
    kinds = [ALONE if population == FIRMS else archetypes_of(recipe, leaf) for leaf in leaves]
    leaf_set = [sets.setdefault(kind, len(sets)) for kind in kinds]
    names = [clause.id for clause in attributes]
    pinned = [names.index(name) for name in next(iter(sets)).attributes]
    table, row_length, thresholds = _levels(attributes, pinned)
    bands = _bands(attributes) if population == RESIDENTS else []
    purposes = ["household", *(f"attribute/{name}" for name in names), "birth", "propensity", "look-alike"]
    return SocietyTables(
        keys=np.array([key(seeds.society, population, f"society/{purpose}") for purpose in purposes], np.uint64),
        leaf_set=np.array(leaf_set, np.int32),
        leaf_urban=np.array([leaf.urban is True for leaf in leaves], np.uint8),
        guide=np.concatenate([_guide(found.weights, first) for found, first in zip(sets, _firsts(sets), strict=True)]),
        archetypes=np.concatenate([_filled(cumulative(found.weights), len(found.weights)) for found in sets]),
        set_end=np.array([first + len(f.weights) - 1 for f, first in zip(sets, _firsts(sets), strict=True)], np.int32),
        members=np.cumsum([0, *(len(m) for found in sets for m in found.members)]).astype(np.int32),
        member_level=np.array([v for f in sets for m in f.members for person in m for v in person], np.uint8),
        pinned=np.array(pinned, np.int32),
        attributes=table,
        row_length=row_length,
        thresholds=thresholds,
        age=names.index("age") if bands else -1,
        band_start=np.array([start for start, _ in bands], np.int32),
        band_width=np.array([width for _, width in bands], np.int32),
    )


def needed_mask(
    recipe: Recipe,
    names: Iterable[str],
    months: bool = True,
    propensity: bool = True,
    look_alike: bool = True,
    population: str = RESIDENTS,
) -> Flags:
    """What a block must fill in: these attributes and those they are given by, and the three after them."""
    attributes = {clause.id: clause for clause in attributes_of(recipe, population)}
    asked = set(names) | ({"age"} if months and population == RESIDENTS and "age" in attributes else set())
    unread = list(asked)
    while unread:
        given = attributes[unread.pop()].given
        if given is not None and given not in asked:
            asked.add(given)
            unread.append(given)
    return np.array([*(name in asked for name in attributes), months, propensity, look_alike], np.bool_)


def _firsts(sets: Iterable[Archetypes]) -> list[int]:
    """Position of the first archetype of each set."""
    return [0, *np.cumsum([len(found.weights) for found in sets]).tolist()][:-1]


def _filled(entries: tuple[int, ...], width: int) -> U64:
    """A row of a cumulative table, filled up with the highest word."""
    return np.array([*entries, *[TOP] * (width - len(entries))], np.uint64)


def _guide(weights: tuple[int, ...], first: int) -> I32:
    """For each value of a word's top 8 bits the first archetype it can mean."""
    entries = np.array(cumulative(weights), np.uint64)
    lowest = np.arange(GUIDE, dtype=np.uint64) << np.uint64(56)
    return (first + np.searchsorted(entries, lowest, side="right")).astype(np.int32)


def _bands(attributes: tuple[AttributeClause, ...]) -> list[tuple[int, int]]:
    """First month and width in months of each band of age."""
    breaks = next((clause.breaks for clause in attributes if clause.id == "age" and clause.form == "breaks"), ())
    starts = [12 * years for years in breaks]
    ends = [*starts[1:], *[start + LAST_BAND for start in starts[-1:]]]
    return [(start, end - start) for start, end in zip(starts, ends, strict=True)]


def _levels(attributes: tuple[AttributeClause, ...], pinned: list[int]) -> tuple[I32, I32, U64]:
    """The table of attributes, and its rows of thresholds."""
    names = [clause.id for clause in attributes]
    table: list[tuple[int, int, int, int, int]] = []
    lengths: list[int] = []
    thresholds: list[U64] = []
    for position, clause in enumerate(attributes):
        parent = names.index(clause.given) if clause.given is not None else -1
        width = max(1, len(clause.level_names) - 1)
        form = _form(clause, position in pinned)
        table.append((form, parent, len(lengths), width, sum(len(row) for row in thresholds)))
        if form not in (DRAWN, YES):
            continue
        keys = attributes[parent].level_names if parent >= 0 else tuple(clause.shares)
        for row in (_row(clause.shares[name], form) for name in keys):
            lengths.append(len(row))
            thresholds.append(_filled(row, width))
    empty = np.zeros(0, np.uint64)
    return (
        np.array(table, np.int32).reshape(-1, 5),
        np.array(lengths, np.int32),
        np.concatenate(thresholds) if thresholds else empty,
    )


def _form(clause: AttributeClause, pinned: bool) -> int:
    if clause.form == "from_areas":
        return FROM_AREA
    if pinned:
        return PINNED
    return YES if clause.form == "yes" else DRAWN


def _row(shares: tuple[Decimal, ...], form: int) -> tuple[int, ...]:
    return (threshold(shares[1]),) if form == YES else cumulative(shares)


# --- a block -------------------------------------------------------------------------------------------------------


@part
def fill_block(
    society: Any, block: int, households: int, leaf: int, needed: Flags, words: U64,
    household: U16, start: U16, level: U8, months: I32, propensity: U8, look_alike: U8,
) -> int:  # fmt: skip
    """Make the residents of a block; the answer is their number, or `FULL` (-1) if a buffer is too short.

    ``block`` is the number in the whole society, ``leaf`` the position of its leaf area, ``households`` how many the
    block has. ``needed`` [A + 3] as `needed_mask` gives it. ``words`` [n and at least households] is scratch.
    Filled in: ``household`` [n], ``start`` [households + 1] (first subject of each household, at last n),
    ``level`` [A, n] (levels of the first month), ``months`` [n] (age in months in the first month, -1 without an
    age), ``propensity`` [n] (0..63), ``look_alike`` [n] (0..7). What is not needed is not meant to be read.
    """
    room = min(len(words), len(household), level.shape[1], len(months), len(propensity), len(look_alike))
    if room < households or len(start) < households + 1:
        return -1
    kinds = society.attributes.shape[0]
    place = np.uint64(block)
    n = households
    for d in range(kinds + 4):
        if d > 0 and not needed[d - 1]:
            continue
        form, parent, row, width, first = society.attributes[d - 1] if 0 < d <= kinds else NO_ATTRIBUTE
        if form == PINNED:
            continue
        fill_uniform64(words, n, society.keys[d], place, ZERO, ZERO)
        if d == 0:
            chosen = society.leaf_set[leaf]
            n = _lay_out(
                words, households, society.guide[chosen * GUIDE : chosen * GUIDE + GUIDE], society.archetypes,
                society.set_end[chosen], society.members, society.member_level, society.pinned, room,
                household, start, level)
            if n < 0:
                return -1
        elif form == FROM_AREA:
            level[d - 1, :n] = society.leaf_urban[leaf]
        elif d <= kinds:
            rows = society.thresholds[first:]
            _draw_levels(words, n, form, d - 1, parent, rows, width, society.row_length[row:], level)
        elif d == kinds + 1 + MONTHS:
            _draw_months(words, n, society.age, society.band_start, society.band_width, level, months)
        else:
            is_look = d == kinds + 1 + LOOK_ALIKE
            _take_bits(words, n, TOP_3 if is_look else TOP_6, look_alike if is_look else propensity)
    return n


@part
def _lay_out(
    words: U64, households: int, guide: I32, archetypes: U64, last: Any, members: I32, member_level: U8, pinned: I32,
    room: int, household: U16, start: U16, level: U8,
) -> int:  # fmt: skip
    """Choose each household's archetype; lay out its members one after another with the levels they bring along."""
    n = 0
    for h in range(households):
        archetype = guide[words[h] >> np.uint64(56)]
        while archetype < last and words[h] >= archetypes[archetype]:
            archetype += 1
        first, end = members[archetype], members[archetype + 1]
        if n + end - first > room:
            return -1
        start[h] = n
        for member in range(first, end):
            household[n] = h
            for p in range(len(pinned)):
                level[pinned[p], n] = member_level[member * len(pinned) + p]
            n += 1
    start[households] = n
    return n


@part
def _draw_levels(
    words: U64, n: int, form: Any, a: int, parent: Any, thresholds: U64, width: Any, row_length: I32, level: U8
) -> None:
    """One attribute of everybody, a threshold at a time, each subject in the row of the level it is given by."""
    if form == YES:
        for i in range(n):
            own = np.int64(level[parent, i]) if parent >= 0 else 0
            level[a, i] = succeeds(words[i], thresholds[own])
        return
    level[a, :n] = 0
    if parent < 0:
        for k in range(row_length[0]):
            entry = thresholds[k]
            for i in range(n):
                level[a, i] += np.uint8(words[i] >= entry)
        return
    for k in range(width):
        for i in range(n):
            level[a, i] += np.uint8(words[i] >= thresholds[np.int64(level[parent, i]) * width + k])
    for i in range(n):
        level[a, i] = min(level[a, i], np.uint8(row_length[level[parent, i]]))


@part
def _draw_months(words: U64, n: int, age: int, band_start: I32, band_width: I32, level: U8, months: I32) -> None:
    """The month of birth inside the band of age."""
    for i in range(n):
        months[i] = -1
        if age >= 0:
            band = level[age, i]
            months[i] = band_start[band] + np.int32(scaled32(words[i] & LOW, band_width[band]))


@part
def _take_bits(words: U64, n: int, shift: Any, out: U8) -> None:
    """The bits of the first 32-bit word from a position upwards."""
    for i in range(n):
        out[i] = np.uint8((words[i] & LOW) >> shift)


make_block = door(fill_block)
"""The same, to be called from Python."""

__all__ = ["FULL", "SocietyTables", "compile_society", "fill_block", "make_block", "needed_mask"]
