"""Kernel and reference must write the same journal, row by row, for whatever policies can be drawn.

Forty fixed seeds are replayed every time, a thousand in the thorough tests, and Hypothesis draws and shrinks more. A
failure prints the first differing rows of each table, the earliest step first; `documents_from_seed(SEED)` gives the
documents back.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from glasshouse.errors import RunFailed

from .compare import compare_counts, compare_journals, say
from .engines import block_of, by_kernel, by_reference, scenario_of
from .random_documents import documents, documents_from_seed

EVERYDAY = range(40)
THOROUGH = [range(first, first + 20) for first in range(40, 1000, 20)]


def agree(texts: dict[str, str], number: int) -> None:
    """Holds the two programs against each other on one block; where one overflows, so must the other."""
    scenario = scenario_of(texts)
    block = block_of(scenario, number)
    try:
        slow = by_reference(scenario, block)
    except RunFailed as overflow:
        with pytest.raises(RunFailed):
            by_kernel(scenario, block)
        assert "more than" in str(overflow)
        return
    fast = by_kernel(scenario, block)
    differences = compare_journals(slow.journal, fast.journal)
    assert not differences, f"seed {number}, block {block}\n{say(differences, 'reference', 'kernel')}"
    sums = compare_counts(slow.counts, fast.counts)
    assert not sums, f"seed {number}, block {block}: sums (reference, kernel)\n" + "\n".join(map(str, sums[:20]))


@pytest.mark.parametrize("seed", EVERYDAY)
def test_random_policies_agree(seed: int) -> None:
    """One block of one random scenario."""
    agree(documents_from_seed(seed), seed)


@pytest.mark.thorough
@pytest.mark.parametrize("seeds", THOROUGH, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_a_thousand_random_policies_agree(seeds: range) -> None:
    """Twenty scenarios at a time."""
    for seed in seeds:
        agree(documents_from_seed(seed), seed)


@pytest.mark.thorough
@settings(max_examples=100)
@given(texts=documents())
def test_drawn_policies_agree(texts: dict[str, str]) -> None:
    """Whatever Hypothesis draws; a failure comes back as small as it could be made."""
    agree(texts, 0)
