"""The clauses that reach a leaf area, with the steps in which each is in force there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from glasshouse.conditions import Listed, MonthsListed, terms
from glasshouse.errors import RunFailed
from glasshouse.mechanisms.clause import Clause, InForce
from glasshouse.mechanisms.detector import Detector
from glasshouse.mechanisms.enrolment import Enrolment
from glasshouse.mechanisms.event import Event, Service
from glasshouse.mechanisms.gate import Gate
from glasshouse.mechanisms.indicator import Indicator
from glasshouse.mechanisms.listing import NamedList
from glasshouse.mechanisms.rating import Rating
from glasshouse.mechanisms.remedy import Remedy
from glasshouse.mechanisms.response import Response
from glasshouse.mechanisms.rule import Rule
from glasshouse.mechanisms.spread import Spread
from glasshouse.policy import Policy
from glasshouse.reference.calendar import Calendar
from glasshouse.reference.people import FIRMS, RESIDENTS
from glasshouse.scenario import Scenario
from glasshouse.society.areas import Leaf

C = TypeVar("C", bound=Clause)


@dataclass(frozen=True, slots=True, eq=False)
class Provision(Generic[C]):
    """A clause of a policy as it reaches the residents or firms of a leaf."""

    path: str
    policy: Policy
    clause: C
    steps: range
    """The steps of the run in which it is in force."""


class Law:
    """All that is in force in some step for the residents or firms of a leaf, in scenario and document order."""

    def __init__(
        self, scenario: Scenario, leaf: Leaf, calendar: Calendar, run: range, population: str = RESIDENTS
    ) -> None:
        self._population = population
        self._scenario = scenario
        self._calendar = calendar
        self._run = run
        self.policies = {policy.name: policy for policy in scenario.policies if policy.jurisdiction in leaf.ancestors}
        self._ends = self._repeals()
        here = list(self.policies.values())
        self.enrolments: list[Provision[Enrolment]] = [p for q in here for p in self._of(q, q.enrolment)]
        self.all_enrolments = [
            clause for q in here for clause in q.enrolment if clause.reading in (None, scenario.reading)
        ]
        self.detectors: list[Provision[Detector]] = [p for q in here for p in self._of(q, q.detectors)]
        self.ratings: dict[str, Provision[Rating]] = {p.path: p for q in here for p in self._of(q, q.ratings)}
        self.rules: list[Provision[Rule]] = [p for q in here for p in self._of(q, q.rules)]
        self.indicators: list[Provision[Indicator]] = [p for q in here for p in self._of(q, q.indicators)]
        self.lists: dict[str, Provision[NamedList]] = {p.path: p for q in here for p in self._of(q, q.lists)}
        self.spreads: list[Provision[Spread]] = [p for q in here for p in self._of(q, q.spread)]
        self.gates: list[Provision[Gate]] = [p for q in here for p in self._of(q, q.gates)]
        self.remedies: list[Provision[Remedy]] = [p for q in here for p in self._of(q, q.remedies)]
        conduct = scenario.conduct
        self.events: dict[str, Event] = self._kinds([e for e in conduct.events if self._exists(e)])
        self.arrivals: list[Provision[Spread]] = self._from_firms(here)
        self.services: dict[str, Service] = {s.id: s for s in conduct.services if self._exists(s)}
        self.responses: list[Response] = [r for r in conduct.responses if self._exists(r)]
        self._conduct_steps = {
            clause.id: self._steps([clause.in_force])
            for clause in [*self.events.values(), *self.services.values(), *self.responses]
        }
        self.listing_order = self._listing_order()

    @staticmethod
    def _kinds(events: list[Event]) -> dict[str, Event]:
        """The kinds that can happen here: a consequence needs the kind that it follows."""
        found = {event.id: event for event in events}
        while orphans := [e.id for e in found.values() if e.follows is not None and e.follows.event not in found]:
            for name in orphans:
                del found[name]
        return found

    def _from_firms(self, policies: list[Policy]) -> list[Provision[Spread]]:
        """The spread clauses by which listings of firms reach residents, whatever subjects they name."""
        ties = {
            tie.id
            for tie in self._scenario.recipe.ties
            if tie.within == "area" and (tie.from_population, tie.to_population) == (FIRMS, RESIDENTS)
        }
        return [
            Provision(f"{policy.name}/{clause.id}", policy, clause, self._in_force(policy, clause))
            for policy in policies
            for clause in policy.spread
            if clause.to in ties and clause.reading in (None, self._scenario.reading)
        ]

    def _exists(self, clause: Clause) -> bool:
        return clause.reading in (None, self._scenario.reading) and self._population in clause.subjects

    def _repeals(self) -> dict[str, int]:
        """For each repealed policy or clause the first step in which it has ended."""
        found: dict[str, int] = {}
        for policy in self.policies.values():
            steps = self._steps([InForce(policy.in_force.since, None)])
            for target in policy.repeals:
                found[target] = min(found.get(target, self._run.stop), steps.start)
        return found

    def _steps(self, spans: Iterable[InForce | None]) -> range:
        """The steps of the run whose first day lies in all the spans."""
        known = [span for span in spans if span is not None]
        inside = [
            step
            for step in self._run
            if all(
                span.since <= self._calendar.first_day(step)
                and (span.until is None or self._calendar.first_day(step) <= span.until)
                for span in known
            )
        ]
        return range(inside[0], inside[-1] + 1) if inside else range(self._run.stop, self._run.stop)

    def _of(self, policy: Policy, clauses: Iterable[C]) -> list[Provision[C]]:
        found = []
        for clause in clauses:
            if not self._exists(clause):
                continue
            path = f"{policy.name}/{clause.id}"
            found.append(Provision(path, policy, clause, self._in_force(policy, clause)))
        return found

    def _in_force(self, policy: Policy, clause: Clause) -> range:
        path = f"{policy.name}/{clause.id}"
        steps = self._steps([policy.in_force, clause.in_force])
        end = min(steps.stop, self._ends.get(policy.name, steps.stop), self._ends.get(path, steps.stop))
        return range(steps.start, max(end, steps.start))

    def conduct_in_force(self, clause: Event | Service | Response, step: int) -> bool:
        """Whether a kind, service or response is in force in a step."""
        return step in self._conduct_steps[clause.id]

    def sees(self, policy: Policy, author: str) -> bool:
        """Whether a policy sees the records that another one's detectors made."""
        return author == policy.name or author in policy.reads

    def jurisdiction_residents(self, policy: Policy) -> int:
        """Residents of a policy's jurisdiction in the recipe's full society."""
        return next(area.residents for area in self._scenario.recipe.areas if area.area == policy.jurisdiction)

    def remedies_of_list(self, path: str) -> list[Provision[Remedy]]:
        """Remedies of a list: repairs, then appeals."""
        policy = self.lists[path].policy
        found = [p for p in self.remedies if p.policy is policy and path in p.clause.lists]
        return sorted(found, key=lambda p: p.clause.kind != "repair")

    def remedies_of_rating(self, path: str) -> list[Provision[Remedy]]:
        """Remedies of a rating alone: repairs, then appeals."""
        policy = self.ratings[path].policy
        found = [p for p in self.remedies if p.policy is policy and path in p.clause.ratings and not p.clause.lists]
        return sorted(found, key=lambda p: p.clause.kind != "repair")

    def _listing_order(self) -> list[str]:
        """Lists, each after all that its entries ask by name; else in scenario and document order."""
        asks = {path: self._asked_by_entries(provision.clause) for path, provision in self.lists.items()}
        order: list[str] = []
        while len(order) < len(asks):
            ready = [path for path in asks if path not in order and all(other in order for other in asks[path])]
            if not ready:
                left = ", ".join(path for path in asks if path not in order)
                raise RunFailed(f"lists ask each other in a circle: {left}")
            order.append(ready[0])
        return order

    def _asked_by_entries(self, clause: NamedList) -> set[str]:
        found: set[str] = set()
        for row in clause.enter:
            for term in terms(row.when) if row.when is not None else ():
                if isinstance(term, Listed):
                    found |= set(term.lists)
                elif isinstance(term, MonthsListed):
                    found.add(term.list)
        return found & set(self.lists)
