"""Faults: a run that is killed, stopped, starved of disk or damaged loses nothing that was finished.

The faults are real: processes are killed, file systems filled, bytes flipped. The engine is the quick stand-in here;
`tests/laws/test_unbroken.py` does the same with the compiled one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glasshouse import making, results
from glasshouse.disk import Claim, is_claimed
from glasshouse.errors import RunFailed, Stopped
from glasshouse.runs import Run, open_run, resume, run
from unit.fake_engine import FakeEngine, scenario

ROOT = Path(__file__).parent.parent.parent
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals, limits and permissions of POSIX")
BLOCKS = 158
"""Blocks of the scenario; with one block a part this many parts."""
HEAD = """
import json, os, sys
from pathlib import Path
from unit.fake_engine import FakeEngine, scenario
from glasshouse import making, results
from glasshouse.errors import GlasshouseError
from glasshouse.runs import resume, run
engine = FakeEngine(slow=float(os.environ.get("SLOW", "0.004")))
making.compiled_side = lambda: engine
making.PART_SECONDS = making.PART_SHARE = 0.0
results.BUFFERED_ROWS = 500
folder = Path(sys.argv[1])
print("ready", flush=True)
"""
RUN = HEAD + "run(scenario(), out=folder, chunk=1, threads=2)"
RESUME = HEAD + "print(resume(folder, chunk=2, threads=2).parts_reused)"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """A stand-in for the compiled side; every job is put away by itself."""
    engine = FakeEngine()
    monkeypatch.setattr(making, "compiled_side", lambda: engine)
    monkeypatch.setattr(making, "PART_SECONDS", 0.0)
    monkeypatch.setattr(making, "PART_SHARE", 0.0)
    return engine


def environment(**more: str) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])} | more


def started(program: str, folder: Path, **more: str) -> subprocess.Popen[str]:
    """A program in a process of its own, at the moment it begins."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(**more),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def left(folder: Path) -> str:
    """What stands where a run was to be: nothing, unfinished, or finished."""
    if not folder.exists():
        return "nothing"
    return "unfinished" if (folder / results.MARKER).exists() else "finished"


def parts_in(folder: Path) -> list[Path]:
    return sorted((folder / results.PARTS).glob("*.part"))


def until(wanted: Any, process: subprocess.Popen[str]) -> None:
    """Waits until something holds, while a process runs."""
    for _ in range(4000):
        if wanted():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.003)
    raise AssertionError("nothing happened")


@pytest.fixture
def unbroken(quick: FakeEngine, tmp_path: Path) -> Run:
    """The run as it is when nothing happens."""
    return run(scenario(), out=tmp_path / "unbroken")


# --- killed and stopped --------------------------------------------------------------------------------------------


STAGES = {
    "beginning": lambda folder: any(path.name.startswith(".run.") for path in folder.parent.iterdir()),
    "first part": lambda folder: len(parts_in(folder)) > 0,
    "half the parts": lambda folder: len(parts_in(folder)) > BLOCKS // 2,
    "last part": lambda folder: len(parts_in(folder)) >= BLOCKS - 3,
    "tables": lambda folder: (folder / results.JOINING).exists(),
    "first table": lambda folder: (folder / "areas.parquet").exists(),
    "manifest": lambda folder: (folder / results.MANIFEST).exists(),
}
"""Moments in the life of a run; each is killed a random while of some milliseconds after one of them."""


@POSIX
@pytest.mark.parametrize("stage", STAGES)
def test_a_run_killed_at_any_moment_is_finished_to_the_same_bits(tmp_path: Path, unbroken: Run, stage: str) -> None:
    """Killed at this stage, then resumed and killed twice at random ones, then resumed to the end."""
    luck = random.Random(stage)
    folder = tmp_path / "run"
    for moment in (stage, luck.choice([*STAGES]), luck.choice([*STAGES])):
        process = started(RUN if left(folder) == "nothing" else RESUME, folder)
        while process.poll() is None and not STAGES[moment](folder):
            time.sleep(0.001)
        time.sleep(luck.uniform(0, 0.03))
        process.kill()
        process.communicate()
        if left(folder) == "unfinished":
            with pytest.raises(RunFailed, match=r"unfinished run and holds no result.*glasshouse resume"):
                Run(folder)
        if left(folder) == "finished":
            break
    if left(folder) == "nothing":
        run(scenario(), out=folder)
    there = len(parts_in(folder)) if left(folder) == "unfinished" else 0
    done = resume(folder)
    assert left(folder) == "finished"
    assert done.result_hash == unbroken.result_hash == results.result_hash(results.hashes(folder))
    assert there == 0 or done.parts_reused == there
    assert done.batches.equals(unbroken.batches)
    assert {path.name for path in folder.iterdir()} == {path.name for path in unbroken.path.iterdir()}


