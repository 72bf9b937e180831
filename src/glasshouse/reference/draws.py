"""Luck by address, in plain integers: the generator, the keys of purposes, thresholds, tables of numbers drawn.

Philox4x32-10 is that of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from glasshouse.errors import RunFailed
from glasshouse.scenario import Seeds

DIGITS = 50
WORD = 2**32
FULL = 2**64
ALWAYS = FULL - 1
HALF = Decimal("0.5")
POISSON_ENTRIES = 128
GEOMETRIC_ENTRIES = 1024

Key = tuple[int, int]
Identity = tuple[int, str, int, int]
"""An event or false alarm: (actor, kind or detector path, step, number)."""


class Words(NamedTuple):
    """The four 32-bit words of a draw."""

    w0: int
    w1: int
    w2: int
    w3: int

    @property
    def u(self) -> int:
        """The first 64-bit word."""
        return self.w0 + (self.w1 << 32)

    @property
    def v(self) -> int:
        """The second 64-bit word."""
        return self.w2 + (self.w3 << 32)


def philox(key: Key, counter: tuple[int, int, int, int]) -> Words:
    """Ten rounds of Philox4x32."""
    k0, k1 = key
    c0, c1, c2, c3 = counter
    for _ in range(10):
        left = 0xD2511F53 * c0
        right = 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (right >> 32) ^ c1 ^ k0, right & 0xFFFFFFFF, (left >> 32) ^ c3 ^ k1, left & 0xFFFFFFFF
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return Words(c0, c1, c2, c3)


@cache
def key_of(text: str) -> Key:
    """The 64-bit key made from a text."""
    number = int.from_bytes(sha256(text.encode("utf-8")).digest()[:8], "little")
    return number % WORD, number // WORD


@cache
def trace(identity: Identity | None, step: int) -> int:
    """A 32-bit word for an identity at a step, the same under every seed."""
    if identity is None:
        return philox(key_of("trace|"), (0, 0, 0, step)).w0
    actor, name, happened, number = identity
    return philox(key_of(f"trace|{name}"), (actor, happened, number, step)).w0


def h32(name: str) -> int:
    """The low word of the key of a trace."""
    return key_of(f"trace|{name}")[0]


class Luck:
    """All draws of one block."""

    def __init__(self, seeds: Seeds, population: str, block: int) -> None:
        self._seeds = {"society": seeds.society, "conduct": seeds.conduct, "process": seeds.process}
        self._population = population
        self._block = block
        self._keys: dict[tuple[str, str], Key] = {}
        self._owners: dict[Key, str] = {}

    def _key(self, family: str, purpose: str) -> Key:
        found = self._keys.get((family, purpose))
        if found is None:
            text = f"{self._seeds[family]}|{self._population}|{purpose}"
            found = key_of(text)
            if self._owners.setdefault(found, text) != text:
                raise RunFailed(f"two purposes have one key: {self._owners[found]} and {text}")
            self._keys[family, purpose] = found
        return found

    def draw(self, family: str, purpose: str, a: int, b: int = 0, c: int = 0) -> Words:
        """The draw with the counter (block, a, b, c)."""
        return philox(self._key(family, purpose), (self._block, a, b, c))

    def succeeds(self, chance: Decimal, family: str, purpose: str, a: int, b: int = 0, c: int = 0) -> bool:
        """Whether the first 64-bit word of a draw lies under a chance."""
        level = threshold(chance)
        return level == ALWAYS or (level > 0 and self.draw(family, purpose, a, b, c).u < level)


# --- thresholds and tables -----------------------------------------------------------------------------------------


def nearest(number: Decimal) -> int:
    """Rounded to a whole number, halves up."""
    return int((number + HALF).to_integral_value(rounding=ROUND_FLOOR))


@cache
def threshold(chance: Decimal) -> int:
    """The 64-bit threshold of a chance."""
    return min(nearest(chance * FULL), ALWAYS)


def under(word: int, level: int) -> bool:
    """Whether a word succeeds against a threshold."""
    return level == ALWAYS or word < level


def choose(word: int, number: int) -> int:
    """One of `number` alike by a 32-bit word."""
    return word * number // WORD


def choose_wide(word: int, number: int) -> int:
    """One of `number` alike by a 64-bit word."""
    return word * number // FULL


def drawn(table: Sequence[int], word: int) -> int:
    """The number drawn from a cumulative table: how many entries the word has reached."""
    return bisect_right(table, word)


@cache
def poisson(mean: Decimal) -> tuple[int, ...]:
    """The cumulative table of the Poisson law."""
    entries: list[int] = []
    term = total = (-mean).exp()
    while (entry := nearest(total * FULL)) < FULL:
        entries.append(entry)
        if len(entries) > POISSON_ENTRIES:
            raise RunFailed(f"a Poisson table of mean {mean} needs more than {POISSON_ENTRIES} entries")
        term = term * mean / len(entries)
        total += term
    return tuple(entries)


@cache
def geometric(mean: Decimal) -> tuple[int, ...]:
    """The cumulative table of the tries after the first, where the mean number of tries is given."""
    failing = 1 - 1 / mean
    entries: list[int] = []
    power = failing
    while (entry := nearest((1 - power) * FULL)) < FULL:
        entries.append(entry)
        if len(entries) > GEOMETRIC_ENTRIES:
            raise RunFailed(f"a table of {mean} tries needs more than {GEOMETRIC_ENTRIES} entries")
        power *= failing
    return tuple(entries)


@cache
def categories(shares: tuple[Decimal, ...]) -> tuple[int, ...]:
    """The cumulative table of shares; the last needs no entry."""
    total = sum(shares, Decimal(0))
    running = Decimal(0)
    entries = []
    for share in shares[:-1]:
        running += share
        entries.append(nearest(running / total * FULL))
    return tuple(entries)
