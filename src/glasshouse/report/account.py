"""What a report is an account of: a run, perhaps another on the same people, and what is asked of them once only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final

import polars as pl

from glasshouse.measures.counted import Counted
from glasshouse.measures.figure import Interval, Measure
from glasshouse.measures.lives import Lives, program_of
from glasshouse.order import Order
from glasshouse.scenario import Scenario
from glasshouse.society.areas import sampled
from glasshouse.society.firms import FIRMS
from glasshouse.summary import Summary, number, summarize

if TYPE_CHECKING:
    from glasshouse.comparison import Comparison
    from glasshouse.runs import Run

RESIDENTS: Final = "residents"
LIVED: Final = 24
"""Blocks whose lives are lived again unless said."""
MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                 "November", "December")  # fmt: skip


@dataclass(frozen=True)
class Account:
    """A run, and another beside it where two are told; ``blocks`` is how many blocks are lived again."""

    run: Run
    other: Run | None = None
    blocks: int = LIVED

    @cached_property
    def counted(self) -> Counted:
        """The counts of the run."""
        return Counted(self.run)

    @cached_property
    def firms(self) -> Counted | None:
        """The counts of firms; nothing where the run has none."""
        return Counted(self.run, FIRMS) if self.run.manifest["firms"] else None

    @property
    def size(self) -> str:
        """How much of the society was simulated, in words."""
        manifest = self.run.manifest
        lived, whole = int(manifest["residents"]), int(manifest["represents"])
        if lived * 1.1 > whole:
            return "the whole society"
        sample = f"a sample of {manifest['sample']}" if manifest["sample"] else "a smaller society"
        return f"{sample}, standing for {whole:,}"

    @property
    def resident_blocks(self) -> int:
        """Blocks of residents that were simulated."""
        areas = self.run.areas
        return int(areas.filter(pl.col("population") == RESIDENTS).get_column("m").sum())

    @property
    def scenario(self) -> Scenario:
        """The scenario the run keeps."""
        return self.counted.scenario

    @property
    def reading(self) -> str:
        """Which of the two readings was run."""
        return self.counted.reading

    @property
    def stamp(self) -> str:
        """What stands on every picture."""
        return f"Synthetic: nobody in it exists · {self.reading} reading · {self.scenario.name}"

    @cached_property
    def summary(self) -> Summary:
        """What a run says of itself at its end."""
        return summarize(self.run, self.scenario)

    @cached_property
    def comparison(self) -> Comparison | None:
        """The two runs held beside each other."""
        if self.other is None:
            return None
        from glasshouse.comparison import compare

        return compare(self.run, self.other, blocks=self.blocks)

    @cached_property
    def lives(self) -> Lives:
        """The lives of some blocks, lived again: one block each of the largest leaf areas, more where there are few."""
        order = Order.read(self.run.manifest["order"])
        program = program_of(self.run, self.scenario, order)
        samples = [[int(block) for block in sampled(leaf, order.sample or Fraction(1))] for leaf in program.leaves]
        places = sorted(range(len(samples)), key=lambda place: -program.leaves[place].full_residents)
        chosen: list[list[int]] = [[] for _ in samples]
        depth = 0
        while sum(map(len, chosen)) < self.blocks and any(len(part) > depth for part in samples):
            for place in places:
                if len(samples[place]) > depth and sum(map(len, chosen)) < self.blocks:
                    chosen[place].append(samples[place][depth])
            depth += 1
        return Lives.again(self.run, self.scenario, program, chosen)

    @property
    def lived(self) -> str:
        """How many lives were lived again, in a sentence."""
        part = sum(map(len, self.lives.blocks))
        return (
            f"Told from {len(self.lives.told):,} lives in {part} of the run's {self.resident_blocks:,} blocks, "
            "lived again; the largest areas come first."
        )

    # --- counts over time ------------------------------------------------------------------------------------------

    def monthly(self, quantity: str, *, stock: bool = False, population: str = RESIDENTS) -> pl.DataFrame:
        """A quantity for the whole society by calendar month, item and ground: flows summed, stocks as they end."""
        rows = self.run.table("monthly").filter(
            (pl.col("quantity") == quantity) & (pl.col("group") == "all") & (pl.col("population") == population)
        )
        weights = self.run.areas.lazy().filter(pl.col("population") == population).select("area", "weight")
        counted = rows.join(weights, on="area").with_columns(calendar=pl.col("month").str.slice(0, 7))
        if stock:
            last = pl.col("month") == pl.col("month").max().over("calendar")
            counted = counted.filter(last)
        value = (pl.col("value") * pl.col("weight")).sum() / self.counted.replications
        keys = ["calendar", "item", "ground"]
        return counted.group_by(keys).agg(value=value).sort(keys).collect()

    @cached_property
    def calendar(self) -> list[str]:
        """The calendar months of the run."""
        return list(dict.fromkeys(label[:7] for label in self.run.manifest["labels"]))

    @property
    def when(self) -> str:
        """From when to when, in words."""
        return f"{month_words(self.calendar[0])} to {month_words(self.calendar[-1])}"


def month_words(label: str) -> str:
    """A month in words: March 2014."""
    return f"{MONTHS[int(label[5:7]) - 1]} {label[:4]}"


def plain_name(path: str) -> str:
    """A path as words: the clause, or a kind or a service."""
    return path.rpartition("/")[2].replace("_", " ").replace("-", " ")


def short_names(paths: Iterable[str]) -> dict[str, str]:
    """Names short enough for an axis: the clause alone where no two share it, else with its policy."""
    paths = list(paths)
    plain = [plain_name(path) for path in paths]
    return {
        path: name if plain.count(name) == 1 else f"{name} ({path.partition('/')[0]})"
        for path, name in zip(paths, plain, strict=True)
    }


def told(value: float | None) -> str:
    """A figure as a person reads it."""
    return "none" if value is None else number(value)


def big(value: float | None) -> str:
    """A figure as a person says it: 42.7 million."""
    if value is None or abs(value) < 1e6:
        return told(value)
    size, word = (1e9, "billion") if abs(value) >= 999.5e6 else (1e6, "million")
    return f"{float(f'{value / size:.3g}'):g} {word}"


def share_words(part: float, whole: float) -> str:
    """A share in percent, and never a share of something as nothing."""
    share = part / whole
    return "fewer than 0.1 %" if 0 < share < 0.001 else f"{100 * share:.1f} %"


def bounds(interval: Interval | None) -> str:
    """An interval in words; nothing where there is none."""
    return "" if interval is None else f"{number(interval.low)} to {number(interval.high)}"


def first_interval(measure: Measure) -> Interval | None:
    """The interval of a measure shown first: from blocks, else from replications; none without any spread."""
    found = measure.interval("blocks") or measure.interval("replications")
    return None if found is None or found.low == found.high else found
