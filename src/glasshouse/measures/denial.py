"""M19 and M20: what people could not get, and how the decision about it was made.

Requests are drawn only for subjects whom a gate could touch; everybody else stands in ``exposure``. Refused shares are
therefore given of the requests that could be refused, and rates per year lived of everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from glasshouse.measures.counted import FALSE_GROUNDS, Counted, Figure
from glasshouse.measures.figure import Measure, Measures
from glasshouse.measures.lives import Lives

if TYPE_CHECKING:
    from glasshouse.runs import Run


def access(run: Run, groups: bool = True) -> Measures:
    """M19: refused over asked for, by service and right; needs met another way; tries lost."""
    counted = Counted(run)
    rights = {service.id: service.right for service in counted.scenario.conduct.services}
    found: list[Measure] = []
    for group in counted.groups if groups else ["all"]:
        for service in counted.items("requests"):
            found += _service(counted, service, group)
        for right in dict.fromkeys(rights[each] for each in counted.items("requests")):
            found += _right(counted, right, [each for each, of in rights.items() if of == right], group)
    return counted.answer(
        "M19 Access denied", found, "Requests are those of subjects whom a gate could touch, in fact or in truth."
    )


def _service(counted: Counted, service: str, group: str) -> Iterator[Measure]:
    requests = counted.of("requests", item=service, group=group)
    refused = counted.of("refused_requests", item=service, group=group)
    around = counted.of("circumvented", item=service, group=group)
    if not requests.counted:
        return
    yield counted.ratio(
        "M19", "refused", refused, requests, "of requests a gate could touch",
        "Of the requests of those whom a gate could touch, so many were refused for good.", item=service, group=group,
    )  # fmt: skip
    yield counted.ratio(
        "M19", "refused per year", refused, counted.subject_years(group), "per 1,000 subject-years",
        "Requests refused, over the years everybody lived.", item=service, group=group, scale=1e3,
    )  # fmt: skip
    yield counted.ratio(
        "M19", "met another way", around, refused + around, "of requests first refused",
        "Of the requests refused at first, so many were met with another document.", item=service, group=group,
    )  # fmt: skip
    lost = counted.of("refused_attempts", item=service, group=group)
    yield counted.ratio(
        "M19", "tries lost", lost, refused + around, "per request first refused",
        "So many tries were refused for each request: why refusals and persons must not be confused.",
        item=service, group=group,
    )  # fmt: skip


def _right(counted: Counted, right: str, services: list[str], group: str) -> Iterator[Measure]:
    requests = counted.of("requests", item=services, group=group)
    if requests.counted:
        yield counted.ratio(
            "M19", "refused by right", counted.of("refused_requests", item=services, group=group), requests,
            "of requests a gate could touch", "Of the requests that serve this right, so many were refused.",
            item=right, group=group,
        )  # fmt: skip


def procedure(run: Run, blocks: int | None = None) -> Measures:
    """M20: appeals and reversals, human review, and what is decided by machines alone.

    How many appeals were asked is told with ``blocks``, from lives lived again.
    """
    counted = Counted(run)
    found = [*_reviews(counted), *_reversals(counted), *_automated(counted)]
    if blocks is not None:
        lives = Lives.of(run, blocks)
        found += _appeals(lives)
        return lives.answer("M20 Procedure", found, "What was borne while an appeal was pending is not told.")
    return counted.answer(
        "M20 Procedure", found,
        "How many appeals were asked is not counted by runs (`asked`): give `blocks=64`. What was borne meanwhile "
        "(`pending_wrongful`) is not told at all.",
    )  # fmt: skip


def _reviews(counted: Counted) -> Iterator[Measure]:
    kept = counted.of("records")
    detectors = [item for item in counted.items("overridden") if ":" in item]
    struck = counted.of("overridden", item=detectors) if detectors else counted.nothing()
    yield counted.ratio(
        "M20", "struck out by review", struck, kept + struck, "of hits",
        "Of what detectors noted, a human struck out so much before it became a record.",
    )  # fmt: skip
    false = counted.of("records", grounds=FALSE_GROUNDS)
    removed = counted.of("overridden", item=detectors, grounds=FALSE_GROUNDS) if detectors else counted.nothing()
    yield counted.ratio(
        "M20", "false hits caught", removed, false + removed, "of false hits",
        "Of what was false, human review struck out so much.",
    )  # fmt: skip


def _reversals(counted: Counted) -> Iterator[Measure]:
    for policy in counted.scenario.policies:
        for each in policy.lists:
            path = f"{policy.name}/{each.id}"
            entered = counted.of("entered", item=path)
            won = counted.of("left", item=f"{path}:appeal")
            if entered.counted:
                yield counted.ratio(
                    "M20", "reversed on appeal", won, entered, "of cases",
                    "Of the cases opened, so many were ended by an appeal within the run.", item=path,
                )  # fmt: skip
                yield counted.ratio(
                    "M20", "false cases reversed", counted.of("left", item=f"{path}:appeal", grounds=FALSE_GROUNDS),
                    counted.of("entered", item=path, grounds=FALSE_GROUNDS), "of false cases",
                    "Of the cases opened on a false record, so many were ended by an appeal.", item=path,
                )  # fmt: skip


def _appeals(lives: Lives) -> Iterator[Measure]:
    asked, cases = lives.amount("appeals"), lives.amount("cases")
    yield lives.ratio("M20", "appealed", asked, cases, "appeals per case", "Appeals asked, over cases opened.")
    yield lives.ratio(
        "M20", "appeals won", lives.amount("won"), asked, "of appeals",
        "Of the appeals asked, so many had ended a case by the end of the run.",
    )  # fmt: skip


def _automated(counted: Counted) -> Iterator[Measure]:
    reviewed = {
        f"{policy.name}/{detector.id}" for policy in counted.scenario.policies for detector in policy.detectors
        if detector.review is not None
    }  # fmt: skip
    alone = [item for item in counted.items("records") if item.partition(":")[0] not in reviewed]
    records = counted.of("records", item=alone) if alone else counted.nothing()
    yield counted.ratio(
        "M20", "records without a human", records, counted.of("records"), "of records",
        "So many records were made without any human looking at them.",
    )  # fmt: skip
    looked = {
        f"{policy.name}/{gate.id}" for policy in counted.scenario.policies for gate in policy.gates
        if gate.review is not None
    }  # fmt: skip
    gates = [item for item in counted.items("refused_by") if item not in looked]
    refused: Figure = counted.of("refused_by", item=gates) if gates else counted.nothing()
    yield counted.ratio(
        "M20", "refusals without a human", refused, counted.of("refused_by"), "of refused requests",
        "So many refusals were made without any human looking at them.",
    )  # fmt: skip
