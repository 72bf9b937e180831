"""The order in which lists are gone through: each after those that its entries ask."""

from __future__ import annotations

from collections.abc import Sequence

from glasshouse.conditions import And, Condition, Listed, MonthsListed, Not, Or
from glasshouse.errors import RunFailed
from glasshouse.mechanisms.listing import NamedList
from glasshouse.policy import Policy


def order_of_lists(found: Sequence[tuple[Policy, NamedList]], numbers: dict[str, int]) -> list[int]:
    """Lists after all lists that their entries ask; else scenario and document order."""

    def asks(condition: Condition | None) -> set[int]:
        match condition:
            case Not(part):
                return asks(part)
            case And(parts) | Or(parts):
                return set().union(*(asks(part) for part in parts))
            case None:
                return set()
        term = condition.term
        if isinstance(term, Listed):
            return {numbers[name] for name in term.lists if name in numbers}
        return {numbers[term.list]} if isinstance(term, MonthsListed) and term.list in numbers else set()

    needs = [set().union(*(asks(row.when) for row in named.enter)) for _, named in found]
    done: list[int] = []
    while len(done) < len(found):
        ready = next((n for n in range(len(found)) if n not in done and needs[n] <= set(done)), None)
        if ready is None:
            raise RunFailed("lists lead to each other in a circle")
        done.append(ready)
    return done
