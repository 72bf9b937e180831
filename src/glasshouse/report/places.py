"""Places: how often residents of each province come onto a list, as tiles; of other areas, as dots."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import polars as pl

from glasshouse.report.account import Account, told
from glasshouse.report.markup import Markup, section
from glasshouse.report.picture import COLOURS, NOTHING, STEPS, WIDTH, altair, figure, rows_of
from glasshouse.report.tiles import LETTERS, NOTE, TILES

FEWEST: Final = 10
"""Counted events below which a place is left blank."""
MOST: Final = 30


@dataclass(frozen=True)
class Place:
    """What was counted in a place: rate for each 1,000 years lived, and how many were counted at all."""

    name: str
    rate: float
    total: float
    counted: int

    @property
    def enough(self) -> bool:
        """Whether enough was counted to colour it."""
        return self.counted >= FEWEST


def places(account: Account) -> Markup | None:
    """The part of the page on places; nothing where there is one place only."""
    what = "new_listed" if account.counted.of("new_listed").counted else "refused_requests"
    words = "times somebody came onto a list" if what == "new_listed" else "requests refused"
    found = _places(account, what)
    if len(found) < 2:
        return None
    tiled = sum(each.name in TILES for each in found) >= 2
    return section("places", "Places", (_tiles if tiled else _dots)(account, found, words))


def place_of(area: str, parents: str) -> str:
    """The place an area belongs to: its province where it has a tile, else the area above it, else itself."""
    line = parents.split("/")
    known = [each for each in line if each in TILES]
    return known[0] if known else (line[1] if len(line) > 1 else line[0] or area)


def _places(account: Account, quantity: str) -> list[Place]:
    counted = account.counted
    rows = account.run.table("monthly").filter(
        (pl.col("group") == "all") & (pl.col("population") == "residents")
        & pl.col("quantity").is_in([quantity, "subjects"])
    )  # fmt: skip
    sums = rows.group_by("area", "quantity").agg(pl.col("value").sum()).collect()
    found: dict[str, list[float]] = {}
    numbers = {(area, name): value for area, name, value in sums.iter_rows()}
    areas = account.run.areas.filter(pl.col("population") == "residents")
    for area, parents, weight in areas.select("area", "parents", "weight").iter_rows():
        one = found.setdefault(place_of(area, parents), [0.0, 0.0, 0.0])
        hits = numbers.get((area, quantity), 0)
        one[0] += hits * weight / counted.replications
        one[1] += numbers.get((area, "subjects"), 0) * weight * counted.step_years / counted.replications
        one[2] += hits
    return [Place(name, 1e3 * hits / years, hits, int(seen)) for name, (hits, years, seen) in found.items() if years]


def words_of(name: str) -> str:
    """A place in words."""
    return name.replace("-", " ").title()


def steps_of(rates: list[float]) -> list[float]:
    """Bounds between the five colours: as many places in each, as nearly as may be."""
    ranked = sorted(rates)
    return [ranked[min(len(ranked) - 1, round(len(ranked) * part / len(STEPS)))] for part in range(1, len(STEPS))]


def _legend(limits: list[float]) -> list[str]:
    shown = [f"{limit:.3g}" for limit in limits]
    middle = [f"{low} to {high}" for low, high in pairwise(shown)]
    return [f"below {shown[0]}", *middle, f"{shown[-1]} or more"]


def _tiles(account: Account, found: list[Place], words: str) -> Markup:
    by_name = {each.name: each for each in found}
    filled = [each.rate for each in found if each.enough]
    limits = steps_of(filled) if filled else [0.0] * (len(STEPS) - 1)
    legend, blank = _legend(limits), "not simulated, or too few"
    rows: list[dict[str, Any]] = []
    for name, (row, column) in TILES.items():
        place = by_name.get(name)
        known = place is not None and place.enough
        step = sum(place.rate >= limit for limit in limits) if place is not None and known else -1
        rows.append({"row": row, "column": column, "unit": LETTERS[name], "step": legend[step] if known else blank,
                     "value": f"{place.rate:.3g}" if place is not None and known else "–", "deep": step >= 3,
                     })  # fmt: skip
    alt = altair()
    base = alt.Chart(rows_of(rows)).encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(padding=0.06)),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(padding=0.06)),
    )
    squares = base.mark_rect(cornerRadius=3).encode(color=alt.Color(
        "step:N", title=None, scale=alt.Scale(domain=[*legend, blank], range=[*STEPS, NOTHING]),
        legend=alt.Legend(columns=2),
    ))  # fmt: skip
    texts = [
        base.transform_filter(f"datum.deep == {'true' if deep else 'false'}").mark_text(
            dy=shift, fontSize=size, fontWeight=weight, color=DEEP if deep else SHALLOW
        ).encode(text=f"{field}:N")
        for deep in (False, True)
        for field, shift, size, weight in (("unit", -7, 12, "bold"), ("value", 8, 10, "normal"))
    ]  # fmt: skip
    chart = alt.layer(squares, *texts).properties(width=330, height=9 * 44)
    numbers = [
        (words_of(name), LETTERS[name], *_numbers(by_name.get(name)))
        for name in sorted(TILES, key=lambda name: -by_name[name].rate if name in by_name else 1.0)
    ]  # fmt: skip
    top = max((each for each in found if each.enough), key=lambda each: each.rate, default=None)
    return figure(
        account, "tiles", "Province by province", f"{words.capitalize()}, for each 1,000 years lived there.", chart,
        ("unit", "letters", "for each 1,000 years", "whole society", "counted"), numbers,
        said="" if top is None else f"Most in {words_of(top.name)}: {top.rate:.3g}.", remarks=(NOTE,),
    )  # fmt: skip


SHALLOW: Final = "#1d2734"
"""Letters on light tiles."""
DEEP: Final = "#fdfdfc"
"""Letters on deep tiles."""


def _numbers(place: Place | None) -> tuple[str, ...]:
    if place is None:
        return ("not simulated", "", "")
    return (f"{place.rate:.3g}" if place.enough else "too few", told(place.total), f"{place.counted:,}")


def _dots(account: Account, found: list[Place], words: str) -> Markup:
    ranked = sorted(found, key=lambda each: -each.total)[:MOST]
    rows = [{"place": words_of(each.name), "rate": each.rate if each.enough else None} for each in ranked]
    alt = altair()
    chart = alt.Chart(rows_of(rows)).mark_bar(color=COLOURS[0]).encode(
        x=alt.X("rate:Q", title="for each 1,000 years lived"),
        y=alt.Y("place:N", title=None, sort=[row["place"] for row in rows]),
    ).properties(width=WIDTH - 60, height=20 * len(rows))  # fmt: skip
    numbers = [(words_of(each.name), *_numbers(each)) for each in ranked]
    return figure(
        account, "areas", "Area by area", f"{words.capitalize()}, for each 1,000 years lived there.", chart,
        ("area", "for each 1,000 years", "whole society", "counted"), numbers,
        remarks=("Areas with fewer than ten counted are left blank.",),
    )  # fmt: skip
