"""Sweeps: one scenario at many points of a design, over any path of its documents, with the same people and luck.

All points are listed in the order of the design and none is ranked: the laboratory looks for no best policy. The range
of a figure over points that only move what nobody knows is its interval from ``parameters``; it is never mixed with
luck.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from glasshouse import runs
from glasshouse.axes import Axis, design, unknowns
from glasshouse.errors import InvalidDocuments, Mistake, RunFailed, UsageError
from glasshouse.keeping import beside, load
from glasshouse.measures.counted import Counted
from glasshouse.measures.figure import SYNTHETIC, Interval, Measure, Measures, number
from glasshouse.measures.luck import variance_parts
from glasshouse.measures.punishment import is_lawful, sanctioned
from glasshouse.order import ordered
from glasshouse.scenario import Scenario

if TYPE_CHECKING:
    from glasshouse.runs import Run

UNCHANGED: Final = "already has this value"
FIGURES: Final = (
    ("cases opened", "entered", ()),
    ("came onto a list", "new_listed", ()),
    ("listed for a tie", "entered", ("spread",)),
    ("requests refused", "refused_requests", ()),
    ("requests wrongly refused", "wrongly_refused", ()),
    ("requests refused for a tie", "refused_requests", ("spread",)),
    ("requests burdened", "burdened", ()),
)
"""What every point shows, per 1,000 subject-years; days wrongly listed and sanctions for what is lawful come too."""


@dataclass(frozen=True)
class Point:
    """One point of a design: its values, and the run made there."""

    values: dict[str, str]
    run: Run


@dataclass(frozen=True)
class Sweep:
    """All points of a design, in its order. Nothing here ranks them."""

    points: tuple[Point, ...]
    paths: tuple[str, ...]
    reading: str

    def measure(self, asked: Callable[[Run], Measures]) -> list[Measures]:
        """What a measure says at every point."""
        return [asked(point.run) for point in self.points]

    def figures(self) -> list[list[Measure]]:
        """The plain figures of every point."""
        return [list(_figures(point.run)) for point in self.points]

    def frame(self) -> pl.DataFrame:
        """One row a point: its number, its values, its figures and its result hash."""
        rows = []
        for place, (point, figures) in enumerate(zip(self.points, self.figures(), strict=True), start=1):
            found: dict[str, Any] = {"point": place} | point.values
            found |= {each.name: each.value for each in figures}
            rows.append(found | {"run": str(point.run.path), "result_hash": point.run.result_hash})
        return pl.DataFrame(rows)

    def ranges(self) -> Measures:
        """Every plain figure with its range over the points: the interval from ``parameters``.

        Numerator and exposure are those of the first point. It is an interval of what nobody knows only where the
        points move only that.
        """
        table = self.figures()
        found = []
        for column, first in enumerate(table[0]):
            values = [row[column].value for row in table]
            known = [value for value in values if value is not None]
            bounds = (Interval(min(known), max(known), "parameters"),) if known else ()
            found.append(Measure(
                "M25", first.name, first.value, first.unit, f"{first.sentence} Range over {len(table)} points.",
                first.item, first.group, first.numerator, first.exposure, first.counted, bounds,
            ))  # fmt: skip
        return Measures(f"Ranges over {', '.join(self.paths)}", tuple(found), (), self.reading)

    def variance(self, name: str = "requests refused") -> Measures:
        """M25: the variance of a figure parted in what the design's parameters make and what luck makes.

        Every point needs at least two replications.
        """
        quantity, grounds = {each[0]: (each[1], each[2]) for each in FIGURES}[name]
        counts = [Counted(point.run) for point in self.points]
        if min(each.replications for each in counts) < 2:
            raise UsageError("to tell luck from parameters every point needs at least two replications")
        years = [each.subject_years().totals for each in counts]
        outcomes = [each.of(quantity, grounds=grounds).totals / y * 1e3 for each, y in zip(counts, years, strict=True)]
        unknown, luck = variance_parts(np.array(outcomes))
        total = unknown + luck
        parts = (("from parameters", unknown), ("from luck", luck))
        found = tuple(
            Measure("M25", f"variance {word}", part / total if total else None, "of the variance",
                    f"So much of the variance of {name} comes {word}.", name, numerator=part, exposure=total)
            for word, part in parts
        )  # fmt: skip
        return Measures(f"M25 Variance of {name}", found, (), self.reading)

    def plain(self) -> dict[str, Any]:
        """As plain numbers, for JSON."""
        return {
            "synthetic": True, "reading": self.reading, "over": list(self.paths),
            "points": [
                {"values": point.values, "run": str(point.run.path), "result_hash": point.run.result_hash,
                 "measures": [each.plain() for each in figures]}
                for point, figures in zip(self.points, self.figures(), strict=True)
            ],
        }  # fmt: skip

    def plot(self, name: str = "requests refused") -> Any:
        """A figure over the first path, as an Altair chart. Needs ``glasshouse[charts]``."""
        try:
            import altair
        except ImportError as failure:
            raise UsageError("charts need Altair: install `glasshouse[charts]`") from failure
        rows = []
        for point, figures in zip(self.points, self.figures(), strict=True):
            each = next(figure for figure in figures if figure.name == name)
            text = point.values[self.paths[0]]
            rows.append({"at": text, "place": _place(text), "value": each.value, "unit": each.unit})
        told = {"text": f"{name} along {self.paths[0]}", "subtitle": f"{self.reading} reading; {SYNTHETIC}"}
        return altair.Chart(altair.InlineData(values=rows)).mark_line(point=True).encode(
            x=altair.X("place:Q", title=self.paths[0]), y=altair.Y("value:Q", title=f"{name}, {rows[0]['unit']}"),
        ).properties(title=told)  # fmt: skip

    def __str__(self) -> str:
        lines = []
        for place, (point, figures) in enumerate(zip(self.points, self.figures(), strict=True), start=1):
            said = ", ".join(f"{path}={value}" for path, value in point.values.items())
            lines.append(f"{place:>3}  {said}")
            lines.append("     " + "; ".join(f"{each.name} {number(each.value)}" for each in figures))
        return "\n".join([*lines, f"Figures per 1,000 subject-years; no order but the design's. {SYNTHETIC}"])

    def _repr_html_(self) -> str:
        return f"{self.frame()._repr_html_()}<p>{SYNTHETIC} {self.reading} reading.</p>"


def _place(text: str) -> float | None:
    try:
        return float(text.partition(" ")[0])
    except ValueError:
        return None


def _figures(run: Run) -> Iterator[Measure]:
    counted = Counted(run)
    years = counted.subject_years()
    for name, quantity, grounds in FIGURES:
        figure = counted.of(quantity, grounds=grounds)
        yield counted.ratio("", name, figure, years, "per 1,000 subject-years", f"{name.capitalize()}.", scale=1e3)
    wrong = counted.of("wrongly_listed") * counted.step_days
    yield counted.ratio(
        "M1", "days wrongly listed", wrong, years, "days per 1,000 subject-years",
        "Days on a list of subjects who would not be on it if every record were true.", scale=1e3,
    )  # fmt: skip
    yield counted.ratio(
        "M26", "sanctions for lawful conduct", sanctioned(counted, is_lawful), years, "per 1,000 subject-years",
        "Sanctions whose act breaks no law and no duty, or is protected.", scale=1e3,
    )  # fmt: skip


def sweep(
    scenario: str | Path,
    over: Sequence[str],
    out: Path | str,
    *,
    kind: str = "grid",
    points: int = 5,
    unknown: bool = False,
    sets: Sequence[str] = (),
    without: Sequence[str] = (),
    policy_files: Sequence[Path | str] = (),
    reading: str | None = None,
    threads: int | None = None,
    residents: int | None = None,
    sample: str | float | None = None,
    full: bool = False,
    months: int | None = None,
    since: str | None = None,
    seed: int | None = None,
    replications: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Runs a scenario at every point of a design, each into its own run directory under ``out``, which must not exist.

    ``over`` are texts PATH=LOW..HIGH (a number with its unit) or PATH=VALUE,VALUE; paths are those of ``--set``.
    ``unknown`` adds the ranges of all invented numbers of the scenario.
    Size, period, seed and replications are those of a run. All documents are read before anything runs, so a mistake at
    the last point costs no run. ``progress`` is told points done and in all.
    """
    first = load(scenario, policy_files=policy_files, sets=sets, without=without, reading=reading)
    axes = [Axis.read(text) for text in over]
    if unknown:
        axes += [axis for axis in unknowns(first) if all(axis.path != other.path for other in axes)]
    order = ordered(
        first, residents=residents, sample=sample, full=full, months=months, since=since, seed=seed,
        replications=replications,
    )  # fmt: skip
    found = design(axes, kind, points, seed=first.seed)
    change = {"policy_files": policy_files, "without": without, "reading": reading}
    scenarios = _scenarios(scenario, found, sets, change)
    folder = Path(out)
    if folder.exists():
        raise RunFailed(f"{folder} exists already, and a sweep writes over nothing: choose another folder")
    folder.mkdir(parents=True)
    told = {"scenario": first.name, "kind": kind, "over": list(over), "points": found}
    (folder / "design.json").write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    made = []
    files = (*policy_files, *beside(scenario))
    for place, (point, each) in enumerate(zip(found, scenarios, strict=True), start=1):
        run = runs.carry_out(each, order, folder / f"point-{place:04d}", threads=threads, files=files, read_back=False)
        made.append(Point(point, run))
        if progress is not None:
            progress(place, len(found))
    return Sweep(tuple(made), tuple(axis.path for axis in axes), first.reading)


