"""One life as a timeline: what was done, believed and decided, each with the clause that fired."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from glasshouse.explain.page import HEADING, SENTENCE, Line, Page
from glasshouse.measures.told import Told
from glasshouse.replay import life
from glasshouse.report.account import Account
from glasshouse.report.markup import Markup, fold, paragraph, section, tag

if TYPE_CHECKING:
    from glasshouse.runs import Run

SHOWN: Final = 24
"""Steps shown at once; the rest opens when asked for."""
AGAINST: Final = ("is refused", "Comes on the list", "points are taken from", "gets it another way", "Wrongly")
UNNOTICED: Final = "Really happens"
WEIGHTS: Final = (("wrongly refused", 8), ("wrongly listed", 6), ("refused for a tie", 4), ("listed for a tie", 3),
                  ("refused", 2), ("listed", 2))  # fmt: skip
ENDS: Final = ("Who it is", "How it stands at the end", "The clauses met on the way, exactly")


def one_life(account: Account) -> Markup:
    """The part of the page on one life."""
    run, subject, why = chosen(account)
    parts = _parts(life(run, subject))
    all_steps = [(title, lines) for title, lines in parts if title and title not in ENDS]
    steps = [each for each in all_steps if not is_quiet(each[1])]
    quiet = [each for each in all_steps if is_quiet(each[1])]
    rest = {title: lines for title, lines in parts if title in ENDS}
    more = steps[SHOWN:]
    return section(
        "life", f"One life: {subject}",
        paragraph(f"This life is synthetic; nobody like it is meant. {why}"),
        tag("h3", "Who it is"),
        [_line(each) for each in rest.get(ENDS[0], [])],
        tag("h3", "What happened, step by step"),
        tag("ol", [_step(*each) for each in steps[:SHOWN]], class_="timeline"),
        fold(f"{len(more)} more steps", tag("ol", [_step(*each) for each in more], class_="timeline"))
        if more else None,
        fold(
            f"{len(quiet)} steps in which something was done and nothing came of it",
            tag("ol", [_step(*each) for each in quiet], class_="timeline"),
        ) if quiet else None,
        tag("h3", "How it stands at the end"),
        [_line(each) for each in rest.get(ENDS[1], [])],
        paragraph(tag("code", f"glasshouse life {run.path.name} {subject}"), class_="soft"),
    )  # fmt: skip


def chosen(account: Account) -> tuple[Run, str, str]:
    """The subject whose life is told, and why this one: whom a change newly hit, else in whose life most meets."""
    if account.comparison is not None and account.other is not None:
        for sort, words in (("newly_hit", "hit"), ("newly_spared", "spared"), ("changed", "changed")):
            if named := account.comparison.examples.get(sort):
                return (
                    account.other,
                    named[0],
                    (
                        f"It is told as lived under {account.other.path.name}, where it is newly {words}; the same "
                        f"life under {account.run.path.name} can be told beside it."
                    ),
                )
    lives = account.lives
    best = max(range(len(lives.told)), key=lambda place: (weight(lives.told[place]), -place), default=None)
    if best is None or not weight(lives.told[best]):
        return account.run, str(account.run.manifest["example"]), "No life seen was touched by a list or a gate."
    return (
        account.run,
        lives.subject(best),
        ("It was chosen because much meets in it; most lives have less to tell. Any other can be told the same way."),
    )


def is_quiet(lines: list[Line]) -> bool:
    """Whether a step holds conduct that nobody noticed and nothing else."""
    return all(line.text.startswith(UNNOTICED) for line in lines if line.kind != SENTENCE)


def weight(told: Told) -> float:
    """How much meets in a life: what befell it, sort by sort, and how many clauses and services; not how often."""
    sorts = sum(number for name, number in WEIGHTS if name in told.hits)
    return sorts + 0.5 * len(told.hits) - 0.01 * min(len(told.traces), 100) if told.hits else 0.0


def _parts(page: Page) -> list[tuple[str, list[Line]]]:
    """Lines under their headings of the first level; what stands before the first one has none."""
    parts: list[tuple[str, list[Line]]] = []
    title = ""
    for is_heading, lines in groupby(page.lines, lambda line: line.kind == HEADING and line.level == 1):
        if is_heading:
            title = list(lines)[-1].text
        else:
            parts.append((title, list(lines)))
    return parts


def _step(title: str, lines: list[Line]) -> Markup:
    hit = any(word in line.text for line in lines if line.kind != SENTENCE for word in AGAINST)
    return tag("li", tag("h4", title), [_line(each) for each in lines], class_="hit" if hit else None)


def _line(line: Line) -> Markup:
    if line.kind == HEADING:
        return tag("h5", line.text)
    if line.kind == SENTENCE:
        return paragraph(line.text, tag("span", line.bracket, class_="source"), class_="clause")
    return paragraph(line.text)
