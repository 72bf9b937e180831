"""Lives lived again: what the counts of a run do not hold by subject, told from the journals of some of its blocks.

A block is a pure function of the run's documents, seeds and its number, so it can be lived again at any time and is the
same to the bit. Nothing is read from a file: journals are made, reduced to a few numbers a subject, and forgotten.
Blocks are taken from every leaf area in the order of its sample, at least two, and weighted by area.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from glasshouse import making
from glasshouse.errors import NotCounted, UsageError
from glasshouse.estimates import student
from glasshouse.keeping import kept_scenario
from glasshouse.measures.counted import STEP_YEARS, YEAR_DAYS
from glasshouse.measures.figure import Interval, Measure, Measures
from glasshouse.measures.told import READ, Shape, Told, lives_of
from glasshouse.order import Order
from glasshouse.panel import Journal, journal_columns, named_rows, subject_id
from glasshouse.scenario import Scenario
from glasshouse.society.areas import sampled

if TYPE_CHECKING:
    from glasshouse.engine import Program
    from glasshouse.runs import Run

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
FEWEST: Final = 2
"""Blocks of a leaf area that are lived again at least, where it has as many."""
# --- many blocks ---------------------------------------------------------------------------------------------------


def program_of(run: Run, scenario: Scenario, order: Order, replication: int = 0) -> Program:
    """The scenario of a run compiled for its residents as an order runs it; firms are as they were in the run."""
    program: Program = making.compiled_side().prepare(
        scenario, order.seeds_of(replication), residents=order.residents, first_step=order.first_step,
        steps=order.steps, coupling=run.coupling(replication),
    )  # fmt: skip
    return program


def journal_of(program: Program, block: int) -> Journal:
    """The tables of a block's journal that lives are told from, their rows by the names of their columns."""
    engine = making.compiled_side()
    tables = engine.journal_block(program, block)
    return named_rows({name: tables[name] for name in READ}, journal_columns(program, engine.JOURNAL))


def lived_again(order: Order, program: Program, most: int) -> list[list[int]]:
    """The blocks of every leaf area that are lived again, about ``most`` in all.

    They are the smaller sample that lies inside the run's own, at least two blocks a leaf area where it has as many.
    """
    sizes = [len(sampled(leaf, order.sample or Fraction(1))) for leaf in program.leaves]
    share = Fraction(min(most, sum(sizes)), max(sum(sizes), 1))
    wanted = [min(size, max(FEWEST, round(size * share))) for size in sizes]
    chosen = [sampled(leaf, Fraction(number, leaf.blocks)) for leaf, number in zip(program.leaves, wanted, strict=True)]
    return [[int(block) for block in part] for part in chosen]


