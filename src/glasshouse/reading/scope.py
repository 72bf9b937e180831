"""What a document may name while it is read: the names of conditions, and what checks need to know about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from glasshouse.conditions import Names


@dataclass(frozen=True, slots=True)
class EventTraits:
    """What a policy must know of a kind of event."""

    populations: tuple[str, ...] = ("residents",)
    nature: str = ""
    place: str = ""
    amounts: bool = False


@dataclass(frozen=True, slots=True)
class ServiceTraits:
    """What a policy must know of a service."""

    populations: tuple[str, ...] = ("residents",)
    price: bool = False
    wait: bool = False


@dataclass(frozen=True, slots=True)
class RatingTraits:
    """What rules, indicators and gates must know of a rating."""

    method: str = ""
    polarity: str = "merit"
    populations: tuple[str, ...] = ("residents",)


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything in sight of a clause. The last three fields move from clause to clause.

    ``sources`` are the ids of all facts; ``watched`` the kinds that a detector of the policy, or of one it reads,
    notices; ``asked_by`` is the kind of the authority; ``step`` the length of a step.
    """

    document: str = ""
    kind: str = ""
    names: Names = field(default_factory=Names)
    events: Mapping[str, EventTraits] = field(default_factory=dict)
    services: Mapping[str, ServiceTraits] = field(default_factory=dict)
    ratings: Mapping[str, RatingTraits] = field(default_factory=dict)
    sources: frozenset[str] = frozenset()
    watched: frozenset[str] = frozenset()
    fed_lists: frozenset[str] = frozenset()
    asked_by: str = "public"
    propensity: str = "triangular"
    step: str = "month"
    subjects: tuple[str, ...] = ("residents",)
    legal_basis: str = "undeclared"
    document_start: date | None = None
    document_end: date | None = None
    start: date | None = None
    populations: tuple[str, ...] = ("residents",)
    on: tuple[str, ...] = ()

    @property
    def usual_subjects(self) -> tuple[str, ...]:
        """Whom a clause is about that does not say so: in a recipe residents, elsewhere the document's subjects."""
        return ("residents",) if self.kind == "recipe" else self.subjects

    @property
    def own_ratings(self) -> tuple[str, ...]:
        """Paths of the ratings of this policy, in document order."""
        return tuple(path for path in self.names.ratings if self.names.own(path))
