"""Exports of every format with lines lost, doubled and moved, cells bent, bytes changed: read, or refused in words."""

from __future__ import annotations

import random
import re
import time

import pytest

from tests.fuzzing.exports import FORMATS, seeds_of, take_as
from tests.fuzzing.watch import watched

ODD = [
    b"", b"0", b"-1", b"1e308", b"nan", b"9" * 40, b"\xff\xfe", b'"', b"2026-01-05", b"31/02/2026 25:61", b"1,234", b"P1H", b"null", b"[]", b"{}",
    b"=1+1", b"\x00", "🙂".encode(), "٣".encode(), b"Mon Jan 05 2026", b"12/xyz/26", b"-0", b"Infinity", b"1:99", b"P9999999W", b"true", b"\r",
]  # fmt: skip


def bent(content: bytes, draw: random.Random) -> bytes:
    """Return an export with a few things changed."""
    if draw.random() < 0.2:
        at = draw.randrange(len(content))
        return (
            content[:at]
            + bytes(draw.randrange(256) for _ in range(draw.randrange(4)))
            + content[at + draw.randrange(3) :]
        )
    lines = re.split(rb"(?<=[\n{},])", content)
    for _ in range(draw.choice((1, 1, 2, 5, 20))):
        at, deed = draw.randrange(len(lines)), draw.random()
        if deed < 0.5:
            lines[at] = re.sub(
                rb"[^,;\t{}\[\]\":\n]+", lambda _: draw.choice(ODD), lines[at], count=1
            )
        elif deed < 0.65 and len(lines) > 1:
            del lines[at]
        elif deed < 0.8:
            lines.insert(at, draw.choice(lines))
        elif deed < 0.9:
            other = draw.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines = lines[: at + 1]
    return b"".join(lines)


def feed(format_: str | None, count: int) -> None:
    take, seeds, draw = take_as(format_), seeds_of(format_)(), random.Random(format_)
    for content in seeds:
        take(content)  # whatever is loaded on first use
    for _ in range(count):
        content = bent(draw.choice(seeds), draw)
        begun = time.process_time()
        with watched():
            take(content)
        assert time.process_time() - begun < 5, content[:200]


@pytest.mark.parametrize("format_", [*FORMATS, None])
def test_a_bent_export_is_read_or_refused_in_words(format_: str | None) -> None:
    feed(format_, 20)


@pytest.mark.long
@pytest.mark.parametrize("format_", [*FORMATS, None])
def test_five_thousand_bent_exports_are_read_or_refused_in_words(format_: str | None) -> None:
    feed(format_, 5_000)
