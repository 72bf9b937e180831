"""When a step is, and what a root, a case or a term is in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from glasshouse.mechanisms.words import GROUND_WORDS, day_text, nice
from glasshouse.scenario import Scenario


def first_day(scenario: Scenario, step: int) -> date:
    """The first day of a step; steps count from the first day of the scenario's period."""
    if scenario.step == "month":
        months = scenario.since.year * 12 + scenario.since.month - 1 + step
        return date(months // 12, months % 12 + 1, 1)
    return scenario.since + timedelta(days=step * (7 if scenario.step == "week" else 1))


def moment(scenario: Scenario, step: int) -> str:
    """A step in words: March 2014; the week of 3 March 2014; 3 March 2014."""
    told = day_text(first_day(scenario, step))
    if scenario.step == "month":
        return told.partition(" ")[2]
    return f"the week of {told}" if scenario.step == "week" else told


def term_words(scenario: Scenario, end: int) -> str:
    """How long a case stands, from its end in the journal."""
    endless = {
        -1: "without end",
        -2: "for as long as its condition holds",
        -3: "for as long as the listing it comes from",
    }
    return endless.get(end) or f"until {moment(scenario, end)}"


def root_words(scenario: Scenario, root: str, subject: int, name_of: Callable[[int], str]) -> str:
    """The event or false alarm behind something, and whose it was; ``name_of`` names the subjects of the block."""
    if not root:
        return ""
    actor, name, step, _ = root.split(":")
    when = f"in {moment(scenario, int(step))}" if scenario.step == "month" else f"on {moment(scenario, int(step))}"
    if "/" in name:
        return f"a false alarm of {name} {when}"
    whose = "its own" if int(actor) == subject else f"{name_of(int(actor))}'s"
    return f"{whose} {nice(name)} {when}"


def ground_words(ground: str) -> str:
    """A ground with what it means."""
    return f"{ground}: {GROUND_WORDS[ground]}" if ground in GROUND_WORDS else ground
