"""The counters of a run: what is counted, of what, by which ground; each family a run of neighbouring columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from glasshouse.vocabulary import ENDINGS, GROUNDS

COUPLING: Final = "coupling"
"""The quantity of the counters that firms keep for residents; they stand in a table of their own."""


@dataclass(frozen=True, slots=True)
class Counter:
    """One column of counts. ``stock``: the kernel counts changes, a table shows their running sum."""

    quantity: str
    item: str
    ground: str
    stock: bool = False


@dataclass(frozen=True, slots=True)
class Paths:
    """The names behind the numbers of the tables."""

    kinds: tuple[str, ...]
    services: tuple[str, ...]
    consulted: tuple[str, ...]
    """The services with a gate: nobody counts what is asked of the others."""
    watches: tuple[str, ...]
    detectors: tuple[str, ...]
    ratings: tuple[str, ...]
    rules: tuple[str, ...]
    lists: tuple[str, ...]
    gates: tuple[str, ...]
    remedies: tuple[str, ...]
    spreads: tuple[str, ...]


def counters(
    paths: Paths, handed_on: Sequence[tuple[str, str]] | None = None
) -> tuple[tuple[Counter, ...], dict[str, int]]:
    """All counters in order, and the first of each family (under the name of its column in the record).

    ``handed_on``: what firms count for residents, as (item, standing); None for residents.
    """
    found: list[Counter] = []
    first: dict[str, int] = {}

    def family(
        column: str, quantity: str, items: tuple[str, ...], grounds: tuple[str, ...] = ("",), stock: bool = False
    ) -> None:
        first[column] = len(found)
        found.extend(Counter(quantity, item, ground, stock) for item in items for ground in grounds)

    recorded = GROUNDS[:3]
    family("c_subjects", "subjects", ("",), stock=True)
    family("c_enrolled", "enrolled", paths.ratings, stock=True)
    family("c_scores", "score_sum", paths.ratings, stock=True)
    family("c_events", "events", paths.kinds)
    family("c_missed", "missed", paths.kinds)
    family("c_records", "records", paths.watches, recorded)
    family("c_dropped", "dropped", paths.watches, ("mistaken",))
    family("c_overridden", "overridden", paths.watches, recorded)
    family("c_pending", "pending", paths.watches, recorded)
    family("c_points", "points", paths.rules, recorded)
    family("c_entered", "entered", paths.lists, GROUNDS)
    family("c_renewed", "renewed", paths.lists, GROUNDS)
    family("c_new", "new_listed", paths.lists, GROUNDS)
    family("c_left", "left", tuple(f"{name}:{ending}" for name in paths.lists for ending in ENDINGS), GROUNDS)
    family("c_listed", "listed", paths.lists, GROUNDS, stock=True)
    family("c_listed_cases", "listed_cases", paths.lists, GROUNDS, stock=True)
    family("c_wrongly", "wrongly_listed", paths.lists, GROUNDS, stock=True)
    family("c_spared_list", "spared_by_error", paths.lists, stock=True)
    for column, quantity in (
        ("c_requests", "requests"),
        ("c_granted", "granted"),
        ("c_attempts", "attempts"),
        ("c_refused_attempts", "refused_attempts"),
    ):
        family(column, quantity, paths.consulted)
    family("c_refused_requests", "refused_requests", paths.consulted, GROUNDS)
    for column, quantity in (
        ("c_refused_subjects", "refused_subjects"),
        ("c_first_refused", "first_refused"),
        ("c_circumvented", "circumvented"),
    ):
        family(column, quantity, paths.consulted)
    family("c_wrongly_refused", "wrongly_refused", paths.consulted, GROUNDS)
    family("c_spared_service", "spared_by_error", paths.consulted)
    family("c_touched", "exposure", paths.consulted)
    for column, quantity in (
        ("c_refused_by", "refused_by"),
        ("c_also", "also_refused"),
        ("c_burdened", "burdened"),
        ("c_benefited", "benefited"),
        ("c_benefit_amount", "benefit_amount"),
        ("c_gate_overridden", "overridden"),
    ):
        family(column, quantity, paths.gates, GROUNDS)
    family("c_open", "open", paths.lists, GROUNDS)
    if handed_on is not None:
        family("c_ended", "ended", ("",))
        family("c_founded", "founded", ("",))
        found.extend(Counter(COUPLING, item, standing) for item, standing in handed_on)
    return tuple(found), first
