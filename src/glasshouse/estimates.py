"""Figures of a run for the whole country, with intervals from the variance between blocks.

A sample of blocks is a cluster sample: what was counted in a leaf area is multiplied by its weight, and the spread of
batches of blocks inside each area says how far the estimate may lie off. The interval covers the choice of blocks and
the luck of what happened in them; it does not cover what nobody knows about the rates.
"""

from __future__ import annotations

from collections.abc import Sequence
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


class Estimates:
    """The batches of a run, ready to be asked for figures."""

    def __init__(self, run: Run) -> None:
        areas = run.areas.select("population", "area", "parents", "m", "weight").with_row_index("place")
        keys = ["population", "area"]
        batches = run.batches.join(areas.select(*keys, "place"), on=keys, how="left", maintain_order="left")
        cells = batches.filter(pl.col("quantity") == "subjects").select("place", "batch", "blocks").unique()
        cells = cells.sort("place", "batch").with_row_index("cell")
        batches = batches.join(cells.select("place", "batch", "cell"), on=["place", "batch"], how="left")
        self.replications = int(run.manifest["order"]["replications"])
        self._parents = [parents.split("/") for parents in areas["parents"]]
        self._names = areas["area"].to_list()
        self._m, self._weight = areas["m"].to_numpy().astype(float), areas["weight"].to_numpy()
        self._place, self._blocks = cells["place"].to_numpy(), cells["blocks"].to_numpy().astype(float)
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

    def combined(self, terms: Sequence[tuple[str, str, int]], area: str | None = None) -> Estimate:
        """Figures of targets added up, each (target, day, 1) or taken away (-1): a flow between two running totals."""
        parts = []
        for target, day, sign in terms:
            rows = self._rows.get((TARGET, target, day))
            parts += [] if rows is None else [(rows[0], rows[1] * sign)]
        return self._estimate(parts, area)

    def acts(self, quantities: Sequence[str], item: str, *, below: bool = False) -> Estimate:
        """All of some quantities of an item, of every ground; with `below` also of its parts (`ITEM:PART`)."""
        rows = [
            found for (name, of, _), found in self._rows.items()
            if name in quantities and (of == item or (below and of.startswith(f"{item}:")))
        ]  # fmt: skip
        return self._estimate(rows, None)

    def _estimate(self, parts: list[tuple[Counts, Counts]], area: str | None) -> Estimate:
        if not parts:
            return Estimate(0.0, None, None, 0)
        counts = np.zeros(len(self._blocks), dtype=np.int64)
        for cell, value in parts:
            np.add.at(counts, cell, value)
        weight = self._weight
        if area is not None:
            inside = [area == name or area in parents for name, parents in zip(self._names, self._parents, strict=True)]
            weight = np.where(inside, weight, 0.0)
            counts = np.where(np.array(inside)[self._place], counts, 0)
        return self._weighted(counts, weight)

    def _weighted(self, counts: Counts, weight: Numbers) -> Estimate:
        """The weighted total of counts by batch, and its interval from how far batches lie off their area's mean."""
        areas = len(weight)

        def by_area(numbers: Numbers) -> Numbers:
            return np.bincount(self._place, numbers, minlength=areas)

        mean = counts / self.replications
        blocks, batches = by_area(self._blocks), by_area(np.ones_like(self._blocks))
        value = float((by_area(mean) * weight).sum())
        centre = by_area(mean) / np.maximum(blocks, 1)
        square = by_area((mean / self._blocks - centre[self._place]) ** 2 * self._blocks)
        counted = (weight > 0) & (batches > 0)
        degrees = int((batches[counted] - 1).sum())
        if degrees < 1:
            return Estimate(value, None, None, int(counts.sum()))
        pooled = square[counted].sum() / degrees
        own = np.where(batches > 1, square / np.maximum(batches - 1, 1), pooled)
        reach = student(degrees) * sqrt(float((weight**2 * self._m * own)[counted].sum()))
        low = max(0.0, value - reach) if value >= 0 else value - reach
        return Estimate(value, low, value + reach, int(counts.sum()))
