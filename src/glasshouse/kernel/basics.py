"""Looking a number up, counting, noting: what every stage does."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import part, scaled64, uniform64, word0
from glasshouse.kernel import state as x
from glasshouse.kernel.sums import add
from glasshouse.tables import layout as at

TOP = np.uint64(0xFFFFFFFFFFFFFFFF)
LOW16 = np.uint64(0xFFFF)
ONE = np.uint64(1)
ALONE = 65536
NO_ROOT = -1


@part
def place(T: Any, X: Any, d: Any, t: Any, s: Any) -> Any:
    """Where in its pool the number of a dated row stands at step t for subject s."""
    row = T.dated[d]
    if row.plain:
        return row.off
    own = 0 if row.set < 0 else np.int64(X.prof[row.set, s])
    return row.off + (T.I[row.leaf + X.leaf] + T.I[row.seg + t]) * row.width + own


@part
def word(T: Any, X: Any, d: Any, t: Any, s: Any) -> Any:
    """A threshold at step t for subject s."""
    return T.U[place(T, X, d, t, s)]


@part
def whole(T: Any, X: Any, d: Any, t: Any, s: Any) -> Any:
    """A whole number at step t for subject s."""
    return T.I[place(T, X, d, t, s)]


@part
def scaled_threshold(threshold: Any, factor: Any) -> Any:
    """floor(T x factor / 65536), cut at 2^64 - 1; the product has up to 96 bits."""
    f = np.uint64(factor)
    if f == np.uint64(ALONE):
        return threshold
    high = threshold >> np.uint64(32)
    low = threshold & np.uint64(0xFFFFFFFF)
    upper = high * f + ((low * f) >> np.uint64(32))
    if upper >> np.uint64(48):
        return TOP
    return (upper << np.uint64(16)) | (((low * f) & np.uint64(0xFFFFFFFF)) >> np.uint64(16))


@part
def count(T: Any, X: Any, M: Any, counter: Any, s: Any, number: Any) -> None:
    """Add to a counter in the subject's stratum at this step."""
    add(M, X.base + counter * T.n_strata + X.stratum[s], number)


@part
def blank(row: Any, n: Any, number: Any) -> None:
    """The first n places of a row all hold one number."""
    for place in range(n):
        row[place] = number


@part
def identity(name: Any, step: Any, number: Any, actor: Any) -> Any:
    """An event (name: kind) or false alarm (name: 128 + detector) in one number."""
    return ((np.int64(name) * 8192 + step) * 65536 + number) * 2048 + actor


@part
def trace(T: Any, who: Any, step: Any) -> Any:
    """The 32-bit word by which draws about a case, award or record are addressed."""
    if who < 0:
        return word0(T.none_key, 0, 0, 0, step)
    actor = who % 2048
    number = who // 2048 % 65536
    then = who // (2048 * 65536) % 8192
    name = who // (2048 * 65536 * 8192)
    key = T.kinds[name].trace_key if name < at.KINDS else T.detectors[name - at.KINDS].trace_key
    return word0(key, actor, then, number, step)


@part
def passed(T: Any, first: Any, entries: Any, u: Any) -> Any:
    """How many entries of a cumulative table in pool U a word has passed."""
    number = 0
    while number < entries and u >= T.U[first + number]:
        number += 1
    return number


@part
def amount_of(T: Any, kind: Any, u: Any) -> Any:
    """The amount in yuan that a word draws for a kind, -1 for a kind without amounts."""
    row = T.kinds[kind]
    if row.yuan < 0:
        return np.int64(-1)
    return T.I[row.yuan + passed(T, row.amounts, row.n_amounts, u)]


@part
def event_amount(T: Any, X: Any, kind: Any, doer: Any, step: Any, number: Any) -> Any:
    """The amount of an event, drawn where it is asked for."""
    if T.kinds[kind].yuan < 0:
        return np.int64(-1)
    return amount_of(T, kind, uniform64(T.kinds[kind].amount_key, X.block, doer, step, number))


@part
def one_of(u: Any, n: Any) -> Any:
    """floor(u x n / 2^64) as a signed number."""
    return np.int64(scaled64(u, n))


@part
def note(
    X: Any,
    table: Any,
    c0: Any,
    c1: Any = -1,
    c2: Any = -1,
    c3: Any = -1,
    c4: Any = -1,
    c5: Any = -1,
    c6: Any = -1,
    c7: Any = -1,
    c8: Any = -1,
    c9: Any = -1,
    c10: Any = -1,
    c11: Any = -1,
    c12: Any = -1,
    c13: Any = -1,
    c14: Any = -1,
) -> None:
    """A row of the journal."""
    if X.rows >= x.JOURNAL:
        X.status = x.JOURNAL_FULL
        return
    row = X.journal[X.rows]
    row[0] = table
    row[1] = X.t
    row[2] = c0
    row[3] = c1
    row[4] = c2
    row[5] = c3
    row[6] = c4
    row[7] = c5
    row[8] = c6
    row[9] = c7
    row[10] = c8
    row[11] = c9
    row[12] = c10
    row[13] = c11
    row[14] = c12
    row[15] = c13
    row[16] = c14
    X.rows += 1


@part
def sanction_root(X: Any, root: Any) -> None:
    """One more sanction on a root."""
    if root < 0:
        return
    slot = np.int64((np.uint64(root) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(49))
    while X.root_key[slot] != -1 and X.root_key[slot] != root:
        slot = (slot + 1) % x.ROOTS
    if X.root_key[slot] == -1:
        if X.n_roots >= x.ROOTS // 2:
            X.status = x.TOO_MANY_ROOTS
            return
        X.root_key[slot] = root
        X.root_count[slot] = 0
        X.root_used[X.n_roots] = slot
        X.n_roots += 1
    X.root_count[slot] += 1


@part
def remember_sanction(T: Any, X: Any, s: Any, service: Any) -> None:
    """A sanction for the conditions of responses: a case (service -1), a refusal (0 and up), a burden (-2)."""
    if T.answers == 0:
        return
    if X.n_sanctions >= x.SANCTIONS:
        X.status = x.TOO_MANY_SANCTIONS
        return
    row = X.sanctions[X.n_sanctions]
    row.step = X.t
    row.service = service
    row.next = X.sanction_first[s]
    X.sanction_first[s] = X.n_sanctions
    X.n_sanctions += 1
