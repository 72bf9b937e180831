"""Figures of a run for the whole country, with intervals from the variance between blocks.

A sample of blocks is a cluster sample: what was counted in a leaf area is multiplied by its weight, and the spread of
batches of blocks inside each area says how far the estimate may lie off. The interval covers the choice of blocks and
the luck of what happened in them; it does not cover what nobody knows about the rates.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from glasshouse.counts import TARGET

if TYPE_CHECKING:
    from glasshouse.runs import Run

Counts = npt.NDArray[np.int64]
Numbers = npt.NDArray[Any]
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


class Cells:
    """The batches of a run as places of an array: what intervals are made of.

    ``place`` is the leaf area of each batch (of one population, or of each in turn), ``blocks`` how many it holds.
    """

    def __init__(self, run: Run, population: str | None = None) -> None:
        chosen = pl.lit(True) if population is None else pl.col("population") == population
        areas = run.areas.filter(chosen).with_row_index("place")
        batches = run.batches.filter(chosen & (pl.col("group") == "all") & (pl.col("quantity") == "subjects"))
        cells = batches.select("population", "area", "batch", "blocks").unique()
        cells = cells.join(areas.select("population", "area", "place"), on=["population", "area"])
        cells = cells.sort("place", "batch").with_row_index("cell")
        self.named = cells.select("population", "area", "batch", "cell")
        self.parents = [parents.split("/") for parents in areas["parents"]]
        self.names: list[str] = areas["area"].to_list()
        self.m, self.weight = areas["m"].to_numpy().astype(float), areas["weight"].to_numpy().astype(float)
        self.place, self.blocks = cells["place"].to_numpy(), cells["blocks"].to_numpy().astype(float)

    def by_area(self, numbers: Numbers) -> Numbers:
        """Numbers of batches added up by leaf area."""
        return np.bincount(self.place, numbers, minlength=len(self.weight))

    def error(self, mean: Numbers, weight: Numbers) -> tuple[float, int] | None:
        """Standard error of the weighted total of these numbers of batches, and its degrees of freedom.

        It is told from how far batches lie off their area's mean; an area of one batch borrows the others' spread.
        None where there is only one batch.
        """
        blocks, batches = self.by_area(self.blocks), self.by_area(np.ones_like(self.blocks))
        centre = self.by_area(mean) / np.maximum(blocks, 1)
        square = self.by_area((mean / self.blocks - centre[self.place]) ** 2 * self.blocks)
        counted = (weight > 0) & (batches > 0)
        degrees = int((batches[counted] - 1).sum())
        if degrees < 1:
            return None
        pooled = square[counted].sum() / degrees
        own = np.where(batches > 1, square / np.maximum(batches - 1, 1), pooled)
        return sqrt(float((weight**2 * self.m * own)[counted].sum())), degrees


class Estimates:
    """The batches of a run, ready to be asked for figures."""

    def __init__(self, run: Run) -> None:
        self.cells = Cells(run)
        self.replications = int(run.manifest["order"]["replications"])
        batches = run.batches.filter(pl.col("group") == "all")
        batches = batches.join(self.cells.named, on=["population", "area", "batch"], how="left")
        self._rows: dict[tuple[str, str, str], tuple[Counts, Counts]] = {
            (str(name), str(item), str(ground)): (part["cell"].to_numpy().astype(np.int64), part["value"].to_numpy())
            for (name, item, ground), part in batches.group_by("quantity", "item", "ground")
        }

    def items(self, quantity: str) -> list[str]:
        """The items of a quantity that were counted at all."""
        return sorted({item for name, item, _ in self._rows if name == quantity})

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

        def asked(name: str, of: str, ground: str) -> bool:
            if name != quantity or (grounds and ground not in grounds) or item not in (None, of):
                return False
            return items_under is None or of == items_under or of.startswith(f"{items_under}:")

        return self._estimate([rows for key, rows in self._rows.items() if asked(*key)], area)

    def target(self, target: str, day: str, area: str | None = None) -> Estimate:
        """The figure that a target asks for on one of its dates."""
        rows = self._rows.get((TARGET, target, day))
        return self._estimate([] if rows is None else [rows], area)

    def _estimate(self, parts: list[tuple[Counts, Counts]], area: str | None) -> Estimate:
        if not parts:
            return Estimate(0.0, None, None, 0)
        counts = np.zeros(len(self.cells.blocks), dtype=np.int64)
        for cell, value in parts:
            np.add.at(counts, cell, value)
        weight = self.cells.weight
        if area is not None:
            names = zip(self.cells.names, self.cells.parents, strict=True)
            inside = np.array([area == name or area in parents for name, parents in names])
            weight = np.where(inside, weight, 0.0)
            counts = np.where(inside[self.cells.place], counts, 0)
        return self._weighted(counts, weight)

    def _weighted(self, counts: Counts, weight: Numbers) -> Estimate:
        """The weighted total of counts by batch, and its interval."""
        mean = counts / self.replications
        value = float((self.cells.by_area(mean) * weight).sum())
        found = self.cells.error(mean, weight)
        if found is None:
            return Estimate(value, None, None, int(counts.sum()))
        reach = student(found[1]) * found[0]
        low = max(0.0, value - reach) if value >= 0 else value - reach
        return Estimate(value, low, value + reach, int(counts.sum()))
