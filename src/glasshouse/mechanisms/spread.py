"""Spread: a listing that reaches a tie."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause, Draft, Section, check_steps
from glasshouse.mechanisms.statements import if_text
from glasshouse.mechanisms.words import chance, is_always, named, nice, sentence, term, whom
from glasshouse.reading.forms import CHANCE, Field, condition, name, value
from glasshouse.reading.leaves import Written
from glasshouse.reading.scope import Scope
from glasshouse.values import Value, constant

TERM: Final = value(Written("term", words=("as_source", "none")))


def about_the_tied(tie: str, scope: Scope) -> Scope:
    """A spread's condition is about the subject the tie leads to."""
    return replace(scope, populations=(scope.names.ties[tie].to_population,))


class Spread(Clause):
    """From a list (``from_list``, the document's ``from``) along the tie ``to`` onto ``list``."""

    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("from", name("lists"), required=True, attribute="from_list"),
        Field("to", name("ties"), required=True, after=about_the_tied),
        Field("list", name("lists"), required=True),
        Field("when", condition("spread")),
        Field("chance", CHANCE, default=constant(1, "chance")),
        Field("term", TERM, default=constant(0, "as_source")),
    )

    from_list: str  # POLICY/LIST
    to: str
    list: str  # POLICY/LIST
    when: Condition | None = None
    chance: Value
    term: Value


# --- checks ---------------------------------------------------------------------------------------------------------


def check(draft: Draft) -> None:
    """The tie joins the two lists' subjects; a list that spreads into itself comes to an end."""
    names, tie_name = draft.scope.names, draft.get("to")
    tie, origin, reached = names.ties.get(tie_name or ""), draft.get("from_list"), draft.get("list")
    if reached is not None and not names.own(reached):
        draft.wrong(f"`{reached.partition('/')[2]}` belongs to another authority: nobody can be listed here", "list")
    if tie is not None and origin is not None and tie.from_population not in names.lists[origin]:
        held = " and ".join(names.lists[origin])
        draft.wrong(f"tie `{tie_name}` leads from {tie.from_population}, list `{_short(origin)}` holds {held}", "to")
    if tie is not None and reached is not None and tie.to_population not in names.lists[reached]:
        told = f"tie `{tie_name}` leads to {tie.to_population}, list `{_short(reached)}` holds"
        draft.wrong(f"{told} {list(names.lists[reached])}", "to")
    if origin is not None and origin == reached and _for_ever(draft):
        draft.wrong("spreads for ever: a list that spreads into itself needs a chance below 1 or a term")
    check_steps(draft, "term")


def _short(path: str) -> str:
    return path.partition("/")[2]


def _for_ever(draft: Draft) -> bool:
    chance: Value | None = draft.get("chance")
    term: Value | None = draft.get("term")
    if chance is None or term is None:
        return False
    certain = any(entry.number == 1 for entry in (*chance.reported, *chance.documented))
    return certain and any(entry.unit in ("as_source", "none") for entry in (*term.reported, *term.documented))


SECTION = Section("spread", Spread, check)


# --- in words -------------------------------------------------------------------------------------------------------

def say(clause: Spread, policy: str = "") -> str:
    """Who follows whom onto which list, how often and for how long."""
    origin = f"When a {whom(clause.subjects)} comes on {named(clause.from_list, policy)}"
    drawn = "" if is_always(clause.chance, 1) else f" in {chance(clause.chance)} cases"
    return sentence(
        f"{origin}, whoever is tied to it as “{nice(clause.to)}” comes on",
        f"{named(clause.list, policy)}{drawn}, {term(clause.term)}",
        if_text(clause.when, "tied subject", policy),
    )
