"""Scores and tiers: computed from what stands, published at enrolment and at the rating's own interval (stage 7)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from glasshouse.mechanisms.indicator import Indicator
from glasshouse.mechanisms.rating import Rating, TierRow
from glasshouse.reference.block import Block
from glasshouse.reference.conditions import Question
from glasshouse.reference.draws import nearest
from glasshouse.reference.law import Provision
from glasshouse.reference.ledger import Standing

THOUSAND = 1000

Announcement = tuple[Standing, int, str, int, str]
"""(standing, subject, rating, score, tier)."""


def clipped_score(block: Block, standing: Standing, subject: int, rating: Rating, path: str, step: int) -> int:
    """Start plus live points, within floor and ceiling."""
    start = block.calendar.whole(rating.start, step) if rating.start is not None else 0
    floor, ceiling = block.calendar.whole(rating.floor, step), block.calendar.whole(rating.ceiling, step)
    return min(ceiling, max(floor, start + standing.live_sum(subject, path)))


def computed(block: Block, standing: Standing, subject: int, path: str, step: int) -> Announcement:
    """What a rating would publish of a subject now."""
    provision = block.law.ratings[path]
    rating = provision.clause
    question = Question(block, standing, subject, step, provision.policy, rating=path)
    if rating.method == "weighted":
        score = _weighted(question, provision)
    else:
        score = clipped_score(block, standing, subject, rating, path, step)
    tier = _tier(Question(block, standing, subject, step, provision.policy), rating, score)
    return standing, subject, path, score, tier


def announce(block: Block, made: list[Announcement], step: int, at: str) -> None:
    """Publishes computed scores."""
    for standing, subject, path, score, tier in made:
        standing.published[subject, path] = (score, tier)
        block.book.write("publications", step, block.number, subject, standing.name, path, score, tier, at)


def publish(block: Block, step: int) -> None:
    """Stage 7: every rating whose interval is over; all scores are computed before any is published."""
    made: list[Announcement] = []
    for path, provision in block.law.ratings.items():
        if step not in provision.steps:
            continue
        interval = block.calendar.duration(provision.clause.publish, provision.steps.start, 1)
        if (step - provision.steps.start + 1) % interval:
            continue
        for subject in block.subjects:
            if (subject, path) in block.held:
                made += [computed(block, standing, subject, path, step) for standing in block.standings]
    announce(block, made, step, "interval")


# --- tiers ---------------------------------------------------------------------------------------------------------


def _tier(question: Question, rating: Rating, score: int) -> str:
    """The first row that fits; in a demerit rating the last. Where none does, the first of a demerit rating."""
    calendar, step = question.block.calendar, question.step

    def fits(row: TierRow) -> bool:
        bound = row.at_least
        return (bound is None or calendar.whole(bound, step) <= score) and question.holds(row.when)

    rows = [row.tier for row in rating.tiers if fits(row)]
    if not rows:
        return rating.tiers[0 if rating.polarity == "demerit" else -1].tier
    return rows[-1] if rating.polarity == "demerit" else rows[0]


# --- weighted ratings ----------------------------------------------------------------------------------------------


def _weighted(question: Question, provision: Provision[Rating]) -> int:
    """Floor plus the weighted share of the way to the ceiling."""
    block, step = question.block, question.step
    total = 0
    for indicator in block.law.indicators:
        if indicator.clause.rating == provision.path and step in indicator.steps:
            weight = _thousandths(block.calendar.number(indicator.clause.weight, step))
            total += weight * _dimension(question, indicator.clause)
    floor = block.calendar.whole(provision.clause.floor, step)
    ceiling = block.calendar.whole(provision.clause.ceiling, step)
    return floor + _half_up(Fraction((ceiling - floor) * total, THOUSAND * THOUSAND))


def _dimension(question: Question, indicator: Indicator) -> int:
    """An indicator's value in thousandths."""
    calendar, step = question.block.calendar, question.step
    if indicator.tie_mean is not None:
        mean = _tie_mean(question, indicator.tie_mean.tie, indicator.tie_mean.rating)
        if mean is not None:
            return mean
    for row in indicator.cases:
        if question.holds(row.when):
            return _thousandths(calendar.number(row.value, step))
    return _thousandths(calendar.number(indicator.otherwise, step))


def _tie_mean(question: Question, tie: str, path: str) -> int | None:
    """Mean published score of the tied subjects who have one, in thousandths of the scale."""
    block, step = question.block, question.step
    if path not in block.law.ratings:
        return None
    rating = block.law.ratings[path].clause
    floor, ceiling = block.calendar.whole(rating.floor, step), block.calendar.whole(rating.ceiling, step)
    scores = [
        question.standing.published[other, path][0]
        for other in block.people.tied(tie, question.subject, step)
        if block.is_held(other, path, step) and (other, path) in question.standing.published
    ]
    if not scores:
        return None
    return _half_up(Fraction(THOUSAND * sum(score - floor for score in scores), len(scores) * (ceiling - floor)))


def _half_up(number: Fraction) -> int:
    return (number + Fraction(1, 2)).__floor__()


def _thousandths(number: Decimal) -> int:
    return nearest(number * THOUSAND)
