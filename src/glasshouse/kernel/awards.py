"""Awards: points given, kept while they can end, and taken back."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import part
from glasshouse.kernel import state as x
from glasshouse.kernel.basics import count, note, trace, whole

AWARDED, ASKED, LAPSED, REVERSED = range(4)
MOST = (1 << 31) - 1


@part
def clipped(X: Any, rating: Any, st: Any, s: Any) -> Any:
    """The score of a points rating: start + live points, between floor and ceiling."""
    return min(max(X.begins[rating] + X.sum[st, rating, s], X.floor[rating]), X.ceiling[rating])


@part
def note_award(
    T: Any,
    X: Any,
    s: Any,
    st: Any,
    rating: Any,
    number: Any,
    what: Any,
    rule: Any,
    clause: Any,
    amount: Any,
    ground: Any,
    root: Any,
    lapse: Any,
) -> None:
    """A journal row of an award."""
    note(
        X,
        x.J_POINTS,
        s,
        st,
        rating,
        number,
        what,
        rule,
        clause,
        amount,
        ground,
        root,
        lapse,
        X.sum[st, rating, s],
        clipped(X, rating, st, s),
    )


@part
def note_both(T: Any, X: Any, slot: Any, bits: Any, what: Any, clause: Any) -> None:
    """Journal rows of a live award, one a standing."""
    row = X.awards[slot]
    for st in range(2):
        if (bits >> st) & 1:
            number = row.number_fact if st == 0 else row.number_truth
            note_award(
                T,
                X,
                row.subject,
                st,
                row.rating,
                number,
                what,
                row.rule,
                clause,
                row.amount,
                row.ground,
                row.root,
                row.lapse,
            )


@part
def new_award(X: Any) -> Any:
    """A free place for an award; -1 and a status if there is none."""
    slot = X.free_award
    if slot >= 0:
        X.free_award = X.awards[slot].next
        return np.int64(slot)
    if X.n_awards >= x.AWARDS:
        X.status = x.TOO_MANY_AWARDS
        return np.int64(-1)
    X.n_awards += 1
    return np.int64(X.n_awards - 1)


@part
def give(T: Any, X: Any, M: Any, s: Any, rule: Any, amount: Any, ground: Any, root: Any, bits: Any) -> None:
    """Award points in some standings."""
    rating = T.rules[rule].rating
    for st in range(X.standings):
        if (bits >> st) & 1:
            total = np.int64(X.sum[st, rating, s]) + amount
            if max(abs(amount), abs(total)) >= MOST:
                X.status = x.TOO_MANY_POINTS
                X.who = s
                return
            X.sum[st, rating, s] = total
    if bits & 1:
        count(T, X, M, T.c_points + rule * 3 + ground, s, amount)
    if amount != 0:
        stir(X, s, rating)
    keeps = T.ratings[rating].keeps
    if keeps == 0 and T.ratings[rating].rooted and amount * (1 if T.ratings[rating].demerit else -1) > 0:
        for st in range(X.standings):
            if (bits >> st) & 1:
                X.last_root[st, rating, s] = root
    if keeps or X.noting:
        keep_award(T, X, s, rule, rating, amount, ground, root, bits)


@part
def stir(X: Any, s: Any, rating: Any) -> None:
    """A subject's points have moved since the rating was last published."""
    if X.waiting[s] == 0:
        X.waiting[s] = 1
        X.stirred[X.n_stirred] = s
        X.n_stirred += 1
    X.dirty[s] |= np.int64(1) << rating


