"""What the system comes to believe: a binomial share of what happened, and Bayes' share of it wrongly."""

from __future__ import annotations

from pathlib import Path

from . import judging
from .documents import noticed_events
from .simulation import simulate

RESIDENTS = 150_000


def test_each_event_is_noticed_with_the_hit_chance(tmp_path: Path) -> None:
    """Month by month the records are Binomial(events, 0.3); their scatter is that of coins, neither more nor less.

    Power of the total against a hit chance 1 % wrong, at 1.2 million events: above 0.999.
    """
    found = simulate(noticed_events("4 per year", hit=0.3), tmp_path, RESIDENTS)
    events, records = found.by_month("events"), found.by_month("records")
    assert len(events) == 24 and min(events) > 0
    means, variances = [0.3 * n for n in events], [0.21 * n for n in events]
    assert min(judging.dispersion(records, means, variances)) > judging.ALPHA
    happened = sum(events)
    assert judging.total(sum(records), 0.3 * happened, 0.21 * happened) > judging.ALPHA
    assert judging.power_of_total(0.3 * happened, 0.21 * happened, 0.01) > 0.999


def test_shares_of_wrongful_records_follow_from_bayes(tmp_path: Path) -> None:
    """Rare conduct (0.05 a year), a good detector (0.9), few mistakes (0.02), few alarms (0.01 a year).

    Own : mistaken : unfounded = 0.05 x 0.9 x 0.98 : 0.05 x 0.9 x 0.02 : 0.01, so that 20 in 100 records are wrong
    although hardly any check is. Given all records the three counts are multinomial.
    Power against alarms counted twice: certain.
    """
    found = simulate(noticed_events("0.05 per year", hit=0.9, mistaken=0.02, false_rate="0.01 per year"), tmp_path,
                     RESIDENTS)
    rates = [0.05 * 0.9 * 0.98, 0.05 * 0.9 * 0.02, 0.01]
    seen = [found.total("records", ground) for ground in ("own", "mistaken", "unfounded")]
    records = sum(seen)
    expected = [records * rate / sum(rates) for rate in rates]
    assert judging.chi_square(seen, expected) > judging.ALPHA
    doubled = [rates[0], rates[1], 2 * rates[2]]
    assert judging.power(expected, [records * rate / sum(doubled) for rate in doubled]) > 0.9999
    wrongful = (seen[1] + seen[2]) / records
    assert 0.19 < wrongful < 0.21


def test_a_perfect_detector_believes_what_happened(tmp_path: Path) -> None:
    """No error, no delay: records are events, none on another ground."""
    found = simulate(noticed_events("2 per year", hit=1), tmp_path, 3_000)
    assert found.by_month("records") == found.by_month("events")
    assert found.total("records", "own") == found.total("records") > 0
