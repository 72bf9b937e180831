"""Stage 7: which score and tier is published."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import part
from glasshouse.kernel import state as x
from glasshouse.kernel.ask import holds, tie_range, tied
from glasshouse.kernel.awards import clipped
from glasshouse.kernel.basics import count, note, whole
from glasshouse.kernel.sums import add

AT_ENROLMENT, AT_INTERVAL = range(2)
LOWEST = -(1 << 60)


# --- scores --------------------------------------------------------------------------------------------------------


@part
def mean_of_ties(T: Any, X: Any, tie: Any, rating: Any, s: Any, st: Any) -> Any:
    """Mean last published score of ties in thousandths of the scale; -1 if no tie has one."""
    floor = X.floor[rating]
    low, high = tie_range(T, X, tie, s)
    number, total = np.int64(0), np.int64(0)
    for position in range(low, high):
        other = tied(T, X, tie, s, position)
        if other >= 0 and (X.held[other] >> rating) & 1:
            number += 1
            total += X.score[st, rating, other] - floor
    if number == 0:
        return np.int64(-1)
    scale = number * (X.ceiling[rating] - floor)
    return (2000 * total + scale) // (2 * scale)


@part
def weighted(T: Any, X: Any, rating: Any, s: Any, st: Any) -> Any:
    """The score of a weighted rating."""
    row = T.ratings[rating]
    total = np.int64(0)
    for k in range(row.first_indicator, row.first_indicator + row.n_indicators):
        indicator = T.indicators[k]
        if not X.active[indicator.clause]:
            continue
        value = np.int64(-1)
        if indicator.tie >= 0:
            value = mean_of_ties(T, X, indicator.tie, indicator.tie_rating, s, st)
        else:
            for j in range(indicator.first_case, indicator.first_case + indicator.n_cases):
                if holds(T, X, T.cases[j].condition, s, st):
                    value = whole(T, X, T.cases[j].value, X.t, s)
                    break
        if value < 0:
            value = whole(T, X, indicator.otherwise, X.t, s)
        total += whole(T, X, indicator.weight, X.t, s) * value
    floor = X.floor[rating]
    return floor + (2 * (X.ceiling[rating] - floor) * total + 1000000) // 2000000


@part
def scales(T: Any, X: Any) -> None:
    """The scales and bounds of all ratings, as they are in this step."""
    for rating in range(T.n_ratings):
        row = T.ratings[rating]
        X.begins[rating] = whole(T, X, row.start, X.t, 0)
        X.floor[rating] = whole(T, X, row.floor, X.t, 0)
        X.ceiling[rating] = whole(T, X, row.ceiling, X.t, 0)
        for rank in range(row.first_tier, row.first_tier + row.n_tiers):
            X.bounds[rank] = whole(T, X, T.tiers[rank].at_least, X.t, 0) if T.tiers[rank].bounded else LOWEST


@part
def score_of(T: Any, X: Any, rating: Any, s: Any, st: Any) -> Any:
    """The score that would be published now."""
    if T.ratings[rating].weighted:
        return weighted(T, X, rating, s, st)
    return clipped(X, rating, st, s)


@part
def tier_of(T: Any, X: Any, rating: Any, s: Any, st: Any, score: Any) -> Any:
    """The tier of a score: merit, the first row that fits; demerit, the last."""
    row = T.ratings[rating]
    found = np.int64(row.n_tiers - 1)
    if row.demerit:
        found = np.int64(0)
        for rank in range(row.n_tiers):
            here = row.first_tier + rank
            if score >= X.bounds[here] and holds(T, X, T.tiers[here].condition, s, st):
                found = np.int64(rank)
        return found
    for rank in range(row.n_tiers):
        here = row.first_tier + rank
        if score >= X.bounds[here] and holds(T, X, T.tiers[here].condition, s, st):
            return np.int64(rank)
    return found


@part
def compute(T: Any, X: Any, rating: Any, s: Any) -> None:
    """Work out the scores and tiers of both standings, to be published later."""
    for st in range(X.standings):
        score = score_of(T, X, rating, s, st)
        X.fresh[st, s] = score
        X.fresh_tier[st, s] = tier_of(T, X, rating, s, st, score)


@part
def move_cell(T: Any, X: Any, M: Any, rating: Any, s: Any, cell: Any) -> None:
    """Move a subject in the histogram of published scores (-1: out of it)."""
    place = T.o_scores + (X.t - X.t0) * T.n_cells * T.n_strata + X.stratum[s]
    before = X.cell[rating, s]
    if before == cell:
        return
    if before >= 0:
        add(M, place + before * T.n_strata, -1)
    if cell >= 0:
        add(M, place + cell * T.n_strata, 1)
    X.cell[rating, s] = cell


@part
def move(T: Any, X: Any, M: Any, rating: Any, before: Any, after: Any) -> None:
    """Count a move between tiers (-1: from or to outside)."""
    n = T.ratings[rating].n_tiers
    place = T.o_transitions + (X.t - X.t0) * T.n_moves + T.ratings[rating].interval
    if before >= 0 and after >= 0:
        add(M, place + before * n + after, 1)
    elif after >= 0:
        add(M, place + n * n + after, 1)
    else:
        add(M, place + n * n + n + before, 1)


@part
def begin_interval(T: Any, X: Any, M: Any, rating: Any, s: Any, tier: Any) -> None:
    """A subject's first publication at the rating's interval."""
    X.interval[rating, s] = 1
    X.last_interval[rating, s] = tier
    move(T, X, M, rating, -1, tier)


@part
def count_publication(T: Any, X: Any, M: Any, rating: Any, s: Any, score: Any, tier: Any, how: Any) -> None:
    """Move a subject's score and tier in the sums, from what was last published."""
    row = T.ratings[rating]
    before = np.int64(X.score[0, rating, s]) if X.cell[rating, s] >= 0 else np.int64(0)
    count(T, X, M, T.c_scores + rating, s, score - before)
    if how == AT_INTERVAL:
        if not X.interval[rating, s]:
            begin_interval(T, X, M, rating, s, tier)
        elif X.last_interval[rating, s] != tier:
            move(T, X, M, rating, X.last_interval[rating, s], tier)
        X.last_interval[rating, s] = tier
    above = score - row.lowest
    if row.bin > 1:
        above = above // row.bin
    move_cell(T, X, M, rating, s, row.cells + tier * row.bins + above)


