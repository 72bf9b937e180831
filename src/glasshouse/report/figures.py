"""The run beside figures of the world: which were used to choose rates, and which only looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel

from glasshouse.report.account import Account, told
from glasshouse.report.markup import Markup, paragraph, section, table
from glasshouse.report.picture import COLOURS, WIDTH, altair, figure, rows_of
from glasshouse.scenario import Scenario
from glasshouse.summary import TargetRow
from glasshouse.values import Value

FITTED, CHECKED = "fitted", "checked"
WORDS: Final = {
    FITTED: "Fitted: a rate was chosen to meet these figures, so meeting them shows nothing.",
    CHECKED: "Checked: no rate says that it was chosen by these figures.",
}


def figures_of_the_world(account: Account) -> Markup:
    """The part of the page on figures of the world."""
    rows = account.summary.targets
    title = "Beside figures of the world"
    if not rows:
        return section("figures", title, paragraph("The scenario names no figure of the world to be held against."))
    used = fitted_sources(account.scenario)
    sources = {target.id: set(target.source) for target in account.scenario.targets}
    by_role = {role: [row for row in rows if (FITTED if sources[row.id] & used else CHECKED) == role] for role in WORDS}
    heads = ("figure", "date", "world", "simulated", "95 % interval", "ratio", "within its tolerance")
    note = (
        " In the reported reading these figures repeat what an article says, known errors and all."
        if account.reading == "reported" else ""
    )  # fmt: skip
    return section(
        "figures", title,
        paragraph(
            "Predicted figures, about a time later than everything the rates rest on, are none of these: the scenario "
            f"names none.{note}"
        ),
        _picture(account, by_role),
        [
            [paragraph(WORDS[role]), table(f"Figures {role}. {account.stamp}", heads, map(_row, mine))]
            for role, mine in by_role.items() if mine
        ],
    )  # fmt: skip


def fitted_sources(scenario: Scenario) -> set[str]:
    """Ids of the figures that some rate of a policy, of the conduct or of the recipe says it was fitted to."""
    parts = (*scenario.policies, scenario.conduct, scenario.recipe)
    return {source for part in parts for source in _fitted(part)} - {"invented"}


def _fitted(thing: object) -> Iterator[str]:
    if isinstance(thing, Value):
        if (thing.note or "").lower().startswith("fitted"):
            yield from thing.source
    elif isinstance(thing, BaseModel):
        for name in type(thing).model_fields:
            yield from _fitted(getattr(thing, name))
    elif isinstance(thing, Mapping):
        for part in thing.values():
            yield from _fitted(part)
    elif isinstance(thing, tuple):
        for part in thing:
            yield from _fitted(part)


def _between(row: TargetRow) -> str:
    low, high = row.simulated.low, row.simulated.high
    return "" if low is None or high is None else f"{told(low)} to {told(high)}"


def _row(row: TargetRow) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return (
        row.text, row.day, told(row.value), told(row.simulated.value), _between(row), ratio,
        "yes" if row.within else "no",
    )  # fmt: skip


def _picture(account: Account, by_role: dict[str, list[TargetRow]]) -> Markup:
    rows = []
    for role, mine in by_role.items():
        for row in mine:
            if not row.value:
                continue
            simulated = row.simulated
            known = simulated.low is not None and simulated.high is not None
            rows.append({
                "figure": f"{row.id} {row.day}", "role": role, "ratio": simulated.value / row.value,
                "low": (simulated.low or 0) / row.value if known else None,
                "high": (simulated.high or 0) / row.value if known else None,
            })  # fmt: skip
    alt = altair()
    base = alt.Chart(rows_of(rows))
    y = alt.Y("figure:N", title=None, sort=[row["figure"] for row in rows])
    domain = [role for role, mine in by_role.items() if mine]
    colour = alt.Color("role:N", title=None, scale=alt.Scale(domain=domain, range=list(COLOURS[: len(domain)])))
    one = alt.Chart(rows_of([{"ratio": 1}])).mark_rule(strokeDash=[3, 3]).encode(x="ratio:Q")
    dots = base.mark_point(filled=True, size=50, opacity=1).encode(
        x=alt.X("ratio:Q", title="simulated, as a multiple of the world's figure"), y=y, color=colour,
        shape=alt.Shape("role:N", legend=None, scale=alt.Scale(domain=domain, range=["circle", "square"])),
    )  # fmt: skip
    lines = base.transform_filter("datum.low != null").mark_rule(strokeWidth=2).encode(
        x="low:Q", x2="high:Q", y=y, color=colour
    )  # fmt: skip
    chart = alt.layer(one, lines, dots).properties(width=WIDTH - 60, height=18 * len(rows))
    numbers = [(row["figure"], str(row["role"]), f"{row['ratio']:.2f}") for row in rows]
    return figure(
        account, "targets", "How near the run comes to figures of the world",
        "Simulated over published; 1 (dashed) is the same. Lines are 95 % intervals from the choice of blocks.", chart,
        ("figure", "role", "ratio"), numbers,
    )  # fmt: skip
