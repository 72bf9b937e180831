"""The sums of a run, added to by address.

An array handed from function to function has its users counted, with the locks that threads need; that took a third of
the kernel's time. The sums are one row of int64 that the caller keeps alive, so its address is enough.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


def _add(typing: Any, sums: Any, place: Any, number: Any) -> Any:

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address, index, amount = arguments
        first = builder.inttoptr(address, ir.IntType(64).as_pointer())
        held = builder.gep(first, [index])
        builder.store(builder.add(builder.load(held), amount), held)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), generate


add: Callable[[Any, Any, Any], None] = cast(Any, intrinsic(_add))
"""``add(sums, place, number)``: add a number at a place of the sums."""
