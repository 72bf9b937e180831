"""Maps and rows of maps inside a clause, read into models of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from glasshouse.reading.forms import Field, Form, is_complete, read_fields
from glasshouse.reading.margin import Spot
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Map, Row

Check = Callable[[Map, dict[str, Any], Spot, Scope], None]
"""A check of one part or row after its fields were read: the map, what was found, its spot, the scope."""


def part(model: Any, check: Check | None = None) -> Form:
    """A map read into a model; None, with the mistakes noted, where something in it is wrong."""

    def read(item: Item, spot: Spot, scope: Scope) -> Any:
        if not isinstance(item, Map):
            keys = ", ".join(each.name for each in model.FIELDS)
            spot.wrong(item, f"expected a map with {keys}")
            return None
        before = spot.margin.wrong
        found = read_fields(item, model.FIELDS, spot, scope)
        if check is not None:
            check(item, found, spot, scope)
        whole = spot.margin.wrong == before and is_complete(found, model.FIELDS)
        return model(**found) if whole else None

    return Form(read, schema_of(model.FIELDS))


def rows(model: Any, check: Check | None = None) -> Form:
    """A list of maps, each read into a model; rows that are wrong are noted and left out."""
    one = part(model, check)

    def read(item: Item, spot: Spot, scope: Scope) -> Any:
        if not isinstance(item, Row) or not item.items:
            spot.wrong(item, "the list is empty" if isinstance(item, Row) else "expected a list of rows")
            return None
        found = [one.read(each, spot.row(index), scope) for index, each in enumerate(item.items)]
        return tuple(found) if None not in found else None

    return Form(read, {"type": "array", "items": one.schema})


def schema_of(fields: tuple[Field, ...]) -> dict[str, Any]:
    """JSON Schema of a map with these fields."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {each.name: each.form.schema for each in fields},
        "required": [each.name for each in fields if each.required],
    }
