"""A stand-in for the compiled engine: quick sums that keep every law, made from the numbers of the blocks alone.

It has the interface of ``glasshouse.engine``, so that what stands between the kernel and the user can be tested
without compiling anything. ``slow`` and ``broken`` make it misbehave.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np

from glasshouse.conditions import Holds, Listed
from glasshouse.mechanisms.clause import InForce
from glasshouse.mechanisms.detector import Detector
from glasshouse.mechanisms.enrolment import Enrolment
from glasshouse.mechanisms.event import Event, Service
from glasshouse.mechanisms.gate import Effect, Gate
from glasshouse.mechanisms.listing import EnterRow, NamedList
from glasshouse.mechanisms.rating import Rating, TierRow
from glasshouse.policy import Authority, Conduct, Policy
from glasshouse.scenario import Scenario, Target
from glasshouse.society.areas import leaves
from glasshouse.society.recipe import AreaRow, AttributeClause, HouseholdClause, Recipe
from glasshouse.values import constant

SAID: dict[str, Any] = {"text": "A test.", "source": ("invented",), "confidence": "invented"}
LAW: dict[str, Any] = SAID | {"in_force": InForce(date(2020, 1, 1), None)}
HEAD: dict[str, Any] = {"title": "A test", "text": "A test.", "source": ("invented",)}


def recipe(residents: int = 60_000) -> Recipe:
    """Two fictional towns, sexes, two to a household."""
    halves = {"": (Decimal("0.5"), Decimal("0.5"))}
    sexes = AttributeClause(id="sex", form="levels", level_names=("male", "female"), shares=halves, **SAID)
    return Recipe(
        name="two-towns", **HEAD, at=date(2020, 1, 1), residents=residents, firms=0, fictional=True,
        areas=(
            AreaRow(area="land", residents=residents),
            AreaRow(area="north", within="land", residents=residents // 3),
            AreaRow(area="south", within="land", residents=residents - residents // 3),
        ),
        attributes=(sexes,),
        households=(HouseholdClause(id="two", share=Decimal(1), members=(None, None), **SAID),),
        ties=(),
    )  # fmt: skip


def conduct() -> Conduct:
    """One bad deed, one wish."""
    return Conduct(
        name="deeds", **HEAD, written_for="two-towns", subjects=("residents",),
        events=(
            Event(id="debt", context="justice", nature="breach", gravity=3, rate=constant("0.1", "per year"),
                  instances=constant(1, "number"), propensity="bad", **SAID),
            Event(id="joke", context="speech", nature="choice", gravity=1, rate=constant("0.2", "per year"),
                  instances=constant(1, "number"), propensity="none", **SAID),
        ),
        services=(
            Service(id="ticket", context="travel", right="movement", severity=2, rate=constant(2, "per year"),
                    attempts=constant(3, "number"), evade_chance=constant(0, "chance"), **SAID),
        ),
    )  # fmt: skip


def policy() -> Policy:
    """A court's list that refuses tickets, and a score nobody uses."""
    enter = EnterRow(on=("debt",), term=constant(24, "months"), chance=constant(1, "chance"))
    one, zero, nothing = constant(1, "chance"), constant(0, "chance"), constant(0, "days")
    return Policy(
        name="court", **HEAD, authority=Authority(name="Court", kind="public", level="state"), written_for="deeds",
        jurisdiction="land", subjects=("residents",), in_force=InForce(date(2020, 1, 1), None),
        enrolment=(
            Enrolment(id="all", of=("court/points",), mode="compulsory", share=one, withdraw=constant(0, "per year"),
                      **LAW),
        ),
        detectors=(
            Detector(id="feed", method="register", keeper="court", watches=("debt",), coverage=one, hit_chance=one,
                     mistaken_chance=zero, false_rate=constant(0, "per year"), delay=nothing, **LAW),
        ),
        ratings=(
            Rating(id="points", method="points", polarity="merit", start=constant(100, "points"),
                   floor=constant(0, "points"), ceiling=constant(200, "points"), publish=constant(1, "months"),
                   tiers=(TierRow(tier="A", at_least=constant(100, "points")), TierRow(tier="B")), **LAW),
        ),
        lists=(NamedList(id="defaulters", enter=(enter,), **LAW),),
        gates=(
            Gate(id="no-tickets", services=("ticket",), when=Holds(Listed(("court/defaulters",))),
                 then=Effect(effect="refuse"), evasion_caught=one, asked_by="public", **LAW),
        ),
    )  # fmt: skip


