"""What was read fits one screen; what is wrong is always said; the load names what to doubt; the next command is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.calibrate.asking import asked
from sim.calibrate.calibration import read_all
from sim.report.what_was_read import HEIGHT, height, report_lines
from tests.calibrate.exporters import EXPORTERS
from tests.calibrate.more_exporters import MORE_EXPORTERS
from tests.calibrate.planted import calibrated, openings, table
from tests.calibrate.test_more_doors import past
from tests.command import Firelane

OPENED = openings(200)
ALL = EXPORTERS | MORE_EXPORTERS


@pytest.mark.parametrize("name", ALL)
def test_the_report_of_any_format_fits_one_screen(name: str, tmp_path: Path) -> None:
    lines = report_lines(read_all([ALL[name](past(), tmp_path / "export")], None, asked().say))
    assert height(lines) <= HEIGHT
    assert any(line.startswith("  read") for line in lines)


def wide(path: Path) -> Path:
    """An export with everything wrong, and forty columns beside."""
    extra = [f"Field {n}" for n in range(40)]
    header = ("number", "opened", "resolved", "severity", "state", "Booked effort", *extra)
    rows = [
        (f"T{n % 195}", f"{at:%Y-%m-%dT%H:%M}:00+0200" if n % 50 else "", f"{at:%Y-%m-%d}" if n % 3 else "soon" if n == 3 else "",
         ("P1", "purple", "")[n % 3], ("Cancelled", "Closed")[n % 20 > 0], n, *(["x"] * 20), *([""] * 20))
        for n, at in enumerate(OPENED)
    ]  # fmt: skip
    return table(path, header, rows)


def test_what_is_wrong_is_said_on_a_screen_however_wide_the_export(tmp_path: Path) -> None:
    exports = read_all([wide(tmp_path / "e.csv")], None, asked().say)
    short, full = report_lines(exports), report_lines(exports, details=True)
    assert height(short) <= HEIGHT + 4
    said = "\n".join(short)
    for what in (
        "dropped 5: a number again", "closed without being done (9 Cancelled)", "tickets without a time of opening",
        "repaired 1: resolved: not a moment", "openings with an offset (+02:00)", "days only, no time of day", "no severity in 'purple'",
        "tickets without a severity: counted as 1", "'Booked effort' may hold hours worked on it: --columns effort_hours='Booked effort' reads it",
    ):  # fmt: skip
        assert what in said, what
    assert len(full) > len(short)
    assert short[-1] == "--details says the rest of what was found."


@pytest.mark.parametrize(
    ("heading", "field"),
    [("Booked effort", "effort_hours"), ("Our severity", "severity"), ("Fixer (assignee)", "person"), ("Story size points", "points"),
     ("Real effort PM", "effort_hours")],
)  # fmt: skip
def test_a_column_that_is_not_read_is_listed_with_what_it_may_hold(
    heading: str, field: str, tmp_path: Path
) -> None:
    rows = [(n, f"{at:%Y-%m-%d %H:%M}", 3) for n, at in enumerate(OPENED)]
    said = calibrated(table(tmp_path / "e.csv", ("number", "opened", heading), rows)).said
    assert f"unread 1: '{heading}' may hold" in said or f"{field}: {heading}" in said


def test_columns_of_no_use_are_listed(tmp_path: Path) -> None:
    rows = [(n, f"{at:%Y-%m-%d %H:%M}", "x", "y") for n, at in enumerate(OPENED)]
    said = calibrated(
        table(tmp_path / "e.csv", ("number", "opened", "Summary", "Colour"), rows)
    ).said
    assert "unread 2: columns of no use here: Summary, Colour" in said


def test_more_load_than_there_is_names_the_assumed_effort_first_and_by_how_much(
    firelane: Firelane, tmp_path: Path
) -> None:
    rows = [(n, f"{at:%Y-%m-%d %H:%M}") for n, at in enumerate(openings(6_000, per_day=60))]
    path = table(tmp_path / "e.csv", ("number", "opened"), rows)
    said = firelane("calibrate", path, "-o", tmp_path / "s.toml", "--holidays", "none").out
    load = int(re.search(r"incidents take (\d+)% of the focus time", said)[1]) / 100
    assert load > 1
    [needed] = re.findall(
        r"1\. effort: 1\.2 h an incident .* is assumed; it would have to be ([\d.]+) h, ([\d.]+) times less",
        said,
    )
    assert float(needed[1]) == pytest.approx(load / 0.8, rel=0.02)
    assert float(needed[0]) == pytest.approx(1.2 / float(needed[1]), rel=0.05)
    assert "2. first line: that it settles none is assumed; it would have to settle" in said
    assert re.search(
        rf"3\. people: 7 is assumed; there would have to be {round(7 * load / 0.8)} ", said
    )


def test_where_effort_is_logged_what_is_assumed_is_doubted_before_it(
    firelane: Firelane, tmp_path: Path
) -> None:
    rows = [
        (n, f"{at:%Y-%m-%d %H:%M}", 3.0 + n % 5) for n, at in enumerate(openings(6_000, per_day=60))
    ]
    path = table(tmp_path / "e.csv", ("number", "opened", "hours"), rows)
    said = firelane("calibrate", path, "-o", tmp_path / "s.toml", "--teams", "Red=9").out
    assert "1. first line" in said
    assert "2. effort: hours logged would have to be" in said
    assert "3. people: 9 were counted or given" in said


def test_a_load_that_can_be_borne_is_said_without_doubts(
    firelane: Firelane, tmp_path: Path
) -> None:
    rows = [(n, f"{at:%Y-%m-%d %H:%M}") for n, at in enumerate(openings(200))]
    path = table(tmp_path / "e.csv", ("number", "opened"), rows)
    assert "1. effort" not in firelane("calibrate", path, "-o", tmp_path / "s.toml").out


def test_the_last_line_is_the_next_command_with_all_that_reads_the_files(
    firelane: Firelane, tmp_path: Path
) -> None:
    rows = [(n, f"{at:%Y-%m-%d %H:%M}", "Desk") for n, at in enumerate(openings(400))]
    path, target = (
        table(tmp_path / "e.csv", ("number", "opened", "team"), rows),
        tmp_path / "s.toml",
    )
    told = firelane(
        "calibrate",
        path,
        "-o",
        target,
        "--holidays",
        "DE",
        "--first-line",
        "Desk",
        "--teams",
        "Red=5",
    )
    last = told.out.strip().splitlines()[-1]
    assert (
        last
        == f"firelane validate {target} --against {path} --holidays DE --first-line Desk --teams Red=5 --policy NAME"
    )
    words = last.replace("NAME", "kanban").split()[1:]
    assert firelane(*words, "--replications", 20).status == 0
