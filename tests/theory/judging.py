"""Tests of whole distributions, and how likely they are to notice a declared error.

A test rejects below ``ALPHA``. With a fixed seed it either passes always or never, so ``ALPHA`` is the chance that a
right engine is called wrong once, when the seed is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

ALPHA = 1e-4
LEAST = 8.0
"""Cells that expect fewer than this are joined with their neighbours."""


def chi_square(observed: Sequence[float], expected: Sequence[float]) -> float:
    """P-value of counts against the counts expected (equal sums), thin cells joined."""
    seen, meant = _joined(np.asarray(observed, dtype=float), np.asarray(expected, dtype=float))
    statistic = float((((seen - meant) ** 2) / meant).sum())
    return float(stats.chi2.sf(statistic, len(meant) - 1))


def power(expected: Sequence[float], alternative: Sequence[float], alpha: float = ALPHA) -> float:
    """Chance that ``chi_square`` rejects counts that in truth follow the alternative (noncentral chi-square)."""
    other, meant = _joined(np.asarray(alternative, dtype=float), np.asarray(expected, dtype=float))
    shift = float((((other - meant) ** 2) / meant).sum())
    freedom = len(meant) - 1
    return float(stats.ncx2.sf(stats.chi2.isf(alpha, freedom), freedom, shift))


def total(observed: float, mean: float, variance: float) -> float:
    """Two-sided P-value of one large count with this mean and variance."""
    return float(2 * stats.norm.sf(abs(observed - mean) / variance**0.5))


def power_of_total(mean: float, variance: float, error: float, alpha: float = ALPHA) -> float:
    """Chance that ``total`` rejects when the mean is in truth larger by this share."""
    bound, shift = stats.norm.isf(alpha / 2), error * mean / variance**0.5
    return float(stats.norm.sf(bound - shift) + stats.norm.cdf(-bound - shift))


def dispersion(observed: Sequence[float], means: Sequence[float], variances: Sequence[float]) -> tuple[float, float]:
    """P-values of many independent large counts: that they scatter too much, and too little."""
    seen, meant, spread = (np.asarray(each, dtype=float) for each in (observed, means, variances))
    statistic = float((((seen - meant) ** 2) / spread).sum())
    return float(stats.chi2.sf(statistic, len(seen))), float(stats.chi2.cdf(statistic, len(seen)))


def _joined(observed: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Neighbouring cells joined until each expects enough; what is left over at the end joins the last."""
    seen, meant = [0.0], [0.0]
    for one, other in zip(observed, expected, strict=True):
        if meant[-1] >= LEAST:
            seen.append(0.0)
            meant.append(0.0)
        seen[-1] += one
        meant[-1] += other
    if len(meant) > 1 and meant[-1] < LEAST:
        last_seen, last_meant = seen.pop(), meant.pop()
        seen[-1] += last_seen
        meant[-1] += last_meant
    return np.array(seen), np.array(meant)
