"""Stage 8: what is asked for, and what gates make of it."""

from __future__ import annotations

from dataclasses import dataclass

from glasshouse.mechanisms.event import Service
from glasshouse.mechanisms.gate import Effect, Gate
from glasshouse.reference.block import Block
from glasshouse.reference.conditions import Ground, Question
from glasshouse.reference.draws import drawn, geometric, nearest, threshold, under
from glasshouse.reference.law import Provision
from glasshouse.reference.ledger import Standing, root_text
from glasshouse.reference.people import FIRMS

REFUSE = "refuse"
UPWARDS_IS_GOOD = ("limit", "rank")


@dataclass(frozen=True, slots=True)
class Consulted:
    """A gate of a service before a subject: what holds in fact and in truth."""

    gate: Provision[Gate]
    fact: Ground | None
    truth: Ground | None

    @property
    def touches(self) -> bool:
        """Whether it holds in either standing."""
        return self.fact is not None or self.truth is not None


def request(block: Block, step: int) -> None:
    """Subject by subject, services in order; nothing is drawn where no gate can touch the subject."""
    in_force = [gate for gate in block.law.gates if step in gate.steps]
    names = [name for name, service in block.law.services.items() if block.law.conduct_in_force(service, step)]
    gates = {name: [place for place, gate in enumerate(in_force) if name in gate.clause.services] for name in names}
    for subject in block.subjects:
        consulted = [_consult(block, gate, subject, step) for gate in in_force]
        for name in names:
            touching = [one for place in gates[name] if (one := consulted[place]).touches]
            if touching:
                _ask(block, block.law.services[name], subject, step, touching)
            elif gates[name]:
                block.book.count(step, "exposure", name)


def _consult(block: Block, gate: Provision[Gate], subject: int, step: int) -> Consulted:
    def ground(standing: Standing) -> Ground | None:
        question = Question(block, standing, subject, step, gate.policy, gate=True)
        return question.ground(gate.clause.when) if question.holds(gate.clause.when) else None

    return Consulted(gate, ground(block.fact), ground(block.truth))


def _ask(block: Block, service: Service, subject: int, step: int, touching: list[Consulted]) -> None:
    stream = block.streams.setdefault(f"request/{service.id}", block.rates.of_service(service))
    refused = False
    for candidate in block.rates.asked(stream, block.luck, subject, step):
        if block.rates.happens(stream, subject, candidate, block.factor(subject, service.id)):
            refused |= _Request(block, service, subject, step, candidate.number, touching).go()
    if refused:
        block.book.count(step, "refused_subjects", service.id)


