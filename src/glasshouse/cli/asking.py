"""Commands that ask results: compare, sweep, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glasshouse.cli.running import Directory, Scenario, Seed, Threads, watched
from glasshouse.cli.speech import AsJson, print_json, say
from glasshouse.errors import UsageError

if TYPE_CHECKING:
    from glasshouse.runs import Run

Residents = Annotated[int | None, typer.Option(help="Build a society of so many residents.")]
Sample = Annotated[str | None, typer.Option(help="Simulate a share of all blocks: 1/1000 or 0.001.")]
Full = Annotated[bool, typer.Option("--full", help="Simulate everybody.")]
Months = Annotated[int | None, typer.Option(help="So many months, also past the scenario's end.")]
Replications = Annotated[int | None, typer.Option(help="Run it so often, with other luck.")]
Reading = Annotated[str | None, typer.Option(help="reported or documented.")]
Sets = Annotated[list[str] | None, typer.Option("--set", metavar="POLICY/CLAUSE.FIELD=VALUE", help="Change a number.")]
Without = Annotated[list[str] | None, typer.Option(metavar="POLICY/CLAUSE", help="Leave a clause out.")]
Policies = Annotated[
    list[Path] | None, typer.Option("--policy", metavar="FILE", help="Add a policy, or replace one by its name.")
]


def compare(
    base: Annotated[str, typer.Argument(metavar="BASE", help="A run directory, or a scenario.")],
    alt: Annotated[str | None, typer.Argument(metavar="ALT", help="Another run of the same people.")] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Where runs made for the comparison go; it must not exist.")
    ] = None,
    sets: Sets = None,
    without: Without = None,
    policy: Policies = None,
    reading: Reading = None,
    blocks: Annotated[int, typer.Option(min=1, help="Blocks whose lives are held beside each other.")] = 64,
    residents: Residents = None,
    sample: Sample = None,
    full: Full = False,
    months: Months = None,
    seed: Seed = None,
    replications: Replications = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Compare two policies on the same people: two runs, or a run (or scenario) and a change of it."""
    from glasshouse.changing import Change
    from glasshouse.comparison import compare as held_beside

    change = Change(tuple(sets or ()), tuple(without or ()), tuple(policy or ()), reading)
    size = {"residents": residents, "sample": sample, "full": full, "months": months, "seed": seed,
            "replications": replications}  # fmt: skip
    with watched(shown=False):
        baseline, alternative = _sides(base, alt, change, size, out, threads)
        found = held_beside(baseline, alternative, blocks=blocks)
    if as_json:
        print_json(found.plain())
    else:
        print(found)


def _sides(
    base: str, alt: str | None, change: Any, size: dict[str, Any], out: Path | None, threads: int | None
) -> tuple[Run, Run]:
    """Both runs of a comparison, made where they are not there yet."""
    from glasshouse.changing import is_run, run_changed
    from glasshouse.results import free_name
    from glasshouse.runs import open_run
    from glasshouse.runs import run as carried_out

    sized = any(value for value in size.values())
    if alt is not None:
        if change or sized or out is not None:
            raise UsageError("two runs are compared as they are: leave out changes, sizes and -o")
        return open_run(base), open_run(alt)
    if not change:
        raise UsageError("give another run, or a change: --set, --without, --policy or --reading")
    if is_run(base):
        if sized:
            raise UsageError("the run decides its size: leave out sizes and seeds")
        baseline = open_run(base)
        folder = out or free_name(baseline.path.with_name(f"{baseline.path.name}-changed"))
        return baseline, run_changed(baseline, change, folder, threads=threads, files=change.policy_files)
    folder = out or free_name(Path("runs") / f"{Path(base).stem}-compared")
    if folder.exists():
        raise UsageError(f"{folder} exists already: choose another folder with -o")
    from glasshouse.keeping import load

    load(base, **change.asked)
    baseline = carried_out(base, out=folder / "baseline", threads=threads, **size)
    say(f"baseline {baseline.path}")
    return baseline, run_changed(baseline, change, folder / "alternative", threads=threads, files=change.policy_files)


def sweep(
    scenario: Scenario,
    over: Annotated[
        list[str] | None, typer.Option(metavar="PATH=a..b", help="Go along a field of a clause: from a to b, or a,b,c.")
    ] = None,
    unknown: Annotated[bool, typer.Option("--unknown", help="Go through the ranges of all invented numbers.")] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder of the runs; it must not exist.")] = None,
    design: Annotated[str, typer.Option(help="grid (all combinations) or latin (a Latin hypercube).")] = "grid",
    points: Annotated[int, typer.Option(min=2, help="Levels of each range of a grid; points of a hypercube.")] = 5,
    sets: Sets = None,
    without: Without = None,
    policy: Policies = None,
    reading: Reading = None,
    residents: Residents = None,
    sample: Sample = None,
    full: Full = False,
    months: Months = None,
    seed: Seed = None,
    replications: Replications = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Run a scenario at every point of a design and list all points; none is ranked."""
    from glasshouse.results import free_name
    from glasshouse.sweeps import sweep as swept

    def told(done: int, total: int) -> None:
        if sys.stderr.isatty():
            say(f"point {done} of {total}")

    folder = out or free_name(Path("runs") / f"{Path(scenario).stem}-sweep")
    with watched(shown=False):
        found = swept(
            scenario, over or (), folder, kind=design, points=points, unknown=unknown, sets=sets or (),
            without=without or (),
            policy_files=policy or (), reading=reading, threads=threads, progress=told, residents=residents,
            sample=sample, full=full, months=months, seed=seed, replications=replications,
        )  # fmt: skip
    if as_json:
        print_json(found.plain())
    else:
        print(found)


def export(
    directory: Directory,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder of the CSV files; it must not exist.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write every table of a run as CSV."""
    from glasshouse.export import to_csv
    from glasshouse.runs import open_run

    run = open_run(directory)
    folder = out or run.path.with_name(f"{run.path.name}-csv")
    files = to_csv(run, folder)
    if as_json:
        print_json({"run": str(run.path), "synthetic": True, "files": [str(file) for file in files]})
    else:
        print("\n".join(str(file) for file in files))
