"""What stands on a disk and stays there: files written in one move, folders that belong to one process at a time.

A file is written under another name, carried to the disk and renamed, so that whoever looks sees the old one, none, or
the new one whole, whatever moment the power went. A claim on a folder is a lock of the operating system on a file in
it: it ends with the process that holds it, however that ends.
"""

from __future__ import annotations

import errno
import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from glasshouse.errors import RunFailed

LOCK: Final = "LOCK"
FULL: Final = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
WITHIN: Final = re.compile(r"\(os error (\d+)\)")
BARRED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def settle(path: Path, *content: bytes) -> None:
    """Writes a file in one move and does not return before it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    try:
        with half.open("wb") as file:
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    settle_names(path.parent)


def settle_file(path: Path) -> None:
    """Carries a file that was written by others to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def settle_names(folder: Path) -> None:
    """Carries the names in a folder to the disk, where the system can do that."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


# --- what can go wrong ---------------------------------------------------------------------------------------------


def told(failure: OSError, place: Path) -> str:
    """What went wrong at a place, in words."""
    if failure.errno in FULL:
        return f"there is no room left for {place} ({failure.strerror})"
    if failure.errno in BARRED:
        return f"{place} cannot be written ({failure.strerror})"
    return f"{place}: {failure.strerror or failure}"


@contextmanager
def troubles(place: Path) -> Iterator[None]:
    """Turns what the disk refuses into a RunFailed that says what and where."""
    try:
        yield
    except OSError as failure:
        raise RunFailed(told(failure, place)) from failure
    except Exception as failure:
        inner = WITHIN.search(str(failure))  # polars tells of the system's errors in words
        if inner is None:
            raise
        number = int(inner[1])
        raise RunFailed(told(OSError(number, os.strerror(number)), place)) from failure


# --- a folder of one's own -----------------------------------------------------------------------------------------


class Claim:
    """A folder held by this process; RunFailed where another one holds it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = _held(folder)

    def renamed(self, folder: Path) -> None:
        """Gives the folder another name, in one move, and holds it under that."""
        if os.name == "posix":
            os.rename(self._folder, folder)
        else:  # an open file holds its folder's name there
            os.close(self._file)
            os.rename(self._folder, folder)
            self._file = _held(folder)
        self._folder = folder

    def release(self) -> None:
        """Gives the folder up and takes the lock's file away. To be called once."""
        lock = self._folder / LOCK
        if os.name == "posix":  # first the name: whoever comes now makes another file
            with suppress(OSError):
                lock.unlink()
            os.close(self._file)
        else:
            os.close(self._file)
            with suppress(OSError):
                lock.unlink()


def _held(folder: Path) -> int:
    """The open file whose lock says that this process holds a folder. Raises RunFailed where another does."""
    lock = folder / LOCK
    opened = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    while (held := _locked(opened)) and not _stands(opened, lock):
        os.close(opened)  # whoever held it before has taken its file away meanwhile
        opened = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    if not held:
        holder = os.read(opened, 200).decode("utf-8", "replace").strip() or "another process"
        os.close(opened)
        raise RunFailed(f"{folder} is being worked on by {holder}: a run directory has one process at a time")
    os.ftruncate(opened, 0)
    os.write(opened, f"process {os.getpid()} on {platform.node()}\n".encode())
    return opened


def is_claimed(folder: Path) -> bool:
    """Whether some process, perhaps this one, holds a folder now."""
    try:
        opened = os.open(folder / LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _locked(opened)
    finally:
        os.close(opened)


def _stands(opened: int, path: Path) -> bool:
    """Whether an open file is still the one under its name."""
    if os.name != "posix":
        return True  # an open file cannot be taken away there
    try:
        return os.path.samestat(os.fstat(opened), path.stat())
    except FileNotFoundError:
        return False


def _locked(opened: int) -> bool:
    """Whether the lock on an open file could be had."""
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            os.lseek(opened, 4096, os.SEEK_SET)  # beyond the text, which others may then still read
            msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    except OSError:
        return False
    return True
