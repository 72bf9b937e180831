"""Scenarios: what they join, what is changed from outside, what they are held against."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from glasshouse.document import Library
from glasshouse.errors import InvalidDocuments, UsageError
from glasshouse.policy import canonical, canonical_text, digest
from glasshouse.scenario import Scenario, load_scenario

BASE = Path(__file__).parent.parent / "spec" / "base"
TEXT = (BASE / "scenario.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def library() -> Library:
    return Library((BASE,))


@pytest.fixture(scope="module")
def scenario(library: Library) -> Scenario:
    return load_scenario("china-2018", library)


def wrong(library: Library, **asked: object) -> list[str]:
    """What is said of a scenario asked for in a wrong way."""
    with pytest.raises(InvalidDocuments) as raised:
        load_scenario("china-2018", library, **asked)  # type: ignore[arg-type]
    return [str(each) for each in raised.value.mistakes]


def test_it_joins_its_documents_in_order(scenario: Scenario) -> None:
    assert (scenario.recipe.name, scenario.conduct.name) == ("base-recipe", "base-conduct")
    assert [policy.name for policy in scenario.policies] == ["court-defaulters", "joint-memoranda"]
    assert (scenario.since, scenario.until) == (date(2013, 10, 1), date(2018, 12, 31))
    assert (scenario.step, scenario.reading, scenario.seed, scenario.replications) == ("month", "documented", 2018, 1)
    assert scenario.groups == (("sex",), ("sex", "income"))


def test_targets_are_figures_with_a_share_of_tolerance(scenario: Scenario) -> None:
    exits, stock, posts = scenario.targets
    assert (exits.item, exits.tolerance, exits.value) == (
        "joint-memoranda/tax-cases",
        Decimal("0.15"),
        ((None, Decimal(2175200)),),
    )
    assert exits.during == (date(2018, 1, 1), date(2018, 12, 31))
    assert stock.value == ((date(2018, 5, 31), Decimal(8400000)),)
    assert posts.item == "executive_post" and len(posts.value) == 2


def test_a_field_is_set_from_outside(library: Library, scenario: Scenario) -> None:
    changed = load_scenario(
        "china-2018", library, sets=["court-defaulters/defaulters.notice=before", "base-conduct/hotel.severity=5"]
    )
    assert changed.policies[0].lists[0].notice == "before"
    assert next(each for each in changed.conduct.services if each.id == "hotel").severity == 5
    assert digest(changed) != digest(scenario)
    assert load_scenario("china-2018", library) == scenario


def test_a_recipe_is_changed_from_outside(library: Library) -> None:
    changed = load_scenario("china-2018", library, sets=["base-recipe/friends.mean=5"])
    assert next(each for each in changed.recipe.ties if each.id == "friends").mean == 5


def test_a_clause_is_left_out_from_outside(library: Library, scenario: Scenario) -> None:
    changed = load_scenario("china-2018", library, without=["court-defaulters/costly-schools"])
    assert [each.id for each in changed.policies[0].gates] == ["air", "posts-of-firms"]
    assert changed.policies == scenario.without("court-defaulters/costly-schools").policies


def test_a_scenario_in_hand_goes_without_a_clause_or_a_policy(scenario: Scenario) -> None:
    assert [each.name for each in scenario.without("joint-memoranda").policies] == ["court-defaulters"]
    with pytest.raises(UsageError, match="`air-ticket` is no clause of `court-defaulters`"):
        scenario.without("court-defaulters/air-ticket")
    with pytest.raises(UsageError, match="unknown policy `nobody`"):
        scenario.without("nobody/air")


def test_the_reading_is_chosen_from_outside(library: Library) -> None:
    assert load_scenario("china-2018", library, reading="reported").reading == "reported"
    with pytest.raises(UsageError, match="unknown reading `both`"):
        load_scenario("china-2018", library, reading="both")


def test_a_file_replaces_a_policy_of_its_name_and_adds_another(library: Library, tmp_path: Path) -> None:
    text = (BASE / "court-defaulters.yaml").read_text(encoding="utf-8")
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace("title: A court list", "title: Mine"), encoding="utf-8")
    replaced = load_scenario("china-2018", library, policy_files=[file])
    assert [policy.title for policy in replaced.policies] == ["Mine", "Memoranda"]
    added = load_scenario("china-2018", library, policy_files=[BASE / "camera-network.yaml"])
    assert [policy.name for policy in added.policies] == ["court-defaulters", "joint-memoranda", "camera-network"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            "court-defaulter/air.then=refuse",
            "--set:1:1: set: unknown policy `court-defaulter`; did you mean `court-defaulters`?",
        ),
        (
            "court-defaulters/aire.then=refuse",
            "--set:1:1: set: `aire.then` names no clause of `court-defaulters`; did you mean `air`?",
        ),
        (
            "court-defaulters/air.then=refuse",
            "--set:1:1: set: `air.then` already has this value: the change changes nothing",
        ),
        (
            "court-defaulters/performance.rate=0.5",
            "--set:1:1: performance.rate: found 0.5 without a unit; write `0.5 per year`",
        ),
        ("court-defaulters/air.id=other", "--set:1:1: set: `air.id`: an id stays as it is"),
    ],
)
def test_a_wrong_change_from_outside_is_a_mistake_with_a_place(asked: str, said: str, library: Library) -> None:
    (found,) = wrong(library, sets=[asked])
    assert found == said


def test_a_clause_that_is_not_there_cannot_be_left_out(library: Library) -> None:
    assert wrong(library, without=["court-defaulters/air-ticket"]) == [
        "--without:1:1: without: `air-ticket` is no clause of `court-defaulters`"
    ]


@pytest.mark.parametrize("asked", ["air.then=refuse", "court-defaulters/air.then", "x", ""])
def test_a_change_that_cannot_be_read_is_a_question_of_usage(asked: str, library: Library) -> None:
    with pytest.raises(UsageError, match="expected POLICY/CLAUSE.FIELD=VALUE"):
        load_scenario("china-2018", library, sets=[asked])


PATHS = (
    "air.then", "air.then[0]", "air.", "air..x", "air.then[", "air.then.price", "defaulters.enter",
    "defaulters.enter[1]", "defaulters.enter[2].term", "defaulters.enter[1].",
    "court-register.hit_chance.2018-01-01", "air.in_force", "air.when",
    "court-register.factors.hit_chance.sex.male", "performance.success.own",
    "court-register.hit_chance.a.b.c", ".x", "",
)  # fmt: skip
VALUES = ("refuse", "{", "[]", "null", "1", "{a: b}", "'x", "2016-01-01", "&a 1", "", "0.5", "[1,2", "before")


@pytest.mark.parametrize("path", PATHS)
def test_no_change_from_outside_gives_a_traceback(path: str, library: Library) -> None:
    for value in VALUES:
        try:
            load_scenario("china-2018", library, sets=[f"court-defaulters/{path}={value}"])
        except InvalidDocuments as error:
            assert error.mistakes
        except UsageError as error:
            assert str(error)


def test_a_policy_that_is_no_policy_is_a_mistake(library: Library) -> None:
    (found,) = wrong(library, policy_files=[BASE / "facts.yaml"])
    assert found.endswith("facts.yaml:1:1: policies: found a facts, expected a policy")


def test_mistakes_of_all_documents_come_together(library: Library, tmp_path: Path) -> None:
    files = []
    for name, old, new in (
        ("recipe", "mean: 20}", "mean: many}"), ("conduct", "gravity: 4,", "gravity: 9,"),
        ("court-defaulters", "rate: 0.26 per year", "rate: 0.26"), ("scenario", "reading: documented", "reading: both"),
    ):  # fmt: skip
        text = (BASE / f"{name}.yaml").read_text(encoding="utf-8")
        assert text.count(old) == 1
        files.append(tmp_path / f"{name}.yaml")
        files[-1].write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidDocuments) as raised:
        load_scenario(files[-1], library.with_files(files))
    assert {Path(each.file).stem for each in raised.value.mistakes} == {
        "recipe",
        "conduct",
        "court-defaulters",
        "scenario",
    }
    assert len(raised.value.mistakes) == 4


def test_lists_that_lead_onto_one_another_through_two_policies_are_a_mistake(library: Library, tmp_path: Path) -> None:
    """Each policy alone is a tree; together they go round."""
    texts = {
        name: (BASE / f"{name}.yaml").read_text(encoding="utf-8") for name in ("court-defaulters", "joint-memoranda")
    }
    texts["court-defaulters"] = texts["court-defaulters"].replace(
        "in_force: 2013-10-01", "in_force: 2013-10-01\nreads: [joint-memoranda]"
    )
    texts["court-defaulters"] = texts["court-defaulters"].replace(
        "[{on: judgment_unpaid, term: none}", '[{when: listed("tax-cases"), term: while}'
    )
    texts["joint-memoranda"] = texts["joint-memoranda"].replace(
        "enter: [{on: tax_unpaid, when: amount >= 100000, term: 24 months}]",
        'enter: [{when: listed("defaulters"), term: while}]',
    )
    files = [tmp_path / f"{name}.yaml" for name in texts]
    for file, text in zip(files, texts.values(), strict=True):
        file.write_text(text, encoding="utf-8")
    (found,) = wrong(library, policy_files=files)
    assert "lists lead onto one another in a circle" in found


def test_two_policies_with_a_list_of_one_name_are_a_mistake(library: Library) -> None:
    (found,) = wrong(library, policy_files=[BASE / "reform.yaml"])
    assert found.endswith("policies: `defaulters` is a list or rating of both court-defaulters and court-reformed")


def test_it_reads_back_to_itself(scenario: Scenario, library: Library, tmp_path: Path) -> None:
    file = tmp_path / "canonical.yaml"
    file.write_text(canonical_text(scenario), encoding="utf-8")
    again = load_scenario(file, library)
    assert again == scenario
    assert canonical(again) == canonical(scenario) and digest(again) == digest(scenario)


def test_scenarios_of_the_package_load_and_read_back(tmp_path: Path) -> None:
    package = Library.default()
    assert "ledger-12" in package.names("scenario")
    for name in package.names("scenario"):
        first = load_scenario(name, package)
        file = tmp_path / f"{name}.yaml"
        file.write_text(canonical_text(first), encoding="utf-8")
        assert load_scenario(file, package) == first
