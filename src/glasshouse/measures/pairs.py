"""M18: who is changed: the same people under two policies, and what margins alone would say of them.

Only the difference of the two margins is the same however luck is drawn; how many are newly hit and newly spared
depends on which of two random lives is held beside which. Here it is the life of the same person with the same luck.
The bounds of Frechet say what any other pairing could make of the same margins.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from glasshouse.errors import UsageError
from glasshouse.measures.figure import Interval
from glasshouse.measures.lives import Lives

if TYPE_CHECKING:
    from collections.abc import Mapping

Numbers = npt.NDArray[np.float64]
EXAMPLES: Final = 12


def frechet(baseline: float, alternative: float, people: float) -> dict[str, tuple[float, float]]:
    """The least and most that can be newly hit, newly spared, both and neither, given both margins.

    ``baseline`` and ``alternative`` are how many of ``people`` are hit under each.
    """
    both = (max(0.0, baseline + alternative - people), min(baseline, alternative))
    return {
        "newly_hit": (alternative - both[1], alternative - both[0]),
        "newly_spared": (baseline - both[1], baseline - both[0]),
        "both": both,
        "neither": (people - baseline - alternative + both[0], people - baseline - alternative + both[1]),
    }


@dataclass(frozen=True)
class Changed:
    """To how many subjects something happened under one policy, the other, both or neither; weighted to the society."""

    what: str
    group: str
    newly_hit: float
    newly_spared: float
    both: float
    neither: float
    counted: tuple[int, int, int, int]
    """The same four among the subjects simulated."""
    intervals: tuple[Interval | None, Interval | None]
    """Of newly hit and newly spared, from blocks."""
    hit_by: dict[str, float]
    """The clause behind each newly hit, under the alternative."""
    spared_by: dict[str, float]
    """The clause that hit them under the baseline."""

    @property
    def bounds(self) -> dict[str, tuple[float, float]]:
        """Frechet's bounds of the four from both margins."""
        people = self.newly_hit + self.newly_spared + self.both + self.neither
        return frechet(self.both + self.newly_spared, self.both + self.newly_hit, people)

    def plain(self) -> dict[str, object]:
        """As plain numbers, for JSON."""
        bounded = {name: list(both) for name, both in self.bounds.items()}
        shown = [None if each is None else [each.low, each.high] for each in self.intervals]
        return {
            "what": self.what, "group": self.group, "newly_hit": self.newly_hit, "newly_spared": self.newly_spared,
            "both": self.both, "neither": self.neither, "counted": list(self.counted),
            "newly_hit_interval": shown[0], "newly_spared_interval": shown[1], "frechet": bounded,
            "hit_by": self.hit_by, "spared_by": self.spared_by,
        }  # fmt: skip


def check_same_people(one: Lives, other: Lives) -> None:
    """Raises UsageError unless both hold the same subjects in the same order."""
    if one.blocks != other.blocks or not np.array_equal(one.place, other.place):
        raise UsageError("the two hold different people: a pair needs the same recipe, size, sample and society seed")


def changed(one: Lives, other: Lives, what: str, group: str = "all") -> Changed:
    """Who is changed in this respect (``listed``, ``refused``, ``on LIST``, ``refused SERVICE``..), of a group."""
    inside = np.ones(len(one.told), bool)
    if group != "all":
        division = "&".join(part.split("=")[0] for part in group.split("&"))
        inside = one.groups(division).get(group, np.zeros(len(one.told), bool))
    before, after = one.hit(what), other.hit(what)
    sorts = [after & ~before, before & ~after, before & after, ~before & ~after]
    parts = [(sort & inside).astype(float) for sort in sorts]
    newly, spared = (sort & inside for sort in sorts[:2])
    hit, left, both, neither = (one.total(part) for part in parts)
    simulated = (int(parts[0].sum()), int(parts[1].sum()), int(parts[2].sum()), int(parts[3].sum()))
    bounds = (one.interval(parts[0]), one.interval(parts[1]))
    behind = (_clauses(other, newly, what), _clauses(one, spared, what))
    return Changed(what, group, hit, left, both, neither, simulated, bounds, *behind)


def _clauses(lives: Lives, chosen: npt.NDArray[np.bool_], what: str) -> dict[str, float]:
    found: Counter[str] = Counter()
    for place in np.nonzero(chosen)[0]:
        found[lives.told[place].hits[what]] += lives.weight[place]
    return {clause: float(number) for clause, number in sorted(found.items(), key=lambda each: (-each[1], each[0]))}


def differing(one: Lives, other: Lives) -> npt.NDArray[np.bool_]:
    """Whose lives are not the same under both, in anything that a rating, a list or a gate did to them."""
    return np.array([a.traces != b.traces for a, b in zip(one.told, other.told, strict=True)], bool)


def outcomes(one: Lives, other: Lives) -> list[str]:
    """Everything that happened to somebody under one of the two, the plainest first."""
    order = (
        "sanctioned",
        "listed",
        "refused",
        "wrongly listed",
        "wrongly refused",
        "listed for a tie",
        "refused for a tie",
    )
    seen = {name for lives in (one, other) for life in lives.told for name in life.hits}
    return [name for name in order if name in seen] + sorted(seen - set(order))


def examples(one: Lives, other: Lives, what: str = "sanctioned") -> Mapping[str, list[str]]:
    """Ids of some subjects of each sort, each of whose lives can be told."""
    before, after = one.hit(what), other.hit(what)
    sorts = {"newly_hit": after & ~before, "newly_spared": before & ~after, "changed": differing(one, other)}
    return {name: [one.subject(int(p)) for p in np.nonzero(sort)[0][:EXAMPLES]] for name, sort in sorts.items()}
