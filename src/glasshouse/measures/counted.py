"""What a run counted, ready to be divided: weighted totals that add up, and ratios of them with their intervals.

A :class:`Figure` is a linear sum of counts: for the whole society in each replication, and batch by batch. Figures add
and subtract; :meth:`Counted.ratio` divides two of them and gives the ratio its intervals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from glasshouse.counts import STOCKS
from glasshouse.errors import NotCounted, UsageError
from glasshouse.estimates import Cells, student
from glasshouse.keeping import kept_scenario
from glasshouse.measures.figure import Interval, Measure, Measures
from glasshouse.scenario import Scenario
from glasshouse.tables.counters import Paths, counters
from glasshouse.vocabulary import GROUNDS

if TYPE_CHECKING:
    from glasshouse.runs import Run

Numbers = npt.NDArray[np.float64]
YEAR_DAYS: Final = 365.2425
STEP_YEARS: Final = {"month": 1 / 12, "week": 7 / YEAR_DAYS, "day": 1 / YEAR_DAYS}
PARTS: Final = ("lifetimes", "roots", "transitions", "scores")


@dataclass(frozen=True)
class Figure:
    """A sum of counts: ``totals`` for the society in each replication, ``batches`` (mean over replications) unweighted.

    ``batches`` is None where no batch kept it; then there is no interval from blocks.
    """

    totals: Numbers
    batches: Numbers | None
    counted: int

    @property
    def value(self) -> float:
        """The mean over replications."""
        return float(self.totals.mean())

    def __add__(self, other: Figure) -> Figure:
        return self._with(other, 1.0)

    def __sub__(self, other: Figure) -> Figure:
        return self._with(other, -1.0)

    def __mul__(self, factor: float) -> Figure:
        batches = None if self.batches is None else self.batches * factor
        return Figure(self.totals * factor, batches, self.counted)

    def _with(self, other: Figure, sign: float) -> Figure:
        both = None
        if self.batches is not None and other.batches is not None:
            both = self.batches + sign * other.batches
        return Figure(self.totals + sign * other.totals, both, self.counted + int(sign) * other.counted)


class Counted:
    """The counts of a run, asked by quantity, item, ground and group."""

    def __init__(self, run: Run, population: str = "residents") -> None:
        self.run, self.population = run, population
        order = run.manifest["order"]
        self.replications = int(order["replications"])
        self.steps = int(run.manifest["steps"])
        self.step_years = STEP_YEARS[run.manifest["period"]["step"]]
        self.step_days = self.step_years * YEAR_DAYS
        self.cells = Cells(run, population)
        self.groups = ["all", *self._groups()]

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario the run keeps."""
        return kept_scenario(self.run.path)

    @property
    def reading(self) -> str:
        """Which of the two readings was run."""
        return str(self.run.manifest["reading"])

    def _groups(self) -> list[str]:
        found = self._monthly.get_column("group").unique().to_list()
        order = self.run.manifest["groups"]

        def place(label: str) -> tuple[int, str]:
            names = "&".join(part.split("=")[0] for part in label.split("&"))
            return (order.index(names) if names in order else len(order), label)

        return sorted((label for label in found if label != "all"), key=place)

    def divisions(self) -> dict[str, list[str]]:
        """The groups of each declared division, by its attributes: ``sex``, ``sex&income``."""
        found: dict[str, list[str]] = {name: [] for name in self.run.manifest["groups"]}
        for label in self.groups[1:]:
            found["&".join(part.split("=")[0] for part in label.split("&"))].append(label)
        return found

    # --- sums ------------------------------------------------------------------------------------------------------

    @cached_property
    def _monthly(self) -> pl.DataFrame:
        """Sums over the steps, and what stood at the end, of everything counted."""
        rows = self.run.table("monthly").filter(pl.col("population") == self.population)
        last = pl.col("month") == self.run.manifest["period"]["last"]
        keys = ["area", "group", "quantity", "item", "ground"]
        keys += ["replication"] if self.replications > 1 else []
        summed = rows.group_by(keys).agg(total=pl.col("value").sum(), end=pl.col("value").filter(last).sum()).collect()
        return summed if self.replications > 1 else summed.with_columns(replication=pl.lit(0, dtype=pl.Int64))

    @cached_property
    def _batches(self) -> pl.DataFrame:
        rows = self.run.batches.filter(pl.col("population") == self.population)
        return rows.join(self.cells.named, on=["population", "area", "batch"], how="inner")

    @cached_property
    def quantities(self) -> frozenset[str]:
        """What the run counts at all: a quantity of this list without a row was counted and was 0."""
        nowhere = Paths(**dict.fromkeys(Paths.__slots__, ("",)))
        known = {counter.quantity for counter in counters(nowhere, ())[0]}
        return frozenset(known | set(self._monthly.get_column("quantity").unique().to_list()))

    def need(self, *quantities: str, why: str = "") -> None:
        """Raises NotCounted, naming all quantities of these that this run does not count."""
        missing = [name for name in quantities if name not in self.quantities]
        if missing:
            raise NotCounted(missing, why)

    def items(self, quantity: str) -> list[str]:
        """The items of a quantity that were counted at all."""
        rows = self._monthly.filter(pl.col("quantity") == quantity)
        return sorted(rows.get_column("item").unique().to_list())

    def of(
        self,
        quantity: str,
        *,
        item: str | Iterable[str] | None = None,
        under: str | None = None,
        grounds: Iterable[str] = (),
        group: str = "all",
        at_end: bool = False,
    ) -> Figure:
        """A flow over the run; a stock summed over the steps (subject-steps), or as it stands ``at_end``.

        ``item`` is one or several items; ``under`` a path and what stands under it (``LIST:ending``).
        """
        self.need(quantity)
        chosen = (pl.col("quantity") == quantity) & (pl.col("group") == group)
        stock = quantity in STOCKS
        asked = self._asked(item, under, grounds)
        rows = self._monthly.filter(chosen & asked)
        kept = self._batches.filter(
            (pl.col("quantity") == (f"{quantity}_steps" if stock and not at_end else quantity))
            & (pl.col("group") == group) & asked
        )  # fmt: skip
        return self._figure(rows, "end" if stock and at_end else "total", kept)

    @staticmethod
    def _asked(item: str | Iterable[str] | None, under: str | None, grounds: Iterable[str]) -> pl.Expr:
        asked = pl.lit(True)
        if item is not None:
            asked &= pl.col("item").is_in([item] if isinstance(item, str) else list(item))
        if under is not None:
            asked &= (pl.col("item") == under) | pl.col("item").str.starts_with(f"{under}:")
        wanted = tuple(grounds)
        return asked & pl.col("ground").is_in(wanted) if wanted else asked

    def _figure(self, rows: pl.DataFrame, column: str, batches: pl.DataFrame) -> Figure:
        totals = np.zeros(self.replications)
        weights = pl.DataFrame({"area": self.cells.names, "weight": self.cells.weight})
        summed = rows.join(weights, on="area").group_by("replication").agg((pl.col(column) * pl.col("weight")).sum())
        for replication, value in summed.iter_rows():
            totals[replication] = value
        by_batch = np.zeros(len(self.cells.blocks))
        np.add.at(by_batch, batches.get_column("cell").to_numpy(), batches.get_column("value").to_numpy())
        return Figure(totals, by_batch / self.replications, int(rows.get_column(column).sum()))

    def part(self, table: str, *columns: str) -> pl.DataFrame:
        """A table of durations, roots, moves or scores, weighted: rows of ``columns``, ``replication``, ``value``."""
        assert table in PARTS
        rows = self.run.table(table).filter(pl.col("population") == self.population)
        weights = pl.LazyFrame({"area": self.cells.names, "weight": self.cells.weight})
        keys = [*columns, "replication"]
        if self.replications == 1:
            rows = rows.with_columns(replication=pl.lit(0, dtype=pl.Int64))
        value = (pl.col("value") * pl.col("weight")).sum().alias("value")
        summed = rows.join(weights, on="area").group_by(keys).agg(value, counted=pl.col("value").sum())
        return summed.sort(keys).collect()

    def batched(self, quantity: str) -> pl.DataFrame:
        """What the batches keep of a table (``lifetimes``, ``roots``, ``transitions``): item, ground, cell, value."""
        rows = self._batches.filter((pl.col("quantity") == quantity) & (pl.col("group") == "all"))
        return rows.select("item", "ground", "cell", "value")

    def nothing(self) -> Figure:
        """No count at all."""
        return Figure(np.zeros(self.replications), np.zeros(len(self.cells.blocks)), 0)

    def subject_steps(self, group: str = "all") -> Figure:
        """Steps lived by everybody of a group."""
        return self.of("subjects", group=group)

    def subject_years(self, group: str = "all") -> Figure:
        """Years lived by everybody of a group."""
        return self.subject_steps(group) * self.step_years

    # --- measures --------------------------------------------------------------------------------------------------

    def intervals(self, numerator: Figure, exposure: Figure | None = None, scale: float = 1.0) -> tuple[Interval, ...]:
        """The intervals of a total, or of a ratio of two; none from blocks that do not differ (nothing was counted)."""
        found = []
        below = 1.0 if exposure is None else exposure.value
        if below == 0:
            return ()
        error = self._block_error(numerator, exposure)
        value = scale * numerator.value / below
        if error is not None and error[0] > 0:
            reach = scale * student(error[1]) * error[0] / abs(below)
            found.append(Interval(_floor(value, reach), value + reach, "blocks"))
        if self.replications > 1:
            bottoms = np.ones(self.replications) if exposure is None else exposure.totals
            if (bottoms != 0).all():
                found.append(t_interval(scale * numerator.totals / bottoms))
        return tuple(found)

    def _block_error(self, numerator: Figure, exposure: Figure | None) -> tuple[float, int] | None:
        if numerator.batches is None or (exposure is not None and exposure.batches is None):
            return None
        rest = numerator.batches
        if exposure is not None and exposure.batches is not None:
            rest = rest - numerator.value / exposure.value * exposure.batches
        return self.cells.error(rest, self.cells.weight)

    def ratio(
        self, id_: str, name: str, numerator: Figure, exposure: Figure, unit: str, sentence: str,
        *, item: str = "", group: str = "all", scale: float = 1.0,
    ) -> Measure:  # fmt: skip
        """The measure numerator / exposure x scale, with its intervals; no value where nobody was exposed."""
        below = exposure.value
        value = None if below == 0 else scale * numerator.value / below
        return Measure(
            id_, name, value, unit, sentence, item, group, numerator.value, below, numerator.counted,
            self.intervals(numerator, exposure, scale),
        )  # fmt: skip

    def total(
        self, id_: str, name: str, figure: Figure, unit: str, sentence: str, *, item: str = "", group: str = "all"
    ) -> Measure:
        """A total for the whole society, over the years lived."""
        return Measure(
            id_, name, figure.value, unit, sentence, item, group, figure.value, self.subject_years(group).value,
            figure.counted, self.intervals(figure),
        )  # fmt: skip

    def answer(self, title: str, found: Iterable[Measure], *remarks: str) -> Measures:
        """Measures together, with what must be said with them."""
        return Measures(title, tuple(found), remarks, self.reading)

    def check_group(self, group: str) -> str:
        """A group that the run keeps. Raises UsageError with those it has."""
        if group not in self.groups:
            raise UsageError(f"the run keeps no group `{group}`; it keeps {', '.join(self.groups)}")
        return group


