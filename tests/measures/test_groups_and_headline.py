"""Questions that need crossed groups, the counted life table, the headline, and shares in a comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from glasshouse import making, measures
from glasshouse.comparison import compare
from glasshouse.keeping import load
from glasshouse.measures import leaving
from glasshouse.measures.figure import Measures
from glasshouse.runs import Run, run
from unit.fake_engine import FakeEngine, scenario

Cell = tuple[str, str]


@pytest.fixture(scope="module")
def crossed(folder: Path) -> Run:
    """The village, its groups crossed."""
    chosen = load("village").model_copy(update={"groups": (("sex",), ("means",), ("sex", "means"))})
    return run(chosen, out=folder / "crossed", threads=1)


def cells(done: Run, quantity: str) -> dict[Cell, int]:
    """Sums over the run by sex and means, straight from the table."""
    rows = done.monthly.filter((pl.col("quantity") == quantity) & pl.col("group").str.contains("&"))
    found = rows.group_by("group").agg(pl.col("value").sum()).iter_rows()
    return {(label.split("&")[0][4:], label.split("&")[1][6:]): value for label, value in found}


def test_like_beside_like(crossed: Run) -> None:
    refused, lived = cells(crossed, "refused_requests"), cells(crossed, "subjects")
    above = below = 0.0
    for means in ("1", "2", "3"):
        total = lived["male", means] + lived["female", means]
        above += refused["male", means] * lived["female", means] / total
        below += refused["female", means] * lived["male", means] / total
    told = measures.conditional_disparity(crossed, "sex", "means", "refused")
    inside, crude = told.where(name="ratio within strata")[0], told.where(name="crude ratio")[0]
    ratio = above / below if inside.group.startswith("sex=male") else below / above
    assert inside.value == pytest.approx(ratio)
    rates = {sex: sum(refused[sex, m] for m in "123") / sum(lived[sex, m] for m in "123") for sex in ("male", "female")}
    one, other = ("male", "female") if inside.group.startswith("sex=male") else ("female", "male")
    assert crude.value == pytest.approx(rates[one] / rates[other])
    assert len(told.where(name="ratio in stratum")) == 3 and "whether like are treated alike" in str(told.remarks)


def test_the_gap_and_its_parts(crossed: Run) -> None:
    told = measures.gap_parts(crossed, "sex", "means", "refused")
    parts = {each.name: each.value or 0.0 for each in told}
    assert parts["treatment"] + parts["composition"] == pytest.approx(parts["difference"])
    refused, lived = cells(crossed, "refused_requests"), cells(crossed, "subjects")
    rates = [12 * sum(refused[sex, m] for m in "123") / sum(lived[sex, m] for m in "123") for sex in ("male", "female")]
    assert abs(parts["difference"]) == pytest.approx(abs(rates[0] - rates[1]))


def test_crossed_groups_above_the_floor(crossed: Run) -> None:
    told = measures.intersections(crossed, "refused", floor=70)
    people = {cell: number // 18 for cell, number in cells(crossed, "subjects").items()}
    kept = sum(number >= 70 for number in people.values())
    assert 0 < kept < 6 and len(told.where(name="rate of refused")) == kept
    assert f"{6 - kept} crossed groups have fewer than 70" in " ".join(told.remarks)
    assert len(told.where(name="worst crossed group")) == 1


def test_three_comparisons_of_a_division(crossed: Run) -> None:
    told = measures.disparity(crossed, "listed")
    for division, size in (("sex", 2), ("means", 3), ("sex&means", 6)):
        names = [m.name for m in told.where(group=division)]
        assert names == ["difference", "adverse ratio", "favourable ratio"], "no ratio stands alone"
        members = [
            m.value for m in told.where(name="rate of listed")
            if "&".join(p.split("=")[0] for p in m.group.split("&")) == division
        ]  # fmt: skip
        rates = [value for value in members if value is not None]
        assert len(rates) == size
        assert told.of("adverse ratio", group=division).value == pytest.approx(max(rates) / min(rates))
        spared = [1 - rate for rate in rates]
        assert told.of("favourable ratio", group=division).value == pytest.approx(min(spared) / max(spared))


# --- the counted life table ----------------------------------------------------------------------------------------


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    """A run of the stand-in engine, which counts open cases by the time they have stood."""
    engine = FakeEngine()
    monkeypatch.setattr(making, "compiled_side", lambda: engine)
    yield run(scenario(), out=tmp_path / "told", sample="1/2", replications=2)


def test_recovery_from_counts(told: Run) -> None:
    """Where open cases are counted no life is lived again: each case over at 4 steps, the others just opened."""
    rows = told.lifetimes.group_by("list", "ending", "steps").agg(pl.col("value").sum())
    ended = rows.filter(pl.col("ending") == "term")["value"].sum()
    assert ended > 0 and rows.filter(pl.col("ending") == "open")["value"].sum() > 0
    found = measures.recovery(told, of="court/defaulters", within_days=150)
    over = found.of("recovered", item="court/defaulters")
    weights = dict(told.areas.select("area", "weight").iter_rows())
    table = {"term": np.zeros(13), "open": np.zeros(13)}
    for area, ending, steps, value in told.lifetimes.select("area", "ending", "steps", "value").iter_rows():
        table[ending][steps] += value * weights[area] / 2
    expected = leaving.life_table({"term": table["term"]}, table["open"]).incidence["term"][5]
    assert over.value == pytest.approx(expected) and over.exposure == pytest.approx(
        table["term"].sum() + table["open"].sum()
    )
    blocks = over.interval("blocks")
    assert blocks is not None and blocks.low < over.value < blocks.high


def test_replications_make_their_own_interval(told: Run) -> None:
    found = measures.sanctions(told).of("requests refused")
    assert {each.of for each in found.intervals} == {"blocks", "replications"}
    uncertain = measures.uncertainty(told, "refused_requests", "ticket")
    assert uncertain.of("replications needed", item="ticket").value is not None


# --- headlines -----------------------------------------------------------------------------------------------------


def test_a_headline_never_leaves_out_the_lawful(village: Run, perfect_village: Run) -> None:
    for done in (village, perfect_village):
        names = measures.headline(done).names()
        wrongful, lawful = names.index("requests wrongly refused"), names.index("sanctions for lawful conduct")
        assert 0 < wrongful < lawful
    perfect = measures.headline(perfect_village)
    assert perfect.of("requests wrongly refused").value == 0 and perfect.of("days wrongly listed").value == 0
    punished = perfect.of("sanctions for lawful conduct").value
    assert punished is not None and punished > 0
    assert any("invented" in remark for remark in perfect.remarks)


def test_a_comparison_holds_shares_beside_each_other(village: Run, changed_village: Callable[..., Run]) -> None:
    other = changed_village("village-rules/next-door.mistaken_chance=0.5")
    told = compare(village, other, blocks=1)
    for done, side in ((village, "baseline"), (other, "alternative")):
        said: Measures = measures.misidentification(done, groups=False)
        assert getattr(told.of("wrongful share of refusals"), side) == pytest.approx(
            said.of("wrongful share of refusals").value
        )
        ratio = measures.disparity(done, "refused").of("adverse ratio", group="sex").value
        assert getattr(told.of("adverse ratio, refused", group="sex"), side) == pytest.approx(ratio)
        lawful = measures.lawful_punished(done).of("sanctions for lawful conduct").value
        assert getattr(told.of("sanctions for lawful conduct"), side) == pytest.approx(lawful)


def test_shares_have_paired_intervals(ledger: Run, folder: Path) -> None:
    """Where blocks are alike under both policies the difference is known better than either share."""
    other = run(
        load("ledger-12", sets=["ledger-12/repay.rate=0.5 per year"]), out=folder / "ledger-2", residents=16_000,
        replications=3, threads=1,
    )  # fmt: skip
    told = compare(ledger, other, blocks=1).of("refusals for a tie")
    paired = next(each for each in told.intervals if each.of == "blocks")
    alone = measures.collateral(ledger).of("refusals for a tie").interval("blocks")
    assert alone is not None and paired.half_width < alone.half_width
    luck = next(each for each in told.intervals if each.of == "replications")
    assert luck.low <= (told.difference or 0.0) <= luck.high
