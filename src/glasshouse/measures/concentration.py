"""M2 and M15: how unequally burdens and goods are spread, from histograms of whole numbers.

Never the Gini of a raw score: a score has no natural zero, and G(x + c) = G mu / (mu + c), so that starting everybody
at 1,000 points instead of 100 would make a country nearly equal. Scores are compared by gaps of quantiles and by the
distance between the distributions of groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from glasshouse.errors import UsageError
from glasshouse.measures.counted import Counted
from glasshouse.measures.figure import Measure, Measures
from glasshouse.measures.lives import Lives

if TYPE_CHECKING:
    from glasshouse.runs import Run

Numbers = npt.NDArray[np.float64]
AMOUNTS: Final = ("sanction_days", "wrongful_days", "listed_days", "refused", "granted_access")
NO_GINI: Final = (
    "a Gini of a raw score says nothing: a score has no natural zero, and adding a constant c to every score "
    "divides its Gini by 1 + c / mean; use `score_gaps` (quantiles and distances), or the Gini of sanction_days"
)


def _sorted(values: Numbers, weights: Numbers) -> tuple[Numbers, Numbers]:
    kept = weights > 0
    order = np.argsort(values[kept], kind="stable")
    return values[kept][order].astype(float), weights[kept][order].astype(float)


def gini(values: Numbers, weights: Numbers) -> float | None:
    """The Gini coefficient of a histogram: 0 all alike, towards 1 all with one. None where nothing is borne.

    Half the mean absolute difference of two drawn with replacement, over the mean.
    """
    value, weight = _sorted(np.asarray(values), np.asarray(weights))
    if (value < 0).any():
        raise UsageError("a Gini needs amounts of 0 or more")
    total = float((value * weight).sum())
    if total == 0:
        return None
    people = np.cumsum(weight)
    middle = people - weight / 2
    return float((weight * value * (2 * middle / people[-1] - 1)).sum() / total)


def top_share(values: Numbers, weights: Numbers, share: float = 0.01) -> float | None:
    """What part of the total the most burdened share of people bear; the group at the edge is cut to fit."""
    value, weight = _sorted(np.asarray(values), np.asarray(weights))
    total = float((value * weight).sum())
    if total == 0:
        return None
    left = share * float(weight.sum())
    borne = 0.0
    for amount, people in zip(value[::-1], weight[::-1], strict=True):
        taken = min(people, left)
        borne += float(amount * taken)
        left -= taken
        if left <= 0:
            break
    return borne / total


def theil(values: Numbers, weights: Numbers) -> float | None:
    """Theil's T: the mean of (x/mu) ln(x/mu), where 0 ln 0 is 0. None where the total is 0."""
    value, weight = _sorted(np.asarray(values), np.asarray(weights))
    if not weight.size or (value * weight).sum() == 0:
        return None
    mean = float((value * weight).sum() / weight.sum())
    ratio = value / mean
    terms = np.zeros_like(ratio)
    np.log(ratio, out=terms, where=ratio > 0)
    return float((weight * ratio * terms).sum() / weight.sum())


def theil_split(values: Numbers, weights: Numbers) -> tuple[float, float] | None:
    """Theil's T between groups and within them, of weights [groups, values]; their sum is T of all together."""
    value = np.asarray(values, float)
    people = np.asarray(weights, float)
    total, everybody = float((people * value).sum()), float(people.sum())
    if total == 0:
        return None
    mean = total / everybody
    between = within = 0.0
    for group in people:
        own = float((group * value).sum())
        if own > 0:
            share, ratio = own / total, own / float(group.sum()) / mean
            between += share * float(np.log(ratio))
            within += share * (theil(value, group) or 0.0)
    return between, within


def quantile(values: Numbers, weights: Numbers, at: float) -> float:
    """The lowest value below or at which this share of people lie."""
    value, weight = _sorted(np.asarray(values), np.asarray(weights))
    return float(value[np.searchsorted(np.cumsum(weight), at * weight.sum() * (1 - 1e-15))])


def distance(values: Numbers, one: Numbers, other: Numbers) -> float:
    """Wasserstein's distance between two histograms over the same values: points one would have to move on average."""
    order = np.argsort(values)
    value = np.asarray(values, float)[order]
    first, second = np.asarray(one, float)[order], np.asarray(other, float)[order]
    gap = np.abs(np.cumsum(first) / first.sum() - np.cumsum(second) / second.sum())[:-1]
    return float((gap * np.diff(value)).sum())


# --- of a run ------------------------------------------------------------------------------------------------------


