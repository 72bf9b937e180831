"""Stage 1: ends of clauses, remedies, terms and lapses."""

from __future__ import annotations

from glasshouse.mechanisms.remedy import Remedy
from glasshouse.reference.arrivals import end_with_firms
from glasshouse.reference.block import Block
from glasshouse.reference.conditions import Question, is_against
from glasshouse.reference.draws import trace
from glasshouse.reference.law import Provision
from glasshouse.reference.ledger import AS_SOURCE, Award, Case, Pending, Standing, root_text
from glasshouse.reference.scores import clipped_score


def remedy(block: Block, step: int) -> None:
    """The stage, for one standing after the other."""
    for standing in block.standings:
        standing.freeze(block.subjects)
        _repeal(block, standing, step)
        for subject in block.subjects:
            for path in block.law.lists:
                for case in list(standing.open_cases(subject, path)):
                    _Matter(block, standing, subject, step, case, None).go()
            for path in block.law.ratings:
                for award in standing.live(subject, path):
                    if award.live:
                        _Matter(block, standing, subject, step, None, award).go()
        _end_with_origin(block, standing, step)
        standing.thaw()


def _repeal(block: Block, standing: Standing, step: int) -> None:
    """Listings end with their list, and those on a tier with their rating."""
    for case in standing.all_open():
        rating = case.rating if case.ground == "tier" else None
        gone = rating is not None and step not in block.law.ratings[rating].steps
        if gone or step not in block.law.lists[case.list].steps:
            block.end(standing, case, "repeal", step)


def _end_with_origin(block: Block, standing: Standing, step: int) -> None:
    """Cases that last as long as another one end when it has ended, until nothing changes."""
    end_with_firms(block, standing, step)
    while True:
        orphans = [
            case
            for case in standing.all_open()
            if case.end == AS_SOURCE and case.origin is not None and not case.origin.open
        ]
        if not orphans:
            return
        for case in orphans:
            block.end(standing, case, "origin ended", step)


