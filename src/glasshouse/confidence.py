"""How well the numbers of a scenario are known: each number of its documents with the confidence it stands under.

A note on a number outranks its row, a row its clause. Numbers that only repeat a default of the language are nobody's
claim and are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from glasshouse.mechanisms.clause import Clause
from glasshouse.society.recipe import AttributeClause, HouseholdClause, TieClause
from glasshouse.values import Value
from glasshouse.vocabulary import CONFIDENCES

if TYPE_CHECKING:
    from glasshouse.scenario import Scenario

DEFAULTS: Final[dict[str, int]] = {
    "coverage": 1, "hit_chance": 1, "mistaken_chance": 0, "false_rate": 0, "delay": 0, "instances": 1, "attempts": 1,
    "evade_chance": 0, "share": 1, "withdraw": 0, "chance": 1, "evasion_caught": 1, "after": 0, "decision": 0,
    "success": 1, "outrank_chance": 0, "wrong_chance": 0, "otherwise": 0,
}  # fmt: skip
"""Fields and what they are where a document says nothing."""


def _is_default(field: str, value: Value) -> bool:
    series = value.reported
    if value.confidence or value.source or value.reported != value.documented or len(series) != 1:
        return False
    return series[0].unit in ("none", "while", "as_source") or series[0].number == DEFAULTS.get(field)


def _inside(thing: object, field: str, confidence: str) -> Iterator[str]:
    """The confidence of every number in a part of a clause."""
    if isinstance(thing, Value):
        if not _is_default(field, thing):
            yield thing.confidence or confidence
    elif isinstance(thing, BaseModel):
        own = getattr(thing, "confidence", None) or confidence
        for name in type(thing).model_fields:
            yield from _inside(getattr(thing, name), name, own)
    elif isinstance(thing, Mapping):
        for part in thing.values():
            yield from _inside(part, field, confidence)
    elif isinstance(thing, tuple):
        for part in thing:
            yield from _inside(part, field, confidence)


def _of_recipe(clause: Clause) -> int:
    """How many numbers a clause of a recipe states."""
    if isinstance(clause, AttributeClause):
        return sum(len(row) for row in set(clause.shares.values()))
    if isinstance(clause, HouseholdClause):
        return 1
    return int(isinstance(clause, TieClause) and isinstance(clause.mean, Decimal))


def _confidences(scenario: Scenario) -> Iterator[str]:
    recipe, conduct = scenario.recipe, scenario.conduct
    for clause in (*recipe.attributes, *recipe.households, *recipe.ties):
        yield from [clause.confidence] * _of_recipe(clause)
    for row in recipe.areas:
        yield row.confidence or "background"
    for part in (*conduct.events, *conduct.services, *conduct.responses):
        yield from _inside(part, "", part.confidence)
    for policy in scenario.policies:
        sections = (
            policy.enrolment, policy.detectors, policy.ratings, policy.rules, policy.indicators, policy.lists,
            policy.spread, policy.gates, policy.remedies,
        )  # fmt: skip
        for section in sections:
            for entry in section:
                yield from _inside(entry, "", entry.confidence)


def numbers_by_confidence(scenario: Scenario) -> dict[str, int]:
    """How many numbers of a scenario's documents stand under each confidence, in the order of the vocabulary."""
    counted = Counter(_confidences(scenario))
    return {name: counted[name] for name in CONFIDENCES}


def invented_share(scenario: Scenario) -> float:
    """The share of a scenario's numbers that are invented."""
    counted = numbers_by_confidence(scenario)
    total = sum(counted.values())
    return counted["invented"] / total if total else 0.0
