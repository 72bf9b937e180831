"""The distributions on paper."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import stats


def monthly_chance(rate: float) -> float:
    """The chance in a month of a yearly hazard."""
    return float(-np.expm1(-rate / 12))


def triangular_levels() -> np.ndarray:
    """Mean propensity of each of the 64 equally likely bands of the mean of two uniform draws, by plain quadrature."""
    edges = np.linspace(0, 1, 65)
    quantiles = stats.triang.ppf(edges, 0.5)
    grids = [np.linspace(low, high, 20001) for low, high in pairwise(quantiles)]
    density = [stats.triang.pdf(grid, 0.5) for grid in grids]
    means = [np.trapezoid(g * d, g) / np.trapezoid(d, g) for g, d in zip(grids, density, strict=True)]
    return np.array(means)


def mixed_poisson(means: np.ndarray, most: int) -> np.ndarray:
    """Distribution of a count whose mean is drawn among these alike; the last cell holds everything above."""
    cells = stats.poisson.pmf(np.arange(most)[:, None], means[None, :]).mean(axis=1)
    return np.append(cells, 1 - cells.sum())


def case_lengths(chance: float, term: int) -> dict[tuple[str, int], float]:
    """Length in steps and ending of a case: a repair each step from the first on, else the term."""
    found = {("repair", k): (1 - chance) ** (k - 1) * chance for k in range(1, term)}
    return found | {("term", term): (1 - chance) ** (term - 1)}


def mean_length(chance: float, term: int) -> float:
    """Mean length of a case in steps."""
    return sum(steps * share for (_, steps), share in case_lengths(chance, term).items())


def rungs(step_down: float, fall: float, steps: int) -> np.ndarray:
    """Shares of the four rungs (30, 20, 10, 0) after some steps, by the power of the transition matrix."""
    matrix = np.zeros((4, 4))
    for rung in range(3):
        matrix[rung, 3] += fall
        matrix[rung, rung + 1] += (1 - fall) * step_down
        matrix[rung, rung] += (1 - fall) * (1 - step_down)
    matrix[3, 3] = 1
    shares: np.ndarray = np.linalg.matrix_power(matrix, steps)[0]
    return shares
