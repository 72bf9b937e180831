"""Stage 1: ends of clauses, then removals, decisions, terms, repairs and appeals; lapses; what ends with its origin."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import part, succeeds, uniform64
from glasshouse.kernel.arrivals import depart
from glasshouse.kernel.ask import standings
from glasshouse.kernel.awards import ASKED, LAPSED, REVERSED, lapses, note_both, part_award, take, take_root
from glasshouse.kernel.basics import ONE, whole, word
from glasshouse.kernel.cases import end_case, note_case, on_any_list, part_case, see
from glasshouse.tables import layout as at

DECISION, REMOVAL = 1, 2
FAILED, GRANTED, ENDED = range(3)


@part
def success_of(T: Any, X: Any, remedy: Any, ground: Any, s: Any, asked: Any, trace: Any) -> Any:
    """Whether a remedy asked for at a step succeeds, decided now."""
    chance = T.I[T.remedies[remedy].success + ground]
    if chance < 0:
        return False
    return succeeds(uniform64(T.remedies[remedy].decision_key, X.block, s, asked, trace), word(T, X, chance, X.t, s))


@part
def asks(T: Any, X: Any, remedy: Any, s: Any, opened: Any, appeals: Any, notice: Any, trace: Any) -> Any:
    """Whether a remedy is asked for in this step (its condition is looked at elsewhere)."""
    row = T.remedies[remedy]
    since = X.t - opened
    if not X.active[row.clause] or since < 1 or since < whole(T, X, row.after, X.t, s):
        return False
    if row.until >= 0 and since >= whole(T, X, row.until, X.t, s):
        return False
    if row.appeal and (not notice or np.int64((appeals >> np.uint64(4 * row.slot)) & np.uint64(15)) >= row.appeals):
        return False
    return succeeds(uniform64(row.key, X.block, s, X.t, trace), word(T, X, row.rate, X.t, s))


# --- cases ---------------------------------------------------------------------------------------------------------


@part
def remove(T: Any, X: Any, M: Any, slot: Any, remedy: Any) -> None:
    """A remedy succeeds: the case ends, and with it the points of its root where the clause says so."""
    row = X.cases[slot]
    s, root, bits = row.subject, row.root, row.mask
    appeal = T.remedies[remedy].appeal
    end_case(T, X, M, slot, bits, at.APPEAL if appeal else at.REPAIR, T.remedies[remedy].number)
    if T.remedies[remedy].ratings:
        take_root(T, X, s, T.remedies[remedy].ratings, root, bits, T.remedies[remedy].number)


@part
def decide(T: Any, X: Any, M: Any, slot: Any) -> Any:
    """A decision falls: failed, granted for later, or ended at once where the removal has no delay."""
    row = X.cases[slot]
    if not success_of(T, X, row.remedy, row.ground, row.subject, row.asked, row.trace):
        row.pending = 0
        if row.suspended:
            row.suspended = 0
            see(X, row.subject, row.list)
        return FAILED
    if row.removal == X.t:
        remove(T, X, M, slot, row.remedy)
        return ENDED
    row.pending = REMOVAL
    row.due = row.removal
    return GRANTED


@part
def parted_by_conditions(T: Any, X: Any, first: Any, number: Any, s: Any) -> Any:
    """Whether some remedy's condition holds in one standing only."""
    for remedy in range(first, first + number):
        found = standings(T, X, T.remedies[remedy].condition, s, 3)
        if found == 1 or found == 2:
            return True
    return False


@part
def tend(T: Any, X: Any, M: Any, slot: Any) -> None:
    """One case meets its step: pending, else term, else repair, else appeal."""
    row = X.cases[slot]
    failed = False
    if row.pending and not X.active[T.remedies[row.remedy].clause]:
        row.pending = 0
        if row.suspended:
            row.suspended = 0
            see(X, row.subject, row.list)
    if row.pending and row.due == X.t:
        if row.pending == REMOVAL:
            remove(T, X, M, slot, row.remedy)
            return
        outcome = decide(T, X, M, slot)
        if outcome == ENDED:
            return
        failed = outcome == FAILED
    if row.term >= 0 and row.term <= X.t:
        end_case(T, X, M, slot, row.mask, at.TERM, -1)
        return
    if row.pending or failed:
        return
    listing = T.lists[row.list]
    s = row.subject
    for remedy in range(listing.first_remedy, listing.first_remedy + listing.n_remedies):
        if not asks(T, X, remedy, s, row.opened, row.appeals, listing.notice, row.trace):
            continue
        if standings(T, X, T.remedies[remedy].condition, s, row.mask) == 0:
            continue
        clause = T.remedies[remedy]
        if clause.appeal:
            row.appeals += ONE << np.uint64(4 * clause.slot)
        row.remedy = remedy
        row.asked = X.t
        row.pending = DECISION
        row.due = X.t + whole(T, X, clause.decision, X.t, s)
        row.removal = row.due + whole(T, X, clause.delay, X.t, s)
        if clause.suspends:
            row.suspended = 1
            see(X, s, row.list)
        if X.noting:
            note_case(X, slot, row.mask, 0, clause.number, -1)
        if row.due == X.t:
            decide(T, X, M, slot)
        return


@part
def tend_subject(T: Any, X: Any, M: Any, s: Any) -> None:
    """All cases of a subject, list by list."""
    lists = on_any_list(X, s)
    for listing in range(T.n_lists):
        if (lists >> np.uint64(listing)) & ONE == np.uint64(0):
            continue
        row = T.lists[listing]
        slot = X.case_first[s]
        while slot >= 0:
            after = X.cases[slot].next
            if X.cases[slot].list == listing:
                if (
                    X.split
                    and X.cases[slot].mask == 3
                    and parted_by_conditions(T, X, row.first_remedy, row.n_remedies, s)
                ):
                    truth = part_case(X, slot)
                    if truth < 0:
                        return
                    tend(T, X, M, slot)
                    tend(T, X, M, truth)
                else:
                    tend(T, X, M, slot)
            slot = after


