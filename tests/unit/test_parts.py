"""Parts: what goes in comes out, whatever is cut where; and a part with a flipped bit is never taken for whole."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glasshouse import parts
from glasshouse.counts import Tally
from glasshouse.parts import Damaged, Gathering, Label, Part, Piece, Shelf, Sparse, finished_leaves
from glasshouse.roll import Roll
from glasshouse.scenario import Seeds
from unit.fake_engine import FakeEngine, scenario

RUN = "f" * 64


@pytest.fixture(scope="module")
def world() -> tuple[FakeEngine, Any, Roll, Tally]:
    engine = FakeEngine()
    program = engine.prepare(scenario(), Seeds("7", "7", "7"), residents=60_000)
    return engine, program, Roll(program.leaves), Tally(program)


def made(world: tuple[FakeEngine, Any, Roll, Tally], first: int, stop: int, chunk: int = 5) -> Part:
    """A part of a range, from jobs one after the other."""
    engine, program, roll, tally = world
    gathering = Gathering(RUN, "residents", 0)
    for job in roll.jobs(first, stop, chunk):
        sums = engine.run_blocks(program, job.leaf, job.blocks)
        gathering.add(job, sums, tally.totals(sums))
    return gathering.taken()


def told(leaves: Any) -> list[Any]:
    """Leaf areas as plain lists."""
    return [
        (leaf.leaf, leaf.sizes, leaf.totals.tolist(), [getattr(leaf.sums, name).tolist() for name in parts.FIELDS])
        for leaf in leaves
    ]


@given(st.lists(st.one_of(st.just(0), st.integers(-(2**63), 2**63 - 1), st.integers(-300, 300)), max_size=60))
def test_an_array_comes_back_as_it_was(numbers: list[int]) -> None:
    dense = np.array(numbers, np.int64)
    part = Part(
        Label(RUN, "residents", 3, 5, 9), {"monthly": (len(numbers),)}, 2,
        (Piece(4, Sparse.of(dense), (1, 2), Sparse.of(dense[:4])),),
    )  # fmt: skip
    back = parts.read(parts.written(part), RUN)
    assert (back.label, back.shapes, back.figures) == (part.label, part.shapes, 2)
    again = np.zeros_like(dense)
    again[back.pieces[0].sums.places] = back.pieces[0].sums.values
    assert again.tolist() == numbers
    assert (back.pieces[0].leaf, back.pieces[0].batches) == (4, (1, 2))


@given(st.data())
def test_however_a_roll_is_cut_the_sums_are_the_same(world: Any, data: st.DataObject) -> None:
    roll = world[2]
    whole = told(finished_leaves([made(world, 0, len(roll), 256)], roll))
    inner = data.draw(st.sets(st.integers(1, len(roll) - 1), max_size=12))
    chunk = data.draw(st.integers(1, 40))
    edges = [0, *sorted(inner), len(roll)]
    pieces = [parts.read(parts.written(made(world, a, b, chunk)), RUN) for a, b in pairwise(edges)]
    assert told(finished_leaves(pieces, roll)) == whole


def test_a_part_is_the_same_bytes_for_every_chunk(world: Any) -> None:
    assert len({parts.written(made(world, 3, 90, chunk)) for chunk in (1, 4, 33, 256)}) == 1


def test_a_flipped_bit_anywhere_is_seen(world: Any) -> None:
    content = parts.written(made(world, 0, 20))
    places = random.Random(5).sample(range(len(content)), 150)
    for place in [0, 63, 64, 65, len(content) - 1, *places]:
        changed = bytearray(content)
        changed[place] ^= 1 << random.Random(place).randrange(8)
        with pytest.raises(Damaged):
            parts.read(bytes(changed), RUN)
    for length in (0, 10, 64, 65, 200, len(content) - 1):
        with pytest.raises(Damaged):
            parts.read(content[:length], RUN)


def test_a_part_of_another_run_is_not_taken(world: Any) -> None:
    with pytest.raises(Damaged, match="another run"):
        parts.read(parts.written(made(world, 0, 20)), "e" * 64)


def test_a_shelf_tells_whole_parts_from_others(world: Any, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, RUN)
    for first, stop in ((0, 20), (20, 50), (50, 60), (45, 70), (80, 90)):
        shelf.keep(made(world, first, stop))
    (tmp_path / "residents-0-000000090-000000095.part").write_bytes(b"nothing of the kind")
    (tmp_path / "residents-0-000000070-000000075.part").write_bytes(parts.written(made(world, 70, 80)))
    (tmp_path / ".residents-0-000000095-000000099.part.half").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("mine")
    whole, damaged = shelf.sound()
    assert [(label.first, label.stop) for label in whole] == [(0, 20), (20, 50), (50, 60), (80, 90)]
    assert [(label.first, label.stop) for label in damaged] == [(45, 70), (70, 75), (90, 95)]
    shelf.drop(damaged)
    assert shelf.sound() == (whole, [])
    assert (tmp_path / "notes.txt").exists()


def test_what_an_interruption_tore_is_not_put_away(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, program, roll, tally = world
    gathering = Gathering(RUN, "residents", 0)
    assert not gathering.sound
    first, second = list(roll.jobs(0, 10, 5))[:2]
    sums = engine.run_blocks(program, 0, first.blocks)
    gathering.add(first, sums, tally.totals(sums))
    assert gathering.sound

    class Interrupting:
        def __getattr__(self, name: str) -> Any:
            if name == "transitions":
                raise KeyboardInterrupt
            return getattr(sums, name)

    with pytest.raises(KeyboardInterrupt):
        gathering.add(second, Interrupting(), tally.totals(sums))  # type: ignore[arg-type]
    assert not gathering.sound


def test_sums_that_cancel_leave_no_row(world: Any) -> None:
    """Points may be taken back in another part: a cell that adds up to 0 is empty, as in an unbroken run."""
    engine, program, roll, tally = world
    shapes = made(world, 0, 1).shapes
    size = sum(int(np.prod(shape)) for shape in shapes.values())
    plus, minus = np.zeros(size, np.int64), np.zeros(size, np.int64)
    plus[5], minus[5] = 7, -7
    figures = len(tally.totals(engine.run_blocks(program, 0, np.array([0]))))
    totals = Sparse.of(np.ones(figures, np.int64))
    halves = [
        Part(Label(RUN, "residents", 0, a, a + 1), shapes, figures, (Piece(0, Sparse.of(one), (0,), totals),))
        for a, one in enumerate((plus, minus))
    ]
    leaf = next(finished_leaves(halves, roll))
    assert not any(len(rows) for rows in tally.codes(0, leaf.sums).values())
    assert leaf.totals[0].tolist() == [2] * figures


def test_a_sample_is_a_shorter_roll(world: Any) -> None:
    roll = Roll(world[1].leaves, Fraction(1, 3))
    assert 0 < len(roll) < len(world[2])
    assert [roll.block(place) for place in range(len(roll))] == [
        int(block) for leaf in range(len(roll.leaves)) for block in roll.of_leaf(leaf)]
