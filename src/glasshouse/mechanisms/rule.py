"""A rule gives points for a record, for enrolling, or each so many months."""

from __future__ import annotations

from typing import ClassVar, Final

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import (
    Clause,
    Draft,
    Frozen,
    Section,
    beside,
    check_doers,
    check_rating,
    check_steps,
    only_rating,
)
from glasshouse.mechanisms.statements import counts_itself, if_text
from glasshouse.mechanisms.words import (
    duration,
    either,
    is_always,
    named,
    nice,
    plain,
    plain_size,
    sentence,
    sign,
    term,
    whom,
)
from glasshouse.reading.forms import DURATION, FACTOR, POINTS, Field, Form, condition, find_names, leaves, name, value
from glasshouse.reading.leaves import Written
from glasshouse.reading.margin import Spot
from glasshouse.reading.parts import part
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Row
from glasshouse.values import Value, constant

LAPSE: Final = value(Written("term", words=("none",)))


def _on(item: Item, spot: Spot, scope: Scope) -> tuple[str, ...] | None:
    found = leaves(item, spot)
    if len(found) == 1 and found[0].text == "enrolment":
        return ("enrolment",)
    return find_names(found, ("events",), spot, scope)


def _discretion(item: Item, spot: Spot, scope: Scope) -> tuple[Value, Value] | None:
    if not isinstance(item, Row) or len(item.items) != 2:
        spot.wrong(item, "expected the lowest and the highest number of points: [-50, -5]")
        return None
    low, high = (POINTS.read(each, spot, scope) for each in item.items)
    if low is None or high is None:
        return None
    if any(a.number > b.number for a, b in zip(low.documented, high.documented, strict=False)):
        numbers = [each.documented[0].number for each in (high, low)]
        spot.wrong(item, f"write the lower first: [{numbers[0]}, {numbers[1]}]")
        return None
    return low, high


