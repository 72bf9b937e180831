"""Pages of what a run leaves behind: its tables, its quantities, its journal."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from glasshouse import results
from glasshouse.tables.counters import Paths, counters
from reference_pages.source import code, story, table

TABLES = {
    "areas": "Leaf areas: blocks there are (`n`), blocks simulated (`m`), residents simulated, residents they stand for, weight.",
    "monthly": "Counts by month, leaf area, group, quantity, item and ground. Totals over areas are left to the reader.",
    "scores": "Subjects by rating, tier and score (the lower bound of a bin), at the end of each month.",
    "transitions": "Subjects who went from one tier to another between two publications.",
    "lifetimes": "Cases by list, how they ended, and how many steps they had lasted.",
    "roots": "Root events by kind, nature and context, and the number of sanctions each led to.",
    "coupling": "What firms hand on to residents: firms of a tie, those of whom a condition holds, listings that may reach residents. Only where there is any; hashed then.",
    "batches": "Totals of batches of blocks, by group, of which intervals are made; `QUANTITY_steps` says how many steps a stock stood. Not hashed: batches depend on the sample.",
}
QUANTITIES = {
    "subjects": "subjects there are",
    "enrolled": "subjects the rating holds",
    "score_sum": "sum of the published scores of those subjects",
    "events": "events that happened",
    "missed": "events recorded on somebody else, or dropped because nobody could be taken for the doer",
    "records": "records made",
    "dropped": "mistaken records for which there was nobody to charge",
    "overridden": "records, or refusals of a gate, that a human check struck out",
    "pending": "records still under way at the end",
    "points": "sum of points as given",
    "entered": "cases opened",
    "renewed": "cases merged into an open one (`cases: one`)",
    "new_listed": "subjects going from no case to one",
    "left": "cases ended, by ending",
    "listed": "subjects with a case, under the ground of their oldest",
    "listed_cases": "open cases",
    "wrongly_listed": "subjects listed in fact and not in truth",
    "spared_by_error": "listed in truth and not in fact; granted in fact and refused in truth",
    "requests": "requests made where a gate could touch the subject",
    "granted": "requests granted",
    "attempts": "tries, granted ones too",
    "refused_attempts": "tries that were refused",
    "refused_requests": "requests refused for good, under the ground of the gate that was the cause",
    "refused_subjects": "subjects refused in the step, each once",
    "first_refused": "subjects refused for the first time ever",
    "circumvented": "requests granted on another document after refusals",
    "wrongly_refused": "requests refused in fact that the truthful standing would have let pass",
    "exposure": "steps lived by subjects whom a gate could touch",
    "refused_by": "requests refused, by the gate that was the cause",
    "also_refused": "requests that this gate would have refused too",
    "burdened": "granted requests that were limited, made dearer, slower or ranked lower",
    "benefited": "granted requests that were made cheaper, faster or ranked higher",
    "benefit_amount": "sum of what was gained, in the unit of the effect",
    "open": "cases still open at the end",
    "ended": "firms that ended with the step before",
    "founded": "firms founded in empty places",
}
NAMES = Paths(*((field.name.removesuffix("s").replace("watche", "detector, kind").replace("remedie", "remedy")
                 .replace("consulted", "service"),)
                for field in fields(Paths)))  # fmt: skip
JOURNAL = {
    "subjects": "Who lives in the block: household, place, age, levels of attributes. Nothing about anybody real.",
    "ties": "Who is tied to whom inside the block.",
    "enrolments": "Who joined or left a rating.",
    "events": "What was done, whether or not anybody noticed.",
    "records": "What the system came to believe, of whom, how, and by which detector.",
    "points": "Awards given, lapsed, asked about and taken back, with the score after each.",
    "listings": "Cases entered, renewed, asked about and left.",
    "publications": "Scores and tiers as published.",
    "requests": "What was asked for, how often, with what outcome, and whether a refusal was wrongful.",
    "effects": "Gates that changed a granted request, and gates that a human check overrode.",
    "responses": "Factors on conduct in force from the next step.",
}
EXACTLY = Path(__file__).resolve().parents[2] / "docs" / "background" / "exactly.md"


def counted() -> list[tuple[str, ...]]:
    """Every quantity: what its item is, whether it stands or happens, its grounds, and what it counts."""
    items: dict[str, list[str]] = {}
    grounds: dict[str, list[str]] = {}
    stocks = set()
    for counter in counters(NAMES, ())[0]:
        items.setdefault(counter.quantity, []).append(re.sub(":.+", ":ending", counter.item))
        grounds.setdefault(counter.quantity, []).append(counter.ground)
        stocks |= {counter.quantity} if counter.stock else set()
    return [
        (
            code(name),
            " or ".join(dict.fromkeys(item for item in items[name] if item)),
            "stock" if name in stocks else "flow",
            ", ".join(dict.fromkeys(ground for ground in grounds[name] if ground)),
            QUANTITIES[name],
        )
        for name in items
    ]


def journal_columns() -> dict[str, list[str]]:
    """The tables of a journal and their columns, read from the page that decides them."""
    text = EXACTLY.read_text(encoding="utf-8").partition("## 8. Journal")[2]
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if line.startswith("|") and cells[0] in JOURNAL:
            found[cells[0]] = [cell.strip() for cell in re.split(r",\s*(?![^(]*\))", cells[1])]
    return found


def journal() -> str:
    """What a journal holds."""
    columns = journal_columns()
    rows = [(code(name), told, "; ".join(code_first(cell) for cell in columns[name])) for name, told in JOURNAL.items()]
    return (
        "# The journal\n\n"
        "For blocks named with `--journal`, a run keeps everything that happened in them, in one table for each sort of row. "
        "With the documents, a stranger can recompute from it every score, listing, refusal and wrongful flag. A journal is "
        "for looking at; no command and no function takes one as input.\n\n"
        "[Exactly](../background/exactly.md), section 8, says how rows are sorted and how roots, cases and standings are "
        "written.\n\n" + table(("table", "holds", "columns"), rows)
    )


def code_first(cell: str) -> str:
    """A column's name as code, with what is said of it."""
    name, gap, rest = cell.partition(" ")
    return f"`{name}`{gap}{rest}" if not rest or rest.startswith("(") else cell


def run_directory() -> str:
    """The files and tables of a run."""
    parts = ["# The run directory\n", story(results) + "\n"]
    for name, columns in results.SCHEMAS.items():
        rows = [(code(column), "text" if str(kind) == "String" else "whole number" if str(kind).startswith("Int") else "number")
                for column, kind in columns.items()]  # fmt: skip
        parts += [f"## {name}\n", TABLES[name] + "\n", table(("column", "holds"), rows)]
    parts += [
        "## Quantities\n",
        "Each row of `monthly` counts one of these. A flow is what happened in the month, a stock what stood at its end.\n",
        table(("quantity", "item", "", "grounds", "counts"), counted()),
    ]
    return "\n".join(parts)
