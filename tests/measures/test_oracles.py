"""Every measure that a published package makes too gives the same number, to 1e-12, on random tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from glasshouse.measures import concentration, groups, leaving, moving, punishment, reach, strata

from . import oracles

EXACT = 1e-12
SEEDS = oracles.SEEDS


def same(found: Any, expected: Any) -> None:
    """Two numbers or arrays agree to the last digits."""
    np.testing.assert_allclose(np.asarray(found, float), np.asarray(expected, float), rtol=EXACT, atol=EXACT)


@pytest.fixture(params=SEEDS)
def pair(request: pytest.FixtureRequest) -> tuple[oracles.Tables, dict[str, Any]]:
    """Random tables and what the packages said of them."""
    return oracles.tables(request.param), oracles.kept()[request.param]


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_the_kept_answers_are_those_of_the_packages(seed: int) -> None:
    for package in ("fairlearn", "statsmodels", "sksurv", "inequalipy"):
        pytest.importorskip(package)
    asked, kept = oracles.answers(oracles.tables(seed)), oracles.kept()[seed]
    assert asked.keys() == kept.keys()
    for name, said in asked.items():
        for mine, yours in zip(
            np.atleast_1d(np.asarray(said, object)), np.atleast_1d(np.asarray(kept[name], object)), strict=True
        ):
            same(mine, yours)


def test_gini(pair: tuple[oracles.Tables, dict[str, Any]]) -> None:
    given, said = pair
    same(concentration.gini(given["values"], given["weights"]), said["gini"])
    plain = np.repeat(given["values"], given["weights"])
    same(concentration.gini(plain, np.ones(len(plain))), said["gini_plain"])


def test_distance_of_distributions(pair: tuple[oracles.Tables, dict[str, Any]]) -> None:
    given, said = pair
    same(concentration.distance(given["points"], given["one"], given["other"]), said["distance"])


def test_equalized_odds_and_rates(pair: tuple[oracles.Tables, dict[str, Any]]) -> None:
    given, said = pair
    same(max(groups.equalized_odds(given["sanctioned"], given["people"])), said["odds"])
    rates = given["sanctioned"].sum(axis=0) / given["people"].sum(axis=0)
    same(groups.adverse_ratio(rates.tolist()), said["adverse"])
    same(given["sanctioned"][0] / given["people"][0], said["false_positive_rates"])


def test_mantel_haenszel(pair: tuple[oracles.Tables, dict[str, Any]]) -> None:
    given, said = pair
    same(strata.mantel_haenszel(given["hit"], given["exposed"]), said["mantel_haenszel"])


def test_discoveries(pair: tuple[oracles.Tables, dict[str, Any]]) -> None:
    given, said = pair
    assert groups.discoveries(given["chances"].tolist()) == said["discoveries"]


def test_competing_endings(pair: tuple[oracles.Tables, dict[str, Any]]) -> None:
    given, said = pair
    endings = dict(zip("ab", given["ended"], strict=True))
    course = leaving.life_table(endings, given["censored"])
    for name, theirs, other in zip("ab", said["incidence"], said["sksurv"], strict=True):
        same(course.incidence[name][np.array(said["incidence_times"], int) - 1], theirs)
        same(course.incidence[name][np.array(said["sksurv_times"], int) - 1], other)
    same(course.survival[np.array(said["survival_times"], int) - 1], said["survival"])


def test_rank_correlations(pair: tuple[oracles.Tables, dict[str, Any]]) -> None:
    given, said = pair
    same(punishment.tau_b(given["gravity"]), said["tau"])
    same(punishment.somers_d(given["gravity"]), said["somers"])
    same(moving.rank_persistence(given["moves"]), said["spearman"])


def test_spectral_radius(pair: tuple[oracles.Tables, dict[str, Any]]) -> None:
    given, said = pair
    same(reach.spectral_radius(given["matrix"]), said["radius"])


def test_twelve_rows_are_twenty_thousand_people() -> None:
    """A fairness package on every person says what the measure says of a table of counts."""
    fairlearn = pytest.importorskip("fairlearn.metrics")
    people = np.array([[6_000, 5_000, 3_000], [2_500, 2_000, 1_500]])
    hit = np.array([[60, 150, 30], [2_000, 1_900, 900]])
    rows = [
        (y, s, g, number)
        for y in (0, 1) for g in range(3) for s, number in ((1, hit[y, g]), (0, people[y, g] - hit[y, g]))
    ]  # fmt: skip
    true, predicted, group = (np.concatenate([np.full(row[3], row[column]) for row in rows]) for column in range(3))
    assert len(rows) == 12 and len(true) == 20_000
    said = fairlearn.equalized_odds_difference(true, predicted, sensitive_features=group)
    same(max(groups.equalized_odds(hit, people)), said)
