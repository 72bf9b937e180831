"""M8 and M9: is a difference between groups one of treatment, or of what the groups are made of?

The crude ratio measures what people live through; the ratio within strata asks whether like are treated alike. They can
point in opposite directions (Simpson), so both are shown with the question each of them answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from glasshouse.errors import UsageError
from glasshouse.measures.counted import Counted, jackknifed
from glasshouse.measures.figure import Interval, Measure, Measures
from glasshouse.measures.groups import OUTCOMES, SHARES

if TYPE_CHECKING:
    from glasshouse.runs import Run

Numbers = npt.NDArray[np.float64]
FAR_APART: Final = 0.2
"""How far crude and stratified ratio may differ before the reader is warned."""


def mantel_haenszel(hit: Numbers, people: Numbers) -> float | None:
    """Mantel's and Haenszel's risk ratio of ``hit`` and ``people`` [strata, 2 groups]: second group over first."""
    hit, people = np.asarray(hit, float), np.asarray(people, float)
    kept = (people > 0).all(axis=1)
    hit, people = hit[kept], people[kept]
    total = people.sum(axis=1)
    above = float((hit[:, 1] * people[:, 0] / total).sum())
    below = float((hit[:, 0] * people[:, 1] / total).sum())
    return None if below == 0 else above / below


def crude_ratio(hit: Numbers, people: Numbers) -> float | None:
    """The risk ratio of all strata together."""
    hit, people = np.asarray(hit, float).sum(axis=0), np.asarray(people, float).sum(axis=0)
    return None if hit[0] == 0 or (people == 0).any() else float(hit[1] / people[1] / (hit[0] / people[0]))


def is_simpson(crude: float, stratified: float) -> bool:
    """Whether crude and stratified ratio fall on different sides of 1, or lie more than a fifth apart."""
    return (crude - 1) * (stratified - 1) < 0 or abs(crude / stratified - 1) > FAR_APART


def kitagawa(hit: Numbers, people: Numbers) -> tuple[float, float]:
    """Kitagawa's parts of the difference of two rates (second group less first) of ``hit``, ``people`` [strata, 2].

    The first part is that of rates within strata (treatment), the second that of who is in which (composition); they
    add up to the difference. A stratum with nobody of a group lends that group the other's rate.
    """
    hit, people = np.asarray(hit, float), np.asarray(people, float)
    rates = np.divide(hit, people, out=np.full_like(hit, np.nan), where=people > 0)
    rates = np.where(np.isnan(rates), rates[:, ::-1], rates)
    kept = ~np.isnan(rates).any(axis=1)
    rates, weights = rates[kept], people[kept] / people.sum(axis=0)
    treatment = float((weights.mean(axis=1) * (rates[:, 1] - rates[:, 0])).sum())
    composition = float((rates.mean(axis=1) * (weights[:, 1] - weights[:, 0])).sum())
    return treatment, composition


# --- of a run ------------------------------------------------------------------------------------------------------


def _crossing(counted: Counted, of: str, within: str) -> tuple[str, tuple[str, str], list[str]]:
    """The declared division that crosses both attributes, the two groups compared (second over first), the strata."""
    wanted = {of, *within.split("&")}
    for division in counted.divisions():
        if set(division.split("&")) == wanted:
            break
    else:
        raise UsageError(f"the scenario keeps no groups crossed by {of} and {within}: add `groups: [[{of}, {within}]]`")
    labels = [dict(part.split("=") for part in label.split("&")) for label in counted.divisions()[division]]
    levels = list(dict.fromkeys(label[of] for label in labels))
    if len(levels) != 2:
        raise UsageError(
            f"`{of}` has {len(levels)} levels here and two groups are compared: give `against` and `group` of {levels}"
        )
    rest = ["&".join(f"{name}={label[name]}" for name in within.split("&")) for label in labels]
    return division, (levels[0], levels[1]), list(dict.fromkeys(rest))


def _label(division: str, parts: dict[str, str]) -> str:
    return "&".join(f"{name}={parts[name]}" for name in division.split("&"))


def _tables(counted: Counted, of: str, within: str, what: str, item: str | None) -> tuple[
    Numbers, Numbers, tuple[str, str], list[str], Numbers, Numbers
]:  # fmt: skip
    """Hits and exposure [strata, 2], the two groups, the strata, and both by batch [batches, strata, 2]."""
    if what not in OUTCOMES:
        raise UsageError(f"unknown outcome `{what}`; {', '.join(OUTCOMES)}")
    division, groups, strata = _crossing(counted, of, within)
    hit, people = np.zeros((len(strata), 2)), np.zeros((len(strata), 2))
    shape = (len(counted.cells.blocks), len(strata), 2)
    hits, peoples = np.zeros(shape), np.zeros(shape)
    for row, stratum in enumerate(strata):
        for column, level in enumerate(groups):
            group = _label(division, {of: level} | dict(part.split("=") for part in stratum.split("&")))
            if group not in counted.groups:
                continue
            figure = counted.of(OUTCOMES[what][0], item=item, group=group)
            lived = counted.subject_steps(group) if what in SHARES else counted.subject_years(group)
            hit[row, column], people[row, column] = figure.value, lived.value
            hits[:, row, column] = 0 if figure.batches is None else figure.batches
            peoples[:, row, column] = 0 if lived.batches is None else lived.batches
    return hit, people, groups, strata, hits, peoples


def conditional_disparity(run: Run, of: str, within: str, what: str = "listed", item: str | None = None) -> Measures:
    """M8: the ratio of two groups of ``of`` within strata of ``within``, beside the crude one, and a Simpson flag.

    ``within`` may cross attributes: ``income&urban``. The scenario must keep the crossed groups.
    """
    counted = Counted(run)
    hit, people, groups, strata, hits, peoples = _tables(counted, of, within, what, item)
    told = f"{of}={groups[1]} over {of}={groups[0]}"
    crude, inside = crude_ratio(hit, people), mantel_haenszel(hit, people)
    both = np.stack([hits, peoples], axis=1)
    numerator, exposure = float(hit[:, 1].sum()), float(people[:, 1].sum())

    def bounds(statistic: object) -> tuple[Interval, ...]:
        found = jackknifed(counted, both, statistic)
        return () if found is None else (found,)

    found = [
        Measure(
            "M8", "crude ratio", crude, "times", f"What people live through: the rate of {what} of {told}.",
            item or "", told,
            numerator, exposure, intervals=bounds(lambda s: crude_ratio(s[0], s[1])),
        ),
        Measure(
            "M8", "ratio within strata", inside, "times",
            f"Whether like are treated alike: the same ratio among people of one {within} (Mantel and Haenszel).",
            item or "", told,
            numerator, exposure, intervals=bounds(lambda s: mantel_haenszel(s[0], s[1])),
        ),
    ]  # fmt: skip
    found += _by_stratum(hit, people, strata, told, what)
    remarks = ["The crude ratio says what people live through, the ratio within strata whether like are treated alike."]
    if crude is not None and inside is not None and is_simpson(crude, inside):
        remarks.append(f"Simpson: the two ratios ({crude:.3g} and {inside:.3g}) tell different stories; show both.")
    return counted.answer(f"M8 Disparity of {what} by {of} within {within}", found, *remarks)


def _by_stratum(hit: Numbers, people: Numbers, strata: list[str], told: str, what: str) -> Iterator[Measure]:
    for row, stratum in enumerate(strata):
        if (people[row] > 0).all():
            ratio = None if hit[row, 0] == 0 else float(hit[row, 1] / people[row, 1] / (hit[row, 0] / people[row, 0]))
            yield Measure(
                "M8", "ratio in stratum", ratio, "times", f"The rate of {what}, {told}, where {stratum}.",
                stratum, told, float(hit[row, 1]), float(people[row, 1]),
            )  # fmt: skip


def gap_parts(run: Run, of: str, within: str, what: str = "listed", item: str | None = None) -> Measures:
    """M9: how much of the difference of two groups lies in treatment within strata, and how much in composition."""
    counted = Counted(run)
    hit, people, groups, _, hits, peoples = _tables(counted, of, within, what, item)
    parts = kitagawa(hit, people)
    both = np.stack([hits, peoples], axis=1)
    told = f"{of}={groups[1]} less {of}={groups[0]}"
    per = "of time" if what in SHARES else "per subject-year"
    figures = (
        ("difference", lambda s: sum(kitagawa(s[0], s[1])), sum(parts), "The whole difference of the two rates."),
        ("treatment", lambda s: kitagawa(s[0], s[1])[0], parts[0], f"What different rates within {within} make of it."),
        ("composition", lambda s: kitagawa(s[0], s[1])[1], parts[1], f"What a different {within} makes of it."),
    )  # fmt: skip
    found = []
    for name, statistic, value, sentence in figures:
        interval = jackknifed(counted, both, statistic, signed=True)
        found.append(Measure(
            "M9", name, value, per, sentence, item or "", told, float(hit.sum()), float(people.sum()),
            intervals=() if interval is None else (interval,),
        ))  # fmt: skip
    return counted.answer(f"M9 Parts of the gap of {what} by {of}", found, "The two parts add up to the difference.")
