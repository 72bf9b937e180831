"""A scenario in plain words: which policies, on which society, over which time, held against which figures."""

from __future__ import annotations

from collections.abc import Iterator

from glasshouse.explain.page import SENTENCE, Line, Page, heading, note
from glasshouse.explain.policies import sections
from glasshouse.explain.values import force_text
from glasshouse.mechanisms import response
from glasshouse.mechanisms.words import day_text, digits, nice
from glasshouse.scenario import Scenario, Target


def explain_scenario(scenario: Scenario) -> Page:
    """A whole scenario; its policies are explained one by one by :func:`explain`."""
    lines = [
        Line(SENTENCE, scenario.text, 0, None, scenario.source),
        *_frame(scenario),
        heading("Policies, in the order that breaks ties"),
        *_policies(scenario),
        *_responses(scenario),
        *_targets(scenario),
    ]
    return Page(f"{scenario.title} ({scenario.name})", tuple(lines))


def _frame(scenario: Scenario) -> Iterator[Line]:
    recipe = scenario.recipe
    size = digits(scenario.residents if scenario.residents is not None else recipe.residents)
    yield note(f"Society: {recipe.title} ({recipe.name}), built for {size} synthetic residents; nobody in it is real.")
    yield note(f"Conduct: {scenario.conduct.title} ({scenario.conduct.name}).")
    yield note(f"Period: {day_text(scenario.since)} to {day_text(scenario.until)}, {scenario.step} by {scenario.step}.")
    yield note(f"Reading: {scenario.reading}. Where the two readings of a fact differ, this one is simulated.")
    yield note(f"Seed {scenario.seed}; replications: {scenario.replications}.")


def _policies(scenario: Scenario) -> Iterator[Line]:
    for policy in scenario.policies:
        yield Line(SENTENCE, f"{policy.title}. {policy.text}", 0, policy.name, policy.source)
        counts = [f"{len(clauses)} {section}" for section, clauses in sections(policy) if clauses]
        where = f"in {policy.jurisdiction}, {force_text(policy.in_force)}"
        yield note(f"{policy.authority.name} ({policy.authority.kind}), {where}: {', '.join(counts)}.", 1)


def _responses(scenario: Scenario) -> Iterator[Line]:
    if scenario.conduct.responses:
        yield heading("How sanctions change conduct")
    for clause in scenario.conduct.responses:
        yield Line(SENTENCE, clause.text, 0, clause.id, clause.source, clause.confidence)
        yield Line(SENTENCE, response.say(clause), 1, None, clause.source, clause.confidence)


def _targets(scenario: Scenario) -> Iterator[Line]:
    if scenario.targets:
        yield heading("Figures the run is held against")
    for target in scenario.targets:
        yield Line(SENTENCE, target.text, 0, target.id, target.source, target.confidence)
        yield note(_target_text(target), 1)


def _target_text(target: Target) -> str:
    what = nice(target.quantity) + (f" of {target.item}" if target.item else "")
    values = ", ".join(digits(number) + (f" on {day_text(day)}" if day else "") for day, number in target.value)
    span = f" from {day_text(target.during[0])} to {day_text(target.during[1])}" if target.during else ""
    reading = f", in the {target.reading} reading only" if target.reading else ""
    return f"A {target.kind} of {what}{span}: {values}, within {digits(target.tolerance * 100)} percent{reading}."
