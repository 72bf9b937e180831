"""The answers of the village's worksheet are those of the engine."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from glasshouse import runs
from glasshouse.scenario import load_scenario
from glasshouse.shelf import Library

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "village.md"
SHAMELESS = "village-rules/household-shame.chance=0"


def answers() -> dict[str, int]:
    """The answers of the page's table by what is asked."""
    rows = re.findall(r"^\| \d+ \| (.+?) \| ([\d,]+) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    return {asked: int(number.replace(",", "")) for asked, number in rows}


def monthly(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "monthly.parquet").filter(pl.col("group") == "all")


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    folder = tmp_path_factory.mktemp("village")
    library = Library.default()
    runs.run(load_scenario("village", library), out=folder / "run")
    runs.run(load_scenario("village", library, sets=[SHAMELESS]), out=folder / "mild")
    full, mild = monthly(folder / "run"), monthly(folder / "mild")
    last = full["month"].max()

    def total(frame: pl.DataFrame, quantity: str, item: str = "", **equals: object) -> int:
        chosen = frame.filter(pl.col("quantity") == quantity)
        chosen = chosen.filter(pl.col("item") == item) if item else chosen
        for column, value in equals.items():
            chosen = chosen.filter(pl.col(column).is_in(value if isinstance(value, list) else [value]))
        return int(chosen["value"].sum())

    return {
        "residents": total(full, "subjects", month=last),
        "debts unpaid": total(full, "events", "unpaid_debt"),
        "cases opened in the book of debtors": total(full, "entered", "village-rules/debtors"),
        "in the book of debtors at the end": total(full, "listed", "village-rules/debtors", month=last),
        "in the book of kin at the end": total(full, "listed", "village-rules/kin", month=last),
        "bus refused, own entry": total(full, "refused_requests", "bus", ground="own"),
        "bus refused, somebody else's entry": total(full, "refused_requests", "bus", ground="spread"),
        "loud nights charged to somebody who had slept": total(
            full, "records", "village-rules/next-door:loud_night", ground=["mistaken", "unfounded"]),
        "requests refused wrongly": total(full, "wrongly_refused"),
        "bus refused without shame": total(mild, "refused_requests", "bus"),
        "requests refused wrongly without shame": total(mild, "wrongly_refused"),
        "cases opened in the book of debtors without shame": total(mild, "entered", "village-rules/debtors"),
    }


def test_worksheet_answers(counted: dict[str, int]) -> None:
    assert answers() == counted
