"""A panel: some synthetic subjects month by month, drawn from the blocks a run has simulated.

Who is in it depends on the society's seed and on the blocks alone, so the same people stand in the panels of two
policies. The panel is read off the journal of their blocks; it is an illustration, not a weighted sample.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from glasshouse.counts import begins
from glasshouse.society.areas import RESIDENTS
from glasshouse.society.firms import attributes_of

if TYPE_CHECKING:
    from glasshouse.engine import Program
    from glasshouse.roll import Roll

Row = dict[str, Any]
Journal = dict[str, list[Row]]
"""The journal of one block, each row by the names of its columns."""


def subject_id(block: int, subject: int, population: str = RESIDENTS) -> str:
    """The name of a synthetic resident (or firm): block and place in it."""
    return f"{'R' if population == RESIDENTS else 'F'}-{block:06d}-{subject:03d}"


def named_rows(tables: Mapping[str, Sequence[tuple[Any, ...]]], columns: Mapping[str, Sequence[str]]) -> Journal:
    """Journal rows by the names of their columns."""
    return {name: [dict(zip(columns[name], row, strict=True)) for row in rows] for name, rows in tables.items()}


WORDS = frozenset({
    "what", "area", "tie", "rating", "kind", "root", "ground", "detector", "standing", "rule", "clause", "list",
    "ending", "origin", "tier", "at", "service", "outcome", "also", "effect", "target",
})  # fmt: skip
"""Columns of the journal that hold words; attributes do too, all others whole numbers."""
LARGE = frozenset({"mark"})
TRUTHS = frozenset({"wrongful", "spared"})


def journal_columns(program: Program, tables: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Columns of the journal's tables; `subjects` and `foundings` have one more for each attribute."""
    known = tables["subjects"]
    attributes = attributes_of(program.scenario.recipe, program.population)
    further = tuple(each.id for each in attributes if each.id not in known)
    found = {**tables, "subjects": known + further}
    return found | ({"foundings": found["foundings"] + further} if "foundings" in found else {})


