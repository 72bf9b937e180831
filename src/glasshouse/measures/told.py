"""One block's journal as what every subject of it lived through: amounts, first times, stays, and traces.

Nothing is read from a file: the journal is made from the block's address, reduced to this, and forgotten.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from glasshouse.panel import Journal
from glasshouse.scenario import Scenario
from glasshouse.vocabulary import LAWFUL_NATURES

if TYPE_CHECKING:
    from glasshouse.engine import Program

READ: Final = ("subjects", "enrolments", "points", "publications", "listings", "requests", "effects", "events")
"""Tables of the journal that lives are told from."""
AMOUNTS: Final = (
    "listed_steps", "wrongful_steps", "spread_steps", "lawful_steps", "cases", "refused", "wrongly_refused", "granted",
    "burdened", "benefited", "spread_refused", "appeals", "won",
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
    appeals: frozenset[str]
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
        appeals = {f"{p.name}/{each.id}" for p in scenario.policies for each in p.remedies if each.kind == "appeal"}
        return cls(
            frozenset(lawful), frozenset(appeals), rights, names, program.first_step, program.first_step + program.steps
        )


def kind_of(root: str) -> str:
    """The kind of event behind a root, or the path of the detector that raised a false alarm."""
    return root.split(":", 2)[1] if root else ""


def lives_of(journal: Journal, shape: Shape) -> list[Told]:
    """What every subject of a block lived through, in the order of the block."""
    told = [Told() for _ in journal["subjects"]]
    _listings(journal, shape, told)
    _requests(journal, shape, told)
    for row in journal["events"]:
        told[row["subject"]].amounts[f"did {row['kind']}"] += 1
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
            told[row["subject"]].amounts["won"] += row["ending"] == "appeal"
        elif row["what"] == "asked" and row["clause"] in shape.appeals:
            told[row["subject"]].amounts["appeals"] += 1
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
