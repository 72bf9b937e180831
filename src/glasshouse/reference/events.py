"""Stage 2: what is done."""

from __future__ import annotations

from glasshouse.mechanisms.event import Event as Kind
from glasshouse.reference.block import Block
from glasshouse.reference.draws import Identity, categories, drawn, threshold, under
from glasshouse.reference.ledger import Event, root_text
from glasshouse.reference.people import FIRMS
from glasshouse.reference.rates import Candidate


def plan(block: Block, year: int) -> None:
    """The candidates of a year of the run: of every kind with a rate, and of every detector's false alarms."""
    block.agenda.clear()
    for kind in block.law.events.values():
        if kind.rate is not None:
            stream = block.streams.setdefault(f"event/{kind.id}", block.rates.of_event(kind))
            for subject in block.subjects:
                for candidate in block.rates.candidates(stream, "conduct", block.luck, subject, year):
                    block.agenda[candidate.step].append((subject, stream.name, candidate))
    for detector in block.law.detectors:
        stream = block.streams.setdefault(
            f"alarm/{detector.path}", block.rates.of_alarms(detector.path, detector.clause)
        )
        for subject in block.subjects:
            for candidate in block.rates.candidates(stream, "process", block.luck, subject, year):
                block.agenda[candidate.step].append((subject, stream.name, candidate))


def happen(block: Block, step: int) -> None:
    """Candidates whose marks lie under the rate in force, and consequences whose day has come."""
    block.events = []
    for subject, stream, candidate in block.agenda[step]:
        family, _, name = stream.partition("/")
        if family == "event" and subject not in block.people.gone:
            _candidate(block, block.law.events[name], subject, candidate)
    waiting = block.children.pop(step, [])
    while waiting:
        event = waiting.pop(0)
        if block.law.conduct_in_force(block.law.events[event.kind], step):
            _do(block, event)
        waiting += block.children.pop(step, [])
    for event in block.events:
        block.book.write(
            "events", step, block.number, event.doer, event.kind, event.number, root_text(event.root), event.amount,
            event.mark,
        )  # fmt: skip
        block.book.count(step, "events", event.kind)


def _candidate(block: Block, kind: Kind, subject: int, candidate: Candidate) -> None:
    step = candidate.step
    if not block.law.conduct_in_force(kind, step):
        return
    stream = block.streams[f"event/{kind.id}"]
    if not block.rates.happens(stream, subject, candidate, block.factor(subject, kind.id)):
        return
    if kind.limit is not None:
        done = block.done[subject, kind.id]
        unit = block.calendar.span_of(step, kind.limit.unit)
        if sum(block.calendar.span_of(other, kind.limit.unit) == unit for other in done) >= kind.limit.number:
            return
        done.append(step)
    identity = (subject, kind.id, step, candidate.number)
    _do(block, Event(identity, identity, amount_of(block, kind, identity), candidate.mark))


def amount_of(block: Block, kind: Kind, identity: Identity, family: str = "conduct", purpose: str = "") -> int:
    """The yuan an event (or, under another purpose, a false alarm) is about; -1 where the kind has no amounts."""
    if not kind.amounts:
        return -1
    subject, _, step, number = identity
    word = block.luck.draw(family, purpose or f"amount/{kind.id}", subject, step, number).u
    return kind.amounts[drawn(categories(tuple(share for _, share in kind.amounts)), word)][0]


def _do(block: Block, event: Event) -> None:
    """The event happens; what follows from it is drawn at once."""
    block.events.append(event)
    if block.population == FIRMS and block.law.events[event.kind].ends_subject:
        block.ending.add(event.doer)
    for kind in block.law.events.values():
        if kind.follows is None or kind.follows.event != event.kind:
            continue
        word = block.luck.draw("conduct", f"event/{kind.id}", event.doer, event.step, event.number).u
        if under(word, threshold(block.calendar.number(kind.follows.chance, event.step))):
            step = event.step + block.calendar.duration(kind.follows.after, event.step)
            identity = (event.doer, kind.id, step, event.number)
            if step in block.run:
                child = Event(identity, event.root, amount_of(block, kind, identity), word)
                block.children[step].append(child)