@POSIX
def test_parts_are_reused_and_the_rest_is_simulated(tmp_path: Path, quick: FakeEngine, unbroken: Run) -> None:
    process = started(RUN, tmp_path / "run", SLOW="0.02")
    until(lambda: len(parts_in(tmp_path / "run")) >= 30, process)
    process.kill()
    process.communicate()
    there = len(parts_in(tmp_path / "run"))
    quick.chunks.clear()
    done = resume(tmp_path / "run")
    assert done.parts_reused == there >= 30
    assert sum(quick.chunks) == BLOCKS - there
    assert done.result_hash == unbroken.result_hash


@POSIX
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_says_how_to_go_on(tmp_path: Path, unbroken: Run, sent: signal.Signals) -> None:
    folder = tmp_path / "run"
    program = HEAD + (
        "from glasshouse import cli\nmaking.PART_SECONDS = 1000.0\nsimulate = engine.run_blocks\n"
        "def noting(program, leaf, blocks):\n"
        "    if blocks[0] >= 20: (folder.parent / 'well under way').touch()\n"
        "    return simulate(program, leaf, blocks)\n"
        "engine.run_blocks = noting\n"
        "document = folder.parent / 'documents' / 'scenario-two-towns.yaml'\n"
        "sys.argv = ['glasshouse', 'run', str(document), '-o', str(folder), '--chunk', '1']\ncli.main()"
    )
    shutil.copytree(unbroken.path / "documents" / "canonical", tmp_path / "documents")
    process = started(program, folder, SLOW="0.02")
    until((tmp_path / "well under way").exists, process)
    process.send_signal(sent)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"stopped; finish it with: glasshouse resume {folder}" in said
    assert len(parts_in(folder)) == 1, "what had come together is put away although its time had not come"
    done = resume(folder)
    assert (done.parts_reused, done.result_hash) == (1, unbroken.result_hash)


@POSIX
def test_what_killed_beginnings_leave_behind_is_cleared_away(tmp_path: Path, quick: FakeEngine) -> None:
    mine = tmp_path / f".run.{results.MARKER}-1"
    other = tmp_path / f".run.{results.MARKER}-2"
    for folder in (mine, other):
        folder.mkdir()
        (folder / "LOCK").touch()
    claim = Claim(other)
    assert (is_claimed(mine), is_claimed(other)) == (False, True)
    run(scenario(), out=tmp_path / "run", months=2)
    assert (mine.exists(), other.exists()) == (False, True)
    claim.release()


# --- failing of its own --------------------------------------------------------------------------------------------


