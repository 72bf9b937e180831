"""The command line: what it prints where, what it returns, and how little it takes to start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from glasshouse import cli, making, results
from glasshouse.cli.running import Pace, duration
from glasshouse.keeping import keep_documents
from glasshouse.results import Writing
from unit.fake_engine import FakeEngine, scenario

ROOT = Path(__file__).parent.parent.parent
POLICY = ROOT / "src" / "glasshouse" / "library" / "policies" / "ledger-12.yaml"


@dataclass(frozen=True)
class Said:
    """What a command said and returned."""

    exit_code: int
    stdout: str
    stderr: str


class Asked:
    """Commands through the entry point, in a folder of their own, with a stand-in for the compiled side."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capture = monkeypatch, capture

    def __call__(self, *words: str | Path) -> Said:
        self._monkeypatch.setattr(sys, "argv", ["glasshouse", *map(str, words)])
        self._capture.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        return Said(code, *self._capture.readouterr())

    def json(self, *words: str | Path, code: int = 0) -> Any:
        """What a command says with --json."""
        said = self(*words, "--json")
        assert said.exit_code == code, said.stderr
        return json.loads(said.stdout)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Asked:
    monkeypatch.chdir(tmp_path)
    engine = FakeEngine()
    monkeypatch.setattr(making, "compiled_side", lambda: engine)
    writing = Writing(tmp_path / "written")
    keep_documents(scenario(), writing)
    for file in (writing.path / "documents" / "canonical").iterdir():
        file.rename(tmp_path / file.name)
    writing.remove()
    return Asked(monkeypatch, capsys)


SCENARIO = "scenario-two-towns.yaml"


# --- documents -----------------------------------------------------------------------------------------------------


def test_the_library_is_listed(asked: Asked) -> None:
    rows = asked.json("list")
    found = {(row["kind"], row["name"]) for row in rows}
    assert {("scenario", "ledger-12"), ("policy", "ledger-12"), ("scenario", "china-2018")} <= found
    assert all(row["title"] and row["text"] for row in rows)
    shown = asked("list").stdout
    assert "policy\n" in shown
    assert all(row["name"] in shown for row in rows)


def test_a_copy_is_the_document_and_writes_over_nothing(asked: Asked, tmp_path: Path) -> None:
    assert asked("copy", "ledger-12", "mine.yaml", "--kind", "policy").exit_code == 0
    assert (tmp_path / "mine.yaml").read_bytes() == POLICY.read_bytes()
    (tmp_path / "mine.yaml").write_text("mine")
    again = asked("copy", "ledger-12", "mine.yaml")
    assert (again.exit_code, (tmp_path / "mine.yaml").read_text()) == (2, "mine")
    assert "writes over nothing" in again.stderr
    assert "this is the policy" in again.stderr
    assert asked.json("copy", "village", "v.yaml", "--kind", "recipe") == {
        "kind": "recipe", "name": "village", "file": "v.yaml"}


def test_a_name_nobody_knows_is_a_usage_error(asked: Asked) -> None:
    result = asked("explain", "leger-12")
    assert result.exit_code == 2
    assert "ledger-12" in result.stderr
    assert asked("copy", "ledger-12", "x", "--kind", "song").exit_code == 2
    assert asked("schema", "song").exit_code == 2


def test_validate_tells_everything_and_returns_3(asked: Asked, tmp_path: Path) -> None:
    good = asked.json("validate", SCENARIO, "policy-court.yaml")
    assert good["valid"] is True
    assert good["mistakes"] == []
    text = (tmp_path / "policy-court.yaml").read_text()
    text = text.replace("method: points", "method: pints").replace("[ticket]", "[tiket]")
    (tmp_path / "policy-court.yaml").write_text(text)
    bad = asked.json("validate", "policy-court.yaml", code=3)
    assert bad["valid"] is False
    assert len(bad["mistakes"]) >= 2
    assert all(mistake["line"] > 0 and mistake["file"] == "policy-court.yaml" for mistake in bad["mistakes"])
    plain = asked("validate", "policy-court.yaml")
    assert plain.exit_code == 3
    assert len(plain.stdout.splitlines()) == len(bad["mistakes"]) + len(bad["remarks"])
    assert f"{len(bad['mistakes'])} mistakes" in plain.stderr
    run = asked.json("run", SCENARIO, code=3)
    assert run["exit_code"] == 3
    assert {row["message"] for row in run["mistakes"]} >= {row["message"] for row in bad["mistakes"]}
    assert not (tmp_path / "runs").exists()


