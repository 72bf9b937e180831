"""What one standing believes: records, awards, cases and published scores. Fact and truth each keep a ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from glasshouse.reference.draws import Identity

NO_END = -1
WHILE = -2
AS_SOURCE = -3
MOST_CASES = 15
NOBODY = -1


def root_text(root: Identity | None) -> str:
    """A root as the journal writes it."""
    return "" if root is None else ":".join(str(part) for part in root)


@dataclass(frozen=True, slots=True)
class Event:
    """What somebody really did."""

    identity: Identity
    root: Identity
    amount: int
    mark: int

    @property
    def doer(self) -> int:
        """Who did it."""
        return self.identity[0]

    @property
    def kind(self) -> str:
        """What it was."""
        return self.identity[1]

    @property
    def step(self) -> int:
        """When it was done."""
        return self.identity[2]

    @property
    def number(self) -> int:
        """Its number among the candidates of its year."""
        return self.identity[3]


@dataclass(slots=True, eq=False)
class Record:
    """What a detector believes: something charged to a subject."""

    identity: Identity
    """The event or false alarm it stems from."""
    root: Identity
    ground: str
    subject: int
    doer: int
    kind: str
    detector: str
    author: str
    """The policy whose detector it is."""
    event_step: int
    amount: int
    overridden: bool = False
    step: int = -1
    sequence: int = -1
    held: frozenset[str] = frozenset()
    """The ratings that held the subject when it was made."""

    @property
    def number(self) -> int:
        """The number of the event or false alarm."""
        return self.identity[3]


@dataclass(slots=True, eq=False)
class Pending:
    """A remedy that was asked for and is not yet through."""

    remedy: str
    asked: int
    decision: int
    removal: int
    granted: bool = False
    suspends: bool = False


@dataclass(slots=True, eq=False)
class Award:
    """Points given."""

    number: int
    step: int
    rule: str
    rating: str
    amount: int
    ground: str
    root: Identity | None
    end: int
    """The step in whose first stage it lapses; NO_END: never."""
    live: bool
    pending: Pending | None = None
    appeals: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Case:
    """One entry of a subject on a list."""

    number: int
    subject: int
    list: str
    row: int
    ground: str
    root: Identity | None
    step: int
    end: int
    """The step in whose first stage its term ends, or NO_END, WHILE, AS_SOURCE."""
    rating: str | None = None
    """The rating by whose tier or score it was opened."""
    while_row: int = -1
    origin: Case | None = None
    arrival: str | None = None
    """The spread clause by which it came from a firm."""
    pending: Pending | None = None
    appeals: dict[str, int] = field(default_factory=dict)
    open: bool = True

    @property
    def suspended(self) -> bool:
        """Whether gates look past it while an appeal is pending."""
        return self.pending is not None and self.pending.suspends

    @property
    def origin_text(self) -> str:
        """The case it spread from, as the journal writes it."""
        return "" if self.origin is None else f"{self.origin.subject}:{self.origin.list}:{self.origin.number}"


Listings = dict[str, list[Case]]
"""The open cases of a subject, by list, in the order of opening."""


class Standing:
    """A whole ledger: of what is believed (fact) or of what would be believed if every record were true (truth)."""

    def __init__(self, name: str, subjects: int) -> None:
        self.name = name
        self.records: list[list[Record]] = [[] for _ in range(subjects)]
        self.awards: list[dict[str, list[Award]]] = [{} for _ in range(subjects)]
        self.firings: defaultdict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
        """For a subject and a rule the step and the amount of each firing."""
        self.published: dict[tuple[int, str], tuple[int, str]] = {}
        self.came_to_hold: set[tuple[int, str, int]] = set()
        """Rows of entry with a condition alone that held for a subject when last looked at."""
        self.listed_since: dict[tuple[int, str], int] = {}
        self.opened: list[Case] = []
        """Cases opened in the present step's listings, in order."""
        self._cases: list[Listings] = [{} for _ in range(subjects)]
        self._numbers: defaultdict[tuple[int, str], int] = defaultdict(int)
        self._frozen: dict[int, tuple[Listings, dict[str, int]]] | None = None

    # --- points ----------------------------------------------------------------------------------------------------

    def live(self, subject: int, rating: str) -> list[Award]:
        """The live awards of a subject in a rating."""
        return [award for award in self.awards[subject].get(rating, ()) if award.live]

    def live_sum(self, subject: int, rating: str) -> int:
        """Their sum."""
        return sum(award.amount for award in self.live(subject, rating))

    def give(self, subject: int, award: Award) -> None:
        """Adds an award."""
        self.awards[subject].setdefault(award.rating, []).append(award)

    # --- cases -----------------------------------------------------------------------------------------------------

    def open_cases(self, subject: int, path: str) -> list[Case]:
        """The open cases of a subject on a list as they now stand, in the order of opening."""
        return self._cases[subject].get(path, [])

    def open_case(self, case: Case) -> None:
        """Adds a case; the caller has given it its number."""
        cases = self._cases[case.subject].setdefault(case.list, [])
        if not cases:
            self.listed_since[case.subject, case.list] = case.step
        cases.append(case)

    def next_number(self, subject: int, path: str) -> int:
        """The number of the next case of a subject on a list."""
        number = self._numbers[subject, path]
        self._numbers[subject, path] += 1
        return number

    def close_case(self, case: Case) -> None:
        """Takes a case off."""
        case.open = False
        self._cases[case.subject][case.list].remove(case)
        if not self._cases[case.subject][case.list]:
            del self._cases[case.subject][case.list]
            del self.listed_since[case.subject, case.list]

    def all_open(self) -> list[Case]:
        """All open cases, by subject and list."""
        return [case for listings in self._cases for cases in listings.values() for case in cases]

    def cases_of(self, subject: int) -> Listings:
        """All open cases of a subject by list, as they now stand."""
        return self._cases[subject]

    # --- what a stage reads ----------------------------------------------------------------------------------------

    def freeze(self, subjects: Iterable[int]) -> None:
        """From here on conditions read the listings of these subjects as they stand now."""
        self._frozen = {
            subject: (
                {path: list(cases) for path, cases in self._cases[subject].items()},
                {path: self.listed_since[subject, path] for path in self._cases[subject]},
            )
            for subject in subjects
        }

    def refresh(self, subject: int, path: str) -> None:
        """Conditions read this list of the subject as it now stands."""
        assert self._frozen is not None
        listings, since = self._frozen[subject]
        listings.pop(path, None)
        since.pop(path, None)
        if path in self._cases[subject]:
            listings[path] = list(self._cases[subject][path])
            since[path] = self.listed_since[subject, path]

    def thaw(self) -> None:
        """Conditions read listings as they stand."""
        self._frozen = None

    def seen_cases(self, subject: int, path: str) -> list[Case]:
        """The open cases that a condition sees."""
        if self._frozen is not None and subject in self._frozen:
            return self._frozen[subject][0].get(path, [])
        return self.open_cases(subject, path)

    def seen_since(self, subject: int, path: str) -> int | None:
        """The step in which a subject came on a list, as a condition sees it."""
        if self._frozen is not None and subject in self._frozen:
            return self._frozen[subject][1].get(path)
        return self.listed_since.get((subject, path))
