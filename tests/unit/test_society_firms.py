"""Markets: how many firms each leaf area has, and what a firm is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from glasshouse.scenario import Seeds
from glasshouse.society.areas import block_order, leaves
from glasshouse.society.firms import MARKET, attributes_of, firm_attributes, firm_leaves
from glasshouse.society.recipe import AreaRow, Recipe
from glasshouse.society.residents import compile_society, make_block, needed_mask
from societies import AGE, LAND, SECTOR, household, recipe

SEEDS = Seeds("1", "1", "1")


def country(firms: int, areas: Sequence[tuple[str, str | None, int, int | None]]) -> Recipe:
    """A recipe of areas: name, whole, residents, legal units."""
    rows = [AreaRow(area=a, within=w, residents=n, legal_units=u) for a, w, n, u in areas]
    made = recipe(rows, [AGE, SECTOR], [household("one", "1", [None])])
    return made.model_copy(update={"firms": firms, "at": date(2020, 1, 1)})


def sizes(made: Recipe, residents: int | None = None) -> dict[str, int]:
    """Firms by leaf area."""
    return {leaf.name: leaf.residents for leaf in firm_leaves(made, residents)}


def test_written_numbers_stand_and_the_rest_goes_by_residents() -> None:
    """A silent part, and what an area has beside its parts, share what is left."""
    made = country(1000, [
        ("land", None, 10_000, None), ("east", "land", 4_000, 500), ("west", "land", 2_000, None),
    ])  # fmt: skip
    assert sizes(made) == {"east": 500, "west": 167, "land-rest": 333}


def test_parts_of_parts_are_parted_in_turn() -> None:
    """A province's own number is shared inside it; running sums are rounded, so nobody is lost."""
    made = country(101, [
        ("land", None, 900, None), ("east", "land", 600, None), ("port", "east", 200, None), ("mill", "east", 100, 20),
        ("west", "land", 300, 34),
    ])  # fmt: skip
    found = sizes(made)
    assert found == {"port": 19, "mill": 20, "east-rest": 28, "west": 34}
    assert sum(found.values()) == 101


def test_where_all_is_written_the_parts_count() -> None:
    """A whole that says more or less than its parts adds nothing and takes nothing."""
    made = country(7, [("land", None, 900, 7), ("east", "land", 600, 5), ("west", "land", 300, 5)])
    assert sizes(made) == {"east": 5, "west": 5}


@pytest.mark.parametrize(("residents", "expected"), [(None, 700), (450, 350), (9, 7), (0, 0)])
def test_a_smaller_society_has_fewer_firms(residents: int | None, expected: int) -> None:
    """In the same proportion; a leaf without firms is none."""
    made = country(700, [("land", None, 900, None)])
    assert sum(sizes(made, residents).values()) == expected
    assert bool(firm_leaves(made, residents)) == (expected > 0)


def test_markets_hold_256_firms_and_have_an_order_of_their_own() -> None:
    """The last market is short; no town and no village; the order is not that of the residents' blocks."""
    made = country(256 * 40 + 9, [("land", None, 256 * 192 * 20, None)])
    (leaf,) = firm_leaves(made, None)
    assert leaf.blocks == 41 and leaf.households_of(0) == MARKET and leaf.households_of(40) == 9
    assert leaf.urban is None and leaf.place == "land"
    (home,) = leaves(made, None)
    assert block_order(leaf).tolist() != [place for place in block_order(home).tolist() if place < 41]


def test_a_firm_has_the_attributes_of_firms_alone() -> None:
    """Drawn by their margins, one firm to a household, without an age."""
    assert [clause.id for clause in firm_attributes(LAND)] == ["sector"]
    made = country(5_000, [("land", None, 20_000, None)])
    areas = firm_leaves(made, None)
    society = compile_society(made, areas, SEEDS, "firms")
    needed = needed_mask(made, [clause.id for clause in attributes_of(made, "firms")], population="firms")
    counted = np.zeros(2, np.int64)
    for block in range(areas[0].blocks - 1):
        words, household_of = np.zeros(MARKET, np.uint64), np.zeros(MARKET, np.uint16)
        start, level = np.zeros(MARKET + 1, np.uint16), np.zeros((1, MARKET), np.uint8)
        months, bits, look = np.zeros(MARKET, np.int32), np.zeros(MARKET, np.uint8), np.zeros(MARKET, np.uint8)
        n = make_block(society, block, MARKET, 0, needed, words, household_of, start, level, months, bits, look)
        assert n == MARKET and household_of.tolist() == list(range(MARKET)) and set(months.tolist()) == {-1}
        counted += np.bincount(level[0], minlength=2)
    share = Decimal(int(counted[0])) / int(counted.sum())
    assert abs(share - Decimal("0.3")) < Decimal("0.035")  # five standard errors at 4,864 firms
