"""Single values: a number with its unit, or a word, turned into base units exactly.

Units and their sizes stand here; series, notes and readings are put around single values in ``grammar``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Context, Decimal, InvalidOperation
from typing import Final, TypeAlias

from glasshouse.conditions.names import did_you_mean
from glasshouse.reading.margin import Spot
from glasshouse.reading.tree import NUMBER, Item, Leaf

EXACT: Final = Context(prec=50)
DAYS_A_YEAR: Final = Decimal("365.2425")
DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
WRITTEN: Final = re.compile(rf"(?P<number>{NUMBER.pattern}) *(?P<unit>[^\d\s].*)?")
PER_YEAR: Final = {
    "per year": Decimal(1),
    "per month": Decimal(12),
    "per week": EXACT.divide(DAYS_A_YEAR, Decimal(7)),
    "per day": DAYS_A_YEAR,
}
DURATIONS: Final = ("days", "day", "working days", "weeks", "months", "month", "years", "year")
SHORT_DURATIONS: Final = {"week": "weeks", "working day": "working days"}

Plain: TypeAlias = tuple[Decimal, str]


@dataclass(frozen=True, slots=True)
class Written:
    """What may stand in a field: its type, the words it takes besides, and the smallest number."""

    type: str  # chance, rate, duration, term, points, factor, yuan, percent, number, effect
    words: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    least: Decimal | None = None
    dated: bool = True
    for_what: str = ""


def number_of(text: str) -> Decimal | None:
    """An exact decimal, or None where the text is no number of a size that means anything."""
    if NUMBER.fullmatch(text) is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    fits = number.is_finite() and len(number.as_tuple().digits) <= 60 and abs(number.adjusted()) <= 30
    return number if fits or not number else None


def day_of(item: Item | None) -> date | None:
    """The day a leaf names, or None."""
    if not isinstance(item, Leaf) or DATE.fullmatch(item.text) is None:
        return None
    try:
        return date.fromisoformat(item.text)
    except ValueError:
        return None


def shown(leaf: Leaf) -> str:
    """How a message shows what was found: numbers and truths bare, texts in backticks."""
    return leaf.text if leaf.is_number or leaf.truth is not None else f"`{leaf.text}`"


def number_text(number: Decimal) -> str:
    """A number without exponent and without needless noughts."""
    return format(number.normalize(EXACT), "f") if number else "0"


def read_plain(leaf: Leaf, written: Written, spot: Spot) -> Plain | None:
    if leaf.cut:
        return None
    if leaf.is_empty:
        spot.wrong(leaf, "is empty")
        return None
    if leaf.text in written.words and not leaf.quoted:
        return Decimal(0), leaf.text
    match = WRITTEN.fullmatch(leaf.text)
    number = number_of(match["number"]) if match else None
    if match and number is None:
        spot.wrong(leaf, f"found `{leaf.text[:60]}`, a number of this size has no meaning here")
        return None
    unit = re.sub(r" +", " ", match["unit"] or "").strip() if match else ""
    return _PLAIN[written.type](leaf, number, unit, written, spot)


def _chance(leaf: Leaf, number: Decimal | None, unit: str, written: Written, spot: Spot) -> Plain | None:
    if number is None:
        spot.wrong(leaf, f"found {shown(leaf)}, expected a chance")
    elif unit in ("%", "percent"):
        said = number_text(EXACT.divide(number, Decimal(100)))
        spot.wrong(leaf, f"found `{leaf.text}`, expected a chance from 0 to 1; write {said}")
    elif unit:
        told = "a chance has no unit, a `rate` has" if unit.startswith("per ") else "a chance has no unit"
        spot.wrong(leaf, f"found `{leaf.text}`, expected a chance from 0 to 1; {told}")
    elif not 0 <= number <= 1:
        cure = f"; did you mean a percentage, {number_text(EXACT.divide(number, Decimal(100)))}?"
        spot.wrong(leaf, f"found {leaf.text}, a chance lies between 0 and 1{cure if 1 < number <= 100 else ''}")
    else:
        return number, "chance"
    return None


def _rate(leaf: Leaf, number: Decimal | None, unit: str, written: Written, spot: Spot) -> Plain | None:
    if number is None:
        spot.wrong(leaf, f"found {shown(leaf)}, expected a rate such as `0.26 per year`")
    elif not unit:
        spot.wrong(leaf, f"found {leaf.text} without a unit; write `{leaf.text} per year`")
    elif unit not in PER_YEAR:
        cure = did_you_mean(unit, PER_YEAR)
        spot.wrong(leaf, f"unknown unit `{unit}` for a rate; one of {', '.join(PER_YEAR)}{cure}")
    elif number < 0:
        spot.wrong(leaf, f"found `{leaf.text}`, a rate cannot be negative")
    else:
        return EXACT.multiply(number, PER_YEAR[unit]), "per year"
    return None


def _duration(leaf: Leaf, number: Decimal | None, unit: str, written: Written, spot: Spot) -> Plain | None:
    unit = SHORT_DURATIONS.get(unit, unit)
    if number is None:
        words = "".join(f", or `{word}`" for word in written.words)
        spot.wrong(leaf, f"found {shown(leaf)}, expected a duration such as `24 months`{words}")
    elif not unit:
        spot.wrong(leaf, f"found {leaf.text} without a unit; write `{leaf.text} months`")
    elif unit not in DURATIONS:
        cure = did_you_mean(unit, DURATIONS)
        spot.wrong(leaf, f"unknown unit `{unit}` for a duration; one of {', '.join(DURATIONS)}{cure}")
    elif number < 0:
        spot.wrong(leaf, f"found `{leaf.text}`, a duration cannot be negative")
    elif number > 100_000:
        spot.wrong(leaf, f"found `{leaf.text}`, a duration longer than any life")
    else:
        return _base_duration(number, unit)
    return None


def _base_duration(number: Decimal, unit: str) -> Plain:
    if unit.startswith("year"):
        return number * 12, "months"
    if unit.startswith("month"):
        return number, "months"
    if unit == "working days":
        return EXACT.divide(number * 7, Decimal(5)).to_integral_value(ROUND_CEILING), "days"
    return (number * 7 if unit == "weeks" else number), "days"


def _points(leaf: Leaf, number: Decimal | None, unit: str, written: Written, spot: Spot) -> Plain | None:
    if unit:
        spot.wrong(leaf, f"found `{leaf.text}`, expected whole points without unit")
    elif number is None:
        spot.wrong(leaf, f"found {shown(leaf)}, expected whole points")
    elif number != number.to_integral_value():
        spot.wrong(leaf, f"found {leaf.text}, points are whole numbers")
    elif abs(number) >= 2**31:
        spot.wrong(leaf, f"found {leaf.text}, points lie within 2147483647 of nought")
    else:
        return number, "points"
    return None


def _number(leaf: Leaf, number: Decimal | None, unit: str, written: Written, spot: Spot) -> Plain | None:
    least = Decimal(0) if written.least is None else written.least
    what = written.for_what or f"a {written.type}"
    if number is None or unit:
        spot.wrong(leaf, f"found {shown(leaf)}, expected {what} without unit")
    elif number < least:
        told = written.for_what or f"a {written.type} of {number_text(least)} or more"
        spot.wrong(leaf, f"found {leaf.text}, expected {told}")
    elif number > 10**9:
        spot.wrong(leaf, f"found {leaf.text}, {what} of this size has no meaning here")
    else:
        return number, written.type
    return None


def _yuan(leaf: Leaf, number: Decimal | None, unit: str, written: Written, spot: Spot) -> Plain | None:
    if number is not None and unit == "yuan":
        return number, "yuan"
    if number is not None and not unit:
        spot.wrong(leaf, f"found {leaf.text} without a unit; write `{leaf.text} yuan`")
    else:
        spot.wrong(leaf, f"found {shown(leaf)}, expected money such as `300 yuan`")
    return None


def _percent(leaf: Leaf, number: Decimal | None, unit: str, written: Written, spot: Spot) -> Plain | None:
    if number is None or unit != "percent" or number < 0:
        spot.wrong(leaf, f"found `{leaf.text}`, expected for example `10 percent`")
        return None
    return number, "percent"


def _effect(leaf: Leaf, number: Decimal | None, unit: str, written: Written, spot: Spot) -> Plain | None:
    units = " or ".join(written.units)
    if number is None or not unit:
        spot.wrong(leaf, f"found `{leaf.text}`, expected a number with {units}")
    elif unit in written.units and unit in ("percent", "yuan"):
        return number, unit
    elif "days" in written.units and SHORT_DURATIONS.get(unit, unit) in DURATIONS:
        return _base_duration(number, SHORT_DURATIONS.get(unit, unit))
    else:
        spot.wrong(leaf, f"unknown unit `{unit}` for {written.for_what}; {units}")
    return None


_Reader: TypeAlias = Callable[[Leaf, Decimal | None, str, Written, Spot], Plain | None]
_PLAIN: Final[dict[str, _Reader]] = {
    "chance": _chance,
    "rate": _rate,
    "duration": _duration,
    "term": _duration,
    "points": _points,
    "factor": _number,
    "number": _number,
    "yuan": _yuan,
    "percent": _percent,
    "effect": _effect,
}
