"""The page a person reads at the end of a run: what ran, what it did, to how many, how often wrongly, how sure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from glasshouse.counts import spans
from glasshouse.estimates import Estimate, Estimates
from glasshouse.vocabulary import ENDINGS, LAWFUL_NATURES

if TYPE_CHECKING:
    from glasshouse.mechanisms.rating import Rating
    from glasshouse.runs import Run
    from glasshouse.scenario import Scenario, Target

HEADLINES: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("entered", "came onto a list (cases)", {}),
    ("new_listed", "went from no case to one (by list)", {}),
    ("listed", "on a list at the end (by list)", {}),
    ("left", "cases that ended", {}),
    ("refused_attempts", "refused tries", {}),
    ("refused_requests", "refused requests", {}),
    ("first_refused", "persons refused (once each service)", {}),
    ("circumvented", "requests met another way", {}),
    ("wrongly_listed", "wrongly on a list at the end", {}),
    ("wrongly_refused", "wrongly refused requests", {}),
    ("spread_entered", "listed for a tie's listing (cases)", {"quantity": "entered", "grounds": ("spread",)}),
    ("spread_refused", "refused for a tie's listing", {"quantity": "refused_by", "grounds": ("spread",)}),
    ("burdened", "granted with a burden", {}),
    ("benefited", "granted with a benefit", {}),
)  # fmt: skip
"""Figures in the order shown: name, sentence, and where they are not simply all of a quantity."""


@dataclass(frozen=True)
class TargetRow:
    """A figure of the world beside the run's."""

    id: str
    text: str
    day: str
    value: float
    simulated: Estimate
    tolerance: float

    @property
    def ratio(self) -> float | None:
        """Simulated over the world's."""
        return self.simulated.value / self.value if self.value else None

    @property
    def within(self) -> bool:
        """Whether the run lies within the target's tolerance."""
        return abs(self.simulated.value - self.value) <= self.tolerance * abs(self.value)


@dataclass(frozen=True)
class Summary:
    """Everything the page shows, as plain numbers."""

    headlines: dict[str, Estimate]
    lawful: Estimate
    """Sanctions whose root event was lawful or protected."""
    endings: dict[str, Estimate]
    lists: dict[str, dict[str, Estimate]]
    gates: dict[str, dict[str, Estimate]]
    tiers: dict[str, dict[str, float]]
    targets: list[TargetRow]

    def rounded(self) -> dict[str, Any]:
        """As plain numbers, for JSON."""

        def plain(figures: dict[str, Estimate]) -> dict[str, Any]:
            return {name: figure.rounded() for name, figure in figures.items()}

        return {
            "headlines": plain(self.headlines),
            "lawful_conduct_sanctioned": self.lawful.rounded(),
            "endings": plain(self.endings),
            "lists": {path: plain(row) for path, row in self.lists.items()},
            "gates": {path: plain(row) for path, row in self.gates.items()},
            "tiers": {path: {tier: round(held, 4) for tier, held in row.items()} for path, row in self.tiers.items()},
            "targets": [
                {"id": row.id, "date": row.day, "value": row.value, "ratio": row.ratio, "within": row.within}
                | {"simulated": row.simulated.rounded()}
                for row in self.targets
            ],
        }  # fmt: skip


def summarize(run: Run, scenario: Scenario) -> Summary:
    """The figures of a run."""
    figures = Estimates(run)
    lists = [f"{policy.name}/{named.id}" for policy in scenario.policies for named in policy.lists]
    gates = [f"{policy.name}/{gate.id}" for policy in scenario.policies for gate in policy.gates]
    wanted = ("entered", "left", "listed", "wrongly_listed")
    consulted = ("refused_by", "also_refused", "burdened")
    return Summary(
        headlines={name: figures.of(**({"quantity": name} | special)) for name, _, special in HEADLINES},
        lawful=_lawful(run, scenario),
        endings=_endings(figures),
        lists={path: {name: figures.of(name, items_under=path) for name in wanted} for path in lists},
        gates={path: {name: figures.of(name, item=path) for name in consulted} for path in gates},
        tiers={f"{p.name}/{r.id}": _tiers(run, f"{p.name}/{r.id}", r) for p in scenario.policies for r in p.ratings},
        targets=[row for target in scenario.targets for row in _target(run, figures, target)],
    )


