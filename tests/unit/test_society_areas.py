"""Leaf areas, blocks, their order and samples of them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasshouse.errors import UsageError
from glasshouse.randomness import order_key, uniforms
from glasshouse.society.archetypes import fit
from glasshouse.society.areas import block_order, gallery, half_up, leaf_of, leaves, sampled
from glasshouse.society.recipe import AreaRow
from societies import LAND, PLAIN, URBAN, recipe

PLACES = leaves(LAND, None)


def test_leaves_stand_in_order_with_the_remainder_last() -> None:
    assert [leaf.name for leaf in PLACES] == [
        "port:urban", "port:rural", "east-rest:urban", "east-rest:rural", "west", "land-rest:urban", "land-rest:rural"]
    assert [leaf.area for leaf in PLACES] == ["port", "port", "east", "east", "west", "land", "land"]
    assert PLACES[0].ancestors == ("port", "east", "land")
    assert PLACES[2].ancestors == ("east", "land") and PLACES[5].ancestors == ("land",)
    assert [leaf.urban for leaf in PLACES] == [True, False, True, False, False, True, False]


def test_leaves_hold_everybody_once_and_keep_the_urban_shares() -> None:
    assert [leaf.residents for leaf in PLACES] == [56_000, 14_000, 184_000, 46_000, 200_000, 360_000, 140_000]
    assert sum(leaf.residents for leaf in PLACES) == LAND.residents
    towns = sum(leaf.residents for leaf in PLACES if leaf.urban)
    assert towns == Decimal("0.6") * LAND.residents


def test_without_an_urban_attribute_nothing_is_split() -> None:
    one = leaves(PLAIN, None)
    assert [(leaf.name, leaf.urban) for leaf in one] == [("village", None)]
    silent = recipe([AreaRow(area="a", residents=9)], [URBAN], PLAIN.households)
    with pytest.raises(UsageError, match="urban share"):
        leaves(silent, None)


def test_parts_beyond_the_whole_are_refused() -> None:
    areas = [AreaRow(area="a", residents=9), AreaRow(area="b", within="a", residents=10)]
    with pytest.raises(UsageError, match="more residents than it has"):
        leaves(recipe(areas, [], PLAIN.households), None)


def test_households_and_blocks_follow_from_the_mean_size() -> None:
    first = 0
    for leaf in PLACES:
        size = fit(LAND, leaf.urban, leaf.ancestors).mean_size
        assert leaf.households == half_up(leaf.residents / size)
        assert leaf.blocks == -(-leaf.households // 192)
        assert leaf.first_block == first
        counts = [leaf.households_of(index) for index in range(leaf.blocks)]
        assert set(counts[:-1]) <= {192} and 0 < counts[-1] <= 192 and sum(counts) == leaf.households
        first += leaf.blocks
    assert PLACES[1].households_of(PLACES[1].blocks - 1) < 192


@given(number=st.integers(1, 3_000_000))
def test_another_size_scales_every_leaf(number: int) -> None:
    for leaf, full in zip(leaves(LAND, number), PLACES, strict=True):
        assert leaf.residents == half_up(Fraction(full.residents * number, LAND.residents))
        assert leaf.full_residents == full.residents
        assert leaf.households >= 1 and leaf.blocks >= 1


def test_halves_are_rounded_upwards() -> None:
    assert [half_up(Fraction(text)) for text in ("1/2", "3/2", "5/2", "0.49", "2.51")] == [1, 2, 3, 0, 3]


def test_the_order_of_blocks_is_the_keyed_one() -> None:
    leaf = PLACES[0]
    words = [int(uniforms(order_key("port:urban"), index)[0]) for index in range(leaf.blocks)]
    assert block_order(leaf).tolist() == sorted(range(leaf.blocks), key=lambda index: (words[index], index))


@given(small=st.fractions(Fraction(1, 10_000), 1), large=st.fractions(Fraction(1, 10_000), 1))
def test_samples_nest(small: Fraction, large: Fraction) -> None:
    small, large = min(small, large), max(small, large)
    for leaf in PLACES:
        inner, outer = sampled(leaf, small), sampled(leaf, large)
        assert set(inner.tolist()) <= set(outer.tolist())
        assert len(inner) == min(leaf.blocks, max(2, half_up(small * leaf.blocks)))
        assert (np.diff(inner) > 0).all()
        assert inner.min() >= leaf.first_block and inner.max() < leaf.first_block + leaf.blocks


def test_the_whole_is_a_sample_of_itself() -> None:
    for leaf in PLACES:
        assert sampled(leaf, Fraction(1)).tolist() == list(range(leaf.first_block, leaf.first_block + leaf.blocks))
    for fraction in (Fraction(0), Fraction(11, 10)):
        with pytest.raises(UsageError):
            sampled(PLACES[0], fraction)


def test_every_block_has_its_leaf() -> None:
    total = PLACES[-1].first_block + PLACES[-1].blocks
    found = [leaf_of(PLACES, block)[1].name for block in range(total)]
    assert found == [leaf.name for leaf in PLACES for _ in range(leaf.blocks)]
    for block in (-1, total):
        with pytest.raises(UsageError, match="no block"):
            leaf_of(PLACES, block)


def test_galleries_have_the_recipes_full_size() -> None:
    small = {leaf.name: leaf for leaf in leaves(LAND, 5_000)}
    sizes = {name: [gallery(LAND, leaf, scope) for scope in ("country", "province", "city")]
             for name, leaf in small.items()}
    assert sizes["port:rural"] == [1_000_000, 300_000, 70_000]
    assert sizes["east-rest:urban"] == [1_000_000, 300_000, 230_000]
    assert sizes["west"] == [1_000_000, 200_000, 200_000]
    assert sizes["land-rest:rural"] == [1_000_000, 1_000_000, 500_000]
    with pytest.raises(UsageError):
        gallery(LAND, PLACES[0], "planet")
