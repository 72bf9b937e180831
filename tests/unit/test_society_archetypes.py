"""Household archetypes: fitted to household and person margins, told where both cannot be."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasshouse.conditions import And, Area, Attribute, Compare, IsIn, Not, Or
from glasshouse.errors import UsageError
from glasshouse.society.archetypes import TOTAL, Archetypes, Fit, fit, whole_weights
from glasshouse.society.areas import leaves
from glasshouse.society.fitting import _exponential, fitted
from glasshouse.society.recipe import AreaRow
from societies import AGE, LAND, PLAIN, REGISTERED, attribute, below, household, least, recipe

AREAS = [AreaRow(area="a", residents=10_000)]
TYPES = fit(LAND, True, ("land",))


def share(found: Archetypes, attribute_name: str, level: int) -> Fraction:
    position = found.attributes.index(attribute_name)
    weighed = list(zip(found.weights, found.members, strict=True))
    number = sum(w * sum(person[position] == level for person in members) for w, members in weighed)
    return Fraction(number, sum(w * len(members) for w, members in weighed))


def test_without_conditions_an_archetype_is_a_clause() -> None:
    plain = fit(PLAIN, None, ("village",))
    assert plain.attributes == () and plain.clauses == (0, 1, 2, 3, 4, 5)
    assert [len(members) for members in plain.members] == [1, 2, 3, 4, 5, 6]
    assert [Fraction(weight, TOTAL) for weight in plain.weights] == [
        Fraction(text) for text in ("0.20", "0.34", "0.23", "0.145", "0.06", "0.025")]
    assert plain.mean_size == Fraction("2.6") and plain.largest == 6


def test_pinned_are_the_attributes_named_and_those_they_are_given_by() -> None:
    assert TYPES.attributes == ("age", "student")
    only_student = household("one", "1", [Compare(Attribute("student"), "==", "true")])
    assert fit(recipe(AREAS, LAND.attributes, [only_student]), True, ("a",)).attributes == ("age", "student")


def test_members_fulfil_their_conditions() -> None:
    for clause, members in zip(TYPES.clauses, TYPES.members, strict=True):
        bands = [age for age, _ in members]
        students = [student for _, student in members]
        match LAND.households[clause].id:
            case "alone" | "couple":
                assert all(age >= 1 for age in bands)
            case "family":
                assert bands[0] >= 1 and bands[1] >= 1 and bands[2] == 0
            case _:
                assert (bands[0], students[0]) == (1, 1) and 1 <= bands[1] <= 2


def test_margins_of_households_and_persons_are_met() -> None:
    """A land whose margins agree: 30 in 100 households have one child, and nobody else is a child."""
    size = Decimal("0.25") + 2 * Decimal("0.45") + 3 * Decimal("0.30")
    children = Decimal("0.30") / size
    ages = attribute("age", "breaks", ["0", "18", "35", "60"], [str(children), *(
        str((1 - children) * part) for part in (Decimal("0.3"), Decimal("0.45"), Decimal("0.25")))])
    made = recipe(AREAS, [ages, *LAND.attributes[3:5]], [
        household("alone", "0.25", [Or((least(60), And((least(18), below(35)))))]),
        household("couple", "0.45", [least(18), least(18)]),
        household("family", "0.30", [least(18), least(18), below(18)])])
    assert [clause.id for clause in made.attributes] == ["age", "work", "student"]
    found = fit(made, None, ("a",))
    assert max(abs(one.asked - one.given) for one in found.fits) < 5e-6
    assert float(found.mean_size) == pytest.approx(float(size), abs=5e-6)
    for level, asked in enumerate(ages.shares[""]):
        assert float(share(found, "age", level)) == pytest.approx(float(asked), abs=5e-6)


def test_margins_that_contradict_each_other_are_told() -> None:
    """Every household is one adult, yet 18 in 100 residents shall be children."""
    found = fit(recipe(AREAS, [AGE], [household("alone", "1", [least(18)])]), None, ("a",))
    fits = {one.margin: one for one in found.fits}
    assert fits["age 0"] == Fit("age 0", 0.18, 0.0)
    assert fits["household alone"].given == 1.0
    given_shares = [fits[f"age {years}"].given for years in (18, 35, 60)]
    asked = [0.25, 0.37, 0.20]
    assert given_shares == pytest.approx([part / 0.82 for part in asked], rel=1e-3)


def test_members_with_one_condition_are_not_told_apart() -> None:
    couples = [members for clause, members in zip(TYPES.clauses, TYPES.members, strict=True) if clause == 1]
    assert all(list(members) == sorted(members) for members in couples)
    assert len(set(couples)) == len(couples)


def test_clauses_that_nobody_can_fill_drop_out() -> None:
    never = household("never", "0.5", [Compare(Attribute("age"), ">", Decimal(60))])
    found = fit(recipe(AREAS, [AGE], [never, household("alone", "0.25", [None]), household("two", "0.25", [None] * 2)]),
                None, ("a",))
    assert set(found.clauses) == {1, 2}
    alone = sum(weight for weight, clause in zip(found.weights, found.clauses, strict=True) if clause == 1)
    assert alone == pytest.approx(TOTAL / 2, abs=9)
    with pytest.raises(UsageError, match="no household clause"):
        fit(recipe(AREAS, [AGE], [never]), None, ("a",))


def test_members_may_be_asked_where_they_live() -> None:
    here = household("here", "0.5", [least(0)])
    there = household("there", "0.5", [Compare(Area(), "==", "b"), IsIn(Area(), ("b", "c"))])
    made = recipe(AREAS, [AGE], [here, there])
    assert set(fit(made, None, ("a",)).clauses) == {0}
    assert set(fit(made, None, ("b",)).clauses) == {0, 1}


def test_too_many_compositions_are_drawn_and_still_fit() -> None:
    jobs = attribute("job", "levels", [f"j{n}" for n in range(8)], ["0.125"] * 8)
    adult_at_work = Or((least(18), Not(IsIn(Attribute("job"), ("j0", "j1")))))
    made = recipe(AREAS, [AGE, jobs, REGISTERED], [
        household("four", "0.6", [adult_at_work, None, None, None]),
        household("three", "0.3", [adult_at_work, None, None]),
        household("one", "0.1", [adult_at_work])])
    found = fit(made, None, ("a",))
    assert 1_000 < len(found.weights) <= 2_000
    assert max(abs(one.asked - one.given) for one in found.fits) < 1e-5
    assert fit(made, None, ("a",)) is found


def test_weights_are_the_same_whole_numbers_on_every_machine() -> None:
    found = [fit(LAND, leaf.urban, leaf.ancestors) for leaf in leaves(LAND, None)]
    text = repr([(one.members, one.weights) for one in found])
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest == "c54b05e1bfb7fd0977a3621b66131b9b2ff65dcc9475c6648ae6e98b6f79937d"


@given(parts=st.lists(st.fractions(0, 10), min_size=1, max_size=30).filter(any))
def test_whole_weights_keep_the_total_and_the_shares(parts: list[Fraction]) -> None:
    weights = whole_weights(parts)
    assert sum(weights) == TOTAL
    assert all(abs(Fraction(w) - part * TOTAL / sum(parts)) < 1 for w, part in zip(weights, parts, strict=True))


def test_a_fit_meets_a_table_known_on_paper() -> None:
    """Two margins of a two by two table with a prior of odds ratio 4: the ratio stays, the margins are met."""
    prior = np.array([0.4, 0.2, 0.2, 0.4])
    cells = np.array([[1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1]])
    weights = fitted(prior, cells, np.array([0.3, 0.7, 0.6, 0.4]))
    assert weights[0] + weights[1] == pytest.approx(0.3, abs=1e-5)
    assert weights[0] + weights[2] == pytest.approx(0.6, abs=1e-5)
    assert weights[0] * weights[3] / (weights[1] * weights[2]) == pytest.approx(4, rel=1e-9)


def test_the_exponential_of_the_fit_is_the_exponential() -> None:
    x = np.linspace(-700, 700, 20_001)
    assert np.abs(_exponential(x) / np.exp(x) - 1).max() < 1e-13
