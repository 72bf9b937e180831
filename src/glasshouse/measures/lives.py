"""Lives lived again: what the counts of a run do not hold by subject, told from the journals of some of its blocks.

A block is a pure function of the run's documents, seeds and its number, so it can be lived again at any time and is the
same to the bit. Nothing is read from a file: journals are made, reduced to a few numbers a subject, and forgotten.
Blocks are taken from every leaf area in the order of its sample, at least two, and weighted by area.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from glasshouse import making
from glasshouse.errors import NotCounted, UsageError
from glasshouse.estimates import student
from glasshouse.keeping import kept_scenario
from glasshouse.measures.counted import STEP_YEARS, YEAR_DAYS
from glasshouse.measures.figure import Interval, Measure, Measures
from glasshouse.order import Order
from glasshouse.panel import Journal, journal_columns, named_rows, subject_id
from glasshouse.scenario import Scenario
from glasshouse.vocabulary import LAWFUL_NATURES

if TYPE_CHECKING:
    from glasshouse.engine import Program
    from glasshouse.runs import Run

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
FEWEST: Final = 2
"""Blocks of a leaf area that are lived again at least, where it has as many."""
AMOUNTS: Final = (
    "listed_steps", "wrongful_steps", "spread_steps", "lawful_steps", "cases", "refused", "wrongly_refused", "granted",
    "burdened", "benefited", "spread_refused",
)  # fmt: skip
"""What is told of every subject. Steps are those with an open case of the sort on any list, each step once."""


@dataclass
class Told:
    """What one subject's life came to."""

    amounts: Counter[str] = field(default_factory=Counter)
    hits: dict[str, str] = field(default_factory=dict)
    """What befell the subject at least once (``listed``, ``refused ticket``..), and the clause behind it first."""
    traces: list[int] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)
    punished: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    """For every root the distinct (authority, right) it was punished by."""


@dataclass(frozen=True, slots=True)
class Spell:
    """Steps on a list without a break: from the first case to the last, and how the last ended ("" if it has not)."""

    list: str
    since: int
    until: int
    ending: str


@dataclass(frozen=True)
class Shape:
    """What of a scenario decides how journals are read."""

    lawful: frozenset[str]
    rights: dict[str, str]
    authorities: dict[str, str]
    first: int
    stop: int

    @classmethod
    def of(cls, scenario: Scenario, program: Program) -> Shape:
        """The shape of a scenario as a program runs it."""
        events = scenario.conduct.events
        lawful = {each.id for each in events if each.nature in LAWFUL_NATURES or each.protected}
        rights = {each.id: each.right for each in scenario.conduct.services}
        names = {policy.name: policy.authority.name for policy in scenario.policies}
        return cls(frozenset(lawful), rights, names, program.first_step, program.first_step + program.steps)


def kind_of(root: str) -> str:
    """The kind of event behind a root, or the path of the detector that raised a false alarm."""
    return root.split(":", 2)[1] if root else ""


def lives_of(journal: Journal, shape: Shape) -> list[Told]:
    """What every subject of a block lived through, in the order of the block."""
    told = [Told() for _ in journal["subjects"]]
    _listings(journal, shape, told)
    _requests(journal, shape, told)
    for table in ("enrolments", "points", "publications"):
        for row in journal[table]:
            if row.get("standing", "fact") == "fact":
                kept = tuple(value for name, value in row.items() if name != "award")
                told[row["subject"]].traces.append(hash((table, kept)))
    return told


def _listings(journal: Journal, shape: Shape, told: list[Told]) -> None:
    cases: dict[tuple[int, str, int], dict[str, Any]] = {}
    ended: dict[tuple[int, str, int], tuple[int, str]] = {}
    truth: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    opened: dict[tuple[int, str, int], int] = {}
    for row in journal["listings"]:
        key = (row["subject"], row["list"], row["case"])
        if row["standing"] == "truth":
            if row["what"] == "entered":
                opened[key] = row["step"]
            elif row["what"] == "left":
                truth[key[:2]].append((opened.pop(key), row["step"]))
            continue
        kept = tuple(value for name, value in row.items() if name not in ("case", "origin"))
        told[row["subject"]].traces.append(hash(("listings", kept)))
        if row["what"] == "entered":
            cases[key] = row
            _entered(row, shape, told[row["subject"]])
        elif row["what"] == "left":
            ended[key] = (row["step"], row["ending"])
    for key, step in opened.items():
        truth[key[:2]].append((step, shape.stop))
    _time_listed(cases, ended, truth, shape, told)


