"""How often things happen: Poisson counts under thinning, mixtures over propensity, at most one a month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from . import judging, laws
from .documents import MOST, counted_events
from .simulation import Found, simulate

RESIDENTS = 150_000


def events_per_resident(found: Found, most: int) -> list[int]:
    """Residents with 0, 1, .. events at the end; the last cell holds everything from ``most`` on."""
    scores = found.scores(-1)
    cells = [scores.get(MOST - count, 0) for count in range(most)]
    return [*cells, sum(scores.values()) - sum(cells)]


def judge(found: Found, shares: np.ndarray) -> float:
    """P-value of the whole distribution of events per resident."""
    seen = events_per_resident(found, len(shares) - 1)
    return judging.chi_square(seen, shares * sum(seen))


@pytest.mark.parametrize("rate", [0.3, 1.3, 1.999, 5.0])
def test_counts_are_poisson_whatever_the_thinning(rate: float, tmp_path: Path) -> None:
    """Ceilings are powers of two: 1.3 a year keeps 65 in 100 candidates, 1.999 nearly all, 5 keeps 62.

    Power against a rate 2 % wrong at 1.3 a year and 150,000 residents: above 0.9.
    """
    found = simulate(counted_events(f"{rate} per year"), tmp_path, RESIDENTS)
    shares = laws.mixed_poisson(np.array([rate]), 20)
    assert judge(found, shares) > judging.ALPHA
    if rate == 1.3:
        wrong = laws.mixed_poisson(np.array([rate * 1.02]), 20)
        assert judging.power(shares * RESIDENTS, wrong * RESIDENTS) > 0.9


def test_a_rate_that_changes_inside_the_year(tmp_path: Path) -> None:
    """0.5 a year for three months and 3 a year for nine: Poisson with the mean of both, in each month its own.

    Power against the change coming a month late: the count would be 0.208 too small in 2.375, seen with certainty.
    """
    rate = {date(2000, 1, 1): "0.5 per year", date(2020, 4, 1): "3 per year"}
    found = simulate(counted_events(rate), tmp_path, RESIDENTS)
    mean = 0.5 * 3 / 12 + 3 * 9 / 12
    shares, late = (laws.mixed_poisson(np.array([m]), 20) for m in (mean, mean - 2.5 / 12))
    assert judge(found, shares) > judging.ALPHA
    assert judging.power(shares * RESIDENTS, late * RESIDENTS) > 0.9999
    residents = sum(found.scores(-1).values())
    means = [residents * r / 12 for r in [0.5] * 3 + [3.0] * 9]
    assert min(judging.dispersion(found.by_month("events"), means, means)) > judging.ALPHA


def test_propensity_spreads_counts_around_the_same_mean(tmp_path: Path) -> None:
    """A breach at 2 a year with the triangular law: a mixture over 64 means 4 (1 - p).

    Power against no propensity at all (plain Poisson) and against the uniform law: certain.
    """
    found = simulate(counted_events("2 per year", propensity="triangular"), tmp_path, RESIDENTS)
    shares = laws.mixed_poisson(4 * (1 - laws.triangular_levels()), 25)
    assert judge(found, shares) > judging.ALPHA
    uniform = laws.mixed_poisson(4 * (1 - (np.arange(64) + 0.5) / 64), 25)
    assert judging.power(shares * RESIDENTS, uniform * RESIDENTS) > 0.9999


def test_at_most_one_a_month_is_binomial(tmp_path: Path) -> None:
    """With `limit: 1 per month` the expected number is the chance: Binomial(12, 0.2), not Poisson(2.4).

    Power against the mistaken chance 1 - exp(-0.2): certain.
    """
    found = simulate(counted_events("0.2 per month", limit="1 per month"), tmp_path, RESIDENTS)
    cells = np.arange(13)
    shares, wrong = (stats.binom.pmf(cells, 12, chance) for chance in (0.2, 1 - np.exp(-0.2)))
    assert judge(found, shares) > judging.ALPHA
    assert judging.power(shares * RESIDENTS, wrong * RESIDENTS) > 0.9999


@pytest.mark.thorough
def test_a_deliberate_hundredth_in_a_hazard_is_caught(tmp_path: Path) -> None:
    """A million events: the right rate passes, one 1 % too high is caught by the total and by the distribution.

    Power of the total against 1 %: above 0.9999; of the distribution: above 0.999.
    """
    residents = 500_000
    shares = laws.mixed_poisson(np.array([2.0]), 20)
    for rate, right in (("2 per year", True), ("2.02 per year", False)):
        folder = tmp_path / f"right-{right}"
        folder.mkdir()
        found = simulate(counted_events(rate), folder, residents, seed=11)
        count = sum(found.scores(-1).values())
        happened = found.total("events")
        assert happened > 990_000
        assert (judging.total(happened, 2.0 * count, 2.0 * count) > judging.ALPHA) is right
        assert (judge(found, shares) > judging.ALPHA) is right
    wrong = laws.mixed_poisson(np.array([2.02]), 20)
    assert judging.power_of_total(1e6, 1e6, 0.01) > 0.9999
    assert judging.power(shares * residents, wrong * residents) > 0.999
