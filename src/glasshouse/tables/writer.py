"""The pools and the rows of dated values: every number of a document on its way into the kernel's record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_FLOOR, Decimal, localcontext
from itertools import product
from typing import Any

import numpy as np

from glasshouse.errors import RunFailed
from glasshouse.mechanisms.clause import Factors
from glasshouse.randomness import DIGITS, key, threshold
from glasshouse.society.areas import RESIDENTS, Leaf
from glasshouse.society.firms import attributes_of
from glasshouse.society.recipe import AttributeClause, Recipe
from glasshouse.tables import layout
from glasshouse.tables.timeline import Timeline
from glasshouse.values import Entry, Value

Numbers = tuple[Entry, ...]


def one_minus_exp(x: Decimal) -> Decimal:
    """1 - exp(-x) with 50 digits."""
    with localcontext() as context:
        context.prec = DIGITS
        return 1 - (-x).exp()


def fixed(factor: Decimal) -> int:
    """A factor in 2^-16ths, half up."""
    return int((factor * 65536 + Decimal("0.5")).to_integral_value(ROUND_FLOOR))


class Writer:
    """One record of tables and its two pools while they are made."""

    def __init__(
        self,
        recipe: Recipe,
        leaves: Sequence[Leaf],
        timeline: Timeline,
        reading: str,
        seeds: Any,
        population: str = RESIDENTS,
    ) -> None:
        self.population = population
        self.recipe, self.leaves, self.timeline, self.reading, self.seeds = (
            recipe,
            tuple(leaves),
            timeline,
            reading,
            seeds,
        )
        self.record = np.zeros(1, layout.TABLES)
        self.whole: list[int] = []
        self.words: list[int] = []
        self.exponents: list[int] = []
        self.used: dict[str, int] = {}
        self.keys: dict[int, str] = {}
        self.sets: dict[tuple[str, ...], int] = {}
        self.constants: dict[tuple[str, tuple[int, ...]], int] = {}
        self.attributes = {
            clause.id: (number, clause) for number, clause in enumerate(attributes_of(recipe, population))
        }
        self.days = timeline.days
        self.zeros = self.whole_row([0] * max(timeline.steps, len(self.leaves), 1))
        self.windows: dict[str, int] = {}

    # --- plain rows -----------------------------------------------------------------------------------------------

    def add(self, table: str, capacity: int, **columns: int) -> int:
        """A new row of a table; its number."""
        number = self.next(table, capacity)
        row = self.record[table][0]
        for column, value in columns.items():
            row[column][number] = value
        return number

    def next(self, table: str, capacity: int) -> int:
        """The number of the next row of a table."""
        number = self.used.get(table, 0)
        if number >= capacity:
            raise RunFailed(f"the scenario needs more than {capacity} {table}; the kernel holds no more")
        self.used[table] = number + 1
        return number

    def whole_row(self, numbers: Sequence[int]) -> int:
        """Whole numbers into pool I; where they stand."""
        self.whole.extend(int(number) for number in numbers)
        return len(self.whole) - len(numbers)

    def word_row(self, numbers: Sequence[int]) -> int:
        """Unsigned words into pool U; where they stand."""
        self.words.extend(int(number) for number in numbers)
        return len(self.words) - len(numbers)

    def key(self, seed: str, purpose: str) -> int:
        """The key of a purpose; two purposes with one key are an error."""
        made = key(getattr(self.seeds, seed), self.population, purpose)
        if self.keys.setdefault(made, f"{seed}|{purpose}") != f"{seed}|{purpose}":
            raise RunFailed(f"the draws of {purpose} and {self.keys[made]} have one key; rename one of them")
        return made

    # --- profiles and factors -------------------------------------------------------------------------------------

    def set_of(self, names: Sequence[str]) -> int:
        """The profile set of some attributes (in the recipe's order), -1 for none."""
        chosen = tuple(name for name in self.attributes if name in names)
        if not chosen:
            return -1
        if chosen not in self.sets:
            stride, pairs, aged = 1, [], 0
            for name in chosen:
                number, clause = self.attributes[name]
                pairs += [number, stride]
                aged = stride if name == "age" and self.ages else aged
                stride *= len(clause.level_names)
            if stride > 1 << 20:
                raise RunFailed(
                    f"factors on {', '.join(chosen)} make {stride} profiles; name fewer attributes in one clause"
                )
            self.sets[chosen] = self.add("sets", layout.SETS, first=self.whole_row(pairs), count=len(chosen), aged=aged)
        return self.sets[chosen]

    def profiles(self, names: Sequence[str]) -> list[dict[str, int]]:
        """All combinations of levels of some attributes, in the order of their profile number."""
        chosen = [name for name in self.attributes if name in names]
        sizes = [range(len(self.attributes[name][1].level_names)) for name in reversed(chosen)]
        return [dict(zip(reversed(chosen), levels, strict=True)) for levels in product(*sizes)]

    @property
    def ages(self) -> bool:
        """Whether anybody grows older: residents do, and firms keep the levels they were founded with."""
        return self.population == RESIDENTS

    def factor_names(self, factors: Factors, fields: Sequence[str]) -> list[str]:
        """The population's attributes that the factors of these fields name."""
        return [name for field in fields for name in factors.get(field, {}) if name in self.attributes]

    def factor(self, factors: Factors, field: str, profile: dict[str, int]) -> Decimal:
        """The product of a field's factors for a profile."""
        result = Decimal(1)
        with localcontext() as context:
            context.prec = DIGITS
            for name, levels in factors.get(field, {}).items():
                if name in self.attributes:
                    result *= self._of_level(levels, self.attributes[name][1], profile[name])
        return result

    def _of_level(self, levels: dict[str, Value], clause: AttributeClause, level: int) -> Decimal:
        if clause.form == "breaks":
            below = [text for text in levels if int(text) <= clause.breaks[level]]
            found = levels[max(below, key=int)] if below else None
        else:
            found = levels.get(clause.level_names[level])
        return Decimal(1) if found is None else found.on(self.reading, self.days[0]).number

    # --- dated values ---------------------------------------------------------------------------------------------

    def segments(self, values: Sequence[Value]) -> tuple[list[Numbers], list[int]]:
        """The distinct combinations of some values over the steps, and the number of the one in force at each step."""
        found: dict[tuple[tuple[Decimal, str], ...], int] = {}
        entries: list[Numbers] = []
        which: list[int] = []
        for day in self.days:
            now = tuple(value.on(self.reading, day) for value in values)
            mark = tuple((entry.number, entry.unit) for entry in now)
            if mark not in found:
                found[mark] = len(entries)
                entries.append(now)
            which.append(found[mark])
        return entries, which

    def segment_row(self, which: Sequence[int]) -> int:
        """The map from steps to segments in pool I."""
        return self.zeros if not any(which) else self.whole_row(which)

    def dated(
        self,
        values: Sequence[Value],
        number: Callable[[Numbers, dict[str, int]], int],
        names: Sequence[str] = (),
        *,
        words: bool,
    ) -> int:
        """A dated row: one number for each segment and profile, into pool U (``words``) or pool I."""
        entries, which = self.segments(values)
        profiles = self.profiles(names)
        numbers = [number(entry, profile) for entry in entries for profile in profiles]
        off = self.word_row(numbers) if words else self.whole_row(numbers)
        return self.add(
            "dated",
            layout.DATED,
            off=off,
            seg=self.segment_row(which),
            width=len(profiles),
            set=self.set_of(names),
            leaf=self.zeros,
        )

    def chance(self, value: Value, factors: Factors | None = None, field: str = "") -> int:
        """A chance as thresholds; products with factors are cut at 1."""
        factors = factors or {}
        return self.dated(
            [value],
            lambda now, profile: threshold(
                min(Decimal(1), self._times(now[0].number, self.factor(factors, field, profile)))
            ),
            self.factor_names(factors, [field]),
            words=True,
        )

    def hazard(self, value: Value, factors: Factors, field: str) -> int:
        """A rate a year as thresholds of 1 - exp(-rate x step)."""
        dt = self.timeline.dt
        return self.dated(
            [value],
            lambda now, profile: threshold(
                one_minus_exp(self._times(self._times(now[0].number, self.factor(factors, field, profile)), dt))
            ),
            self.factor_names(factors, [field]),
            words=True,
        )

    def steps(self, values: Sequence[Value], least: int = 0) -> int:
        """Durations in steps, each rounded alone, then added."""
        return self.dated(
            values, lambda now, profile: sum(self.timeline.entry(entry, least) for entry in now), words=False
        )

    def number(self, value: Value) -> int:
        """A whole number."""
        return self.dated([value], lambda now, profile: int(now[0].number), words=False)

    @staticmethod
    def _times(a: Decimal, b: Decimal) -> Decimal:
        with localcontext() as context:
            context.prec = DIGITS
            return a * b

    # --- clauses in force -----------------------------------------------------------------------------------------

    def clause(self, spans: Sequence[tuple[int, int]]) -> int:
        """A clause by its steps in force, from and before, for each leaf."""
        number = self.next("clauses", layout.CLAUSES)
        self.record["windows"][0, number] = self.whole_row([step for span in spans for step in span])
        return number
