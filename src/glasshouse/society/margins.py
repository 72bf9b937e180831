"""The margins of a recipe while they are read: shares that add up, areas that hold their parts, nobody singled out.

A recipe holds aggregates only. What could describe single people is refused here: small areas, thin cells, attributes
with too many levels, too many kinds of households.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import comb
from typing import Any, Final

from glasshouse.conditions import (
    And,
    Attribute,
    AttributeName,
    Compare,
    Condition,
    Holds,
    IsIn,
    Not,
    Or,
    terms,
    to_text,
)
from glasshouse.conditions.names import did_you_mean
from glasshouse.mechanisms.clause import Draft
from glasshouse.reading.factors import held_until_next, level_names, not_a_level
from glasshouse.reading.forms import SHARE, read_one
from glasshouse.reading.leaves import number_text
from glasshouse.reading.margin import Margin, Spot, key_mark
from glasshouse.reading.outline import text_of
from glasshouse.reading.scope import Scope
from glasshouse.reading.tree import Item, Leaf, Map, Row

SMALLEST_AREA: Final = 5_000
SMALLEST_CELL: Final = 10
MOST_LEVELS: Final = 64
MOST_ARCHETYPES: Final = 2_000
NEARLY: Final = Decimal("0.000001")
FORMS: Final = ("breaks", "levels", "yes", "from_areas")

# --- attributes ------------------------------------------------------------------------------------------------------


def resolve_attribute(draft: Draft) -> None:
    """Turns what an attribute writes (breaks, levels, yes or from_areas) into its levels and their shares."""
    found = draft.found
    for key in (*FORMS, "shares"):
        found.pop(key, None)
    if not draft.exactly_one(*FORMS):
        return
    form = next(key for key in FORMS if draft.has(key))
    known = draft.scope.names.attributes.get(draft.item_id)
    found["form"] = form
    if known is None:
        return
    if (known.form == "breaks") != (form == "breaks"):  # another attribute has this id, which is noted elsewhere
        found["id"] = None
        return
    found["breaks"], found["level_names"] = known.breaks, level_names(known)
    if len(found["level_names"]) > MOST_LEVELS:
        draft.wrong(f"{len(found['level_names'])} levels: an attribute has at most {MOST_LEVELS}", form)
    if form != "breaks" and draft.has("shares"):
        draft.wrong("`shares` belong to `breaks`", "shares")
    if form == "from_areas":
        _from_areas(draft)
    elif _breaks_rise(draft, known) and _given_before(draft):
        rows = _rows(draft, form, known)
        if rows is not None:
            found["shares"] = rows


def _from_areas(draft: Draft) -> None:
    item = draft.item.entries["from_areas"]
    if not isinstance(item, Leaf) or item.text != "urban":
        draft.wrong_in("from_areas", "expected `urban`, the share that areas state")
    if draft.has("given"):
        draft.wrong("an attribute from areas is not given by another", "given")
    draft.found["from_areas"] = "urban"


def _breaks_rise(draft: Draft, known: AttributeName) -> bool:
    if known.form != "breaks":
        return True
    item = draft.item.entries["breaks"]
    written = len(item.items) if isinstance(item, Row) else 0
    rises = all(a < b for a, b in zip(known.breaks, known.breaks[1:], strict=False))
    if not written or written != len(known.breaks) or not rises:
        draft.wrong_in("breaks", "expected whole numbers that rise: [0, 18, 60]")
        return False
    if not draft.has("shares"):
        draft.wrong("`shares` is missing")
    return draft.has("shares")


def _given_before(draft: Draft) -> bool:
    if not draft.has("given"):
        return True
    given, names = draft.get("given"), list(draft.scope.names.attributes)
    before = names[: names.index(draft.item_id)]
    other = draft.scope.names.attributes.get(given or "")
    if given not in before or other is None or not set(draft.scope.populations) <= set(other.populations):
        draft.wrong(f"`given: {given}` must be declared before", "given")
        return False
    return True


def _rows(draft: Draft, form: str, known: AttributeName) -> dict[str, tuple[Decimal, ...]] | None:
    """One row of shares under the empty key, or with ``given`` one for each level of that attribute."""
    item = draft.item.entries["shares" if form == "breaks" else form]
    spot, before = draft.spot.into("shares" if form == "breaks" else form), draft.spot.margin.wrong
    if not draft.has("given"):
        row = _row(item, form, known, draft.spot, spot, draft.scope)
        return {"": row} if row is not None else None
    given = draft.scope.names.attributes[draft.get("given")]
    if not isinstance(item, Map):
        spot.wrong(item, f"expected one row for each level of `{draft.get('given')}`")
        return None
    rows: dict[str, Any] = {}
    for key, below in item.entries.items():
        if key not in level_names(given):
            spot.wrong(key_mark(item, key), not_a_level(key, draft.get("given"), given))
            continue
        rows[key] = _row(below, form, known, draft.spot, spot.into(key), draft.scope)
    if draft.spot.margin.wrong > before:
        return None
    if given.form == "breaks":
        rows = held_until_next(rows, level_names(given))
    missing = [level for level in level_names(given) if level not in rows]
    if missing:
        spot.wrong(item, f"no row for {', '.join(missing)} of `{draft.get('given')}`")
        return None
    return {level: rows[level] for level in level_names(given)}


def _row(
    item: Item, form: str, known: AttributeName, whole: Spot, spot: Spot, scope: Scope
) -> tuple[Decimal, ...] | None:
    if form == "yes":
        share = read_one(item, SHARE, spot, scope)
        return None if share is None else (1 - share, share)
    if form == "breaks":
        return _row_of_breaks(item, known, whole, spot, scope)
    if not isinstance(item, Map) or not item.entries:
        spot.wrong(item, "expected levels and their shares: {male: 0.51, female: 0.49}")
        return None
    read = {key: read_one(below, SHARE, spot.into(key), scope) for key, below in item.entries.items()}
    if None in read.values():
        return None
    return whole_shares([read.get(level, Decimal(0)) for level in known.levels], item, whole)


def _row_of_breaks(
    item: Item, known: AttributeName, whole: Spot, spot: Spot, scope: Scope
) -> tuple[Decimal, ...] | None:
    if not isinstance(item, Row):
        spot.wrong(item, "expected one share for each break: [0.2, 0.5, 0.3]")
        return None
    if len(item.items) != len(known.breaks):
        whole.wrong(item, f"{len(known.breaks)} breaks but {len(item.items)} shares")
        return None
    shares = [read_one(each, SHARE, spot, scope) for each in item.items]
    return None if None in shares else whole_shares(shares, item, whole)


def whole_shares(shares: Sequence[Decimal], at: Item, spot: Spot) -> tuple[Decimal, ...] | None:
    """Shares that add up to 1, or None with the mistake noted."""
    total = sum(shares, Decimal(0))
    if abs(total - 1) > NEARLY:
        spot.wrong(at, f"shares add up to {number_text(total)}, not 1")
        return None
    return tuple(shares)


def check_cells(attributes: Iterable[Any], sizes: Mapping[str, int], margin: Margin, tree: Map) -> None:
    """Every level that occurs holds at least ten expected subjects of the whole society."""
    margins: dict[str, dict[str, Decimal]] = {}
    for clause in attributes:
        if not clause.shares:
            continue
        weights = margins.get(clause.given or "", {"": Decimal(1)})
        totals: Counter[str] = Counter()
        for row, shares in clause.shares.items():
            for level, share in zip(clause.level_names, shares, strict=True):
                totals[level] += share * weights.get(row, Decimal(0))
        margins[clause.id] = {level: Decimal(total) for level, total in totals.items()}
        size = min(sizes[population] for population in clause.subjects)
        thin = next((level for level, share in totals.items() if 0 < share * size < SMALLEST_CELL), None)
        if thin is not None:
            told = f"`{thin}` holds fewer than {SMALLEST_CELL} expected {' or '.join(clause.subjects)}"
            Spot(margin, f"attributes.{clause.id}").wrong(clause_map(tree, "attributes", clause.id), told)


def clause_map(tree: Map, section: str, clause_id: str) -> Map:
    """The clause of an id in a section, or the document."""
    rows = tree.get(section)
    found = (each for each in (rows.items if isinstance(rows, Row) else ()) if text_of(each, "id") == clause_id)
    return next((each for each in found if isinstance(each, Map)), tree)


# --- areas -----------------------------------------------------------------------------------------------------------


def fill_areas(rows: Sequence[tuple[Map, dict[str, Any]]], residents: int | None, margin: Margin) -> bool:
    """Fills in the residents of wholes that are silent; whether every area has residents and its place."""
    before = margin.wrong
    known: list[str] = []
    for item, found in rows:
        spot, name = Spot(margin, f"areas.{text_of(item, 'area')}"), str(found.get("area"))
        inside = found.get("within")
        if name in known:
            spot.wrong(item, "the area stands twice")
        if inside is not None and inside not in known:
            near = did_you_mean(inside, known)
            spot.wrong(item.entries["in"], f"`in: {inside}` must be declared before{near}")
        known.append(name)
    if margin.wrong > before:
        return False
    for index in reversed(range(len(rows))):
        item, found = rows[index]
        parts = [part["residents"] for _, part in rows if part.get("within") == found["area"] and "residents" in part]
        if "residents" not in found and index == 0 and residents is not None:
            found["residents"] = residents
        elif "residents" not in found and parts:
            found["residents"] = sum(parts)
        elif "residents" not in found:
            Spot(margin, f"areas.{found['area']}").wrong(item, "`residents` is missing")
    return margin.wrong == before


def check_areas(rows: Sequence[tuple[Map, dict[str, Any]]], residents: int, fictional: bool, margin: Margin) -> None:
    """No area is too small, no whole smaller than its parts, and the areas are the whole recipe."""
    for item, found in rows:
        spot = Spot(margin, f"areas.{found['area']}")
        size: int = found["residents"]
        parts = [part["residents"] for _, part in rows if part.get("within") == found["area"]]
        if sum(parts) > size:
            spot.wrong(item, "its parts have more residents than it has")
        elif not fictional and size < SMALLEST_AREA:
            spot.wrong(
                item.get("residents") or item,
                f"an area below {SMALLEST_AREA} residents is too small for a recipe of aggregates",
            )
        elif not fictional and parts and 0 < size - sum(parts) < SMALLEST_AREA:
            told = f"beside its parts {size - sum(parts)} residents are left: below {SMALLEST_AREA} is too small"
            spot.wrong(item, f"{told} for a recipe of aggregates")
    top = sum(found["residents"] for _, found in rows if found.get("within") is None)
    if rows and top != residents:
        Spot(margin, "areas").wrong(rows[0][0], f"the areas hold {top} residents, the recipe {residents}")


def check_places(rows: Sequence[tuple[Map, dict[str, Any]]], real: frozenset[str], margin: Margin) -> None:
    """A fictional recipe names no place of a recipe that is not."""
    for item, found in rows:
        if found.get("area") in real:
            spot = Spot(margin, f"areas.{found['area']}")
            spot.wrong(item.get("area") or item, "a fictional recipe names no real place: choose another name")


# --- households ------------------------------------------------------------------------------------------------------


def archetypes(households: Iterable[Any], attributes: Mapping[str, AttributeName]) -> int:
    """How many kinds of households differ in what their members' conditions ask about."""
    members = [member for each in households for member in each.members if member is not None]
    asked = {term.name for member in members for term in terms(member) if isinstance(term, Attribute)}
    pinned = {name: level_names(attributes[name]) for name in sorted(asked) if name in attributes}
    total = 0
    for each in households:
        ways = 1
        for member, count in Counter(to_text(member) if member else "" for member in each.members).items():
            one = next(m for m in each.members if (to_text(m) if m else "") == member)
            ways *= comb(_combinations(one, pinned, attributes) + count - 1, count)
        total += ways
    return total


