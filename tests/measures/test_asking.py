"""The commands that ask results, and export: what they print, what they return, what they refuse."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from glasshouse import cli, export
from glasshouse.errors import RunFailed
from glasshouse.runs import Run

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """A command in a folder of its own: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def asked(*words: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["glasshouse", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        return (code, *capsys.readouterr())

    return asked


def as_json(ask: Ask, *words: str | Path) -> Any:
    code, out, error = ask(*words, "--json")
    assert code == 0, error
    return json.loads(out)


# --- compare -------------------------------------------------------------------------------------------------------


def test_compare_a_run_with_a_change(ask: Ask, village: Run, tmp_path: Path) -> None:
    told = as_json(ask, "compare", village.path, "--set", "village-rules/fee.points=-40", "-o", "harsher")
    assert told["changed_subjects"] > 0 and told["same_luck"] and Path(told["alternative"]) == Path("harsher")
    row = next(row for row in told["measures"] if (row["name"], row["item"]) == ("requests refused", "seed_loan"))
    assert row.keys() >= {"baseline", "alternative", "difference", "interval", "newly_hit", "newly_spared"}
    assert row["newly_hit"] > 0 == row["newly_spared"]
    code, out, _ = ask("compare", village.path, tmp_path / "harsher", "--blocks", "1")
    assert code == 0 and "newly hit" in out and "synthetic" in out and "village-rules/no-seed" in out


def test_compare_a_scenario_with_a_change(ask: Ask) -> None:
    told = as_json(ask, "compare", "village", "--without", "village-rules/complaint", "--months", "6", "-o", "both")
    assert Path("both/baseline/manifest.json").is_file() and Path("both/alternative/manifest.json").is_file()
    assert told["baseline"] == "both/baseline" and told["lived"] == 440


def test_compare_with_nothing_changed(ask: Ask, village: Run) -> None:
    told = as_json(ask, "compare", village.path, village.path)
    assert told["changed_subjects"] == 0 and all(row["difference"] == 0 for row in told["measures"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["VILLAGE"], 2, "give another run, or a change"),
        (["VILLAGE", "VILLAGE", "--set", "village-rules/fee.points=-9"], 2, "two runs are compared as they are"),
        (["VILLAGE", "--set", "village-rules/fee.points=-9", "--months", "3"], 2, "the run decides its size"),
        (["VILLAGE", "--set", "village-rules/fees.points=-9"], 3, "names no clause"),
        (["VILLAGE", "--set", "village-rules/fee.points"], 2, "expected POLICY/CLAUSE.FIELD=VALUE"),
        (["nowhere", "VILLAGE"], 1, "no run directory"),
        (["villager", "--reading", "reported"], 2, "villager"),
        (["VILLAGE", "--policy", "missing.yaml"], 2, "missing.yaml"),
    ],
)  # fmt: skip
def test_comparisons_that_cannot_be(ask: Ask, village: Run, words: list[str], code: int, said: str) -> None:
    found, _, error = ask("compare", *(village.path if word == "VILLAGE" else word for word in words))
    assert (found, said in error) == (code, True), error


# --- sweep ---------------------------------------------------------------------------------------------------------


def test_sweep_lists_all_points(ask: Ask) -> None:
    told = as_json(
        ask,
        "sweep",
        "village",
        "--over",
        "village-rules/fee.points=-9..-1",
        "--points",
        "2",
        "--months",
        "3",
        "-o",
        "s",
    )
    assert [point["values"] for point in told["points"]] == [
        {"village-rules/fee.points": "-9"},
        {"village-rules/fee.points": "-1"},
    ]
    assert all({"numerator", "exposure", "unit", "sentence"} <= row.keys() for row in told["points"][0]["measures"])
    code, _, error = ask("sweep", "village", "--over", "village-rules/fee.points=-9..-1", "-o", "s")
    assert code == 1 and "exists already" in error
    code, _, error = ask("sweep", "village", "--over", "village-rules/fees.points=-9..-1")
    assert code == 3 and "names no clause" in error
    code, _, error = ask("sweep", "village", "--over", "village-rules/fee.points")
    assert code == 2 and "LOW..HIGH" in error


# --- export --------------------------------------------------------------------------------------------------------


def test_export_writes_what_the_tables_hold(ask: Ask, village: Run, tmp_path: Path) -> None:
    told = as_json(ask, "export", village.path, "-o", "out")
    names = {Path(file).name for file in told["files"]}
    assert names >= {"monthly.csv", "areas.csv", "batches.csv", "journal-events.csv", "README.txt"}
    with (tmp_path / "out" / "monthly.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == village.monthly.height
    assert [int(row["value"]) for row in rows] == village.monthly["value"].to_list()
    text = (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")
    assert "synthetic" in text and "documented reading" in text and village.result_hash in text
    code, _, error = ask("export", village.path, "-o", "out")
    assert code == 1 and "writes over nothing" in error


def test_export_into_a_place_that_cannot_be_written(village: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RunFailed, match="cannot write|writes over nothing"):
        export.to_csv(village, tmp_path / "file" / "below")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_measures_as_csv(village: Run, tmp_path: Path) -> None:
    from glasshouse import measures

    frame = measures.sanctions(village, groups=False).frame()
    export.measures_to_csv(frame, tmp_path / "measures.csv")
    with (tmp_path / "measures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == frame["name"].to_list()
    assert isinstance(frame.schema["value"], pl.Float64)
    with pytest.raises(RunFailed, match="exists already"):
        export.measures_to_csv(frame, tmp_path / "measures.csv")
