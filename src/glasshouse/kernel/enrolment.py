"""Stage 0: whom each rating holds; joining publishes, leaving ends what stands by a tier."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import part, succeeds, uniform64
from glasshouse.kernel import state as x
from glasshouse.kernel.ask import holds
from glasshouse.kernel.awards import clipped
from glasshouse.kernel.basics import ONE, TOP, blank, count, note, word
from glasshouse.kernel.cases import end_case
from glasshouse.kernel.publication import (
    AT_ENROLMENT,
    compute,
    move,
    move_cell,
    publish_all,
    publish_own,
    simple_tier,
)
from glasshouse.kernel.sums import add
from glasshouse.tables import layout as at

JOINED, LEFT = range(2)


@part
def hold(T: Any, X: Any, s: Any) -> Any:
    """Look at all enrolment clauses for a subject; the ratings that hold it now, as bits."""
    ratings = np.int64(0)
    for e in range(T.n_enrolments):
        row = T.enrolments[e]
        if row.certain:
            ratings |= row.ratings if X.active[row.clause] else 0
            continue
        bit = ONE << np.uint64(e)
        if row.withdraws and X.clause_held[s] & bit and not X.withdrawn[s] & bit:
            if succeeds(uniform64(row.withdraw_key, X.block, s, X.t, 0), word(T, X, row.withdraw, X.t, s)):
                X.withdrawn[s] |= bit
        held = X.active[row.clause] and not X.withdrawn[s] & bit and holds(T, X, row.condition, s, 0)
        if held:
            share = word(T, X, row.share, X.t, s)
            held = share == TOP or succeeds(uniform64(row.key, X.block, s, X.generation[s], 0), share)
        if held:
            X.clause_held[s] |= bit
            ratings |= row.ratings
        else:
            X.clause_held[s] &= ~bit
    now = np.int64(0)
    for rating in range(T.n_ratings):
        row2 = T.ratings[rating]
        if X.active[row2.clause] and (row2.enrolments == 0 or (ratings >> rating) & 1):
            now |= np.int64(1) << rating
    return now


@part
def must_look(T: Any, X: Any, changed: Any) -> Any:
    """Whether enrolment has to be looked at for everybody in this step."""
    if changed:
        return True
    for e in range(T.n_enrolments):
        row = T.enrolments[e]
        if X.active[row.clause]:
            share = T.dated[row.share]
            if row.withdraws or T.I[share.seg + X.t] != T.I[share.seg + max(X.t - 1, 0)]:
                return True
    return False


@part
def leave(T: Any, X: Any, M: Any, rating: Any, s: Any, quietly: Any) -> None:
    """A rating no longer holds a subject; tier listings end unless the rating itself ended (then stage 1 does it)."""
    count(T, X, M, T.c_enrolled + rating, s, -1)
    count(T, X, M, T.c_scores + rating, s, -np.int64(X.score[0, rating, s]))
    move_cell(T, X, M, rating, s, -1)
    if X.interval[rating, s]:
        move(T, X, M, rating, X.last_interval[rating, s], -1)
        X.interval[rating, s] = 0
    X.held[s] &= ~(np.int64(1) << rating)
    if quietly:
        return
    if X.noting:
        note(X, x.J_ENROLMENTS, s, rating, LEFT)
    slot = X.case_first[s]
    while slot >= 0:
        after = X.cases[slot].next
        if X.cases[slot].tier_rating == rating:
            end_case(T, X, M, slot, X.cases[slot].mask, at.ORIGIN, -1)
        slot = after


@part
def close_ratings(T: Any, X: Any, M: Any) -> None:
    """A rating that is no longer in force holds nobody, from the first moment of the step."""
    for rating in range(T.n_ratings):
        if not X.active[T.ratings[rating].clause]:
            for s in range(X.n):
                if (X.held[s] >> rating) & 1:
                    leave(T, X, M, rating, s, True)


@part
def holds_everybody(T: Any, X: Any, rating: Any) -> Any:
    """Whether a rating holds whoever there is."""
    row = T.ratings[rating]
    if not X.active[row.clause]:
        return False
    some = row.enrolments == 0
    for e in range(T.n_enrolments):
        clause = T.enrolments[e]
        some = some or (clause.certain == 1 and X.active[clause.clause] and (clause.ratings >> rating) & 1 == 1)
    return some


@part
def begin_rating(T: Any, X: Any, M: Any, rating: Any) -> None:
    """A rating holds everybody from the run's first step on, all with the same score: enrolment in one sweep."""
    row, n, bit = T.ratings[rating], X.n, np.int64(1) << rating
    score = np.int64(clipped(X, rating, 0, 0))
    tier = simple_tier(T, X, rating, score)
    cell = row.cells + tier * row.bins + (score - row.lowest) // row.bin
    blank(X.score[0, rating], n, score)
    blank(X.tier[0, rating], n, tier)
    blank(X.cell[rating], n, cell)
    for s in range(n):
        X.held[s] |= bit
        X.next_held[s] |= bit
        X.ever[s] |= bit
        X.joined[s] |= bit
    place = T.o_scores + ((X.t - X.t0) * T.n_cells + cell) * T.n_strata
    for s in range(n):
        count(T, X, M, T.c_enrolled + rating, s, 1)
        count(T, X, M, T.c_scores + rating, s, score)
        add(M, place + X.stratum[s], 1)
    X.unbegun |= bit
    X.some_joined = 1


