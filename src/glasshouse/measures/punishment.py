"""What a policy does (the plain figures), and M3, M4, M16 and M26: is it double, borne by others, out of proportion, or
laid on what is lawful?

A sanction here is a case opened, a request refused, or a burden on one that is granted; a root is the one event behind
it. A perfectly accurate system that punishes criticism wrongs nobody by the measure of truth, and must not score zero
harm: what is borne for lawful conduct therefore stands beside what is borne wrongly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from glasshouse.measures.counted import Counted, Figure, jackknifed
from glasshouse.measures.figure import Interval, Measure, Measures
from glasshouse.measures.lives import Lives
from glasshouse.vocabulary import LAWFUL_NATURES

if TYPE_CHECKING:
    from collections.abc import Callable

    from glasshouse.mechanisms.event import Event
    from glasshouse.runs import Run

Numbers = npt.NDArray[np.float64]
PETTY: Final = 2
"""Up to this gravity an act is petty."""
PLAIN: Final = (
    ("cases opened", "entered", "Cases opened on lists."),
    ("came onto a list", "new_listed", "Times a subject went from no case on a list to one."),
    ("requests refused", "refused_requests", "Requests refused for good."),
    ("tries refused", "refused_attempts", "Tries refused, several for one request."),
    ("persons refused", "first_refused", "Subjects refused at least once, once for each service."),
    ("requests burdened", "burdened", "Requests granted later, dearer, limited or ranked lower."),
    ("requests benefited", "benefited", "Requests granted cheaper, sooner or ranked higher."),
    ("wrongfully refused", "wrongly_refused", "Requests refused that would pass if every record were true."),
)


def sanctions(run: Run, groups: bool = True) -> Measures:
    """The plain figures: what the policies of a run did, in rates per 1,000 subject-years, by group and by item."""
    counted = Counted(run)
    found: list[Measure] = []
    for group in counted.groups if groups else ["all"]:
        years = counted.subject_years(group)
        for name, quantity, sentence in PLAIN:
            figure = counted.of(quantity, group=group)
            found.append(
                counted.ratio("", name, figure, years, "per 1,000 subject-years", sentence, group=group, scale=1e3)
            )
        listed = counted.of("listed", group=group) * counted.step_days
        found.append(counted.ratio(
            "", "days listed", listed, years, "days per 1,000 subject-years", "Days on lists, each list by itself.",
            group=group, scale=1e3,
        ))  # fmt: skip
    for name, quantity, sentence in PLAIN:
        found += [
            counted.total("", name, counted.of(quantity, item=item), "", sentence, item=item)
            for item in counted.items(quantity)
        ]
    return counted.answer("What the policies do", found)


# --- roots ---------------------------------------------------------------------------------------------------------


def _roots(counted: Counted) -> tuple[list[str], Numbers, Numbers]:
    """Kinds that were punished; roots [kinds, sanctions 0..63] of the society; the same by batch."""
    rows = counted.part("roots", "kind", "sanctions")
    kinds = sorted(set(rows["kind"].to_list()))
    place = {kind: number for number, kind in enumerate(kinds)}
    roots = np.zeros((len(kinds), 64))
    for kind, number, value in rows.select("kind", "sanctions", "value").iter_rows():
        roots[place[kind], number] += value / counted.replications
    cells = np.zeros((len(counted.cells.blocks), len(kinds), 64))
    for item, ground, cell, value in counted.batched("roots").iter_rows():
        if item in place:
            cells[cell, place[item], int(ground)] += value / counted.replications
    return kinds, roots, cells


def double_index(roots: Numbers) -> tuple[float, float] | None:
    """The double-punishment index and the share punished twice, of roots by their number of sanctions 0, 1, 2, ..

    DPI = sum of (n - 1) over roots with n >= 1, divided by how many those are.
    """
    roots = np.asarray(roots, float)
    punished = float(roots[1:].sum())
    if punished == 0:
        return None
    further = float((roots[1:] * np.arange(len(roots) - 1)).sum())
    return further / punished, float(roots[2:].sum()) / punished


def double_punishment(run: Run, blocks: int | None = None) -> Measures:
    """M3: sanctions per root beyond the first, and the share of roots with two or more.

    Counts hold every case and refusal of a root; with ``blocks`` lives are lived again and only distinct pairs of
    authority and right count, as the measure is meant.
    """
    counted = Counted(run)
    _, roots, cells = _roots(counted)
    together = roots.sum(axis=0)
    found: list[Measure] = list(
        _double(
            together,
            "sanctions",
            lambda place: jackknifed(
                counted, cells.sum(axis=1), lambda r: None if (d := double_index(r)) is None else d[place]
            ),
        )
    )
    if blocks is None:
        return counted.answer(
            "M3 Double punishment", found, "Every case and refusal counts here; refusals of one list repeat. Give "
            "`blocks=64` to count distinct authorities and rights instead.",
            "A root with more than 62 sanctions counts as 63.",
        )  # fmt: skip
    lives = Lives.of(run, blocks)
    distinct = np.zeros(64)
    by_root: dict[tuple[int, str], set[tuple[str, str]]] = {}
    weights: dict[tuple[int, str], float] = {}
    for life, block, weight in zip(lives.told, lives.block, lives.weight, strict=True):
        for root, pairs in life.punished.items():
            key = (int(block), root)
            by_root.setdefault(key, set()).update(pairs)
            weights[key] = float(weight)
    for key, pairs in by_root.items():
        distinct[min(len(pairs), 63)] += weights[key]
    found += _double(distinct, "distinct authorities and rights", lambda place: None)
    return lives.answer("M3 Double punishment", found)


def _double(roots: Numbers, of: str, interval: Callable[[int], Interval | None]) -> Iterator[Measure]:
    index = double_index(roots)
    punished = float(roots[1:].sum())
    names = (
        (
            "double punishment index",
            "sanctions beyond the first, per punished root",
            "For each act that was punished, so many sanctions follow the first one.",
        ),
        ("punished twice or more", "of punished roots", "Of the acts punished, so many were punished twice."),
    )
    for place, (name, unit, sentence) in enumerate(names):
        value = None if index is None else index[place]
        bounds = interval(place) if index is not None else None
        yield Measure(
            "M3", name, value, unit, sentence, of, numerator=None if value is None else value * punished,
            exposure=punished, intervals=() if bounds is None else (bounds,),
        )  # fmt: skip


# --- proportion ----------------------------------------------------------------------------------------------------


def tau_b(table: Numbers) -> float | None:
    """Kendall's tau-b of a table of counts [gravity, severity], both ascending."""
    parts = _pairs(table)
    below = ((parts[0] - parts[1]) * (parts[0] - parts[2])) ** 0.5
    return None if below == 0 else parts[3] / below


