"""Which mechanisms of the language fired in a run, read from its journal and its documents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML

from .journal import Journal, named

Fields = dict[str, Any]
TERMS = (
    "count", "amount", "score", "tier", "listed", "months_listed", "tie_any", "tie_share", "sanctioned", "refused",
    "watched", "within", "area",
)  # fmt: skip


@dataclass
class Documents:
    """The documents of a scenario as plain maps, clauses by their paths."""

    scenario: Fields = field(default_factory=dict)
    recipe: Fields = field(default_factory=dict)
    conduct: Fields = field(default_factory=dict)
    policies: dict[str, Fields] = field(default_factory=dict)
    clauses: dict[str, Fields] = field(default_factory=dict)
    """POLICY/CLAUSE for clauses of policies; the id alone for kinds and services."""


def read(texts: dict[str, str]) -> Documents:
    """Documents from their texts, unchecked."""
    found = Documents()
    for text in texts.values():
        content = YAML(typ="safe").load(text)
        kind = content["glasshouse"].split("/")[0]
        if kind == "policy":
            found.policies[content["name"]] = content
            for section in content.values():
                for row in section if isinstance(section, list) else []:
                    if isinstance(row, dict) and "id" in row:
                        found.clauses[f"{content['name']}/{row['id']}"] = row
        elif kind in ("scenario", "recipe", "conduct"):
            setattr(found, kind, content)
    for section in ("events", "services", "responses"):
        found.clauses |= {row["id"]: row for row in found.conduct.get(section, [])}
    return found


def mechanisms_reached(journal: Journal, texts: dict[str, str]) -> Counter[str]:
    """How often each mechanism left a trace in the journal of a run of these documents."""
    documents = read(texts)
    reached: Counter[str] = Counter()
    for table, names in READERS.items():
        rows = [named(table, row) for row in journal.get(table, [])]
        reached.update(names(rows, documents))
    reached.update(_standings(journal))
    return reached


def _clause(path: str, documents: Documents) -> Iterator[str]:
    """What any clause that fired says of itself: its window, its reading, its condition, its numbers."""
    clause = documents.clauses.get(path)
    if clause is None:
        return
    if "in_force" in clause:
        yield "clause.window"
    if "reading" in clause:
        yield "clause.reading"
    if "/" in path:
        policy = documents.policies[path.split("/")[0]]
        if policy["jurisdiction"] != documents.recipe["areas"][0]["area"]:
            yield "jurisdiction.part"
    yield from _condition(clause.get("when"))
    yield from _numbers(clause)


def _condition(text: str | None) -> Iterator[str]:
    if text is None:
        return
    yield from (f"condition.{term}" for term in TERMS if re.search(rf"\b{term}\b", re.sub(r'"[^"]*"', "", text)))
    for word in ("and", "or", "not", "in"):
        if re.search(rf"\b{word}\b", text):
            yield f"condition.{word}"
    if re.search(r"\d <=? \w+ <", text):
        yield "condition.chain"
    if re.search(r"\b(age|income|sex|work|schooling|settled|account|urban)\b", text):
        yield "condition.attribute"


def _numbers(clause: Fields) -> Iterator[str]:
    for name, content in clause.items():
        if name == "factors":
            yield "value.factors"
        elif isinstance(content, dict) and "reported" in content:
            yield "value.reading"
        elif isinstance(content, dict) and any(hasattr(key, "year") for key in content):
            yield "value.dated"


def _enrolments(rows: list[Fields], documents: Documents) -> Iterator[str]:
    joined = set()
    for row in rows:
        yield f"enrolment.{row['what']}"
        who = (row["subject"], row["rating"])
        if row["what"] == "joined":
            if who in joined:
                yield "enrolment.returned"
            joined.add(who)
        policy, rating = row["rating"].split("/")
        clauses = [c for c in documents.policies[policy].get("enrolment", []) if rating in c.get("of", [rating])]
        for clause in clauses:
            yield f"enrolment.{clause['mode']}"
            if row["what"] == "left" and "withdraw" in clause:
                yield "enrolment.left.withdrawal"
        if len(clauses) > 1:
            yield "enrolment.several"


def _events(rows: list[Fields], documents: Documents) -> Iterator[str]:
    for row in rows:
        clause = documents.clauses[row["kind"]]
        yield "event"
        yield from (f"event.{name}" for name in ("limit", "instances", "protected", "propensity") if name in clause)
        if row["amount"] >= 0:
            yield "event.amount"
        if "follows" in clause:
            yield "event.follows"
            if "follows" in documents.clauses[clause["follows"]["event"]]:
                yield "event.follows.follows"
        yield from _clause(row["kind"], documents)


def _records(rows: list[Fields], documents: Documents) -> Iterator[str]:
    for row in rows:
        detector = documents.clauses[row["detector"]]
        yield f"record.{row['what']}"
        yield f"record.{row['what']}.{row['ground']}"
        yield f"detector.{detector['method']}"
        yield f"detector.{detector['method']}.{row['ground']}"
        if row["step"] > row["event_step"]:
            yield "record.delayed"
        if detector["method"] == "camera":
            gallery = detector["identify"]["gallery"]
            yield f"camera.gallery.{gallery if isinstance(gallery, str) else 'number'}"
        if "coverage" in detector:
            yield "detector.coverage"
        yield from _clause(row["detector"], documents)


def _points(rows: list[Fields], documents: Documents) -> Iterator[str]:
    for row in rows:
        rule = documents.clauses[row["rule"]]
        yield f"points.{row['what']}"
        yield from _clause(row["rule"], documents)
        if row["what"] in ("asked", "reversed"):
            remedy = documents.clauses[row["clause"]]
            yield f"points.{row['what']}.{remedy['kind']}"
            yield from _clause(row["clause"], documents)
        clause = documents.clauses[row["rating"]]
        start = clause.get("start", 0)
        if isinstance(start, int) and row["score"] != start + row["live_sum"]:
            yield "score.clipped"
        yield f"rating.{clause.get('polarity', 'merit')}"
        if row["what"] == "awarded":
            yield from _award(row, rule)


def _award(row: Fields, rule: Fields) -> Iterator[str]:
    amount = abs(row["amount"])
    for effect in ("points", "discretion", "becomes", "every"):
        if effect in rule:
            yield f"rule.{effect}"
    if rule.get("on") == "enrolment":
        yield "rule.enrolment"
    yield f"points.ground.{row['ground']}"
    base = _whole_numbers(rule.get("points", rule.get("discretion")))
    if base and "cap" in rule and "repeat" not in rule and amount < min(base):
        yield "rule.cap.cut"
    if base and "repeat" in rule and (amount > max(base) or ("cap" not in rule and amount < min(base))):
        yield "rule.repeat"
    if "becomes" in rule and amount == 0:
        yield "rule.becomes.nothing"


def _whole_numbers(content: Any) -> list[int]:
    """The sizes of all whole numbers a value may take."""
    if isinstance(content, bool) or isinstance(content, str):
        return []
    if isinstance(content, int):
        return [abs(content)]
    parts = content.values() if isinstance(content, dict) else content or []
    return [number for part in parts for number in _whole_numbers(part)]


def _listings(rows: list[Fields], documents: Documents) -> Iterator[str]:
    opened: dict[tuple[Any, ...], Fields] = {}
    asked: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        key = (row["standing"], row["subject"], row["list"], row["case"])
        yield f"listing.{row['what']}"
        if row["what"] == "entered":
            opened[key] = row
            yield from _entry(row, documents)
        elif row["what"] == "renewed":
            yield f"listing.ground.{row['ground']}"
        elif row["what"] == "asked":
            remedy = documents.clauses[row["clause"]]
            asked[(*key, row["clause"])] += 1
            yield f"remedy.{remedy['kind']}.asked"
            yield from (f"remedy.{name}" for name in ("suspends", "after", "until", "when") if name in remedy)
            if asked[(*key, row["clause"])] > 1:
                yield "remedy.asked.again"
            yield from _clause(row["clause"], documents)
        else:
            yield f"listing.left.{row['ending'].replace(' ', '-')}"
            yield from _end(row, opened.get(key), asked, key)


def _entry(row: Fields, documents: Documents) -> Iterator[str]:
    yield f"listing.ground.{row['ground']}"
    if row["case"] > 0:
        yield "listing.further.case"
    yield {-1: "listing.term.none", -2: "listing.while", -3: "spread.as_source"}.get(row["term_end"], "listing.term")
    if row["row"] < 0:
        spread = documents.clauses[row["clause"]]
        yield "spread"
        if "when" in spread:
            yield "spread.when"
        if spread["from"] == spread["list"]:
            yield "spread.into.itself"
        if row["term_end"] >= 0:
            yield "spread.term"
        if row["origin"].split(":")[1].split("/")[0] != row["list"].split("/")[0]:
            yield "spread.across.policies"
        yield from _clause(row["clause"], documents)
        return
    rows = documents.clauses[row["list"]]["enter"]
    entry = rows[row["row"]]
    yield "enter." + ".".join(part for part in ("on", "when", "chance") if part in entry)
    if len(rows) > 1:
        yield "enter.several.rows"
    if "listed(" in entry.get("when", ""):
        yield "enter.chain"
    yield from _condition(entry.get("when"))
    yield from _numbers(entry)
    yield from _clause(row["list"], documents)


def _end(
    row: Fields, start: Fields | None, asked: Counter[tuple[Any, ...]], key: tuple[Any, ...]
) -> Iterator[str]:
    if start is None:
        return
    if row["ending"] == "origin ended":
        yield {-2: "listing.while.ended", -3: "spread.as_source.ended"}.get(start["term_end"], "listing.tier.ended")
    if row["ending"] in ("repair", "appeal"):
        yield f"remedy.{row['ending']}.success"
        yield f"remedy.success.{start['ground']}"
    elif any(count for other, count in asked.items() if other[:4] == key):
        yield "remedy.in.vain"


def _publications(rows: list[Fields], documents: Documents) -> Iterator[str]:
    for row in rows:
        rating = documents.clauses[row["rating"]]
        policy, name = row["rating"].split("/")
        yield f"publication.{row['at']}"
        yield f"publication.{rating['method']}.{rating.get('polarity', 'merit')}"
        tier = next((tier for tier in rating["tiers"] if tier["tier"] == row["tier"]), {})
        if "when" in tier:
            yield "tier.condition"
            yield from _condition(tier["when"])
        for part in documents.policies[policy].get("indicators", []):
            if part["rating"] == name:
                yield "indicator.tie_mean" if "tie_mean" in part else "indicator.cases"
                if part.get("tie_mean", {}).get("tie") == "friends":
                    yield "indicator.tie_mean.friends"


def _requests(rows: list[Fields], documents: Documents) -> Iterator[str]:
    for row in rows:
        service = documents.clauses[row["service"]]
        yield f"request.{row['outcome']}"
        if row["outcome"] != "granted":
            yield f"refusal.ground.{row['ground']}"
            gate = documents.clauses[row["clause"]]
            if row["ground"] == "spread" and "tie_" in gate["when"]:
                yield "gate.tie"
            if "reads" in documents.policies[row["clause"].split("/")[0]]:
                yield "gate.reads"
            yield from _clause(row["clause"], documents)
        if row["refused_tries"] > 1:
            yield "request.tries"
        if row["outcome"] == "refused" and service.get("attempts", 1) == 1 and row["refused_tries"] == 2:
            yield "evasion.caught"
        yield from (f"request.{name}" for name in ("also", "wrongful", "spared") if row[name])
        yield from _clause(row["service"], documents)


def _effects(rows: list[Fields], documents: Documents) -> Iterator[str]:
    for row in rows:
        yield f"effect.{row['effect']}"
        if row["effect"] == "overridden":
            yield f"effect.overridden.{row['ground']}"
        yield from _clause(row["clause"], documents)


def _responses(rows: list[Fields], documents: Documents) -> Iterator[str]:
    for row in rows:
        yield "response"
        yield "response.more" if row["factor"] > 65536 else "response.less"
        target = "response.event" if "nature" in documents.clauses[row["target"]] else "response.service"
        yield target
        changing = [
            clause for clause in documents.conduct["responses"]
            if row["target"] in clause["changes"] or any(
                row["target"] in documents.conduct.get("sets", {}).get(name, []) for name in clause["changes"])
        ]
        if len(changing) == 1:
            yield f"response.{changing[0]['kind']}"
            yield from _condition(changing[0]["when"])
        else:
            yield "response.several"


def _subjects(rows: list[Fields], documents: Documents) -> Iterator[str]:
    scenario, recipe = documents.scenario, documents.recipe
    first, last = scenario["period"]["from"], scenario["period"]["to"]
    months = (last.year - first.year) * 12 + last.month - first.month
    breaks = next(a["breaks"] for a in recipe["attributes"] if a["id"] == "age")
    for row in rows:
        if any(row["months"] < 12 * b <= row["months"] + months for b in breaks):
            yield "age.crossed"


def _standings(journal: Journal) -> Iterator[str]:
    """Rows of the two standings that have no twin in the other."""
    for table in ("points", "listings", "publications"):
        rows = [named(table, row) for row in journal.get(table, [])]
        sides = {
            side: Counter(
                tuple(v for k, v in row.items() if k not in ("standing", "case", "award", "origin", "live_sum"))
                for row in rows if row["standing"] == side
            )
            for side in ("fact", "truth")
        }
        for side, other in (("fact", "truth"), ("truth", "fact")):
            for _, count in (sides[side] - sides[other]).items():
                yield from [f"standing.{side}.only.{table}"] * count


READERS = {
    "subjects": _subjects, "enrolments": _enrolments, "events": _events, "records": _records, "points": _points,
    "listings": _listings, "publications": _publications, "requests": _requests, "effects": _effects,
    "responses": _responses,
}  # fmt: skip
