"""A detector is what the system comes to believe of what was done."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from glasshouse.conditions import Names
from glasshouse.grammar import Written
from glasshouse.mechanisms.clause import Clause, Draft, Factors, Frozen, Section, check_doers, check_factors
from glasshouse.mechanisms.words import (
    GROUND_WORDS,
    both,
    chance,
    digits,
    duration,
    either,
    factors_text,
    is_always,
    nice,
    plain,
    rate,
    sentence,
)
from glasshouse.reading.forms import (
    CHANCE,
    DURATION,
    RATE,
    TEXT,
    Field,
    factors_of,
    Form,
    grounded,
    name,
    names,
    truth,
    value,
    word,
)
from glasshouse.reading.margin import Spot
from glasshouse.reading.parts import part
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Leaf
from glasshouse.values import Value, constant
from glasshouse.vocabulary import GALLERIES, METHODS

WITH_FACTORS: Final = (
    "coverage", "hit_chance", "mistaken_chance", "false_rate", "view.cameras_per_resident",
    "identify.false_match_chance", "identify.miss_chance", "identify.outrank_chance", "link.wrong_chance",
)  # fmt: skip
NUMBER: Final = value(Written("number"))


def _gallery(item: Item, spot: Spot, scope: Scope) -> str | int | None:
    if isinstance(item, Leaf) and item.text in GALLERIES:
        return item.text
    if isinstance(item, Leaf) and item.text.isdecimal() and 0 < int(item.text[:12]) <= 10**10:
        return int(item.text[:12])
    told = f"`{item.text}`" if isinstance(item, Leaf) else "a list or map"
    spot.wrong(item, f"found {told}, expected {', '.join(GALLERIES)} or a number of faces")
    return None


GALLERY: Final = Form(_gallery, {"oneOf": [{"enum": list(GALLERIES)}, {"type": "integer", "minimum": 1}]})


class Review(Frozen):
    """A human check: override chances by ground (own, mistaken, unfounded..; absent: 0) and a delay."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("override_chance", grounded(least=False), required=True),
        Field("delay", DURATION, default=constant(0, "days")),
    )

    override_chance: dict[str, Value]
    delay: Value  # duration


class View(Frozen):
    """How much a camera network sees."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("cameras_per_resident", NUMBER, required=True),
        Field("recognising_share", CHANCE, required=True),
        Field("reach", NUMBER, required=True),
    )

    cameras_per_resident: Value
    recognising_share: Value
    reach: Value


class Identify(Frozen):
    """Whom a camera network takes a face for. ``gallery``: country, province, city, enrolled or a number of faces."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("gallery", GALLERY, required=True),
        Field("false_match_chance", CHANCE, required=True),
        Field("miss_chance", CHANCE, required=True),
        Field("outrank_chance", CHANCE, default=constant(0, "chance")),
    )

    gallery: str | int
    false_match_chance: Value
    miss_chance: Value
    outrank_chance: Value


class Link(Frozen):
    """A right face booked under a wrong name."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("wrong_chance", CHANCE, default=constant(0, "chance")),
    )

    wrong_chance: Value


class Detector(Clause):
    """One detector. Chances default to 1 (coverage, hit) and 0 (mistaken, false)."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("method", word(METHODS), required=True),
        Field("keeper", TEXT, required=True),
        Field("watches", names("events"), required=True),
        Field("coverage", CHANCE, default=constant(1, "chance")),
        Field("hit_chance", CHANCE, default=constant(1, "chance")),
        Field("mistaken_chance", CHANCE, default=constant(0, "chance")),
        Field("false_rate", RATE, default=constant(0, "per year")),
        Field("delay", DURATION, default=constant(0, "days")),
        Field("review", part(Review)),
        Field("tie", name("ties")),
        Field("view", part(View)),
        Field("identify", part(Identify)),
        Field("link", part(Link)),
        Field("purpose", TEXT),
        Field("biometric", truth(undeclared=True)),
        Field("real_time", truth(undeclared=True)),
        Field("factors", factors_of(*WITH_FACTORS)),
    )

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


# --- checks ---------------------------------------------------------------------------------------------------------


CAMERA_PARTS = ("view", "identify", "link")


def check(draft: Draft) -> None:
    """Each method has the fields it needs and none that belong to another; a camera sees public places only."""
    method = draft.get("method")
    if method == "camera":
        _check_camera(draft)
    elif method is not None:
        for field in CAMERA_PARTS:
            if draft.has(field):
                draft.wrong(f"`{field}` belongs to method camera", field)
    if method == "report" and not draft.has("tie"):
        draft.wrong("a report needs `tie`: who reports whom?")
    if method not in ("report", None) and draft.has("tie"):
        draft.wrong("`tie` belongs to method report", "tie")
    check_doers(draft, draft.get("watches") or (), "watches")
    check_factors(draft)


