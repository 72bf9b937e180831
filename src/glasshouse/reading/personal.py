"""What looks like a real person's: identity numbers, telephone numbers, addresses of mail, lists of individuals.

Documents hold aggregates. Whatever could name one person is refused wherever it stands outside ``source``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from glasshouse.reading.margin import Margin, Spot
from glasshouse.reading.tree import Item, Leaf, Map, Row

IDENTITY: Final = re.compile(r"(?<![0-9A-Za-z])(\d{6})(\d{8})(\d{3})([\dXx])(?![0-9A-Za-z])")
MOBILE: Final = re.compile(
    r"(?<![\d.])(?:\+|00)?(?:86)?[- ]?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\d.]|[ ]?(?:yuan|percent|residents|firms|per))"
)
ABROAD: Final = re.compile(r"(?<![\w.])\+[1-9]\d{0,2}[- .]?(?:\(\d{1,4}\)[- .]?)?\d{2,4}(?:[- .]?\d{2,4}){2,4}(?![\w])")
MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}(?!\w)")
WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS: Final = "10X98765432"
MANY: Final = 20
SECTIONS: Final = frozenset(
    (
        "enrolment", "detectors", "ratings", "rules", "indicators", "lists", "spread", "gates", "remedies", "events",
        "services", "responses", "areas", "attributes", "households", "ties", "targets", "facts", "publications", "add",
    )
)  # fmt: skip
"""Sections of the language itself: their rows are clauses, areas and figures, checked field by field."""


def note_personal(tree: Map, margin: Margin) -> None:
    """Note everything in a document that looks like a real person's."""
    spot = Spot(margin)
    for leaf in _leaves(tree):
        what = personal(leaf.text)
        if what:
            spot.wrong(leaf, f"found what looks like {what}: documents hold aggregates, never a person's own")
    for row in _extra_lists(tree, section=False):
        key = _distinct_key(row)
        if key is not None:
            told = f"a list of {len(row.items)} entries told apart by `{key}` looks like a list of individuals"
            spot.wrong(row, f"{told}: documents hold aggregates, never a person's own")


def personal(text: str) -> str:
    """What kind of personal mark a text holds, or nothing."""
    if any(is_identity_number("".join(match.groups())) for match in IDENTITY.finditer(text)):
        return "an identity number"
    if MOBILE.search(text) or ABROAD.search(text):
        return "a telephone number"
    return "an e-mail address" if MAIL.search(text) else ""


def is_identity_number(text: str) -> bool:
    """Whether 18 signs are a valid resident identity number: a birth date that exists and a right check digit."""
    try:
        born = date.fromisoformat(f"{text[6:10]}-{text[10:12]}-{text[12:14]}")
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, text, strict=False))
    return 1850 <= born.year <= 2100 and text[0] != "0" and CHECKS[total % 11] == text[17].upper()


def _leaves(item: Item) -> Iterator[Leaf]:
    """All texts of a document, keys too, but what stands under ``source``."""
    if isinstance(item, Leaf):
        yield item
    elif isinstance(item, Row):
        for each in item.items:
            yield from _leaves(each)
    else:
        for key, below in item.entries.items():
            yield item.keys[key]
            if key not in ("source", "url"):
                yield from _leaves(below)


def _extra_lists(item: Item, section: bool) -> Iterator[Row]:
    """Lists that are no section of the language."""
    if isinstance(item, Row):
        if not section:
            yield item
        for each in item.items:
            yield from _extra_lists(each, False)
    elif isinstance(item, Map):
        for key, below in item.entries.items():
            if key != "source":
                yield from _extra_lists(below, key in SECTIONS)


def _distinct_key(row: Row) -> str | None:
    """A key that every entry of a long list has, with another value in each."""
    maps = [each for each in row.items if isinstance(each, Map)]
    if len(maps) < MANY or len(maps) < len(row.items):
        return None
    for key in maps[0].entries:
        found = [each.get(key) for each in maps]
        texts = {leaf.text for leaf in found if isinstance(leaf, Leaf)}
        if len(texts) == len(maps):
            return key
    return None