def test_what_is_resolved_resolves_to_itself(asked: Asked, tmp_path: Path) -> None:
    once = asked("resolve", "ledger-12", "--kind", "scenario")
    assert once.exit_code == 0
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "again.yaml").write_text(once.stdout)
    assert asked("resolve", "again/again.yaml").stdout == once.stdout
    told = asked.json("resolve", "ledger-12", "--kind", "scenario")
    assert told["digest"] in once.stderr
    assert told["document"]["glasshouse"] == "scenario/1"


def test_policies_scenarios_and_differences_are_explained(asked: Asked) -> None:
    assert "Eight rules move one score" in asked("explain", "ledger-12").stdout
    page = asked.json("explain", "ledger-12", "--kind", "scenario")
    assert page["title"]
    assert all(line["kind"] in ("heading", "sentence", "note") for line in page["lines"])
    assert "From ledger-12 to court-defaulters" in asked("explain", "ledger-12", "court-defaulters").stdout
    assert asked("explain", "village", "--kind", "recipe").exit_code == 2


@pytest.mark.parametrize("kind", ["policy", "conduct", "recipe", "scenario", "facts"])
def test_schemas_are_json(asked: Asked, kind: str) -> None:
    told = asked.json("schema", kind)
    assert told["properties"]["glasshouse"]["const"] == f"{kind}/1"
    assert json.loads(asked("schema", kind).stdout) == told


# --- runs ----------------------------------------------------------------------------------------------------------


def test_a_run_says_in_json_what_it_did(asked: Asked) -> None:
    told = asked.json("run", SCENARIO, "--sample", "1/2", "--threads", "2")
    assert {
        "run", "result_hash", "tables", "residents", "firms", "steps", "seconds", "compile_seconds", "total_seconds",
        "peak_mb", "threads", "seed", "sample", "reading", "invented_share",
    } <= set(told)  # fmt: skip
    assert (told["steps"], told["sample"], told["seed"], told["firms"]) == (12, "1/2", "7", 0)
    assert told["reading"] == "documented"
    assert told["synthetic"] is True
    assert set(told["tables"]) == set(results.HASHED)
    assert told["summary"]["headlines"]["entered"]["value"] > 0
    assert told["run"] == "runs/two-towns-7-1in2"
    kept = Path(told["run"]) / "documents"
    assert (kept / "verbatim" / SCENARIO).read_text() == Path(SCENARIO).read_text()
    assert (kept / "canonical" / "policy-court.yaml").is_file()


def test_a_run_says_in_words_what_it_did(asked: Asked) -> None:
    result = asked("run", SCENARIO, "-o", "mine")
    assert result.exit_code == 0
    assert "SYNTHETIC" in result.stdout
    assert "documented reading" in result.stdout
    assert results.opened(Path("mine"))["result_hash"] in result.stdout
    assert "13 of 16 numbers of its documents are invented (81%)" in result.stdout
    assert "\x1b[" not in result.stdout + result.stderr
    assert result.stderr == ""


def test_a_run_is_never_written_over(asked: Asked) -> None:
    assert asked("run", SCENARIO, "-o", "mine").exit_code == 0
    again = asked("run", SCENARIO, "-o", "mine")
    assert again.exit_code == 1
    assert "exists already" in again.stderr
    assert asked.json("run", SCENARIO)["run"] == "runs/two-towns-7-60000"
    assert asked.json("run", SCENARIO)["run"] == "runs/two-towns-7-60000-2"


@pytest.mark.parametrize(
    "words",
    [
        ["run"], ["run", "nothing"], ["run", SCENARIO, "--sample", "2"], ["run", SCENARIO, "--full", "--sample", "1/2"],
        ["run", SCENARIO, "--from", "1999-01"], ["run", SCENARIO, "--reading", "rumoured"], ["sing"], ["run", "--loud"],
        ["run", SCENARIO, "--threads", "0"], ["life", "runs"], [],
    ],
)  # fmt: skip
def test_what_cannot_be_asked_returns_2(asked: Asked, words: list[str]) -> None:
    assert asked(*words).exit_code == 2
    assert not Path("runs").exists()


