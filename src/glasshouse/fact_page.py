"""The facts and targets of a scenario as a page: fitted, checked and predicted figures in tables of their own."""

from __future__ import annotations

from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from glasshouse.fact_rows import FactRow, FactTable
from glasshouse.roles import CHECKED, FITTED, PREDICTED
from glasshouse.summary import number

TITLES: Final = {
    FITTED: "Fitted: the documents were made to meet these, so that meeting them proves nothing",
    CHECKED: "Checked: held against a target that nothing was fitted to",
    PREDICTED: "Predicted: how often a clause acted, with no published figure beside it",
}


def fact_page(table: FactTable) -> RenderableType:
    """The whole page."""
    parts: list[RenderableType] = [_opening(table)]
    for role, title in TITLES.items():
        rows = [row for row in table.rows if row.answer.role == role]
        if rows:
            parts += [Text(), _figures(title, rows)]
    rest = [row for row in table.rows if row.answer.role is None and row.not_simulated is None]
    parts += [Text(), _words("Nothing of these is counted in this scenario", "where it lives", rest)] if rest else []
    out = [row for row in table.rows if row.not_simulated is not None]
    parts += [Text(), _words("Not simulated", "why", out)] if out else []
    return Group(*parts, Text(), _closing(table))


def _opening(table: FactTable) -> Text:
    told = f"{table.scenario}, {table.reading} reading"
    if table.run is not None:
        kept = table.run.manifest
        size = f"sample {kept['sample']}" if kept["sample"] else f"a society of {kept['society']:,}"
        told += f", {size}, run {table.run.path}"
    return Text.assemble(("SYNTHETIC: nobody in it exists. ", "bold"), told)


def _plain(title: str, *columns: str, right: int = 0) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        numeric = right and 2 <= place < 2 + right
        table.add_column(column, justify="right" if numeric else "left", overflow="fold", no_wrap=place == 0)
    return table


def _figures(title: str, rows: list[FactRow]) -> Table:
    counted = all(row.held is None for row in rows)
    if counted:
        table = _plain(title, "", "", "simulated", "95 % interval", "counts", right=2)
        for row in rows:
            table.add_row(row.id, "", _simulated(row), _reach(row), row.answer.what or "")
        return table
    table = _plain(
        title, "", "date", "reported", "documented", "simulated", "95 % interval", "ratio", "since the date before",
        right=6,
    )  # fmt: skip
    for row in rows:
        table.add_row(
            row.id, row.day or "", _figure(row.reported), _figure(row.documented), _simulated(row), _reach(row),
            _ratio(row.ratio) + (" *" if row.within is False else ""), _ratio(row.flow.ratio if row.flow else None),
        )  # fmt: skip
    return table


def _words(title: str, heading: str, rows: list[FactRow]) -> Table:
    table = _plain(title, "", heading, "")
    for row in rows:
        table.add_row(row.id, row.not_simulated or row.place or "", row.answer.remark or "")
    return table


def _figure(value: float | None) -> str:
    return "" if value is None else number(value)


def _simulated(row: FactRow) -> str:
    return "" if row.answer.simulated is None else number(row.answer.simulated.value)


def _reach(row: FactRow) -> str:
    figure = row.answer.simulated
    if figure is None or figure.low is None or figure.high is None:
        return ""
    return f"{number(figure.low)} to {number(figure.high)}"


def _ratio(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"


def _closing(table: FactTable) -> Text:
    counts = table.counts()
    lines = [
        f"{counts['article']} facts of the article, {counts['not_simulated']} of them not simulated; "
        f"{counts['targets']} figures of targets. "
        f"{counts[FITTED]} fitted, {counts[CHECKED]} checked, {counts[PREDICTED]} predicted."
    ]
    if any(row.within is False for row in table.rows):
        lines.append("* outside the target's tolerance")
    if table.run is None:
        name = table.scenario
        lines.append(f"Nothing was run: glasshouse facts {name} --sample 1/1000, or --run with a run of {name}.")
    lines.append("Places: `glasshouse explain` shows policies and scenarios, `glasshouse resolve` everything else.")
    return Text("\n".join(lines))
