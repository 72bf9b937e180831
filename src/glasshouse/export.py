"""A run as CSV: every count table, the panel and a page that says what they are, in a folder of its own.

What goes out are counts of people who do not exist, and the months of a panel of them. Nothing can be read back in.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from glasshouse.errors import RunFailed
from glasshouse.results import SCHEMAS, SYNTHETIC

if TYPE_CHECKING:
    from glasshouse.runs import Run

README: Final = "README.txt"


def tables_of(run: Run) -> list[str]:
    """The tables a run holds: its count tables, the panel, the journal."""
    found = [name for name in SCHEMAS if (run.path / f"{name}.parquet").is_file()]
    others = sorted(path.relative_to(run.path).with_suffix("").as_posix() for path in run.path.rglob("*.parquet"))
    return found + [name for name in others if name not in found and not name.startswith("parts/")]


def to_csv(run: Run, folder: Path | str) -> list[Path]:
    """Writes every table of a run as CSV (UTF-8, header, comma) into a new folder; the files written."""
    target = Path(folder)
    if target.exists() or target.is_symlink():
        raise RunFailed(f"{target} exists already, and an export writes over nothing: choose another folder")
    half = target.with_name(f".{target.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    try:
        half.mkdir(parents=True)
        written = [_table(run, name, half) for name in tables_of(run)]
        (half / README).write_text(_readme(run, written), encoding="utf-8")
        half.rename(target)
    except OSError as failure:
        shutil.rmtree(half, ignore_errors=True)
        raise RunFailed(f"cannot write {target}: {failure.strerror or failure}") from failure
    return [target / name for name in (*written, README)]


def _table(run: Run, name: str, folder: Path) -> str:
    file = f"{name.replace('/', '-')}.csv"
    run.table(name).sink_csv(folder / file)
    return file


def _readme(run: Run, written: list[str]) -> str:
    told = run.manifest
    lines = [
        SYNTHETIC, f"Run {run.path.name} of {told['scenario']['name']}: {told['scenario']['title']}",
        f"{told['reading']} reading, seed {told['seed']}, result hash {run.result_hash}, version {told['version']}", "",
        "Counts are whole numbers of what happened to the residents simulated: count x weight (areas.csv) is the",
        "estimate for the society. Groups overlap; `all` is everybody. Rows of 0 are left out.", "", *written,
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def measures_to_csv(frame: pl.DataFrame, file: Path) -> None:
    """Writes a table of measures as CSV; the file must not exist."""
    try:
        with file.open("x", encoding="utf-8", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(frame.columns)
            writer.writerows(frame.iter_rows())
    except FileExistsError:
        raise RunFailed(f"{file} exists already, and an export writes over nothing") from None
