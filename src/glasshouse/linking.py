"""How the kernel is compiled quickly: its parts are typed one by one, joined, and only then turned into machine code.

Left alone, numba optimises every function together with all it calls and makes machine code of it, though only the
kernel as a whole is ever run: most of the time goes into code that nobody calls. Here a part is translated and kept;
the function at the top collects all parts beneath it and optimises them once.

This rests on the inner order of numba's compiler (tried on 0.61 to 0.63); results cannot depend on it, only the time.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from numba import _dynfunc, types  # type: ignore[attr-defined]
from numba.core import compiler, typed_passes, untyped_passes
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_machinery import PassManager, register_pass
from numba.np import arrayobj

REFUSED = ctypes.cast(ctypes.pythonapi.PyErr_BadArgument, ctypes.c_void_p).value
"""What Python calls if it calls a part all the same: a TypeError."""


class _Part(JITCodeLibrary):
    """The code of one part: translated, neither optimised nor turned into machine code."""

    def finalize(self) -> None:
        """Nothing: the whole is finished at the top."""
        self._finalized = True


class _Whole(JITCodeLibrary):
    """The code of the function at the top, which takes in all parts beneath it."""

    def finalize(self) -> None:
        """Join what is called directly and indirectly, then optimise it as one."""
        found: dict[Any, None] = {}
        waiting = list(self._linking_libraries)
        while waiting:
            library = waiting.pop()
            if library not in found:
                found[library] = None
                if isinstance(library, _Part):
                    waiting.extend(library._linking_libraries)
        self._linking_libraries = list(found)
        super().finalize()


@register_pass(mutates_CFG=True, analysis_only=False)
class _PartLowering(typed_passes.NativeLowering):
    """Translate a part and make it known to its callers without machine code."""

    _name = "part_lowering"

    def run_pass(self, state: Any) -> bool:
        """Numba's lowering up to the point where it would make machine code."""
        state.library = _Part(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        done = state["cr"]
        name = done.fndesc.qualname.rpartition(".")[2]
        stand_in = _dynfunc.make_function(
            done.fndesc.lookup_module(), name, "a part of the kernel", REFUSED, done.env, (state.library,)
        )
        state.targetctx.insert_user_function(stand_in, done.fndesc, [state.library])
        state["cr"] = done._replace(cfunc=stand_in)
        return True


@register_pass(mutates_CFG=True, analysis_only=False)
class _WholeLowering(typed_passes.NativeLowering):
    """Numba's own lowering into code that takes in all parts."""

    _name = "whole_lowering"

    def run_pass(self, state: Any) -> bool:
        """Numba's lowering."""
        state.library = _Whole(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return bool(super().run_pass(state))


def _passes(state: Any, lowering: Any) -> list[PassManager]:
    """Numba's passes that plain scalar code needs."""
    state.flags.nrt = False
    manager = PassManager("scalar")
    for found, why in (
        (untyped_passes.TranslateByteCode, "analyzing bytecode"),
        (untyped_passes.FixupArgs, "fix up args"),
        (untyped_passes.IRProcessing, "processing IR"),
        (untyped_passes.GenericRewrites, "nopython rewrites"),
        (untyped_passes.ReconstructSSA, "ssa"),
        (typed_passes.NopythonTypeInference, "nopython frontend"),
        (typed_passes.PreLowerStripPhis, "remove phis nodes"),
        (typed_passes.IRLegalization, "ensure IR is legal prior to lowering"),
        (typed_passes.AnnotateTypes, "annotate types"),
        (lowering, "native lowering"),
        (typed_passes.NoPythonBackend, "nopython mode backend"),
    ):
        manager.add_pass(found, why)
    manager.finalize()
    return [manager]


class PartCompiler(compiler.CompilerBase):
    """For functions that only compiled functions call."""

    def define_pipelines(self) -> list[PassManager]:
        """The passes."""
        return _passes(self.state, _PartLowering)


class WholeCompiler(compiler.CompilerBase):
    """For the function at the top."""

    def define_pipelines(self) -> list[PassManager]:
        """The passes."""
        return _passes(self.state, _WholeLowering)


@contextmanager
def compiling() -> Iterator[None]:
    """While the kernel is compiled: types are told briefly, and indices are taken as they are.

    Numba writes the types of all arguments into every step of its log, which for the kernel's records is pages. And it
    lets each index count from the end when it is negative; no index of the kernel ever is.
    """
    told, fixed = types.Record.__repr__, arrayobj.fix_integer_index
    types.Record.__repr__ = _brief  # type: ignore[method-assign]
    arrayobj.fix_integer_index = _as_it_is
    try:
        yield
    finally:
        types.Record.__repr__ = told  # type: ignore[method-assign]
        arrayobj.fix_integer_index = fixed


def _brief(record: Any) -> str:
    """A record without its columns."""
    return f"Record({record.size})"


def _as_it_is(context: Any, builder: Any, kind: Any, index: Any, size: Any) -> Any:
    """An index of any width as one of 64 bits."""
    return context.cast(builder, index, kind, types.intp if kind.signed else types.uintp)
