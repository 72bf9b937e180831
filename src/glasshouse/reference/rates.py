"""Rates in force, the ceilings of streams and the candidates they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from glasshouse.errors import RunFailed
from glasshouse.mechanisms.clause import Factors
from glasshouse.mechanisms.detector import Detector
from glasshouse.mechanisms.event import Event, Service
from glasshouse.reference.calendar import Calendar
from glasshouse.reference.draws import ALWAYS, Luck, choose, drawn, poisson, threshold
from glasshouse.reference.people import People
from glasshouse.scenario import Scenario
from glasshouse.values import READINGS, Value

LARGEST_EXPECTED = Decimal("0.999")
ONE = 65536
GENERATION = 16
"""The bit of a year's word at which the generation of a firm begins."""

Profile = tuple[tuple[str, str], ...]
"""Levels of the attributes that the factors of a clause name: (attribute, level name)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may happen in a step of a year, if its mark says so."""

    number: int
    step: int
    mark: int
    shift: int
    """By how many powers of two the ceiling of the year stands above that of the step's own profile."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Something that has a rate: a kind of event, a service, the false alarms of a detector."""

    name: str
    values: tuple[tuple[str, Value], ...]
    """The values that multiply to the rate, each under the name of its field."""
    factors: Factors
    lift: Fraction
    """The product of the declared response factors above 1."""
    propensity: str = "none"
    limited: bool = False


def propensity_mean(law: str, level: int) -> Decimal:
    """The mean of one of the 64 levels of a propensity law."""
    if law == "uniform":
        return (level + Decimal("0.5")) / 64
    if law == "none":
        return Decimal("0.5")
    if level >= 32:
        return 1 - propensity_mean(law, 63 - level)

    def cube(edge: int) -> Decimal:
        return (Decimal(edge) / 128).sqrt() ** 3

    return Decimal(256) / 3 * (cube(level + 1) - cube(level))


