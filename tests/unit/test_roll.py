"""The roll: jobs cover a range once and in order, gaps are what is left, and nobody lists a country's blocks."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasshouse.keeping import load
from glasshouse.plan import Shard
from glasshouse.roll import Roll, batch_edges, cut, missing
from glasshouse.society.areas import leaves, sample_size, sampled
from societies import LAND

PLACES = leaves(LAND, 500_000)


@pytest.mark.parametrize("share", [Fraction(1), Fraction(1, 3), Fraction(1, 50), Fraction(1, 10_000)])
def test_the_roll_is_the_sample(share: Fraction) -> None:
    roll = Roll(PLACES, share)
    chosen = [sampled(leaf, share) for leaf in PLACES]
    assert roll.sizes == [len(part) for part in chosen] == [sample_size(leaf, share) for leaf in PLACES]
    assert len(roll) == sum(map(len, chosen))
    assert [roll.block(place) for place in range(0, len(roll), 7)] == np.concatenate(chosen)[::7].tolist()


@given(st.data())
def test_jobs_cover_a_range_once_and_stay_in_their_batch(data: st.DataObject) -> None:
    roll = Roll(PLACES, data.draw(st.sampled_from([Fraction(1), Fraction(1, 7), Fraction(1, 40)])))
    first = data.draw(st.integers(0, len(roll) - 1))
    stop = data.draw(st.integers(first, len(roll)))
    chunk = data.draw(st.integers(1, 300))
    place = first
    for job in roll.jobs(first, stop, chunk):
        assert 1 <= len(job.blocks) <= chunk
        assert job.blocks.tolist() == [roll.block(place + k) for k in range(len(job.blocks))]
        edges = batch_edges(roll.sizes[job.leaf])
        inside = place - roll.starts[job.leaf]
        assert edges[job.batch] <= inside < inside + len(job.blocks) <= edges[job.batch + 1]
        place += len(job.blocks)
        assert job.stop == place
    assert place == stop


@given(st.integers(0, 50), st.integers(0, 50), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8))
def test_what_is_missing_is_what_no_range_covers(a: int, b: int, found: list[tuple[int, int]]) -> None:
    span = (min(a, b), max(a, b))
    there = {place for first, stop in found for place in range(first, stop)}
    gaps = missing(span, [pair for pair in found if pair[0] < pair[1]])
    assert {place for first, stop in gaps for place in range(first, stop)} == set(range(*span)) - there
    assert all(one[1] < other[0] for one, other in pairwise(gaps))


@given(st.integers(0, 5000), st.integers(1, 40))
def test_shards_cover_everything_once(places: int, of: int) -> None:
    spans = [Shard(k, of).span(places) for k in range(1, of + 1)]
    assert spans[0][0] == 0
    assert spans[-1][1] == places
    assert all(one[1] == other[0] for one, other in pairwise(spans))
    assert max(b - a for a, b in spans) - min(b - a for a, b in spans) <= 1
    assert cut(0, places, of) == [span for span in spans if span[0] < span[1]]


def test_residents_of_all_places_are_those_of_the_society() -> None:
    roll = Roll(PLACES)
    assert roll.residents(0, len(roll)) == pytest.approx(sum(leaf.residents for leaf in PLACES))
    half = len(roll) // 2
    assert roll.residents(0, half) + roll.residents(half, len(roll)) == pytest.approx(500_000)


def test_a_country_is_not_listed() -> None:
    """The roll of 1.4 billion residents holds its leaf areas and no blocks."""
    roll = Roll(leaves(load("china-2018").recipe, 1_400_000_000))
    assert len(roll) > 2_000_000
    held = sum(len(vars(roll)[name]) for name in ("sizes", "starts"))
    assert held < 1000
    assert roll.block(len(roll) - 1) == len(roll) - 1
