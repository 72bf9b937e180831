"""How to run it again: the command, the check, the hashes, and how to cite it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from glasshouse.report.account import Account
from glasshouse.report.markup import Markup, fold, paragraph, section, table, tag

if TYPE_CHECKING:
    from glasshouse.runs import Run


def again(account: Account) -> Markup:
    """The part of the page on running it again."""
    runs = [account.run] if account.other is None else [account.run, account.other]
    return section(
        "again", "Run it again",
        paragraph(
            "The run directory holds every document as it was read. The first command runs them again and compares "
            "every bit; the second makes a new run of the same size and luck from the documents that were kept."
        ),
        [_run(run) for run in runs],
    )  # fmt: skip


def _run(run: Run) -> Markup:
    manifest = run.manifest
    commands = f"glasshouse verify {shlex.quote(run.path.name)}\n{command(run)}"
    documents = [(name, digest) for name, digest in manifest["documents"].items()]
    tables = [(name, digest) for name, digest in manifest["tables"].items()]
    platform = manifest["platform"]
    return tag(
        "div",
        tag("h3", f"{manifest['scenario']['name']}: {run.path.name}"),
        tag("pre", tag("code", commands)),
        paragraph("Result hash ", tag("code", run.result_hash)),
        paragraph(
            f"Glasshouse {manifest['version']}, Python {platform['python']}, NumPy {platform['numpy']}; "
            f"{platform['seconds']:g} s of simulation, {platform['peak_mb']:g} MB at most. Machine, threads and order "
            "change no bit of the result.",
            class_="soft",
        ),
        fold(
            "Hashes of documents and tables",
            table("Documents in canonical form", ("document", "SHA-256"), documents),
            table("Tables", ("table", "SHA-256"), tables),
        ),
    )  # fmt: skip


def command(run: Run) -> str:
    """The command that makes a run of the same documents, size and luck."""
    return " ".join(_words(run))


def _words(run: Run) -> Iterator[str]:
    order, name = run.manifest["order"], run.manifest["scenario"]["name"]
    yield from ("glasshouse", "run", f"{shlex.quote(run.path.name)}/documents/canonical/scenario-{name}.yaml")
    if order["sample"]:
        yield from ("--sample", str(order["sample"]))
    elif order["residents"]:
        yield from ("--residents", str(order["residents"]))
    for seed in ("society", "conduct", "process"):
        yield from (f"--{seed}-seed", str(order[f"{seed}_seed"]))
    if order["replications"] > 1:
        yield from ("--replications", str(order["replications"]), "--replicate", str(order["replicate"]))
    if order["first_step"]:
        yield from ("--from", str(run.manifest["period"]["first"])[:7])
    if order["steps"]:
        yield from ("--months", str(order["steps"]))
