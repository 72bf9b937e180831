"""The source article is carried whole: every id of it, and every place that the library names for one."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from glasshouse.document import READERS
from glasshouse.fact_rows import article
from glasshouse.mechanisms.clause import Frozen
from glasshouse.places import (
    CLAUSE,
    DOCUMENTS,
    KINDS,
    PARAMETER,
    PROVENANCE,
    TARGET,
    Place,
    clause_of,
    named_places,
    number_at,
    reckoning,
)
from glasshouse.reading.margin import Margin
from glasshouse.shelf import Library

ROOT = Path(__file__).parents[2]
IDS = """
S-META-DATE S-VIO-FALSEAD S-VIO-DRUGSAFE S-EXEC-2018 S-VIO-MILSVC S-SAN-RESORT S-SAN-HOTEL S-PRINC-CARROT S-REW-VISA
S-REW-ELEC S-REW-NODEPOSIT S-REW-LOANRATE S-CITY-40 S-PRINC-REGIONAL S-SUZ-200 S-SUZ-BLOOD S-SUZ-VOL S-SUZ-INPUTS
S-SUZ-BIKE S-SUZ-BOOKS S-SUZ-UTIL S-SUZ-NOSHOW S-RCH-1000 S-RCH-CHARITY S-RCH-YIELD S-RCH-SERVICES S-RCH-BENEFITS
S-FR-AUTO S-CASE-WSJ S-PRINC-DOUBLE S-CASE-LIVELIHOOD S-FR-DB S-FR-CAMNET S-FR-CAM176 S-FR-CAM450 S-FR-UNKSHARE
S-FR-3SEC S-POP-14 S-DATA-POLICE S-DATA-BANK S-DATA-ONLINE S-FR-PUBLICVIO S-CORP-INTRO S-CORP-FOREIGN S-CORP-300
S-CORP-DOM-TAX S-CORP-DOM-ENV S-CORP-DOM-LABOUR S-CORP-DOM-QUALITY S-CORP-DOM-CYBER S-CORP-1500 S-CORP-BL
S-CORP-TAXHIRE S-CORP-EUCC S-CORP-ATTN S-CORP-REQSCORE S-CORP-CONT S-CORP-SANC S-CORP-MNE S-CORP-COST S-CORP-PARTNER
S-CORP-REPORT S-CORP-DEATH S-ZJ-JOBCHANGE S-ZJ-GE S-ZJ-GOAL S-ZJ-10M S-ZJ-CAUSE S-ZJ-DEPUTY S-ZJ-SYMM S-ZJ-LAW
S-CITY-TESTBED S-BL-359-ORG S-SAN-BID S-SAN-SEC S-SAN-LAND S-SAN-BOND S-AIR-1746 S-RAIL-547 S-YOUTH-CY S-TRAVEL-23M
S-SRC-NPCIC S-AIR-175 S-VIO-TAX S-VIO-FINES S-RAIL-55 S-VIO-UNSPEC S-CTX-PHOTO S-EXIT-128 S-BL-359-BOTH
S-SAN-TRANSIT S-SAN-GOVCON S-SAN-CREDIT S-SAN-IMPORT S-BL-51 S-BL-18 S-BL-AREAS S-BL-359-PEOPLE S-REPAY-35
S-REPAY-37 S-CTX-CREEMERS S-COM-8 S-COM-SESAME S-COM-700M S-COM-LEAK S-TEST-2018 S-TEST-DEMERIT S-FR-TRACK
S-GATE-ACCESS S-REG-MANDATORY S-BJ-2020 S-REG-2020 S-REW-DATING S-SAN-SCHOOL S-SAN-AIR S-SAN-RAIL S-SAN-INTERNET
S-SAN-EXECJOB S-PRINC-OPAQUE S-DATA-PRIVATE S-DATA-BILLS S-DATA-SOCIAL S-DATA-BROWSE S-DATA-LAW S-RAIL-425
S-AIR-1114 S-TIME-2010 S-TIME-2014 S-REW-JOB S-REW-PRIORITY S-REW-LOAN S-VIO-TRAFFIC S-VIO-SPEECH S-VIO-DENOUNCE
S-PRINC-ESCALATE S-POP-2020 S-COM-TENCENT S-DATA-PURCHASE S-DATA-PROFILE S-CRIT-AKIMOV S-CRIT-TRUST S-CRIT-SELF
S-CTX-CENSOR
""".split()
LIBRARY = Library.default()
FACTS = {fact.id: fact for fact in article(LIBRARY)}


@cache
def document(name: str) -> Frozen:
    """A document of the library that is no scenario, whole."""
    kind = next(each for each in ("policy", "conduct", "recipe") if LIBRARY.find(each, name) is not None)
    margin = Margin()
    found: Frozen | None = READERS[kind](LIBRARY.sheet(kind, name), LIBRARY, margin)  # type: ignore[operator]
    assert found is not None, margin.mistakes
    return found


@cache
def targets(scenario: str) -> dict[str, Frozen]:
    margin = Margin()
    found = READERS["scenario"](LIBRARY.sheet("scenario", scenario), LIBRARY, margin)  # type: ignore[operator]
    return {target.id: target for target in found.targets}


def test_every_id_of_the_article_stands_once() -> None:
    assert len(IDS) == len(set(IDS)) == 143
    assert [fact.id for fact in article(LIBRARY)] == IDS


def test_at_most_ten_are_not_simulated_and_the_vision_says_why() -> None:
    out = {name: fact.not_simulated for name, fact in FACTS.items() if fact.not_simulated}
    vision = (ROOT / "VISION.md").read_text(encoding="utf-8")
    assert 0 < len(out) <= 10
    for name, reason in out.items():
        assert f"`{name}`" in vision and str(reason) in vision, name
    assert {name for name in IDS if f"`{name}`" in vision} == set(out)


@pytest.mark.parametrize("name", [name for name, fact in FACTS.items() if not fact.not_simulated])
def test_every_place_exists_and_can_be_shown(name: str) -> None:
    places = named_places(str(FACTS[name].place), LIBRARY)
    assert places, FACTS[name].place
    assert [KINDS.index(each.kind) for each in places] == sorted(KINDS.index(each.kind) for each in places)
    for place in places:
        shown = place.shown_by(LIBRARY).split()
        assert shown[:2] in (["glasshouse", "explain"], ["glasshouse", "resolve"])
        if place.kind == TARGET:
            assert place.name in targets(place.document), place
        elif place.kind == CLAUSE:
            assert clause_of(place, document(place.document)) is not None, place
        elif place.kind == PARAMETER:
            assert number_at(place, document(place.document), "documented", date(2018, 12, 31)) is not None, place
        elif place.document.startswith("SRC-"):
            assert place.document in LIBRARY.sources()
        else:
            assert any(LIBRARY.find(each, place.document) is not None for each in DOCUMENTS)


def test_no_place_is_lost_in_words() -> None:
    """Every word with a stroke or of the form of a document's name is one of the places that were found."""
    for name, fact in FACTS.items():
        told = str(fact.place or "")
        found = {str(place).split(".")[0] for place in named_places(told, LIBRARY)}
        written = {word.strip(",;:").split(".")[0] for word in told.split() if "/" in word}
        assert written <= found, name


