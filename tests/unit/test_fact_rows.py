"""Facts and targets beside a run: figures, ratios, roles, and what the command says and returns."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from glasshouse import cli, making
from glasshouse.answering import period_of
from glasshouse.fact_rows import FactRow, FactTable, fact_table
from glasshouse.facts import Fact
from glasshouse.keeping import keep_documents
from glasshouse.mechanisms.gate import Effect
from glasshouse.results import Writing
from glasshouse.roles import CHECKED, FITTED, PREDICTED, fitted_to, role_of
from glasshouse.runs import open_run, run
from glasshouse.scenario import Scenario, Target
from glasshouse.summary import summarize
from glasshouse.values import constant
from unit.fake_engine import SAID, FakeEngine, conduct, scenario

FILE = "scenario-two-towns.yaml"
FIELDS = {"id", "reported", "documented", "simulated", "ratio", "interval", "role", "place", "not_simulated"}


def refused(kind: str = "cumulative", **more: Any) -> Target:
    """A target of refused requests with three days."""
    days = {date(2020, 3, 31): 800, date(2020, 6, 30): 1600, date(2020, 12, 31): 3000}
    value = tuple((day, Decimal(number)) for day, number in days.items())
    fields = SAID | {"id": "tickets", "quantity": "refused_requests", "item": "ticket", "kind": kind, "value": value,
                     "tolerance": Decimal("0.1")}  # fmt: skip
    return Target(**(fields | more))


@pytest.fixture(autouse=True)
def in_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(making, "compiled_side", FakeEngine)


def table(**changes: Any) -> tuple[Scenario, FactTable]:
    """A scenario, run, and its facts."""
    chosen = scenario(**changes)
    return chosen, fact_table(chosen, run(chosen, out="mine", read_back=False))


def of_targets(found: FactTable) -> list[FactRow]:
    return [row for row in found.rows if row.about == "target"]


# --- figures -------------------------------------------------------------------------------------------------------


def test_a_target_says_what_the_summary_says() -> None:
    chosen, found = table(targets=(refused(), *scenario().targets))
    told = summarize(open_run("mine"), chosen).targets
    rows = of_targets(found)
    assert [(row.id, row.day) for row in rows] == [(row.id, row.day) for row in told]
    assert len(rows) == 5
    for row, other in zip(rows, told, strict=True):
        assert row.answer.simulated == other.simulated
        assert row.answer.simulated is not None and row.answer.simulated.value > 0
        assert (row.ratio, row.within) == (other.ratio, other.within)
        assert row.rounded()["simulated"] == other.simulated.rounded()["value"]


def test_a_flow_is_what_came_between_two_dates() -> None:
    _, found = table(targets=(refused(),))
    first, second, third = of_targets(found)
    values = [row.answer.simulated.value for row in (first, second, third) if row.answer.simulated is not None]
    assert first.flow is None
    for row, before, now in ((second, 0, 1), (third, 1, 2)):
        assert row.flow is not None
        assert row.flow.simulated.value == pytest.approx(values[now] - values[before])
        assert row.flow.ratio == pytest.approx(row.flow.simulated.value / row.flow.value)
    assert (second.flow.since, second.flow.value) == ("2020-03-31", 800)  # type: ignore[union-attr]


def test_figures_of_the_other_reading_are_left_out() -> None:
    _, found = table(targets=(refused(reading="reported"), refused(id="ours", reading="documented")))
    rows = of_targets(found)
    assert {row.id for row in rows} == {"ours"}
    assert {(row.reported, row.documented is None) for row in rows} == {(None, False)}


def test_what_a_run_does_not_reach_is_said() -> None:
    chosen = scenario(targets=(refused(),))
    found = fact_table(chosen, run(chosen, out="mine", months=4, read_back=False))
    first, second, _ = of_targets(found)
    assert first.answer.simulated is not None
    assert (second.answer.simulated, second.flow, second.ratio) == (None, None, None)
    assert second.answer.remark == "the run does not reach this day"


def test_without_a_run_nothing_is_simulated_and_every_place_stands() -> None:
    found = fact_table(scenario())
    assert found.counts()["simulated"] == 0
    assert found.counts()["article"] == 143
    assert {row.answer.remark for row in of_targets(found)} == {"a run says"}
    for row in found.rows:
        assert (row.place is None) != (row.not_simulated is None)


def test_a_fact_is_answered_by_the_target_that_names_it() -> None:
    """S-RAIL-425 is a running total of 4,250,000 on 2018-04-30 in both readings; S-AIR-1746 a flow."""
    own = refused(id="named", source=("S-RAIL-425",), value=((date(2020, 6, 30), Decimal(4_250_000)),))
    other = refused(id="far", source=("S-AIR-1746",), value=((date(2020, 6, 30), Decimal(5)),))
    _, found = table(targets=(own, other))
    rows = {row.id: row for row in found.rows}
    held = rows["S-RAIL-425"]
    assert held.answer.simulated == rows["named"].answer.simulated
    assert held.ratio == rows["named"].ratio is not None
    apart = rows["S-AIR-1746"]
    assert (apart.answer.simulated, apart.answer.role, apart.ratio) == (None, None, None)
    assert apart.answer.remark == "two-towns counts something else: A test (5)"


def test_what_a_clause_did_is_counted() -> None:
    """The stand-in policy under the name of one of the library, with one of its gates."""
    plain = scenario().policies[0]
    lists = tuple(each.model_copy(update={"id": "defaulters"}) for each in plain.lists)
    refusing = plain.gates[0].model_copy(update={"id": "hotels"})
    dearer = refusing.model_copy(update={"id": "air", "then": Effect(effect="price", amount=constant(5, "yuan"))})
    there = plain.model_copy(update={"name": "court-defaulters", "lists": lists, "gates": (refusing, dearer)})
    chosen = scenario(policies=(there,), targets=())
    rows = {row.id: row for row in fact_table(chosen).rows}
    assert rows["S-SAN-HOTEL"].answer.what == "requests refused by court-defaulters/hotels"
    assert rows["S-SAN-AIR"].answer.what == "granted requests changed by court-defaulters/air"
    assert rows["S-VIO-UNSPEC"].answer.what == "cases opened on court-defaulters/defaulters"
    assert {rows[name].answer.role for name in ("S-SAN-HOTEL", "S-SAN-AIR")} == {PREDICTED}
    assert rows["S-SAN-RAIL"].answer.role is None
    reported = refusing.model_copy(update={"reading": "reported"})
    silent = scenario(policies=(there.model_copy(update={"gates": (reported,)}),), targets=())
    told = {row.id: row for row in fact_table(silent).rows}["S-SAN-HOTEL"].answer
    assert (told.role, told.remark) == (None, "it exists in the reported reading only")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2018", (2018, 1, 1), (2018, 12, 31)), ("2018-02", (2018, 2, 1), (2018, 2, 28)),
        ("2018-12", (2018, 12, 1), (2018, 12, 31)), ("2018-11-26", (2018, 11, 26), (2018, 11, 26)),
        ("2014-07-01 to 2014-08", (2014, 7, 1), (2014, 8, 31)),
    ],
)  # fmt: skip
def test_periods(text: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    assert period_of(text) == (date(*first), date(*last))


# --- roles ---------------------------------------------------------------------------------------------------------


def facts(**sources: tuple[str, ...]) -> dict[str, Fact]:
    return {name.replace("_", "-"): Fact(id=name, text="A fact.", source=source) for name, source in sources.items()}


def test_a_figure_is_fitted_where_a_number_was_worked_out_from_it() -> None:
    fitted = replace(constant("0.1", "per year"), source=("F-RATE", "invented"), note="Fitted to the rate.")
    plain = conduct()
    event = plain.events[0].model_copy(update={"rate": fitted})
    chosen = scenario(conduct=plain.model_copy(update={"events": (event, *plain.events[1:])}))
    known = facts(F_RATE=("F-EXITS", "SRC-X"), F_EXITS=("SRC-X",), F_OTHER=("SRC-X",))
    found = fitted_to(chosen, known)
    assert found == {"F-RATE", "F-EXITS"}
    assert fitted_to(scenario(), known) == frozenset()
    dated = refused(source=("F-EXITS-2020-03-31", "F-OTHER-2020-06-30"))
    below = frozenset({"F-EXITS-2020-03-31"})
    assert role_of(dated, "2020-03-31", below) == FITTED
    assert role_of(dated, "2020-06-30", below) == CHECKED
    assert role_of(refused(source=("F-EXITS",)), "2020-06-30", found) == FITTED


# --- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """The command through the entry point: exit code, stdout, stderr."""
    writing = Writing(tmp_path / "written")
    keep_documents(scenario(), writing)
    for file in (writing.path / "documents" / "canonical").iterdir():
        file.rename(tmp_path / file.name)
    writing.remove()

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["glasshouse", *words])
        capsys.readouterr()
        try:
            cli.main()
        except SystemExit as stop:
            return int(stop.code or 0), *capsys.readouterr()
        return 0, *capsys.readouterr()

    return call


def test_every_row_has_the_promised_fields(asked: Any) -> None:
    code, out, _ = asked("facts", "china-2018", "--no-run", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["counts"]["article"] == 143
    assert told["run"] is None and told["synthetic"] is True
    for row in told["rows"]:
        assert set(row) >= FIELDS
        assert (row["place"] is None) != (row["not_simulated"] is None)
        assert row["role"] in (None, "fitted", "checked", "predicted")
        assert (row["place_kind"] in ("clause", "parameter", "target", "provenance")) == (row["place"] is not None)
    rows = {row["id"]: row for row in told["rows"] if row["about"] == "article"}
    assert len(rows) == 143
    air = rows["S-AIR-1746"]
    assert (air["reported"], air["documented"], air["role"]) == (17_460_000, 8_100_000, "fitted")
    shown = {"kind": "target", "name": "china-2018 target air", "shown_by": "glasshouse explain china-2018"}
    assert air["places"] == [shown]
    roles = {row["id"]: row["role"] for row in told["rows"] if row["about"] == "target"}
    assert (roles["entries"], roles["exits"], roles["stock"]) == ("fitted", "fitted", "checked")
    assert rows["S-POP-14"]["simulated"] == 1_409_778_724
    assert rows["S-POP-14"]["place_kind"] == "parameter"


def test_facts_runs_once_and_reads_that_run_again(asked: Any) -> None:
    code, out, err = asked("facts", FILE, "--json")
    assert code == 0
    assert "running two-towns first" in err
    first = json.loads(out)
    assert first["run"] == "runs/two-towns-7-60000"
    code, out, err = asked("facts", FILE, "--json")
    assert "read from runs/two-towns-7-60000" in err
    assert json.loads(out) == first
    assert json.loads(asked("facts", FILE, "--json", "--seed", "8")[1])["run"] == "runs/two-towns-8-60000"
    told = json.loads(asked("facts", FILE, "--run", first["run"], "--json")[1])
    assert told == first
    shown = next(row for row in told["rows"] if row["about"] == "target")["places"][0]["shown_by"]
    assert asked(*shown.split()[1:])[0] == 0
    reported = json.loads(asked("facts", FILE, "--reading", "reported", "--json")[1])
    assert (reported["reading"], reported["run"]) == ("reported", "runs/two-towns-7-60000-2")
    assert "read from runs/two-towns-7-60000-2" in asked("facts", FILE, "--reading", "reported")[2]


def test_facts_in_words(asked: Any) -> None:
    code, out, _ = asked("facts", FILE)
    assert code == 0
    assert "SYNTHETIC" in out
    assert "Checked: held against a target" in out
    assert "Not simulated" in out
    assert "143 facts of the article, 8 of them not simulated; 2 figures of targets." in out
    assert "\x1b[" not in out


def test_exit_codes(asked: Any, tmp_path: Path) -> None:
    assert asked("run", FILE, "-o", "mine")[0] == 0
    assert asked("facts", "nothing", "--no-run")[0] == 2
    assert asked("facts", FILE, "--run", "mine", "--sample", "1/2")[0] == 2
    assert asked("facts", FILE, "--run", "mine", "--no-run")[0] == 2
    assert asked("facts", FILE, "--sample", "2")[0] == 2
    code, _, err = asked("facts", "china-2018", "--run", "mine")
    assert (code, "is a run of two-towns" in err) == (2, True)
    assert asked("facts", FILE, "--run", "nowhere")[0] == 1
    assert asked("facts", FILE, "-o", "mine")[0] == 1
    text = (tmp_path / FILE).read_text()
    (tmp_path / FILE).write_text(text.replace("reading: documented", "reading: rumoured"))
    assert asked("facts", FILE, "--no-run")[0] == 3
