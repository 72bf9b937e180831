"""A block: made from its address, simulated step by step, reduced to sums, forgotten."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from glasshouse.draws import part
from glasshouse.kernel import state as x
from glasshouse.kernel.arrivals import arrive
from glasshouse.kernel.basics import blank, count
from glasshouse.kernel.cases import restock
from glasshouse.kernel.detection import detection
from glasshouse.kernel.endings import draw_firm, end_firms, forget_crossings, introduce, plan_market, profiles
from glasshouse.kernel.enrolment import enrol
from glasshouse.kernel.events import age_level, events, plan_year
from glasshouse.kernel.handing import hand_on
from glasshouse.kernel.listings import forget_conditions, listings, release_records, spread
from glasshouse.kernel.publication import publication, scales
from glasshouse.kernel.remedies import remedies
from glasshouse.kernel.requests import requests
from glasshouse.kernel.responses import forget, responses
from glasshouse.kernel.rules import rules
from glasshouse.kernel.sums import add
from glasshouse.linking import WholeCompiler
from glasshouse.society.residents import fill_block
from glasshouse.society.ties import draw_ties
from glasshouse.tables import layout as at

NEVER = 1 << 30


@part
def clear(T: Any, X: Any) -> None:
    """Everything a block starts without. A block that is told, or that hears of firms what
    differs in fact and in truth, keeps both standings from the start.
    """
    n = X.n
    X.split = 1 if X.noting or T.parted else 0
    X.standings = 1 + X.split
    clear_subjects(X)
    for st in range(X.standings):
        for rating in range(T.n_ratings):
            blank(X.sum[st, rating], n, 0)
            blank(X.last_root[st, rating], n, -1)
            blank(X.award_count[st, rating], n, 0)
        for listing in range(T.n_lists):
            blank(X.case_count[st, listing], n, 0)
            blank(X.open_count[st, listing], n, 0)
    for rating in range(T.n_ratings):
        blank(X.cell[rating], n, -1)
        blank(X.interval[rating], n, 0)
    for listing in range(T.n_lists):
        blank(X.stock[listing], n, -1)
        blank(X.wrong[listing], n, -1)
        blank(X.spared[listing], n, 0)
    for k in range(T.n_limited):
        blank(X.limit_unit[k], n, -1)
    blank(X.household_listed, X.households, 0)
    for t in range(T.first_step, T.steps):
        X.due_first[t] = -1
        X.future_first[t] = -1
        X.lapsing[t] = -1
    clear_queues(X)


@part
def clear_subjects(X: Any) -> None:
    """What each subject starts without."""
    n = X.n
    blank(X.next_age, n, NEVER)
    blank(X.stratum, n, 0)
    blank(X.held, n, 0)
    blank(X.next_held, n, 0)
    blank(X.ever, n, 0)
    blank(X.joined, n, 0)
    blank(X.crossed, n, 0)
    blank(X.clause_held, n, 0)
    blank(X.withdrawn, n, 0)
    blank(X.dirty, n, 0)
    blank(X.waiting, n, 0)
    blank(X.award_first, n, -1)
    blank(X.award_last, n, -1)
    blank(X.firing_first, n, -1)
    blank(X.case_first, n, -1)
    blank(X.restock, n, 0)
    blank(X.ending, n, 0)
    blank(X.gone, n, 0)
    blank(X.generation, n, 0)
    blank(X.refused_ever, n, 0)
    blank(X.record_first, n, -1)
    blank(X.sanction_first, n, -1)
    for st in range(2):
        blank(X.listed[st], n, 0)
        blank(X.readable[st], n, 0)
        blank(X.open[st], n, 0)
        blank(X.held_before[st], n, 0)


@part
def clear_queues(X: Any) -> None:
    """What the block starts without."""
    X.n_stirred = 0
    X.n_moved = 0
    X.n_ageing = 0
    X.unbegun = 0
    X.any_listed = 0
    X.n_awards = 0
    X.free_award = -1
    X.n_firings = 0
    X.n_cases = 0
    X.free_case = -1
    X.case_id = 0
    X.n_assource = 0
    X.n_opened = 0
    X.n_entered = 0
    X.n_events = 0
    X.n_future = 0
    X.free_future = -1
    X.n_due = 0
    X.free_due = -1
    X.n_now = 0
    X.n_records = 0
    X.n_touched = 0
    X.n_sanctions = 0
    X.gate_view = 0
    X.n_also = 0
    X.some_crossed = 0
    X.some_joined = 0
    X.order = 1 << 30
    X.amount = 0


@part
def all_profiles(T: Any, X: Any) -> None:
    """The profiles of all subjects in all sets."""
    for k in range(T.n_sets):
        row = T.sets[k]
        for s in range(X.n):
            X.prof[k, s] = 0
        for j in range(row.count):
            attribute, stride = T.I[row.first + 2 * j], np.int32(T.I[row.first + 2 * j + 1])
            for s in range(X.n):
                X.prof[k, s] += np.int32(X.level[attribute, s]) * stride


@part
def aged_profiles(T: Any, X: Any, s: Any) -> None:
    """The profile of a subject in the sets that contain the age."""
    for k in range(T.n_sets):
        if T.sets[k].aged:
            row = T.sets[k]
            number = np.int32(0)
            for j in range(row.count):
                number += np.int32(X.level[T.I[row.first + 2 * j], s]) * np.int32(T.I[row.first + 2 * j + 1])
            X.prof[k, s] = number


@part
def settle(T: Any, X: Any, s: Any) -> None:
    """The subject's next birthday into another band."""
    X.next_age[s] = NEVER
    level = np.int64(X.level[T.age, s])
    if level + 1 < T.n_breaks:
        X.next_age[s] = T.breaks[level + 1] - X.months[s]


