"""Parts: what is left of a range of blocks, kept in a file that says which range and whether it is whole.

Nothing of a block outlives it but whole numbers that add up. A part holds these sums for one range of a roll, leaf area
by leaf area, of one population of one replication of one run. Its name says the range; its first line is the
SHA-256 of everything after it; the second line says in JSON what it belongs to and how the numbers lie; then come
the numbers: of mostly empty arrays the gaps between what is not 0 and what stands there, each in the narrowest whole
numbers.
A part whose checksum does not fit, or which belongs to another run, counts as not there.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import numpy.typing as npt

from glasshouse.disk import settle
from glasshouse.roll import Job, Range, Roll, batch_edges

if TYPE_CHECKING:
    from glasshouse.counts import Counted, Whole

FIELDS: Final = ("monthly", "scores", "transitions", "lifetimes", "roots")
"""The arrays of the sums, in the order in which a part lays them one after the other."""
FORMAT: Final = "part/1"
NAME: Final = re.compile(r"(?P<population>[a-z]+)-(?P<replication>\d+)-(?P<first>\d+)-(?P<stop>\d+)\.part")
NARROW: Final = ("u1", "i1", "<u2", "<i2", "<u4", "<i4", "<i8")
WORTH_A_PART: Final = 4_000_000
"""So many numbers that are not 0 are put away whatever the time: what waits in memory is bounded."""

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Label:
    """What a part is of: a range in the roll of one population of one replication of a run (told by its digest)."""

    run: str
    population: str
    replication: int
    first: int
    stop: int

    @property
    def file(self) -> str:
        """The name of the part's file."""
        return f"{self.population}-{self.replication}-{self.first:09d}-{self.stop:09d}.part"


class Damaged(Exception):  # noqa: N818
    """A part that is not what it says: cut short, changed, or of another run. It is computed again."""


@dataclass(frozen=True)
class Sparse:
    """An array of whole numbers, most of them 0: the places of the others and what stands there."""

    places: Whole
    values: Whole

    @classmethod
    def of(cls, numbers: Whole) -> Sparse:
        """A dense array laid out flat."""
        places = np.flatnonzero(numbers)
        return cls(places, numbers.reshape(-1)[places])


@dataclass(frozen=True)
class Piece:
    """The sums of one leaf area's share of a range, and the totals of its batches in it, one after the other."""

    leaf: int
    sums: Sparse
    batches: tuple[int, ...]
    totals: Sparse


@dataclass(frozen=True)
class Part:
    """A range of blocks, finished; ``shapes`` are those of the sums, ``figures`` the numbers of a batch's totals."""

    label: Label
    shapes: Shapes
    figures: int
    pieces: tuple[Piece, ...]


# --- as bytes ------------------------------------------------------------------------------------------------------


def _narrow(numbers: Whole) -> npt.NDArray[Any]:
    least, most = (int(numbers.min()), int(numbers.max())) if numbers.size else (0, 0)
    for kind in NARROW:
        if np.iinfo(kind).min <= least and most <= np.iinfo(kind).max:
            return numbers.astype(kind)
    raise AssertionError("sums are whole numbers of 64 bits")


def _laid(sparse: Sparse) -> list[npt.NDArray[Any]]:
    """Gaps and values of an array."""
    return [_narrow(np.diff(sparse.places, prepend=-1) - 1), _narrow(sparse.values)]


def written(part: Part) -> bytes:
    """A part as the bytes of its file."""
    body: list[bytes] = []
    told: list[dict[str, Any]] = []
    for piece in part.pieces:
        arrays = [*_laid(piece.sums), *_laid(piece.totals)]
        told.append({
            "leaf": piece.leaf, "batches": list(piece.batches), "lie": [[a.dtype.str, a.size] for a in arrays],
        })  # fmt: skip
        body += [array.tobytes() for array in arrays]
    head = {"glasshouse": FORMAT, **vars(part.label), "shapes": part.shapes, "figures": part.figures, "pieces": told}
    inside = json.dumps(head, separators=(",", ":")).encode() + b"\n" + zlib.compress(b"".join(body), 1)
    return hashlib.sha256(inside).hexdigest().encode() + b"\n" + inside


