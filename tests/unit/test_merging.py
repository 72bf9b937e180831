"""Shards: seven of them merged are the run; what is no whole set of shards of one run is refused, and why is said."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from glasshouse import making, results
from glasshouse.errors import RunFailed, UsageError
from glasshouse.merging import merge
from glasshouse.plan import Shard
from glasshouse.replay import verify
from glasshouse.runs import Run, open_run, resume, run
from unit.fake_engine import FakeEngine, scenario


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeEngine:
    """A stand-in for the compiled side, a part for every job, in a folder of its own."""
    engine = FakeEngine()
    monkeypatch.setattr(making, "compiled_side", lambda: engine)
    monkeypatch.setattr(making, "PART_SECONDS", 0.0)
    monkeypatch.chdir(tmp_path)
    return engine


def shards(of: int, **asked: Any) -> list[Path]:
    """All shards of a run, made apart with different chunks."""
    name = "-".join(map(str, asked.values())) or "plain"
    return [
        run(scenario(), out=f"{name}-{k}of{of}", shard=f"{k}/{of}", chunk=k, threads=1 + k % 2, **asked).path
        for k in range(1, of + 1)
    ]


@pytest.mark.parametrize("asked", [{}, {"replications": 3}, {"sample": "1/9", "panel": 3, "journal": [4]}], ids=str)
def test_seven_shards_merged_are_the_run(engine: FakeEngine, asked: dict[str, Any]) -> None:
    whole = run(scenario(), out="whole", **asked)
    seven = shards(7, **asked)
    engine.chunks.clear()
    merged = merge([*seven[3:], *seven[:3]], "merged")
    assert engine.chunks == []
    assert merged.result_hash == whole.result_hash
    for name in [name for name in results.SCHEMAS if (whole.path / f"{name}.parquet").exists()]:
        assert merged.table(name).collect().equals(whole.table(name).collect()), name
    told, kept = (dict(each.manifest) for each in (merged, whole))
    assert {name for name in kept if told[name] != kept[name]} == {"platform"}
    assert sorted(path.name for path in merged.path.iterdir()) == sorted(path.name for path in whole.path.iterdir())
    assert verify(merged).same
    assert all((shard / results.PARTS).is_dir() for shard in seven), "the shards stay"


def test_there_may_be_more_shards_than_blocks(engine: FakeEngine) -> None:
    few = {"sample": "1/1000", "months": 2}
    assert merge(shards(9, **few), "merged").result_hash == run(scenario(), out="whole", **few).result_hash


def test_a_shard_is_no_result(engine: FakeEngine) -> None:
    done = run(scenario(), shard="2/3")
    assert done.path == Path("runs/two-towns-7-60000-shard-2of3")
    assert done.shard == "2/3"
    assert done.manifest["tables"] == {}
    for refused in (lambda: done.result_hash, lambda: open_run(done.path)):
        with pytest.raises(RunFailed, match="shard 2/3 of a run and holds no result: join all shards"):
            refused()
    assert not list(done.path.glob("*.parquet"))


@pytest.mark.parametrize("written", ["0/3", "4/3", "3", "1/0", "-1/2", "a/b", "1/2/3", ""])
def test_what_is_no_shard_is_refused(engine: FakeEngine, written: str) -> None:
    with pytest.raises(UsageError, match="a shard is written k/n"):
        run(scenario(), out="mine", shard=written)
    assert not Path("mine").exists()


def refused(paths: list[Path], *said: str) -> None:
    with pytest.raises(RunFailed) as failure:
        merge(paths, "merged")
    assert all(words in str(failure.value) for words in said), str(failure.value)
    assert not Path("merged").exists()


def test_missing_and_double_shards_are_named(engine: FakeEngine) -> None:
    made = shards(5)
    shutil.copytree(made[3], "again")
    refused([made[0], made[3], made[4], Path("again")],
            "shard 4/5 is there twice: plain-4of5, again", "of 5 shards there is no number 2, 3")  # fmt: skip
    other = run(scenario(), out="of-4", shard="1/4").path
    refused([made[0], other], "cut into 4 and 5 shards")
    with pytest.raises(UsageError, match="name the directories"):
        merge([], "merged")


def test_shards_of_other_runs_are_told_apart_and_how(engine: FakeEngine) -> None:
    mine = run(scenario(), out="mine", shard="1/2").path
    others = {
        "conduct_seed 7 and 8": run(scenario(), out="seed", shard="2/2", conduct_seed=8).path,
        "residents 60000 and 40000": run(scenario(), out="size", shard="2/2", residents=40_000).path,
        "policy/court": run(scenario().without("court/no-tickets"), out="documents", shard="2/2").path,
    }
    refused([mine, *others.values()], *others)
    refused([mine, run(scenario(), out="whole").path], "whole is a whole run and no shard")
    refused([mine, Path("nowhere")], "there is no run directory nowhere")


def test_unfinished_and_damaged_shards_are_mended_by_resume(engine: FakeEngine) -> None:
    whole = run(scenario(), out="whole")
    made = shards(3)
    parts = sorted((made[1] / results.PARTS).iterdir())
    content = bytearray(parts[4].read_bytes())
    content[100] ^= 1
    parts[4].write_bytes(content)
    refused(made, parts[4].name, "glasshouse resume plain-2of3")
    engine.chunks.clear()
    assert resume(made[1]).parts_reused == len(parts) - 1
    first, stop = (int(edge) for edge in parts[4].stem.split("-")[2:])
    assert sum(engine.chunks) == stop - first
    parts[6].unlink()
    refused(made, "parts are missing", "glasshouse resume plain-2of3")
    resume(made[1])
    (made[2] / results.MARKER).write_text("This run has not finished.")
    refused(made, "unfinished run", "glasshouse resume plain-3of3")
    resume(made[2])
    assert merge(made, "merged").result_hash == whole.result_hash


def test_a_merged_run_is_never_written_over(engine: FakeEngine) -> None:
    Path("merged").mkdir()
    with pytest.raises(RunFailed, match="exists already"):
        merge(shards(2), "merged")
    assert list(Path("merged").iterdir()) == []


def test_shards_of_one_run_share_a_digest_and_no_others(engine: FakeEngine) -> None:
    from glasshouse.plan import kept_plan

    one, other = (kept_plan(path) for path in shards(2))
    assert one.digest == other.digest
    assert (one.shard, other.shard) == (Shard(1, 2), Shard(2, 2))
    again = kept_plan(run(scenario(), out="seed", shard="1/2", seed=8).path)
    assert again.digest != one.digest
    assert Run(Path("seed")).shard == "1/2"
