"""Exports that are dropped on the page become a scenario, read where the page runs: nothing leaves the machine.

They are read in a process of their own, which can be ended.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any

from sim.report.control_rows import EACH_KIND, EACH_TEAM, ROWS
from sim.scenario.schema import Scenario
from sim.web.page_state import StateError

MAX_FILES = 6
LONGEST = 90.0
"""Seconds that a reading may take."""

TOO_LONG = f"Reading took more than {LONGEST:.0f} seconds, and was ended; `firelane calibrate` has no such limit."
LOST = "The files could not be read: the system may have run out of memory. Try again."

_FIGURE = re.compile(r"^(?P<key>[\w\".-]+) = (?P<value>.+?) # (?P<why>.*)$")


def framed(sizes: Sequence[str], content: bytes) -> list[tuple[str, bytes]]:
    """Take a body apart: `sizes` are `BYTES:NAME` of each file in it, in order.

    Raises:
        StateError: where the sizes are not those of the body.
    """
    files, at = [], 0
    for told in sizes[: MAX_FILES + 1]:
        size, _, name = told.partition(":")
        if not size.isdigit() or len(size) > 9:
            raise StateError("file: expected BYTES:NAME")
        files.append((name, content[at : at + int(size)]))
        at += int(size)
    if len(files) > MAX_FILES:
        raise StateError(f"more than {MAX_FILES} files; join them, or use `firelane calibrate`")
    if not files or at != len(content):
        raise StateError("The files did not come whole. Drop them again.")
    return files


def scenario_of_exports(files: list[tuple[str, bytes]]) -> dict[str, Any]:
    """Read exports, and return the scenario's text with what was read and what is assumed.

    Raises:
        ScenarioError: for what cannot be read, as `firelane calibrate` tells it.
    """
    from sim.calibrate import calibration, scenario_text
    from sim.calibrate.asking import asked
    from sim.report.calibration_tables import fit_lines
    from sim.report.what_was_read import report_lines

    with tempfile.TemporaryDirectory(prefix="firelane-") as folder:
        paths = [_written(Path(folder), name, content) for name, content in files]
        wishes = asked()
        found = calibration.read_all(paths, None, wishes.say)
        fitted = calibration.calibrate(found, wishes)
        text = scenario_text.scenario_text(fitted, scenario_text.name_of(paths))
        scenario = scenario_text.scenario_of(text)
        lines = [line.replace(f"{folder}/", "") for line in report_lines(found, details=False)]
    figures = list(_figures(text))
    return {
        "text": text,
        "files": [path.name for path in paths],
        "lines": lines,
        "fit": [line.strip() for line in fit_lines(fitted) if line.strip()],
        "read": [one for one in figures if not one["assumed"]],
        "assumed": [one for one in figures if one["assumed"]],
        "developers": scenario.developers,
        "confirm": _to_confirm(scenario),
    }


def _to_confirm(scenario: Scenario) -> list[str]:
    """Keys whose figures move the answer most: who is there, how long it takes, what was promised."""
    teams = [f'teams."{team.name}".developers' for team in scenario.teams]
    if len(teams) == 1 or len(teams) > 12:
        teams = ["teams.*.developers"]
    kinds = [kind.kind for kind in scenario.incidents]
    efforts = [f'incidents."{kind}".effort_hours' for kind in kinds[:6]]
    promises = [f'incidents."{kind}".respond_within_hours' for kind in kinds[:6]]
    return [*teams, *efforts, *promises]


def _written(folder: Path, name: str, content: bytes) -> Path:
    """Write one of the files under its own last name, whatever path it was told with."""
    plain = (
        re.sub(r"[^\w. -]", "_", PurePath(name.replace("\\", "/")).name)[-80:].lstrip(".")
        or "export.csv"
    )
    target = folder / plain
    while target.exists():
        target = target.with_name(f"again-{target.name}")
    target.write_bytes(content)
    return target


def _figures(text: str) -> Iterator[dict[str, Any]]:
    """Every commented figure of a scenario's text: whose it is, what it is, and what it rests on."""
    place = owner = ""
    for line in text.splitlines():
        if line.startswith("["):
            place, owner = line.strip("[] ").partition("]")[0], ""
        if named := re.match(r'(?:name|kind) = "(.*?)"', line):
            owner = named[1]
        found = _FIGURE.match(line)
        if found is None or place == "ranges":
            continue
        why = found["why"]
        key = f"{place}.{found['key']}"
        yield {
            "label": f"{_LABELS.get(key, found['key'].replace('_', ' '))}{f', {owner}' if owner and place else ''}",
            "value": _shown(found["value"]),
            "why": re.sub(r"^assumed[:;]? ?|--\w+ says it", "", why),
            "assumed": why.startswith("assumed"),
        }


_LABELS = {
    re.sub(r"\.(\{\w+\}|\*)", "", row.key): row.label for row in (*ROWS, *EACH_KIND, *EACH_TEAM)
}


def _shown(value: str) -> str:
    """A value of the file as people read it."""
    spread = re.match(r'\{ dist = "lognormal", median = ([\d.]+), p90 = ([\d.]+) \}', value)
    if spread:
        return f"half below {spread[1]}, nine in ten below {spread[2]}"
    if value.startswith("{ 1 ="):
        return ", ".join(
            f"{size} ({100 * float(share):.0f} %)"
            for size, share in re.findall(r"(\d+) = ([\d.]+)", value)
        )
    return {"[": "by the hour", "[]": "none"}.get(value, value.strip('"'))