class Rates:
    """The rates of a scenario for the people of a block."""

    def __init__(self, scenario: Scenario, people: People, calendar: Calendar) -> None:
        self._scenario = scenario
        self._people = people
        self._calendar = calendar
        self._ceilings: dict[tuple[str, Profile, int], int | None] = {}
        self._levels: dict[tuple[str, Profile, int, int], int] = {}
        self._means = [propensity_mean(scenario.recipe.propensity, level) for level in range(64)]

    # --- streams ---------------------------------------------------------------------------------------------------

    def of_event(self, kind: Event) -> Stream:
        """The stream of a kind that has a rate."""
        assert kind.rate is not None
        limit = kind.limit
        limited = limit is not None and limit.number == 1 and limit.unit == self._calendar.unit
        values = (("rate", kind.rate), ("instances", kind.instances))
        return Stream(f"event/{kind.id}", values, kind.factors, self._lift(kind.id), kind.propensity, limited)

    def of_service(self, service: Service) -> Stream:
        """The stream of requests for a service."""
        return Stream(f"request/{service.id}", (("rate", service.rate),), service.factors, self._lift(service.id))

    def of_alarms(self, path: str, detector: Detector) -> Stream:
        """The stream of a detector's false alarms."""
        return Stream(f"alarm/{path}", (("false_rate", detector.false_rate),), detector.factors, Fraction(1))

    def _lift(self, name: str) -> Fraction:
        lift = Fraction(1)
        for response in self._scenario.conduct.responses:
            if name in response.changes:
                series = [*response.factor.reported, *response.factor.documented]
                lift *= max(Fraction(1), *(Fraction(entry.number) for entry in series))
        return lift

    # --- factors ---------------------------------------------------------------------------------------------------

    def factor(self, factors: Factors, field: str, profile: Profile, reading: str, day: date) -> Decimal:
        """The product of the factors of a field for a profile."""
        found = Decimal(1)
        levels = dict(profile)
        for attribute, table in factors.get(field, {}).items():
            if attribute in levels:
                value = self._factor_at(attribute, table, levels[attribute])
                found *= value.on(reading, day).number if value is not None else 1
        return found

    def _factor_at(self, attribute: str, table: dict[str, Value], level: str) -> Value | None:
        if self._people.attributes[attribute].form != "breaks":
            return table.get(level)
        reached = [key for key in table if int(key) <= int(level)]
        return table[max(reached, key=int)] if reached else None

    def profile(self, factors: Factors, fields: Iterable[str], index: int, step: int) -> Profile:
        """The levels of a resident that the factors of these fields name."""
        named = {attribute for field in fields for attribute in factors.get(field, {})}
        return tuple(
            (name, self._people.level_name(index, name, step)) for name in self._people.attributes if name in named
        )

    def chance(self, value: Value, factors: Factors, field: str, index: int, step: int) -> Decimal:
        """A chance in a step, times its factors, cut at 1."""
        return min(Decimal(1), self.scaled(value, factors, field, index, step))

    def scaled(self, value: Value, factors: Factors, field: str, index: int, step: int) -> Decimal:
        """A number in a step, times its factors."""
        number = self._calendar.number(value, step)
        if field not in factors:
            return number
        profile = self.profile(factors, [field], index, step)
        day = self._calendar.first_day(step)
        return number * self.factor(factors, field, profile, self._calendar.reading, day)

    def by_ground(
        self, chances: dict[str, Value], factors: Factors, field: str, ground: str, index: int, step: int
    ) -> Decimal:
        """A chance written by ground (0 where the ground is not named), times its factors, cut at 1."""
        if ground not in chances:
            return Decimal(0)
        chance = self.scaled(chances[ground], factors, field, index, step)
        profile = self.profile(factors, [f"{field}.{ground}"], index, step)
        day = self._calendar.first_day(step)
        return min(Decimal(1), chance * self.factor(factors, f"{field}.{ground}", profile, self._calendar.reading, day))

    def hazard_chance(self, value: Value, factors: Factors, field: str, index: int, step: int) -> Decimal:
        """The chance in a step of something with a hazard a year."""
        return 1 - (-self.scaled(value, factors, field, index, step) * self._calendar.length).exp()

    # --- hazards and ceilings --------------------------------------------------------------------------------------

    def _hazard(self, stream: Stream, profile: Profile, level: int, reading: str, day: date) -> Decimal:
        rate = Decimal(1)
        for field, value in stream.values:
            rate *= value.on(reading, day).number * self.factor(stream.factors, field, profile, reading, day)
        if stream.propensity != "none":
            mean = self._means[level]
            rate *= 2 * (1 - mean) if stream.propensity == "bad" else 2 * mean
        if not stream.limited:
            return rate
        expected = rate * self._calendar.length
        if expected > LARGEST_EXPECTED:
            raise RunFailed(f"{stream.name}: {expected:.4f} expected in a step, at most one can happen")
        return -(1 - expected).ln() / self._calendar.length

    def _turning_days(self, stream: Stream) -> set[date]:
        values = [value for _, value in stream.values]
        for field, _ in stream.values:
            values += [value for table in stream.factors.get(field, {}).values() for value in table.values()]
        since = {entry.since for value in values for entry in (*value.reported, *value.documented)}
        return {day for day in since if day is not None} | {date.min}

    def ceiling(self, stream: Stream, profile: Profile, level: int) -> int | None:
        """The power of two that no rate of the stream exceeds for this profile; None where nothing ever happens."""
        key = (stream.name, profile, level)
        if key not in self._ceilings:
            days = self._turning_days(stream)
            hazards = [self._hazard(stream, profile, level, reading, day) for reading in READINGS for day in days]
            self._ceilings[key] = self._power_above(Fraction(max(hazards)) * stream.lift)
        return self._ceilings[key]

    @staticmethod
    def _power_above(number: Fraction) -> int | None:
        if number <= 0:
            return None
        power = 0
        while Fraction(2) ** power >= number:
            power -= 1
        while Fraction(2) ** power < number:
            power += 1
        return power

    def level(self, stream: Stream, profile: Profile, level: int, step: int) -> int:
        """The threshold of a candidate's mark in a step, under the profile's own ceiling and without responses."""
        key = (stream.name, profile, level, step)
        if key not in self._levels:
            power = self.ceiling(stream, profile, level)
            hazard = self._hazard(stream, profile, level, self._calendar.reading, self._calendar.first_day(step))
            self._levels[key] = 0 if power is None else threshold(hazard / Decimal(2) ** power)
        return self._levels[key]

    # --- candidates ------------------------------------------------------------------------------------------------

    def stream_profile(self, stream: Stream, index: int, step: int) -> Profile:
        """The profile of a resident for a stream in a step."""
        return self.profile(stream.factors, [field for field, _ in stream.values], index, step)

    def propensity_of(self, stream: Stream, index: int) -> int:
        """The propensity level of a resident, where the stream looks at it."""
        return 0 if stream.propensity == "none" else self._people.residents[index].propensity

    def candidates(self, stream: Stream, family: str, luck: Luck, index: int, year: int) -> list[Candidate]:
        """The candidates of a year for a resident."""
        steps = range(year * self._calendar.year, (year + 1) * self._calendar.year)
        level = self.propensity_of(stream, index)
        first = self.stream_profile(stream, index, steps[0])
        profiles = {first}
        if self.stream_profile(stream, index, steps[-1]) != first:
            profiles = {self.stream_profile(stream, index, step) for step in steps}
        powers = [power for profile in profiles if (power := self.ceiling(stream, profile, level)) is not None]
        if not powers:
            return []
        power = max(powers)
        mean = Decimal(2) ** power * self._calendar.year_length
        found = []
        address = year + (self._people.residents[index].generation << GENERATION)
        for number in range(drawn(poisson(mean), luck.draw(family, stream.name, index, address).u)):
            words = luck.draw(family, stream.name, index, address, 1 + number)
            step = steps[choose(words.w0, len(steps))]
            own = self.ceiling(stream, self.stream_profile(stream, index, step), level)
            if own is not None:
                found.append(Candidate(number, step, words.v, power - own))
        return found

    def asked(self, stream: Stream, luck: Luck, index: int, step: int) -> list[Candidate]:
        """The candidates of one step for a resident: requests."""
        power = self.ceiling(stream, self.stream_profile(stream, index, step), 0)
        if power is None:
            return []
        mean = Decimal(2) ** power * self._calendar.length
        number = drawn(poisson(mean), luck.draw("process", stream.name, index, step).u)
        return [Candidate(k, step, luck.draw("process", stream.name, index, step, 1 + k).v, 0) for k in range(number)]

    def happens(self, stream: Stream, index: int, candidate: Candidate, factor: int = ONE) -> bool:
        """Whether a candidate happens at the rate of its step, times a response factor in 65536ths."""
        profile = self.stream_profile(stream, index, candidate.step)
        stored = self.level(stream, profile, self.propensity_of(stream, index), candidate.step)
        level = min(stored * factor // ONE, ALWAYS)
        if candidate.shift == 0:
            return candidate.mark < level or level == ALWAYS
        return candidate.mark < level >> candidate.shift