def _floor(value: float, reach: float) -> float:
    """The lower bound of an interval: what cannot be negative is not."""
    return max(0.0, value - reach) if value >= 0 else value - reach


def t_interval(values: Numbers) -> Interval:
    """The 95 % interval of Student's t over replications."""
    reach = student(len(values) - 1) * float(values.std(ddof=1)) / sqrt(len(values))
    return Interval(float(values.mean()) - reach, float(values.mean()) + reach, "replications")


def jackknifed(counted: Counted, cells: npt.NDArray[Any], statistic: Any, *, signed: bool = False) -> Interval | None:
    """The interval from blocks of any statistic of sums: each batch is left out in turn, its area weighted up.

    ``cells`` [batches, ...] are counts by batch; ``statistic`` makes a number of their weighted sum. None where an area
    has but one batch, or the statistic is not defined without some batch. ``signed``: it may be below 0.
    """
    spread, cells = counted.cells, cells.astype(float)
    blocks = spread.by_area(spread.blocks)
    batches = spread.by_area(np.ones_like(spread.blocks))
    shape = (-1, *([1] * (cells.ndim - 1)))
    whole = (cells * spread.weight[spread.place].reshape(shape)).sum(axis=0)
    value = statistic(whole)
    if value is None or (batches[spread.weight > 0] < 2).any() or not cells.any():
        return None
    by_area = np.zeros((len(spread.weight), *cells.shape[1:]))
    np.add.at(by_area, spread.place, cells)
    variance = 0.0
    for place, count, size in zip(spread.place, cells, spread.blocks, strict=True):
        rest = by_area[place] - count
        up = blocks[place] / (blocks[place] - size)
        without = statistic(whole + spread.weight[place] * (rest * up - by_area[place]))
        if without is None:
            return None
        variance += (1 - size / blocks[place]) * (without - value) ** 2
    degrees = int((batches[spread.weight > 0] - 1).sum())
    reach = student(degrees) * sqrt(variance)
    return Interval(value - reach if signed else _floor(value, reach), value + reach, "blocks") if reach > 0 else None


FALSE_GROUNDS: Final = ("mistaken", "unfounded")
ALL_GROUNDS: Final = GROUNDS
