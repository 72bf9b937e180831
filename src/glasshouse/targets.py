"""Targets and divisions of a scenario: figures of the world a run is held against, and groups counts are kept by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, ClassVar, Final

from glasshouse.canonical import number, write_fields
from glasshouse.conditions.names import did_you_mean
from glasshouse.grammar import read_value
from glasshouse.mechanisms.clause import Frozen, named, shown_day
from glasshouse.reading.forms import (
    IDENTITY,
    SOURCE,
    TEXT,
    Field,
    Form,
    is_complete,
    known_sources,
    note_unknown,
    read_fields,
    word,
)
from glasshouse.reading.leaves import Written, day_of, number_of
from glasshouse.reading.margin import Margin, Spot, key_mark
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Leaf, Map, Row
from glasshouse.society.recipe import Recipe
from glasshouse.vocabulary import CONFIDENCES, READINGS, TARGET_KINDS, TARGET_QUANTITIES

PERCENT: Final = Written("percent", dated=False)


def _days(item: Item, spot: Spot, scope: Scope) -> tuple[date, date] | None:
    if not isinstance(item, Map):
        spot.wrong(item, "expected {from: day, to: day}")
        return None
    note_unknown(item, ("from", "to"), spot)
    found = []
    for key in ("from", "to"):
        below = item.get(key)
        day = day_of(below)
        if below is None:
            spot.wrong(item, f"`{key}` is missing")
        elif day is None:
            spot.wrong(below, f"found {shown_day(below)}, expected a date such as 2018-01-01")
        else:
            found.append(day)
    if len(found) < 2:
        return None
    if found[1] < found[0]:
        spot.wrong(item, f"ends ({found[1]}) before it begins ({found[0]})")
        return None
    return found[0], found[1]


def _tolerance(item: Item, spot: Spot, scope: Scope) -> Decimal | None:
    """A percentage as a share; what is wrong is said of the target, with the word before it."""
    inner = Margin()
    read = read_value(item, PERCENT, Spot(inner), None, known_sources(scope))
    outer = Spot(spot.margin, spot.clause, spot.field.rpartition(".")[0])
    for mistake in inner.mistakes:
        outer.wrong(item, f"tolerance: {mistake.message}")
    return None if read is None else Decimal(read.documented[0].number / 100)


def _later(item: Item, spot: Spot, scope: Scope) -> Item:
    return item


SPAN: Final = {"type": "object", "properties": {"from": {"type": "string"}, "to": {"type": "string"}}}


class Target(Frozen):
    """A figure of the world that a run is held against."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("id", IDENTITY, required=True),
        Field("text", TEXT, required=True),
        Field("source", SOURCE, required=True),
        Field("confidence", word(CONFIDENCES)),
        Field("quantity", word(TARGET_QUANTITIES), required=True),
        Field("item", TEXT),
        Field("group", TEXT),
        Field("area", TEXT),
        Field("kind", word(TARGET_KINDS), required=True),
        Field("during", Form(_days, SPAN)),
        Field("value", Form(_later, {"type": ["number", "object"]}), required=True),
        Field("tolerance", Form(_tolerance, {"type": "string"}), required=True),
        Field("reading", word(READINGS)),
    )

    id: str
    text: str
    source: tuple[str, ...]
    confidence: str
    quantity: str
    item: str | None = None
    group: str | None = None
    area: str | None = None
    kind: str  # stock | flow | cumulative
    during: tuple[date, date] | None = None
    value: tuple[tuple[date | None, Decimal], ...]
    tolerance: Decimal  # a share: 10 percent is 0.10
    reading: str | None = None

    def write(self) -> dict[str, Any]:
        """The target as documents write it."""
        written = write_fields(self)
        if self.during is not None:
            written["during"] = {"from": str(self.during[0]), "to": str(self.during[1])}
        dated = {str(day): number(figure) for day, figure in self.value if day is not None}
        written["value"] = dated or number(self.value[0][1])
        written["tolerance"] = f"{number(self.tolerance * 100)} percent"
        return written


def read_period(item: Item | None, spot: Spot) -> dict[str, date]:
    """First and last day of a scenario."""
    found = _days(item, spot, Scope()) if item is not None else None
    return {"since": found[0], "until": found[1]} if found is not None else {}


def read_groups(item: Item | None, recipe: Recipe | None, spot: Spot) -> tuple[tuple[str, ...], ...]:
    """Declared divisions: each a list of attributes that are crossed."""
    if item is None:
        return ()
    if not isinstance(item, Row):
        spot.wrong(item, "expected lists of attributes: [[sex], [sex, income]]")
        return ()
    known = {each.id: each for each in recipe.attributes} if recipe is not None else None
    found: list[tuple[str, ...]] = []
    for index, row in enumerate(item.items):
        leaves = [each for each in (row.items if isinstance(row, Row) else []) if isinstance(each, Leaf)]
        if not isinstance(row, Row) or not leaves or len(leaves) < len(row.items):
            spot.row(index).wrong(row, "expected a list of attributes: [sex, income]")
            continue
        for leaf in leaves:
            if known is not None and leaf.text not in known:
                spot.row(index).wrong(leaf, f"unknown attribute `{leaf.text}`{did_you_mean(leaf.text, known)}")
        division = tuple(leaf.text for leaf in leaves)
        if len(set(division)) < len(division):
            spot.row(index).wrong(row, "an attribute stands twice")
        elif known is not None and len({known[each].subjects for each in division if each in known}) > 1:
            spot.row(index).wrong(row, "attributes of residents and of firms are not crossed")
        elif any(set(division) == set(other) for other in found):
            spot.row(index).wrong(row, "the division stands twice")
        found.append(division)
    return tuple(found)


