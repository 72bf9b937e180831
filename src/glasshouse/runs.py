"""A run: a scenario and an order in, a run directory out; and a run directory opened again."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from glasshouse import laws, results, workers
from glasshouse.disk import told
from glasshouse.errors import RunFailed, Stopped, UsageError
from glasshouse.keeping import CANONICAL, beside, keep_documents, kept_digests, kept_scenario, load
from glasshouse.making import Making, Progress
from glasshouse.order import Order, default_folder, ordered
from glasshouse.plan import Plan, Shard, code_digest, insist_on_this_code, kept_plan
from glasshouse.roll import CHUNK
from glasshouse.scenario import Scenario
from glasshouse.society.coupling import Coupling, Series


class Run:
    """A finished run directory. Tables are read when they are first asked for.

    Raises RunFailed if there is no run at the path, or an unfinished one.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.manifest: dict[str, Any] = results.opened(self.path, shards=True)

    @property
    def result_hash(self) -> str:
        """One hash over everything counted; equal hashes mean equal results. A shard has none."""
        if self.shard is not None:
            results.opened(self.path)
        return str(self.manifest["result_hash"])

    @property
    def shard(self) -> str | None:
        """Which shard of a run the directory holds, as `3/7`; nothing for a run."""
        found = self.manifest.get("shard")
        return None if found is None else str(found)

    @property
    def parts_reused(self) -> int:
        """How many finished parts were found when the run was taken up for the last time."""
        return int(self.manifest["platform"]["parts_reused"])

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

    def coupling(self, replication: int = 0) -> Coupling | None:
        """What the firms of a replication handed on to its residents; None where they handed on nothing."""
        if "coupling" not in self.manifest["tables"]:
            return None
        rows = self.table("coupling").collect()
        if "replication" in rows.columns:
            rows = rows.filter(pl.col("replication") == replication)
        steps = {label: step for step, label in enumerate(self.manifest["labels"])}
        counts: dict[tuple[str, str, str], Series] = {}
        for month, *place, value in rows.select("month", "area", "item", "standing", "value").iter_rows():
            area, item, standing = place
            counts.setdefault((area, item, standing), np.zeros(len(steps), np.int64))[steps[month]] = value
        return Coupling(self.manifest["period"]["first_step"], len(steps), counts)

    def __repr__(self) -> str:
        told = f"shard={self.shard!r}" if self.shard else f"result_hash={self.result_hash[:12]!r}"
        return f"Run({str(self.path)!r}, {told})"

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
    """Opens a run directory. Raises RunFailed where there is none, an unfinished one, or a shard."""
    results.opened(Path(path))
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
    chunk: int = CHUNK,
    progress: Progress | None = None,
    files: Sequence[Path | str] = (),
    read_back: bool | None = None,
    shard: str | None = None,
    cluster: str | None = None,
    unprotected: bool = False,
) -> Run:
    """Runs a scenario (or the library's or a file's, by its name) and writes its run directory.

    `out` must not exist; without it the run goes to a free folder under `runs/`. One size at most: `residents` builds
    a smaller society whole, `sample` simulates that share of the blocks of the recipe's own, `full` all of them.
    `since` is the month of `--from`. Threads and chunk change how fast a run is and nothing else.
    `files` are documents outside the library that the scenario was read from; they are kept as they stand.
    `read_back` makes sure at once that the run's own documents say the same as the scenario (a second or so; by itself
    only where a Scenario is given, which Python may have changed).
    `shard` such as `3/7` makes the third of seven parts of the run, for `merge`. `cluster` is `local` or the address of
    a Dask scheduler, whose workers then simulate; `unprotected` allows one beyond this machine without TLS.
    Raises UsageError, InvalidDocuments or RunFailed; Stopped when it is interrupted, and `resume` finishes it then.
    """
    chosen = scenario if isinstance(scenario, Scenario) else load(scenario)
    written = files if isinstance(scenario, Scenario) else (*files, *beside(scenario))
    order = ordered(
        chosen, residents=residents, sample=sample, full=full, months=months, since=since, seed=seed,
        society_seed=society_seed, conduct_seed=conduct_seed, process_seed=process_seed, replications=replications,
        replicate=replicate, panel=panel, journal=journal,
    )  # fmt: skip
    part = None if shard is None else Shard.read(shard)
    folder = Path(out) if out is not None else results.free_name(default_folder(chosen, order, part))
    look = isinstance(scenario, Scenario) if read_back is None else read_back
    return carry_out(
        chosen, order, folder, threads=threads, chunk=chunk, progress=progress, files=written, read_back=look,
        shard=part, cluster=cluster, unprotected=unprotected,
    )  # fmt: skip


