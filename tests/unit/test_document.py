"""Documents as files: every invalid one says what is wrong where, every valid one says nothing."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from glasshouse.document import Library, mistakes_of, schema, sources, validate
from glasshouse.errors import CheckFailed, GlasshouseError, InvalidDocuments, Mistake, RunFailed, UsageError
from glasshouse.policy import load_conduct, load_policy
from glasshouse.reading.personal import is_identity_number, personal
from glasshouse.reading.tree import Leaf, Map, Row, plant
from glasshouse.scenario import load_scenario
from glasshouse.society.recipe import load_recipe
from glasshouse.vocabulary import DOCUMENTS

SPEC = Path(__file__).parent.parent / "spec"
BASE = SPEC / "base"
INVALID = sorted((SPEC / "invalid").glob("*.yaml"))
VALID = sorted((SPEC / "valid").glob("*.yaml"))
EXPECTED = re.compile(r"^# expected (\d+):(\d+): (.*)$", re.M)
LOADERS = {"policy": load_policy, "conduct": load_conduct, "recipe": load_recipe, "scenario": load_scenario}


@pytest.fixture(scope="module")
def library() -> Library:
    made = Library((BASE,))
    for path in BASE.glob("*.yaml"):
        made.read(path)
    return made


def expected(path: Path) -> str:
    """What the last line of an invalid document says is found: line, column and message."""
    ((line, column, message),) = EXPECTED.findall(path.read_text(encoding="utf-8"))
    return f"{line}:{column}: {message}"


def said(mistake: Mistake) -> str:
    return str(mistake).removeprefix(f"{mistake.file}:")


# --- invalid and valid ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_document_says_what_is_wrong_where(path: Path, library: Library) -> None:
    assert [said(each) for each in validate([path], library)] == [expected(path)]


def test_there_are_enough_invalid_documents() -> None:
    assert len(INVALID) >= 190


def test_all_mistakes_of_all_documents_are_reported_at_once(library: Library) -> None:
    """Documents nobody else refers to, all together: each keeps its own mistake and gains none."""
    alone = [path for path in INVALID if "\nname: base\n" in path.read_text(encoding="utf-8")]
    found = validate(alone, library)
    assert len(alone) > 150
    assert {each.file: said(each) for each in found} == {str(path): expected(path) for path in alone}
    assert len(found) == len(alone)


def test_many_mistakes_of_one_document_are_reported_at_once(library: Library, tmp_path: Path) -> None:
    text = (BASE / "policy.yaml").read_text(encoding="utf-8")
    changes = {
        "on: late_utility, points: -10": "on: late_utility, points: -2.5",
        "hit_chance: 0.5": "hit_chance: 45",
        'when: listed("black"), then': 'when: listed("blacks"), then',
        "mode: compulsory": "mode: free",
    }
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "many.yaml"
    file.write_text(text, encoding="utf-8")
    assert [f"{each.clause}.{each.field}" for each in validate([file], library)] == [
        "who.mode", "feed.hit_chance", "late.points", "fly.when",
    ]  # fmt: skip


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_neighbour_of_a_mistake_says_nothing(path: Path, library: Library) -> None:
    assert validate([path], library) == []


def test_base_documents_are_valid_and_without_remarks(library: Library) -> None:
    assert validate(sorted(BASE.glob("*.yaml")), library) == []


def test_the_files_are_what_the_table_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each invalid document is its valid twin in spec/base with one place changed, and nothing else."""
    monkeypatch.syspath_prepend(str(SPEC))
    monkeypatch.delitem(sys.modules, "cases", raising=False)
    made = __import__("make_cases").documents()
    assert {path: path.read_text(encoding="utf-8") for path in (*INVALID, *VALID)} == made


def test_a_remark_stops_nothing(library: Library) -> None:
    path = SPEC / "invalid" / "rule-no-detector-feeds.yaml"
    assert [each.remark for each in validate([path], library)] == [True]
    assert load_policy(path, library).name == "base"


