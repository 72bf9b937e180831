"""Recipes of made-up societies for tests, written as resolved models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from glasshouse.conditions import And, Attribute, Compare, Condition, Holds
from glasshouse.scenario import Seeds
from glasshouse.society.recipe import AreaRow, AttributeClause, HouseholdClause, Recipe, TieClause

INVENTED = ("invented",)


def seeds(society: str) -> Seeds:
    """Seeds of which only the society's matters here."""
    return Seeds(society, "0", "0")


def attribute(
    name: str,
    form: str,
    levels: Sequence[str],
    shares: Sequence[str] | Mapping[str, Sequence[str]] = (),
    given: str | None = None,
    subjects: tuple[str, ...] = ("residents",),
) -> AttributeClause:
    """An attribute with its shares as text: one row, or a row for each level of the attribute it is given by."""
    rows = shares if isinstance(shares, Mapping) else {"": shares} if shares else {}
    return AttributeClause(
        id=name, text=name, source=INVENTED, confidence="invented", subjects=subjects, form=form, given=given,
        breaks=tuple(int(level) for level in levels) if form == "breaks" else (), level_names=tuple(levels),
        shares={key: tuple(Decimal(share) for share in row) for key, row in rows.items()},
        from_areas="urban" if form == "from_areas" else None,
    )


def household(name: str, share: str, members: Sequence[Condition | None]) -> HouseholdClause:
    """A type of household."""
    return HouseholdClause(
        id=name, text=name, source=INVENTED, confidence="invented", share=Decimal(share), members=tuple(members))


def tie(name: str, mean: str | None, within: str = "block") -> TieClause:
    """A tie between residents."""
    return TieClause(
        id=name, text=name, source=INVENTED, confidence="invented", from_population="residents",
        to_population="residents", within=within, mean=None if mean is None else Decimal(mean))


def recipe(
    areas: Sequence[AreaRow],
    attributes: Sequence[AttributeClause],
    households: Sequence[HouseholdClause],
    ties: Sequence[TieClause] = (),
) -> Recipe:
    """A recipe of these parts; its residents are those of the first area."""
    return Recipe(
        name="made-up", title="Made up", text="Nobody lives here.", source=INVENTED, at=date(2020, 1, 1),
        residents=areas[0].residents, firms=0, fictional=True, areas=tuple(areas), attributes=tuple(attributes),
        households=tuple(households), ties=tuple(ties))


def least(years: int) -> Condition:
    """So many years of age at least."""
    return Compare(Attribute("age"), ">=", Decimal(years))


def below(years: int) -> Condition:
    """Younger than that."""
    return Compare(Attribute("age"), "<", Decimal(years))


AGE = attribute("age", "breaks", ["0", "18", "35", "60"], ["0.18", "0.25", "0.37", "0.20"])
WORK = attribute(
    "work", "levels", ["none", "employed", "self"], {
        "0": ["1", "0", "0"], "18": ["0.4", "0.5", "0.1"], "35": ["0.2", "0.6", "0.2"], "60": ["0.7", "0.1", "0.2"]},
    given="age")
STUDENT = attribute(
    "student", "yes", ["false", "true"],
    {"0": ["0.3", "0.7"], "18": ["0.6", "0.4"], "35": ["1", "0"], "60": ["1", "0"]}, given="age")
REGISTERED = attribute("registered", "yes", ["false", "true"], ["0.27", "0.73"])
URBAN = attribute("urban", "from_areas", ["false", "true"])
CAR = attribute("car", "yes", ["false", "true"], {"false": ["0.9", "0.1"], "true": ["0.6", "0.4"]}, given="urban")
SECTOR = attribute("sector", "levels", ["trade", "other"], ["0.3", "0.7"], subjects=("firms",))

PLAIN = recipe(
    [AreaRow(area="village", residents=20_000)],
    [AGE, attribute("work", "levels", ["none", "employed", "self"], ["0.35", "0.50", "0.15"])],
    [household(f"of-{size}", share, [None] * size)
     for size, share in enumerate(["0.20", "0.34", "0.23", "0.145", "0.06", "0.025"], 1)],
    [tie("friends", "20")],
)
"""Households of one to six, nothing asked of their members."""

LAND = recipe(
    [
        AreaRow(area="land", residents=1_000_000, urban=Decimal("0.6")),
        AreaRow(area="east", within="land", residents=300_000, urban=Decimal("0.8")),
        AreaRow(area="port", within="east", residents=70_000),
        AreaRow(area="west", within="land", residents=200_000, urban=Decimal("0")),
    ],
    [AGE, SECTOR, URBAN, WORK, STUDENT, REGISTERED, CAR],
    [
        household("alone", "0.25", [least(18)]),
        household("couple", "0.35", [least(18), least(18)]),
        household("family", "0.30", [least(18), least(18), below(18)]),
        household("shared", "0.10", [And((least(18), Holds(Attribute("student")))), And((least(18), below(60))), None]),
    ],
    [tie("friends", "20"), tie("neighbours", "6"), tie("household", None, "household")],
)
"""Towns and villages, a remainder, archetypes by age and schooling; firms have an attribute of their own."""
