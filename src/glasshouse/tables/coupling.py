"""Where the two populations meet in the tables: what firms count for residents, and what residents read of it."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

import numpy as np
import numpy.typing as npt

from glasshouse.mechanisms.spread import Spread
from glasshouse.policy import Policy
from glasshouse.randomness import threshold
from glasshouse.society.areas import RESIDENTS
from glasshouse.society.coupling import STANDINGS, Coupling, Question, arrivals, items, leads_to_firms, questions
from glasshouse.tables import layout as at
from glasshouse.tables.policies import Policies


def spread_paths(policies: Policies) -> list[str]:
    """Paths of all spread clauses a population meets: its own, then those that reach it from firms."""
    own = [f"{policy.name}/{clause.id}" for policy, clause in policies.each("spread")]
    if policies.writer.population != RESIDENTS:
        return own
    reached = [f"{policy.name}/{clause.id}" for policy, clause in arrivals(policies.scenario)]
    return list(dict.fromkeys(own + reached))


# --- what firms count ----------------------------------------------------------------------------------------------


def counted(policies: Policies, first: int) -> None:
    """Rows of what firms count each step; ``first`` is the counter of the first item."""
    scenario, asked = policies.scenario, policies.asked
    place = {item: first + number for number, item in enumerate(items(scenario))}
    ties = {tie.id: tie for tie in scenario.recipe.ties}
    found = questions(scenario)
    rows = [Question(tie, None, False) for tie in dict.fromkeys(question.tie for question in found)]
    for question in (*rows, *found):
        policies.writer.add(
            "questions",
            at.QUESTIONS,
            narrow=asked.condition(ties[question.tie].to_when),
            condition=asked.condition(question.condition),
            bare=int(question.condition is None),
            gate=int(question.gate),
            counter=place[question.item, "" if question.condition is None else STANDINGS[0]],
        )
    for policy, clause in arrivals(scenario):
        path = f"spread/{policy.name}/{clause.id}"
        policies.writer.add(
            "arrivals",
            at.ARRIVALS,
            from_list=policies.names.lists.get(clause.from_list, -1),
            narrow=asked.condition(ties[clause.to].from_when),
            counter=place[f"{path}/firms", ""],
        )


# --- what residents read -------------------------------------------------------------------------------------------


def ties_to_firms(policies: Policies) -> None:
    """How many firms a resident is tied to, and by which key that is drawn."""
    rows = policies.writer.record["ties"][0]
    for number, tie in enumerate(policies.scenario.recipe.ties):
        if leads_to_firms(tie) and policies.writer.population == RESIDENTS:
            mean = tie.mean if tie.mean is not None else Decimal(0)
            least = int(mean.to_integral_value(ROUND_FLOOR))
            rows["least"][number], rows["more"][number] = least, threshold(mean - least)
            rows["key"][number] = policies.writer.key("society", f"society/tie/{tie.id}")
            rows["from_when"][number] = policies.asked.condition(tie.from_when)


def read(policies: Policies, coupling: Coupling | None) -> None:
    """Rows of what residents ask of firms, and of the listings that reach them from firms."""
    writer = policies.writer
    for question in policies.asked.questions:
        writer.add(
            "questions",
            at.QUESTIONS,
            first=_numbers(policies, coupling, [(f"tie/{question.tie}", ""), *_both(question.item)]),
            key=writer.key("society", f"society/tie/{question.tie}/{question.text}"),
        )
    for policy, clause in arrivals(policies.scenario):
        if clause.list in policies.names.lists:
            _arrival(policies, policy, clause, coupling)
    writer.record["parted"] = int(coupling is not None and _parted(coupling))


def _both(item: str) -> list[tuple[str, str]]:
    return [(item, standing) for standing in STANDINGS]


def _numbers(policies: Policies, coupling: Coupling | None, columns: list[tuple[str, str]]) -> int:
    """Some items in pool I, side by side, for each leaf and step; -1 where no firms were simulated."""
    if coupling is None:
        return -1
    return policies.writer.whole_row(_table(policies, coupling, columns).ravel().tolist())


def _table(policies: Policies, coupling: Coupling, columns: list[tuple[str, str]]) -> npt.NDArray[np.int64]:
    """[leaves, steps from the scenario's first, columns]."""
    steps = policies.writer.timeline.steps
    table = np.zeros((len(policies.writer.leaves), steps, len(columns)), np.int64)
    here = slice(coupling.first_step, coupling.first_step + coupling.steps)
    for leaf, found in enumerate(policies.writer.leaves):
        for column, (item, standing) in enumerate(columns):
            table[leaf, here, column] = coupling.of(found.place, item, standing)
    return table


def _arrival(policies: Policies, policy: Policy, clause: Spread, coupling: Coupling | None) -> None:
    """One spread clause from firms: firms and new cases, cases that left and were open before, in both standings."""
    writer, name = policies.writer, f"{policy.name}/{clause.id}"
    path = f"spread/{name}"
    first = -1
    if coupling is not None:
        table = _table(policies, coupling, [(f"{path}/firms", ""), *_both(f"{path}/new")])
        entered = _table(policies, coupling, _both(f"{path}/entered"))
        standing = _table(policies, coupling, _both(f"{path}/open"))
        before = np.roll(standing, 1, axis=1)
        before[:, 0] = 0
        columns = np.concatenate([table, before + entered - standing, before], axis=2)
        first = writer.whole_row(columns.ravel().tolist())
    tie = next(tie for tie in policies.scenario.recipe.ties if tie.id == clause.to)
    writer.add(
        "arrivals",
        at.ARRIVALS,
        clause=policies.clause(policy, clause),
        list=policies.names.lists[clause.list],
        narrow=policies.asked.condition(tie.to_when),
        condition=policies.asked.condition(clause.when, policies.scope(policy)),
        chance=writer.chance(clause.chance),
        term=writer.steps([clause.term], 1),
        key=writer.key("process", f"spread/{name}"),
        end_key=writer.key("process", f"spread-end/{name}"),
        number=spread_paths(policies).index(name),
        first=first,
    )


def _parted(coupling: Coupling) -> bool:
    """Whether fact and truth differ anywhere in what firms hand on."""
    return any(
        bool((numbers != coupling.of(area, item, STANDINGS[1])).any())
        for (area, item, standing), numbers in coupling.counts.items()
        if standing == STANDINGS[0]
    ) or any(
        bool((numbers != coupling.of(area, item, STANDINGS[0])).any())
        for (area, item, standing), numbers in coupling.counts.items()
        if standing == STANDINGS[1]
    )
