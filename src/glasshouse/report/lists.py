"""Lists over time: who is on them, and the ways in and out month by month."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from glasshouse.measures.counted import Counted
from glasshouse.report.account import RESIDENTS, Account, short_names, told
from glasshouse.report.leaving import WORDS
from glasshouse.report.markup import Markup, paragraph, section, table
from glasshouse.report.picture import COLOURS, GROUND_COLOURS, WIDTH, altair, figure, figures, rows_of
from glasshouse.vocabulary import ENDINGS, GROUNDS

SHOWN: Final = 4
MANY: Final = 30
"""Months beyond which the table of a picture holds quarters."""
Flows = dict[tuple[str, str], float]
WAYS: Final = {"own": "in: own deed", "tier": "in: tier of a score", "spread": "in: a tie's listing",
               "mistaken": "in: mistaken record", "unfounded": "in: unfounded record"}  # fmt: skip


def lists(account: Account) -> Markup:
    """The part of the page on lists."""
    acting = lists_of(account.counted)
    if not acting:
        return section("lists", "Lists over time", paragraph("No case was opened on any list in this run."))
    names = short_names(acting)
    return section(
        "lists", "Lists over time",
        figures(
            stocks(account, acting[:SHOWN], names),
            *(_flows(account, path, names[path], place) for place, path in enumerate(acting[:SHOWN])),
        ),
        whole_run(account, account.counted, acting, names),
    )  # fmt: skip


def lists_of(counted: Counted) -> list[str]:
    """Lists on which a case was opened, those with most first."""
    paths = [f"{policy.name}/{each.id}" for policy in counted.scenario.policies for each in policy.lists]
    entered = {path: counted.of("entered", item=path) for path in paths}
    acting = [path for path in paths if entered[path].counted]
    return sorted(acting, key=lambda path: -entered[path].value)


def whole_run(account: Account, counted: Counted, paths: list[str], names: dict[str, str]) -> Markup:
    """What happened on each list over the whole run, as a table."""
    heads = ("list", "cases opened", "cases ended", f"{counted.population} at the end", "of these wrongly")
    rows = []
    for path in paths:
        flows = counted.of("entered", item=path).value, counted.of("left", under=path).value
        ends = [counted.of(name, item=path, at_end=True).value for name in ("listed", "wrongly_listed")]
        rows.append((names[path], *map(told, (*flows, *ends))))
    return table(f"All lists with a case ({counted.population}). {account.stamp}", heads, rows)


def stocks(account: Account, paths: list[str], names: dict[str, str], population: str = RESIDENTS) -> Markup:
    """Who is on each of these lists at the end of each month."""
    frame = account.monthly("listed", stock=True, population=population)
    by_list: dict[str, dict[str, float]] = {path: defaultdict(float) for path in paths}
    for month, item, _, value in frame.iter_rows():
        if item in by_list:
            by_list[item][month] += value
    rows = [
        {"month": f"{month}-01", "list": names[path], "people": by_list[path][month]}
        for path in paths for month in account.calendar
    ]  # fmt: skip
    alt = altair()
    shown = [names[path] for path in paths]
    chart = alt.Chart(rows_of(rows)).mark_line().encode(
        x=alt.X("month:T", title=None, axis=alt.Axis(tickCount=5, format="%b %Y")),
        y=alt.Y("people:Q", title=population, axis=alt.Axis(format="~s")),
        color=alt.Color("list:N", title=None, scale=alt.Scale(domain=shown, range=list(COLOURS[: len(shown)])),
                        legend=None if len(shown) == 1 else alt.Legend()),
        strokeDash=alt.StrokeDash("list:N", sort=shown, legend=None),
    ).properties(width=WIDTH, height=160)  # fmt: skip
    kept = _kept(account.calendar)
    numbers = [(month, *(told(by_list[path][month]) for path in paths)) for month in kept]
    last = account.calendar[-1]
    return figure(
        account, f"stock-{population}", f"How many {population} are on a list at the end of each month",
        f"{population.capitalize()} of the whole society with an open case.", chart, ("month", *shown), numbers,
        said="At the end: " + ", ".join(f"{told(by_list[path][last])} on {names[path]}" for path in paths) + ".",
    )  # fmt: skip


def _kept(calendar: list[str]) -> list[str]:
    """Months that a table shows: all, or the ends of quarters where there are many."""
    if len(calendar) <= MANY:
        return calendar
    return [month for month in calendar if month[5:7] in ("03", "06", "09", "12")]


def _flows(account: Account, path: str, name: str, place: int) -> Markup:
    flows = _ways(account, path)
    ways = [way for way in (*WAYS.values(), *(f"out: {WORDS[each]}" for each in ENDINGS))
            if any(way == found for _, found in flows)]  # fmt: skip
    rows = [
        {"month": f"{month}-01", "way": way, "cases": value if way.startswith("in") else -value}
        for (month, way), value in flows.items()
    ]
    alt = altair()
    colours = [_colour(way) for way in ways]
    chart = alt.Chart(rows_of(rows)).mark_bar(width={"band": 0.9}).encode(
        x=alt.X("yearmonth(month):O", title=None, axis=alt.Axis(
            format="%b %Y", labelOverlap="greedy", labelAngle=0, labelSeparation=8, ticks=False)),
        y=alt.Y("cases:Q", title="out (below) · cases · in (above)", axis=alt.Axis(format="~s")),
        color=alt.Color("way:N", title=None, scale=alt.Scale(domain=ways, range=colours),
                        legend=alt.Legend(columns=2)),
    ).properties(width=WIDTH, height=170)  # fmt: skip
    totals = {way: sum(value for (_, found), value in flows.items() if found == way) for way in ways}
    numbers = [
        (year, *(told(sum(v for (m, found), v in flows.items() if found == way and m[:4] == year)) for way in ways))
        for year in dict.fromkeys(month[:4] for month in account.calendar)
    ]
    return figure(
        account, f"flows-{place}", f"“{name}”: ways in and ways out, month by month",
        "Cases of the whole society; ways out are drawn below zero.", chart, ("year", *ways),
        [*numbers, ("whole run", *(told(totals[way]) for way in ways))],
        said="Over the run: " + ", ".join(f"{told(value)} {way}" for way, value in totals.items()) + ".",
    )  # fmt: skip


def _ways(account: Account, path: str) -> Flows:
    flows: Flows = defaultdict(float)
    for month, item, ground, value in account.monthly("entered").iter_rows():
        if item == path and ground in GROUNDS:
            flows[month, WAYS[ground]] += value
    for month, item, _, value in account.monthly("left").iter_rows():
        where, _, ending = item.partition(":")
        if where == path:
            flows[month, f"out: {WORDS.get(ending, ending)}"] += value
    return flows


def _colour(way: str) -> str:
    for ground, words in WAYS.items():
        if words == way:
            return GROUND_COLOURS[ground]
    endings = [f"out: {WORDS[each]}" for each in ENDINGS]
    return COLOURS[(5, 6, 7, 4, 3, 2)[endings.index(way)]]
