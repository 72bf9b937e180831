"""The tests of distributions themselves: right counts pass, wrong ones are caught as often as the power says."""

from __future__ import annotations

import numpy as np
from scipy import stats

from . import judging, laws


def test_right_counts_are_rarely_rejected() -> None:
    """Of 2,000 right samples about 20 have a P-value below 0.01; between 5 and 40 is beyond four deviations."""
    rng = np.random.default_rng(1)
    shares = stats.poisson.pmf(np.arange(12), 2.0)
    shares[-1] += 1 - shares.sum()
    rejected = sum(judging.chi_square(rng.multinomial(5000, shares), 5000 * shares) < 0.01 for _ in range(2000))
    assert 3 <= rejected <= 45


def test_the_power_is_what_it_says() -> None:
    """A rate 5 % too high, 5,000 subjects: the share of rejections lies within four deviations of the power."""
    rng = np.random.default_rng(2)
    counts = np.arange(12)
    right, wrong = (stats.poisson.pmf(counts, mean) for mean in (2.0, 2.1))
    right[-1] += 1 - right.sum()
    wrong[-1] += 1 - wrong.sum()
    said = judging.power(5000 * right, 5000 * wrong, alpha=0.01)
    tries = 1000
    rejected = sum(judging.chi_square(rng.multinomial(5000, wrong), 5000 * right) < 0.01 for _ in range(tries))
    assert abs(rejected / tries - said) < 4 * (said * (1 - said) / tries) ** 0.5


def test_a_hundredth_more_events_is_seen_in_a_million() -> None:
    """The declared alternative of these tests: 1 % more of 1,000,000 events, power above 0.9999."""
    assert judging.power_of_total(1e6, 1e6, 0.01) > 0.9999


def test_propensity_levels_are_those_of_the_closed_form() -> None:
    """Plain quadrature against the cubic of `docs/background/exactly.md`."""
    edges = (np.arange(33) / 128) ** 0.5
    lower = (256 / 3) * np.diff(edges**3)
    assert np.allclose(laws.triangular_levels(), np.concatenate([lower, 1 - lower[::-1]]), atol=1e-9)


def test_case_lengths_add_up() -> None:
    """All cases end, by repair or at their term."""
    lengths = laws.case_lengths(0.05, 24)
    assert abs(sum(lengths.values()) - 1) < 1e-12
    assert abs(laws.mean_length(0.05, 24) - (1 - 0.95**24) / 0.05) < 1e-12


def test_rungs_agree_with_a_plain_simulation() -> None:
    """The matrix power against 200,000 lives drawn one by one in NumPy."""
    rng = np.random.default_rng(3)
    score = np.full(200_000, 30)
    for _ in range(12):
        score = np.maximum(score - 10 * (rng.random(len(score)) < 0.1), 0)
        score[rng.random(len(score)) < 0.02] = 0
    seen = np.bincount(3 - score // 10, minlength=4)
    assert judging.chi_square(seen, laws.rungs(0.1, 0.02, 12) * len(score)) > judging.ALPHA
