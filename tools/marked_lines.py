"""Numbers of the library that a script works out stand between two comment lines.

::

    # worked out by tools/fit_china.py: NAME
    ...
    # end: NAME

A script hands over the lines between; with ``--check`` nothing is written and a difference is an error (exit 4).
Also here: how the facts documents of the library are read by the scripts.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

LIBRARY = Path(__file__).resolve().parent.parent / "src" / "glasshouse" / "library"


def facts() -> dict[str, dict[str, Any]]:
    """All rows of the library's facts documents by their ids."""
    rows: dict[str, dict[str, Any]] = {}
    for path in sorted((LIBRARY / "facts").glob("*.yaml")):
        document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        for row in document.get("facts", []):
            rows[row["id"]] = row
    return rows


def document(path: str) -> dict[str, Any]:
    """A document of the library as it stands in its file."""
    loaded: dict[str, Any] = YAML(typ="safe").load((LIBRARY / path).read_text(encoding="utf-8"))
    return loaded


def replaced(text: str, name: str, lines: list[str]) -> str:
    """The text with the lines of the marked place NAME replaced."""
    rows = text.split("\n")
    marks = [(i, row.strip()) for i, row in enumerate(rows)]
    begins = [i for i, row in marks if row.startswith("# worked out by") and row.endswith(f": {name}")]
    ends = [i for i, row in marks if row == f"# end: {name}"]
    if len(begins) != 1 or len(ends) != 1 or ends[0] < begins[0]:
        raise SystemExit(f"the marked place `{name}` must begin once and end once")
    margin = rows[begins[0]][: len(rows[begins[0]]) - len(rows[begins[0]].lstrip())]
    return "\n".join([*rows[: begins[0] + 1], *(margin + line for line in lines), *rows[ends[0] :]])


def settle(places: Mapping[tuple[str, str], list[str]], check: bool) -> int:
    """Write the lines of every (document, place), or with ``check`` only compare; the exit code."""
    paths = sorted({path for path, _ in places})
    differs = False
    for path in paths:
        file = LIBRARY / path
        before = file.read_text(encoding="utf-8")
        after = before
        for (where, name), lines in places.items():
            if where == path:
                after = replaced(after, name, lines)
        if after == before:
            continue
        differs = True
        both = before.split("\n"), after.split("\n")
        shown = difflib.unified_diff(*both, path, f"{path} worked out", lineterm="", n=0)
        print("\n".join(shown), file=sys.stderr)
        if not check:
            file.write_text(after, encoding="utf-8")
    return 4 if differs and check else 0
