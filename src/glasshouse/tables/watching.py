"""What records lead to: the rules and lists that see those of a watch; and which clauses watch which kind."""

from __future__ import annotations

import numpy as np

from glasshouse.tables.policies import Policies


def watched(policies: Policies) -> None:
    """For each kind what watches it: (clause, rating) of rules with points against it, (clause, -1) of lists."""
    pairs: dict[int, list[int]] = {number: [] for number in policies.names.kinds.values()}
    rows = policies.writer.record
    rules = [(p, r) for p, r in policies.each("rules") if r.rating in policies.names.ratings]
    for number, (_, rule) in enumerate(rules):
        rating = policies.names.ratings[rule.rating]
        worse = 1 if rows["ratings"][0]["demerit"][rating] else -1
        values = [rule.points] if rule.points is not None else list(rule.discretion or ())
        numbers = [entry.number for value in values for entry in value.series(policies.scenario.reading)]
        if rule.becomes is not None or any(amount * worse > 0 for amount in numbers):
            for kind in dict.fromkeys(rule.on):
                if kind in policies.names.kinds:
                    pairs[policies.names.kinds[kind]] += [int(rows["rules"][0]["clause"][number]), rating]
    for number, (_, named) in enumerate(policies.each("lists")):
        for kind in dict.fromkeys(kind for row in named.enter for kind in row.on):
            if kind in policies.names.kinds:
                pairs[policies.names.kinds[kind]] += [int(rows["lists"][0]["clause"][number]), -1]
    for kind_number, mine in pairs.items():
        rows["kinds"][0]["first_watched"][kind_number] = policies.writer.whole_row(mine)
        rows["kinds"][0]["n_watched"][kind_number] = len(mine) // 2


def followed(policies: Policies) -> None:
    """For each watch the rules and lists on its kind whose policies see its detector's records."""
    rows, names = policies.writer.record, policies.names
    seen = [policies.scope(policy) for policy in policies.scenario.policies]
    rules = [(p, r) for p, r in policies.each("rules") if r.rating in names.ratings]
    lists = [(p, {kind for row in named.enter for kind in row.on}) for p, named in policies.each("lists")]
    kinds, watches = list(names.kinds), rows["watches"][0]
    for watch in range(policies.writer.used.get("watches", 0)):
        kind = kinds[int(watches["kind"][watch])]
        author = int(rows["detectors"][0]["policy"][int(watches["detector"][watch])])
        mine = [
            number
            for number, (policy, rule) in enumerate(rules)
            if kind in rule.on and seen[policies.numbers[policy.name]] >> author & 1
        ]
        watches["first_rule"][watch], watches["n_rules"][watch] = policies.writer.whole_row(mine), len(mine)
        bits = [
            1 << number
            for number, (policy, on) in enumerate(lists)
            if kind in on and seen[policies.numbers[policy.name]] >> author & 1
        ]
        watches["lists"][watch] = np.uint64(sum(bits)).astype(np.int64)
