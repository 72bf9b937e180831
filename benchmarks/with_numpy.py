"""Workload ledger-12 by hand in NumPy: one array a state, one vectorised pass a kind and month.

Run as ``python benchmarks/with_numpy.py RESIDENTS SEED``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import workload as w


@dataclass(frozen=True)
class Society:
    """Households and what each resident is inclined to do."""

    rng: np.random.Generator
    starts: np.ndarray
    sizes: np.ndarray
    chances: list[np.ndarray]


def prepare(residents: int, seed: int) -> Society:
    """A society of so many residents."""
    rng = np.random.default_rng(seed)
    starts, sizes = households(rng, residents)
    return Society(rng, starts, sizes, monthly_chances(rng, residents))


def simulate(society: Society) -> tuple[float, int, int]:
    """Twelve months; mean score, listed residents and refused tickets at their end."""
    rng, residents = society.rng, int(society.sizes.sum())
    score = np.full(residents, w.START, dtype=np.int16)
    months_left = np.zeros(residents, dtype=np.int8)
    refused = 0
    for _ in range(w.MONTHS):
        repay(rng, months_left)
        change = np.zeros(residents, dtype=np.int16)
        for number, kind in enumerate(w.KINDS):
            happened = rng.random(residents, dtype=np.float32) < society.chances[number]
            change += happened * np.int16(kind.points)
            if number == w.COURT:
                months_left[happened] = w.TERM_MONTHS
        score = np.clip(score + change, w.FLOOR, w.CEILING)
        listed = months_left > 0
        restricted = np.repeat(np.maximum.reduceat(listed, society.starts), society.sizes)
        refused += int(rng.poisson(w.TICKETS_A_MONTH, np.count_nonzero(restricted)).sum())
        month_end(score)
    return float(score.mean()), int(np.count_nonzero(months_left)), refused


def households(rng: np.random.Generator, residents: int) -> tuple[np.ndarray, np.ndarray]:
    """Contiguous households: where each starts, and its size; the last is cut so that all residents have one."""
    mean = float(np.dot(w.HOUSEHOLD_SIZES, w.HOUSEHOLD_SHARES))
    drawn = rng.choice(w.HOUSEHOLD_SIZES, int(residents / mean * 1.05) + 100, p=w.HOUSEHOLD_SHARES)
    ends = np.cumsum(drawn)
    count = int(np.searchsorted(ends, residents)) + 1
    starts = np.concatenate(([0], ends[: count - 1]))
    return starts, np.diff(np.append(starts, residents))


def monthly_chances(rng: np.random.Generator, residents: int) -> list[np.ndarray]:
    """One array a kind: each resident's chance of it in a month."""
    age = rng.choice(4, residents, p=w.AGE_SHARES).astype(np.int8)
    employment = rng.choice(3, residents, p=w.EMPLOYMENT_SHARES).astype(np.int8)
    propensity = (rng.random(residents, dtype=np.float32) + rng.random(residents, dtype=np.float32)) / 2
    inclined = {"bad": 2 * (1 - propensity), "good": 2 * propensity, "neutral": np.float32(1)}
    chances = []
    for kind in w.KINDS:
        by_group = kind.base * np.outer(kind.age, kind.employment).astype(np.float32)
        chances.append((by_group[age, employment] * inclined[kind.propensity]).astype(np.float32))
    return chances


def repay(rng: np.random.Generator, months_left: np.ndarray) -> None:
    """Terms run on by a month, and some of the listed repay."""
    listed = np.flatnonzero(months_left)
    months_left[listed] -= 1
    months_left[listed[rng.random(len(listed)) < w.REPAYMENT_CHANCE]] = 0


def month_end(score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Histogram of scores in bins of 20, and residents in each of the six tiers."""
    by_score = np.bincount(score, minlength=w.CEILING + 1)
    histogram = np.add.reduceat(by_score, np.arange(0, w.CEILING + 1, w.BIN))
    tiers = np.add.reduceat(by_score, [0, *w.TIERS_FROM])
    return histogram, tiers


if __name__ == "__main__":
    w.measure("numpy", prepare, simulate)
