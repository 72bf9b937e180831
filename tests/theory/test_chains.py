"""A ladder of tiers is an absorbing chain; tries of the refused are geometric."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from scipy import stats

from . import judging, laws
from .documents import ladder, refused_requests
from .simulation import simulate

STEP, FALL = 0.06, 0.01


def test_rungs_are_the_powers_of_the_matrix(tmp_path: Path) -> None:
    """Shares of the four rungs in four months. Power at 12 months against a chance 3 % wrong: above 0.99."""
    found = simulate(ladder(STEP, FALL), tmp_path, 150_000)
    for month in (1, 6, 12, 24):
        scores = found.scores(month - 1)
        assert set(scores) <= {30, 20, 10, 0}
        residents = sum(scores.values())
        expected = laws.rungs(STEP, FALL, month) * residents
        seen = [scores.get(rung, 0) for rung in (30, 20, 10, 0)]
        assert judging.chi_square(seen, expected) > judging.ALPHA
        if month == 12:
            assert judging.power(expected, laws.rungs(1.03 * STEP, FALL, month) * residents) > 0.99


def test_nobody_climbs_and_nobody_leaves_the_ground(tmp_path: Path) -> None:
    """Moves between published tiers go down only, and each row of moves is multinomial."""
    found = simulate(ladder(STEP, FALL), tmp_path, 150_000, seed=2)
    counted = found.run.transitions.group_by("from", "to").agg(pl.col("value").sum())
    moves = {(before, after): value for before, after, value in counted.iter_rows()}
    tiers = ("top", "high", "low", "ground")
    once = np.array([laws.rungs(STEP, FALL, 1)[[0, 1, 3]] for _ in range(3)])
    for rung, tier in enumerate(tiers):
        seen = [moves.get((tier, other), 0) for other in tiers]
        assert sum(seen[:rung]) == 0
        if tier == "ground":
            continue
        stay, down, fall = once[rung]
        row = [stay, down, fall] if rung < 2 else [stay, down + fall]
        cells = [seen[rung], seen[rung + 1], seen[3]] if rung < 2 else [seen[2], seen[3]]
        assert sum(cells) == sum(seen)
        assert judging.chi_square(cells, [share * sum(seen) for share in row]) > judging.ALPHA


def test_tries_of_the_refused_are_geometric(tmp_path: Path) -> None:
    """A mean of 2.5 tries: P(n) = 0.4 x 0.6^(n-1). Power against a mean 5 % wrong, one block: above 0.9.

    In one block every try is read from the journal; over everybody the sum is that of geometric numbers.
    """
    found = simulate(refused_requests("5 per month", 2.5), tmp_path, 6_000, journal=(0,))
    requests, tries = found.total("refused_requests"), found.total("refused_attempts")
    extra = 0.6 / 0.4
    assert judging.total(tries - requests, requests * extra, requests * extra / 0.4) > judging.ALPHA
    rows = pl.read_parquet(found.run.path / "journal" / "requests.parquet")
    numbers = np.bincount(rows["tries"].to_numpy(), minlength=60)[1:]
    cells = np.arange(1, len(numbers) + 1)
    expected = stats.geom.pmf(cells, 0.4) * numbers.sum()
    assert judging.chi_square(numbers, expected) > judging.ALPHA
    assert judging.power(expected, stats.geom.pmf(cells, 1 / 2.625) * numbers.sum()) > 0.9
