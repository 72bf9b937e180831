"""The run directory: made with its marker, never over another, hashed by what it says."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasshouse import results
from glasshouse.errors import RunFailed


def monthly(values: list[int], month: str = "2020-01") -> pl.DataFrame:
    """Rows of `monthly` with these values."""
    return pl.DataFrame({
        "month": [month] * len(values), "population": ["residents"] * len(values), "area": ["north"] * len(values),
        "group": ["all"] * len(values), "quantity": ["events"] * len(values),
        "item": [f"kind-{place}" for place in range(len(values))], "ground": [""] * len(values), "value": values,
    })  # fmt: skip


def plain_hash(rows: list[tuple[object, ...]]) -> str:
    """The hash of a table as its definition reads, with nothing but the standard library."""
    lines = sorted("\t".join(str(field) for field in row).encode() + b"\n" for row in rows)
    return hashlib.sha256(b"".join(lines)).hexdigest()


# --- writing -------------------------------------------------------------------------------------------------------


def test_a_directory_is_marked_until_it_is_finished(tmp_path: Path) -> None:
    writing = results.Writing(tmp_path / "run")
    assert not (tmp_path / "run").exists()
    writing.reveal()
    with pytest.raises(RunFailed, match="unfinished run and holds no result"):
        results.opened(tmp_path / "run")
    writing.add({"monthly": monthly([1, 2])})
    writing.join()
    with pytest.raises(RunFailed, match="unfinished"):
        results.opened(tmp_path / "run")
    writing.finish({"glasshouse": results.FORMAT, "result_hash": "x"})
    assert results.opened(tmp_path / "run")["result_hash"] == "x"
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == sorted(
        [f"{name}.parquet" for name in results.SCHEMAS if name not in results.HASHED_IF_THERE] + ["manifest.json"]
    )


@pytest.mark.parametrize("there", ["file", "folder", "link"])
def test_nothing_is_written_over(tmp_path: Path, there: str) -> None:
    place = tmp_path / "run"
    if there == "file":
        place.write_text("mine")
    elif there == "folder":
        place.mkdir()
    else:
        place.symlink_to(tmp_path / "nowhere")
    with pytest.raises(RunFailed, match="exists already"):
        results.Writing(place)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_free_name_is_found(tmp_path: Path) -> None:
    assert results.free_name(tmp_path / "a") == tmp_path / "a"
    (tmp_path / "a").mkdir()
    (tmp_path / "a-2").mkdir()
    assert results.free_name(tmp_path / "a") == tmp_path / "a-3"


def test_removing_leaves_nothing(tmp_path: Path) -> None:
    writing = results.Writing(tmp_path / "deep" / "run")
    writing.add({"monthly": monthly([1])})
    writing.remove()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine").mkdir()
    results.Writing(tmp_path / "mine" / "run").remove()
    assert list(tmp_path.rglob("*")) == [tmp_path / "mine"]


def test_many_parts_become_one_table_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "BUFFERED_ROWS", 3)
    writing = results.Writing(tmp_path / "run", replicated=True)
    writing.reveal()
    for place in range(25):
        writing.add({"monthly": monthly([place, place], f"2020-{place:02d}")}, place % 2)
    assert len(list((tmp_path / "run" / "joining").iterdir())) > 10
    writing.join()
    found = results.table(tmp_path / "run", "monthly")
    assert found.get_column("month").to_list() == [f"2020-{place:02d}" for place in range(25) for _ in range(2)]
    assert found.get_column("replication").to_list() == [place % 2 for place in range(25) for _ in range(2)]
    assert results.table(tmp_path / "run", "roots").schema == results.schema("roots", replicated=True)


# --- opening -------------------------------------------------------------------------------------------------------


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match="no run directory"):
        results.opened(tmp_path / "nothing")
    with pytest.raises(RunFailed, match=r"has no manifest\.json"):
        results.opened(tmp_path)
    (tmp_path / "manifest.json").write_text("{half")
    with pytest.raises(RunFailed, match="cannot be read"):
        results.opened(tmp_path)
    (tmp_path / "manifest.json").write_text('{"glasshouse": "run/9"}')
    with pytest.raises(RunFailed, match="was written as 'run/9'"):
        results.opened(tmp_path)


# --- hashing -------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_hash_is_that_of_the_sorted_lines(values: list[int], order: random.Random) -> None:
    frame = monthly(values)
    shuffled = list(range(len(values)))
    order.shuffle(shuffled)
    assert results.table_hash(frame.lazy()) == plain_hash(frame.rows())
    assert results.table_hash(frame[shuffled].lazy()) == plain_hash(frame.rows())


def test_the_hash_does_not_depend_on_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.concat([monthly([3, 1, 2], f"20{year}-{month:02d}") for year in (20, 19) for month in (11, 2, 10)])
    whole = results.table_hash(frame.lazy())
    replicated = frame.insert_column(0, pl.Series("replication", [place % 12 for place in range(frame.height)]))
    both = results.table_hash(replicated.lazy())
    monkeypatch.setattr(results, "HASHED_AT_ONCE", 1)
    assert results.table_hash(frame.drop("replication").lazy()) == whole
    assert results.table_hash(replicated.lazy()) == both == plain_hash(replicated.rows())


def test_a_changed_count_changes_the_hash_and_a_weight_does_not() -> None:
    assert results.table_hash(monthly([1, 2]).lazy()) != results.table_hash(monthly([1, 3]).lazy())
    areas = pl.DataFrame({"area": ["north"], "n": [7], "weight": [1.5]})
    assert results.table_hash(areas.lazy()) == plain_hash([("north", 7)])


def test_the_result_hash_is_over_names_and_hashes() -> None:
    told = hashlib.sha256(b"areas\tA\nmonthly\tM\n").hexdigest()
    assert results.result_hash({"monthly": "M", "areas": "A"}) == told


def test_no_hashed_column_is_a_float() -> None:
    for name in results.HASHED:
        for column in results.hashed_columns(results.SCHEMAS[name]):
            assert results.SCHEMAS[name][column] in (pl.String(), pl.Int64()), (name, column)
