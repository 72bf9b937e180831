"""Stage 4: points for enrolling, for records, and by the calendar."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from glasshouse.errors import RunFailed
from glasshouse.mechanisms.rule import Cap, Rule
from glasshouse.reference.block import Block
from glasshouse.reference.conditions import Question
from glasshouse.reference.draws import choose, h32, trace
from glasshouse.reference.law import Provision
from glasshouse.reference.ledger import NO_END, Award, Record, Standing
from glasshouse.reference.remedies import log_award

ENROLMENT = "enrolment"
MOST_POINTS = 2**31 - 1
"""Points that neither an award nor a sum of live points may reach."""


def apply(block: Block, step: int) -> None:
    """Enrolment rules, then record by record all rules in order, then those of the calendar."""
    in_force = [
        rule for rule in block.law.rules if step in rule.steps and step in block.law.ratings[rule.clause.rating].steps
    ]
    for standing in block.standings:
        for subject in block.subjects:
            for rule in in_force:
                if ENROLMENT in rule.clause.on and (subject, rule.clause.rating) in block.first_joined:
                    _consider(block, standing, rule, subject, step, None)
            for record in block.made[subject]:
                if standing is block.fact or record.ground == "own":
                    for rule in in_force:
                        if block.watches(rule.clause.on, record.kind, record.author, rule.policy.name):
                            _consider(block, standing, rule, subject, step, record)
            for rule in in_force:
                if rule.clause.every is not None and _is_its_step(block, rule, step):
                    _consider(block, standing, rule, subject, step, None)


def _is_its_step(block: Block, rule: Provision[Rule], step: int) -> bool:
    assert rule.clause.every is not None
    interval = block.calendar.duration(rule.clause.every, rule.steps.start, 1)
    return (step - rule.steps.start + 1) % interval == 0


def _consider(
    block: Block, standing: Standing, rule: Provision[Rule], subject: int, step: int, record: Record | None
) -> None:
    """Gives the points if the rating holds the subject and the condition holds."""
    clause = rule.clause
    if not block.is_held(subject, clause.rating, step):
        return
    first = ENROLMENT in clause.on
    question = Question(block, standing, subject, step, rule.policy, record, clause.rating, before_records=first)
    if not question.holds(clause.when):
        return
    amount = _amount(block, standing, rule, subject, step, record)
    if max(abs(amount), abs(standing.live_sum(subject, clause.rating) + amount)) >= MOST_POINTS:
        raise RunFailed(f"block {block.number}, subject {subject}, step {step}: more than {MOST_POINTS - 1} points")
    standing.firings[subject, rule.path].append((step, amount))
    lapse = block.calendar.entry(clause.lapse, step)
    end = NO_END if lapse.unit == "none" else step + block.calendar.duration(clause.lapse, step, 1)
    award = Award(
        len(standing.awards[subject].get(clause.rating, ())), step, rule.path, clause.rating, amount,
        "own" if record is None else record.ground, None if record is None else record.root, end, amount != 0,
    )  # fmt: skip
    standing.give(subject, award)
    log_award(block, standing, subject, award, step, "awarded")
    block.count(standing, step, "points", rule.path, award.ground, amount)


def _amount(
    block: Block, standing: Standing, rule: Provision[Rule], subject: int, step: int, record: Record | None
) -> int:
    clause, calendar = rule.clause, block.calendar
    if clause.becomes is not None:
        return _fall(block, standing, clause, subject, step)
    amount = _base(block, rule, subject, step, record)
    if clause.repeat is not None:
        first = step - calendar.duration(clause.repeat.within, step, 1) + 1
        earlier = sum(fired >= first for fired, _ in standing.firings[subject, rule.path])
        amount = repeated(amount, calendar.number(clause.repeat.factor, step), earlier)
    if clause.cap is not None:
        amount = _capped(block, standing, clause.cap, rule.path, subject, step, amount)
    return amount


def _base(block: Block, rule: Provision[Rule], subject: int, step: int, record: Record | None) -> int:
    clause = rule.clause
    if clause.points is not None:
        return block.calendar.whole(clause.points, step)
    assert clause.discretion is not None
    low, high = (block.calendar.whole(value, step) for value in clause.discretion)
    index = 0 if record is None else trace(record.identity, step) ^ h32(record.detector)
    word = block.luck.draw("process", f"discretion/{rule.path}", subject, step, index).w0
    return low + choose(word, high - low + 1)


def repeated(base: int, factor: Decimal, earlier: int) -> int:
    """base x factor^earlier, rounded once, half away from zero."""
    exact = base * Fraction(factor) ** earlier
    size = (abs(exact) + Fraction(1, 2)).__floor__()
    return size if exact > 0 else -size


def _fall(block: Block, standing: Standing, clause: Rule, subject: int, step: int) -> int:
    """What takes the score to where it falls; 0 if that is no loss."""
    assert clause.becomes is not None
    rating = block.law.ratings[clause.rating].clause
    start = block.calendar.whole(rating.start, step) if rating.start is not None else 0
    amount = block.calendar.whole(clause.becomes, step) - (start + standing.live_sum(subject, clause.rating))
    return max(amount, 0) if rating.polarity == "demerit" else min(amount, 0)


def _capped(block: Block, standing: Standing, cap: Cap, path: str, subject: int, step: int, amount: int) -> int:
    """What the cap leaves: its points less what the rule gave in the last steps of its window."""
    first = step - block.calendar.duration(cap.per, step, 1) + 1
    given = sum(abs(points) for fired, points in standing.firings[subject, path] if fired >= first)
    left = max(0, abs(block.calendar.whole(cap.points, step)) - given)
    size = min(abs(amount), left)
    return size if amount > 0 else -size
