"""One clause more changes no row of the journal but its own; a change of nothing changes nobody.

Clauses are added to the village in a policy of their own, section by section, each with what it needs to act. Rows that
name the added policy are the clause's own; whatever else the journal holds must stand as before, row by row.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from glasshouse.document import Library
from glasshouse.scenario import Scenario, Seeds, load_scenario

Journal = dict[str, list[tuple[Any, ...]]]

HEAD = """glasshouse: policy/1
name: added
title: One clause more
text: What stands here is new.
source: invented
authority: {name: Nobody, kind: public, level: city}
written_for: village-conduct
reads: [village-rules]
jurisdiction: lower-reed
subjects: residents
in_force: 2020-01-01
"""
SECTIONS = {
    "detector": """detectors:
  - {id: ears, text: Ears., source: invented, method: register, keeper: nobody, watches: [late_fee, help_day],
     hit_chance: 0.7, mistaken_chance: 0.2,
     false_rate: 0.5 per year, delay: 1 month}
""",
    "enrolment": """enrolment:
  - {id: some, text: Some., source: invented, mode: opt_in, share: 0.6, withdraw: 0.3 per year}
""",
    "rating": """ratings:
  - {id: score, text: A score., source: invented, method: points, start: 10,
     floor: 0, ceiling: 20, publish: 1 month, tiers: [{tier: good, from: 9}, {tier: bad}]}
""",
    "rule": """rules:
  - {id: fee, text: A fee., source: invented, rating: score, on: late_fee, discretion: [-4, -1],
     lapse: 5 months, repeat: {factor: 2, within: 6 months},
     cap: {points: -9, per: 6 months}}
""",
    "list": """lists:
  - {id: late, text: The late., source: invented, enter: [{on: late_fee, chance: 0.5, term: 6 months}]}
  - {id: near, text: The near., source: invented, enter: [{when: 'listed("late") and listed("debtors")', term: while}]}
""",
    "spread": """spread:
  - {id: reach, text: Whoever lives with the late., source: invented, from: late, to: household,
     list: near, chance: 0.5}
""",
    "gate": """gates:
  - {id: slow, text: No dancing for the late., source: invented, services: [ferry], when: listed("late"), then: refuse}
""",
    "remedy": """remedies:
  - {id: mend, text: A way off., source: invented, of: [late], kind: repair, rate: 2 per year,
     decision: 1 month, success: 0.5}
  - {id: plea, text: A plea., source: invented, of: [score], kind: appeal, rate: 2 per year,
     success: {own: 0.3, mistaken: 0.9}}
""",
}  # fmt: skip
BEFORE = {"rating": ["enrolment"], "rule": ["enrolment", "rating"], "spread": ["list"], "gate": ["list"]}


def village(folder: Path, sections: list[str]) -> Scenario:
    """The village and its ferry, without responses (a new sanction is meant to move those), and these sections."""
    library = Library.default()
    conduct = library.find("conduct", "village-conduct").read_text(encoding="utf-8")
    ferry = (
        "services:\n  - {id: ferry, text: The ferry., source: invented, context: travel, right: movement, severity: 2,"
        " rate: 5 per year, attempts: 2, evade_chance: 0.3}\n"
    )
    conduct = conduct.replace("services:\n", ferry, 1).partition("responses:")[0]
    (folder / "conduct.yaml").write_text(conduct, encoding="utf-8")
    scenario = library.find("scenario", "village").read_text(encoding="utf-8")
    files = [folder / "conduct.yaml", folder / "scenario.yaml"]
    if sections:
        ordered = [SECTIONS[name] for name in SECTIONS if name in sections]
        (folder / "added.yaml").write_text(HEAD + "".join(ordered), encoding="utf-8")
        scenario = scenario.replace("policies: [village-rules]", "policies: [village-rules, added]")
        assert "added]" in scenario
        files.append(folder / "added.yaml")
    (folder / "scenario.yaml").write_text(scenario, encoding="utf-8")
    return load_scenario("village", library.with_files(files))


def lived(scenario: Scenario) -> Journal:
    """The journal of the village's one block by the kernel."""
    from glasshouse import engine

    return engine.journal_block(engine.prepare(scenario, Seeds("5", "5", "5")), 0)


def others(journal: Journal) -> Journal:
    """The rows that are not the added policy's own; the rank of a record among those of its step is left out."""
    kept = {table: [row for row in rows if not is_added(row)] for table, rows in journal.items()}
    kept["records"] = [(*row[:11], row[12]) for row in kept["records"]]
    return kept


def is_added(row: tuple[Any, ...]) -> bool:
    """Whether a row names the added policy or the ferry that only it consults."""
    return any(isinstance(part, str) and ("added/" in part or part == "ferry") for part in row)


@pytest.mark.parametrize("section", SECTIONS)
def test_one_clause_more_changes_no_row_but_its_own(section: str, tmp_path: Path) -> None:
    """The section and what it needs, against the village as it was."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    needed = ["detector", *BEFORE.get(section, []), section]
    if section in ("enrolment", "remedy"):
        needed = [*needed, "enrolment", "rating", "rule", "list"]
    if section == "gate":
        needed.append("list")
    before = lived(village(tmp_path / "a", []))
    after = lived(village(tmp_path / "b", needed))
    added = sum(len(rows) for rows in after.values()) - sum(len(rows) for rows in others(after).values())
    assert added > 10, "the added clause did nothing: the comparison would show nothing"
    assert others(after) == others(before)


def test_a_change_of_nothing_changes_nobody(tmp_path: Path) -> None:
    """The same documents again: no row differs; another seed of conduct: rows do."""
    from glasshouse import engine

    first, again = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    again.mkdir()
    one, two = village(first, ["detector"]), village(again, ["detector"])
    assert lived(one) == lived(two)
    other = engine.journal_block(engine.prepare(one, Seeds("5", "6", "5")), 0)
    assert other["events"] != lived(one)["events"]
    assert other["subjects"] == lived(one)["subjects"]
