"""Conditions: what holds of a subject in a standing, and by which ground.

Conditions read ``readable`` listings (those that stood when the stage began), gates those not suspended (``open``);
scores and tiers are those last published.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import part
from glasshouse.kernel.basics import NO_ROOT, ONE
from glasshouse.kernel.coupling import firms_met, firms_there, firms_tied
from glasshouse.tables import layout as at


@part
def between(atom: Any, number: Any) -> Any:
    """Whether a whole number lies where the atom wants it."""
    return (atom.lo <= number <= atom.hi) != (atom.neg != 0)


@part
def counted(X: Any, atom: Any, record: Any, st: Any) -> Any:
    """Whether a record counts for an atom in a standing."""
    row = X.records[record]
    if row.step == X.t and row.order > X.order:
        return False
    bits = atom.mask >> np.uint64(row.kind) if row.kind < 64 else atom.mask2 >> np.uint64(row.kind - 64)
    if bits & ONE == 0 or (row.mask >> st) & 1 == 0 or (atom.scope >> np.uint64(row.policy)) & ONE == 0:
        return False
    return atom.rating < 0 or (row.held >> atom.rating) & 1 == 1


@part
def number_of_records(X: Any, atom: Any, s: Any, st: Any) -> Any:
    """Records counted in the atom's window."""
    total = 0
    record = X.record_first[s]
    first = X.t - atom.window
    while record >= 0 and X.records[record].step > first:
        if counted(X, atom, record, st):
            total += 1
        record = X.records[record].next
    return total


@part
def number_of_sanctions(X: Any, atom: Any, s: Any, refusals: Any) -> Any:
    """Sanctions, or refusals of some services, in the atom's window."""
    total = 0
    sanction = X.sanction_first[s]
    first = X.t - atom.window
    while sanction >= 0 and X.sanctions[sanction].step > first:
        service = X.sanctions[sanction].service
        if not refusals or (service >= 0 and (atom.mask >> np.uint64(service)) & ONE == ONE):
            total += 1
        sanction = X.sanctions[sanction].next
    return total


@part
def is_watched(T: Any, X: Any, kind: Any, s: Any) -> Any:
    """Whether a rule in force takes points for the kind and holds the subject, or a list in force has a row on it."""
    if kind < 0:
        return False
    row = T.kinds[kind]
    for k in range(row.n_watched):
        rating = T.I[row.first_watched + 2 * k + 1]
        if X.active[T.I[row.first_watched + 2 * k]] and (rating < 0 or (X.held[s] >> rating) & 1 == 1):
            return True
    return False


@part
def listings(X: Any, s: Any, st: Any) -> Any:
    """The lists a condition sees the subject on, as bits."""
    return X.open[st, s] if X.gate_view else X.readable[st, s]


@part
def simple(T: Any, X: Any, a: Any, s: Any, st: Any) -> Any:
    """Whether an atom that asks no tie holds."""
    atom = T.atoms[a]
    kind = atom.kind
    if kind == at.A_LEVEL:
        return (atom.mask >> np.uint64(X.level[atom.arg, s])) & ONE == ONE
    if kind == at.A_LISTED:
        return listings(X, s, st) & atom.mask != np.uint64(0)
    if kind == at.A_TIER:
        return (X.held[s] >> atom.arg) & 1 == 1 and (atom.mask >> np.uint64(X.tier[st, atom.arg, s])) & ONE == ONE
    if kind == at.A_SCORE:
        return (X.held[s] >> atom.arg) & 1 == 1 and between(atom, X.score[st, atom.arg, s])
    if kind == at.A_COUNT:
        return between(atom, number_of_records(X, atom, s, st))
    if kind == at.A_LEAF:
        return T.I[atom.first + X.leaf] == 1
    if kind == at.A_AMOUNT:
        return between(atom, X.amount)
    if kind == at.A_MONTHS:
        on = (listings(X, s, st) >> np.uint64(atom.arg)) & ONE == ONE
        return between(atom, T.I[T.months + X.t - X.since[st, atom.arg, s]] if on else np.int64(0))
    if kind == at.A_SANCTIONED:
        return between(atom, number_of_sanctions(X, atom, s, False))
    if kind == at.A_REFUSED:
        return between(atom, number_of_sanctions(X, atom, s, True))
    if kind == at.A_WATCHED:
        return is_watched(T, X, atom.arg, s)
    return False


