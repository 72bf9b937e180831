"""The random documents themselves: valid, replayed by their seed, and reaching every mechanism."""

from __future__ import annotations

from collections import Counter

import pytest

from .compare import compare_counts, compare_journals, say
from .coverage_table import EXPECTED, reached_by
from .random_documents import documents_from_seed


def test_a_seed_gives_the_same_documents_again() -> None:
    """Text for text."""
    assert all(documents_from_seed(seed) == documents_from_seed(seed) for seed in range(5))
    assert documents_from_seed(1) != documents_from_seed(2)


def test_differences_are_found_and_said() -> None:
    """A row that moved, a row too many, a count too few."""
    row = (3, 0, 7, "theft", 0, "7:theft:3:0", -1, 12)
    moved = (4, *row[1:])
    differences = compare_journals({"events": [row, row]}, {"events": [row, moved]})
    assert [difference.earliest for difference in differences] == [3]
    assert "kind=theft" in say(differences, "reference", "kernel")
    assert not compare_journals({"events": [row, moved]}, {"events": [moved, row], "points": []})
    assert compare_counts({("a",): 2, ("b",): 0}, {("a",): 1}) == [(("a",), 2, 1)]


@pytest.mark.thorough
def test_every_mechanism_is_reached() -> None:
    """Two hundred scenarios reach all that the language offers for residents."""
    reached: Counter[str] = Counter()
    for seed in range(200):
        reached.update(reached_by(seed).keys())
    assert [name for name in EXPECTED if not reached[name]] == []
