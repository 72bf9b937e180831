"""Work out the margins of the library's recipes from its facts documents.

Areas and ages are the census; the shares of household types are fitted so that the sizes of households, the ages and
the sexes of the facts all hold at once, starting from the invented mix of types below; business owners and heads of
firms add up to the economic census, spread over ages by invented weights; the owners of firms are the census too.

    python tools/make_recipes.py            writes the marked places of china-2020, rongcheng-city and seven-cities
    python tools/make_recipes.py --check    exits 4 if the library differs from what is worked out
"""

from __future__ import annotations

import argparse
import itertools
import sys
from typing import NamedTuple

import numpy as np

from glasshouse.society.fitting import fitted
from marked_lines import LIBRARY, facts, settle

CHINA, CITY = "recipes/china-2020.yaml", "recipes/rongcheng-city.yaml"
SEVEN = "recipes/seven-cities.yaml"
SCRIPT = "tools/make_recipes.py"
BREAKS = (0, 6, 14, 18, 23, 30, 46, 60, 65, 75)
OLDEST = 105
SEXES = ("male", "female")
PROVINCES = (
    "beijing", "tianjin", "hebei", "shanxi", "inner-mongolia", "liaoning", "jilin", "heilongjiang", "shanghai",
    "jiangsu", "zhejiang", "anhui", "fujian", "jiangxi", "shandong", "henan", "hubei", "hunan", "guangdong", "guangxi",
    "hainan", "chongqing", "sichuan", "guizhou", "yunnan", "tibet", "shaanxi", "gansu", "qinghai", "ningxia",
    "xinjiang",
)
CITIES = {
    "beijing": ("haidian",),
    "inner-mongolia": ("hohhot", "wuhai"),
    "liaoning": ("shenyang", "dalian", "anshan", "liaoyang"),
    "heilongjiang": ("suifenhe",),
    "shanghai": ("pudong", "jiading"),
    "jiangsu": ("suzhou", "nanjing", "suining", "wuxi", "suqian"),
    "zhejiang": ("hangzhou", "wenzhou", "yiwu", "taizhou"),
    "anhui": ("hefei", "wuhu", "anqing", "huaibei"),
    "fujian": ("fuzhou", "xiamen", "putian"),
    "shandong": ("qingdao", "weihai", "weifang", "dezhou"),
    "henan": ("zhengzhou", "nanyang"),
    "hubei": ("wuhan", "xianning", "yichang", "huangshi"),
    "guangdong": ("shenzhen", "guangzhou", "zhuhai", "shantou", "huizhou"),
    "sichuan": ("chengdu", "luzhou"),
    "weihai": ("rongcheng",),
}

SCORING = {"jiangsu": ("suzhou", "nanjing", "suining"), "zhejiang": ("hangzhou",), "fujian": ("fuzhou", "xiamen"),
           "shandong": ("rongcheng",)}
"""The cities whose own rule books the library holds, by province."""


class Member(NamedTuple):
    """One place in a household: ages from a break to below another (none: no end), and a sex (none: either)."""

    low: int
    high: int | None
    sex: str | None

    def condition(self) -> str:
        age = f"age >= {self.low}" if self.high is None else f"{self.low} <= age < {self.high}"
        age = f"age < {self.high}" if self.low == 0 else age
        return age if self.sex is None else f'{age} and sex == "{self.sex}"'

    def kinds(self) -> list[tuple[int, str]]:
        ages = [i for i, low in enumerate(BREAKS) if low >= self.low and (self.high is None or low < self.high)]
        return [(age, sex) for age in ages for sex in SEXES if self.sex in (None, sex)]


class Household(NamedTuple):
    """A type of household: its sentence, its share among households of its size before the fit, its members."""

    id: str
    text: str
    prior: float
    members: tuple[Member, ...]


def _one(low: int, high: int | None = None, sex: str | None = None) -> Member:
    return Member(low, high, sex)


def _couple(low: int, high: int | None) -> tuple[Member, Member]:
    return _one(low, high, "male"), _one(low, high, "female")


