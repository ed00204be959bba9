"""Exports of trackers, from whoever sends them, in every format and in one that is guessed."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

from sim.calibrate.calibration import Wishes, calibrate
from sim.calibrate.corrections import Corrections
from sim.calibrate.formats import read_export
from sim.calibrate.scenario_text import scenario_of, scenario_text
from sim.errors import ScenarioError
from sim.report.calibration_json import figures_json
from sim.report.calibration_tables import fit_lines
from sim.report.what_was_read import report_lines
from tests.fuzzing.watch import SCRATCH, told

FORMATS = (
    "servicenow", "jira", "pagerduty", "github", "azure", "opsgenie", "linear", "gitlab", "zendesk", "freshdesk", "incident_io", "otrs",
    "csv",
)  # fmt: skip

SAMPLES = Path(__file__).parent / "samples"
"""A small export of each tracker."""


def take_as(format_: str | None) -> Callable[[bytes], None]:
    """`firelane calibrate` of one file: read, fitted, written as a scenario, and that read."""

    def take(content: bytes) -> None:
        path = SCRATCH / "export"
        path.write_bytes(content)
        try:
            export = read_export(path, format_, Corrections())
            report_lines([export])
            report_lines([export], details=True)
            fitted = calibrate([export], Wishes())
            scenario_of(scenario_text(fitted, "it"))
        except ScenarioError as error:
            told(error)
            return
        figures_json(fitted)
        list(fit_lines(fitted))

    return take


def seeds_of(format_: str | None) -> Callable[[], list[bytes]]:
    """The samples of a format; all of them, and packed ones, where it is guessed."""

    def seeds() -> list[bytes]:
        if format_ is not None:
            return [path.read_bytes() for path in sorted(SAMPLES.glob(f"{format_}.*"))]
        found = [path.read_bytes() for path in sorted(SAMPLES.iterdir())]
        return [*found, *(gzip.compress(one, mtime=0) for one in found)]

    return seeds
