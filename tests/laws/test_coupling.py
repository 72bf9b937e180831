"""What must always hold of residents who know of firms by shares alone."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from glasshouse import engine
from glasshouse.scenario import Scenario
from glasshouse.society.coupling import Coupling, items
from oracle.engines import scenario_of, seeds_of
from oracle.firm_documents import firm_documents

ASKED = 'tie/employer/gate/listed("firm-policy/watched")'
FIRMS = 400
ALPHA = 0.001


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """A country in which watched firms keep their staff from travelling."""
    texts = firm_documents(1)
    texts["firm-recipe.yaml"] = texts["firm-recipe.yaml"].replace("residents: 420", "residents: 60000")
    return scenario_of(texts, "firm-scenario")


def told(scenario: Scenario, program: engine.Program, watched: int, truth: int | None = None) -> Coupling:
    """Every area has 400 firms, so many of them watched, month after month."""
    assert (ASKED, "fact") in items(scenario)
    numbers = {"": FIRMS, "fact": watched, "truth": watched if truth is None else truth}
    names = {"": "tie/employer", "fact": ASKED, "truth": ASKED}
    counts = {
        (leaf.place, names[standing], standing): np.full(program.steps, number, np.int64)
        for leaf in program.leaves
        for standing, number in numbers.items()
    }
    return Coupling(0, program.steps, counts)


def refusals(
    scenario: Scenario, watched: int, truth: int | None = None, blocks: range = range(3, 4)
) -> dict[tuple[int, int, int, int], bool]:
    """Requests that nothing but an employer refuses, by step, block, subject and number: whether wrongfully."""
    seeds = seeds_of(scenario)
    plain = engine.prepare(scenario, seeds)
    program = engine.prepare(scenario, seeds, coupling=told(scenario, plain, watched, truth))
    rows = [row for block in blocks for row in engine.journal_block(program, block)["requests"]]
    mine = [row for row in rows if row[7] == "firm-policy/poor-staff" and row[6] == "refused" and not row[11]]
    assert {row[8] for row in mine} <= {"spread"} and {row[9] for row in mine} <= {""}
    return {(*row[:3], row[4]): row[12] for row in mine}


def test_a_larger_share_only_adds(scenario: Scenario) -> None:
    """Nobody whose employer is watched escapes when more firms are; with none watched nobody is refused."""
    found = [set(refusals(scenario, watched)) for watched in (0, 20, 100, 101, 300, FIRMS)]
    assert not found[0]
    for fewer, more in itertools.pairwise(found):
        assert fewer <= more
    assert found[1] < found[2] < found[4] < found[5]


def test_who_would_not_be_watched_in_truth_is_refused_wrongly(scenario: Scenario) -> None:
    """The same draw in both standings: wrongful are exactly those beyond the truthful share."""
    rightly = set(refusals(scenario, 40))
    found = refusals(scenario, 160, truth=40)
    assert {key for key, wrongful in found.items() if not wrongful} == rightly
    assert any(found.values())


def test_the_share_of_staff_is_the_share_of_firms(scenario: Scenario) -> None:
    """A quarter of the firms watched: a quarter of the employed ever refused of those who all-watched firms would have.

    A binomial test at a thousandth; its power against a share of 0.34 is above 0.9.
    """
    everybody = {key[1:3] for key in refusals(scenario, FIRMS, blocks=range(8))}
    quarter = {key[1:3] for key in refusals(scenario, FIRMS // 4, blocks=range(8))}
    assert quarter < everybody
    assert stats.binomtest(len(quarter), len(everybody), 0.25).pvalue > ALPHA
    refused = [k for k in range(len(everybody)) if stats.binomtest(k, len(everybody), 0.25).pvalue <= ALPHA]
    assert stats.binom.pmf(refused, len(everybody), 0.34).sum() > 0.9
