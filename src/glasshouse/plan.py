"""A plan: what a run directory must know of itself to be finished by any process, at any time, to the same bits.

It is written before anything is simulated: the order, the documents by their digests, the code that simulates, and the
shard if the directory holds one. Two directories with one digest are of the same run.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from glasshouse import __version__
from glasshouse.errors import RunFailed, UsageError
from glasshouse.order import Order
from glasshouse.results import PLAN
from glasshouse.roll import Range

FORMAT: Final = "plan/1"
SHARD: Final = re.compile(r"(\d{1,6})/(\d{1,6})")
SIMULATING: Final = ("kernel", "society", "tables", "conditions", "mechanisms")
SIMULATING_FILES: Final = ("draws.py", "randomness.py", "engine.py", "linking.py", "counts.py", "roll.py", "parts.py")


@cache
def code_digest() -> str:
    """SHA-256 over the sources that decide what a block adds up to."""
    here = Path(__file__).parent
    paths = [path for folder in SIMULATING for path in (here / folder).rglob("*.py")]
    digest = hashlib.sha256()
    for path in sorted([*paths, *(here / name for name in SIMULATING_FILES)]):
        digest.update(f"{path.relative_to(here).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class Shard:
    """One of so many parts of a run, counted from 1, that are made apart and merged."""

    number: int
    of: int

    @classmethod
    def read(cls, written: str) -> Shard:
        """A shard as written: `3/7`. Raises UsageError."""
        found = SHARD.fullmatch(written)
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            raise UsageError(f"a shard is written k/n with k from 1 to n, such as 3/7, not `{written}`")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def span(self, places: int) -> Range:
        """The shard's range of so many places."""
        return places * (self.number - 1) // self.of, places * self.number // self.of


@dataclass(frozen=True)
class Plan:
    """Order, documents (digests by `KIND/NAME`), code, and the shard."""

    order: Order
    documents: dict[str, str]
    shard: Shard | None = None
    version: str = __version__
    code: str = ""

    @property
    def digest(self) -> str:
        """What tells this run from every other; its shards share it."""
        return hashlib.sha256(json.dumps(self._run(), sort_keys=True).encode()).hexdigest()

    def _run(self) -> dict[str, Any]:
        return {
            "order": self.order.written(), "documents": self.documents, "version": self.version, "code": self.code,
        }  # fmt: skip

    def written(self) -> str:
        """The plan as its file holds it."""
        shard = None if self.shard is None else str(self.shard)
        return json.dumps({"glasshouse": FORMAT, "digest": self.digest, "shard": shard} | self._run(), indent=2) + "\n"


def kept_plan(folder: Path) -> Plan:
    """The plan of a run directory. Raises RunFailed where there is none or where it is damaged."""
    if not folder.is_dir():
        raise RunFailed(f"there is no run directory {folder}")
    try:
        told = json.loads((folder / PLAN).read_text(encoding="utf-8"))
        shard = None if told["shard"] is None else Shard.read(told["shard"])
        plan = Plan(Order.read(told["order"]), told["documents"], shard, told["version"], told["code"])
    except (OSError, ValueError, KeyError, TypeError, UsageError) as failure:
        raise RunFailed(f"{folder} has no plan that could be carried on ({PLAN}: {failure}); run again") from failure
    if told["glasshouse"] != FORMAT or told["digest"] != plan.digest:
        raise RunFailed(f"{folder / PLAN} has been changed since the run began, or another version wrote it; run again")
    return plan


def insist_on_this_code(plan: Plan, folder: Path) -> None:
    """Raises RunFailed where other code began a run: two halves of two programs are no result."""
    if plan.code != code_digest():
        raise RunFailed(
            f"{folder} was begun by other code than this (Glasshouse {plan.version}, {plan.code[:12]}; this is "
            f"{__version__}, {code_digest()[:12]}): finish it with that, or run again"
        )
