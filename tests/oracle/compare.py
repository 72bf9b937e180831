"""Two journals of one block held against each other, row by row, the earliest difference first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from .journal import COLUMNS, ORDER, Journal, Row, named, step_of

Counts = dict[tuple[object, ...], int]


@dataclass(frozen=True)
class TableDifference:
    """The rows of one table that only one side has, sorted by step."""

    table: str
    only_first: tuple[Row, ...]
    only_second: tuple[Row, ...]

    @property
    def earliest(self) -> int:
        """The first step at which the tables differ."""
        return min(step_of(self.table, row) for row in self.only_first + self.only_second)


def compare_journals(first: Journal, second: Journal) -> list[TableDifference]:
    """Tables that differ, the one with the earliest step first; a row is compared with its multiplicity."""
    found = []
    for table in ORDER:
        left, right = Counter(first.get(table, [])), Counter(second.get(table, []))
        missing, further = left - right, right - left
        if missing or further:
            found.append(TableDifference(table, _sorted(table, missing), _sorted(table, further)))
    return sorted(found, key=lambda difference: (difference.earliest, ORDER.index(difference.table)))


def compare_counts(first: Counts, second: Counts) -> list[tuple[tuple[object, ...], int, int]]:
    """Keys whose counts differ; a key that one side leaves out counts 0."""
    keys = sorted(set(first) | set(second), key=repr)
    return [(key, first.get(key, 0), second.get(key, 0)) for key in keys if first.get(key, 0) != second.get(key, 0)]


def say(differences: list[TableDifference], first: str, second: str, most: int = 4) -> str:
    """What a reader needs to find the cause: the first differing rows of each table, the earliest table first."""
    lines = []
    for difference in differences:
        lines.append(
            f"{difference.table}: from step {difference.earliest}, {len(difference.only_first)} rows only in the "
            f"{first}, {len(difference.only_second)} only in the {second}"
        )
        for name, rows in ((first, difference.only_first), (second, difference.only_second)):
            lines += [f"  {name}: {_written(difference.table, row)}" for row in rows[:most]]
    return "\n".join(lines)


def _sorted(table: str, rows: Counter[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows.elements(), key=lambda row: (step_of(table, row), repr(row))))


def _written(table: str, row: Row) -> str:
    if len(row) < len(COLUMNS[table]):
        return repr(row)
    return " ".join(f"{column}={content}" for column, content in named(table, row).items() if content != "")
