"""A scenario compiled: the record of tables, its pools, and the names behind every number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from glasshouse.errors import RunFailed
from glasshouse.mechanisms.clause import Clause
from glasshouse.mechanisms.event import Event
from glasshouse.randomness import trace_key
from glasshouse.scenario import Scenario, Seeds
from glasshouse.society.areas import RESIDENTS, Leaf
from glasshouse.society.coupling import Coupling, items
from glasshouse.society.firms import FIRMS, leaves_of
from glasshouse.tables import layout as at
from glasshouse.tables.asked import Asked, Names, attributes_of
from glasshouse.tables.conduct import Candidates, event_row, service_row
from glasshouse.tables.counters import Counter, Paths, counters
from glasshouse.tables.coupling import counted, read, spread_paths, ties_to_firms
from glasshouse.tables.gating import gates
from glasshouse.tables.plain import mark_plain
from glasshouse.tables.policies import Policies, live_responses
from glasshouse.tables.spans import exists as stands
from glasshouse.tables.spans import span
from glasshouse.tables.timeline import Timeline, first_day, steps_until
from glasshouse.tables.watching import followed, watched
from glasshouse.tables.writer import Writer
from glasshouse.vocabulary import ENDINGS

MOST_STEPS = 8_000


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """One cell of the histogram of scores: ``score`` is the lower bound of its bin."""

    rating: str
    tier: str
    score: int


@dataclass(frozen=True)
class Program:
    """All that a block needs besides its number, and what its sums mean."""

    scenario: Scenario
    seeds: Seeds
    leaves: tuple[Leaf, ...]
    timeline: Timeline
    first_step: int
    steps: int
    record: npt.NDArray[np.void]
    paths: Paths
    counters: tuple[Counter, ...]
    strata: tuple[tuple[tuple[str, str], ...], ...]
    scores: tuple[ScoreCell, ...]
    transitions: tuple[tuple[str, str, str], ...]
    lifetimes: tuple[tuple[str, str], ...]
    roots: tuple[tuple[str, str, str], ...]
    asked: frozenset[str]
    tiers: dict[str, tuple[str, ...]]
    ties: tuple[str, ...]
    population: str
    rows: tuple[tuple[int, int], ...]
    """(list, position in `enter`) of each entry row."""

    @property
    def step_labels(self) -> tuple[str, ...]:
        """The labels of the simulated steps."""
        return tuple(self.timeline.label(self.first_step + number) for number in range(self.steps))


def total_steps(scenario: Scenario, months: int | None = None) -> int:
    """Steps of a scenario's period, or of its first ``months`` months."""
    if months is None:
        return steps_until(scenario.since, scenario.until, scenario.step)
    end = first_day(scenario.since, "month", months)
    number = 0
    while first_day(scenario.since, scenario.step, number) < end:
        number += 1
    return number


