"""Sweeps: the points of a design, all of them listed, none ranked; ranges and variance; and what is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from glasshouse import measures, sweeps
from glasshouse.axes import Axis, design, unknowns
from glasshouse.errors import InvalidDocuments, RunFailed, UsageError
from glasshouse.keeping import load
from glasshouse.measures.counted import Counted
from glasshouse.sweeps import Sweep, sweep

FEE, HIT = "village-rules/fee.points", "village-rules/clerk.hit_chance"


# --- designs -------------------------------------------------------------------------------------------------------


def test_axes_are_read_as_documents_write_values() -> None:
    assert Axis.read("a/b.c=1..5") == Axis("a/b.c", Decimal(1), Decimal(5))
    assert Axis.read("a/b.c=6 months..24 months").levels(3) == ["6 months", "15 months", "24 months"]
    assert Axis.read("a/b.c=-10..-2").levels(5) == ["-10", "-8", "-6", "-4", "-2"]
    assert Axis.read("a/b.c=0.1..0.5 per year").levels(2) == ["0.1 per year", "0.5 per year"]
    assert Axis.read("a/b.c = none, 2 years").levels(7) == ["none", "2 years"]
    assert Axis.read("a/b.c=1..3").levels(9) == ["1", "2", "3"], "whole bounds, whole values, each once"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a/b.c", "expected PATH=LOW..HIGH"), ("=1..2", "expected PATH"), ("a/b.c=", "expected PATH"),
        ("a/b.c=5..1", "the lower bound stands first"), ("a/b.c=2..2", "the lower bound stands first"),
        ("a/b.c=x..2", "`x` is no number"), ("a/b.c=1 month..2 years", "different units"), ("a/b.c=1", "at least two"),
    ],
)  # fmt: skip
def test_axes_that_are_none(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Axis.read(text)


def test_a_grid_holds_every_combination_in_order() -> None:
    found = design([Axis.read("a/x=1..3"), Axis.read("a/y=p,q")], "grid", 3)
    assert found == [{"a/x": x, "a/y": y} for x in ("1", "2", "3") for y in ("p", "q")]


def test_a_hypercube_has_one_point_in_every_slice() -> None:
    axes = [Axis.read("a/x=0.0..1.0"), Axis.read("a/y=0.0..1.0"), Axis.read("a/z=p,q")]
    found = design(axes, "latin", 20, seed=4)
    for path in ("a/x", "a/y"):
        assert sorted(int(float(point[path]) * 20) for point in found) == list(range(20))
    assert [point["a/z"] for point in found].count("p") == 10
    assert found == design(axes, "latin", 20, seed=4) != design(axes, "latin", 20, seed=5)


@pytest.mark.parametrize(
    ("paths", "kind", "points", "said"),
    [
        (["a/x=1..2"], "best", 3, "grid or latin"), (["a/x=1..2"], "grid", 1, "at least two points"),
        ([], "grid", 3, "at least one path"), (["a/x=1..2", "a/x=1..3"], "grid", 3, "each named once"),
        ([f"a/{n}=0.0..1.0" for n in range(6)], "grid", 5, "at most 10,000"),
    ],
)  # fmt: skip
def test_designs_that_are_none(paths: list[str], kind: str, points: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        design([Axis.read(each) for each in paths], kind, points)


# --- runs ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def swept(folder: Path) -> Sweep:
    """The village under milder and harsher points for late fees, the document's own among them."""
    return sweep("village", [f"{FEE}=-5..-1"], folder / "swept", points=3, replications=2, months=12, threads=1)


def test_all_points_are_listed_in_the_order_of_the_design(swept: Sweep, folder: Path) -> None:
    assert [point.values[FEE] for point in swept.points] == ["-5", "-3", "-1"]
    frame = swept.frame()
    assert frame["point"].to_list() == [1, 2, 3] and frame[FEE].to_list() == ["-5", "-3", "-1"]
    assert len(set(frame["result_hash"].to_list())) == 3
    kept = json.loads((folder / "swept" / "design.json").read_text())
    assert kept["points"] == [point.values for point in swept.points]
    assert not {"best", "rank", "optimal", "order"} & set(frame.columns) and "no order but the design's" in str(swept)
    for figures in swept.figures():
        assert {"requests wrongly refused", "days wrongly listed", "sanctions for lawful conduct"} <= {
            each.name for each in figures}, "no figure of what a policy does without what it does wrongly"  # fmt: skip


