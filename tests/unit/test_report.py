"""The report: one file that asks nobody for anything, whose pictures speak, and whose numbers are the run's own."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from glasshouse import cli, runs
from glasshouse.errors import UsageError
from glasshouse.measures.paired import Difference
from glasshouse.report import beside, report
from glasshouse.report.account import Account, big, month_words, share_words, short_names
from glasshouse.report.changed import has_moved, respect_words
from glasshouse.report.figures import fitted_sources
from glasshouse.report.groups import group_words
from glasshouse.report.leaving import course_of, leaving_of
from glasshouse.report.markup import Markup, is_number, table, tag
from glasshouse.report.one_life import chosen
from glasshouse.report.opening import SIGNS, unit_of
from glasshouse.report.page import content_policy, style
from glasshouse.report.picture import CLASSES, painted
from glasshouse.report.places import place_of, steps_of
from glasshouse.report.tiles import LETTERS, TILES
from glasshouse.runs import Run
from glasshouse.scenario import load_scenario
from glasshouse.shelf import Library

VOID = {"meta", "br", "link", "input", "img", "path", "rect", "line", "circle"}


@dataclass
class Element:
    """An element of a page with what is in it."""

    name: str
    attributes: dict[str, str]
    inside: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for each in self.inside:
            yield from each.walk()

    def all(self, name: str) -> list[Element]:
        return [each for each in self.walk() if each.name == name]

    @property
    def text(self) -> str:
        return " ".join(part for each in self.walk() for part in each.texts)


class Reader(HTMLParser):
    """A page read into elements; an element that is not closed where it should be is a mistake."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Element("page", {})
        self.open = [self.root]
        self.feed(text)
        assert self.open == [self.root], f"left open: {[each.name for each in self.open]}"

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        made = Element(name, {key: value or "" for key, value in attributes})
        self.open[-1].inside.append(made)
        if name not in VOID:
            self.open.append(made)

    def handle_startendtag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Element(name, {key: value or "" for key, value in attributes}))

    def handle_endtag(self, name: str) -> None:
        if name not in VOID:
            assert self.open.pop().name == name

    def handle_data(self, words: str) -> None:
        self.open[-1].texts.append(words)


@dataclass(frozen=True)
class Told:
    """Two runs of the village, the report of the first alone, and of both."""

    run: Run
    other: Run
    alone: str
    both: str

    @property
    def pages(self) -> list[Element]:
        return [Reader(text).root for text in (self.alone, self.both)]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("village")
    run = runs.run(load_scenario("village", Library.default()), out=folder / "run", threads=1)
    harsher = load_scenario("village", Library.default(), sets=["village-rules/fee.points=-15"])
    other = runs.run(harsher, out=folder / "harsher", threads=1)
    alone, both = report(run), report(run, other, out=folder / "both.html")
    assert alone == folder / "run.html"
    return Told(run, other, alone.read_text(encoding="utf-8"), both.read_text(encoding="utf-8"))


# --- the file ------------------------------------------------------------------------------------------------------


def test_the_file_asks_nobody_for_anything_and_runs_nothing(told: Told) -> None:
    for text, page in zip((told.alone, told.both), told.pages, strict=True):
        assert not {each.name for each in page.walk()} & {"script", "iframe", "object", "embed", "form", "base", "link"}
        for each in page.walk():
            assert not [name for name in each.attributes if name.startswith("on") or name in ("style", "src")]
            assert each.attributes.get("href", "#").startswith("#")
        assert not re.search(r"(url\(|@import|https?:|//\w+\.\w)", text.split("</style>")[0])
        assert len(text.encode("utf-8")) < 1_000_000


def test_its_content_policy_allows_its_own_style_sheet_alone(told: Told) -> None:
    page = Reader(told.alone).root
    metas = page.all("meta")
    rule = next(each.attributes["content"] for each in metas if "http-equiv" in each.attributes)
    (sheet,) = page.all("style")
    digest = base64.b64encode(hashlib.sha256(sheet.texts[0].encode("utf-8")).digest()).decode("ascii")
    assert rule == content_policy(style())
    assert rule.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
    assert "unsafe" not in rule


