"""Factors: how a number differs between groups, as ``{FIELD: {ATTRIBUTE: {LEVEL: factor}}}``."""

from __future__ import annotations

from typing import Any, Final

from glasshouse import conditions
from glasshouse.conditions.names import did_you_mean
from glasshouse.grammar import read_value
from glasshouse.reading.forms import Form, known_sources
from glasshouse.reading.leaves import Written
from glasshouse.reading.margin import Spot, key_mark
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Map
from glasshouse.values import Value

BARE_FACTOR: Final = Written("factor", dated=False)


def factors_of(*fields_with_factors: str) -> Form:
    """``{FIELD: {ATTRIBUTE: {LEVEL: factor}}}``; a break's factor holds until the next key, and is written out."""

    def read(item: Item, spot: Spot, scope: Scope) -> dict[str, dict[str, dict[str, Value]]] | None:
        if not isinstance(item, Map):
            spot.wrong(item, "expected {FIELD: {ATTRIBUTE: {LEVEL: factor}}}")
            return None
        found = {}
        for key, below in item.entries.items():
            if key not in fields_with_factors:
                cure = did_you_mean(key, fields_with_factors)
                told = f"`{key}` takes no factors here; one of {', '.join(fields_with_factors)}{cure}"
                spot.wrong(key_mark(item, key), told)
            elif not isinstance(below, Map):
                spot.into(key).wrong(below, "expected {ATTRIBUTE: {LEVEL: factor}}")
            else:
                found[key] = _by_attribute(below, spot.into(key), scope)
        return found

    return Form(read, {"type": "object", "propertyNames": {"enum": list(fields_with_factors)}})


def _by_attribute(item: Map, spot: Spot, scope: Scope) -> dict[str, dict[str, Value]]:
    found = {}
    for key, below in item.entries.items():
        known = scope.names.attributes.get(key)
        if known is None:
            cure = did_you_mean(key, scope.names.attributes)
            spot.wrong(key_mark(item, key), f"unknown attribute `{key}`{cure}")
        elif not isinstance(below, Map):
            spot.into(key).wrong(below, "expected {LEVEL: factor}")
        else:
            found[key] = _by_level(below, key, known, spot.into(key), scope)
    return found


def _by_level(
    item: Map, attribute: str, known: conditions.AttributeName, spot: Spot, scope: Scope
) -> dict[str, Value]:
    levels = level_names(known)
    found: dict[str, Value] = {}
    for key, below in item.entries.items():
        if key not in levels:
            spot.wrong(key_mark(item, key), not_a_level(key, attribute, known))
            continue
        read = read_value(below, BARE_FACTOR, spot.into(key), None, known_sources(scope))
        if read is not None:
            found[key] = read
    if known.form != "breaks":
        return {level: found[level] for level in levels if level in found}
    return held_until_next(found, levels)


def held_until_next(found: dict[str, Any], levels: tuple[str, ...]) -> dict[str, Any]:
    """Keys at breaks: each holds until the next; bands below the first key are left out."""
    held, last = {}, None
    for level in levels:
        last = found.get(level, last)
        if last is not None:
            held[level] = last
    return held


def level_names(known: conditions.AttributeName) -> tuple[str, ...]:
    """The levels of an attribute as texts, in order."""
    if known.form == "breaks":
        return tuple(str(each) for each in known.breaks)
    return ("false", "true") if known.form == "yes" else known.levels


def not_a_level(key: str, attribute: str, known: conditions.AttributeName) -> str:
    """What is said of a key that is no level of an attribute."""
    if known.form == "breaks":
        return f"{key} is no break of `{attribute}`; breaks are {', '.join(str(each) for each in known.breaks)}"
    return f"`{key}` is no level of `{attribute}`{did_you_mean(key, level_names(known))}"
