"""Calling the command line as a user does, within this process."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

from sim.commands.app import command_line


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Firelane:
    """`firelane` with its output caught."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object) -> Outcome:
        self.monkeypatch.setattr(sys, "argv", ["firelane", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            command_line()
        out, err = self.capsys.readouterr()
        assert "Traceback" not in err
        return Outcome(int(ended.value.code or 0), out, err)


@pytest.fixture
def firelane(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Firelane:
    """The command line: `firelane("compare", path, "--replications", 2)`."""
    return Firelane(monkeypatch, capsys)
