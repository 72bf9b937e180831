"""Stage 8: what people ask for, and what gates do to it. Only subjects some gate can touch are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.draws import both64, part, philox, succeeds, uniform64
from glasshouse.kernel import state as x
from glasshouse.kernel.ask import find_ground, standings
from glasshouse.kernel.basics import (
    ONE,
    count,
    note,
    passed,
    remember_sanction,
    sanction_root,
    scaled_threshold,
    whole,
    word,
)
from glasshouse.tables import layout as at

HALF = np.uint64(32)
GRANTED, REFUSED, CIRCUMVENTED = range(3)
OVERRIDDEN = 5


@part
def may_touch(T: Any, X: Any, gate: Any, s: Any) -> Any:
    """A cheap look before a gate's condition: could it hold at all?"""
    reach = T.gates[gate].reach
    if reach == at.EVERYBODY:
        return True
    if reach == at.NEEDS_HOUSEHOLD:
        return X.household_listed[X.household[s]] != 0
    if reach == at.NEEDS_LISTING:
        return X.any_listed != 0
    return X.record_first[s] >= 0 if reach == at.NEEDS_RECORD else True


@part
def look(T: Any, X: Any, service: Any, s: Any) -> Any:
    """Which standings each gate of a service holds in; False if none does in any."""
    row = T.services[service]
    some = False
    for k in range(row.n_gates):
        gate = row.first_gate + k
        bits = 0
        if X.active[T.gates[gate].clause] and may_touch(T, X, gate, s):
            bits = standings(T, X, T.gates[gate].condition, s, 3)
        X.gate_bits[k] = bits
        some = some or bits != 0
    return some


@part
def overridden(T: Any, X: Any, gate: Any, s: Any, number: Any, st: Any) -> Any:
    """Whether a human check silences a refusing gate for this request in a standing."""
    row = T.gates[gate]
    if row.reviewed == 0:
        return False
    find_ground(T, X, row.condition, s, st)
    chance = T.I[row.review + X.g_ground]
    if chance < 0:
        return False
    return succeeds(uniform64(row.review_key, X.block, s, X.t, number), word(T, X, chance, X.t, s))


@part
def consult(T: Any, X: Any, M: Any, service: Any, s: Any, number: Any) -> tuple[Any, Any]:
    """The cause among the gates of a request (-1: none refuses), and whether some gate refuses in truth."""
    row = T.services[service]
    cause, refused_in_truth = np.int64(-1), False
    X.n_also = 0
    for k in range(row.n_gates):
        bits = X.gate_bits[k]
        gate = row.first_gate + k
        if bits == 0 or T.gates[gate].effect != at.REFUSE:
            continue
        silent = False
        if bits & 1:
            silent = overridden(T, X, gate, s, number, 0)
            if silent:
                count(T, X, M, T.c_gate_overridden + T.gates[gate].number * at.GROUNDS + X.g_ground, s, 1)
                if X.noting:
                    note(X, x.J_EFFECTS, s, service, number, T.gates[gate].number, OVERRIDDEN, X.g_ground, X.g_root)
            elif cause < 0:
                cause = np.int64(gate)
            else:
                find_ground(T, X, T.gates[gate].condition, s, 0)
                count(T, X, M, T.c_also + T.gates[gate].number * at.GROUNDS + X.g_ground, s, 1)
                X.also[X.n_also] = T.gates[gate].number
                X.n_also += 1
        if bits & 2:
            if X.split:
                silent = overridden(T, X, gate, s, number, 1)
            refused_in_truth = refused_in_truth or not silent
    return cause, refused_in_truth


