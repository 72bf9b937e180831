"""What the reference hands back: everything that happened in a block, and its sums."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

TABLES = (
    "subjects", "ties", "enrolments", "events", "records", "points", "listings", "publications", "requests", "effects",
    "responses",
)  # fmt: skip
OF_FIRMS = ("endings", "foundings")

Row = tuple[object, ...]
Cell = tuple[int, str, str, str]
"""(step, quantity, item, ground)."""


@dataclass(frozen=True, slots=True)
class Journal:
    """The rows of each table of a block, sorted, and its sums; a sum of 0 is left out."""

    tables: dict[str, list[Row]]
    counts: dict[Cell, int]


class Book:
    """A journal being written."""

    def __init__(self, firms: bool = False) -> None:
        self._rows: dict[str, list[Row]] = {table: [] for table in TABLES + (OF_FIRMS if firms else ())}
        self._counts: defaultdict[Cell, int] = defaultdict(int)

    def write(self, table: str, *row: object) -> None:
        """Adds a row to a table."""
        self._rows[table].append(row)

    def count(self, step: int, quantity: str, item: str = "", ground: str = "", value: int = 1) -> None:
        """Adds to a sum."""
        self._counts[step, quantity, item, ground] += value

    def close(self) -> Journal:
        """The finished journal."""
        tables = {table: sorted(rows) for table, rows in self._rows.items()}
        return Journal(tables, {cell: self._counts[cell] for cell in sorted(self._counts) if self._counts[cell]})
