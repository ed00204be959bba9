"""The command that writes docs/validation.md can be run: it takes half an hour, its parts are tested
beside this."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_command_of_the_proofs_finds_all_it_needs() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "validation", "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    assert "--only" in told.stdout