ON: Final = Form(_on, {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
DISCRETION: Final = Form(_discretion, {"type": "array", "minItems": 2, "maxItems": 2})


class Repeat(Frozen):
    """Each earlier firing in the window multiplies by the factor."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("factor", FACTOR, required=True),
        Field("within", DURATION, required=True),
    )

    factor: Value
    within: Value  # duration


class Cap(Frozen):
    """At most so many points in a rolling window."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("points", POINTS, required=True),
        Field("per", DURATION, required=True),
    )

    points: Value
    per: Value  # duration


class Rule(Clause):
    """Exactly one of ``on`` (kinds, or ("enrolment",)) and ``every``; one of points, discretion, becomes."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("rating", name("ratings"), default=only_rating),
        Field("on", ON, after=beside),
        Field("every", DURATION),
        Field("when", condition("rule")),
        Field("points", POINTS),
        Field("discretion", DISCRETION),
        Field("becomes", POINTS),
        Field("repeat", part(Repeat)),
        Field("cap", part(Cap)),
        Field("lapse", LAPSE, default=constant(0, "none")),
    )

    rating: str  # POLICY/RATING
    on: tuple[str, ...] = ()
    every: Value | None = None
    when: Condition | None = None
    points: Value | None = None
    discretion: tuple[Value, Value] | None = None
    becomes: Value | None = None
    repeat: Repeat | None = None
    cap: Cap | None = None
    lapse: Value  # term: duration or none


# --- checks ---------------------------------------------------------------------------------------------------------


GOOD = {"merit": 1, "offence": -1, "breach": -1}


def check(draft: Draft) -> None:
    """One trigger, one effect, in a rating that counts points, with the sign that fits what was done."""
    rating = check_rating(draft, "points", "a rule")
    one_trigger = draft.exactly_one("on", "every")
    one_effect = draft.exactly_one("points", "discretion", "becomes")
    if one_trigger:
        kinds = tuple(kind for kind in draft.get("on") or () if kind != "enrolment")
        check_doers(draft, kinds, "on")
        if kinds and not set(kinds) & draft.scope.watched:
            told = f"no detector of this policy watches `{kinds[0]}`: the rule can never apply"
            draft.spot.remark(draft.at("on"), told)
    if one_effect:
        _check_amount(draft, rating)
    check_steps(draft, "every", "lapse", "cap.per", "repeat.within")


def _amounts(draft: Draft) -> list[int]:
    span = draft.get("discretion") or ()
    values = [each for each in (draft.get("points"), *span) if each is not None]
    return [int(entry.number) for each in values for entry in (*each.reported, *each.documented)]


def _check_amount(draft: Draft, rating: str | None) -> None:
    amounts = _amounts(draft)
    if draft.get("points") is not None and not any(amounts):
        draft.wrong("nought points do nothing", "points")
        return
    if rating is not None:
        _check_sign(draft, amounts, draft.scope.ratings[rating].polarity)
    cap: Cap | None = draft.get("cap")
    for most in (int(entry.number) for entry in (*cap.points.reported, *cap.points.documented)) if cap else ():
        if any(amount * most < 0 for amount in amounts):
            draft.wrong("the cap has the other sign than the points", "cap")
            return
        if any(abs(amount) > abs(most) for amount in amounts):
            draft.wrong("the cap is smaller than one award of points", "cap")
            return


def _check_sign(draft: Draft, amounts: list[int], polarity: str) -> None:
    field = "points" if draft.has("points") else "discretion"
    for kind in draft.get("on") or ():
        nature = draft.scope.events[kind].nature if kind in draft.scope.events else ""
        good = GOOD.get(nature, 0) * (1 if polarity == "merit" else -1)
        amount = next((each for each in amounts if each * good < 0), None)
        if amount is not None:
            verb = "punish" if nature == "merit" else "reward"
            article = "an" if nature == "offence" else "a"
            sign = "positive" if good > 0 else "negative"
            told = f"{amount} points would {verb} {kind}; in a {polarity} rating {article} {nature} has {sign} points"
            draft.wrong(told, field)
            return


SECTION = Section("rules", Rule, check)


# --- in words -------------------------------------------------------------------------------------------------------

def say(clause: Rule, policy: str = "") -> str:
    """What is taken or given for what, under which condition, how often and for how long."""
    who = whom(clause.subjects)
    parts = [sentence(_trigger(clause), _effect(clause, policy), if_text(clause.when, who, policy))]
    if clause.on and counts_itself(clause.when):
        parts.append(counts_itself(clause.when))
    if clause.repeat is not None:
        factor, within = plain(clause.repeat.factor), duration(clause.repeat.within)
        parts.append(f"Each earlier time within {within} multiplies this by {factor}.")
    if clause.cap is not None:
        parts.append(f"In any {duration(clause.cap.per)} these come to at most {_points(clause.cap.points)}.")
    return " ".join(parts)


def _trigger(clause: Rule) -> str:
    if clause.every is not None:
        return f"Every {duration(clause.every)} the {whom(clause.subjects)}"
    if clause.on == ("enrolment",):
        return f"On enrolment the {whom(clause.subjects)}"
    return f"A record of {either(map(nice, clause.on))}"


def _effect(clause: Rule, policy: str) -> str:
    rating = named(clause.rating, policy)
    subject = clause.every is not None or clause.on == ("enrolment",)
    if clause.becomes is not None:
        verb = f"falls in {rating}" if subject else f"makes the score of {rating} fall"
        return f"{verb} to {plain(clause.becomes)} {_duration(clause)}, unless it is worse already"
    if clause.discretion is not None:
        low, high = clause.discretion
        if sign(low) + sign(high) < 0:
            low, high = high, low
        span = f"{plain_size(low)} to {plain_size(high)} points {_side(low, subject)} {rating}"
        return f"{_verb(low, subject)} {span} {_duration(clause)}, at an official's discretion"
    if clause.points is None:
        return f"changes nothing in {rating}"
    told = f"{_verb(clause.points, subject)} {_points(clause.points)} {_side(clause.points, subject)} {rating}"
    return f"{told} {_duration(clause)}"


def _verb(points: Value, subject: bool) -> str:
    by_sign = {-1: ("takes", "loses"), 1: ("adds", "gains"), 0: ("changes the score by", "changes by")}
    return by_sign[sign(points)][subject]


def _side(points: Value, subject: bool = False) -> str:
    return "in" if subject else {-1: "from", 1: "to", 0: "in"}[sign(points)]


def _points(points: Value) -> str:
    told = plain_size(points) if sign(points) else plain(points)
    return f"{told} {'point' if is_always(points, 1) or is_always(points, -1) else 'points'}"


def _duration(clause: Rule) -> str:
    told = term(clause.lapse)
    return "for good" if told == "without end" else told
