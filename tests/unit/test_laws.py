"""The laws: a run that keeps them is a result, a run that breaks one fails, is named and stays marked."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from glasshouse import laws, making, results
from glasshouse.errors import RunFailed
from glasshouse.order import ordered
from glasshouse.runs import Run, carry_out
from glasshouse.values import constant
from unit.fake_engine import FakeEngine, policy, scenario


def made(folder: Path, monkeypatch: pytest.MonkeyPatch, engine: FakeEngine | None = None) -> Run:
    engine = engine or FakeEngine()
    monkeypatch.setattr(making, "compiled_side", lambda: engine)
    society = scenario()
    return carry_out(society, ordered(society, residents=9_000), folder, threads=1)


def test_a_sound_run_keeps_every_law(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = made(tmp_path / "run", monkeypatch)
    told = {law["law"]: law for law in run.manifest["laws"]}
    assert len(told) == 11
    assert all(law["holds"] for law in told.values())
    counted = [law["law"] for law in told.values() if law["compared"] == 0]
    assert counted == ["perfect detectors wrong nobody", "no spread clause, no spread listing"]


@pytest.mark.parametrize(
    ("quantity", "law"),
    [
        ("entered", "cases in = cases out"), ("left", "cases in = cases out"), ("listed_cases", "cases in = cases out"),
        ("listed", "cases in = cases out"), ("entered", "every case has one lifetime"),
        ("requests", "requests = granted"), ("granted", "requests = granted"), ("attempts", "tries = refused"),
        ("refused_attempts", "tries = refused"), ("refused_requests", "requests = granted"),
        ("refused_by", "one cause"), ("first_refused", "one cause"), ("subjects", "subjects are conserved"),
    ],
)  # fmt: skip
def test_a_broken_law_fails_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quantity: str, law: str
) -> None:
    with pytest.raises(RunFailed, match=law) as failure:
        made(tmp_path / "run", monkeypatch, FakeEngine(broken=quantity))
    assert failure.value.exit_code == 1
    assert law in (tmp_path / "run" / results.MARKER).read_text()
    with pytest.raises(RunFailed, match="unfinished run"):
        Run(tmp_path / "run")


def changed(run: Run, name: str, extra: dict[str, object]) -> laws.Tables:
    """The tables of a run with one row more in one of them, made from its last row."""
    frame = getattr(run, name)
    row = frame.tail(1).with_columns(*(pl.lit(value).alias(column) for column, value in extra.items()))
    longer = pl.concat([frame, row.select(frame.columns)], how="vertical_relaxed")
    return lambda asked: longer.lazy() if asked == name else run.table(asked)


STRATA = ((("sex", "male"),), (("sex", "female"),))


@pytest.mark.parametrize(
    ("name", "extra", "law"),
    [
        ("monthly", {"group": "sex=male", "quantity": "events", "item": "joke"}, "groups add up to all, in monthly"),
        ("scores", {"group": "sex=female", "score": 100, "tier": "A"}, "groups add up to all, in scores"),
        ("scores", {"group": "all", "score": 250, "tier": "A"}, "scores lie within their bounds"),
        ("scores", {"group": "all", "score": -1, "tier": "A"}, "scores lie within their bounds"),
        ("scores", {"group": "all", "score": 100, "tier": "Z"}, "scores lie within their bounds"),
        ("monthly", {"group": "all", "quantity": "records", "ground": "mistaken"}, "perfect detectors wrong nobody"),
        ("monthly", {"group": "all", "quantity": "wrongly_refused"}, "perfect detectors wrong nobody"),
        ("monthly", {"group": "all", "quantity": "entered", "ground": "spread"}, "no spread clause, no spread listing"),
        ("lifetimes", {"ending": "open"}, "every case has one lifetime, by list"),
        ("lifetimes", {"ending": "term"}, "every case has one lifetime, by list"),
    ],
)  # fmt: skip
def test_a_single_wrong_row_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, extra: dict[str, object], law: str
) -> None:
    run = made(tmp_path / "run", monkeypatch)
    tables = changed(run, name, extra | {"value": 1})
    broken = [verdict.law for verdict in laws.verdicts(tables, scenario(), STRATA) if not verdict.holds]
    assert law in broken


def test_a_detector_that_errs_is_not_perfect() -> None:
    assert laws.perfect(scenario())
    feed = policy().detectors[0]
    for change in ({"mistaken_chance": constant("0.01", "chance")}, {"false_rate": constant("0.01", "per year")}):
        erring = policy().model_copy(update={"detectors": (feed.model_copy(update=change),)})
        assert not laws.perfect(scenario(policies=(erring,)))