def read_targets(
    item: Item | None, recipe: Recipe | None, items: dict[str, str] | None, margin: Margin, scope: Scope
) -> tuple[Target, ...]:
    """All targets of a scenario; ``items`` are the names results use, None where they are not known."""
    if item is None:
        return ()
    if not isinstance(item, Row):
        Spot(margin, scope.document, "targets").wrong(item, "expected a list of targets")
        return ()
    read = [_target(each, index, recipe, items, margin, scope) for index, each in enumerate(item.items)]
    seen: set[str] = set()
    for each in item.items:
        found = named(each, "")
        if found and found in seen and isinstance(each, Map):
            Spot(margin, f"{scope.document}.targets.{found}").wrong(each.entries["id"], "the id stands twice")
        seen.add(found)
    return tuple(each for each in read if each is not None)


def _target(
    item: Item, index: int, recipe: Recipe | None, items: dict[str, str] | None, margin: Margin, scope: Scope
) -> Target | None:
    spot, before = Spot(margin, f"{scope.document}.targets.{named(item, str(index))}"), margin.wrong
    if not isinstance(item, Map):
        spot.wrong(item, "a target is a map: id, text, source, quantity, kind, value, tolerance")
        return None
    found = read_fields(item, Target.FIELDS, spot, scope)
    whole = is_complete(found, [field for field in Target.FIELDS if field.name != "value"])
    written = found.pop("value", None)
    value = _figures(written, found.get("kind"), item, spot) if written is not None else None
    if "item" in found and items is not None:
        if found["item"] not in items:
            near = did_you_mean(found["item"], items)
            spot.wrong(item.entries["item"], f"unknown item `{found['item']}`{near}")
        found["item"] = items.get(found["item"], found["item"])
    if recipe is not None:
        _check_whereabouts(item, found, recipe, spot)
    if margin.wrong > before or value is None or not whole:
        return None
    found.setdefault("confidence", "invented" if found["source"] == ("invented",) else "background")
    return Target(**found, value=value)


def _check_whereabouts(item: Map, found: dict[str, Any], recipe: Recipe, spot: Spot) -> None:
    areas = [row.area for row in recipe.areas]
    if "area" in found and found["area"] not in areas:
        near = did_you_mean(found["area"], areas)
        spot.into("area").wrong(item.entries["area"], f"unknown areas `{found['area']}`{near}")
    levels = {each.id: each.level_names for each in recipe.attributes}
    for part in str(found.get("group", "")).split("&") if "group" in found else ():
        attribute, _, level = part.partition("=")
        if found["group"] != "all" and level not in levels.get(attribute, ()):
            told = f"`{part}` is no ATTRIBUTE=LEVEL of the recipe; several are joined with &"
            spot.into("group").wrong(item.entries["group"], told)


def _figures(
    written: Item, kind: str | None, item: Map, spot: Spot
) -> tuple[tuple[date | None, Decimal], ...] | None:
    """One number for a flow, numbers at dates for a stock or running total."""
    if kind == "flow":
        if "during" not in item.entries:
            spot.wrong(item, "a flow needs `during`: from which day to which day?")
        figure = number_of(written.text) if isinstance(written, Leaf) else None
        if figure is None or figure < 0:
            spot.wrong(written, "a flow has one number")
        return ((None, figure),) if figure is not None and figure >= 0 else None
    if kind is None:
        return None
    if "during" in item.entries:
        spot.wrong(key_mark(item, "during"), "`during` belongs to a flow")
    what = "a stock" if kind == "stock" else "a running total"
    if not isinstance(written, Map) or not written.entries:
        spot.wrong(written, f"{what} has values at dates")
        return None
    return _at_dates(written, kind, what, spot)


def _at_dates(written: Map, kind: str, what: str, spot: Spot) -> tuple[tuple[date | None, Decimal], ...] | None:
    found: list[tuple[date | None, Decimal]] = []
    for key, below in written.entries.items():
        day, figure = day_of(written.keys[key]), number_of(below.text) if isinstance(below, Leaf) else None
        if day is None or figure is None or figure < 0:
            spot.wrong(below if day is not None else key_mark(written, key), f"{what} has values at dates")
            return None
        found.append((day, figure))
    days = [day for day, _ in found if day is not None]
    if any(later <= earlier for earlier, later in pairwise(days)):
        spot.wrong(written, "dates must rise")
        return None
    figures = [figure for _, figure in found]
    if kind == "cumulative" and figures != sorted(figures):
        spot.wrong(written, "a running total cannot fall")
        return None
    return tuple(found)
