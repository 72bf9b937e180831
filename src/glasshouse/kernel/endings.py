"""Firms end and are founded: before everything else in a step, those go that ended in the last one.

A place that is empty takes no part in anything. In the first step of a new year a new firm stands there, of the next
generation: drawn anew, without records, points, listings or memory, with the partners of the place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import part, succeeds, uniform64
from glasshouse.kernel import state as x
from glasshouse.kernel.basics import ALONE, count, note
from glasshouse.kernel.cases import end_case, restock
from glasshouse.kernel.events import stream
from glasshouse.kernel.publication import leave
from glasshouse.society.residents import DRAWN, FROM_AREA, LOOK_ALIKE, MONTHS, PROPENSITY, YES
from glasshouse.tables import layout as at

LOW = np.uint64(0xFFFFFFFF)
LATER = 16
"""A generation is so many bits above the year in the addresses of candidates."""


# --- an end --------------------------------------------------------------------------------------------------------


@part
def forget_awards(T: Any, X: Any, s: Any) -> None:
    """The points of a firm that has ended are nobody's."""
    slot = X.award_first[s]
    while slot >= 0:
        row = X.awards[slot]
        after = row.next
        row.mask = 0
        if 0 <= row.lapse < T.steps and T.ratings[row.rating].n_remedies == 0:
            row.subject = -1  # its place is freed when it would have lapsed
        else:
            row.next = X.free_award
            X.free_award = slot
        slot = after
    X.award_first[s] = -1
    X.award_last[s] = -1
    for rating in range(T.n_ratings):
        for st in range(2):
            X.sum[st, rating, s] = 0
            X.last_root[st, rating, s] = -1
    X.dirty[s] = 0


@part
def without(X: Any, first: Any, last: Any, position: Any, s: Any) -> None:
    """Take a subject's candidates out of a queue of candidates."""
    before = np.int64(-1)
    slot = np.int64(first[position])
    while slot >= 0:
        after = np.int64(X.candidates[slot].next)
        if X.candidates[slot].subject != s:
            before = slot
        elif before < 0:
            first[position] = after
        else:
            X.candidates[before].next = after
        slot = after
    last[position] = before


@part
def cancel(T: Any, X: Any, s: Any, position: Any) -> None:
    """Nothing more happens to a subject in the run year, from a position of it on."""
    for k in range(position, T.year):
        if X.month_first[k] >= 0:
            without(X, X.month_first, X.month_last, k, s)
        if X.alarm_first[k] >= 0:
            without(X, X.alarm_first, X.alarm_last, k, s)


@part
def recall(T: Any, X: Any, s: Any) -> None:
    """Records on their way to a subject, and consequences of what it did, come to nothing."""
    for t in range(X.t, T.steps):
        before = np.int64(-1)
        slot = np.int64(X.due_first[t])
        while slot >= 0:
            after = np.int64(X.due[slot].next)
            if X.due[slot].subject != s:
                before = slot
            else:
                if before < 0:
                    X.due_first[t] = after
                else:
                    X.due[before].next = after
                X.due[slot].next = X.free_due
                X.free_due = slot
            slot = after
        X.due_last[t] = before
        before = np.int64(-1)
        slot = np.int64(X.future_first[t])
        while slot >= 0:
            after = np.int64(X.future[slot].next)
            if X.future[slot].subject != s:
                before = slot
            else:
                if before < 0:
                    X.future_first[t] = after
                else:
                    X.future[before].next = after
                X.future[slot].next = X.free_future
                X.free_future = slot
            slot = after


@part
def go(T: Any, X: Any, M: Any, s: Any) -> None:
    """A firm is no more: its cases end, ratings hold it no longer, and what it was is forgotten."""
    slot = X.case_first[s]
    while slot >= 0:
        after = X.cases[slot].next
        end_case(T, X, M, slot, X.cases[slot].mask, at.SUBJECT, -1)
        slot = after
    for rating in range(T.n_ratings):
        if (X.held[s] >> rating) & 1:
            leave(T, X, M, rating, s, True)
    forget_awards(T, X, s)
    X.ever[s] = 0
    X.joined[s] = 0
    X.clause_held[s] = np.uint64(0)
    X.withdrawn[s] = np.uint64(0)
    X.firing_first[s] = -1
    X.record_first[s] = -1
    X.sanction_first[s] = -1
    X.refused_ever[s] = np.uint64(0)
    X.held_before[0, s] = np.uint64(0)
    X.held_before[1, s] = np.uint64(0)
    for k in range(T.n_limited):
        X.limit_unit[k, s] = -1
    if T.answers:
        for target in range(at.TARGETS):
            X.factor[target, s] = ALONE
    cancel(T, X, s, X.t - X.year_begins)
    recall(T, X, s)
    X.ending[s] = 0
    X.gone[s] = 1
    count(T, X, M, T.c_subjects, s, -1)
    count(T, X, M, T.c_ended, s, 1)
    if X.noting:
        note(X, x.J_ENDINGS, s)


