"""Policies and conduct resolved: defaults, names, sets, reforms, canonical form."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from glasshouse.conditions import to_text
from glasshouse.document import Library, validate
from glasshouse.errors import InvalidDocuments
from glasshouse.mechanisms.clause import InForce
from glasshouse.policy import Policy, canonical, canonical_text, digest, load_conduct, load_policy
from glasshouse.values import constant
from glasshouse.vocabulary import GROUNDS

BASE = Path(__file__).parent.parent / "spec" / "base"


@pytest.fixture(scope="module")
def library() -> Library:
    return Library((BASE,))


@pytest.fixture(scope="module")
def policy(library: Library) -> Policy:
    return load_policy("base", library)


def clause(found, name: str):  # type: ignore[no-untyped-def]
    """A clause of any section by its id."""
    sections = [value for value in dict(found).values() if isinstance(value, tuple)]
    return next(each for section in sections for each in section if getattr(each, "id", "") == name)


def written(text: str, folder: Path) -> Path:
    file = folder / f"{abs(hash(text))}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


# --- resolving -------------------------------------------------------------------------------------------------------


def test_defaults_are_filled_in(policy: Policy) -> None:
    feed, late, black, fly = (clause(policy, name) for name in ("feed", "late", "black", "fly"))
    assert feed.coverage == constant(1, "chance") and feed.false_rate == constant(0, "per year")
    assert (late.in_force, late.subjects) == (InForce(date(2016, 1, 1), None), ("residents",))
    assert (black.cases, black.notice, black.reasons, black.publicity) == ("many", "undeclared", True, "undeclared")
    assert (fly.evasion_caught, fly.severity, fly.asked_by) == (constant(1, "chance"), None, "public")
    assert clause(policy, "kinship").term == constant(0, "as_source")
    assert clause(policy, "give").lapse == constant(0, "none")
    assert clause(policy, "who").of == ("base/pts", "base/wgt")
    assert clause(policy, "cam").link.wrong_chance == constant(0, "chance")
    assert (policy.aim, policy.ai_system, policy.legal_basis) == ("undeclared",) * 3


def test_confidence_follows_the_source(policy: Policy) -> None:
    assert clause(policy, "late").confidence == "background"
    assert clause(policy, "give").confidence == "invented"


def test_names_are_qualified_and_sets_expanded(policy: Policy) -> None:
    assert clause(policy, "feed").watches == ("late_utility", "late_card", "tax_unpaid", "blood_donation")
    assert clause(policy, "late").rating == "base/pts"
    assert to_text(clause(policy, "fly").when) == 'listed("base/black")'
    assert to_text(clause(policy, "past").cases[0].when) == 'count("late_utility", "late_card", months=12) >= 1'
    ask = clause(policy, "ask")
    assert (ask.lists, ask.ratings) == (("base/black",), ("base/pts",))


def test_success_of_a_repair_is_for_all_grounds_and_of_an_appeal_as_written(policy: Policy) -> None:
    assert clause(policy, "mend").success == dict.fromkeys(GROUNDS, constant(1, "chance"))
    assert set(clause(policy, "ask").success) == {"own", "mistaken"}


def test_factors_at_breaks_hold_until_the_next(library: Library, tmp_path: Path) -> None:
    text = (BASE / "conduct.yaml").read_text(encoding="utf-8")
    old = "nature: breach, gravity: 1, rate: 0.004 per year"
    file = written(
        text.replace(old, f"{old}, factors: {{rate: {{age: {{18: 2, 60: 0.5}}, sex: {{male: 3}}}}}}"), tmp_path
    )
    factors = clause(load_conduct(file, library), "rent_dispute").factors["rate"]
    assert {level: value.documented[0].number for level, value in factors["age"].items()} == {
        "18": 2, "23": 2, "30": 2, "46": 2, "60": Decimal("0.5"), "65": Decimal("0.5"), "75": Decimal("0.5"),
    }  # fmt: skip
    assert set(factors["sex"]) == {"male"}


def test_propensity_follows_the_nature(library: Library) -> None:
    conduct = load_conduct("base-conduct", library)
    found = {each.nature: each.propensity for each in conduct.events}
    assert found == {"breach": "bad", "offence": "bad", "choice": "none", "manners": "bad", "merit": "good"}


def test_the_sketch_of_the_benchmark_is_the_benchmark() -> None:
    ledger = load_policy("ledger-12", Library.default())
    assert {each.on[0]: int(each.points.documented[0].number) for each in ledger.rules if each.points} == {
        "late_bill": -10, "no_show": -5, "traffic": -15, "job_change": -5, "volunteering": 15, "blood": 30,
        "court": -100, "misidentified": -20,
    }  # fmt: skip


# --- reforms ---------------------------------------------------------------------------------------------------------


def test_a_reform_is_a_whole_policy(library: Library) -> None:
    base, reformed = load_policy("court-defaulters", library), load_policy("court-reformed", library)
    assert reformed.name == "court-reformed" and reformed.authority == base.authority
    assert reformed.lists[0].notice == "before" and base.lists[0].notice == "with"
    assert [each.id for each in reformed.gates] == ["air", "posts-of-firms", "hotels"]
    assert to_text(reformed.gates[0].when) == 'listed("court-reformed/defaulters")'
    assert [each.id for each in base.gates] == ["air", "posts-of-firms", "costly-schools"]


def test_a_reform_of_a_reform(library: Library, tmp_path: Path) -> None:
    text = (
        "glasshouse: policy/1\nname: again\ntitle: Again\ntext: Again.\nsource: invented\nbased_on: court-reformed\n"
        "in_force: 2014-01-01\nwithout: [hotels]\n"
        "set:\n  defaulters.enter[1].term: 36 months\n  performance.delay: 10 days\n"
    )
    again = load_policy(written(text, tmp_path), library)
    assert again.in_force == InForce(date(2014, 1, 1), None)
    assert [row.term.documented[0].number for row in again.lists[0].enter] == [36, 24]
    assert again.lists[0].notice == "before"
    assert [each.id for each in again.gates] == ["air", "posts-of-firms"]


def test_a_reform_of_itself_is_noted(library: Library, tmp_path: Path) -> None:
    text = "glasshouse: policy/1\nname: round\ntitle: R\ntext: R.\nsource: invented\nbased_on: round\n"
    (found,) = validate([written(text, tmp_path)], library)
    assert found.message == "`round` is based on this policy itself"


def test_a_reform_that_replaces_its_base(library: Library, tmp_path: Path) -> None:
    text = (BASE / "reform.yaml").read_text(encoding="utf-8").replace("name: court-reformed", "name: court-defaulters")
    file = written(text, tmp_path)
    assert load_policy("court-defaulters", library.with_files([file])).lists[0].notice == "before"


# --- canonical form --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["base", "camera-network", "court-defaulters", "court-reformed", "demerit", "joint-memoranda"]
)
def test_a_policy_reads_back_to_itself(name: str, library: Library, tmp_path: Path) -> None:
    first = load_policy(name, library)
    again = load_policy(written(canonical_text(first), tmp_path), library)
    assert again == first
    assert canonical_text(again) == canonical_text(first) and digest(again) == digest(first)


def test_a_conduct_reads_back_to_itself(library: Library, tmp_path: Path) -> None:
    first = load_conduct("base-conduct", library)
    again = load_conduct(written(canonical_text(first), tmp_path), library)
    assert again == first and digest(again) == digest(first)


def test_every_policy_and_conduct_of_the_package_reads_back_to_itself(tmp_path: Path) -> None:
    package = Library.default()
    for kind, load in (("policy", load_policy), ("conduct", load_conduct)):
        for name in package.names(kind):
            first = load(name, package)  # type: ignore[operator]
            again = load(written(canonical_text(first), tmp_path), package)  # type: ignore[operator]
            assert again == first, name


def test_two_ways_of_saying_the_same_have_one_digest(library: Library, tmp_path: Path) -> None:
    text = (BASE / "policy.yaml").read_text(encoding="utf-8")
    said_otherwise = {
        "watches: [bills, tax_unpaid": "watches: [late_utility, late_card, tax_unpaid",
        "lapse: 24 months": "lapse: 2 years",
        "hit_chance: 0.5, delay": "hit_chance: {reported: 0.50, documented: 5e-1}, coverage: 1, delay",
        "in_force: 2016-01-01": "in_force: {from: 2016-01-01}\naim: undeclared",
        'when: listed("black"), then': "when: '(listed(\"base/black\"))', then",
        "rate: 0.1 per year": "rate: 0.1 per year, suspends: false",
    }
    for old, new in said_otherwise.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    assert digest(load_policy(written(text, tmp_path), library)) == digest(load_policy("base", library))
    other = text.replace("points: -10", "points: -11")
    assert digest(load_policy(written(other, tmp_path), library)) != digest(load_policy("base", library))


def test_the_canonical_form_is_plain(policy: Policy) -> None:
    found = canonical(policy)
    assert json.loads(json.dumps(found)) == found
    assert next(iter(found)) == "glasshouse" and found["glasshouse"] == "policy/1"
    assert found["in_force"] == {"from": "2016-01-01"}
    assert found["rules"][0]["points"] == {
        "reported": [[None, -10, "points"]], "documented": [[None, -10, "points"]],
    }  # fmt: skip


def test_everything_wrong_is_raised_together(library: Library, tmp_path: Path) -> None:
    text = (BASE / "policy.yaml").read_text(encoding="utf-8")
    text = text.replace("points: -10", "points: x").replace("then: refuse", "then: refused")
    with pytest.raises(InvalidDocuments) as raised:
        load_policy(written(text, tmp_path), library)
    assert [each.clause for each in raised.value.mistakes] == ["late", "fly"]