def test_a_mistake_stops_with_all_of_them(library: Library) -> None:
    path = SPEC / "invalid" / "rate-without-unit.yaml"
    with pytest.raises(InvalidDocuments) as raised:
        load_policy(path, library)
    assert [said(each) for each in raised.value.mistakes] == [expected(path)]
    assert str(raised.value) == f"{path}:{expected(path)}"


def test_the_library_of_the_package_is_valid() -> None:
    library = Library.default()
    for kind in DOCUMENTS:
        for name in library.names(kind):
            assert [str(each) for each in mistakes_of(kind, name, library) if not each.remark] == []


# --- errors ----------------------------------------------------------------------------------------------------------


def test_errors_have_their_exit_codes() -> None:
    codes = {kind: kind.exit_code for kind in (GlasshouseError, RunFailed, UsageError, InvalidDocuments, CheckFailed)}
    assert list(codes.values()) == [1, 1, 2, 3, 4]
    assert all(issubclass(kind, GlasshouseError) for kind in codes)


@pytest.mark.parametrize(
    ("mistake", "text"),
    [
        (Mistake("a.yaml", 3, 7, "late", "points", "wrong"), "a.yaml:3:7: late.points: wrong"),
        (Mistake("a.yaml", 3, 7, "late", "", "wrong"), "a.yaml:3:7: late: wrong"),
        (Mistake("a.yaml", 3, 7, "", "set", "wrong"), "a.yaml:3:7: set: wrong"),
        (Mistake("a.yaml", 3, 7, "", "", "wrong"), "a.yaml:3:7: wrong"),
        (Mistake("a.yaml", 3, 7, "late", "", "odd", True), "a.yaml:3:7: late: remark: odd"),
    ],
)
def test_a_mistake_is_printed_with_its_place(mistake: Mistake, text: str) -> None:
    assert str(mistake) == text


# --- the tree --------------------------------------------------------------------------------------------------------


def test_a_tree_remembers_every_place() -> None:
    tree, mistakes = plant("a: 1\nb:\n  - {c: x, d: [y, 'z']}\n", "f")
    assert mistakes == [] and isinstance(tree, Map)
    row = tree.entries["b"]
    inner = row.items[0] if isinstance(row, Row) else None
    assert isinstance(inner, Map)
    assert [(key, leaf.mark.line, leaf.mark.column) for key, leaf in inner.keys.items()] == [("c", 3, 6), ("d", 3, 12)]
    last = inner.entries["d"]
    assert isinstance(last, Row) and last.items[1] == Leaf("z", last.items[1].mark, quoted=True)
    assert (last.items[1].mark.line, last.items[1].mark.column) == (3, 19)


def test_scalars_stay_text() -> None:
    tree, _ = plant("a: 0.10\nb: yes\nc: 2016-01-01\nd: 0x10\ne: 'true'\n", "f")
    assert isinstance(tree, Map)
    assert [leaf.text for leaf in tree.entries.values() if isinstance(leaf, Leaf)] == [
        "0.10", "yes", "2016-01-01", "0x10", "true",
    ]  # fmt: skip
    assert [leaf.is_number for leaf in tree.entries.values() if isinstance(leaf, Leaf)] == [True, *[False] * 4]
    assert tree.entries["e"].truth is None  # type: ignore[union-attr]


NO_DOCUMENTS = ["", "# nothing\n", "just words\n", "- a\n- list\n", "[" * 200, "\x00", "a: &x\n  b: *x\n"]


@pytest.mark.parametrize("text", NO_DOCUMENTS)
def test_what_is_no_document_has_one_place_at_least(text: str, tmp_path: Path, library: Library) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(text, encoding="utf-8")
    found = validate([file], library)
    assert found and all(each.line >= 1 and each.column >= 1 and not each.remark for each in found)


