"""Workload ledger-12 as Glasshouse documents, run by the general kernel through the command line.

Run as ``python benchmarks/with_glasshouse.py RESIDENTS SEED [THREADS]``.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import polars as pl
import workload as w


def simulate(residents: int, seed: int, threads: int) -> w.Outcome:
    """One run; its own summary gives the seconds, its tables the three measures."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "run"
        command = [
            sys.executable, "-m", "glasshouse", "run", "ledger-12", "--residents", str(residents),
            "--seed", str(seed), "--threads", str(threads), "-o", str(place), "--json",
        ]  # fmt: skip
        finished = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
        if finished.returncode:
            raise SystemExit(finished.stderr)
        summary = json.loads(finished.stdout)
        mean_score, listed, refused = results(place)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return w.Outcome(
        "glasshouse", residents, 0.0, summary["seconds"], mean_score, listed, refused,
        peak / (2**20 if sys.platform == "darwin" else 2**10), threads,
    )


def environment() -> dict[str, str]:
    """The sources of this folder's checkout, whatever is installed."""
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}


def results(place: Path) -> tuple[float, int, int]:
    """Mean score, listed residents and refused tickets from the tables of a run directory."""
    monthly = pl.read_parquet(place / "monthly.parquet").filter(pl.col("group") == "all")
    last = monthly["month"].max()
    listed = monthly.filter((pl.col("month") == last) & (pl.col("quantity") == "listed"))["value"].sum()
    refused = monthly.filter((pl.col("quantity") == "refused_requests") & (pl.col("item") == "ticket"))["value"].sum()
    at_end = monthly.filter(pl.col("month") == last)
    scored, enrolled = (at_end.filter(pl.col("quantity") == name)["value"].sum() for name in ("score_sum", "enrolled"))
    return scored / enrolled, int(listed), int(refused)


if __name__ == "__main__":
    print(json.dumps(asdict(simulate(int(sys.argv[1]), int(sys.argv[2]), int((sys.argv[3:] or ["1"])[0])))))
