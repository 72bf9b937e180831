"""The common benchmark workload at a million residents, held against what its authors measured and calculated.

Ranges are four standard deviations around forty seeds of independent programs; the exact expectations are a mean score
of 993.0976 and 1,930,817 events. A range of four deviations is missed by chance once in 16,000 runs.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest


@pytest.fixture(scope="module")
def monthly(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The counts of one run."""
    import glasshouse as gh

    folder: Path = tmp_path_factory.mktemp("benchmark") / "run"
    return gh.run("ledger-12", residents=1_000_000, seed=12, out=folder).monthly.filter(pl.col("group") == "all")


def total(monthly: pl.DataFrame, quantity: str, item: str = "", last: bool = False) -> int:
    """A sum of counts, of the last month only where asked."""
    rows = monthly.filter((pl.col("quantity") == quantity) & pl.col("item").str.starts_with(item))
    if last:
        rows = rows.filter(pl.col("month") == monthly["month"].max())
    return int(rows["value"].sum())


def test_a_million_residents_agree(monthly: pl.DataFrame) -> None:
    """Mean score, listed residents and refused tickets after a year; the number of events within four deviations."""
    mean = total(monthly, "score_sum", last=True) / total(monthly, "enrolled", last=True)
    assert 993.0 <= mean <= 993.2
    assert 13_300 <= total(monthly, "listed", last=True) <= 14_250
    assert 59_800 <= total(monthly, "refused_requests", "ticket") <= 64_900
    residents = total(monthly, "subjects", last=True)
    assert abs(total(monthly, "events") - 1_930_817 * residents / 1e6) < 4 * 1_500
