"""Every fact of the source article and every target of a scenario, beside what a run of it comes to.

A row says what was reported and what is documented, what the run says, how sure that is, whether the figure was used
to make it, and where it lives in the library; or why the library does not simulate it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from glasshouse.answering import Answer, Answering
from glasshouse.errors import InvalidDocuments, UsageError
from glasshouse.estimates import Estimate
from glasshouse.facts import Fact, facts_of
from glasshouse.keeping import beside, kept_scenario, load
from glasshouse.places import TARGET, Place, named_places
from glasshouse.reading.margin import Margin
from glasshouse.roles import ROLES, role_of
from glasshouse.runs import Run
from glasshouse.scenario import Scenario
from glasshouse.shelf import Library

if TYPE_CHECKING:
    from glasshouse.targets import Target

ARTICLE: Final = "article"
"""The facts document of the source article, and what its rows are about."""


@dataclass(frozen=True)
class Flow:
    """What came between two dates of a running total."""

    since: str
    value: float
    simulated: Estimate

    @property
    def ratio(self) -> float | None:
        """Simulated over the world's."""
        return self.simulated.value / self.value if self.value else None


@dataclass(frozen=True)
class FactRow:
    """One fact of the article, or one figure of a target on one day."""

    id: str
    about: str
    """`article` or `target`."""
    text: str
    day: str | None = None
    unit: str | None = None
    reported: float | None = None
    documented: float | None = None
    held: float | None = None
    """The figure the run is held against: that of its reading. None where the row has none that can be compared."""
    answer: Answer = field(default_factory=Answer)
    tolerance: float | None = None
    flow: Flow | None = None
    place: str | None = None
    places: tuple[Place, ...] = ()
    shown_by: tuple[str, ...] = ()
    not_simulated: str | None = None
    status: str | None = None

    @property
    def ratio(self) -> float | None:
        """Simulated over the world's."""
        simulated = self.answer.simulated
        return simulated.value / self.held if simulated is not None and self.held else None

    @property
    def within(self) -> bool | None:
        """Whether a target's figure lies within its tolerance."""
        if self.tolerance is None or self.ratio is None:
            return None
        return abs(self.ratio - 1) <= self.tolerance

    @property
    def place_kind(self) -> str | None:
        """The kind of the place: target, parameter, clause or provenance."""
        return self.places[0].kind if self.places else None

    def rounded(self) -> dict[str, Any]:
        """The row as plain numbers and texts, for JSON."""
        simulated = self.answer.simulated
        told = simulated.rounded() if simulated is not None else {}
        flow = self.flow
        return {
            "id": self.id, "about": self.about, "text": self.text, "date": self.day, "unit": self.unit,
            "reported": self.reported, "documented": self.documented, "simulated": told.get("value"),
            "ratio": None if self.ratio is None else round(self.ratio, 4), "interval": _interval(simulated),
            "counted": told.get("counted"), "what": self.answer.what, "role": self.answer.role, "within": self.within,
            "flow": None if flow is None else {
                "since": flow.since, "value": flow.value, "simulated": flow.simulated.rounded()["value"],
                "ratio": None if flow.ratio is None else round(flow.ratio, 4), "interval": _interval(flow.simulated),
            },
            "place": self.place, "place_kind": self.place_kind,
            "places": [
                {"kind": each.kind, "name": str(each), "shown_by": shown}
                for each, shown in zip(self.places, self.shown_by, strict=True)
            ],
            "not_simulated": self.not_simulated, "status": self.status, "remark": self.answer.remark,
        }  # fmt: skip


def _interval(figure: Estimate | None) -> list[float | int | None] | None:
    if figure is None or figure.low is None:
        return None
    told = figure.rounded()
    return [told["low"], told["high"]]


@dataclass(frozen=True)
class FactTable:
    """All rows: those of the article first, in its order, then the targets of the scenario by date."""

    scenario: str
    reading: str
    run: Run | None
    rows: tuple[FactRow, ...]

    def counts(self) -> dict[str, int]:
        """How many rows there are of each sort."""
        article = [row for row in self.rows if row.about == ARTICLE]
        found = {"article": len(article), "targets": len(self.rows) - len(article)}
        found |= {role: sum(row.answer.role == role for row in self.rows) for role in ROLES}
        found["simulated"] = sum(row.answer.simulated is not None for row in self.rows)
        found["not_simulated"] = sum(row.not_simulated is not None for row in self.rows)
        return found

    def rounded(self) -> dict[str, Any]:
        """As plain numbers, for JSON."""
        return {
            "scenario": self.scenario, "reading": self.reading, "synthetic": True,
            "run": None if self.run is None else str(self.run.path),
            "result_hash": None if self.run is None else self.run.result_hash,
            "sample": None if self.run is None else self.run.manifest["sample"],
            "counts": self.counts(), "rows": [row.rounded() for row in self.rows],
        }  # fmt: skip


