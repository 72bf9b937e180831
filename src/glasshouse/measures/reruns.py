"""M5, M17 and M22: what only a second run of the same people can tell: sanctions across contexts, silence, and benefit.

Every question here takes runs of the same society and luck that differ in one respect, and refuses others. Claimed
benefit never stands alone: what was avoided stands in one object with what it cost those who are wronged or lawful.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from glasshouse.errors import UsageError
from glasshouse.measures.counted import Counted, Figure
from glasshouse.measures.figure import Measure, Measures
from glasshouse.measures.lives import Lives
from glasshouse.measures.pairs import check_same_people
from glasshouse.measures.punishment import is_lawful, sanctioned

if TYPE_CHECKING:
    from glasshouse.runs import Run

HARMFUL: Final = ("offence", "breach")
"""Natures of events whose avoiding can be a benefit; fewer choices, merits or protected acts never are."""
NO_SINGLE_CHILLING: Final = (
    "chilling is shown as a curve over the strength of the response, never as one number, because nobody knows that "
    "strength: give at least two runs"
)


def check_same_luck(one: Run, other: Run) -> None:
    """Raises UsageError unless two runs hold the same people over the same time with the same luck."""
    same = ("residents", "sample", "society_seed", "conduct_seed", "process_seed", "replications", "replicate",
            "first_step", "steps")  # fmt: skip
    first, second = one.manifest["order"], other.manifest["order"]
    unlike = [name for name in same if first[name] != second[name]]
    recipes = [
        {name: digest for name, digest in run.manifest["documents"].items() if name.startswith("recipe/")}
        for run in (one, other)
    ]
    unlike += ["recipe"] if recipes[0] != recipes[1] else []
    unlike += ["labels"] if one.manifest["labels"] != other.manifest["labels"] else []
    if unlike:
        raise UsageError(f"these runs are not of the same people with the same luck: {', '.join(unlike)} differ")


def cross_context(run: Run, without: Mapping[str, Run]) -> Measures:
    """M5: of the requests refused, the share that hangs on conduct in another context than the service's.

    ``without`` maps each context to a run of the same people and luck in which nothing of that context happens (see
    ``glasshouse.designs``). Interactions are shown by themselves: the parts need not add up.
    """
    counted = Counted(run)
    context = {service.id: service.context for service in counted.scenario.conduct.services}
    refused = counted.of("refused_requests")
    found: list[Measure] = []
    total: Figure | None = None
    for name, other in without.items():
        check_same_luck(run, other)
        elsewhere = [service for service in counted.items("refused_requests") if context[service] != name]
        if not elsewhere:
            continue
        hangs = counted.of("refused_requests", item=elsewhere) - Counted(other).of("refused_requests", item=elsewhere)
        total = hangs if total is None else total + hangs
        found.append(counted.ratio(
            "M5", "refused across contexts", hangs, refused, "of refused requests",
            f"So many refusals outside {name} would not be if nothing happened in {name}.", item=name,
        ))  # fmt: skip
    if total is not None:
        found.insert(0, counted.ratio(
            "M5", "refused across contexts", total, refused, "of refused requests",
            "Sum over contexts; above 1 where several must come together for one refusal.", item="all contexts",
        ))  # fmt: skip
    return counted.answer("M5 Cross-context share", found, "Leave-one-out parts need not add up: acts of two contexts "
                          "that only together lead to a refusal are counted under both.")  # fmt: skip


def chilling(without_policy: Run, curve: Mapping[float, Run], blocks: int | None = None) -> Measures:
    """M17: how much less of each lawful or protected act is done than without the policy, along a curve.

    ``curve`` maps the strength of the response (say the factor on the rate) to a run of the same people and luck. One
    point is refused with the reason. With ``blocks`` lives are lived again, and what those do less of who were never
    sanctioned (fear) stands apart from what the others do less of (lost means, deterrence).
    """
    if len(curve) < 2:
        raise UsageError(NO_SINGLE_CHILLING)
    base = Counted(without_policy)
    acts = {
        event.id: event for event in base.scenario.conduct.events
        if event.nature in ("manners", "choice", "merit") or event.protected
    }  # fmt: skip
    found: list[Measure] = []
    for strength in sorted(curve):
        check_same_luck(without_policy, curve[strength])
        there = Counted(curve[strength])
        for act in acts:
            free = base.of("events", item=act)
            if free.counted:
                found.append(base.ratio(
                    "M17", "acts not done", free - there.of("events", item=act), free, "of the acts",
                    f"With responses at {strength:g}, so much less of {act} is done than without the policy.",
                    item=act, group=f"strength {strength:g}",
                ))  # fmt: skip
        if blocks is not None:
            found += _afraid(without_policy, curve[strength], list(acts), strength, blocks)
    return base.answer(
        "M17 Chilling", found, "A curve, because nobody knows how strongly people respond.",
        "Acts not done are those of everybody; runs do not count acts by who was ever sanctioned "
        "(`events_unsanctioned`): `blocks=64` tells them apart." if blocks is None else
        f"Fear is told from lives in about {blocks} blocks.",
    )  # fmt: skip


def _afraid(free: Run, there: Run, acts: list[str], strength: float, blocks: int) -> Iterator[Measure]:
    one, other = Lives.of(free, blocks), Lives.of(there, blocks)
    check_same_people(one, other)
    never = ~other.hit("sanctioned")
    for act in acts:
        before, after = one.amount(f"did {act}"), other.amount(f"did {act}")
        for name, who in (("acts not done, never sanctioned", never), ("acts not done, sanctioned", ~never)):
            if (before * who).sum():
                yield one.ratio(
                    "M17", name, (before - after) * who, before * who, "of the acts",
                    f"With responses at {strength:g}, so much less of {act} is done by these people.",
                    item=act, group=f"strength {strength:g}",
                )  # fmt: skip


def claimed_benefit(run: Run, without_policy: Run, milder: Mapping[str, Run] | None = None) -> Measures:
    """M22: offences and breaches avoided against no policy, in one object with what is borne for each one avoided.

    ``milder`` are runs of milder policies by name, shown beside it. Fewer choices, merits or protected acts never
    count.
    """
    found: list[Measure] = []
    for name, each in {"this policy": run, **(milder or {})}.items():
        check_same_luck(without_policy, each)
        found += _avoided(Counted(without_policy), Counted(each), name)
    return Counted(run).answer(
        "M22 Claimed benefit, with its price", found,
        "Avoided means: not done by the same people with the same luck. Without responses in the conduct nothing is.",
    )  # fmt: skip


def _avoided(free: Counted, there: Counted, name: str) -> Iterator[Measure]:
    bad = [e.id for e in free.scenario.conduct.events if e.nature in HARMFUL and not e.protected]
    avoided = free.of("events", item=bad) - there.of("events", item=bad)
    years = there.subject_years()
    yield there.ratio(
        "M22", "offences and breaches avoided", avoided, years, "per 1,000 subject-years",
        "So many fewer are committed than without the policy.", item=name, scale=1e3,
    )  # fmt: skip
    wrong = there.of("wrongly_listed") * there.step_days
    lawful = sanctioned(there, is_lawful)
    for label, figure, unit in (
        ("wrongful listed days", wrong.value, "days per one avoided"),
        ("wrongful refusals", there.of("wrongly_refused").value, "per one avoided"),
        ("sanctions for lawful conduct", lawful.value, "per one avoided"),
    ):
        value = figure / avoided.value if avoided.value > 0 else None
        told = "For each offence or breach avoided." if value is not None else "Borne, and nothing was avoided."
        yield Measure(
            "M22", f"{label} per one avoided", value, unit, told, name, numerator=figure, exposure=avoided.value
        )
