"""The run directory: what a run leaves behind, how it is written, opened and hashed.

A run directory holds `manifest.json`, the documents verbatim and canonical, and tidy Parquet tables of whole numbers.
While a run is under way its directory holds a file `UNFINISHED`; that file goes last, so a run killed at any moment
leaves either no directory or one that says it is not a result. Tables are written leaf area by leaf area and joined at
the end without ever standing in memory as a whole.

The result hash is taken over what the tables say, never over bytes of files: each row of a table is a line of its
hashed columns as UTF-8 text with tabs between them, ended by a line feed; lines are sorted by their bytes; the hash of
the table is the SHA-256 of all lines. The result hash is the SHA-256 of the lines `TABLE<tab>HASH`, sorted by name.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from glasshouse.errors import RunFailed

TEXT: Final = pl.String()
WHOLE: Final = pl.Int64()
SCHEMAS: Final[dict[str, dict[str, pl.DataType]]] = {
    "areas": {
        "population": TEXT, "area": TEXT, "parents": TEXT, "n": WHOLE, "m": WHOLE,
        "residents": WHOLE, "represents": WHOLE, "weight": pl.Float64(),
    },
    "monthly": {
        "month": TEXT, "population": TEXT, "area": TEXT, "group": TEXT,
        "quantity": TEXT, "item": TEXT, "ground": TEXT, "value": WHOLE,
    },
    "scores": {
        "month": TEXT, "population": TEXT, "area": TEXT, "group": TEXT,
        "rating": TEXT, "tier": TEXT, "score": WHOLE, "value": WHOLE,
    },
    "transitions": {
        "month": TEXT, "population": TEXT, "area": TEXT,
        "rating": TEXT, "from": TEXT, "to": TEXT, "value": WHOLE,
    },
    "lifetimes": {
        "population": TEXT, "area": TEXT, "list": TEXT, "ending": TEXT, "steps": WHOLE, "value": WHOLE,
    },
    "roots": {
        "population": TEXT, "area": TEXT, "kind": TEXT, "nature": TEXT, "context": TEXT,
        "sanctions": WHOLE, "value": WHOLE,
    },
    "batches": {
        "population": TEXT, "area": TEXT, "batch": WHOLE, "blocks": WHOLE,
        "quantity": TEXT, "item": TEXT, "ground": TEXT, "group": TEXT, "value": WHOLE,
    },
}  # fmt: skip
"""Tables of a run and their columns. With more than one replication a column `replication` stands before them in all
tables but `areas`, which is the same for all."""

HASHED: Final = ("areas", "lifetimes", "monthly", "roots", "scores", "transitions")
"""Tables the result hash is taken over. `batches` only serves intervals, panel and journal only a closer look."""
UNHASHED_COLUMNS: Final = frozenset({"weight"})
"""Not whole numbers: `weight` is n / m x represents / residents and follows from hashed columns."""
SYNTHETIC: Final = "Everything here is synthetic: nobody in it exists."
"""Stands in the manifest and in every Parquet file of a run, beside the reading."""
MARKER: Final = "UNFINISHED"
MANIFEST: Final = "manifest.json"
FORMAT: Final = "run/1"
BUFFERED_ROWS: Final = 400_000
HASHED_AT_ONCE: Final = 3_000_000


def schema(table: str, *, replicated: bool) -> dict[str, pl.DataType]:
    """Columns and types of a table."""
    return ({"replication": WHOLE} if replicated and table != "areas" else {}) | SCHEMAS[table]


# --- writing -------------------------------------------------------------------------------------------------------


class Writing:
    """A run directory under way: made with its marker, filled part by part, finished by taking the marker off."""

    def __init__(self, path: Path, *, replicated: bool = False, reading: str = "") -> None:
        self.path = path
        self.replicated = replicated
        self._told = {"synthetic": SYNTHETIC} | ({"reading": reading} if reading else {})
        self._buffer: dict[str, list[pl.DataFrame]] = {name: [] for name in SCHEMAS}
        self._rows = 0
        self._parts = 0
        self._create()

    def _create(self) -> None:
        """Makes the directory and its marker in one move, so that it never stands without saying what it is."""
        if self.path.exists() or self.path.is_symlink():
            raise RunFailed(f"{self.path} exists already, and a run writes over nothing: choose another folder")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        made = self.path.parent / f".{self.path.name}.{MARKER}-{os.getpid()}"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        try:
            (made / MARKER).write_text("This run has not finished. Its tables are no result.\n", encoding="utf-8")
            (made / "parts").mkdir()
            os.rename(made, self.path)
        except BaseException as failure:
            shutil.rmtree(made, ignore_errors=True)
            if isinstance(failure, OSError) and self.path.exists():
                raise RunFailed(f"{self.path} exists already: another run has just made it") from failure
            raise

    def text(self, name: str, content: str) -> None:
        """Writes a text file of the run (a document, the manifest) in one move."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(target.name + ".half")
        half.write_text(content, encoding="utf-8")
        os.replace(half, target)

    def add(self, frames: Mapping[str, pl.DataFrame], replication: int = 0) -> None:
        """Takes the rows of one leaf area; they go to disk when enough have come together."""
        for name, frame in frames.items():
            if frame.height:
                self._buffer[name].append(self._columns(name, frame, replication))
                self._rows += frame.height
        if self._rows >= BUFFERED_ROWS:
            self._flush()

    def _columns(self, name: str, frame: pl.DataFrame, replication: int) -> pl.DataFrame:
        if self.replicated:
            frame = frame.with_columns(pl.lit(replication, dtype=WHOLE).alias("replication"))
        columns = schema(name, replicated=self.replicated)
        return frame.select(pl.col(column).cast(kind) for column, kind in columns.items())

    def _flush(self) -> None:
        for name, frames in self._buffer.items():
            if frames:
                pl.concat(frames).write_parquet(self.path / "parts" / f"{name}-{self._parts:06d}.parquet")
                frames.clear()
        self._parts += 1
        self._rows = 0

    def join(self) -> None:
        """Joins the parts of every table into its file; parts go."""
        self._flush()
        for name in SCHEMAS:
            parts = sorted((self.path / "parts").glob(f"{name}-*.parquet"))
            target = self.path / f"{name}.parquet"
            if parts:
                pl.scan_parquet(parts).sink_parquet(target, compression="zstd", metadata=self._told)
            else:
                empty = pl.DataFrame(schema=schema(name, replicated=self.replicated))
                empty.write_parquet(target, metadata=self._told)
        shutil.rmtree(self.path / "parts")

    def frame(self, name: str, frame: pl.DataFrame) -> None:
        """Writes a table that is not put together from leaf areas: the panel, a table of the journal."""
        target = self.path / f"{name}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(target, compression="zstd", metadata=self._told)

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Writes the manifest and takes the marker off: from now on this is a result."""
        self.text(MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
        (self.path / MARKER).unlink()

    def spoil(self, reason: str) -> None:
        """Leaves the directory as it is, unfinished, and says in its marker why."""
        if self.path.is_dir():
            (self.path / MARKER).write_text(f"This run has not finished: {reason}\n", encoding="utf-8")

    def remove(self) -> None:
        """Takes the whole directory away (a run that was stopped)."""
        gone = self.path.parent / f".{self.path.name}.{MARKER}-gone-{os.getpid()}"
        os.rename(self.path, gone)
        shutil.rmtree(gone)


def free_name(path: Path) -> Path:
    """The path itself if nothing stands there, else the first of PATH-2, PATH-3, .. that is free."""
    if not path.exists():
        return path
    number = 2
    while (found := path.with_name(f"{path.name}-{number}")).exists():
        number += 1
    return found


# --- opening -------------------------------------------------------------------------------------------------------


def opened(path: Path) -> dict[str, Any]:
    """The manifest of a finished run directory.

    Raises RunFailed where there is none, where the run has not finished, or where another version wrote it.
    """
    if not path.is_dir():
        raise RunFailed(f"there is no run directory {path}")
    if (path / MARKER).exists():
        reason = (path / MARKER).read_text(encoding="utf-8").strip()
        raise RunFailed(f"{path} is an unfinished run and holds no result. {reason} Delete it and run again.")
    if not (path / MANIFEST).is_file():
        raise RunFailed(f"{path} is not a run directory: it has no {MANIFEST}")
    try:
        manifest: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except ValueError as failure:
        raise RunFailed(f"{path / MANIFEST} cannot be read: {failure}") from failure
    if manifest.get("glasshouse") != FORMAT:
        raise RunFailed(f"{path} was written as {manifest.get('glasshouse')!r}; this version reads {FORMAT!r}")
    return manifest


def table(path: Path, name: str) -> pl.DataFrame:
    """A table of a run directory, whole."""
    file = path / f"{name}.parquet"
    if not file.is_file():
        raise RunFailed(f"{path} has no table {name}")
    return pl.read_parquet(file)


def scanned(path: Path, name: str) -> pl.LazyFrame:
    """A table of a run directory, read as far as it is asked."""
    return pl.scan_parquet(path / f"{name}.parquet")


# --- hashing -------------------------------------------------------------------------------------------------------


def hashed_columns(columns: Iterable[str]) -> list[str]:
    """The columns of a table that its hash is taken over, in the table's own order."""
    return [column for column in columns if column not in UNHASHED_COLUMNS]


