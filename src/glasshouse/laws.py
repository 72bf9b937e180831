"""What is always true of a run, checked at the end of each on its own tables.

A law that does not hold is a fault of the program, never of a document: the run fails and names the law. Each law is
checked in every leaf area and month, which is stronger than for the whole, and says how many figures it compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from glasshouse.counts import divisions
from glasshouse.errors import RunFailed
from glasshouse.society.areas import RESIDENTS

if TYPE_CHECKING:
    from glasshouse.scenario import Scenario
    from glasshouse.values import Value

Tables = Callable[[str], pl.LazyFrame]
Strata = tuple[tuple[tuple[str, str], ...], ...]

LIST_PATH: Final = r"^([^/:\s]+/[^/:\s]+)"
"""The item of `left` begins with the path of its list."""
FALSE_GROUNDS: Final = ("mistaken", "unfounded")
TURNOVER: Final = ("founded", "ended")
WRONG_QUANTITIES: Final = ("missed", "dropped", "wrongly_listed", "wrongly_refused", "spared_by_error")


class Broken(RunFailed):
    """A run contradicts itself: the fault is in the program."""


@dataclass(frozen=True)
class Verdict:
    """A law, whether it holds, how many figures were compared, and the first that breaks it."""

    law: str
    holds: bool
    compared: int
    found: str = ""


def verdicts(tables: Tables, scenario: Scenario, strata: Strata | Mapping[str, Strata]) -> list[Verdict]:
    """Every law that applies to the run, with its verdict; ``strata`` by population, or those of residents."""
    by_population = strata if isinstance(strata, Mapping) else {RESIDENTS: strata}
    found = [
        cases_conserved(tables), lifetimes_agree(tables), requests_conserved(tables), tries_add_up(tables),
        refusals_have_a_cause(tables), subjects_conserved(tables), scores_within_bounds(tables, scenario),
    ]  # fmt: skip
    found += [
        groups_add_up(tables, scenario, mine, name, population)
        for population, mine in by_population.items()
        for name in ("monthly", "scores")
        if divisions(scenario, mine)
    ]
    if perfect(scenario):
        found.append(nobody_wronged(tables))
    if not any(policy.spread for policy in scenario.policies):
        found.append(no_spread(tables))
    return found


def together(portions: Iterable[list[Verdict]]) -> list[Verdict]:
    """The verdicts of portions of a run, portions being areas of their own: a law holds if it holds in all."""
    found: dict[str, Verdict] = {}
    for verdict in (verdict for portion in portions for verdict in portion):
        before = found.get(verdict.law, Verdict(verdict.law, True, 0))
        said = before.found or verdict.found
        holds = before.holds and verdict.holds
        found[verdict.law] = Verdict(verdict.law, holds, before.compared + verdict.compared, said)
    return list(found.values())


def insist(found: list[Verdict]) -> None:
    """Raises Broken if a law does not hold."""
    broken = [f"{verdict.law}: {verdict.found}" for verdict in found if not verdict.holds]
    if broken:
        raise Broken(
            "the run contradicts itself, so its numbers are not to be used\n  "
            + "\n  ".join(broken)
            + "\n  This is a fault of Glasshouse, not of a document: please report it with the scenario and the seed."
        )


# --- the shape of a check ------------------------------------------------------------------------------------------


def _replication(rows: pl.LazyFrame) -> list[str]:
    return ["replication"] if "replication" in rows.collect_schema() else []


def _places(rows: pl.LazyFrame) -> list[str]:
    return [*_replication(rows), "population", "area"]


def _wide(tables: Tables, quantities: tuple[str, ...], item: pl.Expr | None = None) -> pl.DataFrame:
    """One row a place, month and item; one column a quantity, 0 where nothing was counted. All grounds together."""
    rows = tables("monthly")
    keys = [*_places(rows), "month", "item"]
    rows = rows.filter((pl.col("group") == "all") & pl.col("quantity").is_in(quantities))
    if item is not None:
        rows = rows.with_columns(item=item)
    counted = [pl.col("value").filter(pl.col("quantity") == name).sum().alias(name) for name in quantities]
    return rows.group_by(keys).agg(counted).sort(keys).collect()


def _verdict(law: str, frame: pl.DataFrame, holds: pl.Expr) -> Verdict:
    """A law that must hold in every row of a frame."""
    wrong = frame.filter(~holds)
    if not wrong.height:
        return Verdict(law, True, frame.height)
    first = ", ".join(f"{name} {value}" for name, value in wrong.row(0, named=True).items())
    return Verdict(law, False, frame.height, f"{wrong.height} of {frame.height} figures, first: {first}")


# --- the laws ------------------------------------------------------------------------------------------------------


def cases_conserved(tables: Tables) -> Verdict:
    """Cases open at the end of a month are those of the month before, and entered, less left: list by list."""
    frame = _wide(tables, ("entered", "left", "listed_cases", "listed"), pl.col("item").str.extract(LIST_PATH))
    keys = [name for name in frame.columns if name in ("replication", "population", "area", "item")]
    months = tables("monthly").select(pl.col("month").unique()).collect()
    frame = frame.select(keys).unique().join(months, how="cross").join(frame, on=[*keys, "month"], how="left")
    frame = frame.fill_null(0).sort([*keys, "month"])
    frame = frame.with_columns(before=pl.col("listed_cases").shift(1, fill_value=0).over(keys))
    expected = pl.col("before") + pl.col("entered") - pl.col("left")
    listed = (pl.col("listed") <= pl.col("listed_cases")) & ((pl.col("listed") > 0) == (pl.col("listed_cases") > 0))
    return _verdict("cases in = cases out + open, by list", frame, (pl.col("listed_cases") == expected) & listed)


def lifetimes_agree(tables: Tables) -> Verdict:
    """The duration tables hold each case once: those that left by their ending, the others (if told) as open."""
    lives = tables("lifetimes")
    keys = [*_places(lives), "list"]
    closed = pl.col("value").filter(pl.col("ending") != "open").sum().alias("ended")
    still = pl.col("value").filter(pl.col("ending") == "open").sum().alias("open")
    lives = lives.group_by(keys).agg(closed, still)
    flows = tables("monthly").filter((pl.col("group") == "all") & pl.col("quantity").is_in(["left", "entered"]))
    entered = pl.col("value").filter(pl.col("quantity") == "entered").sum().alias("entered")
    left = pl.col("value").filter(pl.col("quantity") == "left").sum().alias("left")
    flows = flows.with_columns(list=pl.col("item").str.extract(LIST_PATH)).group_by(keys).agg(entered, left)
    frame = flows.join(lives, on=keys, how="full", coalesce=True).fill_null(0).sort(keys).collect()
    holds = pl.col("ended") == pl.col("left")
    if frame.get_column("open").sum():
        holds &= pl.col("ended") + pl.col("open") == pl.col("entered")
    return _verdict("every case has one lifetime, by list", frame, holds)


def requests_conserved(tables: Tables) -> Verdict:
    """A request is granted, refused, or granted another way: service by service."""
    frame = _wide(tables, ("requests", "granted", "circumvented", "refused_requests"))
    total = pl.col("granted") + pl.col("circumvented") + pl.col("refused_requests")
    return _verdict("requests = granted + circumvented + refused, by service", frame, pl.col("requests") == total)


def tries_add_up(tables: Tables) -> Verdict:
    """Every try is refused or granted; a refused request was refused at least once."""
    frame = _wide(tables, ("attempts", "refused_attempts", "granted", "circumvented", "refused_requests"))
    total = pl.col("refused_attempts") + pl.col("granted") + pl.col("circumvented")
    enough = pl.col("refused_attempts") >= pl.col("refused_requests") + pl.col("circumvented")
    return _verdict("tries = refused + granted, by service", frame, (pl.col("attempts") == total) & enough)


def refusals_have_a_cause(tables: Tables) -> Verdict:
    """Each refused request has one causing clause, and no more are wrongful or first than there are."""
    rows = tables("monthly").filter(pl.col("group") == "all")
    keys = [*_places(rows), "month"]
    by = ("refused_requests", "refused_by", "wrongly_refused", "first_refused", "refused_subjects")
    counted = [pl.col("value").filter(pl.col("quantity") == name).sum().alias(name) for name in by]
    frame = rows.group_by(keys).agg(counted).sort(keys).collect()
    refused = pl.col("refused_requests")
    holds = (pl.col("refused_by") == refused) & (pl.col("wrongly_refused") <= refused)
    holds &= (pl.col("first_refused") <= pl.col("refused_subjects")) & (pl.col("refused_subjects") <= refused)
    return _verdict("every refused request has one cause", frame, holds)


def subjects_conserved(tables: Tables) -> Verdict:
    """Nobody appears or vanishes: a month holds the subjects of the month before, those founded, less those ended."""
    rows = tables("monthly").filter((pl.col("group") == "all") & pl.col("quantity").is_in(["subjects", *TURNOVER]))
    keys = _places(rows)
    counted = [pl.col("value").filter(pl.col("quantity") == name).sum().alias(name) for name in ("subjects", *TURNOVER)]
    frame = rows.group_by([*keys, "month"]).agg(counted).sort([*keys, "month"]).collect()
    places, months = frame.select(keys).unique(), tables("monthly").select(pl.col("month").unique()).collect()
    frame = places.join(months, how="cross").join(frame, on=[*keys, "month"], how="left").fill_null(0)
    frame = frame.sort([*keys, "month"])
    before = pl.col("subjects").shift(1).over(keys).fill_null(pl.col("subjects"))
    frame = frame.with_columns(before=before)
    expected = pl.col("before") + pl.col("founded") - pl.col("ended")
    return _verdict("subjects are conserved", frame, pl.col("subjects") == expected)


def _numbers(value: Value | None, reading: str) -> list[int]:
    return [] if value is None else [int(entry.number) for entry in value.series(reading)]


def scores_within_bounds(tables: Tables, scenario: Scenario) -> Verdict:
    """No score lies below the lowest floor or above the highest ceiling of its rating; tiers are those declared."""
    bounds = {
        "rating": [f"{policy.name}/{rating.id}" for policy in scenario.policies for rating in policy.ratings],
        "floor": [min(_numbers(r.floor, scenario.reading)) for p in scenario.policies for r in p.ratings],
        "ceiling": [max(_numbers(r.ceiling, scenario.reading)) for p in scenario.policies for r in p.ratings],
        "tiers": [[row.tier for row in r.tiers] for p in scenario.policies for r in p.ratings],
    }
    types = {"rating": pl.String(), "floor": pl.Int64(), "ceiling": pl.Int64(), "tiers": pl.List(pl.String())}
    scores = tables("scores").filter(pl.col("group") == "all").select("rating", "tier", "score").unique().collect()
    frame = scores.join(pl.DataFrame(bounds, schema=types), on="rating", how="left").sort("rating", "score")
    inside = (pl.col("score") >= pl.col("floor")) & (pl.col("score") <= pl.col("ceiling"))
    holds = (inside & pl.col("tier").is_in(pl.col("tiers"))).fill_null(False)
    return _verdict("scores lie within their bounds", frame, holds)


def groups_add_up(
    tables: Tables, scenario: Scenario, strata: Strata, name: str, population: str = RESIDENTS
) -> Verdict:
    """The groups of each declared division of a population add up to `all`."""
    rows = tables(name).filter(pl.col("population") == population)
    keys = [column for column in rows.collect_schema().names() if column not in ("group", "value", "area")]
    wholes = pl.col("value").filter(pl.col("group") == "all").sum().alias("all")
    parts = [
        pl.col("value").filter(pl.col("group").is_in(list(dict.fromkeys(labels)))).sum().alias(f"division {number}")
        for number, labels in enumerate(divisions(scenario, strata), start=1)
    ]
    frame = rows.group_by(keys).agg(wholes, *parts).sort(keys).collect()
    holds = pl.all_horizontal(pl.col(f"division {number + 1}") == pl.col("all") for number in range(len(parts)))
    told = "" if population == RESIDENTS else f" of {population}"
    return _verdict(f"groups add up to all, in {name}{told}", frame, holds)


def _ever(value: Value | None, reading: str) -> bool:
    """Whether a chance or rate is above 0 on some day."""
    return value is not None and any(entry.number > 0 for entry in value.series(reading))


def perfect(scenario: Scenario) -> bool:
    """Whether every detector only books what was done under the name of who did it."""
    reading = scenario.reading
    for policy in scenario.policies:
        for detector in policy.detectors:
            errs = _ever(detector.mistaken_chance, reading) or _ever(detector.false_rate, reading)
            if errs or detector.identify is not None:
                return False
    return True


def nobody_wronged(tables: Tables) -> Verdict:
    """Perfect detectors: no mistaken, no unfounded, no wrongful, nobody spared."""
    false = pl.col("ground").is_in(FALSE_GROUNDS) | pl.col("quantity").is_in(WRONG_QUANTITIES)
    frame = tables("monthly").filter((pl.col("group") == "all") & false).collect()
    return _verdict("perfect detectors wrong nobody", frame, pl.col("value") == 0)


def no_spread(tables: Tables) -> Verdict:
    """No spread clause: no listing whose ground is spread."""
    listing = pl.col("quantity").is_in(["entered", "new_listed", "renewed", "listed", "listed_cases", "left"])
    frame = tables("monthly").filter((pl.col("group") == "all") & listing & (pl.col("ground") == "spread")).collect()
    return _verdict("no spread clause, no spread listing", frame, pl.col("value") == 0)
