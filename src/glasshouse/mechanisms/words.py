"""Numbers, values and names in plain English: the words from which every clause makes its sentence.

Numbers are exact (a chance of 0.0005 is "5 in 10,000"), dates are written out, and where the two readings differ both
are said.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from glasshouse.values import Entry, Value

SINGULAR: Final = {"residents": "resident", "firms": "firm"}
GROUND_WORDS: Final = {
    "own": "the subject did it",
    "mistaken": "somebody else did it",
    "unfounded": "nobody did it",
    "spread": "it came by a tie",
    "tier": "it came from a score",
}
_SCALES: Final = ("", " thousand", " million", " billion", " trillion", " quadrillion", " quintillion")
_ENDLESS: Final = {
    "none": "without end",
    "while": "for as long as this holds",
    "as_source": "for as long as the listing it comes from",
}
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)

# --- numbers -------------------------------------------------------------------------------------------------------


def digits(number: Decimal | int) -> str:
    """A number in plain digits, thousands set apart from 10,000 on."""
    whole, _, rest = format(Decimal(number), "f").partition(".")
    rest = rest.rstrip("0")
    if len(whole.lstrip("-")) > 4:
        whole = f"{int(whole):,}"
    return f"{whole}.{rest}" if rest else whole


def power_of_ten(exponent: int) -> str:
    """A power of ten as it is spoken: 1,000, 100,000, 10 million, 100 billion."""
    if exponent < 6:
        return f"{10**exponent:,}"
    scale = min(exponent // 3, len(_SCALES) - 1)
    return f"{10 ** (exponent - 3 * scale):,}{_SCALES[scale]}"


def chance_text(number: Decimal) -> str:
    """A chance as so many in a hundred, a thousand..; 1 is "all", 0 is "none"."""
    if number in (0, 1):
        return "all" if number else "none"
    if number >= Decimal("0.01"):
        return f"{digits(number * 100)} in 100"
    exponent = -number.adjusted()
    return f"{digits(number.scaleb(exponent))} in {power_of_ten(exponent)}"


def rate_text(number: Decimal) -> str:
    """A yearly rate as so many times a year, small ones among so many subjects."""
    if number == 0:
        return "never"
    if number >= Decimal("0.1"):
        return f"{_times_text(number)} a year"
    exponent = max(2, -number.adjusted())
    return f"{_times_text(number.scaleb(exponent))} a year among {power_of_ten(exponent)}"


def _times_text(number: Decimal) -> str:
    return "once" if number == 1 else f"{digits(number)} times"


def hazard_text(number: Decimal) -> str:
    """A hazard with what it comes to within a year."""
    if number == 0:
        return "never"
    within = round(100 * -math.expm1(-float(number)))
    return f"at a rate of {digits(number)} a year (about {within} in 100 within a year)"


def duration_text(number: Decimal, unit: str) -> str:
    """A duration in its unit; whole years beside 24 months and more."""
    plain = f"{digits(number)} {unit.removesuffix('s') if number == 1 else unit}"
    if unit == "months" and number >= 24 and number % 12 == 0:
        return f"{plain} ({digits(number / 12)} years)"
    return plain


def day_text(day: date) -> str:
    """A day written out: 1 October 2013."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


# --- values --------------------------------------------------------------------------------------------------------


def said(value: Value, text: Callable[[Decimal], str]) -> str:
    """A value in words: its dates, and both readings where they differ."""
    return said_entries(value, lambda entry: text(entry.number))


def said_entries(value: Value, text: Callable[[Entry], str]) -> str:
    """As :func:`said`, for values whose unit counts too."""
    reported, documented = (_series(value.series(reading), text) for reading in ("reported", "documented"))
    if value.reported == value.documented:
        return reported
    return f"{reported} as reported and {documented} as documented"


def _series(series: tuple[Entry, ...], text: Callable[[Entry], str]) -> str:
    first, later = series[0], series[1:]
    parts = [f"{text(each)} from {day_text(each.since)}" for each in later if each.since is not None]
    return f"{text(first)} ({', '.join(parts)})" if parts else text(first)


def plain(value: Value) -> str:
    """A number without a unit."""
    return said(value, digits)


def plain_size(value: Value) -> str:
    """A number without its sign."""
    return said(value, lambda number: digits(abs(number)))


def chance(value: Value) -> str:
    """A chance, such as 45 in 100."""
    return said(value, chance_text)


def rate(value: Value) -> str:
    """A yearly rate."""
    return said(value, rate_text)


def rate_among(value: Value, populations: Iterable[str]) -> str:
    """A yearly rate and, where it is so many among a number, of whom."""
    told = rate(value)
    plural = both(populations)
    return f"{told} {plural}" if told.endswith(("0", "illion")) else told