@part
def publish(T: Any, X: Any, M: Any, rating: Any, s: Any, how: Any) -> None:
    """Publish what was worked out."""
    count_publication(T, X, M, rating, s, np.int64(X.fresh[0, s]), np.int64(X.fresh_tier[0, s]), how)
    for st in range(X.standings):
        X.score[st, rating, s] = X.fresh[st, s]
        X.tier[st, rating, s] = X.fresh_tier[st, s]
        if X.noting:
            note(X, x.J_PUBLICATIONS, s, st, rating, X.fresh[st, s], X.fresh_tier[st, s], how)


@part
def simple_tier(T: Any, X: Any, rating: Any, score: Any) -> Any:
    """The tier of a score where nothing but bounds is asked."""
    row = T.ratings[rating]
    rank: Any = np.int64(0)
    if row.demerit:
        rank = row.n_tiers - 1
        while rank > 0 and score < X.bounds[row.first_tier + rank]:
            rank -= 1
    else:
        while rank < row.n_tiers - 1 and score < X.bounds[row.first_tier + rank]:
            rank += 1
    return rank


@part
def publish_own(T: Any, X: Any, M: Any, rating: Any, s: Any, how: Any) -> None:
    """Work out and publish at once a score that reads nothing but its own points."""
    if X.split or not T.ratings[rating].simple:
        compute(T, X, rating, s)
        publish(T, X, M, rating, s, how)
        return
    score = np.int64(clipped(X, rating, 0, s))
    tier = simple_tier(T, X, rating, score)
    count_publication(T, X, M, rating, s, score, tier, how)
    X.score[0, rating, s] = score
    X.tier[0, rating, s] = tier


@part
def is_due(T: Any, X: Any, rating: Any) -> Any:
    """Whether a rating is published in this step."""
    row = T.ratings[rating]
    if not X.active[row.clause]:
        return False
    return (X.t - X.since_step[row.clause] + 1) % whole(T, X, row.every, X.since_step[row.clause], 0) == 0


@part
def publish_changes(T: Any, X: Any, M: Any, rating: Any) -> None:
    """Publish a rating that moves by its own points alone: only scores that moved are worked out."""
    bit = np.int64(1) << rating
    if X.unbegun & bit:
        for s in range(X.n):
            if not X.interval[rating, s] and X.held[s] & bit and X.dirty[s] & bit == 0:
                begin_interval(T, X, M, rating, s, np.int64(X.tier[0, rating, s]))  # as published at enrolment
        X.unbegun &= ~bit
    for k in range(X.n_stirred):
        stirred = np.int64(X.stirred[k])
        if X.dirty[stirred] & X.held[stirred] & bit:
            publish_own(T, X, M, rating, stirred, AT_INTERVAL)
            X.dirty[stirred] &= ~bit


@part
def settle_stirred(X: Any) -> None:
    """Keep among the stirred those whose points wait for another publication."""
    kept = 0
    for k in range(X.n_stirred):
        s = np.int64(X.stirred[k])
        if X.dirty[s]:
            X.stirred[kept] = s
            kept += 1
        else:
            X.waiting[s] = 0
    X.n_stirred = kept


@part
def publication(T: Any, X: Any, M: Any) -> None:
    """Stage 7: scores that read other scores are all worked out before anything is published."""
    X.n_publishing = 0
    for rating in range(T.n_ratings):
        if (T.ratings[rating].moving or X.noting) and is_due(T, X, rating):
            bit = np.int64(1) << rating
            for s in range(X.n):
                if X.held[s] & bit:
                    compute(T, X, rating, s)
                    place = X.publishing[X.n_publishing]
                    place.subject = s
                    place.rating = rating
                    place.fact = X.fresh[0, s]
                    place.truth = X.fresh[1, s]
                    place.tier_fact = X.fresh_tier[0, s]
                    place.tier_truth = X.fresh_tier[1, s]
                    X.n_publishing += 1
                    X.dirty[s] &= ~bit
    for rating in range(T.n_ratings):
        if not (T.ratings[rating].moving or X.noting) and is_due(T, X, rating):
            publish_changes(T, X, M, rating)
    publish_all(T, X, M, AT_INTERVAL)
    settle_stirred(X)


@part
def publish_all(T: Any, X: Any, M: Any, how: Any) -> None:
    """Publish all that was worked out."""
    for k in range(X.n_publishing):
        row = X.publishing[k]
        s = row.subject
        X.fresh[0, s] = row.fact
        X.fresh[1, s] = row.truth
        X.fresh_tier[0, s] = row.tier_fact
        X.fresh_tier[1, s] = row.tier_truth
        publish(T, X, M, row.rating, s, how)
