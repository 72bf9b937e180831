"""The library: documents by kind and name, from folders and from single files put before them.

A document is found by its first line and its ``name``. It is read when first asked for and kept until its file changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from glasshouse.conditions.names import did_you_mean
from glasshouse.errors import Mistake, UsageError
from glasshouse.reading.margin import Margin, Spot
from glasshouse.reading.personal import note_personal
from glasshouse.reading.tree import Leaf, Map, Mark, plant
from glasshouse.vocabulary import DOCUMENTS, VERSION

FIRST_LINE: Final = re.compile(r"^\ufeff?glasshouse: *([a-z]+)/(\d+)", re.M)
NAME_LINE: Final = re.compile(r"^name: *[\"']?([^\s\"'#]+)", re.M)
FACT_ID: Final = re.compile(r"(?:^|[{\s-])id: *[\"']?([\w.-]+)", re.M)
AREA_NAME: Final = re.compile(r"(?:^|[{\s-])area: *[\"']?([\w-]+)", re.M)
FICTIONAL: Final = re.compile(r"^fictional: *true\b", re.M)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document as it was read: its kind and name, its tree (None: no YAML), and what is wrong before its fields."""

    path: Path
    kind: str
    name: str
    tree: Map | None
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class _Shelved:
    path: Path
    kind: str
    name: str


_Stamp: TypeAlias = tuple[int, int, int]
"""When a file was changed, how long it is, where it lies: another stamp, another text."""


@dataclass(slots=True)
class Library:
    """Documents by kind and name. Files given by hand stand before folders, earlier ones before later ones."""

    folders: Sequence[Path]
    files: tuple[Path, ...] = ()
    _texts: dict[Path, tuple[_Stamp, str | None]] = field(default_factory=dict, repr=False)
    _sheets: dict[Path, tuple[_Stamp, Sheet]] = field(default_factory=dict, repr=False)
    _index: tuple[_Shelved, ...] | None = field(default=None, repr=False)

    @classmethod
    def default(cls) -> Library:
        """The library that comes with the package."""
        return cls((Path(__file__).parent / "library",))

    def with_files(self, paths: Iterable[Path | str]) -> Library:
        """The same library with these files before everything else: they add documents, or replace them by name."""
        files = tuple(Path(path) for path in paths)
        return Library(self.folders, (*files, *self.files), dict(self._texts), dict(self._sheets))

    def names(self, kind: str) -> tuple[str, ...]:
        """Names of all documents of a kind, in alphabetical order."""
        return tuple(sorted({each.name for each in self._shelved() if each.kind == kind}))

    def find(self, kind: str, name: str, besides: Iterable[Path] = ()) -> Path | None:
        """The file of a document that is none of ``besides``, or None."""
        passed = tuple(besides)
        fits = (each.path for each in self._shelved() if (each.kind, each.name) == (kind, name))
        return next((path for path in fits if path not in passed), None)

    def sheet(self, kind: str, name_or_path: str | Path) -> Sheet:
        """A document by name or file; a UsageError says what there is instead."""
        found = self.find(kind, name_or_path) if isinstance(name_or_path, str) else None
        if found is None and (isinstance(name_or_path, Path) or _is_path(name_or_path)):
            found = Path(name_or_path)
        if found is None:
            near = did_you_mean(str(name_or_path), self.names(kind))
            raise UsageError(f"unknown {kind} `{name_or_path}`{near}")
        return self.read(found)

    def read(self, path: Path) -> Sheet:
        """A file as a sheet. What is no document is one with mistakes; what is no file is a UsageError."""
        text = self._text(path)
        stamp = self._texts[path][0]
        if path not in self._sheets or self._sheets[path][0] != stamp:
            self._sheets[path] = (stamp, _read(path, text))
        return self._sheets[path][1]

    def sources(self) -> frozenset[str]:
        """Ids of all facts: what a ``source`` may name."""
        texts = (self._text(each.path) for each in self._shelved() if each.kind == "facts")
        return frozenset(found for text in texts for found in FACT_ID.findall(text or ""))

    def real_places(self) -> frozenset[str]:
        """Names of the areas of all recipes that are not fictional."""
        texts = (self._text(each.path) or "" for each in self._shelved() if each.kind == "recipe")
        return frozenset(found for text in texts if not FICTIONAL.search(text) for found in AREA_NAME.findall(text))

    def _shelved(self) -> tuple[_Shelved, ...]:
        if self._index is None:
            self._index = tuple(self._walk())
        return self._index

    def _walk(self) -> Iterator[_Shelved]:
        in_folders = [path for folder in self.folders for path in sorted(Path(folder).rglob("*.yaml"))]
        for path in (*self.files, *in_folders):
            text = self._text(path) or ""
            kind, name = FIRST_LINE.search(text), NAME_LINE.search(text)
            if kind and name:
                yield _Shelved(path, kind[1], name[1])

    def _text(self, path: Path) -> str | None:
        """The text of a file as it is now; None where it is not UTF-8."""
        try:
            found = path.stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
            if path not in self._texts or self._texts[path][0] != stamp:
                self._texts[path] = (stamp, _decoded(path.read_bytes()))
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
        return self._texts[path][1]


def _decoded(written: bytes) -> str | None:
    try:
        return written.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        return None


def _is_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name


def _read(path: Path, text: str | None) -> Sheet:
    file = str(path)
    if text is None:
        told = Mistake(file, 1, 1, "", "", "this is no text in UTF-8")
        return Sheet(path, "", "", None, (told,))
    tree, mistakes = plant(text.removeprefix("\ufeff"), file)
    if not isinstance(tree, Map):
        if not mistakes:
            mistakes = [Mistake(file, 1, 1, "", "", _no_first_line("policy"))]
        return Sheet(path, *_guess(text), None, tuple(mistakes))
    margin = Margin(mistakes)
    kind = _kind(tree, file, margin)
    note_personal(tree, margin)
    named = tree.get("name")
    return Sheet(path, kind, named.text if isinstance(named, Leaf) else "", tree, tuple(margin.mistakes))


def _guess(text: str) -> tuple[str, str]:
    """Kind and name of a text that is no YAML."""
    kind, name = FIRST_LINE.search(text), NAME_LINE.search(text)
    return kind[1] if kind else "", name[1] if name else ""


def _no_first_line(kind: str) -> str:
    return f"the first line says what the document is: `glasshouse: {kind}/{VERSION}`"


def _kind(tree: Map, file: str, margin: Margin) -> str:
    """The kind of a document; empty, with the mistake noted, where the first line does not say."""
    first, start, spot = tree.get("glasshouse"), Mark(file, 1, 1), Spot(margin)
    if not isinstance(first, Leaf) or next(iter(tree.entries)) != "glasshouse":
        spot.wrong(start, _no_first_line("policy"))
        return ""
    kind, _, version = first.text.partition("/")
    if kind not in DOCUMENTS:
        spot.wrong(first, f"unknown document `{kind}`; {', '.join(DOCUMENTS)}{did_you_mean(kind, DOCUMENTS)}")
        return ""
    if version != str(VERSION):
        known = f"this reader knows {VERSION}"
        spot.wrong(first, f"version {version} is not known here; {known}" if version else _no_first_line(kind))
        return ""
    return kind
