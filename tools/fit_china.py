"""Fit the conduct around the court list to the figures of 2013 to 2018, by expectation, month by month.

What is fitted is conduct and its detection only: how often courts enter a judgment, how much likelier residents with
heavy debts are to be sued, how often listed residents perform, and what they ask for. No clause of the list itself is
touched. Facts come from the library's facts documents; the numbers go to the marked places of the library, each with
its sources, the confidence `derived` and a note that begins with `Fitted`.

    python tools/fit_china.py            writes conducts/china-baseline.yaml and policies/court-defaulters.yaml
    python tools/fit_china.py --check    exits 4 if the library differs from what is fitted
    python tools/fit_china.py --table    shows each figure beside its expectation

In order: entries give the courts' chance, year by year; performed debts give the rate of performing; the exits of
2018 give the share of judgments with a fixed term; the subjects new in 2018 give the weight of heavy debts and the
judgments against firms; refused purchases and the distinct persons of 2014 give demand and tries. The arithmetic is in
`court_list.py` and `firm_lists.py`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the matrices are small, and one thread adds up in one order

import numpy as np

from court_list import Clauses, Court, Demand, Floats, Society, cumulative, month
from firm_lists import CourtFirms, Firms, clauses
from marked_lines import document, facts, settle

CONDUCT, POLICY = "conducts/china-baseline.yaml", "policies/court-defaulters.yaml"

JUDGMENTS = 0.0044
"""Invented: judgments that stay unpaid, per resident-year. Only its product with the courts' chance is known."""
DISPUTES = 0.05
"""Invented: share of them that begin as a dispute over rent."""
FIRMS_SIMULATED = True
"""Whether runs simulate firms. If not, residents stand for all subjects of the list; then entries and performed
debts are those of both, and refusals also those of persons who stand for listed firms."""
RESISTING = 0.19
"""Invented: share of the judgments against firms that are resisted in one of the five further ways."""
RESISTED = {
    "judgment_obstructed": 0.1, "assets_hidden": 0.2, "assets_undeclared": 0.3, "spending_order_broken": 0.2,
    "settlement_broken": 0.2,
}
"""Invented: shares of the second to the sixth ground among judgments with a fixed term; only their sum is fitted."""
AGES = {0: 0.0, 18: 0.6, 23: 1.2, 30: 1.6, 46: 1.2, 60: 0.4}
WORK = {"none": 0.8, "self_employed": 2.5, "firm_head": 6.0}
"""Invented: how likely each age and each kind of work is to be sued, against an employee."""
TRIES = {"2014-09-01": 4, "2016-01-01": 2}
"""Invented: mean tries of a refused air traveller after the first two months, for which persons were counted."""

Rows = dict[str, dict[str, Any]]


def series(rows: Rows, prefix: str) -> list[tuple[date, float, str]]:
    """The points of a running total: day, figure, id of the fact."""
    points = [(row["date"], float(row["value"]), name) for name, row in rows.items() if name.startswith(prefix + "-2")]
    return sorted(points)


def solved(function: Callable[[float], float], target: float, low: float, high: float, rounds: int = 50) -> float:
    """Where a rising function meets a target, by halving."""
    for _ in range(rounds):
        middle = (low + high) / 2
        if function(middle) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def rounded(value: float, digits: int = 4) -> float:
    """Rounded to so many significant digits."""
    return float(f"{value:.{digits}g}")


def segments(starts: Sequence[date], values: Sequence[float]) -> Floats:
    """A dated value as one number a month."""
    result = np.empty(Court.MONTHS)
    for start, value in zip(starts, values, strict=True):
        result[month(start) :] = value
    return result


