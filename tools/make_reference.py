"""Makes the pages of docs/reference from the models themselves, and the tables inside hand-written pages.

    python tools/make_reference.py            write them
    python tools/make_reference.py --check    say which are not what they would be; exit code 1 if any

A hand-written page holds a made part between two comments, ``<!-- begin: NAME -->`` and ``<!-- end: NAME -->``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tools")]

from reference_pages import clauses, commands, library, measures, results, words  # noqa: E402

DOCS = ROOT / "docs"
NOTE = "<!-- Made by tools/make_reference.py; change the docstrings and models it is made from. -->\n\n"

PAGES: dict[str, Callable[[], str]] = {
    "reference/index.md": clauses.index,
    **{f"reference/{name}.md": page for name, page in clauses.pages().items()},
    "reference/values.md": words.values,
    "reference/conditions.md": words.conditions,
    "reference/vocabulary.md": words.closed,
    "reference/commands.md": commands.commands,
    "reference/python.md": commands.python,
    "reference/measures.md": measures.page,
    "reference/run-directory.md": results.run_directory,
    "reference/journal.md": results.journal,
    "reference/library.md": library.contents,
}
PARTS: dict[str, dict[str, Callable[[], str]]] = {
    "background/odd.md": {"targets": library.targets, "scenarios": library.scales},
    "background/sources.md": {"sources": library.sources},
}


def filled(text: str, parts: dict[str, Callable[[], str]]) -> str:
    """A hand-written page with its made parts."""
    for name, make in parts.items():
        begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.S)
        if not pattern.search(text):
            raise SystemExit(f"no place for the part `{name}`")
        made = f"{begin}\n\n{make().strip()}\n\n{end}"
        text = pattern.sub(lambda _, made=made: made, text)
    return text


def wanted() -> dict[Path, str]:
    """Every made page as it should be."""
    made = {DOCS / name: NOTE + page().strip() + "\n" for name, page in PAGES.items()}
    for name, parts in PARTS.items():
        made[DOCS / name] = filled((DOCS / name).read_text(encoding="utf-8"), parts)
    return made


def main() -> int:
    """Write the pages, or with ``--check`` only compare."""
    made = wanted()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    spare = sorted(set((DOCS / "reference").glob("*.md")) - set(made))
    if "--check" in sys.argv[1:]:
        for path in (*stale, *spare):
            print(f"{path.relative_to(ROOT)} is not what the models say", file=sys.stderr)
        if stale or spare:
            print("run `make reference` and look at what changed", file=sys.stderr)
        return 1 if stale or spare else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path], encoding="utf-8")
    for path in spare:
        path.unlink()
    print(f"{len(made)} pages, {len(stale)} written, {len(spare)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
