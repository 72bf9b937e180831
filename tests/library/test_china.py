"""The fitted scenario, simulated: the engine comes to the figures the expectation was fitted to.

One block in 4,000, some 360,000 residents and 3,300 cases. Cases clump in residents with heavy debts, so that totals
scatter by about three in a hundred; a figure missed by an eighth would be a wrong fit or a wrong engine, and a rate
misread by a fifth would be seen in the totals of performing and of refusals.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from glasshouse import runs

WITHIN = 0.125
DEFAULTERS = "court-defaulters/defaulters"


@pytest.fixture(scope="module")
def estimates(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Monthly counts of everybody, each weighted by its area."""
    folder: Path = tmp_path_factory.mktemp("china") / "run"
    runs.run("china-2018", out=folder, sample="1/4000")
    areas, keys = pl.read_parquet(folder / "areas.parquet"), ["population", "area"]
    counts = pl.read_parquet(folder / "monthly.parquet").filter(pl.col("group") == "all")
    counts = counts.join(areas.select(*keys, "weight"), on=keys)
    return counts.with_columns((pl.col("value") * pl.col("weight")).alias("estimate"))


def total(frame: pl.DataFrame, quantity: str, item: str, since: str, until: str) -> float:
    chosen = (pl.col("quantity") == quantity) & (pl.col("item") == item) & pl.col("month").is_between(
        pl.lit(since), pl.lit(until))
    return float(frame.filter(chosen)["estimate"].sum())


@pytest.mark.parametrize(
    ("quantity", "item", "since", "until", "figure"),
    [
        ("entered", DEFAULTERS, "2013-10", "2015-12", 3_080_200),
        ("entered", DEFAULTERS, "2013-10", "2018-12", 12_770_000),
        ("new_listed", DEFAULTERS, "2018-01", "2018-12", 2_614_000),
        ("left", f"{DEFAULTERS}:repair", "2013-10", "2018-12", 3_510_000),
        ("refused_attempts", "air_ticket", "2013-10", "2015-12", 3_757_100),
        ("refused_attempts", "air_ticket", "2013-10", "2016-12", 5_730_000),
        ("refused_attempts", "air_ticket", "2013-10", "2018-12", 17_460_000),
        ("refused_attempts", "fast_train_ticket", "2013-10", "2018-12", 5_470_000),
    ],
)
def test_simulated_totals_meet_the_figures(
    estimates: pl.DataFrame, quantity: str, item: str, since: str, until: str, figure: int
) -> None:
    assert total(estimates, quantity, item, since, until) == pytest.approx(figure, rel=WITHIN)


def test_before_the_ticket_system_joined_nobody_was_refused(estimates: pl.DataFrame) -> None:
    assert total(estimates, "refused_attempts", "air_ticket", "2013-10", "2014-06") == 0
    assert total(estimates, "refused_attempts", "air_ticket", "2014-07", "2014-12") > 0
    assert total(estimates, "refused_attempts", "fast_train_ticket", "2013-10", "2015-07") == 0


def test_public_transport_stays_open_in_the_documented_reading(estimates: pl.DataFrame) -> None:
    assert total(estimates, "refused_attempts", "ordinary_train_ticket", "2013-10", "2018-12") == 0


def test_stock_lies_below_that_of_all_lists_together(estimates: pl.DataFrame) -> None:
    listed = total(estimates, "listed", DEFAULTERS, "2018-05", "2018-05")
    assert 0.6 * 8_400_000 < listed < 8_400_000
