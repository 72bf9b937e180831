"""The margin of a document: where mistakes and remarks are noted while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from glasshouse.errors import Mistake
from glasshouse.reading.tree import Item, Map, Mark


@dataclass(slots=True)
class Margin:
    """Everything noted while one or more documents were read."""

    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """How many mistakes (remarks left out) stand here."""
        return sum(not mistake.remark for mistake in self.mistakes)


@dataclass(frozen=True, slots=True)
class Spot:
    """A clause and a field of it: the subject of what is noted."""

    margin: Margin
    clause: str = ""
    field: str = ""

    def into(self, name: str) -> Spot:
        """A field, or a part of this field."""
        return Spot(self.margin, self.clause, f"{self.field}.{name}" if self.field else name)

    def row(self, index: object) -> Spot:
        """A row of this field, or one of its dates."""
        return Spot(self.margin, self.clause, f"{self.field}[{index}]")

    def wrong(self, at: Item | Mark, message: str) -> None:
        """Note a mistake."""
        self._note(at, message, False)

    def remark(self, at: Item | Mark, message: str) -> None:
        """Note something that stops nothing."""
        self._note(at, message, True)

    def _note(self, at: Item | Mark, message: str, remark: bool) -> None:
        mark = at if isinstance(at, Mark) else at.mark
        self.margin.mistakes.append(
            Mistake(mark.file, mark.line, mark.column, self.clause, self.field, message, remark)
        )


def key_mark(item: Map, key: str) -> Mark:
    """Where a key of a map stands."""
    return item.keys[key].mark if key in item.keys else item.mark
