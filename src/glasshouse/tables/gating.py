"""Gates as rows: one for each service a clause names, service by service."""

from __future__ import annotations

from glasshouse.mechanisms.gate import Gate
from glasshouse.policy import Policy
from glasshouse.tables import layout as at
from glasshouse.tables.asked import reach
from glasshouse.tables.points import half_away
from glasshouse.tables.policies import Policies
from glasshouse.tables.writer import Numbers


def gates(policies: Policies) -> list[str]:
    """Gates, one row a service, service by service; paths of the clauses in order."""
    found = list(policies.each("gates"))
    clauses = [policies.clause(policy, gate) for policy, gate in found]
    rows = policies.writer.record["services"][0]
    for service, position in policies.names.services.items():
        rows["first_gate"][position] = policies.writer.used.get("gates", 0)
        for number, (policy, gate) in enumerate(found):
            if service in gate.services:
                _gate(policies, policy, gate, service, position, number, clauses[number])
        rows["n_gates"][position] = policies.writer.used.get("gates", 0) - rows["first_gate"][position]
    return [f"{policy.name}/{gate.id}" for policy, gate in found]


def _gate(
    policies: Policies, policy: Policy, gate: Gate, service: str, position: int, number: int, clause: int
) -> None:
    effect = ("refuse", "limit", "price", "wait", "rank").index(gate.then.effect)
    worse = 1 if effect in (at.PRICE, at.WAIT) else -1
    burden = policies.nought
    if gate.then.amount is not None:
        burden = policies.writer.dated(
            [gate.then.amount],
            lambda now, profile: 1 if effect == at.LIMIT else (now[0].number > 0) * worse - (now[0].number < 0) * worse,
            words=False,
        )
    review = gate.review.override_chance if gate.review is not None else {}
    grounds = [
        policies.writer.chance(review[g]) if g in review else -1
        for g in ("own", "mistaken", "unfounded", "spread", "tier")
    ]
    policies.writer.add(
        "gates",
        at.GATES,
        clause=clause,
        service=position,
        condition=policies.asked.condition(gate.when, policies.scope(policy), gate=True),
        effect=effect,
        burden=burden,
        caught=policies.writer.chance(gate.evasion_caught),
        reviewed=int(gate.review is not None and effect == at.REFUSE),
        review=policies.writer.whole_row(grounds),
        review_key=policies.writer.key("process", f"gate-review/{policy.name}/{gate.id}/{service}"),
        money=_money(policies, gate, service),
        number=number,
        reach=reach(gate.when, policies.near, policies.asked.far),
    )


def _money(policies: Policies, gate: Gate, service: str) -> int:
    """Yuan a benefited request saves, as a dated row; -1 where none."""
    value = gate.then.amount
    if gate.then.effect != "price" or value is None:
        return -1
    price = next(s for s in policies.scenario.conduct.services if s.id == service).price
    values = [value] if price is None else [value, price]

    def yuan(now: Numbers, profile: dict[str, int]) -> int:
        if now[0].unit == "yuan":
            return half_away(-now[0].number)
        return half_away(-now[0].number * now[1].number / 100)

    return policies.writer.dated(values, yuan, words=False)
