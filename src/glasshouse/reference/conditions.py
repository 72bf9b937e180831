"""What conditions ask of a subject's ledger, and the ground and root of what follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from glasshouse.conditions import (
    Amount,
    Area,
    Attribute,
    Condition,
    Count,
    Listed,
    MonthsListed,
    Refused,
    Sanctioned,
    Score,
    Term,
    TieAny,
    Tier,
    TieShare,
    Watched,
    Window,
    Within,
)
from glasshouse.mechanisms.rule import Rule
from glasshouse.policy import Policy
from glasshouse.reference.block import Block
from glasshouse.reference.coupling import firms_met
from glasshouse.reference.draws import Identity
from glasshouse.reference.ledger import Award, Case, Record, Standing
from glasshouse.reference.logic import Answer, Grade, holds, true_terms


@dataclass(frozen=True, slots=True)
class Ground:
    """How something came to be charged to a subject, and from which event."""

    name: str
    root: Identity | None = None
    rating: str | None = None
    """The rating whose tier or score it was."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whom a clause asks about, as it stands in one ledger at one step."""

    block: Block
    standing: Standing
    subject: int
    step: int
    policy: Policy | None = None
    """Whose clause asks: its records are counted, and those of the policies it reads."""
    record: Record | None = None
    """The record that triggers: later ones of the step are not counted."""
    rating: str | None = None
    """The rating of the clause: records made while it did not hold the subject are not counted."""
    before_records: bool = False
    """What is given on enrolment comes before the step's records, which are not counted."""
    gate: bool = False
    """A gate does not see suspended cases."""

    def holds(self, condition: Condition | None) -> bool:
        """Whether the condition holds."""
        return holds(condition, self.ask)

    def ask(self, term: Term) -> Answer:
        """What a term is."""
        if isinstance(term, Attribute | Area | Within):
            return self.block.people.ask(self.subject, term, self.step)
        if isinstance(term, Listed | MonthsListed | Score | Tier):
            return self._believed(term)
        if isinstance(term, TieAny | TieShare) and (firms := self._met(term)) is not None:
            return firms > 0 if isinstance(term, TieAny) else firms
        if isinstance(term, TieAny):
            return any(self._about(other).holds(term.condition) for other in self._tied(term.tie))
        if isinstance(term, TieShare):
            return self._share(term)
        if isinstance(term, Count):
            return len(self.counted(term))
        if isinstance(term, Amount):
            return None if self.record is None or self.record.amount < 0 else self.record.amount
        return self._suffered(term)

    def _met(self, term: TieAny | TieShare) -> Fraction | None:
        return firms_met(self.block, self.standing, term, self.subject, self.step, self.gate)

    def _believed(self, term: Listed | MonthsListed | Score | Tier) -> Answer:
        if isinstance(term, Listed):
            return any(self._cases(path) for path in self._named(term))
        if isinstance(term, MonthsListed):
            return self._months_listed(term.list)
        score, tier = self._published(term.rating)
        return score if isinstance(term, Score) else tier

    def _suffered(self, term: Sanctioned | Refused | Watched) -> Answer:
        if isinstance(term, Sanctioned):
            return self._inside(self.block.sanctions[self.subject], term.window)
        if isinstance(term, Refused):
            steps = [step for service in term.services for step in self.block.refusals[self.subject, service]]
            return self._inside(steps, term.window)
        return watched(self.block, self.subject, term.kind, self.step)

    def ground(self, condition: Condition | None) -> Ground:
        """Ground and root of what follows from a condition that holds."""
        terms = list(true_terms(condition, self.ask))
        for term in terms:
            if isinstance(term, Listed | MonthsListed) and (case := self._oldest(term)) is not None:
                return Ground(case.ground, case.root)
        for term in terms:
            if isinstance(term, Tier | Score):
                return Ground("tier", self._youngest_root(term.rating), term.rating)
        for term in terms:
            if isinstance(term, TieAny | TieShare):
                return Ground("spread", self._tied_root(term))
        for term in terms:
            if isinstance(term, Count) and (records := self.counted(term)):
                return Ground(records[-1].ground, records[-1].root)
        return Ground("own")

    # --- records ---------------------------------------------------------------------------------------------------

    def counted(self, term: Count) -> list[Record]:
        """The records that a count counts, oldest first."""
        if self.policy is None:
            return []
        first = self._first_step(term.window)
        found: list[Record] = []
        for record in reversed(self.standing.records[self.subject]):
            if record.step < first:
                break
            if self._counts(record, term.kinds):
                found.append(record)
        return found[::-1]

    def _counts(self, record: Record, kinds: tuple[str, ...]) -> bool:
        assert self.policy is not None
        if record.kind not in kinds or not self.block.law.sees(self.policy, record.author):
            return False
        if self.rating is not None and self.rating not in record.held:
            return False
        if self.before_records and record.step == self.step:
            return False
        mark = self.record
        return mark is None or record.step < mark.step or record.sequence <= mark.sequence

    def _first_step(self, window: Window) -> int:
        return self.step - self.block.calendar.window(window.number, window.unit) + 1

    def _inside(self, steps: Iterable[int], window: Window) -> int:
        first = self._first_step(window)
        return sum(first <= step <= self.step for step in steps)

    # --- scores and listings ---------------------------------------------------------------------------------------

    def _published(self, rating: str) -> tuple[int | None, Grade | None]:
        if rating not in self.block.law.ratings or not self.block.is_held(self.subject, rating, self.step):
            return None, None
        published = self.standing.published.get((self.subject, rating))
        if published is None:
            return None, None
        score, tier = published
        rows = self.block.law.ratings[rating].clause.tiers
        ranks = {row.tier: len(rows) - place for place, row in enumerate(rows)}
        return score, Grade(tier, ranks) if tier else None

    def _named(self, term: Listed) -> Iterable[str]:
        return term.lists or self.block.law.lists

    def _cases(self, path: str) -> list[Case]:
        cases = self.standing.seen_cases(self.subject, path)
        return [case for case in cases if not case.suspended] if self.gate else cases

    def _months_listed(self, path: str) -> int:
        since = self.standing.seen_since(self.subject, path)
        if since is None or not self._cases(path):
            return 0
        return self.block.calendar.months(self.step - since)

    def _oldest(self, term: Listed | MonthsListed) -> Case | None:
        for path in self._named(term) if isinstance(term, Listed) else (term.list,):
            if cases := self._cases(path):
                return cases[0]
        return None

    def _youngest_root(self, rating: str) -> Identity | None:
        against = [
            award
            for award in self.standing.live(self.subject, rating)
            if is_against(award, self.block.law.ratings[rating].clause.polarity)
        ]
        return against[-1].root if against else None

    # --- ties ------------------------------------------------------------------------------------------------------

    def _tied(self, tie: str) -> list[int]:
        return self.block.people.tied(tie, self.subject, self.step)

    def _about(self, other: int) -> Question:
        return Question(self.block, self.standing, other, self.step, self.policy, rating=self.rating, gate=self.gate)

    def _share(self, term: TieShare) -> Fraction:
        tied = self._tied(term.tie)
        if not tied:
            return Fraction(0)
        return Fraction(sum(self._about(other).holds(term.condition) for other in tied), len(tied))

    def _tied_root(self, term: TieAny | TieShare) -> Identity | None:
        for other in self._tied(term.tie):
            question = self._about(other)
            if question.holds(term.condition):
                return question.ground(term.condition).root
        return None


def is_against(award: Award, polarity: str) -> bool:
    """Whether an award tells against its subject."""
    return award.amount > 0 if polarity == "demerit" else award.amount < 0


def takes_points(block: Block, rule: Rule, step: int) -> bool:
    """Whether a rule can give points against its subject."""
    if rule.becomes is not None:
        return True
    values = [rule.points] if rule.points is not None else list(rule.discretion or ())
    amounts = [block.calendar.whole(value, step) for value in values]
    if block.law.ratings[rule.rating].clause.polarity == "demerit":
        return max(amounts) > 0
    return min(amounts) < 0


def watched(block: Block, subject: int, kind: str, step: int) -> bool:
    """Whether a rule takes points from the subject for a kind, or a list has a row on it, where the subject lives."""
    for rule in block.law.rules:
        clause = rule.clause
        if kind in clause.on and step in rule.steps and block.is_held(subject, clause.rating, step):
            if takes_points(block, clause, step):
                return True
    return any(
        step in entry.steps and any(kind in row.on for row in entry.clause.enter) for entry in block.law.lists.values()
    )
