"""Conditions in plain English, as statements that may follow "if"."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from glasshouse.conditions import (
    Amount,
    And,
    Area,
    Attribute,
    Compare,
    Condition,
    Count,
    Holds,
    IsIn,
    Listed,
    MonthsListed,
    Not,
    Or,
    Refused,
    Sanctioned,
    Score,
    Term,
    TieAny,
    Tier,
    TieShare,
    Watched,
    Window,
    Within,
    terms,
)
from glasshouse.mechanisms.words import digits, duration_text, either, named, nice

_NUMBER_OPS: Final = {
    "==": "exactly {}", "!=": "not {}",
    "<": "less than {}", "<=": "at most {}", ">": "more than {}", ">=": "at least {}",
}
_LEVEL_OPS: Final = {
    "==": "{}", "!=": "not {}", "<": "below {}", "<=": "{} or below", ">": "above {}", ">=": "{} or above",
}
_TIER_OPS: Final = {
    "==": "{}", "!=": "not {}", "<": "worse than {}", "<=": "{} or worse", ">": "better than {}", ">=": "{} or better",
}


def say_condition(condition: Condition, who: str = "subject", policy: str = "") -> str:
    """A condition as a statement that may follow "if". ``who`` is the noun for the subject asked about."""
    match condition:
        case And((Compare(first, ">=", low), Compare(second, "<=", high))) if first == second:
            return f"{_noun(first, policy)} is from {_constant(low)} to {_constant(high)}"
        case And(parts):
            return " and ".join(_inner(part, who, policy) for part in parts)
        case Or(parts):
            return " or ".join(_inner(part, who, policy) for part in parts)
        case Not(Holds(term)):
            return _truth(term, who, policy, "not ")
        case Not(part):
            return f"it is not so that {_inner(part, who, policy)}"
        case Compare(term, op, constant):
            return _compared(term, op, constant, who, policy)
        case IsIn(term, constants):
            return f"{_noun(term, policy)} is {either(map(_constant, constants))}"
        case Holds(term):
            return _truth(term, who, policy, "")


def _inner(part: Condition, who: str, policy: str) -> str:
    text = say_condition(part, who, policy)
    return f"({text})" if isinstance(part, Or) or (isinstance(part, And) and " and " in text) else text


def _constant(constant: Decimal | str) -> str:
    return nice(constant) if isinstance(constant, str) else digits(constant)


def _noun(term: Term, policy: str) -> str:
    match term:
        case Attribute(name):
            return nice(name)
        case Area():
            return "the place of residence"
        case Amount():
            return "the amount"
        case Score(rating):
            return f"the last published score of {named(rating, policy)}"
        case Tier(rating):
            return f"the last published tier of {named(rating, policy)}"
        case Count(kinds, window):
            return f"the number of records of {either(map(nice, kinds))} in {_window(window)}"
    return "the number asked for"


def _window(window: Window) -> str:
    return f"the last {duration_text(window.number, window.unit)}"


def _compared(term: Term, op: str, constant: Decimal | str, who: str, policy: str) -> str:
    match term:
        case Count(kinds, window):
            return f"there {_records(op, constant)} of {either(map(nice, kinds))} in {_window(window)}"
        case Sanctioned(window):
            return f"the {who} was sanctioned {_times(op, constant)} in {_window(window)}"
        case Refused(services, window):
            return f"the {who} was refused {either(map(nice, services))} {_times(op, constant)} in {_window(window)}"
        case MonthsListed(name):
            told = _NUMBER_OPS[op].format(f"{_constant(constant)} months")
            return f"the {who} has been on {named(name, policy)} for {told}"
        case TieShare(tie, condition):
            told = _NUMBER_OPS[op].format(_share(constant))
            return f"the share of those tied as “{nice(tie)}” of whom {_of_them(condition, policy)} is {told}"
        case Tier():
            return f"{_noun(term, policy)} is {_TIER_OPS[op].format(_constant(constant))}"
        case Amount():
            return f"{_noun(term, policy)} is {_NUMBER_OPS[op].format(f'{_constant(constant)} yuan')}"
    words = _LEVEL_OPS if isinstance(constant, str) else _NUMBER_OPS
    return f"{_noun(term, policy)} is {words[op].format(_constant(constant))}"


def _none(op: str, constant: Decimal | str) -> bool:
    return (op == "<" and constant == 1) or (op in ("==", "<=") and constant == 0)


def _records(op: str, constant: Decimal | str) -> str:
    if _none(op, constant):
        return "is no record"
    number = _NUMBER_OPS[op].format(_constant(constant)).replace("less", "fewer")
    return f"is {number} record" if constant == 1 else f"are {number} records"


def _times(op: str, constant: Decimal | str) -> str:
    if _none(op, constant):
        return "not once"
    return "at least once" if op == ">=" and constant == 1 else f"{_NUMBER_OPS[op].format(_constant(constant))} times"


def _share(constant: Decimal | str) -> str:
    return constant if isinstance(constant, str) else digits(constant)


def _truth(term: Term, who: str, policy: str, negation: str) -> str:
    match term:
        case Within(area):
            return f"the {who} lives {'outside' if negation else 'in'} {area}"
        case Listed(()):
            return f"the {who} is {negation}on any list at all"
        case Listed(lists):
            return f"the {who} is {negation}listed on {either(named(name, policy) for name in lists)}"
        case TieAny(tie, condition):
            return _tied(tie, condition, policy, negation)
        case Watched(kind):
            nothing = "no" if negation else "some"
            return f"{nothing} policy in force that holds the {who} takes points for or lists on {nice(kind)}"
    return f"“{_noun(term, policy)}” is {negation}true of the {who}"


def _tied(tie: str, condition: Condition, policy: str, negation: str) -> str:
    body = "nobody" if negation else "somebody"
    whose = f"{body} tied as “{nice(tie)}”"
    told = say_condition(condition, "\0", policy)
    if isinstance(condition, Holds | Compare) and told.startswith("the \0 "):
        return whose + told.removeprefix("the \0")
    return f"there is {whose} of whom {_of_them(condition, policy)}"


def _of_them(condition: Condition, policy: str) -> str:
    return f"it is true that {say_condition(condition, 'tied subject', policy)}"


def counts_itself(condition: Condition | None) -> str:
    """What a lawyer asks of a count beside a record: whether the record at hand is in it."""
    counted = condition is not None and any(isinstance(each, Count) for each in terms(condition))
    return "The record at hand is counted." if counted else ""


def if_text(condition: Condition | None, who: str, policy: str = "") -> str:
    """The condition after "if", or nothing."""
    return f"if {say_condition(condition, who, policy)}" if condition is not None else ""
