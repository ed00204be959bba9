"""Parts of the engine, each as LLVM's text, made one module of WebAssembly.

The text is that of this processor; what is of it alone is taken out, so that the same parts give the same bytes
everywhere. LLVM ends the whole process where it is to emit what WebAssembly has not (an atomic count of Python's
objects, say): so a part is looked through before that, and what is refused is refused in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sim.engine.compiled.object_cache import NotCompilableError, llvm  # type: ignore[attr-defined]
from sim.engine.webassembly.wasm_object import ObjectError, exported, functions_needed

TRIPLE = "wasm32-unknown-unknown"

FEATURES = "+bulk-memory,+nontrapping-fptoint,+sign-ext,+mutable-globals"
"""What every browser has that has 64-bit numbers: Chromium 85, Firefox 79, Safari 15."""

BROUGHT = ("fmod",)
"""Functions that the page brings, as they give the same bits there."""

_AS_INSTRUCTIONS = ("floor", "ceil", "trunc", "fabs", "sqrt", "rint", "nearbyint", "roundeven")
"""Functions of the C library that WebAssembly has as instructions, or nearly."""

_LET_IN = re.compile(
    r"llvm\.(assume|expect|lifetime|mem(cpy|set|move)|[su](max|min)|abs|c[tp]|fsh[lr]|bswap|bitreverse"
    r"|[su](add|sub|mul)\.(with\.overflow|sat)|fabs|floor|ceil|trunc|sqrt|rint|roundeven|copysign"
    r"|fptosi\.sat|fptoui\.sat|experimental\.noalias|trap|ubsantrap|is\.constant|is\.fpclass|invariant)"
)
"""LLVM's own functions that become instructions, or calls that are brought."""

_OFFERED, _ADDRESSED = "offered_", "addressed_"
"""How symbols begin in the module as a whole."""

_MULTIPLY = """
define internal void @__multi3(ptr %to, i64 %a, i64 %ah, i64 %b, i64 %bh) noinline {
  %al = and i64 %a, 4294967295
  %au = lshr i64 %a, 32
  %bl = and i64 %b, 4294967295
  %bu = lshr i64 %b, 32
  %ll = mul i64 %al, %bl
  %lu = mul i64 %al, %bu
  %ul = mul i64 %au, %bl
  %uu = mul i64 %au, %bu
  %carried = lshr i64 %ll, 32
  %middle = add i64 %lu, %carried
  %middle_low = and i64 %middle, 4294967295
  %middle_high = lshr i64 %middle, 32
  %other = add i64 %ul, %middle_low
  %other_high = lshr i64 %other, 32
  %low = mul i64 %a, %b
  %up = add i64 %uu, %middle_high
  %upper = add i64 %up, %other_high
  %cross = mul i64 %a, %bh
  %across = mul i64 %ah, %b
  %sum = add i64 %upper, %cross
  %high = add i64 %sum, %across
  store i64 %low, ptr %to, align 8
  %at = getelementptr i64, ptr %to, i32 1
  store i64 %high, ptr %at, align 8
  ret void
}
@llvm.used = appending global [1 x ptr] [ptr @__multi3], section "llvm.metadata"
"""
"""The product of two numbers of 128 bits, which LLVM calls to see whether one of 64 bits went beyond."""


_ENTRY = "firelane_entry"
"""The symbol of a part's own function."""


class Module(NamedTuple):
    """A module of WebAssembly, and where in it things stand."""

    code: bytes
    slots: list[int]
    """of the table of functions: of each that is called by its address"""
    data_end: int
    """the first byte of memory that is free"""


def prepared(text: str, symbol: str, words: str) -> str:
    """A part's text for WebAssembly, optimised, with all but its own function to itself.

    Args:
        text: LLVM's, for any processor, of all that the part consists of.
        symbol: of its function.
        words: what it is called.

    Raises:
        NotCompilableError: naming the part and what of it WebAssembly has not.
    """
    machine = _machine()
    text = re.sub(r"^(source_filename|; ModuleID).*$", "", text, flags=re.M)
    for what, right in (("datalayout", machine.target_data), ("triple", TRIPLE)):
        text = re.sub(rf'^target {what} = ".*"', f'target {what} = "{right}"', text, flags=re.M)
    for pattern, instead in _OF_THE_PROCESSOR:
        text = pattern.sub(instead, text)
    for function in _AS_INSTRUCTIONS:
        text = re.sub(rf"@{function}\(", f"@llvm.{function}.f64(", text)
    module = llvm.parse_assembly(text)
    for value in (*module.functions, *module.global_variables):
        if not value.is_declaration and value.name != symbol:
            value.linkage = "internal"
    module.get_function(symbol).name = _ENTRY
    _optimised(machine, module)
    _check(module, words)
    return str(module)