def fact_table(
    scenario: Scenario | str | Path, run: Run | str | Path | None = None, *, files: Sequence[Path | str] = ()
) -> FactTable:
    """Holds every fact of the article and every target of a scenario against a finished run of it.

    Without a run the rows say where each fact lives, and nothing is simulated. `files` are documents outside the
    library that a Scenario was read from. Raises UsageError where the run is one
    of another scenario, and InvalidDocuments or RunFailed as reading them does.
    """
    library = Library.default().with_files(files if isinstance(scenario, Scenario) else (*files, *beside(scenario)))
    chosen = scenario if isinstance(scenario, Scenario) else load(scenario)
    done = run if isinstance(run, Run) or run is None else Run(run)
    if done is not None:
        told = done.manifest["scenario"]["name"]
        if told != chosen.name:
            raise UsageError(f"{done.path} is a run of {told}, and not of {chosen.name}")
        chosen = kept_scenario(done.path)
    return _table(chosen, done, library)


def _table(scenario: Scenario, run: Run | None, library: Library) -> FactTable:
    facts = known_facts(library)
    answering = Answering(scenario, run, facts, library)
    rows = [_of_article(fact, answering, library) for fact in article(library)]
    rows += [row for target in scenario.targets for row in _of_target(target, answering, library)]
    return FactTable(scenario.name, scenario.reading, run, tuple(rows))


def known_facts(library: Library) -> dict[str, Fact]:
    """Every fact of the library by its id. Raises InvalidDocuments."""
    return {fact.id: fact for name in library.names("facts") for fact in _document(name, library)}


def article(library: Library) -> Sequence[Fact]:
    """The facts of the source article, in its order."""
    return _document(ARTICLE, library)


def _document(name: str, library: Library) -> Sequence[Fact]:
    margin = Margin()
    found = facts_of(library.sheet("facts", name), library, margin)
    if found is None:
        raise InvalidDocuments(margin.mistakes)
    return found.facts


# --- rows ----------------------------------------------------------------------------------------------------------


def _of_article(fact: Fact, answering: Answering, library: Library) -> FactRow:
    value = fact.value if isinstance(fact.value, Mapping) else {}
    figures = {reading: float(value[reading]) for reading in ("reported", "documented") if reading in value}
    places = named_places(str(fact.place or ""), library)
    figure = figures.get(answering.scenario.reading)
    answer = Answer() if fact.not_simulated else answering.fact(fact, figure, places)
    day = fact.date if fact.date is not None else fact.period
    return FactRow(
        id=fact.id, about=ARTICLE, text=fact.text, day=None if day is None else str(day), unit=fact.unit,
        reported=figures.get("reported"), documented=figures.get("documented"),
        held=figure if answer.comparable else None, answer=answer,
        place=None if fact.place is None else str(fact.place), places=places,
        shown_by=tuple(each.shown_by(library) for each in places), not_simulated=fact.not_simulated,
        status=fact.status,
    )  # fmt: skip


def _of_target(target: Target, answering: Answering, library: Library) -> Iterator[FactRow]:
    """One row for each day of a target that belongs to the reading."""
    if target.reading not in (None, answering.scenario.reading):
        return
    place = Place(TARGET, answering.scenario.name, target.id)
    shown = place.shown_by(library)
    before: tuple[str, float] | None = None
    for day, figure in answering.figures_of(target):
        simulated = answering.target(target, day)
        flow = None
        if target.kind == "cumulative" and before is not None:
            between = answering.between(target, day, before[0])
            flow = None if between is None else Flow(before[0], figure - before[1], between)
        before = (day, figure)
        yield FactRow(
            id=target.id, about=TARGET, text=target.text, day=day,
            reported=figure if target.reading != "documented" else None,
            documented=figure if target.reading != "reported" else None, held=figure,
            answer=Answer(
                simulated, f"{target.quantity} of {target.item or 'everything'}",
                role_of(target, day, answering.fitted), True, answering.why_not(simulated),
            ),
            tolerance=float(target.tolerance), flow=flow, place=str(place), places=(place,), shown_by=(shown,),
        )  # fmt: skip