def _combinations(member: Condition | None, pinned: Mapping[str, tuple[str, ...]], known: Mapping[str, Any]) -> int:
    """How many combinations of pinned levels fulfil the condition of one member."""
    names = list(pinned)
    found, chosen = 0, dict.fromkeys(names, "")

    def choose(depth: int) -> None:
        nonlocal found
        if depth == len(names):
            found += member is None or _holds(member, chosen, known)
            return
        for level in pinned[names[depth]]:
            chosen[names[depth]] = level
            choose(depth + 1)

    size = 1
    for levels in pinned.values():
        size *= len(levels)
    if size > 10 * MOST_ARCHETYPES:
        return size
    choose(0)
    return found


def _holds(condition: Condition, chosen: Mapping[str, str], known: Mapping[str, AttributeName]) -> bool:
    match condition:
        case And(parts):
            return all(_holds(part, chosen, known) for part in parts)
        case Or(parts):
            return any(_holds(part, chosen, known) for part in parts)
        case Not(part):
            return not _holds(part, chosen, known)
        case Holds(Attribute(name)):
            return chosen.get(name) == "true"
        case Compare(Attribute(name), op, constant):
            return _compares(chosen[name], op, constant, known[name])
        case IsIn(Attribute(name), constants):
            return any(_compares(chosen[name], "==", each, known[name]) for each in constants)
    return True


def _compares(level: str, op: str, constant: Decimal | str, known: AttributeName) -> bool:
    if isinstance(constant, str):
        levels = list(level_names(known))
        one, other = levels.index(level), levels.index(constant) if constant in levels else -1
    else:
        one, other = int(level), int(constant)
    return {
        "==": one == other, "!=": one != other, "<": one < other, "<=": one <= other, ">": one > other,
        ">=": one >= other,
    }[op]  # fmt: skip


def check_archetypes(
    households: Sequence[Any], attributes: Mapping[str, AttributeName], at: Item, margin: Margin
) -> None:
    """Households of the recipe add up to 1, and have no more kinds than a recipe of aggregates needs."""
    total = sum((each.share for each in households), Decimal(0))
    spot = Spot(margin, "households")
    if abs(total - 1) > NEARLY:
        spot.wrong(at, f"shares add up to {number_text(total)}, not 1")
    kinds = archetypes(households, attributes)
    if kinds > MOST_ARCHETYPES:
        spot.wrong(at, f"{kinds} kinds of households: a recipe of aggregates has at most {MOST_ARCHETYPES}")
