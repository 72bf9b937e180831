"""Documents in, tables out: the engine as these tests use it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

import glasshouse

from .documents import SCENARIO


class Found:
    """The tables of one run, read for one number at a time."""

    def __init__(self, run: glasshouse.Run) -> None:
        self.run = run
        everybody = run.monthly.filter(pl.col("group") == "all")
        self.monthly = everybody.group_by("month", "quantity", "item", "ground").agg(pl.col("value").sum())

    def by_month(self, quantity: str, ground: str | None = None) -> list[int]:
        """A quantity in every month of the run, 0 where there is no row."""
        rows = self.monthly.filter(pl.col("quantity") == quantity)
        if ground is not None:
            rows = rows.filter(pl.col("ground") == ground)
        found = dict(rows.group_by("month").agg(pl.col("value").sum()).iter_rows())
        return [found.get(month, 0) for month in sorted(self.monthly["month"].unique())]

    def total(self, quantity: str, ground: str | None = None) -> int:
        """A quantity over the whole run."""
        return sum(self.by_month(quantity, ground))

    def scores(self, month: int) -> dict[int, int]:
        """Residents by score at the end of a month, counted from 0; -1 is the last."""
        rows = self.run.scores.filter(pl.col("group") == "all")
        chosen = sorted(rows["month"].unique())[month]
        counted = rows.filter(pl.col("month") == chosen).group_by("score").agg(pl.col("value").sum())
        return dict(counted.iter_rows())

    def lengths(self) -> dict[tuple[str, int], int]:
        """Closed cases by ending and length in steps."""
        closed = self.run.lifetimes.filter(pl.col("ending") != "open")
        counted = closed.group_by("ending", "steps").agg(pl.col("value").sum())
        return {(ending, steps): value for ending, steps, value in counted.iter_rows()}


def simulate(
    texts: dict[str, str], folder: Path, residents: int, seed: int = 1, journal: tuple[int, ...] = ()
) -> Found:
    """Writes the documents, runs them on so many residents, reads the tables."""
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    run = glasshouse.run(
        folder / SCENARIO, out=folder / f"run-{seed}", residents=residents, seed=seed, threads=1, journal=journal
    )
    return Found(run)
