"""Residents and the firms of their area: ties by the share of firms, listings that come from firms and go with them."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import part, succeeds, uniform64
from glasshouse.kernel.basics import one_of

ASKED = 3
"""Numbers of a question for each leaf and step: firms, those of whom it holds in fact and in truth."""
ARRIVING = 7
"""Numbers of a spread from firms: firms, new, left and formerly open cases in fact and in truth."""


@part
def firms_tied(T: Any, X: Any, tie: Any, s: Any) -> Any:
    """The number of firms a resident is tied to."""
    row = T.ties[tie]
    number = np.int64(row.least)
    if row.more != np.uint64(0) and succeeds(uniform64(row.key, X.block, s, 0, 0), row.more):
        number += 1
    return number


@part
def firms_there(T: Any, X: Any, question: Any) -> Any:
    """The firms of the area that a tie may lead to in this step."""
    if question < 0 or T.questions[question].first < 0:
        return np.int64(0)
    return np.int64(T.I[T.questions[question].first + (X.leaf * T.steps + X.t) * ASKED])


@part
def firms_met(T: Any, X: Any, question: Any, number: Any, s: Any, st: Any) -> Any:
    """Of so many firms a resident is tied to, those of whom a question holds in a standing."""
    firms = firms_there(T, X, question)
    if firms == 0:
        return np.int64(0)
    row = T.questions[question]
    holds = T.I[row.first + (X.leaf * T.steps + X.t) * ASKED + 1 + st]
    met = np.int64(0)
    if holds > 0:
        for j in range(number):
            if one_of(uniform64(row.key, X.block, s, 0, 1 + j), firms) < holds:
                met += 1
    return met


@part
def arriving(T: Any, X: Any, k: Any, column: Any) -> Any:
    """A number of a spread from firms in this leaf and step."""
    return T.I[T.arrivals[k].first + (X.leaf * T.steps + X.t) * ARRIVING + column]


@part
def drawn_standings(T: Any, X: Any, k: Any, u: Any) -> Any:
    """The standings in which the firm that a word stands for has come onto the list in this step."""
    place = one_of(u, arriving(T, X, k, 0))
    bits = 0
    for st in range(2):
        if place < arriving(T, X, k, 1 + st):
            bits |= 1 << st
    return bits


@part
def gone_with_firms(T: Any, X: Any, k: Any, s: Any, trace: Any, mask: Any) -> Any:
    """The standings in which a listing that came from a firm ends, because such listings of firms did in this step."""
    u = uniform64(T.arrivals[k].end_key, X.block, s, X.t, trace)
    gone = 0
    for st in range(2):
        if (mask >> st) & 1:
            before = arriving(T, X, k, 5 + st)
            if before == 0 or one_of(u, before) < arriving(T, X, k, 3 + st):
                gone |= 1 << st
    return gone
