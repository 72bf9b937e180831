"""What firms count for residents at the end of each step: nothing else of them leaves their block."""

from __future__ import annotations

from collections.abc import Iterator

from glasshouse.conditions import Condition, TieAny, TieShare, terms
from glasshouse.reference.block import Block
from glasshouse.reference.conditions import Question
from glasshouse.reference.coupling import asked
from glasshouse.reference.people import FIRMS, RESIDENTS
from glasshouse.scenario import Scenario
from glasshouse.society.recipe import TieClause


def hand_on(block: Block, step: int) -> None:
    """Answers what residents ask, and tells the listings that may reach them."""
    for tie, condition, gate in dict.fromkeys(_questions(block.scenario)):
        there = [s for s in block.subjects if block.people.fulfils(s, tie.to_when, step)]
        for standing in block.standings:
            held = sum(Question(block, standing, s, step, gate=gate).holds(condition) for s in there)
            block.book.count(step, "coupling", asked(tie.id, condition, gate), standing.name, held)
    for name in dict.fromkeys(tie.id for tie, _, _ in _questions(block.scenario)):
        when = block.people.tie(name).to_when
        there = [s for s in block.subjects if block.people.fulfils(s, when, step)]
        block.book.count(step, "coupling", f"tie/{name}", "", len(there))
    _tell_cases(block, step)


def _tell_cases(block: Block, step: int) -> None:
    ties = {tie.id: tie for tie in block.scenario.recipe.ties}
    for policy in block.scenario.policies:
        for clause in policy.spread:
            tie = ties[clause.to]
            if clause.reading not in (None, block.scenario.reading) or not _between(tie, FIRMS, RESIDENTS):
                continue
            item = f"spread/{policy.name}/{clause.id}"
            there = {s for s in block.subjects if block.people.fulfils(s, tie.from_when, step)}
            block.book.count(step, "coupling", f"{item}/firms", "", len(there))
            for standing in block.standings:
                cases = [c for c in standing.all_open() if c.list == clause.from_list and c.subject in there]
                entered = [c for c in cases if c.step == step]
                new = [c for c in entered if c in standing.opened]
                for what, found in (("open", cases), ("entered", entered), ("new", new)):
                    block.book.count(step, "coupling", f"{item}/{what}", standing.name, len(found))


def _between(tie: TieClause, start: str, end: str) -> bool:
    return tie.within == "area" and (tie.from_population, tie.to_population) == (start, end)


def _questions(scenario: Scenario) -> Iterator[tuple[TieClause, Condition, bool]]:
    """What clauses about residents ask of firms at the other end of a tie."""
    ties = {tie.id: tie for tie in scenario.recipe.ties}
    for condition, gate in _conditions(scenario):
        for term in terms(condition) if condition is not None else ():
            if isinstance(term, TieAny | TieShare) and _between(ties[term.tie], RESIDENTS, FIRMS):
                yield ties[term.tie], term.condition, gate


def _conditions(scenario: Scenario) -> Iterator[tuple[Condition | None, bool]]:
    for policy in scenario.policies:
        for section in policy.SECTIONS.names:
            for clause in getattr(policy, section):
                if clause.reading in (None, scenario.reading) and RESIDENTS in clause.subjects:
                    for row in (clause, *getattr(clause, "tiers", ()), *getattr(clause, "cases", ())):
                        yield getattr(row, "when", None), section == "gates"
    for response in scenario.conduct.responses:
        if response.reading in (None, scenario.reading) and RESIDENTS in response.subjects:
            yield response.when, False