CHILD = _one(0, 18)
HOUSEHOLDS = (
    Household("alone", "One adult.", 1.0, (_one(18),)),
    Household("couple-young", "A young couple.", 0.20, _couple(23, 46)),
    Household("couple-middle", "A couple whose children have left.", 0.28, _couple(46, 65)),
    Household("couple-old", "An old couple.", 0.28, _couple(60, None)),
    Household("lone-parent", "One parent and a child.", 0.08, (_one(23, 60), CHILD)),
    Household("with-parent", "A grown child with an old parent.", 0.10, (_one(23, 60), _one(60))),
    Household("sharers", "Two young people.", 0.06, (_one(18, 30), _one(18, 30))),
    Household("couple-child", "A couple and a child.", 0.50, (*_couple(23, 46), CHILD)),
    Household("couple-late-child", "An older couple and a child.", 0.10,
              (_one(46, 60, "male"), _one(30, 60, "female"), CHILD)),
    Household("couple-grown-child", "A couple and a grown child.", 0.25, (*_couple(46, 65), _one(18, 30))),
    Household("couple-parent", "A couple and an old parent.", 0.15, (*_couple(30, 60), _one(60))),
    Household("couple-two-children", "A couple and two children.", 0.45, (*_couple(23, 46), CHILD, CHILD)),
    Household("couple-two-grown", "A couple and two children who are nearly grown or grown.", 0.20,
              (*_couple(46, 60), _one(14, 30), _one(14, 30))),
    Household("three-generations-four", "A couple, a child and a grandparent.", 0.35,
              (*_couple(23, 46), CHILD, _one(60))),
    Household("three-generations-five", "A couple, a child and two grandparents.", 0.5,
              (*_couple(23, 46), CHILD, *_couple(60, None))),
    Household("two-children-grandparent", "A couple, two children and a grandparent.", 0.5,
              (*_couple(23, 46), CHILD, CHILD, _one(60))),
    Household("three-generations-six", "A couple, two children and two grandparents; stands for larger ones too.", 1.0,
              (*_couple(23, 46), CHILD, CHILD, *_couple(60, 75))),
)
"""The types of households. The mix inside a size is invented and only the start of the fit."""

EMPLOYED = (0.0, 0.0, 0.0, 0.40, 0.76, 0.78, 0.66, 0.42, 0.24, 0.05)
"""Invented: share of each age band that works for others or on a farm."""
OWNERS = (0.0, 0.0, 0.0, 0.3, 1.0, 1.5, 1.2, 0.6, 0.2, 0.0)
"""Invented: weight of each age band among the self-employed."""
HEADS = (0.0, 0.0, 0.0, 0.05, 0.5, 1.5, 1.3, 0.5, 0.15, 0.0)
"""Invented: weight of each age band among those who stand for a firm."""


def number(share: float, places: int) -> str:
    """A share as it is written: no more zeros than needed."""
    return f"{share:.{places}f}".rstrip("0").rstrip(".") or "0"


def completed(shares: list[float], places: int) -> list[float]:
    """Shares rounded so that they still add up to one: the largest takes what is missing."""
    rounded = [round(share, places) for share in shares]
    largest = rounded.index(max(rounded))
    rounded[largest] = round(rounded[largest] + 1 - sum(rounded), places)
    return rounded


def age_shares(rows: dict[str, dict[str, object]]) -> list[float]:
    """Shares of the recipe's bands; inside a five-year group of the census ages are spread evenly."""
    groups = {int(name[-3:]): int(str(row["value"])) for name, row in rows.items() if name.startswith("F-AGE-")}
    total = sum(groups.values())
    if total != rows["F-POP-CHINA"]["value"]:
        raise SystemExit("the age groups do not add up to the provinces")
    shares = []
    for low, high in zip(BREAKS, [*BREAKS[1:], OLDEST], strict=True):
        inside = sum(n * max(0, min(high, first + 5) - max(low, first)) / 5 for first, n in groups.items())
        shares.append(inside / total)
    return completed(shares, 5)


def age_lines(shares: list[float]) -> list[str]:
    listed = ", ".join(number(share, 5) for share in shares)
    note = "Inside a five-year group of the census ages are spread evenly."
    return [
        f"- {{id: age, text: Years since birth., source: SRC-CENSUS-AGE, confidence: derived, note: {note}, "
        f"breaks: [{', '.join(map(str, BREAKS))}], shares: [{listed}]}}"
    ]


def area_lines(rows: dict[str, dict[str, object]]) -> list[str]:
    """Provinces with their cities; where one figure of a row is general knowledge, so is the row."""
    if sum(int(str(rows[f"F-POP-{p.upper()}"]["value"])) for p in PROVINCES) != rows["F-POP-CHINA"]["value"]:
        raise SystemExit("the provinces do not add up to the whole")
    lines = []
    for province in PROVINCES:
        lines.append(_area(rows, province, "china", units=True))
        lines += _cities(rows, province)
    return lines


