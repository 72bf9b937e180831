"""Documents as files: every invalid one says what is wrong where, every valid one says nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from glasshouse.document import Library, mistakes_of, schema, sources, validate
from glasshouse.errors import Mistake, UsageError
from glasshouse.reading.personal import is_identity_number, personal
from glasshouse.reading.tree import Leaf, Map, Row, plant
from glasshouse.vocabulary import DOCUMENTS

SPEC = Path(__file__).parent.parent / "spec"
BASE = SPEC / "base"
INVALID = sorted((SPEC / "invalid").glob("*.yaml"))
EXPECTED = re.compile(r"^# expected (\d+):(\d+): (.*)$", re.M)


@pytest.fixture(scope="module")
def library() -> Library:
    return Library((BASE,))


def expected(path: Path) -> str:
    """What the last line of an invalid document says is found: line, column and message."""
    ((line, column, message),) = EXPECTED.findall(path.read_text(encoding="utf-8"))
    return f"{line}:{column}: {message}"


def said(mistake: Mistake) -> str:
    return str(mistake).removeprefix(f"{mistake.file}:")


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_document_says_what_is_wrong_where(path: Path, library: Library) -> None:
    assert [said(each) for each in validate([path], library)] == [expected(path)]


def test_there_are_enough_invalid_documents() -> None:
    assert len(INVALID) >= 190


def test_base_documents_are_valid_and_without_remarks(library: Library) -> None:
    assert validate(sorted(BASE.glob("*.yaml")), library) == []
