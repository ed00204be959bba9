"""From an object file of WebAssembly, as LLVM emits it, to a module that a browser can load.

An object that was made of one module is laid out already: its indices and addresses are those of itself. What it
lacks is a section of exports. Memory, table and stack pointer stay imports, which the page brings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sim.errors import FirelaneError

MAGIC = b"\0asm\1\0\0\0"

CUSTOM, TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, START, ELEMENT, CODE, DATA, COUNT = (
    range(13)
)
"""The kinds of sections, by their numbers in the file."""

_IN_ORDER = (
    TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, START, ELEMENT, COUNT, CODE, DATA,
)  # fmt: skip

_OF_A_FUNCTION, _OF_DATA = 0, 1
"""Kinds of symbols."""

_OF_OTHERS_WITH_AN_INDEX = (2, 4, 5)

_UNDEFINED, _NAMED_EXPLICITLY = 0x10, 0x40
"""Flags of a symbol."""

_SYMBOL_TABLE = 8

_I32_CONST, _END = 0x41, 0x0B


class ObjectError(FirelaneError):
    """Raised for an object file that is not as LLVM writes it."""


class Export(NamedTuple):
    """Where something that was asked for by its symbol stands."""

    functions: dict[str, int]
    """the slots in the table of functions whose address is taken, by symbol"""
    data_end: int
    """the first byte of memory that is free"""


class _Reader:
    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    @property
    def is_at_end(self) -> bool:
        return self.at >= len(self.data)

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        """A whole number ≥ 0, seven bits to a byte (LEB128)."""
        found = shift = 0
        while True:
            byte = self.byte()
            found |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return found

    def signed(self) -> int:
        begin = self.at
        found = self.number()
        bits = 7 * (self.at - begin)
        return found - (1 << bits) if self.data[self.at - 1] & 64 else found

    def bytes(self) -> bytes:
        count = self.number()
        self.at += count
        return self.data[self.at - count : self.at]

    def text(self) -> str:
        return self.bytes().decode()


def number(value: int) -> bytes:
    """A whole number ≥ 0 as the file has it (LEB128)."""
    out = bytearray()
    while True:
        byte, value = value & 127, value >> 7
        out.append(byte | 128 if value else byte)
        if not value:
            return bytes(out)


@dataclass(frozen=True)
class _Symbol:
    kind: int
    name: str
    index: int


def exported(data: bytes, wanted: Mapping[str, str]) -> tuple[bytes, Export]:
    """A module that offers some of an object's functions, and where its other parts stand.

    Args:
        data: an object file of one module, relocatable, as LLVM emits it.
        wanted: by symbol, the name under which a function is offered.

    Raises:
        ObjectError: where the object is none, lacks what is wanted, or needs a function that nobody brings.
    """
    sections, custom = _sections(data)
    if "linking" not in custom:
        raise ObjectError("an object file without a table of symbols")
    symbols = list(_symbols(custom["linking"]))
    offered = [s for s in symbols if s.kind == _OF_A_FUNCTION and s.name in wanted]
    if missing := sorted(set(wanted) - {symbol.name for symbol in offered}):
        raise ObjectError(f"the object has no {', '.join(missing)}")
    sections[EXPORT] = number(len(offered)) + b"".join(_entry(wanted[s.name], s) for s in offered)
    module = MAGIC + b"".join(
        bytes([kind]) + number(len(sections[kind])) + sections[kind]
        for kind in _IN_ORDER
        if kind in sections
    )
    by_index = {s.index: s.name for s in symbols if s.kind == _OF_A_FUNCTION}
    slots = {by_index[index]: slot for slot, index in _elements(sections.get(ELEMENT, b"\0"))}
    ends = [at + size for at, size in _segments(sections.get(DATA, b"\0"))]
    return module, Export(slots, max(ends, default=0))


def functions_needed(module: bytes) -> list[str]:
    """The names of the functions that a module has brought by the page."""
    sections, _ = _sections(module)
    reader, found = _Reader(sections.get(IMPORT, b"\0")), []
    for _ in range(reader.number()):
        reader.text()
        name, kind = reader.text(), reader.byte()
        if kind == 0:
            found.append(name)
            reader.number()
        elif kind == 3:
            reader.at += 2
        else:
            reader.at += kind == 1
            flags = reader.number()
            reader.number()
            if flags & 1:
                reader.number()
    return found


def _entry(name: str, symbol: _Symbol) -> bytes:
    text = name.encode()
    return number(len(text)) + text + b"\0" + number(symbol.index)


def _sections(data: bytes) -> tuple[dict[int, bytes], dict[str, bytes]]:
    """The sections by kind, and those of LLVM's own by name."""
    if data[: len(MAGIC)] != MAGIC:
        raise ObjectError("no object file of WebAssembly")
    reader, known, custom = _Reader(data, len(MAGIC)), dict[int, bytes](), dict[str, bytes]()
    while not reader.is_at_end:
        kind, body = reader.byte(), reader.bytes()
        if kind == CUSTOM:
            inner = _Reader(body)
            name = inner.text()
            custom[name] = body[inner.at :]
        else:
            known[kind] = body
    return known, custom


def _symbols(linking: bytes) -> Iterator[_Symbol]:
    reader = _Reader(linking)
    reader.number()  # its version
    while not reader.is_at_end:
        kind, body = reader.byte(), reader.bytes()
        if kind != _SYMBOL_TABLE:
            continue
        inner = _Reader(body)
        for _ in range(inner.number()):
            yield _symbol(inner)


def _symbol(reader: _Reader) -> _Symbol:
    kind, flags = reader.byte(), reader.number()
    is_defined = not flags & _UNDEFINED
    if kind == _OF_A_FUNCTION or kind in _OF_OTHERS_WITH_AN_INDEX:
        index = reader.number()
        return _Symbol(
            kind, reader.text() if is_defined or flags & _NAMED_EXPLICITLY else "", index
        )
    if kind == _OF_DATA:
        name = reader.text()
        if is_defined:
            reader.number(), reader.number(), reader.number()
        return _Symbol(kind, name, 0)
    return _Symbol(kind, "", reader.number())


def _offset(reader: _Reader) -> int:
    """Where a segment begins: a constant, as nothing of one module is moved."""
    if reader.byte() != _I32_CONST:
        raise ObjectError("a segment whose place is not known")
    at = reader.signed()
    if reader.byte() != _END:
        raise ObjectError("a segment whose place is not known")
    return at


def _segments(body: bytes) -> Iterator[tuple[int, int]]:
    """Where each segment of data begins, and its length."""
    reader = _Reader(body)
    for _ in range(reader.number()):
        if reader.number() != 0:
            raise ObjectError("a segment of data that is not in place at once")
        at = _offset(reader)
        yield at, len(reader.bytes())


def _elements(body: bytes) -> Iterator[tuple[int, int]]:
    """The slots of the table of functions, and which function stands in each."""
    reader = _Reader(body)
    for _ in range(reader.number()):
        flags = reader.number()
        if flags not in (0, 2):
            raise ObjectError("a table of functions that is not in place at once")
        if flags:
            reader.number()
        at = _offset(reader)
        if flags:
            reader.byte()
        for slot in range(reader.number()):
            yield at + slot, reader.number()