def somers_d(table: Numbers) -> float | None:
    """Somers' D of severity (columns) given gravity (rows) of a table of counts, both ascending."""
    parts = _pairs(table)
    return None if parts[0] == parts[1] else parts[3] / (parts[0] - parts[1])


def _pairs(table: Numbers) -> tuple[float, float, float, float]:
    """All pairs, pairs tied in rows, pairs tied in columns, agreeing less disagreeing pairs."""
    table = np.asarray(table, float)
    total = float(table.sum())
    agree = 0.0
    for row in range(len(table)):
        below = table[row + 1 :].sum(axis=0)
        after = np.concatenate([np.cumsum(below[::-1])[::-1][1:], [0.0]])
        before = np.concatenate([[0.0], np.cumsum(below)[:-1]])
        agree += float((table[row] * (after - before)).sum())
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    return (
        total * (total - 1) / 2, float((rows * (rows - 1)).sum()) / 2, float((columns * (columns - 1)).sum()) / 2, agree
    )  # fmt: skip


def proportionality(run: Run) -> Measures:
    """M16: do graver acts meet more sanctions? Rank correlations over punished acts; what petty acts bear.

    Severity is the number of sanctions an act led to (cases, refusals and burdens): how severe each was is not counted.
    """
    counted = Counted(run)
    kinds, roots, cells = _roots(counted)
    gravity = {event.id: event.gravity for event in counted.scenario.conduct.events}
    kept = [place for place, kind in enumerate(kinds) if kind in gravity]
    steps = np.array([gravity[kinds[place]] for place in kept])
    pattern = np.stack([steps == step for step in range(1, 6)]).astype(float)

    def table(r: Numbers) -> Numbers:
        found: Numbers = pattern @ r[kept]
        return found[:, 1:]

    weights = np.arange(1, 64)
    whole = table(roots)
    acts, borne = float(whole.sum()), float((whole @ weights).sum())
    petty = float((whole[:PETTY] @ weights).sum())
    figures: tuple[tuple[str, Callable[[Numbers], float | None], str, str], ...] = (
        ("rank correlation", lambda r: tau_b(table(r)), "tau-b", "1 where graver acts always meet more sanctions."),
        ("Somers' D", lambda r: somers_d(table(r)), "", "Chance that the graver act meets more, less the reverse."),
        ("petty share", lambda r: _share(table(r) @ weights), "of sanctions",
         f"So much of all sanctions follows acts of gravity {PETTY} or less."),
        ("severity elasticity", lambda r: elasticity(table(r)), "",
         "One hundredth more gravity goes with so many hundredths more sanctions; 0 blind to gravity."),
    )  # fmt: skip
    found = []
    for name, statistic, unit, sentence in figures:
        interval = jackknifed(counted, cells, statistic, signed=name != "petty share") if acts else None
        found.append(Measure(
            "M16", name, statistic(roots) if acts else None, unit, sentence, numerator=petty,
            exposure=borne if name == "petty share" else acts, intervals=() if interval is None else (interval,),
        ))  # fmt: skip
    return counted.answer(
        "M16 Proportionality", found, "Over acts that led to a sanction at all; false alarms have no gravity."
    )


def _share(borne: Numbers) -> float | None:
    total = float(borne.sum())
    return None if total == 0 else float(borne[:PETTY].sum()) / total


