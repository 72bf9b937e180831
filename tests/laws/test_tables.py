"""The tables of a run are what its journals add up to, over all blocks."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import glasshouse
from glasshouse.society.areas import leaves
from oracle.engines import scenario_of
from oracle.random_documents import documents_from_seed

from .changes import Fields, changed, kind_of

SEEDS = range(300, 306)
Tables = dict[str, pl.DataFrame]


def only_refusals(content: Fields) -> None:
    """Gates that refuse or do nothing, so that each sanction has a row of its own in the journal."""
    if kind_of(content) == "policy":
        content["gates"] = [gate for gate in content.get("gates", []) if gate["then"] == "refuse"]
        content.pop("repeals", None)


@cache
def tables(seed: int) -> tuple[Tables, Tables]:
    """The tables and the journal of a run of all blocks of the scenario of a seed."""
    scenario = scenario_of(changed(documents_from_seed(seed), only_refusals))
    blocks = range(sum(leaf.blocks for leaf in leaves(scenario.recipe, scenario.residents)))
    with tempfile.TemporaryDirectory() as folder:
        run = glasshouse.run(scenario, out=Path(folder) / "run", threads=1, journal=tuple(blocks))
        names = ("monthly", "scores", "transitions", "lifetimes", "roots")
        journal = {path.stem: pl.read_parquet(path) for path in (run.path / "journal").glob("*.parquet")}
        return {name: getattr(run, name) for name in names}, journal


def counted(frame: pl.DataFrame, *columns: str) -> Counter[tuple[Any, ...]]:
    """Sums of `value` by these columns, 0 left out."""
    found: Counter[tuple[Any, ...]] = Counter()
    for row in frame.select(*columns, "value").iter_rows():
        found[row[:-1]] += row[-1]
    return +found


def rows(journal: Tables, table: str, **wanted: object) -> Iterator[dict[str, Any]]:
    """Rows of a table of the journal with these contents."""
    frame = journal[table]
    for column, content in wanted.items():
        frame = frame.filter(pl.col(column) == content)
    return frame.iter_rows(named=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_and_moves_between_tiers(seed: int) -> None:
    """Each publication at an interval stands in a cell; each two in a row of a subject who did not leave are a move."""
    found, journal = tables(seed)
    scores: Counter[tuple[Any, ...]] = Counter()
    moves: Counter[tuple[Any, ...]] = Counter()
    before: dict[tuple[Any, ...], tuple[int, str]] = {}
    gone: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for row in rows(journal, "enrolments", what="left"):
        gone[row["block"], row["subject"], row["rating"]].append(row["step"])
    for row in rows(journal, "publications", standing="fact", at="interval"):
        scores[row["month"], row["rating"], row["tier"]] += 1
        who = (row["block"], row["subject"], row["rating"])
        since, tier = before.get(who, (0, ""))
        if any(since < step <= row["step"] for step in gone[who]):
            tier = ""
        moves[row["month"], row["rating"], tier, row["tier"]] += 1
        before[who] = (row["step"], row["tier"])
    everybody = found["scores"].filter(pl.col("group") == "all")
    assert counted(everybody, "month", "rating", "tier") == scores
    into_tiers = found["transitions"].filter(pl.col("to") != "")
    assert counted(into_tiers, "month", "rating", "from", "to") == moves


@pytest.mark.parametrize("seed", SEEDS)
def test_lifetimes_are_from_entry_to_end(seed: int) -> None:
    """Closed cases by ending and length; those that are open at the end are as many as entered and did not leave."""
    found, journal = tables(seed)
    opened: dict[tuple[Any, ...], int] = {}
    lengths: Counter[tuple[Any, ...]] = Counter()
    for row in rows(journal, "listings", standing="fact"):
        case = (row["block"], row["subject"], row["list"], row["case"])
        if row["what"] == "entered":
            opened[case] = row["step"]
        elif row["what"] == "left":
            lengths[row["list"], row["ending"], row["step"] - opened.pop(case)] += 1
    assert counted(found["lifetimes"], "list", "ending", "steps") == lengths
    still = found["monthly"].filter((pl.col("group") == "all") & (pl.col("quantity") == "open"))
    assert counted(still, "item") == Counter((case[2],) for case in opened)


@pytest.mark.parametrize("seed", SEEDS)
def test_roots_are_sanctions_of_one_event(seed: int) -> None:
    """Cases opened and requests refused for one root, over the whole run."""
    found, journal = tables(seed)
    sanctions: Counter[tuple[Any, ...]] = Counter()
    for table, what in (("listings", {"standing": "fact", "what": "entered"}), ("requests", {"outcome": "refused"})):
        for row in rows(journal, table, **what):
            if row["root"]:
                sanctions[row["block"], row["root"]] += 1
    by_number = Counter((min(number, 63),) for number in sanctions.values())
    assert counted(found["roots"].filter(pl.col("sanctions") > 0), "sanctions") == by_number


@pytest.mark.parametrize("seed", SEEDS)
def test_months_are_what_happened_in_them(seed: int) -> None:
    """Events, records by ground and refusals by service, over all blocks."""
    found, journal = tables(seed)
    monthly = found["monthly"].filter(pl.col("group") == "all")
    events = Counter((row["month"], row["kind"]) for row in rows(journal, "events"))
    assert counted(monthly.filter(pl.col("quantity") == "events"), "month", "item") == events
    recorded = Counter((row["month"], row["ground"]) for row in rows(journal, "records", what="recorded"))
    assert counted(monthly.filter(pl.col("quantity") == "records"), "month", "ground") == recorded
    refused = Counter((r["month"], r["service"], r["ground"]) for r in rows(journal, "requests", outcome="refused"))
    assert counted(monthly.filter(pl.col("quantity") == "refused_requests"), "month", "item", "ground") == refused