def _endings(figures: Estimates) -> dict[str, Estimate]:
    found: dict[str, Estimate] = {}
    for ending in ENDINGS:
        mine = [figures.of("left", item=item) for item in figures.items("left") if item.endswith(ending)]
        if mine:
            total = sum(figure.value for figure in mine)
            found[ending] = Estimate(total, None, None, sum(figure.counted for figure in mine))
    return found


def _weighted(run: Run, frame: pl.DataFrame, column: str) -> tuple[float, int]:
    joined = frame.join(run.areas.select("population", "area", "weight"), on=["population", "area"])
    replications = int(run.manifest["order"]["replications"])
    value = joined.select((pl.col(column) * pl.col("weight")).sum()).item() or 0.0
    return float(value) / replications, int(frame.get_column(column).sum())


def _lawful(run: Run, scenario: Scenario) -> Estimate:
    protected = [event.id for event in scenario.conduct.events if event.protected]
    lawful = pl.col("nature").is_in(LAWFUL_NATURES) | pl.col("kind").is_in(protected)
    rows = run.roots.filter(lawful).with_columns(suffered=pl.col("sanctions") * pl.col("value"))
    value, counted = _weighted(run, rows, "suffered")
    return Estimate(value, None, None, counted)


def _tiers(run: Run, path: str, rating: Rating) -> dict[str, float]:
    """Share of those holding each tier of a rating at the end of the run."""
    rows = run.scores.filter((pl.col("rating") == path) & (pl.col("group") == "all"))
    rows = rows.filter(pl.col("month") == run.manifest["period"]["last"])
    held = {row.tier: _weighted(run, rows.filter(pl.col("tier") == row.tier), "value")[0] for row in rating.tiers}
    total = sum(held.values())
    return {tier: number / total for tier, number in held.items()} if total else {}


def _target(run: Run, figures: Estimates, target: Target) -> Iterator[TargetRow]:
    if target.reading not in (None, run.manifest["reading"]):
        return
    labels = tuple(run.manifest["labels"])
    values = {None if day is None else day.isoformat(): float(number) for day, number in target.value}
    for day, _, _ in spans(target, labels, run.manifest["period"]["step"]):
        world = values.get(day, values.get(None))
        if world is not None:
            simulated = figures.target(target.id, day, target.area)
            yield TargetRow(target.id, target.text, day, world, simulated, float(target.tolerance))


# --- the page ------------------------------------------------------------------------------------------------------


def number(value: float) -> str:
    """A figure as a person writes it: three digits that count."""
    if value == 0:
        return "0"
    if abs(value) < 10:
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if abs(value) < 100_000:
        return f"{value:,.0f}"
    places = len(str(int(abs(value)))) - 4
    return f"{round(value, -places):,.0f}"


def _interval(figure: Estimate) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f"{number(figure.low)} to {number(figure.high)}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right", overflow="fold")
    return table


def _opening(run: Run) -> Text:
    told = run.manifest
    sample = f"sample {told['sample']}" if told["sample"] else f"a society of {told['society']:,}"
    period = told["period"]
    firms = f"; {told['firms']:,} firms before them" if told.get("firms") else ""
    lines = [
        ("SYNTHETIC: nobody in it exists. ", "bold"),
        (f"{told['scenario']['title']} ({told['scenario']['name']}), {told['reading']} reading\n", ""),
        (f"{period['first']} to {period['last']}, {told['steps']} {period['step']} steps, seed {told['seed']}, ", ""),
        (f"{sample}: {told['residents']:,} residents simulated, standing for {told['represents']:,}{firms}\n", ""),
    ]
    return Text.assemble(*lines)


