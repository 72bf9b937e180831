"""Luck belongs to names: what a change does not concern stays as it was, draw by draw."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from oracle.engines import block_of, by_kernel, scenario_of
from oracle.journal import Journal
from oracle.random_documents import documents_from_seed

from .changes import Fields, changed, kind_of, rows, written

SEEDS = range(200, 206)


def journal(texts: dict[str, str], seed: int) -> Journal:
    """The journal of the block that the seed looks at."""
    scenario = scenario_of(texts)
    return by_kernel(scenario, block_of(scenario, seed)).journal


def without_responses(content: Fields) -> None:
    """Conduct that no sanction changes."""
    if kind_of(content) == "conduct":
        content["responses"] = []


@pytest.mark.parametrize("seed", SEEDS)
def test_policies_change_no_conduct_without_responses(seed: int) -> None:
    """With other policies the same people do the same things."""
    texts = changed(documents_from_seed(seed), without_responses)

    def disarmed(content: Fields) -> None:
        if kind_of(content) == "policy":
            for section in ("rules", "lists", "gates", "remedies", "spread", "repeals"):
                content.pop(section, None)
            for clause in (*content.get("indicators", []), *content.get("ratings", [])):
                _forget_conditions(clause)

    before, after = journal(texts, seed), journal(changed(texts, disarmed), seed)
    assert before["subjects"] == after["subjects"]
    assert before["ties"] == after["ties"]
    assert before["events"] == after["events"]


def _forget_conditions(clause: Fields) -> None:
    """A rating or indicator that asks nothing of lists that are gone."""
    clause.pop("cases", None)
    for tier in clause.get("tiers", []):
        tier.pop("when", None)
    if "tiers" in clause and clause.get("polarity") != "demerit":
        clause["tiers"] = [tier for tier in clause["tiers"][:-1] if "from" in tier] + clause["tiers"][-1:]
    if "weight" in clause and "tie_mean" not in clause:
        clause["cases"] = [{"when": "age >= 18", "value": 0.5}]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_new_kind_of_event_changes_no_other(seed: int) -> None:
    """One kind more in the conduct; all others happen as before, to the number."""
    texts = changed(documents_from_seed(seed), without_responses)

    def with_one_more(content: Fields) -> None:
        if kind_of(content) == "conduct":
            content["events"].insert(0, {
                "id": "yawning", "text": "Somebody yawns.", "source": "invented", "context": "daily_life",
                "nature": "manners", "gravity": 1, "rate": "2 per year",
            })  # fmt: skip

    before, after = journal(texts, seed), journal(changed(texts, with_one_more), seed)
    others = [row for row in after["events"] if row[3] != "yawning"]
    assert before["events"] == others
    assert before["subjects"] == after["subjects"]
    assert len(rows(after, "events", kind="yawning")) > 0
    for table in ("records", "points", "listings", "publications", "requests"):
        assert before[table] == after[table]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_shorter_run_is_the_beginning_of_a_longer_one(seed: int) -> None:
    """Half the period gives the same rows up to its end."""
    texts = documents_from_seed(seed)

    def halved(content: Fields) -> None:
        if kind_of(content) == "scenario":
            period = content["period"]
            middle = period["from"] + (period["to"] - period["from"]) / 2
            period["to"] = middle.replace(day=1) if content.get("step") == "month" else middle

    whole, half = journal(texts, seed), journal(changed(texts, halved), seed)
    steps = max((row[0] for row in half["events"]), default=0)
    assert 0 < steps < max(row[0] for row in whole["events"])
    for table in half:
        if table not in ("subjects", "ties"):
            assert [row for row in half[table] if row[0] <= steps] == [row for row in whole[table] if row[0] <= steps]


@pytest.mark.parametrize("seed", SEEDS)
def test_perfect_detectors_wrong_nobody(seed: int) -> None:
    """Without mistakes and alarms fact and truth are one, nobody is wrongly refused and nobody spared."""

    def perfect(content: Fields) -> None:
        if kind_of(content) == "policy":
            for detector in content["detectors"]:
                for field in ("mistaken_chance", "false_rate", "view", "identify", "link", "factors", "review"):
                    detector.pop(field, None)
                detector["method"] = "register" if detector["method"] == "camera" else detector["method"]

    found = journal(changed(documents_from_seed(seed), perfect), seed)
    for table in ("points", "listings", "publications"):
        sides: dict[str, list[Any]] = {"fact": [], "truth": []}
        for row in found[table]:
            sides[row[3]].append(tuple(part for place, part in enumerate(row) if place != 3))
        assert sides["fact"] == sides["truth"]
    assert {row[7] for row in found["records"]} <= {"own"}
    assert not rows(found, "requests", wrongful=1) and not rows(found, "requests", spared=1)


@pytest.mark.parametrize("seed", SEEDS)
def test_without_spread_no_listing_spreads(seed: int) -> None:
    """Spread clauses are the only way onto a list by another's case."""

    def alone(content: Fields) -> None:
        if kind_of(content) == "policy":
            content.pop("spread", None)
            for row in content.get("lists", []):
                row.setdefault("enter", [{"when": "age >= 18", "term": "while"}])
            content.pop("repeals", None)

    found = journal(changed(documents_from_seed(seed), alone), seed)
    assert not rows(found, "listings", row=-1, what="entered")
    assert not rows(found, "listings", ground="spread")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_higher_share_enrols_the_same_and_more(seed: int) -> None:
    """Enrolment is monotone in the share: one draw a subject and clause."""
    texts = documents_from_seed(seed)
    low, high = sorted((Random(seed).uniform(0.1, 0.5), Random(seed + 1).uniform(0.5, 1)))

    def with_share(share: float) -> dict[str, str]:
        def shared(content: Fields) -> None:
            if kind_of(content) == "policy":
                for clause in content["enrolment"]:
                    clause |= {"mode": "opt_in", "share": round(share, 3)}
                    for field in ("withdraw", "factors", "in_force", "when"):
                        clause.pop(field, None)

        return changed(texts, shared)

    few, many = journal(with_share(low), seed), journal(with_share(high), seed)
    assert set(rows(few, "enrolments", what="joined")) <= set(rows(many, "enrolments", what="joined"))


def test_written_documents_are_read_back() -> None:
    """The tool of these tests itself changes nothing it is not asked to."""
    texts = documents_from_seed(200)
    again = changed(texts, lambda content: None)
    assert changed(again, lambda content: None) == again
    assert written({"a": 1}) == "a: 1\n"
