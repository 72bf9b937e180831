"""Fit the conduct of firms, and of the persons of the small lists, to the figures of 2018, by expectation.

What is fitted is conduct and demand only; no clause of a policy is touched. Facts come from the library's facts
documents; the numbers go to the marked places of the conduct, each with its sources and a note that begins with
`Fitted`.

    python tools/fit_firms.py            writes conducts/china-baseline.yaml
    python tools/fit_firms.py --check    exits 4 if the library differs from what is fitted
    python tools/fit_firms.py --table    shows each figure beside its expectation

In order: the lists of struck-off firms, finance and taxes give the rates of what leads onto them; tax grades A and D
give how often tax rules and all returns are missed; travel and service give the rates of persons; the subjects refused
to date give what firms on the court list ask for, after `fit_china.py` has said how many they are. The lists without a
figure are only added up. The arithmetic is in `firm_lists.py`.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the sums are small, and one thread adds up in one order

from firm_lists import CourtFirms, Firms, Residents, SmallLists, TaxGrades, clauses, month_of, noticed, number
from fit_china import Rows, plain, rounded, solved
from marked_lines import document, facts, settle

CONDUCT, RECIPE = "conducts/china-baseline.yaml", "recipes/china-2020.yaml"
POLICIES = ("court-defaulters", "tax-arrears", "tax-grades", "travel-misconduct", "military-refusal", "company-rating",
            "drug-safety", "false-advertising", "sector-lists", "joint-memoranda")
SMALL = ("drug-breakers", "false-advertisers", "polluters", "quality-breakers", "unsafe-firms", "wage-debtors",
         "insurance-breakers", "false-bookkeepers", "false-statistics", "sector-offenders")
"""The lists of firms that no figure names; their thresholds and chances are invented so that the sum comes out."""

EARLIER = 0.69
"""Invented: firms struck off a year before 2018 against those of 2018, so that those wound up in 2018 leave room among
its exits for the subjects that left the courts' list."""
LAND = {"land_auction": 0.3, "firm_subsidy": 0.5, "import_quota": 0.2}
"""Invented: how the one figure for land, public money and import quotas divides over three services."""
GATES = {
    "public_procurement": "F-PROCUREMENT-2018-12-31", "customs_facilitation": "F-CUSTOMS-2018-12-31",
    "toll_road_right": "F-TOLL-ROADS-2018-12-31", "bond_issue": "F-BONDS-2018-12-31",
    "securities_issue": "F-SECURITIES-2018-12-31",
}
"""Services with a figure of their own that the memorandum on judgments closes."""
TRAVEL_MONTHS = 7
"""The months of 2018 in which the list of travel misconduct was there."""


