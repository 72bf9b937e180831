"""The command that tells a run on one page: report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glasshouse.cli.running import Directory, watched
from glasshouse.cli.speech import AsJson, print_json, say


def report(
    directory: Directory,
    other: Annotated[
        Path | None, typer.Argument(metavar="OTHER", help="Another run of the same people, to say who is changed.")
    ] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The HTML file to make; it must not exist.")] = None,
    blocks: Annotated[int, typer.Option(min=1, help="Blocks whose lives are lived again.")] = 24,
    as_json: AsJson = False,
) -> None:
    """Write one offline HTML page: what a run did, to whom, how wrongly, how sure, and one life."""
    from glasshouse.report import report as written
    from glasshouse.runs import open_run

    run = open_run(directory)
    beside = None if other is None else open_run(other)
    say("lives are lived again for the page; with many areas this takes a minute or more")
    with watched(shown=False) as progress:
        page = written(run, beside, out=out, blocks=blocks)
        progress(1, 1)
    if as_json:
        told = {"report": str(page), "run": str(run.path), "bytes": page.stat().st_size, "synthetic": True}
        print_json(told | {"reading": run.manifest["reading"], "other": None if beside is None else str(beside.path)})
    else:
        print(page)
