"""How long a list holds somebody: from the day of entry, what has ended it by when, the endings competing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from glasshouse.measures.leaving import Course, life_table
from glasshouse.report.account import Account, short_names, told
from glasshouse.report.markup import Markup, paragraph, section
from glasshouse.report.picture import COLOURS, NOTHING, WIDTH, altair, figure, figures, rows_of
from glasshouse.vocabulary import ENDINGS

Numbers = npt.NDArray[np.float64]
OPEN: Final = "open"
SHOWN: Final = 4
"""Lists that get a picture of their own, those with most stays first."""
WORDS: Final = {"repair": "mended", "appeal": "won an appeal", "term": "term over", "origin ended": "its origin ended",
                "repeal": "list repealed", "subject ended": "subject ended"}  # fmt: skip


@dataclass(frozen=True)
class Leaving:
    """Durations by list and ending, and where they were counted."""

    tables: dict[str, dict[str, Numbers]]
    whole: Course | None
    step_months: float
    from_counts: bool
    seen: int
    """How many cases or stays were counted."""

    @property
    def median(self) -> float | None:
        """Months until half have left; None where not half of them have in the time seen."""
        found = None if self.whole is None else self.whole.median()
        return None if found is None else found * self.step_months

    @property
    def months(self) -> str:
        """The median for the first screen."""
        if self.whole is None:
            return "none"
        return "not seen" if self.median is None else told(self.median)

    @property
    def beneath(self) -> str:
        """What stands beneath it."""
        if self.whole is None:
            return "nobody came onto a list"
        told_from = f"from {self.seen:,} {self.unit} seen, those still listed counted with the time they have stood"
        if self.median is None:
            ended = 1 - float(self.whole.survival[-1])
            return f"not half leave in the time seen; {ended:.0%} would by its end; {told_from}"
        return told_from

    @property
    def unit(self) -> str:
        """What was counted: cases, or stays without a break."""
        return "cases" if self.from_counts else "stays"

    @property
    def sentence(self) -> str:
        """The same as a sentence."""
        if self.whole is None:
            return "Nobody came onto a list."
        if self.median is None:
            return "Not half of those on a list leave it in the time seen."
        return f"Half of those who come onto a list have left it after {told(self.median)} months."


def leaving_of(account: Account) -> Leaving:
    """The durations of a run: from its counts where they hold cases still open, else from lives lived again."""
    counted = account.counted
    rows = counted.part("lifetimes", "list", "ending", "steps")
    by_count = OPEN in rows.get_column("ending").to_list()
    tables: dict[str, dict[str, Numbers]] = {}
    seen = int(rows.get_column("counted").sum())
    if by_count:
        for path, ending, steps, value in rows.select("list", "ending", "steps", "value").iter_rows():
            _add(tables, path, ending, steps, value / counted.replications, counted.steps)
    else:
        lives = account.lives
        seen = sum(len(life.spells) for life in lives.told)
        last = lives.program.first_step + lives.program.steps
        for life, weight in zip(lives.told, lives.weight, strict=True):
            for spell in life.spells:
                until = spell.until if spell.ending else last
                _add(tables, spell.list, spell.ending or OPEN, until - spell.since, weight, counted.steps)
    everything: dict[str, Numbers] = {}
    for table in tables.values():
        for ending, numbers in table.items():
            everything[ending] = everything.get(ending, np.zeros(counted.steps + 1)) + numbers
    whole = course_of(everything) if everything else None
    return Leaving(tables, whole, counted.step_years * 12, by_count, seen)


def _add(tables: dict[str, dict[str, Numbers]], path: str, ending: str, steps: int, value: float, length: int) -> None:
    tables.setdefault(path, {}).setdefault(ending, np.zeros(length + 1))[steps] += value


def course_of(table: dict[str, Numbers]) -> Course:
    """A table of durations worked out, its endings in the order of the vocabulary."""
    nothing = np.zeros(len(next(iter(table.values()))))
    return life_table({each: table[each] for each in ENDINGS if each in table}, table.get(OPEN, nothing))


def leaving(account: Account) -> Markup:
    """The part of the page on ways out."""
    found = leaving_of(account)
    paths = sorted(found.tables, key=lambda path: -sum(each.sum() for each in found.tables[path].values()))
    names = short_names(paths)
    if not paths:
        return section("leaving", "How one gets off a list again", paragraph("Nobody came onto a list."))
    counted = f"{found.seen:,} {found.unit} were seen. "
    counted += "They are the cases of the whole run." if found.from_counts else account.lived
    return section(
        "leaving", "How one gets off a list again",
        paragraph(
            "Whoever is on a list leaves it in one of several ways, and each way keeps the others from happening. "
            "Those still listed at the end are counted with the time they have stood; leaving them out would make "
            f"recovery look quicker than it is. {counted}"
        ),
        figures(*(_picture(account, found, path, names[path], place) for place, path in enumerate(paths[:SHOWN]))),
        paragraph(f"{len(paths) - SHOWN} more lists have fewer stays and no picture.") if len(paths) > SHOWN else None,
    )  # fmt: skip


def _picture(account: Account, found: Leaving, path: str, name: str, place: int) -> Markup:
    course = course_of(found.tables[path])
    standing = "still on the list"
    endings = [*course.incidence, standing]
    shares = {**course.incidence, standing: course.survival}
    seen = int(np.count_nonzero(course.at_risk))
    every = max(1, seen // 80)
    rows = [
        {"months": step * found.step_months, "share": float(shares[each][step]), "ending": WORDS.get(each, each),
         "rank": rank}
        for rank, each in enumerate(endings) for step in range(0, seen, every)
    ]  # fmt: skip
    alt = altair()
    domain = [WORDS.get(each, each) for each in endings]
    colours = [*COLOURS[: len(endings) - 1], NOTHING]
    chart = alt.Chart(rows_of(rows)).mark_area(interpolate="step-after").encode(
        x=alt.X("months:Q", title="months since coming onto the list"),
        y=alt.Y("share:Q", title=f"share of {found.unit}", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
        color=alt.Color("ending:N", title=None, scale=alt.Scale(domain=domain, range=colours)),
        order="rank:Q",
    ).properties(width=WIDTH, height=170)  # fmt: skip
    year = round(12 / found.step_months)
    marks = [step for step in range(0, len(course.survival), max(1, year // 2)) if course.at_risk[step] > 0]
    numbers = [
        (f"{step * found.step_months:.0f} months", *(f"{shares[each][step]:.1%}" for each in endings)) for step in marks
    ]
    at = min(year, len(course.survival) - 1)
    said = ", ".join(f"{shares[each][at]:.0%} {WORDS.get(each, each)}" for each in endings)
    return figure(
        account, f"leaving-{place}", f"“{name}”: who has left, by what, after how long",
        f"Share of {found.unit} on the list; ways out compete.", chart,
        ("after", *(WORDS.get(each, each) for each in endings)), numbers,
        said=f"After {at * found.step_months:.0f} months: {said}.",
    )  # fmt: skip
