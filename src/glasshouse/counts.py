"""From the sums of a leaf area to rows of tables, and the totals of batches of blocks that intervals come from.

Counts are kept for strata that exclude each other; a group is the sum of its strata. Rows of 0 are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

if TYPE_CHECKING:
    from glasshouse.engine import Program, Sums
    from glasshouse.scenario import Scenario, Target

Whole = npt.NDArray[np.int64]

STOCKS: Final = frozenset({"subjects", "enrolled", "score_sum", "listed", "listed_cases", "wrongly_listed"})
"""Quantities that stand at the end of a step; all others happen in it."""
RESIDENTS: Final = "residents"
TARGET: Final = "target"
"""The quantity under which `batches` holds what a target asks: its item is the target's id, its ground the date."""


def divisions(scenario: Scenario, strata: tuple[tuple[tuple[str, str], ...], ...]) -> list[list[str]]:
    """For each declared division the label of every stratum: `sex=female&income=1`."""
    found = []
    for attributes in scenario.groups:
        levels = [dict(pairs) for pairs in strata]
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
        self.gauges = [gauge for target in program.scenario.targets for gauge in self._target_gauges(target)]

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

    def frames(self, leaf: int, sums: Sums) -> dict[str, pl.DataFrame]:
        """Rows of all count tables for one leaf area."""
        area = self.program.leaves[leaf].name
        found = {
            "monthly": self._monthly(sums.monthly), "scores": self._scores(sums.scores),
            "transitions": self._transitions(sums.transitions), "lifetimes": self._lifetimes(sums.lifetimes),
            "roots": self._roots(sums.roots),
        }  # fmt: skip
        return {
            name: frame.with_columns(population=pl.lit(RESIDENTS), area=pl.lit(area)) for name, frame in found.items()
        }

    def _months(self, steps: npt.NDArray[np.int64]) -> pl.Series:
        return _texts(list(self.program.step_labels), steps)

    def _monthly(self, counts: Whole) -> pl.DataFrame:
        grouped = counts @ self._adds
        step, counter, group = np.nonzero(grouped)
        return pl.DataFrame({
            "month": self._months(step), "group": _texts(self.groups, group),
            "quantity": _texts(self._quantities, counter), "item": _texts(self._items, counter),
            "ground": _texts(self._grounds, counter), "value": grouped[step, counter, group],
        })  # fmt: skip

    def _scores(self, counts: Whole) -> pl.DataFrame:
        grouped = counts @ self._adds
        step, cell, group = np.nonzero(grouped)
        cells = self.program.scores
        return pl.DataFrame({
            "month": self._months(step), "group": _texts(self.groups, group),
            "rating": _texts([c.rating for c in cells], cell), "tier": _texts([c.tier for c in cells], cell),
            "score": np.array([c.score for c in cells], dtype=np.int64)[cell], "value": grouped[step, cell, group],
        })  # fmt: skip

    def _transitions(self, counts: Whole) -> pl.DataFrame:
        step, cell = np.nonzero(counts)
        cells = self.program.transitions
        return pl.DataFrame({
            "month": self._months(step), "rating": _texts([c[0] for c in cells], cell),
            "from": _texts([c[1] for c in cells], cell), "to": _texts([c[2] for c in cells], cell),
            "value": counts[step, cell],
        })  # fmt: skip

    def _lifetimes(self, counts: Whole) -> pl.DataFrame:
        cell, steps = np.nonzero(counts)
        cells = self.program.lifetimes
        return pl.DataFrame({
            "list": _texts([c[0] for c in cells], cell), "ending": _texts([c[1] for c in cells], cell),
            "steps": steps, "value": counts[cell, steps],
        })  # fmt: skip

    def _roots(self, counts: Whole) -> pl.DataFrame:
        kind, sanctions = np.nonzero(counts)
        kinds = self.program.roots
        return pl.DataFrame({
            "kind": _texts([k[0] for k in kinds], kind), "nature": _texts([k[1] for k in kinds], kind),
            "context": _texts([k[2] for k in kinds], kind), "sanctions": sanctions, "value": counts[kind, sanctions],
        })  # fmt: skip

    # --- batches ---------------------------------------------------------------------------------------------------

    def totals(self, sums: Sums) -> Whole:
        """What a batch adds up to: every counter over the run (a stock: at its end), then every target's figure."""
        over_strata = sums.monthly.sum(axis=2)
        counters = np.where(self._stocks, over_strata[-1], over_strata.sum(axis=0))
        return np.concatenate([counters, np.array([gauge.read(sums.monthly) for gauge in self.gauges], dtype=np.int64)])

    def batches(self, leaf: int, blocks: list[int], totals: Whole) -> pl.DataFrame:
        """Rows of `batches` for a leaf area: totals [batches, figures] of batches of so many blocks."""
        batch, figure = np.nonzero(totals)
        gauges = self.gauges
        return pl.DataFrame({
            "batch": batch, "blocks": np.array(blocks, dtype=np.int64)[batch],
            "quantity": _texts(self._quantities + [g.quantity for g in gauges], figure),
            "item": _texts(self._items + [g.item for g in gauges], figure),
            "ground": _texts(self._grounds + [g.ground for g in gauges], figure), "value": totals[batch, figure],
        }).with_columns(population=pl.lit(RESIDENTS), area=pl.lit(self.program.leaves[leaf].name))  # fmt: skip


def areas_frame(program: Program, simulated: Sequence[int]) -> pl.DataFrame:
    """Rows of `areas`: blocks there are (n), blocks simulated (m), residents of the society and of the recipe."""
    rows: list[dict[str, Any]] = []
    for leaf, m in zip(program.leaves, simulated, strict=True):
        weight = leaf.blocks / m * leaf.full_residents / max(leaf.residents, 1)
        rows.append({
            "population": RESIDENTS, "area": leaf.name, "parents": "/".join(reversed(leaf.ancestors)), "n": leaf.blocks,
            "m": m, "residents": leaf.residents, "represents": leaf.full_residents, "weight": weight,
        })  # fmt: skip
    return pl.DataFrame(rows)