class _Matter:
    """A case or an award before its remedies in a step."""

    def __init__(
        self, block: Block, standing: Standing, subject: int, step: int, case: Case | None, award: Award | None
    ) -> None:
        self.block = block
        self.standing = standing
        self.subject = subject
        self.step = step
        self.case = case
        self.award = award
        thing = case if case is not None else award
        assert thing is not None
        self.thing: Case | Award = thing

    def go(self) -> None:
        """What is due takes effect; else, where nothing is pending, somebody may ask."""
        failed = self._take_effect()
        if self._over:
            return
        if self.thing.end == self.step:
            self._finish("term", "")
        elif self.thing.pending is None and not failed:
            self._ask()

    @property
    def _over(self) -> bool:
        return not (self.case.open if self.case is not None else self.award is not None and self.award.live)

    # --- what is pending -------------------------------------------------------------------------------------------

    def _provision(self, path: str) -> Provision[Remedy]:
        return next(p for p in self.block.law.remedies if p.path == path)

    def _take_effect(self) -> bool:
        """Decisions and removals due now; whether a decision failed."""
        pending = self.thing.pending
        if pending is None:
            return False
        provision = self._provision(pending.remedy)
        if self.step not in provision.steps:
            self.thing.pending = None
            return False
        if not pending.granted and pending.decision == self.step:
            if not self._succeeds(provision, pending):
                self.thing.pending = None
                return True
            pending.granted = True
        if pending.granted and pending.removal == self.step:
            self._remove(provision)
        return False

    def _succeeds(self, provision: Provision[Remedy], pending: Pending) -> bool:
        clause = provision.clause
        chance = self.block.rates.by_ground(
            clause.success, clause.factors, "success", self.thing.ground, self.subject, self.step
        )
        purpose = f"decision/{provision.path}"
        return self.block.luck.succeeds(chance, "process", purpose, self.subject, pending.asked, self._trace)

    @property
    def _trace(self) -> int:
        return trace(self.thing.root, self.thing.step)

    # --- asking ----------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Repair clauses, then appeal clauses, until one asks."""
        for provision in self._remedies():
            if self._may_ask(provision) and self._asks(provision):
                self._asked(provision)
                return

    def _remedies(self) -> list[Provision[Remedy]]:
        law = self.block.law
        if self.case is not None:
            return law.remedies_of_list(self.case.list)
        assert self.award is not None
        if not is_against(self.award, law.ratings[self.award.rating].clause.polarity):
            return []
        return law.remedies_of_rating(self.award.rating)

    def _may_ask(self, provision: Provision[Remedy]) -> bool:
        clause, calendar = provision.clause, self.block.calendar
        age = self.step - self.thing.step
        if self.step not in provision.steps or age < 1 or age < calendar.duration(clause.after, self.step):
            return False
        if clause.until is not None and age >= calendar.duration(clause.until, self.step, 1):
            return False
        if clause.kind == "appeal" and not self._may_appeal(provision):
            return False
        question = Question(self.block, self.standing, self.subject, self.step, provision.policy)
        return question.holds(clause.when)

    def _may_appeal(self, provision: Provision[Remedy]) -> bool:
        if self.thing.appeals.get(provision.path, 0) >= provision.clause.appeals:
            return False
        return self.case is None or self.block.law.lists[self.case.list].clause.notice != "none"

    def _asks(self, provision: Provision[Remedy]) -> bool:
        clause = provision.clause
        chance = self.block.rates.hazard_chance(clause.rate, clause.factors, "rate", self.subject, self.step)
        return self.block.luck.succeeds(
            chance, "process", f"remedy/{provision.path}", self.subject, self.step, self._trace
        )

    def _asked(self, provision: Provision[Remedy]) -> None:
        clause, calendar = provision.clause, self.block.calendar
        decision = self.step + calendar.duration(clause.decision, self.step)
        removal = decision + calendar.duration(clause.delay, self.step)
        self.thing.appeals[provision.path] = self.thing.appeals.get(provision.path, 0) + 1
        self.thing.pending = Pending(provision.path, self.step, decision, removal, False, clause.suspends)
        if self.case is not None:
            self.block.log_case(self.standing, self.step, self.case, "asked", provision.path)
        elif self.award is not None:
            log_award(self.block, self.standing, self.subject, self.award, self.step, "asked", provision.path)
        self._take_effect()

    # --- ends ------------------------------------------------------------------------------------------------------

    def _remove(self, provision: Provision[Remedy]) -> None:
        self._finish(provision.clause.kind, provision.path)
        if self.case is None or self.case.root is None:
            return
        for path in self.block.law.ratings:
            if path in provision.clause.ratings:
                for award in self.standing.live(self.subject, path):
                    if award.root == self.case.root:
                        self._take_back(award, "reversed", provision.path)

    def _finish(self, ending: str, clause: str) -> None:
        self.thing.pending = None
        if self.case is not None:
            self.block.end(self.standing, self.case, ending, self.step, clause)
        elif self.award is not None:
            self._take_back(self.award, "lapsed" if ending == "term" else "reversed", clause)

    def _take_back(self, award: Award, what: str, clause: str) -> None:
        award.live = False
        award.pending = None
        log_award(self.block, self.standing, self.subject, award, self.step, what, clause)


def log_award(
    block: Block, standing: Standing, subject: int, award: Award, step: int, what: str, clause: str = ""
) -> None:
    """Writes what became of an award."""
    rating = block.law.ratings[award.rating].clause
    block.book.write(
        "points", step, block.number, subject, standing.name, award.rating, award.number, what, award.rule, clause,
        award.amount, award.ground, root_text(award.root), award.end, standing.live_sum(subject, award.rating),
        clipped_score(block, standing, subject, rating, award.rating, step),
    )  # fmt: skip
