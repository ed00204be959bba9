"""TOML that nobody vouches for: what would take long to read is refused before it is read.

Python's `tomllib` copies a dotted key at each of its dots, so that one key of a hundred kilobytes takes
half a minute. Here a text is looked through once, from left to right, before it is parsed.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from sim.errors import BadInputError

MAX_PARTS = 16
"""Of a dotted key, in a scenario at most five."""

MAX_LONG = 20_000
"""Parts beyond the second, which no number has, of all dotted keys together."""

DEEPEST = 32
"""Brackets within brackets, in a scenario at most six."""

MAX_BITS = 64
"""Of a whole number, as TOML has them."""

_SIGN = re.compile("\"\"\"|'''|[\"'#.=,\n\\[\\]{}]")
_QUOTE_OR_ESCAPE = re.compile('\\\\.|"|\n', re.DOTALL)
_QUOTES_OR_ESCAPE = re.compile('\\\\.|"""', re.DOTALL)


class TomlError(BadInputError, ValueError):
    """Raised for text that is not TOML, or TOML that no scenario needs; says what it is."""


def parsed(text: str) -> dict[str, Any]:
    """Parse a text into the table that it says.

    Raises:
        TomlError: for what is not TOML, or would take long.
    """
    _look_through(text)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"is not TOML: {error}") from None
    except ValueError:
        raise TomlError("is not a scenario: a number has thousands of digits") from None
    except RecursionError:
        raise TomlError("is not a scenario: brackets are nested too deep") from None
    _check_numbers(found)
    return found


def _look_through(text: str) -> None:
    """Count the parts of keys and the depth of brackets, outside of strings and comments."""
    at, parts, long, depth = 0, 1, 0, 0
    while (found := _SIGN.search(text, at)) is not None:
        sign, at = found.group(), found.end()
        if sign == ".":
            parts += 1
            long += parts > 2
            if parts > MAX_PARTS or long > MAX_LONG:
                raise TomlError(_too_many(parts, text.count("\n", 0, at) + 1))
        elif sign == "#":
            at = _found_or_end(text, "\n", at)
        elif sign[0] in "\"'":
            at = _end_of_string(text, sign, at)
        else:
            parts = 1
            depth += (sign in "[{") - (sign in "]}")
            if depth > DEEPEST:
                raise TomlError("is not a scenario: brackets are nested too deep")


def _too_many(parts: int, line: int) -> str:
    if parts > MAX_PARTS:
        return f"is not a scenario: a key in line {line} has more than {MAX_PARTS} parts"
    return f"is not a scenario: up to line {line} its keys have more than {MAX_LONG:,} parts"


def _end_of_string(text: str, quote: str, at: int) -> int:
    """The place where the text goes on after a string that began before `at`. A string that is not
    closed is not TOML, and the rest of the text of no interest."""
    if quote == "'":
        end = _found_or_end(text, "'", at)
        return len(text) if "\n" in text[at:end] else end + 1
    if quote == "'''":
        return _after_more(text, "'", _found_or_end(text, quote, at) + 3)
    signs = _QUOTE_OR_ESCAPE if quote == '"' else _QUOTES_OR_ESCAPE
    for found in signs.finditer(text, at):
        if found.group() == quote:
            return found.end() if quote == '"' else _after_more(text, '"', found.end())
        if found.group() == "\n":
            break
    return len(text)


def _after_more(text: str, quote: str, at: int) -> int:
    """The place past the one or two quotes with which a string of several lines may end, before its
    three."""
    for _ in range(2):
        at += text.startswith(quote, at)
    return at


def _found_or_end(text: str, sign: str, at: int) -> int:
    found = text.find(sign, at)
    return len(text) if found < 0 else found


def _check_numbers(table: dict[str, Any]) -> None:
    left: list[Any] = [table]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list):
            left += value
        elif isinstance(value, int) and value.bit_length() > MAX_BITS:
            raise TomlError(
                f"is not a scenario: a whole number has {value.bit_length():,} bits; at most {MAX_BITS}"
            )
