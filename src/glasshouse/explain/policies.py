"""A policy as a page that a lawyer can follow: who rates whom on what basis, then a life from enrolment to remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from glasshouse.explain.page import SENTENCE, Line, Page, heading, note
from glasshouse.explain.values import force_text, noted_values
from glasshouse.mechanisms import detector, enrolment, event, gate, indicator, listing, rating, remedy, rule, spread
from glasshouse.mechanisms.clause import Clause
from glasshouse.mechanisms.gate import Gate
from glasshouse.mechanisms.words import both, digits, either, named, nice, sign
from glasshouse.policy import Conduct, Policy

AnyClause = TypeVar("AnyClause", bound=Clause)

_CHARTER: Final = {
    "detectors": ("purpose", "biometric", "real_time"),
    "ratings": ("disclosure",),
    "lists": ("notice", "reasons", "hearing", "publicity"),
}
"""Fields that only a charter asks and a document may leave silent."""
_DISCLOSURE: Final = {
    "formula": "The formula is disclosed.", "score": "The score is disclosed, not its formula.",
    "tier": "Only the tier is disclosed.", "none": "Nothing of it is disclosed.",
}


def explain(policy: Policy, conduct: Conduct | None = None, facts: Mapping[str, str] | None = None) -> Page:
    """A whole policy in plain words. ``facts`` gives a line of text to ids of sources."""
    lines = [
        *_head(policy),
        *_section("Who is rated", policy.enrolment, enrolment.say, policy),
        *_section("What is noticed", policy.detectors, detector.say, policy, _detector_notes),
        *_ratings(policy),
        *_lists(policy),
        *_gates(policy),
        *_section("How to get off a list or get points back", policy.remedies, remedy.say, policy),
        *_silences(policy),
        *(_vocabulary(policy, conduct) if conduct is not None else ()),
        *_sources(policy, facts or {}),
    ]
    return Page(f"{policy.title} ({policy.name})", tuple(lines))


# --- the head ------------------------------------------------------------------------------------------------------


def _head(policy: Policy) -> Iterator[Line]:
    authority = policy.authority
    yield Line(SENTENCE, policy.text, 0, None, policy.source)
    yield note(f"Who rates: {authority.name} ({authority.kind}, {authority.level} level).")
    yield note(f"Whom: {both(policy.subjects)}.")
    yield note(f"Where: {policy.jurisdiction}.")
    yield note(f"When: {force_text(policy.in_force)}.")
    yield note(f"Legal basis: {_declared(policy.legal_basis)}.")
    yield note(f"Aim: {_declared(policy.aim)}.")
    yield note(f"An AI system: {_declared(policy.ai_system)}.")
    if policy.reads:
        yield note(f"Reads the lists, tiers and records of: {both(policy.reads)}.")
    else:
        yield note("Reads no other policy.")
    if policy.repeals:
        yield note(f"Repeals: {both(policy.repeals)}.")
    yield note(f"Written for the conduct document {policy.written_for}. {_trust(policy)}")
    if policy.note is not None:
        yield note(f"Note: {policy.note}")


def _declared(field: bool | str) -> str:
    if isinstance(field, bool):
        return "declared to be one" if field else "declared not to be one"
    return "not declared" if field == "undeclared" else field.rstrip(".")


def _trust(policy: Policy) -> str:
    """How much of the document is known and how much is made up."""
    every = [clause for _, clauses in sections(policy) for clause in clauses]
    counts = {word: sum(clause.confidence == word for clause in every) for word in
              ("verified", "derived", "background", "intention", "invented")}
    told = both(f"{number} {word}" for word, number in counts.items() if number)
    return f"Of its {len(every)} clauses, by confidence: {told}." if every else "It has no clauses."


def sections(policy: Policy) -> tuple[tuple[str, Sequence[Clause]], ...]:
    """The sections of a policy in the order of a life."""
    return (
        ("enrolment", policy.enrolment), ("detectors", policy.detectors), ("ratings", policy.ratings),
        ("rules", policy.rules), ("indicators", policy.indicators), ("lists", policy.lists),
        ("spread", policy.spread), ("gates", policy.gates), ("remedies", policy.remedies),
    )


# --- clauses -------------------------------------------------------------------------------------------------------


def _section(
    title: str,
    clauses: Iterable[AnyClause],
    say: Callable[[AnyClause, str], str],
    policy: Policy,
    more: Callable[[AnyClause], Iterator[Line]] | None = None,
) -> Iterator[Line]:
    found = tuple(clauses)
    if found:
        yield heading(title)
    for clause in found:
        yield from clause_lines(clause, say(clause, policy.name), policy)
        if more is not None:
            yield from more(clause)


def clause_lines(clause: Clause, sentence: str, policy: Policy) -> Iterator[Line]:
    """The clause's own text with its source, then what it says exactly, then what is particular about it."""
    yield Line(SENTENCE, clause.text, 0, clause.id, clause.source, clause.confidence)
    if _plain(sentence) != _plain(clause.text):
        yield Line(SENTENCE, sentence, 1, None, clause.source, clause.confidence)
    special = []
    if clause.in_force is not None and clause.in_force != policy.in_force:
        special.append(f"In force {force_text(clause.in_force)}.")
    if clause.reading is not None:
        special.append(f"Exists in the {clause.reading} reading only.")
    if clause.legal_basis not in (policy.legal_basis, "undeclared"):
        special.append(f"Legal basis: {clause.legal_basis.rstrip('.')}.")
    if clause.note is not None:
        special.append(f"Note: {clause.note}")
    if special:
        yield note(" ".join(special), 1)
    yield from noted_values(clause)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _detector_notes(clause: detector.Detector) -> Iterator[Line]:
    told = []
    if clause.purpose != "undeclared":
        told.append(f"Purpose: {clause.purpose.rstrip('.')}.")
    if isinstance(clause.biometric, bool):
        told.append("It is biometric." if clause.biometric else "It is not biometric.")
    if isinstance(clause.real_time, bool):
        told.append("It works in real time." if clause.real_time else "It does not work in real time.")
    if told:
        yield note(" ".join(told), 1)


