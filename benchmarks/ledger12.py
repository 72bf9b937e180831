"""The workload ledger-12 in Glasshouse and in tools written by hand for it, in alternating pairs on one machine.

    python benchmarks/ledger12.py --residents 1000000 --pairs 5 --threads 2

Each run is a process of its own, so that its peak memory is its own. Every outcome is held against the agreement
ranges of the workload before any time is printed. What is compared is resident-months a second; a tool that cannot
hold the society (Mesa) runs a smaller one, and its rate is carried over, which is said. The peers are also shown
without the time they take to make their society; Glasshouse makes its society anew in each block and has no such time.
Results are kept in ``benchmarks/results/``.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

import workload as w

HERE = Path(__file__).parent
TOOLS = ("numpy", "mesa")
MOST = {"mesa": 100_000}
"""Residents beyond which a tool's rate is carried over instead of measured."""


def main() -> int:
    """Runs the pairs, prints the table, keeps the result; 1 if a tool's outcome does not agree."""
    options = _options()
    versions = {name: _version(name) for name in ("glasshouse", "numpy", "mesa", "numba", "polars")}
    _run("glasshouse", 20_000, 1, options.threads)  # compiles, where nothing is compiled yet
    outcomes: dict[str, list[w.Outcome]] = {name: [] for name in ("glasshouse", *options.tools)}
    for pair in range(options.pairs):
        for name in outcomes:
            outcomes[name].append(_run(name, options.residents, options.seed + pair, options.threads))
    wrong = [line for runs in outcomes.values() for outcome in runs for line in w.disagreements(outcome)]
    summary = {name: _summary(runs, outcomes["glasshouse"]) for name, runs in outcomes.items()}
    print(_table(summary, options.residents))
    print("\n".join(wrong) if wrong else "Every outcome lies in its agreement range.")
    kept = _keep(summary, outcomes, versions, wrong)
    print(f"Kept in {kept.relative_to(HERE.parent)}.")
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2, help="threads of Glasshouse; the peers have one")
    parser.add_argument("--tools", nargs="*", choices=TOOLS, default=list(TOOLS))
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _run(name: str, residents: int, seed: int, threads: int) -> w.Outcome:
    count = min(residents, MOST.get(name, residents))
    command = [sys.executable, str(HERE / f"with_{name}.py"), str(count), str(seed)]
    command += [str(threads)] if name == "glasshouse" else []
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise SystemExit(f"{name} failed:\n{finished.stderr}")
    return w.Outcome(**json.loads(finished.stdout))


def _rate(outcome: w.Outcome, setup: bool = True) -> float:
    """Resident-months a second, with or without the making of the society."""
    seconds = outcome.seconds + (outcome.setup_seconds if setup else 0.0)
    return outcome.residents * w.MONTHS / seconds


def _summary(runs: list[w.Outcome], ours: list[w.Outcome]) -> dict[str, Any]:
    pairs = list(zip(ours, runs, strict=True))
    return {
        "residents": runs[0].residents,
        "million_resident_months_per_second": median(_rate(run) for run in runs) / 1e6,
        "without_setup": median(_rate(run, setup=False) for run in runs) / 1e6,
        "ratio": median(_rate(our) / _rate(run) for our, run in pairs),
        "ratio_without_setup": median(_rate(our) / _rate(run, setup=False) for our, run in pairs),
        "peak_mb": max(run.peak_mb for run in runs),
        "bytes_per_resident": max(run.peak_mb for run in runs) * 2**20 / runs[0].residents,
    }


def _table(summary: dict[str, dict[str, Any]], residents: int) -> str:
    lines = [
        f"{'tool':<12}{'residents':>12}{'M r-m/s':>10}{'no setup':>10}{'x slower':>10}{'no setup':>10}{'peak MiB':>10}"
    ]
    for name, row in summary.items():
        carried = " (rate carried over)" if row["residents"] < residents else ""
        lines.append(
            f"{name:<12}{row['residents']:>12,}{row['million_resident_months_per_second']:>10.2f}"
            f"{row['without_setup']:>10.2f}{row['ratio']:>10.1f}{row['ratio_without_setup']:>10.1f}"
            f"{row['peak_mb']:>10.0f}{carried}"
        )
    return "\n".join(lines)


def _keep(
    summary: dict[str, dict[str, Any]], outcomes: dict[str, list[w.Outcome]], versions: dict[str, str],
    wrong: list[str],
) -> Path:
    """Writes the result with machine, versions and command; its path."""
    now = datetime.now(UTC)
    result = {
        "workload": "ledger-12", "command": ["python", *sys.argv], "at": now.isoformat(timespec="seconds"),
        "machine": {"processor": _processor(), "system": platform.platform(), "python": platform.python_version()},
        "versions": versions, "summary": summary, "disagreements": wrong,
        "runs": {name: [asdict(run) for run in runs] for name, runs in outcomes.items()},
    }  # fmt: skip
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"ledger-12-{now:%Y-%m-%d-%H%M%S}.json"
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return path


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.processor()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    raise SystemExit(main())
