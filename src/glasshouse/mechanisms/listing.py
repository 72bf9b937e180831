"""A list, and how a subject comes onto it."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Frozen
from glasshouse.mechanisms.words import chance, either, if_text, is_always, nice, sentence, term, whom
from glasshouse.values import Value


class EnterRow(Frozen):
    """One way onto the list: ``on`` kinds (a record), ``when`` (a condition), or both. ``term``: a term value."""

    on: tuple[str, ...] = ()
    when: Condition | None = None
    term: Value
    chance: Value
    text: str | None = None
    source: tuple[str, ...] = ()
    confidence: str | None = None


class NamedList(Clause):
    """A named list. ``cases``: many or one."""

    enter: tuple[EnterRow, ...] = ()
    cases: str = "many"
    notice: str = "undeclared"
    reasons: bool | str = "undeclared"
    hearing: bool | str = "undeclared"
    publicity: str = "undeclared"


# --- in words -------------------------------------------------------------------------------------------------------

_NOTICE = {
    "none": "no notice is given",
    "before": "notice is given before the entry",
    "with": "notice is given with the entry",
    "after": "notice is given after the entry",
}
_PUBLICITY = {
    "public": "the list is published", "shared": "the list is shared with other authorities",
    "internal": "the list stays inside the authority",
}


def say(clause: NamedList, policy: str = "") -> str:
    """Every way onto the list and for how long, and what those listed are told."""
    rows = " ".join(say_row(row, clause, policy) for row in clause.enter)
    merged = " A listed subject has one case at a time, which a new record can only lengthen." * (clause.cases == "one")
    return f"{rows or f'Nobody comes on “{clause.id}” but by a tie.'}{merged} {say_safeguards(clause)}".strip()


def say_row(row: EnterRow, clause: NamedList, policy: str = "") -> str:
    """One way onto the list."""
    who = whom(clause.subjects)
    asked = if_text(row.when, who, policy)
    stays = term(row.term)
    drawn = "" if is_always(row.chance, 1) else f", in {chance(row.chance)} such cases,"
    if row.on:
        begin = f"A record of {either(map(nice, row.on))} puts the {who} on “{clause.id}”{drawn} {stays}"
        return sentence(begin, asked)
    return sentence(f"The {who} comes on “{clause.id}”{drawn} {stays}", asked)


def say_safeguards(clause: NamedList) -> str:
    """Notice, reasons, hearing and publicity as far as they are declared."""
    told = [_NOTICE.get(clause.notice, "")]
    if clause.reasons in (True, False):
        told.append("reasons are given" if clause.reasons else "no reasons are given")
    if clause.hearing in (True, False):
        told.append("the subject is heard" if clause.hearing else "the subject is not heard")
    told.append(_PUBLICITY.get(clause.publicity, ""))
    said = [each for each in told if each]
    return sentence("; ".join(said)) if said else ""