class FirmFit:
    """The fitted numbers, found one after another, and each figure beside what is expected of them."""

    def __init__(self, rows: Rows) -> None:
        recipe = document(RECIPE)
        self.rows = rows
        self.kinds = clauses(document(CONDUCT))
        self.policy = clauses(*(document(f"policies/{name}.yaml") for name in POLICIES))
        self.firms, self.residents = Firms(recipe), Residents(recipe)
        self.rates: dict[str, float] = {}
        self.reached: dict[str, float] = {}
        self._firm_lists()
        self._grades()
        self._persons()
        self._demand()
        self._unnamed()

    def figure(self, name: str) -> float:
        return float(self.rows[name]["value"])

    def keep(self, kind: str, rate: float, digits: int = 4) -> float:
        """Settle a rate, rounded; what follows counts with it."""
        self.rates[kind] = rounded(rate, digits)
        self.kinds[kind]["rate"] = self.rates[kind]
        return self.rates[kind]

    # Taxes, finance, the register

    def _grades(self) -> None:
        grades = TaxGrades(self.firms, self.kinds, self.policy)
        missed, gone = 0.1, 0.08
        for _ in range(3):
            missed = solved(lambda rate, gone=gone: -grades.shares(rate, gone)["A"],  # type: ignore[misc]
                            -self.figure("F-TAX-A-2018"), 0.0, 1.0, 20)
            gone = solved(lambda rate, missed=missed: grades.shares(missed, rate)["D"],  # type: ignore[misc]
                          self.figure("F-TAX-D-2018"), 0.0, 1.0, 20)
        missed, gone = self.keep("tax_requirement_missed", missed, 3), self.keep("tax_returns_missed", gone, 3)
        shares = grades.shares(missed, gone)
        self.reached |= {"F-TAX-A-2018": shares["A"], "F-TAX-D-2018": shares["D"]}
        self.reached |= {"F-TAX-BM-2019": shares["B"], "F-TAX-CD-2019": shares["C"] + shares["D"]}

    def _firm_lists(self) -> None:
        units, kinds = self.firms.units, self.kinds
        lists = SmallLists(self.firms, kinds, self.policy)
        new = self.figure("F-NEW-STRUCK-OFF-2018")
        rate = rounded(solved(lambda rate: lists.struck_off(rate, EARLIER), new, 0.0, 0.2))
        self.reached["F-NEW-STRUCK-OFF-2018"] = lists.struck_off(rate, EARLIER)
        self.struck_off = {"2013-10-01": rounded(rate * EARLIER), "2018-01-01": rate}
        kinds["struck_off"]["rate"] = {"value": self.struck_off}
        found = noticed(self.policy["finance-supervision"])
        self.reached["F-NEW-FINANCE-2018"] = units * found * self.keep(
            "finance_misconduct", self.figure("F-NEW-FINANCE-2018") / units / found)
        inspection = self.policy["tax-inspection"]
        arrears = kinds["tax_unpaid"]
        large = sum(float(share) for amount, share in arrears["amounts"].items() if number(amount) >= 1_000_000)
        yearly = number(arrears["rate"]) * self.residents.mean(arrears) * self.residents.all
        self.persons_in_arrears = yearly * large * noticed(inspection)
        firms = self.firms.mean(self.firms.records(inspection, arrears)) * units * large
        left = self.figure("F-NEW-TAX-CASES-2018") - self.persons_in_arrears - firms
        fraud = self.keep("tax_fraud", left / units / noticed(inspection), 3)
        self.reached["F-NEW-TAX-CASES-2018"] = self.persons_in_arrears + firms + fraud * units * noticed(inspection)

    # Travel and service

    def _persons(self) -> None:
        whole = self.figure("F-TRAVEL-MISCONDUCT-2018") / (TRAVEL_MONTHS / 12)
        goods, papers = self.figure("F-TRAVEL-GOODS-SHARE"), self.figure("F-TRAVEL-IDENTITY-SHARE")
        air = self.figure("F-TRAVEL-AIR-SHARE")
        parts = {
            "dangerous_goods_carried": ("aviation", goods), "false_identity_shown": ("aviation", papers),
            "flight_misconduct": ("aviation", air - goods - papers), "train_misconduct": ("railway", 1 - air),
        }
        listed = 0.0
        for kind, (detector, share) in parts.items():
            happen = self.residents.all * self.residents.mean(self.kinds[kind]) * noticed(self.policy[detector])
            listed += happen * self.keep(kind, whole * share / happen) * TRAVEL_MONTHS / 12
        self.reached["F-TRAVEL-MISCONDUCT-2018"] = listed
        province = self.figure("F-POP-JILIN") * self.residents.mean(self.kinds["service_refused"])
        found = noticed(self.policy["conscription-office"])
        rate = self.keep("service_refused", self.figure("F-SERVICE-REFUSERS-JILIN") / province / found, 3)
        self.reached["F-SERVICE-REFUSERS-JILIN"] = rate * province * found

    # What listed firms ask for

    def _demand(self) -> None:
        self.court = CourtFirms(self.firms, self.kinds, self.policy)
        since = month_of(date.fromisoformat(str(self.policy["mou-judgments"]["in_force"])))
        self._asked("F-TENDERS-2018-12-31", {"tender": 1.0}, 0)
        self._asked("F-LAND-2018-12-31", LAND, since)
        for service, name in GATES.items():
            self._asked(name, {service: 1.0}, since)

    def _asked(self, name: str, parts: dict[str, float], since: int) -> None:
        whole = solved(lambda demand: self.court.refused(demand, since), self.figure(name), 0.0, 20.0, 40)
        total = sum(self.keep(service, whole * share, 3) for service, share in parts.items())
        self.reached[name] = self.court.refused(total, since)

    # The lists without a figure of their own

    def _unnamed(self) -> None:
        lists = SmallLists(self.firms, self.kinds, self.policy)
        self.small = {name: lists.new(name) for name in SMALL}
        self.small["black-firms"] = lists.without_reports()
        for name, detector in (("service_refused", "conscription-office"),
                               ("false_marriage_papers", "registry-and-hospital"),
                               ("hospital_disturbed", "registry-and-hospital")):
            kind = self.kinds[name]
            happen = self.residents.all * self.residents.mean(kind) * number(kind["rate"])
            self.small[name] = happen * noticed(self.policy[detector])
        self.reached["F-NEW-OTHER-2018"] = sum(self.small.values())