def compile_program(
    scenario: Scenario,
    seeds: Seeds,
    *,
    residents: int | None = None,
    first_step: int = 0,
    steps: int | None = None,
    population: str = RESIDENTS,
    coupling: Coupling | None = None,
) -> Program:
    """The program of a scenario: ``steps`` steps from ``first_step`` on (default: to the end of the period).

    ``coupling``: what the firms of the run hand on, for its residents.
    """
    steps = total_steps(scenario) - first_step if steps is None else steps
    if steps < 1:
        raise RunFailed("the run has no steps: it would begin after its end")
    if first_step + steps > MOST_STEPS:
        raise RunFailed(f"the run has {first_step + steps} steps; the kernel holds {MOST_STEPS}")
    timeline = Timeline(scenario.since, scenario.step, first_step + steps)
    recipe = scenario.recipe
    areas = leaves_of(recipe, residents, population)
    writer = Writer(recipe, areas, timeline, scenario.reading, seeds, population)
    names = _names(scenario, population)
    answering = frozenset(name for response in live_responses(scenario, population) for name in response.changes)
    candidates = Candidates(writer, recipe.propensity, answering)
    policies = Policies(writer, candidates, scenario, names)
    _events(writer, candidates, scenario, names)
    _services(writer, candidates, scenario, names)
    _ties(writer, policies.asked, scenario, names)
    ties_to_firms(policies)
    policies.enrolments()
    watches = policies.detectors()
    policies.ratings()
    rules = policies.rules()
    lists = policies.lists()
    policies.spreads()
    gate_paths = gates(policies)
    policies.responses({**names.kinds, **{name: at.KINDS + number for name, number in names.services.items()}})
    watched(policies)
    if population == RESIDENTS:
        read(policies, coupling)
    followed(policies)
    paths = Paths(
        tuple(names.kinds),
        tuple(names.services),
        _consulted(writer, names),
        tuple(f"{path}:{kind}" for path, kind in watches),
        tuple(f"{p.name}/{c.id}" for p, c in policies.each("detectors")),
        tuple(names.ratings),
        tuple(rules),
        tuple(lists),
        tuple(gate_paths),
        tuple(policies.remedy_paths()),
        tuple(spread_paths(policies)),
    )
    handed_on = items(scenario) if population == FIRMS else None
    found, families = counters(paths, handed_on)
    if handed_on is not None:
        counted(policies, len(found) - len(handed_on))
        _mortal(writer, scenario, names)
    strata = _scalars(writer, scenario, policies, names, families, len(found), first_step)
    asked = _asked(writer, scenario)
    cells, moves = _cells(writer, names), _transitions(names)
    return Program(
        scenario,
        seeds,
        areas,
        timeline,
        first_step,
        steps,
        _filled(writer, cells, moves, len(names.lists), steps),
        paths,
        found,
        strata,
        cells,
        moves,
        tuple((name, ending) for name in names.lists for ending in ENDINGS),
        _roots(scenario, paths),
        asked,
        names.tiers,
        tuple(names.ties),
        population,
        tuple(
            (int(writer.record["rows"][0]["list"][n]), int(writer.record["rows"][0]["number"][n]))
            for n in range(writer.used.get("rows", 0))
        ),
    )


def _filled(
    writer: Writer, cells: tuple[ScoreCell, ...], moves: tuple[object, ...], lists: int, steps: int
) -> npt.NDArray[np.void]:
    """The record with its pools and the places of the parts of the sums."""
    record = writer.record
    for column, numbers in (("I", writer.whole), ("U", writer.words), ("E", writer.exponents)):
        most = record[column].shape[1]
        if len(numbers) > most:
            raise RunFailed(f"the scenario needs {len(numbers)} numbers in pool {column}; the kernel holds {most}")
        record[column][0, : len(numbers)] = np.array(numbers, record[column].dtype)
    mark_plain(record[0], writer.zeros)
    strata = int(record["n_strata"][0])
    record["n_cells"], record["n_moves"] = len(cells), len(moves)
    place = steps * int(record["n_counters"][0]) * strata
    for column, size in (
        ("o_scores", steps * len(cells) * strata),
        ("o_transitions", steps * len(moves)),
        ("o_lifetimes", lists * at.ENDINGS * (steps + 1)),
        ("o_roots", 0),
    ):
        record[column] = place
        place += size
    return record


def _names(scenario: Scenario, population: str) -> Names:
    reading = scenario.reading

    def exists(clause: Clause) -> bool:
        return stands(clause, reading, population)

    def paths(section: str) -> list[str]:
        return [f"{p.name}/{c.id}" for p in scenario.policies for c in getattr(p, section) if exists(c)]

    kinds = _kinds([event for event in scenario.conduct.events if exists(event)])
    services = [service.id for service in scenario.conduct.services if exists(service)]
    for what, found, most in (
        ("kinds of events", kinds, at.KINDS),
        ("services", services, at.SERVICES),
        ("ratings", paths("ratings"), at.RATINGS),
        ("lists", paths("lists"), at.LISTS),
        ("policies", scenario.policies, 64),
        ("ties", scenario.recipe.ties, at.TIES),
    ):
        if len(found) > most:
            raise RunFailed(f"the scenario has {len(found)} {what}; the kernel holds {most}")
    return Names(
        {name: number for number, name in enumerate(kinds)},
        {name: number for number, name in enumerate(services)},
        {name: number for number, name in enumerate(paths("ratings"))},
        {
            f"{p.name}/{r.id}": tuple(row.tier for row in r.tiers)
            for p in scenario.policies
            for r in p.ratings
            if exists(r)
        },
        {name: number for number, name in enumerate(paths("lists"))},
        {tie.id: number for number, tie in enumerate(scenario.recipe.ties)},
    )


