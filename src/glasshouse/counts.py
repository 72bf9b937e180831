"""From the sums of a leaf area to rows of tables, and the totals of batches of blocks that intervals come from.

Counts are kept for strata that exclude each other; a group is the sum of its strata. Rows of 0 are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from glasshouse.tables.counters import COUPLING

if TYPE_CHECKING:
    from glasshouse.engine import Program
    from glasshouse.scenario import Scenario, Target
    from glasshouse.society.coupling import Coupling

Whole = npt.NDArray[np.int64]


class Counted(Protocol):
    """The sums of some blocks, as the engine counts them and as parts keep them."""

    @property
    def monthly(self) -> Whole: ...
    @property
    def scores(self) -> Whole: ...
    @property
    def transitions(self) -> Whole: ...
    @property
    def lifetimes(self) -> Whole: ...
    @property
    def roots(self) -> Whole: ...


STOCKS: Final = frozenset({"subjects", "enrolled", "score_sum", "listed", "listed_cases", "wrongly_listed"})
"""Quantities that stand at the end of a step; all others happen in it."""
ROOT_BINS: Final = 64
"""How many sanctions of a root are told apart; the last number stands for more."""
Followed = tuple[str, str, str, str]
"""Quantity, item, ground and group of a figure of a batch."""
TARGET: Final = "target"
"""The quantity under which `batches` holds what a target asks: its item is the target's id, its ground the date."""


def divisions(scenario: Scenario, strata: tuple[tuple[tuple[str, str], ...], ...]) -> list[list[str]]:
    """For each declared division the label of every stratum: `sex=female&income=1`."""
    found = []
    for attributes in scenario.groups:
        levels = [dict(pairs) for pairs in strata]
        if not all(name in levels[0] for name in attributes):
            continue  # it divides the other population
        found.append(["&".join(f"{name}={level[name]}" for name in attributes) for level in levels])
    return found


def grouping(scenario: Scenario, strata: tuple[tuple[tuple[str, str], ...], ...]) -> tuple[list[str], Whole]:
    """Labels of all groups, `all` first, and the 0-1 matrix [strata, groups] that adds strata up to them."""
    labels = ["all"]
    columns = [np.ones(len(strata), dtype=np.int64)]
    for division in divisions(scenario, strata):
        for label in dict.fromkeys(division):
            labels.append(label)
            columns.append(np.array([name == label for name in division], dtype=np.int64))
    return labels, np.stack(columns, axis=1)


def _texts(labels: list[str], places: npt.NDArray[np.int64]) -> pl.Series:
    return pl.Series(labels, dtype=pl.String).gather(pl.Series(places))


def _grouped(counts: Whole, adds: Whole) -> Whole:
    """Counts by stratum added up to groups; most rows hold nothing, and nothing need be added there."""
    rows = counts.reshape(-1, counts.shape[-1])
    held = np.flatnonzero(rows.any(axis=1))
    found = np.zeros((len(rows), adds.shape[1]), np.int64)
    found[held] = rows[held] @ adds
    return found.reshape(*counts.shape[:-1], adds.shape[1])


def _coded(leaf: int, counts: Whole) -> Whole:
    """One row a cell that is not 0: the leaf, the cell's places, its value."""
    places = np.nonzero(counts)
    return np.stack([np.full(places[0].size, leaf, dtype=np.int64), *places, counts[places]], axis=1)


@dataclass(frozen=True)
class Gauge:
    """A figure followed batch by batch: counters [chosen] in steps [start, stop), of one group of strata."""

    quantity: str
    item: str
    ground: str
    chosen: npt.NDArray[np.int64]
    start: int
    stop: int
    strata: Whole | None = None

    def read(self, monthly: Whole) -> int:
        """The figure in an array [steps, counters, strata]."""
        part = monthly[self.start : self.stop, self.chosen, :]
        return int(part.sum() if self.strata is None else (part @ self.strata).sum())


def asked(target: Target, scenario: Scenario) -> tuple[str, str]:
    """The quantity a target is about as it is counted, and the ending it asks for.

    ``left_repair`` is ``left`` by repair, ``rewarded`` is ``benefited``, and what a gate refuses is ``refused_by``.
    """
    gates = {f"{policy.name}/{gate.id}" for policy in scenario.policies for gate in policy.gates}
    if target.quantity.startswith("left_"):
        return "left", target.quantity.removeprefix("left_")
    if target.quantity == "refused_requests" and target.item in gates:
        return "refused_by", ""
    return {"rewarded": "benefited"}.get(target.quantity, target.quantity), ""


def matches(target: Target, scenario: Scenario, quantity: str, item: str) -> bool:
    """Whether a counter belongs to what a target asks."""
    wanted, ending = asked(target, scenario)
    path, _, how = item.partition(":")
    return quantity == wanted and target.item in (None, path) and ending in ("", how)


