"""Glasshouse: a simulation laboratory for social-rating systems.

A policy is a document, a society is a recipe, a scenario joins them over a period with a seed. A run says what the
policies do, to whom, and how often wrongly. Nobody in it exists.

The house in order of flow::

    errors          every error, drawn as a tree
    randomness      draws addressed by seed, population, block, subject, step, purpose
    document        a YAML file, read with file, line and column
    values          numbers, durations and money as documents write them
    conditions      the small language of ``when``
    vocabulary      the closed words
    mechanisms/     what a policy can do, one file each
    policy          clauses resolved into a Policy, kinds of events and services into a Conduct
    explain         a policy in plain words; one life, decision by decision
    society/        recipe, areas, households, residents, ties
    scenario        policies x society x period x seed
    tables          all of it as flat integer arrays
    kernel          one block through the whole period, compiled
    reference       the same once more, slow and plain: the oracle
    results         the run directory
    cli             the commands
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glasshouse.scenario import Scenario

__version__ = "0.1.0"

_HOMES = {
    "Scenario": "glasshouse.scenario",
}

__all__ = ["Scenario", "__version__"]


def __getattr__(name: str) -> object:
    """A public name, fetched from its module when it is first asked for: importing glasshouse alone is quick."""
    if name not in _HOMES:
        raise AttributeError(f"glasshouse has no public name `{name}`; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