def test_a_broken_law_returns_1(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "compiled_side", lambda: FakeEngine(broken="granted"))
    result = asked("run", SCENARIO, "-o", "mine")
    assert result.exit_code == 1
    assert "requests = granted" in result.stderr
    assert asked("verify", "mine").exit_code == 1
    assert asked("cite", "mine").exit_code == 1
    assert asked("life", "nowhere", "R-000000-000").exit_code == 1


def test_changes_of_the_command_line_are_part_of_the_run(asked: Asked, tmp_path: Path) -> None:
    def kept(folder: str, *words: str) -> tuple[str, str]:
        told = asked.json("run", SCENARIO, "-o", folder, *words)
        canonical = Path(folder) / "documents" / "canonical"
        assert asked.json("verify", folder)["again"] == told["result_hash"]
        return (canonical / "policy-court.yaml").read_text(), asked.json("cite", folder)["documents"]["policy/court"]

    plain = kept("plain")
    changed = kept("set", "--set", "court/points.ceiling=150")
    cut = kept("cut", "--without", "court/no-tickets")
    assert len({plain, changed, cut}) == 3
    assert ("150" in changed[0], "150" in plain[0]) == (True, False)
    assert ("no-tickets" in cut[0], "no-tickets" in plain[0]) == (False, True)
    broken = asked.json("run", SCENARIO, "-o", "broken", "--without", "court/defaulters", code=3)
    assert any("defaulters" in mistake["message"] for mistake in broken["mistakes"])
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "mine.yaml").write_text(changed[0])
    assert kept("replaced", "--policy", "elsewhere/mine.yaml") == changed


def test_a_reform_keeps_what_it_is_based_on(asked: Asked) -> None:
    reform = """glasshouse: policy/1
name: softer
title: A softer court
text: The same court with a shorter list.
source: invented
based_on: court
set:
  defaulters.enter[1].term: 6 months
"""
    Path("policy-softer.yaml").write_text(reform)
    court = Path("policy-court.yaml")
    court.write_text(court.read_text().replace("court/", ""))
    text = Path(SCENARIO).read_text().replace("[court]", "[softer]").replace("court/", "softer/")
    Path("softened.yaml").write_text(text)
    asked.json("run", "softened.yaml", "-o", "mine", "--months", "3")
    kept = Path("mine/documents")
    assert (kept / "verbatim" / "policy-softer.yaml").read_text() == reform
    assert (kept / "verbatim" / "policy-court.yaml").read_text() == court.read_text()
    assert sorted(path.name for path in (kept / "canonical").iterdir()) == [
        "conduct-deeds.yaml", "policy-softer.yaml", "recipe-two-towns.yaml", "scenario-two-towns.yaml"]


# --- long runs -----------------------------------------------------------------------------------------------------


