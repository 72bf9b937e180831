"""Random clauses of a policy that bring records onto it: detectors, ratings, rules, indicators, enrolment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from .random_conditions import Asker, Score, condition, mostly_true
from .random_conduct import Kind, World, factor_table
from .random_values import between, clause, duration, in_force, pick, rate, some, value


@dataclass(frozen=True)
class Place:
    """Where a clause stands: the world, its policy's days in force, and a letter that keeps ids apart."""

    world: World
    letter: str
    since: date
    until: date | None

    def extras(self, r: Random, chance: float = 0.12, readings: bool = True) -> dict[str, Any]:
        """Days in force or the one reading of a clause, seldom."""
        fields: dict[str, Any] = {}
        if some(r, chance):
            fields["in_force"] = in_force(r, self.world.calendar, self.since, self.until)
        if readings and some(r, chance / 2):
            fields["reading"] = r.choice(["reported", "documented"])
        return fields

    def steps(self, r: Random, low: int, high: int) -> Any:
        """A duration of so many steps, seldom dated or by reading."""
        return value(r, self.world.calendar, lambda: duration(r, self.world.calendar, r.randint(low, high)), 0.85)


def detectors(r: Random, place: Place) -> list[dict[str, Any]]:
    """Between two and four, the first over most kinds."""
    rows = []
    kinds = list(place.world.kinds)
    for number in range(r.randint(2, 4)):
        watched = pick(r, kinds, max(2, len(kinds) - 2), len(kinds)) if number == 0 else pick(r, kinds, 1, 4)
        method = r.choice(["register", "camera", "report", "self", "inspection", "online"])
        if method == "camera":
            watched = [kind for kind in kinds if kind.public]
        if not watched:
            method, watched = "register", kinds
        rows.append(_detector(r, place, f"{place.letter}-seen-{number}", method, watched))
    return rows


def _detector(r: Random, place: Place, name: str, method: str, watched: list[Kind]) -> dict[str, Any]:
    world, calendar = place.world, place.world.calendar
    names: list[str] = [kind.name for kind in watched]
    if method != "camera" and "bad_conduct" in world.sets and some(r, 0.2):
        names = ["bad_conduct"]
    fields: dict[str, Any] = {
        "method": method, "keeper": "office", "watches": names,
        "coverage": value(r, calendar, lambda: between(r, 0.5, 1.0)) if some(r, 0.5) else None,
        "hit_chance": value(r, calendar, lambda: between(r, 0.6, 1.0)) if some(r, 0.8) else None,
        "false_rate": value(r, calendar, lambda: rate(r, r.uniform(0.1, 1.2))) if some(r, 0.6) else None,
        "delay": place.steps(r, 0, 2) if some(r, 0.5) else None,
    }
    if method == "report":
        fields["tie"] = r.choice(world.society.ties)
    if method == "camera":
        fields |= _camera(r, place)
    elif some(r, 0.7):
        fields["mistaken_chance"] = value(r, calendar, lambda: between(r, 0.05, 0.4))
    if some(r, 0.4):
        fields["review"] = review(r, place, ["own", "mistaken", "unfounded"])
    factors = _detector_factors(r, world, fields)
    if factors:
        fields["factors"] = factors
    return clause(name, "Something is noticed.", **fields, **place.extras(r))


def _camera(r: Random, place: Place) -> dict[str, Any]:
    calendar = place.world.calendar
    identify: dict[str, Any] = {
        "gallery": r.choice(["country", "province", "city", "enrolled", 500]),
        "false_match_chance": value(r, calendar, lambda: between(r, 0.0002, 0.004, 4)),
        "miss_chance": value(r, calendar, lambda: between(r, 0.05, 0.4)),
    }
    if some(r, 0.7):
        identify["outrank_chance"] = value(r, calendar, lambda: between(r, 0.1, 0.6))
    view = {
        "cameras_per_resident": value(r, calendar, lambda: between(r, 0.5, 2)),
        "recognising_share": value(r, calendar, lambda: between(r, 0.3, 1)),
        "reach": value(r, calendar, lambda: between(r, 1, 4)),
    }
    link = {"wrong_chance": value(r, calendar, lambda: between(r, 0.02, 0.2))}
    return {"view": view, "identify": identify, "link": link if some(r, 0.6) else None}


