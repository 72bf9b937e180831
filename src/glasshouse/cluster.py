"""Blocks on the workers of a Dask cluster, here or on other machines: an optional extra, ``glasshouse[cluster]``.

A job is a range of the roll and everything that is needed to simulate it: documents, order, seeds. It knows nothing of
a run directory; what it gives back is a part as it is kept, with its checksum. So a job whose worker is lost is run
again on another worker, and nothing but time is lost. Whoever can reach the scheduler of a Dask cluster can have its
workers run any code: a cluster is used at a loopback address or over TLS, and elsewhere only if that is asked for.
"""

from __future__ import annotations

import ipaddress
import json
import re
import tempfile
import threading
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from glasshouse.counts import Tally
from glasshouse.errors import RunFailed, UsageError
from glasshouse.keeping import CANONICAL, FACTS, kept_scenario
from glasshouse.order import Order
from glasshouse.parts import Gathering, written
from glasshouse.plan import code_digest
from glasshouse.roll import Range, Roll
from glasshouse.society.coupling import Coupling

if TYPE_CHECKING:
    from glasshouse.engine import Program

LOCAL: Final = "local"
PROTECTED: Final = frozenset({"tls", "wss"})
ADDRESS: Final = re.compile(r"(?:(?P<scheme>[a-z]+)://)?(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<host>[\w.-]+))(?::\d+)?")
PATIENCE: Final = 60
"""Seconds to wait for the first worker of a cluster."""
LARGEST_JOB: Final = 4096
"""Blocks a job at most: some seconds, which is what a lost worker costs."""
JOBS_A_WORKER: Final = 8
LOSSES: Final = 10
"""So often a job is given to another worker when its own is lost, in a cluster that Glasshouse starts itself."""


@dataclass(frozen=True)
class Task:
    """A range of blocks with all that is needed to simulate it anywhere."""

    code: str
    run: str
    documents: bytes
    order: str
    population: str
    replication: int
    span: Range
    chunk: int
    coupling: str = ""
    """What residents are told of firms."""


def packed_documents(run: Path) -> bytes:
    """The documents of a run directory from which it runs again, to be sent along."""
    folders = (run / CANONICAL, run / FACTS)
    texts = {path.relative_to(run).as_posix(): path.read_text(encoding="utf-8")
             for folder in folders for path in sorted(folder.glob("*.yaml"))}  # fmt: skip
    return zlib.compress(json.dumps(texts).encode("utf-8"))


# --- on a worker ---------------------------------------------------------------------------------------------------

_known: dict[tuple[str, str, int], tuple[Program, Roll, Tally]] = {}
_lock = threading.Lock()


def _ready(task: Task) -> tuple[Program, Roll, Tally]:
    """The program of a task, made once in a worker."""
    key = (task.run, task.population, task.replication)
    with _lock:
        if key not in _known:
            _known.clear()
            _known[key] = _prepared(task)
        return _known[key]


def _prepared(task: Task) -> tuple[Program, Roll, Tally]:
    from glasshouse import engine

    with tempfile.TemporaryDirectory(prefix="glasshouse-") as folder:
        for name, text in json.loads(zlib.decompress(task.documents)).items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        scenario = kept_scenario(Path(folder))
    order = Order.read(json.loads(task.order))
    program = engine.prepare(
        scenario, order.seeds_of(task.replication),
        residents=order.residents, first_step=order.first_step, steps=order.steps, population=task.population,
        coupling=Coupling.read(task.coupling) if task.coupling else None,
    )  # fmt: skip
    return program, Roll(program.leaves, order.sample), Tally(program)


def simulate(task: Task) -> bytes:
    """Simulates a range, on a worker: the bytes of its part. Raises RunFailed where the worker has other code."""
    from glasshouse import engine

    if task.code != code_digest():
        raise RunFailed("a worker of the cluster has another version of Glasshouse than this; install the same on all")
    program, roll, tally = _ready(task)
    roll = Roll(roll.leaves, Order.read(json.loads(task.order)).sample)  # of this thread alone
    gathering = Gathering(task.run, task.population, task.replication)
    for job in roll.jobs(*task.span, task.chunk):
        sums = engine.run_blocks(program, job.leaf, job.blocks)
        gathering.add(job, sums, tally.totals(sums))
    return written(gathering.taken())


