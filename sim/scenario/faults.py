"""Faults of a scenario in words a person can act on: where, what is wrong, what would be right."""

from __future__ import annotations

import datetime
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Fault, nearest, quoted
from sim.scenario.parts import BelowError

MAX_TOLD = 100
"""Faults of a file that are told; of more, only how many there are."""


def from_validation(error: ValidationError, model: type[BaseModel], table: Any) -> list[Fault]:
    """Every fault pydantic found in `table`, one per key, in the order of the schema.

    A key that may be of several types has a fault for each; they are joined by "or".
    """
    messages: dict[str, list[str]] = {}
    found: dict[str, str] = {}
    details = error.errors(include_url=False)
    for detail in details[:MAX_TOLD]:
        key = _key(detail["loc"], table) + _below(detail)
        messages.setdefault(key, []).append(_message(detail, model))
        found[key] = _found(detail)
    faults = [Fault(key, ", or ".join(texts) + found[key]) for key, texts in messages.items()]
    if (more := len(details) - MAX_TOLD) > 0:
        faults.append(Fault("", f"and {more:,} more"))
    return faults


def _below(detail: ErrorDetails) -> str:
    """The rest of the key, where a validator knows better than its place what is wrong."""
    error = detail.get("ctx", {}).get("error")
    return f".{error.below}" if isinstance(error, BelowError) else ""


_WORDS = {
    "missing": "is required",
    "greater_than_equal": "must be {ge:g} or more",
    "greater_than": "must be more than {gt:g}",
    "less_than_equal": "must be {le:g} or less",
    "less_than": "must be less than {lt:g}",
    "finite_number": "must be a finite number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "list_type": "must be a list [ … ]",
    "dict_type": "must be a table {{ … }}",
    "model_type": "must be a table {{ … }}",
    "model_attributes_type": "must be a table {{ … }}",
    "date_type": "must be a date such as 2026-01-05, without quotes",
    "datetime_type": "must be a moment such as 2026-01-07T14:00:00, without quotes",
    "too_short": "must have {min_length} or more entries",
    "too_long": "must have at most {max_length} entries",
    "literal_error": "must be {expected}",
    "union_tag_invalid": "must be a distribution with dist = {expected_tags}",
    "union_tag_not_found": 'must be a distribution such as {{ dist = "lognormal", … }}',
    "string_pattern_mismatch": "must be a name without spaces, such as ours",
    "value_error": "{error}",
}
"""pydantic's error types and our words for them; anything else keeps pydantic's own."""


def _message(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind, location = detail["type"], detail["loc"]
    if kind == "extra_forbidden":
        return "unknown key" + nearest(str(location[-1]), _siblings(model, location))
    words = _WORDS.get(kind)
    return detail["msg"] if words is None else words.format(**detail.get("ctx", {}))


def _found(detail: ErrorDetails) -> str:
    value = detail.get("ctx", {}).get("tag", detail["input"])
    if detail["type"] in {"missing", "extra_forbidden", "union_tag_not_found"}:
        return ""
    if detail["type"] == "value_error" and isinstance(value, dict | list):
        return ""
    text = "a table" if isinstance(value, dict) else _as_written(value)
    return f" (got {text if len(text) <= 60 else text[:57] + '…'})"


def _as_written(value: Any) -> str:
    """A value as it stands in the file."""
    return str(value) if isinstance(value, datetime.date) else repr(value)


def _key(location: tuple[int | str, ...], table: Any) -> str:
    """The path of a key with list positions replaced by the entries' names where they have one.

    pydantic's location also holds the tags of the unions it went through, which are no keys.
    """
    parts: list[str] = []
    here = table
    for step in location:
        if isinstance(step, int):
            here = here[step] if isinstance(here, list) and step < len(here) else None
            named = _name_of(here)
            parts.append(quoted(named) if named else str(step))
        elif isinstance(here, dict) and step in here:
            here = here[step]
            parts.append(quoted(step))
        elif step == location[-1] and isinstance(here, dict) and "[key]" not in step:
            parts.append(quoted(step))
    return ".".join(parts)


def _name_of(entry: Any) -> str | None:
    if not isinstance(entry, dict):
        return None
    name = entry.get("name", entry.get("kind"))
    return name if isinstance(name, str) and name else None


def _siblings(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys that are known where an unknown one stands."""
    here: set[type[BaseModel]] = {model}
    for step in location[:-1]:
        if isinstance(step, int):
            continue
        below = {
            inner
            for outer in here
            for name, field in outer.model_fields.items()
            if (field.alias or name) == step
            for inner in _models_in(field.annotation)
        }
        here = below or {m for m in here if _tag(m) == step} or here
    return sorted({field.alias or name for m in here for name, field in m.model_fields.items()})


def _tag(model: type[BaseModel]) -> str | None:
    dist = model.model_fields.get("dist")
    return get_args(dist.annotation)[0] if dist else None


def _models_in(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {model for inner in get_args(annotation) for model in _models_in(inner)}