@part
def refuse(T: Any, X: Any, M: Any, service: Any, s: Any, number: Any, cause: Any, refused_in_truth: Any) -> Any:
    """A refused request: tries, then perhaps another way. Whether it stays refused."""
    row = T.services[service]
    u, v = both64(row.tries_key, X.block, s, X.t, number)
    tries = 1 + np.int64(passed(T, T.I[row.tries + 2 * X.t], T.I[row.tries + 2 * X.t + 1], u))
    refused_tries = tries
    around = False
    if succeeds(v, word(T, X, row.evade, X.t, s)):
        tries += 1
        caught = succeeds(
            uniform64(row.evasion_key, X.block, s, X.t, number), word(T, X, T.gates[cause].caught, X.t, s)
        )
        if caught:
            refused_tries += 1
        around = not caught
    find_ground(T, X, T.gates[cause].condition, s, 0)
    ground, root, clause = X.g_ground, X.g_root, T.gates[cause].number
    count(T, X, M, T.c_attempts + T.services[service].place, s, tries)
    count(T, X, M, T.c_refused_attempts + T.services[service].place, s, refused_tries)
    wrongful = not around and not refused_in_truth
    if around:
        count(T, X, M, T.c_circumvented + T.services[service].place, s, 1)
    else:
        count(T, X, M, T.c_refused_requests + T.services[service].place * at.GROUNDS + ground, s, 1)
        count(T, X, M, T.c_refused_by + clause * at.GROUNDS + ground, s, 1)
        if wrongful:
            count(T, X, M, T.c_wrongly_refused + T.services[service].place * at.GROUNDS + ground, s, 1)
        bit = ONE << np.uint64(service)
        if X.refused_ever[s] & bit == np.uint64(0):
            X.refused_ever[s] |= bit
            count(T, X, M, T.c_first_refused + T.services[service].place, s, 1)
        sanction_root(X, root)
        remember_sanction(T, X, s, service)
        if row.ends:
            X.ending[s] = 1
    if X.noting:
        note_request(
            X,
            s,
            service,
            number,
            tries,
            CIRCUMVENTED if around else REFUSED,
            clause,
            ground,
            root,
            refused_tries,
            wrongful,
            False,
        )
    return not around


@part
def note_request(
    X: Any,
    s: Any,
    service: Any,
    number: Any,
    tries: Any,
    outcome: Any,
    clause: Any,
    ground: Any,
    root: Any,
    refused_tries: Any,
    wrongful: Any,
    spared: Any,
) -> None:
    """A journal row of a request; the other refusing clauses stand in rows behind it."""
    note(
        X,
        x.J_REQUESTS,
        s,
        service,
        number,
        tries,
        outcome,
        clause,
        ground,
        root,
        refused_tries,
        1 if wrongful else 0,
        1 if spared else 0,
        X.n_also,
    )
    for k in range(X.n_also):
        note(X, x.J_ALSO, s, service, number, X.also[k])


@part
def grant(T: Any, X: Any, M: Any, service: Any, s: Any, number: Any, refused_in_truth: Any) -> None:
    """A request nobody refuses, spared or not."""
    count(T, X, M, T.c_granted + T.services[service].place, s, 1)
    count(T, X, M, T.c_attempts + T.services[service].place, s, 1)
    if refused_in_truth:
        count(T, X, M, T.c_spared_service + T.services[service].place, s, 1)
    if X.noting:
        X.n_also = 0
        note_request(X, s, service, number, 1, GRANTED, -1, -1, -1, 0, False, refused_in_truth)


