"""Groups: how often each is listed, refused and wrongly refused, with intervals."""

from __future__ import annotations

from typing import Final

from glasshouse.measures.figure import Measure
from glasshouse.report.account import Account, bounds, first_interval, told
from glasshouse.report.markup import Markup, paragraph, section
from glasshouse.report.picture import COLOURS, SOFT, WIDTH, altair, figure, figures, rows_of

ASKED: Final = (
    ("new_listed", "Who comes onto a list", "times somebody came onto a list"),
    ("refused_requests", "Who is refused", "requests refused"),
    ("wrongly_refused", "Who is refused wrongly", "requests refused that true records would have let pass"),
)
"""Quantity, title and words of each picture."""
MOST: Final = 24


def groups(account: Account) -> Markup:
    """The part of the page on groups."""
    labels = account.counted.groups[1 : MOST + 1]
    if not labels:
        return section(
            "groups", "Groups", paragraph("The scenario declares no groups to be told apart; `groups:` in it does.")
        )
    return section(
        "groups", "Groups: whom it falls on",
        paragraph(
            "A group is a declared part of the society, told by attributes of the first month. Dots are estimates, "
            "lines 95 % intervals from the choice of blocks (or from replications, where there is one block); a group "
            "without a line was seen too seldom to tell. A gap between groups says what people live through, not why: "
            "groups differ in what they do and where they live."
        ),
        figures(*(_picture(account, labels, *asked) for asked in ASKED)),
        paragraph(f"{len(account.counted.groups) - 1 - MOST} more groups are in the run.")
        if len(account.counted.groups) - 1 > MOST else None,
    )  # fmt: skip


def group_words(label: str) -> str:
    """A group in words: `sex=female&income=1` is `sex female, income 1`."""
    if label == "all":
        return "everybody"
    return ", ".join(_level(*part.split("=", 1)) for part in label.split("&"))


def _level(name: str, level: str) -> str:
    """A level of an attribute in words."""
    told_name, told_level = name.replace("_", " "), level.replace("_", " ")
    return {"true": told_name, "false": f"not {told_name}"}.get(level, f"{told_name} {told_level}")


def _measure(account: Account, quantity: str, group: str) -> Measure:
    counted = account.counted
    return counted.ratio(
        "M6", quantity, counted.of(quantity, group=group), counted.subject_years(group), "per 1,000 years", "",
        group=group, scale=1e3,
    )  # fmt: skip


def _picture(account: Account, labels: list[str], quantity: str, title: str, words: str) -> Markup | None:
    found = [_measure(account, quantity, label) for label in ("all", *labels)]
    if not found[0].numerator:
        return None
    rows = []
    for each in found:
        between = first_interval(each)
        rows.append({
            "group": group_words(each.group), "rate": each.value,
            "low": None if between is None else between.low, "high": None if between is None else between.high,
        })  # fmt: skip
    alt = altair()
    base = alt.Chart(rows_of(rows))
    y = alt.Y("group:N", title=None, sort=[row["group"] for row in rows])
    whole = alt.Chart(rows_of([{"rate": rows[0]["rate"]}])).mark_rule(color=SOFT, strokeDash=[3, 3]).encode(x="rate:Q")
    dots = base.mark_point(filled=True, size=60, opacity=1, color=COLOURS[0]).encode(
        x=alt.X("rate:Q", title="for each 1,000 years lived", axis=alt.Axis(tickCount=4, format="~g")), y=y
    )  # fmt: skip
    lines = base.transform_filter("datum.low != null").mark_rule(color=COLOURS[0], strokeWidth=2).encode(
        x=alt.X("low:Q"), x2="high:Q", y=y
    )  # fmt: skip
    chart = alt.layer(whole, lines, dots).properties(width=WIDTH - 60, height=20 * len(rows))
    numbers = [
        (group_words(each.group), told(each.value), bounds(first_interval(each)), told(each.numerator),
         f"{each.counted:,}")
        for each in found
    ]  # fmt: skip
    return figure(
        account, f"groups-{quantity}", title, f"{words.capitalize()}, for each 1,000 years lived; dashed: everybody.",
        chart, ("group", "for each 1,000 years", "95 % interval", "whole society", "counted"), numbers,
    )  # fmt: skip
