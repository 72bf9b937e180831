"""Blocks of residents: the same people as when made slowly one by one, in the recipe's margins."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pytest

from glasshouse.randomness import cumulative, key, threshold, uniforms
from glasshouse.society.archetypes import resident_attributes
from glasshouse.society.areas import HOUSEHOLDS, Leaf, archetypes_of, leaves
from glasshouse.society.recipe import Recipe
from glasshouse.society.residents import FULL, SocietyTables, compile_society, make_block, needed_mask
from societies import LAND, PLAIN, seeds

ALL = ("age", "urban", "work", "student", "registered", "car")
Whole = npt.NDArray[np.int64]


class Block:
    """The residents of a block in buffers of a chosen length."""

    def __init__(self, tables: SocietyTables, room: int | None = None) -> None:
        room = tables.capacity if room is None else room
        self.tables = tables
        self.words = np.zeros(room, np.uint64)
        self.household = np.zeros(room, np.uint16)
        self.start = np.zeros(HOUSEHOLDS + 1, np.uint16)
        self.level = np.full((tables.attribute_count, room), 99, np.uint8)
        self.months = np.full(room, -7, np.int32)
        self.propensity = np.full(room, 99, np.uint8)
        self.look_alike = np.full(room, 99, np.uint8)

    def fill(self, places: tuple[Leaf, ...], block: int, needed: npt.NDArray[np.bool_]) -> int:
        leaf = max(index for index, place in enumerate(places) if place.first_block <= block)
        households = places[leaf].households_of(block - places[leaf].first_block)
        return make_block(self.tables, block, households, leaf, needed, self.words, self.household, self.start,
                          self.level, self.months, self.propensity, self.look_alike)


def word(purpose: str, block: int, subject: int, seed: str = "7") -> int:
    return int(uniforms(key(seed, "residents", f"society/{purpose}"), block, subject)[0])


def passed(u: int, table: tuple[int, ...]) -> int:
    return sum(u >= entry for entry in table)


def slowly(recipe: Recipe, leaf: Leaf, block: int) -> list[tuple[int, list[int], int, int, int]]:
    """Household, levels, months of age, propensity and look-alike of everybody, straight from the addresses."""
    archetypes = archetypes_of(recipe, leaf)
    attributes = resident_attributes(recipe)
    people: list[tuple[int, list[int], int, int, int]] = []
    for home in range(leaf.households_of(block - leaf.first_block)):
        for person in archetypes.members[passed(word("household", block, home), cumulative(archetypes.weights))]:
            i = len(people)
            levels = dict(zip(archetypes.attributes, person, strict=True))
            for clause in attributes:
                if clause.form == "from_areas":
                    levels[clause.id] = int(leaf.urban is True)
                elif clause.id not in levels:
                    above = next((a for a in attributes if a.id == clause.given), None)
                    row = clause.shares[above.level_names[levels[above.id]] if above else ""]
                    u = word(f"attribute/{clause.id}", block, i)
                    drawn_yes = int(u < threshold(row[1]) or row[1] == 1)
                    levels[clause.id] = drawn_yes if clause.form == "yes" else passed(u, cumulative(row))
            starts = [12 * years for years in attributes[0].breaks]
            ends = [*starts[1:], starts[-1] + 180]
            band = levels["age"]
            low = word("birth", block, i) & 0xFFFFFFFF
            months = starts[band] + (low * (ends[band] - starts[band]) >> 32)
            bits = [word(purpose, block, i) & 0xFFFFFFFF for purpose in ("propensity", "look-alike")]
            people.append((home, [levels[clause.id] for clause in attributes], months, bits[0] >> 26, bits[1] >> 29))
    return people


PLACES = leaves(LAND, 50_000)
TABLES = compile_society(LAND, PLACES, seeds("7"))
EVERYTHING = needed_mask(LAND, ALL)


@pytest.mark.parametrize("name", ["port:rural", "west", "land-rest:urban"])
def test_a_block_holds_the_people_of_its_addresses(name: str) -> None:
    leaf = next(leaf for leaf in PLACES if leaf.name == name)
    block = leaf.first_block + leaf.blocks - 1
    made = Block(TABLES)
    n = made.fill(PLACES, block, EVERYTHING)
    slow = slowly(LAND, leaf, block)
    assert n == len(slow)
    assert [int(home) for home in made.household[:n]] == [one[0] for one in slow]
    assert made.level[:, :n].T.tolist() == [one[1] for one in slow]
    assert made.months[:n].tolist() == [one[2] for one in slow]
    assert made.propensity[:n].tolist() == [one[3] for one in slow]
    assert made.look_alike[:n].tolist() == [one[4] for one in slow]


def test_households_are_runs_of_neighbours_and_never_straddle_blocks() -> None:
    made = Block(TABLES)
    for leaf in PLACES:
        residents = 0
        for index in range(leaf.blocks):
            n = made.fill(PLACES, leaf.first_block + index, EVERYTHING)
            households = leaf.households_of(index)
            starts = made.start[: households + 1].astype(int)
            assert starts[0] == 0 and starts[-1] == n and (np.diff(starts) >= 1).all()
            assert made.household[:n].tolist() == np.repeat(np.arange(households), np.diff(starts)).tolist()
            residents += n
        # Sizes spread by 0.9 a household: five standard errors.
        assert abs(residents - leaf.residents) < 5 * 0.9 * leaf.households**0.5 + 3


def test_what_nobody_asks_for_is_skipped_and_changes_nothing() -> None:
    whole, part = Block(TABLES), Block(TABLES)
    n = whole.fill(PLACES, 3, EVERYTHING)
    needed = needed_mask(LAND, ["work"], months=False, propensity=False, look_alike=False)
    assert needed.tolist() == [True, False, True, False, False, False, False, False, False]
    assert part.fill(PLACES, 3, needed) == n
    assert (part.level[[0, 2], :n] == whole.level[[0, 2], :n]).all()
    assert (part.level[[1, 4, 5]] == 99).all() and (part.months == -7).all()
    assert (part.propensity == 99).all() and (part.look_alike == 99).all()


def test_asking_for_months_asks_for_the_age() -> None:
    assert needed_mask(LAND, ["car"]).tolist() == [True, True, False, False, False, True, True, True, True]


def test_blocks_do_not_depend_on_the_order_in_which_they_are_made() -> None:
    made = Block(TABLES)

    def people(block: int) -> tuple[bytes, ...]:
        n = made.fill(PLACES, block, EVERYTHING)
        return made.level[:, :n].tobytes(), made.months[:n].tobytes(), made.household[:n].tobytes()

    forward = [people(block) for block in range(12)]
    assert [people(block) for block in reversed(range(12))][::-1] == forward
    assert len(set(forward)) == 12


def test_another_seed_makes_other_people() -> None:
    other = Block(compile_society(LAND, PLACES, seeds("7/1")))
    made = Block(TABLES)
    n = min(other.fill(PLACES, 0, EVERYTHING), made.fill(PLACES, 0, EVERYTHING))
    assert (other.level[4, :n] != made.level[4, :n]).mean() > 0.2


def test_short_buffers_are_told_not_overrun() -> None:
    n = Block(TABLES).fill(PLACES, 0, EVERYTHING)
    exact, short = Block(TABLES, n), Block(TABLES, n - 1)
    assert exact.fill(PLACES, 0, EVERYTHING) == n
    assert short.fill(PLACES, 0, EVERYTHING) == FULL
    assert Block(TABLES, 100).fill(PLACES, 0, EVERYTHING) == FULL
    narrow = Block(TABLES)
    narrow.start = np.zeros(HOUSEHOLDS, np.uint16)
    assert narrow.fill(PLACES, 0, EVERYTHING) == FULL


def test_one_signature_serves_every_recipe() -> None:
    before = len(make_block.signatures)  # type: ignore[attr-defined]
    places = leaves(PLAIN, None)
    plain = Block(compile_society(PLAIN, places, seeds("7")))
    plain.fill(places, 0, needed_mask(PLAIN, ["age", "work"]))
    assert len(make_block.signatures) == before  # type: ignore[attr-defined]


def gather(recipe: Recipe, blocks: int, names: tuple[str, ...]) -> dict[str, Whole]:
    """Levels of so many blocks from a society's largest leaf, months and the two hidden levels among them."""
    places = leaves(recipe, None)
    largest = max(places, key=lambda leaf: leaf.blocks)
    made = Block(compile_society(recipe, places, seeds("7")))
    attributes = [clause.id for clause in resident_attributes(recipe)]
    found: dict[str, list[Whole]] = {}
    for block in range(largest.first_block, largest.first_block + blocks):
        n = made.fill(places, block, needed_mask(recipe, names))
        columns = {name: made.level[attributes.index(name)] for name in names}
        columns |= {"months": made.months, "propensity": made.propensity, "look-alike": made.look_alike}
        for name, column in columns.items():
            found.setdefault(name, []).append(column[:n].astype(np.int64))
    return {name: np.concatenate(parts) for name, parts in found.items()}