def _cities(rows: dict[str, dict[str, object]], within: str) -> list[str]:
    """The cities of a place, each with those inside it; together they hold no more than the place."""
    lines = []
    cities = CITIES.get(within, ())
    if sum(int(str(rows[f"F-POP-{city.upper()}"]["value"])) for city in cities) > _residents(rows, within):
        raise SystemExit(f"the cities of {within} hold more than {within}")
    for city in cities:
        lines += [_area(rows, city, within, units=False), *_cities(rows, city)]
    return lines


def _residents(rows: dict[str, dict[str, object]], place: str) -> int:
    return int(str(rows[f"F-POP-{place.upper()}"]["value"]))


def _area(rows: dict[str, dict[str, object]], name: str, within: str, units: bool) -> str:
    residents, urban = rows[f"F-POP-{name.upper()}"], rows[f"F-URBAN-{name.upper()}"]
    used = [residents, urban, *([rows[f"F-UNITS-{name.upper()}"]] if units else [])]
    sources = list(dict.fromkeys(s for row in used for s in _listed(row["source"])))
    written = sources[0] if len(sources) == 1 else f"[{', '.join(sources)}]"
    legal = f", legal_units: {used[2]['value']}" if units else ""
    return (
        f"- {{area: {name}, in: {within}, residents: {residents['value']}, urban: {urban['value']}{legal}, "
        f"source: {written}, confidence: background}}"
    )


def _listed(source: object) -> list[str]:
    return [str(s) for s in source] if isinstance(source, list) else [str(source)]


def employment_lines(rows: dict[str, dict[str, object]], ages: list[float]) -> list[str]:
    """Work by age: owners and heads of firms add up to the counts of businesses and legal units."""
    whole = float(str(rows["F-POP-CHINA"]["value"]))
    owners = _spread(OWNERS, ages, float(str(rows["F-SELF-EMPLOYED"]["value"])) / whole)
    heads = _spread(HEADS, ages, float(str(rows["F-UNITS-CHINA"]["value"])) / whole)
    lines = [
        "- id: employment",
        "  text: Work, with one person for each self-employed business and each legal unit.",
        "  source: [SRC-ECONCENSUS4, invented]",
        "  confidence: derived",
        "  note: Owners and heads of firms add up to the economic census; their ages and all other work are invented.",
        "  given: age",
        "  levels:",
    ]
    before = None
    for low, employed, owner, head in zip(BREAKS, EMPLOYED, owners, heads, strict=True):
        row = completed([1 - employed - owner - head, employed, owner, head], 4)
        parts = ("none", "employed", "self_employed", "firm_head")
        written = ", ".join(f"{part}: {number(share, 4)}" for part, share in zip(parts, row, strict=True) if share)
        if written != before:
            lines.append(f"    {low}: {{{written}}}")
        before = written
    return lines


OWNERS_OF_FIRMS = ("private", "state", "hkmt", "foreign")


def ownership_lines(rows: dict[str, dict[str, object]]) -> list[str]:
    """Who owns the legal units; what is left over is of other or mixed ownership, or no enterprise at all."""
    whole = float(str(rows["F-UNITS-CHINA"]["value"]))
    shares = [float(str(rows[f"F-FIRMS-{owner.upper()}"]["value"])) / whole for owner in OWNERS_OF_FIRMS]
    written = completed([*shares, 1 - sum(shares)], 4)
    parts = zip((*OWNERS_OF_FIRMS, "other"), written, strict=True)
    levels = ", ".join(f"{owner}: {number(share, 4)}" for owner, share in parts)
    note = "The rest is collective or mixed, or no enterprise."
    return [
        f'- {{id: ownership, text: "Owner; hkmt is Hong Kong, Macao or Taiwan.", source: SRC-ECONCENSUS4, '
        f"confidence: derived, note: \"{note}\", subjects: firms, levels: {{{levels}}}}}"
    ]


def _spread(weights: tuple[float, ...], ages: list[float], share: float) -> list[float]:
    mean = sum(weight * age for weight, age in zip(weights, ages, strict=True))
    return [weight * share / mean for weight in weights]


