"""Workload ledger-12 in Mesa 3: one agent a resident, households as groups of agents, model reporters at month's end.

Run as ``python benchmarks/with_mesa.py RESIDENTS SEED``.
"""

from __future__ import annotations

from itertools import accumulate

import mesa
import numpy as np
import workload as w


class Resident(mesa.Agent):
    """One resident with a score and, perhaps, months left on the list."""

    def __init__(self, model: Ledger, household: list[Resident]) -> None:
        super().__init__(model)
        self.household = household
        household.append(self)
        age = self.random.choices(range(4), w.AGE_SHARES)[0]
        employment = self.random.choices(range(3), w.EMPLOYMENT_SHARES)[0]
        propensity = (self.random.random() + self.random.random()) / 2
        inclined = {"bad": 2 * (1 - propensity), "good": 2 * propensity, "neutral": 1.0}
        self.chances = [
            (k.base * k.age[age] * k.employment[employment] * inclined[k.propensity], k.points) for k in w.KINDS
        ]
        self.score = w.START
        self.months_left = 0

    def repay(self) -> None:
        """The term runs on by a month; perhaps the resident repays."""
        if self.months_left:
            self.months_left -= 1
            if self.random.random() < w.REPAYMENT_CHANCE:
                self.months_left = 0

    def live(self) -> None:
        """A month's events."""
        draw = self.random.random
        change = 0
        for number, (chance, points) in enumerate(self.chances):
            if draw() < chance:
                change += points
                if number == w.COURT:
                    self.months_left = w.TERM_MONTHS
        if change:
            self.score = min(max(self.score + change, w.FLOOR), w.CEILING)


class Ledger(mesa.Model):
    """The society and its ledger."""

    def __init__(self, residents: int, seed: int) -> None:
        super().__init__(seed=seed)
        self.refused = 0
        cumulative = list(accumulate(w.HOUSEHOLD_SHARES))
        made = 0
        while made < residents:
            size = min(self.random.choices(w.HOUSEHOLD_SIZES, cum_weights=cumulative)[0], residents - made)
            household: list[Resident] = []
            for _ in range(size):
                Resident(self, household)
            made += size
        self.datacollector = mesa.DataCollector(
            model_reporters={"histogram": histogram, "listed": listed, "refused": "refused", "tiers": tiers}
        )

    def step(self) -> None:
        """One month."""
        self.agents.do("repay")
        self.agents.do("live")
        restricted = {member for one in self.agents if one.months_left for member in one.household}
        self.refused += int(self.rng.poisson(w.TICKETS_A_MONTH, len(restricted)).sum())
        self.datacollector.collect(self)


def listed(model: Ledger) -> int:
    """Residents on the list."""
    return sum(1 for months_left in model.agents.get("months_left") if months_left)


def histogram(model: Ledger) -> list[int]:
    """Scores in bins of 20."""
    return np.bincount(np.array(model.agents.get("score")) // w.BIN).tolist()


def tiers(model: Ledger) -> list[int]:
    """Residents in each of the six tiers."""
    return np.bincount(np.searchsorted(w.TIERS_FROM, model.agents.get("score"), side="right"), minlength=6).tolist()


def simulate(model: Ledger) -> tuple[float, int, int]:
    """Twelve months; mean score, listed residents and refused tickets at their end."""
    for _ in range(w.MONTHS):
        model.step()
    scores = model.agents.get("score")
    return sum(scores) / len(scores), listed(model), model.refused


if __name__ == "__main__":
    w.measure("mesa", Ledger, simulate)
