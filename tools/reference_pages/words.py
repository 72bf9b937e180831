"""Pages of the small languages: values, conditions, closed words."""

from __future__ import annotations

from glasshouse import grammar, vocabulary
from glasshouse.conditions import tree
from glasshouse.reading import leaves
from reference_pages.source import code, story, table

TYPES = (
    ("chance", "a number from 0 to 1, never a percentage", "`0.45`"),
    ("rate", "how often in a time", "`0.26 per year`"),
    ("duration", "a length of time", "`24 months`, `3 working days`"),
    ("term", "a duration, or `none` (no end), `while` (as long as the condition holds), `as_source` (spread)", "`none`"),
    ("points", "a whole number", "`-20`"),
    ("factor", "a number of at least 0 that multiplies", "`1.5`"),
    ("yuan", "money", "`300 yuan`"),
    ("percent", "a change in percent; effects and tolerances only", "`-5 percent`"),
    ("number", "a plain number", "`3`"),
    ("effect", "what a gate changes of a granted request", "`20 percent`, `300 yuan`, `5 days`"),
)
WRITTEN = (
    ("`{2013-10-01: 0.1, 2016-01-01: 0.45}`", "each number holds from its date"),
    ("`{value: 0.45, range: [0.3, 0.6], source: X, confidence: derived, note: why}`", "one number, and how well it is known"),
    ("`{reported: 12 per year, documented: 0.4 per year}`", "two accounts of one thing; the scenario names one"),
)
TERMS = (
    (tree.Attribute, "age >= 18"),
    (tree.Area, 'area == "beijing"'),
    (tree.Within, 'within("zhejiang")'),
    (tree.Count, 'count("late_bill", months=24) >= 2'),
    (tree.Amount, "amount > 10000"),
    (tree.Score, 'score("points") < 600'),
    (tree.Tier, 'tier("points") <= "C"'),
    (tree.Listed, 'listed("defaulters")'),
    (tree.MonthsListed, 'months_listed("defaulters") >= 12'),
    (tree.TieAny, 'tie_any("household", listed("defaulters"))'),
    (tree.TieShare, 'tie_share("partners", listed("defaulters")) > 0.5'),
    (tree.Sanctioned, "sanctioned(months=12) >= 1"),
    (tree.Refused, 'refused("loan", months=6) >= 1'),
    (tree.Watched, 'watched("online_criticism")'),
)
CLOSED = (
    ("DOCUMENTS", "kinds of documents"),
    ("READINGS", "readings"),
    ("CONFIDENCES", "how well something is known"),
    ("POPULATIONS", "subjects"),
    ("GROUNDS", "how a record came to be charged"),
    ("CONTEXTS", "contexts of events and services"),
    ("NATURES", "natures of events"),
    ("PROTECTED", "protected grounds an event may touch"),
    ("PLACES", "places of events"),
    ("RIGHTS", "rights a service stands for"),
    ("METHODS", "methods of detectors"),
    ("GALLERIES", "galleries of cameras"),
    ("MODES", "modes of enrolment"),
    ("RESPONSE_KINDS", "kinds of responses"),
    ("EFFECTS", "what a gate does"),
    ("ENDINGS", "how a case ends"),
    ("STEPS", "lengths of a step"),
)


def values() -> str:
    """How numbers are written."""
    parts = ["# Values\n", story(grammar) + "\n"]
    parts += [f"## {name}\n\n{meaning[0].upper()}{meaning[1:]}. For example {shown}.\n" for name, meaning, shown in TYPES]
    parts.append(f"Units of a rate: {', '.join(code(unit) for unit in leaves.PER_YEAR)}.\n")
    parts.append(f"Units of a duration: {', '.join(code(unit) for unit in leaves.DURATIONS)}.\n")
    parts += ["## Dates, readings, notes\n", table(("written", "means"), list(WRITTEN))]
    return "\n".join(parts)


def conditions() -> str:
    """What may be asked under `when`."""
    rows = [(code(shown), story(term).replace(" (`POLICY/RATING` once resolved)", "").replace(
        " (`POLICY/LIST` once resolved)", "")) for term, shown in TERMS]  # fmt: skip
    return (
        "# Conditions\n\n"
        "Under `when` stands a question about a subject. It can ask, it cannot compute: there is no arithmetic. Terms are "
        "compared with `==`, `!=`, `<`, `<=`, `>`, `>=` (also in chains, `18 <= age <= 45`) and `in [..]`, and joined with "
        "`and`, `or`, `not` and brackets.\n\n" + table(("for example", "asks"), rows)
    )


def closed() -> str:
    """Every closed list of words."""
    rows = [(told, ", ".join(code(word) for word in getattr(vocabulary, name))) for name, told in CLOSED]
    return f"# Closed words\n\n{story(vocabulary)}\n\n" + table(("", "words"), rows)
