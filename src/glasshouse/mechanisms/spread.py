"""Spread: a listing that reaches a tie."""

from __future__ import annotations

from glasshouse.conditions import Condition
from glasshouse.mechanisms.clause import Clause
from glasshouse.mechanisms.words import chance, if_text, is_always, named, nice, sentence, term, whom
from glasshouse.values import Value


class Spread(Clause):
    """From a list (``from_list``, the document's ``from``) along the tie ``to`` onto ``list``."""

    from_list: str  # POLICY/LIST
    to: str
    list: str  # POLICY/LIST
    when: Condition | None = None
    chance: Value
    term: Value


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
