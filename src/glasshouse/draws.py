"""The generator of ``randomness.py`` for compiled loops: Philox4x32-10 as scalar functions and as filled rows.

Every word is a ``uint64`` (32-bit words too, with the upper half empty): signed and unsigned never meet, which numba
would turn into floats. Arguments of any integer type are converted at the entrance; but each combination of types is
compiled anew, and so is each literal number: pass the parts of a counter as ``uint64``, and ``ZERO`` instead of 0.
Importing this file imports numba; import it only where a run starts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit, types

from glasshouse.linking import PartCompiler, WholeCompiler

Compiled = TypeVar("Compiled", bound=Callable[..., Any])

U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]

M0 = np.uint64(0xD2511F53)
M1 = np.uint64(0xCD9E8D57)
W0 = np.uint64(0x9E3779B9)
W1 = np.uint64(0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
TOP = np.uint64(0xFFFFFFFFFFFFFFFF)
ZERO = np.uint64(0)
ONE = np.uint64(1)
R1, R2, R3, R4, R5, R6, R7, R8, R9 = (np.uint64(number) for number in range(1, 10))


ALONE: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": PartCompiler}
"""Options of functions that are never called on their own."""


def widened(argument: Any) -> Any:
    """The one type in which compiled functions take whole numbers: int64, or uint64 for 64-bit words."""
    if isinstance(argument, types.Omitted):
        return types.int64
    plain: Any = types.unliteral(argument)  # type: ignore[no-untyped-call]
    if isinstance(plain, types.Integer):
        return types.uint64 if plain == types.uint64 else types.int64
    return plain


def widening(function: Any) -> Any:
    """Let callers of a compiled function share one version of it.

    Numba would compile it anew for each width of whole numbers and for every constant that a caller writes down.
    """

    def get_call_template(arguments: Any, keywords: Any) -> Any:
        _, folded = function._compiler.fold_argument_types(arguments, keywords)
        return type(function).get_call_template(function, tuple(widened(argument) for argument in folded), {})

    function.get_call_template = get_call_template
    return function


def part(function: Compiled) -> Compiled:
    """A function that compiled functions call: it releases the interpreter's lock and tests no division.

    It cannot be called from Python, for which there is `door`.
    """
    return cast(Compiled, widening(njit(nogil=True, error_model="numpy", **ALONE)(function)))


def inlined(function: Compiled) -> Compiled:
    """The same, but always made part of the function that calls it (a few nanoseconds matter in the generator)."""
    return cast(Compiled, njit(nogil=True, error_model="numpy", forceinline=True, **ALONE)(function))


def door(function: Compiled) -> Compiled:
    """A part that Python can call: compiled on first use, with all parts beneath it."""
    made = njit(nogil=True, error_model="numpy", pipeline_class=WholeCompiler)
    return cast(Compiled, made(cast(Any, function).py_func))


@inlined
def _round(x0: Any, x1: Any, x2: Any, x3: Any, k0: Any, k1: Any) -> tuple[Any, Any, Any, Any]:
    """One round; the increments of the key are added by the caller, who knows the number of the round."""
    first = M0 * x0
    second = M1 * x2
    return (second >> HALF) ^ x1 ^ (k0 & LOW), second & LOW, (first >> HALF) ^ x3 ^ (k1 & LOW), first & LOW


@inlined
def philox(k0: Any, k1: Any, c0: Any, c1: Any, c2: Any, c3: Any) -> tuple[Any, Any, Any, Any]:
    """Words ``w0 w1 w2 w3`` (each below 2^32, as uint64) of key (k0, k1) and counter (c0, c1, c2, c3).

    The ten rounds are written out: so a loop over subjects makes several draws in one vector instruction.
    """
    k0 = np.uint64(k0)
    k1 = np.uint64(k1)
    x0 = np.uint64(c0) & LOW
    x1 = np.uint64(c1) & LOW
    x2 = np.uint64(c2) & LOW
    x3 = np.uint64(c3) & LOW
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0, k1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + R1 * W0, k1 + R1 * W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + R2 * W0, k1 + R2 * W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + R3 * W0, k1 + R3 * W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + R4 * W0, k1 + R4 * W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + R5 * W0, k1 + R5 * W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + R6 * W0, k1 + R6 * W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + R7 * W0, k1 + R7 * W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + R8 * W0, k1 + R8 * W1)
    x0, x1, x2, x3 = _round(x0, x1, x2, x3, k0 + R9 * W0, k1 + R9 * W1)
    return x0, x1, x2, x3


@part
def word0(key: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """The first 32-bit word at the counter (a, b, c, d)."""
    key = np.uint64(key)
    return philox(key, key >> HALF, a, b, c, d)[0]


@part
def uniform64(key: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """The 64-bit word U at the counter (a, b, c, d)."""
    key = np.uint64(key)
    w0, w1, _, _ = philox(key, key >> HALF, a, b, c, d)
    return w0 | (w1 << HALF)


@part
def both64(key: Any, a: Any, b: Any, c: Any, d: Any) -> tuple[Any, Any]:
    """The 64-bit words U and V at the counter (a, b, c, d)."""
    key = np.uint64(key)
    w0, w1, w2, w3 = philox(key, key >> HALF, a, b, c, d)
    return w0 | (w1 << HALF), w2 | (w3 << HALF)


@part
def fill_uniform64(out: U64, n: int, key: Any, a: Any, c: Any, d: Any) -> None:
    """``out[i] = U`` at the counter (a, i, c, d) for i below n: one row of draws, several at a time."""
    key = np.uint64(key)
    for i in range(n):
        w0, w1, _, _ = philox(key, key >> HALF, a, i, c, d)
        out[i] = w0 | (w1 << HALF)


@part
def fill_pairs(first: U64, second: U64, n: int, keys: U64, a: Any, b: U64, c: Any, d: U64) -> None:
    """``first[i] = w0``, ``second[i] = w2 + 2^32 w3`` at the counter (a, b[i], c, d[i] + 1) of key ``keys[i]``."""
    for i in range(n):
        w0, _, w2, w3 = philox(keys[i], keys[i] >> HALF, a, b[i], c, d[i] + ONE)
        first[i] = w0
        second[i] = w2 | (w3 << HALF)


@part
def fill_word(out: U32, n: int, key: Any, a: Any, c: Any, d: Any) -> None:
    """``out[i] = w0`` at the counter (a, i, c, d) for i below n."""
    key = np.uint64(key)
    for i in range(n):
        w0, _, _, _ = philox(key, key >> HALF, a, i, c, d)
        out[i] = np.uint32(w0)


@part
def succeeds(u: Any, threshold: Any) -> bool:
    """Whether a word lies under a stored threshold; the highest threshold is certainty."""
    return bool((u < threshold) | (threshold == TOP))


@part
def scaled64(u: Any, n: Any) -> Any:
    """floor(u x n / 2^64): one of n alike by a 64-bit word, n below 2^32."""
    n = np.uint64(n)
    return ((u >> HALF) * n + (((u & LOW) * n) >> HALF)) >> HALF


@part
def scaled32(w: Any, n: Any) -> Any:
    """floor(w x n / 2^32): one of n alike by a 32-bit word, n below 2^32."""
    return (np.uint64(w) * np.uint64(n)) >> HALF


@part
def entries_passed(u: Any, table: U64, start: int, stop: int) -> int:
    """The number drawn by u from the cumulative table in ``table[start:stop]``: how many entries C have u >= C."""
    passed = 0
    for k in range(start, stop):
        if u < table[k]:
            break
        passed += 1
    return passed
