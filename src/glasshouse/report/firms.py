"""Firms: what befell them, told apart from residents, who are everybody else on the page."""

from __future__ import annotations

from glasshouse.measures.counted import Counted
from glasshouse.report import gates, lists
from glasshouse.report.account import Account, bounds, short_names, told
from glasshouse.report.markup import Markup, paragraph, section, table

ASKED = (
    ("came onto a list", "new_listed", ()), ("requests refused", "refused_requests", ()),
    ("requests wrongly refused", "wrongly_refused", ()), ("cases for a partner's listing", "entered", ("spread",)),
    ("refusals for a partner's listing", "refused_requests", ("spread",)),
)  # fmt: skip
"""Words, quantity and grounds of the first table."""


def firms(account: Account) -> Markup | None:
    """The part of the page on firms; nothing where the run has none."""
    counted = account.firms
    if counted is None:
        return None
    listed = lists.lists_of(counted)
    acting = gates.gates_of(counted)
    return section(
        "firms", "Firms",
        paragraph(
            "Firms live in markets of 256 and are run before the residents, who know of them only how many of those "
            "who stand for a firm are listed in their area. Everything else on this page is about residents."
        ),
        _short(account, counted),
        lists.stocks(account, listed[: lists.SHOWN], short_names(listed), counted.population) if listed else None,
        lists.whole_run(account, counted, listed, short_names(listed)) if listed else None,
        gates.whole_run(account, acting, counted.population) if acting else None,
    )  # fmt: skip


def _short(account: Account, counted: Counted) -> Markup:
    rows = []
    years = counted.subject_years()
    for words, quantity, grounds in ASKED:
        found = counted.ratio("", words, counted.of(quantity, grounds=grounds), years, "", "", scale=1e3)
        rows.append((words, told(found.numerator), told(found.value), bounds(found.interval("blocks"))))
    heads = ("firms", "whole society", "for each 1,000 years of a firm", "95 % interval")
    return table(f"What befell firms. {account.stamp}", heads, rows)