def test_every_picture_has_words_a_stamp_a_title_a_unit_and_its_table(told: Told) -> None:
    for page in told.pages:
        figures = page.all("figure")
        assert len(figures) >= 8
        assert len(page.all("svg")) == len(figures)
        for each in figures:
            (svg,), (title,), (numbers,) = each.all("svg"), each.all("h3"), each.all("table")
            assert svg.attributes["role"] == "img"
            assert title.text in svg.attributes["aria-label"]
            assert each.attributes["aria-labelledby"] == title.attributes["id"]
            assert [one for one in each.all("p") if one.attributes.get("class") == "unit" and one.text]
            drawn = svg.text
            assert "Synthetic: nobody in it exists" in drawn
            assert "documented reading" in drawn
            assert len(numbers.all("tr")) >= 2
            assert numbers.all("caption")[0].text


def test_headings_go_down_step_by_step_and_names_are_used_once(told: Told) -> None:
    for page in told.pages:
        levels = [int(each.name[1]) for each in page.walk() if re.fullmatch(r"h[1-6]", each.name)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        names = [each.attributes["id"] for each in page.walk() if "id" in each.attributes]
        assert len(names) == len(set(names))
        assert {each.attributes["href"][1:] for each in page.all("a")} <= set(names)


def test_every_table_can_be_read_and_scrolled_by_keyboard(told: Told) -> None:
    for page in told.pages:
        frames = [each for each in page.walk() if each.attributes.get("class") == "wide"]
        assert len(frames) == len(page.all("table"))
        assert all(each.attributes["tabindex"] == "0" and each.attributes["aria-label"] for each in frames)
        for each in page.all("table"):
            assert all(head.attributes["scope"] in ("col", "row") for head in each.all("th"))
            widths = {len(row.inside) for row in each.all("tr")}
            assert len(widths) == 1


def test_the_parts_stand_in_order(told: Told) -> None:
    wanted = ["short", "ratings", "lists", "gates", "groups", "leaving", "changed", "life", "policies", "figures",
              "limits", "again"]  # fmt: skip
    alone, both = ([each.attributes["id"] for each in page.all("section")] for page in told.pages)
    assert both == wanted
    assert alone == [name for name in wanted if name != "changed"]


# --- what it says --------------------------------------------------------------------------------------------------


def test_the_first_screen_says_what_the_run_counted(told: Told) -> None:
    page = Reader(told.alone).root
    cards = [each.text for each in page.all("dd")]
    assert len(cards) == 6
    monthly = told.run.monthly
    everybody = monthly.filter(monthly["group"] == "all")
    assert "; 225 counted" in cards[0]
    for place, quantity in ((0, "new_listed"), (1, "refused_requests"), (2, "wrongly_refused")):
        counted = everybody.filter(everybody["quantity"] == quantity)["value"].sum()
        assert counted > 0
        assert cards[place].startswith(f"{counted:,} ")
    lawful = told.run.roots.filter(told.run.roots["nature"].is_in(["manners", "choice", "merit", "misfortune"]))
    assert cards[3].startswith(f"{(lawful['sanctions'] * lawful['value']).sum():,} ")
    heaps = next(each for each in page.all("figure") if each.attributes["aria-labelledby"] == "heaps-figure")
    tries, requests, persons = (row.inside[1].text.replace(",", "") for row in heaps.all("tr")[1:])
    assert int(tries) == everybody.filter(everybody["quantity"] == "refused_attempts")["value"].sum()
    assert int(tries) > int(requests) > int(persons)


def test_ways_in_and_out_add_up_to_the_run(told: Told) -> None:
    page = Reader(told.alone).root
    (frame,) = [each for each in page.all("figure") if "“debtors”: ways in" in each.text]
    heads = [each.text for each in frame.all("tr")[0].inside]
    last = dict(zip(heads, (each.text for each in frame.all("tr")[-1].inside), strict=True))
    monthly = told.run.monthly.filter(told.run.monthly["group"] == "all")
    for quantity, start in (("entered", "in: "), ("left", "out: ")):
        rows = monthly.filter((monthly["quantity"] == quantity) & monthly["item"].str.contains("debtors"))
        assert sum(int(each) for name, each in last.items() if name.startswith(start)) == rows["value"].sum()


def test_who_is_changed_and_what_differs_in_the_documents(told: Told) -> None:
    page = Reader(told.both).root
    part = next(each for each in page.all("section") if each.attributes["id"] == "changed")
    assert "fee" in part.text
    assert "newly hit" in part.text
    life = next(each for each in page.all("section") if each.attributes["id"] == "life")
    assert "as lived under harsher" in life.text
    assert life.all("ol")[0].all("li")


def test_the_life_shows_clauses_that_fired_with_their_source(told: Told) -> None:
    page = Reader(told.alone).root
    life = next(each for each in page.all("section") if each.attributes["id"] == "life")
    fired = [each for each in life.all("p") if each.attributes.get("class") == "clause"]
    assert any("village-rules/" in each.text and "invented" in each.text for each in fired)
    run, subject, _ = chosen(Account(told.run, blocks=1))
    assert run is told.run
    assert subject in life.text


def test_stays_are_told_with_those_still_listed(told: Told) -> None:
    found = leaving_of(Account(told.run, blocks=1))
    monthly = told.run.monthly
    at_end = monthly.filter((monthly["month"] == told.run.manifest["period"]["last"]) & (monthly["group"] == "all"))
    listed = at_end.filter(at_end["quantity"] == "listed")["value"].sum()
    assert sum(each["open"].sum() for each in found.tables.values()) == listed
    assert found.whole is not None
    shares = sum(each[-1] for each in found.whole.incidence.values()) + found.whole.survival[-1]
    assert shares == pytest.approx(1)


def test_it_writes_over_nothing_and_needs_its_charts(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="writes over nothing"):
        report(told.run)
    with pytest.raises(UsageError, match="no folder"):
        report(told.run, out=told.run.path / "no" / "where.html")
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(UsageError, match=r"glasshouse\[charts\]"):
        report(told.run, out=told.run.path.parent / "none.html")
    assert not (told.run.path.parent / "none.html").exists()
    assert beside(told.run, told.other).name == "run-and-harsher.html"


def test_the_command_writes_the_page(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    monkeypatch.setattr(sys, "argv", ["glasshouse", "report", str(told.run.path), "-o", str(page), "--json"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert not stop.value.code
    said = json.loads(capsys.readouterr().out)
    assert said["report"] == str(page)
    assert said["synthetic"] is True
    assert page.stat().st_size == said["bytes"]
    assert page.read_text(encoding="utf-8") == told.alone


# --- parts ---------------------------------------------------------------------------------------------------------


def test_texts_of_documents_cannot_become_markup() -> None:
    assert tag("p", "<script>", title='"&') == '<p title="&quot;&amp;">&lt;script&gt;</p>'
    assert tag("p", Markup("<b>b</b>"), None, ["a", ("<",)]) == "<p><b>b</b>a&lt;</p>"
    assert tag("br", class_="x") == '<br class="x">'
    assert "<td>&lt;i&gt;</td>" in table("one", ("a", "b"), [("x", "<i>")])
    assert [is_number(cell) for cell in ("1,200", "-3", "4.5 million", "none", "", 7, "2014-03-10", "1.2 to 3")] == [
        True,
        True,
        True,
        False,
        False,
        True,
        False,
        True,
    ]


def test_drawn_colours_are_those_of_the_style_sheet() -> None:
    svg = '<svg width="100" height="50" role="x"><path d="" /><rect fill="#1f6fa8" stroke="#123456"/><g></g></svg>'
    assert painted(svg) == '<svg width="125"><rect stroke="#123456" class="f-c0"/></svg>'
    assert all(f".f-{name} {{" in style() and f"--{name}:" in style() for name in CLASSES.values())


def contrast(one: str, other: str) -> float:
    """How far two colours lie apart in brightness, as readers of pages are promised it (4.5 for small letters)."""

    def brightness(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((brightness(one), brightness(other)))
    return (light + 0.05) / (dark + 0.05)


def test_letters_stand_out_from_what_is_behind_them() -> None:
    schemes = re.findall(r":root \{(.*?)\}", style(), re.S)
    assert len(schemes) == 3
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", scheme))
        pairs = [("ink", "paper"), ("ink", "sheet"), ("soft", "sheet"), ("link", "sheet"), ("ink", "mark"),
                 ("shallow", "none"), ("shallow", "s0"), ("shallow", "s1"), ("shallow", "s2"), ("deep", "s3"),
                 ("deep", "s4")]  # fmt: skip
        low = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
        assert min(low.values()) >= 4.5, low


def test_signs_stand_for_round_numbers_and_are_few() -> None:
    for most, unit in ((7, 1), (100, 1), (101, 2), (1659, 20), (42_740_000, 500_000)):
        assert unit_of(most) == unit
        assert most / unit <= SIGNS


def test_words_for_numbers() -> None:
    assert [big(value) for value in (893, 42_740_000, 1_409_778_724, 999_600_000, None)] == [
        "893", "42.7 million", "1.41 billion", "1 billion", "none"]  # fmt: skip
    assert [share_words(part, 100_000) for part in (0, 3, 1200)] == ["0.0 %", "fewer than 0.1 %", "1.2 %"]
    assert month_words("2013-10") == "October 2013"
    assert short_names(["a/air", "b/air", "b/fast-train"]) == {
        "a/air": "air (a)", "b/air": "air (b)", "b/fast-train": "fast train"}  # fmt: skip
    assert group_words("urban=false&sex=female") == "not urban, sex female"
    assert respect_words("refused by village-rules/no-seed") == "refused by no seed"
    assert respect_words("wrongly refused") == "wrongly refused"


def test_the_rounding_of_a_sum_is_no_difference() -> None:
    def figure(one: float | None, other: float | None) -> Difference:
        return Difference("M18", "entered", "", "all", "", one, other, ())

    assert not has_moved(figure(10_942_943.0, 10_942_943.0 + 1.9e-9))
    assert has_moved(figure(10_942_943.0, 10_942_944.0))
    assert has_moved(figure(None, 1.0))
    assert not has_moved(figure(0.0, 0.0))


def test_endings_compete_in_the_order_of_the_vocabulary() -> None:
    course = course_of({"term": np.array([0.0, 0, 2]), "repair": np.array([0.0, 1, 0]), "open": np.array([0.0, 0, 1])})
    assert list(course.incidence) == ["repair", "term"]
    assert course.incidence["repair"][-1] == pytest.approx(1 / 4)
    assert course.incidence["term"][-1] == pytest.approx(3 / 4 * 2 / 3)


# --- places --------------------------------------------------------------------------------------------------------


def test_34_units_have_a_tile_of_their_own_and_hang_together() -> None:
    assert len(TILES) == len(set(TILES.values())) == len(LETTERS) == len(set(LETTERS.values())) == 34
    assert set(TILES) == set(LETTERS)
    near = {(row + down, column + right) for row, column in TILES.values()
            for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0))}  # fmt: skip
    assert set(TILES.values()) <= near


NEIGHBOURS = (
    ("heilongjiang", "jilin"), ("jilin", "liaoning"), ("beijing", "hebei"), ("hebei", "tianjin"), ("xinjiang", "gansu"),
    ("tibet", "qinghai"), ("sichuan", "chongqing"), ("jiangsu", "shanghai"), ("yunnan", "guizhou"),
    ("hunan", "jiangxi"),
    ("guangxi", "guangdong"), ("guangdong", "fujian"), ("inner-mongolia", "hebei"), ("henan", "hubei"),
    ("anhui", "jiangsu"), ("jiangxi", "zhejiang"), ("shaanxi", "henan"), ("shandong", "anhui"),
)  # fmt: skip


@pytest.mark.parametrize(("one", "other"), NEIGHBOURS)
def test_units_that_touch_have_tiles_that_touch(one: str, other: str) -> None:
    (row, column), (below, right) = TILES[one], TILES[other]
    assert max(abs(row - below), abs(column - right)) == 1


def test_the_units_of_the_library_are_those_of_the_tiles() -> None:
    recipe = load_scenario("china-2018", Library.default()).recipe
    provinces = {row.area for row in recipe.areas if row.within == "china"}
    assert len(provinces) == 31
    assert set(TILES) - provinces == {"taiwan", "hong-kong", "macao"}


def test_an_area_belongs_to_its_province_else_to_what_lies_above_it() -> None:
    assert place_of("haidian:urban", "china/beijing/haidian") == "beijing"
    assert place_of("north:rural", "land/north") == "north"
    assert place_of("lower-reed", "lower-reed") == "lower-reed"
    assert steps_of([5, 1, 4, 2, 3]) == [2, 3, 4, 5]


def test_figures_that_rates_were_fitted_to_are_known_by_their_notes() -> None:
    found = fitted_sources(load_scenario("china-2018", Library.default()))
    assert "F-LISTED-2018-12-31" in found
    assert "F-STOCK-2018-05-31" not in found
    assert "invented" not in found
