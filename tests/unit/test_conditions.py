"""The language of conditions: what is read, what is refused with which words, and that text and tree are one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasshouse.conditions import (
    Amount,
    And,
    Area,
    Attribute,
    AttributeName,
    Compare,
    Condition,
    ConditionError,
    Count,
    EventName,
    Holds,
    IsIn,
    Listed,
    MonthsListed,
    Names,
    Not,
    Or,
    Place,
    RatingName,
    Refused,
    Sanctioned,
    Score,
    Term,
    TieAny,
    TieName,
    Tier,
    TieShare,
    Watched,
    Window,
    Within,
    check,
    parse,
    resolve,
    terms,
    to_text,
)

NAMES = Names(
    policy="base",
    attributes={
        "age": AttributeName("breaks", breaks=(0, 6, 14, 18, 23, 30, 46, 60, 65, 75)),
        "income": AttributeName("breaks", breaks=(1, 2, 3, 4, 5)),
        "sex": AttributeName("levels", levels=("male", "female")),
        "schooling": AttributeName("levels", levels=("none", "primary", "middle", "high", "college"), ordered=True),
        "employment": AttributeName("levels", levels=("none", "employed", "self_employed", "firm_head")),
        "student": AttributeName("yes"),
        "size": AttributeName("levels", ("firms",), levels=("micro", "small", "medium", "large"), ordered=True),
    },
    areas=("china", "shandong", "rongcheng"),
    ties={
        "household": TieName("residents", "residents"),
        "friends": TieName("residents", "residents"),
        "responsible_for": TieName("residents", "firms"),
        "employer": TieName("residents", "firms"),
        "partners": TieName("firms", "firms"),
    },
    events={
        "late_utility": EventName(),
        "late_card": EventName(),
        "tax_unpaid": EventName(("residents", "firms"), amounts=True),
    },
    services={"air_ticket": ("residents",), "bank_credit": ("residents", "firms")},
    ratings={"base/pts": RatingName(tiers=("A", "B", "C")), "other/far": RatingName(tiers=("X",))},
    lists={"base/black": ("residents",), "base/grey": ("residents",), "court/defaulters": ("residents", "firms")},
    event_sets={"bills": ("late_utility", "late_card")},
    service_sets={"all_services": ("air_ticket", "bank_credit")},
    list_sets={"both_lists": ("black", "defaulters")},
)
GATE = Place("gate")


def messages(text: str, place: Place = GATE) -> list[str]:
    """Every message a condition gets, whether from reading or from checking."""
    try:
        condition = parse(text)
    except ConditionError as mistake:
        return [str(mistake)]
    return check(condition, NAMES, place)


# --- what is read --------------------------------------------------------------------------------------------------


def test_a_chain_is_two_comparisons() -> None:
    age = Attribute("age")
    assert parse("18 <= age <= 45") == And((Compare(age, ">=", Decimal(18)), Compare(age, "<=", Decimal(45))))


def test_a_constant_on_the_left_turns_the_comparison_round() -> None:
    assert parse("18 < age") == Compare(Attribute("age"), ">", Decimal(18))
    assert parse('"A" == tier("pts")') == Compare(Tier("pts"), "==", "A")


def test_numbers_are_the_digits_written() -> None:
    digits = "0.1000000000000000055511151231257827021181583404541015626"
    assert parse(f'score("pts") >= {digits}') == Compare(Score("pts"), ">=", Decimal(digits))
    assert parse('score("pts") >= -5.50') == Compare(Score("pts"), ">=", Decimal("-5.5"))


def test_numbers_stand_where_they_stand_after_letters_of_more_than_a_byte() -> None:
    adult = Compare(Attribute("age"), ">=", Decimal(18))
    assert parse('within("北京") and age >= 18') == And((Holds(Within("北京")), adult))


def test_years_are_twelve_months() -> None:
    counted = Count(("bills",), Window(Decimal(36), "months"))
    assert parse('count("bills", years=3) >= 2') == Compare(counted, ">=", Decimal(2))


def test_words_bind_as_in_python() -> None:
    a, b, c = (Holds(Attribute(name)) for name in "abc")
    assert parse("a or b and not c") == Or((a, And((b, Not(c)))))
    assert parse("(a or b) and c") == And((Or((a, b)), c))


def test_not_in_is_the_negation_of_in() -> None:
    assert parse('sex not in ["male"]') == Not(IsIn(Attribute("sex"), ("male",)))


def test_terms_are_found_inside_ties() -> None:
    condition = parse('age < 18 and tie_any("household", listed("black") or not student)')
    tie = TieAny("household", Or((Holds(Listed(("black",))), Not(Holds(Attribute("student"))))))
    assert list(terms(condition)) == [Attribute("age"), tie, Listed(("black",)), Attribute("student")]


# --- what is refused -----------------------------------------------------------------------------------------------

BANDS = "`age` is known in bands from 0, 6, 14, 18, 23, 30, 46, 60, 65, 75; a comparison with {} would cut a band"
WINDOW = "count needs one window: months=24, days=30 or years=5"
REFUSED = {
    'sex = "male"': '`sex = "male"` is no condition; write == for equals',
    'listed("black") && age >= 18': '`listed("black") && age >= 18` is no condition; write and, or, not',
    'count("bills", months=3) >= 1 || student': (
        '`count("bills", months=3) >= 1 || student` is no condition; write and, or, not'
    ),
    "age >=": "`age >=` is no condition",
    'list("black")': "unknown function `list`; did you mean `listed`?",
    "agee >= 18": "unknown attribute `agee`; did you mean `age`?",
    "black": 'unknown attribute `black`; lists are asked by listed("black")',
    "pts >= 600": 'unknown attribute `pts`; ratings are asked by score("pts") or tier("pts")',
    "bills": 'unknown attribute `bills`; events are counted by count("bills", months=12)',
    "age >= 20": BANDS.format(20),
    "age > 18": BANDS.format(18),
    "age == 18": BANDS.format(18),
    "age <= 45.5": BANDS.format(45.5),
    'schooling == "colege"': "`colege` is no level of `schooling`; did you mean `college`?",
    'schooling in ["high", "colege"]': "`colege` is no level of `schooling`; did you mean `college`?",
    "schooling == 3": "`3` is no level of `schooling`",
    'employment >= "employed"': "the levels of `employment` have no order",
    'age >= "18"': "`age` is a number: write it without quotes",
    'size == "small"': "`size` is an attribute of firms, but the clause is about residents",
    'tie_any("responsible_for", size == "tiny")': "`tiny` is no level of `size`",
    'score("pts") + 10 >= 600': "`score('pts') + 10`: no arithmetic in a condition",
    "subject.age >= 18": "`subject.age`: no dots in a condition",
    'count("bills") >= 1': WINDOW,
    'count("bills", months=12)': "`count('bills', months=12)` is a number: compare it with something",
    'count("bills", weeks=12) >= 1': WINDOW,
    'count("bills", months=0) >= 1': WINDOW,
    'count("bills", months=2.5) >= 1': WINDOW,
    'count("bills", months=True) >= 1': WINDOW,
    'count("bils", months=12) >= 1': "unknown events `bils`; did you mean `bills`?",
    'count(months=12) >= 1': 'count takes one name or more: count("k", months=24)',
    'count("bills", months=12) >= "1"': "`count('bills', months=12)` is a number: compare it with a number",
    "listed(black)": "listed: names stand in quotes, separated by commas",
    'listed(["black"])': "listed: names stand in quotes, separated by commas",
    'listed("blacks")': "unknown lists `blacks`; did you mean `black`?",
    'months_listed("blacks") >= 3': "unknown lists `blacks`; did you mean `black`?",
    'score("ptts") >= 3': "unknown ratings `ptts`; did you mean `pts`?",
    'tier("pts") == "D"': "`D` is no tier of this rating (A, B, C)",
    'tier("pts") >= 850': "`850` is no tier of this rating (A, B, C); score(..) compares numbers",
    'score("pts") >= "A"': "`score('pts')` is a number: compare it with a number",
    'listed("black") == true': "leave out true and false: write the attribute or `not` the attribute",
    "student == True": "leave out true and false: write the attribute or `not` the attribute",
    'student == "true"': "`student` is true or false: write `student` or `not student`",
    "student and false": "leave out true and false: write the attribute or `not` the attribute",
    "age": "`age` is a number: compare it with something",
    "sex": "`sex` is a level: compare it with something",
    "area": "`area` is a level: compare it with something",
    'area == "rongchen"': "unknown areas `rongchen`; did you mean `rongcheng`?",
    'area >= "rongcheng"': "the levels of `area` have no order",
    "area == 3": "`area` is a level: compare it with a name in quotes",
    'within("rongchen")': "unknown areas `rongchen`; did you mean `rongcheng`?",
    'within("rongcheng") == 3': "`within('rongcheng')` is true or false: it is not compared",
    'tie_any("familly", listed("black"))': "unknown ties `familly`",
    'tie_any("partners", listed("black"))': "tie `partners` leads from firms, but the clause is about residents",
    'tie_any("household", tie_any("friends", listed("black")))': "a tie cannot be asked about its own ties",
    'tie_any("household", count("bills", months=12) >= 1)': (
        "count: of a tied subject only attributes, scores, tiers and lists are known"
    ),
    "age >= 18 >= 3": "`age >= 18 >= 3` compares two constants",
    "3 >= 2": "`3 >= 2` compares two constants",
    '__import__("os").system("x")': "`__import__('os').system('x')` is not in the vocabulary of conditions",
    '__import__("os")': "unknown function `__import__`",
    "[age for age in sex]": "`[age for age in sex]` is not in the vocabulary of conditions",
    "age if student else sex": "`age if student else sex` is not in the vocabulary of conditions",
    "(lambda: 1)()": "`(lambda: 1)()` is not in the vocabulary of conditions",
    'age is "x"': "`age is 'x'` is not in the vocabulary of conditions",
    'tie_any("household")': 'tie_any takes a tie and a condition: tie_any("household", listed("x"))',
    'tie_share("friends", student)': "`tie_share('friends', student)` is a number: compare it with something",
    'tie_any("employer", age >= 18)': "`age` is an attribute of residents, but the clause is about firms",
    "amount >= 1000": "`amount` is that of a record: it needs `on`",
    'refused("bank_credit", months=6) >= 1': (
        "refused is for responses in the conduct document: an authority cannot know it"
    ),
    'watched("late_card")': "watched is for responses in the conduct document: an authority cannot know it",
    "true": "leave `when` out instead of writing true or false",
    "False": "leave `when` out instead of writing true or false",
    'listed("tax-cases")': "unknown lists `tax-cases`; name its policy under `reads`",
    'score("pts") >= score("far")': (
        "`score('pts') >= score('far')` compares two terms; one side is a number or a name in quotes"
    ),
    "sex == male": '`sex == male` compares two terms; a level stands in quotes: "male"',
    "age >= 1_8": "`1_8`: write a whole or decimal number",
    "age >= 0x12": "`0x12`: write a whole or decimal number",
    "age >= 1e1": "`1e1`: write a whole or decimal number",
    'sex in "male"': '`\'male\'`: `in` takes names or numbers in brackets: in ["a", "b"]',
    "sex in []": '`[]`: `in` takes names or numbers in brackets: in ["a", "b"]',
    '"male"': "`'male'` asks nothing: compare a term with it",
    "listed": 'listed: say of what, in brackets: listed("l")',
    'listed("black", months=3)': "listed has no window",
    'score("pts", "far") >= 3': 'score takes one name: score("r")',
    'listed("bl\\"ack")': "'bl\"ack' is no name",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_mistake_has_its_message(text: str) -> None:
    assert messages(text) == [REFUSED[text]]


def test_all_mistakes_are_told_at_once() -> None:
    told = messages('agee >= 18 and listed("blacks", "tax-cases") and not age >= 20 and agee >= 18')
    assert told == [
        "unknown attribute `agee`; did you mean `age`?",
        "unknown lists `blacks`, `tax-cases`; did you mean `black`?",
        BANDS.format(20),
    ]


def test_a_text_too_deep_to_read_is_a_mistake() -> None:
    assert messages("not " * 100_000 + "student")[0].endswith("is no condition")


@pytest.mark.parametrize(
    "text",
    [
        "age >= 18 and age < 65 and 18 <= age <= 45",
        "income == 5 and income in [1, 4]",
        'schooling >= "middle" and sex in ["male", "female"]',
        'tier("pts") >= "B" and score("other/far") < 600 and tier("base/pts") != "C"',
        'listed() or listed("black", "defaulters") or listed("both_lists") or listed("court/defaulters")',
        'months_listed("black") >= 24',
        'tie_any("household", listed("black")) or tie_share("friends", score("pts") < 600) >= 0.5',
        'tie_any("employer", size >= "medium")',
        'count("bills", "tax_unpaid", days=30) >= 2',
        'within("shandong") and area != "rongcheng" and not student',
    ],
)
def test_what_may_be_asked_is_no_mistake(text: str) -> None:
    assert messages(text) == []


# --- places --------------------------------------------------------------------------------------------------------


def test_an_amount_is_that_of_the_record() -> None:
    assert messages("amount >= 1000", Place("rule", on=("tax_unpaid",))) == []
    told = messages("amount >= 1000", Place("rule", on=("tax_unpaid", "late_utility")))
    assert told == ["events late_utility have no `amounts`"]
    inside = messages('tie_any("household", amount >= 3)', Place("rule", on=("tax_unpaid",)))
    assert inside == ["`amount` is that of a record: it needs `on`"]


def test_an_enrolment_asks_attributes_only() -> None:
    place = Place("enrolment")
    assert messages('age >= 18 and not student and within("shandong")', place) == []
    assert messages('score("pts") >= 3', place) == ["score: an enrolment asks attributes only"]
    assert messages('tie_any("household", student)', place) == ["tie_any: an enrolment asks attributes only"]


def test_an_entry_asks_no_tie() -> None:
    told = messages('tie_any("household", listed("black"))', Place("enter"))
    assert told == ["a tie that leads onto a list is a `spread` clause"]
    assert messages('listed("black") and count("bills", months=3) >= 2', Place("enter")) == []


@pytest.mark.parametrize("role", ["household", "tie"])
def test_a_recipe_asks_attributes_only(role: str) -> None:
    assert messages("age >= 18 and not student", Place(role)) == []
    assert len(messages("listed()", Place(role))) == 1
    assert len(messages('within("china")', Place(role))) == 1


@pytest.mark.parametrize("text", [
    'sanctioned(months=12) >= 1', 'refused("air_ticket", "all_services", months=6) >= 1', 'watched("late_card")',
    "listed()", "age >= 18", 'tie_any("friends", sanctioned(months=12) >= 1 or refused("air_ticket", days=9) >= 1)',
    'tie_share("friends", listed()) >= 0.1',
])
def test_a_response_asks_what_was_suffered(text: str) -> None:
    assert messages(text, Place("response")) == []


@pytest.mark.parametrize(("text", "word"), [
    ('listed("black")', "listed"), ('count("bills", months=12) >= 1', "count"), ('score("pts") >= 1', "score"),
    ('tier("pts") == "A"', "tier"), ('months_listed("black") >= 1', "months_listed"),
    ('tie_any("friends", listed("black"))', "listed"),
])
def test_a_response_knows_no_policy(text: str, word: str) -> None:
    told = f"{word}: the conduct document knows no policy; use sanctioned, refused, watched or listed()"
    assert messages(text, Place("response")) == [told]


def test_nobody_knows_what_is_watched_in_a_tied_subject() -> None:
    assert messages('tie_any("friends", watched("late_card"))', Place("response")) == [
        "watched: of a tied subject only attributes, listed(), sanctioned and refused are known"
    ]


def test_a_clause_about_both_narrows_itself() -> None:
    both = Place("gate", ("residents", "firms"))
    told = "`age` is an attribute of residents, but the clause is about residents and firms"
    assert messages("age >= 18", both) == [told]
    assert messages('listed("black")', both) == []


# --- completing ----------------------------------------------------------------------------------------------------


def test_resolving_names_everything_in_full() -> None:
    text = 'count("bills", "late_card", years=1) >= 1 and listed("black", "both_lists") and tier("pts") == "A"'
    full = (
        'count("late_utility", "late_card", months=12) >= 1 and listed("base/black", "court/defaulters") '
        'and tier("base/pts") == "A"'
    )
    assert to_text(resolve(parse(text), NAMES)) == full


def test_resolving_reaches_into_ties_and_negations() -> None:
    text = 'not tie_share("friends", score("far") < 3) >= 0.50 or refused("all_services", days=3) > 1'
    full = 'not tie_share("friends", score("other/far") < 3) >= 0.5 or refused("air_ticket", "bank_credit", days=3) > 1'
    assert to_text(resolve(parse(text), NAMES)) == full


def test_resolving_twice_changes_nothing() -> None:
    once = resolve(parse('listed("both_lists") and months_listed("grey") in [1, 2]'), NAMES)
    assert resolve(once, NAMES) == once
    assert check(once, NAMES, GATE) == []


def test_the_own_list_comes_before_a_read_one() -> None:
    names = Names(policy="b", lists={"a/black": ("residents",), "b/black": ("residents",)})
    assert resolve(parse('listed("black")'), names) == Holds(Listed(("b/black",)))


# --- text and tree are one -----------------------------------------------------------------------------------------

NAME = st.from_regex(r"[a-z][a-z0-9_/-]{0,8}", fullmatch=True)
WORD = st.sampled_from(["age", "sex", "income", "late_card", "x1"])
NUMBER = st.decimals(-10**9, 10**9, allow_nan=False, allow_infinity=False, places=4)
CONSTANT = NUMBER | NAME
NUMBERS = st.lists(NAME, min_size=1, max_size=3).map(tuple)
WINDOW_OF = st.builds(Window, st.integers(1, 999).map(Decimal), st.sampled_from(["days", "months"]))
OPERATOR = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
COMPARED: st.SearchStrategy[Term] = st.one_of(
    st.builds(Attribute, WORD), st.just(Area()), st.just(Amount()), st.builds(Count, NUMBERS, WINDOW_OF),
    st.builds(Score, NAME), st.builds(Tier, NAME), st.builds(MonthsListed, NAME), st.builds(Sanctioned, WINDOW_OF),
    st.builds(Refused, NUMBERS, WINDOW_OF),
)
HELD: st.SearchStrategy[Term] = st.one_of(
    st.builds(Attribute, WORD), st.builds(Within, NAME), st.builds(Listed, NUMBERS | st.just(())),
    st.builds(Watched, NAME),
)


def larger(smaller: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(smaller, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(And, parts), st.builds(Or, parts), st.builds(Not, smaller),
        st.builds(Holds, st.builds(TieAny, NAME, smaller)),
        st.builds(Compare, st.builds(TieShare, NAME, smaller), OPERATOR, NUMBER),
    )


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    st.one_of(
        st.builds(Compare, COMPARED, OPERATOR, CONSTANT),
        st.builds(IsIn, COMPARED, st.lists(CONSTANT, min_size=1, max_size=3).map(tuple)),
        st.builds(Holds, HELD),
    ),
    larger,
    max_leaves=12,
)


@given(CONDITIONS)
def test_reading_what_was_written_gives_it_back(condition: Condition) -> None:
    assert parse(to_text(condition)) == condition


@given(CONDITIONS)
def test_a_tree_has_one_text(condition: Condition) -> None:
    assert to_text(parse(to_text(condition))) == to_text(condition)


@given(st.text(alphabet='abr()"\'=<>!&|.,[]{}+-*/0123456789 \n\\andornotlisted', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        condition = parse(text)
    except ConditionError as mistake:
        assert str(mistake)
    else:
        assert parse(to_text(condition)) == condition
