"""Stage 4: points for enrolling, for records, for the calendar; and the memory that counts look into."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import part, scaled32, word0
from glasshouse.kernel import state as x
from glasshouse.kernel.ask import standings
from glasshouse.kernel.awards import give
from glasshouse.kernel.basics import NO_ROOT, count, identity, note, trace, whole
from glasshouse.tables import layout as at

ALL_RECORDS = 1 << 30
REPEATS = 256


@part
def drawn(T: Any, X: Any, rule: Any, s: Any, record: Any) -> Any:
    """The points of a rule before repeat and cap: written, or at an official's discretion."""
    row = T.rules[rule]
    low = whole(T, X, row.low, X.t, s)
    if row.drawn == 0:
        return low
    high = whole(T, X, row.high, X.t, s)
    about = record_word(T, X, record) if record >= 0 else np.uint64(0)
    w = word0(row.discretion_key, X.block, s, X.t, about)
    return low + np.int64(scaled32(w, high - low + 1))


@part
def record_word(T: Any, X: Any, record: Any) -> Any:
    """The word by which draws about a record are addressed."""
    row = X.due[record]
    detector = T.detectors[row.detector]
    if row.ground == at.UNFOUNDED:
        who = row.root
    else:
        who = identity(row.kind, row.event_step, row.number, row.doer)
    return trace(T, who, X.t) ^ detector.word


@part
def points_in(T: Any, X: Any, rule: Any, s: Any, st: Any, amount: Any) -> Any:
    """The points a firing gives in a standing, after repeat and cap."""
    row = T.rules[rule]
    if row.becomes >= 0:
        target = whole(T, X, row.becomes, X.t, s)
        loss = target - (X.begins[row.rating] + X.sum[st, row.rating, s])
        amount = max(loss, 0) if T.ratings[row.rating].demerit else min(loss, 0)
    if row.remembers == 0:
        return np.int64(amount)
    earlier, given = np.int64(0), np.int64(0)
    firing = X.firing_first[s]
    while firing >= 0:
        old = X.firings[firing]
        if old.rule == rule and (old.mask >> st) & 1:
            if row.repeat >= 0 and old.step > X.t - whole(T, X, row.repeat_window, X.t, s):
                earlier += 1
            if row.cap >= 0 and old.step > X.t - whole(T, X, row.cap_window, X.t, s):
                given += old.amount
        firing = old.next
    if row.repeat >= 0:
        if earlier >= REPEATS:
            X.status = x.TOO_MANY_FIRINGS
            return np.int64(0)
        amount = T.I[whole(T, X, row.repeat, X.t, s) + (amount - row.repeat_low) * REPEATS + earlier]
    if row.cap >= 0:
        left = whole(T, X, row.cap, X.t, s) - given
        amount = max(amount, min(left, 0)) if amount < 0 else min(amount, max(left, 0))
    return np.int64(amount)


@part
def remember_firing(T: Any, X: Any, rule: Any, s: Any, amount: Any, bits: Any) -> None:
    """A firing for the repeats and caps to come."""
    if T.rules[rule].remembers == 0:
        return
    if X.n_firings >= x.FIRINGS:
        X.status = x.TOO_MANY_FIRINGS
        return
    row = X.firings[X.n_firings]
    row.rule = rule
    row.step = X.t
    row.amount = amount
    row.mask = bits
    row.next = X.firing_first[s]
    X.firing_first[s] = X.n_firings
    X.n_firings += 1


@part
def fire(T: Any, X: Any, M: Any, rule: Any, s: Any, record: Any, bits: Any) -> None:
    """A rule meets a record (or the calendar, or an enrolment: record -1)."""
    row = T.rules[rule]
    if not X.active[row.clause] or (X.held[s] >> row.rating) & 1 == 0:
        return
    if row.plain:
        ground, root = np.int64(at.OWN), np.int64(NO_ROOT)
        if record >= 0:
            ground, root = np.int64(X.due[record].ground), np.int64(X.due[record].root)
        give(T, X, M, s, rule, row.amount, ground, root, bits)
        return
    bits = standings(T, X, row.condition, s, bits)
    if bits == 0:
        return
    ground, root = np.int64(at.OWN), np.int64(NO_ROOT)
    if record >= 0:
        ground, root = np.int64(X.due[record].ground), np.int64(X.due[record].root)
    amount = np.int64(0)
    if row.becomes < 0:
        amount = drawn(T, X, rule, s, record)
    fact, truth = np.int64(0), np.int64(0)
    if bits & 1:
        fact = points_in(T, X, rule, s, 0, amount)
    if bits & 2:
        truth = points_in(T, X, rule, s, 1, amount) if X.split else fact
    if bits == 3 and fact == truth:
        give(T, X, M, s, rule, fact, ground, root, 3)
        remember_firing(T, X, rule, s, fact, 3)
        return
    if bits & 1:
        give(T, X, M, s, rule, fact, ground, root, 1)
        remember_firing(T, X, rule, s, fact, 1)
    if bits & 2:
        give(T, X, M, s, rule, truth, ground, root, 2)
        remember_firing(T, X, rule, s, truth, 2)


