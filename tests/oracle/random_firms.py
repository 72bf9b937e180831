"""Random scenarios of both populations: firms with policies of their own, and residents who know of them by shares.

The generators of residents are used twice, once in a world of firms: its kinds and services carry the prefix ``firm_``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random
from typing import Any

from .random_conditions import Asker, one_attribute
from .random_conduct import World, conduct
from .random_documents import SCENARIO, as_texts, random_period
from .random_policies import Market, Written, policy
from .random_society import Society, Trait, recipe
from .random_values import between, clause, some

PREFIX = "firm_"


def documents_of_both(seed: int) -> dict[str, str]:
    """The documents of one seed: file name to text; the scenario is ``random-scenario.yaml``."""
    r = Random(f"both {seed}")
    days = random_period(r)
    people = recipe(r, "random-recipe")
    firms = _markets(r, people)
    world = conduct(r, "random-conduct", people, days)
    trade = _prefixed(r, conduct(r, "random-conduct", firms, days))
    for section in ("events", "services", "responses"):
        world.document[section] += [row | {"subjects": "firms"} for row in trade.document[section]]
    theirs: list[Written] = []
    for letter in "fg"[: r.choice([1, 1, 2])]:
        theirs.append(policy(r, trade, "random-conduct", letter, theirs, subjects="firms"))
    ours: list[Written] = []
    for letter in "ab"[: r.choice([1, 1, 2])]:
        market = Market(Asker(firms, days), tuple(theirs), ("employer", "bank"), ("stands_for",))
        ours.append(policy(r, world, "random-conduct", letter, ours, market=market))
    names = [one.name for one in (*theirs, *ours)]
    r.shuffle(names)
    scenario: dict[str, Any] = {
        "glasshouse": "scenario/1", "name": SCENARIO, "title": "A scenario of no place",
        "text": "Drawn at random.", "source": "invented", "recipe": "random-recipe", "conduct": "random-conduct",
        "policies": names, "period": {"from": days.since, "to": days.until}, "step": days.step,
        "reading": r.choice(["reported", "documented"]), "seed": r.randint(0, 10**6),
    }
    policies = [one.document for one in (*theirs, *ours)]
    return as_texts([scenario, people.document, world.document, *policies])


# --- a society of firms ----------------------------------------------------------------------------------------------


def _markets(r: Random, people: Society) -> Society:
    """What documents may say of firms; the recipe of the residents grows by it."""
    traits, attributes = _attributes(r)
    document = people.document
    document["firms"] = r.randint(40, 330)
    for row in document["areas"][1:]:
        if some(r, 0.4):
            row["legal_units"] = r.randint(0, document["firms"] // 2)
    document["attributes"] += attributes
    document["ties"] += _ties(r, people, traits)
    return Society(people.country, people.areas, tuple(traits), ("partners", "rivals"), document)


def _attributes(r: Random) -> tuple[list[Trait], list[dict[str, Any]]]:
    share = between(r, 0.1, 0.9, 2)
    traits = [
        Trait("size", "levels", ("small", "middle", "large"), ordered=True),
        Trait("branch", "levels", ("grain", "glass")),
        Trait("standing_years", "breaks", (0, 1, 5)),
        Trait("licensed", "yes", (False, True)),
    ]
    given = {"small": {"grain": 0.7, "glass": 0.3}, "middle": {"grain": 0.4, "glass": 0.6}, "large": {"glass": 1}}
    rows = [
        clause("size", "Size.", ordered=True, levels={"small": 0.6, "middle": 0.3, "large": 0.1}),
        clause("branch", "What it trades in.", given="size", levels=given),
        clause("standing_years", "Years since its founding.", breaks=[0, 1, 5], shares=[0.2, 0.3, 0.5]),
        clause("licensed", "Has a licence.", yes=share),
    ]
    return traits, [row | {"subjects": "firms"} for row in rows]


def _ties(r: Random, people: Society, traits: list[Trait]) -> list[dict[str, Any]]:
    def tie(name: str, start: str, end: str, within: str, mean: float) -> dict[str, Any]:
        asked = {"firms": traits, "residents": list(people.traits)}
        return clause(
            name, "A tie.", within=within, mean=mean,
            **{
                "from": start, "to": end,
                "from_when": one_attribute(r, r.choice(asked[start])) if some(r, 0.4) else None,
                "to_when": one_attribute(r, r.choice(asked[end])) if some(r, 0.4) else None,
            },
        )

    return [
        tie("partners", "firms", "firms", "block", between(r, 1, 4, 1)),
        tie("rivals", "firms", "firms", "block", between(r, 1, 3, 1)),
        tie("employer", "residents", "firms", "area", r.choice([1, 1, 2])),
        tie("bank", "residents", "firms", "area", r.choice([0.5, 1.3, 3])),
        tie("stands_for", "firms", "residents", "area", 1),
    ]


# --- what firms do ---------------------------------------------------------------------------------------------------


def _prefixed(r: Random, world: World) -> World:
    """The same world with kinds and services of other names, some of which end the firm."""
    names = [kind.name for kind in world.kinds] + [need.name for need in world.needs]
    quoted = re.compile('"(' + "|".join(names) + ')"')
    rows: dict[str, list[dict[str, Any]]] = {}
    for section in ("events", "services", "responses"):
        rows[section] = []
        for row in world.document[section]:
            made = row | {"id": PREFIX + row["id"]}
            if "follows" in row:
                made["follows"] = row["follows"] | {"event": PREFIX + row["follows"]["event"]}
            if "changes" in row:
                known = [name for each in row["changes"] for name in world.sets.get(each, [each])]
                made["changes"] = [PREFIX + name for name in dict.fromkeys(known)]
            if "when" in row:
                made["when"] = quoted.sub(lambda found: f'"{PREFIX}{found[1]}"', row["when"])
            if section != "responses" and some(r, 0.12 if section == "events" else 0.3):
                made["ends_subject"] = True
            rows[section].append(made)
    kinds = tuple(replace(kind, name=PREFIX + kind.name) for kind in world.kinds)
    needs = tuple(replace(need, name=PREFIX + need.name) for need in world.needs)
    return World(world.society, world.calendar, kinds, needs, {}, rows)
