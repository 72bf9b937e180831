"""Shards of one run joined to the run: the same bits as if it had never been cut.

A shard's directory holds its parts, the documents and the plan; all shards of a run have one plan but for the number.
Merging puts all parts into one new directory, sees that none is missing, damaged or there twice, and finishes the run
from them as if it had been interrupted just before its end. The shards stay as they are.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from glasshouse import results, workers
from glasshouse.disk import settle, troubles
from glasshouse.errors import RunFailed, UsageError
from glasshouse.keeping import CANONICAL, kept_digests, kept_scenario
from glasshouse.making import Making, Progress
from glasshouse.parts import Label, Shelf, ranges
from glasshouse.plan import Plan, Shard, insist_on_this_code, kept_plan
from glasshouse.roll import CHUNK, Range, missing
from glasshouse.runs import Run, made


def merge(
    paths: Sequence[Path | str], out: Path | str, *, threads: int | None = None, progress: Progress | None = None
) -> Run:
    """Joins the shards of a run, all of them and each once, into a run directory of its own.

    Raises UsageError or RunFailed, with everything that stands against it, where the directories are not all the shards
    of one run.
    """
    folders = [Path(path) for path in paths]
    plans = _plans_of_one_run(folders)
    insist_on_this_code(plans[0], folders[0])
    scenario = kept_scenario(folders[0])
    if kept_digests(scenario) != plans[0].documents:
        raise RunFailed(f"the documents in {folders[0] / CANONICAL} have been changed since the shard was made")
    plan = Plan(plans[0].order, plans[0].documents, None, plans[0].version, plans[0].code)
    shelves = [Shelf(folder / results.PARTS, plan.digest) for folder in folders]
    labels = [_sound_parts(folder, shelf) for folder, shelf in zip(folders, shelves, strict=True)]
    replicated = plan.order.replications > 1
    writing = results.Writing(Path(out), replicated=replicated, reading=scenario.reading)
    try:
        with troubles(writing.target):
            shutil.copytree(folders[0] / "documents", writing.path / "documents")
            for place, label in _each_once(shelves, labels):
                _place(place / label.file, writing.parts / label.file)
        writing.text(results.PLAN, plan.written())
        work = Making(
            scenario, plan, writing, threads=threads or workers.threads_here(), chunk=CHUNK, progress=progress
        )
        _insist_on_all_blocks(work, folders, plans, labels)
        writing.reveal()
    except BaseException:
        writing.remove()
        raise
    return made(work)


def _plans_of_one_run(folders: Sequence[Path]) -> list[Plan]:
    """The plans of the shards. Raises where they are not all shards of one run, with all that is wrong."""
    if not folders:
        raise UsageError("name the directories of all shards of a run")
    against: list[str] = []
    plans: list[Plan] = []
    shards: dict[Shard, list[Path]] = {}
    for folder in folders:
        try:
            told = results.opened(folder, shards=True)
            if told["glasshouse"] != results.SHARD_FORMAT:
                against.append(f"{folder} is a whole run and no shard")
                continue
            plan = kept_plan(folder)
        except RunFailed as failure:
            against.append(str(failure))
            continue
        plans.append(plan)
        assert plan.shard is not None
        shards.setdefault(plan.shard, []).append(folder)
        if plan.digest != plans[0].digest:
            against.append(f"{folder} is of another run than {folders[0]}: {_differences(plans[0], plan)}")
    if not against:
        against = _not_each_once(shards)
    if against:
        raise RunFailed("these directories cannot be merged:\n  " + "\n  ".join(against))
    return plans


def _not_each_once(shards: dict[Shard, list[Path]]) -> list[str]:
    """What is wrong with the numbers of shards: cut differently, twice, missing."""
    numbers = sorted({shard.of for shard in shards})
    if len(numbers) > 1:
        return [f"they are of runs cut into {' and '.join(map(str, numbers))} shards"]
    found = [f"shard {shard} is there twice: {', '.join(map(str, at))}" for shard, at in shards.items() if len(at) > 1]
    lost = [str(k) for k in range(1, numbers[0] + 1) if Shard(k, numbers[0]) not in shards]
    return found + ([f"of {numbers[0]} shards there is no number {', '.join(lost)}"] if lost else [])


def _differences(one: Plan, other: Plan) -> str:
    """In what two plans differ, in words."""
    mine, yours = one.order.written(), other.order.written()
    found = [f"{name} {mine[name]} and {yours[name]}" for name in mine if mine[name] != yours[name]]
    documents = {*one.documents, *other.documents}
    found += [name for name in sorted(documents) if one.documents.get(name) != other.documents.get(name)]
    if (one.version, one.code) != (other.version, other.code):
        found.append(f"Glasshouse {one.version} ({one.code[:12]}) and {other.version} ({other.code[:12]})")
    return ", ".join(found)


def _sound_parts(folder: Path, shelf: Shelf) -> list[Label]:
    """The parts of a shard. Raises RunFailed where one is damaged."""
    whole, damaged = shelf.sound()
    if damaged:
        names = ", ".join(label.file for label in damaged)
        raise RunFailed(f"{folder}: damaged: {names}. This computes only them again: glasshouse resume {folder}")
    return whole


def _each_once(shelves: Sequence[Shelf], labels: Sequence[Sequence[Label]]) -> Iterator[tuple[Path, Label]]:
    """Parts and where they stand; what every shard has made for itself is taken from the first."""
    taken: dict[tuple[str, int], list[Range]] = {}
    for shelf, its in zip(shelves, labels, strict=True):
        for label in its:
            covered = taken.setdefault((label.population, label.replication), [])
            if missing((label.first, label.stop), covered):
                if covered and covered[-1][1] == label.first:  # parts follow one another: a shard is one range
                    covered[-1] = (covered[-1][0], label.stop)
                else:
                    covered.append((label.first, label.stop))
                yield shelf.folder, label


def _insist_on_all_blocks(
    work: Making, folders: Sequence[Path], plans: Sequence[Plan], labels: Sequence[Sequence[Label]]
) -> None:
    """Raises RunFailed where a shard lacks parts of its own range."""
    for folder, plan, its in zip(folders, plans, labels, strict=True):
        for each in work.passes:
            if missing(work.span(each, plan.shard), ranges(its, each.population, each.replication)):
                raise RunFailed(f"{folder}: parts are missing. This computes only them: glasshouse resume {folder}")


def _place(source: Path, target: Path) -> None:
    """Puts a part into another folder: the same file under a second name where that can be, else a copy."""
    try:
        os.link(source, target)
    except OSError:
        settle(target, source.read_bytes())
