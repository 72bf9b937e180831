"""Whether a figure that a run meets was used to make it: fitted, checked or predicted.

- **fitted**: a number of the scenario's documents is this figure, or was worked out from it. To meet it proves nothing.
- **checked**: a target of the scenario that no number was worked out from.
- **predicted**: it comes out of the run, and nothing in the documents was made to meet it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from glasshouse.values import Value

if TYPE_CHECKING:
    from glasshouse.facts import Fact
    from glasshouse.scenario import Scenario
    from glasshouse.targets import Target

FITTED: Final = "fitted"
CHECKED: Final = "checked"
PREDICTED: Final = "predicted"
ROLES: Final = (FITTED, CHECKED, PREDICTED)
NOTE: Final = "Fitted"
"""How the note of a number begins that was worked out from figures."""


def fitted_to(scenario: Scenario, facts: Mapping[str, Fact]) -> frozenset[str]:
    """Ids of the facts that numbers of a scenario's documents were worked out from, with the facts those rest on."""
    open_ids = {name for value in _values(scenario) if (value.note or "").startswith(NOTE) for name in value.source}
    found: set[str] = set()
    while open_ids:
        name = open_ids.pop()
        if name in facts and name not in found:
            found.add(name)
            open_ids.update(facts[name].source)
    return frozenset(found)


def _values(thing: object) -> Iterator[Value]:
    """Every value anywhere in a document."""
    if isinstance(thing, Value):
        yield thing
    elif isinstance(thing, BaseModel):
        for name in type(thing).model_fields:
            yield from _values(getattr(thing, name))
    elif isinstance(thing, Mapping):
        for part in thing.values():
            yield from _values(part)
    elif isinstance(thing, tuple):
        for part in thing:
            yield from _values(part)


def sources_on(target: Target, day: str | date) -> tuple[str, ...]:
    """The sources of a target's figure on a day: those whose id ends with the day, else all of them."""
    own = tuple(name for name in target.source if name.endswith(f"-{day}"))
    return own or target.source


def role_of(target: Target, day: str | date, fitted: frozenset[str]) -> str:
    """Whether the figure of a target on a day was fitted or is only checked."""
    return FITTED if fitted.intersection(sources_on(target, day)) else CHECKED
