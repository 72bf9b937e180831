"""Writes `docs/background/mechanisms-reached.md`: which mechanisms the random scenarios of the oracle test reach.

Run as ``PYTHONPATH=src:tests python -m oracle.coverage_table [SEEDS]`` (200 unless said).
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from .engines import block_of, by_reference, scenario_of
from .mechanisms import mechanisms_reached
from .random_documents import documents_from_seed

PAGE = Path(__file__).parents[2] / "docs" / "background" / "mechanisms-reached.md"
EXPECTED = tuple(
    """
    age.crossed jurisdiction.part clause.window clause.reading value.dated value.reading value.factors
    condition.attribute condition.area condition.within condition.count condition.amount condition.score
    condition.tier condition.listed condition.months_listed condition.tie_any condition.tie_share
    condition.sanctioned condition.refused condition.watched condition.and condition.or condition.not condition.in
    condition.chain
    enrolment.joined enrolment.left enrolment.left.withdrawal enrolment.opt_in enrolment.opt_out
    enrolment.compulsory enrolment.several enrolment.returned
    event event.limit event.instances event.protected event.propensity event.amount event.follows
    event.follows.follows
    detector.register detector.camera detector.report detector.self detector.inspection detector.online
    detector.coverage detector.camera.mistaken detector.camera.unfounded detector.report.mistaken
    camera.gallery.country camera.gallery.province camera.gallery.city camera.gallery.enrolled camera.gallery.number
    record.recorded.own record.recorded.mistaken record.recorded.unfounded record.overridden.own
    record.overridden.mistaken record.overridden.unfounded record.dropped.mistaken record.delayed
    rating.merit rating.demerit rule.points rule.discretion rule.becomes rule.becomes.nothing rule.every
    rule.enrolment rule.repeat rule.cap.cut points.awarded points.lapsed points.asked.repair points.asked.appeal
    points.reversed.repair points.reversed.appeal points.ground.own points.ground.mistaken points.ground.unfounded
    score.clipped
    publication.enrolment publication.interval publication.points.merit publication.points.demerit
    publication.weighted.merit publication.weighted.demerit tier.condition indicator.cases indicator.tie_mean
    indicator.tie_mean.friends
    enter.on enter.on.when enter.on.chance enter.on.when.chance enter.when enter.when.chance enter.several.rows
    enter.chain listing.entered listing.renewed listing.further.case listing.term listing.term.none listing.while
    listing.while.ended listing.tier.ended listing.left.term listing.left.repair listing.left.appeal
    listing.left.origin-ended listing.left.repeal listing.ground.own listing.ground.mistaken
    listing.ground.unfounded listing.ground.spread listing.ground.tier
    spread spread.when spread.into.itself spread.term spread.as_source spread.as_source.ended spread.across.policies
    remedy.repair.asked remedy.appeal.asked remedy.asked.again remedy.suspends remedy.after remedy.until remedy.when
    remedy.repair.success remedy.appeal.success remedy.in.vain remedy.success.own remedy.success.mistaken
    remedy.success.unfounded remedy.success.spread remedy.success.tier
    request.granted request.refused request.circumvented request.tries request.also request.wrongful request.spared
    evasion.caught gate.tie gate.reads refusal.ground.own refusal.ground.mistaken refusal.ground.unfounded
    refusal.ground.spread refusal.ground.tier
    effect.limit effect.price effect.wait effect.rank effect.overridden effect.overridden.own
    effect.overridden.mistaken effect.overridden.unfounded effect.overridden.spread effect.overridden.tier
    response response.less response.more response.several response.event response.service response.deterrence
    response.chilling response.hardship response.flight
    standing.fact.only.points standing.fact.only.listings standing.fact.only.publications standing.truth.only.points
    standing.truth.only.listings standing.truth.only.publications
    """.split()
)
"""Every trace a mechanism can leave in a journal, in the order of a life."""


def reached_by(seed: int) -> Counter[str]:
    """What one block of the scenario of a seed reaches, by the reference."""
    texts = documents_from_seed(seed)
    scenario = scenario_of(texts)
    return mechanisms_reached(by_reference(scenario, block_of(scenario, seed)).journal, texts)


def page(seeds: int) -> str:
    """The page: each mechanism, in how many scenarios it was reached, and how often in all."""
    scenarios: Counter[str] = Counter()
    times: Counter[str] = Counter()
    for seed in range(seeds):
        found = reached_by(seed)
        times.update(found)
        scenarios.update(found.keys())
    rows = [f"| `{name}` | {scenarios[name]} | {times[name]:,} |" for name in EXPECTED]
    missed = [name for name in EXPECTED if not scenarios[name]]
    said = f"Not reached: {', '.join(f'`{name}`' for name in missed)}." if missed else "Every one was reached."
    return "\n".join([
        "---", "orphan: true", "---", "", "# Mechanisms the oracle test reaches", "",
        "The kernel is held against the reference on random scenarios, row by row of their journals. A test only shows",
        "what it reaches; this table counts it, in one block of each of the scenarios of the seeds from 0 to "
        f"{seeds - 1}.", said, "",
        "Made by `python -m oracle.coverage_table`; the names are built in `tests/oracle/mechanisms.py`.", "",
        "| trace in the journal | scenarios | times |", "|---|---:|---:|", *rows, "",
    ])  # fmt: skip


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(int((sys.argv[1:] or ["200"])[0])), encoding="utf-8")
