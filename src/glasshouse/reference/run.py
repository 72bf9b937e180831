"""One block through the whole run."""

from __future__ import annotations

from decimal import Context, localcontext

from glasshouse.errors import UsageError
from glasshouse.reference import (
    detection,
    enrolment,
    events,
    firms,
    listings,
    remedies,
    requests,
    responses,
    rules,
    scores,
)
from glasshouse.reference.block import Block
from glasshouse.reference.calendar import Calendar
from glasshouse.reference.draws import DIGITS
from glasshouse.reference.handing import hand_on
from glasshouse.reference.journal import Journal
from glasshouse.reference.ledger import Case, Listings
from glasshouse.reference.people import FIRMS, RESIDENTS
from glasshouse.scenario import Scenario, Seeds
from glasshouse.society.archetypes import fit
from glasshouse.society.areas import Leaf
from glasshouse.society.coupling import Coupling
from glasshouse.society.firms import ALONE, leaves_of


def run_block(
    scenario: Scenario,
    seeds: Seeds,
    block: int,
    first_step: int = 0,
    steps: int | None = None,
    population: str = RESIDENTS,
    coupling: Coupling | None = None,
) -> Journal:
    """Simulates a block of residents, or of firms, and hands back its whole journal.

    ``block`` is its number among those of its population; ``first_step`` counts from the scenario's first day;
    ``steps`` may lead past the scenario's end, and ``None`` means up to it; ``coupling`` is what residents know of
    firms. An impossible block or an overflow is an error.
    """
    with localcontext(Context(prec=DIGITS)):
        leaf = leaf_of(scenario, block, population)
        last = Calendar(scenario.since, scenario.step, scenario.reading).steps_to(scenario.until)
        run = range(first_step, last if steps is None else first_step + steps)
        kinds = ALONE if population == FIRMS else fit(scenario.recipe, leaf.urban, leaf.ancestors)
        here = Block(scenario, seeds, leaf, kinds, block, run, population, coupling)
        introduce(here)
        planned = -1
        for step in run:
            founded = firms.turn_over(here, step) if population == FIRMS else False
            if founded or step // here.calendar.year != planned:
                planned = step // here.calendar.year
                events.plan(here, planned)
            live(here, step)
        for case in here.fact.all_open():
            here.book.count(run[-1], "open", case.list, case.ground)
        return here.book.close()


def leaf_of(scenario: Scenario, block: int, population: str = RESIDENTS) -> Leaf:
    """The leaf area in which a block stands."""
    for leaf in leaves_of(scenario.recipe, scenario.residents, population):
        if leaf.first_block <= block < leaf.first_block + leaf.blocks:
            return leaf
    raise UsageError(f"the society of {scenario.name} has no block {block}")


def introduce(block: Block) -> None:
    """Who lives here, and who is tied to whom."""
    people = block.people
    for one in people.residents:
        levels = (people.attributes[name].level_names[level] for name, level in one.levels.items())
        block.book.write(
            "subjects", block.number, one.index, one.household, people.leaf.name, one.months, one.propensity,
            one.look_alike, *levels,
        )  # fmt: skip
    for tie, subject, other in people.pairs():
        block.book.write("ties", block.number, tie, subject, other)


def live(block: Block, step: int) -> None:
    """One step, stage by stage."""
    block.book.count(step, "subjects", "", "", len(block.subjects))
    enrolment.enrol(block, step)
    remedies.remedy(block, step)
    events.happen(block, step)
    detection.detect(block, step)
    rules.apply(block, step)
    listings.list_subjects(block, step)
    listings.spread(block, step)
    scores.publish(block, step)
    requests.request(block, step)
    responses.respond(block, step)
    _take_stock(block, step)
    if block.population == FIRMS:
        hand_on(block, step)


def _take_stock(block: Block, step: int) -> None:
    """Who is listed at the end of the step, and who would be in truth."""
    for subject, path in block.held:
        if step in block.law.ratings[path].steps:
            block.book.count(step, "score_sum", path, "", block.fact.published[subject, path][0])
    for subject in block.subjects:
        fact, truth = block.fact.cases_of(subject), block.truth.cases_of(subject)
        for path in sorted({*fact, *truth}):
            _count_listing(block, step, path, fact, truth)


def _count_listing(block: Block, step: int, path: str, fact: Listings, truth: Listings) -> None:
    cases: list[Case] = fact.get(path, [])
    for case in cases:
        block.book.count(step, "listed_cases", path, case.ground)
    if cases:
        block.book.count(step, "listed", path, cases[0].ground)
    if cases and path not in truth:
        block.book.count(step, "wrongly_listed", path, cases[0].ground)
    if path in truth and not cases:
        block.book.count(step, "spared_by_error", path)
