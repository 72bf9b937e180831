"""Whatever is written, a document gets mistakes with places and never a traceback."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from glasshouse.document import Library, validate
from glasshouse.errors import GlasshouseError, Mistake

BASE = Path(__file__).parent.parent / "spec" / "base"
TEXTS = {path: path.read_text(encoding="utf-8") for path in sorted(BASE.glob("*.yaml"))}
LIBRARY = Library((BASE,))
WORD = re.compile(r"[\w.'\"()-]+")
ODD = (
    "", "null", "~", "true", "false", "yes", "0", "-1", "1", "1e30", "1e-30", "1e999999999", "-0", ".inf",
    ".nan", "0x1F", "99999999999999999999", "3 years", "-3 days", "0.5 per year", "5 percent", "300 yuan",
    "none", "while", "as_source", "2016-01-01", "9999-12-31", "0000-00-00", "[]", "{}", "[[]]", "[{}]",
    "{a: b}", "{value: 1}", "{reported: 1}", "{reported: 0.1, documented: {2016-01-01: 0.2}}",
    "{value: {2016-01-01: 0.5}, range: [0, 1]}", "{2016-01-01: 0.1}", "[[null, 1, chance]]",
    "{reported: [[null, 0.5, chance]], documented: [[null, 0.5, chance]]}", "refuse", "'age >= 18'",
    "'listed()'", '\'not listed("black")\'', '\'count("late_card", months=1) >= 1\'', "'('", "'a if b else c'",
    "'lambda: 1'", "residents", "firms", "[residents, firms]", "invented", "base", "black", "pts", "enrolment",
    "late", "household", "camera", "report", "weighted", "demerit", "&a b", "*a", "!!int 3", "<<", "? x",
    "- - -", "\t", "\x07", "# ", ": ", ", ", "}", "]", "{", "[", "'", '"', "|", ">", "%", "@", "`", "é", "漢字",
    "\u2028", "😀", "a" * 300,
)  # fmt: skip


def mutated(text: str, luck: random.Random) -> str:
    """A text with a few words, lines or signs changed."""
    for _ in range(luck.choice((1, 1, 1, 2, 3, 6))):
        text = luck.choice((_word, _word, _word, _sign, _line, _swap, _piece))(text, luck)
    return text


def _word(text: str, luck: random.Random) -> str:
    words = list(WORD.finditer(text))
    if not words:
        return text
    one, other = luck.choice(words), luck.choice(words)
    new = luck.choice((luck.choice(ODD), luck.choice(ODD), other.group()))
    return text[: one.start()] + new + text[one.end() :]


def _sign(text: str, luck: random.Random) -> str:
    at = luck.randrange(len(text) + 1)
    return text[:at] + luck.choice(ODD) + text[at + luck.randrange(2) :]


def _line(text: str, luck: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at = luck.randrange(len(lines))
    again = luck.randrange(3)
    return "".join([*lines[:at], *[lines[at]] * again, *lines[at + 1 :]])


def _swap(text: str, luck: random.Random) -> str:
    values = list(re.finditer(r": ([^,{}\n]+)", text))
    if len(values) < 2:
        return text
    one, other = luck.choice(values), luck.choice(values)
    return text[: one.start(1)] + other.group(1) + text[one.end(1) :]


def _piece(text: str, luck: random.Random) -> str:
    pieces = list(re.finditer(r"[\w_]+: (\{[^{}]*\}|\[[^\[\]]*\]|[^,{}\[\]\n]+),? ?", text))
    if not pieces:
        return text
    one = luck.choice(pieces)
    return text[: one.start()] + text[one.end() :]


def check(seed: int, folder: Path) -> None:
    """One document mutated and read: a list of mistakes inside the file, or a word that there is no such document."""
    luck = random.Random(seed)
    path, text = luck.choice(list(TEXTS.items()))
    file = folder / f"{seed}-{path.name}"
    changed = mutated(text, luck).encode("utf-8", "surrogatepass")
    file.write_bytes(changed if luck.random() > 0.01 else changed + b"\xff\xfe")
    try:
        found = validate([file], LIBRARY)
    except GlasshouseError as error:
        raise AssertionError(f"seed {seed}: a document is judged, not refused: {error}") from error
    except Exception as error:
        raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error
    finally:
        file.unlink()
    assert all(isinstance(each, Mistake) and each.message and each.line >= 1 and each.column >= 1 for each in found)


@pytest.fixture(scope="module", autouse=True)
def base_documents_are_read_once() -> None:
    for path in TEXTS:
        LIBRARY.read(path)


def test_no_document_gives_a_traceback(tmp_path: Path) -> None:
    for seed in range(500):
        check(seed, tmp_path)


@pytest.mark.thorough
def test_no_document_of_many_gives_a_traceback(tmp_path: Path) -> None:
    for seed in range(1_000, 101_000):
        check(seed, tmp_path)
