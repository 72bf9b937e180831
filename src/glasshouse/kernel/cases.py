"""Cases: how they open, merge, part and end in the two standings.

A case stands once while fact and truth agree about it (mask 3); what tells them apart parts it in two.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import part
from glasshouse.kernel import state as x
from glasshouse.kernel.basics import ONE, count, note, remember_sanction, sanction_root, trace
from glasshouse.kernel.sums import add
from glasshouse.tables import layout as at

MOST = 15
LATER = 1 << 30


@part
def late(term: Any) -> Any:
    """Terms in the order of their ends: a step, then as_source, then while, then none."""
    if term == at.NO_END:
        return np.int64(LATER + 3)
    if term == at.WHILE:
        return np.int64(LATER + 2)
    return np.int64(LATER + 1) if term < 0 else np.int64(term)


@part
def on_any_list(X: Any, s: Any) -> Any:
    """The lists a subject is on in fact or in truth, as bits."""
    return X.listed[0, s] | X.listed[1, s] if X.split else X.listed[0, s]


@part
def see(X: Any, s: Any, listing: Any) -> None:
    """Set the bits of a list for a subject from its open cases."""
    bit = ONE << np.uint64(listing)
    before = on_any_list(X, s)
    for st in range(X.standings):
        readable = False
        case = X.case_first[s]
        while case >= 0:
            row = X.cases[case]
            if row.list == listing and (row.mask >> st) & 1 and row.suspended == 0:
                readable = True
                break
            case = row.next
        X.open[st, s] = (X.open[st, s] | bit) if readable else (X.open[st, s] & ~bit)
        on = X.open_count[st, listing, s] > 0
        X.listed[st, s] = (X.listed[st, s] | bit) if on else (X.listed[st, s] & ~bit)
    if X.restock[s] == np.uint64(0):
        X.moved[X.n_moved] = s
        X.n_moved += 1
    X.restock[s] |= bit
    after = on_any_list(X, s)
    if (before == np.uint64(0)) != (after == np.uint64(0)):
        change = np.int64(1) if before == np.uint64(0) else np.int64(-1)
        X.household_listed[X.household[s]] += change
        X.any_listed += change


@part
def new_case(X: Any) -> Any:
    """A free place for a case; -1 and a status if there is none."""
    slot = X.free_case
    if slot >= 0:
        X.free_case = X.cases[slot].next
        return np.int64(slot)
    if X.n_cases >= x.CASES:
        X.status = x.TOO_MANY_CASES
        return np.int64(-1)
    X.n_cases += 1
    return np.int64(X.n_cases - 1)


@part
def note_case(X: Any, slot: Any, bits: Any, what: Any, clause: Any, ending: Any) -> None:
    """Journal rows of a case, one a standing; what: 0 asked, 1 entered, 2 renewed, 3 left."""
    row = X.cases[slot]
    for st in range(2):
        if (bits >> st) & 1:
            number = row.number_fact if st == 0 else row.number_truth
            origin = row.origin_fact if st == 0 else row.origin_truth
            note(
                X,
                x.J_LISTINGS,
                row.subject,
                st,
                row.list,
                number,
                what,
                row.row,
                clause,
                row.ground,
                row.root,
                ending,
                row.term,
                row.origin_subject,
                row.origin_list,
                origin,
            )


@part
def part_case(X: Any, slot: Any) -> Any:
    """Part a case of both standings in two; the place of the truthful one, behind the other in the subject's chain."""
    copy = new_case(X)
    if copy < 0:
        return copy
    after = X.cases[slot].next
    X.cases[copy] = X.cases[slot]
    X.cases[slot].mask = x.FACT
    X.cases[copy].mask = x.TRUTH
    X.cases[slot].next = copy
    X.cases[copy].next = after
    if X.cases[slot].term == at.AS_SOURCE:
        X.n_assource += 1
    X.cases[slot].twin = copy
    return copy


@part
def set_origin(X: Any, slot: Any, origin: Any) -> None:
    """Remember which case a listing spread from (-2 and below: from firms, by the clause)."""
    case = X.cases[slot]
    if origin < 0:  # a listing of some firm, by the number of the clause that it came by
        case.origin = -2 - origin
        case.origin_subject = -1
        case.origin_list = -1
        case.origin_fact = -1
        case.origin_truth = -1
        return
    source = X.cases[origin]
    case.origin = source.id
    case.origin_subject = source.subject
    case.origin_list = source.list
    case.origin_fact = source.number_fact
    case.origin_truth = source.number_truth