def test_points_have_the_same_luck(swept: Sweep) -> None:
    """Milder points make nobody's score fall: refused loans fall with them."""
    refused = [Counted(point.run).of("refused_requests", item="seed_loan").value for point in swept.points]
    assert refused == sorted(refused, reverse=True) and refused[0] > refused[-1]
    assert {point.run.manifest["seed"] for point in swept.points} == {"7"}


def test_ranges_and_variance_are_kept_apart(swept: Sweep) -> None:
    ranged = swept.ranges().of("requests refused")
    values = [next(m.value for m in row if m.name == "requests refused") for row in swept.figures()]
    known = [value for value in values if value is not None]
    assert [each.of for each in ranged.intervals] == ["parameters"]
    assert (ranged.intervals[0].low, ranged.intervals[0].high) == (min(known), max(known))
    parts = swept.variance("requests refused")
    assert sum(part.value or 0 for part in parts) == pytest.approx(1)
    told = swept.measure(lambda run: measures.sanctions(run, groups=False))
    assert len(told) == 3 and told[0].of("requests refused").value == pytest.approx(values[0])


def test_a_sweep_shows_itself(swept: Sweep) -> None:
    plain = swept.plain()
    assert len(plain["points"]) == 3 and plain["synthetic"] and plain["reading"] == "documented"
    assert "documented reading" in swept._repr_html_()
    chart = pytest.importorskip("altair") and swept.plot("requests refused").to_dict()
    (rows,) = chart["datasets"].values()
    assert [row["at"] for row in rows] == ["-5", "-3", "-1"]


def test_mistakes_of_all_points_come_before_any_run(folder: Path) -> None:
    with pytest.raises(InvalidDocuments) as wrong:
        sweep(
            "village",
            [f"{FEE}=-3..-1", f"{HIT}=0.5..1.5", "village-rules/nowhere.rate=1..2"],
            folder / "none",
            points=2,
        )
    assert len(wrong.value.mistakes) >= 2
    assert not (folder / "none").exists()


def test_nothing_is_written_over(swept: Sweep, folder: Path) -> None:
    with pytest.raises(RunFailed, match="exists already, and a sweep writes over nothing"):
        sweep("village", [f"{FEE}=-3..-1"], folder / "swept", points=2)


def test_luck_cannot_be_told_from_one_replication(folder: Path) -> None:
    one = sweep("village", [f"{HIT}=0.5,0.9"], folder / "one", months=2, threads=1)
    with pytest.raises(UsageError, match="at least two replications"):
        one.variance()
    assert [point.values[HIT] for point in one.points] == ["0.5", "0.9"]


def test_nothing_here_looks_for_a_best_policy() -> None:
    names = {name.lower() for module in (sweeps, measures) for name in dir(module)}
    assert not {name for name in names if any(word in name for word in ("best", "optim", "minim", "maxim"))}


# --- what nobody knows -----------------------------------------------------------------------------------------------


def test_the_ranges_of_invented_numbers_are_axes() -> None:
    (only,) = unknowns(load("village"))
    assert only == Axis("village-conduct/hush.factor", Decimal("0.3"), Decimal(1))
    paths = [axis.path for axis in unknowns(load("rongcheng"))]
    assert len(paths) == len(set(paths)) > 0


def test_numbers_that_are_known_or_dated_are_none() -> None:
    """The court list's chances are dated series or fitted: no single value of theirs can be moved."""
    scenario = load("china-2018")
    for axis in unknowns(scenario):
        assert axis.path.partition("/")[0] in (scenario.conduct.name, *(policy.name for policy in scenario.policies))
        again = load("china-2018", sets=[f"{axis.path}={axis.at(0.123456)}"])
        assert again != scenario, axis.path


def test_a_sweep_through_what_nobody_knows(folder: Path) -> None:
    told = sweep("village", [], folder / "unknown", kind="latin", points=3, unknown=True, months=12, threads=1)
    assert told.paths == ("village-conduct/hush.factor",)
    factors = [float(point.values["village-conduct/hush.factor"]) for point in told.points]
    assert all(0.3 <= factor <= 1 for factor in factors) and len(set(factors)) == 3
    bounds = told.ranges().of("requests refused").interval("parameters")
    assert bounds is not None and bounds.low <= bounds.high
