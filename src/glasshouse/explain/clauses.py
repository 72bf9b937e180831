"""Every clause of a scenario under its path, to be named beside a decision."""

from __future__ import annotations

from collections.abc import Iterator

from glasshouse.explain.differences import say
from glasshouse.explain.page import SENTENCE, Line
from glasshouse.explain.policies import sections
from glasshouse.mechanisms import event, gate, response
from glasshouse.mechanisms.clause import Clause
from glasshouse.mechanisms.event import Event, Service
from glasshouse.mechanisms.gate import Gate
from glasshouse.mechanisms.listing import NamedList, say_row
from glasshouse.mechanisms.response import Response
from glasshouse.scenario import Scenario


class Clauses:
    """Clauses by POLICY/CLAUSE, and kinds and services of the conduct by their name alone."""

    def __init__(self, scenario: Scenario) -> None:
        self.by_path: dict[str, Clause] = {
            f"{policy.name}/{clause.id}": clause
            for policy in scenario.policies
            for _, clauses in sections(policy)
            for clause in clauses
        }
        self.conduct: dict[str, Clause] = {
            clause.id: clause
            for part in (scenario.conduct.events, scenario.conduct.services, scenario.conduct.responses)
            for clause in part
        }
        self.enrolling = [
            (f"{policy.name}/{clause.id}", clause) for policy in scenario.policies for clause in policy.enrolment
        ]

    def cited(self, path: str, level: int = 1) -> Iterator[Line]:
        """The sentence a clause encodes with its source, as it stands beside a decision."""
        clause = self.by_path.get(path) or self.conduct.get(path)
        if clause is not None:
            yield Line(SENTENCE, f"{path}: {clause.text}", level, path, clause.source, clause.confidence)

    def cited_row(self, path: str, number: int) -> Iterator[Line]:
        """One way onto a list with its own source."""
        clause = self.by_path.get(path)
        if not isinstance(clause, NamedList) or not 0 <= number < len(clause.enter):
            return
        row = clause.enter[number]
        text = row.text or say_row(row, clause, path.partition("/")[0])
        source, confidence = row.source or clause.source, row.confidence or clause.confidence
        yield Line(SENTENCE, f"{path}.enter[{number}]: {text}", 1, path, source, confidence)

    def enrolments(self, rating: str, population: str = "residents") -> Iterator[str]:
        """Paths of the clauses by which a rating may hold somebody of a population."""
        for path, clause in self.enrolling:
            if rating in getattr(clause, "of", ()) and population in clause.subjects:
                yield path

    def responses(self, target: str) -> Iterator[str]:
        """Responses that change how often a kind is done or a service asked for."""
        yield from (name for name, clause in self.conduct.items() if target in getattr(clause, "changes", ()))

    def consequence(self, path: str) -> str | None:
        """What a gate does to a request that is granted, as a verb and what follows."""
        clause = self.by_path.get(path)
        return gate.consequence(clause) if isinstance(clause, Gate) else None

    def exact(self, path: str) -> Iterator[Line]:
        """What a clause says exactly."""
        clause = self.by_path.get(path)
        if clause is not None:
            told = say(clause, path.partition("/")[0])
            yield Line(SENTENCE, f"{path}: {told}", 0, None, clause.source, clause.confidence)
        elif path in self.conduct:
            clause = self.conduct[path]
            yield Line(SENTENCE, f"{path}: {_conduct_sentence(clause)}", 0, None, clause.source, clause.confidence)


def _conduct_sentence(clause: Clause) -> str:
    match clause:
        case Event():
            return event.say(clause)
        case Service():
            return event.say_service(clause)
        case Response():
            return response.say(clause)
    return clause.text