@part
def holds_simply(T: Any, X: Any, c: Any, s: Any, st: Any) -> Any:
    """Whether a condition without ties holds (-1: always)."""
    if c < 0:
        return True
    stack = np.uint64(0)
    first = T.conditions[c].first
    for position in range(first, first + T.conditions[c].count):
        step = T.program[position]
        if step >= 0:
            stack = (stack << ONE) | (ONE if simple(T, X, step, s, st) else np.uint64(0))
        elif step == at.NOT:
            stack = stack ^ ONE
        else:
            top = stack & ONE
            stack = stack >> ONE
            if step == at.AND:
                stack = stack & (top | ~ONE)
            else:
                stack = stack | top
    return stack & ONE == ONE


@part
def tie_range(T: Any, X: Any, tie: Any, s: Any) -> tuple[Any, Any]:
    """Where the possible ties of a subject stand: subjects of the household, or positions in ``tie_other``."""
    row = T.ties[tie]
    if row.within == at.IN_AREA or not holds_simply(T, X, row.from_when, s, 0):
        return np.int64(0), np.int64(0)
    if row.within == at.IN_HOUSEHOLD:
        h = X.household[s]
        return np.int64(X.start[h]), np.int64(X.start[h + 1])
    return np.int64(X.tie_start[row.slot, s]), np.int64(X.tie_start[row.slot, s + 1])


@part
def tied(T: Any, X: Any, tie: Any, s: Any, position: Any) -> Any:
    """The tied subject at a position, -1 if there is none."""
    row = T.ties[tie]
    other = np.int64(position)
    if row.within == at.IN_BLOCK:
        other = np.int64(X.tie_other[row.slot, position])
    if other == s or X.gone[other] or not holds_simply(T, X, row.to_when, other, 0):
        return np.int64(-1)
    return other


@part
def first_tied(T: Any, X: Any, atom: Any, s: Any, st: Any) -> Any:
    """The first tied subject, by index, who fulfils the atom's condition; -1 if none does."""
    low, high = tie_range(T, X, atom.arg, s)
    for position in range(low, high):
        other = tied(T, X, atom.arg, s, position)
        if other >= 0 and holds_simply(T, X, atom.sub, other, st):
            return other
    return np.int64(-1)


@part
def firms_of(T: Any, X: Any, tie: Any, s: Any) -> Any:
    """The number of firms a tie leads to from a resident."""
    if not holds_simply(T, X, T.ties[tie].from_when, s, 0):
        return np.int64(0)
    return firms_tied(T, X, tie, s)


@part
def share_fits(T: Any, X: Any, atom: Any, s: Any, st: Any) -> Any:
    """Whether the share of tied subjects that fulfil a condition compares as the atom wants."""
    low, high = tie_range(T, X, atom.arg, s)
    all_of, some = np.int64(0), np.int64(0)
    if T.ties[atom.arg].within == at.IN_AREA and firms_there(T, X, atom.sub) > 0:
        all_of = firms_of(T, X, atom.arg, s)
        some = firms_met(T, X, atom.sub, all_of, s, st)
    for position in range(low, high):
        other = tied(T, X, atom.arg, s, position)
        if other >= 0:
            all_of += 1
            if holds_simply(T, X, atom.sub, other, st):
                some += 1
    left = some * atom.den
    right = atom.num * max(all_of, np.int64(1))
    if atom.op == 0:
        return left == right
    if atom.op == 1:
        return left != right
    if atom.op == 2:
        return left < right
    if atom.op == 3:
        return left <= right
    return left > right if atom.op == 4 else left >= right


@part
def atom_holds(T: Any, X: Any, a: Any, s: Any, st: Any) -> Any:
    """Whether any atom holds."""
    if T.atoms[a].kind == at.A_TIE_ANY:
        if T.ties[T.atoms[a].arg].within == at.IN_AREA:
            return firms_met(T, X, T.atoms[a].sub, firms_of(T, X, T.atoms[a].arg, s), s, st) > 0
        return first_tied(T, X, T.atoms[a], s, st) >= 0
    if T.atoms[a].kind == at.A_TIE_SHARE:
        return share_fits(T, X, T.atoms[a], s, st)
    return simple(T, X, a, s, st)


