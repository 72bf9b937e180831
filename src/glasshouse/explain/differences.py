"""What changes from one policy to another: clauses that come, go and change, field by field with both values."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from glasshouse.explain.page import SENTENCE, Line, Page, heading, note
from glasshouse.explain.policies import sections
from glasshouse.explain.values import field_text
from glasshouse.mechanisms import detector, enrolment, gate, indicator, listing, rating, remedy, rule, spread
from glasshouse.mechanisms.clause import Clause
from glasshouse.policy import Policy

_HEAD = (
    "title", "text", "source", "note", "authority", "written_for", "jurisdiction", "subjects", "in_force", "reads",
    "repeals", "legal_basis", "aim", "ai_system",
)


def difference(before: Policy, after: Policy) -> Page:
    """Everything that tells two policies apart, in the order of a life."""
    lines = [*_head(before, after), *(line for section in _pairs(before, after) for line in section)]
    if not lines:
        lines = [note("The two policies say the same.")]
    return Page(f"From {before.name} to {after.name}", tuple(lines))


def _head(before: Policy, after: Policy) -> Iterator[Line]:
    both = [(field, *(field_text(getattr(each, field), each.name) for each in (before, after))) for field in _HEAD]
    changes = [note(f"{field}: {old} → {new}", 1) for field, old, new in both if old != new]
    if changes:
        yield heading("The head")
        yield from changes


def _pairs(before: Policy, after: Policy) -> Iterator[Iterator[Line]]:
    for (section, old), (_, new) in zip(sections(before), sections(after), strict=True):
        yield _section(section, {each.id: each for each in old}, {each.id: each for each in new}, before, after)


def _section(
    section: str, old: dict[str, Clause], new: dict[str, Clause], before: Policy, after: Policy
) -> Iterator[Line]:
    lines = [
        *(line for name in old if name not in new for line in _whole("Gone", old[name], before)),
        *(line for name in old if name in new for line in _changed(old[name], new[name], before, after)),
        *(line for name in new if name not in old for line in _whole("New", new[name], after)),
    ]
    if lines:
        yield heading(section.capitalize())
        yield from lines


def _whole(word: str, clause: Clause, policy: Policy) -> Iterator[Line]:
    yield Line(SENTENCE, f"{word}: {clause.text}", 0, clause.id, clause.source, clause.confidence)
    yield Line(SENTENCE, say(clause, policy.name), 1, None, clause.source, clause.confidence)


def _changed(old: Clause, new: Clause, before: Policy, after: Policy) -> Iterator[Line]:
    changes = list(_fields(old, new, before, after))
    if changes:
        yield Line(SENTENCE, f"Changed: {new.text}", 0, new.id, new.source, new.confidence)
        yield from (note(change, 1) for change in changes)
        said = say(new, after.name)
        if said != say(old, before.name):
            yield Line(SENTENCE, f"Now: {said}", 1, None, new.source, new.confidence)


def _fields(old: BaseModel, new: BaseModel, before: Policy, after: Policy, path: str = "") -> Iterator[str]:
    """Every field that differs, with both values; parts and rows one by one."""
    for name in type(new).model_fields:
        yield from _field(getattr(old, name), getattr(new, name), before, after, f"{path}{name}")


def _field(old: object, new: object, before: Policy, after: Policy, path: str) -> Iterator[str]:
    if isinstance(old, BaseModel) and isinstance(new, BaseModel) and type(old) is type(new):
        yield from _fields(old, new, before, after, f"{path}.")
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _field(old.get(key), new.get(key), before, after, f"{path}.{key}")
    elif _rows(old) and _rows(new) and isinstance(old, tuple) and isinstance(new, tuple):
        for number in range(max(len(old), len(new))):
            rows = [each[number] if number < len(each) else None for each in (old, new)]
            yield from _field(rows[0], rows[1], before, after, f"{path}[{number + 1}]")
    elif path == "in_force" and (old, new) == (before.in_force, after.in_force):
        return
    else:
        was, now = field_text(old, before.name), field_text(new, after.name)
        if was != now:
            yield f"{path}: {was} → {now}"


def _rows(field: object) -> bool:
    return isinstance(field, tuple) and any(isinstance(each, BaseModel) for each in field)


def say(clause: Clause, policy: str) -> str:
    """The sentence of any clause of a policy."""
    match clause:
        case enrolment.Enrolment():
            return enrolment.say(clause, policy)
        case detector.Detector():
            return detector.say(clause, policy)
        case rating.Rating():
            return rating.say(clause, policy)
        case rule.Rule():
            return rule.say(clause, policy)
        case indicator.Indicator():
            return indicator.say(clause, policy)
        case listing.NamedList():
            return listing.say(clause, policy)
        case spread.Spread():
            return spread.say(clause, policy)
        case gate.Gate():
            return gate.say(clause, policy)
        case remedy.Remedy():
            return remedy.say(clause, policy)
    raise TypeError(f"{type(clause).__name__} is no clause of a policy")
