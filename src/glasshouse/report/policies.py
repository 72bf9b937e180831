"""The policies in plain words, each sentence with its source, and what the sources are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from glasshouse.explain import Line, Page, explain
from glasshouse.explain.page import HEADING
from glasshouse.facts import Fact, Publication, facts_of
from glasshouse.keeping import CANONICAL, FACTS
from glasshouse.reading.margin import Margin
from glasshouse.report.account import Account
from glasshouse.report.markup import Markup, fold, paragraph, section, table, tag
from glasshouse.shelf import Library

OPENED: Final = 1
"""Policies up to which they stand open."""


def policies(account: Account) -> Markup:
    """The part of the page on the policies."""
    pages = {policy.name: explain(policy) for policy in account.scenario.policies}
    open_ = len(pages) <= OPENED
    return section(
        "policies", "The policies in plain words",
        paragraph(
            "Each sentence is followed by what is simulated, its source and how well it is known. "
            "“Invented” means that nobody knows the number and somebody had to write one."
        ),
        [fold(page.title, _told(page)) if not open_ else _opened(page) for page in pages.values()],
        _sources(account, list(pages.values())),
    )  # fmt: skip


def _opened(page: Page) -> Markup:
    return tag("details", tag("summary", page.title), _told(page), open="")


def _told(page: Page) -> list[Markup]:
    made = []
    for is_heading, lines in groupby(page.lines, lambda line: line.kind == HEADING):
        for line in lines:
            made.append(tag("h3" if line.level <= 1 else "h4", line.text) if is_heading else _line(line))
    return made


def _line(line: Line) -> Markup:
    named = tag("strong", f"{line.clause}: ") if line.clause and line.level == 0 else None
    return paragraph(
        named, line.text, tag("span", line.bracket, class_="source"), class_="deep" if line.level else None
    )


def _sources(account: Account, pages: list[Page]) -> Markup | None:
    named = {source for page in pages for line in page.lines for source in line.source}
    known = {each.id: each for each in _known(account)}
    rows = []
    for name in sorted(named):
        match known.get(name):
            case Publication() as found:
                told = ", ".join(part for part in (found.title, found.publisher, found.year) if part)
                rows.append((name, told, f"read: {found.read or 'not said'}"))
            case Fact() as found:
                rows.append((name, found.text, f"from {', '.join(found.source)}; {found.confidence}"))
    if not rows:
        return None
    return fold("What the sources are", table("Sources named above", ("id", "what it is", "how it is known"), rows))


def _known(account: Account) -> Iterator[Fact | Publication]:
    """Facts and publications that the run keeps."""
    library = Library((account.run.path / CANONICAL, account.run.path / FACTS))
    for name in library.names("facts"):
        found = facts_of(library.sheet("facts", name), library, Margin())
        if found is not None:
            yield from found.facts
            yield from found.publications
