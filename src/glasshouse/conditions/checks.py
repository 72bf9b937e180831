"""A condition held against the names that exist and the place where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from glasshouse.conditions.grammar import NUMBERS, constant_text, function_of, term_text
from glasshouse.conditions.names import AttributeName, Names, Place, did_you_mean, expanded
from glasshouse.conditions.tree import (
    Amount,
    And,
    Area,
    Attribute,
    Compare,
    Condition,
    Count,
    Holds,
    IsIn,
    Listed,
    MonthsListed,
    Not,
    Or,
    Refused,
    Sanctioned,
    Score,
    Term,
    TieAny,
    Tier,
    TieShare,
    Watched,
    Within,
)

ENTRY_BY_TIE: Final = "a tie that leads onto a list is a `spread` clause"
"""Of a row of ``enter`` that asks a tie: the mistake is the row's, not the condition's."""

_RESPONSE_ONLY: Final = (Sanctioned, Refused, Watched)
_FIXED: Final = {
    "enrolment": (Attribute, Area, Within), "household": (Attribute,), "tie": (Attribute,),
}
"""Places whose conditions ask nothing but who the subject is."""
_FIXED_WORDS: Final = {
    "enrolment": "an enrolment asks attributes only",
    "household": "a member of a household is described by attributes only",
    "tie": "a tie is narrowed by attributes only",
}


def check(condition: Condition, names: Names, place: Place) -> list[str]:
    """All mistakes of a condition, each as a message without its place in the document; empty: none."""
    return list(dict.fromkeys(_Check(names, place).condition(condition)))


@dataclass(frozen=True, slots=True)
class _Check:
    """One level of a condition: about the subject itself or, inside a tie, about the tied subject."""

    names: Names
    place: Place
    tied: bool = False

    def condition(self, condition: Condition) -> Iterator[str]:
        match condition:
            case And(parts) | Or(parts):
                for part in parts:
                    yield from self.condition(part)
            case Not(part):
                yield from self.condition(part)
            case Compare(term, op, constant):
                allowed = list(self.term(term))
                yield from allowed or self.compared(term, op, constant)
            case IsIn(term, constants):
                allowed = list(self.term(term))
                for constant in constants:
                    yield from allowed or self.compared(term, "==", constant)
            case Holds(term):
                yield from self.term(term)
                if isinstance(term, Attribute):
                    yield from self.truth(term)

    # --- may it be asked here, and do its names exist ---

    def term(self, term: Term) -> Iterator[str]:
        """Whether a term may be asked in this place; if so, whether what it names exists."""
        refused = self.forbidden(term)
        if refused:
            yield refused
            return
        match term:
            case Attribute(name):
                yield from self.attribute(name)
            case Within(area):
                yield from unknown("areas", (area,), self.names.areas)
            case Count(kinds):
                yield from self.unknown_of("events", kinds, self.names.events, self.names.event_sets)
            case Refused(services):
                yield from self.unknown_of("services", services, self.names.services, self.names.service_sets)
            case Watched(kind):
                yield from unknown("events", (kind,), self.names.events)
            case Score(rating) | Tier(rating):
                yield from self.rating(rating)
            case Listed(lists):
                yield from self.lists(lists)
            case MonthsListed(name):
                yield from self.lists((name,))
            case Amount():
                yield from self.amount()
            case TieAny(tie, condition) | TieShare(tie, condition):
                yield from self.tie(tie, condition)

    def forbidden(self, term: Term) -> str | None:
        """Why a term cannot be asked in this place at all, or None."""
        word, role = function_of(term), self.place.role
        if isinstance(term, Amount) and role not in _FIXED:
            asked = self.place.on and not self.tied
            return None if asked else "`amount` is that of a record: it needs `on`"
        if role in _FIXED and not isinstance(term, _FIXED[role]):
            return f"{word}: {_FIXED_WORDS[role]}"
        if self.tied and isinstance(term, TieAny | TieShare):
            return "a tie cannot be asked about its own ties"
        if role == "enter" and isinstance(term, TieAny | TieShare):
            return ENTRY_BY_TIE
        if role == "response":
            return self.forbidden_in_response(term, word)
        if isinstance(term, _RESPONSE_ONLY):
            return f"{word} is for responses in the conduct document: an authority cannot know it"
        if self.tied and isinstance(term, Count):
            return "count: of a tied subject only attributes, scores, tiers and lists are known"
        return None

    def forbidden_in_response(self, term: Term, word: str) -> str | None:
        named = isinstance(term, Listed) and term.lists
        if named or isinstance(term, Count | Score | Tier | MonthsListed):
            return f"{word}: the conduct document knows no policy; use sanctioned, refused, watched or listed()"
        if self.tied and isinstance(term, Watched):
            return "watched: of a tied subject only attributes, listed(), sanctioned and refused are known"
        return None

    def attribute(self, name: str) -> Iterator[str]:
        found = self.names.attributes.get(name)
        if found is None:
            yield f"unknown attribute `{name}`{self.instead(name)}"
        elif not set(self.place.populations) <= set(found.populations):
            yield f"`{name}` is an attribute of {_and(found.populations)}, but {self.about()}"

    def instead(self, name: str) -> str:
        """What was probably meant by a word that is no attribute."""
        if self.names.list_path(name):
            return f'; lists are asked by listed("{name}")'
        if self.names.rating_path(name):
            return f'; ratings are asked by score("{name}") or tier("{name}")'
        if name in self.names.events or name in self.names.event_sets:
            return f'; events are counted by count("{name}", months=12)'
        return did_you_mean(name, (*self.names.attributes, "area", "amount"))

    def about(self) -> str:
        return f"the clause is about {_and(self.place.populations)}"

    def unknown_of(
        self, what: str, found: tuple[str, ...], known: Iterable[str], sets: Mapping[str, tuple[str, ...]]
    ) -> Iterator[str]:
        yield from unknown(what, expanded(found, sets), known, sets)

    def rating(self, rating: str) -> Iterator[str]:
        if self.names.rating_path(rating) is None:
            yield from self.unread("ratings", (rating,), self.names.ratings)

    def lists(self, found: tuple[str, ...]) -> Iterator[str]:
        missing = tuple(name for name in expanded(found, self.names.list_sets) if not self.names.list_path(name))
        yield from self.unread("lists", missing, (*self.names.lists, *self.names.list_sets))

    def unread(self, what: str, missing: tuple[str, ...], known: Iterable[str]) -> Iterator[str]:
        """Unknown lists or ratings: misspelt, or of a policy that is not read."""
        short = tuple(path.rpartition("/")[2] for path in known)
        for message in unknown(what, missing, short):
            yield message if "did you mean" in message else f"{message}; name its policy under `reads`"

    def amount(self) -> Iterator[str]:
        without = [kind for kind in self.place.on if not self.names.events[kind].amounts]
        if without:
            yield f"events {', '.join(without)} have no `amounts`"

    def tie(self, tie: str, condition: Condition) -> Iterator[str]:
        found = self.names.ties.get(tie)
        if found is None:
            yield from unknown("ties", (tie,), self.names.ties)
            return
        if set(self.place.populations) != {found.from_population}:
            yield f"tie `{tie}` leads from {found.from_population}, but {self.about()}"
        inside = replace(self.place, populations=(found.to_population,))
        yield from _Check(self.names, inside, tied=True).condition(condition)

    # --- does what it is compared with fit ---

    def truth(self, term: Attribute) -> Iterator[str]:
        found = self.names.attributes.get(term.name)
        if found is not None and found.form != "yes":
            what = "a number" if found.form == "breaks" else "a level"
            yield f"`{term.name}` is {what}: compare it with something"

    def compared(self, term: Term, op: str, constant: Decimal | str) -> Iterator[str]:
        match term:
            case Attribute(name):
                yield from _attribute_compared(name, self.names.attributes[name], op, constant)
            case Tier(rating):
                yield from self.tier_compared(rating, constant)
            case Area():
                yield from self.area_compared(op, constant)
            case _ if isinstance(term, NUMBERS) and isinstance(constant, str):
                yield f"`{_single(term_text(term))}` is a number: compare it with a number"

    def tier_compared(self, rating: str, constant: Decimal | str) -> Iterator[str]:
        tiers = self.names.ratings[self.names.rating_path(rating) or rating].tiers
        if constant in tiers:
            return
        said = constant if isinstance(constant, str) else constant_text(constant)
        score = "" if isinstance(constant, str) else "; score(..) compares numbers"
        yield f"`{said}` is no tier of this rating ({', '.join(tiers)}){score}"

    def area_compared(self, op: str, constant: Decimal | str) -> Iterator[str]:
        if op not in ("==", "!="):
            yield "the levels of `area` have no order"
        elif isinstance(constant, Decimal):
            yield "`area` is a level: compare it with a name in quotes"
        else:
            yield from unknown("areas", (constant,), self.names.areas)


def _attribute_compared(name: str, found: AttributeName, op: str, constant: Decimal | str) -> Iterator[str]:
    if found.form == "yes":
        yield f"`{name}` is true or false: write `{name}` or `not {name}`"
    elif found.form == "breaks":
        yield from _number_compared(name, found.breaks, op, constant)
    elif constant not in found.levels:
        said = constant if isinstance(constant, str) else constant_text(constant)
        yield f"`{said}` is no level of `{name}`{did_you_mean(said, found.levels)}"
    elif op not in ("==", "!=") and not found.ordered:
        yield f"the levels of `{name}` have no order"


def _number_compared(name: str, breaks: tuple[int, ...], op: str, constant: Decimal | str) -> Iterator[str]:
    if isinstance(constant, str):
        yield f"`{name}` is a number: write it without quotes"
    elif not set(_cuts(op, constant)) <= _edges(breaks):
        bands = ", ".join(map(str, breaks))
        number = constant_text(constant)
        yield f"`{name}` is known in bands from {bands}; a comparison with {number} would cut a band"


def _cuts(op: str, constant: Decimal) -> tuple[Decimal, ...]:
    """Where a comparison of whole numbers divides them: ``<= 45`` divides at 46."""
    above = constant + 1
    return {"<": (constant,), ">=": (constant,), "<=": (above,), ">": (above,)}.get(op, (constant, above))


def _edges(breaks: tuple[int, ...]) -> set[Decimal]:
    """Where bands meet. A last band that follows a band of one number is taken as one number too (income fifths)."""
    edges = {Decimal(each) for each in breaks}
    if len(breaks) > 1 and breaks[-1] - breaks[-2] == 1:
        edges.add(Decimal(breaks[-1] + 1))
    return edges


def unknown(what: str, found: Iterable[str], known: Iterable[str], sets: Iterable[str] = ()) -> Iterator[str]:
    """One message for all names that do not exist, with the nearest that do."""
    names = tuple(known)
    missing = [name for name in found if name not in names]
    if missing:
        hints = "".join(did_you_mean(name, (*names, *sets)) for name in missing)
        yield f"unknown {what} {', '.join(f'`{name}`' for name in missing)}{hints}"


def _and(words: Iterable[str]) -> str:
    return " and ".join(words)


def _single(text: str) -> str:
    return text.replace('"', "'")
