"""Steps as days of the calendar, and durations as steps."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from functools import cached_property

from glasshouse.reference.draws import nearest
from glasshouse.values import Entry, Value

DAYS_OF_A_YEAR = Decimal("365.2425")
DAYS_OF_A_MONTH = Decimal("30.4375")
STEPS_OF_A_YEAR = {"month": 12, "week": 52, "day": 365}
DAYS_OF_A_STEP = {"month": DAYS_OF_A_MONTH, "week": Decimal(7), "day": Decimal(1)}


class Calendar:
    """The steps of a scenario, counted from the first day of its period, and what its values are in them."""

    def __init__(self, since: date, unit: str, reading: str) -> None:
        self.since = since.replace(day=1) if unit == "month" else since
        self.unit = unit
        self.reading = reading
        self.year = STEPS_OF_A_YEAR[unit]
        self._days: dict[int, date] = {}

    @cached_property
    def length(self) -> Decimal:
        """A step in years."""
        return Decimal(1) / 12 if self.unit == "month" else DAYS_OF_A_STEP[self.unit] / DAYS_OF_A_YEAR

    @cached_property
    def year_length(self) -> Decimal:
        """The steps of a year of the run, in years."""
        return Decimal(1) if self.unit == "month" else self.year * DAYS_OF_A_STEP[self.unit] / DAYS_OF_A_YEAR

    def first_day(self, step: int) -> date:
        """The first day of a step."""
        found = self._days.get(step)
        if found is None:
            found = self._days[step] = self._first_day(step)
        return found

    def _first_day(self, step: int) -> date:
        if self.unit != "month":
            return self.since + timedelta(days=step * (7 if self.unit == "week" else 1))
        year, month = divmod(self.since.year * 12 + self.since.month - 1 + step, 12)
        return date(year, month + 1, 1)

    def steps_to(self, until: date) -> int:
        """The number of steps that begin on or before a day."""
        step = 0
        while self.first_day(step) <= until:
            step += 1
        return step

    def months_passed(self, step: int) -> int:
        """Calendar months between the period's first month and that of a step."""
        day = self.first_day(step)
        return (day.year - self.since.year) * 12 + day.month - self.since.month

    def span_of(self, step: int, unit: str) -> date:
        """The first day of the calendar unit that contains a step's first day."""
        day = self.first_day(step)
        if unit == "year":
            return day.replace(month=1, day=1)
        if unit == "month":
            return day.replace(day=1)
        return day - timedelta(days=day.weekday()) if unit == "week" else day

    # --- values ----------------------------------------------------------------------------------------------------

    def entry(self, value: Value, step: int) -> Entry:
        """What a value is in a step."""
        return value.on(self.reading, self.first_day(step))

    def number(self, value: Value, step: int) -> Decimal:
        """The number a value is in a step."""
        return self.entry(value, step).number

    def whole(self, value: Value, step: int) -> int:
        """A value of whole points or yuan in a step."""
        return int(self.entry(value, step).number)

    def duration(self, value: Value, step: int, least: int = 0) -> int:
        """A duration in steps, halves up, at least so many."""
        entry = self.entry(value, step)
        return max(least, self.steps(entry.number, entry.unit))

    def steps(self, number: Decimal, unit: str) -> int:
        """A number of days or months in steps, halves up."""
        if unit == "months" and self.unit == "month":
            return nearest(number)
        days = number * DAYS_OF_A_MONTH if unit == "months" else number
        return nearest(days / DAYS_OF_A_STEP[self.unit])

    def window(self, number: Decimal, unit: str) -> int:
        """The steps of a window: at least one."""
        return max(1, self.steps(number, unit))

    def months(self, steps: int) -> int:
        """A number of steps in months, rounded down."""
        if self.unit == "month":
            return steps
        return int((steps * DAYS_OF_A_STEP[self.unit] / DAYS_OF_A_MONTH).to_integral_value(rounding=ROUND_FLOOR))
