"""All that is used of numba and not promised by it: a new release is tried against this one page.

pyproject.toml says which releases it has been tried with; `make bounds` tries the oldest and the newest.
What stops working here makes the plain engine stand in, in words (`sim.engine.compiled.compiling`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core import ir as numba_ir
from numba.core.codegen import CPUCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder, Flags
from numba.core.compiler_lock import global_compiler_lock
from numba.core.compiler_machinery import FunctionPass, PassManager, register_pass
from numba.core.registry import CPUDispatcher, cpu_target
from numba.core.typed_passes import (
    IRLegalization,
    NativeLowering,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    infer_global,
    signature,
)
from numba.core.untyped_passes import FixupArgs, IRProcessing, ReconstructSSA, TranslateByteCode
from numba.extending import lower_builtin

__all__ = [
    "ADDRESS",
    "WITHOUT_PYTHON",
    "AbstractTemplate",
    "AttributeTemplate",
    "CPUDispatcher",
    "cgutils",
    "compiled_into",
    "finalized",
    "infer_global",
    "inlined",
    "ir",
    "library_of_functions",
    "llvm_text",
    "lowered",
    "numba_ir",
    "object_code",
    "signature",
    "symbol_of",
    "symbols_needed",
    "types",
    "unoptimised",
    "with_passes",
]

ADDRESS = "numba.dynamic.globals"
"""How numba names what is an address in this process, such as that of a large array."""

WITHOUT_PYTHON = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""What Python would call compiled code by takes four fifths of compiling it, and is not used."""


def library_of_functions(name: str) -> Any:
    """A new library, optimised once as a whole when it is `finalized`, not function by function."""
    library = cpu_target.target_context.codegen().create_library(name)
    library.enable_object_caching()
    library._optimize_functions = lambda module: None
    return library


def compiled_into(
    library: Any, function: Callable[..., Any], arguments: Sequence[Any], options: dict[str, Any]
) -> Any:
    """Compile a function of arguments of these types, as part of a library."""
    flags = Flags()
    cpu_target.options.parse_as_flags(flags, {**options, "nopython": True})
    flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    passes = _FewPasses(
        cpu_target.typing_context,
        cpu_target.target_context,
        library,
        tuple(arguments),
        None,
        flags,
        {},
    )
    return passes.compile_extra(function)


class _FewPasses(CompilerBase):  # type: ignore[misc]
    """Numba's way from Python to machine code without what the kernel has no use for: closures,
    constants as types, array expressions, annotations."""

    def define_pipelines(self) -> list[PassManager]:
        """The pipeline of passes, in the list in which numba asks for it."""
        passes = PassManager("firelane_kernel")
        for step in (
            TranslateByteCode,
            FixupArgs,
            IRProcessing,
            ReconstructSSA,
            NopythonTypeInference,
            PreLowerStripPhis,
            IRLegalization,
            NativeLowering,
            NoPythonBackend,
        ):
            passes.add_pass(step, step.__name__)
        passes.finalize()
        return [passes]


def symbol_of(compiled: Any) -> str:
    """The name in machine code of what was compiled."""
    return str(compiled.fndesc.llvm_func_name)


def inlined(library: Any, symbol: str) -> None:
    """Have a function put in the place of each of its calls."""
    library._final_module.get_function(symbol).add_function_attribute("alwaysinline")


def finalized(library: Any, entry: str) -> Any:
    """Make a library machine code and return it; all but `entry` is nobody else's to call, and may
    be inlined away."""
    for function in library._final_module.functions:
        if not function.is_declaration and function.name != entry:
            function.linkage = "internal"
    with global_compiler_lock:
        library.finalize()
    return library


def object_code(library: Any) -> bytes:
    """The object file of a finished library."""
    return bytes(library._get_compiled_object())


def symbols_needed(library: Any) -> list[str]:
    """The names that a finished library takes from outside, addresses in this process among them."""
    module = library._final_module
    return sorted(
        value.name
        for value in (*module.functions, *module.global_variables)
        if (value.is_declaration and not value.name.startswith("llvm."))
        or value.name.startswith(ADDRESS)
    )


@contextmanager
def unoptimised() -> Iterator[None]:
    """Leave what is compiled meanwhile as it was emitted; in all of this process, so in one of its own."""
    kept = CPUCodeLibrary._optimize_functions, CPUCodeLibrary._optimize_final_module
    CPUCodeLibrary._optimize_functions = lambda library, module: None
    CPUCodeLibrary._optimize_final_module = lambda library: None
    try:
        yield
    finally:
        CPUCodeLibrary._optimize_functions, CPUCodeLibrary._optimize_final_module = kept


def llvm_text(library: Any) -> str:
    """A finished library as LLVM's text."""
    return str(library._final_module)


def lowered(key: Any, emit: Callable[..., Any]) -> None:
    """Have calls of `key` compiled by `emit`, whatever the types that its typing gave."""
    lower_builtin(key, types.VarArg(types.Any))(
        lambda context, builder, sig, values: emit(context, builder, sig, values)
    )


def with_passes(untyped: Callable[[Any], None], typed: Callable[[Any], None]) -> type[CompilerBase]:
    """Numba's compiler, which shows each function's inside to `untyped` before types are found, and to
    `typed` after; either may change it, or raise."""

    @register_pass(mutates_CFG=False, analysis_only=False)
    class Untyped(FunctionPass):  # type: ignore[misc]
        _name = "firelane_untyped"

        def __init__(self) -> None:
            FunctionPass.__init__(self)

        def run_pass(self, state: Any) -> bool:
            untyped(state)
            return True

    @register_pass(mutates_CFG=False, analysis_only=True)
    class Typed(FunctionPass):  # type: ignore[misc]
        _name = "firelane_typed"

        def __init__(self) -> None:
            FunctionPass.__init__(self)

        def run_pass(self, state: Any) -> bool:
            typed(state)
            return False

    class Compiler(CompilerBase):  # type: ignore[misc]
        def define_pipelines(self) -> list[PassManager]:
            passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
            passes.add_pass_after(Untyped, IRProcessing)
            passes.add_pass_after(Typed, NopythonTypeInference)
            passes.finalize()
            return [passes]

    return Compiler
