"""What a run answers to a fact: the figure of a target, a number that was put in, or how often a clause acted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from glasshouse.counts import spans
from glasshouse.estimates import Estimate, Estimates
from glasshouse.places import CLAUSE, PARAMETER, TARGET, Place, clause_of, number_at, reckoning
from glasshouse.roles import CHECKED, FITTED, PREDICTED, fitted_to, role_of

if TYPE_CHECKING:
    from glasshouse.facts import Fact
    from glasshouse.mechanisms.clause import Frozen
    from glasshouse.runs import Run
    from glasshouse.scenario import Scenario
    from glasshouse.shelf import Library
    from glasshouse.targets import Target

NEEDS_A_RUN: Final = "a run says"
NOT_REACHED: Final = "the run does not reach this day"
NEAR: Final = 0.05
"""How far a target's own figure may lie from a fact's for both to be the same figure, rounded differently."""
OVERDUE: Final = timedelta(days=92)
"""How long before a period the last published total may lie for the flow to be that of the period."""
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

ACTS: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "gates": (("burdened", "benefited"), "granted requests changed by"),
    "lists": (("entered",), "cases opened on"),
    "ratings": (("enrolled",), "subjects rated at the end by"),
    "enrolment": (("enrolled",), "subjects rated at the end by"),
    "indicators": (("enrolled",), "subjects rated at the end by"),
    "rules": (("points",), "points given or taken by"),
    "detectors": (("records",), "records made by"),
    "events": (("events",), "events of the kind"),
    "services": (("requests",), "requests for"),
}
"""How the work of each sort of clause is counted."""
REFUSALS: Final = (("refused_by",), "requests refused by")
"""The same of a gate that refuses."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a fact."""

    simulated: Estimate | None = None
    what: str | None = None
    """What was counted."""
    role: str | None = None
    comparable: bool = False
    """Whether it is the same figure as the fact's, so that their ratio means something."""
    remark: str | None = None


Terms = list[tuple["Target", str, int]]