def _detector_factors(r: Random, world: World, fields: dict[str, Any]) -> dict[str, Any]:
    names = [name for name in ("coverage", "hit_chance", "mistaken_chance", "false_rate") if fields.get(name)]
    if fields.get("identify"):
        names += ["view.cameras_per_resident", "identify.false_match_chance", "identify.miss_chance"]
        names += ["identify.outrank_chance"] if "outrank_chance" in fields["identify"] else []
        names += ["link.wrong_chance"] if fields.get("link") else []
    chosen = pick(r, names, 0, 2) if some(r, 0.5) else []
    tables = {name: factor_table(r, world.society, 1)[0] for name in chosen}
    return {name: table for name, table in tables.items() if table}


def review(r: Random, place: Place, grounds: list[str]) -> dict[str, Any]:
    """A human check with chances by ground."""
    calendar, chosen = place.world.calendar, pick(r, grounds, 1, len(grounds))
    chances = {ground: value(r, calendar, lambda: between(r, 0.05, 0.7)) for ground in chosen}
    return {"override_chance": chances, "delay": duration(r, calendar, r.choice([0, 0, 1]))}


def enrolment(r: Random, place: Place, ratings: list[str]) -> list[dict[str, Any]]:
    """One clause for all ratings, or one each, or several for the same."""
    forms = [ratings] if some(r, 0.5) or len(ratings) < 2 else [[name] for name in ratings]
    if some(r, 0.25):
        forms.append(ratings)
    asker = Asker(place.world.society, place.world.calendar)
    rows = []
    for number, of in enumerate(forms):
        opt_in = some(r, 0.4)
        share_factors, _ = factor_table(r, place.world.society, 1)
        fields: dict[str, Any] = {
            "of": of, "mode": "opt_in" if opt_in else r.choice(["compulsory", "opt_out"]),
            "when": mostly_true(r, asker) if some(r, 0.5) else None,
            "share": value(r, place.world.calendar, lambda: between(r, 0.3, 1.0), 0.4) if opt_in else None,
            "withdraw": value(r, place.world.calendar, lambda: rate(r, r.uniform(0.05, 0.8))) if some(r, 0.4) else None,
        }
        factors = {"share": share_factors} if opt_in and share_factors else {}
        if fields["withdraw"] and some(r, 0.4):
            table, _ = factor_table(r, place.world.society, 1)
            factors |= {"withdraw": table} if table else {}
        if factors:
            fields["factors"] = factors
        rows.append(clause(f"{place.letter}-join-{number}", "Whom the rating holds.", **fields,
                           **place.extras(r, readings=False)))
    return rows


@dataclass(frozen=True)
class Made:
    """A rating with what rules and tiers need to know."""

    score: Score
    merit: bool
    weighted: bool
    start: int


def ratings(r: Random, place: Place) -> list[Made]:
    """One or two ratings, decided before their clauses are written."""
    made = []
    for number in range(r.choice([1, 1, 2])):
        weighted, merit = some(r, 0.3), some(r, 0.65)
        low, high = (0, r.choice([60, 100, 200])) if some(r, 0.7) else (-40, 40)
        start = low if not merit and some(r, 0.6) else (low + high) // 2
        tiers = ("best", "good", "fair", "poor")[: r.randint(2, 4)]
        score = Score(f"{place.letter}-score-{number}", tiers, low, high)
        made.append(Made(score, merit, weighted, start))
    return made


def rating_clause(r: Random, place: Place, made: Made, asker: Asker) -> dict[str, Any]:
    """The clause of a rating, tiers best first."""
    score, calendar = made.score, place.world.calendar
    fields: dict[str, Any] = {
        "method": "weighted" if made.weighted else "points",
        "start": None if made.weighted else made.start, "floor": score.floor, "ceiling": score.ceiling,
        "publish": duration(r, calendar, r.choice([1, 1, 2, 3])), "tiers": _tiers(r, made, asker),
        "polarity": None if made.merit else "demerit", "disclosure": "tier" if some(r, 0.3) else None,
    }
    return clause(score.name, "A score.", **fields, **place.extras(r, readings=False))


def _tiers(r: Random, made: Made, asker: Asker) -> list[dict[str, Any]]:
    floor, ceiling, tiers = made.score.floor, made.score.ceiling, made.score.tiers
    bounds = sorted(r.sample(range(floor + 1, ceiling), len(tiers) - 1), reverse=made.merit)
    if made.merit:
        rows: list[dict[str, Any]] = [
            {"tier": name, "from": bound} for name, bound in zip(tiers, bounds, strict=False)
        ] + [{"tier": tiers[-1]}]
    else:
        rows = [{"tier": name, "from": bound} for name, bound in zip(tiers, [floor, *bounds], strict=True)]
    if some(r, 0.45):
        row = r.choice(rows[:-1] if made.merit else rows[1:])
        row["when"] = condition(r, asker)
        if made.merit and some(r, 0.4):
            row.pop("from")
    return rows


