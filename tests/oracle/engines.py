"""The two programs behind one face: documents and a block in, journal and sums out."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from glasshouse.document import Library
from glasshouse.scenario import Scenario, Seeds, load_scenario
from glasshouse.society.areas import leaves

from .compare import Counts
from .journal import Journal
from .random_documents import SCENARIO, write


@dataclass(frozen=True)
class Lives:
    """What a program says of one block."""

    journal: Journal
    counts: Counts


def scenario_of(texts: dict[str, str]) -> Scenario:
    """The resolved scenario of random documents; mistakes in them are an error."""
    with tempfile.TemporaryDirectory() as folder:
        write(texts, Path(folder))
        library = Library.default().with_files(Path(folder) / name for name in texts)
        return load_scenario(SCENARIO, library)


def seeds_of(scenario: Scenario) -> Seeds:
    """One seed for all three families, as `--seed` sets it."""
    return Seeds(*[str(scenario.seed)] * 3)


def block_of(scenario: Scenario, number: int) -> int:
    """One of the scenario's blocks, so that different seeds look at different leaf areas."""
    return number % sum(leaf.blocks for leaf in leaves(scenario.recipe, scenario.residents))


def by_reference(scenario: Scenario, block: int) -> Lives:
    """The slow program."""
    from glasshouse import reference

    found = reference.run_block(scenario, seeds_of(scenario), block)
    return Lives(found.tables, found.counts)


def by_kernel(scenario: Scenario, block: int) -> Lives:
    """The fast one."""
    from glasshouse import engine

    program = engine.prepare(scenario, seeds_of(scenario))
    return Lives(engine.journal_block(program, block), engine.block_counts(program, block))