@dataclass(frozen=True)
class Lives:
    """The lives of some blocks of a run, reduced to numbers, in order of block and place in it."""

    run: Run
    scenario: Scenario
    program: Program
    blocks: tuple[tuple[int, ...], ...]
    told: tuple[Told, ...]
    block: Whole
    place: Whole
    leaf: Whole
    levels: dict[str, list[str]]

    @classmethod
    def of(cls, run: Run, blocks: int | None, *, replication: int = 0) -> Lives:
        """The lives of about so many blocks of a run. Raises NotCounted where no number of blocks is given."""
        if blocks is None:
            raise NotCounted(
                ["burdens"], "what each subject bears; give `blocks=64` to live the lives of 64 of its blocks again"
            )
        scenario, order = kept_scenario(run.path), Order.read(run.manifest["order"])
        return cls.again(run, scenario, program_of(run, scenario, order, replication), lived_again_of(run, blocks))

    @classmethod
    def again(cls, run: Run, scenario: Scenario, program: Program, blocks: list[list[int]]) -> Lives:
        """The lives of these blocks (a list for each leaf area) under a program."""
        shape = Shape.of(scenario, program)
        told: list[Told] = []
        columns: list[tuple[int, int, int]] = []
        levels: dict[str, list[str]] = defaultdict(list)
        names = sorted({name for division in scenario.groups for name in division})
        for leaf, part in enumerate(blocks):
            for block in part:
                journal = journal_of(program, block)
                told += lives_of(journal, shape)
                columns += [(block, row["subject"], leaf) for row in journal["subjects"]]
                for name in names:
                    levels[name] += [str(row[name]) for row in journal["subjects"]]
        where = np.array(columns, dtype=np.int64).reshape(-1, 3).T
        kept = tuple(tuple(part) for part in blocks)
        return cls(run, scenario, program, kept, tuple(told), where[0], where[1], where[2], dict(levels))

    @cached_property
    def weight(self) -> Numbers:
        """How many residents of the society each subject stands for."""
        by_leaf = [
            place.blocks / max(1, len(part)) * place.full_residents / max(1, place.residents)
            for place, part in zip(self.program.leaves, self.blocks, strict=True)
        ]
        weights: Numbers = np.array(by_leaf, float)[self.leaf]
        return weights

    @property
    def divisions(self) -> list[str]:
        """The declared divisions, by their attributes."""
        return ["&".join(division) for division in self.scenario.groups]

    def groups(self, division: str) -> dict[str, npt.NDArray[np.bool_]]:
        """Who is in each group of a division."""
        names = division.split("&")
        labels = np.array([
            "&".join(f"{name}={level}" for name, level in zip(names, levels, strict=True))
            for levels in zip(*(self.levels[name] for name in names), strict=True)
        ])  # fmt: skip
        return {str(label): labels == label for label in dict.fromkeys(labels.tolist())}

    def subject(self, place: int) -> str:
        """The id of a subject."""
        return subject_id(int(self.block[place]), int(self.place[place]))

    @property
    def step_days(self) -> float:
        """Days of a step."""
        return STEP_YEARS[self.scenario.step] * YEAR_DAYS

    def amount(self, name: str) -> Numbers:
        """What each subject bears: one of the amounts told, or ``sanction_days``, ``wrongful_days``, ``listed_days``,
        ``granted_access`` (days and counts)."""
        days = {"sanction_days": "listed_steps", "listed_days": "listed_steps", "wrongful_days": "wrongful_steps",
                "lawful_days": "lawful_steps", "spread_days": "spread_steps"}  # fmt: skip
        if name == "granted_access":
            got = np.array([life.amounts["granted"] for life in self.told], float)
            asked = got + np.array([life.amounts["refused"] for life in self.told], float)
            share: Numbers = np.divide(got, asked, out=np.ones_like(got), where=asked > 0)
            return share
        found = np.array([life.amounts[days.get(name, name)] for life in self.told], float)
        return np.asarray(found * self.step_days if name in days else found, float)

    def histogram(self, amount: str, division: str = "") -> tuple[Numbers, Numbers]:
        """The values an amount takes, and how many residents of each group [groups, values] have them."""
        values, which = np.unique(self.amount(amount), return_inverse=True)
        members = self.groups(division).values() if division else [np.ones(len(self.told), bool)]
        rows = [np.bincount(which[inside], self.weight[inside], minlength=len(values)) for inside in members]
        return values, np.stack(rows)

    def hit(self, name: str) -> npt.NDArray[np.bool_]:
        """To whom this happened at least once."""
        return np.array([name in life.hits for life in self.told], bool)

    def total(self, numbers: Numbers) -> float:
        """The weighted total for the whole society."""
        return float((numbers * self.weight).sum())

    def interval(self, numbers: Numbers, exposure: Numbers | None = None) -> Interval | None:
        """The interval from blocks of a weighted total, or of a ratio of two."""
        rest, below = numbers, 1.0
        value = self.total(numbers)
        if exposure is not None:
            below = self.total(exposure)
            if below == 0:
                return None
            value = value / below
            rest = numbers - value * exposure
        _, which = np.unique(self.block, return_inverse=True)
        by_block = np.bincount(which, rest * self.weight)
        leaf = np.zeros(len(by_block), np.int64)
        leaf[which] = self.leaf
        variance, degrees = 0.0, 0
        for each in np.unique(leaf):
            part = by_block[leaf == each]
            if len(part) < 2:
                continue
            variance += len(part) * float(part.var(ddof=1))
            degrees += len(part) - 1
        if degrees == 0:
            return None
        reach = student(degrees) * variance**0.5 / abs(below)
        return Interval(max(0.0, value - reach) if value >= 0 else value - reach, value + reach, "blocks")

    def ratio(
        self, id_: str, name: str, numbers: Numbers, exposure: Numbers, unit: str, sentence: str,
        *, item: str = "", group: str = "all", scale: float = 1.0,
    ) -> Measure:  # fmt: skip
        """A measure of lives: numerator over exposure, with its interval from blocks."""
        above, below = self.total(numbers), self.total(exposure)
        bounds = self.interval(numbers * scale, exposure)
        value = None if below == 0 else scale * above / below
        kept = () if bounds is None else (bounds,)
        return Measure(id_, name, value, unit, sentence, item, group, above, below, int(numbers.sum()), kept)

    def without_each(self, statistic: Callable[[Numbers], float | None]) -> Interval | None:
        """The interval from blocks of any statistic of the subjects' weights: each block is left out in turn."""
        whole = statistic(self.weight)
        if whole is None:
            return None
        variance, degrees = 0.0, 0
        for leaf, part in enumerate(self.blocks):
            if len(part) < 2:
                continue
            inside = self.leaf == leaf
            for block in part:
                up = np.where(inside, self.weight * len(part) / (len(part) - 1), self.weight)
                found = statistic(np.where(self.block == block, 0.0, up))
                if found is None:
                    return None
                variance += (len(part) - 1) / len(part) * (found - whole) ** 2
            degrees += len(part) - 1
        if degrees == 0 or variance == 0:
            return None
        reach = student(degrees) * variance**0.5
        return Interval(max(0.0, whole - reach), whole + reach, "blocks")

    def measure(
        self, id_: str, name: str, value: float | None, unit: str, sentence: str,
        *, item: str = "", group: str = "all", numerator: float | None = None, exposure: float | None = None,
        interval: Interval | None = None,
    ) -> Measure:  # fmt: skip
        """A measure of lives that is no ratio of sums."""
        everybody = self.total(np.ones(len(self.told))) if exposure is None else exposure
        bounds = () if interval is None else (interval,)
        return Measure(id_, name, value, unit, sentence, item, group, numerator, everybody, len(self.told), bounds)

    def answer(self, title: str, found: Iterable[Measure], *remarks: str) -> Measures:
        """Measures of lives together, with how many were lived again."""
        number = sum(len(part) for part in self.blocks)
        of = int(self.run.manifest["blocks"])
        again = f"From {len(self.told):,} lives of {number} of the run's {of} blocks, lived again."
        return Measures(title, tuple(found), (again, *remarks), self.scenario.reading)


def lived_again_of(run: Run, most: int) -> list[list[int]]:
    """The blocks of a run that are lived again, leaf area by leaf area."""
    if most < 1:
        raise UsageError(f"at least one block is lived again, not {most}")
    scenario, order = kept_scenario(run.path), Order.read(run.manifest["order"])
    return lived_again(order, program_of(run, scenario, order), most)