def elasticity(table: Numbers) -> float | None:
    """The slope of log mean sanctions on log gravity, weighted by acts, of a table [gravity, sanctions]."""
    acts = table.sum(axis=1)
    kept = acts > 0
    if kept.sum() < 2:
        return None
    mean = np.log((table @ np.arange(1, table.shape[1] + 1))[kept] / acts[kept])
    gravity, weight = np.log(np.arange(1, len(table) + 1)[kept]), acts[kept]
    gravity = gravity - (weight * gravity).sum() / weight.sum()
    return float((weight * gravity * mean).sum() / (weight * gravity**2).sum())


# --- borne by others, and for what is lawful -------------------------------------------------------------------------


def collateral(run: Run, without_spread: Run | None = None) -> Measures:
    """M4: what is borne for a tie's conduct, over what is borne for one's own, in days listed and in refusals.

    With ``without_spread``, a run of the same people and luck with spread off, also the causal form: what spread adds.
    """
    counted = Counted(run)
    found: list[Measure] = []
    for group in counted.groups:
        found += _borne_for_ties(counted, group)
    for gate in counted.items("refused_by"):
        spread = counted.of("refused_by", item=gate, grounds=("spread",))
        if spread.counted:
            found.append(counted.ratio(
                "M4", "share of refusals for a tie", spread, counted.of("refused_by", item=gate), "of its refusals",
                "Of the requests this gate refused, so many were refused for somebody else's listing.", item=gate,
            ))  # fmt: skip
    if without_spread is not None:
        other = Counted(without_spread)
        for name, quantity in (("days listed", "listed"), ("refusals", "refused_requests")):
            full, none = counted.of(quantity), other.of(quantity)
            found.append(counted.ratio(
                "M4", f"{name} that spread adds", full - none, full, f"of {name}",
                f"Of all {name}, so many would not be without the clauses that reach ties (same people, same luck).",
            ))  # fmt: skip
    return counted.answer(
        "M4 Collateral burden", found, "Groups are those of whoever bears it: minors by groups of age."
    )


def _borne_for_ties(counted: Counted, group: str) -> Iterator[Measure]:
    for name, quantity in (("days listed", "listed"), ("refusals", "refused_requests")):
        spread = counted.of(quantity, grounds=("spread",), group=group)
        own = counted.of(quantity, grounds=("own", "tier", "mistaken", "unfounded"), group=group)
        if quantity == "listed":
            spread, own = spread * counted.step_days, own * counted.step_days
        yield counted.ratio(
            "M4", f"{name} for a tie", spread, own, f"per one of one's own ({name})",
            f"For each of the {name} on one's own account, so many fall on somebody for a tie.", group=group,
        )  # fmt: skip


def lawful_punished(run: Run, blocks: int | None = None) -> Measures:
    """M26: what is borne for conduct that is lawful (choice, manners, merit, misfortune) or protected.

    Sanctions by nature of their root are counted by every run; days listed of those rightly identified are told with
    ``blocks``, from lives lived again.
    """
    counted = Counted(run)
    years = counted.subject_years()
    found = [
        counted.ratio("M26", name, sanctioned(counted, which), years, "per 1,000 subject-years", sentence, scale=1e3)
        for name, which, sentence in (
            (
                "sanctions for lawful conduct",
                is_lawful,
                "Sanctions whose act breaks no law and no duty, or is protected.",
            ),
            ("sanctions for protected conduct", is_protected, "Sanctions whose act lies on a protected ground."),
        )
    ]
    if blocks is None:
        return counted.answer("M26 Rightly identified, wrongly punished", found, "Refusals and cases; not days.")
    lives = Lives.of(run, blocks)
    lived = np.full(len(lives.told), counted.steps * counted.step_years)
    found.append(lives.ratio(
        "M26", "days listed for lawful conduct", lives.amount("lawful_days"), lived, "days per 1,000 subject-years",
        "Days on a list of subjects rightly identified, whose act was lawful.", scale=1e3,
    ))  # fmt: skip
    return lives.answer("M26 Rightly identified, wrongly punished", found)


def is_lawful(event: Event) -> bool:
    """Whether an act breaks no law and no duty, or lies on a protected ground."""
    return event.nature in LAWFUL_NATURES or is_protected(event)


def is_protected(event: Event) -> bool:
    """Whether an act lies on a protected ground."""
    return bool(event.protected)


def sanctioned(counted: Counted, which: Callable[[Event], bool]) -> Figure:
    """Sanctions whose root is an act of these kinds; a root with more than 62 counts as 63."""
    wanted = [event.id for event in counted.scenario.conduct.events if which(event)]
    rows = counted.part("roots", "kind", "sanctions").filter(pl.col("kind").is_in(wanted))
    totals = np.zeros(counted.replications)
    for replication, number, value in rows.select("replication", "sanctions", "value").iter_rows():
        totals[replication] += number * value
    batches = np.zeros(len(counted.cells.blocks))
    kept = counted.batched("roots").filter(pl.col("item").is_in(wanted))
    for ground, cell, value in kept.select("ground", "cell", "value").iter_rows():
        batches[cell] += int(ground) * value / counted.replications
    return Figure(totals, batches, int(rows.select((pl.col("sanctions") * pl.col("counted")).sum()).item() or 0))
