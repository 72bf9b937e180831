"""Ties inside a block: who is a neighbour or a friend of whom, the same in every month.

Each subject draws a Poisson number of others from outside its own household (half the mean degree, for it is also
drawn by them); two subjects are tied if either drew the other. Ties are written as rows: those of subject i are
``other[start[i] : start[i + 1]]``, rising, each once, both directions. The conditions of a tie clause narrow these
pairs later, at the step at which somebody asks. Household ties need no rows: a household is a run of subjects.

Importing this file imports numba; import it only where a run starts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from glasshouse.draws import HALF, U8, U16, U32, U64, ZERO, door, fill_uniform64, part, philox, scaled64
from glasshouse.errors import UsageError
from glasshouse.randomness import key, poisson_table
from glasshouse.scenario import Seeds
from glasshouse.society.recipe import TieClause

FULL = -1
"""The answer of `block_ties` when a buffer is too short."""


def tie_key(clause: TieClause, seeds: Seeds) -> int:
    """The key of a tie's draws, by the seed of the society."""
    return key(seeds.society, clause.from_population, f"society/tie/{clause.id}")


def tie_table(clause: TieClause) -> U64:
    """The cumulative table of how many ties a subject draws: Poisson of half the clause's mean."""
    if clause.within != "block" or clause.mean is None:
        raise UsageError(f"{clause.id}: only ties within a block are drawn")
    return np.array(poisson_table(clause.mean / Decimal(2)), np.uint64)


def words_needed(subjects: int) -> int:
    """Length of the table of pairs that `block_ties` works in, for a block of so many subjects."""
    return subjects * ((subjects + 63) // 64)


@intrinsic
def _lowest_bit(typing_context: Any, word: Any) -> Any:
    """Position of the lowest bit that is set in a word above 0."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        never_zero = context.get_constant(types.boolean, True)
        return builder.cttz(arguments[0], never_zero)

    return types.uint64(types.uint64), emit


@part
def draw_ties(
    tie: Any, table: U64, block: int, n: int, household: U16, household_start: U16,
    words: U64, drawing: U16, numbers: U8, pairs: U64, start: U32, other: U16,
) -> int:  # fmt: skip
    """Draw the ties of a block; the answer is the number of entries in ``other``, or `FULL` (-1) if it is too short.

    ``tie`` is the key, ``table`` the cumulative table of numbers drawn, ``household`` [n] and ``household_start`` as
    `make_block` wrote them. Scratch: ``words``, ``drawing``, ``numbers`` [n], ``pairs`` [words_needed(n)].
    Filled in: ``start`` [n + 1], ``other``.
    """
    width = (n + 63) // 64
    if min(len(words), len(drawing), len(numbers), len(start) - 1) < n or len(pairs) < n * width:
        return -1
    pairs[: n * width] = 0
    _draw_numbers(np.uint64(tie), table, np.uint64(block), n, words, numbers)
    _draw_pairs(np.uint64(tie), np.uint64(block), n, household, household_start, words, drawing, numbers, pairs)
    filled = 0
    for i in range(n):
        start[i] = filled
        for k in range(width):
            word = pairs[i * width + k]
            while word != np.uint64(0):
                if filled == len(other):
                    return -1
                other[filled] = np.uint16(k * 64) + np.uint16(_lowest_bit(word))  # type: ignore[call-arg]
                filled += 1
                word &= word - np.uint64(1)
    start[n] = filled
    return filled


block_ties = door(draw_ties)
"""The same, to be called from Python."""


@part
def _draw_numbers(tie: Any, table: U64, block: Any, n: int, words: U64, numbers: U8) -> None:
    """How many others each subject draws."""
    fill_uniform64(words, n, tie, block, ZERO, ZERO)
    highest = np.uint64(0)
    for i in range(n):
        numbers[i] = 0
        highest = max(highest, words[i])
    for k in range(len(table)):
        if highest < table[k]:
            break
        for i in range(n):
            numbers[i] += np.uint8(words[i] >= table[k])


@part
def _draw_pairs(
    tie: Any, block: Any, n: int, household: U16, household_start: U16,
    words: U64, drawing: U16, numbers: U8, pairs: U64,
) -> None:  # fmt: skip
    """Mark every drawn pair in both directions: all first picks, then all second ones of those who have two..."""
    width = (n + 63) // 64
    left = 0
    for i in range(n):
        home = np.int64(household[i])
        alone = household_start[home + 1] - household_start[home] == n
        drawing[left] = i
        left += numbers[i] > 0 and not alone
    j = 0
    while left > 0:
        j += 1
        for x in range(left):
            w0, w1, _, _ = philox(tie, tie >> HALF, block, drawing[x], ZERO, j)
            words[x] = w0 | (w1 << HALF)
        still = 0
        for x in range(left):
            one = np.int64(drawing[x])
            home = np.int64(household[one])
            first, end = np.int64(household_start[home]), np.int64(household_start[home + 1])
            picked = np.int64(scaled64(words[x], n - (end - first)))
            if picked >= first:
                picked += end - first
            pairs[one * width + (picked >> 6)] |= np.uint64(1) << np.uint64(picked & 63)
            pairs[picked * width + (one >> 6)] |= np.uint64(1) << np.uint64(one & 63)
            drawing[still] = one
            still += numbers[one] > j
        left = still