def _portions(rows: pl.LazyFrame, first: str, height: int) -> Iterator[pl.DataFrame]:
    """The rows in portions that stand one after the other in byte order of their lines: by the text of the first
    column, which the tab after it keeps in order."""
    if height <= HASHED_AT_ONCE:
        yield rows.collect()
        return
    keys = rows.select(pl.col(first).unique()).collect().get_column(first)
    for key in sorted(keys.to_list(), key=lambda key: f"{key}\t".encode()):
        yield rows.filter(pl.col(first) == key).collect()


def table_hash(rows: pl.LazyFrame) -> str:
    """SHA-256 over the lines of a table, sorted by their bytes."""
    columns = hashed_columns(rows.collect_schema().names())
    rows = rows.select(columns)
    height = int(rows.select(pl.len()).collect().item())
    digest = hashlib.sha256()
    for portion in _portions(rows, columns[0], height):
        fields = [pl.col(column).cast(TEXT) for column in columns]
        lines = portion.select(pl.concat_str(fields, separator="\t")).to_series().sort()
        for start in range(0, lines.len(), 100_000):
            digest.update(("\n".join(lines.slice(start, 100_000).to_list()) + "\n").encode("utf-8"))
    return digest.hexdigest()


def hashes(path: Path) -> dict[str, str]:
    """The hash of each count table of a run directory, by name."""
    return {name: table_hash(scanned(path, name)) for name in HASHED}


def result_hash(tables: Mapping[str, str]) -> str:
    """One hash of all tables."""
    lines = "".join(f"{name}\t{tables[name]}\n" for name in sorted(tables))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()
