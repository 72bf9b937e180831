"""What firms come to on average: the arithmetic behind `fit_firms.py`.

Events of a firm are Poisson numbers whose mean depends on its size, sector and owner (the cells of this file) and on
its propensity; records are those noticed and not struck out. The cases of a firm on the court list are a Poisson
process too, so that the firms refused at least once by some day follow from the chance that one case leads to a
refusal. No draw is made. Left out as too small: overlapping cases of one firm, records that land on somebody else,
and what remedies of a rating take back.
"""

from __future__ import annotations

import itertools
import math
import re
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from court_list import Court, Floats, Society, month, stepped

ATTRIBUTES = ("size", "sector", "ownership")
Document = dict[str, Any]


def number(written: Any) -> float:
    """The number of a value as it stands in a document; of a dated or noted one its last."""
    if isinstance(written, dict):
        inner = written.get("documented", written.get("value", written))
        return number(list(inner.values())[-1]) if isinstance(inner, dict) and "value" not in inner else number(inner)
    return float(str(written).split()[0])


def earliest(written: Any) -> float:
    """The first number of a dated value."""
    return number(next(iter(written["value"].values())))


def clauses(*documents: Document) -> dict[str, Document]:
    """All clauses of some documents by their ids."""
    return {
        row["id"]: row for part in documents for rows in part.values() if isinstance(rows, list)
        for row in rows if isinstance(row, dict) and "id" in row
    }


class Cell(NamedTuple):
    """Firms alike in size, sector and owner, and their share of all."""

    levels: dict[str, str]
    share: float


class Firms:
    """The recipe's firms: their number, the cells of attributes that bear on conduct, the levels of propensity."""

    def __init__(self, recipe: Document) -> None:
        self.units = float(recipe["firms"])
        margins = clauses(recipe)
        self.margins = margins
        named = [margins[name]["levels"] for name in ATTRIBUTES]
        self.cells = [
            Cell(dict(zip(ATTRIBUTES, levels, strict=True)),
                 math.prod(row[level] for row, level in zip(named, levels, strict=True)))
            for levels in itertools.product(*named)
        ]
        self.shares = np.array([cell.share for cell in self.cells])
        self.bad = 2 * (1 - Society.levels())

    def factor(self, clause: Document, *fields: str) -> Floats:
        """The product of a clause's factors in some fields, for each cell."""
        written = clause.get("factors", {})
        rows = [written.get(field, {}) for field in fields]
        return np.array([
            math.prod(row.get(name, {}).get(level, 1.0) for row in rows for name, level in cell.levels.items())
            for cell in self.cells
        ])

    def events(self, kind: Document, rate: float | None = None) -> Floats:
        """Events of a kind a firm-year: cell, level of propensity."""
        base = number(kind["rate"]) if rate is None else rate
        by_cell = base * float(kind.get("instances", 1)) * self.factor(kind, "rate", "instances")
        return by_cell[:, None] * self.bad[None, :]

    def records(self, detector: Document, kind: Document, rate: float | None = None) -> Floats:
        """Records of a kind a firm-year: noticed by a detector and not struck out."""
        return self.events(kind, rate) * (noticed(detector) * self.factor(detector, "hit_chance"))[:, None]

    def mean(self, by_cell: Floats) -> float:
        """The mean over all firms of a number by cell and level."""
        return float(self.shares @ by_cell.mean(axis=1))


def noticed(detector: Document) -> float:
    """The share of events whose record stands, before the factors of groups."""
    struck = float(detector.get("review", {}).get("override_chance", {}).get("own", 0))
    return number(detector.get("hit_chance", 1)) * (1 - struck)


def poisson(mean: Floats, upto: int) -> Floats:
    """Chances of 0 to ``upto`` for each mean: count first."""
    rows = [np.exp(-mean)]
    for count in range(1, upto + 1):
        rows.append(rows[-1] * mean / count)
    return np.stack(rows)


