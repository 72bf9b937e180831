"""A rating is a named score with its tiers."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Draft, Frozen, Section, check_steps
from glasshouse.mechanisms.statements import if_text
from glasshouse.mechanisms.words import duration, plain, sentence, whom
from glasshouse.reading.forms import DURATION, POINTS, SOURCE, TEXT, Field, condition, word
from glasshouse.reading.parts import rows
from glasshouse.values import Value
from glasshouse.vocabulary import CONFIDENCES


class TierRow(Frozen):
    """One tier, best first; the first that fits counts. ``at_least`` is the document's ``from`` (points)."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("tier", TEXT, required=True),
        Field("from", POINTS, attribute="at_least"),
        Field("when", condition("tier")),
        Field("text", TEXT),
        Field("source", SOURCE),
        Field("confidence", word(CONFIDENCES)),
    )

    tier: str
    at_least: Value | None = None
    when: Condition | None = None
    text: str | None = None
    source: tuple[str, ...] = ()
    confidence: str | None = None


class Rating(Clause):
    """A score. ``publish`` is a duration; ``start`` exists with method points only."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("method", word(("points", "weighted")), required=True),
        Field("polarity", word(("merit", "demerit")), default="merit"),
        Field("start", POINTS),
        Field("floor", POINTS, required=True),
        Field("ceiling", POINTS, required=True),
        Field("publish", DURATION, required=True),
        Field("tiers", rows(TierRow), required=True),
        Field("disclosure", word(("formula", "score", "tier", "none"), undeclared=True)),
    )

    method: str  # points | weighted
    polarity: str  # merit | demerit
    start: Value | None = None
    floor: Value
    ceiling: Value
    publish: Value
    tiers: tuple[TierRow, ...]
    disclosure: str = "undeclared"


# --- checks ---------------------------------------------------------------------------------------------------------


def check(draft: Draft) -> None:
    """The scale holds the start and the bounds; tiers stand best first and catch everybody."""
    method = draft.get("method")
    if method == "points" and not draft.has("start"):
        draft.wrong("`start` is missing")
    if method == "weighted" and draft.has("start"):
        draft.wrong("a weighted rating has no start", "start")
    tiers: tuple[TierRow, ...] = draft.get("tiers") or ()
    if tiers and _tiers_fit(draft, tiers):
        check_scale(draft, draft.get("start"), "start")
        _remark_unreached(draft, tiers)
    check_steps(draft, "publish")


def _bounds(value: Value | None) -> list[int]:
    return [int(entry.number) for entry in (*value.reported, *value.documented)] if value is not None else []


def check_scale(draft: Draft, value: Value | None, what: str) -> bool:
    """Whether a value lies between floor and ceiling on every day; the first that does not is noted."""
    lowest, highest = _bounds(draft.get("floor")), _bounds(draft.get("ceiling"))
    outside = [number for number in _bounds(value) if lowest and highest and not min(lowest) <= number <= max(highest)]
    if outside and what == "tiers":
        draft.wrong_in("tiers", f"{outside[0]} lies outside floor and ceiling")
    elif outside:
        draft.wrong(f"{what} {outside[0]} lies outside floor and ceiling", what)
    return not outside


def _tiers_fit(draft: Draft, tiers: tuple[TierRow, ...]) -> bool:
    named = [row.tier for row in tiers]
    bounds = [_bounds(row.at_least) for row in tiers]
    demerit = draft.get("polarity") == "demerit"
    pairs = [(a, b) for a, b in pairwise(bounds) if a and b]
    wrong = (
        ("a tier stands twice", len(set(named)) < len(named)),
        (
            "in a demerit rating every tier has a `from`, the first the floor",
            demerit and not _from_floor(draft, bounds),
        ),
        (
            "tiers stand best first: in a demerit rating `from` rises from row to row",
            demerit and any(min(b) <= max(a) for a, b in pairs),
        ),
        (
            "tiers stand best first: in a merit rating `from` falls from row to row",
            not demerit and any(max(b) > min(a) for a, b in pairs),
        ),
        ("the last tier catches the rest: leave out its `from`", not demerit and bool(bounds[-1])),
        ("the last tier catches the rest: it has no condition", not demerit and tiers[-1].when is not None),
    )
    found = next((message for message, is_so in wrong if is_so), None)
    if found is not None:
        draft.wrong_in("tiers", found)
        return False
    return all(check_scale(draft, row.at_least, "tiers") for row in tiers)


def _from_floor(draft: Draft, bounds: list[list[int]]) -> bool:
    """Whether every tier has a bound, and the first the floor (a rising order is asked for before this)."""
    if not all(bounds):
        return False
    rises = all(min(b) > max(a) for a, b in pairwise(bounds))
    return not rises or not _bounds(draft.get("floor")) or min(bounds[0]) == min(_bounds(draft.get("floor")))


def _remark_unreached(draft: Draft, tiers: tuple[TierRow, ...]) -> None:
    """Remark tiers that an earlier one leaves nothing for."""
    lowest = min(_bounds(draft.get("floor")), default=None)
    if draft.get("polarity") == "demerit" or lowest is None:
        return
    left: int | None = None
    for row in tiers:
        bound = max(_bounds(row.at_least), default=lowest)
        if left is not None and (left <= lowest or bound >= left):
            draft.spot.into("tiers").remark(draft.at("tiers"), f"tier `{row.tier}` is never reached")
        if row.when is None:
            left = bound if left is None else min(left, bound)


SECTION = Section("ratings", Rating, check)


# --- in words -------------------------------------------------------------------------------------------------------

def say(clause: Rating, policy: str = "") -> str:
    """The scale, when it is published, and the tiers with their bounds."""
    scale = f"lies between {plain(clause.floor)} and {plain(clause.ceiling)} and is published every"
    every = duration(clause.publish).removeprefix("1 ")
    if clause.start is not None:
        begin = f"The score “{clause.id}” starts at {plain(clause.start)}, {scale} {every}"
    else:
        begin = f"The score “{clause.id}” is the weighted sum of its indicators; it {scale} {every}"
    better = "more points are better" if clause.polarity == "merit" else "more points are worse"
    tiers = ", ".join(say_tier(row, clause, policy) for row in clause.tiers)
    return sentence(f"{begin}; {better}. Its tiers, best first: {tiers}")


def say_tier(row: TierRow, clause: Rating, policy: str = "") -> str:
    """One tier with its bound and condition; the last of a merit rating holds the rest."""
    who = whom(clause.subjects)
    bound = f" from {plain(row.at_least)}" if row.at_least is not None else ""
    asked = f" {if_text(row.when, who, policy)}" if row.when is not None else ""
    rest = " for the rest" if not bound and not asked else ""
    return f"{row.tier}{bound}{asked}{rest}"
