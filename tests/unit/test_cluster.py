"""Clusters: where a scheduler may stand, what a job carries, what is said where the extra is missing."""

from __future__ import annotations

import json
import pickle
import sys
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from glasshouse import cluster, making
from glasshouse.cluster import LOCAL, Task, insist_on_a_safe_place, packed_documents, simulate
from glasshouse.errors import RunFailed, UsageError
from glasshouse.parts import Shelf, written
from glasshouse.plan import code_digest
from glasshouse.runs import run
from unit.fake_engine import FakeEngine, scenario


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra, for tests that ask it nothing."""
    monkeypatch.setattr(cluster, "distributed_here", lambda: SimpleNamespace())


@pytest.mark.parametrize(
    "address",
    [LOCAL, "127.0.0.1:8786", "tcp://127.0.0.1:8786", "tcp://[::1]:8786", "localhost:1", "tcp://127.8.0.2:1",
     "tls://scheduler.example:8786", "wss://10.0.0.1:443"],
)  # fmt: skip
def test_loopback_and_tls_are_fine(installed: None, address: str) -> None:
    insist_on_a_safe_place(address)


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1:8786", "tcp://scheduler.example:8786", "ws://10.0.0.1:80", "tcp://0.0.0.0:1", "localhost.example:1"],
)
def test_anywhere_else_must_be_asked_for(installed: None, address: str) -> None:
    with pytest.raises(UsageError, match="whoever reaches a Dask scheduler owns its workers"):
        insist_on_a_safe_place(address)
    insist_on_a_safe_place(address, unprotected=True)


@pytest.mark.parametrize("address", ["", "tls://", "tls://a b:1", "tcp://user@127.0.0.1:1", "tls://host:port"])
def test_what_is_no_address_is_refused(installed: None, address: str) -> None:
    with pytest.raises(UsageError, match="a scheduler's address is written"):
        insist_on_a_safe_place(address, unprotected=True)


def test_nothing_is_made_where_the_cluster_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installed: None
) -> None:
    monkeypatch.setattr(making, "compiled_side", FakeEngine)
    with pytest.raises(UsageError, match="owns its workers"):
        run(scenario(), out=tmp_path / "deep" / "run", cluster="tcp://10.0.0.1:8786")
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "compiled_side", FakeEngine)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'glasshouse\[cluster\]'"):
        run(scenario(), out=tmp_path / "run", cluster=LOCAL)
    assert list(tmp_path.iterdir()) == []


def task(folder: Path, **changes: Any) -> Task:
    """A job of a shard that stands in a folder."""
    plan = json.loads((folder / "plan.json").read_text())
    fields: dict[str, Any] = {
        "code": code_digest(), "run": plan["digest"], "documents": packed_documents(folder),
        "order": json.dumps(plan["order"]), "population": "residents", "replication": 1, "span": (3, 9), "chunk": 2,
    }  # fmt: skip
    return Task(**(fields | changes))


def test_a_job_is_pure_and_carries_documents_and_a_range(tmp_path: Path) -> None:
    """What a worker gives back for a job, from its bytes alone, is the part that the run here would have kept."""
    asked = {"residents": 8_000, "months": 4, "replications": 2}
    folder = run("rongcheng", out=tmp_path / "shard", shard="1/1", **asked).path  # type: ignore[arg-type]
    mine = pickle.loads(pickle.dumps(task(folder)))
    carried = len(pickle.dumps(mine))
    assert carried < 100_000
    first = simulate(mine)
    assert simulate(mine) == first == simulate(task(folder, chunk=100))
    kept = Shelf(folder / "parts", mine.run)
    part = kept.read(next(label for label in kept.labels() if label.replication == 1))
    dense = np.zeros(max(piece.sums.places.max() for piece in part.pieces) + 1, np.int64)
    for piece in part.pieces:
        dense[piece.sums.places] += piece.sums.values
    again = np.zeros_like(dense)
    for span in ((0, 3), (3, 9), (9, part.label.stop)):
        for piece in parts_of(simulate(task(folder, span=span)), mine.run):
            again[piece.sums.places] += piece.sums.values
    assert again.tolist() == dense.tolist()


def parts_of(content: bytes, run_digest: str) -> Any:
    from glasshouse.parts import read

    part = read(content, run_digest)
    assert written(part) == content
    return part.pieces


def test_a_worker_with_other_code_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "compiled_side", FakeEngine)
    folder = run(scenario(), out=tmp_path / "shard", shard="1/1").path
    with pytest.raises(RunFailed, match="another version of Glasshouse"):
        simulate(task(folder, code="0" * 64))


def test_no_number_of_workers_leaves_a_job_too_long() -> None:
    asked = SimpleNamespace(workers=2)
    spans = list(cluster.Cluster.spans(asked, [(0, 10), (20, 100_000)]))  # type: ignore[arg-type]
    assert max(stop - first for first, stop in spans) <= cluster.LARGEST_JOB
    assert [spans[0][0], spans[-1][1]] == [0, 100_000]
    assert sum(stop - first for first, stop in spans) == 10 + 99_980
    few = list(cluster.Cluster.spans(asked, [(0, 32)]))  # type: ignore[arg-type]
    assert len(few) == cluster.JOBS_A_WORKER * 2


def test_the_documents_that_travel_say_the_scenario(tmp_path: Path) -> None:
    folder = run("village", out=tmp_path / "run", months=2, shard="1/1").path
    texts = json.loads(zlib.decompress(packed_documents(folder)))
    assert "documents/canonical/scenario-village.yaml" in texts
    assert all(path.startswith(("documents/canonical/", "documents/facts/")) for path in texts)
