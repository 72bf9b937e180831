"""When and where each clause is in force: a span of steps for every leaf area."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from glasshouse.mechanisms.clause import Clause, InForce
from glasshouse.policy import Policy
from glasshouse.society.areas import Leaf
from glasshouse.tables.timeline import Timeline

FOREVER = 1 << 40
Span = tuple[int, int]


def exists(clause: Clause, reading: str, population: str) -> bool:
    """Whether a clause stands in this reading and concerns a population."""
    return clause.reading in (None, reading) and population in clause.subjects


def step_of(timeline: Timeline, day: date) -> int:
    """The first step whose first day is not before a day."""
    return sum(1 for first in timeline.days if first < day)


def span(timeline: Timeline, in_force: InForce | None) -> Span:
    """The steps in force: from the first, before the second."""
    if in_force is None:
        return 0, FOREVER
    end = FOREVER if in_force.until is None else sum(1 for first in timeline.days if first <= in_force.until)
    if end == timeline.steps:
        end = FOREVER
    return step_of(timeline, in_force.since), end


def spans(
    timeline: Timeline, leaves: Sequence[Leaf], policies: Sequence[Policy], policy: Policy, clause: Clause
) -> list[Span]:
    """The span of a policy's clause in every leaf; an empty one outside its jurisdiction."""
    first, end = span(timeline, policy.in_force)
    if clause.in_force is not None:
        own = span(timeline, clause.in_force)
        first, end = max(first, own[0]), min(end, own[1])
    found = []
    for leaf in leaves:
        last = end
        for other in policies:
            repealed = {policy.name, f"{policy.name}/{clause.id}"} & set(other.repeals)
            if repealed and other.jurisdiction in leaf.ancestors:
                last = min(last, step_of(timeline, other.in_force.since))
        found.append((first, last) if policy.jurisdiction in leaf.ancestors and first < last else (FOREVER, FOREVER))
    return found