@part
def renew(
    T: Any,
    X: Any,
    M: Any,
    s: Any,
    listing: Any,
    row: Any,
    clause: Any,
    ground: Any,
    root: Any,
    term: Any,
    bits: Any,
    origin: Any,
) -> None:
    """Merge a new case into the open one of a list with one case: the later end counts, the first ground stays."""
    slot = oldest_case_any(X, s, listing, bits)
    if late(term) > late(X.cases[slot].term):
        if X.cases[slot].mask != bits:
            truth = part_case(X, slot)
            if truth < 0:
                return
            if bits == x.TRUTH:
                slot = truth
        if X.cases[slot].term == at.AS_SOURCE:
            X.n_assource -= 1
        X.cases[slot].term = term
        X.cases[slot].while_row = row
        if term == at.AS_SOURCE:
            X.n_assource += 1
            set_origin(X, slot, origin)
    if bits & 1:
        count(T, X, M, T.c_renewed + listing * at.GROUNDS + ground, s, 1)
    if X.noting:
        case = X.cases[slot]
        for st in range(2):
            if (bits >> st) & 1:
                number = case.number_fact if st == 0 else case.number_truth
                subject, on, other = np.int64(-1), np.int64(-1), np.int64(-1)
                if origin >= 0:
                    source = X.cases[origin]
                    subject, on = np.int64(source.subject), np.int64(source.list)
                    other = np.int64(source.number_fact if st == 0 else source.number_truth)
                note(
                    X,
                    x.J_LISTINGS,
                    s,
                    st,
                    listing,
                    number,
                    2,
                    row,
                    clause,
                    ground,
                    root,
                    -1,
                    case.term,
                    subject,
                    on,
                    other,
                )


@part
def oldest_case_any(X: Any, s: Any, listing: Any, bits: Any) -> Any:
    """The open case of a list in a standing, suspended or not."""
    case = X.case_first[s]
    while case >= 0:
        if X.cases[case].list == listing and X.cases[case].mask & bits:
            return np.int64(case)
        case = X.cases[case].next
    return np.int64(-1)


@part
def open_case(
    T: Any,
    X: Any,
    M: Any,
    s: Any,
    listing: Any,
    row: Any,
    clause: Any,
    ground: Any,
    root: Any,
    term: Any,
    bits: Any,
    rating: Any,
    origin: Any,
) -> None:
    """Open a case in some standings. ``term`` in steps or special; ``origin``: the place of the case it spread from."""
    end = X.t + term if term >= 0 else np.int64(term)
    if T.lists[listing].one:
        again = 0
        for st in range(X.standings):
            if (bits >> st) & 1 and X.open_count[st, listing, s] > 0:
                again |= 1 << st
        if X.split == 0 and again:
            again = 3
        if again == 3 and oldest_case_any(X, s, listing, 1) == oldest_case_any(X, s, listing, 2):
            renew(T, X, M, s, listing, row, clause, ground, root, end, 3, origin)
        else:
            if again & 1:
                renew(T, X, M, s, listing, row, clause, ground, root, end, 1, origin)
            if again & 2:
                renew(T, X, M, s, listing, row, clause, ground, root, end, 2, origin)
        bits &= ~again
    if bits == 0:
        return
    slot = new_case(X)
    if slot < 0:
        return
    case = X.cases[slot]
    case.root = root
    case.subject = s
    case.list = listing
    case.row = row
    case.clause = clause
    case.ground = ground
    case.opened = X.t
    case.term = end
    case.mask = bits
    case.trace = trace(T, root, X.t)
    case.pending = 0
    case.suspended = 0
    case.appeals = np.uint64(0)
    case.tier_rating = rating
    case.id = X.case_id
    case.next = -1
    case.origin = -1
    case.origin_subject = -1
    case.origin_list = -1
    case.origin_fact = -1
    case.origin_truth = -1
    case.number_fact = -1
    case.number_truth = -1
    X.case_id += 1
    case.while_row = row
    case.twin = -1
    if origin != -1:
        set_origin(X, slot, origin)
    if end == at.AS_SOURCE:
        X.n_assource += 1
    last = X.case_first[s]
    if last < 0:
        X.case_first[s] = slot
    else:
        while X.cases[last].next >= 0:
            last = X.cases[last].next
        X.cases[last].next = slot
    fresh = False
    for st in range(X.standings):
        if (bits >> st) & 1:
            number = X.case_count[st, listing, s]
            X.case_count[st, listing, s] = number + 1
            if st == 0:
                case.number_fact = number
            else:
                case.number_truth = number
            if X.split == 0:
                case.number_truth = number
            X.open_count[st, listing, s] += 1
            if X.open_count[st, listing, s] > MOST:
                X.status = x.TOO_MANY_CASES
                X.who = s
            if X.open_count[st, listing, s] == 1:
                X.since[st, listing, s] = X.t
                if st == 0:
                    fresh = True
    see(X, s, listing)
    if bits & 1:
        count(T, X, M, T.c_entered + listing * at.GROUNDS + ground, s, 1)
        count(T, X, M, T.c_listed_cases + listing * at.GROUNDS + ground, s, 1)
        if fresh:
            count(T, X, M, T.c_new + listing * at.GROUNDS + ground, s, 1)
        sanction_root(X, root)
        remember_sanction(T, X, s, -1)
    if X.noting:
        note_case(X, slot, bits, 1, clause, -1)
    if X.n_opened < x.CASES:
        X.opened[X.n_opened].case = slot
        X.opened[X.n_opened].subject = s
        X.opened[X.n_opened].list = listing
        X.n_opened += 1


