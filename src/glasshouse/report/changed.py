"""Who is changed: the same people under two policies, newly hit and newly spared, by which clause."""

from __future__ import annotations

from typing import Final

from glasshouse.comparison import Comparison
from glasshouse.measures.pairs import Changed
from glasshouse.report.account import Account, bounds, told
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
            f"The same people with other luck under {account.run.path.name} and {account.other.path.name}: newly hit and "
            "newly spared mix policy and chance."
        ),
        _picture(account, found),
        _differences(account, found),
        _by_group(account, found),
        listed(found.remarks),
        _examples(account, found),
    )  # fmt: skip


def _moved(found: Comparison) -> list[Changed]:
    everybody = [each for each in found.changed if each.group == "all" and (each.newly_hit or each.newly_spared)]
    return sorted(everybody, key=lambda each: (each.what not in PLAIN, -each.newly_hit - each.newly_spared))[:SHOWN]


def _picture(account: Account, found: Comparison) -> Markup:
    moved = _moved(found)
    if not moved:
        return paragraph("Nobody is newly hit or newly spared in any respect.")
    rows = [
        {"respect": each.what, "people": value, "who": who}
        for each in moved for who, value in (("newly hit", each.newly_hit), ("newly spared", -each.newly_spared))
    ]  # fmt: skip
    alt = altair()
    chart = alt.Chart(rows_of(rows)).mark_bar().encode(
        x=alt.X("people:Q", title="newly spared (left) · residents · newly hit (right)",
                axis=alt.Axis(format="~s", tickCount=5)),
        y=alt.Y("respect:N", title=None, sort=[each.what for each in moved], axis=alt.Axis(labelLimit=190)),
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


def _clauses(behind: dict[str, float]) -> str:
    return ", ".join(f"{clause} ({told(people)})" for clause, people in list(behind.items())[:3])


def _differences(account: Account, found: Comparison) -> Markup:
    rows = [
        (each.name, each.item, told(each.baseline), told(each.alternative), told(each.difference),
         bounds(each.intervals[0] if each.intervals else None))
        for each in found.differences if each.moved and each.group == "all"
    ]  # fmt: skip
    heads = ("figure", "of", account.run.path.name, account.other.path.name if account.other else "", "difference",
             "paired 95 % interval")  # fmt: skip
    return table(f"Everything that differs. {account.stamp}", heads, rows[:MOST])


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
