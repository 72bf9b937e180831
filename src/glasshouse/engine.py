"""The kernel's door: a scenario is prepared once, ranges of blocks are run, sums come back; a block tells its journal.

Importing this file imports numba, and the first run on a machine compiles the kernel into a cache folder that is keyed
by the sources of the kernel and the versions beneath it.
"""

from __future__ import annotations

import gc
import hashlib
import os
import platform
import tempfile
import threading
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from glasshouse.errors import RunFailed
from glasshouse.scenario import Scenario, Seeds
from glasshouse.society.areas import RESIDENTS
from glasshouse.society.coupling import Coupling
from glasshouse.society.firms import attributes_of
from glasshouse.tables import layout as at
from glasshouse.tables.counters import Counter
from glasshouse.tables.program import Program, ScoreCell, compile_program, total_steps

__all__ = [
    "FIRMS_JOURNAL",
    "JOURNAL",
    "Counter",
    "Program",
    "ScoreCell",
    "Sums",
    "compile_seconds",
    "is_compiled",
    "journal_block",
    "prepare",
    "run_blocks",
    "total_steps",
]

Counts = npt.NDArray[np.int64]
ROOT_BINS = 64


def _cache_folder() -> Path:
    """The folder of compiled kernels for these sources and versions; a temporary one where that cannot be written."""
    mark = hashlib.sha256(
        f"{numba.__version__} {np.__version__} {platform.python_version()} {platform.machine()}".encode()
    )
    here = Path(__file__).parent
    for path in sorted(
        [
            *(here / "kernel").glob("*.py"),
            *(here / "society").glob("*.py"),
            here / "draws.py",
            here / "linking.py",
            here / "tables" / "layout.py",
        ]
    ):
        mark.update(path.read_bytes())
    root = Path(
        os.environ.get("GLASSHOUSE_CACHE")
        or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "glasshouse"
    )
    folder = root / mark.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".writable").touch()
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="glasshouse-"))
    return folder


CACHE = _cache_folder()
numba.config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined]

from glasshouse.kernel import block as kernel  # noqa: E402  (numba must know the folder first)
from glasshouse.kernel.journal import FIRMS_JOURNAL, JOURNAL, rows_of  # noqa: E402
from glasshouse.kernel.state import REASONS, STATE  # noqa: E402
from glasshouse.linking import compiling  # noqa: E402
from glasshouse.society.residents import SocietyTables, compile_society, needed_mask  # noqa: E402
from glasshouse.society.ties import tie_key, tie_table  # noqa: E402


@dataclass(frozen=True)
class Sums:
    """What is left of some blocks: whole numbers that add up.

    ``monthly`` [steps, counters, strata]; ``scores`` [steps, cells, strata] (published scores, at publications);
    ``transitions`` [steps, moves]; ``lifetimes`` [list and ending, steps + 1]; ``roots`` [kinds and alarms, 64]: how
    many roots had so many sanctions, the last column 63 and more.
    """

    monthly: Counts
    scores: Counts
    transitions: Counts
    lifetimes: Counts
    roots: Counts

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.monthly + other.monthly,
            self.scores + other.scores,
            self.transitions + other.transitions,
            self.lifetimes + other.lifetimes,
            self.roots + other.roots,
        )


@dataclass(frozen=True)
class _Prepared:
    """A program with its society and ties."""

    society: SocietyTables
    needed: npt.NDArray[np.bool_]
    everything: npt.NDArray[np.bool_]
    tie_keys: npt.NDArray[np.uint64]
    tie_tables: npt.NDArray[np.uint64]
    tie_lengths: npt.NDArray[np.int64]
    asked_lengths: npt.NDArray[np.int64]
    """The same, 0 for ties that nothing asks about: a run that is not told does not draw them."""


_prepared: dict[int, tuple[Program, _Prepared]] = {}
_states = threading.local()
_lock = threading.Lock()
_seconds = 0.0
_compiled = False


def prepare(
    scenario: Scenario,
    seeds: Seeds,
    *,
    residents: int | None = None,
    first_step: int = 0,
    steps: int | None = None,
    population: str = RESIDENTS,
    coupling: Coupling | None = None,
) -> Program:
    """Compile a scenario into a program for one population: tables, counters, leaves.

    ``coupling`` is what the firms of the run have counted for its residents. Raises RunFailed where the kernel cannot
    hold the program.
    """
    if residents is None:
        residents = scenario.residents
    return compile_program(
        scenario,
        seeds,
        residents=residents,
        first_step=first_step,
        steps=steps,
        population=population,
        coupling=coupling,
    )