class Fit:
    """The fitted numbers, found one after another."""

    def __init__(self, rows: Rows, clauses: Clauses, society: Society, companies: CourtFirms) -> None:
        self.rows, self.clauses, self.society, self.companies = rows, clauses, society, companies
        self.organisations = 1 - float(rows["F-NATURAL-2018-05"]["value"])
        self.heavy, self.obstructed = 200.0, 0.15
        for _ in range(3):
            self.obstructed = self._share_with_term()
            self.heavy = self._weight_of_debts()
            self.judgments = self._judgments()
        self.heavy, self.obstructed = rounded(self.heavy, 3), rounded(self.obstructed, 3)
        self.court = self._court(self.heavy, self.obstructed)
        self.air = self._air()
        self.trains, self.train_rates, self.train_refused = self._flow("F-RAIL", "fast_train_ticket", (
            date(2015, 8, 1), date(2016, 1, 1), date(2017, 3, 1), date(2018, 1, 1), date(2018, 5, 1), date(2018, 10, 1)
        ), ("2015-12-31", "2017-02-14", "2017-12-31", "2018-04-30", "2018-09-30", "2018-12-31"))
        self.posts, self.post_rates, self.post_refused = self._flow("F-POSTS", "executive_post", (
            date(2013, 10, 1), date(2017, 3, 1), date(2017, 12, 1)
        ), ("2017-02-14", "2017-11-08", "2018-12-31"))

    # The courts and the debts

    ENTRY_STARTS = (date(2013, 10, 1), date(2014, 3, 1), date(2014, 7, 1), date(2015, 12, 1), date(2017, 2, 1),
                    date(2017, 11, 1), date(2018, 9, 1))
    PERFORM_STARTS = (date(2013, 10, 1), date(2016, 1, 1), date(2017, 3, 1), date(2018, 10, 1))

    def _court(self, heavy: float, obstructed: float) -> Court:
        court = Court(self.clauses, self.society, AGES, WORK, heavy, JUDGMENTS, obstructed, DISPUTES)
        self.hits = self._hits(court)
        for listed in (court, self.companies):
            listed.detect(segments(self.ENTRY_STARTS, self.hits))
        self.rates = self._rates(court)
        for listed in (court, self.companies):
            listed.perform(segments(self.PERFORM_STARTS, self.rates))
        return court

    def entries(self, court: Court, hits: Floats | None = None) -> Floats:
        """Entries a month of all subjects that runs simulate."""
        months = court.entries(hits)
        return months + self.companies.entries(hits) if FIRMS_SIMULATED else months

    def performed(self, court: Court, rates: Floats) -> Floats:
        """Cases ended a month by performing, of all subjects that runs simulate."""
        months = court.performed(rates)
        if not FIRMS_SIMULATED:
            return months
        self.companies.perform(rates)
        return months + self.companies.performed()

    @property
    def new_persons(self) -> float:
        """The residents new on the list in 2018 that are aimed at."""
        figure = float(self.rows["F-NEW-DEFAULTERS-2018"]["value"])
        return figure * (1 - self.organisations) if FIRMS_SIMULATED else figure

    @property
    def new_firms(self) -> float:
        """The firms new on the list in 2018 that are aimed at."""
        return float(self.rows["F-NEW-DEFAULTERS-2018"]["value"]) * self.organisations

    def _judgments(self) -> tuple[float, float]:
        """The rates of the two kinds of judgments against firms."""

        def listed(rate: float) -> float:
            self.companies.judge(rate * (1 - RESISTING), rate * RESISTING)
            return self.companies.new_listed(2018)

        whole = solved(listed, self.new_firms, 0.0, 0.5, 24)
        found = rounded(whole * (1 - RESISTING), 3), rounded(whole * RESISTING, 3)
        self.companies.judge(*found)
        return found

    def _hits(self, court: Court) -> list[float]:
        hits: list[float] = []
        for day, total, _ in series(self.rows, "F-LISTED"):
            starts = self.ENTRY_STARTS[: len(hits) + 1]
            known = cumulative(self.entries(court, segments(starts, [*hits, 0.0])), day)
            slope = cumulative(self.entries(court, segments(starts, [*hits, 1.0])), day) - known
            hits.append(rounded((total - known) / slope))
        return hits

    def _rates(self, court: Court) -> list[float]:
        rates: list[float] = []
        for day, total, _ in series(self.rows, "F-PERFORMED"):
            starts = self.PERFORM_STARTS[: len(rates) + 1]
            now = rates.copy()
            rates.append(rounded(solved(
                lambda r, s=starts, n=now, d=day: cumulative(  # type: ignore[misc]
                    self.performed(court, segments(s, [*n, r])), d),
                total, 0.0, 2.0, 30), 3))
        return rates

    def _share_with_term(self) -> float:
        target = float(self.rows["F-EXIT-HAZARD-2018"]["value"])
        return solved(lambda s: self._court(self.heavy, s).exit_hazard(2018), target, 0.0, 0.6, 8)

    def _weight_of_debts(self) -> float:
        court = self._court
        return -solved(lambda f: court(-f, self.obstructed).new_listed(2018), self.new_persons, -1500.0, -1.0, 10)

    # What listed residents ask for

    def _demand(self, service: str) -> Demand:
        heads = self.companies.cases() if FIRMS_SIMULATED and service != "executive_post" else None
        return Demand(self.court, next(s for s in document(CONDUCT)["services"] if s["id"] == service), heads)

    def _air(self) -> tuple[list[date], list[float], list[tuple[date, float]]]:
        """Demand and tries: the persons of 2014 give the first demand, the totals everything else."""
        demand = self._demand("air_ticket")
        caught = self.clauses.caught
        first = self.rows["F-AIR-2014-08-03"]
        since, until = date(2014, 7, 1), first["date"]
        evade = demand.evade
        through = 1 - evade * (1 - caught)
        persons = float(self.rows["F-AIR-PERSONS-2014-08-03"]["value"])
        rate = rounded(solved(lambda d: demand.persons(d, through, since, until), persons, 0.0, 20.0))
        tries = float(first["value"]) / demand.requests(rate, since, until) - float((evade * caught)[month(since)])
        dated_tries = [(since, rounded(tries, 3)), *((date.fromisoformat(d), float(n)) for d, n in TRIES.items())]
        refused = segments([Court.FIRST, *(d for d, _ in dated_tries)], [1.0, *(n for _, n in dated_tries)])
        refused = refused + evade * caught
        starts = [since, date(2014, 9, 1), date(2016, 1, 1), date(2017, 1, 1), date(2018, 1, 1), date(2018, 5, 1),
                  date(2018, 10, 1)]
        used = ("2015-12-31", "2016-12-31", "2017-12-31", "2018-04-30", "2018-09-30", "2018-12-31")
        rates = demand.fitted(self.rows, "F-AIR", refused, starts, [rate], used)
        self.air_refused = np.where(np.arange(Court.MONTHS) >= month(since),
                                    demand.monthly(segments([Court.FIRST, *starts], [0, *rates]), refused), 0)
        return starts, rates, dated_tries

    def _flow(self, prefix: str, service: str, starts: Sequence[date], used: Sequence[str]
    ) -> tuple[list[date], list[float], Floats]:
        demand = self._demand(service)
        refused = np.full(Court.MONTHS, demand.attempts)
        rates = demand.fitted(self.rows, prefix, refused, list(starts), [], used)
        months = demand.monthly(segments([Court.FIRST, *starts], [0, *rates]), refused)
        return list(starts), rates, months


