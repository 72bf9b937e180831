"""Measures no package makes, against examples worked by hand, and what must hold for any table."""

from __future__ import annotations

from fractions import Fraction
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasshouse.errors import UsageError
from glasshouse.measures import concentration, groups, leaving, luck, moving, punishment, strata

COUNTS = st.integers(0, 50)


# --- concentration -------------------------------------------------------------------------------------------------


def test_shares_and_theil_by_hand() -> None:
    """A hundred people: 90 bear nothing, 9 bear one day, 1 bears 91."""
    values, people = np.array([0.0, 1.0, 91.0]), np.array([90.0, 9.0, 1.0])
    assert concentration.top_share(values, people, 0.01) == pytest.approx(0.91)
    assert concentration.top_share(values, people, 0.10) == pytest.approx(1.0)
    assert concentration.top_share(values, people, 0.05) == pytest.approx(0.95)
    assert concentration.theil(values, people) == pytest.approx(0.09 * log(1) + 0.91 * log(91))
    assert concentration.gini(values, people) == pytest.approx(0.09 * 0.89 + 0.91 * 0.99)
    assert concentration.gini(np.array([5.0]), np.array([7.0])) == 0.0
    assert concentration.gini(np.array([0.0]), np.array([7.0])) is None
    assert concentration.top_share(np.array([0.0]), np.array([7.0])) is None


@given(st.lists(st.lists(COUNTS, min_size=6, max_size=6), min_size=1, max_size=4))
def test_theil_is_the_sum_of_its_parts(rows: list[list[int]]) -> None:
    values, people = np.arange(6.0), np.array(rows, float)
    parts = concentration.theil_split(values, people)
    whole = concentration.theil(values, people.sum(axis=0))
    assert (parts is None) == (whole is None)
    if parts is not None and whole is not None:
        assert sum(parts) == pytest.approx(whole, abs=1e-12)
        assert min(parts) >= -1e-12


@given(st.lists(COUNTS, min_size=5, max_size=5).filter(any), st.floats(0.01, 1))
def test_a_quantile_has_its_share_below(people: list[int], at: float) -> None:
    values = np.array([1.0, 4.0, 9.0, 16.0, 25.0])
    weight = np.array(people, float)
    found = concentration.quantile(values, weight, at)
    assert weight[values <= found].sum() >= at * weight.sum() - 1e-9
    assert weight[values < found].sum() < at * weight.sum() + 1e-9


# --- groups --------------------------------------------------------------------------------------------------------


def test_ratios_at_the_edges() -> None:
    assert groups.adverse_ratio([0.0, 0.0]) is None
    assert groups.adverse_ratio([0.0, 0.1]) == float("inf")
    assert groups.favourable_ratio([1.0, 1.0]) is None
    assert groups.favourable_ratio([0.5, 0.0]) == 0.5


def test_small_cells_are_drawn_to_the_mean() -> None:
    """Two cells known to 0.1 and two to 0.3, means 0 and 1: by hand, weights 100, 100, 11.1, 11.1."""
    rates, errors = np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.1, 0.1, 0.3, 0.3])
    drawn = groups.shrunk(rates, errors)
    weights = errors**-2.0
    spread = (weights * 0.25).sum() - 3
    between = spread / (weights.sum() - (weights**2).sum() / weights.sum())
    assert drawn == pytest.approx(0.5 + between / (between + errors**2) * (rates - 0.5))
    assert abs(drawn[2] - 0.5) < abs(drawn[0] - 0.5) < 0.5
    assert groups.shrunk(np.array([0.2, 0.2, 0.2]), np.array([0.1, 0.2, 0.3])) == pytest.approx([0.2] * 3)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=5), st.data())
def test_kitagawa_parts_add_up(hit: list[tuple[int, int]], data: st.DataObject) -> None:
    people = np.array([[h + data.draw(st.integers(1, 30)) for h in row] for row in hit], float)
    hits = np.array(hit, float)
    gap = hits[:, 1].sum() / people[:, 1].sum() - hits[:, 0].sum() / people[:, 0].sum()
    assert sum(strata.kitagawa(hits, people)) == pytest.approx(gap, abs=1e-12)


def test_kitagawa_by_hand() -> None:
    """Rates 10 % and 20 % against 20 % and 30 %; half against three quarters in the second stratum."""
    people = np.array([[50.0, 25.0], [50.0, 75.0]])
    hit = people * np.array([[0.1, 0.2], [0.2, 0.3]])
    treatment, composition = strata.kitagawa(hit, people)
    assert treatment == pytest.approx(0.1) and composition == pytest.approx(0.25 * (0.25 - 0.15))


