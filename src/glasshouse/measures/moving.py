"""M13 and M14: do people move between tiers, and is there a bottom one cannot get up from?

Both are read off the counts of moves between tiers from one publication to the next. The chain made of them forgets how
long somebody has been in a tier; where that matters, passage times are too short or too long, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import log
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from glasshouse.errors import UsageError
from glasshouse.measures.counted import Counted, jackknifed
from glasshouse.measures.figure import Measure, Measures

if TYPE_CHECKING:
    from glasshouse.runs import Run

Numbers = npt.NDArray[np.float64]
NOTHING: Final = 1e-12
"""A root this small is 0, but for the last digits."""


def chances(moves: Numbers) -> Numbers:
    """Moves [from, to] as chances; a tier nobody was in stays as it is."""
    moves = np.asarray(moves, float)
    rows = moves.sum(axis=1, keepdims=True)
    return np.where(rows > 0, moves / np.where(rows > 0, rows, 1), np.eye(len(moves)))


def prais(moves: Numbers) -> float:
    """Prais' and Shorrocks' index (k - trace) / (k - 1): 0 nobody moves, 1 where one was says nothing."""
    chance = chances(moves)
    return float((len(chance) - np.trace(chance)) / (len(chance) - 1))


def second_root(moves: Numbers) -> float:
    """The second largest modulus of the eigenvalues of the chances: how slowly the past is forgotten."""
    sizes = np.sort(np.abs(np.linalg.eigvals(chances(moves))))
    root = float(min(1.0, sizes[-2])) if len(sizes) > 1 else 0.0
    return root if root > NOTHING else 0.0


def half_life(moves: Numbers) -> float | None:
    """Publications until half of a difference is forgotten: ln 1/2 / ln of the second root; None if never."""
    root = second_root(moves)
    return None if root >= 1 else 0.0 if root == 0 else log(0.5) / log(root)


def rank_persistence(moves: Numbers) -> float | None:
    """Spearman's correlation of the tier before with the tier after, ties at their middle ranks."""
    moves = np.asarray(moves, float)
    total = moves.sum()
    before, after = moves.sum(axis=1), moves.sum(axis=0)
    first, second = np.cumsum(before) - before / 2, np.cumsum(after) - after / 2
    first, second = first - total / 2, second - total / 2
    spread = float((before * first**2).sum() * (after * second**2).sum())
    return None if spread == 0 else float(first @ moves @ second) / spread**0.5


def exit_chance(moves: Numbers, bottom: int, publications: int) -> float:
    """The chance to have left the bottom tier at some time within so many publications."""
    return float(1 - chances(moves)[bottom, bottom] ** publications)


def passage_time(moves: Numbers, goal: int) -> Numbers:
    """Expected publications from each tier until the goal tier is first reached: (I - Q)^-1 1; infinite where never."""
    chance = chances(moves)
    others = [place for place in range(len(chance)) if place != goal]
    reach = np.linalg.matrix_power(((chance + np.eye(len(chance))) > 0).astype(float), len(chance))[:, goal] > 0
    lost = [place for place in others if not reach[place] or _may_be_lost(chance, place, reach, goal)]
    kept = [place for place in others if place not in lost]
    times = np.full(len(chance), np.inf)
    times[goal] = 0.0
    if kept:
        inner = chance[np.ix_(kept, kept)]
        times[kept] = np.linalg.solve(np.eye(len(kept)) - inner, np.ones(len(kept)))
    return times


def _may_be_lost(chance: Numbers, start: int, reach: npt.NDArray[np.bool_], goal: int) -> bool:
    """Whether one can come from here, before the goal, to a tier the goal is never reached from."""
    seen, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        if not reach[here]:
            return True
        for there in np.nonzero(chance[here] > 0)[0]:
            if int(there) not in seen and there != goal:
                seen.add(int(there))
                waiting.append(int(there))
    return False


def drift(moves: Numbers) -> Numbers:
    """The expected change of tier from each tier, upward positive (tiers stand best first)."""
    chance = chances(moves)
    place = -np.arange(len(chance), dtype=float)
    found: Numbers = chance @ place - place
    return found


def thresholds(moves: Numbers) -> list[int]:
    """Tiers at or above which drift is upward while it is downward just below: unstable thresholds, a trap's edge."""
    upward = drift(moves)
    return [place for place in range(len(upward) - 1) if upward[place] > 0 > upward[place + 1]]


# --- of a run ------------------------------------------------------------------------------------------------------


def tiers_of(counted: Counted, rating: str) -> list[str]:
    """The tiers of a rating, best first. Raises UsageError where the run has no such rating."""
    known = {f"{policy.name}/{each.id}": each for policy in counted.scenario.policies for each in policy.ratings}
    if rating not in known:
        raise UsageError(f"unknown rating `{rating}`; {', '.join(known) or 'the scenario has none'}")
    return [row.tier for row in known[rating].tiers]