@part
def keep_award(T: Any, X: Any, s: Any, rule: Any, rating: Any, amount: Any, ground: Any, root: Any, bits: Any) -> None:
    """Number an award, note it, and keep it where it can end."""
    number_fact, number_truth = np.int64(-1), np.int64(-1)
    lapse_steps = whole(T, X, T.rules[rule].lapse, X.t, s)
    lapse = X.t + lapse_steps if lapse_steps >= 0 else np.int64(-1)
    for st in range(X.standings):
        if (bits >> st) & 1:
            number = np.int64(X.award_count[st, rating, s])
            X.award_count[st, rating, s] = number + 1
            if st == 0:
                number_fact = number
            else:
                number_truth = number
            if X.noting:
                note_award(T, X, s, st, rating, number, AWARDED, rule, -1, amount, ground, root, lapse)
    if X.standings == 1:
        number_truth = number_fact
    if amount == 0 or T.ratings[rating].keeps == 0:
        return
    slot = new_award(X)
    if slot < 0:
        return
    row = X.awards[slot]
    row.root = root
    row.subject = s
    row.rating = rating
    row.rule = rule
    row.amount = amount
    row.ground = ground
    row.step = X.t
    row.lapse = lapse
    row.mask = bits
    row.trace = trace(T, root, X.t)
    row.number_fact = number_fact
    row.number_truth = number_truth
    row.pending = 0
    row.appeals = np.uint64(0)
    row.next = -1
    row.chain = -1
    if X.award_first[s] < 0:
        X.award_first[s] = slot
    else:
        X.awards[X.award_last[s]].next = slot
    X.award_last[s] = slot
    if 0 <= lapse < T.steps and T.ratings[rating].n_remedies == 0:
        wait_to_lapse(X, slot, lapse)


@part
def wait_to_lapse(X: Any, slot: Any, lapse: Any) -> None:
    """Put an award at the end of the queue of its last step."""
    if X.lapsing[lapse] < 0:
        X.lapsing[lapse] = slot
    else:
        X.awards[X.lapsing_last[lapse]].chain = slot
    X.lapsing_last[lapse] = slot


@part
def part_award(X: Any, slot: Any) -> Any:
    """Part an award of both standings in two; the place of the truthful one."""
    copy = new_award(X)
    if copy < 0:
        return copy
    X.awards[copy] = X.awards[slot]
    X.awards[slot].mask = x.FACT
    X.awards[copy].mask = x.TRUTH
    X.awards[slot].next = copy
    if X.award_last[X.awards[slot].subject] == slot:
        X.award_last[X.awards[slot].subject] = copy
    return copy


@part
def unlink(X: Any, slot: Any) -> None:
    """Take an award out of its subject's chain and free its place (one that waits to lapse is freed then)."""
    row = X.awards[slot]
    s = row.subject
    before = X.award_first[s]
    if before == slot:
        X.award_first[s] = row.next
        if row.next < 0:
            X.award_last[s] = -1
    else:
        while X.awards[before].next != slot:
            before = X.awards[before].next
        X.awards[before].next = row.next
        if row.next < 0:
            X.award_last[s] = before


@part
def take(T: Any, X: Any, slot: Any, bits: Any, what: Any, clause: Any) -> None:
    """Points end (lapsed) or are taken back (reversed) in some standings."""
    row = X.awards[slot]
    for st in range(X.standings):
        if (bits >> st) & 1:
            X.sum[st, row.rating, row.subject] -= row.amount
    if X.noting:
        note_both(T, X, slot, bits, what, clause)
    stir(X, row.subject, row.rating)
    row.mask &= ~bits
    if row.mask == 0:
        unlink(X, slot)
        waits = 0 <= row.lapse < T.steps and T.ratings[row.rating].n_remedies == 0
        if not waits or what == LAPSED:
            row.next = X.free_award
            X.free_award = slot
        else:
            row.subject = -1


@part
def lapses(T: Any, X: Any) -> None:
    """Awards of ratings without remedies whose time is over."""
    slot = X.lapsing[X.t]
    while slot >= 0:
        after = X.awards[slot].chain
        if X.awards[slot].mask:
            take(T, X, slot, X.awards[slot].mask, LAPSED, -1)
        else:
            X.awards[slot].next = X.free_award
            X.free_award = slot
        slot = after
    X.lapsing[X.t] = -1


@part
def take_root(T: Any, X: Any, s: Any, ratings: Any, root: Any, bits: Any, clause: Any) -> None:
    """Take back the live awards of a root in some ratings."""
    if root < 0:
        return
    slot = X.award_first[s]
    while slot >= 0:
        after = X.awards[slot].next
        row = X.awards[slot]
        if row.root == root and (ratings >> row.rating) & 1 and row.mask & bits:
            take(T, X, slot, row.mask & bits, REVERSED, clause)
        slot = after