class _Request:
    """One request of a subject for a service."""

    def __init__(
        self, block: Block, service: Service, subject: int, step: int, number: int, touching: list[Consulted]
    ) -> None:
        self.block = block
        self.service = service
        self.subject = subject
        self.step = step
        self.number = number
        self.touching = touching
        self.refusing: list[tuple[Provision[Gate], Ground]] = []
        self.refused_in_truth = False

    def go(self) -> bool:
        """Consults the gates; whether the request was refused in the end."""
        for one in self.touching:
            if one.gate.clause.then.effect == REFUSE:
                self._weigh(one)
        outcome, tries, refused_tries = self._outcome()
        self._tell(outcome, tries, refused_tries)
        if outcome == "granted":
            self._apply_effects()
        return outcome == "refused"

    def _weigh(self, one: Consulted) -> None:
        """A refusing gate, and the human check that may silence it."""
        gate = one.gate
        if one.fact is not None:
            if self._overridden(gate, one.fact):
                self._effect(gate, "overridden", one.fact)
                self.block.book.count(self.step, "overridden", gate.path, one.fact.name)
            else:
                self.refusing.append((gate, one.fact))
        if one.truth is not None and not self._overridden(gate, one.truth):
            self.refused_in_truth = True

    def _overridden(self, gate: Provision[Gate], ground: Ground) -> bool:
        review = gate.clause.review
        if review is None:
            return False
        chance = self.block.rates.by_ground(
            review.override_chance, {}, "override_chance", ground.name, self.subject, self.step
        )
        return under(self._word(f"gate-review/{gate.path}/{self.service.id}"), threshold(chance))

    def _word(self, purpose: str) -> int:
        return self.block.luck.draw("process", purpose, self.subject, self.step, self.number).u

    def _outcome(self) -> tuple[str, int, int]:
        """(outcome, tries, refused tries)."""
        if not self.refusing:
            return "granted", 1, 0
        block, service = self.block, self.service
        words = block.luck.draw("process", f"tries/{service.id}", self.subject, self.step, self.number)
        mean = block.rates.scaled(service.attempts, service.factors, "attempts", self.subject, self.step)
        tries = 1 + drawn(geometric(mean), words.u)
        evades = block.rates.chance(service.evade_chance, service.factors, "evade_chance", self.subject, self.step)
        if not under(words.v, threshold(evades)):
            return "refused", tries, tries
        caught = block.calendar.number(self.refusing[0][0].clause.evasion_caught, self.step)
        if under(self._word(f"evasion/{service.id}"), threshold(caught)):
            return "refused", tries + 1, tries + 1
        return "circumvented", tries + 1, tries

    # --- accounts --------------------------------------------------------------------------------------------------

    def _tell(self, outcome: str, tries: int, refused_tries: int) -> None:
        block, step, name = self.block, self.step, self.service.id
        wrongful = outcome == "refused" and not self.refused_in_truth
        spared = outcome == "granted" and self.refused_in_truth
        clause = self.refusing[0][0].path if self.refusing else ""
        ground = self.refusing[0][1] if self.refusing else Ground("")
        also = [gate.path for gate, _ in self.refusing[1:]]
        block.book.write(
            "requests", step, block.number, self.subject, name, self.number, tries, outcome, clause, ground.name,
            root_text(ground.root), refused_tries, " ".join(also), wrongful, spared,
        )  # fmt: skip
        block.book.count(step, "requests", name)
        block.book.count(step, "attempts", name, "", tries)
        block.book.count(step, "refused_attempts", name, "", refused_tries)
        for gate, its_ground in self.refusing[1:]:
            block.book.count(step, "also_refused", gate.path, its_ground.name)
        if outcome == "refused":
            self._refused(clause, ground, wrongful)
        else:
            block.book.count(step, outcome, name)
        if spared:
            block.book.count(step, "spared_by_error", name)

    def _refused(self, clause: str, ground: Ground, wrongful: bool) -> None:
        block, step, name = self.block, self.step, self.service.id
        block.book.count(step, "refused_requests", name, ground.name)
        block.book.count(step, "refused_by", clause, ground.name)
        if wrongful:
            block.book.count(step, "wrongly_refused", name, ground.name)
        if not block.refusals[self.subject, name]:
            block.book.count(step, "first_refused", name)
        block.refusals[self.subject, name].append(step)
        if block.population == FIRMS and self.service.ends_subject:
            block.ending.add(self.subject)
        block.sanctions[self.subject].append(step)

    # --- effects ---------------------------------------------------------------------------------------------------

    def _apply_effects(self) -> None:
        """Limits, prices, waits and ranks of a granted request."""
        burdened = False
        for one in self.touching:
            effect = one.gate.clause.then
            if effect.effect == REFUSE or one.fact is None:
                continue
            self._effect(one.gate, effect.effect, one.fact)
            burdened |= self._weigh_effect(one.gate.path, effect, one.fact)
        if burdened:
            self.block.sanctions[self.subject].append(self.step)

    def _weigh_effect(self, path: str, effect: Effect, ground: Ground) -> bool:
        """Counts a burden or a benefit; whether it is a burden."""
        book, step = self.block.book, self.step
        assert effect.amount is not None
        amount = self.block.calendar.entry(effect.amount, step).number
        if effect.effect == "limit" or (amount and (amount > 0) != (effect.effect in UPWARDS_IS_GOOD)):
            book.count(step, "burdened", path, ground.name)
            return True
        if amount:
            book.count(step, "benefited", path, ground.name)
            if effect.effect == "price":
                book.count(step, "benefit_amount", path, ground.name, self._saved(effect))
        return False

    def _saved(self, effect: Effect) -> int:
        """Yuan that a lower price saves, halves away from zero; a percentage is of the service's price at the step."""
        assert effect.amount is not None
        entry = self.block.calendar.entry(effect.amount, self.step)
        if entry.unit != "percent":
            return nearest(-entry.number)
        assert self.service.price is not None
        price = self.block.calendar.entry(self.service.price, self.step).number
        return nearest(-entry.number * price / 100)

    def _effect(self, gate: Provision[Gate], effect: str, ground: Ground) -> None:
        block = self.block
        block.book.write(
            "effects", self.step, block.number, self.subject, self.service.id, self.number, gate.path, effect,
            ground.name, root_text(ground.root),
        )  # fmt: skip
