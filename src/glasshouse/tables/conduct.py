"""Kinds, services and false alarms as ceilings, thresholds and tables of candidates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from math import frexp

from glasshouse.errors import RunFailed
from glasshouse.mechanisms.clause import Factors
from glasshouse.mechanisms.event import Event, Service
from glasshouse.mechanisms.response import Response
from glasshouse.randomness import DIGITS, cumulative, geometric_table, poisson_table, threshold, trace_key
from glasshouse.tables import layout
from glasshouse.tables.writer import Writer
from glasshouse.values import READINGS, Value

LOWEST = -60
LEVELS = 64
NOTHING = (1 << 64) - 1


def propensities(law: str) -> list[Decimal]:
    """The mean propensity of each of the 64 equally likely levels of a law."""
    with localcontext() as context:
        context.prec = DIGITS
        if law == "uniform":
            return [(Decimal(level) + Decimal("0.5")) / LEVELS for level in range(LEVELS)]
        if law == "none":
            return [Decimal("0.5")] * LEVELS
        bounds = [(Decimal(level) / 128).sqrt() for level in range(33)]
        lower = [(bounds[level + 1] ** 3 - bounds[level] ** 3) * 256 / 3 for level in range(32)]
        return lower + [1 - mean for mean in reversed(lower)]


def power_above(rate: Decimal) -> int:
    """The exponent of the smallest power of two not below a positive rate."""
    exponent = max(LOWEST, frexp(float(rate))[1] - 2)
    with localcontext() as context:
        context.prec = DIGITS
        while Decimal(2) ** exponent < rate:
            exponent += 1
    return exponent


class Candidates:
    """Writes the streams of candidates: exponents of ceilings, thresholds of marks, tables of numbers."""

    def __init__(self, writer: Writer, propensity: str, answering: frozenset[str]) -> None:
        self.writer = writer
        self.answering = answering
        """Kinds and services that a response can change."""
        with localcontext() as context:
            context.prec = DIGITS
            self.factors = {
                "good": [2 * p for p in propensities(propensity)],
                "bad": [2 * (1 - p) for p in propensities(propensity)],
                "none": [Decimal(1)] * LEVELS,
            }
        self._poisson: dict[tuple[bool, int], int] = {}

    def draw(self, name: int, key: int, columns: dict[str, int], *, judged: bool) -> int:
        """A stream drawn a year at a time: of a kind, or (``name`` 128 and more) of a detector's false alarms."""
        writer, mask = self.writer, LEVELS - 1 if name < layout.KINDS else 0
        first, width = columns["exponent"], columns["width"]
        tables = writer.record["poisson"][0]
        numbers = [
            NOTHING if exponent < 0 else writer.words[int(tables["off"][exponent])]
            for exponent in writer.exponents[first : first + width]
        ]
        return writer.add(
            "streams", layout.STREAMS, name=name, key=key, none=writer.word_row(numbers), mask=mask,
            judged=int(judged), **columns,
        )  # fmt: skip

    def poisson(self, exponent: int, *, a_step: bool) -> None:
        """The table of numbers of candidates at a ceiling 2^exponent a year, for a year of the run or for a step."""
        mark = (a_step, exponent - LOWEST)
        if mark in self._poisson:
            return
        with localcontext() as context:
            context.prec = DIGITS
            length = self.writer.timeline.dt * (1 if a_step else self.writer.timeline.year)
            try:
                table = poisson_table(Decimal(2) ** exponent * length)
            except ValueError as error:
                raise RunFailed(f"a rate is too high for one stream of candidates: {error}") from None
        self._poisson[mark] = self.writer.word_row(table)
        row = self.writer.record["poisson_step" if a_step else "poisson"][0]
        row["off"][mark[1]], row["count"][mark[1]] = self._poisson[mark], len(table)

    def stream(
        self,
        rates: Sequence[Value],
        factors: Factors,
        fields: Sequence[str],
        propensity: str,
        hazard: Callable[[Decimal], Decimal],
        rising: Decimal,
        *,
        levels: int,
        a_step: bool,
    ) -> dict[str, int]:
        """Columns set, rate, width, seg and exponent of a stream whose rate is the product of ``rates`` and factors."""
        writer = self.writer
        names = writer.factor_names(factors, fields)
        profiles = writer.profiles(names)
        entries, which = writer.segments(rates)
        bases = [self._product([entry.number for entry in now]) for now in entries]
        tops = [self._product(list(now)) for now in self._every(rates)]
        weights = self.factors[propensity][:levels] if levels == LEVELS else [Decimal(1)]
        exponents: list[int] = []
        thresholds: list[list[int]] = [[] for _ in entries]
        for profile in profiles:
            scale = self._product([writer.factor(factors, field, profile) for field in fields])
            for weight in weights:
                top = max(hazard(self._product([top, scale, weight])) for top in tops)
                if top <= 0:
                    exponents.append(-1)
                    for row in thresholds:
                        row.append(0)
                    continue
                exponent = power_above(self._product([top, rising]))
                self.poisson(exponent, a_step=a_step)
                exponents.append(exponent - LOWEST)
                with localcontext() as context:
                    context.prec = DIGITS
                    for row, base in zip(thresholds, bases, strict=True):
                        row.append(threshold(hazard(self._product([base, scale, weight])) / Decimal(2) ** exponent))
        off = writer.word_row([number for row in thresholds for number in row])
        writer.exponents.extend(exponents)
        return {
            "set": writer.set_of(names),
            "rate": off,
            "width": len(profiles) * len(weights),
            "seg": writer.segment_row(which),
            "exponent": len(writer.exponents) - len(exponents),
        }

    @staticmethod
    def _product(numbers: Sequence[Decimal]) -> Decimal:
        with localcontext() as context:
            context.prec = DIGITS
            result = Decimal(1)
            for number in numbers:
                result *= number
            return result

    @staticmethod
    def _every(rates: Sequence[Value]) -> list[tuple[Decimal, ...]]:
        """All combinations of the numbers of all dates and both readings that can stand together."""
        found: list[tuple[Decimal, ...]] = []
        for reading in READINGS:
            dates = sorted({entry.since for rate in rates for entry in rate.series(reading) if entry.since is not None})
            starts = [rate.series(reading)[0].number for rate in rates]
            found.append(tuple(starts))
            found += [tuple(rate.on(reading, day).number for rate in rates) for day in dates]
        return found