def begins(labels: tuple[str, ...]) -> list[date]:
    """The first day of each step."""
    return [date.fromisoformat(label if len(label) > 7 else f"{label}-01") for label in labels]


def spans(target: Target, labels: tuple[str, ...], unit: str) -> list[tuple[str, int, int]]:
    """For each date of a target the steps its figure covers, as (date, start, stop).

    A date stands for the end of the last step whose middle is not after it. A stock is read there, a cumulative figure
    from the run's first step to there, a flow over the steps whose middle lies in its period. What the run does not
    reach is left out.
    """
    days = begins(labels)
    half = {"month": 14, "week": 3, "day": 0}[unit]
    length = 31 if unit == "month" else 2 * half + 1
    after = days[-1] + timedelta(days=length)
    after = after.replace(day=1) if unit == "month" else after

    def passed(day: date) -> int:
        return sum(first + timedelta(days=half) <= day for first in days)

    if target.during is not None:
        since, until = target.during
        start, stop = passed(since - timedelta(days=1)), passed(until)
        return [(until.isoformat(), start, stop)] if days[0] <= since and until < after and start < stop else []
    reached = [day for day, _ in target.value if day is not None and day < after and passed(day)]
    stock = target.kind == "stock"
    return [(day.isoformat(), passed(day) - 1 if stock else 0, passed(day)) for day in reached]


