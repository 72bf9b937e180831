"""What residents know of the firms of their area: shares, by which a tie to a firm holds or does not."""

from __future__ import annotations

from fractions import Fraction

from glasshouse.conditions import Condition, TieAny, TieShare, to_text
from glasshouse.reference.block import Block
from glasshouse.reference.draws import choose_wide
from glasshouse.reference.ledger import Standing

STANDINGS = ("fact", "truth")


def asked(tie: str, condition: Condition, gate: bool) -> str:
    """The name under which firms count those of whom a condition holds."""
    return f"tie/{tie}/{'gate' if gate else 'asked'}/{to_text(condition)}"


def firms_count(block: Block, step: int, item: str, standing: str = "") -> int:
    """A count of the firms of the block's area in a step; 0 where no firms were simulated."""
    if block.coupling is None:
        return 0
    return int(block.coupling.of(block.people.leaf.place, item, standing)[step - block.coupling.first_step])


def firms_met(
    block: Block, standing: Standing, term: TieAny | TieShare, subject: int, step: int, gate: bool
) -> Fraction | None:
    """The share of the firms a resident is tied to of whom a condition holds; None for ties that lead elsewhere."""
    number = block.people.firms_tied(term.tie, subject, step)
    if number is None:
        return None
    there = firms_count(block, step, f"tie/{term.tie}")
    if not number or not there:
        return Fraction(0)
    holding = firms_count(block, step, asked(term.tie, term.condition, gate), standing.name)
    purpose = f"society/tie/{term.tie}/{to_text(term.condition)}"
    met = 0
    for one in range(number):
        word = block.luck.draw("society", purpose, subject, 0, 1 + one).u
        met += choose_wide(word, there) < holding
    return Fraction(met, number)
