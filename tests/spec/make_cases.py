"""Writes tests/spec/invalid and tests/spec/valid from tests/spec/base: a base document with one place changed.

A case is a name, the base document, the text that is changed, the text that stands there instead (``‸`` marks where the
mistake is expected; it is not written) and the message. The last line of a file says the place and the message. Run it
after a change of a base document or of the table: ``python tests/spec/make_cases.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from cases import CASES, VALID, Case  # noqa: E402

CARET = "‸"


def changed_base(case: Case) -> str:
    """The base document with the one place changed."""
    base = (HERE / "base" / f"{case.base}.yaml").read_text(encoding="utf-8")
    assert base.count(case.old) == 1, f"{case.name}: {base.count(case.old)} places hold {case.old!r}"
    return base.replace(case.old, case.new)


def written(case: Case) -> str:
    """The text of an invalid document with its last line."""
    changed = changed_base(case)
    mark = case.at or CARET
    assert changed.count(mark) == 1, f"{case.name}: {changed.count(mark)} places hold {mark!r}"
    before = changed.partition(mark)[0]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return f"{changed.replace(CARET, '')}# expected {line}:{column}: {case.message}\n"


def documents() -> dict[Path, str]:
    """Every file with its text."""
    invalid = {HERE / "invalid" / f"{case.name}.yaml": written(case) for case in CASES}
    valid = {HERE / "valid" / f"{case.name}.yaml": changed_base(case) for case in VALID}
    assert len(invalid) == len(CASES) and len(valid) == len(VALID), "two cases have one name"
    return invalid | valid


def main() -> None:
    """Writes every case and takes away files of cases that are no more."""
    files = documents()
    for folder in ("invalid", "valid"):
        (HERE / folder).mkdir(exist_ok=True)
        for old in (HERE / folder).glob("*.yaml"):
            if old not in files:
                old.unlink()
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
