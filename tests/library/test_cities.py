"""Cities, platforms, cameras and speech: what was read stands in the documents, in both readings, beside the facts."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from glasshouse.policy import Policy, load_policy
from glasshouse.shelf import Library
from glasshouse.society.recipe import load_recipe
from glasshouse.values import Value

FOLDER = Path(__file__).parents[2] / "src" / "glasshouse" / "library"
LIBRARY = Library.default()
SCORERS = (
    "sesame-credit", "tencent-credit", "qianhai-credit", "pengyuan-credit", "chengxin-credit", "intellicredit",
    "kaola-credit", "sinoway-credit",
)
OWN_RULES = ("suzhou-osmanthus", "hangzhou-qianjiang", "fuzhou-moli", "xiamen-bailu", "rongcheng-2016")
PLANNED = {"zhejiang-job-changes": "people-in-work", "beijing-2020": "every-resident", "national-2020": "whole-country",
           "purchases-and-profiles": "account-holders"}
LATE = date(2021, 6, 1)


def policy(name: str) -> Policy:
    return load_policy(name, LIBRARY)


def clause(name: str, clause_id: str) -> Any:
    found = policy(name)
    return next(each for field in Policy.model_fields for each in _clauses(found, field) if each.id == clause_id)


def _clauses(found: Policy, field: str) -> tuple[Any, ...]:
    part = getattr(found, field)
    return part if isinstance(part, tuple) and part and hasattr(part[0], "id") else ()


def both(value: Value, day: date = LATE) -> tuple[float, float]:
    """A value as reported and as documented."""
    return float(value.on("reported", day).number), float(value.on("documented", day).number)


def bounds(name: str) -> dict[str, int | None]:
    """The tiers of a policy's only rating, each with its bound as documented."""
    rating = policy(name).ratings[0]
    return {row.tier: int(row.at_least.on("documented", LATE).number) if row.at_least else None for row in rating.tiers}


def scale(name: str) -> tuple[int, int | None, int]:
    """Floor, start as documented (None: weighted) and ceiling of a policy's only rating."""
    rating = policy(name).ratings[0]
    start = None if rating.start is None else int(both(rating.start)[1])
    return int(both(rating.floor)[1]), start, int(both(rating.ceiling)[1])


def facts() -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for path in (FOLDER / "facts").glob("*.yaml"):
        rows |= {row["id"]: row for row in YAML(typ="safe").load(path.read_text(encoding="utf-8")).get("facts", [])}
    return rows


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("suzhou-osmanthus", (0, 100, 200)),
        ("hangzhou-qianjiang", (0, None, 1000)),
        ("fuzhou-moli", (0, 500, 1000)),
        ("sesame-credit", (350, None, 950)),
    ],
)
def test_scales_are_those_that_were_read(name: str, expected: tuple[int, int | None, int]) -> None:
    assert scale(name) == expected


def test_scales_whose_start_is_invented_have_the_ends_that_were_read() -> None:
    assert (scale("xiamen-bailu")[0], scale("xiamen-bailu")[2]) == (0, 1000)
    assert (scale("cy-credit")[0], scale("cy-credit")[2]) == (350, 800)


def test_bands_are_those_that_were_read() -> None:
    assert bounds("hangzhou-qianjiang") == {
        "outstanding": 750, "excellent": 700, "good": 600, "fair": 550, "to-be-improved": None,
    }  # fmt: skip
    assert bounds("fuzhou-moli") == {
        "extremely-good": 850, "excellent": 750, "good": 650, "fair": 550, "poor": 350, "very-poor": None,
    }  # fmt: skip
    assert bounds("sesame-credit") == {"outstanding": 700, "excellent": 650, "good": 600, "fair": 550, "poor": None}
    assert bounds("suining-2010") == {"A": 970, "B": 850, "C": 600, "D": None}


def test_the_article_lets_a_resident_of_suzhou_earn_all_two_hundred_points() -> None:
    rating = policy("suzhou-osmanthus").ratings[0]
    assert rating.start is not None
    start, ceiling = both(rating.start), both(rating.ceiling)
    fact = facts()["S-SUZ-200"]["value"]
    assert ceiling[0] - start[0] == fact["reported"]
    assert ceiling[1] - start[1] == fact["documented"]


def test_weights_of_the_shopping_score_are_those_that_were_read() -> None:
    weights = {each.id: both(each.weight)[1] for each in policy("sesame-credit").indicators}
    assert weights == {"history": 0.35, "ability": 0.25, "behaviour": 0.2, "identity": 0.15, "friends": 0.05}


def test_eight_scorers_have_one_form_and_a_score_each() -> None:
    trees = {path.stem: YAML(typ="safe").load(path.read_text(encoding="utf-8"))
             for path in (FOLDER / "policies").glob("*.yaml")}
    assert {name for name, tree in trees.items() if tree.get("based_on") == "licensee-2015"} == set(SCORERS)
    assert len(SCORERS) == facts()["S-COM-8"]["value"]["documented"]
    scores = [policy(name).ratings[0].id for name in SCORERS]
    assert len(set(scores)) == 8 and "licensed-score" not in scores
    assert len({policy(name).authority.name for name in SCORERS}) == 8


def test_every_policy_can_stand_beside_every_other() -> None:
    """Names of ratings and lists are unique, but for the reforms that stand in their base's place."""
    trees = [YAML(typ="safe").load(path.read_text(encoding="utf-8")) for path in (FOLDER / "policies").glob("*.yaml")]
    instead = {tree["name"] for tree in trees if tree.get("based_on") not in (None, "licensee-2015")}
    assert "own-source" in instead
    together = [policy(tree["name"]) for tree in trees if tree["name"] not in instead]
    names = Counter(each.id for found in together if found.written_for == "china-baseline"
                    for each in (*found.ratings, *found.lists))
    assert [name for name, times in names.items() if times > 1] == []