def indicators(r: Random, place: Place, made: Made, asker: Asker, readable: list[Score]) -> list[dict[str, Any]]:
    """Two or three dimensions whose weights add up to 1."""
    weights = r.choice([[0.5, 0.5], [0.7, 0.3], [0.25, 0.35, 0.4], [0.333, 0.333, 0.334]])
    rows = []
    for number, weight in enumerate(weights):
        fields: dict[str, Any] = {"rating": made.score.name, "weight": weight, "otherwise": between(r, 0, 1)}
        if some(r, 0.4):
            tied = made.score if some(r, 0.5) or not readable else r.choice(readable)
            fields["tie_mean"] = {"tie": r.choice(place.world.society.ties), "rating": tied.name}
        else:
            cases = range(r.randint(1, 3))
            fields["cases"] = [
                {"when": condition(r, asker), "value": value(r, place.world.calendar, lambda: between(r, 0, 1))}
                for _ in cases
            ]
        rows.append(clause(f"{place.letter}-part-{made.score.name[-1]}{number}", "A dimension.", **fields))
    return rows


def rules(r: Random, place: Place, made: list[Made], asker: Asker, watched: list[Kind]) -> list[dict[str, Any]]:
    """Between four and eight rules of the ratings with points."""
    scored = [one for one in made if not one.weighted]
    if not scored:
        return []
    names = [f"{place.letter}-rule-{number}" for number in range(r.randint(4, 8))]
    return [_rule(r, place, name, r.choice(scored), asker, watched) for name in names]


def _rule(r: Random, place: Place, name: str, made: Made, asker: Asker, watched: list[Kind]) -> dict[str, Any]:
    fields: dict[str, Any] = {"rating": made.score.name}
    trigger = r.choice(["on"] * 5 + ["enrolment", "every"])
    sign, amounts = 0, False
    if trigger == "on":
        kinds, sign = _same_sign(r, watched)
        fields["on"] = [kind.name for kind in kinds] if len(kinds) > 1 else kinds[0].name
        amounts = all(kind.amounts for kind in kinds)
    elif trigger == "enrolment":
        fields["on"] = "enrolment"
    else:
        fields["every"] = duration(r, place.world.calendar, r.randint(1, 4))
    sign = (sign or r.choice([-1, 1])) * (1 if made.merit else -1)
    if some(r, 0.45):
        fields["when"] = condition(r, Asker(**(vars(asker) | {"amount": amounts})))
    fields |= _effect(r, place, made, sign)
    if some(r, 0.6):
        fields["lapse"] = value(r, place.world.calendar, lambda: duration(r, place.world.calendar, r.randint(1, 6)))
    elif some(r, 0.3):
        fields["lapse"] = "none"
    return clause(name, "Points.", **fields, **place.extras(r))


def _same_sign(r: Random, watched: list[Kind]) -> tuple[list[Kind], int]:
    first = r.choice(watched)
    alike = [kind for kind in watched if kind.sign in (first.sign, 0)]
    kinds = pick(r, alike, 1, 3)
    return kinds, next((kind.sign for kind in kinds if kind.sign), 0)


def _effect(r: Random, place: Place, made: Made, sign: int) -> dict[str, Any]:
    calendar = place.world.calendar
    form = r.choice(["points", "points", "points", "discretion", "becomes"])
    worse = -1 if made.merit else 1
    if form == "becomes" and sign == worse:
        low, high = sorted((made.start, made.score.floor if made.merit else made.score.ceiling))
        return {"becomes": value(r, calendar, lambda: r.randint(low, high))}
    largest = r.choice([3, 10, 30])
    fields: dict[str, Any] = {}
    if form == "discretion":
        ends = sorted((sign * r.randint(1, 2), sign * largest))
        fields["discretion"] = ends
    else:
        fields["points"] = value(r, calendar, lambda: sign * r.randint(1, largest))
    if some(r, 0.35):
        factor = value(r, calendar, lambda: r.choice([2, 1.5, 0.5, 0.25, 3]), 0.85)
        fields["repeat"] = {"factor": factor, "within": duration(r, calendar, r.randint(2, 8))}
    if some(r, 0.35):
        fields["cap"] = {"points": sign * (largest + r.randint(0, 6)), "per": duration(r, calendar, r.randint(2, 8))}
    return fields

