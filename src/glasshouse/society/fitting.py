"""Weights of archetypes that meet margins of households and of persons at once.

Of all weights that meet the margins, the one with the least relative entropy to the prior is taken (what iterative
proportional updating approaches step by step); it is ``prior x exp(counts . tilt)``, and the tilt is found by Newton's
method on the dual. A soft bound on the tilt makes the answer unique where margins repeat or contradict each other: then
the squared misfits, each relative to what is asked, are smallest.

Every machine gets the same bits: whole numbers are summed, floats only added, multiplied and divided one by one in a
fixed order, and the exponential is a polynomial of its own.
"""

from __future__ import annotations

from math import factorial

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

_FIXED = float(1 << 48)
_LN2_HIGH, _LN2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10
_LOG2_E = 1.4426950408889634
_TERMS = 14
_STIFFNESS = (1e2, 1e4, 1e6)
_ROUNDS = 100
_STILL = 1e-10


def fitted(prior: Floats, counts: Counts, targets: Floats) -> Floats:
    """Weights near ``prior`` (archetypes) whose sums ``counts.T @ weights`` (margins) come to ``targets``."""
    tilt = np.zeros(len(targets))
    for stiffness in _STIFFNESS:
        slack = targets / stiffness
        for _ in range(_ROUNDS):
            weights = _tilted(prior, counts, tilt)
            slope = targets - _sums(weights, counts) - slack * tilt
            change = _solved(_curvature(weights, counts) + np.diag(slack), slope)
            moves = _moves(counts, change)
            longest = float(np.max(np.where((weights * _FIXED > 1) | (moves > 0), np.abs(moves), 0.0)))
            tilt = tilt + change / (1.0 + longest)
            if longest < _STILL:
                break
    return _tilted(prior, counts, tilt)


def _tilted(prior: Floats, counts: Counts, tilt: Floats) -> Floats:
    return prior * _exponential(_moves(counts, tilt))


def _moves(counts: Counts, tilt: Floats) -> Floats:
    """counts . tilt, added up margin by margin."""
    moves = np.zeros(len(counts))
    for j in range(len(tilt)):
        moves += counts[:, j] * tilt[j]
    return moves


def _fixed(weights: Floats) -> Counts:
    return np.floor(weights * _FIXED).astype(np.int64)


def _sums(weights: Floats, counts: Counts) -> Floats:
    result: Floats = (_fixed(weights) @ counts) / _FIXED
    return result


def _curvature(weights: Floats, counts: Counts) -> Floats:
    result: Floats = ((counts.T * _fixed(weights)) @ counts) / _FIXED
    return result


def _solved(matrix: Floats, right: Floats) -> Floats:
    """The solution of a positive definite system, by elimination without exchange of rows."""
    matrix, right = matrix.copy(), right.copy()
    size = len(right)
    for i in range(size):
        factors = matrix[i + 1 :, i] / matrix[i, i]
        matrix[i + 1 :] -= factors[:, None] * matrix[i]
        right[i + 1 :] -= factors * right[i]
    for i in reversed(range(size)):
        right[i] /= matrix[i, i]
        right[:i] -= matrix[:i, i] * right[i]
    return right


def _exponential(x: Floats) -> Floats:
    """exp(x), for x cut to -700..700: a power of two times a short series."""
    x = np.clip(x, -700.0, 700.0)
    powers = np.floor(x * _LOG2_E + 0.5)
    rest = x - powers * _LN2_HIGH - powers * _LN2_LOW
    series = np.zeros_like(rest)
    for term in reversed(range(_TERMS)):
        series = series * rest + 1.0 / factorial(term)
    result: Floats = np.ldexp(series, powers.astype(np.int64))
    return result