def household_shares(rows: dict[str, dict[str, object]], ages: list[float]) -> list[float]:
    """Shares of the types for which sizes, ages and sexes hold together."""
    sizes = [float(str(rows[f"F-HOUSEHOLD-{n}"]["value"])) for n in range(1, 7)]
    mean = sum(n * share for n, share in enumerate(sizes, 1))
    male = float(str(rows["F-MALE"]["value"]))
    targets = np.array([*sizes, *(mean * a for a in ages), mean * male, mean * (1 - male)])
    types, prior, counts = [], [], []
    for position, household in enumerate(HOUSEHOLDS):
        ways = list(itertools.product(*(member.kinds() for member in household.members)))
        people = {(age, sex): ages[age] for age in range(len(ages)) for sex in SEXES}
        weights = np.array([np.prod([people[kind] for kind in way]) for way in ways])
        size = len(household.members)
        prior += list(household.prior * sizes[size - 1] * weights / weights.sum())
        types += [position] * len(ways)
        for way in ways:
            row = [int(size == n) for n in range(1, 7)]
            row += [sum(age == i for age, _ in way) for i in range(len(ages))]
            row += [sum(sex == s for _, sex in way) for s in SEXES]
            counts.append(row)
    weights = fitted(np.array(prior), np.array(counts, dtype=np.int64), targets)
    reached = np.array(counts).T @ weights
    if np.max(np.abs(reached / targets - 1)) > 1e-3:
        raise SystemExit(f"household types cannot meet the margins: {reached / targets}")
    shares = np.bincount(types, weights=weights, minlength=len(HOUSEHOLDS))
    return _rounded([float(share) for share in shares], sizes)


def _rounded(shares: list[float], sizes: list[float]) -> list[float]:
    """Shares to five places that add up to each size exactly: its largest type takes what is missing."""
    rounded = [round(share, 5) for share in shares]
    for n, size in enumerate(sizes, 1):
        types = [i for i, household in enumerate(HOUSEHOLDS) if len(household.members) == n]
        largest = max(types, key=lambda i: rounded[i])
        rounded[largest] = round(rounded[largest] + size - sum(rounded[i] for i in types), 5)
    return rounded


def household_lines(shares: list[float]) -> list[str]:
    lines = []
    for household, share in zip(HOUSEHOLDS, shares, strict=True):
        members = ", ".join(f"'{member.condition()}'" for member in household.members)
        lines.append(
            f'- {{id: {household.id}, text: "{household.text}", source: [SRC-MEMORY, invented], confidence: invented, '
            f"share: {number(share, 5)}, members: [{members}]}}"
        )
    return lines


def seven_size(rows: dict[str, dict[str, object]]) -> list[str]:
    """Residents of the scoring cities together, and their firms, as many a resident as in their provinces."""
    firms = sum(
        _residents(rows, city) * float(str(rows[f"F-UNITS-{province.upper()}"]["value"])) / _residents(rows, province)
        for province, cities in SCORING.items() for city in cities
    )
    return [f"residents: {_together(rows)}", f"firms: {round(firms)}"]


def seven_areas(rows: dict[str, dict[str, object]]) -> list[str]:
    """The scoring cities inside provinces and a country that hold nobody else."""
    source = "source: SRC-MEMORY, confidence: background"
    lines = [f"- {{area: china, residents: {_together(rows)}, {source}}}"]
    for province, cities in SCORING.items():
        inside = sum(_residents(rows, city) for city in cities)
        lines.append(f"- {{area: {province}, in: china, residents: {inside}, {source}}}")
        lines += [_area(rows, city, province, units=False) for city in cities]
    return lines


def _together(rows: dict[str, dict[str, object]]) -> int:
    return sum(_residents(rows, city) for cities in SCORING.values() for city in cities)


def city_lines() -> list[str]:
    """The attributes, households and ties of the whole country, for cities alone."""
    text = (LIBRARY / CHINA).read_text(encoding="utf-8")
    body = text[text.index("\nattributes:\n") + 1 :].rstrip("\n").split("\n")
    return [line for line in body if not line.strip().startswith(("# worked out by", "# end:"))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 4 if the library differs")
    check = parser.parse_args().check
    rows = facts()
    ages = age_shares(rows)
    china = {
        (CHINA, "areas"): area_lines(rows),
        (CHINA, "age"): age_lines(ages),
        (CHINA, "employment"): employment_lines(rows, ages),
        (CHINA, "ownership"): ownership_lines(rows),
        (CHINA, "households"): household_lines(household_shares(rows, ages)),
    }
    code = settle(china, check)
    cities = {
        (CITY, "attributes"): city_lines(),
        (SEVEN, "size"): seven_size(rows),
        (SEVEN, "areas"): seven_areas(rows),
        (SEVEN, "attributes"): city_lines(),
    }
    return max(code, settle(cities, check))


if __name__ == "__main__":
    sys.exit(main())