def _entered(row: dict[str, Any], shape: Shape, life: Told) -> None:
    clause = f"{row['list']}[{row['row'] + 1}]" if row["row"] >= 0 else row["clause"]
    life.amounts["cases"] += 1
    for name in ("sanctioned", "listed", f"on {row['list']}"):
        life.hits.setdefault(name, clause)
    if row["ground"] == "spread":
        life.hits.setdefault("listed for a tie", clause)
    if row["root"]:
        life.punished[row["root"]].add((shape.authorities[row["list"].partition("/")[0]], "listing"))


def _time_listed(
    cases: dict[tuple[int, str, int], dict[str, Any]],
    ended: dict[tuple[int, str, int], tuple[int, str]],
    truth: dict[tuple[int, str], list[tuple[int, int]]],
    shape: Shape,
    told: list[Told],
) -> None:
    steps: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    times: dict[tuple[int, str], list[tuple[int, int, str]]] = defaultdict(list)
    for key, row in cases.items():
        until, ending = ended.get(key, (shape.stop, ""))
        subject, path = key[:2]
        times[subject, path].append((row["step"], until, ending))
        stood = set(range(row["step"], until))
        due = {step for since, end in truth[subject, path] for step in range(since, end)}
        mine = steps[subject]
        mine["listed_steps"] |= stood
        mine["wrongful_steps"] |= stood - due
        mine["own_steps"] |= stood if row["ground"] != "spread" else set()
        if row["ground"] == "own" and kind_of(row["root"]) in shape.lawful:
            mine["lawful_steps"] |= stood
        if stood - due:
            told[subject].hits.setdefault("wrongly listed", path)
    for subject, sorts in steps.items():
        sorts["spread_steps"] = sorts["listed_steps"] - sorts.pop("own_steps")
        told[subject].amounts.update({name: len(found) for name, found in sorts.items()})
    for (subject, path), stays in times.items():
        told[subject].spells += _spells(path, sorted(stays))


def _spells(path: str, stays: list[tuple[int, int, str]]) -> Iterator[Spell]:
    """Cases of one list that overlap or touch in a step, as one stay."""
    since, until, ending = stays[0]
    for begin, end, how in stays[1:]:
        if begin > until or (begin == until and ending):
            yield Spell(path, since, until, ending)
            since, until, ending = begin, end, how
        elif end > until or not how:
            until, ending = end, how
    yield Spell(path, since, until, ending)


def _requests(journal: Journal, shape: Shape, told: list[Told]) -> None:
    for row in journal["requests"]:
        life = told[row["subject"]]
        if row["outcome"] == "granted":
            life.amounts["granted"] += 1
            continue
        kept = (
            row["step"],
            row["service"],
            row["number"],
            row["tries"],
            row["outcome"],
            row["clause"],
            row["wrongful"],
        )
        life.traces.append(hash(("requests", kept)))
        if row["outcome"] == "refused":
            _refused(row, shape, life)
    for row in journal["effects"]:
        life = told[row["subject"]]
        life.traces.append(hash(("effects", tuple(row.values()))))
        if row["effect"] != "overridden":
            name = f"touched by {row['clause']}"
            life.hits.setdefault(name, row["clause"])


def _refused(row: dict[str, Any], shape: Shape, life: Told) -> None:
    service, clause = row["service"], row["clause"]
    life.amounts["refused"] += 1
    for name in ("sanctioned", "refused", f"refused {service}", f"refused by {clause}"):
        life.hits.setdefault(name, clause)
    if row["wrongful"]:
        life.amounts["wrongly_refused"] += 1
        life.hits.setdefault("wrongly refused", clause)
    if row["ground"] == "spread":
        life.amounts["spread_refused"] += 1
        life.hits.setdefault("refused for a tie", clause)
    if row["root"]:
        life.punished[row["root"]].add((shape.authorities[clause.partition("/")[0]], shape.rights[service]))


# --- many blocks ---------------------------------------------------------------------------------------------------