@part
def end_case(T: Any, X: Any, M: Any, slot: Any, bits: Any, ending: Any, clause: Any) -> None:
    """End a case in some of its standings."""
    case = X.cases[slot]
    s = case.subject
    listing = case.list
    if X.noting:
        note_case(X, slot, bits, 3, clause, ending)
    for st in range(X.standings):
        if (bits >> st) & 1:
            X.open_count[st, listing, s] -= 1
    if bits & 1:
        count(T, X, M, T.c_left + (listing * at.ENDINGS + ending) * at.GROUNDS + case.ground, s, 1)
        count(T, X, M, T.c_listed_cases + listing * at.GROUNDS + case.ground, s, -1)
        length = T.steps - T.first_step + 1
        add(M, T.o_lifetimes + (listing * at.ENDINGS + ending) * length + X.t - case.opened, 1)
    case.mask &= ~bits
    if case.mask == 0:
        before = X.case_first[s]
        if before == slot:
            X.case_first[s] = case.next
        else:
            while X.cases[before].next != slot:
                before = X.cases[before].next
            X.cases[before].next = case.next
        if case.term == at.AS_SOURCE:
            X.n_assource -= 1
        case.next = X.free_case
        X.free_case = slot
    see(X, s, listing)


@part
def restock(T: Any, X: Any, M: Any) -> None:
    """Count the changes of this step in who is listed, wrongly listed and spared."""
    for k in range(X.n_moved):
        s = np.int64(X.moved[k])
        bits = X.restock[s]
        X.restock[s] = np.uint64(0)
        for listing in range(T.n_lists):
            if (bits >> np.uint64(listing)) & ONE == np.uint64(0):
                continue
            in_fact = X.open_count[0, listing, s] > 0
            in_truth = X.open_count[X.split, listing, s] > 0
            ground = np.int64(-1)
            if in_fact:
                ground = np.int64(X.cases[oldest_case_any(X, s, listing, 1)].ground)
            restock_one(T, X, M, X.stock, T.c_listed, s, listing, ground)
            restock_one(T, X, M, X.wrong, T.c_wrongly, s, listing, ground if in_fact and not in_truth else -1)
            spared = 1 if in_truth and not in_fact else 0
            if spared != X.spared[listing, s]:
                count(T, X, M, T.c_spared_list + listing, s, spared - X.spared[listing, s])
                X.spared[listing, s] = spared
    X.n_moved = 0


@part
def restock_one(T: Any, X: Any, M: Any, held: Any, first: Any, s: Any, listing: Any, ground: Any) -> None:
    """Move a subject from one ground of a stock to another (-1: none)."""
    before = held[listing, s]
    if before == ground:
        return
    if before >= 0:
        count(T, X, M, first + listing * at.GROUNDS + before, s, -1)
    if ground >= 0:
        count(T, X, M, first + listing * at.GROUNDS + ground, s, 1)
    held[listing, s] = ground
