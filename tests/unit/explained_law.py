"""A small law, the world it is written for and a study of both, for the tests of explanations."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from glasshouse.conditions import parse
from glasshouse.explain import Page
from glasshouse.mechanisms.clause import InForce
from glasshouse.mechanisms.detector import Detector
from glasshouse.mechanisms.enrolment import Enrolment
from glasshouse.mechanisms.event import Event, Service
from glasshouse.mechanisms.gate import Effect, Gate
from glasshouse.mechanisms.listing import EnterRow, NamedList
from glasshouse.mechanisms.rating import Rating, TierRow
from glasshouse.mechanisms.remedy import Remedy
from glasshouse.mechanisms.response import Response
from glasshouse.mechanisms.rule import Rule
from glasshouse.mechanisms.spread import Spread
from glasshouse.policy import Authority, Conduct, Policy
from glasshouse.scenario import Scenario, Target
from glasshouse.society.recipe import AreaRow, AttributeClause, HouseholdClause, Recipe
from glasshouse.values import Value, constant

SINCE = date(2016, 1, 1)
FORCE = InForce(SINCE, None)


def said(name: str, text: str, source: str = "F-1", confidence: str = "verified") -> dict[str, Any]:
    return {"id": name, "text": text, "source": (source,), "confidence": confidence, "in_force": FORCE}


def chance(number: str | int) -> Value:
    return constant(str(number), "chance")


def months(number: int) -> Value:
    return constant(number, "months")


def points(number: int) -> Value:
    return constant(number, "points")


NEVER = constant(0, "per year")
GUESSED = Value(
    chance("0.001").reported, chance("0.001").documented, (Decimal(0), Decimal("0.01")), ("invented",), "invented"
)
ADULTS = Enrolment(
    **said("adults", "Adults are rated."),
    of=("law/points",),
    when=parse("age >= 18"),
    mode="compulsory",
    share=chance(1),
    withdraw=NEVER,
)
COURT = Detector(
    **said("court", "Courts report.", "invented", "invented"),
    method="register",
    keeper="court",
    watches=("unpaid",),
    coverage=chance(1),
    hit_chance=chance("0.5"),
    mistaken_chance=GUESSED,
    false_rate=NEVER,
    delay=months(1),
)
POINTS = Rating(
    **said("points", "The score starts at 1000."),
    method="points",
    polarity="merit",
    start=points(1000),
    floor=points(0),
    ceiling=points(2000),
    publish=months(1),
    tiers=(TierRow(tier="A", at_least=points(990)), TierRow(tier="B", source=("F-2",), confidence="derived")),
)
FINE = Rule(
    **said("fine", "An unpaid judgment takes twenty points."),
    rating="law/points",
    on=("unpaid",),
    points=points(-20),
    lapse=months(24),
)
BLACK = NamedList(
    **said("black", "The black list."),
    notice="with",
    enter=(
        EnterRow(
            on=("unpaid",), term=months(24), chance=chance(1), text="Two years.", source=("F-3",), confidence="derived"
        ),
    ),
)
KIN = Spread(
    **said("kin", "The household follows."),
    from_list="law/black",
    to="household",
    list="law/black",
    chance=chance("0.5"),
    term=constant(0, "as_source"),
)
FLY = Gate(
    **said("fly", "No flights for the listed."),
    services=("air_ticket",),
    when=parse('listed("law/black")'),
    then=Effect(effect="refuse"),
    evasion_caught=chance(1),
    asked_by="public",
)
DEAR = Gate(
    **said("dear", "Flights are dearer for B."),
    services=("air_ticket",),
    when=parse('tier("law/points") == "B"'),
    then=Effect(effect="price", amount=constant(20, "percent")),
    evasion_caught=chance(1),
    asked_by="public",
)
MEND = Remedy(
    **said("mend", "Who pays is taken off."),
    lists=("law/black",),
    kind="repair",
    after=months(0),
    rate=constant("0.26", "per year"),
    decision=months(0),
    success={ground: chance(1) for ground in ("own", "mistaken", "unfounded", "spread", "tier")},
    delay=months(0),
)
LAW = Policy(
    name="law",
    title="A law",
    text="Debtors are listed.",
    source=("F-1",),
    authority=Authority(name="A city", kind="public", level="city"),
    written_for="world",
    jurisdiction="town",
    subjects=("residents",),
    in_force=FORCE,
    aim="Order.",
    enrolment=(ADULTS,),
    detectors=(COURT,),
    ratings=(POINTS,),
    rules=(FINE,),
    lists=(BLACK,),
    spread=(KIN,),
    gates=(FLY,),
    remedies=(MEND,),
)
UNPAID = Event(
    **said("unpaid", "A judgment stays unpaid.", "F-4", "derived"),
    context="justice",
    nature="offence",
    gravity=3,
    rate=constant("0.01", "per year"),
    instances=constant(1, "number"),
    propensity="bad",
)
FLIGHT = Service(
    **said("air_ticket", "A trip by air.", "F-5", "derived"),
    context="travel",
    right="movement",
    severity=3,
    rate=constant(1, "per year"),
    attempts=constant(2, "number"),
    evade_chance=chance(0),
)
WARY = Response(
    **said("wary", "The sanctioned take care.", "invented", "invented"),
    kind="deterrence",
    when=parse("sanctioned(months=12) >= 1"),
    changes=("unpaid",),
    factor=constant("0.5", "factor"),
)
WORLD = Conduct(
    name="world",
    title="A world",
    text="What is done.",
    source=("F-4",),
    written_for="people",
    subjects=("residents",),
    events=(UNPAID,),
    services=(FLIGHT,),
    responses=(WARY,),
)
AGE = AttributeClause(
    **said("age", "Years since birth."),
    form="breaks",
    breaks=(0, 18),
    level_names=("0", "18"),
    shares={"": (Decimal("0.2"), Decimal("0.8"))},
)
PEOPLE = Recipe(
    name="people",
    title="People",
    text="People.",
    source=("F-6",),
    at=SINCE,
    residents=9000,
    firms=0,
    areas=(AreaRow(area="town", residents=9000),),
    attributes=(AGE,),
    households=(HouseholdClause(**said("pair", "Two."), share=Decimal(1), members=(None, None)),),
    ties=(),
)
STUDY = Scenario(
    name="study",
    title="A study",
    text="One law in one town.",
    source=("F-1",),
    recipe=PEOPLE,
    conduct=WORLD,
    policies=(LAW.model_copy(update={"gates": (FLY, DEAR)}),),
    since=SINCE,
    until=date(2017, 12, 31),
    reading="documented",
    seed=7,
    targets=(
        Target(
            id="stock",
            text="Listed.",
            source=("F-7",),
            confidence="verified",
            quantity="listed",
            item="law/black",
            kind="stock",
            value=((date(2017, 5, 31), Decimal(84000)),),
            tolerance=Decimal("0.10"),
        ),
    ),
)


def headings(page: Page) -> list[str]:
    return [line.text for line in page.lines if line.kind == "heading"]
