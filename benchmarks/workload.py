"""The numbers of the workload ledger-12, which every tool of this folder runs, and what its results must agree with.

A million residents in households of one to six live through twelve months. Eight kinds of events each happen at most
once a month and add points to a score; an unpaid judgment lists a resident for 24 months or until a monthly repayment
of five in a hundred; whoever shares a household with a listed resident is refused every ticket. The month ends with a
histogram of scores, the listed, the refused so far and the shares of six tiers.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

MONTHS = 12
HOUSEHOLD_SIZES = (1, 2, 3, 4, 5, 6)
HOUSEHOLD_SHARES = (0.20, 0.34, 0.23, 0.145, 0.06, 0.025)
AGE_SHARES = (0.18, 0.25, 0.37, 0.20)  # under 18, 18 to 34, 35 to 59, 60 and more
EMPLOYMENT_SHARES = (0.35, 0.50, 0.15)  # none, employed, self-employed; independent of age
START, FLOOR, CEILING = 1000, 0, 2000
TIERS_FROM = (600, 850, 950, 1030, 1100)
BIN = 20
TERM_MONTHS = 24
REPAYMENT_CHANCE = 0.05
TICKETS_A_MONTH = 0.2


@dataclass(frozen=True)
class Kind:
    """A kind of event: monthly chance = base x age x employment x f(p), with p the mean of two uniform numbers."""

    name: str
    base: float
    points: int
    propensity: str  # bad: 2 (1 - p); good: 2 p; neutral: 1
    age: tuple[float, float, float, float]
    employment: tuple[float, float, float]


KINDS = (
    Kind("late_bill", 0.05, -10, "bad", (0.2, 1.2, 1.3, 0.8), (1.3, 0.8, 1.0)),
    Kind("no_show", 0.03, -5, "bad", (0.2, 1.4, 1.2, 0.7), (1.0, 1.0, 1.0)),
    Kind("traffic", 0.02, -15, "bad", (0.1, 1.4, 1.3, 0.8), (0.7, 1.2, 1.1)),
    Kind("job_change", 0.02, -5, "neutral", (0.0, 1.8, 1.2, 0.2), (0.3, 1.5, 0.9)),
    Kind("volunteering", 0.03, 15, "good", (0.8, 1.2, 1.0, 1.0), (1.2, 0.9, 0.9)),
    Kind("blood", 0.008, 30, "good", (0.0, 1.5, 1.4, 0.4), (0.8, 1.1, 1.1)),
    Kind("court", 0.0015, -100, "bad", (0.0, 1.3, 1.5, 0.6), (1.1, 0.8, 1.5)),
    Kind("misidentified", 0.004, -20, "neutral", (1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 1.0)),
)
COURT = 6

AGREEMENT = {"mean_score": (993.0, 993.2), "listed": (13300.0, 14250.0), "refused": (59800.0, 64900.0)}
"""Four standard deviations on each side, at a million residents after twelve months."""


@dataclass(frozen=True)
class Outcome:
    """What a tool found after twelve months, and what it took.

    ``setup_seconds`` go to making the society, ``seconds`` to the months. A tool that makes its society as it goes has
    all in ``seconds``.
    """

    tool: str
    residents: int
    setup_seconds: float
    seconds: float
    mean_score: float
    listed: int
    refused: int
    peak_mb: float
    threads: int = 1


def bounds(measure: str, residents: int) -> tuple[float, float]:
    """The agreement range of a measure at another number of residents: width grows with the root of numbers."""
    low, high = AGREEMENT[measure]
    scale = residents / 1e6
    if measure == "mean_score":
        middle, half = (low + high) / 2, (high - low) / 2 / scale**0.5
    else:
        middle, half = (low + high) / 2 * scale, (high - low) / 2 * scale**0.5
    return middle - half, middle + half


def disagreements(outcome: Outcome) -> list[str]:
    """Measures of an outcome that lie outside their agreement range."""
    found = []
    for measure in AGREEMENT:
        low, high = bounds(measure, outcome.residents)
        number = getattr(outcome, measure)
        if not low <= number <= high:
            found.append(f"{outcome.tool}: {measure} {number:,.2f} lies outside {low:,.2f} to {high:,.2f}")
    return found


def peak_mb() -> float:
    """The most memory this process ever held, in MiB (Linux counts in KiB, macOS in bytes)."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def measure(tool: str, prepare: Callable[[int, int], Any], run: Callable[[Any], tuple[float, int, int]]) -> None:
    """Makes a society of RESIDENTS with SEED (the command line), runs it and prints the outcome as JSON."""
    residents, seed = int(sys.argv[1]), int(sys.argv[2])
    begun = time.perf_counter()
    society = prepare(residents, seed)
    prepared = time.perf_counter()
    mean_score, listed, refused = run(society)
    finished = time.perf_counter()
    outcome = Outcome(
        tool, residents, prepared - begun, finished - prepared, mean_score, listed, refused, peak_mb()
    )
    print(json.dumps(asdict(outcome)))
