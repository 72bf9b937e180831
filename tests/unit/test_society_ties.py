"""Ties inside a block: the drawn pairs in both directions, nobody's own household, the asked mean."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from glasshouse.errors import UsageError
from glasshouse.randomness import poisson_table, uniforms
from glasshouse.society.ties import FULL, block_ties, tie_key, tie_table, words_needed
from societies import seeds, tie

FRIENDS = tie("friends", "20")
KEY = np.uint64(tie_key(FRIENDS, seeds("7")))


class Ties:
    """The ties of a block of households of the sizes 1, 2, .. 5 in turn, with room for so many entries."""

    def __init__(
        self, n: int = 500, room: int = 60_000, mean: str = "20", sizes: tuple[int, ...] = (1, 2, 3, 4, 5)
    ) -> None:
        household: list[int] = []
        starts = [0]
        while len(household) < n:
            size = min(sizes[len(starts) % len(sizes)], n - len(household))
            household += [len(starts) - 1] * size
            starts.append(len(household))
        self.n = n
        self.household, self.household_start = np.array(household, np.uint16), np.array(starts, np.uint16)
        self.table = tie_table(tie("friends", mean))
        self.words, self.drawing = np.full(n, 3, np.uint64), np.full(n, 3, np.uint16)
        self.numbers, self.pairs = np.full(n, 3, np.uint8), np.full(words_needed(n), 3, np.uint64)
        self.start, self.other = np.full(n + 1, 3, np.uint32), np.full(room, 3, np.uint16)

    def draw(self, block: int) -> int:
        return block_ties(KEY, self.table, block, self.n, self.household, self.household_start, self.words,
                          self.drawing, self.numbers, self.pairs, self.start, self.other)

    def rows(self) -> list[list[int]]:
        return [self.other[self.start[i] : self.start[i + 1]].tolist() for i in range(self.n)]


def slowly(ties: Ties, block: int) -> list[list[int]]:
    """The same by the rule as it is written, one pick after another."""
    tied: list[set[int]] = [set() for _ in range(ties.n)]
    table = [int(entry) for entry in ties.table]
    for i in range(ties.n):
        others = [j for j in range(ties.n) if ties.household[j] != ties.household[i]]
        number = sum(int(uniforms(int(KEY), block, i, 0, 0)[0]) >= entry for entry in table)
        for j in range(number if others else 0):
            picked = others[int(uniforms(int(KEY), block, i, 0, 1 + j)[0]) * len(others) >> 64]
            tied[i].add(picked)
            tied[picked].add(i)
    return [sorted(row) for row in tied]


@pytest.mark.parametrize(("n", "mean"), [(1, "20"), (2, "20"), (63, "6"), (64, "0.5"), (65, "20"), (130, "40")])
def test_ties_are_those_of_the_written_rule(n: int, mean: str) -> None:
    ties = Ties(n, mean=mean)
    entries = ties.draw(11)
    rows = ties.rows()
    assert rows == slowly(ties, 11)
    assert entries == sum(len(row) for row in rows)


def test_ties_are_mutual_and_leave_out_the_household() -> None:
    ties = Ties()
    for block in range(20):
        ties.draw(block)
        rows = ties.rows()
        for i, row in enumerate(rows):
            assert row == sorted(set(row))
            assert all(i in rows[j] for j in row)
            assert not {int(ties.household[j]) for j in row} & {int(ties.household[i])}


def test_ties_of_a_block_are_always_the_same() -> None:
    ties, again = Ties(), Ties()
    ties.draw(5)
    first = ties.rows()
    ties.draw(6)
    assert ties.rows() != first
    again.draw(5)
    assert again.rows() == first


def test_degrees_are_a_poisson_number_less_doubles() -> None:
    """Degrees of 20,000 subjects against own picks plus being picked, doubles taken out.

    With n subjects outside each household about m = 497, a pair is tied with chance 1 - (1 - d)^2, where d is the
    chance that one draws the other at least once; the mean is within 5 standard errors (0.22, so a mean off by 0.35
    would show with power 0.99) and the variance within 6 in 100 of the degree's.
    """
    ties = Ties()
    degrees = []
    for block in range(40):
        ties.draw(block)
        degrees += [len(row) for row in ties.rows()]
    outside = 500 - (1 + 4 + 9 + 16 + 25) / 15
    drawn = 1 - np.exp(-10 / outside)
    mean = outside * (1 - (1 - drawn) ** 2)
    assert abs(np.mean(degrees) - mean) < 5 * (2 * mean / len(degrees)) ** 0.5
    assert abs(np.var(degrees) / mean - 1) < 0.06


def test_nobody_outside_no_ties() -> None:
    ties = Ties(5, sizes=(5,))
    assert ties.household_start.tolist() == [0, 5]
    assert ties.draw(0) == 0 and ties.start.tolist() == [0] * 6


def test_short_buffers_are_told_not_overrun() -> None:
    entries = Ties().draw(0)
    assert Ties(room=entries).draw(0) == entries
    assert Ties(room=entries - 1).draw(0) == FULL
    for name, short in (("words", 499), ("drawing", 499), ("numbers", 499), ("pairs", 500 * 8 - 1), ("start", 500)):
        ties = Ties()
        setattr(ties, name, getattr(ties, name)[:short].copy())
        assert ties.draw(0) == FULL


def test_only_ties_of_a_block_are_drawn() -> None:
    assert tie_table(FRIENDS).tolist() == list(poisson_table(Decimal(10)))
    with pytest.raises(UsageError, match="within a block"):
        tie_table(tie("household", None, "household"))
