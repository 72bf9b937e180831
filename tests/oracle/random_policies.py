"""Random policies: what a record leads to, from lists over spread and gates to remedies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from . import random_clauses as clauses
from .random_clauses import Made, Place
from .random_conditions import Asker, Score, condition
from .random_conduct import Kind, World
from .random_values import LONG_AGO, between, clause, duration, pick, rate, some, value


@dataclass(frozen=True)
class Written:
    """A finished policy and what later ones may read of it."""

    name: str
    jurisdiction: str
    lists: tuple[str, ...]
    scores: tuple[Score, ...]
    document: dict[str, Any]


@dataclass(frozen=True)
class Market:
    """The firms that a policy about residents may ask of: their policies, the ties to them and from them."""

    asker: Asker
    policies: tuple[Written, ...]
    ties: tuple[str, ...]
    reaching: tuple[str, ...]


def policy(
    r: Random,
    world: World,
    conduct: str,
    letter: str,
    earlier: list[Written],
    subjects: str = "residents",
    market: Market | None = None,
) -> Written:
    """One random policy that may read and repeal the earlier ones, and read those about firms."""
    name = f"policy-{letter}"
    since, until = _days(r, world)
    place = Place(world, letter, since, until)
    reads = [one for one in earlier if some(r, 0.6)]
    made = clauses.ratings(r, place)
    lists = [f"{letter}-list-{number}" for number in range(r.randint(1, 3))]
    asker = _asker(world, reads, lists, made)
    firms = [one for one in market.policies if some(r, 0.8)] if market is not None else []
    if market is not None:
        asker = replace(asker, far=market.ties, beyond=_of_firms(market, firms))
    jurisdiction = world.society.country if some(r, 0.5) else r.choice(world.society.areas)
    head = {
        "glasshouse": "policy/1", "name": name, "title": "A policy of no place", "text": "Clauses drawn at random.",
        "source": "invented", "authority": {"name": "Nobody", "kind": r.choice(["public", "private"]), "level": "city"},
        "written_for": conduct, "jurisdiction": jurisdiction, "subjects": subjects,
        "in_force": {"from": since, "to": until} if until else since,
        "reads": [one.name for one in reads + firms] or None, "repeals": _repeals(r, earlier) or None,
    }
    body = _sections(r, place, asker, made, lists, reads)
    if market is not None:
        body["spread"] += _arrivals(r, place, asker, lists, firms, market)
    document = {key: field for key, field in (head | body).items() if field is not None and field != []}
    return Written(name, jurisdiction, tuple(lists), tuple(one.score for one in made), document)


def _of_firms(market: Market, firms: list[Written]) -> Asker:
    """What may be asked of firms at the other end of a tie."""
    return replace(
        market.asker, lists=tuple(name for one in firms for name in one.lists),
        scores=tuple(score for one in firms for score in one.scores), any_list=True,
    )  # fmt: skip


def _arrivals(
    r: Random, place: Place, asker: Asker, lists: list[str], firms: list[Written], market: Market
) -> list[dict[str, Any]]:
    """Spread clauses from lists of firms to residents."""
    sources = [name for one in firms for name in one.lists]
    inner = replace(asker.of_the_tied(), far=(), beyond=None)
    rows = []
    for number in range(r.randint(0, 2) if sources else 0):
        row: dict[str, Any] = {
            "from": r.choice(sources), "to": r.choice(market.reaching), "list": r.choice(lists),
            "when": condition(r, inner) if some(r, 0.4) else None,
            "chance": value(r, place.world.calendar, lambda: between(r, 0.3, 1.0)) if some(r, 0.6) else None,
            "term": "as_source" if some(r, 0.6) else duration(r, place.world.calendar, r.randint(1, 5)),
        }
        rows.append(clause(f"{place.letter}-arrival-{number}", "It comes from a firm.", **row, **place.extras(r)))
    return rows


def _days(r: Random, world: World) -> tuple[date, date | None]:
    """The first and the last day in force: mostly from long before the period to long after it."""
    calendar = world.calendar
    if some(r, 0.7):
        return LONG_AGO, None
    if some(r, 0.5):
        return min(calendar.inside(r), calendar.inside(r)), None
    return LONG_AGO, max(calendar.inside(r), calendar.inside(r))


def _repeals(r: Random, earlier: list[Written]) -> list[str]:
    if not earlier or not some(r, 0.25):
        return []
    ended = r.choice(earlier)
    if some(r, 0.3):
        return [ended.name]
    sections = ("rules", "gates", "lists", "detectors", "remedies", "spread")
    named = [row["id"] for section in sections for row in ended.document.get(section, [])]
    return [f"{ended.name}/{identity}" for identity in pick(r, named, 1, 2)]


def _asker(world: World, reads: list[Written], lists: list[str], made: list[Made]) -> Asker:
    return Asker(
        world.society, world.calendar, kinds=tuple(kind.name for kind in world.kinds),
        lists=tuple(lists) + tuple(name for one in reads for name in one.lists),
        scores=tuple(one.score for one in made) + tuple(score for one in reads for score in one.scores),
        any_list=True, ties=True,
    )


def _sections(
    r: Random, place: Place, asker: Asker, made: list[Made], lists: list[str], reads: list[Written]
) -> dict[str, Any]:
    seen = clauses.detectors(r, place)
    watched = _watched(place.world, seen)
    read_scores = [score for one in reads for score in one.scores]
    list_rows = _lists(r, place, asker, lists, watched, [name for one in reads for name in one.lists])
    spread_rows, orphans = _spread(r, place, asker, lists, reads)
    for row in list_rows:
        if not row.get("enter") and row["id"] in orphans:
            row["enter"] = [_on_row(r, place, replace(asker, lists=()), watched)]
    shuffled = list(list_rows)
    r.shuffle(shuffled)
    return {
        "enrolment": clauses.enrolment(r, place, [one.score.name for one in made]),
        "detectors": seen,
        "ratings": [clauses.rating_clause(r, place, one, asker) for one in made],
        "rules": clauses.rules(r, place, made, asker, watched),
        "indicators": [
            row for one in made if one.weighted for row in clauses.indicators(r, place, one, asker, read_scores)
        ],
        "lists": shuffled,
        "spread": spread_rows,
        "gates": [_gate(r, place, asker, number) for number in range(r.randint(2, 6))],
        "remedies": _remedies(r, place, asker, made, lists),
    }


def _watched(world: World, seen: list[dict[str, Any]]) -> list[Kind]:
    names = {name for row in seen for name in row["watches"]}
    names |= {name for chosen in tuple(names) for name in world.sets.get(chosen, [])}
    return [kind for kind in world.kinds if kind.name in names]


def _lists(
    r: Random, place: Place, asker: Asker, lists: list[str], watched: list[Kind], others: list[str]
) -> list[dict[str, Any]]:
    """Lists in an order in which each may ask the earlier ones and those of policies it reads."""
    rows = []
    for position, name in enumerate(lists):
        known = tuple(lists[:position]) + tuple(others)
        inner = replace(asker, lists=known, any_list=False, ties=False)
        enter = [_enter(r, place, inner, watched) for _ in range(r.choice([1, 1, 2, 3]))]
        if position > 0 and some(r, 0.2):
            enter = []
        rows.append(clause(
            name, "A list.", enter=enter or None, cases="one" if some(r, 0.4) else None,
            notice=r.choice(["with", "before", "after", "none"]) if some(r, 0.5) else None,
            publicity="public" if some(r, 0.3) else None, **place.extras(r, readings=False),
        ))
    return rows


def _enter(r: Random, place: Place, asker: Asker, watched: list[Kind]) -> dict[str, Any]:
    if some(r, 0.55):
        return _on_row(r, place, asker, watched)
    row: dict[str, Any] = {"when": condition(r, asker)}
    if asker.lists and some(r, 0.5):
        chain = f'listed("{r.choice(asker.lists)}")'
        row["when"] = chain if some(r, 0.5) else f"{chain} and ({row['when']})"
    row["term"] = "while" if some(r, 0.5) else _term(r, place)
    if some(r, 0.35):
        row["chance"] = value(r, place.world.calendar, lambda: between(r, 0.3, 0.9))
    return row


def _on_row(r: Random, place: Place, asker: Asker, watched: list[Kind]) -> dict[str, Any]:
    """A row on records: seldom without an end, so that fifteen cases are enough."""
    kinds = pick(r, watched, 1, 2)
    row: dict[str, Any] = {"on": [k.name for k in kinds] if len(kinds) > 1 else kinds[0].name}
    if some(r, 0.45):
        row["when"] = condition(r, replace(asker, amount=all(k.amounts for k in kinds), any_list=False, ties=False))
    row["term"] = _term(r, place)
    if some(r, 0.7):
        row["chance"] = value(r, place.world.calendar, lambda: between(r, 0.1, 0.5))
    return row


def _term(r: Random, place: Place) -> Any:
    if some(r, 0.06):
        return "none"
    return value(r, place.world.calendar, lambda: duration(r, place.world.calendar, r.randint(1, 4)))


def _spread(
    r: Random, place: Place, asker: Asker, lists: list[str], reads: list[Written]
) -> tuple[list[dict[str, Any]], set[str]]:
    """Spread clauses, and the lists onto which none leads."""
    sources = lists + [name for one in reads for name in one.lists]
    inner = asker.of_the_tied()
    rows = []
    for number in range(r.randint(0, 3)):
        source, target = r.choice(sources), r.choice(lists)
        row: dict[str, Any] = {
            "from": source, "to": r.choice(place.world.society.ties), "list": target,
            "when": condition(r, inner) if some(r, 0.4) else None,
            "chance": value(r, place.world.calendar, lambda: between(r, 0.1, 0.4)),
            "term": "as_source" if some(r, 0.5) else None,
        }
        if source == target or some(r, 0.4):
            row["term"] = duration(r, place.world.calendar, r.randint(1, 5))
        rows.append(clause(f"{place.letter}-reach-{number}", "It reaches a tie.", **row, **place.extras(r)))
    reached = {row["list"] for row in rows if "reading" not in row}
    return rows, set(lists) - reached


def _gate(r: Random, place: Place, asker: Asker, number: int) -> dict[str, Any]:
    world = place.world
    needs = pick(r, list(world.needs), 1, 2)
    form = r.choice(["refuse"] * 4 + ["limit", "price", "wait", "rank"])
    if form == "price":
        needs = [need for need in needs if need.priced]
    if form == "wait":
        needs = [need for need in needs if need.waited]
    if not needs:
        form, needs = "refuse", pick(r, list(world.needs), 1, 2)
    names = [need.name for need in needs]
    if form == "refuse" and "all_needs" in world.sets and some(r, 0.3):
        names = ["all_needs"]
    fields: dict[str, Any] = {"services": names, "when": _gate_condition(r, asker), "then": "refuse"}
    if form != "refuse":
        fields["then"] = {form: value(r, world.calendar, lambda: _amount(r, form))}
    elif some(r, 0.5):
        fields["evasion_caught"] = value(r, world.calendar, lambda: between(r, 0.2, 0.9))
    if some(r, 0.3):
        fields["review"] = clauses.review(r, place, ["own", "mistaken", "unfounded", "spread", "tier"])
        fields["review"]["delay"] = "0 days"
    return clause(f"{place.letter}-gate-{number}", "A service consults.", **fields, **place.extras(r))


def _gate_condition(r: Random, asker: Asker) -> str:
    """Half of the gates read a list of theirs in the open, the others ask anything."""
    if some(r, 0.5):
        return condition(r, asker)
    named = f'listed("{r.choice(asker.lists)}")'
    if some(r, 0.4):
        return named
    return f'{named} or tie_any("{r.choice(asker.society.ties)}", {named})'


def _amount(r: Random, form: str) -> str:
    if form == "limit":
        return r.choice(["20 percent", "50 percent", "1000 yuan"])
    if form == "wait":
        return r.choice(["5 days", "-1 days"])
    if form == "rank":
        return r.choice(["-30 percent", "20 percent"])
    return r.choice(["-5 percent", "25 percent", "-40 yuan", "60 yuan"])


def _remedies(r: Random, place: Place, asker: Asker, made: list[Made], lists: list[str]) -> list[dict[str, Any]]:
    scored = [one.score.name for one in made if not one.weighted]
    rows = []
    for number in range(r.randint(1, 4)):
        form = r.choice(["lists", "lists", "ratings", "both"]) if scored else "lists"
        of = (pick(r, lists, 1, 2) if form != "ratings" else []) + (pick(r, scored, 1, 2) if form != "lists" else [])
        rows.append(_remedy(r, place, asker, f"{place.letter}-way-out-{number}", of))
    return rows


def _remedy(r: Random, place: Place, asker: Asker, name: str, of: list[str]) -> dict[str, Any]:
    calendar = place.world.calendar
    appeal = some(r, 0.55)
    speed = 4 if calendar.step == "month" else 12
    after = r.randint(0, 3)
    factors, _ = clauses.factor_table(r, place.world.society, 1)
    fields: dict[str, Any] = {
        "of": of, "kind": "appeal" if appeal else "repair",
        "rate": value(r, calendar, lambda: rate(r, r.uniform(0.5, speed))),
        "when": condition(r, asker) if some(r, 0.35) else None,
        "after": duration(r, calendar, after) if some(r, 0.4) else None,
        "until": duration(r, calendar, after + r.randint(1, 6)) if some(r, 0.25) else None,
        "decision": place.steps(r, 0, 2) if some(r, 0.6) else None,
        "delay": place.steps(r, 0, 2) if some(r, 0.6) else None,
        "factors": {"rate": factors} if factors and some(r, 0.5) else None,
    }
    if appeal:
        chosen = pick(r, ["own", "mistaken", "unfounded", "spread", "tier"], 1, 5)
        fields["success"] = {ground: value(r, calendar, lambda: between(r, 0.1, 0.9)) for ground in chosen}
        fields["suspends"] = True if some(r, 0.4) else None
        fields["appeals"] = r.randint(2, 3) if some(r, 0.3) else None
    elif some(r, 0.5):
        fields["success"] = value(r, calendar, lambda: between(r, 0.3, 1.0))
    return clause(name, "A way off.", **fields, **place.extras(r))