@part
def begin(T: Any, X: Any, M: Any) -> None:
    """Strata by the levels of the first month; profiles; ages as they stand at the run's first step."""
    all_profiles(T, X)
    for s in range(X.n):
        if T.stratum_set >= 0:
            X.stratum[s] = X.prof[T.stratum_set, s]
        add(M, T.c_subjects * T.n_strata + X.stratum[s], 1)
        if T.age >= 0:
            settle(T, X, s)
        if T.market and X.noting:
            introduce(T, X, s)


@part
def begin_year(T: Any, X: Any) -> None:
    """The run year that begins, or that the run begins in; who has a birthday in it that leads into another band."""
    X.year = X.t // T.year
    X.year_begins = X.year * T.year
    X.year_ends = T.I[T.elapsed + X.year_begins + T.year - 1]
    for k in range(X.n_ageing):
        X.crossed[X.ageing[k]] = 0
    X.n_ageing = 0
    for s in range(X.n):
        X.ageing[X.n_ageing] = s
        X.n_ageing += 1 if X.next_age[s] <= X.year_ends else 0


@part
def grow_older(T: Any, X: Any) -> None:
    """Birthdays of this step that lead into another band."""
    elapsed = T.I[T.elapsed + X.t]
    X.some_crossed = 0
    for k in range(X.n_ageing):
        s = np.int64(X.ageing[k])
        X.crossed[s] = 0
        if X.next_age[s] <= elapsed:
            X.crossed[s] = 1
            X.some_crossed = 1
            X.level[T.age, s] = age_level(T, X.months[s] + elapsed)
            aged_profiles(T, X, s)
            settle(T, X, s)


@part
def in_force(T: Any, X: Any) -> Any:
    """Which clauses are in force at this step: 0 nothing changed, 1 something did, 2 something ended."""
    if X.t < X.next_change:
        return 0
    changed = 0
    X.next_change = NEVER
    for c in range(T.n_clauses):
        first = T.I[T.windows[c] + 2 * X.leaf]
        last = T.I[T.windows[c] + 2 * X.leaf + 1]
        now = 1 if first <= X.t < last else 0
        if now != X.active[c]:
            changed = max(changed, 1 if now else 2)
            if now:
                X.since_step[c] = X.t
        X.active[c] = now
        if X.t < first:
            X.next_change = min(X.next_change, first)
        elif X.t < last:
            X.next_change = min(X.next_change, last)
    return changed


@part
def turn_over(T: Any, X: Any, M: Any, S: Any, needed: Any) -> None:
    """Before everything else in a market: firms that ended go, and in a new year new ones stand in empty places."""
    forget_crossings(X)
    end_firms(T, X, M)
    if T.I[T.new_years + X.t] == 0:
        return
    for s in range(X.n):
        if X.gone[s]:
            X.gone[s] = 0
            X.generation[s] += 1
            draw_firm(T, X, S, needed, s)
            profiles(T, X, s)
            if T.stratum_set >= 0:
                X.stratum[s] = X.prof[T.stratum_set, s]
            X.crossed[s] = 1
            X.some_crossed = 1
            count(T, X, M, T.c_subjects, s, 1)
            count(T, X, M, T.c_founded, s, 1)
            if X.noting:
                introduce(T, X, s)