# --- on the side that asks -----------------------------------------------------------------------------------------


def insist_on_a_safe_place(address: str, *, unprotected: bool = False) -> None:
    """Raises UsageError for a scheduler that others on the network could reach, too, and without the extra."""
    distributed_here()
    if address == LOCAL:
        return
    parts = ADDRESS.fullmatch(address)
    if parts is None:
        raise UsageError(f"a scheduler's address is written tls://HOST:PORT or tcp://HOST:PORT, not `{address}`")
    host = (parts["host"] or parts["six"]).lower()
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = host == "localhost"
    if not (here or unprotected or parts["scheme"] in PROTECTED):
        raise UsageError(
            f"{address} is neither on this machine nor reached over TLS: whoever reaches a Dask scheduler owns its "
            "workers. Use a tls:// address, or say --unprotected if the network between is yours alone"
        )


def distributed_here() -> Any:
    """Dask's `distributed`. Raises UsageError where the extra is not installed."""
    try:
        import distributed
    except ImportError:
        raise UsageError("--cluster needs the extra `cluster`: pip install 'glasshouse[cluster]'") from None
    return distributed


class Cluster:
    """A Dask cluster in use: `local`, started here and ended with us, or one that stands at an address."""

    def __init__(self, address: str, *, workers: int) -> None:
        distributed = distributed_here()
        self._errors: tuple[type[BaseException], ...] = (distributed.KilledWorker, OSError)
        self._until = ExitStack()
        self._completed = distributed.as_completed
        try:
            self._client = self._until.enter_context(self._joined(distributed, address, workers))
            self.workers = self._counted(address)
        except BaseException:
            self._until.close()
            raise

    def _joined(self, distributed: Any, address: str, workers: int) -> Any:
        import dask

        if address != LOCAL:
            try:
                return distributed.Client(address, timeout=PATIENCE // 4)
            except OSError as failure:
                raise RunFailed(f"no Dask scheduler answers at {address} ({failure})") from None
        folder = self._until.enter_context(tempfile.TemporaryDirectory(prefix="glasshouse-workers-"))
        self._until.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": LOSSES}))
        made = distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None,
            local_directory=folder, memory_limit=0, silence_logs=50,
        )  # fmt: skip
        self._until.enter_context(made)
        return distributed.Client(made)

    def _counted(self, address: str) -> int:
        """Threads of all workers, after waiting for the first."""
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise RunFailed(f"the Dask scheduler at {address} has had no worker for {PATIENCE} seconds") from None
        return max(1, sum(map(int, self._client.nthreads().values())))

    def spans(self, gaps: Sequence[Range]) -> Iterator[Range]:
        """Ranges cut to jobs: some for each worker, none too long."""
        total = sum(stop - first for first, stop in gaps)
        size = min(LARGEST_JOB, max(1, -(-total // (JOBS_A_WORKER * self.workers))))
        for first, stop in gaps:
            yield from ((at, min(at + size, stop)) for at in range(first, stop, size))

    def finished(self, tasks: Iterator[Task]) -> Generator[tuple[Task, bytes], None, None]:
        """The parts of tasks, as they come. Only a few tasks are with the cluster at a time."""
        waiting: dict[Any, Task] = {}
        completed = self._completed(with_results=False)
        try:
            for task in tasks:
                self._submit(task, waiting, completed)
                if len(waiting) >= 3 * self.workers + 2:
                    yield self._next(waiting, completed)
            while waiting:
                yield self._next(waiting, completed)
        finally:
            for future in waiting:
                future.cancel()

    def _submit(self, task: Task, waiting: dict[Any, Task], completed: Any) -> None:
        key = f"glasshouse-{task.run[:16]}-{task.population}-{task.replication}-{task.span[0]}-{task.span[1]}"
        future = self._client.submit(simulate, task, key=key, pure=True)
        waiting[future] = task
        completed.add(future)

    def _next(self, waiting: dict[Any, Task], completed: Any) -> tuple[Task, bytes]:
        future = next(completed)
        try:
            return waiting.pop(future), future.result()
        except self._errors as failure:
            raise RunFailed(f"the cluster gave a job up: {failure}") from failure

    def close(self) -> None:
        """Leaves the cluster; one that was started here ends."""
        self._until.close()
