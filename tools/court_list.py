"""What the court list comes to on average, month by month: the arithmetic behind `fit_china.py`.

Entries are Poisson numbers: judgments happen at a rate, each is entered with a chance, and each case ends by itself.
The open cases of one resident are then Poisson too, so that he is listed with chance 1 - exp(-mean), exactly; the
means differ by age (which moves), income (which bears on performing), work, heavy debts and propensity. No draw is
made. Left out as too small: the victims of mistaken records as listed persons, whom no trait marks (their entries are
counted), and second appeals.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

WINDOW = 36
"""Months in which resisting execution a second time, in whatever way, counts as repetition."""
LAST_BAND = 15
"""Years of the last age band."""
CELL = 3
"""Months of age that share one cell."""


def month(day: date) -> int:
    """Months since the first month."""
    return (day.year - Court.FIRST.year) * 12 + day.month - Court.FIRST.month


def cumulative(months: Floats, day: date) -> float:
    """A running total at the end of a day; inside a month it grows evenly."""
    position = month(day)
    share = day.day / monthrange(day.year, day.month)[1]
    return float(months[:position].sum() + share * months[position])


def at(values: dict[Any, float]) -> Floats:
    """A dated value (days in order) as one number a month."""
    days = [(date.fromisoformat(str(day)), number) for day, number in values.items()]
    result = np.full(Court.MONTHS, days[0][1], dtype=np.float64)
    for day, number in days[1:]:
        first = month(day) + (day.day > 1)
        result[first:] = number
    return result


class Society:
    """The recipe's margins as far as the list depends on them."""

    def __init__(self, recipe: dict[str, Any]) -> None:
        self.residents = float(recipe["residents"])
        clauses = {clause["id"]: clause for clause in recipe["attributes"]}
        self.breaks: list[int] = clauses["age"]["breaks"]
        self.shares = np.array(clauses["age"]["shares"])
        ends = [*self.breaks[1:], self.breaks[-1] + LAST_BAND]
        self.work = ("none", "employed", "self_employed", "firm_head")
        self.work_shares = np.array([
            [row.get(level, 0.0) for level in self.work] for row in self._rows(clauses["employment"]["levels"])
        ])
        self.debt_shares = np.array(self._rows(clauses["heavy_debts"]["yes"]))
        self.months = np.arange(self.breaks[0] * 12, ends[-1] * 12)
        self.band = np.searchsorted(np.array(self.breaks) * 12, self.months, side="right") - 1
        widths = np.array([(end - low) * 12 for low, end in zip(self.breaks, ends, strict=True)])
        self.weights = (self.shares / widths)[self.band]
        self.incomes = len(clauses["income"]["shares"])

    def _rows(self, keyed: dict[int, Any]) -> list[Any]:
        """A row for each age band: a key holds until the next key."""
        return [keyed[max(key for key in keyed if key <= low)] for low in self.breaks]

    def by_age(self, factors: dict[int, float]) -> Floats:
        """A factor for each month of age, on to the last month anybody reaches."""
        reach = np.arange(self.months[0], self.months[-1] + 1 + Court.MONTHS)
        bands = np.minimum(np.searchsorted(np.array(self.breaks) * 12, reach, side="right") - 1, len(self.breaks) - 1)
        return np.array([stepped(factors, low) for low in self.breaks])[bands]

    @staticmethod
    def levels() -> Floats:
        """The means of the 64 levels of the triangular law."""
        edges = np.sqrt(np.arange(33) / 128)
        low = 256 / 3 * (edges[1:] ** 3 - edges[:-1] ** 3)
        return np.concatenate([low, 1 - low[::-1]])


