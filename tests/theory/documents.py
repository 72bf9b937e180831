"""Small scenarios whose answers are known on paper.

Everybody is alike (no propensity, households of three, one attribute that all have), so that counts have textbook
laws. Each function returns the documents of one scenario: file name to text.
"""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

SCENARIO = "paper.yaml"
EVERYBODY = "anybody"
FIRST = date(2020, 1, 1)
MOST = 40
"""Start and ceiling of the score that counts records."""
Clause = dict[str, Any]


def clause(name: str, **fields: Any) -> Clause:
    """A clause with its first fields; underscores at the end of a field's name are cut (``from_``)."""
    return {"id": name, "text": "As on paper.", "source": "invented"} | {
        key.rstrip("_"): field for key, field in fields.items()
    }


def scenario(
    *, years: int, events: list[Clause], services: list[Clause] | None = None, propensity: str = "none",
    **sections: list[Clause],
) -> dict[str, str]:
    """One society, one conduct, one policy with these sections, over whole years from January 2020."""
    head = {"title": "On paper", "text": "A scenario with a known answer.", "source": "invented"}
    recipe = {
        "glasshouse": "recipe/1", "name": "paper-recipe", **head, "at": FIRST, "residents": 3_000_000, "firms": 100,
        "fictional": True, "propensity": propensity,
        "areas": [{"area": "paperland", "residents": 3_000_000}],
        "attributes": [
            clause("age", breaks=[0, 18], shares=[0.2, 0.8]),
            clause(EVERYBODY, yes=1),
        ],
        "households": [clause("three", share=1, members=3)],
        "ties": [clause("household", from_="residents", to="residents", within="household")],
    }
    conduct = {
        "glasshouse": "conduct/1", "name": "paper-conduct", **head, "written_for": "paper-recipe",
        "subjects": "residents", "events": events, "services": services or [],
    }
    policy = {
        "glasshouse": "policy/1", "name": "paper-policy", **head, "written_for": "paper-conduct",
        "authority": {"name": "Nobody", "kind": "public", "level": "state"}, "jurisdiction": "paperland",
        "subjects": "residents", "in_force": date(2000, 1, 1), **sections,
    }
    whole = {
        "glasshouse": "scenario/1", "name": "paper", **head, "recipe": "paper-recipe", "conduct": "paper-conduct",
        "policies": ["paper-policy"], "period": {"from": FIRST, "to": date(2019 + years, 12, 31)},
        "reading": "documented", "seed": 1,
    }
    return {f"{part['name']}.yaml": _text(part) for part in (recipe, conduct, policy, whole)}


def breach(rate: Any, **fields: Any) -> Clause:
    """The one kind of event, at this rate."""
    return clause("slip", context="daily_life", nature="breach", gravity=1, rate=rate, **fields)


def watch(**fields: Any) -> Clause:
    """The one detector."""
    return clause("register", method="register", keeper="office", watches=["slip"], **fields)


def counting(months: int = 1) -> dict[str, list[Clause]]:
    """A rating whose score is forty less the number of records: narrow, so that each score has a cell of its own."""
    rating = clause(
        "score", method="points", start=MOST, floor=0, ceiling=MOST, publish=f"{months} months",
        tiers=[{"tier": "clean", "from": MOST}, {"tier": "marked"}],
    )
    rule = clause("each", on="slip", points=-1)
    return {"enrolment": [clause("all", mode="compulsory")], "ratings": [rating], "rules": [rule]}


def counted_events(rate: Any, years: int = 1, propensity: str = "none", **event: Any) -> dict[str, str]:
    """A perfect detector and a score that falls by 1 at each event: the histogram of scores is that of events."""
    return scenario(
        years=years, events=[breach(rate, **event)], propensity=propensity, detectors=[watch()], **counting()
    )


def noticed_events(rate: str, hit: float, mistaken: float = 0, false_rate: str = "0 per year") -> dict[str, str]:
    """An imperfect detector for two years."""
    seen = watch(hit_chance=hit, mistaken_chance=mistaken, false_rate=false_rate)
    return scenario(years=2, events=[breach(rate)], detectors=[seen], **counting())


def timed_list(rate: str, repair: str, term: str, years: int, only_first_month: bool) -> dict[str, str]:
    """A list with a term and a repair, entered at every event (of the first month only, or of the whole period)."""
    window = {"in_force": {"from": date(2000, 1, 1), "to": date(2020, 1, 31)}} if only_first_month else {}
    black = clause("black", enter=[{"on": "slip", "term": term}])
    mend = clause("mend", of=["black"], kind="repair", rate=repair)
    return scenario(
        years=years, events=[breach(rate, **window)], detectors=[watch()], lists=[black], remedies=[mend]
    )


def ladder(step_down: float, fall: float) -> dict[str, str]:
    """A score of four rungs: each month a step down with one chance, a fall to the ground with another."""
    monthly = {"limit": "1 per month", "context": "daily_life", "nature": "breach", "gravity": 1}
    events = [
        clause("slip", rate=f"{step_down} per month", **monthly),
        clause("crash", rate=f"{fall} per month", **monthly),
    ]
    seen = clause("register", method="register", keeper="office", watches=["slip", "crash"])
    rating = clause(
        "score", method="points", start=30, floor=0, ceiling=30, publish="1 month",
        tiers=[{"tier": "top", "from": 30}, {"tier": "high", "from": 20}, {"tier": "low", "from": 10},
               {"tier": "ground"}],
    )
    rules = [clause("step", on="slip", points=-10), clause("fall", on="crash", becomes=0)]
    return scenario(
        years=2, events=events, enrolment=[clause("all", mode="compulsory")], detectors=[seen], ratings=[rating],
        rules=rules,
    )


def refused_requests(rate: str, attempts: float) -> dict[str, str]:
    """A service that refuses everybody, who tries again and again."""
    need = clause("ticket", context="travel", right="movement", severity=3, rate=rate, attempts=attempts)
    gate = clause("never", services=["ticket"], when=EVERYBODY, then="refuse")
    return scenario(years=1, events=[breach("0.1 per year")], services=[need], detectors=[watch()], gates=[gate])


def _text(document: dict[str, Any]) -> str:
    yaml = YAML()
    yaml.width = 4096
    yaml.representer.ignore_aliases = lambda _: True
    stream = StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()
