"""Estimates: what is said of a run beforehand is what it then takes, within a factor of one and a half."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from glasshouse.estimate import GROWTH, Estimate, estimate, growth
from glasshouse.keeping import load
from glasshouse.order import ordered
from glasshouse.plan import Shard
from glasshouse.runs import Run, run

ROOT = Path(__file__).parent.parent.parent


def rows_of(done: Run) -> int:
    names = ("monthly", "scores", "transitions", "lifetimes", "roots", "batches")
    return sum(done.table(name).collect().height for name in names)


@pytest.mark.parametrize(
    ("name", "asked"),
    [("rongcheng", {"residents": 30_000, "months": 12}), ("ledger-12", {"residents": 400_000, "replications": 2}),
     ("china-2018", {"sample": "1/2000", "months": 6})],
)  # fmt: skip
def test_rows_and_bytes_are_those_of_the_run(tmp_path: Path, name: str, asked: dict[str, Any]) -> None:
    scenario = load(name)
    said = estimate(scenario, ordered(scenario, **asked), threads=1)
    done = run(scenario, out=tmp_path / "run", threads=1, **asked)
    there = sum(path.stat().st_size for path in done.path.rglob("*") if path.is_file())
    assert said.blocks == done.manifest["blocks"] * done.manifest["order"]["replications"]
    assert said.residents == pytest.approx(done.manifest["residents"], rel=0.05)
    assert 1 / 1.5 < said.rows / rows_of(done) < 1.5
    assert 1 / 1.5 < said.result_mb * 1e6 / there < 1.5


def told(*words: str, cwd: Path) -> dict[str, Any]:
    answer = subprocess.run(
        [sys.executable, "-m", "glasshouse", *words, "--json"], capture_output=True, text=True, cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@pytest.mark.thorough
@pytest.mark.parametrize("words", [["rongcheng"], ["china-2018", "--sample", "1/500", "--months", "24"]], ids=" ".join)
def test_time_and_memory_are_those_of_the_run(tmp_path: Path, words: list[str]) -> None:
    """Each in a process of its own. A noisy machine may double the time of one pair, so the middle of three counts."""
    ratios = []
    for number in range(3):
        said = told("estimate", *words, "--threads", "1", cwd=tmp_path)
        done = told("run", *words, "--threads", "1", "-o", f"run-{number}", cwd=tmp_path)
        ratios.append((said["total_seconds"] / done["total_seconds"], said["memory_mb"] / done["peak_mb"]))
    for middle in (sorted(ratio)[1] for ratio in zip(*ratios, strict=True)):
        assert 1 / 1.5 < middle < 1.5, ratios


def test_a_shard_takes_its_share_and_writes_no_tables() -> None:
    scenario = load("ledger-12")
    order = ordered(scenario, residents=400_000)
    whole = estimate(scenario, order, threads=1)
    third = estimate(scenario, order, threads=1, shard=Shard(2, 3))
    assert third.blocks == pytest.approx(whole.blocks / 3, abs=1)
    assert (third.rows, whole.rows > 0) == (0, True)
    assert third.measured.blocks > 0


def test_memory_grows_with_rows_and_levels_off() -> None:
    assert [growth(rows) for rows, _ in GROWTH] == [megabytes for _, megabytes in GROWTH]
    assert growth(10**9) == GROWTH[-1][1]
    assert growth(300_000) == pytest.approx((45 + 205) / 2, rel=0.1)


def test_the_command_says_what_was_measured(tmp_path: Path) -> None:
    found = told("estimate", "village", cwd=tmp_path)
    assert set(Estimate.__dataclass_fields__) <= set(found)
    assert found["scenario"] == "village"
    assert found["measured"]["blocks"] == found["blocks"] == 1
    assert list(tmp_path.iterdir()) == []
