"""Stage 2: what people do. Candidates are drawn a year at a time and thinned to the rate in force at their step."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import fill_pairs, fill_uniform64, part, succeeds, uniform64
from glasshouse.kernel import state as x
from glasshouse.kernel.awards import give
from glasshouse.kernel.basics import (
    NO_ROOT,
    ONE,
    blank,
    count,
    event_amount,
    identity,
    note,
    passed,
    scaled_threshold,
    word,
)
from glasshouse.kernel.basics import whole as whole_of
from glasshouse.kernel.sums import add
from glasshouse.tables import layout as at

HALF = np.uint64(32)


@part
def age_level(T: Any, months: Any) -> Any:
    """The age band of so many months."""
    level = np.int64(0)
    while level + 1 < T.n_breaks and months >= T.breaks[level + 1]:
        level += 1
    return level


@part
def column(T: Any, X: Any, stream: Any, s: Any) -> Any:
    """Where a stream keeps the numbers of a subject as it now is."""
    row = T.streams[stream]
    profile = np.int64(0) if row.set < 0 else np.int64(X.prof[row.set, s])
    return profile * (row.mask + 1) + (np.int64(X.propensity[s]) & row.mask)


@part
def age_step(T: Any, stream: Any) -> Any:
    """How far a stream's numbers lie apart between an age band and the next; 0 where age does not count."""
    row = T.streams[stream]
    return np.int64(0) if row.set < 0 else T.sets[row.set].aged * (row.mask + 1)


@part
def find_turns(T: Any, X: Any) -> None:
    """Who enters the next age band later in the run year (1), or did so before the run began (-1): one band at most."""
    for s in range(X.n):
        X.turns[s] = 1 if X.next_age[s] <= X.year_ends else 0
    if X.year_begins != X.t and T.age >= 0:
        for s in range(X.n):
            if age_level(T, X.months[s] + T.I[T.elapsed + X.year_begins]) != X.level[T.age, s]:
                X.turns[s] = -1


@part
def find_hits(T: Any, X: Any) -> None:
    """Who has a candidate of a stream in the run year, at the higher of the ceilings of the year."""
    hits = np.int64(0)
    for stream in range(T.n_streams):
        chosen, mask, none = T.streams[stream].set, T.streams[stream].mask, T.streams[stream].none
        aged = age_step(T, stream)
        for s in range(X.n):
            here = np.int64(X.propensity[s]) & mask
            if chosen >= 0:
                here += np.int64(X.prof[chosen, s]) * (mask + 1)
            lowest = T.U[none + here]
            if aged:
                lowest = min(lowest, T.U[none + here + X.turns[s] * aged])
            X.hits[hits] = (stream << 16) | s
            X.hit_column[hits] = here
            hits += 1 if X.number_words[stream, s] >= lowest else 0
    X.n_hits = hits


@part
def draw_candidates(T: Any, X: Any) -> None:
    """As many candidates as the yearly draws say, with the words that place and judge them."""
    n = 0
    for hit in range(X.n_hits):
        s, stream = np.int64(X.hits[hit]) & 65535, np.int64(X.hits[hit]) >> 16
        row, here = T.streams[stream], np.int64(X.hit_column[hit])
        exponent = np.int64(T.E[row.exponent + here])
        if X.turns[s]:
            exponent = max(exponent, np.int64(T.E[row.exponent + here + X.turns[s] * age_step(T, stream)]))
        if exponent < 0:
            continue
        table = T.poisson[exponent]
        number = passed(T, table.off, table.count, X.number_words[stream, s])
        if n + number > x.CANDIDATES:
            X.status = x.TOO_MANY_EVENTS
            X.n_candidates = 0
            return
        for j in range(number):
            X.c_key[n] = row.key
            X.c_subject[n] = s
            X.c_stream[n] = stream
            X.c_column[n] = here
            X.c_number[n] = j
            X.c_ceiling[n] = exponent
            n += 1
    X.n_candidates = n
    fill_pairs(X.c_word, X.c_mark, n, X.c_key, np.uint64(X.block), X.c_subject, np.uint64(X.year), X.c_number)


@part
def happens(T: Any, X: Any, clause: Any, t: Any) -> Any:
    """Whether a clause is in force at a later step."""
    window = T.windows[clause] + 2 * X.leaf
    return T.I[window] <= t < T.I[window + 1]


