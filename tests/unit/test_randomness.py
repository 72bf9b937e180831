"""Draws by address: the published generator, keys as they are written down, tables exact to the last bit."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from fractions import Fraction
from math import factorial
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasshouse import draws as parts
from glasshouse import randomness
from glasshouse.errors import UsageError

# Counter, key and answer of Philox4x32-10 in the test vectors published with Random123 (kat_vectors).
KNOWN = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]
WORD = st.integers(0, 2**64 - 1)
LOW_WORD = st.integers(0, 2**32 - 1)
NAMES = "both64 entries_passed fill_uniform64 fill_word philox scaled32 scaled64 succeeds uniform64 word0"
draws = SimpleNamespace(**{name: parts.door(getattr(parts, name)) for name in NAMES.split()})
KEY = np.uint64(randomness.key("7", "residents", "society/birth"))


def words(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


def exact(chance: Fraction) -> int:
    return int((chance * 2**64 + Fraction(1, 2)) // 1)


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_the_generator_gives_the_published_answers(counter: str, key: str, answer: str) -> None:
    k0, k1 = words(key)
    assert [int(word) for word in draws.philox(k0, k1, *words(counter))] == words(answer)
    assert [int(word) for word in randomness.philox(k0 | k1 << 32, *words(counter))] == words(answer)


def test_a_key_is_the_head_of_a_hash_of_its_text() -> None:
    digest = hashlib.sha256(b"7|residents|society/birth").digest()
    assert randomness.key("7", "residents", "society/birth") == sum(digest[i] << 8 * i for i in range(8))
    assert randomness.key("7/1", "residents", "society/birth") != randomness.key("7", "residents", "society/birth")
    assert randomness.trace_key("town/court") == randomness.text_key("trace|town/court")
    head = hashlib.sha256(b"trace|town/court").digest()[:4]
    assert randomness.name_word("town/court") == int.from_bytes(head, "little")
    assert randomness.order_key("land-rest") == randomness.text_key("order|land-rest")


@given(key=WORD, counter=st.tuples(LOW_WORD, LOW_WORD, LOW_WORD, LOW_WORD))
def test_scalars_and_arrays_draw_the_same(key: int, counter: tuple[int, int, int, int]) -> None:
    u, v = randomness.uniforms(key, *counter)
    address = [np.uint64(word) for word in counter]
    assert draws.uniform64(np.uint64(key), *address) == u
    assert draws.both64(np.uint64(key), *address) == (u, v)
    assert draws.word0(np.uint64(key), *address) == int(u) & 0xFFFFFFFF


def test_a_filled_row_holds_the_draw_of_every_subject() -> None:
    row, heads = np.zeros(700, np.uint64), np.zeros(700, np.uint32)
    draws.fill_uniform64(row, 600, KEY, np.uint64(2**31), np.uint64(5), np.uint64(9))
    draws.fill_word(heads, 600, KEY, np.uint64(2**31), np.uint64(5), np.uint64(9))
    drawn, _ = randomness.uniforms(int(KEY), 2**31, np.arange(600), 5, 9)
    assert (row[:600] == drawn).all() and (row[600:] == 0).all()
    assert (heads[:600] == drawn & np.uint64(0xFFFFFFFF)).all()


@given(u=WORD, n=LOW_WORD)
def test_one_of_n_alike_is_a_floor(u: int, n: int) -> None:
    assert draws.scaled64(np.uint64(u), np.uint64(n)) == u * n >> 64
    assert draws.scaled32(np.uint64(u & 0xFFFFFFFF), np.uint64(n)) == (u & 0xFFFFFFFF) * n >> 32


@pytest.mark.parametrize("text", ["0", "0.5", "0.1", "1e-19", "0.0000271", "0.999999999999999999999999", "1"])
def test_a_threshold_is_rounded_exactly(text: str) -> None:
    assert randomness.threshold(Decimal(text)) == min(exact(Fraction(text)), 2**64 - 1)


@pytest.mark.parametrize("text", ["-0.1", "1.0000001"])
def test_no_chance_beyond_one(text: str) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        randomness.threshold(Decimal(text))


def test_certainty_has_no_exception() -> None:
    highest = np.uint64(2**64 - 1)
    assert draws.succeeds(highest, highest) and draws.succeeds(np.uint64(0), highest)
    assert not draws.succeeds(np.uint64(5), np.uint64(5)) and draws.succeeds(np.uint64(4), np.uint64(5))


def test_cumulative_tables_stop_where_nothing_is_left() -> None:
    shares = [Decimal(text) for text in ("0.1016", "0.2477", "0.3451", "0.1509", "0.1547")]
    running = [sum((Fraction(s) for s in shares[: k + 1]), Fraction(0)) for k in range(4)]
    assert list(randomness.cumulative(shares)) == [exact(part) for part in running]
    assert randomness.cumulative([0, 1, 2, 1]) == (0, 2**62, 3 * 2**62)
    assert randomness.cumulative([1, 3, 0, 0]) == (2**62,)
    assert randomness.cumulative([1, 0]) == ()
    assert randomness.cumulative([2, 1]) == (exact(Fraction(2, 3)),)
    for wrong in ([0, 0], [2, -1]):
        with pytest.raises(UsageError):
            randomness.cumulative(wrong)


def poisson_distribution(mean: Fraction, count: int) -> list[Fraction]:
    """P(X <= k) for k below count, with exp(-mean) to 200 terms of its series."""
    head = sum(((-mean) ** k / factorial(k) for k in range(200)), Fraction(0))
    shares, running = [], Fraction(0)
    for k in range(count):
        running += head * mean**k / factorial(k)
        shares.append(running)
    return shares


@pytest.mark.parametrize("text", ["0.004", "0.5", "3", "10", "21.7"])
def test_poisson_tables_are_exact_to_the_end(text: str) -> None:
    table = randomness.poisson_table(Decimal(text))
    shares = poisson_distribution(Fraction(text), len(table) + 1)
    assert list(table) == [exact(share) for share in shares[:-1]]
    assert exact(shares[-1]) == 2**64
    assert len(table) <= 128


def test_poisson_tables_have_an_end() -> None:
    assert randomness.poisson_table(Decimal(0)) == ()
    assert len(randomness.poisson_table(Decimal(50))) <= 128
    for mean in ("80", "-1"):
        with pytest.raises(UsageError):
            randomness.poisson_table(Decimal(mean))


def test_geometric_tables_are_exact_to_the_end() -> None:
    table = randomness.geometric_table(Decimal("8.7"))
    again = 1 - 1 / Fraction("8.7")
    assert list(table) == [exact(1 - again ** (k + 1)) for k in range(len(table))]
    assert len(table) == 368
    assert exact(1 - again**369) == 2**64
    assert randomness.geometric_table(Decimal(1)) == ()
    for mean in ("0.9", "40"):
        with pytest.raises(UsageError):
            randomness.geometric_table(Decimal(mean))


@given(u=WORD)
def test_the_number_drawn_is_the_count_of_entries_passed(u: int) -> None:
    table = randomness.poisson_table(Decimal(3))
    entries = np.array((7, *table, 7), np.uint64)
    passed = draws.entries_passed(np.uint64(u), entries, 1, 1 + len(table))
    assert passed == sum(u >= entry for entry in table)


def test_words_are_even() -> None:
    """256 bins of 100,000 words, within five standard errors: 8 in 100 too many in a quarter of the bins would show
    with a power of 0.99."""
    for part in randomness.uniforms(int(KEY), np.arange(100_000), 3, 1, 4):
        bins = np.bincount((part >> np.uint64(56)).astype(np.int64), minlength=256)
        statistic = float(((bins - bins.mean()) ** 2 / bins.mean()).sum())
        assert 255 - 5 * (2 * 255) ** 0.5 < statistic < 255 + 5 * (2 * 255) ** 0.5
