"""What a run will take here: time, memory and disk, measured on a few blocks and carried on to all.

Some leaf areas, spread over the society, are simulated with more and more of their blocks, on as many threads as the
run would have, until a few seconds are gone. That gives the time of a job and of a block, how many rows tables have and
how slowly their number grows with blocks (about with the logarithm); the rows are then written, hashed and checked
in a folder of their own. What is said of memory beyond what the measurement itself took rests on `GROWTH`.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from glasshouse import laws, making, results, workers
from glasshouse.counts import Tally, Whole, areas_frame
from glasshouse.keeping import keep_documents
from glasshouse.making import Making
from glasshouse.order import Order
from glasshouse.panel import journal_columns, named_rows, telling
from glasshouse.parts import Gathering, finished_leaves, written
from glasshouse.plan import Plan, Shard
from glasshouse.roll import CHUNK, Job, Roll, batch_edges
from glasshouse.scenario import Scenario
from glasshouse.society.areas import RESIDENTS
from glasshouse.society.firms import FIRMS

if TYPE_CHECKING:
    from glasshouse.engine import Sums
    from glasshouse.parts import Part

PLACES: Final = 8
"""Leaf areas that are measured."""
SECONDS: Final = 4.0
"""About so long blocks are simulated for an estimate."""
LEVELS: Final = tuple(4**power for power in range(8))
"""Blocks of a leaf area that are simulated, one level after the other."""
ROWS_WRITTEN: Final = 500_000
"""About so many rows are written to see what writing takes."""
GROWTH: Final = ((0, 20), (30_000, 45), (600_000, 205), (2_500_000, 260), (12_000_000, 370), (50_000_000, 410))
"""Megabytes by which a process grows while tables of so many rows are written, hashed and checked: measured on tables
of 20 to 1,600 leaf areas and 63 months with polars 2.1 on Linux. It levels off because rows are taken in portions."""
LOADING: Final = 1.0
"""Seconds at most that a compiled kernel takes to be read from its cache, which every run does."""
MEGA: Final = 1e6


@dataclass(frozen=True)
class Estimate:
    """What a run will take on a machine whose kernel is compiled. ``seconds`` are those of simulating,
    ``total_seconds`` all; ``compile_seconds`` is what the estimate itself waited for the kernel; ``disk_mb`` is the
    most that stands in the run directory at a time, ``result_mb`` what stays."""

    residents: int
    blocks: int
    areas: int
    steps: int
    replications: int
    threads: int
    rows: int
    seconds: float
    total_seconds: float
    compile_seconds: float
    memory_mb: float
    disk_mb: float
    result_mb: float
    disk_free_mb: float
    measured: Measured


@dataclass(frozen=True)
class Measured:
    """What an estimate rests on."""

    blocks: int
    areas: int
    seconds: float
    rows_written: int
    job_seconds: float
    block_seconds: float


@dataclass
class _Probe:
    """Leaf areas that are being measured: what was simulated of each, and at each level jobs, blocks, time and rows."""

    work: Making
    tally: Tally
    pool: ThreadPoolExecutor
    leaves: list[int]
    parts: dict[int, list[Part]] = field(default_factory=dict)
    pace: list[tuple[int, int, float]] = field(default_factory=list)
    rows: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def warm_up(self) -> None:
        """Gives every thread its first job, which is slower than all others."""
        first = self.work.roll.starts[self.leaves[0]]
        jobs = [job for _ in range(4 * self.work.threads) for job in self.work.roll.jobs(first, first + 1, 1)]
        list(self.pool.map(self._simulate, jobs))

    def simulate(self, start: int, stop: int) -> None:
        """Simulates the blocks of every leaf area that lie between two levels."""
        jobs = [job for leaf in self.leaves for job in self._jobs(leaf, start, stop)]
        begun = time.perf_counter()
        gatherings = {leaf: Gathering("", "residents", 0) for leaf in self.leaves}
        window = 2 * self.work.threads + 2
        for job, sums in workers.in_order(self.pool, iter(jobs), self._simulate, window=window):
            gatherings[job.leaf].add(job, sums, self.tally.totals(sums))
        for leaf, gathering in gatherings.items():
            if gathering.sound:
                self.parts.setdefault(leaf, []).append(gathering.taken())
        self.pace.append((len(jobs), sum(len(job.blocks) for job in jobs), time.perf_counter() - begun))

    def _jobs(self, leaf: int, start: int, stop: int) -> list[Job]:
        roll, first = self.work.roll, self.work.roll.starts[leaf]
        stop = min(stop, roll.sizes[leaf])
        return list(roll.jobs(first + start, first + stop, self.work.chunk)) if start < stop else []

    def _simulate(self, job: Job) -> Sums:
        sums: Sums = self.work.engine.run_blocks(self.work.program, job.leaf, job.blocks)
        return sums

    def coded(self, leaf: int) -> dict[str, Whole]:
        """The rows of a leaf area as far as it was simulated."""
        found = next(finished_leaves(self.parts[leaf], self.work.roll))
        totals = {"batches": self.tally.batch_codes(leaf, found.sizes, found.totals)}
        return self.tally.codes(leaf, found.sums) | totals

    def count(self, level: int) -> None:
        """Notes the rows of every leaf area at a level, those of batches apart."""
        for leaf in self.leaves:
            rows = sum(len(rows) for name, rows in self.coded(leaf).items() if name != "batches")
            self.rows.setdefault(level, []).append((leaf, rows))


def estimate(
    scenario: Scenario, order: Order, *, threads: int | None = None, shard: Shard | None = None
) -> Estimate:
    """Says what a run will take on this machine, after some seconds of measuring."""
    begun = time.perf_counter()
    engine = making.compiled_side()
    before = float(engine.compile_seconds())
    with tempfile.TemporaryDirectory(prefix="glasshouse-estimate-") as place:
        writing = results.Writing(Path(place) / "run", replicated=order.replications > 1, reading=scenario.reading)
        work = Making(
            scenario, Plan(order, {}, shard), writing,
            threads=threads or workers.threads_here(), chunk=CHUNK, progress=None,
        )  # fmt: skip
        keep_documents(scenario, writing, read_back=False)
        documents = sum(path.stat().st_size for path in writing.path.rglob("*.yaml"))
        prepared = time.perf_counter() - begun
        engine.run_blocks(work.program, 0, work.roll.between(0, 1))
        compiled = float(engine.compile_seconds()) - before
        prepared += min(compiled, LOADING)
        probe = _probed(work)
        firms = _firms(work)
        memory = max(making.peak_mb(), resident_mb())
        tables = _Tables(probe, writing)
        writing.release()
    spent = time.perf_counter() - begun - compiled
    return _carried_on(probe, tables, prepared, compiled, memory, documents, spent, firms)


def _probed(work: Making) -> _Probe:
    """Simulates level after level until the time is up or there is nothing left."""
    roll = work.roll
    places = sorted({roll.leaf_at((2 * k + 1) * len(roll) // (2 * PLACES)) for k in range(PLACES)})
    with ThreadPoolExecutor(max_workers=work.threads) as pool:
        probe = _Probe(work, Tally(work.program), pool, places)
        probe.warm_up()
        begun, start = time.perf_counter(), 0
        for level in LEVELS:
            probe.simulate(start, level)
            probe.count(level)
            start = level
            spent = time.perf_counter() - begun
            nothing_left = level >= max(roll.sizes[leaf] for leaf in places)
            if nothing_left or (level > 1 and spent + 4 * probe.pace[-1][2] > SECONDS):
                return probe
    return probe


def _firms(work: Making) -> tuple[float, int]:
    """Seconds that all firms of a run take, and rows they write, from a market each of some leaf areas."""
    if FIRMS not in work.programs:
        return 0.0, 0
    program, roll = work.programs[FIRMS], work.rolls[FIRMS]
    leaves = sorted({len(roll.leaves) * (2 * place + 1) // (2 * PLACES) for place in range(PLACES)})
    tally, rows, begun = Tally(program), 0, time.perf_counter()
    for leaf in leaves:
        sums = work.engine.run_blocks(program, leaf, roll.between(roll.starts[leaf], roll.starts[leaf] + 1))
        rows += sum(len(coded) for coded in tally.codes(leaf, sums).values())
    pace = (time.perf_counter() - begun) / len(leaves)
    return len(roll) * pace / work.threads, len(roll.leaves) * rows // len(leaves)


class _Tables:
    """The tables of what was measured, written, hashed and checked: seconds and bytes by rows."""

    def __init__(self, probe: _Probe, writing: results.Writing) -> None:
        self._probe, self._writing = probe, writing
        coded = [probe.coded(leaf) for leaf in probe.leaves]
        sizes = [sum(map(len, each.values())) for each in coded]
        few, least = self._wrote(coded[:1]), self._size()
        times = max(1, round(ROWS_WRITTEN / max(1, sum(sizes))))
        many, _ = self._wrote(coded * times), self._wrote(coded)
        most = self._size()
        self.rows = sum(sizes)
        self.fixed = few
        self.row_seconds = max(many - few, 0.0) / max(1, sum(sizes) * times - sizes[0])
        self.row_bytes = (most - least) / (self.rows - sizes[0]) if self.rows > sizes[0] else 0.0
        self.fixed_bytes = least - sizes[0] * self.row_bytes
        begun = time.perf_counter()
        program, block = probe.work.program, probe.work.roll.block(0)
        columns = journal_columns(program, probe.work.engine.JOURNAL)
        telling(named_rows(probe.work.engine.journal_block(program, block), columns), block)
        self.told_seconds = time.perf_counter() - begun

    def _size(self) -> int:
        """Bytes of the tables as they stand."""
        return sum(path.stat().st_size for path in self._writing.path.glob("*.parquet"))

    def _wrote(self, coded: list[dict[str, Whole]]) -> float:
        """Seconds to write leaf areas' rows, hash and check them."""
        begun = time.perf_counter()
        tally, work, writing = self._probe.tally, self._probe.work, self._writing
        for leaf in coded:
            writing.add({name: tally.frame(name, rows) for name, rows in leaf.items()})
        writing.add({"areas": areas_frame(work.program, work.roll.sizes)})
        writing.join()
        results.hashes(writing.path)
        laws.verdicts(lambda name: results.scanned(writing.path, name), work.scenario, work.program.strata)
        return time.perf_counter() - begun


