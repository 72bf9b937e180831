"""A page is a sequence of plain lines: headings, sentences with their sources, and notes."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Final

HEADING: Final = "heading"
SENTENCE: Final = "sentence"
NOTE: Final = "note"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``kind``: heading, sentence or note; ``clause`` the path or id it is about.

    ``level`` is the depth: headings 1 and 2; sentences 0, what belongs to a sentence 1 and deeper.
    """

    kind: str
    text: str
    level: int = 0
    clause: str | None = None
    source: tuple[str, ...] = ()
    confidence: str | None = None

    @property
    def bracket(self) -> str:
        """Source and confidence in brackets, or nothing."""
        named = ", ".join(self.source)
        if self.source == ("invented",) and self.confidence in (None, "invented"):
            named, told = "invented", ""
        else:
            told = self.confidence or ""
        said = "; ".join(part for part in (named, told) if part)
        return f" [{said}]" if said else ""


@dataclass(frozen=True, slots=True)
class Page:
    """A title and its lines."""

    title: str
    lines: tuple[Line, ...]

    def rows(self) -> list[dict[str, object]]:
        """The lines as plain records, for JSON."""
        return [
            {
                "kind": line.kind,
                "level": line.level,
                "clause": line.clause,
                "text": line.text,
                "source": list(line.source),
                "confidence": line.confidence,
            }
            for line in self.lines
        ]

    def text(self, width: int = 110) -> str:
        """The whole page as plain text, lines broken at ``width``."""
        out = [self.title, "=" * min(len(self.title), width)]
        for line in self.lines:
            out += _heading(line) if line.kind == HEADING else _body(line, width)
        return "\n".join(out) + "\n"

    def __str__(self) -> str:
        return self.text()


def _heading(line: Line) -> list[str]:
    return ["", line.text, "-" * len(line.text)] if line.level <= 1 else ["", line.text]


def _body(line: Line, width: int) -> list[str]:
    indent = "  " * line.level
    first = f"{indent}{line.clause}: " if line.clause and line.level == 0 else indent
    rest = indent + "  "
    broken = textwrap.wrap(
        f"{line.text}{line.bracket}",
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return broken or [first.rstrip()]


def heading(text: str, level: int = 1) -> Line:
    """A heading."""
    return Line(HEADING, text, level)


def note(text: str, level: int = 0) -> Line:
    """A sentence of the explainer's own, which has no source."""
    return Line(NOTE, text, level)
