"""M21: how far a listing travels: listings for a tie's listing, per listing from outside, and whether it would go on.

With spread clauses from list to list, the next-generation matrix holds for each list how many cases one case on it
makes on every other; its largest root is how many cases one case makes in the long run. Above 1 it would not die out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from glasshouse.errors import NotCounted
from glasshouse.measures.counted import Counted
from glasshouse.measures.figure import Measure, Measures

if TYPE_CHECKING:
    from glasshouse.runs import Run

Numbers = npt.NDArray[np.float64]
OUTSIDE = ("own", "mistaken", "unfounded", "tier")


def spectral_radius(matrix: Numbers) -> float:
    """The largest modulus of the eigenvalues of a next-generation matrix."""
    matrix = np.asarray(matrix, float)
    return float(np.abs(np.linalg.eigvals(matrix)).max()) if matrix.size else 0.0


def contagion(run: Run) -> Measures:
    """M21: new cases by spread per case from outside, by list; the spectral radius over all lists."""
    counted = Counted(run)
    spread = counted.of("entered", grounds=("spread",))
    outside = counted.of("entered", grounds=OUTSIDE)
    found = [counted.ratio(
        "M21", "cases by spread", spread, outside, "per case from outside",
        "Each case opened for what somebody did brings so many cases on people tied to them.",
    )]  # fmt: skip
    clauses = [(policy.name, clause) for policy in counted.scenario.policies for clause in policy.spread]
    into: dict[str, list[str]] = {}
    for _, clause in clauses:
        into.setdefault(clause.list, []).append(clause.from_list)
    for target, origins in into.items():
        made = counted.of("entered", item=target, grounds=("spread",))
        found.append(counted.ratio(
            "M21", "cases by spread", made, counted.of("entered", item=origins), "per case it can come from",
            "Each case that can spread to this list brings so many onto it.", item=target,
        ))  # fmt: skip
    found.append(_radius(counted, into))
    return counted.answer(
        "M21 Contagion", found, "Ties live inside a block: this measure is block-bound.",
        "A gate that only looks at a tie lists nobody; its refusals stand in the collateral measures.",
    )  # fmt: skip


def _radius(counted: Counted, into: dict[str, list[str]]) -> Measure:
    lists = sorted({*into, *(origin for origins in into.values() for origin in origins)})
    matrix = np.zeros((len(lists), len(lists)))
    for target, origins in into.items():
        if len(set(origins)) > 1:
            raise NotCounted(["spread_entered"], f"cases by spread clause, and several clauses lead onto {target}")
        made = counted.of("entered", item=target, grounds=("spread",)).value
        source = counted.of("entered", item=origins[0]).value
        matrix[lists.index(target), lists.index(origins[0])] = made / source if source else 0.0
    radius = spectral_radius(matrix)
    return Measure(
        "M21", "spectral radius", radius, "cases per case in the long run",
        "Below 1 a listing's spread dies out by itself; 0 where no chain leads back.",
        numerator=counted.of("entered", grounds=("spread",)).value, exposure=counted.of("entered").value,
    )  # fmt: skip