PEOPLE = gather(LAND, 300, ALL)


def assert_shares(levels: Whole, shares: tuple[Decimal, ...] | list[float]) -> None:
    """Within 4.5 standard errors; with 2,000 or more observations 7 points off would show with power 0.95 or more."""
    assert len(levels) > 2_000
    for level, share in enumerate(shares):
        error = (float(share) * (1 - float(share)) / len(levels)) ** 0.5
        assert abs((levels == level).mean() - float(share)) <= 4.5 * error


@pytest.mark.parametrize(("name", "given"), [("work", "age"), ("registered", None), ("car", "urban")])
def test_drawn_attributes_keep_their_margins(name: str, given: str | None) -> None:
    clauses = {clause.id: clause for clause in resident_attributes(LAND)}
    if given is None:
        assert_shares(PEOPLE[name], clauses[name].shares[""])
        return
    for level, above in enumerate(clauses[given].level_names):
        among = PEOPLE[name][PEOPLE[given] == level]
        if len(among):
            assert_shares(among, clauses[name].shares[above])


def test_pinned_attributes_keep_what_the_archetypes_give() -> None:
    leaf = max(leaves(LAND, None), key=lambda leaf: leaf.blocks)
    fits = {one.margin: one.given for one in archetypes_of(LAND, leaf).fits}
    n = len(PEOPLE["age"])
    for level, years in enumerate(("0", "18", "35", "60")):
        share = fits[f"age {years}"]
        # Members of a household resemble each other: at most twice the binomial error; 4.5 of those.
        assert abs((PEOPLE["age"] == level).mean() - share) < 9 * (share * (1 - share) / n) ** 0.5


def test_months_of_birth_are_even_inside_the_band() -> None:
    for band, (first, end) in enumerate([(0, 216), (216, 420), (420, 720), (720, 900)]):
        months = PEOPLE["months"][PEOPLE["age"] == band]
        assert months.min() == first and months.max() == end - 1
        middle = (first + end - 1) / 2
        assert abs(months.mean() - middle) < 4.5 * (end - first) / 12**0.5 / len(months) ** 0.5


def test_hidden_levels_are_equally_likely() -> None:
    """A level 15 in 100 too frequent among some 118,000 residents would show with power 0.95."""
    assert_shares(PEOPLE["propensity"], [1 / 64] * 64)
    assert_shares(PEOPLE["look-alike"], [1 / 8] * 8)


def test_a_society_without_ages_knows_no_months() -> None:
    ageless = PLAIN.model_copy(update={"attributes": PLAIN.attributes[1:]})
    places = leaves(ageless, None)
    made = Block(compile_society(ageless, places, seeds("7")))
    n = made.fill(places, 0, needed_mask(ageless, []))
    assert (made.months[:n] == -1).all()