class Clauses:
    """What the clauses of list and conduct say, read from the documents; none of it is fitted."""

    def __init__(self, policy: dict[str, Any], conduct: dict[str, Any]) -> None:
        clause = {
            row["id"]: row for part in (policy, conduct) for rows in part.values() if isinstance(rows, list)
            for row in rows if isinstance(row, dict) and "id" in row
        }
        register, appeal = clause["court-register"], clause["objection"]
        self.mistaken = float(register["mistaken_chance"]["value"])
        struck_out = register["review"]["override_chance"]
        self.own_kept, self.mistaken_kept = 1 - float(struck_out["own"]), 1 - float(struck_out["mistaken"])
        self.kept = (1 - self.mistaken) * self.own_kept + self.mistaken * self.mistaken_kept
        self.appeals, self.appeals_won = _number(appeal["rate"]), float(appeal["success"]["own"])
        incomes = clause["performance"]["factors"]["rate"]["income"]
        self.repair_factors = np.array([stepped(incomes, fifth) for fifth in range(1, 6)])
        rows = clause["defaulters"]["enter"]
        terms = {row["on"]: str(row["term"]) for row in rows if "when" not in row}
        repeated = next(row for row in rows if row["on"] == "executions_resisted" and "when" in row)
        self.term, self.long_term = _number(terms["judgment_after_dispute"]), _number(repeated["term"])
        resisting = {terms[kind] for kind in conduct["sets"]["executions_resisted"]}
        if resisting != {terms["judgment_after_dispute"]} or terms["judgment_unpaid"] != "none":
            raise SystemExit("the terms of the list are no longer those this arithmetic knows")
        if f'count("executions_resisted", months={WINDOW}) >= 2' not in repeated["when"]:
            raise SystemExit("the row on repetition is no longer the one this arithmetic knows")
        follows = clause["judgment_after_dispute"]["follows"]
        self.dispute_chance, self.after_dispute = float(follows["chance"]), int(_number(follows["after"]))
        self.caught = at(clause["air"]["evasion_caught"]["value"])


def stepped(factors: dict[int, float], level: int) -> float:
    """The factor of a level of an attribute with breaks: a key holds until the next key, below the first stands 1."""
    return float(factors[max(key for key in factors if key <= level)]) if min(factors) <= level else 1.0


def _number(written: str) -> float:
    return float(str(written).split()[0])


