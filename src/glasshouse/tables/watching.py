"""Which clauses watch which kind: what the conditions of responses ask by ``watched``."""

from __future__ import annotations

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
