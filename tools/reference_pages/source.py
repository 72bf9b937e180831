"""What a module says of itself: docstrings, and the remark beside or under each field of a class."""

from __future__ import annotations

import ast
import inspect
import re
from types import ModuleType


def story(thing: object) -> str:
    """A docstring as Markdown: double backticks become single ones, roles become code."""
    text = inspect.getdoc(thing) or ""
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text)
    return re.sub(r"``([^`]+)``", r"`\1`", text)


def remarks(module: ModuleType) -> dict[str, dict[str, str]]:
    """For each class of a module what is said of its fields: a docstring under the field, or a comment beside it."""
    text = inspect.getsource(module)
    lines = text.splitlines()
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(text).body:
        if not isinstance(node, ast.ClassDef):
            continue
        said: dict[str, str] = {}
        for place, field in enumerate(node.body):
            if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
                continue
            after = node.body[place + 1] if place + 1 < len(node.body) else None
            beside = re.search(r"#\s*(.+)$", lines[(field.end_lineno or field.lineno) - 1])
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                said[field.target.id] = " ".join(str(after.value.value).split())
            elif beside:
                said[field.target.id] = beside[1].strip()
        found[node.name] = said
    return found


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table; bars and line ends inside cells are taken care of."""

    def line(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(head), line(("---",) * len(head)), *map(line, rows)]) + "\n"


def code(words: object) -> str:
    """A word as code."""
    return f"`{words}`"
