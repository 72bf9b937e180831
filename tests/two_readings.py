"""Two encodings of one rule book side by side: what each says, matter by matter, and where they differ.

A matter is one thing a rule book settles: a bound of a tier, the points for a kind of event, how long they count, who
gets which benefit. Names that an author is free to choose (of clauses, ratings and detectors) are no matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from glasshouse.canonical import plain
from glasshouse.mechanisms.clause import Clause
from glasshouse.mechanisms.indicator import Indicator
from glasshouse.mechanisms.rating import Rating
from glasshouse.mechanisms.rule import Rule
from glasshouse.policy import Policy
from glasshouse.values import Value

WEAKEST_FIRST: Final = ("invented", "intention", "background", "derived", "verified")


@dataclass(frozen=True, slots=True)
class Saying:
    """What an encoding says on one matter, in which clauses (none: the head of the document), and how sure it is."""

    says: str
    clauses: tuple[str, ...]
    confidence: str


Sayings = dict[str, Saying]
NOTHING: Final = Saying("", (), "invented")


@dataclass(frozen=True, slots=True)
class Part:
    """What one clause contributes to a matter."""

    matter: str
    clause: str
    says: str
    confidence: str


def sayings(policy: Policy) -> Sayings:
    """Everything a policy settles, by matter. Several clauses on one matter say it together."""
    found: dict[str, list[Part]] = {}
    for part in _parts(policy):
        found.setdefault(_nameless(part.matter, policy), []).append(part)
    return {matter: _together(parts, policy) for matter, parts in found.items()}


def differences(first: Sayings, second: Sayings) -> dict[str, tuple[Saying, Saying]]:
    """Matters on which two encodings say different things, or one says nothing."""
    both = {key: (first.get(key, NOTHING), second.get(key, NOTHING)) for key in (*first, *second)}
    return {key: pair for key, pair in both.items() if pair[0].says != pair[1].says}


def clauses(policy: Policy) -> dict[str, Clause]:
    """The clauses of a policy by their ids."""
    parts: list[Any] = [getattr(policy, field) for field in type(policy).model_fields]
    return {each.id: each for part in parts if isinstance(part, tuple) for each in part if isinstance(each, Clause)}


def _together(parts: list[Part], policy: Policy) -> Saying:
    says = " and ".join(sorted(_nameless(each.says, policy) for each in parts))
    clauses = tuple(each.clause for each in parts if each.clause)
    return Saying(says, clauses, _weakest(each.confidence for each in parts))


def _weakest(words: Iterable[str]) -> str:
    return min(words, key=WEAKEST_FIRST.index)


def _parts(policy: Policy) -> Iterator[Part]:
    yield Part("jurisdiction", "", policy.jurisdiction, "background")
    yield Part("subjects", "", ", ".join(policy.subjects), "background")
    yield Part("in force", "", str(plain(policy.in_force)), "background")
    for enrolment in policy.enrolment:
        asked = f"{plain(enrolment.when)}: {enrolment.mode}, {number(enrolment.share)}"
        says = f"{asked}, leaving {number(enrolment.withdraw)}"
        yield Part("enrolment", enrolment.id, says, sure(enrolment, enrolment.share))
    for rating in policy.ratings:
        yield from _rating(rating)
    for rule in policy.rules:
        yield from _rule(rule)
    for indicator in policy.indicators:
        yield from _indicator(indicator)
    for listed in policy.lists:
        for row in listed.enter:
            says = f"{', '.join(row.on)} {_if(row.when)}: {number(row.term)}"
            yield Part(f"list {listed.id}", listed.id, says, sure(listed, row.term))
    for gate in policy.gates:
        amount = f" {number(gate.then.amount)}" if gate.then.amount is not None else ""
        says = f"{gate.then.effect}{amount} {_if(gate.when)}{_only(gate)}"
        for service in gate.services:
            yield Part(f"service: {service}", gate.id, says, sure(gate, gate.then.amount))
    for remedy in policy.remedies:
        chances = ", ".join(f"{ground} {number(chance)}" for ground, chance in sorted(remedy.success.items()))
        says = f"{number(remedy.rate)}, decided in {number(remedy.decision)}: {chances}"
        yield Part(remedy.kind, remedy.id, says, sure(remedy, remedy.rate))


def _rating(rating: Rating) -> Iterator[Part]:
    for field in ("start", "floor", "ceiling", "publish"):
        value = getattr(rating, field)
        yield Part(field, rating.id, number(value), sure(rating, value))
    yield Part("method", rating.id, f"{rating.method}, {rating.polarity}", rating.confidence)
    yield Part("disclosure", rating.id, rating.disclosure, "background")
    named = ", ".join(row.tier for row in rating.tiers)
    yield Part("tiers", rating.id, named, _weakest(row.confidence or rating.confidence for row in rating.tiers))
    for row in rating.tiers:
        bound = number(row.at_least) if row.at_least is not None else "the rest"
        yield Part(f"tier {row.tier}", rating.id, f"{bound} {_if(row.when)}", row.confidence or rating.confidence)


def _rule(rule: Rule) -> Iterator[Part]:
    causes, asked = rule.on, f" {_if(rule.when)}"
    if rule.on == ("enrolment",):
        causes, asked = (f"enrolment{asked}",), ""
    elif rule.every is not None:
        causes = (f"every {number(rule.every)}",)
    amounts = rule.discretion or (rule.points or rule.becomes,)
    becomes = "becomes " if rule.becomes is not None else ""
    says = f"{becomes}{' to '.join(map(number, amounts))}{asked}{_only(rule)}"
    for cause in causes:
        yield Part(f"points: {cause}", rule.id, says, sure(rule, *amounts))
        if number(rule.lapse) != "0 none":
            yield Part(f"lapse: {cause}", rule.id, number(rule.lapse), sure(rule, rule.lapse))
        if rule.cap is not None:
            most = f"{number(rule.cap.points)} in {number(rule.cap.per)}"
            yield Part(f"cap: {cause}", rule.id, most, sure(rule, rule.cap.points))
        if rule.repeat is not None:
            again = f"{number(rule.repeat.factor)} in {number(rule.repeat.within)}"
            yield Part(f"repeat: {cause}", rule.id, again, sure(rule, rule.repeat.factor))


def _indicator(indicator: Indicator) -> Iterator[Part]:
    yield Part(f"weight: {indicator.id}", indicator.id, number(indicator.weight), sure(indicator, indicator.weight))
    rows = [f"{_if(row.when)} {number(row.value)}" for row in indicator.cases]
    if indicator.tie_mean is not None:
        rows = [str(plain(indicator.tie_mean))]
    worth = "; ".join([*rows, f"else {number(indicator.otherwise)}"])
    values = (*(row.value for row in indicator.cases), indicator.otherwise)
    yield Part(f"worth: {indicator.id}", indicator.id, worth, sure(indicator, *values))


def sure(clause: Clause, *values: Value | None) -> str:
    """How sure a clause is of its numbers: a value's own word outranks the clause's, the weakest counts."""
    return _weakest((value.confidence if value is not None else None) or clause.confidence for value in values)


def number(value: Value | None) -> str:
    """A value in both readings, without what stands beside it."""
    if value is None:
        return "none"
    told = [
        ", ".join(f"{each.since or ''} {each.number.normalize():f} {each.unit}".strip() for each in series)
        for series in (value.reported, value.documented)
    ]
    told = [each.replace(" points", "").replace(" chance", "") for each in told]
    return told[0] if told[0] == told[1] else f"{told[0]} as reported, {told[1]} as documented"


def _if(condition: Any) -> str:
    return f"if {plain(condition)}" if condition is not None else ""


def _only(clause: Clause) -> str:
    return f" ({clause.reading} only)" if clause.reading is not None else ""


def _nameless(text: str, policy: Policy) -> str:
    """A text in which the policy's own rating is called so, whatever its name."""
    for rating in policy.ratings:
        text = re.sub(rf"\b{re.escape(policy.name)}/{re.escape(rating.id)}\b", "own rating", text)
    return text
