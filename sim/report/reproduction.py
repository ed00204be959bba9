"""A report says how to get the same figures again."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import shlex
from collections.abc import Collection, Sequence

from sim.experiment.study import Observations
from sim.report.document import Block, Listing, ReportTable, Section
from sim.scenario.reading import digest
from sim.scenario.schema import Scenario

NO_MATTER = {
    "--workers", "--cluster", "--store", "--json", "--csv", "--plot", "--html", "--live", "-o", "--output",
}  # fmt: skip
"""Options with a value that changes nothing about the figures."""

COMPUTING = ("firelane", "numpy", "scipy", "numba", "simpy")
"""Whose versions the figures may hang on."""


def command_of(arguments: Sequence[str], without: Collection[str] = ()) -> str:
    """Return the command line without what says where to compute and what to write, and other options with a
    value."""
    no_matter = {*NO_MATTER, *without}
    kept = ["firelane"]
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in no_matter:
            skip = True
        elif argument.split("=")[0] not in {
            *no_matter,
            "--fresh",
            "--report-checklist",
            "--overwrite",
        }:
            kept.append(argument)
    return shlex.join(kept)


def versions() -> list[tuple[str, str]]:
    """Return the version of Python and of each package that computes."""
    found = [("Python", platform.python_version())]
    for name in COMPUTING:
        try:
            found.append((name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            found.append((name, "not installed"))
    return found


def fingerprint(observed: Sequence[Observations]) -> str:
    """Return the SHA-256 of every figure of every replication, in hexadecimal."""
    told = hashlib.sha256()
    for one in observed:
        told.update("\n".join(":".join(key) for key in one.keys).encode())
        told.update(one.values.astype("<f8").tobytes())
    return told.hexdigest()


def how_to_reproduce(
    scenario: Scenario,
    command: str,
    seed: int,
    facts: Sequence[tuple[str, str]] = (),
    listings: Sequence[Listing] = (),
) -> Section:
    """Return the section with the command, versions, seed and hashes.

    The scenario itself, and other `listings`, are folded into the page.
    """
    rows = [
        ("seed", str(seed)),
        *facts,
        ("SHA-256 of the scenario", digest(scenario)),
        *(version for version in versions()),
    ]
    blocks: list[Block] = [
        "The same command gives the same figures to the last digit, whatever the number of processes.",
        Listing(command),
        ReportTable("What it was computed with", ("what", "value"), rows, words=True),
        Listing(scenario.to_toml(), "The scenario as it was used, overrides included (TOML)"),
        *listings,
    ]
    return Section("How to reproduce it", blocks)
