"""Conditions as atoms and postfix programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import partial

from glasshouse import conditions as c
from glasshouse.errors import RunFailed
from glasshouse.society.areas import RESIDENTS
from glasshouse.society.coupling import Question, leads_to_firms
from glasshouse.society.recipe import AttributeClause, TieClause
from glasshouse.tables import layout as at
from glasshouse.tables.writer import Writer

FAR = 1 << 60
OPERATORS = {"==": 0, "!=": 1, "<": 2, "<=": 3, ">": 4, ">=": 5}
TESTS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@dataclass(frozen=True)
class Names:
    """The numbers of what conditions name, and the tiers of each rating, best first."""

    kinds: dict[str, int]
    services: dict[str, int]
    ratings: dict[str, int]
    tiers: dict[str, tuple[str, ...]]
    lists: dict[str, int]
    ties: dict[str, int]


def interval(op: str, constant: Decimal) -> tuple[int, int, int]:
    """A comparison of whole numbers as (lowest, highest, negated)."""
    down = int(constant.to_integral_value(ROUND_FLOOR))
    up = int(constant.to_integral_value(ROUND_CEILING))
    if op in ("==", "!="):
        low, high = (down, down) if down == up else (1, 0)
        return low, high, int(op == "!=")
    if op == "<":
        return -FAR, up - 1, 0
    if op == "<=":
        return -FAR, down, 0
    return (down + 1, FAR, 0) if op == ">" else (up, FAR, 0)


class Asked:
    """Writes conditions into the tables. ``scope`` are the policies whose records a count may see, as bits."""

    def __init__(self, writer: Writer, names: Names, ties: Sequence[TieClause] = ()) -> None:
        self.writer, self.names = writer, names
        self.known: dict[tuple[c.Condition, int, int, bool], int] = {}
        self.far = frozenset(tie.id for tie in ties if leads_to_firms(tie) and writer.population == RESIDENTS)
        """Ties of residents to firms: what holds at their other end is drawn from a share, not looked up."""
        self.beyond = frozenset(
            tie.id
            for tie in ties
            if tie.within == "area" or not tie.from_population == tie.to_population == writer.population
        )
        self.questions: dict[Question, int] = {}
        self.gate = False

    def condition(self, condition: c.Condition | None, scope: int = 0, rating: int = -1, *, gate: bool = False) -> int:
        """The number of a condition, -1 for none. ``rating``: counts leave out records made outside it."""
        if condition is None:
            return -1
        mark = (condition, scope, rating, gate and bool(ties_of(condition) & self.far))
        if mark not in self.known:
            self.gate = gate
            program: list[int] = []
            grounds: list[tuple[int, int]] = []
            self._walk(condition, scope, rating, program, grounds, under_not=False)
            if len(program) > 200:
                raise RunFailed("a condition has more than 200 parts")
            first = self.writer.used.get("program", 0)
            for word in program:
                self.writer.record["program"][0, self.writer.next("program", at.PROGRAM)] = word
            ordered = [atom for rank in range(4) for found, atom in grounds if found == rank]
            self.known[mark] = self.writer.add(
                "conditions",
                at.CONDITIONS,
                first=first,
                count=len(program),
                grounds=self.writer.whole_row(ordered),
                n_grounds=len(ordered),
            )
        return self.known[mark]

    def _walk(
        self,
        condition: c.Condition,
        scope: int,
        rating: int,
        program: list[int],
        grounds: list[tuple[int, int]],
        under_not: bool,
    ) -> None:
        if isinstance(condition, c.Not):
            self._walk(condition.part, scope, rating, program, grounds, True)
            program.append(at.NOT)
        elif isinstance(condition, c.And | c.Or):
            word = at.AND if isinstance(condition, c.And) else at.OR
            for number, part in enumerate(condition.parts):
                self._walk(part, scope, rating, program, grounds, under_not)
                if number:
                    program.append(word)
        elif (
            isinstance(condition, c.IsIn)
            and all(isinstance(constant, Decimal) for constant in condition.constants)
            and not isinstance(condition.term, c.Attribute)
        ):
            same = tuple(c.Compare(condition.term, "==", constant) for constant in condition.constants)
            self._walk(c.Or(same), scope, rating, program, grounds, under_not)
        else:
            atom, rank = self._atom(condition, scope, rating)
            program.append(atom)
            if not under_not and rank is not None:
                grounds.append((rank, atom))

    def _atom(self, condition: c.Compare | c.IsIn | c.Holds, scope: int, rating: int) -> tuple[int, int | None]:
        """The number of an atom and its rank among grounds: listing 0, tier or score 1, tie 2, count 3."""
        term = condition.term
        match term:
            case c.Attribute(name):
                number, clause = self.writer.attributes[name] if name in self.writer.attributes else (-1, None)
                if clause is None:
                    return self._add(kind=at.A_LEVEL, arg=0, mask=0), None
                return self._add(kind=at.A_LEVEL, arg=number, mask=self._levels(clause, condition)), None
            case c.Area() | c.Within():
                truths = [self._here(leaf, condition) for leaf in self.writer.leaves]
                return self._add(kind=at.A_LEAF, first=self.writer.whole_row(truths)), None
            case c.Count(kinds, window):
                mask = self._bits(self.names.kinds, kinds)
                return self._number(
                    condition,
                    kind=at.A_COUNT,
                    mask=mask & (2**64 - 1),
                    mask2=mask >> 64,
                    window=self.writer.timeline.window(window),
                    scope=scope,
                    rating=rating,
                ), 3
            case c.Amount():
                return self._number(condition, kind=at.A_AMOUNT), None
            case c.Score(name):
                if name not in self.names.ratings:
                    return self._never(), None
                return self._number(condition, kind=at.A_SCORE, arg=self.names.ratings[name]), 1
            case c.Tier(name):
                if name not in self.names.ratings:
                    return self._never(), None
                rating_number = self.names.ratings[name]
                return self._add(kind=at.A_TIER, arg=rating_number, mask=self._tiers(name, condition)), 1
            case c.Listed(lists):
                order = (
                    [self.names.lists[name] for name in lists if name in self.names.lists]
                    if lists
                    else list(self.names.lists.values())
                )
                return self._add(
                    kind=at.A_LISTED,
                    mask=sum(1 << number for number in set(order)),
                    first=self.writer.whole_row(order),
                    count=len(order),
                ), 0
            case c.MonthsListed(name):
                if name not in self.names.lists:
                    return self._constant(condition, Decimal(0)), None
                order = [self.names.lists[name]]
                return self._number(
                    condition, kind=at.A_MONTHS, arg=order[0], first=self.writer.whole_row(order), count=1
                ), 0
            case c.TieAny(tie, inner):
                return self._add(
                    kind=at.A_TIE_ANY, arg=self.names.ties[tie], sub=self._of_the_tied(tie, inner, scope, rating)
                ), 2
            case c.TieShare(tie, inner):
                sub = self._of_the_tied(tie, inner, scope, rating)
                return self._share(condition, self.names.ties[tie], sub), 2
            case c.Sanctioned(window):
                return self._number(condition, kind=at.A_SANCTIONED, window=self.writer.timeline.window(window)), None
            case c.Refused(services, window):
                return self._number(
                    condition,
                    kind=at.A_REFUSED,
                    mask=self._bits(self.names.services, services),
                    window=self.writer.timeline.window(window),
                ), None
            case c.Watched(kind):
                return self._add(kind=at.A_WATCHED, arg=self.names.kinds.get(kind, -1)), None
        raise RunFailed(f"unknown term {term}")

    def _add(self, **columns: int) -> int:
        return self.writer.add("atoms", at.ATOMS, **columns)

    def _never(self) -> int:
        """An atom that holds of nobody: what it names has no value for this population."""
        return self._add(kind=at.A_LEVEL, arg=0, mask=0)

    def _constant(self, condition: c.Compare | c.IsIn | c.Holds, number: Decimal) -> int:
        """An atom that compares one number for everybody."""
        holds = isinstance(condition, c.Compare) and TESTS[condition.op](number, Decimal(condition.constant))
        return self._add(kind=at.A_LEVEL, arg=0, mask=2**64 - 1 if holds else 0)

    def _of_the_tied(self, tie: str, inner: c.Condition, scope: int, rating: int) -> int:
        """The condition asked of tied subjects; for a tie to firms the number of the question asked of them."""
        if tie in self.far:
            return self.questions.setdefault(Question(tie, inner, self.gate), len(self.questions))
        return -1 if tie in self.beyond else self.condition(inner, scope, rating, gate=self.gate)

    @staticmethod
    def _bits(numbers: dict[str, int], names: Sequence[str]) -> int:
        return sum(1 << numbers[name] for name in names if name in numbers)

    def _number(self, condition: c.Compare | c.IsIn | c.Holds, **columns: int) -> int:
        """An atom that compares a whole number with one constant."""
        if isinstance(condition, c.Compare) and isinstance(condition.constant, Decimal):
            low, high, negated = interval(condition.op, condition.constant)
            return self._add(lo=low, hi=high, neg=negated, **columns)
        raise RunFailed("a number in a condition needs a comparison")

    def _share(self, condition: c.Compare | c.IsIn | c.Holds, tie: int, inner: int) -> int:
        if not isinstance(condition, c.Compare) or not isinstance(condition.constant, Decimal):
            raise RunFailed("tie_share needs a comparison with a number")
        num, den = condition.constant.as_integer_ratio()
        if max(num, den) > 1 << 40:
            raise RunFailed(f"tie_share is compared with {condition.constant}: write fewer digits")
        return self._add(kind=at.A_TIE_SHARE, arg=tie, sub=inner, num=num, den=den, op=OPERATORS[condition.op])

    @staticmethod
    def _levels(clause: AttributeClause, condition: c.Compare | c.IsIn | c.Holds) -> int:
        """The levels of an attribute for which the condition holds, as bits."""

        def fits(level: int) -> bool:
            if isinstance(condition, c.Holds):
                return clause.level_names[level] == "true"
            value: Decimal | str = (
                Decimal(clause.breaks[level]) if clause.form == "breaks" else clause.level_names[level]
            )
            if isinstance(condition, c.IsIn):
                return value in condition.constants
            constant = condition.constant
            if isinstance(value, str) or isinstance(constant, str):
                if condition.op in ("==", "!="):
                    return (value == constant) == (condition.op == "==")
                return TESTS[condition.op](Decimal(level), Decimal(clause.level_names.index(str(constant))))
            return TESTS[condition.op](value, constant)

        return sum(1 << level for level in range(len(clause.level_names)) if fits(level))

    def _tiers(self, name: str, condition: c.Compare | c.IsIn | c.Holds) -> int:
        tiers = self.names.tiers[name]

        def fits(rank: int) -> bool:
            if isinstance(condition, c.IsIn):
                return tiers[rank] in condition.constants
            assert isinstance(condition, c.Compare)
            return TESTS[condition.op](Decimal(-rank), Decimal(-tiers.index(str(condition.constant))))

        return sum(1 << rank for rank in range(len(tiers)) if fits(rank))

    @staticmethod
    def _here(leaf: object, condition: c.Compare | c.IsIn | c.Holds) -> int:
        area, ancestors = leaf.area, leaf.ancestors  # type: ignore[attr-defined]
        if isinstance(condition.term, c.Within):
            return int(condition.term.area in ancestors)
        if isinstance(condition, c.IsIn):
            return int(area in condition.constants)
        assert isinstance(condition, c.Compare)
        return int((area == condition.constant) == (condition.op == "=="))


def reach(condition: c.Condition | None, near: frozenset[str] = frozenset(), far: frozenset[str] = frozenset()) -> int:
    """Whom a condition can hold for at most: what must be true of a subject (or a tie) before it can hold at all.

    ``near``: the ties that stay inside the household; ``far``: those that lead out of the block.
    """
    if condition is None or ties_of(condition) & far:
        return at.EVERYBODY
    for need, terms in (
        (at.NEEDS_LISTING, (c.Listed, c.MonthsListed)),
        (at.NEEDS_RECORD, (c.Count,)),
        (at.NEEDS_SANCTION, (c.Sanctioned, c.Refused)),
    ):
        if not _possible(condition, partial(_is_one_of, terms), negated=False):
            return at.NEEDS_HOUSEHOLD if need == at.NEEDS_LISTING and ties_of(condition) <= near else need
    return at.EVERYBODY


def _is_one_of(terms: tuple[type, ...], term: c.Term) -> bool:
    return isinstance(term, terms)


def is_idle(condition: c.Condition | None, watched: frozenset[str]) -> bool:
    """Whether a condition of a response can hold of nobody, as it asks for the watching of what nobody watches."""
    if condition is None:
        return False

    def is_off(term: c.Term) -> bool:
        return isinstance(term, c.Watched) and term.kind not in watched

    return not _possible(condition, is_off, negated=False)


def _possible(condition: c.Condition, off: Callable[[c.Term], bool], negated: bool) -> bool:
    """Whether a condition could hold (``negated``: could fail) for somebody of whom nothing of ``off`` is known."""
    match condition:
        case c.Not(part):
            return _possible(part, off, not negated)
        case c.And(parts) | c.Or(parts):
            every = isinstance(condition, c.And) != negated
            return (all if every else any)(_possible(part, off, negated) for part in parts)
    if negated:
        return True
    term = condition.term
    if isinstance(term, c.TieAny):
        return _possible(term.condition, off, False)
    if not off(term):
        return True
    if isinstance(term, c.Listed | c.Watched):
        return False
    if isinstance(condition, c.Compare) and isinstance(condition.constant, Decimal):
        low, high, away = interval(condition.op, condition.constant)
        return (low <= 0 <= high) != bool(away)
    return isinstance(condition, c.IsIn) and Decimal(0) in condition.constants


def ties_of(condition: c.Condition) -> frozenset[str]:
    """The ties a condition asks about."""
    match condition:
        case c.Not(part):
            return ties_of(part)
        case c.And(parts) | c.Or(parts):
            return frozenset().union(*(ties_of(part) for part in parts))
    term = condition.term
    return frozenset({term.tie}) if isinstance(term, c.TieAny | c.TieShare) else frozenset()


def attributes_of(condition: c.Condition | None) -> frozenset[str]:
    """The attributes a condition asks about, of the subject and of ties."""
    match condition:
        case None:
            return frozenset()
        case c.Not(part):
            return attributes_of(part)
        case c.And(parts) | c.Or(parts):
            return frozenset().union(*(attributes_of(part) for part in parts))
    term = condition.term
    if isinstance(term, c.Attribute):
        return frozenset({term.name})
    return attributes_of(term.condition) if isinstance(term, c.TieAny | c.TieShare) else frozenset()


def only_attributes(condition: c.Condition | None) -> bool:
    """Whether a condition asks nothing but attributes and areas of the subject."""
    match condition:
        case None:
            return True
        case c.Not(part):
            return only_attributes(part)
        case c.And(parts) | c.Or(parts):
            return all(only_attributes(part) for part in parts)
    return isinstance(condition.term, c.Attribute | c.Area | c.Within)