# Lines for the library


def dated(starts: Sequence[date], values: Sequence[float], unit: str = "") -> str:
    return "{" + ", ".join(f"{d}: {plain(v)}{unit}" for d, v in zip(starts, values, strict=True)) + "}"


def plain(value: float) -> str:
    """A number without exponent and without useless zeros."""
    return f"{value:.12f}".rstrip("0").rstrip(".")


def named(rows: Rows, *prefixes: str) -> str:
    names = [name for name in rows if name.startswith(prefixes)]
    return f"[{', '.join(names)}]"


def places(fit: Fit) -> dict[tuple[str, str], list[str]]:
    """Every marked place with its lines."""
    rows, court = fit.rows, fit.court
    ages = ", ".join(f"{low}: {plain(f)}" for low, f in AGES.items())
    work = ", ".join(f"{level}: {plain(f)}" for level, f in WORK.items())
    factors = (
        f"factors: {{rate: {{age: {{{ages}}}, employment: {{{work}}}, heavy_debts: {{true: {plain(fit.heavy)}}}}}}}"
    )
    weight = "The weight of heavy debts is fitted to the subjects new in 2018; ages and work are invented."

    def judged(rate: float, source: str, note: str) -> list[str]:
        written, confidence = plain(rounded(rate)), "invented" if source == "invented" else "derived"
        head = f"rate: {{value: {written} per year, source: {source}, confidence: {confidence}"
        return [f'{head}, note: "{note} {weight}"}}', factors]

    known = "Fitted with the courts' chance: only their product is known; 0.0044 such judgments a head are invented."
    term = (
        "Fitted: the share of judgments with a fixed term for which 0.26 of open cases end in 2018; how it divides "
        "over the grounds is invented."
    )
    resisted = "[F-EXIT-HAZARD-2018, F-NEW-DEFAULTERS-2018, invented]"
    places = {
        (CONDUCT, "rent_dispute"): judged(court.base["rent_dispute"], "invented", known),
        (CONDUCT, "judgment_unpaid"): judged(court.base["judgment_unpaid"], "[F-NEW-DEFAULTERS-2018, invented]", known),
        **{
            (CONDUCT, kind): judged(share * court.base["executions_resisted"], resisted, term)
            for kind, share in RESISTED.items()
        },
        (POLICY, "court-register"): [
            f"hit_chance: {{value: {dated(fit.ENTRY_STARTS, fit.hits)}, range: [0, 1], source: "
            f'{named(rows, "F-LISTED-")}, confidence: derived, note: "Fitted to the running total of entries, each '
            'date a month before the entries it leads to."}'
        ],
        (POLICY, "court-register-firms"): [
            f"hit_chance: {{value: {dated(fit.ENTRY_STARTS, fit.hits)}, range: [0, 1], source: "
            f'[{named(rows, "F-LISTED-")[1:-1]}, invented], confidence: invented, note: "Fitted for persons; no '
            'figures for firms alone were read."}'
        ],
        **{
            (CONDUCT, kind): [
                f"rate: {{value: {plain(rate)} per year, source: [F-NATURAL-2018-05, F-NEW-DEFAULTERS-2018, invented], "
                'confidence: invented, note: "Fitted with the courts\' chance, as if organisations were the same share '
                'of new defaulters as of all new subjects in May 2018; how it divides is invented."}'
            ]
            for kind, rate in zip(CourtFirms.KINDS, fit.judgments, strict=True)
        },
        (POLICY, "performance"): [
            f"rate: {{value: {dated(fit.PERFORM_STARTS, fit.rates, ' per year')}, range: [0, 1], source: "
            f'{named(rows, "F-PERFORMED-")}, confidence: derived, note: "Fitted to the running total of those who '
            'performed."}'
        ],
    }
    starts, rates, tries = fit.air
    tried, counts = [d for d, _ in tries], [n for _, n in tries]
    places[CONDUCT, "air_ticket"] = [
        f"rate: {{value: {dated(starts, rates, ' per year')}, range: [0, 5], "
        f"source: {named(rows, 'F-AIR-2', 'F-AIR-PERSONS')}, "
        'confidence: derived, note: "Fitted to the running total of refused purchases, the first also to the persons '
        'counted in 2014; given the tries."}',
        f"attempts: {{value: {dated(tried, counts)}, range: [1, 10], "
        'source: [F-AIR-2014-08-03, F-AIR-PERSONS-2014-08-03, F-TRIES-2014, invented], '
        'confidence: derived, note: "Fitted for the two months of 2014 in which persons were '
        'counted; later tries are invented."}',
    ]
    starts, rates = fit.trains, fit.train_rates
    places[CONDUCT, "fast_train_ticket"] = [
        f"rate: {{value: {dated(starts, rates, ' per year')}, range: [0, 2], source: {named(rows, 'F-RAIL-')}, "
        'confidence: derived, note: "Fitted to the running total of refused purchases, given the tries."}'
    ]
    starts, rates = fit.posts, fit.post_rates
    places[CONDUCT, "executive_post"] = [
        f"rate: {{value: {dated(starts, rates, ' per year')}, range: [0, 0.2], source: {named(rows, 'F-POSTS-')}, "
        'confidence: derived, note: "Fitted to the running total of bars from posts."}'
    ]
    return places


