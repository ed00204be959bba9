"""Nothing has changed but what was meant to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.frozen.digests import FIGURES_OF_BUNDLED, TRACES, figures, traces


@pytest.mark.parametrize(("file", "now"), [(TRACES, traces), (FIGURES_OF_BUNDLED, figures)])
def test_all_is_as_it_was_frozen(file: Path, now: Callable[[], Iterable[str]]) -> None:
    frozen = file.read_text(encoding="utf-8").splitlines()
    differing = [
        f"{then}  is now  {found}"
        for then, found in zip(frozen, now(), strict=True)
        if then != found
    ]
    assert not differing, "\n".join(differing[:20])


def test_as_many_traces_are_frozen_as_are_told() -> None:
    assert len(TRACES.read_text(encoding="utf-8").splitlines()) >= 2_200
