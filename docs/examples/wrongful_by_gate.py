"""Who is refused, and on what ground, gate by gate: from a run directory."""

import sys

import polars as pl

import glasshouse as gh

run = gh.open_run(sys.argv[1])
refused = (
    run.monthly.filter((pl.col("group") == "all") & (pl.col("quantity") == "refused_by"))
    .join(run.areas.select("area", "weight"), on="area")
    .group_by("item", "ground")
    .agg((pl.col("value") * pl.col("weight")).sum().round().cast(pl.Int64).alias("refused"))
    .sort("item", "ground")
)
for item, ground, number in refused.rows():
    print(f"{item:<30} {ground:<10} {number:>9,}")
