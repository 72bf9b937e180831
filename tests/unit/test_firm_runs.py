"""Runs of firms and residents together: the same bits in any order, conserved firms, lives of both."""

from __future__ import annotations

import itertools
from pathlib import Path

import polars as pl
import pytest

import glasshouse
from glasshouse.errors import Stopped
from glasshouse.merging import merge
from glasshouse.replay import life, verify
from glasshouse.results import HASHED
from glasshouse.runs import resume
from oracle.firm_documents import firm_documents
from oracle.random_documents import write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents of a country of firms."""
    made = tmp_path_factory.mktemp("firms")
    write(firm_documents(2), made)
    return made


@pytest.fixture(scope="module")
def whole(folder: Path) -> glasshouse.Run:
    """A run of it."""
    return glasshouse.run(folder / "firm-scenario.yaml", out=folder / "whole", threads=1)


def total(run: glasshouse.Run, quantity: str, population: str) -> dict[str, int]:
    """A quantity by month."""
    wanted = (pl.col("quantity") == quantity) & (pl.col("population") == population) & (pl.col("group") == "all")
    rows = run.monthly.filter(wanted).group_by("month").agg(pl.col("value").sum())
    return dict(rows.sort("month").iter_rows())


def test_both_populations_stand_in_the_tables(whole: glasshouse.Run) -> None:
    """Areas, counts, the manifest; what firms hand on has a table of its own, which is hashed."""
    assert set(whole.areas["population"]) == {"firms", "residents"}
    assert whole.manifest["firms"] == sum(whole.areas.filter(pl.col("population") == "firms")["residents"])
    assert whole.manifest["residents"] == next(iter(total(whole, "subjects", "residents").values()))
    assert set(whole.manifest["tables"]) == {*HASHED, "coupling"}
    assert not whole.monthly.filter(pl.col("quantity") == "coupling").height
    handed = whole.table("coupling").collect()
    assert handed.height and handed["value"].min() > 0 and set(handed["standing"]) == {"", "fact", "truth"}


def test_firms_end_and_are_founded_again(whole: glasshouse.Run) -> None:
    """Month by month: those of the month before, and founded, less ended; new ones in January alone."""
    there, ended = total(whole, "subjects", "firms"), total(whole, "ended", "firms")
    founded = total(whole, "founded", "firms")
    assert founded and {month[5:] for month in founded} == {"01"}
    months = list(there)
    for before, month in itertools.pairwise(months):
        assert there[month] == there[before] + founded.get(month, 0) - ended.get(month, 0)
    assert all(there[month] == whole.manifest["firms"] for month in founded)
    assert not total(whole, "ended", "residents")


@pytest.mark.parametrize(("threads", "chunk"), [(1, 1), (2, 3), (3, 256)])
def test_threads_and_chunks_change_nothing(
    folder: Path, whole: glasshouse.Run, tmp_path: Path, threads: int, chunk: int
) -> None:
    """The coupling is the same however the firms were simulated, and so is everything after it."""
    again = glasshouse.run(folder / "firm-scenario.yaml", out=tmp_path / "again", threads=threads, chunk=chunk)
    assert again.manifest["tables"] == whole.manifest["tables"]


def test_shards_merge_to_the_whole(folder: Path, whole: glasshouse.Run, tmp_path: Path) -> None:
    """Every shard simulates all firms and its share of the residents."""
    for number in (1, 2, 3):
        glasshouse.run(folder / "firm-scenario.yaml", out=tmp_path / f"{number}", shard=f"{number}/3", threads=1)
    assert merge([tmp_path / f"{number}" for number in (3, 1, 2)], tmp_path / "all").result_hash == whole.result_hash


def test_a_run_is_verified_with_its_firms(whole: glasshouse.Run) -> None:
    """From its own documents."""
    assert verify(whole, threads=1).same


def test_lives_of_a_firm_and_of_a_resident(whole: glasshouse.Run) -> None:
    """A firm is named F-..; a resident's life under the run's coupling shows the listing that came from a firm."""
    page = life(whole, "F-000001-003")
    assert page.title == "The life of F-000001-003, a synthetic firm"
    assert any("Ties: " in line.text for line in page.lines)
    ended = [
        life(whole, f"F-000002-{place:03d}") for place in range(6)
    ]
    assert any("The firm is no more" in line.text for page in ended for line in page.lines)
    assert any("A new firm stands in its place" in line.text for page in ended for line in page.lines)
    journal = glasshouse.run(
        whole.path.parent / "firm-scenario.yaml", out=whole.path.parent / "told", threads=1, journal=[0]
    )
    listings = pl.read_parquet(journal.path / "journal" / "listings.parquet")
    reached = listings.filter(pl.col("clause") == "firm-policy/to-heads").row(0, named=True)
    page = life(whole, f"R-000000-{reached['subject']:03d}")
    assert any(line.clause == "firm-policy/to-heads" for line in page.lines)


@pytest.mark.parametrize("before", [2, 4])
def test_a_run_stopped_among_firms_or_residents_is_resumed(
    folder: Path, whole: glasshouse.Run, tmp_path: Path, before: int
) -> None:
    """What firms have handed on is read from the parts that are finished, or made again."""
    told: list[int] = []

    def impatient(done: int, everybody: int) -> None:
        told.append(done)
        if len(told) > before:
            raise KeyboardInterrupt

    with pytest.raises(Stopped):
        glasshouse.run(folder / "firm-scenario.yaml", out=tmp_path / "run", threads=1, progress=impatient)
    again = resume(tmp_path / "run", threads=1)
    assert again.result_hash == whole.result_hash
    assert again.manifest["platform"]["parts_reused"] > 0
