"""The command that holds a scenario against the world: facts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glasshouse.cli.running import Scenario, Seed, Threads, stoppable, watched
from glasshouse.cli.speech import AsJson, page_console, print_json, say
from glasshouse.errors import UsageError

if TYPE_CHECKING:
    from glasshouse.order import Order
    from glasshouse.runs import Run
    from glasshouse.scenario import Scenario as LoadedScenario

DEFAULT_SAMPLE = "1/1000"


def facts(
    scenario: Scenario,
    run: Annotated[
        Path | None, typer.Option("--run", metavar="RUN", help="Read the figures of this finished run of it.")
    ] = None,
    no_run: Annotated[bool, typer.Option("--no-run", help="Simulate nothing: say where each fact lives.")] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The run directory to make; it must not exist.")
    ] = None,
    residents: Annotated[int | None, typer.Option(help="Build a society of so many residents.")] = None,
    sample: Annotated[
        str | None, typer.Option(help="Simulate a share of all blocks; 1/1000 of a large society unless said.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Simulate everybody.")] = False,
    seed: Seed = None,
    threads: Threads = None,
    reading: Annotated[str | None, typer.Option(help="reported or documented.")] = None,
    as_json: AsJson = False,
) -> None:
    """Hold every fact of the source article, and every target of a scenario, against a run of it.

    Without --run the scenario is run first, as `run` does it, unless that very run stands in its folder already.
    """
    from glasshouse.fact_page import fact_page
    from glasshouse.fact_rows import fact_table
    from glasshouse.keeping import beside, load

    made = {"--out": out, "--residents": residents, "--sample": sample, "--full": full or None, "--seed": seed,
            "--threads": threads, "--reading": reading if run is not None else None}  # fmt: skip
    read = [word for word, given in (("--run", run is not None), ("--no-run", no_run)) if given]
    given = [word for word, value in made.items() if value is not None]
    if len(read) > 1 or (read and given):
        raise UsageError(f"{' and '.join([*read, *given])} do not go together")
    loaded = load(scenario, reading=reading)
    done: Run | Path | None = run
    if not read:
        done = _made(loaded, scenario, out, residents, sample, full=full, seed=seed, threads=threads)
    table = fact_table(loaded, done, files=beside(scenario))
    if as_json:
        print_json(table.rounded())
    else:
        page_console().print(fact_page(table), highlight=False)


def _made(
    scenario: LoadedScenario,
    name: str,
    out: Path | None,
    residents: int | None,
    sample: str | None,
    *,
    full: bool,
    seed: int | None,
    threads: int | None,
) -> Run:
    """The run that is asked for: the one that stands in its folder already, or a new one."""
    from glasshouse import runs
    from glasshouse.keeping import beside
    from glasshouse.order import LARGEST_UNASKED, default_folder, ordered

    large = scenario.residents is None and scenario.recipe.residents > LARGEST_UNASKED
    if large and residents is None and sample is None and not full:
        sample = DEFAULT_SAMPLE
    order = ordered(scenario, residents=residents, sample=sample, full=full, seed=seed)
    kept = _kept(default_folder(scenario, order), scenario, order) if out is None else None
    if kept is not None:
        say(f"read from {kept.path}")
        return kept
    size = f"sample {sample}" if sample else "everybody" if full else f"{order.residents:,} residents"
    say(f"running {scenario.name} first ({size}); --run reads a finished run, --no-run does without")
    with stoppable(), watched(shown=sys.stderr.isatty()) as progress:
        done = runs.run(
            scenario, out=out, residents=residents, sample=sample, full=full, seed=seed, threads=threads,
            progress=progress, files=beside(name), read_back=False,
        )  # fmt: skip
    say(f"kept in {done.path}")
    return done


def _kept(folder: Path, scenario: LoadedScenario, order: Order) -> Run | None:
    """The very run that would be made, if it stands in its folder or one of the numbered ones beside it."""
    from glasshouse import __version__
    from glasshouse.canonical import digest
    from glasshouse.errors import RunFailed
    from glasshouse.keeping import names
    from glasshouse.results import free_name
    from glasshouse.runs import open_run

    models = (scenario, *scenario.documents())
    digests = {f"{kind}/{name}": digest(each) for each, (kind, name) in zip(models, names(scenario), strict=True)}
    wanted = (__version__, order.written(), digests)
    free, number = free_name(folder), 1
    while (beside := folder if number == 1 else folder.with_name(f"{folder.name}-{number}")) != free:
        number += 1
        try:
            found = open_run(beside)
        except RunFailed:
            continue
        if tuple(found.manifest[name] for name in ("version", "order", "documents")) == wanted:
            return found
    return None
