"""What published packages say of random tables: the answers that the measures must give, to the last digits.

``tables(seed)`` makes one set of random tables; ``answers(tables)`` asks the packages. Their answers for some seeds are
kept in ``oracles.json``, so that the comparison does not need the packages, whose versions come and go; with the
packages installed (``glasshouse[oracles]``) they are asked again. Run this file to write the answers anew.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np

KEPT = Path(__file__).parent / "oracles.json"
SEEDS = tuple(range(12))
Tables = dict[str, Any]


def tables(seed: int) -> Tables:
    """Random tables of the shapes that measures are made from."""
    luck = np.random.default_rng(seed)
    length = int(luck.integers(4, 12))
    ended = luck.integers(0, 30, (2, length))
    ended[:, 0] += 1
    groups = int(luck.integers(2, 5))
    people = luck.integers(5, 400, (2, groups))
    tiers = int(luck.integers(2, 7))
    strata = int(luck.integers(2, 6))
    exposed = luck.integers(20, 300, (strata, 2))
    return {
        "values": luck.integers(0, 60, 25), "weights": luck.integers(1, 50, 25),
        "one": luck.integers(0, 50, 15) + 1, "other": luck.integers(0, 50, 15) + 1,
        "points": np.sort(luck.choice(1000, 15, replace=False)),
        "people": people, "sanctioned": luck.binomial(people, luck.random((2, groups))),
        "exposed": exposed, "hit": 1 + luck.binomial(exposed - 2, luck.random((strata, 2))),
        "ended": ended, "censored": luck.integers(0, 30, length) + 1,
        "moves": luck.integers(0, 40, (tiers, tiers)) + 1,
        "gravity": luck.integers(0, 6, (5, 6)) + np.eye(5, 6, dtype=int),
        "chances": luck.random(9) ** 3,
        "matrix": luck.random((4, 4)),
    }  # fmt: skip


def answers(given: Tables) -> dict[str, Any]:
    """What the packages say of these tables."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _inequality(given) | _fairness(given) | _survival(given) | _ranks(given)


def _inequality(given: Tables) -> dict[str, Any]:
    from inequalipy import gini
    from scipy.stats import wasserstein_distance

    plain = np.repeat(given["values"], given["weights"])
    return {
        "gini": float(gini(given["values"], weights=given["weights"])), "gini_plain": float(gini(plain)),
        "distance": float(wasserstein_distance(given["points"], given["points"], given["one"], given["other"])),
    }  # fmt: skip


def _fairness(given: Tables) -> dict[str, Any]:
    from fairlearn.metrics import MetricFrame, demographic_parity_ratio, equalized_odds_difference, false_positive_rate
    from scipy.stats import false_discovery_control
    from statsmodels.stats.contingency_tables import StratifiedTable

    rows = [
        (y, s, g, int(number))
        for y in (0, 1) for g in range(given["people"].shape[1])
        for s, number in ((1, given["sanctioned"][y, g]), (0, given["people"][y, g] - given["sanctioned"][y, g]))
    ]  # fmt: skip
    true, predicted, group, weight = (np.array(column) for column in zip(*rows, strict=True))
    named = {"sensitive_features": group, "sample_weight": weight}
    framed = MetricFrame(
        metrics=false_positive_rate, y_true=true, y_pred=predicted, sensitive_features=group,
        sample_params={"sample_weight": weight},
    )  # fmt: skip
    tables_ = [
        np.array([[h[1], n[1] - h[1]], [h[0], n[0] - h[0]]])
        for h, n in zip(given["hit"], given["exposed"], strict=True)
    ]  # fmt: skip
    return {
        "odds": float(equalized_odds_difference(true, predicted, **named)),
        "adverse": 1 / float(demographic_parity_ratio(true, predicted, **named)),
        "false_positive_rates": [float(rate) for rate in framed.by_group],
        "mantel_haenszel": float(StratifiedTable(tables_).riskratio_pooled),
        "discoveries": [bool(each <= 0.05) for each in false_discovery_control(given["chances"])],
    }


def _survival(given: Tables) -> dict[str, Any]:
    from sksurv.nonparametric import cumulative_incidence_competing_risks
    from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

    parts = [(cause + 1, row) for cause, row in enumerate(given["ended"])] + [(0, given["censored"])]
    time = np.concatenate([np.arange(len(row)) + 1 for _, row in parts])
    status = np.concatenate([np.full(len(row), cause) for cause, row in parts])
    weight = np.concatenate([row for _, row in parts])
    kept = weight > 0
    time, status, weight = time[kept], status[kept], weight[kept]
    counted = CumIncidenceRight(time, status, freq_weights=weight)
    survived = SurvfuncRight(time, status > 0, freq_weights=weight)
    long_time, long_status = np.repeat(time, weight), np.repeat(status, weight)
    times, curves = cumulative_incidence_competing_risks(long_status, long_time.astype(float))
    return {
        "incidence": [[float(x) for x in part] for part in counted.cinc], "incidence_times": counted.times.tolist(),
        "survival": survived.surv_prob.tolist(), "survival_times": survived.surv_times.tolist(),
        "sksurv": [[float(x) for x in part] for part in curves[1:]], "sksurv_times": times.tolist(),
    }  # fmt: skip


def _ranks(given: Tables) -> dict[str, Any]:
    from scipy.stats import kendalltau, somersd, spearmanr

    rows, columns = np.nonzero(given["gravity"])
    number = given["gravity"][rows, columns]
    before, after = np.nonzero(given["moves"])
    moved = given["moves"][before, after]
    return {
        "tau": float(kendalltau(np.repeat(rows, number), np.repeat(columns, number)).statistic),
        "somers": float(somersd(given["gravity"]).statistic),
        "spearman": float(spearmanr(np.repeat(before, moved), np.repeat(after, moved)).statistic),
        "radius": float(max(abs(np.linalg.eigvals(given["matrix"])))),
    }


def kept() -> dict[int, dict[str, Any]]:
    """The answers kept, by seed."""
    return {int(seed): found for seed, found in json.loads(KEPT.read_text(encoding="utf-8")).items()}


if __name__ == "__main__":
    KEPT.write_text(json.dumps({seed: answers(tables(seed)) for seed in SEEDS}, indent=1) + "\n", encoding="utf-8")
