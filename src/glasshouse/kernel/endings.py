"""Firms end and are founded: before everything else in a step, those go that ended in the last one.

A place that is empty takes no part in anything. In the first step of a new year a new firm stands there, of the next
generation: drawn anew, without records, points, listings or memory, with the partners of the place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import part, philox, succeeds, uniform64
from glasshouse.kernel import state as x
from glasshouse.kernel.basics import ALONE, count, note
from glasshouse.kernel.cases import end_case, restock
from glasshouse.kernel.enrolment import leave
from glasshouse.kernel.events import (
    draw_candidates,
    draw_numbers,
    find_hits,
    find_turns,
    judge_candidates,
    order_candidates,
)
from glasshouse.society.residents import DRAWN, FROM_AREA, LOOK_ALIKE, MONTHS, PROPENSITY, YES
from glasshouse.tables import layout as at

LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
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
        for st in range(X.standings):
            X.sum[st, rating, s] = 0
            X.last_root[st, rating, s] = -1
    X.dirty[s] = 0


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
    X.readable[0, s] = np.uint64(0)
    X.readable[1, s] = np.uint64(0)
    for rating in range(T.n_ratings):
        if (X.held[s] >> rating) & 1:
            leave(T, X, M, rating, s, True)
    forget_awards(T, X, s)
    X.next_held[s] = 0
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
def profiles(T: Any, X: Any, s: Any) -> None:
    """The profile of a new firm in every set."""
    for k in range(T.n_sets):
        row = T.sets[k]
        number = np.int32(0)
        for j in range(row.count):
            number += np.int32(X.level[T.I[row.first + 2 * j], s]) * np.int32(T.I[row.first + 2 * j + 1])
        X.prof[k, s] = number


@part
def later_words(T: Any, X: Any) -> None:
    """The yearly draws of firms that are not the first of their place; empty places draw nothing."""
    for s in range(X.n):
        if X.generation[s]:
            year = X.year + (np.int64(X.generation[s]) << LATER)
            for stream in range(T.n_streams):
                X.number_words[stream, s] = uniform64(T.streams[stream].key, X.block, s, year, 0)


@part
def plan_market(T: Any, X: Any, M: Any) -> None:
    """All candidates of the run year, or of the rest of it, of the firms that now stand."""
    draw_numbers(T, X)
    later_words(T, X)
    find_turns(T, X)
    find_hits(T, X)
    draw_candidates(T, X)
    for k in range(X.n_candidates):
        s = np.int64(X.c_subject[k])
        if X.generation[s]:
            key = np.uint64(X.c_key[k])
            year = X.year + (np.int64(X.generation[s]) << LATER)
            w0, _, w2, w3 = philox(key, key >> HALF, X.block, s, year, np.int64(X.c_number[k]) + 1)
            X.c_word[k] = w0
            X.c_mark[k] = w2 | (w3 << HALF)
    judge_candidates(T, X, M)
    order_candidates(T, X)


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
