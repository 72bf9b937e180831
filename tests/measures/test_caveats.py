"""The caveats that stand beside the measures, each shown by running it."""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
import pytest

from glasshouse.errors import UsageError
from glasshouse.measures import concentration, groups, leaving, luck, pairs, strata
from glasshouse.measures.falsehood import false_hits


def test_four_fifths_passes_where_one_group_is_listed_twice_as_often() -> None:
    rates = [0.01, 0.02]
    favourable, adverse = groups.favourable_ratio(rates), groups.adverse_ratio(rates)
    assert favourable == pytest.approx(0.98 / 0.99) and favourable > groups.FOUR_FIFTHS
    assert adverse == 2.0 and adverse > 1 / groups.FOUR_FIFTHS


def test_at_the_size_of_a_country_every_difference_is_significant() -> None:
    people, rate = 700_000_000, 1e-3 / 1.4
    high, low = rate * 1.01, rate
    pooled = (high + low) / 2
    z = (high - low) / sqrt(2 * pooled * (1 - pooled) / people)
    assert groups.adverse_ratio([high, low]) == pytest.approx(1.01)
    assert z == pytest.approx(5.0, abs=0.2) and erfc(z / sqrt(2)) < 1e-6


def test_simpson() -> None:
    """Within each stratum nobody is treated otherwise; all together one group is hit nearly four times as often."""
    people = np.array([[9_000, 1_000], [1_000, 9_000]])
    hit = np.array([[90, 10], [90, 810]])
    crude, inside = strata.crude_ratio(hit, people), strata.mantel_haenszel(hit, people)
    assert crude is not None and inside is not None
    assert inside == pytest.approx(1.0) and crude == pytest.approx(820 / 180)
    assert strata.is_simpson(crude, inside) and not strata.is_simpson(1.1, 1.05)
    assert strata.is_simpson(1.05, 0.97)
    treatment, composition = strata.kitagawa(hit, people)
    assert treatment == pytest.approx(0.0) and composition == pytest.approx(0.082 - 0.018)


def test_other_endings_compete() -> None:
    """Constant chances to recover and to end otherwise: the naive estimate takes the others for hidden recovery."""
    recover, other, months, people = 0.05, 0.035, 12, 4e6
    at_risk, recovered, others = people, [], []
    for _ in range(months + 1):
        recovered.append(at_risk * recover)
        others.append(at_risk * other)
        at_risk -= recovered[-1] + others[-1]
    ended = {"recovered": np.array(recovered), "otherwise": np.array(others)}
    censored = np.zeros(months + 1)
    censored[-1] = at_risk
    course = leaving.life_table(ended, censored)
    share = recover / (recover + other) * (1 - (1 - recover - other) ** (months + 1))
    assert course.incidence["recovered"][-1] == pytest.approx(share, abs=1e-12)
    naive = leaving.naive_recovery(ended["recovered"], ended["otherwise"] + censored)[-1]
    assert naive == pytest.approx(1 - (1 - recover) ** (months + 1), abs=1e-12)
    assert naive > share + 0.08


def test_base_rates() -> None:
    """A tiny share of false checks can be millions of people, and a third of all hits."""
    assert false_hits(2.8e9, 1e-5, 5e6, 0.99)[0] == pytest.approx(28_000, rel=0.002)
    false, share = false_hits(2.8e9, 1e-3, 5e6, 0.99)
    assert false == pytest.approx(2.8e6, rel=0.002) and share == pytest.approx(0.36, abs=0.005)


def test_ten_runs_are_not_a_plan() -> None:
    """An outcome as uneven as a gamma of shape 4 needs hundreds of runs for a half-width of 5 %."""
    outcomes = np.random.default_rng(1).gamma(4, 25, 20_000)
    assert 370 < luck.replications_needed(outcomes.tolist()) < 400
    assert luck.replications_needed([1.0, 1.0, 1.0]) == 3


def test_a_score_has_no_zero() -> None:
    """A hundred points more for everybody make a country look equal: the Gini of a score is refused."""
    scores, people = np.array([40.0, 80.0, 100.0, 120.0]), np.array([10.0, 20.0, 50.0, 20.0])
    plain, lifted = concentration.gini(scores, people), concentration.gini(scores + 900, people)
    mean = float((scores * people).sum() / people.sum())
    assert plain is not None and lifted == pytest.approx(plain * mean / (mean + 900), abs=1e-15)


def test_pairings_differ_where_margins_do_not() -> None:
    """The same margins allow anything from nobody newly spared to everybody who was hit."""
    bounds = pairs.frechet(300, 400, 1_000)
    assert bounds["newly_hit"] == (100, 400) and bounds["newly_spared"] == (0, 300)
    assert bounds["both"] == (0, 300) and bounds["neither"] == (300, 600)
    for (low, high), name in zip(bounds.values(), bounds, strict=True):
        assert low <= high, name
    crowded = pairs.frechet(900, 800, 1_000)
    assert crowded["both"] == (700, 800) and crowded["newly_hit"] == (0, 100)


def test_a_gini_needs_amounts() -> None:
    with pytest.raises(UsageError, match="0 or more"):
        concentration.gini(np.array([-1.0, 2.0]), np.array([1.0, 1.0]))