def linked(offered: Mapping[str, str], addressed: Sequence[str]) -> Module:
    """One module of prepared parts.

    Args:
        offered: by the names under which the page calls them.
        addressed: those that others call by their slot in the table.

    Raises:
        NotCompilableError: where a browser could not load it.
    """
    machine = _machine()
    names = {f"{_OFFERED}{name}": text for name, text in offered.items()}
    slots = {f"{_ADDRESSED}{n}": text for n, text in enumerate(addressed)}
    whole = llvm.parse_assembly(_frame(machine, list(slots)))
    for name, text in (names | slots).items():
        part = llvm.parse_assembly(text)
        part.get_function(_ENTRY).name = name
        whole.link_in(part)
    for function in whole.functions:
        if not function.is_declaration and function.name not in names:
            function.linkage = "internal"
    whole.verify()
    try:
        wanted = {name: name.removeprefix(_OFFERED) for name in names}
        code, about = exported(machine.emit_object(whole), wanted)
    except ObjectError as error:
        raise NotCompilableError(f"the engine cannot be made a module: {error}") from None
    if strange := sorted(set(functions_needed(code)) - set(BROUGHT)):
        raise NotCompilableError(f"a browser has no {', '.join(map(_in_words, strange))}")
    return Module(code, [about.functions[name] for name in slots], about.data_end)


def _machine() -> Any:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    return llvm.Target.from_triple(TRIPLE).create_target_machine(
        cpu="generic", opt=3, features=FEATURES, reloc="static"
    )


def _frame(machine: Any, slots: Sequence[str]) -> str:
    """What holds the parts together: addresses are taken of those that are called by them. At address 0 stands
    nothing, so that no address is that of nothing."""
    lines = [
        f'target datalayout = "{machine.target_data}"',
        f'target triple = "{TRIPLE}"',
        "@firelane_nothing = constant [16 x i8] zeroinitializer",
        *(f"declare void @{slot}()" for slot in slots),
        f"@firelane_addressed = constant [{len(slots)} x ptr] [{', '.join(f'ptr @{slot}' for slot in slots)}]",
        _MULTIPLY,
    ]
    return "\n".join(lines)


_OF_THE_PROCESSOR = (
    (re.compile(r'"(target-cpu|target-features|probe-stack|tune-cpu)"="[^"]*"'), ""),
    (re.compile(r"= (dso_local )?common "), "= internal "),
    (re.compile(r"\bcomdat(\([^)]*\))?"), ""),
    (re.compile(r"^\$.*$", re.M), ""),
    # addresses in this process: where one is used, it is refused, and must not be a number by then
    (
        re.compile(r"^(@numba\.dynamic\.globals\.\w+) = \w+ global ptr .*$", re.M),
        r"\1 = external global ptr",
    ),
    # what Python would be told of an error: file and line of this machine; here it is only that there is one
    (
        re.compile(r'(@[\w.]*pickledata[\w.]* = \w+ constant \[\d+ x i8\]) c".*"$', re.M),
        r"\1 zeroinitializer",
    ),
)


def _optimised(machine: Any, module: Any) -> None:
    """Optimise a module in place; loops are not spread over vectors, which browsers make no faster here."""
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = tuning.slp_vectorization = False
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)


def _check(module: Any, words: str) -> None:
    """Refuse what is not there in a browser.

    Raises:
        NotCompilableError: naming it.
    """
    for value in module.global_variables:
        if value.is_declaration:
            raise NotCompilableError(
                f"{words}\n  a browser has no {_in_words(value.name)}: only numbers and short tables go along"
            )
    for function in module.functions:
        name = function.name
        if not function.is_declaration:
            continue
        if not (
            _LET_IN.match(name) if name.startswith("llvm.") else name in (*BROUGHT, "__multi3")
        ):
            raise NotCompilableError(f"{words}\n  a browser has no {_in_words(name)}")


def _in_words(name: str) -> str:
    told = {
        "exp": "exp with the same last digit",
        "log": "log with the same last digit",
        "pow": "power with the same last digit",
    }
    if name.startswith("numba.dynamic.globals"):
        return "large table of this process"
    if name.startswith(("NRT", "Py", "_Py")):
        return "lists and arrays of Python's own"
    return told.get(name.removeprefix("llvm.").split(".")[0], f"“{name}”")
