"""A run while it is made: blocks simulated, counts written, extras added, laws checked, the manifest told."""

from __future__ import annotations

import json
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from glasshouse import __version__, laws, results, workers
from glasshouse.confidence import numbers_by_confidence
from glasshouse.counts import Tally, Whole, areas_frame, coupling_frame, handed_on
from glasshouse.errors import RunFailed
from glasshouse.panel import Journal, journal_columns, journal_frame, named_rows, panel_frame, telling
from glasshouse.parts import Damaged, Gathering, Label, LeafResult, Part, Shelf, finished_leaves, ranges, read
from glasshouse.plan import Plan, Shard
from glasshouse.roll import Range, Roll, cut, missing
from glasshouse.scenario import Scenario
from glasshouse.society.areas import RESIDENTS
from glasshouse.society.coupling import Coupling
from glasshouse.society.firms import FIRMS, firm_leaves, has_firms

if TYPE_CHECKING:
    from types import ModuleType

    from glasshouse.cluster import Cluster
    from glasshouse.engine import Program

Progress = Callable[[int, int], None]
"""Told the residents simulated so far and in all; the first time before anything is simulated."""

ROWS_JUDGED: Final = 3_000_000
"""Rows of `monthly` over which laws are checked at a time."""
PART_SECONDS: Final = 1.0
PART_SHARE: Final = 1 / 200
"""A part is put away when it took a second to make, later half a hundredth of the time the run has taken so far: so
much is lost at most when a run is killed, and a run of days has some thousand parts."""


def compiled_side() -> ModuleType:
    """The compiled side, fetched when a run starts and not before."""
    from glasshouse import engine

    return engine