def moves_of(counted: Counted, rating: str) -> tuple[list[str], Numbers, Numbers]:
    """Tiers of a rating, best first; moves [from, to] of the whole society; the same by batch [batches, from, to]."""
    tiers = tiers_of(counted, rating)
    place = {tier: number for number, tier in enumerate(tiers)}
    moves = np.zeros((len(tiers), len(tiers)))
    rows = counted.part("transitions", "rating", "from", "to").filter(pl.col("rating") == rating)
    for before, after, value in rows.select("from", "to", "value").iter_rows():
        if before in place and after in place:
            moves[place[before], place[after]] += value / counted.replications
    cells = np.zeros((len(counted.cells.blocks), len(tiers), len(tiers)))
    for item, ground, cell, value in counted.batched("transitions").iter_rows():
        before, _, after = ground.partition(">")
        if item == rating and before in place and after in place:
            cells[cell, place[before], place[after]] += value / counted.replications
    if not moves.any():
        raise UsageError(f"`{rating}` was published less than twice in this run: nobody can have moved")
    return tiers, moves, cells


def _measured(
    counted: Counted, id_: str, cells: Numbers, moves: Numbers, rating: str
) -> Callable[[str, Callable[[Numbers], Any], str, str], Measure]:
    def made(name: str, statistic: Callable[[Numbers], Any], unit: str, sentence: str) -> Measure:
        interval = jackknifed(counted, cells, lambda m: None if not m.any() else statistic(m), signed=True)
        stayed = float(np.trace(moves))
        bounds = () if interval is None else (interval,)
        total = float(moves.sum())
        return Measure(id_, name, statistic(moves), unit, sentence, rating, "all", total - stayed, total, None, bounds)

    return made


def mobility(run: Run, rating: str) -> Measures:
    """M13: mobility between the tiers of a rating from one publication to the next."""
    counted = Counted(run)
    _, moves, cells = moves_of(counted, rating)
    made = _measured(counted, "M13", cells, moves, rating)
    found = [
        made("mobility index", prais, "", "0 nobody moves, 1 where one was says nothing (Prais, Shorrocks)."),
        made("forgetting", lambda m: 1 - second_root(m), "", "1 less the second root: how fast the past is forgotten."),
        made("half-life", half_life, "publications", "Publications until half of a difference is forgotten."),
        made("rank persistence", rank_persistence, "", "Spearman's correlation of tiers before and after."),
        made("moved", lambda m: float(1 - np.trace(m) / m.sum()), "of publications", "Share that move somebody."),
    ]  # fmt: skip
    return counted.answer(
        f"M13 Mobility of {rating}", found, "The numerator counts moves, the exposure publications followed by another."
    )


def trap(run: Run, rating: str, publications: int = 12, without_feedback: Run | None = None) -> Measures:
    """M14: how hard it is to leave the bottom tier: chance, time, drift, and how much of it feedback makes.

    ``without_feedback`` is a run of the same people and luck with responses off; the trap excess is the ratio of both
    stay rates.
    """
    counted = Counted(run)
    tiers, moves, cells = moves_of(counted, rating)
    bottom = len(tiers) - 1
    made = _measured(counted, "M14", cells, moves, rating)
    found = [
        made(
            "left the bottom", lambda m: exit_chance(m, bottom, publications), f"within {publications} publications",
            f"Chance that somebody in tier {tiers[bottom]} leaves it within {publications} publications.",
        ),
        made(
            "time to the top", lambda m: _finite(float(passage_time(m, 0)[bottom])), "publications",
            f"Expected publications from {tiers[bottom]} until {tiers[0]} is first reached; none where it never is.",
        ),
    ]  # fmt: skip
    found += _drifts(tiers, moves, rating)
    edges = [tiers[place] for place in thresholds(moves)]
    if without_feedback is not None:
        found.append(_excess(counted, moves, tiers, rating, without_feedback))
    said = f"Unstable thresholds, below which one sinks further: {', '.join(edges) or 'none'}."
    return counted.answer(
        f"M14 Trap of {rating}", found, said, "Chances and times are those of a chain without memory of how long."
    )


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None


def _drifts(tiers: list[str], moves: Numbers, rating: str) -> Iterator[Measure]:
    for tier, change, people in zip(tiers, drift(moves), moves.sum(axis=1), strict=True):
        yield Measure(
            "M14", f"drift from {tier}", float(change) if people else None, "tiers per publication",
            "Expected change of tier from here, upward positive.", rating, exposure=float(people),
        )  # fmt: skip


def _excess(counted: Counted, moves: Numbers, tiers: list[str], rating: str, other: Run) -> Measure:
    _, without, _ = moves_of(Counted(other), rating)
    bottom = len(tiers) - 1
    stay, free = float(chances(moves)[bottom, bottom]), float(chances(without)[bottom, bottom])
    return Measure(
        "M14", "trap excess", None if free == 0 else stay / free, "times",
        f"So many times as likely to stay in {tiers[bottom]} as with responses off.", rating,
        numerator=stay, exposure=free,
    )  # fmt: skip
