"""Scenarios of cities and scorers, simulated: what was read comes out, and both programs live the same lives."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from glasshouse import runs
from glasshouse.scenario import load_scenario
from glasshouse.shelf import Library
from glasshouse.society.areas import leaves
from oracle.compare import compare_counts, compare_journals, say
from oracle.engines import by_kernel, by_reference

SESAME, QIANJIANG = "sesame-credit/sesame", "hangzhou-qianjiang/qianjiang"
SLOW = pytest.mark.thorough


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("suining", "suining"),
        ("xiamen", "xiamen"),
        ("rongcheng-own-source", "rongcheng"),
        pytest.param("nanjing", "nanjing", marks=SLOW),
        pytest.param("fuzhou", "fuzhou", marks=SLOW),
        pytest.param("hangzhou", "hangzhou", marks=SLOW),
        pytest.param("suzhou", "suzhou", marks=SLOW),
        pytest.param("zhejiang", "hangzhou", marks=SLOW),
        pytest.param("youth", "wuhan", marks=SLOW),
        pytest.param("reported-2020", "beijing-rest", marks=SLOW),
        pytest.param("pilot-areas", "weihai-rest", marks=SLOW),
        pytest.param("scorers", "shenzhen", marks=SLOW),
    ],
)
def test_both_programs_live_the_same_lives(name: str, area: str) -> None:
    """One block of the place that the scenario is about, every row of its journal and every sum."""
    scenario = load_scenario(name, Library.default())
    places = leaves(scenario.recipe, scenario.residents)
    block = next(leaf for leaf in places if leaf.name.startswith(area)).first_block + 1
    fast, slow = by_kernel(scenario, block), by_reference(scenario, block)
    assert slow.journal["events"] and slow.journal["records"]
    differences = compare_journals(fast.journal, slow.journal)
    assert not differences, say(differences, "kernel", "reference")
    assert not compare_counts(fast.counts, slow.counts)


@pytest.fixture(scope="module")
def hangzhou(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Tiers of everybody who has one in the city, at the end of each month."""
    folder: Path = tmp_path_factory.mktemp("hangzhou") / "run"
    runs.run("hangzhou", out=folder, sample="1/1000")
    scores = pl.read_parquet(folder / "scores.parquet")
    return scores.filter((pl.col("group") == "all") & pl.col("area").str.starts_with("hangzhou"))


def shares(scores: pl.DataFrame, rating: str, month: str) -> dict[str, float]:
    """The share of each tier of a rating in a month."""
    found = scores.filter((pl.col("rating") == rating) & (pl.col("month") == month))
    counted: dict[str, int] = dict(found.group_by("tier").agg(pl.col("value").sum()).iter_rows())
    return {tier: number / sum(counted.values()) for tier, number in counted.items()}


def test_four_in_ten_users_pass_the_bar_for_deposits(hangzhou: pl.DataFrame) -> None:
    """Some 9,000 users: a bar passed by 36 or by 44 in a hundred would be seen."""
    tiers = shares(hangzhou, SESAME, "2018-06")
    assert sum(tiers.get(tier, 0) for tier in ("good", "excellent", "outstanding")) == pytest.approx(0.40, abs=0.04)


def test_most_of_hangzhou_stand_between_600_and_750(hangzhou: pl.DataFrame) -> None:
    tiers = shares(hangzhou, QIANJIANG, "2018-12")
    assert tiers.get("good", 0) + tiers.get("excellent", 0) > 0.9


def test_what_nobody_hands_in_nobody_knows(tmp_path: Path) -> None:
    """The same people under the city's rules and under the counter-policy, which hears of hardly a fault."""
    records: dict[str, dict[str, int]] = {}
    events: dict[str, int] = {}
    for name in ("rongcheng", "rongcheng-own-source"):
        runs.run(name, out=tmp_path / name, sample="1/50")
        months = pl.read_parquet(tmp_path / name / "monthly.parquet").filter(pl.col("group") == "all")
        faults = months.filter((pl.col("quantity") == "records") & ~pl.col("item").str.contains("merit"))
        records[name] = dict(faults.group_by("ground").agg(pl.col("value").sum()).iter_rows())
        events[name] = months.filter(pl.col("quantity") == "events")["value"].sum()
    ruled, countered = records["rongcheng"], records["rongcheng-own-source"]
    assert ruled["mistaken"] > 0 and countered.get("mistaken", 0) == countered.get("unfounded", 0) == 0
    assert 0 < countered["own"] < 0.2 * ruled["own"]
    assert events["rongcheng-own-source"] == pytest.approx(events["rongcheng"], rel=0.05)