def _ready(program: Program) -> _Prepared:
    """The society of a program, made once."""
    known = _prepared.get(id(program))
    if known is not None and known[0] is program:
        return known[1]
    recipe = program.scenario.recipe
    ties = [
        clause
        for clause in recipe.ties
        if clause.within == "block" and clause.from_population == clause.to_population == program.population
    ]
    tables = [tie_table(clause) for clause in ties]
    longest = max([len(table) for table in tables], default=1)
    padded = np.zeros((len(ties), longest), np.uint64)
    for row, table in zip(padded, tables, strict=True):
        row[: len(table)] = table
    asked = _asked_ties(program)
    weighs = any(d.mistaken_chance is not None for p in program.scenario.policies for d in p.detectors)
    made = _Prepared(
        compile_society(recipe, program.leaves, program.seeds, program.population),
        needed_mask(
            recipe,
            program.asked,
            months=program.population == RESIDENTS and "age" in program.asked,
            look_alike=weighs,
            population=program.population,
        ),
        needed_mask(
            recipe,
            [clause.id for clause in attributes_of(recipe, program.population)],
            population=program.population,
        ),
        np.array([tie_key(clause, program.seeds) for clause in ties], np.uint64),
        padded,
        np.array([len(table) for table in tables], np.int64),
        np.array([len(table) if tie.id in asked else 0 for tie, table in zip(ties, tables, strict=True)], np.int64),
    )
    _prepared.clear()
    _prepared[id(program)] = (program, made)
    return made


def _asked_ties(program: Program) -> set[str]:
    """The ties that some condition, indicator, spread or report asks about."""
    record, names = program.record[0], program.ties
    atoms = record["atoms"][np.isin(record["atoms"]["kind"], (at.A_TIE_ANY, at.A_TIE_SHARE))]["arg"]
    others = [
        record[table]["tie"][: int(record[f"n_{table}"])] for table in ("indicators", "spreads", "detectors")
    ]
    return {names[number] for number in np.concatenate([atoms, *others]).tolist() if number >= 0}


def _state() -> Any:
    """The state record of this thread."""
    if not hasattr(_states, "record"):
        _states.record = np.zeros(1, STATE)
        _clean(_states.record)
    return _states.record


def _clean(state: Any) -> None:
    """What blocks leave as they found it."""
    state["root_key"] = -1
    state["factor"] = 1 << 16


def _size(program: Program) -> tuple[int, ...]:
    strata = len(program.strata)
    return (
        program.steps * len(program.counters) * strata,
        program.steps * len(program.scores) * strata,
        program.steps * len(program.transitions),
        len(program.lifetimes) * (program.steps + 1),
        len(program.roots) * ROOT_BINS,
    )


def run_blocks(program: Program, leaf: int, blocks: npt.NDArray[np.int64]) -> Sums:
    """Simulate blocks of a leaf (global numbers) through the run; may be called from several threads at once."""
    made = _ready(program)
    sums = np.zeros(sum(_size(program)), np.int64)
    households = np.array(
        [program.leaves[leaf].households_of(int(b) - program.leaves[leaf].first_block) for b in blocks], np.int64
    )
    _run(program, made, made.needed, sums, leaf, np.asarray(blocks, np.int64), households, 0)
    return _finished(program, leaf, sums)


def _run(
    program: Program,
    made: _Prepared,
    needed: npt.NDArray[np.bool_],
    sums: Counts,
    leaf: int,
    blocks: Counts,
    households: Counts,
    noting: int,
) -> None:
    global _seconds, _compiled
    state = _state()
    arguments = (
        program.record[0],
        state[0],
        sums.ctypes.data,
        made.society,
        needed,
        made.tie_keys,
        made.tie_tables,
        made.tie_lengths if noting else made.asked_lengths,
        leaf,
        blocks,
        households,
        noting,
    )
    if not _compiled:
        with _lock:
            if not _compiled:
                began = time.perf_counter()
                empty = np.zeros(0, np.int64)
                collects = gc.isenabled()
                gc.disable()  # compiling makes many objects and little garbage
                try:
                    with compiling():
                        kernel.run_blocks(*arguments[:9], empty, empty, noting)
                finally:
                    if collects:
                        gc.enable()
                _seconds = time.perf_counter() - began
                _compiled = True
    status, block = kernel.run_blocks(*arguments)
    if status:
        who = int(state["who"][0])
        _clean(state)
        raise RunFailed(
            f"block {block}{f', subject {who}' if who >= 0 else ''}: more than the kernel holds of {REASONS[status]}; "
            "nothing was cut, the run stopped"
        )


def compile_seconds() -> float:
    """Seconds this process spent on compiling the kernel or loading it from its cache."""
    return _seconds


def is_compiled() -> bool:
    """Whether a compiled kernel lies in the cache folder of this machine."""
    return any(CACHE.rglob("*.nbi"))


# --- sums ----------------------------------------------------------------------------------------------------------