def journal_frame(program: Program, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """A table of the journal, with the label of its month where it has a step."""
    attributes = {attribute.id for attribute in program.scenario.recipe.attributes}
    kinds: dict[str, pl.DataType] = {}
    for name in columns:
        word = name in WORDS or name in attributes
        kinds[name] = pl.String() if word else pl.UInt64() if name in LARGE else pl.Int64()
        kinds[name] = pl.Boolean() if name in TRUTHS else kinds[name]
    by_column = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    named = zip(columns, by_column, strict=True)
    frame = pl.DataFrame([pl.Series(name, values, dtype=kinds[name], strict=False) for name, values in named])
    if "step" not in columns:
        return frame
    labels = pl.Series(list(program.step_labels), dtype=pl.String)
    return frame.insert_column(0, labels.gather(frame.get_column("step") - program.first_step).alias("month"))


def telling(journal: Journal, block: int) -> str:
    """The subject of a block whose life shows most: refused wrongly, refused, listed, charged, in this order."""
    shown = {row["subject"]: [0, 0, 0, 0] for row in journal["subjects"]}
    for row in journal["requests"]:
        shown[row["subject"]][0] += bool(row["wrongful"])
        shown[row["subject"]][1] += row["outcome"] == "refused"
    for row in journal["listings"]:
        shown[row["subject"]][2] += row["what"] == "entered"
    for row in journal.get("points", ()):
        shown[row["subject"]][3] += row["what"] == "awarded"
    best = max(shown, key=lambda subject: ([bool(n) for n in shown[subject]], shown[subject], -subject))
    return subject_id(block, best)


def shares(blocks: int, number: int) -> dict[int, int]:
    """How many members of a panel the block at each place gives, of so many blocks: spread evenly over them."""
    taken: dict[int, int] = defaultdict(int)
    for place in range(number):
        taken[(2 * place + 1) * blocks // (2 * number)] += 1
    return dict(taken)


def members(seed: str, block: int, residents: int, number: int) -> list[int]:
    """The subjects of a block who are in the panel: the first in an order keyed by the society's seed."""

    def word(subject: int) -> bytes:
        return hashlib.sha256(f"{seed}|panel|{block}|{subject}".encode()).digest()

    return sorted(sorted(range(residents), key=word)[:number])


def panel_frame(
    program: Program, roll: Roll, number: int, journal_of: Callable[[int], Journal]
) -> pl.DataFrame:
    """The panel of a run: one row a subject and step, in order of subject and time."""
    frames = []
    for block, asked in sorted((roll.block(place), asked) for place, asked in shares(len(roll), number).items()):
        journal = journal_of(block)
        for subject in members(program.seeds.society, block, len(journal["subjects"]), asked):
            frames.append(_life(program, journal, block, subject))
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame({"month": [], "subject": []})


def _life(program: Program, journal: Journal, block: int, subject: int) -> pl.DataFrame:
    own = {name: [row for row in rows if row.get("subject") == subject] for name, rows in journal.items()}
    steps = len(program.step_labels)
    columns: dict[str, Any] = {
        "month": list(program.step_labels),
        "subject": [subject_id(block, subject)] * steps,
        "area": [own["subjects"][0]["area"]] * steps,
    }
    columns |= _attributes(program, own["subjects"][0])
    columns |= _standings(program, own)
    columns |= _listings(program, own["listings"])
    columns |= _refusals(program, own["requests"])
    return pl.DataFrame(columns, strict=False)


def _attributes(program: Program, subject: Row) -> dict[str, list[str]]:
    """Every attribute's level at each step: only age moves."""
    found = {}
    for attribute in program.scenario.recipe.attributes:
        if attribute.id not in subject or "residents" not in attribute.subjects:
            continue
        if attribute.id == "age" and attribute.breaks and subject["months"] >= 0:
            months = [subject["months"] + passed for passed in _elapsed(program)]
            found["age"] = [str(max(edge for edge in attribute.breaks if edge * 12 <= age)) for age in months]
        else:
            found[attribute.id] = [subject[attribute.id]] * len(program.step_labels)
    return found


def _elapsed(program: Program) -> list[int]:
    """Calendar months between the period's first month and each step's."""

    def months(day: date) -> int:
        return day.year * 12 + day.month

    return [months(day) - months(program.scenario.since) for day in begins(program.step_labels)]


def _standings(program: Program, own: Journal) -> dict[str, list[Any]]:
    """Published score and tier of each rating as they stand at the end of each step; nothing where not enrolled."""
    found: dict[str, list[Any]] = {}
    changes: dict[str, list[tuple[int, int | None, str | None]]] = defaultdict(list)
    for row in own["publications"]:
        if row["standing"] == "fact":
            changes[row["rating"]].append((row["step"], row["score"], row["tier"]))
    for row in own["enrolments"]:
        if row["what"] == "left":
            changes[row["rating"]].insert(0, (row["step"], None, None))
    for policy in program.scenario.policies:
        for rating in policy.ratings:
            path = f"{policy.name}/{rating.id}"
            by_step = {step: (score, tier) for step, score, tier in sorted(changes[path], key=lambda change: change[0])}
            scores: list[int | None] = []
            tiers: list[str | None] = []
            now: tuple[int | None, str | None] = (None, None)
            for step in range(program.first_step, program.first_step + program.steps):
                now = by_step.get(step, now)
                scores.append(now[0])
                tiers.append(now[1])
            found[f"score {path}"] = scores
            found[f"tier {path}"] = tiers
    return found


def _open_cases(program: Program, listings: list[Row], standing: str, path: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Open cases on a list at the end of each step."""
    change = np.zeros(program.steps, dtype=np.int64)
    for row in listings:
        if row["standing"] == standing and row["list"] == path:
            change[row["step"] - program.first_step] += {"entered": 1, "left": -1}.get(row["what"], 0)
    return np.cumsum(change)


def _listings(program: Program, listings: list[Row]) -> dict[str, list[Any]]:
    """Open cases on each list, and whether the subject is on one without being on it in truth."""
    found: dict[str, list[Any]] = {}
    wrongly = np.zeros(program.steps, dtype=bool)
    for policy in program.scenario.policies:
        for named in policy.lists:
            path = f"{policy.name}/{named.id}"
            cases = _open_cases(program, listings, "fact", path)
            wrongly |= (cases > 0) & (_open_cases(program, listings, "truth", path) == 0)
            found[f"listed {path}"] = cases.tolist()
    return found | {"wrongly_listed": wrongly.tolist()}


def _refusals(program: Program, requests: list[Row]) -> dict[str, list[int]]:
    """Requests refused in each step, and how many of them wrongly."""
    refused = [0] * program.steps
    wrongly = [0] * program.steps
    for row in requests:
        if row["outcome"] == "refused":
            refused[row["step"] - program.first_step] += 1
            wrongly[row["step"] - program.first_step] += int(bool(row["wrongful"]))
    return {"refused": refused, "wrongly_refused": wrongly}