def test_forty_three_places_each_from_its_day() -> None:
    places = policy("pilot-places").enrolment
    areas = {row.area for row in load_recipe("china-2020", LIBRARY).areas}
    assert len(places) + len(OWN_RULES) == facts()["S-CITY-40"]["value"]["documented"]
    assert {each.id for each in places} | {policy(name).jurisdiction for name in OWN_RULES} <= areas
    days = Counter(each.in_force.since for each in places)
    hangzhou_too = days[date(2015, 8, 1)] + 1
    assert hangzhou_too == 11 and set(days) == {date(2015, 8, 1), date(2016, 4, 1)}
    assert {both(each.share)[0] for each in places} == {1.0}


@pytest.mark.parametrize("name", PLANNED)
def test_what_was_planned_holds_everybody_as_reported_and_nobody_as_documented(name: str) -> None:
    assert both(clause(name, PLANNED[name]).share) == (1, 0)


def test_cameras_a_resident_are_the_counts_over_the_residents() -> None:
    rows, cameras = facts(), clause("camera-network", "street-cameras").view.cameras_per_resident
    people = rows["S-POP-14"]["value"]
    installed, announced = rows["S-FR-CAM176"]["value"], rows["S-FR-CAM450"]["value"]
    assert both(cameras, date(2019, 3, 31)) == pytest.approx(
        (installed["reported"] / people["reported"], installed["documented"] / people["documented"]), rel=0.01)
    assert both(cameras, LATE) == pytest.approx(
        (announced["reported"] / people["reported"], announced["documented"] / people["documented"]), rel=0.01)


def test_the_machine_takes_points_without_a_hand_as_reported() -> None:
    review = clause("camera-network", "street-cameras").review
    assert {both(chance)[0] for chance in review.override_chance.values()} == {0}
    assert both(review.override_chance["mistaken"])[1] > 0


def test_a_search_of_the_whole_country_finds_a_stranger_one_time_in_nine() -> None:
    identify = clause("camera-network", "street-cameras").identify
    strangers = float(identify.false_match_chance.on("documented", LATE).number)
    assert 1 - (1 - strangers) ** 12_300_000 == pytest.approx(0.001, rel=0.01)
    country = load_recipe("china-2020", LIBRARY).residents
    assert identify.gallery == "country"
    assert 1 - (1 - strangers) ** country == pytest.approx(0.108, rel=0.01)


def test_youth_score_aims_at_460_million() -> None:
    shares = {row["id"]: row["value"] for row in facts().values() if row["id"].startswith("F-AGE-")}
    inside = sum(n * max(0, min(46, first + 5) - max(18, first)) / 5 for first, n in
                 ((int(name[-3:]), int(n)) for name, n in shares.items()))
    assert both(clause("cy-credit", "the-young").share)[0] * inside == pytest.approx(460e6, rel=0.01)


def test_the_register_of_zhejiang_knows_ten_million() -> None:
    """Ten million of those in work: the share of the register times the employed of the recipe."""
    recipe = load_recipe("china-2020", LIBRARY)
    by_id = {each.id: each for each in recipe.attributes}
    ages, work = by_id["age"], by_id["employment"]
    at = work.level_names.index("employed")
    employed = sum(float(share) * float(work.shares[low][at]) for low, share in
                   zip(ages.level_names, ages.shares[""], strict=True))
    zhejiang = next(row.residents for row in recipe.areas if row.area == "zhejiang")
    coverage = both(clause("zhejiang-job-changes", "social-insurance").coverage)[1]
    assert coverage * employed * zhejiang == pytest.approx(facts()["S-ZJ-10M"]["value"]["reported"], rel=0.02)


def test_nobody_but_the_person_speaks_in_the_counter_policy() -> None:
    counter = policy("own-source")
    assert {each.method for each in counter.detectors} == {"self"}
    assert {each.mode for each in counter.enrolment} == {"opt_in"}
    assert not counter.reads
    for silenced in counter.repeals:
        assert {each.method for each in policy(silenced).detectors} & {"camera", "online", "report"}, silenced


def test_neighbours_tell_the_truth_and_lies() -> None:
    true, lies = clause("neighbour-reports", "true-reports"), clause("neighbour-reports", "malicious-reports")
    assert both(true.hit_chance)[1] > 0 and both(true.false_rate) == (0, 0)
    assert both(lies.hit_chance) == (0, 0) and both(lies.false_rate)[1] > 0
    assert {true.tie, lies.tie} == {"neighbours"}


def test_leaks_are_declared_and_lead_both_ways() -> None:
    assert {"sesame-credit", "court-defaulters"} <= set(policy("public-readers").reads)
    assert policy("public-readers").authority.kind == "public" and policy("sesame-credit").authority.kind == "private"
    assert policy("sesame-credit").reads == ("court-defaulters",)


def test_one_test_counts_points_up_and_calls_more_worse() -> None:
    rating = policy("demerit-variant").ratings[0]
    assert rating.polarity == "demerit"
    assert all(both(rule.points)[1] > 0 for rule in policy("demerit-variant").rules if rule.points is not None)


def test_since_2021_rongcheng_asks_and_a_low_grade_costs_nothing() -> None:
    before, since = policy("rongcheng-2016"), policy("rongcheng-2021")
    assert {each.mode for each in before.enrolment} == {"compulsory"}
    assert {each.mode for each in since.enrolment} == {"opt_in"}
    burdens = {each.id for each in before.gates if each.then.effect == "refuse"}
    assert burdens and not burdens & {each.id for each in since.gates}
    assert all(float(each.then.amount.on("documented", LATE).number) < 0 for each in since.gates if each.then.amount)
