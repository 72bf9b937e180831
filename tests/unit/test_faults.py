"""Faults: a run that is killed, stopped or fails leaves no directory, or one that says it is no result."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from glasshouse import making, results
from glasshouse.errors import RunFailed
from glasshouse.runs import Run, run
from unit.fake_engine import FakeEngine, scenario

ROOT = Path(__file__).parent.parent.parent
PROGRAM = """
import sys
from unit.fake_engine import FakeEngine, scenario
from glasshouse import making, results
from glasshouse.runs import run
engine = FakeEngine(slow=0.004)
making.compiled_side = lambda: engine
results.BUFFERED_ROWS = 500
print("ready", flush=True)
try:
    run(scenario(), out=sys.argv[1], chunk=1, threads=2)
except KeyboardInterrupt:
    sys.exit(130)
"""


def started(folder: Path) -> subprocess.Popen[str]:
    """A run in a process of its own, at the moment it begins."""
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": paths},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def left(folder: Path) -> str:
    """What stands where a run was to be: nothing, unfinished, or finished."""
    if not folder.exists():
        return "nothing"
    return "unfinished" if (folder / results.MARKER).exists() else "finished"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_run_leaves_nothing_that_looks_like_a_result(tmp_path: Path) -> None:
    """Whole runs take about 0.6 s; killed at random moments of 0 to 1 s, all three states are seen by most seeds."""
    moments = random.Random(2018)
    seen = []
    for number in range(8):
        folder = tmp_path / f"run-{number}"
        process = started(folder)
        time.sleep(moments.uniform(0, 1))
        process.kill()
        process.communicate()
        seen.append(left(folder))
        if seen[-1] == "unfinished":
            with pytest.raises(RunFailed, match="unfinished run and holds no result"):
                Run(folder)
        if seen[-1] == "finished":
            assert results.result_hash(results.hashes(folder)) == Run(folder).result_hash
    assert "unfinished" in seen
    hidden = [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]
    assert all(results.MARKER in name for name in hidden)


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ")
def test_a_run_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    process = started(tmp_path / "run")
    while not (tmp_path / "run" / "parts").exists():
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "compiled_side", lambda: FakeEngine(fails_at=100))
    with pytest.raises(RuntimeError, match="block 100 overflows"):
        run(scenario(), out=tmp_path / "run", threads=2, chunk=3)
    assert list(tmp_path.iterdir()) == []


def test_a_finished_run_is_never_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "compiled_side", FakeEngine)
    done = run(scenario(), out=tmp_path / "run")
    before = {path: path.read_bytes() for path in done.path.rglob("*") if path.is_file()}
    with pytest.raises(RunFailed, match="exists already, and a run writes over nothing"):
        run(scenario(), out=tmp_path / "run", seed=99)
    assert {path: path.read_bytes() for path in done.path.rglob("*") if path.is_file()} == before
    assert list(tmp_path.iterdir()) == [done.path]