def _kinds(events: Sequence[Event]) -> list[str]:
    """The kinds that can happen: a consequence only where its parent can."""
    names = [event.id for event in events]
    while True:
        orphans = [e.id for e in events if e.id in names and e.follows is not None and e.follows.event not in names]
        if not orphans:
            return names
        names = [name for name in names if name not in orphans]


def _events(writer: Writer, candidates: Candidates, scenario: Scenario, names: Names) -> None:
    children: dict[int, list[int]] = {number: [] for number in names.kinds.values()}
    for event in scenario.conduct.events:
        if event.id in names.kinds:
            window = span(writer.timeline, event.in_force)
            clause = writer.clause([window] * len(writer.leaves))
            row = event_row(writer, candidates, event, scenario.conduct.responses, clause, names.kinds)
            number = writer.add("kinds", at.KINDS, **row)
            if row["parent"] >= 0:
                children[row["parent"]].append(number)
    for kind, mine in children.items():
        rows = writer.record["kinds"][0]
        rows["first_child"][kind], rows["n_children"][kind] = writer.whole_row(mine), len(mine)


def _services(writer: Writer, candidates: Candidates, scenario: Scenario, names: Names) -> None:
    for service in scenario.conduct.services:
        if service.id in names.services:
            clause = writer.clause([span(writer.timeline, service.in_force)] * len(writer.leaves))
            writer.add(
                "services", at.SERVICES, **service_row(writer, candidates, service, scenario.conduct.responses, clause)
            )


def _mortal(writer: Writer, scenario: Scenario, names: Names) -> None:
    """Firms can end: by what kinds and refusals, and in which steps a new year begins, when new ones are founded."""
    for table, clauses, numbers in (
        ("kinds", scenario.conduct.events, names.kinds),
        ("services", scenario.conduct.services, names.services),
    ):
        for clause in clauses:
            if clause.id in numbers:
                writer.record[table][0]["ends"][numbers[clause.id]] = int(clause.ends_subject)
    days = writer.days
    writer.record["market"] = 1
    writer.record["new_years"] = writer.whole_row(
        [int(step > 0 and day.year > days[step - 1].year) for step, day in enumerate(days)]
    )


def _consulted(writer: Writer, names: Names) -> tuple[str, ...]:
    """The services with a gate, numbered among themselves."""
    rows = writer.record["services"][0]
    found: list[str] = []
    for name, number in names.services.items():
        rows["place"][number] = len(found)
        if rows["n_gates"][number]:
            found.append(name)
    return tuple(found)


def _ties(writer: Writer, asked: Asked, scenario: Scenario, names: Names) -> None:
    for tie in scenario.recipe.ties:
        here = tie.from_population == tie.to_population == writer.population
        within = (
            {"household": at.IN_HOUSEHOLD, "block": at.IN_BLOCK}.get(tie.within, at.IN_AREA) if here else at.IN_AREA
        )
        slot = writer.next("block ties", 8) if within == at.IN_BLOCK else -1
        inside = here and within != at.IN_AREA
        writer.add(
            "ties",
            at.TIES,
            within=within,
            slot=slot,
            from_when=asked.condition(tie.from_when) if inside else -1,
            to_when=asked.condition(tie.to_when) if inside else -1,
        )


