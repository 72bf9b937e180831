"""Luck: draws that are pure functions of their address, and the tables that turn words into chances.

A draw is addressed by a 64-bit key, made from (seed, population, purpose), and a counter of four 32-bit words, mostly
(block, subject, step, index). There is no state and no position in a stream: the same address gives the same words in
every run, thread, chunk and machine. The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random
numbers: as easy as 1, 2, 3", SC 2011).

This file is the side without a compiler: keys, tables and whole arrays of draws. The same generator for compiled loops
is in ``draws.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal, localcontext

import numpy as np
import numpy.typing as npt

from glasshouse.errors import UsageError

Words = npt.NDArray[np.uint64]

SPAN = 1 << 64
TOP = SPAN - 1
DIGITS = 50
POISSON_ENTRIES = 128
GEOMETRIC_ENTRIES = 1024

_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_INCREMENTS = (0x9E3779B9, 0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


# --- keys ----------------------------------------------------------------------------------------------------------


def text_key(text: str) -> int:
    """The 64-bit key of a text: the first 8 bytes, little-endian, of its SHA-256."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "little")


def key(seed: str, population: str, purpose: str) -> int:
    """The key of a purpose, e.g. ``key("7", "residents", "event/late_bill")``."""
    return text_key(f"{seed}|{population}|{purpose}")


def trace_key(name: str) -> int:
    """The key of traces of a kind or a detector path; it depends on no seed."""
    return text_key(f"trace|{name}")


def name_word(name: str) -> int:
    """``h32``: the low 32 bits of the trace key of a name."""
    return trace_key(name) & 0xFFFFFFFF


def order_key(leaf: str) -> int:
    """The key by which the blocks of a leaf area are put in order; it depends on no seed."""
    return text_key(f"order|{leaf}")


# --- arrays of draws -----------------------------------------------------------------------------------------------


def philox(key: int, a: npt.ArrayLike, b: npt.ArrayLike, c: npt.ArrayLike, d: npt.ArrayLike) -> tuple[Words, ...]:
    """The words ``w0 w1 w2 w3`` (each below 2^32, as uint64) at the counters (a, b, c, d), broadcast together."""
    counter = np.broadcast_arrays(*(np.asarray(word, dtype=np.uint64) & _LOW for word in (a, b, c, d)))
    x0, x1, x2, x3 = counter
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(10):
        first, second = _MULTIPLIERS[0] * x0, _MULTIPLIERS[1] * x2
        x0, x1 = (second >> _HALF) ^ x1 ^ np.uint64(k0), second & _LOW
        x2, x3 = (first >> _HALF) ^ x3 ^ np.uint64(k1), first & _LOW
        k0, k1 = (k0 + _INCREMENTS[0]) & 0xFFFFFFFF, (k1 + _INCREMENTS[1]) & 0xFFFFFFFF
    return x0, x1, x2, x3


def uniforms(
    key: int, a: npt.ArrayLike, b: npt.ArrayLike = 0, c: npt.ArrayLike = 0, d: npt.ArrayLike = 0
) -> tuple[Words, Words]:
    """``U = w0 + 2^32 w1`` and ``V = w2 + 2^32 w3`` at the counters (a, b, c, d), broadcast together."""
    w0, w1, w2, w3 = philox(key, a, b, c, d)
    return w0 | (w1 << _HALF), w2 | (w3 << _HALF)


# --- tables --------------------------------------------------------------------------------------------------------


def _scaled(chance: Decimal) -> int:
    """floor(chance x 2^64 + 1/2)."""
    return int((chance * SPAN + Decimal("0.5")).to_integral_value(rounding=ROUND_FLOOR))


def threshold(chance: Decimal) -> int:
    """The stored threshold T of a chance: a word u succeeds iff u < T or T = 2^64 - 1."""
    if not 0 <= chance <= 1:
        raise UsageError(f"a chance lies between 0 and 1, not at {chance}")
    with localcontext() as context:
        context.prec = DIGITS
        return min(_scaled(chance), TOP)


def cumulative(shares: Sequence[Decimal | int]) -> tuple[int, ...]:
    """The table of a choice among levels with these shares (or whole weights): as many entries as lie below 2^64.

    The level drawn by a word u is the number of entries C with u >= C. The last level needs no entry.
    """
    with localcontext() as context:
        context.prec = DIGITS
        weights = [Decimal(share) for share in shares]
        total = sum(weights, Decimal(0))
        if total <= 0 or min(weights) < 0:
            raise UsageError("shares are not negative and one of them is above 0")
        entries: list[int] = []
        running = Decimal(0)
        for weight in weights[:-1]:
            running += weight
            entry = _scaled(running / total)
            if entry >= SPAN:
                break
            entries.append(entry)
        return tuple(entries)


def poisson_table(mean: Decimal) -> tuple[int, ...]:
    """The table of a Poisson number: the number drawn by a word u is the count of entries C with u >= C."""
    with localcontext() as context:
        context.prec = DIGITS
        if mean < 0:
            raise UsageError(f"a mean number is not negative: {mean}")
        chance = (-mean).exp()
        running = chance
        entries: list[int] = []
        while (entry := _scaled(running)) < SPAN:
            entries.append(entry)
            if len(entries) > POISSON_ENTRIES:
                raise UsageError(f"a Poisson number of mean {mean} needs more than {POISSON_ENTRIES} entries")
            chance = chance * mean / len(entries)
            running += chance
        return tuple(entries)


def geometric_table(mean: Decimal) -> tuple[int, ...]:
    """The table of tries beyond the first, P(n) = (1 - q) q^(n - 1) with q = 1 - 1/mean, n = 1 + the number drawn."""
    with localcontext() as context:
        context.prec = DIGITS
        if mean < 1:
            raise UsageError(f"a mean number of tries is at least 1: {mean}")
        again = 1 - 1 / mean
        left = again
        entries: list[int] = []
        while (entry := _scaled(1 - left)) < SPAN:
            entries.append(entry)
            if len(entries) > GEOMETRIC_ENTRIES:
                raise UsageError(f"a mean of {mean} tries needs more than {GEOMETRIC_ENTRIES} entries")
            left *= again
        return tuple(entries)