@part
def enrol(T: Any, X: Any, M: Any, changed: Any) -> None:
    """Stage 0: who joins and who leaves; joining publishes."""
    everybody = must_look(T, X, changed)
    X.n_publishing = 0
    X.some_joined = 0
    if not everybody and not X.some_crossed:
        return
    if changed:
        close_ratings(T, X, M)
    blank(X.joined, X.n, 0)
    for s in range(X.n):
        if (not everybody and not X.crossed[s]) or X.gone[s]:
            continue
        now = hold(T, X, s)
        before = X.held[s]
        X.next_held[s] = now
        if now == before:
            continue
        joins = now & ~before
        for rating in range(T.n_ratings):
            if (joins >> rating) & 1 and T.ratings[rating].simple == 0:
                compute(T, X, rating, s)
                if X.n_publishing >= x.PUBLISHING:
                    X.status = x.TOO_MANY_RECORDS
                    return
                place = X.publishing[X.n_publishing]
                place.subject = s
                place.rating = rating
                place.fact = X.fresh[0, s]
                place.truth = X.fresh[1, s]
                place.tier_fact = X.fresh_tier[0, s]
                place.tier_truth = X.fresh_tier[1, s]
                X.n_publishing += 1
    for s in range(X.n):
        gone = X.held[s] & ~X.next_held[s]
        if gone:
            for rating in range(T.n_ratings):
                if (gone >> rating) & 1:
                    leave(T, X, M, rating, s, not X.active[T.ratings[rating].clause])
    for k in range(X.n_publishing):
        join(T, X, M, X.publishing[k].rating, X.publishing[k].subject)
    publish_all(T, X, M, AT_ENROLMENT)
    if X.t == T.first_step and X.standings == 1:  # after what reads scores last published
        for rating in range(T.n_ratings):
            if T.ratings[rating].simple and holds_everybody(T, X, rating):
                begin_rating(T, X, M, rating)
    for s in range(X.n):
        joins = X.next_held[s] & ~X.held[s]
        if joins:
            for rating in range(T.n_ratings):
                if (joins >> rating) & 1:
                    join(T, X, M, rating, s)
                    publish_own(T, X, M, rating, s, AT_ENROLMENT)


@part
def join(T: Any, X: Any, M: Any, rating: Any, s: Any) -> None:
    """A rating holds a subject from now on."""
    bit = np.int64(1) << rating
    X.held[s] |= bit
    X.unbegun |= bit
    if X.ever[s] & bit == 0:
        X.ever[s] |= bit
        X.joined[s] |= bit
        X.some_joined = 1
    X.dirty[s] &= ~bit
    count(T, X, M, T.c_enrolled + rating, s, 1)
    if X.noting:
        note(X, x.J_ENROLMENTS, s, rating, JOINED)
