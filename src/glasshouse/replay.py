"""A run made again from its own directory: the whole of it to compare hashes, or one block to tell a life."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from glasshouse import making, runs
from glasshouse.errors import UsageError
from glasshouse.explain.life import life as told_life
from glasshouse.keeping import kept_scenario
from glasshouse.order import Order
from glasshouse.panel import journal_columns, journal_frame
from glasshouse.society.areas import RESIDENTS, leaf_of
from glasshouse.society.firms import FIRMS

if TYPE_CHECKING:
    from glasshouse.explain import Page
    from glasshouse.making import Progress
    from glasshouse.runs import Run

SUBJECT: Final = re.compile(r"([RF])-(\d{6,})-(\d{3,})")


@dataclass(frozen=True)
class Verified:
    """What running again gave: the hash kept, the hash found, and the tables that differ."""

    kept: str
    found: str
    differing: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether every bit is as it was."""
        return self.kept == self.found


def verify(run: Run, *, threads: int | None = None, progress: Progress | None = None) -> Verified:
    """Runs a run directory again from its manifest and the documents in it, and compares the hashes."""
    order = replace(Order.read(run.manifest["order"]), panel=0, journal=())
    with tempfile.TemporaryDirectory(prefix="glasshouse-verify-") as folder:
        again = runs.carry_out(
            kept_scenario(run.path), order, Path(folder) / "again", threads=threads, progress=progress, read_back=False
        )
        tables = run.manifest["tables"]
        found = again.manifest["tables"]
        differing = tuple(name for name in sorted({*tables, *found}) if tables.get(name) != found.get(name))
        return Verified(run.result_hash, again.result_hash, differing)


def life(run: Run, subject: str) -> Page:
    """The life of one synthetic subject of a run, decision by decision.

    `subject` is an id such as R-000123-045, or F-000012-045 for a firm. Its block is simulated again from the run's own
    documents and seeds; it need not have been in the sample.
    """
    found = SUBJECT.fullmatch(subject)
    if found is None:
        raise UsageError(f"a subject is named like R-000123-045 (block and place in it), a firm F-.., not `{subject}`")
    population, block, number = (RESIDENTS if found[1] == "R" else FIRMS), int(found[2]), int(found[3])
    scenario = kept_scenario(run.path)
    order = Order.read(run.manifest["order"])
    engine = making.compiled_side()
    program = engine.prepare(
        scenario, order.seeds, residents=order.residents, first_step=order.first_step, steps=order.steps,
        population=population, coupling=run.coupling(),
    )  # fmt: skip
    try:
        leaf_of(program.leaves, block)
    except ValueError as failure:
        held = sum(leaf.blocks for leaf in program.leaves)
        raise UsageError(f"{subject}: {failure} of {population}; it has {held}") from None
    tables = engine.journal_block(program, block)
    there = len(tables["subjects"])
    if number >= there:
        raise UsageError(f"{subject}: block {block} has {there} {population}, from 000 to {there - 1:03d}")
    columns = journal_columns(program, engine.JOURNAL if population == RESIDENTS else engine.FIRMS_JOURNAL)
    journal = {name: journal_frame(program, columns[name], rows) for name, rows in tables.items()}
    return told_life(journal, number, scenario, block, population)
