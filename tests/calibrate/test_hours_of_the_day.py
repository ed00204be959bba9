"""Hours are those of the clock that stands in the file, and days without a time of day have none."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests.calibrate.planted import Found, calibrated, document, openings, table

OPENED = openings(180)


def share(found: Found, part: str) -> float:
    return next(f[0] for name, f in found.fit.parts.items() if name.startswith(part))


def jira(path: Path, offset: str) -> Path:
    issues = [
        {"key": f"OPS-{n}", "fields": {"created": f"{at:%Y-%m-%dT%H:%M:%S}.000{offset}",
                                       "priority": {"name": "Medium"}, "issuetype": {"name": "Bug"}}}
        for n, at in enumerate(OPENED)
    ]  # fmt: skip
    return document(path, {"issues": issues})


@pytest.mark.parametrize("offset", ["+0800", "-0500", "+05:30", "-03:00", "+00:00", "Z"])
def test_any_offset_in_a_jira_document_is_kept_as_the_clock(offset: str, tmp_path: Path) -> None:
    found = calibrated(jira(tmp_path / "e.json", offset))
    assert share(found, "working hours") == 1
    assert share(found, "nights") == 0
    sentence = "openings in UTC" if offset in ("Z", "+00:00") else "openings with an offset ("
    assert found.said.count("noticed 180: openings") == 1
    assert f"noticed 180: {sentence}" in found.said
    assert "--timezone" in found.said


@pytest.mark.parametrize(
    "written",
    [
        "{:%Y-%m-%dT%H:%M:%S}-0600", "{:%d/%b/%Y %I:%M %p} GMT+0900", "{:%Y-%m-%d %H:%M:%S} PST",
        "{:%a %b %d %Y %H:%M:%S} GMT+1000 (AEST)", "{:%Y-%m-%d %H:%M:%S}.12 +0200 UTC",
    ],
)  # fmt: skip
def test_any_way_to_write_an_offset_in_a_table_is_seen(written: str, tmp_path: Path) -> None:
    rows = [(f"T{n}", written.format(at), 3) for n, at in enumerate(OPENED)]
    found = calibrated(table(tmp_path / "e.csv", ("number", "opened", "severity"), rows))
    assert share(found, "working hours") == 1
    assert "noticed 180: openings with an offset" in found.said


def test_a_heading_that_says_utc_is_a_zone(tmp_path: Path) -> None:
    rows = [(n, f"{at:%Y-%m-%d %H:%M:%S}", 3) for n, at in enumerate(OPENED)]
    found = calibrated(table(tmp_path / "e.csv", ("number", "Created At (UTC)", "severity"), rows))
    assert "noticed 180: openings in UTC: give --timezone for the hours people saw" in found.said


def test_a_time_zone_moves_the_moments_that_have_one(tmp_path: Path) -> None:
    found = calibrated(jira(tmp_path / "e.json", "+0000"), timezone="Asia/Tokyo")
    assert found.tickets["opened"].iloc[0] % 86_400 == (OPENED[0].hour * 3600 + OPENED[0].minute * 60 + OPENED[0].second + 9 * 3600) % 86_400  # fmt: skip
    assert "openings with a zone of their own: moved to the clock of Asia/Tokyo" in found.said


def test_what_a_ticket_took_is_right_where_its_moments_have_clocks_of_several_zones(
    tmp_path: Path,
) -> None:
    rows = [
        (f"T{n}", f"{at:%Y-%m-%dT%H:%M:%S}+02:00", f"{at:%Y-%m-%dT%H:%M:%S}Z", 3)
        for n, at in enumerate(OPENED)
    ]
    found = calibrated(
        table(tmp_path / "e.csv", ("number", "opened", "resolved", "severity"), rows)
    )
    assert found.fit.kinds[0].resolution is not None
    assert found.fit.kinds[0].resolution.median == 2, (
        "10:00+02:00 is 08:00 UTC, so 10:00 UTC is two hours later"
    )


@pytest.mark.parametrize(
    "written", ["%Y-%m-%d", "%d.%m.%Y", "%Y-%m-%d 00:00:00", "%m/%d/%Y 12:00:00 AM"]
)
def test_dates_without_a_time_of_day_tell_days_only(written: str, tmp_path: Path) -> None:
    rows = [
        (f"T{n}", at.strftime(written), (at + datetime.timedelta(days=1)).strftime(written),
         (at + datetime.timedelta(days=2)).strftime(written), 3)
        for n, at in enumerate(OPENED)
    ]  # fmt: skip
    header = ("number", "opened", "responded", "resolved", "severity")
    found = calibrated(table(tmp_path / "e.csv", header, rows))
    night = found.fit.kinds[0].profile.reshape(7, 24)[:, :5].sum()
    assert night < 0.05, "no midnight openings"
    assert "to the minute" not in found.said
    assert found.fit.kinds[0].response is None
    assert found.fit.kinds[0].resolution is None
    assert "working hours" not in found.said
    for sentence in (
        "assumed 180: opened: days only, no time of day; the hours of a service desk are taken",
        "assumed 180: first answers known by the day alone: no hours are taken from them",
        "assumed 180: resolved: days only, no time of day; no hours are taken from them",
    ):
        assert sentence in found.said
    assert found.per_week == pytest.approx(15)


def test_a_few_midnights_among_times_are_midnights(tmp_path: Path) -> None:
    rows = [
        (f"T{n}", f"{at:%Y-%m-%d %H:%M}" if n % 10 else f"{at:%Y-%m-%d} 00:00", 3)
        for n, at in enumerate(OPENED)
    ]
    found = calibrated(table(tmp_path / "e.csv", ("number", "opened", "severity"), rows))
    assert share(found, "nights") == pytest.approx(0.1)
    assert "days only" not in found.said