@part
def judge_candidates(T: Any, X: Any, M: Any) -> None:
    """Give each candidate its step, and drop those that are sure not to happen."""
    kept = 0
    for k in range(X.n_candidates):
        stream = np.int64(X.c_stream[k])
        row = T.streams[stream]
        position = np.int64((X.c_word[k] * np.uint64(T.year)) >> HALF)
        t = X.year_begins + position
        if t >= T.steps or t < X.t:
            continue
        shift, here, s = np.int64(0), np.int64(X.c_column[k]), np.int64(X.c_subject[k])
        if X.turns[s]:
            if X.next_age[s] <= T.I[T.elapsed + t]:
                here += age_step(T, stream)
            own = np.int64(T.E[row.exponent + here])
            if own < 0:
                continue
            shift = X.c_ceiling[k] - own
        real = True
        if row.judged:
            threshold = T.U[row.rate + T.I[row.seg + t] * row.width + here]
            real = succeeds(X.c_mark[k], threshold >> np.uint64(shift))
        if row.quiet and not X.noting:
            if real and happens(T, X, T.kinds[row.name].clause, t):
                place = ((t - X.t0) * T.n_counters + T.c_events + row.name) * T.n_strata
                add(M, place + X.stratum[s], 1)
            continue
        X.c_subject[kept] = s
        X.c_stream[kept] = stream
        X.c_number[kept] = X.c_number[k]
        X.c_mark[kept] = X.c_mark[k]
        X.c_ceiling[kept] = shift
        X.c_place[kept] = position if row.name < at.KINDS else T.year + position
        kept += 1 if real else 0
    X.n_candidates = kept


@part
def order_candidates(T: Any, X: Any) -> None:
    """Sort the candidates by step (false alarms behind), subject, kind and number; they stand by kind so far."""
    blank(X.place_first, X.n + 1, 0)
    for k in range(X.n_candidates):
        X.place_first[X.c_subject[k] + ONE] += 1
    for s in range(X.n):
        X.place_first[s + 1] += X.place_first[s]
    for k in range(X.n_candidates):
        s = X.c_subject[k]
        X.by_subject[X.place_first[s]] = k
        X.place_first[s] += 1
    blank(X.place_first, 2 * T.year + 1, 0)
    for k in range(X.n_candidates):
        X.place_first[X.c_place[k] + 1] += 1
    for place in range(2 * T.year):
        X.place_next[place] = X.place_first[place]
        X.place_first[place + 1] += X.place_first[place]
    for position in range(X.n_candidates):
        k = X.by_subject[position]
        place = X.c_place[k]
        X.by_place[X.place_next[place]] = k
        X.place_next[place] += 1


@part
def draw_numbers(T: Any, X: Any) -> None:
    """The draws of how many candidates everybody has in the run year."""
    block, year, zero = np.uint64(X.block), np.uint64(X.year), np.uint64(0)
    for stream in range(T.n_streams):
        fill_uniform64(X.number_words[stream], X.n, T.streams[stream].key, block, year, zero)


@part
def plan_year(T: Any, X: Any, M: Any) -> None:
    """All candidates of the run year that begins (or that the run begins in)."""
    draw_numbers(T, X)
    find_turns(T, X)
    find_hits(T, X)
    draw_candidates(T, X)
    judge_candidates(T, X, M)
    order_candidates(T, X)


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
    count(T, X, M, T.c_events + kind, s, 1)
    if row.ends:
        X.ending[s] = 1
    if row.short and not X.noting:
        record_at_once(T, X, M, s, kind)
        return
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
def record_at_once(T: Any, X: Any, M: Any, s: Any, kind: Any) -> None:
    """What a plain event leads to, without waiting in any queue."""
    for k in range(T.kinds[kind].first_watch, T.kinds[kind].first_watch + T.kinds[kind].n_watches):
        number = T.I[k]
        watch = T.watches[number]
        if X.active[T.detectors[watch.detector].clause]:
            count(T, X, M, T.c_records + number * 3 + at.OWN, s, 1)
            for j in range(watch.first_rule, watch.first_rule + watch.n_rules):
                rule = T.I[j]
                row = T.rules[rule]
                if X.active[row.clause] and (X.held[s] >> row.rating) & 1:
                    give(T, X, M, s, rule, row.amount, at.OWN, NO_ROOT, 3)


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
    place = X.t - X.year_begins
    for position in range(X.place_first[place], X.place_first[place + 1]):
        k = X.by_place[position]
        stream = np.int64(X.c_stream[k])
        row = T.streams[stream]
        s = np.int64(X.c_subject[k])
        real = not X.gone[s]
        if row.judged == 0:
            threshold = T.U[row.rate + T.I[row.seg + X.t] * row.width + column(T, X, stream, s)]
            threshold = threshold >> np.uint64(X.c_ceiling[k])
            real = real and succeeds(X.c_mark[k], scaled_threshold(threshold, X.factor[row.name, s]))
        if real:
            number = np.int64(X.c_number[k])
            happen(T, X, M, s, row.name, number, identity(row.name, X.t, number, s), X.c_mark[k])
    consequences(T, X, M)