class SmallLists:
    """New subjects of 2018 on lists that count records in a window, or take a share of them."""

    def __init__(self, firms: Firms, kinds: dict[str, Document], policy: dict[str, Document]) -> None:
        self.firms, self.kinds, self.policy = firms, kinds, policy
        self.watching = {kind: row for row in policy.values() for kind in row.get("watches", ())}

    def new(self, name: str) -> float:
        """Firms new on a list in 2018; at its first step a list takes in who already fulfils its condition."""
        rows = self.policy[name]["enter"]
        chance = number(rows[0].get("chance", 1))
        if "on" in rows[0]:
            kind = rows[0]["on"]
            return chance * self.firms.units * self.firms.mean(self._records(kind))
        found = re.search(r'count\("(\w+)", months=12\) >= (\d+)', rows[0]["when"])
        if found is None:
            raise SystemExit(f"`{name}` is entered in a way this arithmetic does not know")
        mean, least = self._records(found[1]), int(found[2])
        chances = poisson(mean, least - 1)
        yearly = self.firms.mean(mean * chances[-1])
        already = self.firms.mean(1 - chances.sum(axis=0)) if "in_force" in self.policy[name] else 0.0
        return chance * self.firms.units * (yearly + already)

    def _records(self, kind: str) -> Floats:
        return self.firms.records(self.watching[kind], self.kinds[kind])

    def struck_off(self, rate: float, earlier: float) -> float:
        """Firms struck off in 2018 that were not on the list already, at so much less a rate in earlier years."""
        yearly = self.firms.events(self.kinds["struck_off"], rate)
        stay = number(self.policy["struck-off-firms"]["enter"][0]["term"]) / 12
        before = 0.5 + (stay - 0.5) * earlier  # years of the rate of 2018, as seen in mid-2018
        return self.firms.units * self.firms.mean(yearly * np.exp(-yearly * before))

    def without_reports(self) -> float:
        """Firms that have gone so long without a yearly report that they come on the black list."""
        repair = self.policy["report-handed-in"]
        when = self.policy["black-firms"]["enter"][1]["when"]
        months = float(when.rsplit(">=", 1)[1])
        stay = number(repair["rate"]) + earliest(self.kinds["struck_off"]["rate"])
        return self.firms.units * self.firms.mean(self._records("annual_report_missed")) * math.exp(-stay * months / 12)


class TaxGrades:
    """The shares of the yearly tax grades in June 2018, of a run that began in October 2013."""

    MISSES, ARREARS = 45, 6
    SPRING = 6
    """Months from January to the publication in June."""

    def __init__(self, firms: Firms, conduct: dict[str, Document], policy: dict[str, Document]) -> None:
        self.firms, self.kinds, self.policy = firms, conduct, policy
        rating = policy["tax-grade"]
        self.start = number(rating["start"])
        bounds = {row["tier"]: row.get("from") for row in rating["tiers"]}
        self.a, self.b, self.c = (float(bounds[tier]) for tier in "ABC")
        self.miss, self.arrears = -number(policy["missed"]["points"]), -number(policy["arrears"]["points"])
        ages = firms.margins["firm_age"]
        self.grown = sum(share for years, share in zip(ages["breaks"], ages["shares"], strict=True) if years >= 3)
        self.grown *= float(firms.margins["has_revenue"]["yes"])
        listed = float(firms.margins["staff_standing"]["levels"]["listed"])
        self.staff = ((1 - listed, 0.0), (listed, -number(policy["staff"]["points"])))
        """Shares of firms by what the standing of their staff takes."""
        self.older, self.fresh = self._living()

    def _living(self) -> tuple[Floats, Floats]:
        """Firms graded in June 2018, by cell and level: those of a year and more, and those founded in January.

        A place whose firm has ended stands empty until January and gets a new firm, of a propensity drawn anew; none
        ends sooner than the time it takes to wind it up.
        """
        ending = self.firms.events(self.kinds["struck_off"], earliest(self.kinds["struck_off"]["rate"]))
        takes = number(self.kinds["firm_dissolved"]["follows"]["after"]) / 12
        founded = [(2013.75, np.ones_like(ending))]

        def live(now: float, until: float) -> float:
            """Let all firms live on; the share that ends on the way."""
            ended = 0.0
            for place, (since, alive) in enumerate(founded):
                left = alive * np.exp(-ending * max(0.0, until - max(now, since + takes)))
                ended += self.firms.mean(alive - left)
                founded[place] = since, left
            return ended

        for before, year in itertools.pairwise((2013.75, 2014.0, 2015.0, 2016.0, 2017.0, 2018.0)):
            founded.append((year, np.full_like(ending, live(before, year))))
        live(2018.0, 2018 + self.SPRING / 12)
        return np.asarray(sum(alive for _, alive in founded[:-1])), founded[-1][1]

    def shares(self, missed: float, gone: float) -> dict[str, float]:
        """The shares of A, of B with M, of C and of D, at yearly rates of missing a requirement and all returns."""
        reached = dict.fromkeys("ABCD", 0.0)
        for firms, months in ((self.older, 12), (self.fresh, self.SPRING)):
            for tier, share in self._of(firms, months, missed, gone).items():
                reached[tier] += share
        whole = sum(reached.values())
        return {tier: share / whole for tier, share in reached.items()}

    def _of(self, living: Floats, months: int, missed: float, gone: float) -> dict[str, float]:
        """The grades of firms that have been there for so many of the last twelve months."""
        firms, kinds, office = self.firms, self.kinds, self.policy["tax-office"]

        def live(detector: Document, kind: str, rate: float | None = None) -> Floats:
            counted = min(12, months if months == 12 else months - number(detector["delay"]))
            return firms.records(detector, kinds[kind], rate) * counted / 12

        misses = poisson(live(office, "tax_requirement_missed", missed), self.MISSES)
        arrears = poisson(live(office, "tax_unpaid"), self.ARREARS)
        fraud = live(office, "tax_fraud") * (2 if months == 12 else 1)  # for two years
        stays = np.exp(-fraud - live(self.policy["returns-register"], "tax_returns_missed", gone))
        reached = dict.fromkeys("ABC", 0.0) | {"D": firms.mean((1 - stays) * living)}
        for (part, taken), n, m in itertools.product(self.staff, range(self.MISSES + 1), range(self.ARREARS + 1)):
            score = max(0.0, self.start - self.miss * n - self.arrears * m - taken)
            share = part * firms.mean(misses[n] * arrears[m] * stays * living)
            tier = "A" if score >= self.a else "B" if score >= self.b else "C" if score >= self.c else "D"
            if tier == "A":
                reached["A"], reached["B"] = reached["A"] + share * self.grown, reached["B"] + share * (1 - self.grown)
            else:
                reached[tier] += share
        return reached


