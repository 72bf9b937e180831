"""The residents or firms of one block, made from their addresses, and the ties between them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal

from glasshouse.conditions import Area, Attribute, Condition, Term, Within
from glasshouse.reference.calendar import Calendar
from glasshouse.reference.draws import Luck, categories, choose, choose_wide, drawn, poisson, threshold, under
from glasshouse.reference.logic import Answer, Grade, holds
from glasshouse.society.archetypes import Archetypes
from glasshouse.society.areas import Leaf
from glasshouse.society.recipe import AttributeClause, Recipe, TieClause

RESIDENTS = "residents"
FIRMS = "firms"
LAST_BAND = 180


@dataclass(frozen=True, slots=True)
class Resident:
    """One synthetic resident or firm: nothing but what its address says."""

    index: int
    household: int
    levels: dict[str, int]
    """Levels of the first month."""
    months: int
    """Age in months in the first month; -1 where the recipe knows no age."""
    propensity: int
    look_alike: int
    generation: int = 0
    """How many firms stood in its place before."""


class People:
    """Everybody in a block."""

    def __init__(
        self,
        recipe: Recipe,
        leaf: Leaf,
        archetypes: Archetypes,
        luck: Luck,
        calendar: Calendar,
        block: int,
        population: str = RESIDENTS,
    ) -> None:
        self.population = population
        self._recipe = recipe
        self._luck = luck
        self._calendar = calendar
        self.leaf = leaf
        self.archetypes = archetypes
        self.attributes = {clause.id: clause for clause in recipe.attributes if population in clause.subjects}
        self._answers = {
            name: [self._answer(clause, level) for level in clause.level_names]
            for name, clause in self.attributes.items()
        }
        age = self.attributes.get("age") if population == RESIDENTS else None
        self._ages = tuple(12 * year for year in age.breaks) if age is not None and age.form == "breaks" else ()
        self.residents = self._all(leaf.households_of(block - leaf.first_block))
        self._ties = {tie.id: tie for tie in recipe.ties}
        self._picked = {tie.id: self._acquaintances(tie) for tie in recipe.ties if self._inside_the_block(tie)}
        self._tied: dict[tuple[str, int], tuple[int, list[int]]] = {}
        self.gone: set[int] = set()
        """Places whose firm has ended and where no other stands yet."""

    # --- residents -------------------------------------------------------------------------------------------------

    def _all(self, households: int) -> list[Resident]:
        table = categories(tuple(Decimal(weight) for weight in self.archetypes.weights))
        found: list[Resident] = []
        for household in range(households):
            chosen = drawn(table, self._luck.draw("society", "society/household", household).u) if len(table) else 0
            for pinned in self.archetypes.members[chosen]:
                levels = dict(zip(self.archetypes.attributes, pinned, strict=True))
                found.append(self._resident(len(found), household, levels))
        return found

    def found(self, index: int) -> None:
        """A new firm stands in a place: of the next generation, drawn anew."""
        self.gone.discard(index)
        generation = self.residents[index].generation + 1
        self.residents[index] = self._resident(index, index, {}, generation)
        self._tied.clear()

    def _resident(self, index: int, household: int, pinned: dict[str, int], generation: int = 0) -> Resident:
        levels: dict[str, int] = {}
        for name, clause in self.attributes.items():
            levels[name] = pinned[name] if name in pinned else self._level(clause, index, generation, levels | pinned)
        months = -1
        if self._ages:
            band = levels["age"]
            width = self._ages[band + 1] - self._ages[band] if band + 1 < len(self._ages) else LAST_BAND
            months = self._ages[band] + choose(self._luck.draw("society", "society/birth", index).w0, width)
        propensity = self._luck.draw("society", "society/propensity", index, generation).w0 >> 26
        look_alike = self._luck.draw("society", "society/look-alike", index, generation).w0 >> 29
        return Resident(index, household, levels, months, propensity, look_alike, generation)

    def _level(self, clause: AttributeClause, index: int, generation: int, known: dict[str, int]) -> int:
        if clause.form == "from_areas":
            return 1 if self.leaf.urban else 0
        row = ""
        if clause.given is not None:
            row = self.attributes[clause.given].level_names[known[clause.given]]
        word = self._luck.draw("society", f"society/attribute/{clause.id}", index, generation).u
        if clause.form == "yes":
            return int(under(word, threshold(clause.shares[row][1])))
        return drawn(categories(clause.shares[row]), word)

    # --- attributes ------------------------------------------------------------------------------------------------

    def level(self, index: int, name: str, step: int) -> int:
        """The level of an attribute in a step; only age moves."""
        resident = self.residents[index]
        if name != "age" or not self._ages:
            return resident.levels[name]
        months = resident.months + self._calendar.months_passed(step)
        return max(bisect_right(self._ages, months) - 1, 0)

    def level_name(self, index: int, name: str, step: int) -> str:
        """The name of that level."""
        return self.attributes[name].level_names[self.level(index, name, step)]

    def ask(self, index: int, term: Term, step: int) -> Answer:
        """What a term about attributes or areas is for a resident; None for attributes of firms."""
        if isinstance(term, Area):
            return Grade(self.leaf.area, {area.area: rank for rank, area in enumerate(self._recipe.areas)})
        if isinstance(term, Within):
            return term.area in self.leaf.ancestors
        if not isinstance(term, Attribute) or term.name not in self.attributes:
            return None
        return self._answers[term.name][self.level(index, term.name, step)]

    def _answer(self, clause: AttributeClause, name: str) -> Answer:
        """What a level is for a condition: a number, a grade or a truth."""
        if clause.form == "breaks":
            return int(name)
        ranks = {level: rank for rank, level in enumerate(clause.level_names)}
        return Grade(name, ranks) if clause.form == "levels" else name == "true"

    def fulfils(self, index: int, condition: Condition | None, step: int) -> bool:
        """Whether a resident fulfils a condition about attributes and areas."""
        return holds(condition, lambda term: self.ask(index, term, step))

    # --- ties ------------------------------------------------------------------------------------------------------

    def _among_ourselves(self, tie: TieClause) -> bool:
        return tie.from_population == self.population and tie.to_population == self.population

    def _inside_the_block(self, tie: TieClause) -> bool:
        return self._among_ourselves(tie) and tie.within == "block"

    def firms_tied(self, name: str, index: int, step: int) -> int | None:
        """How many firms of the area a resident is tied to; None for a tie that does not lead to firms."""
        tie = self._ties[name]
        if tie.within != "area" or (tie.from_population, tie.to_population) != (RESIDENTS, FIRMS):
            return None
        if self.population != RESIDENTS:
            return None
        if not self.fulfils(index, tie.from_when, step):
            return 0
        mean = tie.mean if tie.mean is not None else Decimal(0)
        whole = int(mean)
        return whole + int(self._luck.succeeds(mean - whole, "society", f"society/tie/{name}", index))

    def tie(self, name: str) -> TieClause:
        """A tie of the recipe."""
        return self._ties[name]

    def _acquaintances(self, tie: TieClause) -> list[set[int]]:
        """Who is tied to whom inside the block, before the tie's own conditions."""
        purpose = f"society/tie/{tie.id}"
        table = poisson((tie.mean if tie.mean is not None else Decimal(0)) / 2)
        found: list[set[int]] = [set() for _ in self.residents]
        for one in self.residents:
            outside = [other.index for other in self.residents if other.household != one.household]
            number = drawn(table, self._luck.draw("society", purpose, one.index).u) if outside else 0
            for pick in range(number):
                word = self._luck.draw("society", purpose, one.index, 0, 1 + pick).u
                other = outside[choose_wide(word, len(outside))]
                found[one.index].add(other)
                found[other].add(one.index)
        return found

    def pairs(self) -> list[tuple[str, int, int]]:
        """All ties inside the block, in both directions, before the ties' own conditions."""
        return [
            (name, one, other)
            for name, picked in self._picked.items()
            for one, others in enumerate(picked)
            for other in others
        ]

    def tied(self, name: str, index: int, step: int) -> list[int]:
        """Whom a tie leads to from a resident in a step, in index order."""
        known = self._tied.get((name, index))
        if known is None or known[0] != step:
            known = self._tied[name, index] = (step, self._lead(name, index, step))
        return known[1]

    def _lead(self, name: str, index: int, step: int) -> list[int]:
        tie = self._ties[name]
        if not self._among_ourselves(tie) or not self.fulfils(index, tie.from_when, step):
            return []
        if tie.within == "household":
            own = self.residents[index].household
            others = [one.index for one in self.residents if one.household == own and one.index != index]
        elif tie.within == "block":
            others = sorted(self._picked[name][index])
        else:
            others = []
        return [other for other in others if other not in self.gone and self.fulfils(other, tie.to_when, step)]
