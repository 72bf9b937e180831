"""Gates: who is refused what, by which clause, on what ground, and what becomes of requests at each service."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from glasshouse.explain.clauses import Clauses
from glasshouse.measures.counted import Counted, Figure
from glasshouse.report.account import Account, plain_name, short_names, told
from glasshouse.report.markup import Markup, paragraph, section, table
from glasshouse.report.picture import COLOURS, GROUND_COLOURS, WIDTH, altair, figure, figures, rows_of
from glasshouse.vocabulary import GROUNDS

SHOWN: Final = 14
MOST: Final = 60
GROUND_NAMES: Final = {"own": "own deed", "tier": "tier of a score", "spread": "a tie's listing",
                       "mistaken": "mistaken record", "unfounded": "unfounded record"}  # fmt: skip
DID: Final = {
    "refused_by": "refused", "also_refused": "would also have refused", "burdened": "granted with a burden",
    "benefited": "granted with a benefit",
}  # fmt: skip
"""What a gate can do to a request."""
OUTCOMES: Final = ("granted", "met another way", "refused")


def gates(account: Account) -> Markup:
    """The part of the page on gates."""
    acting = gates_of(account.counted)
    if not acting:
        return section("gates", "Gates", paragraph("No gate touched anybody in this run."))
    refusing = [path for path, figures_ in acting.items() if figures_["refused_by"].counted]
    return section(
        "gates", "Gates: what is refused, and by which clause",
        figures(
            _by_ground(account, refusing[:SHOWN]),
            _by_service(account),
        ),
        whole_run(account, acting, account.counted.population),
        paragraph(f"{len(acting) - MOST} more gates touched fewer.") if len(acting) > MOST else None,
    )  # fmt: skip


def gates_of(counted: Counted) -> dict[str, dict[str, Figure]]:
    """Gates that touched somebody, with what each did; those that refused most first."""
    paths = [f"{policy.name}/{gate.id}" for policy in counted.scenario.policies for gate in policy.gates]
    found = {path: {name: counted.of(name, item=path) for name in DID} for path in paths}
    acting = [path for path in paths if any(each.counted for each in found[path].values())]
    acting.sort(key=lambda path: (-found[path]["refused_by"].value, -found[path]["burdened"].value, path))
    return {path: found[path] for path in acting}


def whole_run(account: Account, acting: dict[str, dict[str, Figure]], population: str) -> Markup:
    """What each gate did over the whole run, as a table."""
    clauses = Clauses(account.scenario)
    rows = [
        (path, *(told(acting[path][name].value) for name in DID), clauses.by_path[path].text)
        for path in list(acting)[:MOST]
    ]
    heads = ("gate", *DID.values(), "what it says")
    return table(f"Gates that touched {population}. {account.stamp}", heads, rows)


def _by_ground(account: Account, paths: list[str]) -> Markup | None:
    if not paths:
        return None
    found: dict[tuple[str, str], float] = defaultdict(float)
    for _, item, ground, value in account.monthly("refused_by").iter_rows():
        found[item, ground] += value
    grounds = [ground for ground in GROUNDS if any(found[path, ground] for path in paths)]
    names = short_names(paths)
    rows = [
        {"gate": names[path], "ground": GROUND_NAMES[ground], "requests": found[path, ground]}
        for path in paths for ground in grounds
    ]  # fmt: skip
    alt = altair()
    scale = alt.Scale(domain=[GROUND_NAMES[each] for each in grounds], range=[GROUND_COLOURS[each] for each in grounds])
    chart = alt.Chart(rows_of(rows)).mark_bar().encode(
        x=alt.X("requests:Q", title="requests refused", axis=alt.Axis(format="~s", tickCount=5)),
        y=alt.Y("gate:N", title=None, sort=[names[path] for path in paths]),
        color=alt.Color("ground:N", title=None, scale=scale),
    ).properties(width=WIDTH - 60, height=22 * len(paths))  # fmt: skip
    numbers = [(names[path], *(told(found[path, ground]) for ground in grounds)) for path in paths]
    return figure(
        account, "refused-by", "What each gate refuses, and on what ground",
        "Requests refused for good, over the whole run.", chart,
        ("gate", *(GROUND_NAMES[each] for each in grounds)), numbers,
        said=f"Most are refused by {names[paths[0]]}.",
    )  # fmt: skip


def _by_service(account: Account) -> Markup | None:
    counted = account.counted
    services = [each for each in counted.items("requests") if counted.of("requests", item=each).counted]
    if not services:
        return None
    rows, numbers = [], []
    services.sort(key=lambda each: -counted.of("refused_requests", item=each).value)
    for service in services[:SHOWN]:
        asked = counted.of("requests", item=service).value
        parts = [counted.of(each, item=service).value for each in ("granted", "circumvented", "refused_requests")]
        rows += [{"service": plain_name(service), "outcome": outcome, "share": part / asked, "rank": rank}
                 for rank, (outcome, part) in enumerate(zip(OUTCOMES, parts, strict=True))]  # fmt: skip
        wrong = counted.of("wrongly_refused", item=service).value
        tries, people = (counted.of(each, item=service).value for each in ("refused_attempts", "first_refused"))
        numbers.append((plain_name(service), *map(told, (asked, *parts, wrong, tries, people))))
    alt = altair()
    chart = alt.Chart(rows_of(rows)).mark_bar().encode(
        x=alt.X("share:Q", title="share of requests", axis=alt.Axis(format="%", tickCount=5),
                scale=alt.Scale(domain=[0, 1])),
        y=alt.Y("service:N", title=None, sort=[plain_name(each) for each in services[:SHOWN]]),
        color=alt.Color("outcome:N", title=None, scale=alt.Scale(
            domain=list(OUTCOMES), range=[COLOURS[2], COLOURS[4], COLOURS[1]])),
        order="rank:Q",
    ).properties(width=WIDTH - 60, height=22 * min(SHOWN, len(services)))  # fmt: skip
    return figure(
        account, "services", "What becomes of requests that a gate could touch",
        "Share of the requests of those whom some gate of the service could touch; everybody else is never asked.",
        chart,
        ("service", "requests", *OUTCOMES, "wrongly refused", "refused tries", "persons refused"), numbers,
    )  # fmt: skip
