"""What the numbers do not say: what is invented, what intervals leave out, what the model has not got."""

from __future__ import annotations

from typing import Final

from glasshouse.report.account import Account
from glasshouse.report.markup import Markup, listed, paragraph, section, table
from glasshouse.vocabulary import CONFIDENCES

WORDS: Final = {
    "verified": "read in the source named", "derived": "worked out from figures that were read",
    "background": "general knowledge", "invented": "known to nobody; somebody wrote one",
    "intention": "announced, not observed",
}  # fmt: skip
ALWAYS: Final = (
    "Nobody moves, is born or dies within the period, and nobody comes with a past: lists are empty at the start.",
    "Ties end at the edge of a block of about 500 residents. Figures that rest on ties (spread, victims of mistaken "
    "records) depend on that size; this report does not run it at other sizes.",
    "Intervals come from the choice of blocks, or from replications, and cover chance. They do not know whether a rate "
    "is right.",
    "A detector is a table of chances. It recognises nobody, and nothing here could be asked about anybody.",
    "The effect of a policy on conduct is whatever factor the conduct states. That a policy works cannot be concluded.",
    "Whether a policy is lawful is for courts; that a clause meets an element of a provision is all a text can show.",
)


def limits(account: Account) -> Markup:
    """The part of the page on limits."""
    manifest = account.run.manifest
    numbers = manifest["numbers"]
    total = max(1, sum(numbers.values()))
    rows = [
        (name, f"{numbers[name]:,}", f"{numbers[name] / total:.0%}", WORDS[name])
        for name in CONFIDENCES if numbers.get(name)
    ]  # fmt: skip
    said = list(ALWAYS)
    if account.reading == "reported":
        said.insert(0, "This run takes an article at its word. Figures known to be wrong are repeated on purpose.")
    said.insert(0, _size(account))
    if not manifest["firms"]:
        said.append("There are no firms in this run; clauses about firms alone did nothing in it.")
    return section(
        "limits", "What these numbers do not say",
        paragraph(f"{float(manifest['invented_share']):.0%} of the numbers in the documents are invented."),
        table("How well the numbers of the documents are known", ("confidence", "numbers", "share", "meaning"), rows),
        listed(said),
        paragraph(f"What the run made sure of: {'; '.join(str(law['law']) for law in manifest['laws'])}."),
    )  # fmt: skip


def _size(account: Account) -> str:
    blocks = account.resident_blocks
    if blocks == 1:
        return "One block was simulated: no interval can be told, and another village would have another story."
    return (
        f"{blocks:,} blocks were simulated. What happens to fewer than a few dozen of their residents is uncertain, "
        "whatever it is multiplied by."
    )
