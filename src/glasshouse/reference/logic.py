"""How a condition is weighed: comparisons and connectives, whoever answers what its terms ask."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from glasshouse.conditions import And, Compare, Condition, Holds, IsIn, Not, Or, Term

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grade:
    """One of named levels; `ranks` says which are greater."""

    name: str
    ranks: dict[str, int]


Answer: TypeAlias = bool | int | Fraction | Grade | None
"""What a term is for a subject; None: it has no value, and every comparison with it is false."""

Ask: TypeAlias = Callable[[Term], Answer]


def compare(answer: Answer, op: str, constant: Decimal | str) -> bool:
    """``answer OP constant``."""
    if answer is None:
        return False
    if isinstance(answer, Grade):
        if not isinstance(constant, str) or constant not in answer.ranks:
            return op == "!="
        return OPERATORS[op](answer.ranks[answer.name], answer.ranks[constant])
    if isinstance(answer, bool):
        return OPERATORS[op]("true" if answer else "false", str(constant))
    if isinstance(answer, Fraction):
        return OPERATORS[op](answer, Fraction(constant))
    return OPERATORS[op](answer, Decimal(constant))


def holds(condition: Condition | None, ask: Ask) -> bool:
    """Whether a condition holds; no condition always does."""
    if condition is None:
        return True
    if isinstance(condition, Compare):
        return compare(ask(condition.term), condition.op, condition.constant)
    if isinstance(condition, Holds):
        return ask(condition.term) is True
    if isinstance(condition, And):
        return all(holds(part, ask) for part in condition.parts)
    if isinstance(condition, Or):
        return any(holds(part, ask) for part in condition.parts)
    if isinstance(condition, Not):
        return not holds(condition.part, ask)
    answer = ask(condition.term)
    return any(compare(answer, "==", constant) for constant in condition.constants)


def true_terms(condition: Condition | None, ask: Ask) -> Iterator[Term]:
    """The terms that are true and not under ``not``, in the order written."""
    if isinstance(condition, And | Or):
        for part in condition.parts:
            yield from true_terms(part, ask)
    elif isinstance(condition, Compare | IsIn | Holds) and holds(condition, ask):
        yield condition.term