def table(fit: Fit) -> None:
    """Each figure beside its expectation."""
    court, both, may = fit.court, float(FIRMS_SIMULATED), date(2018, 5, 31)
    firms = float(fit.companies.cases()[month(may)])
    shown: list[tuple[str, float, float]] = []
    for prefix, months in (
        ("F-LISTED", fit.entries(court)), ("F-PERFORMED", fit.performed(court, court.rates)),
        ("F-AIR", fit.air_refused), ("F-RAIL", fit.train_refused), ("F-POSTS", fit.post_refused),
    ):
        shown += [(name, total, cumulative(months, day)) for day, total, name in series(fit.rows, prefix)]
    for name, value in (
        ("F-NEW-DEFAULTERS-2018", court.new_listed(2018) + both * fit.companies.new_listed(2018)),
        ("F-EXIT-HAZARD-2018", court.exit_hazard(2018)),
        ("F-STOCK-2018-05-31", court.listed(may) + both * firms),
        ("F-RECORDS-2018-05-31", court.cases(may) + both * firms),
    ):
        shown.append((name, float(fit.rows[name]["value"]), value))
    for name, figure, expected in shown:
        print(f"{name:28} {figure:14,.2f} {expected:14,.2f} {expected / figure:8.4f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 4 if the library differs")
    parser.add_argument("--table", action="store_true", help="show each figure beside its expectation")
    chosen = parser.parse_args()
    policy, conduct, recipe = document(POLICY), document(CONDUCT), document("recipes/china-2020.yaml")
    companies = CourtFirms(Firms(recipe), clauses(conduct), clauses(policy))
    fit = Fit(facts(), Clauses(policy, conduct), Society(recipe), companies)
    if chosen.table:
        table(fit)
    return settle(places(fit), chosen.check)


if __name__ == "__main__":
    sys.exit(main())
