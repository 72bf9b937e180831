"""A run while it is made: blocks simulated, counts written, extras added, laws checked, the manifest told."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from glasshouse import __version__, laws, results, workers
from glasshouse.confidence import numbers_by_confidence
from glasshouse.counts import Tally, Whole, areas_frame
from glasshouse.keeping import keep_documents
from glasshouse.order import Order
from glasshouse.panel import Journal, journal_columns, journal_frame, named_rows, panel_frame, telling
from glasshouse.scenario import Scenario, Seeds

if TYPE_CHECKING:
    from types import ModuleType

    from glasshouse.engine import Program

Progress = Callable[[int, int], None]
"""Told the residents simulated so far and in all."""


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


class Making:
    """One run while it is made."""

    def __init__(
        self,
        scenario: Scenario,
        order: Order,
        writing: results.Writing,
        *,
        threads: int,
        chunk: int,
        progress: Progress | None,
        files: Sequence[Path | str],
        read_back: bool,
    ) -> None:
        self.scenario, self.order, self.writing = scenario, order, writing
        self.threads, self.chunk, self.progress = threads, chunk, progress
        self.started = time.perf_counter()
        self.documents = keep_documents(scenario, writing, files, read_back=read_back)
        self.engine = compiled_side()
        self.compiled = float(self.engine.compile_seconds())
        self.program = self._program(order.seeds)
        self.blocks = order.chosen(self.program.leaves)
        self._simulated = 0.0

    def _program(self, seeds: Seeds) -> Program:
        order = self.order
        program: Program = self.engine.prepare(
            self.scenario, seeds, residents=order.residents, first_step=order.first_step, steps=order.steps
        )
        return program

    def done(self) -> dict[str, Any]:
        """Simulates, writes, hashes and checks; the manifest."""
        begun = time.perf_counter()
        for replication in range(self.order.replications):
            self._replication(replication)
        seconds = time.perf_counter() - begun
        self.writing.add({"areas": areas_frame(self.program, [len(part) for part in self.blocks])})
        self.writing.join()
        self._extras()
        tables = results.hashes(self.writing.path)
        found = laws.verdicts(lambda name: results.scanned(self.writing.path, name), self.scenario, self.program.strata)
        laws.insist(found)
        compiled = float(self.engine.compile_seconds()) - self.compiled
        return self._manifest(tables, found) | {"platform": self._platform(max(0.0, seconds - compiled), compiled)}

    def _replication(self, replication: int) -> None:
        program = self.program if replication == 0 else self._program(self.order.seeds_of(replication))
        tally = Tally(program)
        finished = workers.finished_leaves(
            program, self.blocks, self.engine.run_blocks, tally,
            threads=self.threads, chunk=self.chunk, progress=self._tell,
        )  # fmt: skip
        with closing(finished):
            waiting: list[dict[str, Whole]] = []
            for leaf in finished:
                batches = {"batches": tally.batch_codes(leaf.leaf, leaf.sizes, leaf.totals)}
                waiting.append(tally.codes(leaf.leaf, leaf.sums) | batches)
                if sum(len(rows) for coded in waiting for rows in coded.values()) >= results.BUFFERED_ROWS:
                    self._write(tally, waiting, replication)
            self._write(tally, waiting, replication)

    def _write(self, tally: Tally, waiting: list[dict[str, Whole]], replication: int) -> None:
        """Hands the rows of finished leaf areas to the run directory."""
        if waiting:
            together = {name: np.concatenate([coded[name] for coded in waiting]) for name in waiting[0]}
            self.writing.add({name: tally.frame(name, rows) for name, rows in together.items()}, replication)
            waiting.clear()

    def _expected(self) -> float:
        """Residents simulated in all, as far as the sizes of leaf areas say."""
        parts = zip(self.program.leaves, self.blocks, strict=True)
        once = [leaf.residents * len(part) / leaf.blocks for leaf, part in parts]
        return sum(once) * self.order.replications

    def _tell(self, leaf: int, blocks: int) -> None:
        place = self.program.leaves[leaf]
        self._simulated += place.residents * blocks / place.blocks
        if self.progress is not None:
            self.progress(round(self._simulated), round(self._expected()))

    # --- extras ----------------------------------------------------------------------------------------------------

    def _extras(self) -> None:
        """Panel and journal, of the first replication."""
        if self.order.panel:
            frame = panel_frame(self.program, self.blocks, self.order.panel, self._journal)
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

    def _manifest(self, tables: dict[str, str], found: list[laws.Verdict]) -> dict[str, Any]:
        scenario, order, program = self.scenario, self.order, self.program
        numbers = numbers_by_confidence(scenario)
        return {
            "glasshouse": results.FORMAT,
            "synthetic": True,
            "notice": results.SYNTHETIC,
            "version": __version__,
            "scenario": {"name": scenario.name, "title": scenario.title},
            "documents": self.documents,
            "reading": scenario.reading,
            "period": {
                "step": scenario.step, "first_step": program.first_step, "steps": program.steps,
                "first": program.step_labels[0], "last": program.step_labels[-1],
            },
            "labels": list(program.step_labels),
            "steps": program.steps,
            "residents": self._counted("subjects"),
            "society": order.residents,
            "represents": scenario.recipe.residents,
            "firms": 0,
            "example": telling(self._journal(int(self.blocks[0][0])), int(self.blocks[0][0])),
            "blocks": sum(len(part) for part in self.blocks),
            "sample": None if order.sample is None else str(order.sample),
            "seed": order.seed,
            "order": order.written(),
            "groups": ["&".join(attributes) for attributes in scenario.groups],
            "result_hash": results.result_hash(tables),
            "tables": tables,
            "laws": [{"law": law.law, "holds": law.holds, "compared": law.compared} for law in found],
            "numbers": numbers,
            "invented_share": numbers["invented"] / max(1, sum(numbers.values())),
        }  # fmt: skip

    def _counted(self, quantity: str) -> int:
        """Subjects simulated in the first replication."""
        first = pl.col("month") == self.program.step_labels[0]
        wanted = (pl.col("group") == "all") & (pl.col("quantity") == quantity) & first
        rows = results.scanned(self.writing.path, "monthly").filter(wanted)
        if self.order.replications > 1:
            rows = rows.filter(pl.col("replication") == 0)
        return int(rows.select(pl.col("value").sum()).collect().item())

    def _platform(self, seconds: float, compiled: float) -> dict[str, Any]:
        """How and where the run was made: nothing of it moves a bit of the result."""
        return {
            "threads": self.threads, "chunk": self.chunk, "seconds": round(seconds, 3),
            "compile_seconds": round(compiled, 3), "total_seconds": round(time.perf_counter() - self.started, 3),
            "peak_mb": peak_mb(), "python": platform.python_version(), "machine": platform.machine(),
            "system": platform.system(), "numpy": np.__version__, "polars": pl.__version__,
        }  # fmt: skip