def _headline_table(summary: Summary) -> Table:
    table = _table("What it did, for the whole society", "", "estimate", "95 % interval", "counted")
    for name, sentence, _ in HEADLINES:
        figure = summary.headlines[name]
        if figure.counted or name in ("entered", "refused_requests", "wrongly_refused"):
            table.add_row(sentence, number(figure.value), _interval(figure), f"{figure.counted:,}")
    lawful = summary.lawful
    table.add_row("sanctions for lawful or protected conduct", number(lawful.value), "", f"{lawful.counted:,}")
    for ending, figure in summary.endings.items():
        table.add_row(f"  ended by {ending}", number(figure.value), "", f"{figure.counted:,}")
    return table


def _list_table(summary: Summary) -> Table:
    table = _table("By list", "", "entered", "left", "at the end", "wrongly")
    for path, row in summary.lists.items():
        figures = [number(row[name].value) for name in ("entered", "left", "listed", "wrongly_listed")]
        table.add_row(path, *figures)
    return table


def _gate_table(summary: Summary, most: int = 20) -> Table:
    table = _table("By gate", "", "refused", "also", "burdened")
    acting = {path: row for path, row in summary.gates.items() if any(figure.counted for figure in row.values())}
    weights = {path: (-row["refused_by"].value, -row["burdened"].value, path) for path, row in acting.items()}
    ranked = sorted(acting, key=weights.__getitem__)
    for path in ranked[:most]:
        row = acting[path]
        table.add_row(path, *(number(row[name].value) for name in ("refused_by", "also_refused", "burdened")))
    if len(ranked) > most:
        table.add_row(f"and {len(ranked) - most} more", "", "", "")
    return table


def _tier_table(summary: Summary) -> Table:
    table = _table("Tiers at the end", "", "")
    for path, tiers in summary.tiers.items():
        if tiers:
            table.add_row(path, "  ".join(f"{tier} {share:.1%}" for tier, share in tiers.items()))
    return table


def _target_table(summary: Summary) -> Table:
    table = _table("Beside figures of the world", "", "date", "world", "simulated", "95 % interval", "ratio")
    for row in summary.targets:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        mark = "" if row.within else " *"
        table.add_row(
            row.id, row.day, number(row.value), number(row.simulated.value), _interval(row.simulated), ratio + mark)
    return table


def _closing(run: Run) -> Text:
    told = run.manifest
    numbers = told["numbers"]
    total = sum(numbers.values())
    known = ", ".join(f"{count} {name}" for name, count in numbers.items() if count)
    return Text.assemble(
        f"{numbers['invented']} of {total} numbers of its documents are invented ({told['invented_share']:.0%}): "
        f"{known}.\nEstimates are counts x weight; intervals come from the variance between blocks and leave out what "
        "nobody knows about the rates.\n",
        (f"result hash {run.result_hash}\n", "bold"),
        f"run         {run.path}\n",
        f"next        glasshouse life {run.path} {example(run)}   |   glasshouse verify {run.path}   |   "
        f"glasshouse explain {told['scenario']['name']}",
    )


def example(run: Run) -> str:
    """A subject that was simulated, to look at."""
    return str(run.manifest["example"])


def page(run: Run, summary: Summary) -> RenderableType:
    """The whole page."""
    parts: list[RenderableType] = [_opening(run), _headline_table(summary)]
    acting = any(figure.counted for row in summary.gates.values() for figure in row.values())
    shown = (
        (summary.lists, _list_table), (acting, _gate_table), (any(summary.tiers.values()), _tier_table),
        (summary.targets, _target_table),
    )  # fmt: skip
    for there, made in shown:
        if there:
            parts += [Text(), made(summary)]
    if any(not row.within for row in summary.targets):
        parts.append(Text("* outside the target's tolerance"))
    return Group(*parts, Text(), _closing(run))


def show(run: Run, scenario: Scenario, console: Console | None = None) -> None:
    """Prints the page."""
    (console or Console(soft_wrap=False)).print(page(run, summarize(run, scenario)), highlight=False)
