"""A detector is what the system comes to believe of what was done."""

from __future__ import annotations

from glasshouse.mechanisms.clause import Clause, Factors, Frozen
from glasshouse.values import Value


class Review(Frozen):
    """A human check: override chances by ground (own, mistaken, unfounded..; absent: 0) and a delay."""

    override_chance: dict[str, Value]
    delay: Value  # duration


class View(Frozen):
    """How much a camera network sees."""

    cameras_per_resident: Value
    recognising_share: Value
    reach: Value


class Identify(Frozen):
    """Whom a camera network takes a face for. ``gallery``: country, province, city, enrolled or a number of faces."""

    gallery: str | int
    false_match_chance: Value
    miss_chance: Value
    outrank_chance: Value


class Link(Frozen):
    """A right face booked under a wrong name."""

    wrong_chance: Value


class Detector(Clause):
    """One detector. Chances default to 1 (coverage, hit) and 0 (mistaken, false)."""

    method: str
    keeper: str
    watches: tuple[str, ...]
    """Kinds of events, sets expanded, in the order written, each once."""
    coverage: Value
    hit_chance: Value
    mistaken_chance: Value
    false_rate: Value  # per year
    delay: Value  # duration
    review: Review | None = None
    tie: str | None = None
    view: View | None = None
    identify: Identify | None = None
    link: Link | None = None
    purpose: str = "undeclared"
    biometric: bool | str = "undeclared"
    real_time: bool | str = "undeclared"
    factors: Factors = {}