@part
def holds(T: Any, X: Any, c: Any, s: Any, st: Any) -> Any:
    """Whether a condition holds of a subject in a standing (-1: always)."""
    if c < 0:
        return True
    stack = np.uint64(0)
    first = T.conditions[c].first
    for position in range(first, first + T.conditions[c].count):
        step = T.program[position]
        if step >= 0:
            stack = (stack << ONE) | (ONE if atom_holds(T, X, step, s, st) else np.uint64(0))
        elif step == at.NOT:
            stack = stack ^ ONE
        else:
            top = stack & ONE
            stack = stack >> ONE
            if step == at.AND:
                stack = stack & (top | ~ONE)
            else:
                stack = stack | top
    return stack & ONE == ONE


@part
def standings(T: Any, X: Any, c: Any, s: Any, bits: Any) -> Any:
    """The standings of ``bits`` in which a condition holds, as bits."""
    if c < 0:
        return bits
    found = 0
    if bits & 1 and holds(T, X, c, s, 0):
        found = 1
    if bits & 2:
        if X.split == 0 and bits & 1:
            found = found * 3
        elif holds(T, X, c, s, 1):
            found |= 2
    return found


# --- ground --------------------------------------------------------------------------------------------------------


@part
def oldest_case(X: Any, s: Any, listing: Any, st: Any) -> Any:
    """The oldest open case of a subject on a list in a standing; -1 if none can be read."""
    case = X.case_first[s]
    while case >= 0:
        row = X.cases[case]
        if row.list == listing and (row.mask >> st) & 1 and not (X.gate_view and row.suspended):
            return np.int64(case)
        case = row.next
    return np.int64(-1)


@part
def youngest_against(T: Any, X: Any, rating: Any, s: Any, st: Any) -> Any:
    """The root of the youngest live award of a rating against the subject."""
    if T.ratings[rating].keeps == 0:
        return X.last_root[st, rating, s]
    found = np.int64(NO_ROOT)
    sign = 1 if T.ratings[rating].demerit else -1
    award = X.award_first[s]
    while award >= 0:
        row = X.awards[award]
        if row.rating == rating and (row.mask >> st) & 1 and row.amount * sign > 0:
            found = row.root
        award = row.next
    return found


@part
def own_ground(T: Any, X: Any, a: Any, s: Any, st: Any) -> Any:
    """Set ground and root by an atom about the subject's own state, if it holds."""
    atom = T.atoms[a]
    if atom.kind == at.A_TIE_ANY or atom.kind == at.A_TIE_SHARE or not simple(T, X, a, s, st):
        return False
    if atom.kind == at.A_LISTED or atom.kind == at.A_MONTHS:
        for k in range(atom.count):
            case = oldest_case(X, s, T.I[atom.first + k], st)
            if case >= 0:
                X.g_ground = X.cases[case].ground
                X.g_root = X.cases[case].root
                return True
        return False
    if atom.kind == at.A_TIER or atom.kind == at.A_SCORE:
        X.g_ground = at.TIER
        X.g_root = youngest_against(T, X, atom.arg, s, st)
        X.g_rating = atom.arg
        return True
    if atom.kind == at.A_COUNT:
        record = X.record_first[s]
        while record >= 0 and X.records[record].step > X.t - atom.window:
            if counted(X, atom, record, st):
                X.g_ground = X.records[record].ground
                X.g_root = X.records[record].root
                return True
            record = X.records[record].next
    return False


@part
def find_ground(T: Any, X: Any, c: Any, s: Any, st: Any) -> None:
    """Ground and root of what a condition does: listing, tier, tie, count, else the subject's own attributes."""
    X.g_rating = -1
    if c >= 0:
        row = T.conditions[c]
        for k in range(row.n_grounds):
            a = T.I[row.grounds + k]
            atom = T.atoms[a]
            if atom.kind == at.A_TIE_ANY or atom.kind == at.A_TIE_SHARE:
                if atom_holds(T, X, a, s, st):
                    other = first_tied(T, X, atom, s, st)
                    X.g_root = NO_ROOT
                    if other >= 0:
                        inner = T.conditions[atom.sub]
                        for j in range(inner.n_grounds):
                            if own_ground(T, X, T.I[inner.grounds + j], other, st):
                                break
                    X.g_ground = at.SPREAD
                    X.g_rating = -1
                    return
            elif own_ground(T, X, a, s, st):
                return
    X.g_ground = at.OWN
    X.g_root = NO_ROOT
