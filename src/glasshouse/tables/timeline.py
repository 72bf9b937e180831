"""The steps of a run as dates, and durations as steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal, localcontext

from glasshouse.conditions import Window
from glasshouse.values import Entry

DIGITS = 50
YEAR = Decimal("365.2425")
MONTH = Decimal("30.4375")
STEPS_IN_YEAR = {"month": 12, "week": 52, "day": 365}
DAYS = {"week": 7, "day": 1}


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def first_day(since: date, step: str, number: int) -> date:
    """The first day of a step; a month step begins on the first of its month."""
    if step == "month":
        return _months_later(since, number)
    return since + timedelta(days=DAYS[step] * number)


def steps_until(since: date, until: date, step: str) -> int:
    """How many steps begin between the two days, the last one included."""
    number = 0
    while first_day(since, step, number) <= until:
        number += 1
    return number


@dataclass(frozen=True)
class Timeline:
    """``steps`` steps from ``since``; all numbers of steps count from there."""

    since: date
    step: str
    steps: int

    @property
    def days(self) -> tuple[date, ...]:
        """The first day of each step."""
        return tuple(first_day(self.since, self.step, number) for number in range(self.steps))

    @property
    def year(self) -> int:
        """Steps in a year of the run."""
        return STEPS_IN_YEAR[self.step]

    @property
    def dt(self) -> Decimal:
        """A step in years, 50 digits."""
        with localcontext() as context:
            context.prec = DIGITS
            return Decimal(1) / 12 if self.step == "month" else DAYS[self.step] / YEAR

    def label(self, number: int) -> str:
        """What tables call a step: a month such as 2013-10, else its first day."""
        day = first_day(self.since, self.step, number)
        return f"{day:%Y-%m}" if self.step == "month" else day.isoformat()

    def elapsed(self, number: int) -> int:
        """Calendar months between the month of the first step and that of this one."""
        day = first_day(self.since, self.step, number)
        return (day.year - self.since.year) * 12 + day.month - self.since.month

    def duration(self, number: Decimal, unit: str) -> int:
        """A duration in steps, half up."""
        with localcontext() as context:
            context.prec = DIGITS
            if self.step == "month":
                steps = number if unit == "months" else number / MONTH
            else:
                steps = (number * MONTH if unit == "months" else number) / DAYS[self.step]
            return int((steps + Decimal("0.5")).to_integral_value(ROUND_FLOOR))

    def entry(self, entry: Entry, least: int = 0) -> int:
        """A duration or term of a document in steps; none, while and as_source are -1, -2, -3."""
        special = {"none": -1, "while": -2, "as_source": -3}
        if entry.unit in special:
            return special[entry.unit]
        return max(least, self.duration(entry.number, entry.unit))

    def window(self, window: Window) -> int:
        """A window of a condition in steps, at least one."""
        return max(1, self.duration(window.number, window.unit))

    def months(self, steps: int) -> int:
        """Whole months in so many steps, rounded down."""
        if self.step == "month":
            return steps
        with localcontext() as context:
            context.prec = DIGITS
            return int((steps * DAYS[self.step] / MONTH).to_integral_value(ROUND_FLOOR))

    def unit(self, unit: str, number: int) -> int:
        """A number for the calendar unit (day, week from Monday, month, year) that holds a step's first day."""
        day = first_day(self.since, self.step, number)
        if unit == "day":
            return day.toordinal()
        if unit == "week":
            return (day.toordinal() - 1) // 7
        return day.year * 12 + day.month if unit == "month" else day.year
