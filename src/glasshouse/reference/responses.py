"""Stage 9: how sanctions change conduct in the next step."""

from __future__ import annotations

from glasshouse.reference.block import Block
from glasshouse.reference.conditions import Question
from glasshouse.reference.draws import nearest
from glasshouse.reference.rates import ONE


def respond(block: Block, step: int) -> None:
    """The factors of the next step, from this step's state in fact."""
    factors: dict[tuple[int, str], int] = {}
    in_force = [response for response in block.law.responses if block.law.conduct_in_force(response, step)]
    for subject in block.subjects:
        question = Question(block, block.fact, subject, step)
        for response in in_force:
            if question.holds(response.when):
                multiplier = nearest(block.calendar.number(response.factor, step) * ONE)
                for name in response.changes:
                    if name not in block.law.events and name not in block.law.services:
                        continue
                    factors[subject, name] = factors.get((subject, name), ONE) * multiplier // ONE
    block.factors = {key: factor for key, factor in factors.items() if factor != ONE}
    for (subject, name), factor in block.factors.items():
        block.book.write("responses", step, block.number, subject, name, factor)
