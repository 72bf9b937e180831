"""Listings that reach residents from firms (in stage 6), and end when such listings of firms do (in stage 1)."""

from __future__ import annotations

from typing import Any

from glasshouse.draws import both64, part, succeeds
from glasshouse.kernel.ask import holds_simply, standings
from glasshouse.kernel.basics import NO_ROOT, whole, word
from glasshouse.kernel.cases import end_case, open_case
from glasshouse.kernel.coupling import arriving, drawn_standings, gone_with_firms
from glasshouse.tables import layout as at


@part
def arrive(T: Any, X: Any, M: Any) -> None:
    """Each resident with the tie meets the firms that came onto a list in this step, clause by clause."""
    for k in range(T.n_arrivals):
        row = T.arrivals[k]
        if row.first < 0 or not X.active[row.clause] or not X.active[T.lists[row.list].clause]:
            continue
        if arriving(T, X, k, 1) == 0 and arriving(T, X, k, 2) == 0:
            continue
        for s in range(X.n):
            if not holds_simply(T, X, row.narrow, s, 0):
                continue
            u, v = both64(row.key, X.block, s, X.t, 0)
            bits = drawn_standings(T, X, k, u)
            if bits == 0:
                continue
            bits = standings(T, X, row.condition, s, bits)
            if bits and succeeds(v, word(T, X, row.chance, X.t, s)):
                term = whole(T, X, row.term, X.t, s)
                open_case(T, X, M, s, row.list, -1, row.number, at.SPREAD, NO_ROOT, term, bits, -1, -2 - k)


@part
def depart(T: Any, X: Any, M: Any) -> None:
    """Listings that came from firms and last as long as theirs end at the rate at which theirs end."""
    for s in range(X.n):
        slot = X.case_first[s]
        while slot >= 0:
            row = X.cases[slot]
            after = row.next
            if row.term == at.AS_SOURCE and row.origin_subject < 0:
                gone = gone_with_firms(T, X, row.origin, s, row.trace, row.mask)
                if gone:
                    end_case(T, X, M, slot, gone, at.ORIGIN, -1)
            slot = after
