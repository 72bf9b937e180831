"""Random numbers in the grammar of documents: plain, dated, noted, by reading; durations; days in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

LONG_AGO = date(2000, 1, 1)
DAYS_A_STEP = {"month": 30.4375, "week": 7.0, "day": 1.0}
UNITS_A_YEAR = {"year": 1.0, "month": 12.0, "week": 365.2425 / 7, "day": 365.2425}


@dataclass(frozen=True)
class Calendar:
    """The steps of a scenario."""

    step: str
    since: date
    until: date

    def inside(self, r: Random) -> date:
        """Some day of the period, the first excluded."""
        return self.since + timedelta(days=r.randint(1, max(1, (self.until - self.since).days)))


def some(r: Random, chance: float) -> bool:
    """Heads with this chance."""
    return r.random() < chance


def pick(r: Random, things: list[Any], low: int, high: int) -> list[Any]:
    """Between ``low`` and ``high`` different ones, in the order they stand (fewer if there are fewer)."""
    count = min(len(things), r.randint(low, max(low, high)))
    chosen = sorted(r.sample(range(len(things)), count))
    return [things[i] for i in chosen]


def between(r: Random, low: float, high: float, digits: int = 3) -> float:
    """A decimal number between two bounds."""
    return round(r.uniform(low, high), digits)


def value(r: Random, calendar: Calendar, draw: Callable[[], Any], plainly: float = 0.7) -> Any:
    """What ``draw`` gives, most often plain, else dated, by reading, noted or several of these."""
    if some(r, plainly):
        return draw()
    form = r.choice(["dated", "dated", "reading", "noted", "both"])
    if form == "dated":
        return dated(r, calendar, draw)
    if form == "noted":
        return {"value": draw(), "note": "A number of no place.", "confidence": "invented"}
    if form == "reading":
        return {"reported": draw(), "documented": draw()}
    return {"reported": dated(r, calendar, draw), "documented": {"value": draw(), "source": "invented"}}


def dated(r: Random, calendar: Calendar, draw: Callable[[], Any]) -> dict[date, Any]:
    """A number that changes once or twice inside the period."""
    days = sorted({calendar.inside(r) for _ in range(r.randint(1, 2))})
    return {LONG_AGO: draw()} | {day: draw() for day in days}


def rate(r: Random, per_year: float) -> str:
    """A yearly rate written in one of the units, rounded down so that bounds hold."""
    unit = r.choice(["year", "year", "month", "week", "day"])
    number = int(per_year / UNITS_A_YEAR[unit] * 1e6) / 1e6
    return f"{number:.6f}".rstrip("0").rstrip(".") + f" per {unit}"


def duration(r: Random, calendar: Calendar, steps: int) -> str:
    """A duration of about this many steps, in some unit."""
    days = steps * DAYS_A_STEP[calendar.step]
    units = ["days", "working days", "weeks"]
    if calendar.step == "month":
        units += ["months"] * 4
    unit = r.choice(units)
    if unit == "months":
        return f"{steps} {'month' if steps == 1 else 'months'}"
    number = {"days": days, "working days": days * 5 / 7, "weeks": days / 7}[unit]
    whole = max(0 if steps == 0 else 1, int(number + r.random()))
    return f"{whole} {unit}"


def window(r: Random, calendar: Calendar, steps: int) -> str:
    """The window of a count: months=, days= or years=."""
    if calendar.step != "month":
        return f"days={max(1, int(steps * DAYS_A_STEP[calendar.step]))}"
    if steps == 12 and some(r, 0.5):
        return "years=1"
    return f"months={steps}" if some(r, 0.7) else f"days={int(steps * 30.4)}"


def in_force(r: Random, calendar: Calendar, since: date = LONG_AGO, until: date | None = None) -> Any:
    """Days in force that begin or end inside the period, never outside those of the document."""
    last_day = min(until, calendar.until) if until else calendar.until
    first, last = sorted(min(max(since, calendar.inside(r)), last_day) for _ in range(2))
    if some(r, 0.4):
        return first
    return {"from": since if some(r, 0.6) else first, "to": last}


def clause(name: str, text: str, **fields: Any) -> dict[str, Any]:
    """A clause with its three first fields; fields that are None are left out."""
    head: dict[str, Any] = {"id": name, "text": text, "source": "invented"}
    return head | {key: field for key, field in fields.items() if field is not None}