def test_places_are_read_from_a_sentence() -> None:
    told = "court-defaulters/air as reported, rongcheng-2016/points.start; china-2018 targets air and fast-train"
    assert named_places(f"{told} of SRC-AP2019 and the aim of tax-grades, well-known", LIBRARY) == (
        Place(TARGET, "china-2018", "air"), Place(TARGET, "china-2018", "fast-train"),
        Place(PARAMETER, "rongcheng-2016", "points", "start"), Place(CLAUSE, "court-defaulters", "air"),
        Place(PROVENANCE, "tax-grades"), Place(PROVENANCE, "SRC-AP2019"),
    )  # fmt: skip


def test_parameters_are_reckoned_together() -> None:
    start, ceiling = (Place(PARAMETER, "rongcheng-2016", "points", each) for each in ("start", "ceiling"))
    told = "rongcheng-2016/points.ceiling less rongcheng-2016/points.start"
    assert reckoning(told, LIBRARY) == (("is", ceiling), ("less", start))
    assert reckoning("rongcheng-2016/points.start, in tax-grades", LIBRARY) == (("is", start),)
    assert reckoning("rongcheng-2016/points.start, rongcheng-2016/points.ceiling", LIBRARY) == ()
    assert reckoning("court-defaulters/air less court-defaulters/hotels", LIBRARY) == ()
    points = [number_at(each, document("rongcheng-2016"), "documented", date(2018, 1, 1)) for each in (ceiling, start)]
    assert points == [2000, 1000]


def test_a_place_is_shown_by_its_command() -> None:
    place = named_places("rongcheng-2016/points.start", LIBRARY)[0]
    shown = place.shown_by(LIBRARY)
    assert shown == "glasshouse explain rongcheng-2016"
    words = [sys.executable, "-m", *shown.split()]
    answer = subprocess.run(words, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "src")}, check=False)
    assert answer.returncode == 0
    assert "points" in answer.stdout
