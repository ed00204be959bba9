"""A decision, made once for all processes of the suite."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

SCENARIO = """
name = "Harbour Goods"
[time]
horizon_weeks = 40
[[teams]]
name = "Checkout"
developers = 5
[[teams]]
name = "Stock"
developers = 4
[stories]
points = {2 = 0.5, 5 = 0.5}
[[incidents]]
kind = "outage"
severity = 1
per_week = 0.8
effort_hours = {dist = "lognormal", median = 3, p90 = 9}
respond_within_hours = 24
[[incidents]]
kind = "data fix"
severity = 3
per_week = 9
effort_hours = {dist = "lognormal", median = 2, p90 = 6}
respond_within_hours = 24
clock = "working"
[ranges]
"incidents.*.per_week" = ["*0.6", "*2.6"]
"interruptions.resume_minutes" = [5, 240]
"""

POLICIES = ("next-sprint", "interrupt-anyone", "team-rotation")


@dataclass(frozen=True)
class Made:
    """What `firelane decide` left behind."""

    scenario: Path
    page: Path
    found: dict[str, Any]
    said: str

    @property
    def html(self) -> str:
        """The page as text."""
        return self.page.read_text("utf-8")


def decide(scenario: Path, page: Path, workers: int = 2) -> str:
    """Decide between the three, in a process of its own; what the command prints."""
    named = [word for policy in POLICIES for word in ("--policy", policy)]
    command = [sys.executable, "-m", "firelane", "decide", str(scenario), *named]
    command += ["--require", "response_sla >= 0.95"]
    command += ["--today", "next-sprint", "--replications", "120", "--workers", str(workers)]
    command += ["--html", page.name]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=page.parent)
    return done.stdout


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A decision between three policies."""
    folder = tmp_path_factory.getbasetemp().parent / "decision"
    folder.mkdir(exist_ok=True)
    scenario, page = folder / "harbour.toml", folder / "harbour.html"
    said = folder / "said.txt"
    with FileLock(folder / "lock"):
        if not said.exists():
            scenario.write_text(SCENARIO, "utf-8")
            done = decide(scenario, page)
            said.write_text(done, "utf-8")
    found = json.loads(page.with_suffix(".json").read_text("utf-8"))
    return Made(scenario, page, found, said.read_text("utf-8"))
