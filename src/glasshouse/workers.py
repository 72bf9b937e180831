"""Blocks on threads: jobs are ranges of blocks of a leaf area; no order, chunk or number of threads changes a bit."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator
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
    pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="blocks")
    pending: deque[tuple[Job, Future[Sums]]] = deque()
    try:
        for job in roll.jobs(*span, chunk):
            pending.append((job, pool.submit(simulate, program, job.leaf, job.blocks)))
            if len(pending) >= 2 * threads + 2:
                done, future = pending.popleft()
                yield done, future.result()
        while pending:
            done, future = pending.popleft()
            yield done, future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
