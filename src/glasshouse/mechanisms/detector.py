"""A detector is what the system comes to believe of what was done."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from glasshouse.conditions import Names
from glasshouse.mechanisms.clause import Clause, Draft, Factors, Frozen, Section, check_doers, check_factors
from glasshouse.mechanisms.words import (
    both,
    chance,
    digits,
    duration,
    factors_text,
    ground_chances,
    is_always,
    nice,
    plain,
    rate_among,
    sentence,
    share_of,
)
from glasshouse.reading.factors import factors_of
from glasshouse.reading.forms import (
    CHANCE,
    DURATION,
    RATE,
    TEXT,
    Field,
    Form,
    grounded,
    name,
    names,
    truth,
    value,
    word,
)
from glasshouse.reading.leaves import Written
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
    mistaken: Value | None = draft.get("mistaken_chance")
    if mistaken is not None and any(entry.number for entry in (*mistaken.reported, *mistaken.documented)):
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
    "register": "A register kept by “{keeper}” takes down {events}",
    "camera": "Cameras run for “{keeper}” watch for {events}",
    "report": "Those tied to the doer as “{tie}” report {events}",
    "self": "The subjects themselves report {events} to “{keeper}”",
    "inspection": "Inspections by “{keeper}” look for {events}",
    "online": "The online systems of “{keeper}” see {events}",
}
_GALLERIES = {
    "country": "of the whole country", "province": "of the province", "city": "of the city",
    "enrolled": "of all who are enrolled",
}


def say(clause: Detector, policy: str = "") -> str:
    """What is noticed, how often, about whom wrongly, and who looks at it before it counts."""
    events, tie = both(map(nice, clause.watches)), nice(clause.tie or "")
    parts = [
        sentence(_METHODS[clause.method].format(keeper=nice(clause.keeper), events=events, tie=tie)),
        "" if is_always(clause.coverage, 1) else share_of("the subjects", "are in its reach", clause.coverage),
        *(_camera(clause) if clause.method == "camera" else _seen(clause)),
        _unfounded(clause),
        _then(clause),
        factors_text(clause.factors),
    ]
    return " ".join(part for part in parts if part)


def _seen(clause: Detector) -> list[str]:
    """How often an event is noticed and how often it is charged to somebody else."""
    reach = "" if is_always(clause.coverage, 1) else " in reach"
    noticed = share_of(f"the events{reach}", "are noticed", clause.hit_chance)
    if is_always(clause.mistaken_chance, 0):
        return [noticed, "No record lands on somebody else."]
    return [noticed, share_of("the records", "land on somebody else", clause.mistaken_chance)]


def _camera(clause: Detector) -> list[str]:
    """How much is seen, whom a face is taken for, and under whose name it is booked."""
    view, identify, link = clause.view, clause.identify, clause.link
    if view is None or identify is None or link is None:
        return _seen(clause)
    gallery = identify.gallery
    faces = f"of {digits(gallery)} faces" if isinstance(gallery, int) else _GALLERIES[gallery]
    return [
        f"Cameras a resident: {plain(view.cameras_per_resident)};",
        f"share of them that recognises faces: {chance(view.recognising_share)}; reach: {plain(view.reach)}",
        "(an event comes before such a camera with the chance 1 - exp(-cameras x share x reach)).",
        share_of("the events before such a camera", "are noticed", clause.hit_chance),
        f"The face is searched for in the gallery {faces}.",
        f"Comparisons in which two strangers are taken for one another: {chance(identify.false_match_chance)};",
        f"true faces missed: {chance(identify.miss_chance)};",
        f"strangers above the threshold who are ranked above the true face: {chance(identify.outrank_chance)};",
        f"right faces booked to somebody else: {chance(link.wrong_chance)}.",
    ]


def _unfounded(clause: Detector) -> str:
    if is_always(clause.false_rate, 0):
        return ""
    return sentence("Records of what nobody did arise", rate_among(clause.false_rate, clause.subjects))


def _then(clause: Detector) -> str:
    """Delay and human check."""
    late = "at once" if is_always(clause.delay, 0) else f"{duration(clause.delay)} later"
    if clause.review is None:
        return f"A record arrives {late}; nobody checks it."
    wait = "" if is_always(clause.review.delay, 0) else f" within {duration(clause.review.delay)}"
    struck = ground_chances(clause.review.override_chance, ("own", "mistaken", "unfounded"))
    return f"A record arrives {late}; somebody checks it{wait} and strikes it out: {struck}."