def _scenarios(
    scenario: str | Path, points: Sequence[Mapping[str, str]], sets: Sequence[str], change: Mapping[str, Any]
) -> list[Scenario]:
    """The scenario at every point. Raises InvalidDocuments with the mistakes of all points."""
    read: list[Scenario] = []
    mistakes: list[Mistake] = []
    for point in points:
        said = [*sets, *(f"{path}={value}" for path, value in point.items())]
        try:
            read.append(_at(scenario, said, change))
        except InvalidDocuments as wrong:
            mistakes += wrong.mistakes
    if mistakes:
        raise InvalidDocuments(mistakes)
    return read


def _at(scenario: str | Path, said: list[str], change: Mapping[str, Any]) -> Scenario:
    """The scenario with fields set, but for those that have the value already (a design may meet the document)."""
    try:
        return load(scenario, sets=said, **change)
    except InvalidDocuments as wrong:
        told = [mistake.message for mistake in wrong.mistakes if not mistake.remark]
        same = [text for text in said if any(f"`{_path(text)}` {UNCHANGED}" in message for message in told)]
        if not same or any(UNCHANGED not in message for message in told):
            raise
    return load(scenario, sets=[text for text in said if text not in same], **change)


def _path(text: str) -> str:
    """The path inside its document of a text DOCUMENT/PATH=VALUE."""
    return text.partition("=")[0].strip().partition("/")[2]
