"""A rating is a named score with its tiers."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Frozen
from glasshouse.mechanisms.words import duration, if_text, plain, sentence, whom
from glasshouse.values import Value


class TierRow(Frozen):
    """One tier, best first; the first that fits counts. ``at_least`` is the document's ``from`` (points)."""

    tier: str
    at_least: Value | None = None
    when: Condition | None = None
    text: str | None = None
    source: tuple[str, ...] = ()
    confidence: str | None = None


class Rating(Clause):
    """A score. ``publish`` is a duration; ``start`` exists with method points only."""

    method: str  # points | weighted
    polarity: str  # merit | demerit
    start: Value | None = None
    floor: Value
    ceiling: Value
    publish: Value
    tiers: tuple[TierRow, ...]
    disclosure: str = "undeclared"


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
