"""A run: a scenario and an order in, a run directory out; and a run directory opened again."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import polars as pl

from glasshouse import laws, results, workers
from glasshouse.errors import RunFailed, UsageError
from glasshouse.keeping import beside, load
from glasshouse.making import Making, Progress
from glasshouse.order import Order, default_folder, ordered
from glasshouse.scenario import Scenario


class Run:
    """A finished run directory. Tables are read when they are first asked for.

    Raises RunFailed if there is no run at the path, or an unfinished one.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.manifest: dict[str, Any] = results.opened(self.path)

    @property
    def result_hash(self) -> str:
        """One hash over everything counted; equal hashes mean equal results."""
        return str(self.manifest["result_hash"])

    @cached_property
    def monthly(self) -> pl.DataFrame:
        """Counts by month, leaf area, group, quantity, item and ground."""
        return results.table(self.path, "monthly")

    @cached_property
    def areas(self) -> pl.DataFrame:
        """Leaf areas: blocks there are (n), blocks simulated (m), and the weight of what was counted."""
        return results.table(self.path, "areas")

    @cached_property
    def scores(self) -> pl.DataFrame:
        """Subjects by score (lower bound of a bin) and tier, month by month."""
        return results.table(self.path, "scores")

    @cached_property
    def transitions(self) -> pl.DataFrame:
        """Subjects who went from tier to tier between publications."""
        return results.table(self.path, "transitions")

    @cached_property
    def lifetimes(self) -> pl.DataFrame:
        """Cases by list, ending and steps they lasted."""
        return results.table(self.path, "lifetimes")

    @cached_property
    def roots(self) -> pl.DataFrame:
        """Root events by kind, nature, context and the number of sanctions they led to (63: or more)."""
        return results.table(self.path, "roots")

    @cached_property
    def batches(self) -> pl.DataFrame:
        """Totals of batches of blocks, from which intervals are made."""
        return results.table(self.path, "batches")

    @cached_property
    def panel(self) -> pl.DataFrame:
        """Some synthetic subjects month by month, if the run was asked for a panel."""
        return results.table(self.path, "panel")

    def table(self, name: str) -> pl.LazyFrame:
        """A count table, read as far as it is asked."""
        return results.scanned(self.path, name)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r}, result_hash={self.result_hash[:12]!r})"

    def _repr_html_(self) -> str:
        told = self.manifest
        lines = [
            f"<b>{escape(told['scenario']['title'])}</b>",
            f"{told['residents']:,} synthetic residents, {told['steps']} steps, {escape(told['reading'])} reading",
            f"result hash <code>{self.result_hash[:16]}</code> in <code>{escape(str(self.path))}</code>",
            results.SYNTHETIC,
        ]
        return "<div>" + "<br>".join(lines) + "</div>"


def open_run(path: Path | str) -> Run:
    """Opens a run directory. Raises RunFailed where there is none or where the run has not finished."""
    return Run(path)


# --- running -------------------------------------------------------------------------------------------------------


def run(
    scenario: Scenario | str | Path,
    *,
    out: Path | str | None = None,
    residents: int | None = None,
    sample: str | float | Fraction | None = None,
    full: bool = False,
    months: int | None = None,
    since: str | None = None,
    seed: int | None = None,
    society_seed: int | None = None,
    conduct_seed: int | None = None,
    process_seed: int | None = None,
    threads: int | None = None,
    replications: int | None = None,
    replicate: str = "luck",
    panel: int = 0,
    journal: Sequence[int] = (),
    chunk: int = workers.CHUNK,
    progress: Progress | None = None,
    files: Sequence[Path | str] = (),
    read_back: bool | None = None,
) -> Run:
    """Runs a scenario (or the library's or a file's, by its name) and writes its run directory.

    `out` must not exist; without it the run goes to a free folder under `runs/`. One size at most: `residents` builds
    a smaller society whole, `sample` simulates that share of the blocks of the recipe's own, `full` all of them.
    `since` is the month of `--from`. Threads and chunk change how fast a run is and nothing else.
    `files` are documents outside the library that the scenario was read from; they are kept as they stand.
    `read_back` makes sure at once that the run's own documents say the same as the scenario (a second or so; by itself
    only where a Scenario is given, which Python may have changed).
    Raises UsageError, InvalidDocuments or RunFailed; an interrupted run leaves nothing behind.
    """
    chosen = scenario if isinstance(scenario, Scenario) else load(scenario)
    written = files if isinstance(scenario, Scenario) else (*files, *beside(scenario))
    order = ordered(
        chosen, residents=residents, sample=sample, full=full, months=months, since=since, seed=seed,
        society_seed=society_seed, conduct_seed=conduct_seed, process_seed=process_seed, replications=replications,
        replicate=replicate, panel=panel, journal=journal,
    )  # fmt: skip
    folder = Path(out) if out is not None else results.free_name(default_folder(chosen, order))
    look = isinstance(scenario, Scenario) if read_back is None else read_back
    return carry_out(
        chosen, order, folder, threads=threads, chunk=chunk, progress=progress, files=written, read_back=look
    )


def carry_out(
    scenario: Scenario,
    order: Order,
    folder: Path,
    *,
    threads: int | None = None,
    chunk: int = workers.CHUNK,
    progress: Progress | None = None,
    files: Sequence[Path | str] = (),
    read_back: bool = True,
) -> Run:
    """Carries out an order. Only a run that breaks a law leaves its directory behind, marked unfinished."""
    if chunk < 1 or (threads is not None and threads < 1):
        raise UsageError("a run has at least one thread, and at least one block in a chunk")
    writing = results.Writing(folder, replicated=order.replications > 1, reading=scenario.reading)
    try:
        work = Making(
            scenario, order, writing, threads=threads or workers.threads_here(), chunk=chunk, progress=progress,
            files=files, read_back=read_back,
        )  # fmt: skip
        writing.finish(work.done())
    except laws.Broken as broken:
        writing.spoil(str(broken))
        raise RunFailed(f"{broken}\n{folder} is kept, marked as unfinished.") from broken
    except BaseException:
        writing.remove()
        raise
    return Run(folder)
