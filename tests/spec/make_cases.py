"""Writes tests/spec/invalid from tests/spec/base: each file is one base document with one place changed.

A case is a name, the base document, the text that is changed, the text that stands there instead (``‸`` marks where the
mistake is expected; it is not written) and the message. The last line of a file says the place and the message. Run it
after a change of a base document or of the table: ``python tests/spec/make_cases.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from cases import CASES, Case  # noqa: E402

CARET = "‸"


def written(case: Case) -> str:
    """The text of an invalid document with its last line."""
    base = (HERE / "base" / f"{case.base}.yaml").read_text(encoding="utf-8")
    assert base.count(case.old) == 1, f"{case.name}: {base.count(case.old)} places hold {case.old!r}"
    changed = base.replace(case.old, case.new)
    mark = case.at or CARET
    assert changed.count(mark) == 1, f"{case.name}: {changed.count(mark)} places hold {mark!r}"
    before = changed.partition(mark)[0]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return f"{changed.replace(CARET, '')}# expected {line}:{column}: {case.message}\n"


def main() -> None:
    """Writes every case and takes away files of cases that are no more."""
    folder = HERE / "invalid"
    folder.mkdir(exist_ok=True)
    names = {case.name for case in CASES}
    assert len(names) == len(CASES), "two cases have one name"
    for old in folder.glob("*.yaml"):
        if old.stem not in names:
            old.unlink()
    for case in CASES:
        (folder / f"{case.name}.yaml").write_text(written(case), encoding="utf-8")


if __name__ == "__main__":
    main()
