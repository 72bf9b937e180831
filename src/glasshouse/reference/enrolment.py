"""Stage 0: whom each rating holds."""

from __future__ import annotations

from glasshouse.mechanisms.enrolment import Enrolment
from glasshouse.reference.block import Block
from glasshouse.reference.law import Provision
from glasshouse.reference.scores import Announcement, announce, computed


def enrol(block: Block, step: int) -> None:
    """Joins and leaves, with what each brings about at once."""
    holding = _holding_clauses(block, step)
    now = {
        (subject, path)
        for path, provision in block.law.ratings.items()
        if step in provision.steps
        for subject in block.subjects
        if _holds(block, path, subject, holding)
    }
    before = block.held
    made: list[Announcement] = []
    block.first_joined = []
    for subject in block.subjects:
        for path in block.law.ratings:
            if (subject, path) in now and (subject, path) not in before:
                made += [computed(block, standing, subject, path, step) for standing in block.standings]
                _join(block, subject, path, step)
    block.held = now
    block.held_by_clause = holding
    announce(block, made, step, "enrolment")
    for subject, path in sorted(before - now):
        if step in block.law.ratings[path].steps:
            _leave(block, subject, path, step)
    for path in block.law.ratings:
        number = sum((subject, path) in now for subject in block.subjects)
        block.book.count(step, "enrolled", path, "", number)


def _holding_clauses(block: Block, step: int) -> set[tuple[int, str]]:
    """Which clauses of enrolment hold whom, after this step's withdrawals."""
    found: set[tuple[int, str]] = set()
    for provision in block.law.enrolments:
        for subject in block.subjects:
            _withdraw(block, provision, subject, step)
            if (subject, provision.path) not in block.withdrawn and _takes(block, provision, subject, step):
                found.add((subject, provision.path))
    return found


def _withdraw(block: Block, provision: Provision[Enrolment], subject: int, step: int) -> None:
    if (subject, provision.path) not in block.held_by_clause:
        return
    clause = provision.clause
    chance = block.rates.hazard_chance(clause.withdraw, clause.factors, "withdraw", subject, step)
    if block.luck.succeeds(chance, "process", f"withdrawal/{provision.path}", subject, step):
        block.withdrawn.add((subject, provision.path))


def _takes(block: Block, provision: Provision[Enrolment], subject: int, step: int) -> bool:
    clause = provision.clause
    if step not in provision.steps or not block.people.fulfils(subject, clause.when, step):
        return False
    chance = block.rates.chance(clause.share, clause.factors, "share", subject, step)
    generation = block.people.residents[subject].generation
    return block.luck.succeeds(chance, "process", f"enrolment/{provision.path}", subject, generation)


def _holds(block: Block, path: str, subject: int, holding: set[tuple[int, str]]) -> bool:
    """Whether a rating in force holds a subject: somebody's clause does, or there is none."""
    if not any(path in clause.of and block.population in clause.subjects for clause in block.law.all_enrolments):
        return True
    return any(path in p.clause.of and (subject, p.path) in holding for p in block.law.enrolments)


def _join(block: Block, subject: int, path: str, step: int) -> None:
    block.book.write("enrolments", step, block.number, subject, path, "joined")
    if (subject, path) not in block.once_joined:
        block.once_joined.add((subject, path))
        block.first_joined.append((subject, path))


def _leave(block: Block, subject: int, path: str, step: int) -> None:
    """The subject leaves; listings that a tier of this rating led to end."""
    block.book.write("enrolments", step, block.number, subject, path, "left")
    for standing in block.standings:
        for cases in list(standing.cases_of(subject).values()):
            for case in list(cases):
                if case.ground == "tier" and case.rating == path:
                    block.end(standing, case, "origin ended", step)
