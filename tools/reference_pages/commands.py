"""Pages of the front doors: the commands, and the public names of the package."""

from __future__ import annotations

import inspect

import typer.main

import glasshouse
from glasshouse.cli import app
from reference_pages.source import code, story, table


def commands() -> str:
    """Every command with its arguments and options."""
    parts = [
        "# Commands\n",
        "`glasshouse COMMAND`. Data goes to stdout, progress and messages to stderr. Exit codes: 0 fine, remarks included; 1 a run",
        "failed; 2 the command was not understood; 3 a document is invalid; 4 a check did not hold.\n",
    ]
    group = typer.main.get_command(app)
    for name, command in sorted(getattr(group, "commands", {}).items()):
        if getattr(command, "hidden", False):
            continue
        parts += [f"## {name}\n", " ".join((command.help or "").replace("\b", "").split()) + "\n"]
        rows = []
        for param in command.params:
            if param.name == "help" or getattr(param, "hidden", False):
                continue
            option = param.param_type_name == "option"
            shown = ", ".join(code(word) for word in (*param.opts, *param.secondary_opts)) if option else code(
                (param.metavar or str(param.name).upper()).strip("[].") + ("..." if param.nargs == -1 else "")
            )
            rows.append((shown, " ".join((getattr(param, "help", None) or "").split())))
        parts.append(table(("argument or option", ""), rows) if rows else "")
    return "\n".join(parts)


def python() -> str:
    """The public names of the package."""
    parts = ["# Python\n", "```python\nimport glasshouse as gh\n```\n"]
    for name in glasshouse.__all__:
        thing = getattr(glasshouse, name)
        if isinstance(thing, str):
            continue
        if inspect.ismodule(thing):
            parts += [f"## gh.{name}\n", story(thing) + "\n"]
            continue
        told = "" if inspect.isclass(thing) else str(inspect.signature(thing))
        parts += [f"## gh.{name}\n", f"```python\n{name}{told}\n```\n" if told else "", story(thing) + "\n"]
        if inspect.isclass(thing):
            rows = [(code(inner), " ".join(story(member).split())) for inner, member in members(thing)]
            parts.append(table(("", ""), rows) if rows else "")
    return "\n".join(parts)


def members(thing: type) -> list[tuple[str, object]]:
    """Public methods and properties that a class defines itself."""
    found = []
    for name, member in vars(thing).items():
        if name.startswith("_") or not (callable(getattr(thing, name, None)) or hasattr(member, "__get__")):
            continue
        inner = getattr(member, "__func__", None) or getattr(member, "func", None) or member
        if inspect.getdoc(inner) and not inspect.isclass(inner):
            shown = f"{name}{inspect.signature(inner)}" if inspect.isfunction(inner) and member is not inner else name
            found.append((shown if "(" not in shown else name + "()", inner))
    return found