def _scalars(
    writer: Writer,
    scenario: Scenario,
    policies: Policies,
    names: Names,
    families: dict[str, int],
    count: int,
    first_step: int,
) -> tuple[tuple[tuple[str, str], ...], ...]:
    record, timeline = writer.record, writer.timeline
    for column, first in families.items():
        record[column] = first
    for table in (
        "streams",
        "kinds",
        "services",
        "detectors",
        "watches",
        "ratings",
        "rules",
        "lists",
        "rows",
        "spreads",
        "gates",
        "remedies",
        "responses",
        "enrolments",
        "sets",
        "clauses",
        "indicators",
        "questions",
        "arrivals",
    ):
        record[f"n_{table}"] = writer.used.get(table, 0)
    grouped = [name for name in writer.attributes if any(name in group for group in scenario.groups)]
    profiles = writer.profiles(grouped)
    if len(profiles) > 256:
        raise RunFailed(f"the declared groups make {len(profiles)} strata; at most 256")
    record["n_strata"], record["stratum_set"] = len(profiles), writer.set_of(grouped)
    record["n_sets"] = writer.used.get("sets", 0)
    record["n_counters"] = count
    record["none_key"] = trace_key("")
    record["n_limited"] = writer.used.get("limited", 0)
    record["steps"], record["first_step"], record["year"] = timeline.steps, first_step, timeline.year
    record["elapsed"] = writer.whole_row(
        [timeline.elapsed(step) for step in range(-(-timeline.steps // timeline.year) * timeline.year)]
    )
    record["months"] = writer.whole_row([timeline.months(steps) for steps in range(timeline.steps + 1)])
    ids = list(writer.attributes)
    record["n_attributes"] = len(ids)
    record["age"] = ids.index("age") if "age" in ids and writer.ages else -1
    record["sex"] = ids.index("sex") if "sex" in ids else -1
    if "age" in ids and writer.ages:
        breaks = writer.attributes["age"][1].breaks
        record["n_breaks"] = len(breaks)
        record["breaks"][0, : len(breaks)] = [12 * age for age in breaks]
    asking = {writer.population, RESIDENTS}  # residents may ask what firms have suffered
    record["answers"] = int(any(live_responses(scenario, population) for population in asking))
    counted = 0
    for n in range(writer.used.get("atoms", 0)):
        if record["atoms"][0]["kind"][n] == at.A_COUNT:
            counted |= int(record["atoms"][0]["mask"][n]) | int(record["atoms"][0]["mask2"][n]) << 64
    for number in names.kinds.values():
        record["kinds"][0]["counted"][number] = counted >> number & 1
    strata = tuple(
        tuple((name, writer.attributes[name][1].level_names[profile[name]]) for name in grouped) for profile in profiles
    )
    return strata


def _cells(writer: Writer, names: Names) -> tuple[ScoreCell, ...]:
    found = []
    rows = writer.record["ratings"][0]
    for rating, number in names.ratings.items():
        for tier in names.tiers[rating]:
            found += [
                ScoreCell(rating, tier, int(rows["lowest"][number] + step * rows["bin"][number]))
                for step in range(int(rows["bins"][number]))
            ]
    return tuple(found)


def _transitions(names: Names) -> tuple[tuple[str, str, str], ...]:
    """Cells of moves between tiers; the kernel counts moves, first interval publications ("") and leavers (to "")."""
    found = []
    for rating in names.ratings:
        tiers = names.tiers[rating]
        found += [(rating, a, b) for a in tiers for b in tiers]
        found += [(rating, "", tier) for tier in tiers]
        found += [(rating, tier, "") for tier in tiers]
    return tuple(found)


def _roots(scenario: Scenario, paths: Paths) -> tuple[tuple[str, str, str], ...]:
    kinds = {event.id: event for event in scenario.conduct.events}
    return (
        *(
            (kind, _nature(kinds[kind].nature, bool(kinds[kind].protected)), kinds[kind].context)
            for kind in paths.kinds
        ),
        *((detector, "unfounded", "") for detector in paths.detectors),
    )


def _nature(nature: str, protected: bool) -> str:
    """The nature of a kind as tables show it; protected kinds say so."""
    return f"{nature}, protected" if protected else nature


def _asked(writer: Writer, scenario: Scenario) -> frozenset[str]:
    """The attributes a block must fill in: those that factors, conditions, ties, cameras and groups name."""
    asked = {name for names in writer.sets for name in names}
    clauses = [
        c
        for p in scenario.policies
        for s in ("enrolment", "rules", "spread", "gates", "remedies")
        for c in getattr(p, s)
    ]
    conditions = [getattr(clause, "when", None) for clause in clauses]
    for policy in scenario.policies:
        conditions += [row.when for rating in policy.ratings for row in rating.tiers]
        conditions += [row.when for named in policy.lists for row in named.enter]
        conditions += [case.when for indicator in policy.indicators for case in indicator.cases]
        if any(detector.method == "camera" for detector in policy.detectors):
            asked |= {"age", "sex"}
    conditions += [response.when for response in scenario.conduct.responses]
    conditions += [condition for tie in scenario.recipe.ties for condition in (tie.from_when, tie.to_when)]
    for condition in conditions:
        asked |= attributes_of(condition)
    return frozenset(asked & set(writer.attributes))