class CourtFirms:
    """Firms on the court list month by month, and those it has refused something at least once.

    Entries are those of a judgment against a firm, a month after it. A case without a term ends when the firm performs,
    wins an appeal or is struck off; the others also by their term.
    """

    KINDS = ("firm_judgment_unpaid", "firm_judgment_obstructed")

    def __init__(self, firms: Firms, conduct: dict[str, Document], policy: dict[str, Document]) -> None:
        self.firms, self.kinds = firms, conduct
        self.yearly = {kind: firms.events(conduct[kind]) for kind in self.KINDS}
        self.kept = 1 - float(policy["court-register-firms"]["review"]["override_chance"]["own"])
        appeal = policy["objection"]
        self.lost = number(appeal["rate"]) * float(appeal["success"]["own"])
        self.lost += earliest(conduct["struck_off"]["rate"])
        rows = {row["on"]: row for row in policy["defaulters"]["enter"]}
        self.terms = {"firm_judgment_unpaid": 10 * Court.MONTHS,
                      "firm_judgment_obstructed": int(number(rows["firm_judgment_obstructed"]["term"]))}
        if str(rows["firm_judgment_unpaid"]["term"]) != "none":
            raise SystemExit("the terms of the list are no longer those this arithmetic knows")
        self.detect(monthly(policy["court-register-firms"]["hit_chance"]["value"]))
        self.perform(monthly(policy["performance"]["rate"]["value"]))

    def detect(self, hits: Floats) -> None:
        """Fix the courts' chance, month by month."""
        self.hits = hits

    def perform(self, rates: Floats) -> None:
        """Fix the rate of performing, month by month: the chance of a case to stay, and to be open later."""
        self.stay = np.exp(-(rates + self.lost) / 12)
        self.performing = 1 - np.exp(-rates / 12)
        summed = np.cumsum(np.log(self.stay))
        self.open = np.triu(np.exp(summed[None, :] - summed[:, None]))  # entry, month

    def judge(self, unpaid: float, obstructed: float) -> None:
        """Fix the yearly rates of the two kinds of judgments, of a firm whose factors are all 1."""
        for kind, rate in zip(self.KINDS, (unpaid, obstructed), strict=True):
            self.yearly[kind] = self.firms.events(self.kinds[kind], rate)

    def _months(self, hits: Floats | None = None) -> Floats:
        """The chance that a judgment of the month before becomes an entry."""
        chance = (self.hits if hits is None else hits) * self.kept / 12
        return np.concatenate([[0.0], chance[:-1]])

    def _open(self, kind: str) -> Floats:
        entry, now = np.indices((Court.MONTHS, Court.MONTHS))
        return np.asarray(self.open * ((now - entry) < self.terms[kind]))

    def entries(self, hits: Floats | None = None) -> Floats:
        """Cases opened a month."""
        yearly = sum(self.firms.mean(self.yearly[kind]) for kind in self.KINDS) * self.firms.units
        return np.asarray(self._months(hits) * yearly)

    def cases(self) -> Floats:
        """Open cases at the end of each month."""
        return np.asarray(sum(
            self.firms.units * self.firms.mean(self.yearly[kind]) * (self._months() @ self._open(kind))
            for kind in self.KINDS
        ))

    def performed(self) -> Floats:
        """Cases ended a month by performing."""
        before = np.concatenate([[0.0], self.cases()[:-1]])
        return np.asarray(before * self.performing)

    def new_listed(self, year: int) -> float:
        """Firms that went from no case to one in a year."""
        first = month(date(year, 1, 1))
        fresh = self._months()
        open_ = {kind: fresh @ (self._open(kind) - np.diag(np.ones(Court.MONTHS))) for kind in self.KINDS}
        total = 0.0
        for now in range(first, first + 12):
            earlier = sum(self.yearly[kind] * open_[kind][now] for kind in self.KINDS)
            added = sum(self.yearly[kind] * fresh[now] for kind in self.KINDS)
            total += self.firms.mean(np.exp(-np.asarray(earlier)) * (1 - np.exp(-np.asarray(added))))
        return total * self.firms.units

    def _refusal(self, kind: str, entry: int, since: int, demand: float) -> float:
        """The chance that a case of a month has led to a refusal by the end, at a gate there since a month."""
        clear, none = 1.0, 0.0
        for now in range(entry, Court.MONTHS):
            if now > entry:
                none += clear * (1 - float(self.stay[now]))
                clear *= float(self.stay[now])
            if now - entry >= self.terms[kind]:
                break
            if now >= since:
                clear *= math.exp(-demand / 12)
        return 1 - none - clear

    def refused(self, demand: float, since: int) -> float:
        """Firms refused at least once by the end of 2018, at a yearly demand and with a gate since a month."""
        fresh = self._months()
        mean = sum(
            self.yearly[kind] * sum(fresh[entry] * self._refusal(kind, entry, since, demand)
                                    for entry in range(Court.MONTHS))
            for kind in self.KINDS
        )
        return self.firms.mean(1 - np.exp(-np.asarray(mean))) * self.firms.units


