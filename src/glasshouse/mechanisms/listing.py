"""A list, and how a subject comes onto it."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Draft, Frozen, Section, beside, check_doers, remark_no_step
from glasshouse.mechanisms.statements import counts_itself, if_text
from glasshouse.mechanisms.words import chance, either, is_always, nice, sentence, term, whom
from glasshouse.reading.forms import CHANCE, SOURCE, TEXT, Field, condition, names, truth, value, word
from glasshouse.reading.leaves import Written
from glasshouse.reading.margin import Spot
from glasshouse.reading.parts import rows
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Map
from glasshouse.values import Value, constant
from glasshouse.vocabulary import CONFIDENCES

TERM: Final = value(Written("term", words=("none", "while")))


def check_row(item: Map, found: dict[str, Any], spot: Spot, scope: Scope) -> None:
    """A row of ``enter`` has a cause, and one that can end where it lasts ``while`` it holds."""
    if "on" not in item.entries and "when" not in item.entries:
        spot.wrong(item, "says neither `on` (a record) nor `when` (a condition)")
    term: Value | None = found.get("term")
    if term is None:
        return
    lasts_while = any(entry.unit == "while" for entry in (*term.reported, *term.documented))
    if "on" in item.entries and lasts_while:
        spot.wrong(item.entries["term"], "`while` needs a condition that can end, not a record")
    kinds: tuple[str, ...] = found.get("on", ())
    if kinds and not set(kinds) & scope.watched:
        spot.remark(item.entries["on"], f"no detector of this policy watches `{kinds[0]}`: nobody can enter")
    remark_no_step(term, item.entries["term"], spot.into("term"), scope)


class EnterRow(Frozen):
    """One way onto the list: ``on`` kinds (a record), ``when`` (a condition), or both. ``term``: a term value."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("on", names("events"), after=beside),
        Field("when", condition("enter")),
        Field("term", TERM, required=True),
        Field("chance", CHANCE, default=constant(1, "chance")),
        Field("text", TEXT),
        Field("source", SOURCE),
        Field("confidence", word(CONFIDENCES)),
    )

    on: tuple[str, ...] = ()
    when: Condition | None = None
    term: Value
    chance: Value
    text: str | None = None
    source: tuple[str, ...] = ()
    confidence: str | None = None


class NamedList(Clause):
    """A named list. ``cases``: many or one."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("enter", rows(EnterRow, check_row)),
        Field("cases", word(("many", "one")), default="many"),
        Field("notice", word(("before", "with", "after", "none"), undeclared=True)),
        Field("reasons", truth(undeclared=True)),
        Field("hearing", truth(undeclared=True)),
        Field("publicity", word(("public", "shared", "internal"), undeclared=True)),
    )

    enter: tuple[EnterRow, ...] = ()
    cases: str = "many"
    notice: str = "undeclared"
    reasons: bool | str = "undeclared"
    hearing: bool | str = "undeclared"
    publicity: str = "undeclared"


# --- checks ---------------------------------------------------------------------------------------------------------


def check(draft: Draft) -> None:
    """Somebody can enter: by a row, or by a spread that leads here."""
    if not draft.has("enter") and f"{draft.scope.document}/{draft.item_id}" not in draft.scope.fed_lists:
        draft.wrong("nobody can enter: `enter` is missing and no spread leads here")
    for row in draft.get("enter") or ():
        check_doers(draft, row.on, "enter")


SECTION = Section("lists", NamedList, check)


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
    drawn = "" if is_always(row.chance, 1) else f" in {chance(row.chance)} such cases,"
    if row.on:
        begin = f"A record of {either(map(nice, row.on))} puts the {who} on “{clause.id}”{drawn} {stays}"
        return f"{sentence(begin, asked)} {counts_itself(row.when)}".strip()
    return sentence(f"{asked.replace('if ', 'when ', 1)}, the {who} comes on “{clause.id}”{drawn} {stays}")


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
