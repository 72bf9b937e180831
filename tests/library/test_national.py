"""The policies of the whole country: as many grounds, memoranda and requirements as the figures count."""

from __future__ import annotations

from datetime import date

import pytest

from glasshouse.policy import load_conduct, load_policy
from glasshouse.shelf import Library

LIBRARY = Library.default()
CONDUCT = load_conduct("china-baseline", LIBRARY)
SERVICES = {service.id: service for service in CONDUCT.services}
NATIONAL = (
    "court-defaulters",
    "tax-arrears",
    "tax-grades",
    "travel-misconduct",
    "military-refusal",
    "drug-safety",
    "false-advertising",
    "company-rating",
    "sector-lists",
    "joint-memoranda",
    "public-benefits",
    "zhejiang-forced-exits",
)


def test_the_court_list_has_six_grounds_and_no_term_for_the_first() -> None:
    policy = load_policy("court-defaulters", LIBRARY)
    listed = next(part for part in policy.lists if part.id == "defaulters")
    first_of = {
        "First": "judgment_unpaid",
        "Second": "judgment_obstructed",
        "Third": "assets_hidden",
        "Fourth": "assets_undeclared",
        "Fifth": "spending_order_broken",
        "Sixth": "settlement_broken",
    }
    for ground, event in first_of.items():
        row = next(row for row in listed.enter if row.text is not None and row.text.startswith(f"{ground} ground,"))
        assert row.on == (event,), ground
        assert (row.term.documented[0].unit == "none") == (ground == "First"), ground


def test_fifty_one_memoranda_of_which_eighteen_began_in_2018() -> None:
    gates = [gate for gate in load_policy("joint-memoranda", LIBRARY).gates if gate.id.startswith("mou-")]
    assert len(gates) == 51
    new = [gate for gate in gates if gate.in_force.since is not None and gate.in_force.since >= date(2018, 1, 1)]
    assert len(new) == 18
    assert all("SRC-TOMENTS" in gate.source for gate in new)
    assert len({gate.text for gate in gates}) == 51


def test_a_large_firm_is_bound_by_three_hundred_requirements() -> None:
    requirements = [event for event in CONDUCT.events if "S-CORP-300" in event.source]
    assert len(requirements) == 12
    assert sum(event.instances.documented[0].number for event in requirements) == 300
    for event in requirements:
        assert event.subjects == ("firms",), event.id


def test_tax_and_work_weigh_most_in_the_company_rating() -> None:
    weights = {part.id: part.weight.documented[0].number for part in load_policy("company-rating", LIBRARY).indicators}
    heaviest = sorted(weights, key=lambda name: -weights[name])
    assert heaviest[:2] == ["tax-part", "hiring-part"]
    assert sum(weights.values()) == 1


@pytest.mark.parametrize("name", NATIONAL)
def test_gates_close_services_that_their_subjects_ask_for(name: str) -> None:
    for gate in load_policy(name, LIBRARY).gates:
        for service in gate.services:
            assert set(gate.subjects) & set(SERVICES[service].subjects), (gate.id, service)


@pytest.mark.parametrize("name", NATIONAL)
def test_whom_a_list_can_hold_may_appeal_where_he_is_told(name: str) -> None:
    """A list that gives notice and that somebody can come on has an appeal in its policy."""
    policy = load_policy(name, LIBRARY)
    appealed = {target for remedy in policy.remedies if remedy.kind == "appeal" for target in remedy.lists}
    for part in policy.lists:
        if part.notice != "none" and part.id != "struck-off-firms":
            assert f"{name}/{part.id}" in appealed, part.id


def test_what_only_the_article_says_is_of_the_reported_reading() -> None:
    """Benefits, the net, ordinary trains and colleges: nothing documented closes them to who is on a list."""
    reported = {("court-defaulters", "all-trains"), ("court-defaulters", "universities")}
    reported |= {("public-benefits", gate.id) for gate in load_policy("public-benefits", LIBRARY).gates}
    for name, clause in reported:
        gate = next(gate for gate in load_policy(name, LIBRARY).gates if gate.id == clause)
        assert gate.reading == "reported", (name, clause)
    for name in NATIONAL:
        for gate in load_policy(name, LIBRARY).gates:
            if (name, gate.id) in reported or name == "military-refusal":
                continue
            assert not {"city_transit", "internet", "study_place"} & set(gate.services), (name, gate.id)


def test_one_year_for_the_air_and_180_days_for_trains() -> None:
    policy = load_policy("travel-misconduct", LIBRARY)
    terms = {part.id: {row.term.documented[0].number for row in part.enter} for part in policy.lists}
    assert terms == {"travel-air": {365}, "travel-rail": {180}}