def _finished(program: Program, leaf: int, sums: Counts) -> Sums:
    """Flows as they were counted, stocks as running sums, and what follows from both."""
    sizes = np.cumsum([0, *_size(program)])
    parts = [sums[first:last] for first, last in pairwise(sizes)]
    strata = len(program.strata)
    monthly = parts[0].reshape(program.steps, len(program.counters), strata)
    stocks = [number for number, counter in enumerate(program.counters) if counter.stock]
    monthly[:, stocks] = np.cumsum(monthly[:, stocks], axis=0)
    record = program.record[0]
    _exposures(program, leaf, monthly)
    first, last = int(record["c_open"]), int(record["c_listed_cases"])
    width = 5 * len(program.paths.lists)
    monthly[-1, first : first + width] = monthly[-1, last : last + width]
    scores = np.cumsum(parts[1].reshape(program.steps, len(program.scores), strata), axis=0)
    published = _published(program, leaf)
    for number, name in enumerate(program.paths.ratings):
        row = record["ratings"][number]
        cells = slice(int(row["cells"]), int(row["cells"] + row["bins"] * row["n_tiers"]))
        scores[~published[name], cells] = 0
    return Sums(
        monthly,
        scores,
        _moves(program, parts[2].reshape(program.steps, len(program.transitions)), published),
        parts[3].reshape(len(program.lifetimes), program.steps + 1),
        parts[4].reshape(len(program.roots), ROOT_BINS),
    )


def _in_force(program: Program, leaf: int, clause: int) -> npt.NDArray[np.bool_]:
    """In which simulated steps a clause is in force in a leaf."""
    record = program.record[0]
    first = int(record["windows"][clause]) + 2 * leaf
    steps = np.arange(program.first_step, program.first_step + program.steps)
    return (steps >= int(record["I"][first])) & (steps < int(record["I"][first + 1]))


def _exposures(program: Program, leaf: int, monthly: Counts) -> None:
    """Subject-steps without a draw in services that some gate in force consults: all subjects less those drawn."""
    record = program.record[0]
    for name in program.paths.consulted:
        row = record["services"][program.paths.services.index(name)]
        consulted = np.zeros(program.steps, np.bool_)
        for gate in range(int(row["first_gate"]), int(row["first_gate"] + row["n_gates"])):
            consulted |= _in_force(program, leaf, int(record["gates"][gate]["clause"]))
        consulted &= _in_force(program, leaf, int(row["clause"]))
        monthly[consulted, int(record["c_touched"] + row["place"])] += monthly[consulted, int(record["c_subjects"])]


def _published(program: Program, leaf: int) -> dict[str, npt.NDArray[np.bool_]]:
    """The steps in which each rating is published at its interval."""
    found = {}
    for number, name in enumerate(program.paths.ratings):
        row = program.record[0]["ratings"][number]
        held = _in_force(program, leaf, int(row["clause"]))
        since = int(np.argmax(held)) if held.any() else 0
        steps = np.arange(program.steps)
        dated, pool = program.record[0]["dated"][int(row["every"])], program.record[0]["I"]
        every = int(pool[dated["off"] + pool[dated["seg"] + program.first_step + since]])
        found[name] = held & ((steps - since + 1) % every == 0)
    return found


def _moves(program: Program, moves: Counts, published: dict[str, npt.NDArray[np.bool_]]) -> Counts:
    """Who stays is what is left of those who were there: the diagonal of each rating's moves."""
    place = {cell: number for number, cell in enumerate(program.transitions)}
    for rating in program.paths.ratings:
        tiers = program.tiers[rating]
        stock = dict.fromkeys(tiers, 0)
        for step in range(program.steps):
            for tier in tiers:
                stock[tier] -= int(moves[step, place[rating, tier, ""]])
            if not published[rating][step]:
                continue
            gone = {a: sum(int(moves[step, place[rating, a, b]]) for b in tiers if b != a) for a in tiers}
            come = {b: sum(int(moves[step, place[rating, a, b]]) for a in tiers if b != a) for b in tiers}
            for tier in tiers:
                moves[step, place[rating, tier, tier]] = stock[tier] - gone[tier]
                stock[tier] += come[tier] - gone[tier] + int(moves[step, place[rating, "", tier]])
    return moves


# --- one block's journal -------------------------------------------------------------------------------------------


def journal_block(program: Program, block: int) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that happened in one block: the tables and columns of :data:`JOURNAL`, rows sorted."""
    leaf = next(
        n for n, found in enumerate(program.leaves) if found.first_block <= block < found.first_block + found.blocks
    )
    made = _ready(program)
    households = program.leaves[leaf].households_of(block - program.leaves[leaf].first_block)
    sums = np.zeros(sum(_size(program)), np.int64)
    _run(program, made, made.everything, sums, leaf, np.array([block], np.int64), np.array([households], np.int64), 1)
    return rows_of(program, leaf, block, _state(), made.society)


def block_counts(program: Program, block: int) -> dict[tuple[int, str, str, str], int]:
    """The sums of one block as (step, quantity, item, ground) -> number, zeros left out."""
    leaf = next(
        n for n, found in enumerate(program.leaves) if found.first_block <= block < found.first_block + found.blocks
    )
    monthly = run_blocks(program, leaf, np.array([block])).monthly.sum(axis=2)
    return {
        (program.first_step + int(step), c.quantity, c.item, c.ground): int(monthly[step, number])
        for step, number in zip(*np.nonzero(monthly), strict=True)
        for c in [program.counters[number]]
    }
