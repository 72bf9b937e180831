"""M1: how often the system believes something false, of whom, and what those people bear for it.

A *check* is one look of a detector at one subject in one step, for one watched kind; it is false where a record charges
a subject with what that subject did not do. Checks without a record are not counted by the run but follow from who
lives where the detector is in force. A share of false checks can be tiny while most hits are false: both are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from glasshouse.counts import begins
from glasshouse.measures.counted import FALSE_GROUNDS, Counted, Figure
from glasshouse.measures.figure import Measure, Measures

if TYPE_CHECKING:
    from glasshouse.policy import Policy
    from glasshouse.runs import Run


def false_hits(checks: float, false_positive_rate: float, breaches: float, hit_rate: float) -> tuple[float, float]:
    """The base-rate argument: false hits among so many checks, and the share of all hits that are false."""
    false = (checks - breaches) * false_positive_rate
    true = breaches * hit_rate
    return false, (false / (false + true) if false + true else 0.0)


def misidentification(run: Run, groups: bool = True) -> Measures:
    """M1 of a run: false records by detector and group, and what is borne wrongly.

    ``groups`` asks for the declared groups beside ``all``; a record counts in the group of whom it charges.
    """
    counted = Counted(run)
    found: list[Measure] = []
    for group in counted.groups if groups else ["all"]:
        for watched in counted.items("records"):
            found += _of_records(counted, watched, group)
        found += _borne(counted, group)
    return counted.answer(
        "M1 Misidentification load", found,
        "A check is one look of a detector at one subject in one step for one kind.",
        "Wrongful follows the truthful standing: a true record leads to a wrongful refusal where that needed a second, "
        "false one.",
    )  # fmt: skip


def _of_records(counted: Counted, watched: str, group: str) -> Iterator[Measure]:
    false = counted.of("records", item=watched, grounds=FALSE_GROUNDS, group=group)
    own = counted.of("records", item=watched, grounds=("own",), group=group)
    made = false + own
    if not made.counted:
        return
    yield counted.ratio(
        "M1", "false share of records", false, made, "of records",
        "Of the records made, so many charge somebody who did not do it.", item=watched, group=group,
    )  # fmt: skip
    checks = _checks(counted, watched, group)
    if checks is not None:
        yield counted.ratio(
            "M1", "false positive rate", false, checks - own, "per check of an innocent subject",
            "Of the looks at subjects who had done nothing, so many ended in a record against them.",
            item=watched, group=group,
        )  # fmt: skip


def _checks(counted: Counted, watched: str, group: str) -> Figure | None:
    """Subject-steps in which the detector was in force where the subject lives; None for an unknown detector."""
    path = watched.partition(":")[0]
    for policy in counted.scenario.policies:
        for detector in policy.detectors:
            if path == f"{policy.name}/{detector.id}":
                force = detector.in_force or policy.in_force
                return _lived(counted, policy, force.since, force.until, group)
    return None


def _lived(counted: Counted, policy: Policy, since: date, until: date | None, group: str) -> Figure:
    """Subject-steps of a group inside a policy's jurisdiction and between two dates."""
    labels = tuple(counted.run.manifest["labels"])
    held = sum(since <= day and (until is None or day <= until) for day in begins(labels))
    end = counted.of("subjects", group=group, at_end=True)
    everywhere = policy.jurisdiction in ("", "everywhere")
    names = zip(counted.cells.names, counted.cells.parents, strict=True)
    inside = np.array([everywhere or policy.jurisdiction in (name, *parents) for name, parents in names])
    if inside.all() or end.batches is None:
        return end * held
    batches = np.where(inside[counted.cells.place], end.batches, 0.0)
    rows = counted.run.table("monthly").filter(
        (pl.col("quantity") == "subjects") & (pl.col("group") == group)
        & (pl.col("month") == counted.run.manifest["period"]["last"]) & (pl.col("population") == counted.population)
    ).collect()  # fmt: skip
    weight = dict(zip(counted.cells.names, counted.cells.weight * inside, strict=True))
    total = sum(weight[area] * value for area, value in rows.select("area", "value").iter_rows())
    totals = np.full(counted.replications, total / counted.replications)
    return Figure(totals, batches, int(batches.sum())) * held


def _borne(counted: Counted, group: str) -> Iterator[Measure]:
    years = counted.subject_years(group)
    refused = counted.of("wrongly_refused", group=group)
    yield counted.ratio(
        "M1", "wrongful refusals", refused, years, "per 100,000 subject-years",
        "Requests refused that would have been granted if every record were true.", group=group, scale=1e5,
    )  # fmt: skip
    listed = counted.of("wrongly_listed", group=group) * counted.step_days
    yield counted.ratio(
        "M1", "wrongful listed days", listed, years, "days per 1,000 subject-years",
        "Days on a list of subjects who would not be on it if every record were true (each list by itself).",
        group=group, scale=1e3,
    )  # fmt: skip
    every = counted.of("listed", group=group)
    yield counted.ratio(
        "M1", "wrongful share of listed time", counted.of("wrongly_listed", group=group), every, "of listed time",
        "Of the time spent on lists, so much was spent there wrongly.", group=group,
    )  # fmt: skip
    requests = counted.of("refused_requests", group=group)
    yield counted.ratio(
        "M1", "wrongful share of refusals", refused, requests, "of refused requests",
        "Of the requests refused, so many were refused wrongly.", group=group,
    )  # fmt: skip
