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
from glasshouse.society.areas import leaf_of

if TYPE_CHECKING:
    from glasshouse.explain import Page
    from glasshouse.making import Progress
    from glasshouse.runs import Run

SUBJECT: Final = re.compile(r"R-(\d{6,})-(\d{3,})")


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
    """The life of one synthetic subject of a run, decision by decision; `subject` is an id such as R-000123-045.

    The subject's block is simulated again from the run's own documents and seeds; it need not have been in the sample.
    """
    found = SUBJECT.fullmatch(subject)
    if found is None:
        raise UsageError(f"a subject is named like R-000123-045 (block and place in it), not `{subject}`")
    block, number = int(found[1]), int(found[2])
    scenario = kept_scenario(run.path)
    order = Order.read(run.manifest["order"])
    engine = making.compiled_side()
    program = engine.prepare(
        scenario, order.seeds, residents=order.residents, first_step=order.first_step, steps=order.steps
    )
    try:
        leaf_of(program.leaves, block)
    except ValueError as failure:
        raise UsageError(f"{subject}: {failure}; it has {sum(leaf.blocks for leaf in program.leaves)}") from None
    tables = engine.journal_block(program, block)
    residents = len(tables["subjects"])
    if number >= residents:
        raise UsageError(f"{subject}: block {block} has {residents} residents, from 000 to {residents - 1:03d}")
    columns = journal_columns(program, engine.JOURNAL)
    journal = {name: journal_frame(program, columns[name], rows) for name, rows in tables.items()}
    return told_life(journal, number, scenario, block)
