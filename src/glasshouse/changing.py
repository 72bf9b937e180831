"""The other side of a comparison: the scenario a run keeps, with a change, carried out as the run was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glasshouse import runs
from glasshouse.errors import RunFailed, UsageError
from glasshouse.keeping import CANONICAL, FACTS
from glasshouse.order import Order
from glasshouse.results import MANIFEST
from glasshouse.scenario import Scenario, load_scenario
from glasshouse.shelf import Library

if TYPE_CHECKING:
    from glasshouse.runs import Run


@dataclass(frozen=True)
class Change:
    """What is asked to be different: fields set, clauses left out, policies added or replaced, the reading."""

    sets: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    policy_files: tuple[Path, ...] = ()
    reading: str | None = None

    def __bool__(self) -> bool:
        return bool(self.sets or self.without or self.policy_files or self.reading)

    @property
    def asked(self) -> dict[str, Any]:
        """As a scenario is loaded with it."""
        return {"policy_files": self.policy_files, "sets": self.sets, "without": self.without, "reading": self.reading}


def is_run(path: Path | str) -> bool:
    """Whether a run directory (finished or not) stands at a path."""
    return (Path(path) / MANIFEST).is_file() or (Path(path) / "UNFINISHED").is_file()


def changed_scenario(run: Run, change: Change) -> Scenario:
    """The scenario a run keeps, with a change. Raises InvalidDocuments with all mistakes."""
    if not change:
        raise UsageError("no change is asked for: give --set, --without, --policy or --reading")
    folder = run.path / CANONICAL
    found = sorted(folder.glob("scenario-*.yaml"))
    if len(found) != 1:
        raise RunFailed(f"{run.path} does not keep the documents it was made from: {folder} holds no scenario")
    return load_scenario(found[0], Library((folder, run.path / FACTS)), **change.asked)


def run_changed(
    run: Run, change: Change | Scenario, folder: Path, *, threads: int | None = None,
    files: Iterable[Path | str] = (),
) -> Run:  # fmt: skip
    """The same people, period and luck under a change (or another scenario), as a run of its own."""
    scenario = change if isinstance(change, Scenario) else changed_scenario(run, change)
    order = replace(Order.read(run.manifest["order"]), panel=0, journal=())
    return runs.carry_out(scenario, order, folder, threads=threads, files=tuple(files))
