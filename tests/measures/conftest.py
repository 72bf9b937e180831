"""Small real runs that several tests ask: one fictional block with its journal, the benchmark, and changes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from glasshouse.keeping import load
from glasshouse.runs import Run, run

PERFECT = (
    "village-rules/shop.mistaken_chance=0", "village-rules/next-door.mistaken_chance=0",
    "village-rules/next-door.false_rate=0 per year",
)  # fmt: skip


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the runs of a session stand."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="session")
def village(folder: Path) -> Run:
    """The whole village, its block written down."""
    return run(load("village"), out=folder / "village", journal=[0], threads=1)


@pytest.fixture(scope="session")
def perfect_village(folder: Path) -> Run:
    """The village where no detector ever errs."""
    return run(load("village", sets=PERFECT), out=folder / "perfect", threads=1)


@pytest.fixture(scope="session")
def ledger(folder: Path) -> Run:
    """Sixteen thousand residents of the benchmark, three replications."""
    return run(load("ledger-12"), out=folder / "ledger", residents=16_000, replications=3, threads=1)


@pytest.fixture(scope="session")
def changed_village(folder: Path) -> Callable[..., Run]:
    """The village with something else: ``sets``, ``without``, seeds."""
    made: dict[str, Run] = {}

    def changed(*sets: str, without: tuple[str, ...] = (), **seeds: int) -> Run:
        name = f"{sets}{without}{sorted(seeds.items())}"
        if name not in made:
            scenario = load("village", sets=sets, without=without)
            made[name] = run(scenario, out=folder / f"changed-{len(made)}", threads=1, **seeds)
        return made[name]

    return changed
