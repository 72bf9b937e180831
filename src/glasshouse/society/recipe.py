"""A recipe is the document a society is made from: aggregate margins, no person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Frozen


class AreaRow(Frozen):
    """One area: a whole stands before its parts. ``within`` is the document's ``in``."""

    area: str
    within: str | None = None
    residents: int
    """Filled in on resolving: a whole left silent has the recipe's residents (first) or the sum of its parts."""
    urban: Decimal | None = None
    legal_units: int | None = None
    source: tuple[str, ...] = ()
    confidence: str | None = None


class AttributeClause(Clause):
    """An attribute with finitely many levels.

    ``level_names`` in order: for ``breaks`` the numbers as text, for ``yes`` ("false", "true").
    ``shares``: without ``given`` one row under the key ""; with ``given`` one row for each level name of that
    attribute (all of them, breaks filled in: a key holds until the next key). Every row has one share a level.
    ``from_areas: urban`` has no shares.
    """

    form: str  # breaks | levels | yes | from_areas
    breaks: tuple[int, ...] = ()
    level_names: tuple[str, ...]
    shares: dict[str, tuple[Decimal, ...]] = {}
    given: str | None = None
    ordered: bool = False
    from_areas: str | None = None


class HouseholdClause(Clause):
    """A type of household: a share and its members, one condition each (None: anybody)."""

    share: Decimal
    members: tuple[Condition | None, ...]


class TieClause(Clause):
    """A tie between subjects. ``from_population``, ``to_population`` are the document's ``from`` and ``to``."""

    from_population: str
    to_population: str
    from_when: Condition | None = None
    to_when: Condition | None = None
    within: str  # household | block | area
    mean: Decimal | None = None


class Recipe(Frozen):
    """A whole recipe, resolved."""

    name: str
    title: str
    text: str
    source: tuple[str, ...]
    at: date
    residents: int
    firms: int
    propensity: str = "triangular"
    fictional: bool = False
    areas: tuple[AreaRow, ...]
    attributes: tuple[AttributeClause, ...]
    households: tuple[HouseholdClause, ...]
    ties: tuple[TieClause, ...]
