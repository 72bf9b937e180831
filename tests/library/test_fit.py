"""The fits of the library: it holds what the scripts work out, and that meets the figures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, str(ROOT / "tools" / tool), *arguments]
    environment = {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(script, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)


def test_library_is_fitted_and_meets_its_figures() -> None:
    done = run("fit_china.py", "--check", "--table")
    assert done.returncode == 0, done.stderr
    ratios = {line.split()[0]: float(line.split()[-1]) for line in done.stdout.splitlines()}
    assert len(ratios) > 30
    above = {"F-STOCK-2018-05-31", "F-RECORDS-2018-05-31"}
    for name, ratio in ratios.items():
        if name in above:  # of all lists together: the court list alone lies below
            assert 0.4 < ratio < 1, name
        else:
            assert ratio == pytest.approx(1, abs=0.01), name


def test_firms_and_small_lists_are_fitted_and_meet_their_figures() -> None:
    done = run("fit_firms.py", "--check", "--table")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith("F-")]
    ratios = {row[0]: float(row[-1]) for row in rows}
    assert len(ratios) == 17
    # Not fitted: the grades of the year after, and the sum of the lists that no figure names.
    checked = {"F-TAX-BM-2019": 0.05, "F-TAX-CD-2019": 0.25, "F-NEW-OTHER-2018": 0.10}
    for name, ratio in ratios.items():
        assert ratio == pytest.approx(1, abs=checked.get(name, 0.01)), name
