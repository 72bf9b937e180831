"""Detectors as thresholds: what is noticed, of whom, and what never happened."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal, localcontext

from glasshouse.mechanisms.detector import Detector
from glasshouse.policy import Policy
from glasshouse.randomness import DIGITS, name_word, threshold, trace_key
from glasshouse.society.areas import Leaf, gallery
from glasshouse.tables import layout as at
from glasshouse.tables.conduct import Candidates
from glasshouse.tables.writer import Numbers, Writer
from glasshouse.values import constant

SURE = constant(1, "chance")
NEVER = constant(0, "chance")
VIEW = ("cameras_per_resident", "recognising_share", "reach")
IDENTIFY = ("false_match_chance", "miss_chance", "outrank_chance")


def detector_row(
    writer: Writer, candidates: Candidates, policy: Policy, detector: Detector, ties: dict[str, int], number: int
) -> dict[str, int]:
    """All columns of a detector but its clause, policy and watches; ``number`` is the detector's own."""
    path = f"{policy.name}/{detector.id}"
    own, both = (_camera if detector.method == "camera" else _register)(writer, policy, detector)
    coverage = detector.coverage
    review = detector.review.override_chance if detector.review is not None else {}
    delays = [detector.delay] + ([detector.review.delay] if detector.review is not None else [])
    row = {
        "method": {"camera": at.CAMERA, "report": at.REPORT}.get(detector.method, at.REGISTER),
        "coverage_key": writer.key("process", f"coverage/{path}"),
        "coverage": writer.chance(coverage, detector.factors, "coverage"),
        "covers_all": int(
            all(entry.number == 1 for entry in coverage.series(writer.reading)) and "coverage" not in detector.factors
        ),
        "own": own,
        "both": both,
        "delay": writer.steps(delays),
        "reviewed": int(detector.review is not None),
        "review_own": writer.chance(review.get("own", NEVER)),
        "review_mistaken": writer.chance(review.get("mistaken", NEVER)),
        "review_unfounded": writer.chance(review.get("unfounded", NEVER)),
        "tie": -1 if detector.tie is None else ties[detector.tie],
        "gallery": at.ENROLLED_IN
        if detector.identify is not None and detector.identify.gallery == "enrolled"
        else at.EVERYBODY_IN,
        "alarm_kind_key": writer.key("process", f"alarm-kind/{path}"),
        "alarm_amount_key": writer.key("process", f"alarm-amount/{path}"),
        "trace_key": trace_key(path),
        "word": name_word(path),
    }
    if not any(entry.number > 0 for entry in detector.false_rate.series(writer.reading)):
        return row
    columns = candidates.stream(
        [detector.false_rate],
        detector.factors,
        ["false_rate"],
        "none",
        lambda rate: rate,
        Decimal(1),
        levels=1,
        a_step=False,
    )
    candidates.draw(at.KINDS + number, writer.key("process", f"alarm/{path}"), columns, judged=True)
    return row


def _register(writer: Writer, policy: Policy, detector: Detector) -> tuple[int, int]:
    """Thresholds of own and of own + mistaken without a camera."""
    fields = ["hit_chance", "mistaken_chance"]
    names = writer.factor_names(detector.factors, fields)

    def chances(now: Numbers, profile: dict[str, int]) -> tuple[Decimal, Decimal]:
        with localcontext() as context:
            context.prec = DIGITS
            hit, mistaken = (
                min(Decimal(1), entry.number * writer.factor(detector.factors, field, profile))
                for entry, field in zip(now, fields, strict=True)
            )
            own = hit * (1 - mistaken)
            return own, own + hit * mistaken

    values = [detector.hit_chance, detector.mistaken_chance]
    return (
        writer.dated(values, lambda now, profile: threshold(chances(now, profile)[0]), names, words=True),
        writer.dated(values, lambda now, profile: threshold(chances(now, profile)[1]), names, words=True),
    )


def _camera(writer: Writer, policy: Policy, detector: Detector) -> tuple[int, int]:
    """Thresholds of own and of own + mistaken of a camera network, by date, profile and gallery."""
    view, identify = detector.view, detector.identify
    assert view is not None and identify is not None
    link = detector.link.wrong_chance if detector.link is not None else NEVER
    share = policy.enrolment[0].share if policy.enrolment else SURE
    fields = [
        "hit_chance",
        *(f"view.{name}" for name in VIEW),
        *(f"identify.{name}" for name in IDENTIFY),
        "link.wrong_chance",
    ]
    values = [
        detector.hit_chance,
        *(getattr(view, name) for name in VIEW),
        *(getattr(identify, name) for name in IDENTIFY),
        link,
        share,
    ]
    names = writer.factor_names(detector.factors, fields)
    entries, which = writer.segments(values)
    profiles = writer.profiles(names)
    sizes = _galleries(writer, policy, detector)
    classes = sorted(set(sizes))
    own, both = [], []
    for size in classes:
        for now in entries:
            for profile in profiles:
                factors = [writer.factor(detector.factors, field, profile) for field in fields]
                a, b = camera_chances(
                    [entry.number for entry in now], factors, _faces(identify.gallery, size, now[-1].number)
                )
                own.append(threshold(a))
                both.append(threshold(b))
    leaf = writer.whole_row([classes.index(size) * len(entries) for size in sizes])
    seg = writer.segment_row(which)
    columns = {"seg": seg, "width": len(profiles), "set": writer.set_of(names), "leaf": leaf}
    return (
        writer.add("dated", at.DATED, off=writer.word_row(own), **columns),
        writer.add("dated", at.DATED, off=writer.word_row(both), **columns),
    )


def _faces(kind: str | int, size: int, share: Decimal) -> int:
    if kind != "enrolled":
        return size
    return int((size * share + Decimal("0.5")).to_integral_value(ROUND_FLOOR))


def _galleries(writer: Writer, policy: Policy, detector: Detector) -> list[int]:
    """The number of faces searched for each leaf (before the share, for an enrolled gallery)."""
    assert detector.identify is not None
    kind = detector.identify.gallery

    def size(leaf: Leaf) -> int:
        if isinstance(kind, int):
            return kind
        if kind == "enrolled":
            return next(row.residents for row in writer.recipe.areas if row.area == policy.jurisdiction)
        return gallery(writer.recipe, leaf, kind)

    return [size(leaf) for leaf in writer.leaves]


def camera_chances(numbers: Sequence[Decimal], factors: Sequence[Decimal], faces: int) -> tuple[Decimal, Decimal]:
    """Own and own + mistaken of a camera: see, match, link; products of chances with factors are cut at 1."""
    with localcontext() as context:
        context.prec = DIGITS
        hit, cameras, share, reach, match, miss, outrank, wrong = (
            number * factor for number, factor in zip(numbers[:8], factors, strict=True)
        )
        one = Decimal(1)
        hit, share, match, miss, outrank, wrong = (
            min(one, chance) for chance in (hit, share, match, miss, outrank, wrong)
        )
        seen = 1 - (-(cameras * share * reach)).exp()
        anybody = 1 - (1 - match) ** faces
        own = seen * hit * (1 - miss) * (1 - anybody * outrank) * (1 - wrong)
        other = seen * hit * ((1 - miss) * (anybody * outrank + (1 - anybody * outrank) * wrong) + miss * anybody)
        return own, own + other
