"""Stage 3: what detectors notice, whom they take for the doer, and which records are made in a step."""

from __future__ import annotations

from decimal import Decimal

from glasshouse.mechanisms.detector import Detector
from glasshouse.reference.block import Block
from glasshouse.reference.draws import choose, choose_wide, nearest, threshold, under
from glasshouse.reference.events import amount_of
from glasshouse.reference.law import Provision
from glasshouse.reference.ledger import NOBODY, Event, Record, root_text
from glasshouse.reference.rates import Candidate
from glasshouse.society.areas import leaves

ONE = Decimal(1)


def detect(block: Block, step: int) -> None:
    """Notices this step's events and false alarms, then makes the records that are due."""
    for event in block.events:
        for detector in block.law.detectors:
            if event.kind in detector.clause.watches and step in detector.steps:
                _notice(block, detector, event)
    for subject, stream, candidate in block.agenda[step]:
        if subject in block.people.gone:
            continue
        family, _, name = stream.partition("/")
        if family == "alarm":
            detector = next(p for p in block.law.detectors if p.path == name)
            if step in detector.steps:
                _alarm(block, detector, subject, candidate)
    _make(block, step)


# --- events --------------------------------------------------------------------------------------------------------


def _notice(block: Block, detector: Provision[Detector], event: Event) -> None:
    """Coverage, ties of a report, detection, whose record, review."""
    clause, step, doer = detector.clause, event.step, event.doer
    covered = block.rates.chance(clause.coverage, clause.factors, "coverage", doer, step)
    generation = block.people.residents[doer].generation
    if not block.luck.succeeds(covered, "process", f"coverage/{detector.path}", doer, generation):
        return
    if clause.method == "report" and not (clause.tie and block.people.tied(clause.tie, doer, step)):
        return
    own, mistaken = chances(block, detector, doer, step)
    purpose = f"detection/{detector.path}/{event.kind}"
    word = block.luck.draw("process", purpose, doer, step, 2 * event.number).u
    if under(word, threshold(own)):
        charged, ground = doer, "own"
    elif under(word, threshold(own + mistaken)):
        charged, ground = _victim(block, detector, event, purpose), "mistaken"
        block.book.count(step, "missed", event.kind)
    else:
        return
    record = Record(
        event.identity, event.root, ground, charged, doer, event.kind, detector.path, detector.policy.name, step,
        event.amount,
    )  # fmt: skip
    if charged == NOBODY:
        record.subject, record.step = doer, step
        _write(block, record, "dropped")
        block.book.count(step, "dropped", f"{detector.path}:{event.kind}", "mistaken")
        return
    review = block.luck.draw("process", purpose, doer, step, 2 * event.number + 1).u
    record.overridden = _overridden(block, clause, ground, doer, step, review)
    _send(block, clause, record)


def chances(block: Block, detector: Provision[Detector], doer: int, step: int) -> tuple[Decimal, Decimal]:
    """The chances that an event is recorded on its doer, and on somebody else."""
    clause, rates = detector.clause, block.rates
    hit = rates.chance(clause.hit_chance, clause.factors, "hit_chance", doer, step)
    if clause.view is None or clause.identify is None:
        wrong = rates.chance(clause.mistaken_chance, clause.factors, "mistaken_chance", doer, step)
        return hit * (1 - wrong), hit * wrong
    view, identify = clause.view, clause.identify
    factors = clause.factors
    cameras = rates.scaled(view.cameras_per_resident, factors, "view.cameras_per_resident", doer, step)
    share = rates.chance(view.recognising_share, factors, "view.recognising_share", doer, step)
    reach = rates.scaled(view.reach, factors, "view.reach", doer, step)
    false = rates.chance(identify.false_match_chance, factors, "identify.false_match_chance", doer, step)
    miss = rates.chance(identify.miss_chance, factors, "identify.miss_chance", doer, step)
    outrank = rates.chance(identify.outrank_chance, factors, "identify.outrank_chance", doer, step)
    wrong = Decimal(0)
    if clause.link is not None:
        wrong = rates.chance(clause.link.wrong_chance, factors, "link.wrong_chance", doer, step)
    seen = (1 - (-cameras * share * reach).exp()) * hit
    somebody = 1 - (1 - false) ** gallery(block, detector, step)
    own = seen * (1 - miss) * (1 - somebody * outrank) * (1 - wrong)
    return own, seen * ((1 - miss) * (somebody * outrank + (1 - somebody * outrank) * wrong) + miss * somebody)


def gallery(block: Block, detector: Provision[Detector], step: int) -> int:
    """The number of faces that a camera's picture is compared with, at the recipe's full size."""
    assert detector.clause.identify is not None
    scope = detector.clause.identify.gallery
    recipe, leaf = block.scenario.recipe, block.people.leaf
    if isinstance(scope, int):
        return scope
    if scope == "country":
        return recipe.residents
    if scope == "enrolled":
        clauses = [clause for clause in block.law.all_enrolments if clause in detector.policy.enrolment]
        share = block.calendar.number(clauses[0].share, step) if clauses else ONE
        return nearest(block.law.jurisdiction_residents(detector.policy) * share)
    if scope == "province":
        outermost_first = leaf.ancestors[::-1]
        place = outermost_first[0]
        if place == recipe.areas[0].area and len(outermost_first) > 1:
            place = outermost_first[1]
        return next(area.residents for area in recipe.areas if area.area == place)
    own = leaf.name.partition(":")[0]
    return sum(
        other.full_residents
        for other in leaves(recipe, block.scenario.residents)
        if other.name.partition(":")[0] == own
    )


