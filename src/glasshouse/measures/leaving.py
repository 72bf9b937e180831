"""M11 and M12: how long until a listing is over, by which way, and how soon it comes again.

Other endings compete with recovery, so the share recovered by a time is the cumulative incidence of Aalen and Johansen;
one minus Kaplan and Meier, which treats other endings as if they only hid recovery, overstates it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from glasshouse.errors import NotCounted, UsageError
from glasshouse.measures.counted import STEP_YEARS, YEAR_DAYS, Counted, jackknifed
from glasshouse.measures.figure import Measure, Measures
from glasshouse.measures.lives import Lives
from glasshouse.vocabulary import ENDINGS

if TYPE_CHECKING:
    from glasshouse.runs import Run

Numbers = npt.NDArray[np.float64]
OPEN: Final = "open"
FULL: Final = ("repair", "appeal", "term", "origin ended", "repeal")
"""Endings after which a subject stands as before; an end of the subject competes with them."""


@dataclass(frozen=True)
class Course:
    """A life table worked out: at each duration the survival after it and the cumulative incidence of each ending."""

    at_risk: Numbers
    survival: Numbers
    incidence: dict[str, Numbers]

    def median(self) -> int | None:
        """The first duration by which half have ended; None where not half of them have."""
        found = np.nonzero(self.survival <= 0.5)[0]
        return int(found[0]) if found.size else None


def life_table(ended: Mapping[str, Numbers], censored: Numbers) -> Course:
    """Aalen's and Johansen's estimate from counts by duration 0, 1, 2, ..: endings, and cases still open.

    F_k(t) = sum over u <= t of S(u-) d_k(u) / n(u). Endings stand before censoring at the same duration.
    """
    length = len(censored)
    deaths = np.sum([np.asarray(each, float) for each in ended.values()], axis=0) if ended else np.zeros(length)
    leaving = deaths + np.asarray(censored, float)
    at_risk = np.cumsum(leaving[::-1])[::-1]
    hazard = np.divide(deaths, at_risk, out=np.zeros(length), where=at_risk > 0)
    survival = np.cumprod(1 - hazard)
    before = np.concatenate([[1.0], survival[:-1]])
    share = np.divide(before, at_risk, out=np.zeros(length), where=at_risk > 0)
    incidence = {name: np.cumsum(share * np.asarray(each, float)) for name, each in ended.items()}
    return Course(at_risk, survival, incidence)


def naive_recovery(recovered: Numbers, others: Numbers) -> Numbers:
    """1 - Kaplan-Meier with competing endings taken for censoring: what not to do, to show how far off it is."""
    found: Numbers = 1 - life_table({"recovered": recovered}, others).survival
    return found


def restricted_mean(survival: Numbers, steps: int) -> float:
    """The mean time to the end within so many steps: the area under the survival curve up to there."""
    if steps > len(survival):
        raise UsageError(f"the life table reaches {len(survival)} steps, not {steps}")
    return float(survival[:steps].sum())


# --- of a run ------------------------------------------------------------------------------------------------------


def recovery(run: Run, of: str | None = None, within_days: float = 365.0, blocks: int | None = None) -> Measures:
    """M11: by list, the share of cases over within so many days, by ending; the median; the restricted mean.

    Cases still open are needed with the time they have stood. Where the run's ``lifetimes`` do not hold them,
    ``blocks`` says in how many blocks lives are lived again (stays on a list, not single cases, are then counted).
    """
    counted = Counted(run)
    named = [f"{policy.name}/{each.id}" for policy in counted.scenario.policies for each in policy.lists]
    if of is not None and of not in named:
        raise UsageError(f"unknown list `{of}`; {', '.join(named)}")
    horizon = max(1, round(within_days / counted.step_days))
    tables = _counted_tables(counted) if blocks is None else _lived_tables(run, blocks)
    found: list[Measure] = []
    for path in named if of is None else [of]:
        if path in tables:
            found += _course(counted, path, tables[path], horizon, within_days, by_batch=blocks is None)
    return counted.answer(
        "M11 Recovery", found, f"Over within {within_days:g} days is read after {horizon} steps. Endings compete.",
    )  # fmt: skip


def _counted_tables(counted: Counted) -> dict[str, dict[str, Numbers]]:
    """Durations by list and ending, of the whole society."""
    rows = counted.part("lifetimes", "list", "ending", "steps")
    tables: dict[str, dict[str, Numbers]] = {}
    for path, ending, steps, value in rows.select("list", "ending", "steps", "value").iter_rows():
        own = tables.setdefault(path, {})
        own.setdefault(ending, np.zeros(counted.steps + 1))[steps] += value / counted.replications
    standing = {path: counted.of("listed_cases", item=path, at_end=True) for path in counted.items("listed_cases")}
    silent = sorted(path for path in standing if standing[path].counted and OPEN not in tables.get(path, {}))
    if silent:
        why = (
            f"the time that open cases have stood on {', '.join(silent)}, and without it recovery looks too quick; "
            "give `blocks=64` to live the lives of 64 blocks again"
        )
        raise NotCounted(["lifetimes with the ending open"], why)
    return tables


def _lived_tables(run: Run, blocks: int) -> dict[str, dict[str, Numbers]]:
    """Durations of stays by list and ending, from lives lived again."""
    lives = Lives.of(run, blocks)
    last = lives.program.first_step + lives.program.steps
    tables: dict[str, dict[str, Numbers]] = {}
    for life, weight in zip(lives.told, lives.weight, strict=True):
        for spell in life.spells:
            own = tables.setdefault(spell.list, {})
            until = spell.until if spell.ending else last
            ending = own.setdefault(spell.ending or OPEN, np.zeros(lives.program.steps + 1))
            ending[until - spell.since] += weight
    return tables


def _course(
    counted: Counted, path: str, table: dict[str, Numbers], horizon: int, days: float, *, by_batch: bool
) -> Iterator[Measure]:
    length = counted.steps + 1
    horizon = min(horizon, length - 1)
    ended: dict[str, Numbers] = {ending: table.get(ending, np.zeros(length)) for ending in ENDINGS if ending in table}
    course = life_table(ended, table.get(OPEN, np.zeros(length)))
    cases = float(sum(each.sum() for each in table.values()))
    for ending, incidence in course.incidence.items():
        yield Measure(
            "M11", f"over by {ending}", float(incidence[horizon]), "of cases",
            f"Within {days:g} days so many cases are over by {ending}, other endings competing.", path,
            numerator=float(ended[ending].sum()), exposure=cases,
        )  # fmt: skip
    full = sum(float(course.incidence[ending][horizon]) for ending in FULL if ending in course.incidence)
    interval = jackknifed(counted, _by_batch(counted, path, tuple(ended), length), _full(tuple(ended), horizon))
    yield Measure(
        "M11", "recovered", full, "of cases",
        f"Within {days:g} days so many cases are over and the subject stands as before.", path,
        numerator=float(sum(ended[each].sum() for each in FULL if each in ended)), exposure=cases,
        intervals=(interval,) if interval is not None and by_batch else (),
    )  # fmt: skip
    median = course.median()
    told = (
        "Half of the cases are over by then." if median is not None else "Not half of the cases end in the time seen."
    )
    yield Measure(
        "M11", "median", None if median is None else median * counted.step_days, "days", told, path, exposure=cases
    )
    yield Measure(
        "M11", "restricted mean", restricted_mean(course.survival, horizon) * counted.step_days, "days",
        f"Of the first {days:g} days so many are spent on the list, on average.", path, exposure=cases,
    )  # fmt: skip


def _by_batch(counted: Counted, path: str, endings: tuple[str, ...], length: int) -> Numbers:
    """Durations by batch [batches, endings and open, durations]."""
    found = np.zeros((len(counted.cells.blocks), len(endings) + 1, length))
    for item, ground, cell, value in counted.batched("lifetimes").iter_rows():
        where, _, ending = item.rpartition(":")
        if where == path:
            row = endings.index(ending) if ending in endings else len(endings)
            found[cell, row, int(ground)] += value / counted.replications
    return found


def _full(endings: tuple[str, ...], horizon: int) -> object:
    def recovered(table: Numbers) -> float | None:
        if not table.any():
            return None
        course = life_table(dict(zip(endings, table[:-1], strict=True)), table[-1])
        return sum(float(course.incidence[ending][horizon]) for ending in endings if ending in FULL)

    return recovered


def relapse(run: Run, within_days: float = 365.0, blocks: int | None = None) -> Measures:
    """M12: of stays on a list that ended, the share followed by another within so many days of release.

    Only releases after which so many days are left in the run count. Who comes back is not in the counts; ``blocks``
    says in how many blocks lives are lived again.
    """
    if blocks is None:
        raise NotCounted(["relapses"], "who is listed again after a release; give `blocks=64` to live lives again")
    lives = Lives.of(run, blocks)
    days = STEP_YEARS[lives.scenario.step] * YEAR_DAYS
    wait = max(1, round(within_days / days))
    last = lives.program.first_step + lives.program.steps
    paths = sorted({spell.list for life in lives.told for spell in life.spells})
    found = []
    for path in paths:
        released, again = np.zeros(len(lives.told)), np.zeros(len(lives.told))
        for place, life in enumerate(lives.told):
            mine = [spell for spell in life.spells if spell.list == path]
            gone = [spell.until for spell in mine if spell.ending and spell.until + wait <= last]
            released[place] = len(gone)
            again[place] = sum(any(end <= spell.since < end + wait for spell in mine) for end in gone)
        found.append(lives.ratio(
            "M12", "listed again", again, released, "of releases",
            f"Of those released, so many are on the same list again within {within_days:g} days.", item=path,
        ))  # fmt: skip
    return lives.answer("M12 Relapse", found, "Releases too late to be followed for so long are left out.")
