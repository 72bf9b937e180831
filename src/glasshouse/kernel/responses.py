"""Stage 9: sanctions change what people do and ask for in the next step, where a clause says so."""

from __future__ import annotations

from typing import Any

from glasshouse.draws import part
from glasshouse.kernel import state as x
from glasshouse.kernel.ask import holds
from glasshouse.kernel.basics import ALONE, note, whole
from glasshouse.kernel.state import SUBJECTS
from glasshouse.tables import layout as at


@part
def forget(X: Any) -> None:
    """All factors are 1 again."""
    for k in range(X.n_touched):
        place = X.touched[k]
        X.factor[place // SUBJECTS, place % SUBJECTS] = ALONE
    X.n_touched = 0


@part
def answer(T: Any, X: Any, response: Any, s: Any) -> None:
    """One response of one subject."""
    row = T.responses[response]
    factor = whole(T, X, row.factor, X.t, s)
    for k in range(row.n_targets):
        target = T.I[row.first_target + k]
        now = X.factor[target, s]
        if now == ALONE:
            X.touched[X.n_touched] = target * SUBJECTS + s
            X.n_touched += 1
        X.factor[target, s] = (now * factor) // 65536


@part
def responses(T: Any, X: Any) -> None:
    """The stage."""
    forget(X)
    for response in range(T.n_responses):
        row = T.responses[response]
        if not X.active[row.clause]:
            continue
        if row.reach == at.NEEDS_SANCTION and X.n_sanctions == 0:
            continue
        for s in range(X.n):
            if X.gone[s] or (row.own and X.sanction_first[s] < 0):
                continue
            if holds(T, X, row.condition, s, 0):
                answer(T, X, response, s)
    if X.noting:
        for target in range(at.TARGETS):
            for s in range(X.n):
                if X.factor[target, s] != ALONE:
                    note(X, x.J_RESPONSES, s, target, X.factor[target, s])
