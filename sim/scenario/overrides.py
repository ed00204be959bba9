"""Changing a scenario from outside: `key=value`, `key=+1`, `key=*1.5`, `teams.*.developers=8`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sim.errors import BadInputError, nearest
from sim.scenario.toml_text import MAX_PARTS, TomlError, parsed


class OverrideError(BadInputError):
    """Raised for an override that names no key, or a change that cannot be made."""


def apply(change: str, table: dict[str, Any]) -> None:
    """Make one change in a complete scenario table, in place.

    List entries are named by their `name` or `kind` (with `-` or `_` for a space), by their
    position, or all together by `*`.

    Raises:
        OverrideError: naming the part of the key that is not known, or the value that is not one.
    """
    key, equals, value = change.partition("=")
    if not equals or not key.strip() or not value.strip():
        raise OverrideError(f"--set {change}: expected KEY=VALUE, such as time.horizon_weeks=26")
    path = parts_of(key)
    if len(path) > MAX_PARTS:
        raise OverrideError(f"--set {key[:60]}…: a key has at most {MAX_PARTS} parts")
    if len(path) == 3 and path[0] == "policies":
        # An open table: a scenario names only what it would set.
        table.setdefault("policies", {}).setdefault(path[1], {}).setdefault(path[2], None)
    if len(path) == 4 and path[0] == "policies" and path[2] == "set":
        policy = table.setdefault("policies", {}).get(path[1], {})
        policy.setdefault("set", {}).setdefault(path[3], None)
    holders = _descend(table, path[:-1], change)
    for holder, place in [(h, p) for h in holders for p in _places(h, path[-1], change)]:
        holder[place] = _changed(holder[place], value.strip(), change)


def as_change(value: object) -> str:
    """Return what a value of Python is after the `=` of a change: NumPy's numbers as numbers, lists and tables as TOML
    writes them on one line.

    Raises:
        OverrideError: for what no scenario holds.
    """
    plain_value = (
        value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else value
    )
    if isinstance(plain_value, str):
        return plain_value if plain_value[:1] in ("*", "+") else json.dumps(plain_value)
    return _in_toml(plain_value)


def _in_toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, int | float) or hasattr(value, "isoformat"):
        return value.isoformat() if hasattr(value, "isoformat") else repr(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{json.dumps(str(k))} = {_in_toml(v)}" for k, v in value.items())
        return f"{{ {inner} }}"
    if hasattr(value, "tolist"):
        return _in_toml(value.tolist())
    if isinstance(value, Sequence):
        return f"[{', '.join(_in_toml(own) for own in value)}]"
    raise OverrideError(
        f"{value!r}: expected a number, a text, a truth value, a date, a list or a table"
    )


def parts_of(key: str) -> list[str]:
    """The parts of a dotted key; a part in quotes may hold dots and spaces."""
    key = key.strip()
    return [
        double or single or bare
        for double, single, bare in re.findall(r'"([^"]*)"|\'([^\']*)\'|([^."\']+)', key)
    ] or [key]


def key_of(change: str) -> str:
    """The key that a change, `key=value`, is about."""
    return change.partition("=")[0].strip()


def value_of(change: str) -> str:
    """What a change, `key=value`, puts there."""
    return change.partition("=")[2].strip()


def _descend(table: Any, path: list[str], change: str) -> list[Any]:
    here = [table]
    for part in path:
        here = [holder[place] for holder in here for place in _places(holder, part, change)]
    return here


def _places(holder: Any, part: str, change: str) -> list[Any]:
    """The keys or positions of `holder` that `part` names: at least one."""
    if isinstance(holder, list):
        if part == "*":
            return list(range(len(holder)))
        names = [
            str(e.get("name", e.get("kind", i)))
            for i, e in enumerate(holder)
            if isinstance(e, dict)
        ]
        for position, name in enumerate(names):
            if part == name or plain(part) == plain(name) or part == str(position):
                return [position]
        raise OverrideError(
            f"--set {change}: '{part}' is none of the entries" + nearest(part, names)
        )
    if isinstance(holder, dict):
        if part == "*":
            return list(holder)
        if part in holder:
            return [part]
        raise OverrideError(f"--set {change}: unknown key '{part}'" + nearest(part, list(holder)))
    raise OverrideError(f"--set {change}: nothing lies under '{part}'")


def plain(name: str) -> str:
    """A name as it is compared: `-`, `_` and spaces are one, and so are large and small letters."""
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


def _changed(old: Any, text: str, change: str) -> Any:
    relative = re.fullmatch(r"([+*])(.+)", text)
    if relative is None:
        return _value(text)
    operand = _value(relative[2])
    if relative[1] == "*" and _is_number(operand) and isinstance(old, dict) and "dist" in old:
        return _scaled(old, operand, change)
    if not _is_number(old) or not _is_number(operand):
        raise OverrideError(
            f"--set {change}: {relative[1]} needs a number on both sides (the value is {old!r})"
        )
    try:
        new = old + operand if relative[1] == "+" else old * operand
        return int(new) if isinstance(old, int) and float(new).is_integer() else new
    except OverflowError:
        raise OverrideError(f"--set {change}: the result is too large for a number") from None


_SIZES = ("value", "values", "mean", "median", "p90")
"""What of a distribution grows with what it is a distribution of; its shape does not."""


def _scaled(table: dict[str, Any], factor: float, change: str) -> dict[str, Any]:
    """A distribution of amounts that are larger by a factor."""
    scaled = dict(table)
    for key in _SIZES:
        if isinstance(old := table.get(key), list):
            scaled[key] = [_changed(one, f"*{factor}", change) for one in old]
        elif old is not None:
            scaled[key] = _changed(old, f"*{factor}", change)
    if "parts" in table:
        scaled["parts"] = [
            {**part, "of": _scaled(part["of"], factor, change)} for part in table["parts"]
        ]
    return scaled


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value(text: str) -> Any:
    """What the text means in TOML; a bare word is text."""
    try:
        return parsed(f"value = {text}")["value"]
    except TomlError:
        return text
