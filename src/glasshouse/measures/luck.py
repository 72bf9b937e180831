"""M23, M24 and M25: how much of it is luck, place, or what nobody knows?

Arbitrariness keeps people and conduct and draws the luck of detection, remedies and requests anew; the place lottery
keeps everything but the rules. Uncertainty parts what luck makes from what unknown rates make: they are not the same
doubt, and more replications cure only the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from scipy import stats

from glasshouse.errors import UsageError
from glasshouse.estimates import student
from glasshouse.keeping import kept_scenario
from glasshouse.measures.counted import Counted
from glasshouse.measures.figure import Interval, Measure, Measures
from glasshouse.measures.lives import Lives, lived_again, program_of
from glasshouse.measures.pairs import check_same_people
from glasshouse.order import Order
from glasshouse.scenario import Seeds

if TYPE_CHECKING:
    from glasshouse.runs import Run

Numbers = npt.NDArray[np.float64]
ENOUGH: Final = 0.05
"""Half-width of the interval, over the value, at which replications are enough."""


def arbitrary(shares: Numbers, replications: int, weights: Numbers) -> float:
    """The mean of 4 p (1 - p) over people, p each one's chance to be sanctioned, from shares of so many replications.

    A share's own spread makes p (1 - p) too small by (R - 1) / R; that is put right.
    """
    spread = 4 * shares * (1 - shares) * replications / (replications - 1)
    return float((spread * weights).sum() / weights.sum())


def between_share(outcomes: Numbers, weights: Numbers) -> float | None:
    """Of the variance of outcomes [lives, places], the share between places for the same life."""
    if np.ptp(outcomes) == 0:
        return None
    weight = weights / weights.sum()
    total = float((weight[:, None] * (outcomes - (weight @ outcomes).mean()) ** 2).sum() / outcomes.shape[1])
    within_life = float((weight * outcomes.var(axis=1)).sum())
    return within_life / total


def variance_parts(outcomes: Numbers) -> tuple[float, float]:
    """Of outcomes [parameter points, replications]: the variance unknown parameters make, and that of luck.

    Var(E[.|theta]) is that of the means of points, less what luck leaves in them (never below 0); E[Var(.|theta)].
    """
    luck = float(outcomes.var(axis=1, ddof=1).mean())
    means = outcomes.mean(axis=1)
    return max(0.0, float(means.var(ddof=1)) - luck / outcomes.shape[1]), luck


def replications_needed(values: Sequence[float], share: float = ENOUGH) -> int:
    """How many replications bring the half-width of the t interval to this share of the mean, judged by these."""
    found = np.asarray(values, float)
    mean, spread = float(found.mean()), float(found.std(ddof=1))
    if mean == 0 or spread == 0:
        return len(found)
    number = max(2, int((1.96 * spread / (share * abs(mean))) ** 2 / 2))
    while student(number - 1) * spread / number**0.5 > share * abs(mean):
        number += max(1, number // 200)
    return number


def bca(numerators: Sequence[float], exposures: Sequence[float], seed: int = 1) -> tuple[float, float]:
    """The 95 % BCa bootstrap interval of a ratio of sums over replications (Efron 1987)."""

    def ratio(top: Numbers, bottom: Numbers, axis: int = -1) -> Numbers:
        found: Numbers = top.sum(axis=axis) / bottom.sum(axis=axis)
        return found

    made = stats.bootstrap(
        (np.asarray(numerators, float), np.asarray(exposures, float)), ratio, paired=True, vectorized=True,
        method="BCa", n_resamples=4999, rng=np.random.default_rng(seed),
    )  # fmt: skip
    return float(made.confidence_interval.low), float(made.confidence_interval.high)


# --- of runs -------------------------------------------------------------------------------------------------------


def arbitrariness(run: Run, what: str = "sanctioned", replications: int = 20, blocks: int = 8) -> Measures:
    """M23: how far it is chance who is sanctioned: same people, same conduct, the luck of the process drawn anew.

    The blocks are lived ``replications`` times; 0: everybody's lot is settled by what they do, 1: a coin for each.
    """
    if replications < 2:
        raise UsageError(f"at least two replications are needed to see luck, not {replications}")
    scenario, order = kept_scenario(run.path), Order.read(run.manifest["order"])
    hits: list[npt.NDArray[np.bool_]] = []
    lives: Lives | None = None
    for number in range(replications):
        again = order.seeds.process if number == 0 else f"{order.seeds.process}/luck-{number}"
        program = program_of(
            run, scenario, replace(order, seeds=Seeds(order.seeds.society, order.seeds.conduct, again))
        )
        lives = Lives.again(run, scenario, program, lived_again(order, program, blocks))
        hits.append(lives.hit(what))
    assert lives is not None
    shares = np.mean(hits, axis=0)
    ever = float((lives.weight * (shares > 0)).sum())
    found = [
        lives.measure(
            "M23", "arbitrariness", arbitrary(shares, replications, lives.weight), "mean of 4p(1-p)",
            f"How far it is chance, not conduct, who is {what}: 0 settled, 1 a coin for each.", item=what,
            numerator=ever,
        ),
        lives.measure(
            "M23", "chance of those ever hit", None if ever == 0 else
            float((lives.weight * shares).sum()) / ever, "of replications",
            f"Those {what} in some replication are so in this share of them, on average.", item=what, numerator=ever,
        ),
    ]  # fmt: skip
    return lives.answer("M23 Arbitrariness", found, f"{replications} replications of the process, conduct unchanged.")


def place_lottery(runs: Sequence[Run], amount: str = "sanction_days", blocks: int = 16) -> Measures:
    """M24: the same cloned lives under several rule books, one run each: what of their lot is made by the place?

    All runs must have the same recipe, size, sample and seeds; their policies differ.
    """
    if len(runs) < 2:
        raise UsageError("a lottery of places needs the runs of at least two rule books")
    lives = [Lives.of(run, blocks) for run in runs]
    for other in lives[1:]:
        check_same_people(lives[0], other)
    outcomes = np.stack([each.amount(amount) for each in lives], axis=1)
    weights = lives[0].weight
    means = (weights @ outcomes) / weights.sum()
    share = between_share(outcomes, weights)
    unlike = (outcomes.max(axis=1) != outcomes.min(axis=1)).astype(float)
    found = [
        lives[0].measure(
            "M24", "between places", share, f"of the variance of {amount}",
            "Of all differences in what people bear, so much is made by the place alone, for one and the same life.",
            item=amount,
        ),
        lives[0].ratio(
            "M24", "lot depends on place", unlike, np.ones(len(unlike)), "of residents",
            f"So many would bear another amount of {amount} elsewhere.", item=amount,
        ),
        lives[0].measure(
            "M24", "spread of places", float(means.max() - means.min()), f"{amount} per resident",
            "Between the mildest and the harshest place, on average.", item=amount,
        ),
    ]  # fmt: skip
    for run, mean in zip(runs, means, strict=True):
        found.append(lives[0].measure(
            "M24", "mean of a place", float(mean), f"{amount} per resident", "Under the rules of this run.",
            item=str(run.manifest["scenario"]["name"]) + f" ({run.path.name})",
        ))  # fmt: skip
    return lives[0].answer("M24 Place lottery", found)


def uncertainty(run: Run, quantity: str = "refused_requests", item: str | None = None) -> Measures:
    """M25: a quantity over replications: the t interval, the BCa interval of its rate, and how many would be enough."""
    counted = Counted(run)
    if counted.replications < 2:
        raise UsageError("the run has one replication: luck shows only between several (`--replications 20`)")
    figure, years = counted.of(quantity, item=item), counted.subject_years()
    rate = counted.ratio(
        "M25", "rate", figure, years, "per 1,000 subject-years", f"The rate of {quantity}, mean over replications.",
        item=item or "", scale=1e3,
    )  # fmt: skip
    values = (figure.totals / years.totals * 1e3).tolist()
    found = [rate]
    if figure.counted:
        low, high = bca((figure.totals * 1e3).tolist(), years.totals.tolist())
        found.append(replace(rate, name="rate (BCa)", intervals=(Interval(low, high, "replications"),)))
    needed = replications_needed(values)
    found.append(Measure(
        "M25", "replications needed", float(needed), "replications",
        f"So many bring the half-width of the interval to {ENOUGH:.0%} of the value.", item or "",
        numerator=float(counted.replications), exposure=float(needed),
    ))  # fmt: skip
    return counted.answer(f"M25 Uncertainty of {quantity}", found, "Replications cover luck, not what nobody knows.")