class Court:
    """Entries, cases and listed residents, given conduct, the courts' chance and the rate of performing."""

    FIRST = date(2013, 10, 1)
    MONTHS = 63
    KINDS = ("unpaid", "after_dispute", "obstructed")

    def __init__(
        self, clauses: Clauses, society: Society, ages: dict[int, float], work: dict[str, float], heavy: float,
        judgments: float, obstructed: float, disputes: float,
    ) -> None:
        self.clauses, self.society = clauses, society
        moving = society.by_age(ages)
        self.by_age = np.stack([moving[: len(society.months) + t][t:] for t in range(self.MONTHS)])  # month, age
        by_work = np.array([work.get(level, 1.0) for level in society.work])
        self._groups(by_work, heavy)
        mean_group = self.group_shares @ self.group_factors
        self.mean = self.by_age @ (society.weights * mean_group[society.band])
        unit = judgments / self.mean[0]
        share = {"unpaid": 1 - obstructed - disputes, "after_dispute": disputes, "obstructed": obstructed}
        self.rate = {kind: unit * share[kind] for kind in self.KINDS}
        self.base = {
            "judgment_unpaid": self.rate["unpaid"], "executions_resisted": self.rate["obstructed"],
            "rent_dispute": self.rate["after_dispute"] / clauses.dispute_chance,
        }
        self.hits = np.zeros(self.MONTHS)
        self.rates = np.zeros(self.MONTHS)
        self.repeated = np.zeros(self.MONTHS)

    def _groups(self, by_work: Floats, heavy: float) -> None:
        """Groups of work x debts x four neighbouring levels of propensity: factor, work, and share in each age band."""
        bad = (2 * (1 - self.society.levels())).reshape(16, 4).mean(axis=1)
        factors, works, shares = [], [], []
        for w, factor in enumerate(by_work):
            for owing in (False, True):
                in_band = self.society.work_shares[:, w] * np.where(
                    owing, self.society.debt_shares, 1 - self.society.debt_shares)
                for level in bad:
                    factors.append(factor * (heavy if owing else 1.0) * level)
                    works.append(w)
                    shares.append(in_band / len(bad))
        self.group_factors, self.group_work = np.array(factors), np.array(works)
        self.group_shares = np.stack(shares, axis=1)  # band, group

    # Entries

    def _recorded(self, hits: Floats) -> dict[str, Floats]:
        """Entries of each kind a month: what happened the month before, entered, and not struck out."""
        kept = hits * self.clauses.kept
        months = {}
        for kind in self.KINDS:
            happened = self.society.residents * self.rate[kind] / 12 * self.mean * kept
            if kind == "after_dispute":
                happened[: self.clauses.after_dispute] = 0
            months[kind] = np.concatenate([[0.0], happened[:-1]])
        return months

    def entries(self, hits: Floats | None = None) -> Floats:
        """Cases opened a month."""
        kinds = self._recorded(self.hits if hits is None else hits)
        return kinds["unpaid"] + kinds["after_dispute"] + kinds["obstructed"]

    def detect(self, hits: Floats) -> None:
        """Fix the courts' chance; with it, how many of the obstructing are so for the second time in three years."""
        self.hits = hits
        society, rate = self.society, self.rate["obstructed"] / 12
        ages = slice(CELL // 2, None, CELL)
        seen = self.by_age[:, ages] * (hits * self.clauses.own_kept)[:, None]
        past = np.cumsum(seen, axis=0)
        window = past - np.concatenate([np.zeros((WINDOW, past.shape[1])), past[:-WINDOW]])
        earlier = np.concatenate([np.zeros((1, past.shape[1])), window[:-1]])
        weights = society.weights[ages]
        bands = society.band[ages]
        again, all_ = np.zeros(self.MONTHS), np.zeros(self.MONTHS)
        for g, factor in enumerate(self.group_factors):
            share = weights * self.group_shares[bands, g] * factor
            again += (seen * (1 - np.exp(-factor * rate * earlier))) @ share
            all_ += seen @ share
        repeated = np.divide(again, all_, out=np.zeros_like(again), where=all_ > 0)
        self.repeated = np.concatenate([[0.0], repeated[:-1]])

    # Cases

    def _lives(self, rates: Floats) -> tuple[Floats, Floats]:
        """Chance of performing a month by income, and of a case without a term to be open: income, entry, month."""
        repair = 1 - np.exp(-rates[None, :] * self.clauses.repair_factors[:, None] / 12)
        won = (1 - np.exp(-self.clauses.appeals / 12)) * self.clauses.appeals_won
        stay = np.log1p(-repair) + np.log1p(-won)
        summed = np.cumsum(stay, axis=1)
        open_ = np.exp(summed[:, None, :] - summed[:, :, None])
        return repair, open_ * np.triu(np.ones((self.MONTHS, self.MONTHS)))[None]

    @staticmethod
    def _cut(term: float) -> Floats:
        """1 where a case entered in a row's month has not met its term in a column's month."""
        entry, now = np.indices((Court.MONTHS, Court.MONTHS))
        return ((now - entry) < term).astype(np.float64)

    def _by_term(self) -> list[tuple[Floats, float]]:
        """Entries a month with each term (none is one longer than the period)."""
        recorded = self._recorded(self.hits)
        return [
            (recorded["unpaid"], 10 * self.MONTHS),
            (recorded["after_dispute"] + recorded["obstructed"] * (1 - self.repeated), self.clauses.term),
            (recorded["obstructed"] * self.repeated, self.clauses.long_term),
        ]

    def performed(self, rates: Floats | None = None) -> Floats:
        """Cases ended a month by performing."""
        repair, open_ = self._lives(self.rates if rates is None else rates)
        before = np.concatenate([np.zeros((*open_.shape[:2], 1)), open_[:, :, :-1]], axis=2)
        result = np.zeros(self.MONTHS)
        for entries, term in self._by_term():
            asked = before * self._cut(term)[None]
            result += np.einsum("e,iem,im->m", entries, asked, repair) / self.society.incomes
        return result

    def perform(self, rates: Floats) -> None:
        """Fix the rate of performing; then who is listed can be told."""
        self.rates = rates
        self._known: tuple[Floats, Floats, Floats] | None = None

    def open_cases(self) -> Floats:
        """Open cases at the end of each month."""
        _, open_ = self._lives(self.rates)
        total = np.zeros(self.MONTHS)
        for entries, term in self._by_term():
            total += np.einsum("e,iem->m", entries, open_ * self._cut(term)[None]) / self.society.incomes
        return total

    def exit_hazard(self, year: int) -> float:
        """Cases ended in a year over the mean of open cases."""
        first = month(date(year, 1, 1))
        open_ = self.open_cases()
        ended = self.entries()[first : first + 12].sum() - (open_[first + 11] - open_[first - 1])
        return float(ended / open_[first - 1 : first + 11].mean())

    # Listed residents

    def standing(self) -> tuple[Floats, Floats, Floats]:
        """Listed residents (work, income, age cell, month), those newly listed a month, and the ages of the cells."""
        if self._known is None:
            self._known = self._standing()
        return self._known

    def _standing(self) -> tuple[Floats, Floats, Floats]:
        society = self.society
        ages = slice(CELL // 2, None, CELL)
        _, open_ = self._lives(self.rates)
        entered = np.concatenate([np.zeros((1, self.by_age[:, ages].shape[1])),
                                  (self.by_age[:, ages] * (self.hits * self.clauses.own_kept)[:, None])[:-1]]) / 12
        dispute = np.where(np.arange(self.MONTHS) > self.clauses.after_dispute, 1.0, 0.0)[:, None]
        short = open_ * self._cut(self.clauses.term)[None]
        longer = (open_ * (self._cut(self.clauses.long_term) - self._cut(self.clauses.term))[None]).transpose(0, 2, 1)
        plain = np.einsum("ea,iem->iam", entered * self.rate["unpaid"], open_)
        with_term = entered * (self.rate["after_dispute"] * dispute + self.rate["obstructed"])
        plain += np.einsum("ea,iem->iam", with_term, short)
        fresh = (entered * self.rate["unpaid"] + with_term).T
        past = np.cumsum(entered, axis=0)
        older = np.concatenate([np.zeros((WINDOW - 1, past.shape[1])), past[: self.MONTHS - WINDOW + 1]])
        window = past - older - entered
        cells = society.weights[ages] * CELL * society.residents / society.incomes
        bands = society.band[ages]
        listed = np.zeros((len(society.work), society.incomes, len(cells), self.MONTHS))
        new = np.zeros(self.MONTHS)
        for g, factor in enumerate(self.group_factors):
            again = 1 - np.exp(-factor * self.rate["obstructed"] * window)
            mean = plain + (longer @ (entered * self.rate["obstructed"] * again)).transpose(0, 2, 1)
            residents = cells * self.group_shares[bands, g]
            staying = np.exp(-factor * (mean - fresh[None]))
            clear = np.exp(-factor * mean)
            listed[self.group_work[g]] += (1 - clear) * residents[None, :, None]
            new += np.einsum("iam,a->m", staying - clear, residents)
        return listed, new, society.months[ages].astype(np.float64)

    def heads_beside(self, listed: Floats, heads: Floats) -> Floats:
        """Those who stand for a listed firm and are not listed themselves: work, income, age cell, month."""
        society, work = self.society, self.society.work.index("firm_head")
        bands = society.band[slice(CELL // 2, None, CELL)]
        cells = society.weights[slice(CELL // 2, None, CELL)] * CELL * society.work_shares[bands, work]
        everybody = cells[None, :, None] * society.residents / society.incomes
        share = 1 - np.exp(-heads / (cells.sum() * society.residents))
        beside = np.zeros_like(listed)
        beside[work] = np.maximum(everybody - listed[work], 0) * share
        return beside

    def new_listed(self, year: int) -> float:
        """Residents who went from no case to one in a year."""
        first = month(date(year, 1, 1))
        return float(self.standing()[1][first : first + 12].sum())

    def listed(self, day: date) -> float:
        return float(self.standing()[0][..., month(day)].sum())

    def cases(self, day: date) -> float:
        return float(self.open_cases()[month(day)])


class Demand:
    """What listed residents ask of one service, given the factors its clause has.

    ``heads`` are, month by month, the persons who stand for a listed firm; their ages are those of all heads of firms.
    """

    def __init__(self, court: Court, clause: dict[str, Any], heads: Floats | None = None) -> None:
        listed, _, ages = court.standing()
        if heads is not None:
            listed = listed + court.heads_beside(listed, heads)
        factors = clause.get("factors", {}).get("rate", {})
        incomes = np.array([stepped(factors.get("income", {1: 1.0}), i + 1) for i in range(court.society.incomes)])
        works = np.array([factors.get("employment", {}).get(level, 1.0) for level in court.society.work])
        moving = court.society.by_age(factors.get("age", {0: 1.0}))
        by_age = np.stack([moving[(ages + t).astype(int)] for t in range(Court.MONTHS)], axis=1)
        self.listed = np.einsum("wiam,w,am->im", listed, works, by_age)
        self.incomes = incomes
        attempts = clause.get("attempts", 1)
        attempts = attempts["value"] if isinstance(attempts, dict) else attempts
        self.attempts = float(attempts) if isinstance(attempts, int | float) else 1.0
        evade = clause.get("evade_chance", {"documented": {"value": {Court.FIRST: 0.0}}})
        self.evade = at(evade["documented"]["value"])

    def monthly(self, rates: Floats, refused: Floats) -> Floats:
        """Refused tries a month, at yearly rates and with so many refused tries a request."""
        asking: Floats = self.incomes @ self.listed
        return asking * rates / 12 * refused

    def requests(self, rate: float, since: date, until: date) -> float:
        """Requests between two days."""
        months = self.monthly(np.full(Court.MONTHS, rate), np.ones(Court.MONTHS))
        return cumulative(months, until) - float(months[: month(since)].sum())

    def persons(self, rate: float, through: Floats, since: date, until: date) -> float:
        """Distinct refused persons a month, added up between two days."""
        mean = rate / 12 * self.incomes[:, None] * through[None, :]
        months = (self.listed * (1 - np.exp(-mean))).sum(axis=0)
        return cumulative(months, until) - float(months[: month(since)].sum())

    def fitted(
        self, rows: dict[str, dict[str, Any]], prefix: str, refused: Floats, starts: list[date], known: list[float],
        used: Any,
    ) -> list[float]:
        """The yearly rate from each start for which the running totals come out, one after another."""
        rates = list(known)
        first = month(starts[0])
        for day in used:
            row = rows[f"{prefix}-{day}"]
            yearly = np.zeros(Court.MONTHS)
            for start, rate in zip(starts, rates, strict=False):
                yearly[month(start) :] = rate
            last = month(starts[len(rates)])
            yearly[last:] = 0.0
            yearly[:first] = 0.0
            ones = np.where(np.arange(Court.MONTHS) >= last, 1.0, 0.0)
            before = cumulative(self.monthly(yearly, refused), row["date"])
            slope = cumulative(self.monthly(ones, refused), row["date"])
            rates.append(float(f"{(float(row['value']) - before) / slope:.4g}"))
        return rates