def _ratings(policy: Policy) -> Iterator[Line]:
    for clause in policy.ratings:
        path = f"{policy.name}/{clause.id}"
        yield heading(f"The rating “{clause.id}”")
        yield from clause_lines(clause, rating.say(clause, policy.name), policy)
        if clause.disclosure in _DISCLOSURE:
            yield note(_DISCLOSURE[clause.disclosure], 1)
        yield from _tiers(clause, policy)
        rules = tuple(each for each in policy.rules if each.rating == path)
        if rules:
            yield heading(f"What moves “{clause.id}”", 2)
        for each in rules:
            yield from clause_lines(each, rule.say(each, policy.name), policy)
        indicators = tuple(each for each in policy.indicators if each.rating == path)
        if indicators:
            yield heading(f"What “{clause.id}” is made of", 2)
        for part in indicators:
            yield from clause_lines(part, indicator.say(part, policy.name), policy)


def _tiers(clause: rating.Rating, policy: Policy) -> Iterator[Line]:
    """Tiers that have words or sources of their own; those of one source together."""
    together: dict[tuple[tuple[str, ...], str | None], list[str]] = {}
    for row in clause.tiers:
        if row.text:
            told = f"Tier {rating.say_tier(row, clause, policy.name)}: {row.text}"
            yield Line(SENTENCE, told, 1, None, row.source or clause.source, row.confidence or clause.confidence)
        elif row.source:
            together.setdefault((row.source, row.confidence), []).append(row.tier)
    for (source, confidence), tiers in together.items():
        yield Line(SENTENCE, f"Tier{'s' * (len(tiers) > 1)} {both(tiers)}: source", 1, None, source, confidence)


def _lists(policy: Policy) -> Iterator[Line]:
    for clause in policy.lists:
        yield heading(f"The list “{clause.id}”")
        safeguards = listing.say_safeguards(clause)
        merged = "A listed subject has one case at a time." if clause.cases == "one" else ""
        yield from clause_lines(clause, f"{merged} {safeguards}".strip() or clause.text, policy)
        for row in clause.enter:
            told = f"{row.text or ''} {listing.say_row(row, clause, policy.name)}".strip()
            yield Line(SENTENCE, told, 1, None, row.source or clause.source, row.confidence or clause.confidence)
        if not clause.enter:
            yield note("Nobody comes on it by a record or condition of his own: only by a tie.", 1)
    yield from _section("Whom a listing reaches besides", policy.spread, spread.say, policy)


def _gates(policy: Policy) -> Iterator[Line]:
    kinds = {"What is refused": [], "What is made worse": [], "What is made better": []}  # type: dict[str, list[Gate]]
    for clause in policy.gates:
        kinds[_kind_of(clause)].append(clause)
    for title, clauses in kinds.items():
        yield from _section(title, clauses, gate.say, policy, lambda each: _gate_notes(each, policy))


