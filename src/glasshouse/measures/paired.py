"""Figures of two runs of the same people beside each other, and the difference of each with its paired interval.

Blocks, and replications, of the two runs are held against each other one by one, so that what both have in common drops
out of the interval.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from glasshouse.estimates import student
from glasshouse.measures.counted import Counted, Figure, t_interval
from glasshouse.measures.figure import Interval, finite
from glasshouse.measures.groups import adverse_ratio
from glasshouse.measures.punishment import is_lawful, sanctioned

if TYPE_CHECKING:
    from glasshouse.measures.pairs import Changed

OF_ALL: Final = (
    ("entered", "cases opened", "listed"),
    ("new_listed", "came onto a list", "listed"),
    ("listed", "days listed", "listed"),
    ("wrongly_listed", "days wrongly listed", "wrongly listed"),
    ("refused_requests", "requests refused", "refused"),
    ("wrongly_refused", "requests wrongly refused", "wrongly refused"),
    ("circumvented", "requests met another way", ""),
    ("burdened", "requests burdened", ""),
    ("benefited", "requests benefited", ""),
)
"""Quantities compared for everybody and each group: name, words, and what happens to a person there."""
BY_ITEM: Final = (
    ("entered", "cases opened", "on {}"),
    ("listed", "days listed", "on {}"),
    ("refused_requests", "requests refused", "refused {}"),
    ("refused_by", "requests refused by gate", "refused by {}"),
    ("burdened", "requests burdened", "touched by {}"),
    ("benefited", "requests benefited", "touched by {}"),
    ("events", "events", ""),
    ("points", "points given", ""),
    ("score_sum", "sum of scores at the end", ""),
)
SHARES: Final = (
    ("M1", "wrongful share of refusals", "of refused requests", ("wrongly_refused", ()), ("refused_requests", ())),
    ("M1", "wrongful share of listed time", "of listed time", ("wrongly_listed", ()), ("listed", ())),
    ("M4", "refusals for a tie", "of refused requests", ("refused_requests", ("spread",)), ("refused_requests", ())),
    ("M4", "listed time for a tie", "of listed time", ("listed", ("spread",)), ("listed", ())),
    ("M19", "met another way", "of requests", ("circumvented", ()), ("requests", ())),
    ("M20", "ended by now", "of cases", ("left", ()), ("entered", ())),
)
"""Shares compared, for everybody and each group: measure, words, unit, above, below (quantity and grounds)."""
UNITS: Final = {"listed": "days", "wrongly_listed": "days"}
IN_DAYS: Final = ("listed", "wrongly_listed")
Rate = tuple[Figure, Figure]
"""What was counted, over what it is divided by."""


@dataclass(frozen=True)
class Difference:
    """One figure under both policies, for the whole society over the run; ``who`` is who was changed in it."""

    id: str
    name: str
    item: str
    group: str
    unit: str
    baseline: float | None
    alternative: float | None
    intervals: tuple[Interval, ...]
    who: Changed | None = None

    @property
    def difference(self) -> float | None:
        """Alternative less baseline; None where either has no value."""
        return None if self.baseline is None or self.alternative is None else self.alternative - self.baseline

    @property
    def moved(self) -> bool:
        """Whether the two differ at all."""
        return self.baseline != self.alternative

    def plain(self) -> dict[str, Any]:
        """As plain numbers, for JSON."""
        first = self.intervals[0] if self.intervals else None
        who = self.who
        return {
            "id": self.id, "name": self.name, "item": self.item, "group": self.group, "unit": self.unit,
            "baseline": finite(self.baseline),
            "alternative": finite(self.alternative), "difference": finite(self.difference),
            "interval": None if first is None else [first.low, first.high],
            "intervals": {each.of: [each.low, each.high] for each in self.intervals},
            "newly_hit": None if who is None else who.newly_hit,
            "newly_spared": None if who is None else who.newly_spared,
            "both": None if who is None else who.both, "neither": None if who is None else who.neither,
        }  # fmt: skip


def differences(one: Counted, other: Counted, changed: list[Changed]) -> Iterator[Difference]:
    """Everything compared: by group, by item, shares, what is borne for the lawful, ratios of groups."""
    who = {(each.what, each.group): each for each in changed}
    for group in [group for group in one.groups if group in other.groups]:
        for quantity, name, what in OF_ALL:
            yield _difference(one, other, quantity, name, "", group, who.get((what, group)))
        yield from _shares(one, other, group)
    for quantity, name, what in BY_ITEM:
        for item in sorted({*one.items(quantity), *other.items(quantity)}):
            yield _difference(one, other, quantity, name, item, "all", who.get((what.format(item), "all")))
    years = one.subject_years()
    lawful = [sanctioned(counted, is_lawful) for counted in (one, other)]
    yield _of_rates(one, "M26", "sanctions for lawful conduct", "per 1,000 subject-years", "all",
                    (lawful[0] * 1e3, years), (lawful[1] * 1e3, years))  # fmt: skip
    yield from _adverse(one, other)


def _difference(
    one: Counted, other: Counted, quantity: str, name: str, item: str, group: str, who: Changed | None
) -> Difference:
    days = one.step_days if quantity in IN_DAYS else 1.0
    at_end = quantity == "score_sum"
    first = one.of(quantity, item=item or None, group=group, at_end=at_end) * days
    second = other.of(quantity, item=item or None, group=group, at_end=at_end) * days
    unit = UNITS.get(quantity, "")
    return Difference("M18", name, item, group, unit, first.value, second.value, paired(one, first, second), who)


def _shares(one: Counted, other: Counted, group: str) -> Iterator[Difference]:
    for id_, name, unit, above, below in SHARES:
        rates = [
            (each.of(above[0], grounds=above[1], group=group), each.of(below[0], grounds=below[1], group=group))
            for each in (one, other)
        ]
        yield _of_rates(one, id_, name, unit, group, rates[0], rates[1])


def _of_rates(counted: Counted, id_: str, name: str, unit: str, group: str, first: Rate, second: Rate) -> Difference:
    """Two ratios of sums, and their difference with intervals: the same blocks are held against each other."""
    values = [None if below.value == 0 else above.value / below.value for above, below in (first, second)]
    found: tuple[Interval, ...] = ()
    if values[0] is not None and values[1] is not None:
        found = paired(counted, _linear(first, values[0]), _linear(second, values[1]), values[1] - values[0])
    return Difference(id_, name, "", group, unit, values[0], values[1], found)


def _linear(rate: Rate, value: float) -> Figure:
    """What a ratio of sums is, batch by batch, when its denominator hardly moves; its own value by replication."""
    above, below = rate
    batches = None
    if above.batches is not None and below.batches is not None:
        batches = (above.batches - value * below.batches) / below.value
    totals = np.divide(above.totals, below.totals, out=np.full_like(above.totals, value), where=below.totals != 0)
    return Figure(totals, batches, above.counted)


def _adverse(one: Counted, other: Counted) -> Iterator[Difference]:
    """The adverse ratio of every declared division, of refusals and of listed time, under both."""
    for quantity, name in (("refused_requests", "refused"), ("listed", "listed")):
        for division, groups in one.divisions().items():
            ratios = [_ratio(each, quantity, groups) for each in (one, other)]
            yield Difference("M6", f"adverse ratio, {name}", "", division, "times", ratios[0], ratios[1], ())


def _ratio(counted: Counted, quantity: str, groups: list[str]) -> float | None:
    lived = [(counted.of(quantity, group=group).value, counted.subject_years(group).value) for group in groups]
    rates = [hit / years for hit, years in lived if years > 0]
    return finite(adverse_ratio(rates)) if len(rates) > 1 else None


def paired(counted: Counted, first: Figure, second: Figure, value: float | None = None) -> tuple[Interval, ...]:
    """Intervals of a difference: the same blocks are held against each other, then the same replications."""
    gap = second - first
    value = gap.value if value is None else value
    found = []
    if gap.batches is not None:
        error = counted.cells.error(gap.batches, counted.cells.weight)
        if error is not None and error[0] > 0:
            reach = student(error[1]) * error[0]
            found.append(Interval(value - reach, value + reach, "blocks"))
    if len(gap.totals) > 1 and np.ptp(gap.totals) > 0:
        found.append(t_interval(gap.totals))
    return tuple(found)
