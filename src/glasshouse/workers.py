"""Blocks on threads: jobs are ranges of blocks of a leaf area, and no order, chunk or number of threads changes a bit.

The sampled blocks of a leaf area are parted into batches, in their order and by their number alone, so that the
variance between batches is the same wherever the run was made; batches are cut into chunks, which are the jobs.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from glasshouse.counts import Tally, Whole
    from glasshouse.engine import Program, Sums

Blocks = npt.NDArray[np.int64]

CHUNK: Final = 256
"""Blocks a job: about a tenth of a second for a year."""
MOST_BATCHES: Final = 32
FULL_BATCH: Final = 8
"""Blocks that a batch should have before there are more than two."""


@dataclass(frozen=True)
class Job:
    """A range of blocks of one batch of one leaf area."""

    leaf: int
    batch: int
    blocks: Blocks


@dataclass(frozen=True)
class LeafResult:
    """A finished leaf area: its sums, and the totals [batches, figures] of batches of so many blocks each."""

    leaf: int
    sums: Sums
    sizes: list[int]
    totals: Whole


def threads_here() -> int:
    """How many threads a run uses unless told: the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def batches(blocks: Blocks) -> list[Blocks]:
    """The blocks of a leaf area in at most 32 batches of nearly one size; two where there are few."""
    number = min(len(blocks), max(2, min(MOST_BATCHES, len(blocks) // FULL_BATCH)))
    return np.array_split(blocks, number) if number else []


def jobs(chosen: Sequence[Blocks], chunk: int) -> Iterator[Job]:
    """All jobs of a run, leaf area by leaf area, batch by batch."""
    for leaf, blocks in enumerate(chosen):
        for batch, part in enumerate(batches(blocks)):
            for start in range(0, len(part), chunk):
                yield Job(leaf, batch, part[start : start + chunk])


def finished_leaves(
    program: Program,
    chosen: Sequence[Blocks],
    simulate: Callable[[Program, int, Blocks], Sums],
    tally: Tally,
    *,
    threads: int,
    chunk: int = CHUNK,
    progress: Callable[[int, int], None] | None = None,
) -> Generator[LeafResult, None, None]:
    """Simulates the chosen blocks of every leaf area and gives the areas in order, each as soon as it is complete.

    Only a few jobs are under way at a time, so memory does not grow with the society. `progress` is told the leaf
    area and the number of blocks done. When the reader stops, or is interrupted, jobs not yet begun are dropped and the
    others awaited.
    """
    pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="blocks")
    try:
        gathering: _Gathering | None = None
        for job, sums in _in_order(pool, program, jobs(chosen, chunk), simulate, window=2 * threads + 2):
            if gathering is not None and gathering.leaf != job.leaf:
                yield gathering.result()
                gathering = None
            gathering = gathering or _Gathering(job.leaf, chosen[job.leaf])
            gathering.add(job, sums, tally)
            if progress is not None:
                progress(job.leaf, len(job.blocks))
        if gathering is not None:
            yield gathering.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _in_order(
    pool: ThreadPoolExecutor,
    program: Program,
    work: Iterator[Job],
    simulate: Callable[[Program, int, Blocks], Sums],
    *,
    window: int,
) -> Iterator[tuple[Job, Sums]]:
    """Jobs and their sums in the order of the jobs, at most `window` of them under way or waiting to be read."""
    pending: deque[tuple[Job, Future[Sums]]] = deque()
    for job in work:
        pending.append((job, pool.submit(simulate, program, job.leaf, job.blocks)))
        if len(pending) >= window:
            done, future = pending.popleft()
            yield done, future.result()
    while pending:
        done, future = pending.popleft()
        yield done, future.result()


class _Gathering:
    """A leaf area whose jobs are coming in."""

    def __init__(self, leaf: int, blocks: Blocks) -> None:
        self.leaf = leaf
        self._sizes = [len(part) for part in batches(blocks)]
        self._sums: Sums | None = None
        self._totals: list[Whole | None] = [None] * len(self._sizes)

    def add(self, job: Job, sums: Sums, tally: Tally) -> None:
        totals = tally.totals(sums)
        before = self._totals[job.batch]
        self._totals[job.batch] = totals if before is None else before + totals
        self._sums = sums if self._sums is None else self._sums + sums

    def result(self) -> LeafResult:
        assert self._sums is not None
        totals = np.stack([part for part in self._totals if part is not None])
        return LeafResult(self.leaf, self._sums, self._sizes, totals)
