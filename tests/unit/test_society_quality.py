"""The quality card: what a recipe asks beside what was made."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest

from glasshouse.society.quality import quality, say
from glasshouse.society.recipe import AreaRow
from societies import AGE, LAND, PLAIN, household, least, recipe, seeds

CARD = quality(LAND, seeds("7"), Fraction(1, 10))


def test_every_margin_stands_on_the_card() -> None:
    margins = set(CARD["margin"].to_list())
    assert margins == {
        "household", "persons", "age", "urban", "work", "student", "registered", "car", "area"}
    given = set(CARD.filter(pl.col("margin") == "work")["given"].to_list())
    assert given == {"", "age 0", "age 18", "age 35", "age 60"}
    assert set(CARD.filter(pl.col("margin") == "area")["level"].to_list()) == {
        "port:urban", "port:rural", "east-rest:urban", "east-rest:rural", "west", "land-rest:urban", "land-rest:rural"}


@pytest.mark.parametrize("column", ["asked", "fitted", "generated"])
def test_shares_of_a_margin_add_up(column: str) -> None:
    for (margin, given), rows in CARD.group_by("margin", "given"):
        assert rows[column].sum() == pytest.approx(1, abs=2e-6), (margin, given)


def test_what_is_asked_is_the_recipe() -> None:
    asked = {row[:3]: row[3] for row in CARD.select("margin", "given", "level", "asked").iter_rows()}
    assert asked["household", "", "couple"] == pytest.approx(0.35)
    assert asked["persons", "", "3"] == pytest.approx(0.40)
    assert asked["age", "", "35"] == pytest.approx(0.37)
    assert asked["urban", "", "true"] == pytest.approx(0.6, abs=1e-4)
    assert asked["car", "", "true"] == pytest.approx(0.6 * 0.4 + 0.4 * 0.1, abs=1e-4)
    assert asked["student", "", "true"] == pytest.approx(0.18 * 0.7 + 0.25 * 0.4)
    assert asked["work", "", "self"] == pytest.approx(0.25 * 0.1 + 0.37 * 0.2 + 0.2 * 0.2)


def test_luck_is_of_the_size_of_its_standard_error() -> None:
    """z of free margins over twelve seeds: mean square near 1 (an error wrong by a factor of 1.5 would show)."""
    free = []
    for seed in range(12):
        card = quality(PLAIN, seeds(str(seed)), Fraction(1))
        free += card.filter(pl.col("generated") != pl.col("asked"))["z"].to_list()
    assert len(free) > 150
    assert max(abs(z) for z in free) < 4.5
    assert 0.6 < sum(z * z for z in free) / len(free) < 1.6


def test_nothing_lies_far_off() -> None:
    assert CARD["z"].abs().max() < 4.5
    assert CARD["difference"].to_list() == pytest.approx((CARD["generated"] - CARD["asked"]).to_list())


def test_a_card_in_words() -> None:
    told = say(CARD)
    assert told.startswith(f"{CARD.height} margins of synthetic residents were compared.")
    assert "The archetypes meet them all." in told
    farthest = CARD.sort(pl.col("z").abs(), descending=True).row(0, named=True)
    assert f"z = {farthest['z']:+.1f}" in told


def test_a_contradiction_is_told() -> None:
    """Nobody but adults living alone, and yet 18 in 100 shall be children."""
    alone = recipe([AreaRow(area="a", residents=50_000)], [AGE], [household("alone", "1", [least(18)])])
    card = quality(alone, seeds("7"), Fraction(1))
    assert card.filter(pl.col("margin") == "age").row(0)[2:6] == ("0", 0.18, 0.0, 0.0)
    assert "The archetypes miss age 0 most: asked 0.1800, fitted 0.0000." in say(card)
