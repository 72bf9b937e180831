"""Every error Glasshouse raises on purpose, and how a mistake in a document is printed.

::

    GlasshouseError            everything below; nothing else is raised on purpose
    ├── InvalidDocuments       documents are wrong; carries all their mistakes (exit 3)
    ├── UsageError             a command or a call was asked for something that cannot be (exit 2)
    │   └── NotCounted         a measure needs a count that the run does not hold
    ├── RunFailed              a run stopped: an overflow, a lost disk, a broken run directory (exit 1)
    └── CheckFailed            a law, a hash or an expected result did not hold (exit 4)

    KeyboardInterrupt
    └── Stopped                a run was stopped from outside and can be resumed (exit 1)

Exit code 0 is for everything else, remarks included.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing wrong in a document, where it stands, and a cure; a ``remark`` stops nothing.

    Lines and columns count from 1. ``clause`` is the id of the clause (or the name of the document), ``field`` the
    path inside it; either may be empty.
    """

    file: str
    line: int
    column: int
    clause: str
    field: str
    message: str
    remark: bool = False

    def __str__(self) -> str:
        subject = ".".join(part for part in (self.clause, self.field) if part)
        said = f"remark: {self.message}" if self.remark else self.message
        return ": ".join(part for part in (f"{self.file}:{self.line}:{self.column}", subject, said) if part)


class GlasshouseError(Exception):
    """Anything Glasshouse refuses or fails to do; ``exit_code`` is what the command line returns."""

    exit_code: ClassVar[int] = 1


class InvalidDocuments(GlasshouseError):  # noqa: N818
    """Documents are wrong. ``mistakes`` holds all of them (remarks too), in order of file, line and column."""

    exit_code: ClassVar[int] = 3

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class UsageError(GlasshouseError):
    """A command or call was asked for something that cannot be."""

    exit_code: ClassVar[int] = 2


class NotCounted(UsageError):  # noqa: N818
    """A measure needs ``quantities`` that the run did not count."""

    def __init__(self, quantities: Iterable[str], why: str = "") -> None:
        self.quantities = tuple(quantities)
        told = ", ".join(f"`{name}`" for name in self.quantities)
        super().__init__(f"this run does not count {told}{f', {why}' if why else ''}")


class RunFailed(GlasshouseError):  # noqa: N818
    """A run stopped before its end."""

    exit_code: ClassVar[int] = 1


class CheckFailed(GlasshouseError):  # noqa: N818
    """A law, a hash or an expected result did not hold."""

    exit_code: ClassVar[int] = 4


class Stopped(KeyboardInterrupt):
    """A run was stopped from outside; what it had finished stands in its directory, for `resume`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"stopped; finish it with: glasshouse resume {folder}")
        self.folder = folder
