"""Stages 5 and 6: who comes on a list, and whom a listing reaches."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.listing import EnterRow, NamedList
from glasshouse.mechanisms.spread import Spread
from glasshouse.reference.arrivals import arrive, end_of_term
from glasshouse.reference.block import Block, later
from glasshouse.reference.conditions import Ground, Question
from glasshouse.reference.draws import h32, trace
from glasshouse.reference.law import Provision
from glasshouse.reference.ledger import WHILE, Case, Record, Standing


def list_subjects(block: Block, step: int) -> None:
    """Stage 5, subject by subject, a list after all lists that its entries ask."""
    for standing in block.standings:
        standing.opened = []
        for subject in block.subjects:
            standing.freeze([subject])
            for path in block.law.listing_order:
                provision = block.law.lists[path]
                if step in provision.steps:
                    _List(block, standing, subject, step, provision).look()
                standing.refresh(subject, path)
            standing.thaw()


class _List:
    """A list before one subject in one step."""

    def __init__(
        self, block: Block, standing: Standing, subject: int, step: int, provision: Provision[NamedList]
    ) -> None:
        self.block = block
        self.standing = standing
        self.subject = subject
        self.step = step
        self.provision = provision
        self.path = provision.path

    def look(self) -> None:
        """Cases whose condition has ceased end; then records; then conditions alone."""
        for case in list(self.standing.open_cases(self.subject, self.path)):
            if case.end == WHILE and not self._holds(self.provision.clause.enter[case.while_row].when, None):
                self.block.end(self.standing, case, "origin ended", self.step)
        for record in self.block.made[self.subject]:
            if self.standing is self.block.fact or record.ground == "own":
                self._record(record)
        for number, row in enumerate(self.provision.clause.enter):
            if not row.on:
                self._condition(number, row)

    def _holds(self, condition: Condition | None, record: Record | None) -> bool:
        return self._question(record).holds(condition)

    def _question(self, record: Record | None) -> Question:
        return Question(self.block, self.standing, self.subject, self.step, self.provision.policy, record)

    def _record(self, record: Record) -> None:
        """Of the rows that fit a record the longest term counts, the first of equals."""
        best: tuple[int, int] | None = None
        for number, row in enumerate(self.provision.clause.enter):
            if self._fits(number, row, record):
                end = end_of_term(self.block, row.term, self.step)
                if best is None or later(end, best[1]):
                    best = (number, end)
        if best is not None:
            self._open(best[0], best[1], Ground(record.ground, record.root))

    def _fits(self, number: int, row: EnterRow, record: Record) -> bool:
        if not self.block.watches(row.on, record.kind, record.author, self.provision.policy.name):
            return False
        if not self._holds(row.when, record):
            return False
        return self._chance(number, row, trace(record.identity, self.step) ^ h32(record.detector))

    def _chance(self, number: int, row: EnterRow, index: int) -> bool:
        chance = self.block.calendar.number(row.chance, self.step)
        purpose = f"entry/{self.path}/{number}"
        return self.block.luck.succeeds(chance, "process", purpose, self.subject, self.step, index)

    def _condition(self, number: int, row: EnterRow) -> None:
        """A condition alone opens a case in the step in which it comes to hold."""
        key = (self.subject, self.path, number)
        if not self._holds(row.when, None):
            self.standing.came_to_hold.discard(key)
            return
        if key in self.standing.came_to_hold:
            return
        self.standing.came_to_hold.add(key)
        if self._chance(number, row, 0):
            end = end_of_term(self.block, row.term, self.step)
            self._open(number, end, self._question(None).ground(row.when))

    def _open(self, row: int, end: int, ground: Ground) -> None:
        rating = ground.rating if ground.name == "tier" else None
        case = Case(0, self.subject, self.path, row, ground.name, ground.root, self.step, end, rating)
        case.while_row = row if end == WHILE else -1
        if self.block.enter(self.standing, case):
            self.standing.opened.append(case)


def spread(block: Block, step: int) -> None:
    """Stage 6: the cases opened in stage 5 reach the tied subjects of their holders."""
    in_force = [
        provision
        for provision in block.law.spreads
        if step in provision.steps and _leads(block, provision.clause, step)
    ]
    for standing in block.standings:
        standing.freeze(block.subjects)
        for origin in block.subjects:
            for provision in in_force:
                for case in standing.opened:
                    if case.subject == origin and case.list == provision.clause.from_list:
                        _reach(block, standing, provision, case, step)
        arrive(block, standing, step)
        standing.thaw()


def _leads(block: Block, clause: Spread, step: int) -> bool:
    return clause.list in block.law.lists and step in block.law.lists[clause.list].steps


def _reach(block: Block, standing: Standing, provision: Provision[Spread], origin: Case, step: int) -> None:
    clause = provision.clause
    chance = block.calendar.number(clause.chance, step)
    for other in block.people.tied(clause.to, origin.subject, step):
        if not Question(block, standing, other, step, provision.policy).holds(clause.when):
            continue
        index = trace(origin.root, origin.step)
        if block.luck.succeeds(chance, "process", f"spread/{provision.path}", other, origin.subject, index):
            end = end_of_term(block, clause.term, step)
            case = Case(0, other, clause.list, -1, "spread", origin.root, step, end)
            case.origin = origin
            block.enter(standing, case, provision.path)
