"""Every place where input comes in, with where to begin and how much of a long run it gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.fuzzing import exports, page, scenarios, stores, words
from tests.fuzzing.watch import watched

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Target:
    """One kind of input."""

    take: Callable[[bytes], None]
    """Takes an input or refuses it in words; raises where the program does neither."""
    seeds: Callable[[], list[bytes]]
    share: int
    """Inputs of a thousand in a long run."""
    longest: int = 4_096
    """Bytes of an input."""
    is_lines: bool = False
    """Inputs are tables of lines and cells, and are changed as such."""

    def warm(self) -> None:
        """Load whatever is loaded on first use: from then on no input runs any code."""
        for content in self.seeds():
            self.take(content)

    def feed(self, content: bytes) -> None:
        """One input, under watch.

        Raises:
            Exception: whatever the program should have told in words.
        """
        with watched():
            self.take(content)


TARGETS: dict[str, Target] = {
    "scenario": Target(scenarios.take, scenarios.seeds, 130, 8_192, is_lines=True),
    "set": Target(words.take_change, words.changes, 150, 6_000),
    "require": Target(words.take_question, words.questions, 210, 600),
    "policy": Target(words.take_policy, words.policies, 200, 600),
    "meaning": Target(words.take_meaning, words.meanings, 60, 6_000),
    "store": Target(stores.take, stores.seeds, 60, 8_192),
    "address": Target(page.take_address, page.addresses, 70, 6_000),
    "headers": Target(page.take_headers, page.headers, 60, 500),
    "upload": Target(page.take_upload, page.uploads, 30, 8_192, is_lines=True),
    **{
        f"export-{name or 'guessed'}": Target(
            exports.take_as(name), exports.seeds_of(name), 5, 8_192, is_lines=True
        )
        for name in (*exports.FORMATS, None)
    },
}


def corpus(name: str) -> list[Path]:
    """The inputs of a target that are kept."""
    return sorted((CORPUS / name).glob("*"))