# --- carrying on ---------------------------------------------------------------------------------------------------


def _carried_on(
    probe: _Probe, tables: _Tables, prepared: float, compiled: float, memory: float, documents: int, spent: float,
    firms: tuple[float, int],
) -> Estimate:  # fmt: skip
    """From what was measured to the whole run, or to a shard of it, which writes no tables and simulates all firms."""
    work = probe.work
    roll, times = work.roll, work.order.replications
    spans = [work.span(each) for each in work.passes if each.population == RESIDENTS]
    blocks = sum(stop - first for first, stop in spans)
    markets = len(work.rolls[FIRMS]) * times if FIRMS in work.rolls else 0
    share = blocks / len(roll)
    job, block = _pace(probe)
    seconds = share * _jobs(roll, work.chunk) * job + blocks * block + firms[0] * times
    whole = work.plan.shard is None
    rows = round((_rows(roll, probe) + firms[1]) * times) if whole else 0
    parts = share * _part_bytes(roll, probe, seconds)
    result = tables.fixed_bytes + rows * tables.row_bytes if whole else 0.0
    wrote = tables.fixed + rows * tables.row_seconds + tables.told_seconds if whole else 0.0
    return Estimate(
        residents=round(sum(roll.residents(*span) for span in spans) / times), blocks=blocks + markets,
        areas=len(roll.leaves),
        steps=work.program.steps, replications=times, threads=work.threads, rows=rows, seconds=seconds,
        total_seconds=prepared * times + seconds + wrote, compile_seconds=compiled,
        memory_mb=memory + (growth(rows) if whole else 0.0), disk_mb=(documents + parts + 2 * result) / MEGA,
        result_mb=(documents + (result if whole else parts)) / MEGA,
        disk_free_mb=shutil.disk_usage(Path.cwd()).free / MEGA,
        measured=Measured(
            sum(count for _, count, _ in probe.pace), len(probe.leaves), spent, tables.rows, job, block),
    )  # fmt: skip