def peak_mb() -> float:
    """The most memory this process has held, in megabytes; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0.0
    import resource

    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


@dataclass(frozen=True)
class Pass:
    """One population of one replication, blocks from the first to the last; passes follow one another."""

    population: str
    replication: int


class Making:
    """One run while it is made: what is missing is simulated and put away part by part, then the tables are written."""

    def __init__(
        self,
        scenario: Scenario,
        plan: Plan,
        writing: results.Writing,
        *,
        threads: int,
        chunk: int,
        progress: Progress | None,
        cluster: str | None = None,
    ) -> None:
        self.scenario, self.plan, self.order, self.writing = scenario, plan, plan.order, writing
        self.threads, self.chunk, self.progress = threads, chunk, progress
        self.cluster = cluster
        self.started = time.perf_counter()
        self.engine = compiled_side()
        self.compiled = float(self.engine.compile_seconds())
        trading = has_firms(scenario) and bool(firm_leaves(scenario.recipe, self.order.residents))
        self.programs = {
            population: self._prepared(Pass(population, 0))
            for population in ((FIRMS, RESIDENTS) if trading else (RESIDENTS,))
        }
        """The programs of the first replication, by population in the order of the passes; residents know no firms."""
        self.rolls = {name: Roll(found.leaves, self.order.sample) for name, found in self.programs.items()}
        self.program, self.roll = self.programs[RESIDENTS], self.rolls[RESIDENTS]
        self.passes = [Pass(name, number) for number in range(self.order.replications) for name in self.programs]
        self._coupled: dict[int, Coupling] = {}
        self.reused: list[Label] = []
        self.seconds = 0.0
        self._workforce: Cluster | None = None
        self._simulated = 0.0

    @property
    def shelf(self) -> Shelf:
        """Where the run's parts stand."""
        return Shelf(self.writing.parts, self.plan.digest)

    def _prepared(self, each: Pass, coupling: Coupling | None = None) -> Program:
        """The program of a pass: the same documents, other seeds; residents may be told of firms."""
        order = self.order
        program: Program = self.engine.prepare(
            self.scenario, order.seeds_of(each.replication),
            residents=order.residents, first_step=order.first_step, steps=order.steps,
            population=each.population, coupling=coupling,
        )  # fmt: skip
        return program

    def program_of(self, each: Pass) -> Program:
        """The program by which a pass is simulated; of residents once the firms of the replication are finished."""
        if each.population == RESIDENTS and FIRMS in self.programs:
            return self._prepared(each, self.coupling_of(each.replication))
        return self._prepared(each) if each.replication else self.programs[each.population]

    def coupling_of(self, replication: int) -> Coupling:
        """What the firms of a replication hand on to its residents, from the parts of their pass."""
        if replication not in self._coupled:
            program, counts = self.programs[FIRMS], {}
            for leaf in self._leaves(Pass(FIRMS, replication)):
                counts.update(handed_on(program, leaf.leaf, leaf.sums.monthly))
            self._coupled = {replication: Coupling(program.first_step, program.steps, counts)}
        return self._coupled[replication]

    def span(self, each: Pass, shard: Shard | None = None) -> Range:
        """The places of a pass that are to be covered: all, or what lies in a shard (this directory's unless said)."""
        places = len(self.rolls[each.population])
        shard = shard or self.plan.shard
        if shard is None or each.population == FIRMS:  # every shard needs all firms
            return 0, places
        first, stop = shard.span(places * self.order.replications)
        before = places * each.replication
        return min(places, max(0, first - before)), min(places, max(0, stop - before))

    # --- simulating ------------------------------------------------------------------------------------------------

    def simulate(self) -> None:
        """Simulates what is missing. What is finished stands in the directory, whenever and however this ends."""
        begun = time.perf_counter()
        self.reused, damaged = self.shelf.sound()
        self.shelf.drop(damaged)
        gaps = {each: missing(self.span(each), ranges(self.reused, each.population, each.replication))
                for each in self.passes}  # fmt: skip
        everybody = sum(self._subjects(each, self.span(each)) for each in self.passes)
        left = sum(self._subjects(each, gap) for each in self.passes for gap in gaps[each])
        self._expected, self._simulated = everybody, everybody - left
        self._tell(0.0)
        with closing(self) if self._join(left) else nullcontext():
            for each in self.passes:
                if gaps[each]:
                    self._carry_out(each, gaps[each])
        self.seconds = time.perf_counter() - begun

    def _subjects(self, each: Pass, span: Range) -> float:
        """About how many subjects stand in a range of a pass."""
        return self.rolls[each.population].residents(*span)

    def _join(self, left: float) -> bool:
        """Joins the cluster if there is one and something is left to do; says whether it has to be left again."""
        if self.cluster is None or not left:
            return False
        from glasshouse import cluster

        if self.cluster == cluster.LOCAL:
            self.engine.run_blocks(self.program, 0, self.roll.of_leaf(0)[:1])  # compiled once for all workers
        self._workforce = cluster.Cluster(self.cluster, workers=self.threads)
        return True

    def close(self) -> None:
        """Leaves the cluster."""
        if self._workforce is not None:
            self._workforce.close()
            self._workforce = None

    def _carry_out(self, each: Pass, gaps: list[Range]) -> None:
        if self._workforce is not None:
            self._on_cluster(each, gaps)
            return
        program = self.program_of(each)
        tally = Tally(program)
        for gap in gaps:
            self._here(each, program, tally, gap)

    def _here(self, each: Pass, program: Program, tally: Tally, gap: Range) -> None:
        """Simulates a range on threads of this process and puts a part away every second or so."""
        gathering = Gathering(self.plan.digest, each.population, each.replication)
        finished = workers.finished_jobs(
            program, self.rolls[each.population], gap, self.engine.run_blocks, threads=self.threads, chunk=self.chunk
        )
        begun = last = time.perf_counter()
        with closing(finished):
            try:
                for job, sums in finished:
                    gathering.add(job, sums, tally.totals(sums))
                    now = time.perf_counter()
                    if gathering.full or now - last >= max(PART_SECONDS, (now - begun) * PART_SHARE):
                        self.shelf.keep(gathering.taken())
                        last = now
                    self._tell(self._subjects(each, (job.stop - len(job.blocks), job.stop)))
            except KeyboardInterrupt:
                if gathering.sound:
                    self.shelf.keep(gathering.taken())
                raise
        if gathering.sound:
            self.shelf.keep(gathering.taken())

    def _on_cluster(self, each: Pass, gaps: list[Range]) -> None:
        """Has ranges simulated by the workers of a cluster and puts away what comes back."""
        from glasshouse import cluster

        assert self._workforce is not None
        packed, order = cluster.packed_documents(self.writing.path), json.dumps(self.order.written())
        told = each.population == RESIDENTS and FIRMS in self.programs
        coupling = self.coupling_of(each.replication).written() if told else ""
        tasks = (
            cluster.Task(
                self.plan.code, self.plan.digest, packed, order, each.population, each.replication, span, self.chunk,
                coupling,
            )
            for span in self._workforce.spans(gaps)
        )
        with closing(self._workforce.finished(tasks)) as finished:
            for task, content in finished:
                label = read(content, self.plan.digest).label
                self.shelf.keep_bytes(label, content)
                self._tell(self._subjects(each, task.span))

    def _tell(self, residents: float) -> None:
        self._simulated += residents
        if self.progress is not None:
            self.progress(round(self._simulated), round(self._expected))

    # --- writing ---------------------------------------------------------------------------------------------------

    def finished(self) -> dict[str, Any]:
        """Writes the tables from the parts, hashes and checks them; the manifest."""
        for each in self.passes:
            self._tables(each)
        for population, program in self.programs.items():
            self.writing.add({"areas": areas_frame(program, self.rolls[population].sizes)})
        self.writing.join()
        self._extras()
        tables = results.hashes(self.writing.path)
        found = self._verdicts()
        laws.insist(found)
        return self._manifest(tables, found) | {"platform": self._platform()}

    def _verdicts(self) -> list[laws.Verdict]:
        """Every law, over some areas at a time, so that no table stands in memory as a whole."""
        rows = int(results.scanned(self.writing.path, "monthly").select(pl.len()).collect().item())
        names = list(dict.fromkeys(leaf.name for program in self.programs.values() for leaf in program.leaves))
        strata = {population: program.strata for population, program in self.programs.items()}
        portions = [names[a:b] for a, b in cut(0, len(names), 1 + rows // ROWS_JUDGED)]

        def of(areas: list[str]) -> laws.Tables:
            def table(name: str) -> pl.LazyFrame:
                scanned = results.scanned(self.writing.path, name)
                return scanned if len(portions) == 1 else scanned.filter(pl.col("area").is_in(areas))

            return table

        return laws.together(laws.verdicts(of(areas), self.scenario, strata) for areas in portions)

    def finished_shard(self) -> dict[str, Any]:
        """What a shard's directory says of itself: parts and no tables."""
        places = sum(stop - first for first, stop in map(self.span, self.passes))
        residents = round(sum(self._subjects(each, self.span(each)) for each in self.passes
                              if each.population == RESIDENTS))  # fmt: skip
        return self._told(results.SHARD_FORMAT) | {
            "shard": str(self.plan.shard), "run_digest": self.plan.digest, "blocks": places, "residents": residents,
            "firms": round(sum(self._subjects(each, self.span(each)) for each in self.passes
                               if each.population == FIRMS)),
            "result_hash": None, "tables": {}, "laws": [], "platform": self._platform(),
        }  # fmt: skip

    def _tables(self, each: Pass) -> None:
        """Adds the rows of a pass, leaf area by leaf area."""
        tally = Tally(self.programs[each.population])
        waiting: list[dict[str, Whole]] = []
        if each.population == FIRMS:
            told = coupling_frame(tally.program, self.coupling_of(each.replication))
            self.writing.add({"coupling": told}, each.replication)
        for leaf in self._leaves(each):
            batches = {"batches": tally.batch_codes(leaf.leaf, leaf.sizes, leaf.totals)}
            waiting.append(tally.codes(leaf.leaf, leaf.sums) | batches)
            if sum(len(rows) for coded in waiting for rows in coded.values()) >= results.BUFFERED_ROWS:
                self._write(tally, waiting, each.replication)
        self._write(tally, waiting, each.replication)

    def _leaves(self, each: Pass) -> Iterator[LeafResult]:
        """The finished leaf areas of a pass, in order. Raises RunFailed where parts are gone."""
        labels = [label for label in self.shelf.labels()
                  if (label.population, label.replication) == (each.population, each.replication)]  # fmt: skip
        roll = self.rolls[each.population]
        gaps = missing((0, len(roll)), ranges(labels, each.population, each.replication))
        if gaps:
            raise RunFailed(f"{self.writing.path}: parts are gone (blocks {gaps[0][0]} to {gaps[0][1]} of the roll)")
        yield from finished_leaves(map(self._part, labels), roll)

    def _part(self, label: Label) -> Part:
        try:
            return self.shelf.read(label)
        except Damaged as failure:
            raise RunFailed(f"{self.shelf.folder / label.file} was damaged while the run went on: {failure}") from None

    def _write(self, tally: Tally, waiting: list[dict[str, Whole]], replication: int) -> None:
        """Hands the rows of finished leaf areas to the run directory."""
        if waiting:
            together = {name: np.concatenate([coded[name] for coded in waiting]) for name in waiting[0]}
            self.writing.add({name: tally.frame(name, rows) for name, rows in together.items()}, replication)
            waiting.clear()

    # --- extras ----------------------------------------------------------------------------------------------------

    def _extras(self) -> None:
        """Panel and journal, of the first replication."""
        self.program = self.program_of(Pass(RESIDENTS, 0))
        if self.order.panel:
            frame = panel_frame(self.program, self.roll, self.order.panel, self._journal)
            self.writing.frame("panel", frame)
        if self.order.journal:
            journals = [self.engine.journal_block(self.program, block) for block in sorted(set(self.order.journal))]
            for name, columns in journal_columns(self.program, self.engine.JOURNAL).items():
                rows = [row for journal in journals for row in journal[name]]
                self.writing.frame(f"journal/{name}", journal_frame(self.program, columns, rows))

    def _journal(self, block: int) -> Journal:
        columns = journal_columns(self.program, self.engine.JOURNAL)
        return named_rows(self.engine.journal_block(self.program, block), columns)

    # --- manifest --------------------------------------------------------------------------------------------------

    def _told(self, form: str) -> dict[str, Any]:
        """What is known of a run before anything is simulated."""
        scenario, order, program = self.scenario, self.order, self.program
        numbers = numbers_by_confidence(scenario)
        return {
            "glasshouse": form,
            "synthetic": True,
            "notice": results.SYNTHETIC,
            "version": __version__,
            "scenario": {"name": scenario.name, "title": scenario.title},
            "documents": self.plan.documents,
            "reading": scenario.reading,
            "period": {
                "step": scenario.step, "first_step": program.first_step, "steps": program.steps,
                "first": program.step_labels[0], "last": program.step_labels[-1],
            },
            "labels": list(program.step_labels),
            "steps": program.steps,
            "society": order.residents,
            "represents": scenario.recipe.residents,
            "sample": None if order.sample is None else str(order.sample),
            "seed": order.seed,
            "order": order.written(),
            "groups": ["&".join(attributes) for attributes in scenario.groups],
            "numbers": numbers,
            "invented_share": numbers["invented"] / max(1, sum(numbers.values())),
        }  # fmt: skip

    def _manifest(self, tables: dict[str, str], found: list[laws.Verdict]) -> dict[str, Any]:
        first = self.roll.block(0)
        return self._told(results.FORMAT) | {
            "residents": self._counted(RESIDENTS),
            "firms": self._counted(FIRMS),
            "blocks": sum(map(len, self.rolls.values())),
            "example": telling(self._journal(first), first),
            "result_hash": results.result_hash(tables),
            "tables": tables,
            "laws": [{"law": law.law, "holds": law.holds, "compared": law.compared} for law in found],
        }

    def _counted(self, population: str) -> int:
        """Subjects of a population simulated in the first replication."""
        first = pl.col("month") == self.program.step_labels[0]
        wanted = (pl.col("group") == "all") & (pl.col("quantity") == "subjects") & first
        wanted &= pl.col("population") == population
        rows = results.scanned(self.writing.path, "monthly").filter(wanted)
        if self.order.replications > 1:
            rows = rows.filter(pl.col("replication") == 0)
        return int(rows.select(pl.col("value").sum()).collect().item())

    def _platform(self) -> dict[str, Any]:
        """How and where the run was made: nothing of it moves a bit of the result."""
        compiled = float(self.engine.compile_seconds()) - self.compiled
        return {
            "threads": self.threads, "chunk": self.chunk, "cluster": self.cluster,
            "parts": len(self.shelf.labels()), "parts_reused": len(self.reused),
            "seconds": round(max(0.0, self.seconds - compiled), 3), "compile_seconds": round(compiled, 3),
            "total_seconds": round(time.perf_counter() - self.started, 3), "peak_mb": peak_mb(),
            "python": platform.python_version(), "machine": platform.machine(),
            "system": platform.system(), "numpy": np.__version__, "polars": pl.__version__,
        }  # fmt: skip