@part
def read_listings(X: Any) -> None:
    """Conditions read from here on what is listed now."""
    for st in range(X.standings):
        for s in range(X.n):
            X.readable[st, s] = X.listed[st, s]


@part
def step(T: Any, X: Any, M: Any, S: Any, needed: Any) -> None:
    """The nine stages of one step."""
    changed = in_force(T, X)
    first = X.t == T.first_step
    new_year = X.t % T.year == 0 or first
    if new_year:
        begin_year(T, X)
    grow_older(T, X)
    if T.market:
        turn_over(T, X, M, S, needed)
        if new_year or X.some_crossed:
            plan_market(T, X, M)
    elif new_year:
        plan_year(T, X, M)
    if T.n_ratings:
        scales(T, X)
        enrol(T, X, M, changed > 0 or first)
    if T.n_lists:
        if X.case_id:
            read_listings(X)
        if X.case_id or T.n_ratings:
            remedies(T, X, M, changed == 2)
            if X.case_id:
                read_listings(X)
        if changed:
            forget_conditions(T, X)
    elif T.n_ratings:
        remedies(T, X, M, False)
    events(T, X, M)
    detection(T, X, M)
    rules(T, X, M)
    if T.n_lists:
        listings(T, X, M)
        X.n_entered = X.n_opened
        if T.n_spreads and X.n_opened:
            spread(T, X, M)
        if T.n_arrivals and not T.market:
            arrive(T, X, M)
        if X.case_id:
            read_listings(X)
    release_records(X)
    if T.n_ratings:
        publication(T, X, M)
    requests(T, X, M)
    if T.n_responses:
        responses(T, X)
    if X.case_id:
        restock(T, X, M)
    if T.market:
        hand_on(T, X, M)


@part
def tally(T: Any, X: Any, M: Any) -> None:
    """Sanctions per root, at the end of the block."""
    for k in range(X.n_roots):
        slot = X.root_used[k]
        name = X.root_key[slot] // (2048 * 65536 * 8192)
        row = name if name < at.KINDS else T.n_kinds + name - at.KINDS
        add(M, T.o_roots + row * 64 + min(X.root_count[slot], 63), 1)
        X.root_key[slot] = -1
    X.n_roots = 0


@part
def run_block(
    T: Any,
    X: Any,
    M: Any,
    S: Any,
    needed: Any,
    tie_keys: Any,
    tie_tables: Any,
    tie_lengths: Any,
    leaf: Any,
    block: Any,
    households: Any,
    noting: Any,
) -> int:
    """One block; the answer is a status, 0 if all went well."""
    X.status = x.FINE
    X.who = -1
    X.leaf = leaf
    X.block = block
    X.noting = noting
    X.rows = 0
    X.t0 = T.first_step
    n = fill_block(
        S, block, households, leaf, needed, X.words, X.household, X.start, X.level, X.months, X.propensity, X.look
    )
    if n < 0:
        return x.TOO_MANY_SUBJECTS
    X.n = n
    X.households = households
    for k in range(len(tie_keys)):
        if tie_lengths[k] == 0:
            continue
        found = draw_ties(
            tie_keys[k],
            tie_tables[k, : tie_lengths[k]],
            block,
            n,
            X.household,
            X.start,
            X.words,
            X.drawing,
            X.numbers,
            X.pairs,
            X.tie_start[k],
            X.tie_other[k],
        )
        if found < 0:
            return x.TOO_MANY_TIES
    clear(T, X)
    for c in range(T.n_clauses):
        X.active[c] = 0
    X.next_change = -1
    begin(T, X, M)
    for t in range(T.first_step, T.steps):
        X.t = t
        X.base = (t - X.t0) * T.n_counters * T.n_strata
        step(T, X, M, S, needed)
        if X.status:
            return int(X.status)
    tally(T, X, M)
    forget(X)
    return x.FINE


@njit(nogil=True, error_model="numpy", cache=True, pipeline_class=WholeCompiler)
def run_blocks(
    T: Any,
    X: Any,
    M: Any,
    S: Any,
    needed: Any,
    tie_keys: Any,
    tie_tables: Any,
    tie_lengths: Any,
    leaf: Any,
    blocks: Any,
    households: Any,
    noting: Any,
) -> tuple[int, int]:
    """Many blocks of one leaf; (status, block that stopped)."""
    for k in range(len(blocks)):
        status = run_block(
            T, X, M, S, needed, tie_keys, tie_tables, tie_lengths, leaf, blocks[k], households[k], noting
        )
        if status:
            return status, blocks[k]
    return 0, -1
