"""A random recipe: a few dozen households of a country that is on no map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from .random_values import between, clause, pick, some

AGE_BREAKS = ([0, 18, 60], [0, 17, 18, 19, 60], [0, 6, 7, 18, 30, 31, 60], [0, 18, 40, 41, 42])


@dataclass(frozen=True)
class Trait:
    """An attribute as conditions and factors need it: its levels as they are written."""

    name: str
    form: str  # breaks | levels | yes
    levels: tuple[Any, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Society:
    """What the other documents may name."""

    country: str
    areas: tuple[str, ...]
    traits: tuple[Trait, ...]
    ties: tuple[str, ...]
    document: dict[str, Any]


def recipe(r: Random, name: str) -> Society:
    """One random recipe."""
    households, adults = _households(r)
    traits, attributes = _attributes(r, adults)
    rows = _areas(r)
    ties = _ties(r, traits)
    head = {
        "glasshouse": "recipe/1", "name": name, "title": "A village of no place",
        "text": "Numbers drawn at random.", "source": "invented", "at": date(2015, 1, 1),
        "residents": rows[0]["residents"], "firms": 50, "fictional": True,
        "propensity": r.choice(["triangular", "triangular", "uniform", "none"]),
    }
    body = {"areas": rows, "attributes": attributes, "households": households, "ties": ties}
    areas = tuple(row["area"] for row in rows)
    return Society(areas[0], areas, tuple(traits), tuple(tie["id"] for tie in ties), head | body)


def _areas(r: Random) -> list[dict[str, Any]]:
    """A country alone, with one part and a remainder, with two parts, or with a province and its city."""
    sizes = [r.randint(45, 100) for _ in range(3)]
    urban = round(r.choice([0.0, 0.4, 0.6, 1.0]), 2)
    shape = r.choice(["alone", "remainder", "parts", "nested"])
    country: dict[str, Any] = {"area": "ombra", "residents": sizes[0], "urban": urban}
    if shape == "alone":
        return [country]
    north: dict[str, Any] = {"area": "ombra-north", "in": "ombra", "residents": sizes[1], "urban": 1.0 - urban}
    if shape == "remainder":
        return [country | {"residents": sizes[0] + sizes[1]}, north]
    if shape == "parts":
        south = {"area": "ombra-south", "in": "ombra", "residents": sizes[2], "urban": urban}
        return [country | {"residents": sizes[1] + sizes[2]}, north, south]
    town = {"area": "ombra-town", "in": "ombra-north", "residents": sizes[2], "urban": urban}
    return [country | {"residents": sum(sizes)}, north | {"residents": sizes[1] + sizes[2]}, town]


def _households(r: Random) -> tuple[list[dict[str, Any]], float | None]:
    """Types of household, and the share of adults they imply (None where members are only counted)."""
    if some(r, 0.35):
        shares = _shares(r, 3)
        sizes = zip((1, 2, 4), shares, strict=True)
        return [clause(f"of-{n}", "So many persons.", share=s, members=n) for n, s in sizes], None
    shares = _shares(r, 3)
    members = [["age >= 18"], ["age >= 18"] * 2, ["age >= 18", "age >= 18", "age < 18", "age < 18"][: r.randint(3, 4)]]
    rows = [
        clause(f"type-{len(m)}", "Who lives together.", share=s, members=m)
        for m, s in zip(members, shares, strict=True)
    ]
    people = sum(s * len(m) for m, s in zip(members, shares, strict=True))
    grown = sum(s * m.count("age >= 18") for m, s in zip(members, shares, strict=True))
    return rows, grown / people


def _attributes(r: Random, adults: float | None) -> tuple[list[Trait], list[dict[str, Any]]]:
    breaks = r.choice(AGE_BREAKS)
    young = [b for b in breaks if b < 18]
    grown = [b for b in breaks if b >= 18]
    share = between(r, 0.5, 0.8) if adults is None else adults
    shares = _split(r, 1 - share, len(young)) + _split(r, share, len(grown))
    shares[-1] = round(1 - sum(shares[:-1]), 6)
    traits = [Trait("age", "breaks", tuple(breaks))]
    rows = [clause("age", "Years since birth.", breaks=list(breaks), shares=shares)]
    for trait, row in pick(r, _further(r, breaks), 3, 6):
        traits.append(trait)
        rows.append(row)
    return traits, rows


def _further(r: Random, breaks: list[int]) -> list[tuple[Trait, dict[str, Any]]]:
    """Attributes besides age: of every form the language has."""
    work = {0: {"none": 1}, 18: {"none": 0.3, "employed": 0.5, "own": 0.2}}
    school = dict(zip(("low", "middle", "high"), _shares(r, 3), strict=True))
    return [
        (Trait("sex", "levels", ("male", "female")),
         clause("sex", "Sex.", levels={"male": 0.51, "female": 0.49})),
        (Trait("urban", "yes", (False, True)), clause("urban", "Lives in a town.", from_areas="urban")),
        (Trait("work", "levels", ("none", "employed", "own")), clause("work", "Work.", given="age", levels=work)),
        (Trait("schooling", "levels", tuple(school), ordered=True),
         clause("schooling", "Schooling.", ordered=True, levels=school)),
        (Trait("income", "breaks", (1, 2, 3)),
         clause("income", "Income third.", breaks=[1, 2, 3], shares=_shares(r, 3))),
        (Trait("settled", "yes", (False, True)), clause("settled", "Has lived here long.", yes=between(r, 0.2, 0.9))),
        (Trait("account", "yes", (False, True)),
         clause("account", "Has an account.", given="age", yes={breaks[0]: 0.1, 18: between(r, 0.4, 0.95)})),
    ]


def _ties(r: Random, traits: list[Trait]) -> list[dict[str, Any]]:
    rows = [
        clause("household", "Who lives together.", **{"from": "residents", "to": "residents", "within": "household"}),
        clause("parents", "The adults of a child's household.", **{
            "from": "residents", "from_when": "age < 18", "to": "residents", "to_when": "age >= 18",
            "within": "household"}),
        clause("neighbours", "Next door.", **{
            "from": "residents", "to": "residents", "within": "block", "mean": between(r, 1, 4, 1)}),
        clause("friends", "Friends.", **{
            "from": "residents", "to": "residents", "within": "block", "mean": between(r, 1, 4, 1)}),
    ]
    if some(r, 0.5):
        rows[3]["from_when"] = "age >= 18"
    if some(r, 0.5):
        rows[3]["to_when"] = "settled" if any(t.name == "settled" for t in traits) else "age >= 18"
    return rows


def _split(r: Random, total: float, parts: int) -> list[float]:
    """A total cut in uneven parts, six digits each."""
    weights = [r.uniform(0.5, 1.5) for _ in range(parts)]
    cut = [round(total * w / sum(weights), 6) for w in weights]
    cut[-1] = round(total - sum(cut[:-1]), 6)
    return cut


def _shares(r: Random, parts: int) -> list[float]:
    """Shares that add up to 1, two digits each."""
    weights = [r.uniform(0.5, 1.5) for _ in range(parts)]
    shares = [round(w / sum(weights), 2) for w in weights]
    shares[-1] = round(1 - sum(shares[:-1]), 2)
    return shares
