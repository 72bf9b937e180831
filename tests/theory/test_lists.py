"""How long a listing lasts and how many are listed: geometric times cut by a term, Little's law."""

from __future__ import annotations

from pathlib import Path

from scipy import stats

from . import judging, laws
from .documents import timed_list
from .simulation import simulate

REPAIR = 0.9
CHANCE = laws.monthly_chance(REPAIR)


def test_cases_last_a_geometric_time_cut_at_the_term(tmp_path: Path) -> None:
    """All cases open in the first month; each month some repair, the rest end at the 12th.

    The whole joint distribution of length and ending. Power against a repair hazard 6 % wrong: above 0.99.
    """
    found = simulate(timed_list("2 per year", f"{REPAIR} per year", "12 months", 2, True), tmp_path, 300_000)
    lengths, paper = found.lengths(), laws.case_lengths(CHANCE, 12)
    assert set(lengths) <= set(paper)
    cases = sum(lengths.values())
    assert cases == found.total("entered") > 40_000
    expected = [cases * share for share in paper.values()]
    assert judging.chi_square([lengths.get(cell, 0) for cell in paper], expected) > judging.ALPHA
    wrong = laws.case_lengths(laws.monthly_chance(1.06 * REPAIR), 12)
    assert judging.power(expected, [cases * share for share in wrong.values()]) > 0.99


def test_the_stock_is_the_flow_times_the_mean_length(tmp_path: Path) -> None:
    """Little's law, and more: with Poisson entries the stock of cases is itself Poisson.

    Stocks twelve months apart share no case, so that five of them are independent. Power of their sum against a mean
    length 3 % wrong: above 0.99. The exact identity of stock and flow holds in every month.
    """
    found = simulate(timed_list("1 per year", f"{REPAIR} per year", "12 months", 6, False), tmp_path, 60_000)
    stock, entered, left = (found.by_month(quantity) for quantity in ("listed_cases", "entered", "left"))
    before = [0, *stock[:-1]]
    assert stock == [b + e - g for b, e, g in zip(before, entered, left, strict=True)]
    residents = found.by_month("subjects")[0]
    mean = residents / 12 * laws.mean_length(CHANCE, 12)
    chosen = [stock[month] for month in range(23, 72, 12)]
    means = [mean] * len(chosen)
    assert min(judging.dispersion(chosen, means, means)) > judging.ALPHA
    assert judging.total(sum(chosen), sum(means), sum(means)) > judging.ALPHA
    assert judging.power_of_total(sum(means), sum(means), 0.03) > 0.99


def test_one_case_a_subject_is_what_is_counted_once(tmp_path: Path) -> None:
    """Listed subjects are those with at least one case: N (1 - exp(-m)) of a Poisson number m of cases each."""
    found = simulate(timed_list("1 per year", f"{REPAIR} per year", "12 months", 2, False), tmp_path, 60_000, seed=4)
    residents = found.by_month("subjects")[0]
    chance = -float(stats.poisson.pmf(0, laws.mean_length(CHANCE, 12) / 12)) + 1
    listed = found.by_month("listed")[-1]
    assert judging.total(listed, residents * chance, residents * chance * (1 - chance)) > judging.ALPHA
