"""Kernel and reference must agree on firms that end and are founded, and on residents coupled to them.

The reference runs all markets of a small country, and its own sums are what both programs are told of firms: so the
residents are compared under the same coupling, and the coupling itself is compared market by market.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from glasshouse.errors import RunFailed
from glasshouse.scenario import Scenario
from glasshouse.society.coupling import Coupling
from glasshouse.tables.program import total_steps

from .compare import compare_counts, compare_journals, say
from .engines import Lives, block_of, by_kernel, by_reference, gathered, markets_of, scenario_of
from .firm_documents import firm_documents
from .random_firms import documents_of_both

EVERYDAY = range(3)
RANDOM = (*range(6), 42)
THOROUGH = range(4, 40)
RANDOM_THOROUGH = [range(first, first + 10) for first in range(8, 208, 10)]


def hold(slow: Lives, fast: Lives, told: str) -> None:
    """Both programs write the same journal and the same sums."""
    differences = compare_journals(slow.journal, fast.journal)
    assert not differences, f"{told}\n{say(differences, 'reference', 'kernel')}"
    sums = compare_counts(slow.counts, fast.counts)
    assert not sums, f"{told}: sums (reference, kernel)\n" + "\n".join(map(str, sums[:20]))


def both(scenario: Scenario, block: int, told: str, population: str, coupling: Coupling | None = None) -> Lives | None:
    """What both programs say of a block; None where the slow one overflows, and then so must the other."""
    try:
        slow = by_reference(scenario, block, population, coupling)
    except RunFailed as overflow:
        with pytest.raises(RunFailed):
            by_kernel(scenario, block, population, coupling)
        assert "more than" in str(overflow)
        return None
    hold(slow, by_kernel(scenario, block, population, coupling), f"{told} {block}")
    return slow


def agree(scenario: Scenario, seed: int) -> Counter[str]:
    """All markets of a country, then one block of its residents; what was seen on the way."""
    markets, seen = [], Counter[str]()
    for leaf, block in markets_of(scenario):
        slow = both(scenario, block, f"seed {seed}, market", "firms")
        if slow is None:
            return seen
        markets.append((leaf, slow.counts))
        seen.update({"ended": len(slow.journal["endings"]), "founded": len(slow.journal["foundings"])})
        seen.update(row[11] for row in slow.journal["listings"] if row[6] == "left")
        seen.update(f"firms by {row[8]}" for row in slow.journal["listings"] if row[6] == "entered" and row[8])
    coupling = gathered(markets, total_steps(scenario))
    block = block_of(scenario, seed)
    slow = both(scenario, block, f"seed {seed}, block", "residents", coupling)
    if slow is None:
        return seen
    seen.update(f"residents by {row[8]}" for row in slow.journal["listings"] if row[6] == "entered" and row[8])
    seen.update(f"gate {row[7]}" for row in slow.journal["requests"] if row[8] == "spread")
    seen.update(f"gate {row[5]}" for row in slow.journal["effects"] if row[7] == "spread")
    return seen


def test_firms_and_their_residents_agree() -> None:
    """A few countries; all that firms can do is seen in them."""
    seen: Counter[str] = Counter()
    for seed in EVERYDAY:
        seen.update(agree(scenario_of(firm_documents(seed), "firm-scenario"), seed))
    wanted = (
        "ended", "founded", "subject ended", "firms by firm-policy/to-partners", "residents by firm-policy/to-heads",
        "residents by firm-policy/to-heads-again", "residents by firm-policy/to-homes", "gate firm-policy/poor-staff",
        "gate firm-policy/many",
    )  # fmt: skip
    assert [name for name in wanted if not seen[name]] == []


@pytest.mark.thorough
@pytest.mark.parametrize("seed", THOROUGH)
def test_many_countries_of_firms_agree(seed: int) -> None:
    """One country at a time."""
    agree(scenario_of(firm_documents(seed), "firm-scenario"), seed)


def agree_at_random(seeds: Iterable[int]) -> Counter[str]:
    """Random policies about both populations, and what was seen."""
    seen: Counter[str] = Counter()
    for seed in seeds:
        seen.update(agree(scenario_of(documents_of_both(seed)), seed))
    return seen


def test_random_policies_about_firms_agree() -> None:
    """Whatever can be drawn; firms end, are founded, and reach residents in it."""
    seen = agree_at_random(RANDOM)
    assert min(seen["ended"], seen["founded"], seen["subject ended"]) > 20
    assert sum(number for name, number in seen.items() if name.startswith("residents by") and "arrival" in name) > 100


@pytest.mark.thorough
@pytest.mark.parametrize("seeds", RANDOM_THOROUGH, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_many_random_policies_about_firms_agree(seeds: range) -> None:
    """Ten scenarios at a time."""
    agree_at_random(seeds)


def test_residents_without_firms_know_none() -> None:
    """Without a pass of firms nobody is tied to one: neither program lets a listing arrive."""
    scenario = scenario_of(firm_documents(0), "firm-scenario")
    slow, fast = by_reference(scenario, 0), by_kernel(scenario, 0)
    hold(slow, fast, "no firms")
    assert not [row for row in slow.journal["listings"] if "to-heads" in row[8]]
    assert not [row for row in slow.journal["requests"] if row[7] == "firm-policy/poor-staff"]
