"""Runs: what is ordered, that threads and chunks change nothing, what a figure for the country is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from glasshouse import making, roll
from glasshouse.confidence import invented_share, numbers_by_confidence
from glasshouse.counts import matches, spans
from glasshouse.errors import RunFailed, UsageError
from glasshouse.estimates import Estimates, student
from glasshouse.order import Order, default_folder, fraction, ordered
from glasshouse.panel import members, shares
from glasshouse.replay import life, verify
from glasshouse.runs import Run, run
from glasshouse.scenario import Scenario, Seeds, Target
from glasshouse.society.areas import half_up
from glasshouse.summary import number, summarize
from unit.fake_engine import SAID, FakeEngine, recipe, scenario


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeEngine:
    """A stand-in for the compiled side, in a folder of its own."""
    engine = FakeEngine()
    monkeypatch.setattr(making, "compiled_side", lambda: engine)
    monkeypatch.chdir(tmp_path)
    return engine


# --- what is ordered -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"), [("1/1000", Fraction(1, 1000)), ("0.001", Fraction(1, 1000)), (0.001, Fraction(1, 1000)),
                           (1 / 1000, Fraction(1, 1000)), (1, Fraction(1)), (Fraction(2, 7), Fraction(2, 7))],
)  # fmt: skip
def test_a_sample_is_exact(written: Any, meant: Fraction) -> None:
    assert fraction(written) == meant


@pytest.mark.parametrize("written", ["0", "2", "-1/3", "1/0", "some", "", 1.5])
def test_what_is_no_sample_is_refused(written: Any) -> None:
    with pytest.raises(UsageError, match="a sample is a share"):
        fraction(written)


def test_a_run_has_one_size() -> None:
    assert ordered(scenario()).residents == 60_000
    assert ordered(scenario(residents=500)).residents == 500
    assert ordered(scenario(residents=500), full=True).residents == 60_000
    sampled = ordered(scenario(residents=500), sample="1/10")
    assert (sampled.residents, sampled.sample) == (60_000, Fraction(1, 10))
    for several in ({"full": True, "sample": "1/2"}, {"residents": 10, "full": True}, {"residents": 10, "sample": 0.5}):
        with pytest.raises(UsageError, match="one size"):
            ordered(scenario(), **several)
    with pytest.raises(UsageError, match="at least one resident"):
        ordered(scenario(), residents=0)


def test_a_large_society_is_built_whole_only_when_asked() -> None:
    large = scenario(recipe=recipe(1_400_000_000))
    with pytest.raises(UsageError, match=r"1,400,000,000 residents.*--sample 1/1000, --residents 1000000 or --full"):
        ordered(large)
    assert ordered(large, full=True).residents == 1_400_000_000


def test_the_period_is_cut_in_steps() -> None:
    assert (ordered(scenario()).first_step, ordered(scenario()).steps) == (0, None)
    assert (ordered(scenario(), since="2020-04").first_step, ordered(scenario(), months=30).steps) == (3, 30)
    daily = ordered(scenario(step="day"), since="2020-03", months=1)
    assert (daily.first_step, daily.steps) == (31 + 29, 31)
    weekly = ordered(scenario(step="week"), since="2020-02", months=2)
    begin = date(2020, 1, 1).toordinal() + 7 * weekly.first_step
    assert date.fromordinal(begin) >= date(2020, 2, 1) > date.fromordinal(begin - 7)
    assert weekly.steps is not None
    end = begin + 7 * weekly.steps
    assert date.fromordinal(end) >= date(2020, 4, 1) > date.fromordinal(end - 14)
    late = ordered(scenario(), since="2021-02", months=3)
    assert (late.first_step, late.steps) == (13, 3)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"since": "2019-12"}, "begins on 2020-01-01"), ({"since": "2021-01"}, "ends on 2020-12-31"),
        ({"since": "spring"}, "a month such as 2014-07"), ({"months": 0}, "at least one month"),
        ({"replications": 0}, "at least one replication"), ({"replicate": "all"}, "`luck` or a new `society`"),
        ({"panel": -1}, "no negative number"), ({"journal": [10**6]}, "has no block 1000000"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        ordered(scenario(), **asked)


def test_seeds_are_one_unless_said() -> None:
    assert ordered(scenario()).seeds == Seeds("7", "7", "7")
    order = ordered(scenario(), seed=3, process_seed=9)
    assert order.seeds == Seeds("3", "3", "9")
    assert order.seeds_of(2) == Seeds("3", "3/2", "9/2")
    assert ordered(scenario(), replicate="society").seeds_of(1) == Seeds("7/1", "7/1", "7/1")
    assert ordered(scenario()).seeds_of(0) == Seeds("7", "7", "7")


def test_an_order_is_read_back_as_it_was() -> None:
    extras = {"replications": 3, "panel": 2, "journal": [4, 1]}
    order = ordered(scenario(), sample="1/3", months=5, since="2020-03", seed=4, **extras)
    assert Order.read(order.written()) == order
    assert default_folder(scenario(), order) == Path("runs/two-towns-4-1in3")


# --- threads, chunks, batches --------------------------------------------------------------------------------------


def test_threads_and_chunks_change_nothing(engine: FakeEngine) -> None:
    runs = [
        run(scenario(), out=f"run-{threads}-{chunk}", threads=threads, chunk=chunk)
        for threads in (1, 2, 3)
        for chunk in (1, 7, 256)
    ]
    assert {a.result_hash for a in runs} == {runs[0].result_hash}
    assert all(a.manifest["tables"] == runs[0].manifest["tables"] for a in runs)
    assert all(a.monthly.equals(runs[0].monthly) and a.batches.equals(runs[0].batches) for a in runs)
    assert run(scenario(), seed=8, out="other").result_hash != runs[0].result_hash


def test_batches_depend_on_the_blocks_alone() -> None:
    for number_of_blocks in (1, 2, 3, 127, 128, 500, 5_000):
        edges = roll.batch_edges(number_of_blocks)
        parts = np.array_split(np.arange(number_of_blocks), len(edges) - 1)
        assert [int(part[0]) for part in parts] == edges[:-1]
        assert edges[-1] == number_of_blocks
        assert len(parts) <= roll.MOST_BATCHES
        assert len(parts) == 1 if number_of_blocks == 1 else len(parts) >= 2
        assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_the_sum_of_batches_is_the_count(engine: FakeEngine) -> None:
    done = run(scenario(), sample="1/2")
    totals = done.batches.filter(
        (pl.col("quantity") == "refused_requests") & (pl.col("group") == "all")).get_column("value").sum()
    monthly = done.monthly.filter((pl.col("quantity") == "refused_requests") & (pl.col("group") == "all"))
    assert totals == monthly.get_column("value").sum() > 0
    stock = done.batches.filter(
        (pl.col("quantity") == "listed") & (pl.col("group") == "all")).get_column("value").sum()
    last = done.monthly.filter(
        (pl.col("quantity") == "listed") & (pl.col("group") == "all") & (pl.col("month") == "2020-12"))
    assert stock == last.get_column("value").sum() > 0


def test_progress_ends_at_the_whole(engine: FakeEngine) -> None:
    told: list[tuple[int, int]] = []
    run(scenario(), replications=2, progress=lambda done, total: told.append((done, total)), chunk=9)
    assert told[-1][0] == told[-1][1] == 120_000
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_laws_hold_of_portions_as_of_the_whole(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run(scenario()).manifest["laws"]
    monkeypatch.setattr(making, "ROWS_JUDGED", 1)
    portions = run(scenario()).manifest["laws"]
    assert [law["law"] for law in portions] == [law["law"] for law in whole]
    assert all(law["holds"] for law in portions)
    assert all(part["compared"] >= law["compared"] for part, law in zip(portions, whole, strict=True))
    monkeypatch.setattr(engine, "broken", "granted")
    with pytest.raises(RunFailed, match="requests = granted"):
        run(scenario())


# --- replications, panel, journal ----------------------------------------------------------------------------------


def test_replications_stand_in_a_column_of_their_own(engine: FakeEngine) -> None:
    one = run(scenario())
    three = run(scenario(), replications=3)
    assert "replication" not in one.monthly.columns
    for table in ("monthly", "scores", "transitions", "lifetimes", "roots"):
        assert getattr(three, table).get_column("replication").unique().sort().to_list() == [0, 1, 2]
    first = three.monthly.filter(pl.col("replication") == 0).drop("replication")
    assert first.equals(one.monthly)
    assert three.areas.equals(one.areas)
    assert not three.monthly.filter(pl.col("replication") == 1).drop("replication").equals(one.monthly)


def test_the_default_folder_is_a_free_one(engine: FakeEngine) -> None:
    assert [run(scenario(), months=2).path for _ in range(3)] == [
        Path("runs/two-towns-7-60000"), Path("runs/two-towns-7-60000-2"), Path("runs/two-towns-7-60000-3")]


def test_a_panel_and_a_journal_move_no_hash(engine: FakeEngine) -> None:
    plain = run(scenario())
    looked = run(scenario(), panel=5, journal=[3, 1])
    assert looked.result_hash == plain.result_hash
    panel = looked.panel
    assert panel.height == 5 * 12
    assert panel.get_column("subject").n_unique() == 5
    assert panel.get_column("subject").str.contains(r"^R-\d{6}-\d{3}$").all()
    rows = pl.read_parquet(looked.path / "journal" / "listings.parquet")
    assert rows.get_column("block").unique().sort().to_list() == [1, 3]
    assert rows.get_column("month").to_list()[:2] == ["2020-03", "2020-03"]


def test_a_panel_row_is_the_state_at_the_end_of_its_month(engine: FakeEngine) -> None:
    done = run(scenario(), panel=158 * 10)
    wrongly = done.panel.filter(pl.col("subject") == "R-000000-001")
    assert wrongly.get_column("listed court/defaulters").to_list() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert wrongly.get_column("wrongly_listed").to_list() == [month == 3 for month in range(12)]
    assert wrongly.get_column("refused").to_list() == [int(month == 3) for month in range(12)]
    assert wrongly.get_column("score court/points").to_list() == [None] + [90] * 11
    rightly = done.panel.filter(pl.col("subject") == "R-000000-000")
    assert rightly.get_column("listed court/defaulters").to_list() == [0, 0] + [1] * 10
    assert not rightly.get_column("wrongly_listed").any()


def test_panels_of_one_society_hold_the_same_people() -> None:
    assert shares(100, 4) == {12: 1, 37: 1, 62: 1, 87: 1}
    assert sum(shares(2, 7).values()) == 7
    assert set(members("7", 12, 400, 3)) < set(members("7", 12, 400, 9))
    assert members("7", 12, 400, 9) != members("8", 12, 400, 9)


# --- figures for the country ---------------------------------------------------------------------------------------


def test_weights_are_those_of_the_areas(engine: FakeEngine) -> None:
    done = run(scenario(), sample="1/10")
    for row in done.areas.rows(named=True):
        assert row["m"] == max(2, half_up(Fraction(row["n"], 10)))
        assert row["weight"] == pytest.approx(row["n"] / row["m"] * row["represents"] / row["residents"])
    assert done.areas.get_column("represents").sum() == 60_000


def test_an_estimate_is_weighted_and_its_interval_is_that_of_the_batches(engine: FakeEngine) -> None:
    done = run(scenario(), sample="1/4")
    rows = done.batches.filter((pl.col("quantity") == "entered") & (pl.col("group") == "all"))
    value, variance, degrees = 0.0, 0.0, 0
    for area in done.areas.rows(named=True):
        mine = rows.filter(pl.col("area") == area["area"])
        counts, blocks = mine.get_column("value").to_numpy(), mine.get_column("blocks").to_numpy()
        mean = counts.sum() / blocks.sum()
        spread = (blocks * (counts / blocks - mean) ** 2).sum() / (len(blocks) - 1)
        value += area["weight"] * counts.sum()
        variance += area["weight"] ** 2 * area["m"] * spread
        degrees += len(blocks) - 1
    figure = Estimates(done).of("entered")
    assert figure.value == pytest.approx(value)
    assert figure.counted == rows.get_column("value").sum()
    assert figure.high is not None
    assert figure.high - figure.value == pytest.approx(student(degrees) * sqrt(variance))


def test_intervals_hold_the_truth_as_often_as_they_say(engine: FakeEngine) -> None:
    """Sixty independent societies of one law: about 57 of 60 intervals hold its expectation.

    52 or more hold with probability 0.992 where the level is 95 %, and with probability 0.03 where it is 80 %.
    """
    held = 0
    for seed in range(60):
        figure = Estimates(run(scenario(), seed=seed, months=1, out=f"run-{seed}")).of("entered")
        assert figure.low is not None
        assert figure.high is not None
        held += figure.low <= 158 * 2 * 3 <= figure.high
    assert held >= 52


def test_student_is_close_to_the_tables() -> None:
    for degrees, point in ((1, 12.706), (5, 2.571), (10, 2.228), (30, 2.042), (1000, 1.962)):
        assert student(degrees) == pytest.approx(point, abs=0.005)


def test_a_target_is_read_where_it_asks(engine: FakeEngine) -> None:
    done = run(scenario())
    found = {row.id: row for row in summarize(done, scenario()).targets}
    monthly = done.monthly.filter(pl.col("group") == "all")
    refused = monthly.filter(pl.col("quantity") == "refused_requests").get_column("value").sum()
    assert found["refused"].simulated.counted == refused
    north = monthly.filter(
        (pl.col("quantity") == "listed") & (pl.col("area") == "north") & (pl.col("month") == "2020-06"))
    assert found["stock"].simulated.value == north.get_column("value").sum()


def target(kind: str, *days: str, during: tuple[str, str] | None = None) -> Target:
    value = tuple((date.fromisoformat(day), Decimal(1)) for day in days) or ((None, Decimal(1)),)
    between = None if during is None else (date.fromisoformat(during[0]), date.fromisoformat(during[1]))
    return Target(id="t", **SAID, quantity="entered", kind=kind, value=value, during=between, tolerance=Decimal(0))


MONTHS = tuple(f"2018-{month:02d}" for month in range(1, 13))
DAYS = tuple(f"2018-03-{day:02d}" for day in range(1, 32))


@pytest.mark.parametrize(
    ("asked", "labels", "unit", "steps"),
    [
        (target("stock", "2018-05-31"), MONTHS, "month", [("2018-05-31", 4, 5)]),
        (target("stock", "2018-05-10"), MONTHS, "month", [("2018-05-10", 3, 4)]),
        (target("cumulative", "2018-05-31"), MONTHS, "month", [("2018-05-31", 0, 5)]),
        (target("cumulative", "2018-06-14"), MONTHS, "month", [("2018-06-14", 0, 5)]),
        (target("cumulative", "2018-06-15"), MONTHS, "month", [("2018-06-15", 0, 6)]),
        (target("cumulative", "2017-12-31", "2019-01-01"), MONTHS, "month", []),
        (target("flow", during=("2018-07-01", "2018-08-03")), MONTHS, "month", [("2018-08-03", 6, 7)]),
        (target("flow", during=("2018-01-01", "2018-12-31")), MONTHS, "month", [("2018-12-31", 0, 12)]),
        (target("flow", during=("2017-12-01", "2018-12-31")), MONTHS, "month", []),
        (target("flow", during=("2018-03-02", "2018-03-04")), DAYS, "day", [("2018-03-04", 1, 4)]),
        (target("stock", "2018-03-31", "2018-04-01"), DAYS, "day", [("2018-03-31", 30, 31)]),
    ],
)  # fmt: skip
def test_a_date_stands_for_the_steps_it_covers(
    asked: Target, labels: tuple[str, ...], unit: str, steps: list[tuple[str, int, int]]
) -> None:
    assert spans(asked, labels, unit) == steps


def test_numbers_are_counted_by_confidence() -> None:
    counted = numbers_by_confidence(scenario())
    # two shares and one household; two rates, a service's rate and tries; three of the rating and a tier, a term;
    # areas have no confidence of their own
    assert counted == {"verified": 0, "derived": 0, "background": 3, "invented": 13, "intention": 0}
    assert invented_share(scenario()) == pytest.approx(13 / 16)


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (0.123, "0.12"), (7, "7"), (1234.4, "1,234"), (123_456, "123,500"),
                         (17_463_210, "17,460,000"), (2.5, "2.5")],
)  # fmt: skip
def test_figures_keep_the_digits_that_count(value: float, shown: str) -> None:
    assert number(value) == shown


def test_every_table_says_that_it_is_synthetic(engine: FakeEngine) -> None:
    done = run(scenario(), panel=3, journal=[1])
    files = sorted(done.path.rglob("*.parquet"))
    assert len(files) == 7 + 1 + 5
    for file in files:
        told = pl.read_parquet_metadata(file)
        assert "nobody in it exists" in told["synthetic"]
        assert told["reading"] == "documented"
    assert done.manifest["synthetic"] is True


def test_a_run_shows_itself(engine: FakeEngine) -> None:
    done = run(scenario())
    assert "synthetic" in done._repr_html_()
    assert done.result_hash[:12] in repr(done)
    with pytest.raises(RunFailed, match="no table panel"):
        _ = done.panel
    again = Run(done.path)
    assert isinstance(again.manifest, dict)
    assert again.monthly.equals(done.monthly)


def test_a_scenario_is_left_as_it_was(engine: FakeEngine) -> None:
    asked: Scenario = scenario()
    run(asked, months=3)
    assert asked == scenario()


@pytest.mark.parametrize(
    ("quantity", "item", "counted"),
    [
        ("left", "court/defaulters", [("left", "court/defaulters:term"), ("left", "court/defaulters:repair")]),
        ("left_repair", "court/defaulters", [("left", "court/defaulters:repair")]),
        ("left_repair", None, [("left", "court/defaulters:repair"), ("left", "other/list:repair")]),
        ("refused_requests", "ticket", [("refused_requests", "ticket")]),
        ("refused_requests", "court/no-tickets", [("refused_by", "court/no-tickets")]),
        ("rewarded", "court/cheap", [("benefited", "court/cheap")]),
    ],
)  # fmt: skip
def test_a_target_asks_for_its_counters(quantity: str, item: str | None, counted: list[tuple[str, str]]) -> None:
    asked = target("cumulative", "2018-05-31").model_copy(update={"quantity": quantity, "item": item})
    there = [
        ("left", "court/defaulters:term"), ("left", "court/defaulters:repair"), ("left", "other/list:repair"),
        ("refused_requests", "ticket"), ("refused_requests", "train"), ("refused_by", "court/no-tickets"),
        ("benefited", "court/cheap"), ("entered", "court/defaulters"),
    ]  # fmt: skip
    assert [pair for pair in there if matches(asked, scenario(), *pair)] == counted


# --- the compiled engine -------------------------------------------------------------------------------------------


def test_the_compiled_engine_gives_one_hash(tmp_path: Path) -> None:
    def hashed(threads: int, chunk: int) -> str:
        out = tmp_path / f"{threads}-{chunk}"
        return run("ledger-12", residents=9_000, months=6, threads=threads, chunk=chunk, out=out).result_hash

    assert hashed(1, 256) == hashed(2, 1) == hashed(3, 4)


def test_a_compiled_run_is_verified_and_its_lives_are_told(tmp_path: Path) -> None:
    done = run("village", out=tmp_path / "village", panel=10, journal=[0], replications=2)
    assert all(law["holds"] for law in done.manifest["laws"])
    assert verify(done).same
    page = str(life(done, done.manifest["example"]))
    assert "synthetic" in page
    assert "refused" in page
    with pytest.raises(UsageError, match="has no block 77"):
        life(done, "R-000077-000")
    with pytest.raises(UsageError, match=r"block 0 has \d+ residents"):
        life(done, "R-000000-999")
    with pytest.raises(UsageError, match="named like R-000123-045"):
        life(done, "Li Lei")
    events = pl.read_parquet(done.path / "journal" / "events.parquet")
    counted = done.monthly.filter(
        (pl.col("quantity") == "events") & (pl.col("group") == "all") & (pl.col("replication") == 0))
    assert events.height == counted.get_column("value").sum() > 0
    refused = pl.read_parquet(done.path / "journal" / "requests.parquet").filter(pl.col("outcome") == "refused")
    told = done.monthly.filter(
        (pl.col("quantity") == "refused_requests") & (pl.col("group") == "all") & (pl.col("replication") == 0))
    assert refused.height == told.get_column("value").sum() > 0
