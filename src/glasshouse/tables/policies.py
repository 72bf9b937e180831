"""The clauses of all policies of a scenario as rows of tables, in scenario and document order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from glasshouse.errors import RunFailed
from glasshouse.mechanisms.clause import Clause
from glasshouse.mechanisms.indicator import Indicator
from glasshouse.mechanisms.listing import EnterRow, NamedList
from glasshouse.mechanisms.rating import Rating
from glasshouse.mechanisms.remedy import Remedy
from glasshouse.mechanisms.response import Response
from glasshouse.mechanisms.rule import Rule
from glasshouse.policy import Policy
from glasshouse.scenario import Scenario
from glasshouse.tables import layout as at
from glasshouse.tables.asked import Asked, Names, attributes_of, is_idle, only_attributes, reach, ties_of
from glasshouse.tables.chains import order_of_lists
from glasshouse.tables.conduct import Candidates
from glasshouse.tables.detectors import detector_row
from glasshouse.tables.points import half_away, powers
from glasshouse.tables.spans import exists, span, spans
from glasshouse.tables.writer import Writer, fixed
from glasshouse.values import Value, constant

BINS = 100


def live_responses(scenario: Scenario, population: str) -> list[Response]:
    """The responses that somebody could have: not those to the watching of what no rule or list is on."""
    rules = [kind for policy in scenario.policies for rule in policy.rules for kind in rule.on]
    rows = [kind for policy in scenario.policies for named in policy.lists for row in named.enter for kind in row.on]
    watched = frozenset([*rules, *rows])
    return [
        response
        for response in scenario.conduct.responses
        if exists(response, scenario.reading, population) and not is_idle(response.when, watched)
    ]


class Policies:
    """Writes the clauses of a scenario's policies."""

    def __init__(self, writer: Writer, candidates: Candidates, scenario: Scenario, names: Names) -> None:
        self.writer, self.candidates, self.scenario, self.names = writer, candidates, scenario, names
        self.asked = Asked(writer, names, scenario.recipe.ties)
        self.numbers = {policy.name: number for number, policy in enumerate(scenario.policies)}
        self.nought = writer.number(constant(0, "points"))
        self.near = frozenset(tie.id for tie in scenario.recipe.ties if tie.within != "block")

    # --- what stands in this reading ------------------------------------------------------------------------------

    def each(self, section: str) -> Iterable[tuple[Policy, Any]]:
        """The clauses of a section of all policies that exist for the population in the run's reading."""
        for policy in self.scenario.policies:
            for clause in getattr(policy, section):
                if exists(clause, self.scenario.reading, self.writer.population):
                    yield policy, clause

    def clause(self, policy: Policy, clause: Clause) -> int:
        """The clause's row of spans."""
        return self.writer.clause(
            spans(self.writer.timeline, self.writer.leaves, self.scenario.policies, policy, clause)
        )

    def scope(self, policy: Policy) -> int:
        """The policies whose records this one sees, as bits."""
        return sum(1 << self.numbers[name] for name in {policy.name, *policy.reads} if name in self.numbers)

    def first(self, value: Value) -> Decimal:
        """The number of a value that does not move, at the run's first day."""
        return value.on(self.scenario.reading, self.writer.days[0]).number

    def first_steps(self, value: Value, least: int = 0) -> int:
        """A duration that does not move, in steps."""
        return self.writer.timeline.entry(value.on(self.scenario.reading, self.writer.days[0]), least)

    # --- sections -------------------------------------------------------------------------------------------------

    def enrolments(self) -> None:
        """Enrolment clauses."""
        for policy, clause in self.each("enrolment"):
            path = f"{policy.name}/{clause.id}"
            of = sum(1 << self.names.ratings[name] for name in clause.of if name in self.names.ratings)
            self.writer.add(
                "enrolments",
                at.ENROLMENTS,
                clause=self.clause(policy, clause),
                condition=self.asked.condition(clause.when),
                share=self.writer.chance(clause.share, clause.factors, "share"),
                withdraw=self.writer.hazard(clause.withdraw, clause.factors, "withdraw"),
                withdraws=int(any(entry.number > 0 for entry in clause.withdraw.series(self.scenario.reading))),
                key=self.writer.key("process", f"enrolment/{path}"),
                withdraw_key=self.writer.key("process", f"withdrawal/{path}"),
                ratings=of,
                ages=int(
                    self.writer.ages
                    and ("age" in attributes_of(clause.when) or "age" in clause.factors.get("share", {}))
                ),
            )

    def detectors(self) -> list[tuple[str, str]]:
        """Detectors and what they watch; the watches as (detector path, kind)."""
        watches: list[tuple[str, str]] = []
        found = []
        for number, (policy, clause) in enumerate(self.each("detectors")):
            row = detector_row(self.writer, self.candidates, policy, clause, self.names.ties, number)
            kinds = [kind for kind in dict.fromkeys(clause.watches) if kind in self.names.kinds]
            self.writer.add(
                "detectors",
                at.DETECTORS,
                clause=self.clause(policy, clause),
                policy=self.numbers[policy.name],
                first_watch=len(watches),
                n_watches=len(kinds),
                **row,
            )
            for kind in kinds:
                watches.append((f"{policy.name}/{clause.id}", kind))
                found.append(
                    self.writer.add(
                        "watches",
                        at.WATCHES,
                        detector=number,
                        kind=self.names.kinds[kind],
                        key=self.writer.key("process", f"detection/{policy.name}/{clause.id}/{kind}"),
                    )
                )
        rows = self.writer.record["kinds"][0]
        for kind, number in self.names.kinds.items():
            mine = [watch for watch, (_, watched) in zip(found, watches, strict=True) if watched == kind]
            rows["first_watch"][number], rows["n_watches"][number] = self.writer.whole_row(mine), len(mine)
        return watches

    def ratings(self) -> None:
        """Ratings with tiers and indicators."""
        remedied = {name for _, remedy in self.each("remedies") for name in remedy.ratings}
        lapsing = {
            rule.rating
            for _, rule in self.each("rules")
            if any(entry.unit != "none" for entry in rule.lapse.series(self.scenario.reading))
        }
        for policy, rating in self.each("ratings"):
            path = f"{policy.name}/{rating.id}"
            first_tier = self._tiers(policy, rating)
            indicators = [c for _, c in self.each("indicators") if c.rating == path]
            first_indicator = self.writer.used.get("indicators", 0)
            for indicator in indicators:
                self._indicator(policy, indicator)
            floor = min(int(entry.number) for entry in rating.floor.series(self.scenario.reading))
            ceiling = max(int(entry.number) for entry in rating.ceiling.series(self.scenario.reading))
            width = max(1, (ceiling - floor) // BINS)
            of = [clause for _, clause in self.each("enrolment") if path in clause.of]
            remedies = [(p, r) for p, r in self.each("remedies") if path in r.ratings and not r.lists]
            scale = [rating.start, rating.floor, rating.ceiling, *(row.at_least for row in rating.tiers)]
            dated = any(len(value.series(self.scenario.reading)) > 1 for value in scale if value is not None)
            moving = (
                dated
                or rating.method == "weighted"
                or any(
                    row.when is not None and (not only_attributes(row.when) or "age" in attributes_of(row.when))
                    for row in rating.tiers
                )
            )
            self.writer.add(
                "ratings",
                at.RATINGS,
                clause=self.clause(policy, rating),
                weighted=int(rating.method == "weighted"),
                demerit=int(rating.polarity == "demerit"),
                start=self.writer.number(rating.start) if rating.start is not None else self.nought,
                floor=self.writer.number(rating.floor),
                ceiling=self.writer.number(rating.ceiling),
                lowest=floor,
                every=self.writer.steps([rating.publish], 1),
                first_tier=first_tier,
                n_tiers=len(rating.tiers),
                first_indicator=first_indicator,
                n_indicators=len(indicators),
                keeps=int(path in remedied or path in lapsing),
                enrolments=len(of),
                moving=int(moving),
                bin=width,
                bins=(ceiling - floor) // width + 1,
                policy=self.numbers[policy.name],
                cells=self.writer.used.get("cells", 0),
                first_remedy=self._remedies(remedies),
                n_remedies=len(remedies),
                interval=self.writer.used.get("moves", 0),
            )
            self.writer.used["moves"] = self.writer.used.get("moves", 0) + len(rating.tiers) * (len(rating.tiers) + 2)
            self.writer.used["cells"] = self.writer.used.get("cells", 0) + len(rating.tiers) * (
                (ceiling - floor) // width + 1
            )

    def _tiers(self, policy: Policy, rating: Rating) -> int:
        first = self.writer.used.get("tiers", 0)
        for row in rating.tiers:
            self.writer.add(
                "tiers",
                at.TIERS,
                bounded=int(row.at_least is not None),
                at_least=self.writer.number(row.at_least) if row.at_least is not None else 0,
                condition=self.asked.condition(row.when, self.scope(policy)),
            )
        return first

    def _indicator(self, policy: Policy, indicator: Indicator) -> None:
        rating = self.names.ratings[indicator.rating]
        first = self.writer.used.get("cases", 0)
        for case in indicator.cases:
            self.writer.add(
                "cases",
                at.CASES,
                condition=self.asked.condition(case.when, self.scope(policy), rating),
                value=self._thousandths(case.value),
            )
        self.writer.add(
            "indicators",
            at.INDICATORS,
            clause=self.clause(policy, indicator),
            weight=self._thousandths(indicator.weight),
            tie=self.names.ties[indicator.tie_mean.tie] if indicator.tie_mean is not None else -1,
            tie_rating=self.names.ratings.get(indicator.tie_mean.rating, 0) if indicator.tie_mean is not None else -1,
            first_case=first,
            n_cases=len(indicator.cases),
            otherwise=self._thousandths(indicator.otherwise),
        )

    def _thousandths(self, value: Value) -> int:
        return self.writer.dated([value], lambda now, profile: half_away(now[0].number * 1000), words=False)

    def rules(self) -> list[str]:
        """Rules; their paths in order."""
        paths = []
        for policy, rule in self.each("rules"):
            if rule.rating not in self.names.ratings:
                continue
            path = f"{policy.name}/{rule.id}"
            paths.append(path)
            rating = self.names.ratings[rule.rating]
            low, high = rule.discretion or (rule.points, rule.points)
            lowest, repeat = self._repeats(rule)
            self.writer.add(
                "rules",
                at.RULES,
                clause=self.clause(policy, rule),
                rating=rating,
                policy=self.numbers[policy.name],
                condition=self.asked.condition(rule.when, self.scope(policy), rating),
                every=self.writer.steps([rule.every], 1) if rule.every is not None else -1,
                enrolment=int(rule.on == ("enrolment",)),
                low=self.writer.number(low) if low is not None else -1,
                high=self.writer.number(high) if high is not None else -1,
                becomes=self.writer.number(rule.becomes) if rule.becomes is not None else -1,
                drawn=int(rule.discretion is not None),
                discretion_key=self.writer.key("process", f"discretion/{path}"),
                repeat=repeat,
                repeat_low=lowest,
                repeat_window=self.writer.steps([rule.repeat.within], 1) if rule.repeat is not None else -1,
                cap=self.writer.number(rule.cap.points) if rule.cap is not None else -1,
                cap_window=self.writer.steps([rule.cap.per], 1) if rule.cap is not None else -1,
                lapse=self.writer.steps([rule.lapse], 1),
                remembers=int(rule.repeat is not None or rule.cap is not None),
            )
        return paths

    def _repeats(self, rule: Rule) -> tuple[int, int]:
        """Points of the n-th firing (n to 256) of every base amount: (lowest amount, dated place in pool I or -1)."""
        if rule.repeat is None or rule.becomes is not None:
            return 0, -1
        values = rule.discretion or (rule.points, rule.points)
        numbers = [
            int(entry.number) for value in values if value is not None for entry in value.series(self.scenario.reading)
        ]
        low, high = min(numbers), max(numbers)
        if high - low > 4096:
            raise RunFailed(f"{rule.id}: points of a rule with `repeat` may range over 4,096 at most")
        return low, self.writer.dated(
            [rule.repeat.factor],
            lambda now, profile: self.writer.whole_row(powers(low, high, now[0].number)),
            words=False,
        )

    def lists(self) -> list[str]:
        """Lists with their rows; their paths in order."""
        found = list(self.each("lists"))
        for number, (policy, named) in enumerate(found):
            path = f"{policy.name}/{named.id}"
            first_row = self.writer.used.get("rows", 0)
            for position, row in enumerate(named.enter):
                self._row(policy, named, row, number, position)
            remedies = [(p, r) for p, r in self.each("remedies") if path in r.lists]
            self.writer.add(
                "lists",
                at.LISTS,
                clause=self.clause(policy, named),
                policy=self.numbers[policy.name],
                one=int(named.cases == "one"),
                notice=int(named.notice != "none"),
                first_row=first_row,
                n_rows=len(named.enter),
                first_remedy=self._remedies(remedies),
                n_remedies=len(remedies),
                conditional=int(any(not row.on for row in named.enter)),
            )
        for number, position in enumerate(order_of_lists(found, self.names.lists)):
            self.writer.record["list_order"][0, number] = position
        return [f"{policy.name}/{named.id}" for policy, named in found]

    def _row(self, policy: Policy, named: NamedList, row: EnterRow, number: int, position: int) -> None:
        mask = sum(1 << self.names.kinds[kind] for kind in set(row.on) if kind in self.names.kinds)
        entries = row.chance.series(self.scenario.reading)
        bit = self.writer.next("conditional rows", 64) if not row.on else -1
        self.writer.add(
            "rows",
            at.ROWS,
            list=number,
            by_record=int(bool(row.on)),
            condition=self.asked.condition(row.when, self.scope(policy)),
            chance=self.writer.chance(row.chance),
            certain=int(all(entry.number == 1 for entry in entries)),
            term=self.writer.steps([row.term], 1),
            key=self.writer.key("process", f"entry/{policy.name}/{named.id}/{position}"),
            bit=bit,
            number=position,
            reach=reach(row.when, self.near, self.asked.far),
            mask=mask & (2**64 - 1),
            mask2=mask >> 64,
        )

    def _remedies(self, remedies: Sequence[tuple[Policy, Remedy]]) -> int:
        """The remedies of one list or rating, repairs first; where they stand."""
        first = self.writer.used.get("remedies", 0)
        ordered = sorted(remedies, key=lambda pair: pair[1].kind == "appeal")
        for slot, (policy, remedy) in enumerate(ordered):
            if slot > 15:
                raise RunFailed(f"{policy.name}/{remedy.id}: more than 16 remedies lead off one list")
            path = f"{policy.name}/{remedy.id}"
            success = [
                self.writer.chance(remedy.success[g]) if g in remedy.success else -1
                for g in ("own", "mistaken", "unfounded", "spread", "tier")
            ]
            if remedy.appeals > 14:
                raise RunFailed(f"{path}: at most 14 appeals a case")
            self.writer.add(
                "remedies",
                at.REMEDIES,
                clause=self._remembered(policy, remedy),
                appeal=int(remedy.kind == "appeal"),
                condition=self.asked.condition(remedy.when, self.scope(policy)),
                after=self.writer.steps([remedy.after]),
                until=self.writer.steps([remedy.until], 1) if remedy.until is not None else -1,
                rate=self.writer.hazard(remedy.rate, remedy.factors, "rate"),
                decision=self.writer.steps([remedy.decision]),
                delay=self.writer.steps([remedy.delay]),
                success=self.writer.whole_row(success),
                suspends=int(remedy.suspends),
                appeals=remedy.appeals,
                key=self.writer.key("process", f"remedy/{path}"),
                decision_key=self.writer.key("process", f"decision/{path}"),
                slot=slot,
                lists=int(bool(remedy.lists)),
                ratings=sum(1 << self.names.ratings[name] for name in remedy.ratings if name in self.names.ratings),
                number=self.remedy_paths().index(path),
            )
        return first

    def remedy_paths(self) -> list[str]:
        """Paths of all remedies in order."""
        return [f"{policy.name}/{remedy.id}" for policy, remedy in self.each("remedies")]

    def _remembered(self, policy: Policy, clause: Clause) -> int:
        path = f"{policy.name}/{clause.id}"
        if path not in self.writer.windows:
            self.writer.windows[path] = self.clause(policy, clause)
        return self.writer.windows[path]

    def spreads(self) -> None:
        """Spread clauses."""
        for number, (policy, clause) in enumerate(self.each("spread")):
            if clause.list not in self.names.lists or clause.from_list not in self.names.lists:
                continue
            self.writer.add(
                "spreads",
                at.SPREADS,
                clause=self.clause(policy, clause),
                from_list=self.names.lists[clause.from_list],
                tie=self.names.ties[clause.to],
                list=self.names.lists[clause.list],
                condition=self.asked.condition(clause.when, self.scope(policy)),
                chance=self.writer.chance(clause.chance),
                term=self.writer.steps([clause.term], 1),
                key=self.writer.key("process", f"spread/{policy.name}/{clause.id}"),
                number=number,
            )

    def responses(self, targets: dict[str, int]) -> None:
        """Responses of the conduct."""
        for response in live_responses(self.scenario, self.writer.population):
            changed = [targets[name] for name in dict.fromkeys(response.changes) if name in targets]
            window = span(self.writer.timeline, response.in_force)
            self.writer.add(
                "responses",
                at.RESPONSES,
                clause=self.writer.clause([window] * len(self.writer.leaves)),
                condition=self.asked.condition(response.when),
                factor=self.writer.dated([response.factor], lambda now, profile: fixed(now[0].number), words=False),
                first_target=self.writer.whole_row(changed),
                n_targets=len(changed),
                reach=reach(response.when, frozenset(), self.asked.far),
                own=int(reach(response.when) == at.NEEDS_SANCTION and not ties_of(response.when)),
            )