@part
def bear(T: Any, X: Any, M: Any, service: Any, s: Any, number: Any) -> None:
    """The limits, prices, waits and ranks of a request that is granted."""
    row = T.services[service]
    burdened, last_root = False, np.int64(-1)
    for k in range(row.n_gates):
        gate = row.first_gate + k
        effect = T.gates[gate].effect
        if effect == at.REFUSE or X.gate_bits[k] & 1 == 0:
            continue
        find_ground(T, X, T.gates[gate].condition, s, 0)
        ground, clause = X.g_ground, T.gates[gate].number
        burden = whole(T, X, T.gates[gate].burden, X.t, s)
        if burden > 0:
            count(T, X, M, T.c_burdened + clause * at.GROUNDS + ground, s, 1)
            if X.g_root != last_root:
                sanction_root(X, X.g_root)
            last_root = X.g_root
            burdened = True
        elif burden < 0:
            count(T, X, M, T.c_benefited + clause * at.GROUNDS + ground, s, 1)
            if T.gates[gate].money >= 0:
                yuan = whole(T, X, T.gates[gate].money, X.t, s)
                count(T, X, M, T.c_benefit_amount + clause * at.GROUNDS + ground, s, yuan)
        if X.noting:
            note(X, x.J_EFFECTS, s, service, number, clause, effect, ground, X.g_root)
    if burdened:
        remember_sanction(T, X, s, -2)


@part
def ask_for(T: Any, X: Any, M: Any, service: Any, s: Any) -> None:
    """All requests of a subject for a service in this step."""
    row = T.services[service]
    profile = np.int64(0) if row.set < 0 else np.int64(X.prof[row.set, s])
    exponent = np.int64(T.E[row.exponent + profile])
    if exponent < 0:
        return
    key = np.uint64(row.key)
    table = T.poisson_step[exponent]
    candidates = passed(T, table.off, table.count, uniform64(key, X.block, s, X.t, 0))
    if candidates == 0:
        return
    threshold = T.U[row.rate + T.I[row.seg + X.t] * row.width + profile]
    if row.responds:
        threshold = scaled_threshold(threshold, X.factor[at.KINDS + service, s])
    refused = False
    for j in range(candidates):
        _, _, w2, w3 = philox(key, key >> HALF, X.block, s, X.t, 1 + j)
        if not succeeds(w2 | (w3 << HALF), threshold):
            continue
        count(T, X, M, T.c_requests + T.services[service].place, s, 1)
        cause, refused_in_truth = consult(T, X, M, service, s, j)
        if cause >= 0:
            stays = refuse(T, X, M, service, s, j, cause, refused_in_truth)
            refused = refused or stays
        else:
            grant(T, X, M, service, s, j, refused_in_truth)
            bear(T, X, M, service, s, j)
    if refused:
        count(T, X, M, T.c_refused_subjects + T.services[service].place, s, 1)


@part
def ask_if_touched(T: Any, X: Any, M: Any, service: Any, s: Any) -> None:
    """The requests of a subject whom some gate of the service can touch; whoever is not is exposure."""
    if not X.gone[s] and look(T, X, service, s):
        count(T, X, M, T.c_touched + T.services[service].place, s, -1)
        ask_for(T, X, M, service, s)


@part
def reach_of(T: Any, X: Any, service: Any) -> Any:
    """Whom the gates of a service in force can touch at most: -1 nobody (no gate in force)."""
    row = T.services[service]
    widest = np.int64(-1)
    for k in range(row.n_gates):
        gate = T.gates[row.first_gate + k]
        if X.active[gate.clause]:
            if gate.reach == at.NEEDS_HOUSEHOLD:
                widest = max(widest, np.int64(0))
            elif gate.reach == at.NEEDS_LISTING:
                widest = max(widest, np.int64(1))
            else:
                widest = np.int64(2)
    return widest


@part
def requests(T: Any, X: Any, M: Any) -> None:
    """The stage."""
    X.gate_view = 1
    for service in range(T.n_services):
        if T.services[service].n_gates == 0 or not X.active[T.services[service].clause]:
            continue
        widest = reach_of(T, X, service)
        if widest < 0 or (widest < 2 and not X.any_listed):
            continue
        if widest == 0:
            for household in range(X.households):
                if X.household_listed[household]:
                    for s in range(X.start[household], X.start[household + 1]):
                        ask_if_touched(T, X, M, service, np.int64(s))
        else:
            for s in range(X.n):
                ask_if_touched(T, X, M, service, s)
    X.gate_view = 0
