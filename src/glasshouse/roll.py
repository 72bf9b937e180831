"""The roll: the blocks that a run simulates, in one row, leaf area by leaf area, and the jobs they are cut into.

A place in the roll is a whole number, so a range of it says which blocks are meant, whatever the society's size;
nothing is held but the leaf area last asked for. The blocks of a leaf area are parted into batches, in their order and
by their number alone, so that the variance between batches is the same wherever the run was made; batches are cut into
chunks, which are the jobs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from glasshouse.society.areas import Leaf, sample_size, sampled

Blocks = npt.NDArray[np.int64]
Range = tuple[int, int]
"""Places in a roll from the first to before the second."""

CHUNK: Final = 256
"""Blocks a job: about a tenth of a second for a year."""
MOST_BATCHES: Final = 32
FULL_BATCH: Final = 8
"""Blocks that a batch should have before there are more than two."""


@dataclass(frozen=True)
class Job:
    """A range of blocks of one batch of one leaf area; ``stop`` is the place in the roll after its last."""

    leaf: int
    batch: int
    blocks: Blocks
    stop: int


def batch_edges(number: int) -> list[int]:
    """Where the batches of so many blocks begin, and the end: at most 32, nearly alike, two where there are few."""
    parts = min(number, max(2, min(MOST_BATCHES, number // FULL_BATCH)))
    if not parts:
        return [0]
    size, larger = divmod(number, parts)
    return [place * size + min(place, larger) for place in range(parts + 1)]


class Roll:
    """The blocks of a society, or of a sample of it, that a run simulates."""

    def __init__(self, leaves: Sequence[Leaf], sample: Fraction | None = None) -> None:
        self.leaves = leaves
        self._sample = sample or Fraction(1)
        self.sizes = [sample_size(leaf, self._sample) for leaf in leaves]
        self.starts = [0, *accumulate(self.sizes)]
        self._last: tuple[int, Blocks] | None = None

    def __len__(self) -> int:
        return self.starts[-1]

    def of_leaf(self, leaf: int) -> Blocks:
        """The blocks of one leaf area, by their numbers in the society, rising."""
        if self._last is None or self._last[0] != leaf:
            self._last = (leaf, sampled(self.leaves[leaf], self._sample))
        return self._last[1]

    def between(self, first: int, stop: int) -> Blocks:
        """The blocks of a range that lies in one leaf area."""
        leaf = self.leaf_at(first)
        here, start = self.leaves[leaf], self.starts[leaf]
        if self.sizes[leaf] == here.blocks:  # all of them: nothing need be listed
            return np.arange(here.first_block + first - start, here.first_block + stop - start, dtype=np.int64)
        return self.of_leaf(leaf)[first - start : stop - start]

    def block(self, place: int) -> int:
        """The block at a place."""
        return int(self.between(place, place + 1)[0])

    def leaf_at(self, place: int) -> int:
        """The leaf area of the block at a place."""
        return bisect_right(self.starts, place) - 1

    def jobs(self, first: int, stop: int, chunk: int) -> Iterator[Job]:
        """The jobs of a range, in order: no job is larger than a chunk or has blocks of two batches."""
        place = first
        while place < stop:
            leaf = self.leaf_at(place)
            edges, start = batch_edges(self.sizes[leaf]), self.starts[leaf]
            batch = bisect_right(edges, place - start) - 1
            end = min(stop, place + chunk, start + edges[batch + 1])
            yield Job(leaf, batch, self.between(place, end), end)
            place = end

    def residents(self, first: int, stop: int) -> float:
        """About how many residents (or firms) live in a range, as far as the sizes of leaf areas say."""
        total = 0.0
        for place in range(self.leaf_at(first), self.leaf_at(max(first, stop - 1)) + 1) if first < stop else ():
            inside = min(stop, self.starts[place + 1]) - max(first, self.starts[place])
            total += self.leaves[place].residents * inside / self.leaves[place].blocks
        return total


def cut(first: int, stop: int, pieces: int) -> list[Range]:
    """A range in so many ranges of nearly one size, empty ones left out."""
    edges = [first + (stop - first) * place // pieces for place in range(pieces + 1)]
    return [(a, b) for a, b in pairwise(edges) if a < b]


def missing(span: Range, found: Sequence[Range]) -> list[Range]:
    """What of a span no range covers."""
    gaps = []
    place = span[0]
    for first, stop in sorted(found):
        if first > place:
            gaps.append((place, min(first, span[1])))
        place = max(place, stop)
    if place < span[1]:
        gaps.append((place, span[1]))
    return [gap for gap in gaps if gap[0] < gap[1]]