def _kind_of(clause: Gate) -> str:
    effect, value = clause.then.effect, clause.then.amount
    if value is None:
        return "What is refused"
    better = (effect in ("price", "wait") and sign(value) < 0) or (effect == "rank" and sign(value) > 0)
    return "What is made better" if better else "What is made worse"


def _gate_notes(clause: Gate, policy: Policy) -> Iterator[Line]:
    told = []
    if clause.severity is not None:
        told.append(f"It weighs {clause.severity} of 5.")
    if clause.asked_by != policy.authority.kind:
        told.append(f"It is asked by a {clause.asked_by} body.")
    if told:
        yield note(" ".join(told), 1)


# --- what is not said ----------------------------------------------------------------------------------------------


def _silences(policy: Policy) -> Iterator[Line]:
    """What the document leaves undeclared, and which safeguards no clause provides."""
    told = [*_undeclared(policy), *_missing(policy)]
    if told:
        yield heading("What the document does not say or provide")
        yield from (note(each) for each in told)


def _undeclared(policy: Policy) -> Iterator[str]:
    for field in ("legal_basis", "aim", "ai_system"):
        if getattr(policy, field) == "undeclared":
            yield f"The policy does not declare its {_field_words(field)}."
    by_section = dict(sections(policy))
    for section, fields in _CHARTER.items():
        silent: dict[tuple[str, ...], list[str]] = {}
        for clause in by_section[section]:
            words = tuple(_field_words(field) for field in fields if getattr(clause, field) == "undeclared")
            silent.setdefault(words, []).append(f"“{clause.id}”")
        for words, ids in silent.items():
            if words:
                yield f"{both(ids)} {'does' if len(ids) == 1 else 'do'} not declare: {', '.join(words)}."


def _field_words(field: str) -> str:
    return {"ai_system": "being an AI system or not", "real_time": "working in real time"}.get(field, nice(field))


def _missing(policy: Policy) -> Iterator[str]:
    unchecked = [f"“{clause.id}”" for clause in policy.detectors if clause.review is None]
    if unchecked:
        yield f"Nobody checks the records of {both(unchecked)} before they count."
    absent: dict[str, list[str]] = {"appeal against": [], "repair of": []}
    for section, target in ((policy.ratings, "ratings"), (policy.lists, "lists")):
        for each in section:
            path = f"{policy.name}/{each.id}"
            kinds = {found.kind for found in policy.remedies if path in getattr(found, target)}
            for word, names in absent.items():
                if word.split()[0] not in kinds:
                    names.append(named(path, policy.name))
    yield from (f"There is no {word} {either(names)}." for word, names in absent.items() if names)


# --- words and sources ---------------------------------------------------------------------------------------------


def _vocabulary(policy: Policy, conduct: Conduct) -> Iterator[Line]:
    """What the events and services that the policy names are in the world."""
    kinds = {kind for each in policy.detectors for kind in each.watches}
    asked = {service for each in policy.gates for service in each.services}
    events = [each for each in conduct.events if each.id in kinds]
    services = [each for each in conduct.services if each.id in asked]
    if events:
        yield heading("The events watched, in the words of the conduct document")
    for kind in events:
        yield Line(SENTENCE, kind.text, 0, kind.id, kind.source, kind.confidence)
        yield Line(SENTENCE, event.say_law(kind), 1, None, kind.source, kind.confidence)
    if services:
        yield heading("The services at stake, in the words of the conduct document")
    for need in services:
        yield Line(SENTENCE, need.text, 0, need.id, need.source, need.confidence)
        yield Line(SENTENCE, event.say_right(need), 1, None, need.source, need.confidence)


def _sources(policy: Policy, facts: Mapping[str, str]) -> Iterator[Line]:
    counts: dict[str, int] = dict.fromkeys(policy.source, 0)
    for _, clauses in sections(policy):
        for clause in clauses:
            for source in clause.source:
                counts[source] = counts.get(source, 0) + 1
    if counts:
        yield heading("Sources")
    for source, number in counts.items():
        clauses_word = "clause" if number == 1 else "clauses"
        names = f"named by {digits(number)} {clauses_word}" if number else "named by the head"
        known = "made up for this document" if source == "invented" else facts.get(source, "")
        yield note(f"{source}: {known + '; ' if known else ''}{names}.")
