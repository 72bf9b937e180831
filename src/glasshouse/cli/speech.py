"""How the command line speaks: data to stdout as text or JSON, everything else to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from glasshouse.errors import GlasshouseError, InvalidDocuments, Mistake

if TYPE_CHECKING:
    from rich.console import Console

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
WIDE = 120


def say(message: str) -> None:
    """A message to whoever sits in front: stderr."""
    print(message, file=sys.stderr, flush=True)


def print_json(thing: object) -> None:
    """One JSON value on stdout."""
    print(json.dumps(thing, indent=2, ensure_ascii=False, default=str))


def page_console() -> Console:
    """Where pages for people are printed: stdout, as wide as the terminal, in colour only on one."""
    from rich.console import Console

    return Console() if sys.stdout.isatty() else Console(width=WIDE)


def mistake_row(mistake: Mistake) -> dict[str, object]:
    """A mistake as JSON."""
    return {
        "file": mistake.file, "line": mistake.line, "column": mistake.column, "clause": mistake.clause,
        "field": mistake.field, "message": mistake.message, "remark": mistake.remark,
    }  # fmt: skip


def mistakes_told(mistakes: Iterable[Mistake]) -> None:
    """Mistakes and remarks, one a line, to stderr."""
    for mistake in mistakes:
        say(str(mistake))


def complain(failure: GlasshouseError, *, as_json: bool) -> int:
    """Says what was refused or failed; the exit code."""
    if as_json:
        told: dict[str, object] = {"error": str(failure), "exit_code": failure.exit_code}
        if isinstance(failure, InvalidDocuments):
            told["mistakes"] = [mistake_row(mistake) for mistake in failure.mistakes]
        print_json(told)
    if isinstance(failure, InvalidDocuments):
        mistakes_told(failure.mistakes)
    else:
        say(f"glasshouse: {failure}")
    return failure.exit_code
