"""The two programs behind one face: documents and a block in, journal and sums out."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from glasshouse.document import Library
from glasshouse.scenario import Scenario, Seeds, load_scenario
from glasshouse.society.areas import Leaf, leaves
from glasshouse.society.coupling import Coupling
from glasshouse.society.firms import leaves_of

from .compare import Counts
from .journal import Journal
from .random_documents import SCENARIO, write


@dataclass(frozen=True)
class Lives:
    """What a program says of one block."""

    journal: Journal
    counts: Counts


def scenario_of(texts: dict[str, str], name: str = SCENARIO) -> Scenario:
    """The resolved scenario of random documents; mistakes in them are an error."""
    with tempfile.TemporaryDirectory() as folder:
        write(texts, Path(folder))
        library = Library.default().with_files(Path(folder) / name for name in texts)
        return load_scenario(name, library)


def seeds_of(scenario: Scenario) -> Seeds:
    """One seed for all three families, as `--seed` sets it."""
    return Seeds(*[str(scenario.seed)] * 3)


def block_of(scenario: Scenario, number: int) -> int:
    """One of the scenario's blocks, so that different seeds look at different leaf areas."""
    return number % sum(leaf.blocks for leaf in leaves(scenario.recipe, scenario.residents))


def by_reference(
    scenario: Scenario, block: int, population: str = "residents", coupling: Coupling | None = None
) -> Lives:
    """The slow program."""
    from glasshouse import reference

    found = reference.run_block(scenario, seeds_of(scenario), block, population=population, coupling=coupling)
    return Lives(found.tables, found.counts)


def by_kernel(
    scenario: Scenario, block: int, population: str = "residents", coupling: Coupling | None = None
) -> Lives:
    """The fast one."""
    from glasshouse import engine

    program = engine.prepare(scenario, seeds_of(scenario), population=population, coupling=coupling)
    return Lives(engine.journal_block(program, block), engine.block_counts(program, block))


def markets_of(scenario: Scenario) -> list[tuple[Leaf, int]]:
    """All blocks of firms of a scenario, each with its leaf area."""
    found = leaves_of(scenario.recipe, scenario.residents, "firms")
    return [(leaf, leaf.first_block + index) for leaf in found for index in range(leaf.blocks)]


def gathered(markets: list[tuple[Leaf, Counts]], steps: int) -> Coupling:
    """What firms hand on, from the sums of their blocks."""
    counts: dict[tuple[str, str, str], Any] = {}
    for leaf, sums in markets:
        for (step, quantity, item, standing), value in sums.items():
            if quantity == "coupling":
                series = counts.setdefault((leaf.name, item, standing), np.zeros(steps, np.int64))
                series[step] += value
    return Coupling(0, steps, counts)