def share_of(whole: str, verb: str, value: Value) -> str:
    """So many of a whole: a sentence that stays readable when the share has dates or readings."""
    told = chance(value)
    if is_single(value):
        return sentence(f"all {whole}" if told == "all" else f"{told} of {whole}", verb)
    return sentence(f"share of {whole} that {verb}: {told}")


def ground_chances(chances: Mapping[str, Value], grounds: Iterable[str] = tuple(GROUND_WORDS)) -> str:
    """Chances by ground: where the subject did it, 2 in 100; where somebody else did it..; of those left out, none."""
    told = [f"where {GROUND_WORDS[ground]}, {chance(value)}" for ground, value in chances.items()]
    return "; ".join(told if set(grounds) <= set(chances) else [*told, "otherwise none"])


def hazard(value: Value) -> str:
    """A hazard of asking or leaving; what it comes to within a year where it is one number."""
    if is_single(value):
        return said(value, hazard_text)
    return f"at a yearly rate of {plain(value)}"


def duration(value: Value) -> str:
    """A duration, such as 24 months (2 years)."""
    return said_entries(value, lambda entry: duration_text(entry.number, entry.unit))


def term(value: Value) -> str:
    """How long something stands: for a duration, without end, as long as the condition or the origin stands."""
    return said_entries(value, _term_text)


def _term_text(entry: Entry) -> str:
    return _ENDLESS.get(entry.unit) or f"for {duration_text(entry.number, entry.unit)}"


def amount(value: Value, text: Callable[[str], str] = str) -> str:
    """A percentage, a sum of money or a number of days without its sign, put into a phrase."""
    return said_entries(value, lambda entry: text(_amount(entry)))


def _amount(entry: Entry) -> str:
    if entry.unit in ("days", "months"):
        return duration_text(abs(entry.number), entry.unit)
    return f"{digits(abs(entry.number))} {entry.unit}"


def is_single(value: Value) -> bool:
    """Whether a value is one number, without dates and the same in both readings."""
    return len(value.reported) == 1 and value.reported == value.documented


def is_always(value: Value, number: int) -> bool:
    """Whether a value is this number on every day and in both readings."""
    return all(entry.number == number for entry in (*value.reported, *value.documented))


def sign(value: Value) -> int:
    """1 or -1 if no number of the value has the other sign, 0 if they differ."""
    signs = {(entry.number > 0) - (entry.number < 0) for entry in (*value.reported, *value.documented)} - {0}
    return signs.pop() if len(signs) == 1 else 0


# --- names ---------------------------------------------------------------------------------------------------------


def nice(name: str) -> str:
    """A name of an event, a service or an attribute in running text."""
    return name.replace("_", " ")


def either(names: Iterable[str]) -> str:
    """a, b or c."""
    return _joined(names, "or")


def both(names: Iterable[str]) -> str:
    """a, b and c."""
    return _joined(names, "and")


def _joined(names: Iterable[str], word: str) -> str:
    parts = list(names)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def whom(populations: Iterable[str]) -> str:
    """One of the subjects: resident, firm, resident or firm."""
    return either(SINGULAR[each] for each in populations)


def named(path: str, policy: str = "") -> str:
    """A list or rating in quotation marks; that of another policy than the one explained with its policy."""
    owner, _, name = path.rpartition("/")
    return f"“{name}”" if not owner or owner == policy else f"“{name}” of {owner}"


def article(noun: str) -> str:
    """The noun with a or an."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def asking(who: str) -> str:
    """The subject with the word that joins it to what it asks: a resident who, a firm that."""
    return f"{article(who)} {'who' if who == 'resident' else 'that'}"


def sentence(*parts: str) -> str:
    """Parts joined with blanks, begun with a capital, ended with a stop."""
    text = " ".join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}"


def factors_text(factors: Mapping[str, Mapping[str, Mapping[str, Value]]]) -> str:
    """What multiplies a number, and for whom; nothing if there are no factors."""
    parts = []
    for field, attributes in factors.items():
        for attribute, levels in attributes.items():
            told = [f"{_level(attribute, level)} by {plain(factor)}" for level, factor in _turning(levels)]
            parts.append(f"the {nice(field.rpartition('.')[2])} is multiplied for {both(told)}")
    return sentence("; ".join(parts)) if parts else ""


def _turning(levels: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """Levels with their factors; of numbers those at which the factor changes."""
    rows = list(levels.items())
    return [
        row for before, row in zip([None, *rows], rows, strict=False)
        if before is None or not row[0].isdigit() or row[1] != before[1]
    ]


def _level(attribute: str, level: str) -> str:
    if level.lstrip("-").isdigit():
        return f"{nice(attribute)} from {level}"
    if level in ("true", "false"):
        return f"{nice(attribute)} {'yes' if level == 'true' else 'no'}"
    return f"{nice(attribute)} {nice(level)}"
