"""A block's journal as rows of names: what the kernel noted in numbers, told in the words of the documents."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.kernel import state as x
from glasshouse.society.archetypes import resident_attributes
from glasshouse.society.firms import FIRMS, attributes_of
from glasshouse.tables import layout as at
from glasshouse.tables.program import Program
from glasshouse.vocabulary import ENDINGS, GROUNDS

JOURNAL: dict[str, tuple[str, ...]] = {
    "subjects": ("block", "subject", "household", "area", "months", "propensity", "look_alike"),
    "ties": ("block", "tie", "subject", "other"),
    "enrolments": ("step", "block", "subject", "rating", "what"),
    "events": ("step", "block", "subject", "kind", "number", "root", "amount", "mark"),
    "records": (
        "step",
        "block",
        "subject",
        "kind",
        "doer",
        "number",
        "root",
        "ground",
        "detector",
        "event_step",
        "amount",
        "sequence",
        "what",
    ),
    "points": (
        "step",
        "block",
        "subject",
        "standing",
        "rating",
        "award",
        "what",
        "rule",
        "clause",
        "amount",
        "ground",
        "root",
        "lapse_step",
        "live_sum",
        "score",
    ),
    "listings": (
        "step",
        "block",
        "subject",
        "standing",
        "list",
        "case",
        "what",
        "row",
        "clause",
        "ground",
        "root",
        "ending",
        "term_end",
        "origin",
    ),
    "publications": ("step", "block", "subject", "standing", "rating", "score", "tier", "at"),
    "requests": (
        "step",
        "block",
        "subject",
        "service",
        "number",
        "tries",
        "outcome",
        "clause",
        "ground",
        "root",
        "refused_tries",
        "also",
        "wrongful",
        "spared",
    ),
    "effects": ("step", "block", "subject", "service", "number", "clause", "effect", "ground", "root"),
    "responses": ("step", "block", "subject", "target", "factor"),
}
"""The journal's tables and columns; ``subjects`` has one column more for each attribute of the recipe."""
FIRMS_JOURNAL: dict[str, tuple[str, ...]] = {
    **JOURNAL,
    "endings": ("step", "block", "subject"),
    "foundings": ("step", "block", "subject", "generation", "propensity", "look_alike"),
}
"""The tables of firms; ``foundings`` has one column more for each attribute, as ``subjects`` has."""

STANDINGS = ("fact", "truth")


class _Teller:
    """Turns noted numbers into rows."""

    def __init__(self, program: Program, block: int) -> None:
        self.program, self.block = program, block
        self.paths = program.paths
        self.targets = {
            **dict(enumerate(self.paths.kinds)),
            **{at.KINDS + n: name for n, name in enumerate(self.paths.services)},
        }

    def root(self, number: int) -> str:
        if number < 0:
            return ""
        actor, event, then, name = (
            number % 2048,
            number // 2048 % 65536,
            number // (2048 * 65536) % 8192,
            number // (2048 * 65536 * 8192),
        )
        path = self.paths.kinds[name] if name < at.KINDS else self.paths.detectors[name - at.KINDS]
        return f"{actor}:{path}:{then}:{event}"

    @staticmethod
    def ground(number: int) -> str:
        return GROUNDS[number] if number >= 0 else ""

    def enrolments(self, r: Any) -> tuple[Any, ...]:
        return r[1], self.block, r[2], self.paths.ratings[r[3]], ("joined", "left")[r[4]]

    def events(self, r: Any) -> tuple[Any, ...]:
        return r[1], self.block, r[2], self.paths.kinds[r[3]], r[4], self.root(r[5]), r[6], r[7] % (1 << 64)

    def records(self, r: Any) -> tuple[Any, ...]:
        return (
            r[1],
            self.block,
            r[2],
            self.paths.kinds[r[3]],
            r[4],
            r[5],
            self.root(r[6]),
            self.ground(r[7]),
            self.paths.detectors[r[8]],
            r[9],
            r[10],
            r[11],
            ("recorded", "overridden", "dropped")[r[12]],
        )

    def points(self, r: Any) -> tuple[Any, ...]:
        return (
            r[1],
            self.block,
            r[2],
            STANDINGS[r[3]],
            self.paths.ratings[r[4]],
            r[5],
            ("awarded", "asked", "lapsed", "reversed")[r[6]],
            self.paths.rules[r[7]],
            self.paths.remedies[r[8]] if r[8] >= 0 else "",
            r[9],
            self.ground(r[10]),
            self.root(r[11]),
            r[12],
            r[13],
            r[14],
        )

    def listings(self, r: Any) -> tuple[Any, ...]:
        what = ("asked", "entered", "renewed", "left")[r[6]]
        clause = ""
        if r[8] >= 0:
            clause = self.paths.spreads[r[8]] if what in ("entered", "renewed") else self.paths.remedies[r[8]]
        origin = f"{r[13]}:{self.paths.lists[r[14]]}:{r[15]}" if r[13] >= 0 else ""
        return (
            r[1],
            self.block,
            r[2],
            STANDINGS[r[3]],
            self.paths.lists[r[4]],
            r[5],
            what,
            r[7],
            clause,
            self.ground(r[9]),
            self.root(r[10]),
            ENDINGS[r[11]] if r[11] >= 0 else "",
            r[12],
            origin,
        )

    def publications(self, r: Any) -> tuple[Any, ...]:
        rating = self.paths.ratings[r[4]]
        return (
            r[1],
            self.block,
            r[2],
            STANDINGS[r[3]],
            rating,
            r[5],
            self.program.tiers[rating][r[6]],
            ("enrolment", "interval")[r[7]],
        )

    def requests(self, r: Any, also: str) -> tuple[Any, ...]:
        clause = self.paths.gates[r[7]] if r[7] >= 0 else ""
        return (
            r[1],
            self.block,
            r[2],
            self.paths.services[r[3]],
            r[4],
            r[5],
            ("granted", "refused", "circumvented")[r[6]],
            clause,
            self.ground(r[8]),
            self.root(r[9]),
            r[10],
            also,
            bool(r[11]),
            bool(r[12]),
        )

    def effects(self, r: Any) -> tuple[Any, ...]:
        return (
            r[1],
            self.block,
            r[2],
            self.paths.services[r[3]],
            r[4],
            self.paths.gates[r[5]],
            ("refuse", "limit", "price", "wait", "rank", "overridden")[r[6]],
            self.ground(r[7]),
            self.root(r[8]),
        )

    def responses(self, r: Any) -> tuple[Any, ...]:
        return r[1], self.block, r[2], self.targets[r[3]], r[4]


