"""The few elements a page is made of: text that cannot become markup, tables, folds, figures' frames."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

Row = Sequence[object]
NUMBER: Final = re.compile(r"-?\d[\d,.]*(e-\d+)?%?( (million|billion|to \S+))?$")
VOID: Final = frozenset({"meta", "input", "br", "link"})


class Markup(str):
    """Text that is markup already; everything else is escaped where it is put into an element."""

    __slots__ = ()


def flat(*children: object) -> Markup:
    """Children one after the other: markup as it stands, text escaped, lists in order, nothing for None."""
    parts = []
    for child in children:
        if child is None:
            continue
        if isinstance(child, Markup):
            parts.append(str(child))
        elif isinstance(child, str):
            parts.append(escape(child, quote=False))
        elif isinstance(child, Iterable):
            parts.append(flat(*child))
        else:
            parts.append(escape(str(child), quote=False))
    return Markup("".join(parts))


def tag(name: str, /, *children: object, **attributes: str | None) -> Markup:
    """An element. Underscores in names of attributes stand for hyphens, one at the end for nothing."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items() if value is not None
    )  # fmt: skip
    if name in VOID:
        return Markup(f"<{name}{told}>")
    return Markup(f"<{name}{told}>{flat(*children)}</{name}>")


def paragraph(*children: object, class_: str | None = None) -> Markup:
    """A paragraph."""
    return tag("p", *children, class_=class_)


def listed(items: Iterable[object], class_: str | None = None) -> Markup:
    """An unordered list."""
    return tag("ul", [tag("li", item) for item in items], class_=class_)


def fold(summary: str, *children: object) -> Markup:
    """Something that opens when it is asked for."""
    return tag("details", tag("summary", summary), *children)


def is_number(cell: object) -> bool:
    """Whether a cell stands to the right."""
    return isinstance(cell, int | float) or (isinstance(cell, str) and NUMBER.match(cell) is not None)


def table(caption: str, heads: Sequence[str], rows: Iterable[Row]) -> Markup:
    """A table that can be scrolled sideways, by keyboard too; its first column names the row."""
    head = tag("tr", [tag("th", name, scope="col") for name in heads])
    body = [tag("tr", tag("th", row[0], scope="row"), [_cell(cell) for cell in row[1:]]) for row in rows]
    made = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", body))
    return tag("div", made, class_="wide", tabindex="0", role="group", aria_label=f"Table: {caption}")


def _cell(cell: object) -> Markup:
    return tag("td", "" if cell is None else cell, class_="number" if is_number(cell) else None)


def section(name: str, title: str, *children: object) -> Markup:
    """A part of the page with its heading."""
    return tag("section", tag("h2", title, id=f"{name}-title"), *children, id=name, aria_labelledby=f"{name}-title")
