"""M6, M7 and M10: differences between declared groups, one ratio never alone.

The favourable ratio of the four-fifths rule hides rare harms: listing 1 in 100 of one group and 2 in 100 of another
passes it at 0.990 while one group is listed twice as often. It is therefore shown only beside the adverse ratio and the
difference. There are no p-values: at the size of a country every difference is significant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from scipy import special

from glasshouse.errors import UsageError
from glasshouse.estimates import NORMAL, student
from glasshouse.measures.counted import Counted, Figure, t_interval
from glasshouse.measures.figure import Interval, Measure, Measures

if TYPE_CHECKING:
    from glasshouse.runs import Run

Numbers = npt.NDArray[np.float64]
FOUR_FIFTHS: Final = 0.8
SMALLEST_CELL: Final = 30
"""Residents simulated that a crossed group must have before it is judged."""
NO_FOUR_FIFTHS: Final = (
    "four-fifths alone is refused: of 1 % against 2 % listed the favourable ratio is 0.990 and passes, though one "
    "group is listed twice as often; ask `disparity`, which shows it beside the adverse ratio and the difference"
)
OUTCOMES: Final = {
    "listed": ("listed", "of the time on a list"),
    "entered": ("entered", "cases opened"),
    "refused": ("refused_requests", "requests refused"),
    "wrongly_refused": ("wrongly_refused", "requests refused wrongly"),
    "wrongly_listed": ("wrongly_listed", "of the time wrongly on a list"),
    "burdened": ("burdened", "requests granted with a burden"),
    "records": ("records", "records made"),
}
SHARES: Final = ("listed", "wrongly_listed")
"""Outcomes that are shares of time; the others are rates per year."""


def adverse_ratio(rates: Sequence[float]) -> float | None:
    """The highest rate over the lowest; without bound where the lowest is 0, None where all are."""
    high, low = max(rates), min(rates)
    return None if high == 0 else float("inf") if low == 0 else high / low


def favourable_ratio(rates: Sequence[float]) -> float | None:
    """The lowest share spared over the highest: min(1 - r) / max(1 - r)."""
    spared = [1 - rate for rate in rates]
    return None if max(spared) == 0 else min(spared) / max(spared)


def equalized_odds(sanctioned: Numbers, people: Numbers) -> tuple[float, float]:
    """For the innocent (first row) and those due (second row): the largest difference between groups of the chance of
    being sanctioned. ``sanctioned`` and ``people`` are [2, groups]; groups without people are left out.
    """
    gaps = []
    for hit, all_ in zip(np.asarray(sanctioned, float), np.asarray(people, float), strict=True):
        rates = hit[all_ > 0] / all_[all_ > 0]
        gaps.append(float(rates.max() - rates.min()) if rates.size else 0.0)
    return gaps[0], gaps[1]


def discoveries(chances: Sequence[float], level: float = 0.05) -> list[bool]:
    """Which of several findings stand when at most this share of those kept may be false (Benjamini and Hochberg)."""
    order = np.argsort(chances, kind="stable")
    kept = [False] * len(chances)
    for rank in range(len(chances), 0, -1):
        if chances[order[rank - 1]] <= rank / len(chances) * level:
            for place in order[:rank]:
                kept[place] = True
            break
    return kept


def shrunk(rates: Numbers, errors: Numbers) -> Numbers:
    """Rates of small cells drawn towards their mean, each by how little it is known (DerSimonian and Laird)."""
    rates, errors = np.asarray(rates, float), np.asarray(errors, float)
    if len(rates) < 2 or (errors <= 0).any():
        return rates
    weights = errors**-2.0
    mean = (weights * rates).sum() / weights.sum()
    spread = (weights * (rates - mean) ** 2).sum() - (len(rates) - 1)
    between = max(0.0, float(spread / (weights.sum() - (weights**2).sum() / weights.sum())))
    if between == 0:
        return np.full_like(rates, mean)
    better = 1 / (errors**2 + between)
    mean = (better * rates).sum() / better.sum()
    drawn: Numbers = mean + between / (between + errors**2) * (rates - mean)
    return drawn


# --- of a run ------------------------------------------------------------------------------------------------------


def four_fifths(run: Run) -> Measures:
    """Refused with its reason: the four-fifths rule alone. See :func:`disparity`."""
    raise UsageError(NO_FOUR_FIFTHS)


def _rate(counted: Counted, what: str, item: str | None, group: str) -> tuple[Figure, Figure]:
    """Numerator and exposure of an outcome of a group."""
    if what not in OUTCOMES:
        raise UsageError(f"unknown outcome `{what}`; {', '.join(OUTCOMES)}")
    exposure = counted.subject_steps(group) if what in SHARES else counted.subject_years(group)
    return counted.of(OUTCOMES[what][0], item=item, group=group), exposure


def disparity(run: Run, what: str = "listed", item: str | None = None) -> Measures:
    """M6: rates of an outcome by group, and for every declared division its three comparisons and both flags.

    ``what``: listed, wrongly_listed (shares of time, by list), entered, refused, wrongly_refused, burdened, records
    (per subject-year); ``item`` one list, service, gate or detector.
    """
    counted = Counted(run)
    found: list[Measure] = []
    for name, groups in counted.divisions().items():
        figures = [_rate(counted, what, item, group) for group in groups]
        for group, (hit, lived) in zip(groups, figures, strict=True):
            found.append(counted.ratio(
                "M6", f"rate of {what}", hit, lived, "of time" if what in SHARES else "per subject-year",
                f"In this group: {OUTCOMES[what][1]}.", item=item or "", group=group,
            ))  # fmt: skip
        found += _compared(counted, name, groups, figures, what, item or "")
    if not found:
        raise UsageError("the scenario declares no groups, so there is nothing to compare: add `groups: [[sex]]`")
    return counted.answer(
        f"M6 Disparity of {what}", found,
        "The four-fifths flag is shown on both ratios, because the favourable ratio of a rare harm is always near 1.",
        "No p-values: at the size of a country every difference is significant; look at its size.",
    )  # fmt: skip


def _compared(
    counted: Counted, division: str, groups: list[str], figures: list[tuple[Figure, Figure]], what: str, item: str
) -> Iterator[Measure]:
    lived = [(g, hit, years) for g, (hit, years) in zip(groups, figures, strict=True) if years.value > 0]
    if len(lived) < 2:
        return
    rates = [hit.value / years.value for _, hit, years in lived]
    high, low = lived[int(np.argmax(rates))], lived[int(np.argmin(rates))]
    told = f"between {high[0]} (highest) and {low[0]} (lowest)"
    gap = max(rates) - min(rates)
    numerator, exposure = high[1].value, high[2].value
    per = "of time" if what in SHARES else "per subject-year"
    yield Measure(
        "M6", "difference", gap, per, f"Difference of the rate of {what} {told}.", item, division, numerator, exposure,
        high[1].counted, tuple(_difference(counted, high[1:], low[1:])),
    )  # fmt: skip
    ratio = adverse_ratio(rates)
    flag = "" if ratio is None else f" {'Fails' if ratio > 1 / FOUR_FIFTHS else 'Passes'} four-fifths on this ratio."
    yield Measure(
        "M6", "adverse ratio", ratio, "times", f"Ratio of the rates of {what} {told}.{flag}", item, division,
        numerator, exposure, high[1].counted, tuple(_log_ratio(counted, high[1:], low[1:])),
    )  # fmt: skip
    if what in SHARES:
        spared = favourable_ratio(rates)
        mark = "Fails" if spared is not None and spared < FOUR_FIFTHS else "Passes"
        yield Measure(
            "M6", "favourable ratio", spared, "times",
            f"Share of time spared, {told}. {mark} four-fifths on this ratio, which alone says little of a rare harm.",
            item, division, numerator, exposure, high[1].counted,
        )  # fmt: skip


def _difference(counted: Counted, high: tuple[Figure, Figure], low: tuple[Figure, Figure]) -> Iterator[Interval]:
    """Intervals of a difference of two rates of the same blocks: their batches are taken together."""
    value = high[0].value / high[1].value - low[0].value / low[1].value
    rest = _residual(high)
    other = _residual(low)
    if rest is not None and other is not None:
        found = counted.cells.error(rest - other, counted.cells.weight)
        if found is not None and found[0] > 0:
            reach = student(found[1]) * found[0]
            yield Interval(value - reach, value + reach, "blocks")
    yield from _replicated(counted, high[0].totals / high[1].totals - low[0].totals / low[1].totals)


def _log_ratio(counted: Counted, high: tuple[Figure, Figure], low: tuple[Figure, Figure]) -> Iterator[Interval]:
    """Intervals of a ratio of two rates, made on the logarithm."""
    if min(high[0].value, low[0].value) <= 0:
        return
    one, other = high[0].value / high[1].value, low[0].value / low[1].value
    first, second = _residual(high), _residual(low)
    if first is not None and second is not None:
        found = counted.cells.error(first / one - second / other, counted.cells.weight)
        if found is not None and found[0] > 0:
            reach = float(np.exp(student(found[1]) * found[0]))
            yield Interval(one / other / reach, one / other * reach, "blocks")
    if (low[0].totals > 0).all():
        yield from _replicated(counted, high[0].totals / high[1].totals / (low[0].totals / low[1].totals))


def _residual(rate: tuple[Figure, Figure]) -> Numbers | None:
    """How far each batch lies off the rate, linearised."""
    hit, lived = rate
    if hit.batches is None or lived.batches is None:
        return None
    rest: Numbers = (hit.batches - hit.value / lived.value * lived.batches) / lived.value
    return rest


def _replicated(counted: Counted, values: Numbers) -> Iterator[Interval]:
    if counted.replications > 1:
        yield t_interval(values)


def error_rates(run: Run, lists: str | None = None) -> Measures:
    """M7: of those who would not be listed if every record were true, the share of time listed; and of those who would.

    By group and list; the differences between groups of each division, the innocent first. ``lists`` is one list.
    """
    counted = Counted(run)
    found: list[Measure] = []
    named = [f"{policy.name}/{each.id}" for policy in counted.scenario.policies for each in policy.lists]
    for path in named if lists is None else [lists]:
        for division, groups in {"": ["all"], **counted.divisions()}.items():
            tables = [_two_by_two(counted, path, group) for group in groups]
            for group, (false, innocent, true, due) in zip(groups, tables, strict=True):
                found.append(counted.ratio(
                    "M7", "innocent and listed", false, innocent, "of the time of those not due",
                    "Share of time listed of those who would not be if every record were true.", item=path, group=group,
                ))  # fmt: skip
                found.append(counted.ratio(
                    "M7", "due and listed", true, due, "of the time of those due",
                    "Share of time listed of those who would be if every record were true.", item=path, group=group,
                ))  # fmt: skip
            if division:
                found += _odds(division, tables, path)
    return counted.answer("M7 Equalized odds", found, "The part of the innocent stands first.")


def _two_by_two(counted: Counted, path: str, group: str) -> tuple[Figure, Figure, Figure, Figure]:
    """Subject-steps: innocent and listed, innocent, due and listed, due."""
    listed = counted.of("listed", item=path, group=group)
    false = counted.of("wrongly_listed", item=path, group=group)
    missed = counted.of("spared_by_error", item=path, group=group)
    true = listed - false
    due = true + missed
    return false, counted.subject_steps(group) - due, true, due


def _odds(division: str, tables: list[tuple[Figure, Figure, Figure, Figure]], path: str) -> Iterator[Measure]:
    hit = np.array([[table[0].value for table in tables], [table[2].value for table in tables]])
    people = np.array([[table[1].value for table in tables], [table[3].value for table in tables]])
    innocent, due = equalized_odds(hit, people)
    for name, gap, row in (("innocent", innocent, 0), ("due", due, 1)):
        yield Measure(
            "M7", f"largest difference, {name}", gap, "of time",
            f"Largest difference between groups of {division} of the share of time listed of the {name}.",
            path, division, float(hit[row].sum()), float(people[row].sum()),
        )  # fmt: skip
    yield Measure(
        "M7", "equalized odds difference", max(innocent, due), "of time",
        f"The larger of both differences between the groups of {division}.", path, division,
        float(hit.sum()), float(people.sum()),
    )  # fmt: skip


def intersections(run: Run, what: str = "listed", floor: int = SMALLEST_CELL) -> Measures:
    """M10: the rate of an outcome in every crossed group of at least ``floor`` residents simulated, drawn to the mean.

    The worst cell is named; a cell is marked as unlike the whole only if it stands when at most a twentieth of
    the cells marked may be marked by chance.
    """
    counted = Counted(run)
    crossed = {name: groups for name, groups in counted.divisions().items() if "&" in name}
    if not crossed:
        raise UsageError("the scenario declares no crossed groups: add for example `groups: [[sex, income]]`")
    found: list[Measure] = []
    small = 0
    for name, groups in crossed.items():
        kept = [g for g in groups if counted.of("subjects", group=g, at_end=True).counted >= floor]
        small += len(groups) - len(kept)
        found += _crossed(counted, name, kept, what)
    return counted.answer(
        f"M10 Intersections of {what}", found, f"{small} crossed groups have fewer than {floor} residents "
        "simulated and are left out.", "Marks control the share of false ones (Benjamini and Hochberg, 5 %).",
    )  # fmt: skip


def _crossed(counted: Counted, division: str, groups: list[str], what: str) -> Iterator[Measure]:
    everybody = _rate(counted, what, None, "all")
    whole = everybody[0].value / everybody[1].value
    figures = [_rate(counted, what, None, group) for group in groups]
    rates = np.array([hit.value / lived.value for hit, lived in figures])
    errors = np.array([_standard_error(counted, figure) for figure in figures])
    known = np.isfinite(errors) & (errors > 0)
    chances = np.ones(len(groups))
    chances[known] = special.erfc(np.abs(rates[known] - whole) / errors[known] / np.sqrt(2))
    marks = discoveries(chances.tolist())
    drawn = rates.copy()
    drawn[known] = shrunk(rates[known], errors[known])
    for place, group in enumerate(groups):
        hit, lived = figures[place]
        reach = NORMAL * errors[place]
        bounds = (Interval(max(0.0, rates[place] - reach), rates[place] + reach, "blocks"),) if known[place] else ()
        yield Measure(
            "M10", f"rate of {what}", float(rates[place]), "of time" if what in SHARES else "per subject-year",
            f"Drawn to the mean: {drawn[place]:.4g}. {'Unlike the whole.' if marks[place] else 'Not told apart.'}",
            division, group, hit.value, lived.value, hit.counted, bounds,
        )  # fmt: skip
    if groups:
        worst = int(np.argmax(drawn))
        ratio = None if whole == 0 else float(drawn[worst] / whole)
        yield Measure(
            "M10", "worst crossed group", ratio, "times everybody's rate",
            f"{groups[worst]} fares worst of the groups of {division}, after drawing small ones to the mean.",
            division, groups[worst], figures[worst][0].value, figures[worst][1].value, figures[worst][0].counted,
        )  # fmt: skip


def _standard_error(counted: Counted, rate: tuple[Figure, Figure]) -> float:
    rest = _residual(rate)
    found = None if rest is None else counted.cells.error(rest, counted.cells.weight)
    return float("nan") if found is None else found[0]