def program_of(scenario: Scenario, order: Order, replication: int = 0) -> Program:
    """A scenario compiled as an order runs it."""
    program: Program = making.compiled_side().prepare(
        scenario, order.seeds_of(replication), residents=order.residents, first_step=order.first_step, steps=order.steps
    )
    return program


def journal_of(program: Program, block: int) -> Journal:
    """The journal of a block, its rows by the names of their columns."""
    engine = making.compiled_side()
    return named_rows(engine.journal_block(program, block), journal_columns(program, engine.JOURNAL))


def lived_again(order: Order, program: Program, most: int) -> list[list[int]]:
    """The blocks of every leaf area that are lived again: the first of those simulated, about ``most`` in all."""
    chosen = order.chosen(program.leaves)
    total = sum(len(part) for part in chosen)
    share = Fraction(min(most, total), max(total, 1))
    return [[int(b) for b in part[: max(min(FEWEST, len(part)), round(len(part) * share))]] for part in chosen]


@dataclass(frozen=True)
class Lives:
    """The lives of some blocks of a run, reduced to numbers, in order of block and place in it."""

    run: Run
    scenario: Scenario
    program: Program
    blocks: tuple[tuple[int, ...], ...]
    told: tuple[Told, ...]
    block: Whole
    place: Whole
    leaf: Whole
    levels: dict[str, list[str]]

    @classmethod
    def of(cls, run: Run, blocks: int | None, *, replication: int = 0) -> Lives:
        """The lives of about so many blocks of a run. Raises NotCounted where no number of blocks is given."""
        if blocks is None:
            raise NotCounted(
                ["burdens"], "what each subject bears; give `blocks=64` to live the lives of 64 of its blocks again"
            )
        scenario, order = kept_scenario(run.path), Order.read(run.manifest["order"])
        return cls.again(run, scenario, program_of(scenario, order, replication), lived_again_of(run, blocks))

    @classmethod
    def again(cls, run: Run, scenario: Scenario, program: Program, blocks: list[list[int]]) -> Lives:
        """The lives of these blocks (a list for each leaf area) under a program."""
        shape = Shape.of(scenario, program)
        told: list[Told] = []
        columns: list[tuple[int, int, int]] = []
        levels: dict[str, list[str]] = defaultdict(list)
        names = sorted({name for division in scenario.groups for name in division})
        for leaf, part in enumerate(blocks):
            for block in part:
                journal = journal_of(program, block)
                told += lives_of(journal, shape)
                columns += [(block, row["subject"], leaf) for row in journal["subjects"]]
                for name in names:
                    levels[name] += [str(row[name]) for row in journal["subjects"]]
        where = np.array(columns, dtype=np.int64).reshape(-1, 3).T
        kept = tuple(tuple(part) for part in blocks)
        return cls(run, scenario, program, kept, tuple(told), where[0], where[1], where[2], dict(levels))

    @cached_property
    def weight(self) -> Numbers:
        """How many residents of the society each subject stands for."""
        by_leaf = [
            place.blocks / max(1, len(part)) * place.full_residents / max(1, place.residents)
            for place, part in zip(self.program.leaves, self.blocks, strict=True)
        ]
        weights: Numbers = np.array(by_leaf, float)[self.leaf]
        return weights

    @property
    def divisions(self) -> list[str]:
        """The declared divisions, by their attributes."""
        return ["&".join(division) for division in self.scenario.groups]

    def groups(self, division: str) -> dict[str, npt.NDArray[np.bool_]]:
        """Who is in each group of a division."""
        names = division.split("&")
        labels = np.array([
            "&".join(f"{name}={level}" for name, level in zip(names, levels, strict=True))
            for levels in zip(*(self.levels[name] for name in names), strict=True)
        ])  # fmt: skip
        return {str(label): labels == label for label in dict.fromkeys(labels.tolist())}

    def subject(self, place: int) -> str:
        """The id of a subject."""
        return subject_id(int(self.block[place]), int(self.place[place]))

    @property
    def step_days(self) -> float:
        """Days of a step."""
        return STEP_YEARS[self.scenario.step] * YEAR_DAYS

    def amount(self, name: str) -> Numbers:
        """What each subject bears: one of :data:`AMOUNTS`, or ``sanction_days``, ``wrongful_days``, ``listed_days``,
        ``granted_access`` (days and counts)."""
        days = {"sanction_days": "listed_steps", "listed_days": "listed_steps", "wrongful_days": "wrongful_steps",
                "lawful_days": "lawful_steps", "spread_days": "spread_steps"}  # fmt: skip
        if name == "granted_access":
            got = np.array([life.amounts["granted"] for life in self.told], float)
            asked = got + np.array([life.amounts["refused"] for life in self.told], float)
            share: Numbers = np.divide(got, asked, out=np.ones_like(got), where=asked > 0)
            return share
        found = np.array([life.amounts[days.get(name, name)] for life in self.told], float)
        return np.asarray(found * self.step_days if name in days else found, float)

    def histogram(self, amount: str, division: str = "") -> tuple[Numbers, Numbers]:
        """The values an amount takes, and how many residents of each group [groups, values] have them."""
        values, which = np.unique(self.amount(amount), return_inverse=True)
        members = self.groups(division).values() if division else [np.ones(len(self.told), bool)]
        rows = [np.bincount(which[inside], self.weight[inside], minlength=len(values)) for inside in members]
        return values, np.stack(rows)

    def hit(self, name: str) -> npt.NDArray[np.bool_]:
        """To whom this happened at least once."""
        return np.array([name in life.hits for life in self.told], bool)

    def total(self, numbers: Numbers) -> float:
        """The weighted total for the whole society."""
        return float((numbers * self.weight).sum())

    def interval(self, numbers: Numbers, exposure: Numbers | None = None) -> Interval | None:
        """The interval from blocks of a weighted total, or of a ratio of two."""
        rest, below = numbers, 1.0
        value = self.total(numbers)
        if exposure is not None:
            below = self.total(exposure)
            if below == 0:
                return None
            value = value / below
            rest = numbers - value * exposure
        _, which = np.unique(self.block, return_inverse=True)
        by_block = np.bincount(which, rest * self.weight)
        leaf = np.zeros(len(by_block), np.int64)
        leaf[which] = self.leaf
        variance, degrees = 0.0, 0
        for each in np.unique(leaf):
            part = by_block[leaf == each]
            if len(part) < 2:
                continue
            variance += len(part) * float(part.var(ddof=1))
            degrees += len(part) - 1
        if degrees == 0:
            return None
        reach = student(degrees) * variance**0.5 / abs(below)
        return Interval(max(0.0, value - reach) if value >= 0 else value - reach, value + reach, "blocks")

    def ratio(
        self, id_: str, name: str, numbers: Numbers, exposure: Numbers, unit: str, sentence: str,
        *, item: str = "", group: str = "all", scale: float = 1.0,
    ) -> Measure:  # fmt: skip
        """A measure of lives: numerator over exposure, with its interval from blocks."""
        above, below = self.total(numbers), self.total(exposure)
        bounds = self.interval(numbers * scale, exposure)
        value = None if below == 0 else scale * above / below
        kept = () if bounds is None else (bounds,)
        return Measure(id_, name, value, unit, sentence, item, group, above, below, int(numbers.sum()), kept)

    def measure(
        self, id_: str, name: str, value: float | None, unit: str, sentence: str,
        *, item: str = "", group: str = "all", numerator: float | None = None, exposure: float | None = None,
    ) -> Measure:  # fmt: skip
        """A measure of lives that is no ratio of sums."""
        everybody = self.total(np.ones(len(self.told))) if exposure is None else exposure
        return Measure(id_, name, value, unit, sentence, item, group, numerator, everybody, len(self.told))

    def answer(self, title: str, found: Iterable[Measure], *remarks: str) -> Measures:
        """Measures of lives together, with how many were lived again."""
        number = sum(len(part) for part in self.blocks)
        of = int(self.run.manifest["blocks"])
        again = f"From {len(self.told):,} lives of {number} of the run's {of} blocks, lived again."
        return Measures(title, tuple(found), (again, *remarks), self.scenario.reading)


def lived_again_of(run: Run, most: int) -> list[list[int]]:
    """The blocks of a run that are lived again, leaf area by leaf area."""
    if most < 1:
        raise UsageError(f"at least one block is lived again, not {most}")
    scenario, order = kept_scenario(run.path), Order.read(run.manifest["order"])
    return lived_again(order, program_of(scenario, order), most)