@part
def remember_record(T: Any, X: Any, record: Any, order: Any, bits: Any) -> None:
    """A record for the counts to come."""
    due = X.due[record]
    if T.kinds[due.kind].counted == 0:
        return
    if X.n_records >= x.RECORDS:
        X.status = x.TOO_MANY_RECORDS
        return
    row = X.records[X.n_records]
    row.step = X.t
    row.kind = due.kind
    row.policy = T.detectors[due.detector].policy
    row.mask = bits
    row.held = X.held[due.subject]
    row.order = order
    row.ground = due.ground
    row.root = due.root
    row.next = X.record_first[due.subject]
    X.record_first[due.subject] = X.n_records
    X.n_records += 1


@part
def part_standings(T: Any, X: Any) -> None:
    """From now on the truthful standing is kept beside the actual one: so far they were one."""
    if X.split:
        return
    X.split = 1
    X.standings = 2
    n = X.n
    for s in range(n):
        X.listed[1, s] = X.listed[0, s]
        X.readable[1, s] = X.readable[0, s]
        X.open[1, s] = X.open[0, s]
        X.held_before[1, s] = X.held_before[0, s]
    for rating in range(T.n_ratings):
        for s in range(n):
            X.sum[1, rating, s] = X.sum[0, rating, s]
            X.score[1, rating, s] = X.score[0, rating, s]
            X.tier[1, rating, s] = X.tier[0, rating, s]
            X.last_root[1, rating, s] = X.last_root[0, rating, s]
            X.award_count[1, rating, s] = X.award_count[0, rating, s]
    for listing in range(T.n_lists):
        for s in range(n):
            X.since[1, listing, s] = X.since[0, listing, s]
            X.case_count[1, listing, s] = X.case_count[0, listing, s]
            X.open_count[1, listing, s] = X.open_count[0, listing, s]


@part
def book_records(T: Any, X: Any, M: Any) -> None:
    """The records of the step are made: counted, told, remembered for counts."""
    order, last = 0, -1
    for k in range(X.n_now):
        record = X.now[k]
        row = X.due[record]
        s = row.subject
        order = order + 1 if s == last else 0
        last = s
        bits = 3 if row.ground == at.OWN else 1
        if bits == 1:
            part_standings(T, X)
        count(T, X, M, T.c_records + row.watch * 3 + row.ground, s, 1)
        if X.noting:
            note(
                X,
                x.J_RECORDS,
                s,
                row.kind,
                row.doer,
                row.number,
                row.root,
                row.ground,
                row.detector,
                row.event_step,
                row.amount,
                order,
                0,
            )
        remember_record(T, X, record, order, bits)


@part
def rules(T: Any, X: Any, M: Any) -> None:
    """The stage."""
    book_records(T, X, M)
    X.order = -1
    for s in range(X.n if X.some_joined else 0):
        if X.joined[s]:
            for rule in range(T.n_rules):
                if T.rules[rule].enrolment and (X.joined[s] >> T.rules[rule].rating) & 1:
                    fire(T, X, M, rule, s, -1, 3)
    order, last = 0, -1
    for k in range(X.n_now):
        record = X.now[k]
        row = X.due[record]
        s = row.subject
        order = order + 1 if s == last else 0
        last = s
        X.order = order
        X.amount = row.amount
        watch = T.watches[row.watch]
        for j in range(watch.first_rule, watch.first_rule + watch.n_rules):
            fire(T, X, M, T.I[j], s, record, 3 if row.ground == at.OWN else 1)
    X.order = ALL_RECORDS
    for rule in range(T.n_rules):
        row2 = T.rules[rule]
        if row2.every >= 0 and X.active[row2.clause]:
            every = whole(T, X, row2.every, X.since_step[row2.clause], 0)
            if (X.t - X.since_step[row2.clause] + 1) % every == 0:
                for s in range(X.n):
                    fire(T, X, M, rule, s, -1, 3)
