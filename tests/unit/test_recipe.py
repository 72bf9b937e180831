"""Recipes: margins resolved, areas filled in, and nobody singled out."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from glasshouse.canonical import canonical, canonical_text, digest
from glasshouse.document import Library
from glasshouse.errors import InvalidDocuments
from glasshouse.society.recipe import Recipe, load_recipe

BASE = Path(__file__).parent.parent / "spec" / "base"
TEXT = (BASE / "recipe.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def library() -> Library:
    return Library((BASE,))


@pytest.fixture(scope="module")
def recipe(library: Library) -> Recipe:
    return load_recipe("base-recipe", library)


def changed(old: str, new: str, library: Library, folder: Path) -> Recipe:
    """The base recipe with one place changed."""
    assert TEXT.count(old) == 1
    file = folder / "changed.yaml"
    file.write_text(TEXT.replace(old, new), encoding="utf-8")
    return load_recipe(file, library)


def attribute(recipe: Recipe, name: str):  # type: ignore[no-untyped-def]
    return next(each for each in recipe.attributes if each.id == name)


def test_a_whole_without_residents_is_filled_in(recipe: Recipe, library: Library, tmp_path: Path) -> None:
    assert [(row.area, row.within, row.residents) for row in recipe.areas] == [
        ("china", None, 150000000), ("shandong", "china", 100000000), ("rongcheng", "shandong", 670000),
        ("zhejiang", "china", 40000000),
    ]  # fmt: skip
    silent = changed(
        "{area: shandong, in: china, residents: 100000000, urban: 0.6}",
        "{area: shandong, in: china}",
        library,
        tmp_path,
    )
    assert silent.areas[1].residents == 670000


def test_breaks_have_one_level_each(recipe: Recipe) -> None:
    income = attribute(recipe, "income")
    assert (income.form, income.breaks, income.level_names) == ("breaks", (1, 2, 3, 4, 5), ("1", "2", "3", "4", "5"))
    assert income.shares == {"": (Decimal("0.2"),) * 5}


def test_a_row_holds_from_its_break_to_the_next(recipe: Recipe) -> None:
    student = attribute(recipe, "student")
    assert student.level_names == ("false", "true")
    assert {level: row[1] for level, row in student.shares.items()} == {
        level: Decimal(share) for level, share in {"0": "0", "6": "0.9", "14": "0.9", "18": "0.3"}.items()
    } | dict.fromkeys(("23", "30", "46", "60", "65", "75"), Decimal(0))


def test_levels_of_rows_are_joined_and_absent_ones_have_nought(recipe: Recipe) -> None:
    work = attribute(recipe, "employment")
    assert work.level_names == ("none", "employed", "firm_head")
    assert work.shares["6"] == (1, 0, 0)
    assert work.shares["75"] == (Decimal("0.8"), Decimal("0.2"), 0)


def test_urban_comes_from_areas(recipe: Recipe) -> None:
    urban = attribute(recipe, "urban")
    assert (urban.form, urban.from_areas, urban.shares, urban.level_names) == (
        "from_areas",
        "urban",
        {},
        ("false", "true"),
    )


def test_members_are_a_number_or_conditions(recipe: Recipe) -> None:
    assert [len(each.members) for each in recipe.households] == [1, 2, 3]
    assert all(None not in each.members for each in recipe.households)
    ledger = load_recipe("ledger-recipe", Library.default())
    assert ledger.households[3].members == (None,) * 4


def test_it_reads_back_to_itself(recipe: Recipe, library: Library, tmp_path: Path) -> None:
    file = tmp_path / "canonical.yaml"
    file.write_text(canonical_text(recipe), encoding="utf-8")
    again = load_recipe(file, library)
    assert again == recipe
    assert canonical(again) == canonical(recipe) and digest(again) == digest(recipe)


def test_a_fictional_recipe_may_be_small_and_names_no_real_place(library: Library, tmp_path: Path) -> None:
    small = TEXT.replace("name: base-recipe", "name: fairyland\nfictional: true").replace(
        "residents: 670000", "residents: 8"
    )
    file = tmp_path / "small.yaml"
    file.write_text(small, encoding="utf-8")
    with pytest.raises(InvalidDocuments) as raised:
        load_recipe(file, library)
    assert [each.clause for each in raised.value.mistakes] == [
        "areas.china", "areas.shandong", "areas.rongcheng", "areas.zhejiang",
    ]  # fmt: skip
    for real, invented in (
        ("china", "oz"),
        ("shandong", "emerald"),
        ("rongcheng", "quadling"),
        ("zhejiang", "gillikin"),
    ):
        small = small.replace(f"area: {real}", f"area: {invented}").replace(f"in: {real}", f"in: {invented}")
    file.write_text(small, encoding="utf-8")
    assert [row.residents for row in load_recipe(file, library).areas][2] == 8


@pytest.mark.parametrize(("levels", "valid"), [(64, True), (65, False)])
def test_an_attribute_has_at_most_64_levels(levels: int, valid: bool, library: Library, tmp_path: Path) -> None:
    breaks = ", ".join(map(str, range(levels)))
    shares = ", ".join(["0.01"] * (levels - 1) + [str(1 - Decimal("0.01") * (levels - 1))])
    new = f"  - {{id: many, text: Many., source: invented, breaks: [{breaks}], shares: [{shares}]}}\nhouseholds:\n"
    if valid:
        assert len(attribute(changed("households:\n", new, library, tmp_path), "many").breaks) == levels
    else:
        with pytest.raises(InvalidDocuments, match="65 levels: an attribute has at most 64"):
            changed("households:\n", new, library, tmp_path)