def scenario(**changes: Any) -> Scenario:
    """A year in two towns."""
    targets = (
        Target(id="refused", **SAID, quantity="refused_requests", item="ticket", kind="cumulative",
               value=((date(2020, 12, 31), Decimal(1000)),), tolerance=Decimal("0.1")),
        Target(id="stock", **SAID, quantity="listed", item="court/defaulters", area="north", kind="stock",
               value=((date(2020, 6, 30), Decimal(100)),), tolerance=Decimal("0.1")),
    )  # fmt: skip
    fields: dict[str, Any] = {
        "name": "two-towns", **HEAD, "recipe": recipe(), "conduct": conduct(), "policies": (policy(),),
        "since": date(2020, 1, 1), "until": date(2020, 12, 31), "reading": "documented", "seed": 7,
        "groups": (("sex",),), "targets": targets,
    }  # fmt: skip
    return Scenario(**(fields | changes))


@dataclass(frozen=True)
class Sums:
    """The sums of some blocks."""

    monthly: np.ndarray
    scores: np.ndarray
    transitions: np.ndarray
    lifetimes: np.ndarray
    roots: np.ndarray

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(mine + yours for mine, yours in zip(vars(self).values(), vars(other).values(), strict=True)))


COUNTERS = (
    ("subjects", ""), ("events", "debt"), ("events", "joke"), ("entered", "court/defaulters"),
    ("left", "court/defaulters:term"), ("listed", "court/defaulters"), ("listed_cases", "court/defaulters"),
    ("requests", "ticket"), ("granted", "ticket"), ("attempts", "ticket"), ("refused_attempts", "ticket"),
    ("refused_requests", "ticket"), ("refused_by", "court/no-tickets"), ("refused_subjects", "ticket"),
    ("first_refused", "ticket"),
)  # fmt: skip


