"""One synthetic life, decision by decision: what was done, believed, decided and undone, each with its clause.

Read from the journal of the block the subject lives in; nothing is added to what stands there. Two standings run
through it: what was decided in fact, and, where that differs, what would stand if every record were true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from glasshouse.explain.clauses import Clauses
from glasshouse.explain.moments import ground_words, moment, root_words, term_words
from glasshouse.explain.page import Line, Page, heading, note
from glasshouse.mechanisms.words import both, digits, named, nice
from glasshouse.scenario import Scenario

Row = dict[str, Any]
ONE: Final = 65536
"""A factor of 1 as the journal writes it."""


def life(
    journal: Mapping[str, pl.DataFrame], subject: int, scenario: Scenario, block: int = 0, population: str = "residents"
) -> Page:
    """The life of one subject of a block, in the order of its decisions."""
    letter = "R" if population == "residents" else "F"
    told = _Life(journal, subject, scenario, Clauses(scenario), f"{letter}-{block:06d}-", population)
    name = told.name_of(subject)
    word = "resident" if population == "residents" else "firm"
    lines = [
        note(f"This {word} is synthetic: made from a seed and the margins of a recipe. Nobody like it is meant."),
        note(f"Scenario {scenario.name}, in the {scenario.reading} reading of its facts."),
        *told.who(population),
        *told.steps(),
        *told.end(),
        *told.law(),
    ]
    return Page(f"The life of {name}, a synthetic {word}", tuple(lines))


@dataclass
class _Life:
    """The rows of one subject, and the clauses met on the way."""

    journal: Mapping[str, pl.DataFrame]
    subject: int
    scenario: Scenario
    clauses: Clauses
    prefix: str
    population: str = "residents"
    met: dict[str, None] = field(default_factory=dict)
    tiers: dict[str, tuple[int, str]] = field(default_factory=dict)
    factors: dict[str, tuple[int, int]] = field(default_factory=dict)
    read: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def name_of(self, subject: int) -> str:
        """The name of a subject of this block: R-000123-045."""
        return f"{self.prefix}{subject:03d}"

    def rows(self, table: str, column: str = "subject") -> list[Row]:
        """Rows of a table about this subject; none where the journal has no such table."""
        if (table, column) not in self.read:
            frame = self.journal.get(table)
            known = frame is not None and column in frame.columns
            found = frame.filter(pl.col(column) == self.subject) if frame is not None and known else pl.DataFrame()
            self.read[table, column] = list(found.iter_rows(named=True))
        return self.read[table, column]

    def cite(self, path: str) -> Iterator[Line]:
        self.met[path] = None
        yield from self.clauses.cited(path)

    def root(self, row: Row) -> str:
        told = root_words(self.scenario, row["root"] or "", self.subject, self.name_of)
        return f", from {told}" if told else ""

    # --- who it is -------------------------------------------------------------------------------------------------

    def who(self, population: str) -> Iterator[Line]:
        """Attributes in the first month, household and ties."""
        rows = self.rows("subjects")
        if not rows:
            raise LookupError(f"the journal has no subject {self.subject}")
        mine = rows[0]
        yield heading("Who it is")
        yield note(f"It lives in {mine['area']}." if population == "residents" else f"It trades in {mine['area']}.")
        names = [each.id for each in self.scenario.recipe.attributes if each.id in mine and population in each.subjects]
        levels = [f"{nice(name)} {nice(str(mine[name]))}" for name in names if mine[name] is not None]
        if mine["months"] >= 0:
            levels = [f"{mine['months'] // 12} years old", *(each for each in levels if not each.startswith("age "))]
        if levels:
            yield note(f"At the start: {', '.join(levels)}.")
        level = mine["propensity"]
        yield note(f"Propensity: level {level} (0 is most inclined to break rules, 63 most inclined to merits).")
        yield from self.company(mine, population)

    def company(self, mine: Row, population: str) -> Iterator[Line]:
        if population == "residents":
            others = self.journal["subjects"].filter(pl.col("household") == mine["household"]).height - 1
            yield note(f"It lives with {others} others." if others != 1 else "It lives with one other.")
        counts: dict[str, int] = {}
        for row in self.rows("ties"):
            counts[row["tie"]] = counts.get(row["tie"], 0) + 1
        if counts:
            yield note(f"Ties: {', '.join(f'{number} {nice(name)}' for name, number in counts.items())}.")

    # --- what happens ----------------------------------------------------------------------------------------------

    def steps(self) -> Iterator[Line]:
        """Every step in which something happens, in the order of its stages."""
        happened: dict[int, list[tuple[int, int, Callable[[Row], Iterator[Line]], Row]]] = {}
        for stage, table, tell, holds in self.stages():
            for number, row in enumerate(self.rows(table)):
                if holds(row):
                    happened.setdefault(row["step"], []).append((stage, number, tell, row))
        for number, row in enumerate(self.rows("records", "doer")):
            if row["subject"] != self.subject:
                happened.setdefault(row["step"], []).append((3, number, self.charged_elsewhere, row))
        for number, row in enumerate(self.reliefs()):
            happened.setdefault(row["step"], []).append((10, number, self.relief, row))
        if not happened:
            yield heading("What happens")
            yield note("Nothing: no event, record, decision or request of this subject is in the journal.")
        for step in sorted(happened):
            lines = [line for *_, tell, row in sorted(happened[step], key=lambda each: each[:2]) for line in tell(row)]
            if lines:
                said = moment(self.scenario, step)
                yield heading(said[:1].upper() + said[1:])
                yield from lines

    def stages(self) -> list[tuple[int, str, Callable[[Row], Iterator[Line]], Callable[[Row], bool]]]:
        """Which table is told at which stage of a step, and which of its rows."""

        def fact(row: Row) -> bool:
            return bool(row["standing"] == "fact")

        return [
            (-2, "endings", self.ended, lambda row: True),
            (-1, "foundings", self.founded, lambda row: True),
            (0, "enrolments", self.enrolment, lambda row: True),
            (0, "publications", self.publication, lambda row: fact(row) and row["at"] == "enrolment"),
            (1, "listings", self.undone, lambda row: fact(row) and row["what"] in ("asked", "left")),
            (1, "points", self.undone_points, lambda row: fact(row) and row["what"] != "awarded"),
            (2, "events", self.event, lambda row: True),
            (3, "records", self.record, lambda row: row["what"] != "dropped"),
            (4, "points", self.award, lambda row: fact(row) and row["what"] == "awarded"),
            (5, "listings", self.listing, lambda row: fact(row) and row["what"] in ("entered", "renewed")),
            (7, "publications", self.publication, lambda row: fact(row) and row["at"] != "enrolment"),
            (8, "requests", self.request, lambda row: True),
            (9, "responses", self.response, lambda row: True),
        ]

    def ended(self, row: Row) -> Iterator[Line]:
        yield note("The firm is no more: it ended after the step before. Its cases end, and no rating holds it.")

    def founded(self, row: Row) -> Iterator[Line]:
        names = [each.id for each in self.scenario.recipe.attributes if each.id in row and "firms" in each.subjects]
        levels = ", ".join(f"{nice(name)} {nice(str(row[name]))}" for name in names)
        yield note(f"A new firm stands in its place, with the same partners: {levels}, level {row['propensity']}.")

    def enrolment(self, row: Row) -> Iterator[Line]:
        verb = "Is enrolled in" if row["what"] == "joined" else "Leaves"
        yield note(f"{verb} the rating {named(row['rating'])}.")
        if row["what"] == "joined":
            for path in self.clauses.enrolments(row["rating"], self.population):
                yield from self.cite(path)

    def publication(self, row: Row) -> Iterator[Line]:
        """A published score, told when it changes."""
        now = (row["score"], row["tier"])
        was = self.tiers.get(row["rating"])
        self.tiers[row["rating"]] = now
        if was == now:
            return
        before = f" (before: {digits(was[0])}, tier {was[1]})" if was else ""
        yield note(f"Published in {named(row['rating'])}: score {digits(now[0])}, tier {now[1]}{before}.")

    def event(self, row: Row) -> Iterator[Line]:
        amount = f", {digits(row['amount'])} yuan" if row["amount"] >= 0 else ""
        own = f"{self.subject}:{row['kind']}:{row['step']}:{row['number']}"
        follows = "" if row["root"] in ("", own) else f", which follows from {self.root(row).removeprefix(', from ')}"
        yield note(f"Really happens: {nice(row['kind'])}{amount}{follows}.")
        yield from self.cite(row["kind"])

    def record(self, row: Row) -> Iterator[Line]:
        what = f"of {nice(row['kind'])} by {row['detector']}"
        ground = ground_words(row["ground"])
        if row["what"] == "overridden":
            yield note(f"A record {what} is struck out by the human check ({ground}).")
        else:
            yield note(f"On record: {what} ({ground}{self.root(row)}).")
        yield from self.cite(row["detector"])

    def charged_elsewhere(self, row: Row) -> Iterator[Line]:
        """What this subject did and somebody else, or nobody, is charged with."""
        if row["what"] == "recorded" and row["subject"] != self.subject:
            charged = self.name_of(row["subject"])
            yield note(f"Its own {nice(row['kind'])} is charged to {charged} by {row['detector']}.")

    def award(self, row: Row) -> Iterator[Line]:
        gain = row["amount"] >= 0
        number = digits(abs(row["amount"]))
        verb = f"{number} points are {'added to' if gain else 'taken from'}"
        ends = "" if row["lapse_step"] < 0 else f", until {moment(self.scenario, row['lapse_step'])}"
        stands = f"the sum now puts the score at {digits(row['score'])}"
        told = f"({ground_words(row['ground'])}{self.root(row)})"
        yield note(f"{verb} {named(row['rating'])}{ends}; {stands} {told}.")
        yield from self.cite(row["rule"])

    def undone_points(self, row: Row) -> Iterator[Line]:
        points = f"{digits(abs(row['amount']))} points in {named(row['rating'])}"
        if row["what"] == "asked":
            yield note(f"Asks for {points} back.")
        elif row["what"] == "lapsed":
            yield note(f"{points} lapse; the score is {digits(row['score'])}.")
        else:
            yield note(f"{points} are taken back; the score is {digits(row['score'])}.")
        yield from self.cite(row["clause"] or row["rule"])

    def listing(self, row: Row) -> Iterator[Line]:
        term = term_words(self.scenario, row["term_end"])
        why = f"({ground_words(row['ground'])}{self.root(row)})"
        verb = "Comes on" if row["what"] == "entered" else "Its case is lengthened on"
        yield note(f"{verb} the list {named(row['list'])}, {term} {why}.")
        if row["clause"]:
            yield from self.cite(row["clause"])
        else:
            self.met[row["list"]] = None
            yield from self.clauses.cited_row(row["list"], row["row"])

    def undone(self, row: Row) -> Iterator[Line]:
        if row["what"] == "asked":
            yield note(f"Asks to be taken off {named(row['list'])} (case {row['case']}).")
        else:
            yield note(f"Comes off {named(row['list'])} (case {row['case']}): {row['ending']}.")
        if row["clause"]:
            yield from self.cite(row["clause"])

    def request(self, row: Row) -> Iterator[Line]:
        service, tries = nice(row["service"]), row["tries"]
        often = "once" if tries == 1 else f"{tries} times"
        if row["outcome"] == "granted":
            shadow = " With true records only it would have been refused." if row["spared"] else ""
            yield note(f"Asks for {service}: granted.{shadow}")
            yield from self.effects(row)
            return
        way = "gets it another way" if row["outcome"] == "circumvented" else "is refused"
        wrong = " Wrongly: with true records only it would have been granted." if row["wrongful"] else ""
        why = f"({ground_words(row['ground'])}{self.root(row)})" if row["ground"] else ""
        yield note(f"Asks for {service}, tries {often}, {way} {why}.{wrong}")
        for path in (row["clause"], *(row["also"] or "").split()):
            yield from self.cite(path)
        yield from self.effects(row)

    def effects(self, request: Row) -> Iterator[Line]:
        """What follows for a request besides."""
        key = ("step", "service", "number")
        for row in self.rows("effects"):
            if all(row[name] == request[name] for name in key):
                yield from self.effect(row)

    def effect(self, row: Row) -> Iterator[Line]:
        service = nice(row["service"])
        if row["effect"] == "overridden":
            told = f"A human check lifts what would have followed for {service}"
        else:
            told = f"For {service} it {self.clauses.consequence(row['clause'])}"
        yield note(f"{told} ({ground_words(row['ground'])}{self.root(row)}).")
        yield from self.cite(row["clause"])

    def response(self, row: Row) -> Iterator[Line]:
        """A changed rate of conduct, told when it begins or changes."""
        last = self.factors.get(row["target"])
        self.factors[row["target"]] = (row["step"], row["factor"])
        if last == (row["step"] - 1, row["factor"]):
            return
        usual = f"{round(100 * row['factor'] / ONE)} in 100 of the usual rate"
        yield note(f"From the next {self.scenario.step} on: {nice(row['target'])} at {usual}.")
        for path in self.clauses.responses(row["target"]):
            yield from self.cite(path)

    def relief(self, row: Row) -> Iterator[Line]:
        yield note(f"From the next {self.scenario.step} on: {nice(row['target'])} at the usual rate again.")

    def reliefs(self) -> Iterator[Row]:
        """The first step after each stretch of a changed rate, but for those that last to the end."""
        changed = {(row["target"], row["step"]) for row in self.rows("responses")}
        frames = [frame for frame in self.journal.values() if frame.height and "step" in frame.columns]
        last = max((int(frame["step"].max()) for frame in frames), default=0)  # type: ignore[arg-type]
        for target, step in sorted(changed):
            if step < last and (target, step + 1) not in changed:
                yield {"target": target, "step": step + 1}

    # --- how it ends -----------------------------------------------------------------------------------------------

    def end(self) -> Iterator[Line]:
        """Scores, tiers and open listings at the end, in fact and with true records only."""
        yield heading("How it stands at the end")
        standings = {standing: self.standing(standing) for standing in ("fact", "truth")}
        for told in standings["fact"]:
            yield note(told)
        if not standings["fact"]:
            yield note("No rating holds it and no list names it.")
        if standings["truth"] != standings["fact"]:
            other = "; ".join(each.rstrip(".") for each in standings["truth"]) or "no score and no listing"
            yield note(f"If every record were true it would stand so: {other}.")
        yield from self.totals()

    def standing(self, standing: str) -> list[str]:
        left = {row["rating"] for row in self.rows("enrolments") if row["what"] == "left"}
        scores: dict[str, Row] = {}
        for row in sorted(self.rows("publications"), key=lambda row: int(row["step"])):
            if row["standing"] == standing:
                scores[row["rating"]] = row
        told = [
            f"{named(rating)}: score {digits(row['score'])}, tier {row['tier']}{' (left since)' * (rating in left)}."
            for rating, row in scores.items()
        ]
        return told + [f"On the list {named(name)} with {number} open case{'s' * (number > 1)}."
                       for name, number in self.open_cases(standing).items()]

    def open_cases(self, standing: str) -> dict[str, int]:
        """Open cases by list."""
        cases: dict[str, int] = {}
        for row in self.rows("listings"):
            if row["standing"] == standing:
                cases[row["list"]] = cases.get(row["list"], 0) + {"entered": 1, "left": -1}.get(row["what"], 0)
        return {name: number for name, number in cases.items() if number > 0}

    def totals(self) -> Iterator[Line]:
        rows = self.rows("requests")
        refused = [row for row in rows if row["outcome"] == "refused"]
        if refused:
            wrong = sum(bool(row["wrongful"]) for row in refused)
            services = both(dict.fromkeys(nice(row["service"]) for row in refused))
            times = f"{len(refused)} time{'s' * (len(refused) > 1)}"
            yield note(f"It was refused {services} {times} in all, {wrong} of them wrongly.")

    def law(self) -> Iterator[Line]:
        """What the clauses met on the way say exactly."""
        if self.met:
            yield heading("The clauses met on the way, exactly")
        for path in self.met:
            yield from self.clauses.exact(path)
