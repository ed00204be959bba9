"""What can go wrong and is told in words: where, what is wrong, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

MAX_NAME_LENGTH = 80
"""Letters of a name in a message."""


COULD_NOT, BAD_INPUT = 1, 2
"""What the command line ends with."""


class FirelaneError(Exception):
    """Raised for whatever this program refuses or cannot do: `str` says it to a person.

    The command line prints that and ends with `exit_status`; the page answers with `reasons`.
    """

    exit_status = COULD_NOT

    @property
    def reasons(self) -> list[str]:
        """Every reason, a sentence each."""
        return [str(self)]


class BadInputError(FirelaneError):
    """Raised where what was asked for cannot be understood or must not be: whoever asked can put it
    right."""

    exit_status = BAD_INPUT


class CannotDoError(FirelaneError):
    """Raised where what was asked for is right, and cannot be done here and now."""


@dataclass(frozen=True)
class Fault:
    """A thing that is wrong: the path of the key (empty for the whole file) and what would be
    right."""

    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.key}: {self.message}" if self.key else self.message


class ScenarioError(BadInputError):
    """Raised for a scenario that cannot be used. `faults` lists every reason; `str` gives them a
    line each."""

    def __init__(self, source: str, faults: Sequence[Fault]) -> None:
        self.source, self.faults = source, tuple(faults)
        super().__init__(source, self.faults)

    def __str__(self) -> str:
        if len(self.faults) == 1 and not self.faults[0].key:
            return f"{self.source}: {self.faults[0]}"
        return "\n".join([f"{self.source} cannot be used:", *map(str, self.faults)])

    @property
    def reasons(self) -> list[str]:
        """Every fault as a sentence; the source, of which the reader knows, is left out."""
        return [str(fault) for fault in self.faults]


def nearest(word: str, known: Sequence[str]) -> str:
    """The words '; nearest known: …' for a misspelt word, or the whole list where nothing is
    near."""
    close = difflib.get_close_matches(word[: 2 * MAX_NAME_LENGTH], known, n=1, cutoff=0.5)
    if close:
        return f"; nearest known: {close[0]}"
    return f"; known are {', '.join(known)}" if known else ""


def quoted(name: str) -> str:
    """The name as it stands in a key path: bare where TOML allows, else in quotes."""
    if len(name) > MAX_NAME_LENGTH:
        name = name[: MAX_NAME_LENGTH - 1] + "…"
    bare = name.replace("-", "").replace("_", "").isalnum() and name.isascii()
    return name if bare else f'"{name}"'