def test_a_stratum_without_one_group() -> None:
    """Mantel and Haenszel leave it out; Kitagawa puts all of it down to composition."""
    people, hit = np.array([[10.0, 10.0], [0.0, 10.0]]), np.array([[1.0, 2.0], [0.0, 5.0]])
    assert strata.mantel_haenszel(hit, people) == pytest.approx(2.0)
    treatment, composition = strata.kitagawa(hit, people)
    assert treatment == pytest.approx(0.1 * 0.75)
    assert treatment + composition == pytest.approx(0.35 - 0.1)


# --- time ----------------------------------------------------------------------------------------------------------


def test_a_life_table_by_hand() -> None:
    """Ten cases: 2 over at 1 by repair, 1 by term at 2, 3 open after 2, 4 over at 3 by repair."""
    course = leaving.life_table(
        {"repair": np.array([0, 2, 0, 4]), "term": np.array([0, 0, 1, 0])}, np.array([0, 0, 3, 0])
    )
    assert course.at_risk.tolist() == [10, 10, 8, 4]
    assert course.survival == pytest.approx([1, 0.8, 0.7, 0])
    assert course.incidence["repair"] == pytest.approx([0, 0.2, 0.2, 0.9])
    assert course.incidence["term"] == pytest.approx([0, 0, 0.1, 0.1])
    assert course.median() == 3
    assert leaving.restricted_mean(course.survival, 3) == pytest.approx(1 + 0.8 + 0.7)
    with pytest.raises(UsageError, match="reaches 4 steps"):
        leaving.restricted_mean(course.survival, 5)


@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS), min_size=1, max_size=12))
def test_incidences_and_survival_add_up_to_one(rows: list[tuple[int, int, int]]) -> None:
    one, other, censored = (np.array(column) for column in zip(*rows, strict=True))
    course = leaving.life_table({"a": one, "b": other}, censored)
    together = course.survival + course.incidence["a"] + course.incidence["b"]
    assert together[course.at_risk > 0] == pytest.approx(1)
    naive = leaving.naive_recovery(one, other + censored)
    assert (naive >= course.incidence["a"] - 1e-12).all()


# --- tiers ---------------------------------------------------------------------------------------------------------


def test_mobility_by_hand() -> None:
    """Two tiers, 90 of 100 stay above and 80 of 100 below: trace 1.7, second root 0.7."""
    moves = np.array([[90.0, 10.0], [20.0, 80.0]])
    assert moving.prais(moves) == pytest.approx(0.3)
    assert moving.second_root(moves) == pytest.approx(0.7)
    assert moving.half_life(moves) == pytest.approx(log(0.5) / log(0.7))
    assert moving.half_life(np.diag([5.0, 5.0])) is None
    assert moving.half_life(np.array([[1.0, 1.0], [1.0, 1.0]])) == 0.0
    assert moving.exit_chance(moves, 1, 12) == pytest.approx(1 - 0.8**12)
    assert moving.passage_time(moves, 0) == pytest.approx([0, 5])
    assert moving.drift(moves) == pytest.approx([-0.1, 0.2])
    assert moving.rank_persistence(np.diag([3.0, 4.0, 5.0])) == pytest.approx(1.0)
    assert moving.rank_persistence(np.array([[0.0, 3.0], [3.0, 0.0]])) == pytest.approx(-1.0)
    assert moving.rank_persistence(np.array([[1.0, 0.0], [2.0, 0.0]])) is None


def test_a_walk_takes_the_square_of_its_length() -> None:
    """From the bottom of a fair walk of n tiers with a wall below: n - 1 squared and n - 1 steps to the top."""
    for number in (2, 3, 5, 8):
        moves = np.zeros((number, number))
        for tier in range(1, number):
            moves[tier, tier - 1] = 1
            moves[tier, min(tier + 1, number - 1)] += 1
        moves[0, 0] = 1
        top = number - 1
        assert moving.passage_time(moves, 0)[top] == pytest.approx(top**2 + top)


def test_what_may_never_arrive_takes_for_ever() -> None:
    moves = np.array([[1.0, 0, 0, 0], [1, 1, 1, 0], [0, 0, 1, 0], [0, 1, 0, 1]])
    times = moving.passage_time(moves, 0)
    assert times[0] == 0 and np.isinf(times[1:]).all()
    assert moving.passage_time(moves, 2)[2] == 0


