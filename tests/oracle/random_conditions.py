"""Random conditions: every term of the language, asked only where it may be asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from .random_society import Society, Trait
from .random_values import Calendar, some, window

ORDERS = (">=", "<", ">", "<=")


@dataclass(frozen=True)
class Score:
    """A rating as conditions need it."""

    name: str
    tiers: tuple[str, ...]
    floor: int
    ceiling: int


@dataclass(frozen=True)
class Asker:
    """Who asks, and what may be asked there."""

    society: Society
    calendar: Calendar
    kinds: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
    services: tuple[str, ...] = ()
    any_list: bool = False
    amount: bool = False
    ties: bool = False
    response: bool = False
    far: tuple[str, ...] = ()
    """Ties to firms."""
    beyond: Asker | None = None
    """What may be asked of those firms."""

    def only_attributes(self) -> Asker:
        """The same, of attributes alone."""
        return Asker(self.society, self.calendar)

    def of_the_tied(self) -> Asker:
        """What may be asked of a tied subject: attributes, scores, tiers, lists (in responses also sanctions)."""
        services = self.services if self.response else ()
        return replace(self, kinds=(), services=services, amount=False, ties=False)


def condition(r: Random, asker: Asker, depth: int = 2) -> str:
    """A condition of at most ``depth`` connectives above its terms."""
    if depth == 0 or some(r, 0.45):
        return _term(r, asker)
    form = r.choice(["and", "or", "or", "not", "group"])
    if form == "not":
        return f"not {_closed(condition(r, asker, depth - 1))}"
    parts = [_closed(condition(r, asker, depth - 1)) for _ in range(2 + some(r, 0.2))]
    if form == "group":
        return f"({parts[0]} or {parts[1]}) and not ({parts[0]} and {parts[1]})"
    return f" {form} ".join(parts)


def mostly_true(r: Random, asker: Asker) -> str:
    """A condition that holds for most: a random one or an attribute of many."""
    trait = r.choice(asker.society.traits)
    return f"{_closed(condition(r, asker, 1))} or {_closed(one_attribute(r, trait))}"


def _closed(text: str) -> str:
    return f"({text})" if " and " in text or " or " in text or text.startswith("not ") else text


def _term(r: Random, asker: Asker) -> str:
    forms = ["attribute", "area"]
    forms += ["count"] * 4 if asker.kinds and not asker.response else []
    forms += ["amount"] * 4 if asker.amount else []
    forms += ["score", "tier"] * 2 if asker.scores else []
    forms += ["listed", "listed", "months"] if asker.lists else []
    forms += ["any list"] if asker.any_list else []
    forms += ["tie_any", "tie_share"] * 2 if asker.ties else []
    forms += ["sanctioned", "refused"] * 2 if asker.response else []
    forms += ["far_any", "far_share"] * 2 if asker.far and asker.ties else []
    forms += ["watched"] if asker.response and asker.kinds else []
    return _write(r, asker, r.choice(forms))


def _write(r: Random, asker: Asker, form: str) -> str:
    if form == "attribute":
        return one_attribute(r, r.choice(asker.society.traits))
    if form == "area":
        return _area(r, asker.society)
    if form == "count":
        return _count(r, asker)
    if form == "amount":
        return f"amount {r.choice(ORDERS)} {r.choice([100, 500, 1000, 5000])}"
    if form == "score":
        score = r.choice(asker.scores)
        return f'score("{score.name}") {r.choice(ORDERS)} {r.randint(score.floor, score.ceiling)}'
    if form == "tier":
        return _tier(r, r.choice(asker.scores))
    if form == "listed":
        names = r.sample(asker.lists, min(len(asker.lists), r.choice([1, 1, 2])))
        return "listed(" + ", ".join(f'"{name}"' for name in names) + ")"
    if form == "any list":
        return "listed()"
    if form == "months":
        return f'months_listed("{r.choice(asker.lists)}") {r.choice([">=", "<", "=="])} {r.randint(1, 4)}'
    if form == "tie_any":
        return f'tie_any("{r.choice(asker.society.ties)}", {condition(r, asker.of_the_tied(), 1)})'
    if form == "tie_share":
        inner = condition(r, asker.of_the_tied(), 1)
        share = r.choice([0, 0.25, 0.34, 0.5, 1])
        return f'tie_share("{r.choice(asker.society.ties)}", {inner}) {r.choice([">=", ">", "<"])} {share}'
    if form.startswith("far"):
        return _far(r, asker, form)
    if form == "sanctioned":
        return f"sanctioned({window(r, asker.calendar, r.randint(1, 6))}) >= {r.randint(1, 3)}"
    if form == "refused":
        span = window(r, asker.calendar, r.randint(1, 6))
        return f'refused("{r.choice(asker.services)}", {span}) >= {r.randint(1, 2)}'
    return f'watched("{r.choice(asker.kinds)}")'


def _far(r: Random, asker: Asker, form: str) -> str:
    assert asker.beyond is not None
    tie, inner = r.choice(asker.far), condition(r, asker.beyond, 1)
    if form == "far_any":
        return f'tie_any("{tie}", {inner})'
    return f'tie_share("{tie}", {inner}) {r.choice([">=", ">", "<"])} {r.choice([0, 0.25, 0.34, 0.5, 1])}'


def _count(r: Random, asker: Asker) -> str:
    names = r.sample(asker.kinds, min(len(asker.kinds), r.randint(1, 3)))
    quoted = ", ".join(f'"{name}"' for name in names)
    steps = r.choice([1, 2, 3, 6, 12])
    test = r.choice([">= 1", ">= 2", ">= 3", "== 0", "== 1", "<= 2", "!= 1", "in [1, 3]"])
    return f"count({quoted}, {window(r, asker.calendar, steps)}) {test}"


def one_attribute(r: Random, trait: Trait) -> str:
    name, levels = trait.name, trait.levels
    if trait.form == "yes":
        return name if some(r, 0.6) else f"not {name}"
    if trait.form == "breaks":
        return _number(r, name, [int(level) for level in levels])
    if trait.ordered and some(r, 0.6):
        return f'{name} {r.choice(ORDERS)} "{r.choice(levels)}"'
    if some(r, 0.3):
        chosen = r.sample(levels, min(2, len(levels)))
        return f"{name} in [" + ", ".join(f'"{level}"' for level in chosen) + "]"
    return f'{name} {r.choice(["==", "!="])} "{r.choice(levels)}"'


def _number(r: Random, name: str, breaks: list[int]) -> str:
    low, high = sorted(r.sample(breaks, 2))
    form = r.choice(["from", "below", "chain", "last"])
    if form == "from":
        return f"{name} >= {high}"
    if form == "below":
        return f"{name} < {high}"
    if form == "chain":
        return f"{low} <= {name} < {high}"
    return f"{name} <= {high - 1}" if some(r, 0.5) else f"{name} > {high - 1}"


def _area(r: Random, society: Society) -> str:
    area = r.choice(society.areas)
    return f'within("{area}")' if some(r, 0.5) else f'area {r.choice(["==", "!="])} "{area}"'


def _tier(r: Random, score: Score) -> str:
    tier = r.choice(score.tiers)
    if some(r, 0.25):
        return f'tier("{score.name}") in ["{tier}", "{r.choice(score.tiers)}"]'
    return f'tier("{score.name}") {r.choice([">=", "<", "==", "!=", ">", "<="])} "{tier}"'