def rising(responses: Sequence[Response], target: str) -> Decimal:
    """The product of the declared response factors above 1 (both readings, largest value) on a kind or service."""
    result = Decimal(1)
    with localcontext() as context:
        context.prec = DIGITS
        for response in responses:
            if target in response.changes:
                top = max(entry.number for reading in READINGS for entry in response.factor.series(reading))
                result *= max(Decimal(1), top)
    return result


def event_row(
    writer: Writer,
    candidates: Candidates,
    event: Event,
    responses: Sequence[Response],
    clause: int,
    kinds: dict[str, int],
) -> dict[str, int]:
    """All columns of a kind but those that point to policies."""
    row: dict[str, int] = {
        "clause": clause,
        "key": writer.key("conduct", f"event/{event.id}"),
        "amount_key": writer.key("conduct", f"amount/{event.id}"),
        "trace_key": trace_key(event.id),
        "limit": 0,
        "unit": 0,
        "limited": -1,
        "yuan": -1,
        "parent": -1,
        "stream": -1,
        "responds": int(event.id in candidates.answering),
    }
    if event.amounts:
        table = cumulative([share for _, share in event.amounts])
        row["amounts"], row["n_amounts"] = writer.word_row(table), len(table)
        row["yuan"] = writer.whole_row([yuan for yuan, _ in event.amounts])
    timeline = writer.timeline
    if event.follows is not None:
        row["parent"] = kinds[event.follows.event]
        row["chance"] = writer.chance(event.follows.chance)
        row["after"] = writer.steps([event.follows.after])
        return row
    one_a_step = event.limit is not None and event.limit.number == 1 and event.limit.unit == timeline.step

    def hazard(rate: Decimal) -> Decimal:
        if not one_a_step:
            return rate
        with localcontext() as context:
            context.prec = DIGITS
            chance = rate * timeline.dt
            if chance > Decimal("0.999"):
                raise RunFailed(
                    f"{event.id}: expects {chance:.4f} events in a step, but at most one may happen; 0.999 is the most"
                )
            return -(1 - chance).ln() / timeline.dt

    assert event.rate is not None
    columns = candidates.stream(
        [event.rate, event.instances],
        event.factors,
        ["rate", "instances"],
        event.propensity,
        hazard,
        rising(responses, event.id),
        levels=LEVELS,
        a_step=False,
    )
    row["stream"] = candidates.draw(kinds[event.id], row["key"], columns, judged=row["responds"] == 0)
    if event.limit is not None:
        row["limit"] = event.limit.number
        row["limited"] = writer.next("limited", 64)
        row["unit"] = writer.whole_row([timeline.unit(event.limit.unit, step) for step in range(timeline.steps)])
    return row


def service_row(
    writer: Writer, candidates: Candidates, service: Service, responses: Sequence[Response], clause: int
) -> dict[str, int]:
    """All columns of a service but those of its gates."""
    row = {
        "clause": clause,
        "key": writer.key("process", f"request/{service.id}"),
        "tries_key": writer.key("process", f"tries/{service.id}"),
        "evasion_key": writer.key("process", f"evasion/{service.id}"),
        "responds": int(service.id in candidates.answering),
        "evade": writer.chance(service.evade_chance, service.factors, "evade_chance"),
    }
    row |= candidates.stream(
        [service.rate],
        service.factors,
        ["rate"],
        "none",
        lambda rate: rate,
        rising(responses, service.id),
        levels=1,
        a_step=True,
    )
    row["tries"] = tries(writer, service.attempts)
    return row


def tries(writer: Writer, attempts: Value) -> int:
    """Where in pool I the (offset, length) of the geometric table in force at each step stands, two numbers a step."""
    entries, which = writer.segments([attempts])
    tables = []
    for (entry,) in entries:
        try:
            table = geometric_table(entry.number)
        except ValueError as error:
            raise RunFailed(str(error)) from None
        tables.append((writer.word_row(table), len(table)))
    return writer.whole_row([number for segment in which for number in tables[segment]])