def rows_of(program: Program, leaf: int, block: int, state: Any, society: Any) -> dict[str, list[tuple[Any, ...]]]:
    """The journal of the block that the state holds."""
    teller = _Teller(program, block)
    noted = state["journal"][0][: int(state["rows"][0])].tolist()
    found: dict[str, list[tuple[Any, ...]]] = {table: [] for table in JOURNAL}
    tellers = {
        x.J_ENROLMENTS: "enrolments",
        x.J_EVENTS: "events",
        x.J_RECORDS: "records",
        x.J_POINTS: "points",
        x.J_LISTINGS: "listings",
        x.J_PUBLICATIONS: "publications",
        x.J_EFFECTS: "effects",
        x.J_RESPONSES: "responses",
    }
    for position, row in enumerate(noted):
        if row[0] == x.J_REQUESTS:
            also = " ".join(teller.paths.gates[other[5]] for other in noted[position + 1 : position + 1 + row[13]])
            found["requests"].append(teller.requests(row, also))
        elif row[0] in tellers:
            table = tellers[row[0]]
            found[table].append(getattr(teller, table)(row))
    if program.population == FIRMS:
        found["subjects"], found["foundings"], found["endings"] = _firms(program, leaf, block, noted)
    else:
        found["subjects"] = _subjects(program, leaf, block, state)
    found["ties"] = _ties(program, block, state)
    return {table: sorted(rows) for table, rows in found.items()}


def _firms(
    program: Program, leaf: int, block: int, noted: list[list[int]]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The firms that stood at first, those founded later, and who ended when."""
    attributes = attributes_of(program.scenario.recipe, FIRMS)
    subjects: list[tuple[Any, ...]] = []
    foundings: list[tuple[Any, ...]] = []
    endings: list[tuple[Any, ...]] = []
    for position, row in enumerate(noted):
        if row[0] == x.J_ENDINGS:
            endings.append((row[1], block, row[2]))
        elif row[0] == x.J_FOUNDINGS:
            told = noted[position + 1 : position + 1 + len(attributes)]
            levels = [clause.level_names[level[4]] for clause, level in zip(attributes, told, strict=True)]
            subject, generation, propensity, look = row[2:6]
            if generation:
                foundings.append((row[1], block, subject, generation, propensity, look, *levels))
            else:
                name = program.leaves[leaf].name
                subjects.append((block, subject, subject, name, -1, propensity, look, *levels))
    return subjects, foundings, endings


def _subjects(program: Program, leaf: int, block: int, state: Any) -> list[tuple[Any, ...]]:
    """Who lives in the block; levels are those of the first month (ages have moved, the months tell the first)."""
    attributes = resident_attributes(program.scenario.recipe)
    rows = []
    has_age = any(clause.id == "age" for clause in attributes)
    for s in range(int(state["n"][0])):
        months = int(state["months"][0][s]) if has_age else -1
        levels = []
        for number, clause in enumerate(attributes):
            level = int(state["level"][0][number, s])
            if clause.id == "age":
                level = int(np.searchsorted([12 * age for age in clause.breaks], months, side="right")) - 1
            levels.append(clause.level_names[level])
        rows.append(
            (
                block,
                s,
                int(state["household"][0][s]),
                program.leaves[leaf].name,
                months,
                int(state["propensity"][0][s]),
                int(state["look"][0][s]),
                *levels,
            )
        )
    return rows


def _ties(program: Program, block: int, state: Any) -> list[tuple[Any, ...]]:
    """The ties inside the block, in both directions."""
    rows = []
    for number, name in enumerate(program.ties):
        row = program.record[0]["ties"][number]
        if row["within"] == at.IN_BLOCK:
            start = state["tie_start"][0][int(row["slot"])]
            other = state["tie_other"][0][int(row["slot"])]
            for s in range(int(state["n"][0])):
                rows += [(block, name, s, int(other[k])) for k in range(int(start[s]), int(start[s + 1]))]
    return rows
