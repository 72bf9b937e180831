"""Ratings: who stands in which tier over time, and how scores are spread at the end."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Final

import polars as pl

from glasshouse.mechanisms.rating import Rating
from glasshouse.report.account import Account, short_names, told
from glasshouse.report.markup import Markup, paragraph, section
from glasshouse.report.picture import COLOURS, WIDTH, altair, figure, figures, rows_of

SHOWN: Final = 4
"""Ratings that get pictures, those that hold most first."""
Held = dict[tuple[str, str], float]


def ratings(account: Account) -> Markup | None:
    """The part of the page on ratings; nothing where the scenario has none."""
    declared = {f"{policy.name}/{each.id}": each for policy in account.scenario.policies for each in policy.ratings}
    if not declared:
        return section("ratings", "Ratings", paragraph("No policy of this scenario scores anybody."))
    frame = _frame(account)
    size = dict(frame.group_by("rating").agg(pl.col("value").sum()).iter_rows())
    paths = sorted((path for path in declared if size.get(path)), key=lambda path: -size[path])
    names = short_names(paths)
    left = len(paths) - SHOWN
    return section(
        "ratings", "Ratings: who stands where",
        paragraph("No rating held anybody in this run.") if not paths else None,
        figures(*(
            each for place, path in enumerate(paths[:SHOWN])
            for each in (_tiers(account, frame, path, names[path], declared[path], place),
                         _scores(account, frame, path, names[path], declared[path], place))
        )),
        paragraph(f"{left} more ratings hold fewer residents and have no picture.") if left > 0 else None,
    )  # fmt: skip


def _frame(account: Account) -> pl.DataFrame:
    """Residents by calendar month, rating, tier and score, for the whole society."""
    rows = account.run.table("scores").filter((pl.col("group") == "all") & (pl.col("population") == "residents"))
    rows = rows.with_columns(calendar=pl.col("month").str.slice(0, 7))
    rows = rows.filter(pl.col("month") == pl.col("month").max().over("calendar"))
    weights = account.run.areas.lazy().filter(pl.col("population") == "residents").select("area", "weight")
    value = (pl.col("value") * pl.col("weight")).sum() / account.counted.replications
    keys = ["calendar", "rating", "tier", "score"]
    return rows.join(weights, on="area").group_by(keys).agg(value=value).sort(keys).collect()


def _order(rating: Rating, found: set[str]) -> list[str]:
    """Tiers that somebody holds, as the rating orders them."""
    return [each.tier for each in rating.tiers if each.tier in found]


def _tiers(account: Account, frame: pl.DataFrame, path: str, name: str, rating: Rating, place: int) -> Markup | None:
    held: Held = defaultdict(float)
    for month, tier, value in frame.filter(pl.col("rating") == path).select("calendar", "tier", "value").iter_rows():
        held[month, tier] += value
    tiers = _order(rating, {tier for _, tier in held})
    if not tiers:
        return None
    months = [month for month in account.calendar if any(held[month, tier] for tier in tiers)]
    whole = {month: sum(held[month, tier] for tier in tiers) for month in months}
    rows = [
        {"month": f"{month}-01", "tier": tier, "share": held[month, tier] / whole[month], "rank": rank}
        for month in months for rank, tier in enumerate(tiers)
    ]  # fmt: skip
    alt = altair()
    colours = list(COLOURS[: len(tiers)]) if len(tiers) <= len(COLOURS) else list(COLOURS) * 4
    chart = alt.Chart(rows_of(rows)).mark_area().encode(
        x=alt.X("month:T", title=None, axis=alt.Axis(tickCount=4, format="%b %Y")),
        y=alt.Y("share:Q", title="share of those rated", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
        color=alt.Color("tier:N", title=None, scale=alt.Scale(domain=tiers, range=colours[: len(tiers)])),
        order="rank:Q",
    ).properties(width=WIDTH, height=160)  # fmt: skip
    kept = months if len(months) <= 30 else [m for m in months if m[5:7] in ("06", "12") or m == months[-1]]
    last = months[-1]
    return figure(
        account, f"tiers-{place}", f"“{name}”: the share in each tier, month by month",
        "Share of the residents whom the rating holds.", chart, ("month", "rated", *tiers),
        [(m, told(whole[m]), *(f"{held[m, tier] / whole[m]:.1%}" for tier in tiers)) for m in kept],
        said="At the end: " + ", ".join(f"{held[last, tier] / whole[last]:.0%} {tier}" for tier in tiers) + ".",
    )  # fmt: skip


def _scores(account: Account, frame: pl.DataFrame, path: str, name: str, rating: Rating, place: int) -> Markup | None:
    mine = frame.filter(pl.col("rating") == path)
    mine = mine.filter(pl.col("calendar") == mine.get_column("calendar").max())
    rows = [{"score": score, "tier": tier, "people": value}
            for tier, score, value in mine.select("tier", "score", "value").iter_rows() if value]  # fmt: skip
    if len({row["score"] for row in rows}) < 2:
        return None
    tiers = _order(rating, {str(row["tier"]) for row in rows})
    scores = sorted({int(row["score"]) for row in rows})
    gap = min(after - before for before, after in pairwise(scores))
    for row in rows:
        row["end"] = row["score"] + gap
    alt = altair()
    colours = list(COLOURS[: len(tiers)]) if len(tiers) <= len(COLOURS) else list(COLOURS) * 4
    chart = alt.Chart(rows_of(rows)).mark_bar().encode(
        x=alt.X("score:Q", title="score", scale=alt.Scale(zero=False), bin="binned"), x2="end",
        y=alt.Y("people:Q", title="residents", axis=alt.Axis(format="~s"), stack=True),
        color=alt.Color("tier:N", title=None, scale=alt.Scale(domain=tiers, range=colours[: len(tiers)])),
    ).properties(width=WIDTH, height=160)  # fmt: skip
    most = max(rows, key=lambda row: row["people"])
    shown = sorted(rows, key=lambda row: row["score"])
    return figure(
        account, f"scores-{place}", f"“{name}”: how scores are spread at the end",
        "Residents by the score last published, coloured by tier.", chart, ("score from", "tier", "residents"),
        [(str(row["score"]), row["tier"], told(row["people"])) for row in shown],
        said=f"Scores lie from {scores[0]} to {scores[-1]}; most residents have about {most['score']}.",
        remarks=("A score is a position on a scale, no amount: no share or ratio of scores is shown.",),
    )  # fmt: skip