def test_a_run_that_fails_before_anything_is_finished_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "compiled_side", lambda: FakeEngine(fails_at=100))
    with pytest.raises(RuntimeError, match="block 100 overflows"):
        run(scenario(), out=tmp_path / "deep" / "run", threads=2, chunk=3)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_later_keeps_what_was_finished(
    tmp_path: Path, quick: FakeEngine, unbroken: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick.fails_at = 100
    with pytest.raises(RuntimeError, match="block 100 overflows"):
        run(scenario(), out=tmp_path / "run", threads=2, chunk=3)
    quick.fails_at = -1
    there = len(parts_in(tmp_path / "run"))
    done = resume(tmp_path / "run")
    assert (done.parts_reused, done.result_hash) == (there, unbroken.result_hash)
    assert there > 10


def test_a_finished_run_is_never_touched(tmp_path: Path, quick: FakeEngine, unbroken: Run) -> None:
    before = {path: path.read_bytes() for path in unbroken.path.rglob("*") if path.is_file()}
    with pytest.raises(RunFailed, match="exists already, and a run writes over nothing"):
        run(scenario(), out=unbroken.path, seed=99)
    assert resume(unbroken.path).result_hash == unbroken.result_hash
    assert {path: path.read_bytes() for path in unbroken.path.rglob("*") if path.is_file()} == before
    assert list(tmp_path.iterdir()) == [unbroken.path]


# --- the disk ------------------------------------------------------------------------------------------------------

STARVED = HEAD + """
import resource
limit = resource.getrlimit(resource.RLIMIT_FSIZE)
at = float(os.environ["AT"])
def starve(done, total):
    if done >= at * total:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(os.environ["BYTES"]), limit[1]))
try:
    run(scenario(), out=folder, chunk=1, threads=2, progress=starve)
except GlasshouseError as failure:
    print(json.dumps([type(failure).__name__, str(failure), len(list((folder / "parts").glob("*.part")))]))
resource.setrlimit(resource.RLIMIT_FSIZE, limit)
done = resume(folder)
print(json.dumps([done.parts_reused, done.result_hash]))
"""


@POSIX
@pytest.mark.parametrize(("at", "size"), [("0.5", "100"), ("1", "3000")], ids=["while simulating", "in the tables"])
def test_no_room_is_a_clear_error_and_nothing_finished_is_lost(
    tmp_path: Path, unbroken: Run, at: str, size: str
) -> None:
    """Files are limited to some bytes from some moment on: first parts, then tables do not fit."""
    process = started(STARVED, tmp_path / "run", AT=at, BYTES=size, SLOW="0.001")
    told, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    failed, resumed = map(json.loads, told.splitlines())
    assert failed[0] == "RunFailed"
    assert "there is no room left for" in failed[1]
    assert f"glasshouse resume {tmp_path / 'run'}" in failed[1]
    assert failed[2] == BLOCKS if at == "1" else BLOCKS * 0.4 < failed[2] < BLOCKS * 0.6
    assert resumed == [failed[2], unbroken.result_hash]


FILLED = HEAD + """
import subprocess
try:
    run(scenario(), out=folder, chunk=1, threads=2)
except GlasshouseError as failure:
    print(json.dumps([type(failure).__name__, str(failure), len(list((folder / "parts").glob("*.part")))]), flush=True)
subprocess.run(["mount", "-o", "remount,size=50m", str(folder.parent)], check=True)
done = resume(folder)
print(json.dumps([done.parts_reused, done.result_hash]), flush=True)
"""


def own_mounts() -> bool:
    """Whether this system lets us mount a small file system in a namespace of our own."""
    tried = "mount -t tmpfs -o size=64k tmpfs /mnt"
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-rm", "sh", "-c", tried], capture_output=True).returncode == 0


@pytest.mark.skipif(not own_mounts(), reason="no small file system can be mounted here; limits on files are tested")
def test_a_full_disk_is_a_clear_error_and_nothing_finished_is_lost(tmp_path: Path, unbroken: Run) -> None:
    small = tmp_path / "small"
    small.mkdir()
    (tmp_path / "program.py").write_text(FILLED)
    inside = f"mount -t tmpfs -o size=700k tmpfs {small} && exec {sys.executable} {tmp_path}/program.py {small}/run"
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", inside], capture_output=True, text=True, env=environment(SLOW="0"), timeout=60
    )
    assert done.returncode == 0, done.stderr
    failed, resumed = map(json.loads, done.stdout.splitlines()[1:])
    assert failed[:1] == ["RunFailed"]
    assert "there is no room left for" in failed[1]
    assert failed[2] > 10
    assert resumed == [failed[2], unbroken.result_hash]


