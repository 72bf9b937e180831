"""A page for each policy of the library, in the words of `glasshouse explain`, and their contents by group."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial

from glasshouse.contents import Contents, Title
from glasshouse.document import READERS
from glasshouse.explain import explain
from glasshouse.explain.page import HEADING, Line
from glasshouse.facts import facts_of
from glasshouse.policy import Conduct, Policy, load_conduct
from glasshouse.reading.margin import Margin
from glasshouse.shelf import Library
from reference_pages.source import code

SHELF = Library.default()
MARKUP = re.compile(r"([*<\\`])")


@cache
def titles() -> tuple[Title, ...]:
    """The policies of the library by group."""
    return tuple(each for each in Contents(SHELF).titles if each.kind == "policy")


@cache
def told() -> dict[str, str]:
    """What each fact and publication of the library says, by its id."""
    found: dict[str, str] = {}
    for name in SHELF.names("facts"):
        facts = facts_of(SHELF.sheet("facts", name), SHELF, Margin())
        if facts is not None:
            found |= {fact.id: fact.text for fact in facts.facts}
            found |= {publication.id: publication.title for publication in facts.publications}
    return found


@cache
def conduct(name: str) -> Conduct:
    """The conduct that policies are written for."""
    return load_conduct(name, SHELF)


def pages() -> dict[str, Callable[[], str]]:
    """The page of each policy, by its name."""
    return {each.name: partial(page, each) for each in titles()}


def index() -> str:
    """The policies of the library by group."""
    lines = [
        "# Policies of the library\n",
        "Each page is what `glasshouse explain` says of a policy: every clause with its source and how well it is known. "
        "A number without a source of its own has that of its clause; what is marked as invented nobody has published.",
    ]
    group = ""
    for each in titles():
        if each.group != group:
            group = each.group
            lines.append(f"\n## {group.capitalize()}\n")
        lines.append(f"- [{each.title}]({each.name}.md) ({code(each.name)})")
    lines += ["\n```{toctree}\n:hidden:\n", *(each.name for each in titles()), "```"]
    return "\n".join(lines)


def page(each: Title) -> str:
    """A policy in plain words."""
    policy = READERS["policy"](SHELF.sheet("policy", each.name), SHELF, Margin())
    assert isinstance(policy, Policy), f"{each.name} cannot be read"
    found = explain(policy, conduct(policy.written_for), told())
    head = [
        f"# {each.title}\n",
        f"{code(each.name)}: `glasshouse explain {each.name}` says the same, `glasshouse copy {each.name} FILE --kind policy` "
        "gives the document.\n",
    ]
    return "\n".join([*head, *_lines(found.lines)])


def _lines(lines: tuple[Line, ...]) -> Iterator[str]:
    listed = False
    for line in lines:
        text = MARKUP.sub(r"\\\1", line.text)
        if line.kind == HEADING:
            yield f"\n{'#' * (max(line.level, 1) + 1)} {text[:1].upper()}{text[1:]}\n"
            listed = False
            continue
        label = f"**{line.clause}** " if line.clause and line.level == 0 else ""
        yield f"{'  ' * line.level if listed else ''}- {label}{text}{line.bracket}"
        listed = True
