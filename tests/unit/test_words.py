"""Numbers, values and conditions in plain English, and the sentence of every kind of clause."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from glasshouse.conditions import parse
from glasshouse.mechanisms import (
    detector,
    enrolment,
    event,
    gate,
    indicator,
    listing,
    rating,
    remedy,
    response,
    rule,
    spread,
)
from glasshouse.mechanisms.statements import say_condition
from glasshouse.mechanisms.words import (
    chance_text,
    digits,
    duration_text,
    factors_text,
    hazard,
    named,
    power_of_ten,
    rate_text,
    said,
)
from glasshouse.values import Entry, Value, constant

# --- numbers and values --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0"),
        ("1000", "1000"),
        ("10000", "10,000"),
        ("-100000.50", "-100,000.5"),
        ("0.10", "0.1"),
        ("1E+3", "1000"),
    ],
)
def test_numbers_are_plain_digits(number: str, text: str) -> None:
    assert digits(Decimal(number)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "none"),
        ("1", "all"),
        ("0.45", "45 in 100"),
        ("0.7229", "72.29 in 100"),
        ("0.01", "1 in 100"),
        ("0.0005", "5 in 10,000"),
        ("0.00123", "1.23 in 1,000"),
        ("8.1e-11", "8.1 in 100 billion"),
        ("7.1e-13", "7.1 in 10 trillion"),
        ("0.000001", "1 in 1 million"),
    ],
)
def test_chances_are_so_many_in_so_many(number: str, text: str) -> None:
    assert chance_text(Decimal(number)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "never"),
        ("1", "once a year"),
        ("12", "12 times a year"),
        ("0.24", "0.24 times a year"),
        ("0.0034", "3.4 times a year among 1,000"),
        ("0.01", "once a year among 100"),
        ("0.000005", "5 times a year among 1 million"),
    ],
)
def test_small_rates_are_so_many_among_so_many(number: str, text: str) -> None:
    assert rate_text(Decimal(number)) == text


def test_powers_of_ten_are_spoken() -> None:
    assert [power_of_ten(n) for n in (2, 5, 7, 12, 21)] == [
        "100",
        "100,000",
        "10 million",
        "1 trillion",
        "1,000 quintillion",
    ]


def test_long_durations_say_their_years() -> None:
    assert duration_text(Decimal(1), "months") == "1 month"
    assert duration_text(Decimal(12), "months") == "12 months"
    assert duration_text(Decimal(60), "months") == "60 months (5 years)"


def test_a_value_says_its_dates_and_both_readings() -> None:
    documented = (Entry(None, Decimal(1), "points"),)
    reported = (Entry(date(2016, 1, 1), Decimal(2), "points"), Entry(date(2018, 10, 1), Decimal(3), "points"))
    assert said(Value(documented, documented), digits) == "1"
    assert said(Value(reported, reported), digits) == "2 (3 from 1 October 2018)"
    assert said(Value(reported, documented), digits) == "2 (3 from 1 October 2018) as reported and 1 as documented"


def test_names_of_another_policy_are_told_with_it() -> None:
    assert named("court/defaulters", "court") == "“defaulters”"
    assert named("court/defaulters", "sesame") == "“defaulters” of court"


# --- conditions ----------------------------------------------------------------------------------------------------

CONDITIONS = {
    "age >= 18 and residence_years >= 1": "age is at least 18 and residence years is at least 1",
    "18 <= age <= 45": "age is from 18 to 45",
    "student": "“student” is true of the resident",
    "not student": "“student” is not true of the resident",
    'schooling == "college"': "schooling is college",
    'schooling < "college"': "schooling is below college",
    'employment in ["employed", "firm_head"]': "employment is employed or firm head",
    'not employment in ["employed"]': "it is not so that employment is employed",
    'area == "rongcheng"': "the place of residence is rongcheng",
    'within("zhejiang")': "the resident lives in zhejiang",
    'not within("zhejiang")': "the resident lives outside zhejiang",
    'count("late_card", "late_utility", months=12) == 0': (
        "there is no record of late card or late utility in the last 12 months"
    ),
    'count("late_card", months=24) >= 3': "there are at least 3 records of late card in the last 24 months (2 years)",
    'count("late_card", days=30) < 2': "there are fewer than 2 records of late card in the last 30 days",
    'count("late_card", days=30) == 1': "there is exactly 1 record of late card in the last 30 days",
    "amount >= 100000": "the amount is at least 100,000 yuan",
    'score("law/points") >= 600': "the last published score of “points” is at least 600",
    'tier("law/points") >= "AA"': "the last published tier of “points” is AA or better",
    'tier("law/points") < "B"': "the last published tier of “points” is worse than B",
    'tier("law/points") in ["C", "D"]': "the last published tier of “points” is C or D",
    "listed()": "the resident is on any list at all",
    'listed("law/a", "court/b")': "the resident is listed on “a” or “b” of court",
    'not listed("law/a")': "the resident is not listed on “a”",
    'months_listed("law/a") >= 24': "the resident has been on “a” for at least 24 months",
    'tie_any("parents", listed("law/a"))': "somebody tied as “parents” is listed on “a”",
    'not tie_any("parents", listed("law/a"))': "nobody tied as “parents” is listed on “a”",
    'tie_any("parents", age < 18 and student)': (
        "there is somebody tied as “parents” of whom it is true that age is less than 18 and “student” is true of the "
        "tied subject"
    ),
    'tie_share("friends", listed("law/a")) >= 0.5': (
        "the share of those tied as “friends” of whom it is true that the tied subject is listed on “a” is at least 0.5"
    ),
    "sanctioned(months=12) >= 1": "the resident was sanctioned at least once in the last 12 months",
    'refused("bank_credit", months=6) == 0': "the resident was refused bank credit not once in the last 6 months",
    'watched("job_change")': "some policy in force that holds the resident takes points for or lists on job change",
    "student and (age < 18 or age >= 65)": (
        "“student” is true of the resident and (age is less than 18 or age is at least 65)"
    ),
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_is_a_statement(text: str) -> None:
    assert say_condition(parse(text), "resident", "law") == CONDITIONS[text]


# --- clauses -------------------------------------------------------------------------------------------------------

SAID: dict[str, Any] = {"id": "it", "text": "A clause.", "source": ("invented",), "confidence": "invented"}


def chance(number: str | int) -> Value:
    return constant(str(number), "chance")


def rate(number: str | int) -> Value:
    return constant(str(number), "per year")


def months(number: int) -> Value:
    return constant(number, "months")


def days(number: int) -> Value:
    return constant(number, "days")


def points(number: int) -> Value:
    return constant(number, "points")


FOREVER = constant(0, "none")
REGISTER: dict[str, Any] = {
    "method": "register",
    "keeper": "court",
    "watches": ("judgment_unpaid", "late_card"),
    "coverage": chance(1),
    "hit_chance": chance("0.45"),
    "mistaken_chance": chance("0.0005"),
    "false_rate": rate("0.002"),
    "delay": months(1),
}


def test_an_enrolment_says_whom_it_holds() -> None:
    clause = enrolment.Enrolment(
        **SAID, of=("law/points",), when=parse("age >= 18"), mode="opt_in", share=chance("0.76"), withdraw=rate("0.01")
    )
    assert enrolment.say(clause, "law") == (
        "Every resident who asks for it may be in “points” if age is at least 18; of these 76 in 100 are enrolled. "
        "Whoever is enrolled leaves at a rate of 0.01 a year (about 1 in 100 within a year)."
    )


def test_a_detector_says_what_it_notices_and_mistakes() -> None:
    review = detector.Review(override_chance={"own": chance("0.02"), "mistaken": chance("0.2")}, delay=days(10))
    factors = {"hit_chance": {"size": {"large": constant("2.5", "factor")}, "age": {"18": constant(2, "factor")}}}
    clause = detector.Detector(**SAID, **REGISTER, review=review, factors=factors)
    assert detector.say(clause) == (
        "A register kept by “court” takes down judgment unpaid and late card. 45 in 100 of the events are noticed. 5 "
        "in 10,000 of the records land on somebody else. Records of what nobody did arise 2 times a year among 1,000 "
        "residents. A record arrives 1 month later; somebody checks it within 10 days and strikes it out: where the "
        "subject did it, 2 in 100; where somebody else did it, 20 in 100; otherwise none. The hit chance is "
        "multiplied for size large by 2.5; the hit chance is multiplied for age from 18 by 2."
    )


def test_a_camera_says_its_three_failures() -> None:
    camera = REGISTER | {"method": "camera", "mistaken_chance": chance(0), "false_rate": rate(0), "delay": days(0)}
    told = detector.say(
        detector.Detector(
            **SAID,
            **camera,
            view=detector.View(
                cameras_per_resident=constant("0.125", "number"),
                recognising_share=chance("0.02"),
                reach=constant(2, "number"),
            ),
            identify=detector.Identify(
                gallery="country",
                false_match_chance=chance("8.1e-11"),
                miss_chance=chance("0.1"),
                outrank_chance=chance("0.05"),
            ),
            link=detector.Link(wrong_chance=chance("0.001")),
        )
    )
    for number in (
        "0.125",
        "2 in 100",
        "reach: 2",
        "45 in 100",
        "8.1 in 100 billion",
        "10 in 100",
        "5 in 100",
        "1 in 1,000",
    ):
        assert number in told
    assert "of the whole country" in told
    assert told.endswith("A record arrives at once; nobody checks it.")


def test_a_rating_says_its_scale_and_tiers() -> None:
    tiers = (
        rating.TierRow(tier="A", at_least=points(90), when=parse("firm_age >= 3")),
        rating.TierRow(tier="B", at_least=points(70)),
        rating.TierRow(tier="C"),
    )
    clause = rating.Rating(
        **SAID,
        method="points",
        polarity="merit",
        start=points(90),
        floor=points(0),
        ceiling=points(100),
        publish=months(12),
        tiers=tiers,
        subjects=("firms",),
    )
    assert rating.say(clause) == (
        "The score “it” starts at 90, lies between 0 and 100 and is published every 12 months; more points are better. "
        "Its tiers, best first: A from 90 if firm age is at least 3, B from 70, C for the rest."
    )


RULES: dict[str, tuple[dict[str, Any], str]] = {
    "points": (
        {
            "on": ("job_change",),
            "points": points(-10),
            "when": parse('count("job_change", months=24) >= 3'),
            "lapse": months(24),
        },
        "A record of job change takes 10 points from “points” for 24 months (2 years) if there are at least 3 records "
        "of job change in the last 24 months (2 years). The record at hand is counted.",
    ),
    "repeat and cap": (
        {
            "on": ("ticket",),
            "points": points(-5),
            "lapse": months(12),
            "repeat": rule.Repeat(factor=constant(2, "factor"), within=months(12)),
            "cap": rule.Cap(points=points(-50), per=months(12)),
        },
        "A record of ticket takes 5 points from “points” for 12 months. Each earlier time within 12 months multiplies "
        "this by 2. In any 12 months these come to at most 50 points.",
    ),
    "discretion": (
        {"on": ("fraud",), "discretion": (points(-50), points(-5)), "lapse": FOREVER},
        "A record of fraud takes 5 to 50 points from “points” for good, at an official's discretion.",
    ),
    "becomes": (
        {"on": ("drink",), "becomes": points(599), "lapse": months(60)},
        "A record of drink makes the score of “points” fall to 599 for 60 months (5 years), unless it is worse "
        "already.",
    ),
    "every": (
        {"every": months(12), "points": points(1), "lapse": FOREVER, "when": parse('count("fraud", months=12) == 0')},
        "Every 12 months the resident gains 1 point in “points” for good if there is no record of fraud in the last 12 "
        "months.",
    ),
    "enrolment": (
        {"on": ("enrolment",), "points": points(-5), "lapse": FOREVER, "when": parse("not local")},
        "On enrolment the resident loses 5 points in “points” for good if “local” is not true of the resident.",
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_what_it_takes(name: str) -> None:
    fields, text = RULES[name]
    assert rule.say(rule.Rule(**SAID, rating="law/points", **fields), "law") == text


def test_an_indicator_says_its_cases() -> None:
    cases = (
        indicator.CaseRow(when=parse("income >= 4"), value=chance("0.8")),
        indicator.CaseRow(when=parse("income >= 2"), value=chance("0.4")),
    )
    fields: dict[str, Any] = {"rating": "law/points", "weight": chance("0.25"), "otherwise": chance("0.1")}
    assert indicator.say(indicator.Indicator(**SAID, **fields, cases=cases), "law") == (
        "Counts 25 in 100 of “points”: 0.8 if income is at least 4; else 0.4 if income is at least 2; else 0.1."
    )
    mean = indicator.TieMean(tie="friends", rating="law/points")
    assert indicator.say(indicator.Indicator(**SAID, **fields, tie_mean=mean), "law") == (
        "Counts 25 in 100 of “points”: the mean last published score in “points” of those tied as “friends”, from 0 "
        "to 1; whoever has no such tie counts 0.1."
    )


def test_a_list_says_its_ways_in_and_its_safeguards() -> None:
    rows = (
        listing.EnterRow(on=("tax_unpaid",), when=parse("amount >= 100000"), term=months(24), chance=chance("0.5")),
        listing.EnterRow(when=parse('tier("law/points") == "poor"'), term=constant(0, "while"), chance=chance(1)),
    )
    clause = listing.NamedList(**SAID, enter=rows, cases="one", notice="with", reasons=True, publicity="public")
    assert listing.say(clause, "law") == (
        "A record of tax unpaid puts the resident on “it” in 50 in 100 such cases, for 24 months (2 years) if the "
        "amount is at least 100,000 yuan. When the last published tier of “points” is poor, the resident comes on "
        "“it” for as long as this holds. A listed subject has one case at a time, which a new record can only "
        "lengthen. Notice is given with the entry; reasons are given; the list is published."
    )


def test_a_spread_says_who_follows_whom() -> None:
    clause = spread.Spread(
        **SAID,
        from_list="law/black",
        to="partners",
        list="law/watch",
        chance=chance("0.1"),
        term=months(12),
        subjects=("firms",),
    )
    assert spread.say(clause, "law") == (
        "When a firm comes on “black”, whoever is tied to it as “partners” comes on “watch” in 10 in 100 cases, for 12 "
        "months."
    )


GATES: dict[str, tuple[str, Value | None, str]] = {
    "refuse": (
        "refuse",
        None,
        "A resident who asks for air ticket or hotel is refused if the resident is listed on “black”.",
    ),
    "dearer": ("price", constant(20, "percent"), "A resident who asks for air ticket or hotel pays 20 percent more if"),
    "cheaper": ("price", constant(-300, "yuan"), "A resident who asks for air ticket or hotel pays 300 yuan less if"),
    "slower": ("wait", days(5), "A resident who asks for air ticket or hotel waits 5 days longer if"),
    "faster": ("wait", days(-4), "A resident who asks for air ticket or hotel waits 4 days less if"),
    "lower": (
        "rank",
        constant(-30, "percent"),
        "A resident who asks for air ticket or hotel is ranked 30 percent lower if",
    ),
    "limited": (
        "limit",
        constant(20, "percent"),
        "A resident who asks for air ticket or hotel gets at most 20 percent of what is usual if",
    ),
    "at most": (
        "limit",
        constant(10000, "yuan"),
        "A resident who asks for air ticket or hotel gets at most 10,000 yuan if",
    ),
}


@pytest.mark.parametrize("name", GATES)
def test_a_gate_says_what_follows(name: str) -> None:
    effect, amount, begin = GATES[name]
    clause = gate.Gate(
        **SAID,
        services=("air_ticket", "hotel"),
        when=parse('listed("law/black")'),
        asked_by="public",
        then=gate.Effect(effect=effect, amount=amount),
        evasion_caught=chance(1),
    )
    assert gate.say(clause, "law").startswith(begin)


def test_a_gate_says_how_it_is_evaded_and_reviewed() -> None:
    review = detector.Review(override_chance={"spread": chance("0.3")}, delay=days(0))
    clause = gate.Gate(
        **SAID,
        services=("hotel",),
        when=parse("listed()"),
        then=gate.Effect(effect="refuse"),
        asked_by="public",
        evasion_caught=chance("0.95"),
        review=review,
    )
    assert gate.say(clause).endswith(
        "95 in 100 of those who then try another way are caught. Somebody looks at it first and lifts it: where it "
        "came by a tie, 30 in 100; otherwise none."
    )


def test_a_repair_says_who_asks_and_when() -> None:
    clause = remedy.Remedy(
        **SAID,
        lists=("law/black",),
        kind="repair",
        after=months(3),
        rate=rate("0.4"),
        decision=days(5),
        delay=days(5),
        success={ground: chance(1) for ground in ("own", "mistaken", "unfounded", "spread", "tier")},
    )
    assert remedy.say(clause, "law") == (
        "A resident asks to be taken off “black” from 3 months after the entry on at a rate of 0.4 a year (about 33 "
        "in 100 within a year). It is decided within 5 days, takes effect within 5 days if granted, and always "
        "succeeds."
    )


def test_an_appeal_says_how_often_it_succeeds() -> None:
    clause = remedy.Remedy(
        **SAID,
        ratings=("law/points",),
        kind="appeal",
        after=days(0),
        rate=rate("0.5"),
        decision=months(1),
        delay=days(0),
        success={"own": chance("0.05"), "mistaken": chance("0.6")},
        suspends=True,
    )
    assert remedy.say(clause, "law") == (
        "A resident appeals against points charged in “points” at a rate of 0.5 a year (about 39 in 100 within a "
        "year). It is decided within 1 month, takes effect at once if granted, and succeeds so often: where the "
        "subject did it, 5 in 100; where somebody else did it, 60 in 100; otherwise none. Until then the consequences "
        "are suspended; one appeal a case."
    )


def test_a_response_says_what_changes() -> None:
    clause = response.Response(
        **SAID,
        kind="chilling",
        when=parse('watched("criticism")'),
        changes=("criticism",),
        factor=constant("0.8", "factor"),
    )
    assert response.say(clause) == (
        "If some policy in force that holds the resident takes points for or lists on criticism, the rate of "
        "criticism is multiplied by 0.8 in the next step (chilling)."
    )


def test_an_event_says_how_often_and_what_in_law() -> None:
    clause = event.Event(
        **SAID,
        context="justice",
        nature="offence",
        gravity=3,
        rate=rate("0.0034"),
        instances=constant(1, "number"),
        propensity="bad",
        protected=("belief",),
        limit=event.Limit(number=1, unit="month"),
        amounts=((5000, Decimal("0.3")), (50000, Decimal("0.7"))),
    )
    assert event.say(clause) == (
        "It happens 3.4 times a year among 1,000 residents, at most 1 a month; those inclined to rule-breaking do it "
        "more. It is an offence (it breaks a law), a matter of justice, of gravity 3 of 5, on protected ground "
        "(belief). The amount is 5000 yuan in 30 in 100 or 50,000 yuan in 70 in 100."
    )


def test_a_service_says_its_right_and_weight() -> None:
    clause = event.Service(
        **SAID,
        context="travel",
        right="movement",
        severity=4,
        essential=True,
        rate=rate("0.93"),
        attempts=constant(2, "number"),
        evade_chance=chance("0.5"),
        wait=days(15),
    )
    assert event.say_service(clause) == (
        "It is asked for 0.93 times a year. It is a matter of travel and of freedom of movement, and essential; being "
        "refused weighs 4 of 5. Whoever is refused tries 2 times on average. 50 in 100 of those refused try another "
        "way. The usual wait is 15 days."
    )


def test_factors_of_numbers_are_told_where_they_change() -> None:
    factors = {"rate": {"income": {str(n): constant("0.4" if n < 5 else "1.8", "factor") for n in range(1, 6)}}}
    assert factors_text(factors) == "The rate is multiplied for income from 1 by 0.4 and income from 5 by 1.8."


def test_a_hazard_with_dates_leaves_out_what_it_comes_to() -> None:
    series = (Entry(None, Decimal("0.3"), "per year"), Entry(date(2017, 3, 1), Decimal("0.2"), "per year"))
    assert hazard(Value(series, series)) == "at a yearly rate of 0.3 (0.2 from 1 March 2017)"
