"""Glasshouse: a simulation laboratory for social-rating systems.

A policy is a document, a society is a recipe, a scenario joins them over a period with a seed. A run says what the
policies do, to whom, and how often wrongly. Nobody in it exists.

The house in order of flow::

    errors          every error, drawn as a tree
    vocabulary      the closed words
    values          numbers, durations and money as documents write them
    randomness      draws addressed by seed, population, block, subject, step and purpose (draws: the same, compiled)
    conditions/     the small language of ``when``
    reading/        a YAML text as a tree that remembers places; fields and their forms; mistakes in the margin
    grammar         the value grammar
    shelf           documents by kind and name: the library, and files put before it
    mechanisms/     what a policy can do, one file each
    canonical       a resolved document written out whole; what is hashed
    reform          a small change on another policy
    facts, policy, targets, scenario, society.recipe    documents, resolved
    document        the front door to all of them
    society/        areas, households, residents and ties of people who do not exist
    explain/        a policy in plain words; one life, decision by decision
    tables/         a scenario as flat integer arrays
    kernel/         one block through the whole period, compiled; engine: a kernel ready to run
    reference/      the same once more, slow and plain: the oracle
    disk, results   the run directory; keeping, confidence: documents and doubts kept in it
    roll, parts     the blocks of a run in one row, and what is kept of a range of them
    counts, workers, cluster, order, plan, laws, panel, making, runs    from an order to a finished run
    merging         shards of a run joined to the run; estimate: what a run will take here
    replay          a run made again, whole or one life of it
    estimates, measures/  questions asked of results, one file a family, each answer with its intervals
    designs, changing, comparison, axes, sweeps    one thing off, another side, two sides, many points; export: CSV
    summary         what a run says, and how sure it is
    cli/            the commands
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glasshouse import designs, explain, measures
    from glasshouse.comparison import compare
    from glasshouse.document import validate
    from glasshouse.errors import GlasshouseError, InvalidDocuments
    from glasshouse.merging import merge
    from glasshouse.replay import life, verify
    from glasshouse.runs import Run, open_run, resume, run
    from glasshouse.scenario import Scenario
    from glasshouse.shelf import Library
    from glasshouse.sweeps import sweep

__version__ = "0.1.0"

__all__ = [
    "Library", "validate", "Scenario", "explain", "run", "resume", "merge", "open_run", "Run", "life", "verify",
    "measures", "compare", "designs", "sweep",
    "GlasshouseError", "InvalidDocuments", "__version__",
]  # fmt: skip

_HOMES = {
    "Library": "shelf",
    "validate": "document",
    "Scenario": "scenario",
    "run": "runs",
    "resume": "runs",
    "merge": "merging",
    "open_run": "runs",
    "Run": "runs",
    "life": "replay",
    "verify": "replay",
    "compare": "comparison",
    "sweep": "sweeps",
    "GlasshouseError": "errors",
    "InvalidDocuments": "errors",
}


def __getattr__(name: str) -> object:
    """A public name, fetched from its module when it is first asked for: importing glasshouse alone is quick."""
    if name in ("explain", "measures", "designs"):
        return import_module(f"glasshouse.{name}")
    if name not in _HOMES:
        raise AttributeError(f"glasshouse has no public name `{name}`; it has {', '.join(__all__)}")
    return getattr(import_module(f"glasshouse.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
