"""The recipes of the library: they add up to the census, and are what their script works out of the facts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "src" / "glasshouse" / "library"


def recipe(name: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load((LIBRARY / "recipes" / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def test_provinces_add_up_to_the_census() -> None:
    china = recipe("china-2020")
    provinces = [row for row in china["areas"] if row.get("in") == "china"]
    assert len(provinces) == 31
    assert sum(row["residents"] for row in provinces) == china["residents"] == 1_409_778_724
    units = sum(row["legal_units"] for row in provinces)
    assert units == pytest.approx(china["firms"], rel=0.001)


def test_towns_hold_as_many_as_the_census_says() -> None:
    provinces = [row for row in recipe("china-2020")["areas"] if row.get("in") == "china"]
    urban = sum(row["residents"] * row["urban"] for row in provinces) / 1_409_778_724
    assert urban == pytest.approx(0.6389, abs=0.001)


@pytest.mark.parametrize("name", ["china-2020", "rongcheng-city", "seven-cities"])
def test_shares_add_up_to_one(name: str) -> None:
    document = recipe(name)
    assert sum(row["share"] for row in document["households"]) == pytest.approx(1, abs=1e-9)
    for clause in document["attributes"]:
        if "shares" in clause:
            assert sum(clause["shares"]) == pytest.approx(1, abs=1e-9), clause["id"]
        for level, share in clause.get("levels", {}).items():
            if isinstance(share, dict):
                assert sum(share.values()) == pytest.approx(1, abs=1e-9), (clause["id"], level)


def test_household_sizes_are_those_of_the_census() -> None:
    sizes: dict[int, float] = {}
    for row in recipe("china-2020")["households"]:
        sizes[len(row["members"])] = sizes.get(len(row["members"]), 0) + row["share"]
    for size, share in {1: 0.2539, 2: 0.2968, 3: 0.2099, 4: 0.1317, 5: 0.0617, 6: 0.0460}.items():
        assert sizes[size] == pytest.approx(share, abs=1e-9)


def test_heads_of_firms_are_as_many_as_legal_units() -> None:
    china = recipe("china-2020")
    clauses = {clause["id"]: clause for clause in china["attributes"]}
    levels = clauses["employment"]["levels"]
    bands = zip(clauses["age"]["breaks"], clauses["age"]["shares"], strict=True)
    rows = [(share, levels[max(key for key in levels if key <= low)]) for low, share in bands]
    for level, count in (("firm_head", 21_789_000), ("self_employed", 62_959_000)):
        share = sum(share * row.get(level, 0) for share, row in rows)
        assert share * china["residents"] == pytest.approx(count, rel=0.01), level


def test_recipes_are_what_the_script_works_out() -> None:
    script = [sys.executable, "tools/make_recipes.py", "--check"]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, env={"PYTHONPATH": "src"}, check=False)
    assert done.returncode == 0, done.stderr


def test_a_changed_number_is_noticed_and_left_alone(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    shutil.copytree(LIBRARY, tmp_path / "src" / "glasshouse" / "library")
    china = tmp_path / "src" / "glasshouse" / "library" / "recipes" / "china-2020.yaml"
    text = china.read_text(encoding="utf-8")
    changed = text.replace("residents: 21893095", "residents: 21893096")
    assert changed != text
    china.write_text(changed, encoding="utf-8")
    script = [sys.executable, "tools/make_recipes.py", "--check"]
    environment = {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 4
    assert "21893096" in done.stderr
    assert china.read_text(encoding="utf-8") == changed