def read(content: bytes, run: str) -> Part:
    """A part from the bytes of its file. Raises Damaged where they are not a whole part of the run."""
    checksum, _, inside = content.partition(b"\n")
    if hashlib.sha256(inside).hexdigest().encode() != checksum:
        raise Damaged("its checksum does not fit")
    line, _, packed = inside.partition(b"\n")
    head = json.loads(line)
    if head["glasshouse"] != FORMAT or head["run"] != run:
        raise Damaged("it belongs to another run, or another version wrote it")
    label = Label(run, head["population"], head["replication"], head["first"], head["stop"])
    body = memoryview(zlib.decompress(packed))
    pieces = []
    for told in head["pieces"]:
        arrays = []
        for kind, size in told["lie"]:
            array = np.frombuffer(body, kind, size)
            arrays.append(array.astype(np.int64))
            body = body[array.nbytes :]
        sums, totals = (Sparse(np.cumsum(arrays[at] + 1) - 1, arrays[at + 1]) for at in (0, 2))
        pieces.append(Piece(told["leaf"], sums, tuple(told["batches"]), totals))
    shapes = {name: tuple(shape) for name, shape in head["shapes"].items()}
    return Part(label, shapes, head["figures"], tuple(pieces))


# --- coming together -----------------------------------------------------------------------------------------------


class Gathering:
    """Jobs of a range that are finished one after the other, until they are put away as a part."""

    def __init__(self, run: str, population: str, replication: int) -> None:
        self._of = (run, population, replication)
        self._shapes: Shapes = {}
        self._figures = 0
        self._pieces: list[Piece] = []
        self._waiting = 0
        self._leaf: int | None = None
        self._sums: dict[str, Whole] = {}
        self._totals: dict[int, Whole] = {}
        self.first: int | None = None
        self.stop = 0
        self._torn = False

    @property
    def sound(self) -> bool:
        """Whether there is something to put away, and no job that was only half added when an interruption came."""
        return self.first is not None and not self._torn

    @property
    def full(self) -> bool:
        """Whether so much has come together that it is time to put it away."""
        return self._waiting >= WORTH_A_PART

    def add(self, job: Job, sums: Counted, totals: Whole) -> None:
        """One more job, the next in the roll."""
        self._torn = True
        if self.first is None:
            self.first = job.stop - len(job.blocks)
        if job.leaf != self._leaf:
            self._close()
            self._leaf = job.leaf
        if not self._sums:
            self._shapes = {name: getattr(sums, name).shape for name in FIELDS}
            self._figures = len(totals)
            self._sums = {name: getattr(sums, name).copy() for name in FIELDS}
        else:
            for name in FIELDS:
                self._sums[name] += getattr(sums, name)
        self._totals[job.batch] = self._totals[job.batch] + totals if job.batch in self._totals else totals
        self.stop = job.stop
        self._torn = False

    def _close(self) -> None:
        """Ends the share of a leaf area."""
        if self._leaf is not None and self._totals:
            flat = Sparse.of(np.concatenate([self._sums[name].reshape(-1) for name in FIELDS]))
            totals = Sparse.of(np.concatenate(list(self._totals.values())))
            self._pieces.append(Piece(self._leaf, flat, tuple(self._totals), totals))
            self._waiting += flat.places.size + totals.places.size
        self._sums, self._totals = {}, {}

    def taken(self) -> Part:
        """What has come together; the gathering begins anew. To be asked only after a job was added."""
        self._torn = True
        self._close()
        assert self.first is not None
        part = Part(Label(*self._of, self.first, self.stop), self._shapes, self._figures, tuple(self._pieces))
        self._pieces, self._waiting, self._leaf, self.first = [], 0, None, None
        self._torn = False
        return part


@dataclass(frozen=True)
class LeafResult:
    """A finished leaf area: its sums, and the totals [batches, figures] of batches of so many blocks each."""

    leaf: int
    sums: Counted
    sizes: list[int]
    totals: Whole