def _pace(probe: _Probe) -> tuple[float, float]:
    """Seconds a job takes whatever its size, and a block: of all that was measured, by least squares."""
    known = np.array([(jobs, blocks) for jobs, blocks, _ in probe.pace if jobs], dtype=np.float64)
    taken = np.array([seconds for jobs, _, seconds in probe.pace if jobs])
    weights = 1 / np.maximum(taken, 1e-4)
    job, block = np.linalg.lstsq(known * weights[:, None], taken * weights, rcond=None)[0]
    if block <= 0 or job < 0:  # too little of one kind to part them: the largest level says most
        return 0.0, float(taken[-1] / known[-1, 1])
    return float(job), float(block)


def _jobs(roll: Roll, chunk: int) -> int:
    """How many jobs the blocks of a roll make."""
    return sum(-(-(b - a) // chunk) for size in roll.sizes for a, b in pairwise(batch_edges(size)))


def _at(levels: list[tuple[int, float]], blocks: int) -> float:
    """A number that was found at some levels of blocks, at another: on the line through the two next to it, over the
    logarithm of blocks."""
    if len(levels) == 1:
        return levels[0][1]
    place = min(max(1, bisect_left([level for level, _ in levels], blocks)), len(levels) - 1)
    (low, less), (high, more) = levels[place - 1], levels[place]
    return max(0.0, less + (more - less) * log(blocks / low) / log(high / low))


def _rows(roll: Roll, probe: _Probe) -> float:
    """Rows of all tables of one replication."""
    levels = [(level, sum(rows for _, rows in found) / len(found)) for level, found in sorted(probe.rows.items())]
    largest = max(roll.sizes[leaf] for leaf in probe.leaves)
    levels = [(min(level, largest), rows) for level, rows in levels]
    if len(levels) > 1 and levels[-1][0] == levels[-2][0]:
        levels.pop(-2)
    totals = [part.pieces[-1].totals.places.size / len(part.pieces[-1].batches)
              for parts in probe.parts.values() for part in parts[-1:]]  # fmt: skip
    batches = sum(len(batch_edges(size)) - 1 for size in roll.sizes) * sum(totals) / len(totals)
    return sum(_at(levels, size) for size in roll.sizes) + batches


def _part_bytes(roll: Roll, probe: _Probe, seconds: float) -> float:
    """Bytes of the parts of one replication: each leaf area stands in one part at least, and each part ends in one."""
    found = [len(written(part)) for parts in probe.parts.values() for part in parts[-1:]]
    parts = min(seconds / making.PART_SECONDS, 1 / making.PART_SHARE * (1 + log(max(1.0, seconds * making.PART_SHARE))))
    return (len(roll.sizes) + parts) * sum(found) / len(found)


def growth(rows: int) -> float:
    """Megabytes by which a process grows while so many rows are written, hashed and checked."""
    if rows >= GROWTH[-1][0]:
        return GROWTH[-1][1]
    place = next(k for k, (most, _) in enumerate(GROWTH) if rows < most)
    (low, less), (high, more) = GROWTH[place - 1], GROWTH[place]
    return less + (more - less) * (rows - low) / (high - low)


def resident_mb() -> float:
    """Memory this process holds now, in megabytes; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    import resource

    return pages * resource.getpagesize() / (1024 * 1024)