@dataclass
class FakeEngine:
    """The module's functions; ``slow`` seconds a chunk, ``broken`` a quantity that is counted once too often."""

    slow: float = 0.0
    broken: str = ""
    fails_at: int = -1
    chunks: list[int] = field(default_factory=list)
    JOURNAL = {
        "subjects": ("block", "subject", "area", "months", "sex"),
        "enrolments": ("step", "block", "subject", "rating", "what"),
        "publications": ("step", "block", "subject", "standing", "rating", "score", "tier"),
        "listings": ("step", "block", "subject", "standing", "list", "what"),
        "requests": ("step", "block", "subject", "outcome", "wrongful"),
    }

    def compile_seconds(self) -> float:
        return 0.0

    def prepare(
        self, scenario: Scenario, seeds: Any, *, residents: int, first_step: int = 0, steps: int | None = None,
        population: str = "residents", coupling: Any = None,
    ) -> Any:  # fmt: skip
        assert population == "residents" and coupling is None  # nobody here has a clause about firms
        steps = 12 - first_step if steps is None else steps
        months = [(scenario.since.year * 12 + scenario.since.month - 1) + first_step + t for t in range(steps)]
        rating = f"{scenario.policies[0].name}/points"
        grounds = ["own" if item.startswith("court") else "" for _, item in COUNTERS]
        return SimpleNamespace(
            population=population, scenario=scenario, seeds=seeds, leaves=leaves(scenario.recipe, residents),
            first_step=first_step, steps=steps,
            step_labels=tuple(f"{month // 12}-{month % 12 + 1:02d}" for month in months),
            counters=tuple(named("quantity item ground", *c, g) for c, g in zip(COUNTERS, grounds, strict=True)),
            strata=((("sex", "male"),), (("sex", "female"),)),
            scores=tuple(named("rating tier score", rating, t, s) for t, s in (("A", 100), ("B", 50))),
            transitions=(("court/points", "A", "B"),),
            lifetimes=(("court/defaulters", "term"), ("court/defaulters", "open")),
            roots=(("debt", "breach", "justice"), ("joke", "choice", "speech")),
        )  # fmt: skip

    def run_blocks(self, program: Any, leaf: int, blocks: np.ndarray) -> Sums:
        self.chunks.append(len(blocks))
        if self.fails_at in blocks:
            raise RuntimeError(f"block {self.fails_at} overflows")
        time.sleep(self.slow)
        total = self._block(program, int(blocks[0]))
        for block in blocks[1:]:
            total += self._block(program, int(block))
        return total

    def _block(self, program: Any, block: int) -> Sums:
        """Everything follows from the number of the block and the process seed."""
        luck = np.random.Generator(np.random.Philox(key=[block, abs(hash_of(program.seeds.process))]))
        monthly = np.zeros((program.steps, len(COUNTERS), 2), dtype=np.int64)
        column = {quantity + item: place for place, (quantity, item) in enumerate(COUNTERS)}
        entered = luck.poisson(3, (program.steps, 2))
        left = np.zeros_like(entered)
        left[4:] = entered[: max(0, program.steps - 4)]
        stock = np.cumsum(entered - left, axis=0)
        refused = luck.binomial(stock, 0.3)
        new = np.minimum(refused, 1)
        for name, counts in {
            "subjects": np.full_like(entered, 192), "eventsdebt": entered, "eventsjoke": luck.poisson(5, entered.shape),
            "enteredcourt/defaulters": entered, "leftcourt/defaulters:term": left, "listedcourt/defaulters": stock,
            "listed_casescourt/defaulters": stock, "requeststicket": refused, "attemptsticket": 3 * refused,
            "refused_attemptsticket": 3 * refused, "refused_requeststicket": refused,
            "refused_bycourt/no-tickets": refused, "refused_subjectsticket": new, "first_refusedticket": new,
        }.items():  # fmt: skip
            monthly[:, column[name], :] = counts
        if self.broken:
            monthly[-1, [quantity for quantity, _ in COUNTERS].index(self.broken), 0] += 1
        lifetimes = np.zeros((2, program.steps + 1), dtype=np.int64)
        lifetimes[0, min(4, program.steps)] = left.sum()
        lifetimes[1, 0] = stock[-1].sum()
        scores = np.zeros((program.steps, 2, 2), dtype=np.int64)
        scores[:, 0, :], scores[:, 1, :] = 192 - 10, 10
        roots = np.zeros((2, 64), dtype=np.int64)
        roots[0, 1], roots[1, 2] = entered.sum(), 1
        transitions = np.full((program.steps, 1), block % 3, dtype=np.int64)
        return Sums(monthly, scores, transitions, lifetimes, roots)

    def journal_block(self, program: Any, block: int) -> dict[str, list[tuple[Any, ...]]]:
        people = range(10)
        first = program.first_step
        return {
            "subjects": [(block, subject, "north", -1, "male") for subject in people],
            "enrolments": [(first, block, subject, "court/points", "joined") for subject in people],
            "publications": [(first + 1, block, subject, "fact", "court/points", 90, "B") for subject in people],
            "listings": [
                (first + 2, block, 0, "fact", "court/defaulters", "entered"),
                (first + 2, block, 0, "truth", "court/defaulters", "entered"),
                (first + 3, block, 1, "fact", "court/defaulters", "entered"),
                (first + 4, block, 1, "fact", "court/defaulters", "left"),
            ],
            "requests": [(first + 3, block, 1, "refused", True), (first + 3, block, 1, "granted", False)],
        }  # fmt: skip


def named(names: str, *values: Any) -> SimpleNamespace:
    """A thing with these fields."""
    return SimpleNamespace(**dict(zip(names.split(), values, strict=True)))


def hash_of(text: str) -> int:
    """A number of a text that is the same in every process."""
    return int.from_bytes(text.encode("utf-8")[:7], "little")