# --- a founding ----------------------------------------------------------------------------------------------------


@part
def draw_firm(T: Any, X: Any, S: Any, needed: Any, s: Any) -> None:
    """Attributes, propensity and look-alike level of a new firm, by place and generation."""
    attributes = S.attributes.shape[0]
    for d in range(attributes + 3):
        if not needed[d] or d == attributes + MONTHS:
            continue
        u = uniform64(S.keys[d + 1], X.block, s, X.generation[s], 0)
        if d == attributes + PROPENSITY:
            X.propensity[s] = np.uint8((u & LOW) >> np.uint64(26))
            continue
        if d == attributes + LOOK_ALIKE:
            X.look[s] = np.uint8((u & LOW) >> np.uint64(29))
            continue
        form, parent, row, width, first = S.attributes[d]
        own = np.int64(0)
        if parent >= 0:
            own = np.int64(X.level[parent, s])
        if form == FROM_AREA:
            X.level[d, s] = S.leaf_urban[X.leaf]
        elif form == YES:
            X.level[d, s] = 1 if succeeds(u, S.thresholds[first + own]) else 0
        elif form == DRAWN:
            level = np.int64(0)
            for k in range(S.row_length[row + own]):
                if u >= S.thresholds[first + own * width + k]:
                    level += 1
            X.level[d, s] = level


@part
def plan_firm(T: Any, X: Any, s: Any) -> None:
    """The candidates of a firm that is not the first of its place, for the rest of the run year."""
    year = X.year
    X.year = year + (np.int64(X.generation[s]) << LATER)
    level = np.int64(X.propensity[s])
    for kind in range(T.n_kinds):
        row = T.kinds[kind]
        if row.parent >= 0:
            continue
        u = uniform64(row.key, X.block, s, X.year, 0)
        now = 1 if row.responds == 0 else 0
        stream(T, X, u, row.key, row.set, row.rate, row.width, row.seg, row.exponent, 64, level, s, kind, 0, now)
    for detector in range(T.n_detectors):
        d = T.detectors[detector]
        if d.alarms:
            u = uniform64(d.alarm_key, X.block, s, X.year, 0)
            stream(
                T, X, u, d.alarm_key, d.alarm_set, d.alarm_rate, d.alarm_width, d.alarm_seg, d.alarm_exponent, 1, 0, s,
                detector, 1, 1,
            )  # fmt: skip
    X.year = year


@part
def plan_successors(T: Any, X: Any) -> None:
    """At the start of a run year: empty places have no candidates, later generations their own."""
    for s in range(X.n):
        if X.gone[s] or X.generation[s]:
            cancel(T, X, s, 0)
        if X.generation[s] and not X.gone[s]:
            plan_firm(T, X, s)


@part
def introduce(T: Any, X: Any, s: Any) -> None:
    """Journal rows of who a firm is: one of the firm, one of each attribute behind it."""
    note(X, x.J_FOUNDINGS, s, X.generation[s], X.propensity[s], X.look[s])
    for a in range(T.n_attributes):
        note(X, x.J_LEVELS, s, a, X.level[a, s])


@part
def forget_crossings(X: Any) -> None:
    """Enrolment looks at new firms in their first step only."""
    X.some_crossed = 0
    X.crossed[: X.n] = 0


@part
def end_firms(T: Any, X: Any, M: Any) -> None:
    """All that ended in the last step go."""
    some = False
    for s in range(X.n):
        if X.ending[s]:
            go(T, X, M, s)
            some = True
    if some and T.n_lists:
        restock(T, X, M)

