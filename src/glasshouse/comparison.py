"""Two policies on the same people: what each does, the difference with a paired interval, and who is changed.

Both runs hold the same subjects; with the same luck too, what differs between two lives is what the policies do to
them. With other luck the difference of totals still stands, while "newly hit" and "newly spared" mix policy and chance:
the comparison then says so. Totals come from everything counted; who is changed is told from blocks lived again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from glasshouse.errors import UsageError
from glasshouse.keeping import kept_scenario
from glasshouse.measures import pairs
from glasshouse.measures.counted import Counted
from glasshouse.measures.figure import SYNTHETIC, number
from glasshouse.measures.lives import Lives, lived_again, program_of
from glasshouse.measures.paired import Difference, differences
from glasshouse.order import Order

if TYPE_CHECKING:
    from glasshouse.measures.pairs import Changed
    from glasshouse.runs import Run

BLOCKS: Final = 64
"""Blocks whose lives are held beside each other unless said."""
PEOPLE: Final = ("residents", "sample", "society_seed", "replicate", "first_step", "steps")
LUCK: Final = ("conduct_seed", "process_seed", "replications")


@dataclass(frozen=True)
class Comparison:
    """Two runs of the same people, held beside each other."""

    baseline: Run
    alternative: Run
    differences: tuple[Difference, ...]
    changed: tuple[Changed, ...]
    changed_subjects: float
    """Subjects of the society whose life is not the same under both (weighted)."""
    changed_counted: int
    """The same, among the subjects whose lives were lived again."""
    lived: int
    """How many lives were held beside each other; 0 where nothing can differ."""
    examples: dict[str, list[str]]
    same_luck: bool
    remarks: tuple[str, ...]
    reading: str

    def of(self, name: str, *, item: str = "", group: str = "all") -> Difference:
        """One figure under both. Raises KeyError where there is none."""
        for each in self.differences:
            if (each.name, each.item, each.group) == (name, item, group):
                return each
        raise KeyError(f"no figure `{name}` of `{item}` for `{group}`")

    def who(self, what: str, group: str = "all") -> Changed:
        """Who is changed in this respect. Raises KeyError with what there is."""
        for each in self.changed:
            if (each.what, each.group) == (what, group):
                return each
        raise KeyError(
            f"nobody was `{what}` in {group}; {', '.join(dict.fromkeys(each.what for each in self.changed))}"
        )

    def frame(self) -> pl.DataFrame:
        """One row a figure."""
        rows = [{key: value for key, value in each.plain().items() if key not in ("interval", "intervals")}
                | {"low": low, "high": high} for each in self.differences for low, high in [_bounds(each)]]  # fmt: skip
        kinds: dict[str, pl.DataType] = {name: pl.String() for name in ("id", "name", "item", "group", "unit")}
        numbers = (
            "baseline",
            "alternative",
            "difference",
            "newly_hit",
            "newly_spared",
            "both",
            "neither",
            "low",
            "high",
        )
        return pl.DataFrame(rows, schema=kinds | {name: pl.Float64() for name in numbers})

    def plain(self) -> dict[str, Any]:
        """As plain numbers, for JSON."""
        return {
            "synthetic": True, "reading": self.reading, "baseline": str(self.baseline.path),
            "alternative": str(self.alternative.path), "same_luck": self.same_luck,
            "changed_subjects": self.changed_subjects, "changed_counted": self.changed_counted, "lived": self.lived,
            "measures": [each.plain() for each in self.differences],
            "who": [each.plain() for each in self.changed], "examples": self.examples, "remarks": list(self.remarks),
        }  # fmt: skip

    def plot(self) -> Any:
        """Newly hit and newly spared in each respect, as an Altair chart. Needs ``glasshouse[charts]``."""
        try:
            import altair
        except ImportError as failure:
            raise UsageError("charts need Altair: install `glasshouse[charts]`") from failure
        rows = [
            {"respect": each.what, "people": value, "who": name}
            for each in self.changed if each.group == "all"
            for name, value in (("newly hit", each.newly_hit), ("newly spared", -each.newly_spared))
        ]  # fmt: skip
        told = f"{self.reading} reading; {SYNTHETIC}"
        chart = altair.Chart(altair.InlineData(values=rows)).mark_bar()
        return chart.encode(
            x=altair.X("people:Q", title="subjects newly hit (right) and newly spared (left)"),
            y=altair.Y("respect:N", sort=None, title=None), color=altair.Color("who:N", title=None),
            tooltip=["respect:N", "who:N", "people:Q"],
        ).properties(title={"text": "The same people under two policies", "subtitle": told})  # fmt: skip

    def __str__(self) -> str:
        lines = [
            f"Baseline    {self.baseline.path}", f"Alternative {self.alternative.path}",
            f"{number(self.changed_subjects)} subjects live another life ({self.changed_counted:,} of the "
            f"{self.lived:,} held beside each other).", "",
        ]  # fmt: skip
        lines += [_line(each) for each in self.differences if each.moved and each.group == "all"]
        if not any(each.moved for each in self.differences):
            lines.append("Nothing that was counted differs.")
        for each in self.changed:
            if each.group == "all" and (each.newly_hit or each.newly_spared):
                lines += ["", *_told(each)]
        return "\n".join([*lines, "", *self.remarks, f"{SYNTHETIC} {self.reading} reading."])

    def _repr_html_(self) -> str:
        heads = (
            "figure",
            "of",
            "group",
            "baseline",
            "alternative",
            "difference",
            "interval",
            "newly hit",
            "newly spared",
        )
        head = "".join(f"<th scope='col'>{name}</th>" for name in heads)
        rows = "".join(f"<tr>{_cells(each)}</tr>" for each in self.differences if each.moved)
        said = "".join(f"<p>{escape(remark)}</p>" for remark in self.remarks)
        return (
            f"<table><caption>The same people under two policies <em>synthetic</em></caption><thead><tr>{head}</tr>"
            f"</thead><tbody>{rows}</tbody></table><p>{number(self.changed_subjects)} subjects live another life.</p>"
            f"{said}<p>{SYNTHETIC} {escape(self.reading)} reading.</p>"
        )


def _bounds(each: Difference) -> tuple[float | None, float | None]:
    first = each.intervals[0] if each.intervals else None
    return (None, None) if first is None else (first.low, first.high)


def _line(each: Difference) -> str:
    low, high = _bounds(each)
    bounds = "" if low is None else f" ({number(low)} to {number(high)})"
    about = f" {each.item}" if each.item else ""
    return (
        f"{each.name}{about}: {number(each.baseline)} -> {number(each.alternative)}, "
        f"difference {number(each.difference)}{bounds}"
    )


def _told(each: Changed) -> Iterator[str]:
    yield (
        f"{each.what}: {number(each.newly_hit)} newly hit, {number(each.newly_spared)} newly spared, "
        f"{number(each.both)} under both, {number(each.neither)} under neither"
    )
    for word, clauses in (("hit by", each.hit_by), ("were hit by", each.spared_by)):
        if clauses:
            yield f"    {word} " + ", ".join(
                f"{clause} ({number(people)})" for clause, people in list(clauses.items())[:4]
            )


def _cells(each: Difference) -> str:
    low, high = _bounds(each)
    parts = [escape(text) for text in (each.name, each.item, each.group)]
    parts += [number(value) for value in (each.baseline, each.alternative, each.difference)]
    parts.append("" if low is None else f"{number(low)} to {number(high)}")
    parts += ["", ""] if each.who is None else [number(each.who.newly_hit), number(each.who.newly_spared)]
    return "".join(f"<td>{part}</td>" for part in parts)


# --- comparing -----------------------------------------------------------------------------------------------------


def compare(baseline: Run, alternative: Run, *, blocks: int = BLOCKS) -> Comparison:
    """Holds two runs of the same people beside each other.

    ``blocks``: in about how many blocks the lives of both are lived again to tell who is changed (at least two in each
    leaf area). Raises UsageError where the two do not hold the same people over the same time.
    """
    unlike = _unlike(baseline, alternative, PEOPLE)
    if unlike:
        raise UsageError(f"these runs do not hold the same people over the same time: {', '.join(unlike)} differ")
    other_luck = _unlike(baseline, alternative, LUCK)
    one, other = Counted(baseline), Counted(alternative)
    remarks = list(_remarks(one, other, other_luck))
    if baseline.manifest["documents"] == alternative.manifest["documents"] and not other_luck:
        same = tuple(differences(one, other, []))
        remarks.append("Both runs have the same documents and luck: nobody can be changed.")
        return Comparison(baseline, alternative, same, (), 0.0, 0, 0, {}, True, tuple(remarks), one.reading)
    first, second = _both(baseline, alternative, blocks)
    changed = [
        pairs.changed(first, second, what, group)
        for what in pairs.outcomes(first, second) for group in _groups(one, other, what)
    ]  # fmt: skip
    unlike_lives = pairs.differing(first, second)
    part = sum(len(each) for each in first.blocks)
    remarks.append(
        f"Who is changed is told from {len(first.told):,} lives in {part} of {baseline.manifest['blocks']} blocks."
    )
    return Comparison(
        baseline, alternative, tuple(differences(one, other, changed)), tuple(changed),
        first.total(unlike_lives.astype(float)), int(unlike_lives.sum()), len(first.told),
        dict(pairs.examples(first, second)), not other_luck, tuple(remarks), one.reading,
    )  # fmt: skip


def _unlike(one: Run, other: Run, names: tuple[str, ...]) -> list[str]:
    first, second = one.manifest["order"], other.manifest["order"]
    found = [name for name in names if first[name] != second[name]]
    if "society_seed" in names:
        recipes = [
            {name: digest for name, digest in run.manifest["documents"].items() if name.startswith("recipe/")}
            for run in (one, other)
        ]
        found += ["recipe"] if recipes[0] != recipes[1] else []
        found += ["period"] if one.manifest["labels"] != other.manifest["labels"] else []
    return found


def _remarks(one: Counted, other: Counted, other_luck: list[str]) -> Iterator[str]:
    if other_luck:
        yield (
            f"These runs differ in luck ({', '.join(other_luck)}): newly hit and newly spared mix policy and chance. "
            "Run both with the same seeds."
        )
    if one.reading != other.reading:
        yield f"The readings differ: {one.reading} against {other.reading}."
    yield (
        "Newly hit and newly spared depend on the pairing of lives (the same person, the same luck); only their "
        "difference does not."
    )


def _both(baseline: Run, alternative: Run, blocks: int) -> tuple[Lives, Lives]:
    scenarios = [kept_scenario(run.path) for run in (baseline, alternative)]
    lives = []
    groups = tuple(each for each in scenarios[0].groups if each in scenarios[1].groups)
    for run, scenario in zip((baseline, alternative), scenarios, strict=True):
        order = Order.read(run.manifest["order"])
        program = program_of(run, scenario, order)
        again = lived_again(order, program, blocks)
        lives.append(
            replace(Lives.again(run, scenario, program, again), scenario=scenario.model_copy(update={"groups": groups}))
        )
    pairs.check_same_people(*lives)
    return lives[0], lives[1]


def _groups(one: Counted, other: Counted, what: str) -> list[str]:
    """All groups for the plain outcomes; everybody together for single lists, services and gates."""
    plain = what in ("sanctioned", "listed", "refused", "wrongly listed", "wrongly refused")
    return [group for group in one.groups if group in other.groups] if plain else ["all"]
