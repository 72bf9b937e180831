"""Stages 5 and 6: subjects come onto lists by records and conditions; listings reach ties."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import part, succeeds, uniform64
from glasshouse.kernel.ask import find_ground, standings, tie_range, tied
from glasshouse.kernel.basics import NO_ROOT, ONE, whole, word
from glasshouse.kernel.cases import end_case, late, on_any_list, open_case
from glasshouse.kernel.rules import ALL_RECORDS, record_word
from glasshouse.tables import layout as at


@part
def refresh(X: Any, s: Any) -> None:
    """Conditions of this stage read a subject's own listings as they now stand."""
    for st in range(X.standings):
        X.readable[st, s] = X.listed[st, s]


@part
def end_whiles(T: Any, X: Any, M: Any, s: Any, listing: Any) -> None:
    """Cases that last as long as their condition end when it no longer holds."""
    slot = X.case_first[s]
    while slot >= 0:
        row = X.cases[slot]
        after = row.next
        if row.list == listing and row.term == at.WHILE and row.while_row >= 0:
            condition = T.rows[T.lists[listing].first_row + row.while_row].condition
            gone = row.mask & ~standings(T, X, condition, s, row.mask)
            if gone:
                end_case(T, X, M, slot, gone, at.ORIGIN, -1)
        slot = after


@part
def fits(T: Any, X: Any, row: Any, s: Any, record: Any, bits: Any) -> Any:
    """The standings in which a row of `enter` fits a record."""
    rule = T.rows[row]
    kind = X.due[record].kind
    on = rule.mask >> np.uint64(kind) if kind < 64 else rule.mask2 >> np.uint64(kind - 64)
    if rule.by_record == 0 or on & ONE == 0:
        return 0
    bits = standings(T, X, rule.condition, s, bits)
    if bits and not rule.certain:
        u = uniform64(rule.key, X.block, s, X.t, record_word(T, X, record))
        if not succeeds(u, word(T, X, rule.chance, X.t, s)):
            return 0
    return bits


@part
def enter_by_record(T: Any, X: Any, M: Any, s: Any, listing: Any, record: Any) -> None:
    """A record meets the rows of a list: of those that fit the longest term counts."""
    row = T.lists[listing]
    due = X.due[record]
    bits = 3 if due.ground == at.OWN else 1
    best_fact, best_truth = np.int64(-1), np.int64(-1)
    for k in range(row.first_row, row.first_row + row.n_rows):
        found = fits(T, X, k, s, record, bits)
        if found == 0:
            continue
        term = late(whole(T, X, T.rows[k].term, X.t, s))
        if found & 1 and (best_fact < 0 or term > late(whole(T, X, T.rows[best_fact].term, X.t, s))):
            best_fact = np.int64(k)
        if found & 2 and (best_truth < 0 or term > late(whole(T, X, T.rows[best_truth].term, X.t, s))):
            best_truth = np.int64(k)
    if best_fact >= 0 and best_fact == best_truth:
        open_row(T, X, M, s, listing, best_fact, due.ground, due.root, 3, -1)
        return
    if best_fact >= 0:
        open_row(T, X, M, s, listing, best_fact, due.ground, due.root, 1, -1)
    if best_truth >= 0:
        open_row(T, X, M, s, listing, best_truth, due.ground, due.root, 2, -1)


@part
def open_row(
    T: Any, X: Any, M: Any, s: Any, listing: Any, row: Any, ground: Any, root: Any, bits: Any, rating: Any
) -> None:
    """A case by a row of `enter`."""
    open_case(
        T,
        X,
        M,
        s,
        listing,
        T.rows[row].number,
        -1,
        ground,
        root,
        whole(T, X, T.rows[row].term, X.t, s),
        bits,
        rating,
        -1,
    )


@part
def enter_by_condition(T: Any, X: Any, M: Any, s: Any, listing: Any) -> None:
    """Rows with a condition alone open a case when it comes to hold."""
    row = T.lists[listing]
    for k in range(row.first_row, row.first_row + row.n_rows):
        rule = T.rows[k]
        if rule.by_record:
            continue
        bit = ONE << np.uint64(rule.bit)
        now = standings(T, X, rule.condition, s, 3)
        begun = 0
        for st in range(X.standings):
            before = X.held_before[st, s] & bit != np.uint64(0)
            if (now >> st) & 1:
                if not before:
                    begun |= 1 << st
                X.held_before[st, s] |= bit
            else:
                X.held_before[st, s] &= ~bit
        if begun == 0:
            continue
        if X.split == 0:
            begun = 3
        if not rule.certain and not succeeds(uniform64(rule.key, X.block, s, X.t, 0), word(T, X, rule.chance, X.t, s)):
            continue
        ground, root, rating = np.int64(0), np.int64(NO_ROOT), np.int64(-1)
        if begun & 1:
            find_ground(T, X, rule.condition, s, 0)
            ground, root, rating = X.g_ground, X.g_root, X.g_rating
        if begun & 2:
            if X.split:
                find_ground(T, X, rule.condition, s, 1)
            if begun == 3 and ground == X.g_ground and root == X.g_root:
                open_row(T, X, M, s, listing, k, ground, root, 3, rating)
                continue
            if begun & 1:
                ground2, root2, rating2 = X.g_ground, X.g_root, X.g_rating
                open_row(T, X, M, s, listing, k, ground, root, 1, rating)
                open_row(T, X, M, s, listing, k, ground2, root2, 2, rating2)
            else:
                open_row(T, X, M, s, listing, k, X.g_ground, X.g_root, 2, X.g_rating)
            continue
        open_row(T, X, M, s, listing, k, ground, root, 1, rating)


