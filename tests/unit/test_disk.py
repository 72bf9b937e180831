"""The disk: files written in one move, folders of one process, what the system refuses said in words."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from glasshouse import disk
from glasshouse.disk import Claim, is_claimed, settle, troubles
from glasshouse.errors import RunFailed

ROOT = Path(__file__).parent.parent.parent


def test_a_file_is_there_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(tmp_path / "deep" / "file", b"one ", b"two")
    assert (tmp_path / "deep" / "file").read_bytes() == b"one two"

    def refuse(opened: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(disk.os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        settle(tmp_path / "deep" / "file", b"three")
    assert (tmp_path / "deep" / "file").read_bytes() == b"one two"
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "there is no room left for"), (errno.EFBIG, "there is no room left for"),
     (errno.EDQUOT, "there is no room left for"), (errno.EROFS, "cannot be written"),
     (errno.EACCES, "cannot be written"), (errno.EIO, "Input/output error")],
)  # fmt: skip
def test_what_the_disk_refuses_is_said_in_words(number: int, said: str) -> None:
    for failure in (
        OSError(number, os.strerror(number)),
        pl.exceptions.ComputeError(f"parquet: underlying IO error: {os.strerror(number)} (os error {number})"),
    ):
        with pytest.raises(RunFailed, match=said) as found, troubles(Path("place")):
            raise failure
        assert "place" in str(found.value)


def test_what_is_not_the_disks_is_left_alone() -> None:
    with pytest.raises(pl.exceptions.ComputeError, match="no such column"), troubles(Path("place")):
        raise pl.exceptions.ComputeError("no such column")


def test_a_claim_is_one_process_alone_and_ends_with_it(tmp_path: Path) -> None:
    held = (
        "import sys, time\nfrom pathlib import Path\nfrom glasshouse.disk import Claim\n"
        "claim = Claim(Path(sys.argv[1]))\nprint('held', flush=True)\ntime.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", held, str(tmp_path)], stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    assert is_claimed(tmp_path)
    with pytest.raises(RunFailed, match=f"being worked on by process {process.pid} on"):
        Claim(tmp_path)
    process.kill()
    process.communicate()
    assert not is_claimed(tmp_path)
    mine = Claim(tmp_path)
    with pytest.raises(RunFailed, match=f"process {os.getpid()}"):
        Claim(tmp_path)
    mine.release()
    assert list(tmp_path.iterdir()) == []


def test_a_claim_moves_with_its_folder(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    claim = Claim(tmp_path / "one")
    claim.renamed(tmp_path / "two")
    assert is_claimed(tmp_path / "two")
    claim.release()
    assert not is_claimed(tmp_path / "two")