# --- awards --------------------------------------------------------------------------------------------------------


@part
def decide_award(T: Any, X: Any, slot: Any) -> Any:
    """A decision about an award falls."""
    row = X.awards[slot]
    if not success_of(T, X, row.remedy, row.ground, row.subject, row.asked, row.trace):
        row.pending = 0
        return FAILED
    if row.removal == X.t:
        take(T, X, slot, row.mask, REVERSED, T.remedies[row.remedy].number)
        return ENDED
    row.pending = REMOVAL
    row.due = row.removal
    return GRANTED


@part
def tend_award(T: Any, X: Any, slot: Any) -> None:
    """One award meets its step: pending, else lapse, else repair, else appeal."""
    row = X.awards[slot]
    failed = False
    if row.pending and not X.active[T.remedies[row.remedy].clause]:
        row.pending = 0
    if row.pending and row.due == X.t:
        if row.pending == REMOVAL:
            take(T, X, slot, row.mask, REVERSED, T.remedies[row.remedy].number)
            return
        outcome = decide_award(T, X, slot)
        if outcome == ENDED:
            return
        failed = outcome == FAILED
    if row.lapse >= 0 and row.lapse <= X.t:
        take(T, X, slot, row.mask, LAPSED, -1)
        return
    rating = T.ratings[row.rating]
    if row.pending or failed or row.amount * (1 if rating.demerit else -1) <= 0:
        return
    s = row.subject
    for remedy in range(rating.first_remedy, rating.first_remedy + rating.n_remedies):
        if not asks(T, X, remedy, s, row.step, row.appeals, True, row.trace):
            continue
        if standings(T, X, T.remedies[remedy].condition, s, row.mask) == 0:
            continue
        clause = T.remedies[remedy]
        if clause.appeal:
            row.appeals += ONE << np.uint64(4 * clause.slot)
        row.remedy = remedy
        row.asked = X.t
        row.pending = DECISION
        row.due = X.t + whole(T, X, clause.decision, X.t, s)
        row.removal = row.due + whole(T, X, clause.delay, X.t, s)
        if X.noting:
            note_both(T, X, slot, row.mask, ASKED, clause.number)
        if row.due == X.t:
            decide_award(T, X, slot)
        return


@part
def tend_awards(T: Any, X: Any, s: Any) -> None:
    """All live awards of a subject in ratings with remedies, rating by rating."""
    for rating in range(T.n_ratings):
        row = T.ratings[rating]
        if row.n_remedies == 0:
            continue
        slot = X.award_first[s]
        while slot >= 0:
            after = X.awards[slot].next
            if X.awards[slot].rating == rating:
                if (
                    X.split
                    and X.awards[slot].mask == 3
                    and parted_by_conditions(T, X, row.first_remedy, row.n_remedies, s)
                ):
                    truth = part_award(X, slot)
                    if truth < 0:
                        return
                    tend_award(T, X, slot)
                    tend_award(T, X, truth)
                else:
                    tend_award(T, X, slot)
            slot = after


# --- the stage -----------------------------------------------------------------------------------------------------


@part
def repeal(T: Any, X: Any, M: Any) -> None:
    """Listings of lists, and listings by tiers of ratings, that are no longer in force end."""
    for s in range(X.n):
        slot = X.case_first[s]
        while slot >= 0:
            row = X.cases[slot]
            after = row.next
            gone = not X.active[T.lists[row.list].clause]
            gone = gone or (row.tier_rating >= 0 and not X.active[T.ratings[row.tier_rating].clause])
            if gone:
                end_case(T, X, M, slot, row.mask, at.REPEAL, -1)
            slot = after


@part
def origin_stands(X: Any, subject: Any, origin: Any, st: Any) -> Any:
    """Whether the case a listing spread from is still open in a standing."""
    slot = X.case_first[subject]
    while slot >= 0:
        if X.cases[slot].id == origin and (X.cases[slot].mask >> st) & 1:
            return True
        slot = X.cases[slot].next
    return False


@part
def follow_origins(T: Any, X: Any, M: Any) -> None:
    """Listings as_source end with their origin, passed on until nothing changes."""
    changed = X.n_assource > 0
    while changed:
        changed = False
        for s in range(X.n):
            slot = X.case_first[s]
            while slot >= 0:
                row = X.cases[slot]
                after = row.next
                if row.term == at.AS_SOURCE and row.origin_subject >= 0:
                    gone = 0
                    for st in range(2):
                        if (row.mask >> st) & 1 and not origin_stands(X, row.origin_subject, row.origin, st):
                            gone |= 1 << st
                    if gone:
                        end_case(T, X, M, slot, gone, at.ORIGIN, -1)
                        changed = True
                slot = after


@part
def remedies(T: Any, X: Any, M: Any, ended: Any) -> None:
    """The stage. ``ended``: some clause has just gone out of force."""
    if ended:
        repeal(T, X, M)
    remedied = False
    for rating in range(T.n_ratings):
        remedied = remedied or T.ratings[rating].n_remedies > 0
    for s in range(X.n):
        if X.case_first[s] >= 0:
            tend_subject(T, X, M, s)
        if remedied and X.award_first[s] >= 0:
            tend_awards(T, X, s)
    lapses(T, X)
    if T.n_arrivals and X.n_assource:
        depart(T, X, M)
    follow_origins(T, X, M)
