"""What firms hand on to residents: counted at the end of each step, and nothing else leaves them."""

from __future__ import annotations

from typing import Any

from glasshouse.draws import part
from glasshouse.kernel.ask import holds_simply, standings
from glasshouse.kernel.basics import count


@part
def answer_questions(T: Any, X: Any, M: Any) -> None:
    """Of how many firms each question of residents holds, in fact and in truth."""
    for q in range(T.n_questions):
        row = T.questions[q]
        X.gate_view = row.gate
        for s in range(X.n):
            if X.gone[s] or not holds_simply(T, X, row.narrow, s, 0):
                continue
            if row.bare:
                count(T, X, M, row.counter, s, 1)
                continue
            bits = standings(T, X, row.condition, s, 3)
            for st in range(2):
                if (bits >> st) & 1:
                    count(T, X, M, row.counter + st, s, 1)
    X.gate_view = 0


@part
def tell_cases(T: Any, X: Any, M: Any) -> None:
    """Firms, cases that came onto a list in this step (those of stage 5 apart) and open ones, for each spread."""
    for k in range(T.n_arrivals):
        row = T.arrivals[k]
        for s in range(X.n):
            if X.gone[s] or not holds_simply(T, X, row.narrow, s, 0):
                continue
            count(T, X, M, row.counter, s, 1)
            if row.from_list >= 0:
                for st in range(2):
                    count(T, X, M, row.counter + 5 + st, s, X.open_count[st * X.split, row.from_list, s])
        for j in range(X.n_opened):
            opened = X.opened[j]
            if opened.list != row.from_list or not holds_simply(T, X, row.narrow, opened.subject, 0):
                continue
            case = X.cases[opened.case]
            bits = case.mask
            if case.twin >= 0:  # parted since it was opened
                bits |= X.cases[case.twin].mask
            for st in range(2):
                if (bits >> st) & 1:
                    count(T, X, M, row.counter + 3 + st, opened.subject, 1)
                    if j < X.n_entered:
                        count(T, X, M, row.counter + 1 + st, opened.subject, 1)


@part
def hand_on(T: Any, X: Any, M: Any) -> None:
    """All that residents will know of the firms of this block in this step."""
    if T.n_questions:
        answer_questions(T, X, M)
    if T.n_arrivals and T.n_lists:
        tell_cases(T, X, M)
