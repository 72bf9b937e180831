"""The tables of a journal and their columns, as `docs/background/exactly.md` section 8 names them."""

from __future__ import annotations

from typing import Any

Row = tuple[Any, ...]
Journal = dict[str, list[Row]]

COLUMNS: dict[str, tuple[str, ...]] = {
    "subjects": ("block", "subject", "household", "area", "months", "propensity", "look_alike"),
    "ties": ("block", "tie", "subject", "other"),
    "enrolments": ("step", "block", "subject", "rating", "what"),
    "events": ("step", "block", "subject", "kind", "number", "root", "amount", "mark"),
    "records": (
        "step", "block", "subject", "kind", "doer", "number", "root", "ground", "detector", "event_step", "amount",
        "sequence", "what",
    ),
    "points": (
        "step", "block", "subject", "standing", "rating", "award", "what", "rule", "clause", "amount", "ground", "root",
        "lapse_step", "live_sum", "score",
    ),
    "listings": (
        "step", "block", "subject", "standing", "list", "case", "what", "row", "clause", "ground", "root", "ending",
        "term_end", "origin",
    ),
    "publications": ("step", "block", "subject", "standing", "rating", "score", "tier", "at"),
    "requests": (
        "step", "block", "subject", "service", "number", "tries", "outcome", "clause", "ground", "root",
        "refused_tries", "also", "wrongful", "spared",
    ),
    "effects": ("step", "block", "subject", "service", "number", "clause", "effect", "ground", "root"),
    "responses": ("step", "block", "subject", "target", "factor"),
    "endings": ("step", "block", "subject"),
    "foundings": ("step", "block", "subject", "generation", "propensity", "look_alike"),
}  # fmt: skip
"""In the order of stages; `subjects` and `foundings` have one more column for each attribute. The last two tables
are of firms alone."""

ORDER = (
    "subjects", "ties", "enrolments", "events", "records", "points", "listings", "publications", "requests", "effects",
    "responses", "endings", "foundings",
)  # fmt: skip


def named(table: str, row: Row) -> dict[str, Any]:
    """A row as a map of its columns (attributes of `subjects` are numbered)."""
    columns = COLUMNS[table]
    further = tuple(f"attribute_{n}" for n in range(len(row) - len(columns)))
    return dict(zip(columns + further, row, strict=True))


def step_of(table: str, row: Row) -> int:
    """The step of a row; -1 in the tables of what stands before the first step."""
    return int(row[0]) if COLUMNS[table][0] == "step" else -1
