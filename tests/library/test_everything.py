"""The scenario of everything: who is in it, who is left out and why, and that it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from glasshouse.fact_rows import fact_table
from glasshouse.runs import run
from glasshouse.scenario import Scenario
from glasshouse.shelf import Library

LIBRARY = Library.default()
LEFT_OUT = {
    "licensee-2015": "the common form of eight policies that are in it",
    "rongcheng-2021": "a later version of rongcheng-2016",
    "own-source": "a counter-policy to rongcheng-2016 that repeals others",
    "suining-2010": "it ended with 2013",
    "ledger-12": "written for another conduct",
    "village-rules": "written for another conduct",
}
EVERYTHING = Scenario.load("everything")


def test_every_policy_is_in_it_or_left_out_for_a_reason() -> None:
    inside = {policy.name for policy in EVERYTHING.policies}
    assert inside | set(LEFT_OUT) == set(LIBRARY.names("policy"))
    assert not inside & set(LEFT_OUT)
    assert EVERYTHING.note is not None
    assert all(name in EVERYTHING.note for name in LEFT_OUT)


def test_every_policy_is_in_force_from_the_first_day_to_the_last() -> None:
    for policy in EVERYTHING.policies:
        assert policy.in_force.since <= EVERYTHING.since, policy.name
        assert policy.in_force.until is None, policy.name
        for section in ("gates", "lists", "spread", "rules", "detectors", "enrolment"):
            for clause in getattr(policy, section):
                assert clause.in_force.since <= EVERYTHING.since, (policy.name, clause.id)
                assert clause.in_force.until is None, (policy.name, clause.id)


def test_rates_are_those_of_2018() -> None:
    """Whatever has dates in the conduct has its last one by the end of 2018, and keeps it."""
    conduct = EVERYTHING.conduct
    dated = 0
    for part in (*conduct.events, *conduct.services):
        for series in (part.rate.reported, part.rate.documented) if part.rate is not None else ():
            dated += len(series) > 1
            assert series[-1].since is None or series[-1].since.year <= 2018, part.id
    assert dated >= 6


def test_nearly_all_facts_have_a_clause_in_it() -> None:
    table = fact_table(EVERYTHING)
    absent = [row.id for row in table.rows if "is without" in str(row.answer.remark)]
    assert absent == ["S-TIME-2010", "S-CRIT-SELF"]
    assert table.counts()["predicted"] > 80


@pytest.mark.parametrize(
    ("name", "reported", "documented"),
    [("S-SUZ-200", 200, 100), ("S-RCH-1000", 1000, 1000), ("S-FR-CAM176", 177.6e6, 349.6e6), ("S-POP-2020", 1.41e9, 0)],
)
def test_numbers_that_were_put_in_are_read_in_both_readings(name: str, reported: float, documented: float) -> None:
    for reading, number in (("reported", reported), ("documented", documented)):
        row = next(row for row in fact_table(Scenario.load("everything", reading=reading)).rows if row.id == name)
        assert row.answer.simulated is not None
        assert row.answer.simulated.value == pytest.approx(number, rel=1e-3)
        assert (row.answer.role, row.place_kind) == ("fitted", "parameter")


@pytest.mark.thorough
@pytest.mark.parametrize("reading", ["reported", "documented"])
def test_everything_runs_and_answers_to_the_facts(reading: str, tmp_path: Path) -> None:
    """A block of each area, three months, residents and firms."""
    scenario = Scenario.load("everything", reading=reading)
    done = run(scenario, out=tmp_path / "run", sample="1/1000000", months=3, read_back=False)
    table = fact_table(scenario, done)
    rows = {row.id: row for row in table.rows}
    assert table.reading == reading
    assert table.counts()["simulated"] > 60
    for name in ("S-SUZ-BLOOD", "S-COM-SESAME", "S-DATA-BILLS", "S-CORP-CONT"):
        simulated = rows[name].answer.simulated
        assert simulated is not None and simulated.counted > 0, name
    silent = rows["S-REG-2020"].answer.simulated
    assert silent is not None and (silent.counted > 0) == (reading == "reported")
