"""Stage 3: what the system comes to believe: own, mistaken and unfounded records, review and delay."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import both64, part, philox, scaled32, scaled64, succeeds, uniform64
from glasshouse.kernel import state as x
from glasshouse.kernel.ask import tie_range, tied
from glasshouse.kernel.basics import TOP, amount_of, count, event_amount, identity, note, whole, word
from glasshouse.kernel.sums import add
from glasshouse.tables import layout as at

HALF = np.uint64(32)
RECORDED, OVERRIDDEN, DROPPED = range(3)


@part
def has_tie(T: Any, X: Any, tie: Any, s: Any) -> Any:
    """Whether somebody could report the subject."""
    low, high = tie_range(T, X, tie, s)
    for position in range(low, high):
        if tied(T, X, tie, s, position) >= 0:
            return True
    return False


@part
def eligible(T: Any, X: Any, detector: Any, doer: Any, other: Any) -> Any:
    """Whether somebody can be taken for the doer."""
    row = T.detectors[detector]
    if other == doer or X.gone[other]:
        return False
    if row.method == at.CAMERA:
        if T.sex >= 0 and X.level[T.sex, other] != X.level[T.sex, doer]:
            return False
        if T.age >= 0 and X.level[T.age, other] != X.level[T.age, doer]:
            return False
    if row.gallery == at.ENROLLED_IN:
        for rating in range(T.n_ratings):
            if T.ratings[rating].policy == row.policy and (X.held[other] >> rating) & 1:
                return True
        return False
    return True


@part
def victim(T: Any, X: Any, detector: Any, doer: Any, v: Any) -> Any:
    """Who is taken for the doer: look-alike level l weighs 2^l; -1 if nobody can be."""
    weight = np.int64(0)
    for other in range(X.n):
        if eligible(T, X, detector, doer, other):
            weight += np.int64(1) << X.look[other]
    if weight == 0:
        return np.int64(-1)
    at_weight = np.int64(scaled64(v, np.uint64(weight)))
    running = np.int64(0)
    for other in range(X.n):
        if eligible(T, X, detector, doer, other):
            running += np.int64(1) << X.look[other]
            if running > at_weight:
                return np.int64(other)
    return np.int64(-1)


@part
def is_overridden(T: Any, X: Any, detector: Any, ground: Any, s: Any, u: Any) -> Any:
    """Whether a human check strikes a record out."""
    row = T.detectors[detector]
    if row.reviewed == 0:
        return False
    chance = row.review_own if ground == at.OWN else row.review_mistaken
    if ground == at.UNFOUNDED:
        chance = row.review_unfounded
    return succeeds(u, word(T, X, chance, X.t, s))


@part
def deliver(
    T: Any,
    X: Any,
    M: Any,
    watch: Any,
    subject: Any,
    doer: Any,
    number: Any,
    ground: Any,
    root: Any,
    amount: Any,
    overridden: Any,
) -> None:
    """Put a record into the queue of the step in which it will be made."""
    detector = T.watches[watch].detector
    kind = T.watches[watch].kind
    due = X.t
    if not T.detectors[detector].prompt:
        due += whole(T, X, T.detectors[detector].delay, X.t, subject)
    if due >= T.steps:
        if not overridden:
            last = (T.steps - 1 - X.t0) * T.n_counters + T.c_pending + watch * 3 + ground
            add(M, last * T.n_strata + X.stratum[subject], 1)
        return
    slot = X.free_due
    if slot >= 0:
        X.free_due = X.due[slot].next
    else:
        if X.n_due >= x.DUE:
            X.status = x.TOO_MANY_RECORDS
            return
        slot = X.n_due
        X.n_due += 1
    row = X.due[slot]
    row.root = root
    row.subject = subject
    row.kind = kind
    row.doer = doer
    row.number = number
    row.event_step = X.t
    row.ground = ground
    row.detector = detector
    row.watch = watch
    row.amount = amount
    row.overridden = 1 if overridden else 0
    row.next = -1
    row.key = (
        (
            ((np.uint64(subject) << np.uint64(13) | np.uint64(X.t)) << np.uint64(7) | np.uint64(kind)) << np.uint64(12)
            | np.uint64(doer + 1)
        )
        << np.uint64(14)
        | np.uint64(number)
    ) << np.uint64(6) | np.uint64(detector)
    if due == X.t and not overridden:
        line_up(X, slot)
    elif X.due_first[due] < 0:
        X.due_first[due] = slot
        X.due_last[due] = slot
    else:
        X.due[X.due_last[due]].next = slot
        X.due_last[due] = slot


@part
def line_up(X: Any, slot: Any) -> None:
    """Put a record of this step in its place in the order of the rules."""
    key = X.due[slot].key
    place = X.n_now
    while place > 0 and X.due[X.now[place - 1]].key > key:
        X.now[place] = X.now[place - 1]
        place -= 1
    X.now[place] = slot
    X.n_now += 1


@part
def notice(T: Any, X: Any, M: Any, event: Any, watch: Any) -> None:
    """One detector meets one event."""
    happened = X.events[event]
    doer, kind, number = np.int64(happened.subject), happened.kind, happened.number
    detector = T.watches[watch].detector
    row = T.detectors[detector]
    if not X.active[row.clause]:
        return
    if row.certain:
        amount = event_amount(T, X, kind, doer, X.t, number)
        deliver(T, X, M, watch, doer, doer, number, at.OWN, happened.root, amount, False)
        return
    if not row.covers_all and not succeeds(
        uniform64(row.coverage_key, X.block, doer, X.generation[doer], 0), word(T, X, row.coverage, X.t, doer)
    ):
        return
    if row.tie >= 0 and row.method == at.REPORT and not has_tie(T, X, row.tie, doer):
        return
    key = T.watches[watch].key
    ground = at.OWN
    sure = word(T, X, row.own, X.t, doer)
    if sure != TOP:
        u = uniform64(key, X.block, doer, X.t, 2 * number)
        if not succeeds(u, sure):
            if not succeeds(u, word(T, X, row.both, X.t, doer)):
                return
            ground = at.MISTAKEN
    subject = doer
    review = np.uint64(0)
    if row.reviewed or ground == at.MISTAKEN:
        review, choice = both64(key, X.block, doer, X.t, 2 * number + 1)
        if ground == at.MISTAKEN:
            count(T, X, M, T.c_missed + kind, doer, 1)
            subject = victim(T, X, detector, doer, choice)
            if subject < 0:
                count(T, X, M, T.c_dropped + watch, doer, 1)
                if X.noting:
                    amount = event_amount(T, X, kind, doer, X.t, number)
                    note(
                        X,
                        x.J_RECORDS,
                        doer,
                        kind,
                        doer,
                        number,
                        happened.root,
                        ground,
                        detector,
                        X.t,
                        amount,
                        -1,
                        DROPPED,
                    )
                return
    overridden = is_overridden(T, X, detector, ground, doer, review)
    amount = event_amount(T, X, kind, doer, X.t, number)
    deliver(T, X, M, watch, subject, doer, number, ground, happened.root, amount, overridden)


@part
def alarm(T: Any, X: Any, M: Any, s: Any, detector: Any, number: Any) -> None:
    """A record of what never happened."""
    row = T.detectors[detector]
    if not X.active[row.clause]:
        return
    kinds = 0
    for k in range(row.n_watches):
        if X.active[T.kinds[T.watches[row.first_watch + k].kind].clause]:
            kinds += 1
    if kinds == 0:
        return
    key = np.uint64(row.alarm_kind_key)
    w0, _, w2, w3 = philox(key, key >> HALF, X.block, s, X.t, number)
    chosen = np.int64(scaled32(w0, kinds))
    watch = row.first_watch
    for k in range(row.n_watches):
        if X.active[T.kinds[T.watches[row.first_watch + k].kind].clause]:
            if chosen == 0:
                watch = row.first_watch + k
                break
            chosen -= 1
    kind = T.watches[watch].kind
    amount = np.int64(-1)
    if T.kinds[kind].yuan >= 0:
        amount = amount_of(T, kind, uniform64(row.alarm_amount_key, X.block, s, X.t, number))
    overridden = is_overridden(T, X, detector, at.UNFOUNDED, s, w2 | (w3 << HALF))
    root = identity(at.KINDS + detector, X.t, number, s)
    deliver(T, X, M, watch, s, -1, number, at.UNFOUNDED, root, amount, overridden)


@part
def collect(T: Any, X: Any, M: Any) -> None:
    """The records due now, in the order of the rules; overridden ones are counted and gone."""
    slot = X.due_first[X.t]
    X.due_first[X.t] = -1
    while slot >= 0:
        row = X.due[slot]
        after = row.next
        if row.overridden:
            count(T, X, M, T.c_overridden + row.watch * 3 + row.ground, row.subject, 1)
            if X.noting:
                note(
                    X,
                    x.J_RECORDS,
                    row.subject,
                    row.kind,
                    row.doer,
                    row.number,
                    row.root,
                    row.ground,
                    row.detector,
                    row.event_step,
                    row.amount,
                    -1,
                    OVERRIDDEN,
                )
            row.next = X.free_due
            X.free_due = slot
        else:
            line_up(X, slot)
        slot = after


@part
def detection(T: Any, X: Any, M: Any) -> None:
    """The stage: events meet detectors, false alarms ring, due records are collected."""
    X.n_now = 0
    for event in range(X.n_events):
        row = T.kinds[X.events[event].kind]
        for k in range(row.n_watches):
            notice(T, X, M, event, T.I[row.first_watch + k])
    place = T.year + X.t - X.year_begins
    for position in range(X.place_first[place], X.place_first[place + 1]):
        k = X.by_place[position]
        detector = T.streams[X.c_stream[k]].name - at.KINDS
        if not X.gone[X.c_subject[k]]:
            alarm(T, X, M, np.int64(X.c_subject[k]), detector, np.int64(X.c_number[k]))
    collect(T, X, M)
