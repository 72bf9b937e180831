"""The report: a run, or two on the same people, told on one page that can be shown, printed and kept.

The page is one file without scripts or requests. One module here is one part of the page.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from glasshouse.errors import UsageError
from glasshouse.report.account import LIVED, Account
from glasshouse.report.page import page_of
from glasshouse.report.picture import altair

if TYPE_CHECKING:
    from glasshouse.runs import Run

__all__ = ["report"]


def report(run: Run, other: Run | None = None, *, out: Path | str | None = None, blocks: int = LIVED) -> Path:
    """Writes the report of a run, or of a run and another of the same people, as one HTML file; returns its path.

    Without ``out`` it stands beside the run directory. ``blocks`` is in how many blocks lives are lived again for what
    the counts do not hold. Raises UsageError where the file exists, where charts cannot be drawn, or where the two runs
    do not hold the same people.
    """
    path = Path(out) if out is not None else beside(run, other)
    if path.exists():
        raise UsageError(f"{path} exists already, and a report writes over nothing: choose another file with -o")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent} to write the report into")
    altair()
    text = page_of(Account(run, other, blocks))
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path


def beside(run: Run, other: Run | None = None) -> Path:
    """Where a report stands unless said: beside its run directory, under the name of the run, or of both."""
    name = run.path.name if other is None else f"{run.path.name}-and-{other.path.name}"
    return run.path.with_name(f"{name}.html")
