"""What firms hand on to residents: monthly counts by area, made before any resident is simulated.

A resident is tied to firms of its area by rates, never to one firm by name: who works for a listed firm, or stands for
one, is drawn against the share of listed firms in the area and month. The firms of a run are simulated first; what
residents' clauses ask about them is counted month by month in fact and in truth, and nothing else leaves them. Nothing
goes the other way.

An *item* is ``tie/TIE`` (the firms a tie may lead to), ``tie/TIE/asked/CONDITION`` (those of them of whom a condition
holds; ``gate`` for the conditions of gates, which look past suspended cases), or ``spread/POLICY/CLAUSE/...`` with
``firms``, ``new`` (cases opened in the step on the list it starts from, those that came by a spread left out),
``entered`` (all of them) and ``open`` (at the end of the step).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from glasshouse.conditions import And, Condition, Not, Or, TieAny, TieShare, to_text

if TYPE_CHECKING:
    from glasshouse.mechanisms.spread import Spread
    from glasshouse.policy import Policy
    from glasshouse.scenario import Scenario
    from glasshouse.society.recipe import TieClause

STANDINGS: Final = ("fact", "truth")
Series = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Question:
    """What a clause about residents asks of the firms at the other end of a tie."""

    tie: str
    condition: Condition | None
    """None: only how many firms there are."""
    gate: bool

    @property
    def text(self) -> str:
        """The condition in words, by which its draws are addressed."""
        return "" if self.condition is None else to_text(self.condition)

    @property
    def item(self) -> str:
        """The name of its counts."""
        if self.condition is None:
            return f"tie/{self.tie}"
        return f"tie/{self.tie}/{'gate' if self.gate else 'asked'}/{self.text}"


@dataclass(frozen=True)
class Coupling:
    """Counts of firms by area, step of the run and item: the only thing the residents' pass knows of firms."""

    first_step: int
    steps: int
    counts: Mapping[tuple[str, str, str], Series]
    """(area, item, standing or "") -> a number for each step of the run; what is missing is 0 throughout."""

    def of(self, area: str, item: str, standing: str = "") -> Series:
        """The numbers of an item in an area."""
        found = self.counts.get((area, item, standing))
        return np.zeros(self.steps, np.int64) if found is None else found

    def written(self) -> str:
        """The coupling as a text, to be sent along with a job."""
        rows = [[*key, numbers.tolist()] for key, numbers in sorted(self.counts.items())]
        return json.dumps([self.first_step, self.steps, rows])

    @classmethod
    def read(cls, text: str) -> Coupling:
        """A coupling from such a text."""
        first_step, steps, rows = json.loads(text)
        counts = {(area, item, standing): np.array(row, np.int64) for area, item, standing, row in rows}
        return cls(first_step, steps, counts)


def leads_to_firms(tie: TieClause) -> bool:
    """Whether a tie leads from residents to firms of their area."""
    return tie.within == "area" and (tie.from_population, tie.to_population) == ("residents", "firms")


def leads_to_residents(tie: TieClause) -> bool:
    """Whether a tie leads from firms to residents of their area."""
    return tie.within == "area" and (tie.from_population, tie.to_population) == ("firms", "residents")


def _stands(clause: Any, reading: str, population: str) -> bool:
    return clause.reading in (None, reading) and population in clause.subjects


def _conditions(scenario: Scenario) -> Iterator[tuple[Condition | None, bool]]:
    """Every condition that may ask a resident's ties, and whether it is a gate's."""
    reading = scenario.reading
    for policy in scenario.policies:
        for section in ("rules", "spread", "gates", "remedies"):
            for clause in getattr(policy, section):
                if _stands(clause, reading, "residents"):
                    yield clause.when, section == "gates"
        for rating in policy.ratings:
            if _stands(rating, reading, "residents"):
                yield from ((row.when, False) for row in rating.tiers)
        for indicator in policy.indicators:
            if _stands(indicator, reading, "residents"):
                yield from ((row.when, False) for row in indicator.cases)
    for response in scenario.conduct.responses:
        if _stands(response, reading, "residents"):
            yield response.when, False


def _tie_terms(condition: Condition | None) -> Iterator[TieAny | TieShare]:
    match condition:
        case None:
            return
        case Not(part):
            yield from _tie_terms(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _tie_terms(part)
        case _:
            if isinstance(condition.term, TieAny | TieShare):
                yield condition.term


def questions(scenario: Scenario) -> tuple[Question, ...]:
    """What clauses about residents ask of firms, each question once, in the order written."""
    far = {tie.id for tie in scenario.recipe.ties if leads_to_firms(tie)}
    asked = [
        Question(term.tie, term.condition, gate)
        for condition, gate in _conditions(scenario)
        for term in _tie_terms(condition)
        if term.tie in far
    ]
    return tuple(dict.fromkeys(asked))


def arrivals(scenario: Scenario) -> tuple[tuple[Policy, Spread], ...]:
    """The spread clauses that lead from listings of firms to residents, in scenario and document order."""
    far = {tie.id for tie in scenario.recipe.ties if leads_to_residents(tie)}
    return tuple(
        (policy, clause)
        for policy in scenario.policies
        for clause in policy.spread
        if clause.to in far and clause.reading in (None, scenario.reading)
    )


def items(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """Every (item, standing) that the firms of a scenario count, in order."""
    asked = questions(scenario)
    found = [(f"tie/{tie}", "") for tie in dict.fromkeys(question.tie for question in asked)]
    found += [(question.item, standing) for question in asked for standing in STANDINGS]
    for policy, clause in arrivals(scenario):
        path = f"spread/{policy.name}/{clause.id}"
        found.append((f"{path}/firms", ""))
        found += [(f"{path}/{what}", standing) for what in ("new", "entered", "open") for standing in STANDINGS]
    return tuple(found)
