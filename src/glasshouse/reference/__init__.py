"""The reference: the same rules once more, slow and plain, one subject at a time. It is the oracle of the kernel.

Nothing here is fast on purpose: each stage is a file, each ledger is kept whole, and every number is a whole number or
a decimal of 50 digits. Fact and truth are two ledgers, each computed by itself with the same luck.
"""

from __future__ import annotations

from glasshouse.reference.journal import Journal
from glasshouse.reference.run import run_block

__all__ = ["Journal", "run_block"]