def test_a_run_that_was_stopped_is_resumed(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = asked.json("run", SCENARIO, "-o", "whole")
    engine = FakeEngine()

    def stopping(program: Any, leaf: int, blocks: Any) -> Any:
        if 90 in blocks:
            raise KeyboardInterrupt
        return FakeEngine.run_blocks(engine, program, leaf, blocks)

    engine.run_blocks = stopping  # type: ignore[method-assign]
    monkeypatch.setattr(making, "compiled_side", lambda: engine)
    stopped = asked("run", SCENARIO, "-o", "mine", "--chunk", "7", "--threads", "1")
    assert stopped.exit_code == 1
    assert stopped.stderr.strip() == "stopped; finish it with: glasshouse resume mine"
    assert asked("verify", "mine").exit_code == 1
    monkeypatch.setattr(making, "compiled_side", FakeEngine)
    told = asked.json("resume", "mine")
    assert (told["result_hash"], told["parts_reused"], told["parts"]) == (whole["result_hash"], 1, 2)
    again = asked("resume", "mine")
    assert (again.exit_code, again.stderr) == (0, "the run had been finished already\n")
    assert asked("resume", "nowhere").exit_code == 1


def test_shards_are_made_and_merged(asked: Asked) -> None:
    whole = asked.json("run", SCENARIO, "-o", "whole")
    shards = [asked.json("run", SCENARIO, "--shard", f"{k}/3") for k in (1, 2, 3)]
    assert [told["shard"] for told in shards] == ["1/3", "2/3", "3/3"]
    assert {told["result_hash"] for told in shards} == {None}
    assert "glasshouse merge DIR..." in asked("run", SCENARIO, "--shard", "1/3", "-o", "again").stdout
    folders = [told["run"] for told in shards]
    assert asked.json("merge", *folders, "-o", "merged")["result_hash"] == whole["result_hash"]
    assert asked("merge", *folders[1:], "-o", "other").exit_code == 1
    assert asked("cite", folders[0]).exit_code == 1
    assert asked("run", SCENARIO, "--shard", "4/3").exit_code == 2
    assert asked("merge", "-o", "other").exit_code == 2


def test_a_pace_says_how_fast_and_how_long() -> None:
    moments = iter([0.0, 10.0, 12.0, 20.0])
    pace = Pace(lambda: next(moments))
    assert pace.said(4_000, 10_000) == "4,000 of 10,000 residents", "what was there already took no time"
    assert pace.said(4_000, 10_000) == "4,000 of 10,000 residents"
    assert pace.said(5_000, 10_000) == "5,000 of 10,000 residents, 500 a second, 10 s left"
    assert pace.said(6_000, 10_000) == "6,000 of 10,000 residents, 200 a second, 20 s left"
    assert [duration(seconds) for seconds in (0.4, 59.4, 61, 3599, 3600, 90_000)] == [
        "0 s", "59 s", "1 min 01 s", "59 min 59 s", "1 h 00 min", "25 h 00 min"]


# --- verify, cite --------------------------------------------------------------------------------------------------


def test_verify_runs_again_from_the_directory_alone(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    period = ["--months", "5", "--from", "2020-03"]
    first = asked.json("run", SCENARIO, "-o", "mine", *period, "--replications", "2", "--panel", "2")
    for file in Path().glob("*.yaml"):
        file.unlink()
    told = asked.json("verify", "mine")
    assert (told["same"], told["again"], told["differing"]) == (True, first["result_hash"], [])
    assert "the same result" in asked("verify", "mine", "--threads", "1").stdout

    class Other(FakeEngine):
        def _block(self, program: Any, block: int) -> Any:
            return super()._block(program, block + 1)

    monkeypatch.setattr(making, "compiled_side", Other)
    told = asked.json("verify", "mine", code=4)
    assert told["same"] is False
    assert "monthly" in told["differing"]
    other = asked("verify", "mine")
    assert other.exit_code == 4
    assert "monthly" in other.stderr


def test_a_run_is_cited_by_its_hashes(asked: Asked) -> None:
    told = asked.json("run", SCENARIO, "-o", "mine")
    cited = asked("cite", "mine").stdout
    assert told["result_hash"] in cited
    assert "@software{glasshouse," in cited
    assert "policy/court" in cited
    assert asked.json("cite", "mine")["result_hash"] == told["result_hash"]


# --- starting ------------------------------------------------------------------------------------------------------


def alone(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    program = "import sys\nfrom glasshouse.cli import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    return subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")} | environment,
    )  # fmt: skip


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["--version"], ["run"]])
def test_help_is_light(words: list[str]) -> None:
    started = alone(*words)
    loaded = set(started.stderr.split())
    assert "glasshouse.cli" in loaded
    assert not loaded & {"numba", "numpy", "polars", "ruamel.yaml"}


def test_help_names_every_command() -> None:
    shown = alone("--help").stdout
    for command in ("list", "copy", "validate", "resolve", "explain", "estimate", "run", "resume",
                    "merge", "verify", "life", "cite", "schema"):  # fmt: skip
        assert f"\n  {command} " in shown
    assert "Exit codes: 0 fine, 1 a run failed, 2 usage, 3 a document is invalid" in " ".join(shown.split())


def test_listing_the_library_compiles_nothing() -> None:
    started = alone("list")
    assert started.returncode == 0
    assert "numba" not in started.stderr.split()
