"""Small scenarios written by hand for the tests of the reference, and blocks into which records are put by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Context, Decimal, localcontext
from typing import Any

from glasshouse.conditions import Condition, parse
from glasshouse.mechanisms.clause import Factors, InForce
from glasshouse.mechanisms.detector import Detector
from glasshouse.mechanisms.enrolment import Enrolment
from glasshouse.mechanisms.event import Event, Service
from glasshouse.mechanisms.gate import Effect, Gate
from glasshouse.mechanisms.indicator import Indicator
from glasshouse.mechanisms.listing import EnterRow, NamedList
from glasshouse.mechanisms.rating import Rating, TierRow
from glasshouse.mechanisms.remedy import Remedy
from glasshouse.mechanisms.response import Response
from glasshouse.mechanisms.rule import Rule
from glasshouse.mechanisms.spread import Spread
from glasshouse.policy import Authority, Conduct, Policy
from glasshouse.reference.block import Block
from glasshouse.reference.draws import DIGITS
from glasshouse.reference.events import plan
from glasshouse.reference.journal import Journal
from glasshouse.reference.ledger import NOBODY, Record
from glasshouse.reference.run import leaf_of, live
from glasshouse.scenario import Scenario, Seeds
from glasshouse.society.archetypes import fit
from glasshouse.society.recipe import AreaRow, AttributeClause, HouseholdClause, Recipe, TieClause
from glasshouse.values import Value, constant
from glasshouse.vocabulary import GROUNDS

SAID: dict[str, Any] = {"text": "A clause.", "source": ("invented",), "confidence": "invented"}
SINCE = date(2020, 1, 1)
ALWAYS_ASKS = "1000000"
SEEDS = Seeds("1", "1", "1")


def chance(number: str | int) -> Value:
    return constant(str(number), "chance")


def rate(number: str | int) -> Value:
    return constant(str(number), "per year")


def months(number: int) -> Value:
    return constant(number, "months")


def points(number: int) -> Value:
    return constant(number, "points")


NO_TERM = constant(0, "none")


def when(text: str | None) -> Condition | None:
    return None if text is None else parse(text)


# --- conduct and society -------------------------------------------------------------------------------------------


def event(name: str, often: str | None = None, **fields: Any) -> Event:
    fields = {"nature": "breach", "propensity": "none", "instances": constant(1, "number")} | fields
    yearly = None if often is None else rate(often)
    return Event(id=name, **SAID, context="work", gravity=1, rate=yearly, **fields)


def service(name: str, often: str = "12", **fields: Any) -> Service:
    fields = {"attempts": constant(1, "number"), "evade_chance": chance(0)} | fields
    return Service(id=name, **SAID, context="travel", right="movement", severity=3, rate=rate(often), **fields)


def response(condition: str, changes: tuple[str, ...], factor: str) -> Response:
    value = constant(factor, "factor")
    return Response(id="answer", **SAID, kind="deterrence", when=parse(condition), changes=changes, factor=value)


def attribute(name: str, levels: dict[str, str], form: str = "levels") -> AttributeClause:
    breaks = tuple(int(level) for level in levels) if form == "breaks" else ()
    shares = {"": tuple(Decimal(share) for share in levels.values())}
    return AttributeClause(id=name, **SAID, form=form, breaks=breaks, level_names=tuple(levels), shares=shares)


def tie(name: str, within: str, mean: int | None = None) -> TieClause:
    ends = {"from_population": "residents", "to_population": "residents"}
    return TieClause(id=name, **SAID, **ends, within=within, mean=None if mean is None else Decimal(mean))


def recipe(
    households: int = 2, attributes: tuple[AttributeClause, ...] = (), ties: tuple[TieClause, ...] = ()
) -> Recipe:
    return Recipe(
        name="people", title="People", text="People.", source=("invented",), at=SINCE, residents=40 * households,
        firms=0, fictional=True, areas=(AreaRow(area="here", residents=40 * households),), attributes=attributes,
        households=(HouseholdClause(id="all", **SAID, share=Decimal(1), members=(None,) * households),), ties=ties,
    )  # fmt: skip


# --- policy --------------------------------------------------------------------------------------------------------


def clause(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, **SAID, "in_force": InForce(SINCE, None)} | fields


def detector(*kinds: str, name: str = "eye", **fields: Any) -> Detector:
    return Detector(**clause(name, keeper="office", watches=kinds, **({
        "method": "register", "coverage": chance(1),
        "hit_chance": chance(1), "mistaken_chance": chance(0), "false_rate": rate(0),
        "delay": months(0),
    } | fields)))  # fmt: skip


def rating(
    name: str = "score", tiers: tuple[tuple[str, int | None], ...] = (("A", 90), ("B", None)), **fields: Any
) -> Rating:
    rows = tuple(TierRow(tier=t, at_least=None if low is None else points(low)) for t, low in tiers)
    return Rating(**clause(name, tiers=rows, **({
        "method": "points", "polarity": "merit", "start": points(100), "floor": points(0), "ceiling": points(200),
        "publish": months(1),
    } | fields)))  # fmt: skip


def weighted(name: str, tiers: tuple[tuple[str, int | None], ...] = (("A", 90), ("B", None))) -> Rating:
    return rating(name, tiers, method="weighted", start=None)


def rule(name: str, on: str = "", condition: str | None = None, **fields: Any) -> Rule:
    kinds = (on,) if on else ()
    return Rule(**clause(name, on=kinds, when=when(condition), **({"rating": "law/score", "lapse": NO_TERM} | fields)))


def enter(on: str = "", condition: str | None = None, term: Value = NO_TERM, chances: str = "1") -> EnterRow:
    return EnterRow(on=(on,) if on else (), when=when(condition), term=term, chance=chance(chances))


def listing(name: str, *rows: EnterRow, **fields: Any) -> NamedList:
    return NamedList(**clause(name, enter=rows, **fields))


def spread(name: str, origin: str, along: str, to: str, term: Value, **fields: Any) -> Spread:
    return Spread(**clause(name, from_list=origin, to=along, list=to, term=term, **({"chance": chance(1)} | fields)))


def gate(name: str, services: tuple[str, ...], condition: str, effect: str = "refuse", **fields: Any) -> Gate:
    then = Effect(effect=effect, amount=fields.pop("amount", None))
    fields = {"evasion_caught": chance(1), "asked_by": "public"} | fields
    return Gate(**clause(name, services=services, when=parse(condition), then=then, **fields))


def remedy(name: str, kind: str, success: dict[str, Value], **fields: Any) -> Remedy:
    return Remedy(**clause(name, kind=kind, success=success, **({
        "after": months(0), "rate": rate(ALWAYS_ASKS), "decision": months(0), "delay": months(0),
    } | fields)))  # fmt: skip


def enrolment(*ratings: str, share: str = "1", withdraw: str = "0", condition: str | None = None) -> Enrolment:
    return Enrolment(**clause(
        "members", of=ratings, when=when(condition), mode="compulsory", share=chance(share), withdraw=rate(withdraw),
    ))  # fmt: skip


def indicator(name: str, of: str, weight: str, **fields: Any) -> Indicator:
    return Indicator(**clause(name, rating=of, weight=chance(weight), **({"otherwise": chance(0)} | fields)))


def policy(name: str = "law", **sections: Any) -> Policy:
    head: dict[str, Any] = {"in_force": InForce(SINCE, None)} | sections
    return Policy(
        name=name, title="Law", text="Law.", source=("invented",), written_for="conduct", jurisdiction="here",
        authority=Authority(name="Nobody", kind="public", level="state"), subjects=("residents",), **head,
    )  # fmt: skip


def scenario(
    *policies: Policy, events: tuple[Event, ...] = (), services: tuple[Service, ...] = (),
    responses: tuple[Response, ...] = (), people: Recipe | None = None, step: str = "month",
    until: date = date(2021, 12, 31),
) -> Scenario:  # fmt: skip
    conduct = Conduct(
        name="conduct", title="Conduct", text="Conduct.", source=("invented",), written_for="people",
        subjects=("residents",), events=events, services=services, responses=responses,
    )  # fmt: skip
    return Scenario(
        name="test", title="Test", text="Test.", source=("invented",), recipe=people or recipe(), conduct=conduct,
        policies=policies, since=SINCE, until=until, step=step, reading="documented", seed=1,
    )  # fmt: skip


def factors(field: str, name: str, levels: dict[str, str]) -> Factors:
    return {field: {name: {level: constant(number, "factor") for level, number in levels.items()}}}


# --- a block lived step by step ------------------------------------------------------------------------------------


class Lived:
    """A block of a scenario in which records appear because a test says so."""

    def __init__(self, of: Scenario, steps: int = 24) -> None:
        with localcontext(Context(prec=DIGITS)):
            leaf = leaf_of(of, 0)
            self.block = Block(of, SEEDS, leaf, fit(of.recipe, leaf.urban, leaf.ancestors), 0, range(steps))

    def charge(
        self, step: int, subject: int, kind: str, ground: str = "own", amount: int = -1, by: str = "law/eye"
    ) -> None:
        """A record about a subject, made in a step."""
        doer = {"own": subject, "unfounded": NOBODY}.get(ground, subject + 1)
        identity = (doer if doer >= 0 else subject, kind if doer >= 0 else by, step, len(self.block.due[step]))
        record = Record(
            identity, identity, ground, subject, doer, kind, by, by.partition("/")[0], step, amount, step=step
        )
        self.block.due[step].append(record)

    def live(self) -> Journal:
        """The whole run."""
        with localcontext(Context(prec=DIGITS)):
            for step in self.block.run:
                if step % self.block.calendar.year == 0:
                    plan(self.block, step // self.block.calendar.year)
                live(self.block, step)
            return self.block.book.close()


# --- journals read by a test ------------------------------------------------------------------------------------------


def rows(journal: Journal, table: str, standing: str = "fact", *columns: int) -> list[tuple[Any, ...]]:
    """Chosen columns of the rows of a table in one standing."""
    return [tuple(row[c] for c in columns) for row in journal.tables[table] if row[3] == standing]


def sums(journal: Journal, quantity: str, item: str | None = None) -> Counter[int]:
    """A quantity by step, over grounds."""
    found: Counter[int] = Counter()
    for (step, name, its_item, _), value in journal.counts.items():
        if name == quantity and item in (None, its_item):
            found[step] += value
    return found


THEFT = event("theft")
SURE = dict.fromkeys(GROUNDS, chance(1))
NEVER = dict.fromkeys(GROUNDS, chance(0))


def listed(charges: tuple[tuple[int, int], ...] = (), steps: int = 24, **further: Any) -> Journal:
    """The journal of a policy with one detector, with records of theft about subjects at steps."""
    kept = {"services", "responses", "people"} & set(further)
    law = policy(detectors=(detector("theft"),), **{k: v for k, v in further.items() if k not in kept})
    lived = Lived(scenario(law, events=(THEFT,), **{k: further[k] for k in kept}), steps)
    for step, subject in charges:
        lived.charge(step, subject, "theft")
    return lived.live()