@part
def enter_subject(T: Any, X: Any, M: Any, s: Any, first: Any, last: Any) -> None:
    """One subject meets all lists; its records are those from ``first`` to before ``last`` of the step's."""
    for position in range(T.n_lists):
        listing = T.list_order[position]
        row = T.lists[listing]
        if not X.active[row.clause]:
            continue
        if on_any_list(X, s) >> np.uint64(listing) & ONE:
            end_whiles(T, X, M, s, listing)
            refresh(X, s)
        for k in range(first, last):
            record = X.now[k]
            due = X.due[record]
            if (T.watches[due.watch].lists >> listing) & 1:
                X.order = k - first
                X.amount = due.amount
                enter_by_record(T, X, M, s, listing, record)
                refresh(X, s)
        X.order = ALL_RECORDS
        if row.conditional:
            enter_by_condition(T, X, M, s, listing)
            refresh(X, s)


@part
def forget_conditions(T: Any, X: Any) -> None:
    """Conditions of lists out of force count as not holding."""
    for listing in range(T.n_lists):
        row = T.lists[listing]
        if row.conditional and not X.active[row.clause]:
            for k in range(row.first_row, row.first_row + row.n_rows):
                if T.rows[k].bit >= 0:
                    bit = ONE << np.uint64(T.rows[k].bit)
                    for s in range(X.n):
                        X.held_before[0, s] &= ~bit
                        X.held_before[1, s] &= ~bit


@part
def any_condition(T: Any, X: Any) -> Any:
    """Whether some list in force opens or ends cases by conditions."""
    for listing in range(T.n_lists):
        if T.lists[listing].conditional and X.active[T.lists[listing].clause]:
            return True
    return False


@part
def listings(T: Any, X: Any, M: Any) -> None:
    """Stage 5."""
    X.n_opened = 0
    k = 0
    if any_condition(T, X):
        for s in range(X.n):
            first = k
            while k < X.n_now and X.due[X.now[k]].subject == s:
                k += 1
            if not X.gone[s]:
                enter_subject(T, X, M, s, first, k)
        return
    while k < X.n_now:
        first = k
        s = X.due[X.now[k]].subject
        some = False
        while k < X.n_now and X.due[X.now[k]].subject == s:
            some = some or T.watches[X.due[X.now[k]].watch].lists != 0
            k += 1
        if some:
            enter_subject(T, X, M, s, first, k)


@part
def release_records(X: Any) -> None:
    """The records of the step have met rules and lists."""
    for k in range(X.n_now):
        X.due[X.now[k]].next = X.free_due
        X.free_due = X.now[k]
    X.n_now = 0


@part
def spread(T: Any, X: Any, M: Any) -> None:
    """Stage 6: each case opened in stage 5 reaches ties, clause by clause."""
    opened = X.n_opened
    k = 0
    while k < opened:
        first = k
        origin = X.opened[k].subject
        while k < opened and X.opened[k].subject == origin:
            k += 1
        for clause in range(T.n_spreads):
            if X.active[T.spreads[clause].clause]:
                for j in range(first, k):
                    if X.opened[j].list == T.spreads[clause].from_list:
                        case = X.opened[j].case
                        reach(T, X, M, clause, case, origin)
                        if X.cases[case].twin >= 0:  # parted since it was opened
                            reach(T, X, M, clause, X.cases[case].twin, origin)


@part
def reach(T: Any, X: Any, M: Any, clause: Any, case: Any, origin: Any) -> None:
    """One case, one clause, all ties in index order."""
    row = T.spreads[clause]
    low, high = tie_range(T, X, row.tie, origin)
    for position in range(low, high):
        other = tied(T, X, row.tie, origin, position)
        if other < 0:
            continue
        bits = standings(T, X, row.condition, other, X.cases[case].mask)
        if bits == 0:
            continue
        u = uniform64(row.key, X.block, other, origin, X.cases[case].trace)
        if succeeds(u, word(T, X, row.chance, X.t, other)):
            root, term = X.cases[case].root, whole(T, X, row.term, X.t, other)
            if X.active[T.lists[row.list].clause]:
                open_case(T, X, M, other, row.list, -1, row.number, at.SPREAD, root, term, bits, -1, case)