class Tally:
    """How the sums of one program become rows: labels of counters, groups and cells, worked out once."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.groups, self._adds = grouping(program.scenario, program.strata)
        self._quantities = [counter.quantity for counter in program.counters]
        self._items = [counter.item for counter in program.counters]
        self._grounds = [counter.ground for counter in program.counters]
        self._stocks = np.array([quantity in STOCKS for quantity in self._quantities], dtype=bool)
        self._kept = np.array([quantity != COUPLING for quantity in self._quantities], dtype=np.int64)
        """What firms hand on to residents has a table of its own."""
        self.gauges = [gauge for target in program.scenario.targets for gauge in self._target_gauges(target)]
        self._followed = [*self._counted_by_group(), *self._counted_at_large()]

    def _target_gauges(self, target: Target) -> list[Gauge]:
        scenario, counters = self.program.scenario, enumerate(self.program.counters)
        found = [place for place, counter in counters if matches(target, scenario, counter.quantity, counter.item)]
        chosen = np.array(found, dtype=np.int64)
        if not chosen.size or (target.group not in (None, "all") and target.group not in self.groups):
            return []
        strata = None if target.group in (None, "all") else self._adds[:, self.groups.index(str(target.group))]
        return [
            Gauge(TARGET, target.id, day, chosen, start, stop, strata)
            for day, start, stop in spans(target, self.program.step_labels, self.program.scenario.step)
        ]

    def _counted_by_group(self) -> Iterator[Followed]:
        """What a batch keeps of every counter, group by group; of a stock how long it stood, too."""
        counted = list(zip(self._quantities, self._items, self._grounds, strict=True))
        for quantity, item, ground in counted:
            yield from ((quantity, item, ground, group) for group in self.groups)
        for stock, (quantity, item, ground) in zip(self._stocks, counted, strict=True):
            if stock:
                yield from ((f"{quantity}_steps", item, ground, group) for group in self.groups)

    def _counted_at_large(self) -> Iterator[Followed]:
        """What a batch keeps of everybody together: figures of targets, durations, sanctions per root, moves."""
        program = self.program
        yield from ((gauge.quantity, gauge.item, gauge.ground, "all") for gauge in self.gauges)
        for path, ending in program.lifetimes:
            yield from (("lifetimes", f"{path}:{ending}", str(steps), "all") for steps in range(program.steps + 1))
        for kind, _, _ in program.roots:
            yield from (("roots", kind, str(sanctions), "all") for sanctions in range(ROOT_BINS))
        yield from (
            ("transitions", rating, f"{before}>{after}", "all") for rating, before, after in program.transitions
        )

    # --- rows --------------------------------------------------------------------------------------------------

    def codes(self, leaf: int, sums: Counted) -> dict[str, Whole]:
        """Rows of all count tables for one leaf area, as numbers of labels: area first, value last."""
        return {
            "monthly": _coded(leaf, _grouped(sums.monthly, self._adds) * self._kept[:, np.newaxis]),
            "scores": _coded(leaf, _grouped(sums.scores, self._adds)),
            "transitions": _coded(leaf, sums.transitions), "lifetimes": _coded(leaf, sums.lifetimes),
            "roots": _coded(leaf, sums.roots),
        }  # fmt: skip

    def batch_codes(self, leaf: int, blocks: list[int], totals: Whole) -> Whole:
        """Rows of `batches` for a leaf area: totals [batches, figures] of batches of so many blocks."""
        coded = _coded(leaf, totals)
        return np.insert(coded, 2, np.array(blocks, dtype=np.int64)[coded[:, 1]], axis=1)

    def frame(self, table: str, coded: Whole) -> pl.DataFrame:
        """Coded rows of a table with their labels."""
        columns = {
            name: pl.Series(coded[:, place]) if labels is None else _texts(labels, coded[:, place])
            for name, place, labels in self._columns()[table]
        }
        return pl.DataFrame(columns | {"value": coded[:, -1]}).with_columns(population=pl.lit(self.program.population))

    def _columns(self) -> dict[str, list[tuple[str, int, list[str] | None]]]:
        """For each table its columns, the place of their codes, and what the codes stand for (None: themselves)."""
        program = self.program
        area: tuple[str, int, list[str] | None] = ("area", 0, [leaf.name for leaf in program.leaves])
        month: tuple[str, int, list[str] | None] = ("month", 1, list(program.step_labels))
        group: tuple[str, int, list[str] | None] = ("group", 3, self.groups)
        bins = [str(cell.score) for cell in program.scores]

        def named(place: int, rows: Sequence[tuple[str, ...]], *names: str) -> list[tuple[str, int, list[str] | None]]:
            return [(name, place, [row[field] for row in rows]) for field, name in enumerate(names)]

        cells = [(cell.rating, cell.tier) for cell in program.scores]
        counted = list(zip(self._quantities, self._items, self._grounds, strict=True))
        return {
            "monthly": [area, month, *named(2, counted, "quantity", "item", "ground"), group],
            "scores": [area, month, *named(2, cells, "rating", "tier"), ("score", 2, bins), group],
            "transitions": [area, month, *named(2, program.transitions, "rating", "from", "to")],
            "lifetimes": [area, *named(1, program.lifetimes, "list", "ending"), ("steps", 2, None)],
            "roots": [area, *named(1, program.roots, "kind", "nature", "context"), ("sanctions", 2, None)],
            "batches": [
                area, ("batch", 1, None), ("blocks", 2, None),
                *named(3, self._followed, "quantity", "item", "ground", "group"),
            ],
        }  # fmt: skip

    # --- batches ---------------------------------------------------------------------------------------------------

    def totals(self, sums: Counted) -> Whole:
        """What a batch adds up to, in the order of the labels of `batches`.

        Every counter over the run (a stock: at its end) by group; how many steps each stock stood, by group; every
        target's figure; the tables of durations, of sanctions per root, and of moves between tiers.
        """
        over_steps = sums.monthly.sum(axis=0) * self._kept[:, None]
        counters = np.where(self._stocks[:, None], sums.monthly[-1], over_steps)
        gauged = np.array([gauge.read(sums.monthly) for gauge in self.gauges], dtype=np.int64)
        by_group = ((counters @ self._adds).ravel(), (over_steps[self._stocks] @ self._adds).ravel())
        at_large = (gauged, sums.lifetimes.ravel(), sums.roots.ravel(), sums.transitions.sum(axis=0))
        return np.concatenate([*by_group, *at_large])


def handed_on(program: Program, leaf: int, monthly: Whole) -> dict[tuple[str, str, str], Whole]:
    """What the firms of a leaf area hand on to residents: (area, item, standing) -> a number for each step."""
    area, over_strata = program.leaves[leaf].name, monthly.sum(axis=2)
    return {
        (area, counter.item, counter.ground): over_strata[:, place]
        for place, counter in enumerate(program.counters)
        if counter.quantity == COUPLING and over_strata[:, place].any()
    }


def coupling_frame(program: Program, coupling: Coupling) -> pl.DataFrame:
    """Rows of `coupling`: what is not 0, by month, area, item and standing."""
    rows = [
        (label, area, item, standing, int(number))
        for (area, item, standing), numbers in coupling.counts.items()
        for label, number in zip(program.step_labels, numbers, strict=True)
        if number
    ]
    return pl.DataFrame(rows, schema=["month", "area", "item", "standing", "value"], orient="row")


def areas_frame(program: Program, simulated: Sequence[int]) -> pl.DataFrame:
    """Rows of `areas`: blocks there are (n), blocks simulated (m), residents of the society and of the recipe."""
    rows: list[dict[str, Any]] = []
    for leaf, m in zip(program.leaves, simulated, strict=True):
        weight = leaf.blocks / m * leaf.full_residents / max(leaf.residents, 1)
        rows.append({
            "population": program.population, "area": leaf.name, "parents": "/".join(reversed(leaf.ancestors)),
            "n": leaf.blocks, "m": m, "residents": leaf.residents, "represents": leaf.full_residents, "weight": weight,
        })  # fmt: skip
    return pl.DataFrame(rows)
