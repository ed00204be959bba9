"""Options that several commands have are declared once: a dataclass of them stands in each
signature."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints


def spliced(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command as typer is to see it, with its dataclasses of options taken apart.

    In place of each parameter that is a dataclass of options, these options stand one by one. Typer
    reads each option off a parameter of its own. The command itself gets the dataclass, filled in.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    shown = [
        option
        for one in signature(command).parameters.values()
        for option in _options_of(one.replace(annotation=hints[one.name]))
    ]

    @wraps(command)
    def one_by_one(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = group(**{own.name: given.pop(own.name) for own in fields(group)})
        command(**given)

    del one_by_one.__wrapped__  # or typer would look through it
    one_by_one.__signature__ = Signature(shown)  # type: ignore[attr-defined]
    one_by_one.__annotations__ = {one.name: one.annotation for one in shown}
    return one_by_one


def _options_of(parameter: Parameter) -> Iterator[Parameter]:
    """Yield the fields of a dataclass as parameters; any other parameter as it is."""
    group = parameter.annotation
    if not is_dataclass(group):
        yield parameter
        return
    hints = get_type_hints(group, include_extras=True)
    for own in fields(group):
        default = Parameter.empty if own.default is MISSING else own.default
        yield Parameter(own.name, parameter.kind, default=default, annotation=hints[own.name])
