"""What exists and where a condition stands: the two things its words are held against.

Whoever reads a document fills :class:`Names` from the recipe, the conduct and the policies that may be asked, and
gives a :class:`Place` with every condition. For a conduct document ``ratings`` and ``lists`` are empty; for a recipe
only ``attributes`` is filled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class AttributeName:
    """An attribute of the recipe. ``form``: breaks, levels or yes (``from_areas`` counts as yes).

    ``levels``: the level names of ``levels`` in order; ``breaks``: the whole numbers where bands begin.
    """

    form: str
    populations: tuple[str, ...] = ("residents",)
    levels: tuple[str, ...] = ()
    breaks: tuple[int, ...] = ()
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class TieName:
    """A tie leads from subjects of one population to subjects of one population."""

    from_population: str
    to_population: str
    narrowed: bool = False
    """Whether it leads to some of them only."""


@dataclass(frozen=True, slots=True)
class EventName:
    """A kind of event: who does it, and whether it has ``amounts``."""

    populations: tuple[str, ...] = ("residents",)
    amounts: bool = False


@dataclass(frozen=True, slots=True)
class RatingName:
    """A rating: whom it holds and its tiers, best first."""

    populations: tuple[str, ...] = ("residents",)
    tiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """Everything a condition of one document may name.

    ``ratings`` and ``lists`` stand under their path POLICY/NAME, those of the policy itself and of the policies it
    reads; ``policy`` is the document's own name ("" for conduct and recipe). ``services`` and ``lists`` map to their
    populations. Sets map to the names they hold.
    """

    policy: str = ""
    attributes: Mapping[str, AttributeName] = field(default_factory=dict)
    areas: tuple[str, ...] = ()
    ties: Mapping[str, TieName] = field(default_factory=dict)
    events: Mapping[str, EventName] = field(default_factory=dict)
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ratings: Mapping[str, RatingName] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    event_sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    service_sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    list_sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def own(self, path: str) -> bool:
        """Whether a rating or list belongs to this policy and is not merely read by it."""
        return path.partition("/")[0] == self.policy

    def rating_path(self, name: str) -> str | None:
        """POLICY/RATING of a rating named with or without its policy; None: there is none."""
        return self._path(name, self.ratings)

    def list_path(self, name: str) -> str | None:
        """POLICY/LIST of a list named with or without its policy; None: there is none."""
        return self._path(name, self.lists)

    def _path(self, name: str, paths: Iterable[str]) -> str | None:
        known = tuple(paths)
        if name in known:
            return name
        found = [path for path in known if path.partition("/")[2] == name]
        return next((path for path in found if self.own(path)), found[0] if found else None)

    def kinds(self, names: Iterable[str]) -> tuple[str, ...]:
        """Kinds of events with sets expanded, in the order written, each once."""
        return expanded(names, self.event_sets)

    def services_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """Services with sets expanded, in the order written, each once."""
        return expanded(names, self.service_sets)

    def lists_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """Paths of lists with sets expanded, in the order written, each once; unknown names stay as they are."""
        return tuple(dict.fromkeys(self.list_path(name) or name for name in expanded(names, self.list_sets)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a condition stands.

    ``role`` is what asks: rule, enter, indicator, gate, remedy, spread, tier, enrolment, response, household (one
    member of a recipe's household) or tie (``from_when``, ``to_when``). ``populations`` are those the condition is
    about: the clause's subjects; for a spread and for ``to_when`` the population the tie leads to. ``on`` are the
    kinds of events beside the condition, sets expanded; empty without ``on`` and with ``on: enrolment``.
    """

    role: str
    populations: tuple[str, ...] = ("residents",)
    on: tuple[str, ...] = ()


def expanded(names: Iterable[str], sets: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Names with sets replaced by what they hold, in order, each once."""
    return tuple(dict.fromkeys(each for name in names for each in sets.get(name, (name,))))


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """The nearest known name as the end of a message, or nothing."""
    near = get_close_matches(found, list(known), n=1)
    return f"; did you mean `{near[0]}`?" if near else ""