def carry_out(
    scenario: Scenario,
    order: Order,
    folder: Path,
    *,
    threads: int | None = None,
    chunk: int = CHUNK,
    progress: Progress | None = None,
    files: Sequence[Path | str] = (),
    read_back: bool = True,
    shard: Shard | None = None,
    cluster: str | None = None,
    unprotected: bool = False,
) -> Run:
    """Carries out an order. What stops it from outside leaves a directory that can be resumed."""
    _insist_on_sense(threads, chunk, cluster, unprotected)
    writing = results.Writing(folder, replicated=order.replications > 1, reading=scenario.reading)
    try:
        documents = keep_documents(scenario, writing, files, read_back=read_back)
        plan = Plan(order, documents, shard, code=code_digest())
        writing.text(results.PLAN, plan.written())
        work = Making(
            scenario, plan, writing,
            threads=threads or workers.threads_here(), chunk=chunk, progress=progress, cluster=cluster,
        )  # fmt: skip
        writing.reveal()
    except BaseException:
        writing.remove()
        raise
    return made(work)


def resume(
    path: Path | str,
    *,
    threads: int | None = None,
    chunk: int = CHUNK,
    progress: Progress | None = None,
    cluster: str | None = None,
    unprotected: bool = False,
) -> Run:
    """Finishes a run that was killed, stopped or failed, to the same bits as if nothing had happened.

    Parts that are finished and whole are used as they are (`parts_reused` in the manifest's `platform`); damaged and
    missing ones are simulated. A finished run is given back as it is, a shard after a look at its parts.
    Raises RunFailed where there is nothing to resume, where another process works on it, or other code began it.
    """
    _insist_on_sense(threads, chunk, cluster, unprotected)
    folder = Path(path)
    if is_result(folder):
        return Run(folder)
    plan = kept_plan(folder)
    insist_on_this_code(plan, folder)
    scenario = kept_scenario(folder)
    if kept_digests(scenario) != plan.documents:
        raise RunFailed(f"the documents in {folder / CANONICAL} have been changed since the run began: run again")
    replicated = plan.order.replications > 1
    writing = results.Writing(folder, replicated=replicated, reading=scenario.reading, again=True)
    try:
        if is_result(folder):  # another process has finished it meanwhile
            return Run(folder)
        work = Making(
            scenario, plan, writing,
            threads=threads or workers.threads_here(), chunk=chunk, progress=progress, cluster=cluster,
        )  # fmt: skip
    except BaseException:
        writing.release()
        raise
    return made(work)


def _insist_on_sense(threads: int | None, chunk: int, cluster: str | None, unprotected: bool) -> None:
    """Raises UsageError where a run could not begin, before anything is made."""
    if chunk < 1 or (threads is not None and threads < 1):
        raise UsageError("a run has at least one thread, and at least one block in a chunk")
    if cluster is not None:
        from glasshouse.cluster import insist_on_a_safe_place

        insist_on_a_safe_place(cluster, unprotected=unprotected)


def is_result(folder: Path) -> bool:
    """Whether a folder holds a finished run, which is not a shard; what it needs no more is cleared away."""
    if (folder / results.MARKER).exists() or not (folder / results.MANIFEST).is_file():
        return False
    if results.opened(folder, shards=True)["glasshouse"] != results.FORMAT:
        return False
    results.clear_away(folder)
    return True


def made(work: Making) -> Run:
    """Simulates and writes. What is finished when something goes wrong stays, and the message says so."""
    writing, folder = work.writing, work.writing.target
    try:
        work.simulate()
        shard = work.plan.shard is not None
        writing.finish(work.finished_shard() if shard else work.finished(), keeping_parts=shard)
    except laws.Broken as broken:
        writing.spoil(str(broken))
        raise RunFailed(f"{broken}\n{folder} is kept, marked as unfinished.") from broken
    except KeyboardInterrupt:
        writing.release()
        raise Stopped(folder) from None
    except BaseException as failure:
        if not work.shelf.labels() and not work.reused:
            writing.remove()
            raise
        writing.release()
        if isinstance(failure, OSError | RunFailed):
            said = told(failure, folder) if isinstance(failure, OSError) else str(failure)
            kept = f"What was finished is kept; when that is cured: glasshouse resume {folder}"
            raise RunFailed(f"{said}\n{kept}") from failure
        raise
    return Run(folder)
