"""What fuzzing began with and what it found once is taken, or refused in words, ever since."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest

from tests.fuzzing.targets import CORPUS, TARGETS, Target, corpus
from tests.fuzzing.watch import SCRATCH, ForbiddenError, watched

KEPT = [(name, path) for name in TARGETS for path in corpus(name)]


@cache
def _warm(name: str) -> Target:
    TARGETS[name].warm()
    return TARGETS[name]


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_is_taken_or_refused_in_words(name: str) -> None:
    target = _warm(name)
    for content in target.seeds():
        target.feed(content)


@pytest.mark.parametrize(("name", "path"), KEPT, ids=[f"{n}-{p.name}" for n, p in KEPT])
def test_what_was_found_once_is_taken_or_refused_in_words(name: str, path: Path) -> None:
    target, begun = _warm(name), time.monotonic()
    target.feed(path.read_bytes())
    assert time.monotonic() - begun < 5, "a hang"


def test_every_kept_input_belongs_to_a_target_and_all_are_small() -> None:
    kept = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert {path.parent.name for path in kept} <= set(TARGETS)
    assert sum(path.stat().st_size for path in kept) < 100_000


def test_a_file_written_elsewhere_a_call_and_code_are_noticed(tmp_path: Path) -> None:
    import socket

    def write() -> None:
        (tmp_path / "elsewhere").write_text("x")

    def call() -> None:
        with socket.socket() as one:
            one.connect_ex(("127.0.0.1", 9))

    for deed in (write, call, lambda: eval("1 + 1"), lambda: Path("/etc/passwd").read_bytes()):
        with pytest.raises(ForbiddenError), watched():
            deed()
    with watched():
        (SCRATCH / "within").write_text("x")
