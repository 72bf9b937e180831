"""Whole random scenarios as documents, valid by construction and replayed by their seed.

A document here is the text of a YAML file under its file name. Every mechanism of the language for residents has its
chance in each scenario; rates are high and societies small, so that things happen while the reference stays quick.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st
from ruamel.yaml import YAML

from .random_conduct import conduct
from .random_policies import Written, policy
from .random_society import recipe
from .random_values import Calendar, some

SCENARIO = "random-scenario"


def documents_from_seed(seed: int) -> dict[str, str]:
    """The documents of one seed: file name to text; the scenario is ``random-scenario.yaml``."""
    return documents_from(Random(seed))


def documents() -> st.SearchStrategy[dict[str, str]]:
    """The same as a strategy of Hypothesis, which shrinks what it draws."""
    return st.randoms(use_true_random=False).map(documents_from)


def documents_from(r: Random) -> dict[str, str]:
    """One recipe, one conduct, one to three policies and their scenario."""
    days = random_period(r)
    society = recipe(r, "random-recipe")
    world = conduct(r, "random-conduct", society, days)
    policies: list[Written] = []
    for letter in "abc"[: r.choice([1, 2, 2, 3])]:
        policies.append(policy(r, world, "random-conduct", letter, policies))
    names = [one.name for one in policies]
    r.shuffle(names)
    scenario: dict[str, Any] = {
        "glasshouse": "scenario/1", "name": SCENARIO, "title": "A scenario of no place",
        "text": "Drawn at random.", "source": "invented", "recipe": "random-recipe", "conduct": "random-conduct",
        "policies": names, "period": {"from": days.since, "to": days.until}, "step": days.step,
        "reading": r.choice(["reported", "documented"]), "seed": r.randint(0, 10**6),
    }
    parts = [scenario, society.document, world.document, *(one.document for one in policies)]
    return as_texts(parts)


def as_texts(parts: list[dict[str, Any]]) -> dict[str, str]:
    """Documents by the names of their files."""
    return {f"{part['name']}.yaml": _text(part) for part in parts}


def write(texts: dict[str, str], folder: Path) -> None:
    """Puts the documents into a folder."""
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def random_period(r: Random) -> Calendar:
    """6 to 22 months, sometimes 20 to 60 weeks or 40 to 100 days."""
    step = r.choice(["month"] * 4 + ["week", "day"])
    first = date(r.randint(2014, 2019), r.randint(1, 12), 1)
    if step == "month":
        months = r.randint(6, 22)
        year, month = divmod(first.month - 1 + months - 1, 12)
        last = date(first.year + year, month + 1, calendar.monthrange(first.year + year, month + 1)[1])
        return Calendar(step, first, last)
    first += timedelta(days=r.randint(0, 27) if some(r, 0.5) else 0)
    days = 7 * r.randint(20, 60) if step == "week" else r.randint(40, 100)
    return Calendar(step, first, first + timedelta(days=days - 1))


def _text(document: dict[str, Any]) -> str:
    yaml = YAML()
    yaml.width = 4096
    yaml.representer.ignore_aliases = lambda _: True
    stream = StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()
