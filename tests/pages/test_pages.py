"""What the pages promise holds: links lead somewhere, commands exist, examples are valid, made pages are fresh."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from glasshouse.cli import app

ROOT = Path(__file__).parents[2]
PAGES = sorted(path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")) if "_build" not in path.parts)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(?:sh|console|powershell)\n(.*?)^```", re.M | re.S)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        inside = not target.startswith(("http://", "https://", "#"))
        if inside and not (page.parent / target.partition("#")[0]).exists():
            dead.append(target)
    assert dead == []


def told() -> Iterator[tuple[str, list[str]]]:
    """Every `glasshouse ...` command that a page tells its reader to type."""
    for page in PAGES:
        for block in BLOCK.findall(page.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                for part in re.split(r"&&|\|", line.removeprefix("$ ")):
                    typed = re.fullmatch(r"\s*(?:\S*[/\\])?glasshouse ((?!==)[a-z].*)", part)
                    if typed:
                        yield named(page), shlex.split(typed[1], comments=True)


def test_commands_in_pages_exist() -> None:
    group = typer.main.get_command(app)
    commands = getattr(group, "commands")  # noqa: B009
    seen, wrong = 0, []
    for page, words in told():
        seen += 1
        command = commands.get(words[0])
        params = command.params if command else ()
        options = {"--help"}.union(*({*param.opts, *param.secondary_opts} for param in params))
        unknown = [word for word in words[1:] if word.startswith("-") and word.partition("=")[0] not in options]
        wrong += [f"{page}: {' '.join(words)}"] if command is None or unknown else []
    assert seen >= 3
    assert wrong == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/examples/*.yaml")), ids=named)
def test_example_documents_are_valid(path: Path) -> None:
    asked = [sys.executable, "-c", "from glasshouse.cli import main; main()", "validate", str(path)]
    answer = subprocess.run(asked, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "src")})
    assert answer.returncode == 0, answer.stdout + answer.stderr


def made(option: str) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, str(ROOT / "tools" / "make_reference.py"), option]
    return subprocess.run(asked, capture_output=True, text=True)


def test_every_field_and_quantity_has_its_sentence() -> None:
    """Stale pages are the business of `make check`; what cannot be made at all is a field nobody has explained."""
    answer = made("--check")
    assert "Traceback" not in answer.stderr and "differ" not in answer.stderr, answer.stderr


@pytest.mark.thorough
def test_made_pages_are_fresh() -> None:
    answer = made("--check")
    assert answer.returncode == 0, answer.stderr


def test_the_readme_has_two_commands_and_they_are_in_the_makefile() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = re.findall(r"^make (\w[\w-]*)", readme, re.M)
    assert commands == ["run", "test"]
    assert all(re.search(rf"^{command}:", makefile, re.M) for command in commands)
    run = re.search(r"^\t\$\(BIN\)/(glasshouse run .+)$", makefile, re.M)
    assert run is not None
    assert run[1] in readme
