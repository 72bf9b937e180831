"""Commands that run: estimate, run, resume, merge, verify, life, cite."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glasshouse.cli.speech import AsJson, page_console, print_json, say
from glasshouse.errors import CheckFailed, RunFailed, Stopped

if TYPE_CHECKING:
    from glasshouse.runs import Run
    from glasshouse.scenario import Scenario as Loaded

LOOKS = 0.2
"""Seconds between two looks at whether the kernel is being compiled."""
COMPILING = 2.0
"""Seconds above which the kernel was compiled and not merely read from its cache."""

Scenario = Annotated[str, typer.Argument(help="A scenario of the library, or a file.")]
Directory = Annotated[Path, typer.Argument(metavar="RUN", help="A run directory.")]
Threads = Annotated[int | None, typer.Option(help="Threads; every core unless said. Never changes a result.", min=1)]
Residents = Annotated[int | None, typer.Option(help="Build a society of so many residents.")]
Sample = Annotated[str | None, typer.Option(help="Simulate a share of all blocks: 1/1000 or 0.001.")]
Full = Annotated[bool, typer.Option("--full", help="Simulate everybody.")]
Months = Annotated[int | None, typer.Option(help="So many months, also past the scenario's end.")]
Since = Annotated[str | None, typer.Option("--from", metavar="YYYY-MM", help="Begin later, with empty lists.")]
Replications = Annotated[int | None, typer.Option(help="Run it so often, with other luck.")]
Reading = Annotated[str | None, typer.Option(help="reported or documented.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="POLICY/CLAUSE.FIELD=VALUE", help="Change a number.")
]
Without = Annotated[list[str] | None, typer.Option(metavar="POLICY/CLAUSE", help="Leave a clause out.")]
PolicyFiles = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help="Add a policy, or replace one by its name.")
]
OneShard = Annotated[str | None, typer.Option(metavar="K/N", help="Make only part k of n (k from 1), for merge.")]
Seed = Annotated[int | None, typer.Option(help="Seed of all luck; the scenario's own unless said.")]
OneSeed = Annotated[int | None, typer.Option(help="Seed of this family alone.")]
OverCluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Simulate on a Dask cluster: local, or a scheduler's address.")
]
Unprotected = Annotated[
    bool, typer.Option("--unprotected", help="Allow a scheduler elsewhere without TLS: who reaches it owns it.")
]


@contextmanager
def watched(*, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Progress on stderr: a bar on a terminal, nothing elsewhere; and one line where a first run compiles."""
    begun = threading.Event()
    found: list[int] = []

    def tell_compiling() -> None:
        while not begun.wait(LOOKS):
            engine = sys.modules.get("glasshouse.engine")
            if engine is not None and hasattr(engine, "journal_block") and not engine.is_compiled():
                say("compiling once for this machine ...")
                return

    teller = threading.Thread(target=tell_compiling, daemon=True)
    teller.start()
    try:
        with _bar(shown=shown) as advance:

            def told(done: int, total: int) -> None:
                if found and done > found[0]:
                    begun.set()
                found.append(done) if not found else None
                advance(done, total)

            yield told
    finally:
        begun.set()


@contextmanager
def _bar(*, shown: bool) -> Iterator[Callable[[int, int], None]]:
    if not shown:
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    pace = Pace()
    with Progress(TextColumn("{task.fields[said]}"), BarColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, said="making a society")

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, said=pace.said(done, total))

        yield advance