def test_bytes_that_are_no_text_are_said_to_be_none(tmp_path: Path, library: Library) -> None:
    file = tmp_path / "odd.yaml"
    file.write_bytes(b"\xff\xfe\x00a")
    assert [said(each) for each in validate([file], library)] == ["1:1: this is no text in UTF-8"]


def test_a_file_that_is_not_there_is_a_question_of_usage(library: Library) -> None:
    with pytest.raises(UsageError, match="cannot read nowhere.yaml"):
        validate(["nowhere.yaml"], library)


# --- the library -----------------------------------------------------------------------------------------------------


def test_a_library_finds_by_kind_and_name(library: Library) -> None:
    assert library.names("conduct") == ("base-conduct",)
    assert library.find("policy", "court-defaulters") == BASE / "court-defaulters.yaml"
    assert library.find("recipe", "court-defaulters") is None
    with pytest.raises(UsageError, match="unknown policy `court-defaulter`; did you mean `court-defaulters`"):
        load_policy("court-defaulter", library)


def test_files_stand_before_folders(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = (BASE / "court-defaulters.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("title: A court list", "title: Mine"), encoding="utf-8")
    assert load_policy("court-defaulters", library.with_files([file])).title == "Mine"
    assert load_policy("court-defaulters", library).title == "A court list"
    file.write_text(text.replace("title: A court list", "title: Mine again"), encoding="utf-8")
    assert load_policy("court-defaulters", library.with_files([file])).title == "Mine again"


def test_sources_are_the_ids_of_facts_and_publications(library: Library) -> None:
    assert sources(library) == {"SRC-CLT-RCH-STD", "SRC-COURT", "F-CENSUS"}


# --- nobody real -----------------------------------------------------------------------------------------------------


def with_check(first: str) -> str:
    """Seventeen digits with their check digit."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(weight * int(digit) for weight, digit in zip(weights, first, strict=True)) % 11]


REAL_LOOKING = tuple(
    with_check(first)
    for first in (
        "11010519491231002", "44030119800101001", "31010119900307001", "51010419751212003", "33010619640229001",
        "21010219830815003", "42010620000229001", "61010319991231004", "37060219770606005", "65010219550505006",
    )
)  # fmt: skip
NO_IDENTITIES = (
    "11010519491331002X", "000000000000000000", "123456789012345678", "110105194912310020", "330106196502290019",
    "1101051949123100", "20131001201812312018", "100000000000000000", "010105194912310021", "999999999999999999",
)  # fmt: skip
MOBILES = (
    "13812345678", "138 1234 5678", "138-1234-5678", "+86 139 0000 1111", "+8615012345678", "0086 18612345678",
    "call 17712345678 now", "+49 170 1234567", "+1 212-555-0187", "19912345678",
)  # fmt: skip
NO_MOBILES = (
    "1409778724", "13812345678 yuan", "12345678901", "1381234567", "138123456789", "2018-12-31", "0.13812345678",
    "8.1e-11", "13 800 000 000", "10000000000",
)  # fmt: skip
MAILS = (
    "a@b.cn", "someone@example.org", "first.last@mail.example.com", "x+y@example.co.uk", "write to me@example.net.",
    "<q@example.edu>", "under_score@example.io", "a-b@c-d.org", "1@2.com", "UPPER@EXAMPLE.ORG",
)  # fmt: skip
NO_MAILS = (
    "@home", "a@b", "5 @ 3 yuan", "user at example.org", "listed@", "@example.org", "a @ b.c", "12@3", "policy/clause",
    "A@B",
)  # fmt: skip


@pytest.mark.parametrize("text", REAL_LOOKING)
def test_an_identity_number_is_found(text: str) -> None:
    assert is_identity_number(text)
    assert personal(f"of {text}, said") == "an identity number"


@pytest.mark.parametrize("text", NO_IDENTITIES)
def test_other_long_numbers_are_none(text: str) -> None:
    assert personal(text) != "an identity number"


@pytest.mark.parametrize("text", MOBILES)
def test_a_telephone_number_is_found(text: str) -> None:
    assert personal(text) == "a telephone number"


@pytest.mark.parametrize("text", NO_MOBILES)
def test_other_numbers_are_no_telephones(text: str) -> None:
    assert personal(text) == ""


@pytest.mark.parametrize("text", MAILS)
def test_an_address_of_mail_is_found(text: str) -> None:
    assert personal(text) == "an e-mail address"


@pytest.mark.parametrize("text", NO_MAILS)
def test_other_signs_are_no_mail(text: str) -> None:
    assert personal(text) == ""


def rows(count: int, row: str) -> str:
    return "[" + ", ".join(row.format(n=n, even=n % 2, tens=n // 10) for n in range(count)) + "]"


INDIVIDUALS = (
    rows(20, "{{who: {n}}}"), rows(20, "{{name: p{n}, age: 30}}"), rows(25, "{{age: 3{even}, code: c{n}}}"),
    rows(20, "{{card: '{n}', a: 1, b: 2}}"), rows(100, "{{x: {n}}}"), rows(20, "{{id: s{n}, sex: male}}"),
    rows(21, "{{a: same, b: {n}}}"), rows(20, "{{row: [{n}], key: {n}}}"), rows(40, "{{q: {n}.5}}"),
    rows(20, "{{street: s{n}, house: {even}}}"),
)  # fmt: skip
NO_INDIVIDUALS = (
    rows(19, "{{who: {n}}}"), rows(20, "{{even: {even}}}"), rows(40, "{{tens: {tens}, even: {even}}}"), rows(20, "{n}"),
    rows(30, "word{n}"), rows(20, "[{n}, 1]"), "[]", rows(5, "{{who: {n}}}"), rows(20, "{{a: x}}"),
    "[" + ", ".join(f"{{k{n}: {n}}}" for n in range(30)) + "]",
)  # fmt: skip


@pytest.mark.parametrize("text", INDIVIDUALS)
def test_a_list_of_individuals_is_found(text: str, library: Library, tmp_path: Path) -> None:
    assert "looks like a list of individuals" in str(_with_extra(text, library, tmp_path))


@pytest.mark.parametrize("text", NO_INDIVIDUALS)
def test_other_lists_are_none(text: str, library: Library, tmp_path: Path) -> None:
    assert "individuals" not in str(_with_extra(text, library, tmp_path))


def _with_extra(text: str, library: Library, folder: Path) -> list[Mistake]:
    """The mistakes of a recipe that carries something of its own beside its margins."""
    file = folder / "extra.yaml"
    file.write_text((BASE / "recipe.yaml").read_text(encoding="utf-8") + f"extra: {text}\n", encoding="utf-8")
    return validate([file], library)


def test_long_sections_of_the_language_are_no_lists_of_individuals(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "long.yaml"
    text = (BASE / "camera-network.yaml").read_text(encoding="utf-8")
    more = "".join(f"  - {{id: more-{n}, text: A., source: invented, on: jaywalking, points: -1}}\n" for n in range(30))
    file.write_text(text + more, encoding="utf-8")
    assert validate([file], library) == []


# --- schemas ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_schema_names_every_field_of_the_documents(kind: str, library: Library) -> None:
    found = json.loads(json.dumps(schema(kind)))
    for name in library.names(kind):
        tree = library.sheet(kind, name).tree
        assert tree is not None
        assert set(tree.entries) <= set(found["properties"])
        for section, item in tree.entries.items():
            clause = found["properties"][section].get("items", {})
            for each in item.items if isinstance(item, Row) and "properties" in clause else ():
                assert isinstance(each, Map) and set(each.entries) <= set(clause["properties"])
                assert set(clause["required"]) <= set(each.entries)


def test_there_is_no_schema_of_anything_else() -> None:
    with pytest.raises(UsageError, match="unknown document `person`"):
        schema("person")