class _Adding:
    """The pieces of one leaf area, added up."""

    def __init__(self, leaf: int, blocks: int, part: Part) -> None:
        self.leaf = leaf
        edges = batch_edges(blocks)
        self._sizes = [stop - start for start, stop in pairwise(edges)]
        self._shapes = part.shapes
        self._flat = np.zeros(sum(prod(part.shapes[name]) for name in FIELDS), np.int64)
        self._totals = np.zeros((len(self._sizes), part.figures), np.int64)

    def add(self, piece: Piece) -> None:
        self._flat[piece.sums.places] += piece.sums.values
        figures = self._totals.shape[1]
        batch = np.array(piece.batches, np.int64)[piece.totals.places // figures]
        np.add.at(self._totals, (batch, piece.totals.places % figures), piece.totals.values)

    def result(self) -> LeafResult:
        sums, start = {}, 0
        for name in FIELDS:
            size = prod(self._shapes[name])
            sums[name] = self._flat[start : start + size].reshape(self._shapes[name])
            start += size
        return LeafResult(self.leaf, cast("Counted", SimpleNamespace(**sums)), self._sizes, self._totals)


def finished_leaves(parts: Iterable[Part], roll: Roll) -> Generator[LeafResult, None, None]:
    """Parts that together cover a roll, in its order, as leaf areas: one part and one leaf area in memory at a time."""
    adding: _Adding | None = None
    for part in parts:
        for piece in part.pieces:
            if adding is None or adding.leaf != piece.leaf:
                if adding is not None:
                    yield adding.result()
                adding = _Adding(piece.leaf, roll.sizes[piece.leaf], part)
            adding.add(piece)
    if adding is not None:
        yield adding.result()


# --- in a folder ---------------------------------------------------------------------------------------------------


class Shelf:
    """The parts of one run in a folder."""

    def __init__(self, folder: Path, run: str) -> None:
        self.folder, self.run = folder, run

    def keep(self, part: Part) -> None:
        """Puts a part away. Raises OSError where the disk does not take it; what stood there before stands."""
        self.keep_bytes(part.label, written(part))

    def keep_bytes(self, label: Label, content: bytes) -> None:
        """Puts a part away that is written already."""
        settle(self.folder / label.file, content)

    def labels(self) -> list[Label]:
        """What the names of the files say that there is, in order."""
        found = []
        for path in self.folder.glob("*.part"):
            told = NAME.fullmatch(path.name)
            if told is not None:
                place = (int(told["replication"]), int(told["first"]), int(told["stop"]))
                found.append(Label(self.run, told["population"], *place))
        return sorted(found, key=lambda label: (label.population, label.replication, label.first, label.stop))

    def read(self, label: Label) -> Part:
        """A part. Raises Damaged where the file is not what its name says."""
        part = read((self.folder / label.file).read_bytes(), self.run)
        if part.label != label:
            raise Damaged("it is of another range than its name says")
        return part

    def sound(self) -> tuple[list[Label], list[Label]]:
        """The parts that are whole, and those that are damaged or overlap one that is whole."""
        whole: list[Label] = []
        damaged: list[Label] = []
        for label in self.labels():
            try:
                self.read(label)
            except (Damaged, OSError, ValueError, KeyError, zlib.error):
                damaged.append(label)
                continue
            clash = whole and whole[-1].population == label.population and whole[-1].replication == label.replication
            (damaged if clash and label.first < whole[-1].stop else whole).append(label)
        return whole, damaged

    def drop(self, labels: Iterable[Label]) -> None:
        """Takes parts away."""
        for label in labels:
            (self.folder / label.file).unlink(missing_ok=True)


def ranges(labels: Sequence[Label], population: str, replication: int) -> list[Range]:
    """The ranges that parts of one population of one replication cover, in order."""
    of = [label for label in labels if label.population == population and label.replication == replication]
    return sorted((label.first, label.stop) for label in of)
