"""The sums of a run, added to by address.

An array handed from function to function has its users counted, with the locks that threads need; that took a third of
the kernel's time. The sums are one row of int64 that the caller keeps alive, so its address is enough.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


@intrinsic  # type: ignore[untyped-decorator]
def add(typing: Any, sums: Any, place: Any, number: Any) -> Any:
    """Add a number at a place of the sums."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address, index, amount = arguments
        first = builder.inttoptr(address, ir.IntType(64).as_pointer())
        held = builder.gep(first, [index])
        builder.store(builder.add(builder.load(held), amount), held)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), generate
