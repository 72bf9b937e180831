"""However a run is made, one result hash: threads, chunks, order of blocks, killed and resumed, shards, a cluster.

The compiled engine on Rongcheng with few residents; `tests/unit/test_faults.py` looks at faults one by one.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from glasshouse import making, results
from glasshouse.counts import Tally
from glasshouse.keeping import load
from glasshouse.merging import merge
from glasshouse.order import ordered
from glasshouse.parts import Gathering, finished_leaves
from glasshouse.roll import Roll
from glasshouse.runs import Run, run

ROOT = Path(__file__).parent.parent.parent
ASKED = {"residents": 12_000, "months": 12}
WORDS = ["--residents", "12000", "--months", "12"]
PROGRAM = """
import sys
from glasshouse import cli, making
making.PART_SECONDS = making.PART_SHARE = 0.0
print("ready", flush=True)
cli.main()
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run as it is when nothing happens."""
    return run("rongcheng", out=tmp_path_factory.mktemp("whole") / "run", threads=1, **ASKED)  # type: ignore[arg-type]


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("chunk", [1, 5, 501])
def test_threads_and_chunks(whole: Run, tmp_path: Path, threads: int, chunk: int) -> None:
    done = run("rongcheng", out=tmp_path / "run", threads=threads, chunk=chunk, **ASKED)  # type: ignore[arg-type]
    assert done.manifest["tables"] == whole.manifest["tables"]
    assert done.batches.equals(whole.batches)


def test_order_of_blocks() -> None:
    """Every block by itself, in three orders on one engine, whose state is the one of whatever came before."""
    scenario = load("rongcheng")
    order = ordered(scenario, **ASKED)  # type: ignore[arg-type]
    engine = making.compiled_side()
    program = engine.prepare(scenario, order.seeds, residents=order.residents, first_step=0, steps=order.steps)
    roll, tally = Roll(program.leaves), Tally(program)
    jobs = list(roll.jobs(0, len(roll), 1))
    seen = set()
    for luck in range(3):
        shuffled = list(jobs)
        random.Random(luck).shuffle(shuffled)
        sums = {job.stop: engine.run_blocks(program, job.leaf, job.blocks) for job in shuffled}
        gathering = Gathering("", "residents", 0)
        for job in jobs:
            gathering.add(job, sums[job.stop], tally.totals(sums[job.stop]))
        leaves = list(finished_leaves([gathering.taken()], roll))
        seen.add(tuple(leaf.totals.tobytes() + leaf.sums.monthly.tobytes() for leaf in leaves))
    assert len(seen) == 1


def test_seven_shards_merged(whole: Run, tmp_path: Path) -> None:
    shards = [
        run("rongcheng", out=tmp_path / f"{k}", shard=f"{k}/7", threads=1 + k % 3, **ASKED).path  # type: ignore[arg-type]
        for k in range(1, 8)
    ]
    merged = merge(shards, tmp_path / "merged")
    assert merged.manifest["tables"] == whole.manifest["tables"]
    assert merged.batches.equals(whole.batches)


def begun(words: list[str]) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
def test_killed_at_five_random_moments_and_resumed(whole: Run, tmp_path: Path) -> None:
    """SIGKILL a random while after the first part stands, five times; each time a resume begins with what is there."""
    folder, moments = tmp_path / "run", random.Random(2018)
    kills, before = 0, 0
    for _ in range(40):
        words = ["resume", str(folder)] if folder.exists() else [
            "run", "rongcheng", *WORDS, "-o", str(folder), "--chunk", "1", "--threads", "1"]  # fmt: skip
        process = begun(words)
        while process.poll() is None and len(list(folder.glob("parts/*.part"))) <= before:
            time.sleep(0.002)
        time.sleep(moments.uniform(0, 0.05))
        process.kill()
        process.communicate()
        there = len(list(folder.glob("parts/*.part")))
        kills += there > before
        before = there
        if kills == 5 or not (folder / results.MARKER).exists():
            break
    told = begun(["resume", str(folder), "--json"])
    said, errors = told.communicate()
    assert told.returncode == 0, errors
    assert Run(folder).manifest["tables"] == whole.manifest["tables"]
    assert f'"parts_reused": {before}' in said or kills < 5
    assert kills >= 3, "the run was over before it could be killed often enough"


@pytest.mark.thorough
def test_memory_does_not_grow_with_residents(tmp_path: Path) -> None:
    """Ten times the residents, in a process of its own each: less than a tenth more memory."""
    peaks = []
    for number in (400_000, 4_000_000):
        process = begun(["run", "ledger-12", "--residents", str(number), "-o", str(tmp_path / str(number)), "--json"])
        told, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        peaks.append(json.loads(told)["peak_mb"])
    assert peaks[1] < 1.1 * peaks[0], peaks


@pytest.mark.thorough
def test_a_cluster_of_which_a_worker_is_killed(whole: Run, tmp_path: Path) -> None:
    """Two workers in processes of their own; one is killed with SIGKILL as soon as the first part has come back."""
    distributed = pytest.importorskip("distributed")
    program = f"""
import os, signal
from distributed import LocalCluster
from glasshouse import cluster
from glasshouse.runs import run

if __name__ == "__main__":
    cluster.LARGEST_JOB = 2
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as made:
        victim = next(iter(made.workers.values())).pid
        killed = []

        def watch(done, total):
            if done and not killed:
                os.kill(victim, signal.SIGKILL)
                killed.append(done / total)

        done = run("rongcheng", out=r"{tmp_path / "run"}", residents=12000, months=12, chunk=3, progress=watch,
                   cluster=made.scheduler_address)
        print(killed[0], done.result_hash, done.manifest["platform"]["parts"])
"""
    (tmp_path / "program.py").write_text(program)
    answer = subprocess.run(
        [sys.executable, tmp_path / "program.py"], capture_output=True, text=True, timeout=300,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    share, found, parts = answer.stdout.split()
    assert distributed.__version__
    assert float(share) < 0.5
    assert int(parts) > 10
    assert found == whole.result_hash