@pytest.fixture
def others() -> Iterator[Path]:
    """A folder that somebody without privileges can see and not write."""
    folder = Path(tempfile.mkdtemp(prefix="glasshouse-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@POSIX
def test_a_folder_that_cannot_be_written_is_a_clear_error(others: Path) -> None:
    """Privileges are laid down where the tests have them: a read-only folder stops nobody who has all."""
    program = HEAD + (
        "if os.getuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "try: run(scenario(), out=folder)\nexcept GlasshouseError as failure: print(type(failure).__name__, failure)"
    )
    others.chmod(0o555)
    process = started(program, others / "run")
    told, errors = process.communicate(timeout=60)
    others.chmod(0o755)
    assert process.returncode == 0, errors
    assert told.startswith("RunFailed")
    assert f"{others / 'run'} cannot be written (Permission denied)" in told
    assert list(others.iterdir()) == []


# --- damage --------------------------------------------------------------------------------------------------------


@POSIX
def test_a_damaged_part_is_computed_again_and_only_it(tmp_path: Path, quick: FakeEngine, unbroken: Run) -> None:
    process = started(RUN, tmp_path / "run", SLOW="0.02")
    until(lambda: len(parts_in(tmp_path / "run")) >= 40, process)
    process.kill()
    process.communicate()
    there = parts_in(tmp_path / "run")
    content = bytearray(there[7].read_bytes())
    content[len(content) // 2] ^= 4
    there[7].write_bytes(content)
    there[20].write_bytes(there[20].read_bytes()[:-3])
    untouched = {path: path.stat().st_mtime_ns for path in there if path not in (there[7], there[20])}
    seen: list[int] = []
    simulate = quick.run_blocks

    def noted(program: Any, leaf: int, blocks: Any) -> Any:
        seen.extend(int(block) for block in blocks)
        for path, moment in untouched.items():
            assert path.stat().st_mtime_ns == moment
        return simulate(program, leaf, blocks)

    quick.run_blocks = noted  # type: ignore[method-assign]
    done = resume(tmp_path / "run", threads=1)
    assert sorted(seen) == sorted([7, 20, *range(len(there), BLOCKS)])
    assert (done.parts_reused, done.result_hash) == (len(there) - 2, unbroken.result_hash)


def stopped(quick: FakeEngine, folder: Path) -> Path:
    """A run that was stopped half way."""

    def stop(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(Stopped, match="glasshouse resume"):
        run(scenario(), out=folder, chunk=1, progress=stop)
    return folder


def test_what_was_changed_since_is_not_carried_on(tmp_path: Path, quick: FakeEngine) -> None:
    """Documents, plan, code: two halves of two runs are no result."""
    plan = json.loads((stopped(quick, tmp_path / "run") / results.PLAN).read_text())

    def said(name: str, content: str) -> str:
        copied = tmp_path / "copy"
        shutil.rmtree(copied, ignore_errors=True)
        shutil.copytree(tmp_path / "run", copied)
        (copied / name).write_text(content)
        with pytest.raises(RunFailed) as failure:
            resume(copied)
        assert left(copied) == "unfinished"
        return str(failure.value)

    policy = "documents/canonical/policy-court.yaml"
    changed = (tmp_path / "run" / policy).read_text().replace("200, points", "150, points")
    assert changed != (tmp_path / "run" / policy).read_text()
    assert "documents" in said(policy, changed)
    plan["order"]["conduct_seed"] = "8"
    assert "has been changed since the run began" in said(results.PLAN, json.dumps(plan))
    assert "no plan that could be carried on" in said(results.PLAN, "{half")


def test_other_code_does_not_carry_a_run_on(tmp_path: Path, quick: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    from glasshouse import plan

    folder = stopped(quick, tmp_path / "run")
    monkeypatch.setattr(plan, "code_digest", lambda: "0" * 64)
    with pytest.raises(RunFailed, match="begun by other code than this"):
        resume(folder)


def test_there_must_be_something_to_resume(tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match="there is no run directory"):
        resume(tmp_path / "nothing")
    with pytest.raises(RunFailed, match="no plan that could be carried on"):
        resume(tmp_path)


# --- two processes -------------------------------------------------------------------------------------------------


@POSIX
def test_two_processes_on_one_directory_are_refused(tmp_path: Path, quick: FakeEngine, unbroken: Run) -> None:
    folder = tmp_path / "run"
    process = started(RUN, folder, SLOW="0.02")
    until(lambda: len(parts_in(folder)) >= 5, process)
    for _ in range(3):
        with pytest.raises(RunFailed, match=f"being worked on by process {process.pid} on"):
            resume(folder)
    with pytest.raises(RunFailed, match="exists already"):
        run(scenario(), out=folder)
    with pytest.raises(RunFailed, match="unfinished"):
        open_run(folder)
    process.kill()  # the lock dies with its owner
    process.communicate()
    assert resume(folder).result_hash == unbroken.result_hash