def _victim(block: Block, detector: Provision[Detector], event: Event, purpose: str) -> int:
    """Somebody else of the block, the more alike the likelier; NOBODY where nobody is eligible."""
    weights = {
        subject: 2 ** block.people.residents[subject].look_alike
        for subject in block.subjects
        if _eligible(block, detector, event, subject)
    }
    total = sum(weights.values())
    if total == 0:
        return NOBODY
    word = block.luck.draw("process", purpose, event.doer, event.step, 2 * event.number + 1).v
    place = choose_wide(word, total)
    running = 0
    for subject, weight in weights.items():
        running += weight
        if running > place:
            return subject
    raise AssertionError("a running sum of weights reaches their total")


def _eligible(block: Block, detector: Provision[Detector], event: Event, subject: int) -> bool:
    if subject == event.doer:
        return False
    clause, people = detector.clause, block.people
    if clause.method != "camera":
        return True
    for name in ("sex", "age"):
        if name in people.attributes:
            if people.level(subject, name, event.step) != people.level(event.doer, name, event.step):
                return False
    if clause.identify is not None and clause.identify.gallery == "enrolled":
        ratings = [path for path, rating in block.law.ratings.items() if rating.policy is detector.policy]
        return any(block.is_held(subject, path, event.step) for path in ratings)
    return True


# --- false alarms --------------------------------------------------------------------------------------------------


def _alarm(block: Block, detector: Provision[Detector], subject: int, candidate: Candidate) -> None:
    """A record of what nobody did."""
    step, path = candidate.step, detector.path
    if not block.rates.happens(block.streams[f"alarm/{path}"], subject, candidate):
        return
    kinds = [
        block.law.events[name]
        for name in detector.clause.watches
        if name in block.law.events and block.law.conduct_in_force(block.law.events[name], step)
    ]
    if not kinds:
        return
    words = block.luck.draw("process", f"alarm-kind/{path}", subject, step, candidate.number)
    kind = kinds[choose(words.w0, len(kinds))]
    identity = (subject, path, step, candidate.number)
    record = Record(
        identity, identity, "unfounded", subject, NOBODY, kind.id, path, detector.policy.name, step,
        _alarm_amount(block, path, kind.id, subject, step, candidate.number),
    )  # fmt: skip
    record.overridden = _overridden(block, detector.clause, "unfounded", subject, step, words.v)
    _send(block, detector.clause, record)


def _alarm_amount(block: Block, path: str, kind: str, subject: int, step: int, number: int) -> int:
    clause = block.law.events[kind]
    return amount_of(block, clause, (subject, kind, step, number), "process", f"alarm-amount/{path}")


# --- records -------------------------------------------------------------------------------------------------------


def _overridden(block: Block, clause: Detector, ground: str, subject: int, step: int, word: int) -> bool:
    """Whether a human check strikes the record out."""
    if clause.review is None:
        return False
    chances = clause.review.override_chance
    chance = block.rates.by_ground(chances, clause.factors, "review.override_chance", ground, subject, step)
    return under(word, threshold(chance))


def _send(block: Block, clause: Detector, record: Record) -> None:
    """The record is under way; after the end of the run it stays pending."""
    step = record.event_step
    due = step + block.calendar.duration(clause.delay, step)
    if clause.review is not None:
        due += block.calendar.duration(clause.review.delay, step)
    record.step = due
    if due in block.run:
        block.due[due].append(record)
    elif not record.overridden:
        block.book.count(block.run[-1], "pending", f"{record.detector}:{record.kind}", record.ground)


def _make(block: Block, step: int) -> None:
    """The records due in this step, in order, each entered in the ledgers it belongs to."""
    kinds = {kind: place for place, kind in enumerate(block.law.events)}
    detectors = {p.path: place for place, p in enumerate(block.law.detectors)}
    due = sorted(
        block.due.pop(step, []),
        key=lambda r: (r.subject, r.event_step, kinds[r.kind], r.doer, r.number, detectors[r.detector]),
    )
    block.made = [[] for _ in block.places]
    for record in due:
        item = f"{record.detector}:{record.kind}"
        if record.overridden:
            _write(block, record, "overridden")
            block.book.count(step, "overridden", item, record.ground)
            continue
        record.sequence = len(block.made[record.subject])
        record.held = frozenset(path for path in block.law.ratings if block.is_held(record.subject, path, step))
        block.made[record.subject].append(record)
        block.fact.records[record.subject].append(record)
        if record.ground == "own":
            block.truth.records[record.subject].append(record)
        _write(block, record, "recorded")
        block.book.count(step, "records", item, record.ground)


def _write(block: Block, record: Record, what: str) -> None:
    block.book.write(
        "records", record.step, block.number, record.subject, record.kind, record.doer, record.number,
        root_text(record.root), record.ground, record.detector, record.event_step, record.amount, record.sequence, what,
    )  # fmt: skip