def test_a_threshold_one_sinks_below() -> None:
    """Upward drift in the second tier, downward in the third: the edge lies between them."""
    moves = np.array([[9.0, 1, 0, 0], [4, 5, 1, 0], [0, 1, 5, 4], [0, 0, 1, 9]])
    assert moving.thresholds(moves) == [1]
    assert moving.thresholds(np.eye(3)) == []


# --- punishment ----------------------------------------------------------------------------------------------------


def test_double_punishment_by_hand() -> None:
    """Five acts with one sanction, three with two, two with five: 3 + 8 further ones for ten acts."""
    roots = np.zeros(64)
    roots[[1, 2, 5]] = 5, 3, 2
    assert punishment.double_index(roots) == pytest.approx((1.1, 0.5))
    assert punishment.double_index(np.zeros(64)) is None


def test_rank_measures_at_the_edges() -> None:
    table = np.diag([3.0, 4.0, 5.0])
    assert punishment.tau_b(table) == pytest.approx(1) and punishment.somers_d(table) == pytest.approx(1)
    assert punishment.tau_b(table[:, ::-1]) == pytest.approx(-1)
    assert punishment.tau_b(np.array([[4.0, 3.0]])) is None and punishment.somers_d(np.array([[4.0, 3.0]])) is None


def test_elasticity_of_a_power_law() -> None:
    """Sanctions that go as gravity squared: 1, 4, 9 for gravities 1, 2, 3."""
    table = np.zeros((5, 63))
    table[0, 0], table[1, 3], table[2, 8] = 10, 4, 7
    assert punishment.elasticity(table) == pytest.approx(2.0)
    assert punishment.elasticity(table[:1]) is None


# --- luck ----------------------------------------------------------------------------------------------------------


@given(st.integers(2, 8), st.integers(1, 7))
def test_arbitrariness_is_unbiased(replications: int, eighths: int) -> None:
    """Over all that may befall somebody with chance p, the mean of the estimate is 4 p (1 - p), exactly."""
    chance, mean = Fraction(eighths, 8), Fraction(0)
    for hits in range(replications + 1):
        ways = Fraction(1)
        for number in range(hits):
            ways = ways * (replications - number) / (number + 1)
        share = Fraction(hits, replications)
        estimate = 4 * share * (1 - share) * replications / (replications - 1)
        found = luck.arbitrary(np.array([float(share)]), replications, np.array([1.0]))
        assert found == pytest.approx(float(estimate))
        mean += ways * chance**hits * (1 - chance) ** (replications - hits) * estimate
    assert mean == 4 * chance * (1 - chance)


def test_a_lottery_of_places_by_hand() -> None:
    """Two lives under two places: 0 and 2, 4 and 6 days. Of a variance of 5, 1 lies between places for one life."""
    outcomes = np.array([[0.0, 2.0], [4.0, 6.0]])
    assert luck.between_share(outcomes, np.ones(2)) == pytest.approx(1 / 5)
    assert luck.between_share(np.array([[0.0, 2.0], [0.0, 2.0]]), np.ones(2)) == pytest.approx(1.0)
    assert luck.between_share(np.full((3, 2), 7.0), np.ones(3)) is None


def test_variance_is_parted_as_it_was_made() -> None:
    """Points spread by 3, luck by 4, at 2,000 points of 5 replications: 9 and 16."""
    rng = np.random.default_rng(3)
    outcomes = rng.normal(0, 3, (2_000, 1)) + rng.normal(0, 4, (2_000, 5))
    unknown, chance = luck.variance_parts(outcomes)
    assert unknown == pytest.approx(9, rel=0.12) and chance == pytest.approx(16, rel=0.05)
    assert luck.variance_parts(np.array([[1.0, 3.0], [2.0, 2.0]]))[0] == 0.0


def test_bca_covers_what_it_should() -> None:
    """95 % intervals of a ratio of sums hold its true value in about 95 of 100 cases (60 cases, power against 80 %)."""
    rng = np.random.default_rng(11)
    held = 0
    for case in range(60):
        people = rng.uniform(50, 150, 40)
        low, high = luck.bca((people * rng.gamma(4, 0.25, 40)).tolist(), people.tolist(), seed=case)
        held += low <= 1.0 <= high
    assert 51 <= held <= 60
