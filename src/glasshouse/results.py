"""The run directory: what a run leaves behind, how it is written, opened and hashed.

A run directory holds `manifest.json`, the documents verbatim and canonical, and tidy Parquet tables of whole numbers.
While a run is under way its directory holds a file `UNFINISHED`, the plan, and in `parts` what is finished, each part
with its checksum; the marker goes last, so a run killed at any moment leaves either no directory or one that says it is
not a result and can be finished. Tables are written from the parts leaf area by leaf area and joined at the end without
ever standing in memory as a whole. A shard's directory holds its parts and no tables.

The result hash is taken over what the tables say, never over bytes of files: each row of a table is a line of its
hashed columns as UTF-8 text with tabs between them, ended by a line feed; lines are sorted by their bytes; the hash of
the table is the SHA-256 of all lines. The result hash is the SHA-256 of the lines `TABLE<tab>HASH`, sorted by name.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import polars as pl

from glasshouse.disk import LOCK, Claim, is_claimed, settle, settle_file, settle_names, told, troubles
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
    "coupling": {
        "month": TEXT, "area": TEXT, "item": TEXT, "standing": TEXT, "value": WHOLE,
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
HASHED_IF_THERE: Final = ("coupling",)
"""What firms hand on to residents; it stands only where they hand on something, and is hashed then."""
UNHASHED_COLUMNS: Final = frozenset({"weight"})
"""Not whole numbers: `weight` is n / m x represents / residents and follows from hashed columns."""
SYNTHETIC: Final = "Everything here is synthetic: nobody in it exists."
"""Stands in the manifest and in every Parquet file of a run, beside the reading."""
MARKER: Final = "UNFINISHED"
UNDER_WAY: Final = "This run has not finished. Its tables are no result.\n"
MANIFEST: Final = "manifest.json"
PLAN: Final = "plan.json"
PARTS: Final = "parts"
JOINING: Final = "joining"
FORMAT: Final = "run/1"
SHARD_FORMAT: Final = "shard/1"
BUFFERED_ROWS: Final = 400_000
HASHED_AT_ONCE: Final = 400_000


def schema(table: str, *, replicated: bool) -> dict[str, pl.DataType]:
    """Columns and types of a table."""
    return ({"replication": WHOLE} if replicated and table != "areas" else {}) | SCHEMAS[table]


# --- writing -------------------------------------------------------------------------------------------------------


class Writing:
    """A run directory under way, held by this process: made with its marker, filled, finished by taking the marker off.

    It is made under a hidden name and stands under its own once it is `revealed`, with documents and plan: whatever
    stands under the name of a run can be carried on or is finished. `again` takes up a directory that stands.
    Raises RunFailed where the place is taken, or another process holds it.
    """

    def __init__(self, path: Path, *, replicated: bool = False, reading: str = "", again: bool = False) -> None:
        self.path = self.target = path
        self.replicated = replicated
        self._told = {"synthetic": SYNTHETIC} | ({"reading": reading} if reading else {})
        self._buffer: dict[str, list[pl.DataFrame]] = {name: [] for name in SCHEMAS}
        self._rows = 0
        self._portions = 0
        self._made_parent = False
        with troubles(path):
            self._claim = Claim(path) if again else self._create()

    def _create(self) -> Claim:
        """Makes the directory under its hidden name, and clears away what killed runs have left of theirs."""
        if self.target.exists() or self.target.is_symlink():
            raise RunFailed(f"{self.target} exists already, and a run writes over nothing: choose another folder")
        self._made_parent = not self.target.parent.exists()
        self.target.parent.mkdir(parents=True, exist_ok=True)
        hidden = f".{self.target.name}.{MARKER}-"
        for left in self.target.parent.iterdir():
            if left.name.startswith(hidden) and not is_claimed(left):
                shutil.rmtree(left, ignore_errors=True)
        self.path = self.target.parent / f"{hidden}{os.getpid()}"
        self.path.mkdir()
        claim = Claim(self.path)
        try:
            (self.path / MARKER).write_text(UNDER_WAY, encoding="utf-8")
            (self.path / PARTS).mkdir()
        except BaseException:
            claim.release()
            shutil.rmtree(self.path, ignore_errors=True)
            raise
        return claim

    def reveal(self) -> None:
        """Gives the directory its own name, in one move."""
        try:
            for folder in (*self.path.rglob("*"), self.path):
                if folder.is_dir():
                    settle_names(folder)
            self._claim.renamed(self.target)
        except OSError as failure:
            if self.target.exists():
                raise RunFailed(f"{self.target} exists already: another run has just made it") from failure
            raise RunFailed(told(failure, self.target)) from failure
        settle_names(self.target.parent)
        self.path = self.target

    @property
    def parts(self) -> Path:
        """Where the finished parts of the run stand."""
        return self.path / PARTS

    def text(self, name: str, content: str) -> None:
        """Writes a text file of the run (a document, the plan, the manifest) in one move."""
        with troubles(self.path / name):
            settle(self.path / name, content.encode("utf-8"))

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
        joining = self.path / JOINING
        with troubles(joining):
            if not self._portions:
                shutil.rmtree(joining, ignore_errors=True)  # left by a process that was killed
                joining.mkdir()
            for name, frames in self._buffer.items():
                if frames:
                    pl.concat(frames).write_parquet(joining / f"{name}-{self._portions:06d}.parquet")
                    frames.clear()
        self._portions += 1
        self._rows = 0

    def join(self) -> None:
        """Joins the portions of every table into its file."""
        self._flush()
        for name in SCHEMAS:
            portions = sorted((self.path / JOINING).glob(f"{name}-*.parquet"))
            target = self.path / f"{name}.parquet"
            if name in HASHED_IF_THERE and not portions:
                continue
            with troubles(target):
                if portions:
                    pl.scan_parquet(portions).sink_parquet(target, compression="zstd", metadata=self._told)
                else:
                    empty = pl.DataFrame(schema=schema(name, replicated=self.replicated))
                    empty.write_parquet(target, metadata=self._told)
                settle_file(target)
            for portion in portions:
                portion.unlink()
        (self.path / JOINING).rmdir()
        self._portions = 0

    def frame(self, name: str, frame: pl.DataFrame) -> None:
        """Writes a table that is not put together from leaf areas: the panel, a table of the journal."""
        target = self.path / f"{name}.parquet"
        with troubles(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            frame.write_parquet(target, compression="zstd", metadata=self._told)
            settle_file(target)

    def finish(self, manifest: Mapping[str, Any], *, keeping_parts: bool = False) -> None:
        """Writes the manifest and takes the marker off: from now on this is a result, or a shard with its parts."""
        self.text(MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
        with troubles(self.path):
            (self.path / MARKER).unlink(missing_ok=True)
            settle_names(self.path)
        if not keeping_parts:
            clear_away(self.path)
        self.release()

    def release(self) -> None:
        """Lets the directory go, for another process to carry on."""
        self._claim.release()

    def spoil(self, reason: str) -> None:
        """Leaves the directory as it is, unfinished, and says in its marker why."""
        with troubles(self.path / MARKER):
            (self.path / MARKER).write_text(f"This run has not finished: {reason}\n", encoding="utf-8")
        self.release()

    def remove(self) -> None:
        """Takes the whole directory away (a run that never began, or of which nothing is finished)."""
        gone = self.target.parent / f".{self.target.name}.{MARKER}-gone-{os.getpid()}"
        self._claim.renamed(gone)
        self._claim.release()
        shutil.rmtree(gone)
        if self._made_parent:
            with suppress(OSError):  # others may have put something there meanwhile
                self.target.parent.rmdir()


def clear_away(path: Path) -> None:
    """Takes away what a finished run needs no more: its parts, its plan, and the lock of a process that is gone."""
    for folder in (PARTS, JOINING):
        shutil.rmtree(path / folder, ignore_errors=True)
    (path / PLAN).unlink(missing_ok=True)
    if (path / LOCK).exists() and not is_claimed(path):
        (path / LOCK).unlink(missing_ok=True)


def free_name(path: Path) -> Path:
    """The path itself if nothing stands there, else the first of PATH-2, PATH-3, .. that is free."""
    if not path.exists():
        return path
    number = 2
    while (found := path.with_name(f"{path.name}-{number}")).exists():
        number += 1
    return found


# --- opening -------------------------------------------------------------------------------------------------------


def opened(path: Path, *, shards: bool = False) -> dict[str, Any]:
    """The manifest of a finished run directory; of a shard too, where `shards` are welcome.

    Raises RunFailed where there is none, where the run has not finished, or where another version wrote it.
    """
    if not path.is_dir():
        raise RunFailed(f"there is no run directory {path}")
    if (path / MARKER).exists():
        reason = (path / MARKER).read_text(encoding="utf-8").strip()
        cure = f"Finish it with: glasshouse resume {path}" if (path / PLAN).exists() else "Delete it and run again."
        raise RunFailed(f"{path} is an unfinished run and holds no result. {reason} {cure}")
    if not (path / MANIFEST).is_file():
        raise RunFailed(f"{path} is not a run directory: it has no {MANIFEST}")
    try:
        manifest: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except ValueError as failure:
        raise RunFailed(f"{path / MANIFEST} cannot be read: {failure}") from failure
    found = manifest.get("glasshouse")
    if found == SHARD_FORMAT and not shards:
        raise RunFailed(
            f"{path} is shard {manifest['shard']} of a run and holds no result: join all shards with "
            "glasshouse merge DIR... -o DIR"
        )
    if found not in (FORMAT, SHARD_FORMAT):
        raise RunFailed(f"{path} was written as {found!r}; this version reads {FORMAT!r}")
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


def _portions(rows: pl.LazyFrame, columns: Sequence[str], height: int) -> Iterator[pl.DataFrame]:
    """The rows in portions that stand one after the other in byte order of their lines, none much larger than is good.

    Keys of the first column go by their text, which the tab after it keeps in order, as many together as fit; a key
    with too many rows is parted by the next column.
    """
    if height <= HASHED_AT_ONCE or not columns:
        yield rows.collect(engine="streaming")
        return
    first = pl.col(columns[0])
    keys = rows.group_by(first).agg(pl.len()).collect(engine="streaming").rows()
    together: list[object] = []
    waiting = 0
    for key, count in sorted(keys, key=lambda row: f"{row[0]}\t".encode()):
        if waiting and waiting + count > HASHED_AT_ONCE:
            yield rows.filter(first.is_in(together)).collect(engine="streaming")
            together, waiting = [], 0
        if count > HASHED_AT_ONCE:
            yield from _portions(rows.filter(first == key), columns[1:], count)
        else:
            together, waiting = [*together, key], waiting + count
    if together:
        yield rows.filter(first.is_in(together)).collect(engine="streaming")


def table_hash(rows: pl.LazyFrame) -> str:
    """SHA-256 over the lines of a table, sorted by their bytes."""
    columns = hashed_columns(rows.collect_schema().names())
    rows = rows.select(columns)
    height = int(rows.select(pl.len()).collect().item())
    digest = hashlib.sha256()
    for portion in _portions(rows, columns, height):
        fields = [pl.col(column).cast(TEXT) for column in columns]
        lines = portion.select(pl.concat_str(fields, separator="\t")).to_series().sort()
        for start in range(0, lines.len(), 100_000):
            digest.update(("\n".join(lines.slice(start, 100_000).to_list()) + "\n").encode("utf-8"))
    return digest.hexdigest()


def hashes(path: Path) -> dict[str, str]:
    """The hash of each count table of a run directory, by name."""
    there = [name for name in HASHED_IF_THERE if (path / f"{name}.parquet").exists()]
    return {name: table_hash(scanned(path, name)) for name in sorted((*HASHED, *there))}


def result_hash(tables: Mapping[str, str]) -> str:
    """One hash of all tables."""
    lines = "".join(f"{name}\t{tables[name]}\n" for name in sorted(tables))
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()