GRADE = "by the share of firms with tax grade {}, given what the tax office notices."
PLACED: dict[str, tuple[str, str, str]] = {
    "tax_requirement_missed": ("[F-TAX-A-2018, invented]", "derived", GRADE.format("A")),
    "tax_returns_missed": ("[F-TAX-D-2018, invented]", "derived", GRADE.format("D")),
    "tax_fraud": ("[F-NEW-TAX-CASES-2018, invented]", "derived",
                  "to the subjects new on the list, less those with arrears alone, given what is found."),
    "finance_misconduct": ("[F-NEW-FINANCE-2018, invented]", "derived",
                           "to the subjects new on the list, given what is found."),
    "service_refused": ("[F-SERVICE-REFUSERS-JILIN, F-POP-JILIN]", "derived",
                        "to 17 men of Jilin from 18 to 22, taken for the whole country."),
}
"""The rates fitted to a figure of their own: sources, confidence, and how the note goes on."""


def places(fit: FirmFit) -> dict[tuple[str, str], list[str]]:
    """Every marked place with its lines."""
    placed = dict(PLACED)
    for kind in ("dangerous_goods_carried", "false_identity_shown", "flight_misconduct", "train_misconduct"):
        placed[kind] = ("[F-TRAVEL-MISCONDUCT-2018, F-TRAVEL-AIR-SHARE, F-TRAVEL-GOODS-SHARE, F-TRAVEL-IDENTITY-SHARE]",
                        "derived", "to 6,908 persons in seven months and the shares of its kinds, all of them noticed.")
    for service in ("tender", *LAND, *GATES):
        name = GATES.get(service, "F-LAND-2018-12-31" if service in LAND else "F-TENDERS-2018-12-31")
        joint = " The figure is one for three services; how it divides is invented." if service in LAND else ""
        placed[service] = (f"[{name}, invented]", "invented",
                           f"to the subjects refused to date, as if all were firms on the court list.{joint}")
    lines = {(CONDUCT, kind): [line(f"{plain(fit.rates[kind])} per year", *placed[kind])] for kind in placed}
    struck_off = ", ".join(f"{day}: {plain(rate)} per year" for day, rate in fit.struck_off.items())
    lines[CONDUCT, "struck_off"] = [line(
        f"{{{struck_off}}}", "[F-NEW-STRUCK-OFF-2018, F-UNITS-CHINA, F-EXITS-2018, invented]", "derived",
        "to the firms new on the list of those struck off in 2018; that fewer were before is invented, and leaves room "
        "among the exits of 2018 for the subjects of the courts' list.",
    )]
    return lines


def line(rate: str, source: str, confidence: str, note: str) -> str:
    """A rate as it stands in the conduct."""
    return (f"rate: {{value: {rate}, source: {source}, confidence: {confidence}, "
            f'note: "Fitted {note}"}}')


def table(fit: FirmFit) -> None:
    """Each figure beside its expectation."""
    for name, expected in fit.reached.items():
        figure = fit.figure(name)
        print(f"{name:28} {figure:14,.4g} {expected:14,.4g} {expected / figure:8.4f}")
    for name, expected in fit.small.items():
        print(f"  {name:26} {'':14} {expected:14,.0f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 4 if the library differs")
    parser.add_argument("--table", action="store_true", help="show each figure beside its expectation")
    chosen = parser.parse_args()
    fit = FirmFit(facts())
    if chosen.table:
        table(fit)
    return settle(places(fit), chosen.check)


if __name__ == "__main__":
    sys.exit(main())
