"""The page of measures: every question that can be asked of a run, from its own docstring."""

from __future__ import annotations

import inspect
import re
import sys

from glasshouse import designs, measures
from reference_pages.source import code, story, table

NUMBERED = re.compile(r"^(M\d+(?:, M\d+)*)\b")


def page() -> str:
    """Questions by family, with what they take."""
    families: dict[str, list[str]] = {}
    for name in measures.__all__:
        asked = getattr(measures, name)
        if inspect.isfunction(asked):
            families.setdefault(asked.__module__, []).append(name)
    parts = [
        "# Measures\n",
        story(measures) + "\n",
        "```python\nimport glasshouse as gh\n\nrun = gh.open_run(\"runs/first\")\n"
        "gh.measures.disparity(run, \"refused\")\n```\n",
        "What they mean, how they are computed and where they mislead is told in "
        "[the background](../background/measures.md).\n",
        table(("question", "measure"), _index()),
    ]  # fmt: skip
    for module, names in families.items():
        parts.append(story(sys.modules[module]) + "\n")
        for name in names:
            asked = getattr(measures, name)
            parts += [f"## gh.measures.{name}\n", f"```python\n{name}{inspect.signature(asked)}\n```\n", story(asked) + "\n"]
    parts += ["## gh.designs\n", story(designs) + "\n"]
    parts.append(table(("", ""), [(code(name), story(getattr(designs, name))) for name in designs.__all__]))
    return "\n".join(parts)


def _index() -> list[tuple[str, str]]:
    rows = []
    for name in measures.__all__:
        asked = getattr(measures, name)
        if inspect.isfunction(asked):
            first = " ".join((inspect.getdoc(asked) or "").split("\n\n")[0].split())
            number = NUMBERED.match(first)
            rows.append((f"[`{name}`](#gh-measures-{name.replace('_', '-')})", number[1] if number else ""))
    return rows
