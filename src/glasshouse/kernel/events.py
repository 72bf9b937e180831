"""Stage 2: what people do. Candidates are drawn a year at a time and thinned to the rate in force at their step."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import fill_uniform64, part, philox, succeeds, uniform64
from glasshouse.kernel import state as x
from glasshouse.kernel.basics import count, event_amount, identity, note, passed, scaled_threshold, word
from glasshouse.kernel.basics import whole as whole_of

HALF = np.uint64(32)


@part
def profile_at(T: Any, X: Any, chosen: Any, s: Any, t: Any) -> Any:
    """The profile of a subject in a set at a later step: its age moves, nothing else does."""
    if chosen < 0:
        return np.int64(0)
    row = T.sets[chosen]
    number = np.int64(0)
    for k in range(row.count):
        attribute = T.I[row.first + 2 * k]
        level = np.int64(X.level[attribute, s])
        if attribute == T.age:
            level = age_level(T, X.months[s] + T.I[T.elapsed + t])
        number += level * T.I[row.first + 2 * k + 1]
    return number


@part
def age_level(T: Any, months: Any) -> Any:
    """The age band of so many months."""
    level = np.int64(0)
    while level + 1 < T.n_breaks and months >= T.breaks[level + 1]:
        level += 1
    return level


@part
def top_of_year(
    T: Any, X: Any, chosen: Any, exponents: Any, levels: Any, level: Any, s: Any, first: Any, last: Any
) -> Any:
    """The highest ceiling of a stream over the profiles held in the steps of a run year; -1 if it has none."""
    top = np.int64(-1)
    held = np.int64(-1)
    for t in range(first, last):
        profile = profile_at(T, X, chosen, s, t)
        if profile != held:
            held = profile
            top = max(top, np.int64(T.E[exponents + profile * levels + level]))
    return top


@part
def keep(X: Any, s: Any, kind: Any, number: Any, mark: Any, shift: Any, level: Any, position: Any, alarms: Any) -> None:
    """Put a candidate (of a kind, or of a detector's false alarms) at the end of its step's queue."""
    if X.n_candidates >= x.CANDIDATES:
        X.status = x.TOO_MANY_EVENTS
        return
    row = X.candidates[X.n_candidates]
    row.mark = mark
    row.subject = s
    row.kind = kind
    row.number = number
    row.shift = shift
    row.level = level
    row.next = -1
    if alarms:
        if X.alarm_first[position] < 0:
            X.alarm_first[position] = X.n_candidates
        else:
            X.candidates[X.alarm_last[position]].next = X.n_candidates
        X.alarm_last[position] = X.n_candidates
    else:
        if X.month_first[position] < 0:
            X.month_first[position] = X.n_candidates
        else:
            X.candidates[X.month_last[position]].next = X.n_candidates
        X.month_last[position] = X.n_candidates
    X.n_candidates += 1


@part
def threshold_of(
    T: Any, seg: Any, rate: Any, width: Any, levels: Any, profile: Any, level: Any, t: Any, shift: Any
) -> Any:
    """The threshold of a mark at a step; a higher ceiling in the year shifts it."""
    threshold = T.U[rate + T.I[seg + t] * width + profile * levels + level]
    return threshold >> np.uint64(shift) if shift else threshold


@part
def stream(
    T: Any,
    X: Any,
    u: Any,
    key: Any,
    chosen: Any,
    rate: Any,
    width: Any,
    seg: Any,
    exponents: Any,
    levels: Any,
    level: Any,
    s: Any,
    name: Any,
    alarms: Any,
    thin: Any,
) -> None:
    """The candidates of one stream of a subject for the run year; ``u`` draws their number, ``thin`` judges now."""
    moving = X.year_begins != X.t or moves(T, X, chosen, s)
    profile = np.int64(0) if chosen < 0 else np.int64(X.prof[chosen, s])
    exponent = np.int64(T.E[exponents + profile * levels + level])
    if moving:
        exponent = top_of_year(T, X, chosen, exponents, levels, level, s, X.year_begins, X.year_begins + T.year)
    if exponent < 0:
        return
    k = np.uint64(key)
    table = T.poisson[exponent]
    for j in range(passed(T, table.off, table.count, u)):
        w0, _, w2, w3 = philox(k, k >> HALF, X.block, s, X.year, 1 + j)
        position = np.int64((w0 * np.uint64(T.year)) >> HALF)
        t = X.year_begins + position
        if t < X.t or t >= T.steps:
            continue
        mark = w2 | (w3 << HALF)
        shift = np.int64(0)
        then = profile
        if moving:
            then = profile_at(T, X, chosen, s, t)
            shift = exponent - np.int64(T.E[exponents + then * levels + level])
            if T.E[exponents + then * levels + level] < 0:
                continue
        if thin and not succeeds(mark, threshold_of(T, seg, rate, width, levels, then, level, t, shift)):
            continue
        keep(X, s, name, j, mark, shift, level, position, alarms)


@part
def moves(T: Any, X: Any, chosen: Any, s: Any) -> Any:
    """Whether a subject changes its profile in a set within the run year."""
    return chosen >= 0 and T.sets[chosen].ages and X.next_age[s] <= X.year_ends


@part
def plan_year(T: Any, X: Any) -> None:
    """All candidates of the run year that begins (or that the run begins in)."""
    X.n_candidates = 0
    X.month_first[: T.year] = -1
    X.alarm_first[: T.year] = -1
    X.year = X.t // T.year
    X.year_begins = X.year * T.year
    X.year_ends = T.I[T.elapsed + X.year_begins + T.year - 1]
    block, year, zero = np.uint64(X.block), np.uint64(X.year), np.uint64(0)
    for kind in range(T.n_kinds):
        if T.kinds[kind].parent < 0:
            fill_uniform64(X.number_words[kind], X.n, T.kinds[kind].key, block, year, zero)
    for s in range(X.n):
        level = np.int64(X.propensity[s])
        for kind in range(T.n_kinds):
            row = T.kinds[kind]
            if row.parent >= 0:
                continue
            u = X.number_words[kind, s]
            profile = np.int64(0) if row.set < 0 else np.int64(X.prof[row.set, s])
            exponent = np.int64(T.E[row.exponent + profile * 64 + level])
            plain = X.year_begins == X.t and not moves(T, X, row.set, s)
            if plain and (exponent < 0 or u < T.U[T.poisson[exponent].off]):
                continue
            stream(
                T,
                X,
                u,
                row.key,
                row.set,
                row.rate,
                row.width,
                row.seg,
                row.exponent,
                64,
                level,
                s,
                kind,
                0,
                1 if row.responds == 0 else 0,
            )
    for detector in range(T.n_detectors):
        d = T.detectors[detector]
        if d.alarms:
            for s in range(X.n):
                u = uniform64(d.alarm_key, X.block, s, X.year, 0)
                stream(
                    T,
                    X,
                    u,
                    d.alarm_key,
                    d.alarm_set,
                    d.alarm_rate,
                    d.alarm_width,
                    d.alarm_seg,
                    d.alarm_exponent,
                    1,
                    0,
                    s,
                    detector,
                    1,
                    1,
                )


@part
def happen(T: Any, X: Any, M: Any, s: Any, kind: Any, number: Any, root: Any, mark: Any) -> None:
    """An event happens now, unless its limit is reached; its consequences are drawn."""
    row = T.kinds[kind]
    if not X.active[row.clause]:
        return
    if row.limited >= 0 and row.parent < 0:
        unit = T.I[row.unit + X.t]
        if X.limit_unit[row.limited, s] != unit:
            X.limit_unit[row.limited, s] = unit
            X.limit_count[row.limited, s] = 0
        if X.limit_count[row.limited, s] >= row.limit:
            return
        X.limit_count[row.limited, s] += 1
    if X.n_events >= x.EVENTS:
        X.status = x.TOO_MANY_EVENTS
        return
    event = X.events[X.n_events]
    event.root = root
    event.mark = mark
    event.subject = s
    event.kind = kind
    event.number = number
    X.n_events += 1
    if row.ends:
        X.ending[s] = 1
    count(T, X, M, T.c_events + kind, s, 1)
    if X.noting:
        note(X, x.J_EVENTS, s, kind, number, root, event_amount(T, X, kind, s, X.t, number), np.int64(mark))
    for k in range(row.n_children):
        child = T.I[row.first_child + k]
        drawn = uniform64(T.kinds[child].key, X.block, s, X.t, number)
        if succeeds(drawn, word(T, X, T.kinds[child].chance, X.t, s)):
            wait = whole_of(T, X, T.kinds[child].after, X.t, s)
            if wait == 0:
                happen_later(X, s, child, number, root, drawn, X.t)
            elif X.t + wait < T.steps:
                happen_later(X, s, child, number, root, drawn, X.t + wait)


@part
def happen_later(X: Any, s: Any, kind: Any, number: Any, root: Any, mark: Any, t: Any) -> None:
    """Remember a consequence for its step."""
    slot = X.free_future
    if slot >= 0:
        X.free_future = X.future[slot].next
    else:
        if X.n_future >= x.FUTURE:
            X.status = x.TOO_MANY_EVENTS
            return
        slot = X.n_future
        X.n_future += 1
    row = X.future[slot]
    row.root = root
    row.mark = mark
    row.subject = s
    row.kind = kind
    row.number = number
    row.next = X.future_first[t]
    X.future_first[t] = slot


@part
def consequences(T: Any, X: Any, M: Any) -> None:
    """Consequences due now, and theirs, until none is left; then the step's events are put in order."""
    some = False
    while X.future_first[X.t] >= 0:
        some = True
        slot = X.future_first[X.t]
        X.future_first[X.t] = X.future[slot].next
        row = X.future[slot]
        happen(T, X, M, row.subject, row.kind, row.number, row.root, row.mark)
        X.future[slot].next = X.free_future
        X.free_future = slot
    if some:
        for i in range(1, X.n_events):
            j = i
            while j > 0 and comes_before(X, j, j - 1):
                swap(X, j)
                j -= 1


@part
def comes_before(X: Any, i: Any, j: Any) -> Any:
    """Whether event i stands before event j: by subject, kind, number, then root."""
    a, b = X.events[i], X.events[j]
    if a.subject != b.subject:
        return a.subject < b.subject
    if a.kind != b.kind:
        return a.kind < b.kind
    if a.number != b.number:
        return a.number < b.number
    return a.root < b.root


@part
def swap(X: Any, j: Any) -> None:
    """Exchange an event with the one before it."""
    a, b = X.events[j], X.events[j - 1]
    root, mark, subject, kind, number = a.root, a.mark, a.subject, a.kind, a.number
    a.root = b.root
    a.mark = b.mark
    a.subject = b.subject
    a.kind = b.kind
    a.number = b.number
    b.root = root
    b.mark = mark
    b.subject = subject
    b.kind = kind
    b.number = number


@part
def events(T: Any, X: Any, M: Any) -> None:
    """The stage: the step's candidates, judged now where responses can change them."""
    X.n_events = 0
    candidate = X.month_first[X.t - X.year_begins]
    while candidate >= 0:
        row = X.candidates[candidate]
        kind = T.kinds[row.kind]
        s = row.subject
        real = True
        if kind.responds:
            profile = np.int64(0) if kind.set < 0 else np.int64(X.prof[kind.set, s])
            threshold = threshold_of(T, kind.seg, kind.rate, kind.width, 64, profile, row.level, X.t, row.shift)
            real = succeeds(row.mark, scaled_threshold(threshold, X.factor[row.kind, s]))
        if real:
            happen(T, X, M, s, row.kind, row.number, identity(row.kind, X.t, row.number, s), row.mark)
        candidate = row.next
    consequences(T, X, M)