def _check_camera(draft: Draft) -> None:
    for field in ("view", "identify"):
        if not draft.has(field):
            draft.wrong(f"a camera detector needs `{field}`")
    if draft.has("mistaken_chance"):
        told = "in a camera network mistakes come from `identify` and `link`; leave out mistaken_chance"
        draft.wrong(told, "mistaken_chance")
    for kind in draft.get("watches") or ():
        if kind in draft.scope.events and draft.scope.events[kind].place != "public":
            draft.wrong(f"a camera cannot see `{kind}`: its place is not public", "watches")


def _link_of_cameras(found: dict[str, Any], names: Names) -> None:
    """A camera network without a word on linking links every face rightly."""
    if found["method"] == "camera":
        found.setdefault("link", Link(wrong_chance=constant(0, "chance")))


SECTION = Section("detectors", Detector, check, complete=_link_of_cameras)


# --- in words -------------------------------------------------------------------------------------------------------

_METHODS = {
    "register": "A register kept by {keeper} takes down",
    "camera": "Cameras run for {keeper} watch for",
    "report": "Those tied as “{tie}” report to {keeper}",
    "self": "The subjects themselves report to {keeper}",
    "inspection": "Inspections by {keeper} look for",
    "online": "The online systems of {keeper} see",
}
_GALLERIES = {
    "country": "of the whole country", "province": "of the province", "city": "of the city",
    "enrolled": "of all who are enrolled",
}


def say(clause: Detector, policy: str = "") -> str:
    """What is noticed, how often, about whom wrongly, and who looks at it before it counts."""
    begin = _METHODS[clause.method].format(keeper=nice(clause.keeper), tie=nice(clause.tie or ""))
    reach = "" if is_always(clause.coverage, 1) else f"for {chance(clause.coverage)} of the subjects"
    parts = [
        sentence(begin, either(map(nice, clause.watches)), reach),
        *_seen(clause),
        _mistakes(clause),
        _invented(clause),
        _then(clause),
        factors_text(clause.factors),
    ]
    return " ".join(part for part in parts if part)


def _seen(clause: Detector) -> list[str]:
    """How often an event is noticed, and whom a camera takes its doer for."""
    hit = f"{chance(clause.hit_chance)} of the events {_in_reach(clause)} are noticed".replace("all of the", "All")
    if clause.view is None or clause.identify is None or clause.link is None:
        return [sentence(hit)]
    view, identify = clause.view, clause.identify
    gallery = identify.gallery
    faces = f"of {digits(gallery)} faces" if isinstance(gallery, int) else _GALLERIES[gallery]
    return [
        sentence(
            f"There are {plain(view.cameras_per_resident)} cameras a resident, {chance(view.recognising_share)} of",
            "them recognise faces, and an event comes before one of these with a chance that grows with both and with",
            f"a reach of {plain(view.reach)}",
        ),
        sentence(hit),
        sentence(
            f"The face is searched for in the gallery {faces}: two strangers are taken for one another in",
            f"{chance(identify.false_match_chance)} comparisons, the true face is missed in",
            f"{chance(identify.miss_chance)} cases, and a stranger who passes is ranked above the true face in",
            f"{chance(identify.outrank_chance)}; {chance(clause.link.wrong_chance)} of the right faces are booked to",
            "somebody else",
        ),
    ]


def _in_reach(clause: Detector) -> str:
    if clause.method == "camera":
        return "before such a camera"
    return "" if is_always(clause.coverage, 1) else "in reach"


def _mistakes(clause: Detector) -> str:
    if clause.method == "camera":
        return ""
    if is_always(clause.mistaken_chance, 0):
        return "No record lands on somebody else."
    return sentence(chance(clause.mistaken_chance), "of the records land on somebody else")


def _invented(clause: Detector) -> str:
    if is_always(clause.false_rate, 0):
        return ""
    return sentence("Records of what nobody did arise", rate(clause.false_rate), "subjects" * _among(clause))


def _among(clause: Detector) -> bool:
    return rate(clause.false_rate).endswith(("0", "million", "billion"))


def _then(clause: Detector) -> str:
    """Delay and human check."""
    late = "at once" if is_always(clause.delay, 0) else f"{duration(clause.delay)} later"
    if clause.review is None:
        return f"A record arrives {late}; nobody checks it."
    struck = [
        f"{chance(value)} where {GROUND_WORDS[ground]}" for ground, value in clause.review.override_chance.items()
    ]
    wait = "" if is_always(clause.review.delay, 0) else f" within {duration(clause.review.delay)}"
    return f"A record arrives {late}; somebody checks it{wait} and strikes out {both(struck)}."
