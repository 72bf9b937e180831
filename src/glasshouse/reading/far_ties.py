"""Remarks on ties between residents and firms: they are rates of an area, and nothing leads from residents to firms.

A document may say more than a run can know. What it says of such ties without effect is remarked where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from glasshouse.conditions import Condition, TieAny, TieName, TieShare
from glasshouse.reading.checks import Reading, Sections, own_terms
from glasshouse.reading.margin import Spot

UNKNOWN: Final = "firms are simulated first and know no residents"


def remark_far_ties(read: Reading, sections: Sections) -> None:
    """Remarks all that is said along a tie to the other population and comes to nothing."""
    for section, clauses in sections.items():
        for clause in clauses:
            for field, told in _in_vain(read.scope.names.ties, clause):
                written = read.clause(section, clause.id)
                Spot(read.margin, clause.id, field).remark(written.get(field) or written, told)


def _in_vain(ties: Any, clause: Any) -> Iterator[tuple[str, str]]:
    """Fields of a clause that come to nothing, or to more than meant, each with what is to be said of it."""
    for field, condition in _conditions(clause):
        for term in own_terms(condition):
            if isinstance(term, TieAny | TieShare) and _leads(ties.get(term.tie), "firms", "residents"):
                yield field, f"`{term.tie}` leads from firms to residents: {UNKNOWN}, so it never holds"
    reached = ties.get(getattr(clause, "to", None))
    if _leads(reached, "residents", "firms"):
        yield "to", f"`{clause.to}` leads from residents to firms: {UNKNOWN}, so it reaches nobody"
    if _leads(reached, "firms", "residents") and not reached.narrowed:
        yield "to", f"`{clause.to}` has no `to_when`: every resident stands for a firm"
    reporter = ties.get(getattr(clause, "tie", None))
    if reporter is not None and reporter.from_population != reporter.to_population:
        yield "tie", f"`{clause.tie}` leads to the other population: nobody reports along it"
    mean = getattr(clause, "tie_mean", None)
    if mean is not None and mean.tie in ties and ties[mean.tie].from_population != ties[mean.tie].to_population:
        yield "tie_mean", f"`{mean.tie}` leads to the other population and brings no scores: `otherwise` counts"


def _leads(tie: TieName | None, start: str, end: str) -> bool:
    return tie is not None and (tie.from_population, tie.to_population) == (start, end)


def _conditions(clause: Any) -> Iterator[tuple[str, Condition | None]]:
    yield "when", getattr(clause, "when", None)
    for field in ("tiers", "cases", "enter"):
        rows = getattr(clause, field, ())
        for row in rows if isinstance(rows, tuple) else ():
            yield field, row.when
