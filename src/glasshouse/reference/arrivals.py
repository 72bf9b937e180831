"""Listings that reach residents from firms of their area, by the month's rate, and end at the rate theirs end."""

from __future__ import annotations

from glasshouse.mechanisms.spread import Spread
from glasshouse.reference.block import Block
from glasshouse.reference.conditions import Question
from glasshouse.reference.coupling import firms_count
from glasshouse.reference.draws import choose_wide, threshold, trace, under
from glasshouse.reference.law import Provision
from glasshouse.reference.ledger import AS_SOURCE, NO_END, WHILE, Case, Standing
from glasshouse.reference.people import RESIDENTS
from glasshouse.values import Value


def end_of_term(block: Block, term: Value, step: int) -> int:
    """When a case opened now ends by its term: a step, or NO_END, WHILE, AS_SOURCE."""
    unit = block.calendar.entry(term, step).unit
    special = {"none": NO_END, "while": WHILE, "as_source": AS_SOURCE}
    return special[unit] if unit in special else step + block.calendar.duration(term, step, 1)


def arrive(block: Block, standing: Standing, step: int) -> None:
    """Stage 6, after all other spreads: the firms that came onto a list in this step reach whoever is tied to them."""
    if block.population != RESIDENTS or block.coupling is None:
        return
    for provision in block.law.arrivals:
        clause = provision.clause
        there = block.law.lists.get(clause.list)
        if step in provision.steps and there is not None and step in there.steps:
            for subject in block.subjects:
                _reach(block, standing, provision, subject, step)


def _reach(block: Block, standing: Standing, provision: Provision[Spread], subject: int, step: int) -> None:
    clause, path = provision.clause, provision.path
    if not block.people.fulfils(subject, block.people.tie(clause.to).to_when, step):
        return
    words = block.luck.draw("process", f"spread/{path}", subject, step)
    firms = firms_count(block, step, f"spread/{path}/firms")
    if choose_wide(words.u, firms) >= firms_count(block, step, f"spread/{path}/new", standing.name):
        return
    if not Question(block, standing, subject, step, provision.policy).holds(clause.when):
        return
    if under(words.v, threshold(block.calendar.number(clause.chance, step))):
        case = Case(0, subject, clause.list, -1, "spread", None, step, end_of_term(block, clause.term, step))
        case.arrival = path
        block.enter(standing, case, path)


def end_with_firms(block: Block, standing: Standing, step: int) -> None:
    """Stage 1: listings that came from firms and last as long as theirs."""
    for case in standing.all_open():
        if case.end != AS_SOURCE or case.arrival is None:
            continue
        item = f"spread/{case.arrival}"
        before = firms_count(block, step - 1, f"{item}/open", standing.name) if step > block.run[0] else 0
        entered = firms_count(block, step, f"{item}/entered", standing.name)
        left = before + entered - firms_count(block, step, f"{item}/open", standing.name)
        word = block.luck.draw(
            "process", f"spread-end/{case.arrival}", case.subject, step, trace(case.root, case.step)
        ).u
        if before == 0 or choose_wide(word, before) < left:
            block.end(standing, case, "origin ended", step)
