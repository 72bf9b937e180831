"""Counterfactual designs: the same scenario with one thing off, to be run on the same people with the same luck.

Luck belongs to names, so what is switched off takes nothing else with it: a kind of event that no longer happens moves
no draw of any other.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from glasshouse.errors import UsageError
from glasshouse.mechanisms.event import Event
from glasshouse.scenario import Scenario
from glasshouse.values import Value

__all__ = ["without_spread", "without_responses", "without_policies", "without_context", "contexts"]

NOTHING: Final = Decimal(0)


def _never(value: Value | None) -> Value | None:
    """The same rate or chance, at 0 on every day."""
    if value is None:
        return None
    return replace(
        value, range=None,
        reported=tuple(replace(entry, number=NOTHING) for entry in value.reported),
        documented=tuple(replace(entry, number=NOTHING) for entry in value.documented),
    )  # fmt: skip


def without_spread(scenario: Scenario) -> Scenario:
    """With no listing that reaches a tie: the chance of every spread clause is 0. Gates that look at ties stay."""
    policies = tuple(
        policy.model_copy(update={
            "spread": tuple(clause.model_copy(update={"chance": _never(clause.chance)}) for clause in policy.spread)
        })
        for policy in scenario.policies
    )  # fmt: skip
    return scenario.model_copy(update={"policies": policies})


def without_responses(scenario: Scenario) -> Scenario:
    """With people whom no sanction makes do anything else."""
    return scenario.model_copy(update={"conduct": scenario.conduct.model_copy(update={"responses": ()})})


def without_policies(scenario: Scenario) -> Scenario:
    """With no policy in force: only the world."""
    return scenario.model_copy(update={"policies": ()})


def contexts(scenario: Scenario) -> list[str]:
    """The contexts in which something happens that a detector of the scenario watches."""
    watched = {kind for policy in scenario.policies for each in policy.detectors for kind in each.watches}
    return list(dict.fromkeys(event.context for event in scenario.conduct.events if event.id in watched))


def without_context(scenario: Scenario, context: str) -> Scenario:
    """With nothing happening in one context: the rates and chances of its kinds of event are 0."""
    events = scenario.conduct.events
    if all(event.context != context for event in events):
        raise UsageError(f"nothing happens in `{context}` here; {', '.join(dict.fromkeys(e.context for e in events))}")
    changed = tuple(_silent(event) if event.context == context else event for event in events)
    return scenario.model_copy(update={"conduct": scenario.conduct.model_copy(update={"events": changed})})


def _silent(event: Event) -> Event:
    """A kind of event that never happens."""
    changes: dict[str, object] = {"rate": _never(event.rate)}
    if event.follows is not None:
        follows = event.follows
        changes["follows"] = follows.model_copy(update={"chance": _never(follows.chance)})
    return event.model_copy(update=changes)
