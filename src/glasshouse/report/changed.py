"""Who is changed: the same people under two policies, newly hit and newly spared, by which clause."""

from __future__ import annotations

from math import isclose
from typing import Final

from glasshouse.canonical import digest
from glasshouse.comparison import Comparison
from glasshouse.explain import difference
from glasshouse.explain.page import HEADING
from glasshouse.keeping import kept_scenario
from glasshouse.measures.figure import number
from glasshouse.measures.paired import Difference
from glasshouse.measures.pairs import Changed
from glasshouse.report.account import Account, bounds, plain_name, told
from glasshouse.report.groups import group_words
from glasshouse.report.markup import Markup, listed, paragraph, section, table, tag
from glasshouse.report.picture import COLOURS, WIDTH, altair, figure, rows_of

SHOWN: Final = 14
MOST: Final = 60
PLAIN: Final = ("sanctioned", "listed", "refused", "wrongly listed", "wrongly refused")


def changed(account: Account) -> Markup | None:
    """The part of the page on who is changed; nothing where there is one run only."""
    found = account.comparison
    if found is None or account.other is None:
        return None
    return section(
        "changed", "Who is changed by the other policies",
        paragraph(
            f"The same people with the same luck, once under {account.run.path.name} and once under "
            f"{account.other.path.name}. {told(found.changed_subjects)} residents of the society live another life "
            f"({found.changed_counted:,} of the {found.lived:,} lives held beside each other)."
            if found.same_luck else
            f"The same people with other luck under {account.run.path.name} and {account.other.path.name}: newly hit "
            "and newly spared mix policy and chance."
        ),
        _documents(account, found),
        _picture(account, found),
        _differences(account, found),
        _by_group(account, found),
        listed(found.remarks),
        _examples(account, found),
    )  # fmt: skip


def _documents(account: Account, found: Comparison) -> Markup | None:
    """What differs between the policies of the two, in plain words."""
    other = {policy.name: policy for policy in kept_scenario(found.alternative.path).policies}
    own = {policy.name: policy for policy in account.scenario.policies}
    said = [paragraph(f"Only the first has {policy.title}.") for name, policy in own.items() if name not in other]
    said += [paragraph(f"Only the other has {policy.title}.") for name, policy in other.items() if name not in own]
    for name in own:
        if name in other and digest(own[name]) != digest(other[name]):
            lines = [each for each in difference(own[name], other[name]).lines if each.kind != HEADING]
            said += [
                paragraph(
                    f"{name}: " if line.level == 0 else "",
                    f"{line.clause}: " if line.clause else "",
                    line.text,
                    class_="deep" if line.level else None,
                )
                for line in lines
            ]
    return tag("div", tag("h3", "What differs in the documents"), said) if said else None


def _moved(found: Comparison) -> list[Changed]:
    everybody = [each for each in found.changed if each.group == "all" and (each.newly_hit or each.newly_spared)]
    return sorted(everybody, key=lambda each: (each.what not in PLAIN, -each.newly_hit - each.newly_spared))[:SHOWN]


def _picture(account: Account, found: Comparison) -> Markup:
    moved = _moved(found)
    if not moved:
        return paragraph("Nobody is newly hit or newly spared in any respect.")
    rows = [
        {"respect": respect_words(each.what), "people": value, "who": who}
        for each in moved for who, value in (("newly hit", each.newly_hit), ("newly spared", -each.newly_spared))
    ]  # fmt: skip
    alt = altair()
    chart = alt.Chart(rows_of(rows)).mark_bar().encode(
        x=alt.X("people:Q", title="spared · residents · hit",
                axis=alt.Axis(format="~s", tickCount=5)),
        y=alt.Y("respect:N", title=None, sort=[respect_words(each.what) for each in moved],
                axis=alt.Axis(labelLimit=190)),
        color=alt.Color("who:N", title=None, scale=alt.Scale(
            domain=["newly hit", "newly spared"], range=[COLOURS[1], COLOURS[0]])),
    ).properties(width=WIDTH - 70, height=22 * len(moved))  # fmt: skip
    heads = ("respect", "newly hit", "interval", "newly spared", "interval ", "under both", "hit by", "were hit by")
    numbers = [
        (each.what, told(each.newly_hit), bounds(each.intervals[0]), told(each.newly_spared), bounds(each.intervals[1]),
         told(each.both), _clauses(each.hit_by), _clauses(each.spared_by))
        for each in moved
    ]  # fmt: skip
    return figure(
        account, "changed", "Newly hit and newly spared, in each respect",
        "Residents of the whole society to whom it happens under one of the two only.", chart, heads, numbers,
        said="; ".join(f"{each.what}: {told(each.newly_hit)} hit, {told(each.newly_spared)} spared" for each in moved),
    )  # fmt: skip


def respect_words(what: str) -> str:
    """A respect short enough for an axis: `refused by law/no-seed` is `refused by no seed`."""
    first, _, path = what.rpartition(" ")
    return f"{first} {plain_name(path)}" if first and ("/" in path or "_" in path) else what


def _clauses(behind: dict[str, float]) -> str:
    return ", ".join(f"{clause} ({told(people)})" for clause, people in list(behind.items())[:3])


def _differences(account: Account, found: Comparison) -> Markup:
    rows = [
        (each.name, each.item, number(each.baseline), number(each.alternative), number(each.difference),
         " to ".join(number(end) for end in (each.intervals[0].low, each.intervals[0].high)) if each.intervals else "")
        for each in found.differences if has_moved(each) and each.group == "all"
    ]  # fmt: skip
    heads = ("figure", "of", account.run.path.name, account.other.path.name if account.other else "", "difference",
             "paired 95 % interval")  # fmt: skip
    return table(f"Everything that differs. {account.stamp}", heads, rows[:MOST])


def has_moved(each: Difference) -> bool:
    """Whether a figure differs by more than the rounding of a sum."""
    if each.baseline is None or each.alternative is None:
        return each.moved
    return not isclose(each.baseline, each.alternative, rel_tol=1e-9)


def _by_group(account: Account, found: Comparison) -> Markup | None:
    rows = [
        (f"{each.what}, {group_words(each.group)}", *map(told, (each.newly_hit, each.newly_spared, each.both)))
        for each in found.changed
        if each.group != "all" and each.what in PLAIN and (each.newly_hit or each.newly_spared)
    ]
    if not rows:
        return None
    heads = ("respect and group", "newly hit", "newly spared", "under both")
    return table(f"By group. {account.stamp}", heads, rows[:MOST])


def _examples(account: Account, found: Comparison) -> Markup | None:
    named = [each for sort in ("newly_hit", "newly_spared") for each in found.examples.get(sort, [])[:3]]
    if not named:
        return None
    other = account.other.path.name if account.other else ""
    told_lives = "\n".join(
        f"glasshouse life {where} {subject}" for subject in named for where in (account.run.path.name, other)
    )
    return tag("div", tag("h3", "Lives to read side by side"), tag("pre", tag("code", told_lives)))
