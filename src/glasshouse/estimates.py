"""Figures of a run for the whole country, with intervals from the variance between blocks.

A sample of blocks is a cluster sample: what was counted in a leaf area is multiplied by its weight, and the spread of
batches of blocks inside each area says how far the estimate may lie off. The interval covers the choice of blocks and
the luck of what happened in them; it does not cover what nobody knows about the rates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Final

import polars as pl

from glasshouse.counts import TARGET

if TYPE_CHECKING:
    from glasshouse.runs import Run

NORMAL: Final = 1.959963984540054
FEW_DEGREES: Final = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776}


@dataclass(frozen=True)
class Estimate:
    """A figure for the country, and its 95 % interval; no interval where there was only one batch of blocks."""

    value: float
    low: float | None
    high: float | None
    counted: int
    """What was counted in the blocks simulated, before any weight (summed over replications)."""

    def rounded(self) -> dict[str, float | int | None]:
        """As plain numbers, for JSON."""
        low, high = (None if bound is None else round(bound, 3) for bound in (self.low, self.high))
        return {"value": round(self.value, 3), "low": low, "high": high, "counted": self.counted}


def student(degrees: int) -> float:
    """The 97.5 % point of Student's t (the expansion of Cornish and Fisher beyond 4 degrees of freedom)."""
    if degrees in FEW_DEGREES:
        return FEW_DEGREES[degrees]
    z, v = NORMAL, degrees
    first = (z**3 + z) / (4 * v)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    return z + first + second + third


class Estimates:
    """The batches of a run, ready to be asked for figures."""

    def __init__(self, run: Run) -> None:
        areas = run.areas.select("population", "area", "parents", "m", "weight")
        self.replications = int(run.manifest["order"]["replications"])
        self._rows = run.batches.partition_by("quantity", "item", as_dict=True)
        self._none = run.batches.clear()
        cells = run.batches.filter(pl.col("quantity") == "subjects")
        cells = cells.select("population", "area", "batch", "blocks").unique()
        self._cells = cells.join(areas, on=["population", "area"])

    def items(self, quantity: str) -> list[str]:
        """The items of a quantity that were counted at all."""
        return sorted(item for name, item in self._rows if name == quantity)

    def of(
        self,
        quantity: str,
        *,
        item: str | None = None,
        items_under: str | None = None,
        grounds: tuple[str, ...] = (),
        area: str | None = None,
    ) -> Estimate:
        """A flow over the whole run, or a stock at its end: all items and grounds of a quantity, or only those named.

        `items_under` takes the items that begin with this path (the endings of a list); `area` an area and its parts.
        """
        items = self.items(quantity)
        if item is not None:
            items = [name for name in items if name == item]
        if items_under is not None:
            below = re.compile(rf"{re.escape(items_under)}([:/\s]|$)")
            items = [name for name in items if below.match(name)]
        rows = pl.concat([self._none, *(self._rows[quantity, name] for name in items)])
        return self._estimate(rows.filter(pl.col("ground").is_in(grounds)) if grounds else rows, area)

    def target(self, target: str, day: str, area: str | None = None) -> Estimate:
        """The figure that a target asks for on one of its dates."""
        rows = self._rows.get((TARGET, target), self._none)
        return self._estimate(rows.filter(pl.col("ground") == day), area)

    def _estimate(self, rows: pl.DataFrame, area: str | None) -> Estimate:
        if not rows.height:
            return Estimate(0.0, None, None, 0)
        cells = self._cells
        if area is not None:
            cells = cells.filter((pl.col("area") == area) | pl.col("parents").str.split("/").list.contains(area))
        keys = ["population", "area", "batch"]
        summed = rows.group_by(keys).agg(pl.col("value").sum())
        cells = cells.join(summed, on=keys, how="left").with_columns(pl.col("value").fill_null(0))
        counted = int(cells.get_column("value").sum())
        cells = cells.with_columns(mean=pl.col("value") / self.replications / pl.col("blocks"))
        blocks = pl.col("blocks")
        centre = ((pl.col("mean") * blocks).sum() / blocks.sum()).over("population", "area")
        by_area = cells.with_columns(off=blocks * (pl.col("mean") - centre) ** 2).group_by("population", "area").agg(
            total=(pl.col("mean") * blocks).sum(), square=pl.col("off").sum(), batches=pl.len(),
            m=pl.col("m").first(), weight=pl.col("weight").first(),
        )  # fmt: skip
        value = float((by_area["total"] * by_area["weight"]).sum())
        degrees = int((by_area["batches"] - 1).sum())
        if degrees < 1:
            return Estimate(value, None, None, counted)
        pooled = float(by_area["square"].sum()) / degrees
        own = pl.when(pl.col("batches") > 1).then(pl.col("square") / (pl.col("batches") - 1)).otherwise(pooled)
        variance = float(by_area.select((pl.col("weight") ** 2 * pl.col("m") * own).sum()).item())
        reach = student(degrees) * sqrt(variance)
        return Estimate(value, max(0.0, value - reach) if value >= 0 else value - reach, value + reach, counted)