class Answering:
    """A scenario and a run of it (or none yet), ready to be asked about facts."""

    def __init__(self, scenario: Scenario, run: Run | None, facts: Mapping[str, Fact], library: Library) -> None:
        self.scenario, self.run, self._library = scenario, run, library
        self.fitted = fitted_to(scenario, facts)
        self._figures = Estimates(run) if run is not None else None
        self._reached = set(self._days_reached()) if run is not None else set()
        named = (scenario, *scenario.documents())
        self._documents: dict[str, list[Frozen]] = {}
        for document in named:
            self._documents.setdefault(document.name, []).append(document)  # type: ignore[attr-defined]

    def _days_reached(self) -> Iterator[tuple[str, str]]:
        assert self.run is not None
        labels, step = tuple(self.run.manifest["labels"]), self.run.manifest["period"]["step"]
        for target in self.scenario.targets:
            yield from ((target.id, day) for day, _, _ in spans(target, labels, step))

    # --- targets -----------------------------------------------------------------------------------------------

    def figures_of(self, target: Target) -> list[tuple[str, float]]:
        """The days of a target and its figures; a flow has one, on its last day."""
        if target.during is not None:
            return [(target.during[1].isoformat(), float(target.value[0][1]))]
        return [(day.isoformat(), float(number)) for day, number in target.value if day is not None]

    def target(self, target: Target, day: str) -> Estimate | None:
        """The run's figure for a target on one of its days; None where there is no run, or it does not reach it."""
        if self._figures is None or (target.id, day) not in self._reached:
            return None
        return self._figures.target(target.id, day, target.area)

    def between(self, target: Target, day: str, before: str) -> Estimate | None:
        """The run's flow between two days of a running total."""
        return self._sum([(target, day, 1), (target, before, -1)])

    def why_not(self, simulated: Estimate | None) -> str | None:
        """Why a figure is not there."""
        if simulated is not None:
            return None
        return NEEDS_A_RUN if self.run is None else NOT_REACHED

    def _sum(self, terms: Terms) -> Estimate | None:
        if self._figures is None or any((target.id, day) not in self._reached for target, day, _ in terms):
            return None
        return self._figures.combined([(target.id, day, sign) for target, day, sign in terms], terms[0][0].area)

    # --- facts -------------------------------------------------------------------------------------------------

    def fact(self, fact: Fact, figure: float | None, places: Sequence[Place]) -> Answer:
        """What the run says to a fact: by a target, a number that was put in, or what its clauses did."""
        if figure is None:
            return self._by_acts(places)
        answer = self._by_target(fact, figure, places) or self._by_parameter(fact)
        return answer or Answer(remark=self._without_figure(places))

    def _by_target(self, fact: Fact, figure: float, places: Sequence[Place]) -> Answer | None:
        """By targets that name the fact as their source, else by those its place names."""
        terms = self._naming(fact) or self._placed(fact, places)
        if not terms:
            return None
        world = sum(dict(self.figures_of(target))[day] * sign for target, day, sign in terms)
        if abs(world - figure) > NEAR * abs(figure):
            told = " and ".join(dict.fromkeys(target.text.rstrip(".") for target, _, _ in terms))
            return Answer(remark=f"{self.scenario.name} counts something else: {told} ({world:,.0f})")
        simulated = self._sum(terms)
        roles = {role_of(target, day, self.fitted) for target, day, _ in terms}
        what = " and ".join(dict.fromkeys(f"target {target.id}" for target, _, _ in terms))
        return Answer(simulated, what, FITTED if FITTED in roles else CHECKED, True, self.why_not(simulated))

    def _ours(self) -> list[Target]:
        return [each for each in self.scenario.targets if each.reading in (None, self.scenario.reading)]

    def _naming(self, fact: Fact) -> Terms:
        for target in self._ours():
            if fact.id in target.source:
                days = [day for day, _ in self.figures_of(target)]
                return [(target, str(fact.date) if str(fact.date) in days else days[-1], 1)]
        return []

    def _placed(self, fact: Fact, places: Iterable[Place]) -> Terms:
        terms: Terms = []
        ours = {target.id: target for target in self._ours()}
        for place in places:
            if place.kind == TARGET and place.document == self.scenario.name and place.name in ours:
                found = self._of_span(ours[place.name], fact)
                if not found:
                    return []
                terms += found
        return terms

    def _of_span(self, target: Target, fact: Fact) -> Terms:
        """The days of a target that make up a fact's day or period: one, or the end less the last total before."""
        days = [day for day, _ in self.figures_of(target)]
        if fact.date is not None:
            return [(target, str(fact.date), 1)] if str(fact.date) in days else []
        since, until = period_of(str(fact.period))
        if target.during is not None:
            return [(target, days[-1], 1)] if target.during == (since, until) else []
        if until.isoformat() not in days:
            return []
        if target.kind == "stock":
            return [(target, until.isoformat(), 1)]
        before = [day for day in days if since - OVERDUE <= date.fromisoformat(day) < since]
        return [(target, until.isoformat(), 1), (target, before[-1], -1)] if before else []

    def _by_parameter(self, fact: Fact) -> Answer | None:
        """A number that was put in, or several reckoned together."""
        total, day = None, self._day(fact)
        steps = reckoning(str(fact.place or ""), self._library)
        for word, place in steps:
            held = (
                number_at(place, each, self.scenario.reading, day) for each in self._documents.get(place.document, ())
            )
            number = next((each for each in held if each is not None), None)
            if number is None:
                return None
            if word == "times":
                total = (total or 0.0) * number
            else:
                total = number if total is None else total - number
        if total is None:
            return None
        what = " ".join(f"{word} {place}" for word, place in steps).removeprefix("is ")
        return Answer(Estimate(total, None, None, 0), f"put in: {what}", FITTED, True)

    def _day(self, fact: Fact) -> date:
        told = str(fact.date) if fact.date is not None else str(fact.period)
        return date.fromisoformat(told) if DAY.fullmatch(told) else period_of(told)[1]

    # --- what clauses did --------------------------------------------------------------------------------------

    def _by_acts(self, places: Sequence[Place]) -> Answer:
        """How often the first clause acted that the scenario has and that can be counted.

        Where a policy is named, what happens in the world without it is no answer.
        """
        conduct, why = self.scenario.conduct.name, None
        clauses = [each for each in places if each.kind in (CLAUSE, PARAMETER)]
        of_policies = [each for each in clauses if each.document != conduct]
        for place in of_policies or clauses:
            for document in self._documents.get(place.document, ()):
                held = clause_of(place, document)
                if held is None or held[0] not in ACTS:
                    continue
                silent = self._silent(held[1])
                if silent is None:
                    return self._acts(place, *held)
                why = why or silent
        return Answer(remark=why or self._absent(of_policies or clauses))

    def _silent(self, clause: Frozen) -> str | None:
        """Why a clause does nothing in the run, whatever happens."""
        reading = getattr(clause, "reading", None)
        if reading not in (None, self.scenario.reading):
            return f"it exists in the {reading} reading only"
        subjects = getattr(clause, "subjects", ())
        told = (subjects,) if isinstance(subjects, str) else tuple(subjects)
        if told == ("firms",) and self.run is not None and not self.run.manifest["firms"]:
            return "the run has no firms"
        return None

    def _acts(self, place: Place, section: str, clause: Frozen) -> Answer:
        refuses = section == "gates" and clause.then.effect == "refuse"  # type: ignore[attr-defined]
        quantities, words = REFUSALS if refuses else ACTS[section]
        item = place.name if section in ("events", "services") else f"{place.document}/{place.name}"
        if section == "enrolment":
            item = clause.of[0]  # type: ignore[attr-defined]
        elif section == "indicators":
            item = str(clause.rating)  # type: ignore[attr-defined]
        what = f"{words} {item}"
        if self._figures is None:
            return Answer(None, what, PREDICTED, False, NEEDS_A_RUN)
        simulated = self._figures.acts(quantities, item, below=section == "detectors")
        return Answer(simulated, what, PREDICTED)

    def _without_figure(self, places: Sequence[Place]) -> str:
        """Why a figure has nothing beside it."""
        other = [each for each in places if each.kind == TARGET and each.document != self.scenario.name]
        if other:
            return f"{self.scenario.name} has no target for it, {' and '.join(dict.fromkeys(map(_first, other)))} has"
        known = {target.id: target for target in self.scenario.targets}
        readings = [known[each.name].reading for each in places if each.kind == TARGET and each.name in known]
        if readings and self.scenario.reading not in readings:
            return f"its target is one of the {readings[0]} reading"
        documents = dict.fromkeys(each.document for each in places if each.kind == PARAMETER)
        missing = [name for name in documents if name not in self._documents]
        if missing:
            return f"{self.scenario.name} is without {' and '.join(missing)}"
        return f"{self.scenario.name} has no target for it"

    def _absent(self, places: Sequence[Place]) -> str:
        """Why nothing is counted: the scenario has none of the documents, or the place is nothing that acts."""
        named = dict.fromkeys(each.document for each in places)
        missing = [name for name in named if name not in self._documents]
        if missing and len(missing) == len(named):
            return f"{self.scenario.name} is without {' and '.join(missing)}"
        return "it stands in the documents, where nothing is counted"


def _first(place: Place) -> str:
    return place.document


def period_of(text: str) -> tuple[date, date]:
    """First and last day of a year, a month, a day, or `DAY to DAY`."""
    first, _, last = text.partition(" to ")
    if last:
        return period_of(first)[0], period_of(last)[1]
    parts = [int(each) for each in first.split("-")]
    if len(parts) == 3:
        return date(*parts), date(*parts)
    if len(parts) == 2:
        after = date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1)
        return date(parts[0], parts[1], 1), after - timedelta(days=1)
    return date(parts[0], 1, 1), date(parts[0], 12, 31)