class Pace:
    """How fast a run goes since it was begun or taken up, and how long it still takes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._first: tuple[int, float] | None = None

    def said(self, done: int, total: int) -> str:
        """`1,200,000 of 1,400,000,000 residents, 5,400,000 a second, 4 min 20 s left`."""
        now = self._clock()
        if self._first is None or done <= self._first[0]:  # the clock starts when the first blocks are done
            self._first = (done, now)
            return f"{done:,} of {total:,} residents"
        before, since = self._first
        speed = (done - before) / max(now - since, 1e-9)
        return f"{done:,} of {total:,} residents, {speed:,.0f} a second, {duration((total - done) / speed)} left"


def duration(seconds: float) -> str:
    """Seconds as people say them: `45 s`, `4 min 20 s`, `3 h 05 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60:02d} min"


@contextmanager
def stoppable() -> Iterator[None]:
    """A run that ends in good order on Ctrl-C and when a batch system asks it to end, and then says how to go on."""
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    except Stopped as stopped:
        say(str(stopped))
        raise typer.Exit(RunFailed.exit_code) from None
    except KeyboardInterrupt:
        say("stopped; nothing was left behind")
        raise typer.Exit(RunFailed.exit_code) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def run(
    scenario: Scenario,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The run directory to make; it must not exist.")
    ] = None,
    residents: Residents = None,
    sample: Sample = None,
    full: Full = False,
    months: Months = None,
    since: Since = None,
    seed: Seed = None,
    society_seed: OneSeed = None,
    conduct_seed: OneSeed = None,
    process_seed: OneSeed = None,
    threads: Threads = None,
    replications: Replications = None,
    replicate: Annotated[str, typer.Option(help="What a replication draws anew: luck, or society.")] = "luck",
    reading: Reading = None,
    sets: Sets = None,
    without: Without = None,
    policy: PolicyFiles = None,
    panel: Annotated[int, typer.Option(metavar="N", help="Follow N synthetic subjects month by month.", min=0)] = 0,
    journal: Annotated[
        list[int] | None, typer.Option(metavar="BLOCK", help="Write down everything in this block.")
    ] = None,
    shard: OneShard = None,
    cluster: OverCluster = None,
    unprotected: Unprotected = False,
    chunk: Annotated[int | None, typer.Option(hidden=True, min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Run a scenario and say what it did, to how many, and how often wrongly."""
    from glasshouse import runs
    from glasshouse.keeping import beside, load
    from glasshouse.roll import CHUNK

    loaded = load(scenario, policy_files=policy or (), sets=sets or (), without=without or (), reading=reading)
    with stoppable(), watched(shown=sys.stderr.isatty()) as progress:
        done = runs.run(
            loaded, out=out, residents=residents, sample=sample, full=full, months=months, since=since, seed=seed,
            society_seed=society_seed, conduct_seed=conduct_seed, process_seed=process_seed, threads=threads,
            replications=replications, replicate=replicate, panel=panel, journal=journal or (),
            chunk=chunk or CHUNK, progress=progress, shard=shard, cluster=cluster, unprotected=unprotected,
            files=[*(policy or ()), *beside(scenario)], read_back=False,
        )  # fmt: skip
    _show(done, loaded, as_json=as_json)


def _show(done: Run, scenario: Loaded, *, as_json: bool, **further: object) -> None:
    """Says what a run did; of a shard what is to be done with it."""
    from glasshouse import summary

    if done.shard is not None:
        if as_json:
            print_json(run_told(done) | further)
        else:
            print(f"{done.path}: shard {done.shard} is finished.\nWhen all are: glasshouse merge DIR... -o DIR")
        return
    told = summary.summarize(done, scenario)
    if as_json:
        print_json(run_told(done) | further | {"summary": told.rounded()})
    else:
        page_console().print(summary.page(done, told), highlight=False)


def resume(
    directory: Directory,
    threads: Threads = None,
    cluster: OverCluster = None,
    unprotected: Unprotected = False,
    as_json: AsJson = False,
) -> None:
    """Finish a run that was killed or stopped, or mend a shard: the same bits as an unbroken run."""
    from glasshouse import runs
    from glasshouse.keeping import kept_scenario

    before = runs.is_result(directory)
    with stoppable(), watched(shown=sys.stderr.isatty()) as progress:
        done = runs.resume(directory, threads=threads, progress=progress, cluster=cluster, unprotected=unprotected)
    reused, parts = done.parts_reused, done.manifest["platform"]["parts"]
    if not as_json:
        say("the run had been finished already" if before else f"{reused} of {parts} parts were there already")
    _show(done, kept_scenario(done.path), as_json=as_json, parts_reused=reused, parts=parts)


def merge(
    directories: Annotated[list[Path], typer.Argument(metavar="DIR...", help="The shards of a run, all of them.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The run directory to make; it must not exist.")],
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Join the shards of a run to the run: the same bits as if it had not been cut."""
    from glasshouse.keeping import kept_scenario
    from glasshouse.merging import merge as joined

    with stoppable(), watched(shown=sys.stderr.isatty()) as progress:
        done = joined(directories, out, threads=threads, progress=progress)
    _show(done, kept_scenario(done.path), as_json=as_json, shards=len(directories))


def estimate(
    scenario: Scenario,
    residents: Residents = None,
    sample: Sample = None,
    full: Full = False,
    months: Months = None,
    since: Since = None,
    threads: Threads = None,
    replications: Replications = None,
    reading: Reading = None,
    sets: Sets = None,
    without: Without = None,
    policy: PolicyFiles = None,
    shard: OneShard = None,
    as_json: AsJson = False,
) -> None:
    """Say what a run will take here: time, memory and disk, after measuring some seconds."""
    from dataclasses import asdict

    from glasshouse.estimate import estimate as estimated
    from glasshouse.keeping import load
    from glasshouse.order import ordered
    from glasshouse.plan import Shard

    loaded = load(scenario, policy_files=policy or (), sets=sets or (), without=without or (), reading=reading)
    order = ordered(loaded, residents=residents, sample=sample, full=full, months=months, since=since,
                    replications=replications)  # fmt: skip
    with watched(shown=False) as progress:
        progress(0, 1)
        found = estimated(loaded, order, threads=threads, shard=None if shard is None else Shard.read(shard))
        progress(1, 1)
    if as_json:
        print_json({"scenario": loaded.name, "synthetic": True} | asdict(found))
        return
    measured = found.measured
    print(
        f"{loaded.name}: {found.residents:,} residents in {found.areas:,} areas, {found.steps} steps"
        f"{f', {found.replications} replications' if found.replications > 1 else ''}, {found.threads} threads\n"
        f"time     {duration(found.total_seconds)}, of which {duration(found.seconds)} simulating\n"
        f"memory   {found.memory_mb:,.0f} MB\n"
        f"disk     {found.result_mb:,.1f} MB stay, {found.disk_mb:,.1f} MB while it runs, "
        f"{found.disk_free_mb:,.0f} MB are free here\n"
        f"measured on {measured.blocks:,} of {found.blocks:,} blocks in {measured.areas} areas, "
        f"{measured.rows_written:,} of {found.rows:,} rows, in {duration(measured.seconds)}"
        + (f"; compiling took {duration(found.compile_seconds)}" if found.compile_seconds > COMPILING else "")
    )


def run_told(done: Run) -> dict[str, Any]:
    """What `run --json` says of a run."""
    told = done.manifest
    same = ("result_hash", "tables", "residents", "firms", "steps", "seed", "sample", "reading", "invented_share")
    timed = ("seconds", "compile_seconds", "total_seconds", "peak_mb", "threads")
    return (
        {"run": str(done.path), "synthetic": True, "scenario": told["scenario"]["name"]}
        | {name: told[name] for name in same}
        | {name: told["platform"][name] for name in timed}
        | ({} if done.shard is None else {"shard": done.shard})
        | {"society": told["society"], "represents": told["represents"], "laws": told["laws"]}
    )


def verify(directory: Directory, threads: Threads = None, as_json: AsJson = False) -> None:
    """Run a run directory again from its manifest and compare every hash."""
    from glasshouse.replay import verify as run_again
    from glasshouse.runs import open_run

    done = open_run(directory)
    with watched(shown=sys.stderr.isatty()) as progress:
        found = run_again(done, threads=threads, progress=progress)
    if as_json:
        print_json({
            "run": str(done.path), "same": found.same, "result_hash": found.kept, "again": found.found,
            "differing": list(found.differing),
        })  # fmt: skip
        if not found.same:
            raise typer.Exit(CheckFailed.exit_code)
        return
    if not found.same:
        raise CheckFailed(
            f"{directory} does not run to the same result: {', '.join(found.differing)} differ\n"
            f"  kept  {found.kept}\n  again {found.found}"
        )
    print(f"{directory}: the same result, {found.kept}")


def life(
    directory: Directory,
    subject: Annotated[str, typer.Argument(help="A synthetic subject, such as R-000123-045.")],
    as_json: AsJson = False,
) -> None:
    """Tell one synthetic subject's life, decision by decision, each with its clause and source."""
    from glasshouse.replay import life as told_life
    from glasshouse.runs import open_run

    with watched(shown=False) as progress:
        page = told_life(open_run(directory), subject)
        progress(1, 1)
    if as_json:
        print_json({"synthetic": True, "subject": subject, "title": page.title, "lines": page.rows()})
    else:
        print(page)


def cite(directory: Directory, as_json: AsJson = False) -> None:
    """Say how to cite a run: version, hashes, and an entry for a bibliography."""
    from glasshouse.runs import open_run

    told = open_run(directory).manifest
    if as_json:
        names = ("version", "result_hash", "tables", "documents", "seed", "sample", "reading")
        print_json({"scenario": told["scenario"]["name"]} | {name: told[name] for name in names})
        return
    sample = f"sample {told['sample']}" if told["sample"] else f"{told['society']:,} residents"
    what = f"{told['scenario']['name']}, {told['reading']} reading, seed {told['seed']}, {sample}"
    print(f"Glasshouse {told['version']}: {what}.\nResult hash {told['result_hash']} (wholly synthetic).\n")
    for name, digest in told["documents"].items():
        print(f"  {name}  {digest}")
    print(
        f"\n@software{{glasshouse,\n  title   = {{Glasshouse: a simulation laboratory for social-rating systems}},\n"
        f"  author  = {{{{The Glasshouse authors}}}},\n  version = {{{told['version']}}},\n"
        f"  note    = {{Run of {what}; result hash {told['result_hash']}}}\n}}"
    )
