"""Terminal sessions in the pages are typed again, and must answer what stands there; `...` stands for anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SESSION = re.compile(r"^```console\n(.*?)^```", re.M | re.S)


@dataclass
class Typed:
    """One command of a session and what the page says comes back."""

    command: str
    told: list[str] = field(default_factory=list)

    def pattern(self) -> re.Pattern[str]:
        lines = [".*?" if line.strip() == "..." else wild(line) for line in self.told]
        return re.compile(r"\s*".join(lines) + r"\s*", re.S)


def wild(line: str) -> str:
    """A line as a pattern; three dots inside it stand for anything on that line."""
    return "[^\n]*?".join(re.escape(part) for part in line.rstrip().split("..."))


def sessions(page: Path) -> list[Typed]:
    typed: list[Typed] = []
    for block in SESSION.findall(page.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                typed.append(Typed(line[2:]))
            else:
                typed[-1].told.append(line)
    return typed


def marked(page: Path) -> object:
    runs = any(re.search(r"\bglasshouse (run|verify|life)\b", typed.command) for typed in sessions(page))
    return pytest.param(page, id=str(page.relative_to(ROOT)), marks=[pytest.mark.thorough] if runs else [])


PAGES = [marked(page) for page in sorted(ROOT.glob("docs/**/*.md")) if sessions(page)]


@pytest.mark.parametrize("page", PAGES)
def test_sessions_answer_what_the_page_says(page: Path, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "examples").symlink_to(ROOT / "docs" / "examples")
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, asked in {"glasshouse": "-m glasshouse", "python": ""}.items():
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {asked} "$@"\n', encoding="utf-8")
        (folder / name).chmod(0o755)
    around = {
        **os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "120",
        "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    for typed in sessions(page):
        answer = subprocess.run(
            ["sh", "-c", typed.command + " 2>&1"], capture_output=True, text=True, cwd=tmp_path, env=around
        )
        assert "Traceback" not in answer.stdout, answer.stdout
        assert typed.pattern().fullmatch(answer.stdout), f"$ {typed.command}\n{answer.stdout}"
