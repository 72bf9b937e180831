"""The headline of a run: what is said first, and what may never be left out of it.

Wrongful sanctions stand beside those for lawful conduct, because a perfectly accurate system that punishes criticism
wrongs nobody and does harm; and the share of invented numbers stands beside all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glasshouse.measures.counted import Counted, Figure
from glasshouse.measures.figure import Measure, Measures
from glasshouse.measures.punishment import is_lawful, sanctioned

if TYPE_CHECKING:
    from glasshouse.runs import Run


def headline(run: Run) -> Measures:
    """The first things to say of a run: listed, refused, wrongly, rightly but for lawful conduct, for a tie, over."""
    counted = Counted(run)
    years = counted.subject_years()
    wrong, refused = counted.of("wrongly_refused"), counted.of("refused_requests")
    spread = counted.of("entered", grounds=("spread",)) + counted.of("refused_requests", grounds=("spread",))
    found = [
        _rate(counted, "", "came onto a list", counted.of("new_listed"), years, "Times somebody came onto a list."),
        _rate(counted, "", "requests refused", refused, years, "Requests refused for good."),
        _rate(counted, "M1", "requests wrongly refused", wrong, years, "Refused, and not if every record were true."),
        counted.ratio(
            "M1", "days wrongly listed", counted.of("wrongly_listed") * counted.step_days, years,
            "days per 1,000 subject-years", "Days on a list, and not if every record were true.", scale=1e3,
        ),
        _rate(
            counted, "M26", "sanctions for lawful conduct", sanctioned(counted, is_lawful), years,
            "Sanctions, rightly charged or not, for what breaks no law and no duty or is protected.",
        ),
        _rate(counted, "M4", "sanctions for a tie", spread, years, "Cases and refusals for somebody else's listing."),
        counted.ratio(
            "M11", "cases over", counted.of("left"), counted.of("entered"), "of cases opened",
            "Of the cases opened within the run, so many are over at its end.",
        ),
    ]  # fmt: skip
    share = float(run.manifest["invented_share"])
    return counted.answer(
        f"In short: {run.manifest['scenario']['title']}", found,
        f"{share:.0%} of the numbers of its documents are invented; no interval here covers that.",
    )  # fmt: skip


def _rate(counted: Counted, id_: str, name: str, figure: Figure, years: Figure, sentence: str) -> Measure:
    return counted.ratio(id_, name, figure, years, "per 1,000 subject-years", sentence, scale=1e3)
