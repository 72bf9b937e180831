"""A block as it stands at some moment of the run."""

from __future__ import annotations

from collections import defaultdict

from glasshouse.errors import RunFailed
from glasshouse.reference.calendar import Calendar
from glasshouse.reference.draws import Luck
from glasshouse.reference.journal import Book
from glasshouse.reference.law import Law
from glasshouse.reference.ledger import AS_SOURCE, MOST_CASES, NO_END, WHILE, Case, Event, Record, Standing, root_text
from glasshouse.reference.people import FIRMS, RESIDENTS, People
from glasshouse.reference.rates import ONE, Candidate, Rates, Stream
from glasshouse.scenario import Scenario, Seeds
from glasshouse.society.archetypes import Archetypes
from glasshouse.society.areas import Leaf
from glasshouse.society.coupling import Coupling


class Block:
    """Everybody and everything in one block: who lives there, what is in force, what was done and is believed."""

    def __init__(
        self,
        scenario: Scenario,
        seeds: Seeds,
        leaf: Leaf,
        archetypes: Archetypes,
        number: int,
        run: range,
        population: str = RESIDENTS,
        coupling: Coupling | None = None,
    ) -> None:
        self.population = population
        self.coupling = coupling
        """What the firms of the run have counted for its residents."""
        self.scenario = scenario
        self.number = number
        self.run = run
        self.calendar = Calendar(scenario.since, scenario.step, scenario.reading)
        self.luck = Luck(seeds, population, number)
        self.people = People(scenario.recipe, leaf, archetypes, self.luck, self.calendar, number, population)
        self.law = Law(scenario, leaf, self.calendar, run, population)
        self.rates = Rates(scenario, self.people, self.calendar)
        self.book = Book(population == FIRMS)
        self.places = range(len(self.people.residents))
        self.subjects = list(self.places)
        """Who is there: all places but those of firms that have ended."""
        self.ending: set[int] = set()
        """Firms that end before the next step."""
        self.fact = Standing("fact", len(self.places))
        self.truth = Standing("truth", len(self.places))
        self.streams: dict[str, Stream] = {}
        self.agenda: defaultdict[int, list[tuple[int, str, Candidate]]] = defaultdict(list)
        """Candidates of the present year by step: (subject, kind or detector, candidate)."""
        self.children: defaultdict[int, list[Event]] = defaultdict(list)
        """Consequences that will happen, by step."""
        self.done: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        """Steps in which a subject did something of a limited kind."""
        self.events: list[Event] = []
        """What was done in the present step."""
        self.due: defaultdict[int, list[Record]] = defaultdict(list)
        """Records on their way, by the step they are made in."""
        self.made: list[list[Record]] = []
        """The records of the present step, by subject, in order."""
        self.held: set[tuple[int, str]] = set()
        """Who is held by which rating."""
        self.held_by_clause: set[tuple[int, str]] = set()
        self.withdrawn: set[tuple[int, str]] = set()
        self.once_joined: set[tuple[int, str]] = set()
        self.first_joined: list[tuple[int, str]] = []
        """Who came to be held by which rating for the first time in the present step."""
        self.factors: dict[tuple[int, str], int] = {}
        """Response factors in force, in 65536ths."""
        self.sanctions: defaultdict[int, list[int]] = defaultdict(list)
        """The step of each sanction of a subject, in fact."""
        self.refusals: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        """The step of each refused request of a subject at a service, in fact."""

    @property
    def standings(self) -> tuple[Standing, Standing]:
        """Fact and truth."""
        return self.fact, self.truth

    def factor(self, subject: int, name: str) -> int:
        """The response factor on a kind or service in force for a subject."""
        return self.factors.get((subject, name), ONE)

    def is_held(self, subject: int, rating: str, step: int) -> bool:
        """Whether a rating is in force and holds a subject."""
        return (subject, rating) in self.held and step in self.law.ratings[rating].steps

    def count(self, standing: Standing, step: int, quantity: str, item: str, ground: str = "", value: int = 1) -> None:
        """Adds to a sum, if the standing is that of fact."""
        if standing is self.fact:
            self.book.count(step, quantity, item, ground, value)

    # --- cases -----------------------------------------------------------------------------------------------------

    def enter(self, standing: Standing, case: Case, clause: str = "") -> bool:
        """Opens a case, or merges it into the one there is on a list of one case; whether one was opened."""
        step, ground = case.step, case.ground
        there = standing.open_cases(case.subject, case.list)
        if there and self.law.lists[case.list].clause.cases == "one":
            merge(there[0], case)
            case.number, case.end = there[0].number, there[0].end
            self.log_case(standing, step, case, "renewed", clause)
            self.count(standing, step, "renewed", case.list, ground)
            return False
        if len(there) == MOST_CASES:
            told = f"block {self.number}, subject {case.subject}, step {step}"
            raise RunFailed(f"{told}: more than {MOST_CASES} open cases on {case.list}")
        case.number = standing.next_number(case.subject, case.list)
        if not there:
            self.count(standing, step, "new_listed", case.list, ground)
        standing.open_case(case)
        self.log_case(standing, step, case, "entered", clause)
        self.count(standing, step, "entered", case.list, ground)
        if standing is self.fact:
            self.sanctions[case.subject].append(step)
        return True

    def end(self, standing: Standing, case: Case, ending: str, step: int, clause: str = "") -> None:
        """Ends a case."""
        standing.close_case(case)
        self.log_case(standing, step, case, "left", clause, ending)
        self.count(standing, step, "left", f"{case.list}:{ending}", case.ground)

    def log_case(
        self, standing: Standing, step: int, case: Case, what: str, clause: str = "", ending: str = ""
    ) -> None:
        """Writes what became of a case."""
        self.book.write(
            "listings", step, self.number, case.subject, standing.name, case.list, case.number, what, case.row, clause,
            case.ground, root_text(case.root), ending, case.end, case.origin_text,
        )  # fmt: skip

    def watches(self, kinds: tuple[str, ...], kind: str, author: str, reader: str) -> bool:
        """Whether a clause of a policy about these kinds takes a record of a kind made by a policy's detector."""
        return kind in kinds and self.law.sees(self.law.policies[reader], author)


def merge(case: Case, other: Case) -> None:
    """Lengthens a case by what would have been another one: the later end counts, the rest stays."""
    if later(other.end, case.end):
        case.end = other.end
        case.while_row = other.while_row
        if other.end == AS_SOURCE:
            case.origin = other.origin
            case.arrival = other.arrival


def later(end: int, than: int) -> bool:
    """Whether an end of a case lies after another: no end, then a condition, then an origin, then a step."""
    order = {NO_END: 3, WHILE: 2, AS_SOURCE: 1}
    return (order.get(end, 0), end) > (order.get(than, 0), than)