def monthly(values: dict[Any, Any]) -> Floats:
    """A dated value as one number a month, read on the first day of the month."""
    days = {date.fromisoformat(str(day)): number(value) for day, value in values.items()}
    return np.array([
        next(value for day, value in reversed(list(days.items())) if month_of(day) <= now or day == min(days))
        for now in range(Court.MONTHS)
    ])


def month_of(day: date) -> int:
    """The first step that begins on a day or after it."""
    return month(day) + (day.day > 1)


class Residents:
    """Adults and young men, as far as rare kinds of their conduct need them."""

    def __init__(self, recipe: Document) -> None:
        self.all = float(recipe["residents"])
        margins = clauses(recipe)
        self.age = margins["age"]
        self.margins = margins

    def mean(self, kind: Document) -> float:
        """The mean of a kind's factors by age, sex and work, over all residents."""
        factors = kind.get("factors", {}).get("rate", {})
        work = self.margins["employment"]["levels"]
        total = 0.0
        for low, share in zip(self.age["breaks"], self.age["shares"], strict=True):
            row = work[max(key for key in work if key <= low)]
            by_work = sum(part * factors.get("employment", {}).get(level, 1.0) for level, part in row.items())
            by_sex = sum(part * factors.get("sex", {}).get(level, 1.0)
                         for level, part in self.margins["sex"]["levels"].items())
            total += share * by_work * by_sex * (stepped(factors["age"], low) if "age" in factors else 1.0)
        return total
