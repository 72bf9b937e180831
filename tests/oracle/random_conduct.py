"""A random conduct: kinds of events, services and responses, frequent enough that a few dozen people suffice."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from .random_conditions import Asker, condition
from .random_society import Society, Trait
from .random_values import UNITS_A_YEAR, Calendar, between, clause, duration, in_force, pick, rate, some, value

NATURES = {
    "theft": "offence", "fraud": "offence", "speeding": "offence", "late_bill": "breach", "broken_lease": "breach",
    "litter": "manners", "noise": "manners", "job_change": "choice", "criticism": "choice", "help": "merit",
    "gift": "merit", "illness": "misfortune",
}
CONTEXTS = ("justice", "finance", "daily_life", "neighbourhood", "speech", "charity", "traffic")
SERVICES = ("ticket", "loan", "school", "permit", "heating", "post")
RIGHTS = ("movement", "property", "education", "business", "subsistence", "work")
PEAK = 8.0
"""No hazard a year exceeds this: with the propensity's and the responses' factors a ceiling stays at 32 a year."""


@dataclass(frozen=True)
class Kind:
    """A kind of event as policies need it."""

    name: str
    nature: str
    public: bool
    amounts: bool

    @property
    def sign(self) -> int:
        """-1 where a rating must count it against the doer, +1 for him, 0 where either may be."""
        return {"offence": -1, "breach": -1, "merit": 1}.get(self.nature, 0)


@dataclass(frozen=True)
class Need:
    """A service as gates need it."""

    name: str
    priced: bool
    waited: bool


@dataclass(frozen=True)
class World:
    """What the policies may name."""

    society: Society
    calendar: Calendar
    kinds: tuple[Kind, ...]
    needs: tuple[Need, ...]
    sets: dict[str, list[str]]
    document: dict[str, Any]


def conduct(r: Random, name: str, society: Society, calendar: Calendar) -> World:
    """One random conduct."""
    names = pick(r, list(NATURES), 5, 9)
    kinds, rows = [], []
    for position, kind in enumerate(names):
        made, row = _event(r, kind, society, calendar, earlier=names[:position])
        kinds.append(made)
        rows.append(row)
    needs, services = _services(r, society, calendar)
    sets = {"bad_conduct": [k.name for k in kinds if k.sign < 0]} if some(r, 0.5) else {}
    sets |= {"all_needs": [n.name for n in needs]} if some(r, 0.5) else {}
    sets = {key: members for key, members in sets.items() if members}
    head = {
        "glasshouse": "conduct/1", "name": name, "title": "What people of no place do",
        "text": "Rates drawn at random.", "source": "invented", "written_for": society.document["name"],
        "subjects": "residents", "sets": sets,
    }
    world = World(society, calendar, tuple(kinds), tuple(needs), sets, {})
    body = {"events": rows, "services": services, "responses": _responses(r, world)}
    return World(society, calendar, tuple(kinds), tuple(needs), sets, head | body)


def _event(
    r: Random, name: str, society: Society, calendar: Calendar, earlier: list[str]
) -> tuple[Kind, dict[str, Any]]:
    amounts = {"100 yuan": 0.5, "1000 yuan": 0.3, "20000 yuan": 0.2} if some(r, 0.4) else None
    place = r.choice(["public", "public", "online", "home", None])
    row = clause(
        name, "Something happens.", context=r.choice(CONTEXTS), nature=NATURES[name],
        gravity=1 if NATURES[name] in ("choice", "merit", "manners") else r.randint(1, 5), place=place, amounts=amounts,
        protected=["politics"] if name == "criticism" else None,
        propensity=r.choice(["bad", "good", "none"]) if some(r, 0.3) else None,
        in_force=in_force(r, calendar) if some(r, 0.1) else None,
    )
    if earlier and some(r, 0.25):
        after = value(r, calendar, lambda: duration(r, calendar, r.randint(0, 3)))
        row["follows"] = {"event": r.choice(earlier), "chance": value(r, calendar, lambda: between(r, 0.3, 1.0)),
                          "after": after}
    else:
        row |= _frequency(r, society, calendar)
    return Kind(name, NATURES[name], place == "public", amounts is not None), row


def _frequency(r: Random, society: Society, calendar: Calendar) -> dict[str, Any]:
    """Rate, instances, limit and factors whose product stays below the peak."""
    factors, largest = factor_table(r, society, 2)
    instances = r.choice([2, 3]) if some(r, 0.15) else 1
    limit = _limit(r, calendar) if some(r, 0.4) else None
    top = min(4.0, PEAK * (0.6 if limit else 1.0) / (2 * largest * instances))
    row: dict[str, Any] = {"rate": value(r, calendar, lambda: rate(r, r.uniform(0.3, 1.0) * top))}
    if calendar.step != "month" and some(r, 0.7):
        row["rate"] = rate(r, top)
    if instances > 1:
        row["instances"] = instances
    if limit:
        row["limit"] = limit
    if factors:
        row["factors"] = {"rate": factors}
    return row


def _limit(r: Random, calendar: Calendar) -> str:
    unit = r.choice([calendar.step, "month", "year", "week", "day"])
    return f"{1 if some(r, 0.6) else r.randint(2, 3)} per {unit}"


def factor_table(r: Random, society: Society, most: int) -> tuple[dict[str, dict[Any, float]], float]:
    """Factors of up to ``most`` attributes, and the largest product of them."""
    table: dict[str, dict[Any, float]] = {}
    largest = 1.0
    for trait in pick(r, list(society.traits), 0, most):
        levels = _levels(r, trait)
        table[trait.name] = levels
        largest *= max(1.0, *levels.values())
    return table, largest


def _levels(r: Random, trait: Trait) -> dict[Any, float]:
    chosen = pick(r, list(trait.levels), 1, len(trait.levels))
    return {level: r.choice([0, 0.3, 0.5, 1.5, 2, between(r, 0.1, 2)]) for level in chosen}


def _services(r: Random, society: Society, calendar: Calendar) -> tuple[list[Need], list[dict[str, Any]]]:
    needs, rows = [], []
    for position, name in enumerate(SERVICES):
        if position >= 2 and some(r, 0.5):
            continue
        priced, waited = some(r, 0.6), some(r, 0.6)
        factors, _ = factor_table(r, society, 1)
        per_year = min(40.0, UNITS_A_YEAR[calendar.step] * r.uniform(0.05, 0.6))
        rows.append(clause(
            name, "Something is asked for.", context="travel", right=RIGHTS[position], severity=r.randint(1, 5),
            essential=True if some(r, 0.2) else None, rate=value(r, calendar, lambda top=per_year: rate(r, top)),
            attempts=value(r, calendar, lambda: r.choice([1, 2, 3.5])) if some(r, 0.6) else None,
            evade_chance=value(r, calendar, lambda: between(r, 0.3, 1.0)) if some(r, 0.6) else None,
            price=value(r, calendar, lambda: f"{r.randint(100, 900)} yuan") if priced else None,
            wait=duration(r, calendar, r.randint(1, 3)) if waited else None,
            factors={"rate": factors} if factors else None,
            in_force=in_force(r, calendar) if some(r, 0.1) else None,
        ))
        needs.append(Need(name, priced, waited))
    return needs, rows


def _responses(r: Random, world: World) -> list[dict[str, Any]]:
    asker = Asker(
        world.society, world.calendar, kinds=tuple(k.name for k in world.kinds),
        services=tuple(n.name for n in world.needs), any_list=True, ties=True, response=True,
    )
    targets = [k.name for k in world.kinds if k.nature != "misfortune"] + [n.name for n in world.needs]
    rows = []
    for number in range(r.randint(0, 3)):
        changes: Any = pick(r, targets, 1, 4)
        if "bad_conduct" in world.sets and some(r, 0.3):
            changes = ["bad_conduct"]
        factor = value(r, world.calendar, lambda: between(r, 0.0, 0.9, 2))
        if number < 2 and some(r, 0.4):
            factor = value(r, world.calendar, lambda: between(r, 1.1, 2.0, 2))
        rows.append(clause(
            f"answer-{number}", "Who is sanctioned acts otherwise.", when=condition(r, asker),
            kind=r.choice(["deterrence", "chilling", "hardship", "flight"]), changes=changes, factor=factor,
            in_force=in_force(r, world.calendar) if some(r, 0.15) else None,
        ))
    return rows
