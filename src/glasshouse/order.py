"""A run as it is ordered: size, period, seeds and extras, everything decided before anything is simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from glasshouse.errors import UsageError
from glasshouse.scenario import Scenario, Seeds
from glasshouse.society.areas import leaf_of, leaves

LARGEST_UNASKED: Final = 2_000_000
"""A recipe of more residents is only built whole when that is asked for."""


@dataclass(frozen=True)
class Order:
    """A run as it was ordered, everything decided: what the manifest keeps and what runs again."""

    residents: int
    """Size of the society that is built (whole blocks of it are simulated)."""
    sample: Fraction | None
    seeds: Seeds
    replications: int
    replicate: str
    first_step: int
    steps: int | None
    panel: int
    journal: tuple[int, ...]

    def seeds_of(self, replication: int) -> Seeds:
        """The seeds of a replication: conduct and process change, the society only if it is replicated too."""
        if not replication:
            return self.seeds
        society = f"{self.seeds.society}/{replication}" if self.replicate == "society" else self.seeds.society
        return Seeds(society, f"{self.seeds.conduct}/{replication}", f"{self.seeds.process}/{replication}")

    @property
    def seed(self) -> str:
        """The seed in one word: one number, or those of society, conduct and process."""
        family = (self.seeds.society, self.seeds.conduct, self.seeds.process)
        return family[0] if len(set(family)) == 1 else "/".join(family)

    def written(self) -> dict[str, object]:
        """The order as the manifest keeps it."""
        return {
            "residents": self.residents, "sample": None if self.sample is None else str(self.sample),
            "society_seed": self.seeds.society, "conduct_seed": self.seeds.conduct, "process_seed": self.seeds.process,
            "replications": self.replications, "replicate": self.replicate, "first_step": self.first_step,
            "steps": self.steps, "panel": self.panel, "journal": list(self.journal),
        }  # fmt: skip

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Order:
        """The order that a manifest keeps."""
        seeds = Seeds(kept["society_seed"], kept["conduct_seed"], kept["process_seed"])
        sample = None if kept["sample"] is None else Fraction(kept["sample"])
        return cls(
            kept["residents"], sample, seeds, kept["replications"], kept["replicate"], kept["first_step"],
            kept["steps"], kept["panel"], tuple(kept["journal"]),
        )  # fmt: skip


def fraction(sample: str | float | Fraction) -> Fraction:
    """A sample as written: `1/1000`, `0.001`, or a number."""
    try:
        found = Fraction(repr(sample) if isinstance(sample, float) else sample)
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"a sample is a share such as 1/1000 or 0.001, not `{sample}`") from None
    if not 0 < found <= 1:
        raise UsageError(f"a sample is a share above 0 and at most 1, not {sample}")
    return found


def _size(
    scenario: Scenario, residents: int | None, sample: str | float | Fraction | None, full: bool
) -> tuple[int, Fraction | None]:
    """Residents of the society to build, and the share of its blocks to simulate."""
    if (residents is not None) + (sample is not None) + full > 1:
        raise UsageError("a run has one size: residents, sample or full, not several of them")
    if residents is not None and residents < 1:
        raise UsageError(f"a society has at least one resident, not {residents}")
    everybody = scenario.recipe.residents
    if sample is not None:
        return everybody, fraction(sample)
    if residents is None and not full:
        residents = scenario.residents
        if residents is None and everybody > LARGEST_UNASKED:
            raise UsageError(
                f"{scenario.name} has a society of {everybody:,} residents: say how much of it to simulate, "
                "with --sample 1/1000, --residents 1000000 or --full"
            )
    return residents or everybody, None


def _months_later(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


def _period(scenario: Scenario, since: str | None, months: int | None) -> tuple[int, int | None]:
    """The first step, and how many (None: to the end of the scenario's period)."""
    if months is not None and months < 1:
        raise UsageError(f"a run lasts at least one month, not {months}")
    begin = scenario.since
    if since is not None:
        try:
            begin = date.fromisoformat(f"{since}-01")
        except ValueError:
            raise UsageError(f"--from is a month such as 2014-07, not `{since}`") from None
        if _months_later(scenario.since, 0) > begin:
            raise UsageError(f"{scenario.name} begins on {scenario.since}: a run cannot begin in {since}")
        if begin > scenario.until and months is None:
            raise UsageError(f"{scenario.name} ends on {scenario.until}: to begin in {since}, give --months too")
    if scenario.step == "month":
        return (begin.year - scenario.since.year) * 12 + begin.month - scenario.since.month, months
    length = 7 if scenario.step == "week" else 1
    first = max(0, -((scenario.since - begin).days // length))
    if months is None:
        return first, None
    start = scenario.since + timedelta(days=first * length)
    end = _months_later(start, months) + timedelta(days=start.day - 1)
    return first, -((start - end).days // length)


def ordered(
    scenario: Scenario,
    *,
    residents: int | None = None,
    sample: str | float | Fraction | None = None,
    full: bool = False,
    months: int | None = None,
    since: str | None = None,
    seed: int | None = None,
    society_seed: int | None = None,
    conduct_seed: int | None = None,
    process_seed: int | None = None,
    replications: int | None = None,
    replicate: str = "luck",
    panel: int = 0,
    journal: Sequence[int] = (),
) -> Order:
    """Decides everything a run needs beside its scenario. Raises UsageError where that cannot be."""
    society, share = _size(scenario, residents, sample, full)
    first_step, steps = _period(scenario, since, months)
    common = scenario.seed if seed is None else seed
    family = [common if one is None else one for one in (society_seed, conduct_seed, process_seed)]
    repeated = scenario.replications if replications is None else replications
    if repeated < 1:
        raise UsageError(f"a run has at least one replication, not {repeated}")
    if replicate not in ("luck", "society"):
        raise UsageError(f"a replication draws new `luck` or a new `society`, not `{replicate}`")
    if panel < 0:
        raise UsageError(f"a panel has no negative number of subjects: {panel}")
    seeds = Seeds(*map(str, family))
    order = Order(society, share, seeds, repeated, replicate, first_step, steps, panel, tuple(journal))
    places = leaves(scenario.recipe, society) if order.journal else ()
    for block in order.journal:
        try:
            leaf_of(places, block)
        except ValueError as failure:
            raise UsageError(f"no journal of block {block}: {failure}") from None
    return order


def default_folder(scenario: Scenario, order: Order, shard: object = None) -> Path:
    """`runs/NAME-SEED-SIZE` in the current folder; a shard 3/7 adds `-shard-3of7`."""
    size = str(order.residents) if order.sample is None else f"{order.sample.numerator}in{order.sample.denominator}"
    part = "" if shard is None else f"-shard-{str(shard).replace('/', 'of')}"
    return Path("runs") / f"{scenario.name}-{order.seed.replace('/', '_')}-{size}{part}"