def gini_of(run: Run, amount: str = "sanction_days", blocks: int | None = None) -> Measures:
    """M15: Gini, top shares and Theil of an amount borne, for everybody and between declared groups.

    ``amount`` is ``sanction_days``, ``wrongful_days``, ``listed_days``, ``refused`` or ``granted_access``. How it
    is spread over subjects is not in the counts; ``blocks`` says in how many blocks lives are lived again to tell.
    Refuses a score, with the reason.
    """
    if amount in ("score", "scores", "points") or amount.startswith("score "):
        raise UsageError(NO_GINI)
    if amount not in AMOUNTS:
        raise UsageError(f"unknown amount `{amount}`; {', '.join(AMOUNTS)}")
    lives = Lives.of(run, blocks)
    found = list(_spread(lives, amount, "M15", "all"))
    for division in lives.divisions:
        values, people = lives.histogram(amount, division)
        parts = theil_split(values, people)
        if parts is not None and sum(parts) > 0:
            found.append(lives.measure(
                "M15", f"Theil between groups of {division}", parts[0] / sum(parts), "of Theil's T",
                f"So much of the inequality of {amount} lies between the groups of {division}.", item=amount,
            ))  # fmt: skip
    return lives.answer(f"M15 Inequality of {amount}", found)


def burden(run: Run, blocks: int | None = None) -> Measures:
    """M2: how concentrated wrongful days are: Gini and share of the worst-hit hundredth, over all and over those hit.

    ``blocks`` says in how many blocks lives are lived again; the run's counts do not hold it by subject.
    """
    lives = Lives.of(run, blocks)
    found = [*_spread(lives, "wrongful_days", "M2", "all"), *_spread(lives, "wrongful_days", "M2", "hit")]
    return lives.answer("M2 Burden concentration", found, "Look-alikes live in one block: this measure is block-bound.")


def _spread(lives: Lives, amount: str, id_: str, whom: str) -> Iterator[Measure]:
    borne = lives.amount(amount)
    values, which = np.unique(borne, return_inverse=True)
    kept = values > 0 if whom == "hit" else np.ones(len(values), bool)
    among = "everybody" if whom == "all" else "those hit at all"

    def people(weights: Numbers) -> Numbers:
        found = np.bincount(which, weights, minlength=len(values)).astype(float)
        return found[kept]

    weights = people(lives.weight)
    hit = float(weights[values[kept] > 0].sum())
    figures: tuple[tuple[str, Callable[[Numbers, Numbers], float | None], str, str], ...] = (
        ("Gini", gini, "", f"Gini of {amount} among {among}: 0 all alike, towards 1 all with one."),
        ("top 1 % share", top_share, f"of {amount}",
         f"The hundredth of {among} who bear most bear so much of all {amount}."),
        ("Theil", theil, "", f"Theil's T of {amount} among {among}."),
    )  # fmt: skip
    for name, statistic, unit, sentence in figures:
        yield lives.measure(
            id_, f"{name}, {among}", statistic(values[kept], weights), unit, sentence, item=amount, numerator=hit,
            exposure=float(weights.sum()),
            interval=lives.without_each(partial(_of_weights, statistic, values[kept], people)),
        )  # fmt: skip


def _of_weights(
    statistic: Callable[[Numbers, Numbers], float | None],
    values: Numbers,
    people: Callable[[Numbers], Numbers],
    weights: Numbers,
) -> float | None:
    """A statistic of a histogram, from the weights of the subjects it is made of."""
    return statistic(values, people(weights))


def score_gaps(run: Run, rating: str) -> Measures:
    """M15 of scores: for each group the tenth, middle and ninetieth hundredth, and distances between groups.

    Scores are those published last; with bins wider than one point they are lower bounds of bins.
    """
    counted = Counted(run)
    rows = counted.part("scores", "rating", "month", "group", "score")
    rows = rows.filter(pl.col("rating") == rating)
    if not rows.height:
        raise UsageError(f"the run holds no scores of `{rating}`")
    rows = rows.filter(pl.col("month") == pl.col("month").max())
    wide = rows.group_by("group", "score").agg(pl.col("value").sum(), pl.col("counted").sum())
    values = np.array(sorted(wide["score"].unique().to_list()), float)
    places = {score: place for place, score in enumerate(values.tolist())}
    by_group = {group: np.zeros(len(values)) for group in counted.groups}
    for group, score, value in wide.select("group", "score", "value").iter_rows():
        by_group[group][places[float(score)]] += value / counted.replications
    found = list(_quantiles(values, by_group, rating))
    for members in counted.divisions().values():
        found += _distances(values, by_group, members, rating)
    return counted.answer(f"M15 Scores of {rating}", found, NO_GINI[0].upper() + NO_GINI[1:] + ".")


def _quantiles(values: Numbers, by_group: dict[str, Numbers], rating: str) -> Iterator[Measure]:
    for group, people in by_group.items():
        if people.sum() == 0:
            continue
        for at in (0.1, 0.5, 0.9):
            yield Measure(
                "M15", f"quantile {at:g}", quantile(values, people, at), "points",
                f"{at:.0%} of the group hold this score or less.", rating, group, exposure=float(people.sum()),
            )  # fmt: skip


def _distances(values: Numbers, by_group: dict[str, Numbers], members: list[str], rating: str) -> Iterator[Measure]:
    for one, other in combinations(members, 2):
        if by_group[one].sum() and by_group[other].sum():
            yield Measure(
                "M15", "distance between groups", distance(values, by_group[one], by_group[other]), "points",
                f"So many points lie between {one} and {other}, one person matched with another.", rating,
                f"{one} against {other}", exposure=float(by_group[one].sum() + by_group[other].sum()),
            )  # fmt: skip
