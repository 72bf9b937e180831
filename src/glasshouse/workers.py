"""Blocks on threads: jobs are ranges of blocks of a leaf area; no order, chunk or number of threads changes a bit."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from glasshouse.roll import CHUNK, Blocks, Job, Range, Roll

if TYPE_CHECKING:
    from glasshouse.engine import Program, Sums

Simulate = Callable[["Program", int, Blocks], "Sums"]
"""Simulates blocks of a leaf area of a program."""


def threads_here() -> int:
    """How many threads a run uses unless told: the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def finished_jobs(
    program: Program, roll: Roll, span: Range, simulate: Simulate, *, threads: int, chunk: int = CHUNK
) -> Generator[tuple[Job, Sums], None, None]:
    """Simulates a range of the roll and gives its jobs with their sums, in the order of the roll.

    Only a few jobs are under way or waiting to be read at a time, so memory does not grow with the society. When the
    reader stops, or is interrupted, jobs not yet begun are dropped and the others awaited.
    """
    def work(job: Job) -> Sums:
        return simulate(program, job.leaf, job.blocks)

    pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="blocks")
    try:
        yield from in_order(pool, roll.jobs(*span, chunk), work, window=2 * threads + 2)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def in_order(
    pool: ThreadPoolExecutor, jobs: Iterator[Job], work: Callable[[Job], Sums], *, window: int
) -> Iterator[tuple[Job, Sums]]:
    """Has jobs done on threads and gives them in their order, at most `window` of them under way or waiting."""
    pending: deque[tuple[Job, Future[Sums]]] = deque()
    for job in jobs:
        pending.append((job, pool.submit(work, job)))
        if len(pending) >= window:
            done, future = pending.popleft()
            yield done, future.result()
    while pending:
        done, future = pending.popleft()
        yield done, future.result()
