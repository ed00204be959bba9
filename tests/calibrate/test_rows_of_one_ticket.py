"""The order of rows never matters; a row that stands there twice makes no audit log; numbers of two projects
stay apart, and two files that overlap are counted once."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.calibrate.planted import calibrated, document, openings, table

OPENED = openings(180)
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
LIST = (
    "number",
    "opened_at",
    "resolved_at",
    "closed_at",
    "state",
    "priority",
    "assignment_group",
    "sys_updated_on",
)
LOG = (
    "number",
    "incident_state",
    "opened_at",
    "sys_updated_at",
    "priority",
    "assignment_group",
    "resolved_at",
)


def listed(n: int, at: datetime.datetime) -> tuple[Any, ...]:
    ended = at + HOUR * (n % 9 + 1)
    return (
        f"INC{n:07d}",
        at,
        ended,
        ended + 5 * DAY,
        "Closed",
        f"{n % 3 + 1} - x",
        f"Group {n % 2}",
        ended + 5 * DAY,
    )


def logged(n: int, at: datetime.datetime) -> list[tuple[Any, ...]]:
    states = [
        ("New", at),
        ("Active", at + HOUR),
        ("Awaiting User Info", at + 2 * HOUR),
        ("Resolved", at + 5 * HOUR),
    ]
    return [(f"INC{n:07d}", state, at, when, f"{n % 3 + 1} - x", f"Group {n % 2}", at + 5 * HOUR)
            for state, when in states]  # fmt: skip


@pytest.mark.parametrize("again", [[17], [17, 17, 40], [0, 179], list(range(30))])
def test_rows_that_stand_in_a_list_twice_make_no_audit_log(
    again: list[int], tmp_path: Path
) -> None:
    rows = [listed(n, at) for n, at in enumerate(OPENED)]
    found = calibrated(table(tmp_path / "e.csv", LIST, [*rows, *(rows[n] for n in again)]))
    assert all(kind.response is None for kind in found.fit.kinds)
    assert f"dropped {len(again)}: a number again: the last row of it is kept" in found.said
    assert "first answer median" not in found.scenario


def test_two_lists_of_other_days_in_one_file_make_no_audit_log(tmp_path: Path) -> None:
    """Each ticket stands there as it was on Friday, and as it was a week later."""
    later = [listed(n, at) for n, at in enumerate(OPENED)]
    friday = [(*row[:2], "", "", "In Progress", *row[5:7], row[1] + DAY) for row in later]
    found = calibrated(table(tmp_path / "e.csv", LIST, [*later, *friday]))
    assert all(kind.response is None for kind in found.fit.kinds)
    assert found.tickets["resolved"].notna().all(), "what is known later counts"


@pytest.mark.parametrize("seed", range(3))
def test_a_list_in_any_order_gives_the_same_scenario(seed: int, tmp_path: Path) -> None:
    rows = [listed(n, at) for n, at in enumerate(OPENED)]
    rows += rows[:5]
    mixed = [rows[n] for n in np.random.default_rng(seed).permutation(len(rows))]
    first = calibrated(table(tmp_path / "e.csv", LIST, rows))
    assert calibrated(table(tmp_path / "e.csv", LIST, mixed)).scenario == first.scenario


@pytest.mark.parametrize("seed", range(3))
def test_an_audit_log_in_any_order_gives_the_same_scenario(seed: int, tmp_path: Path) -> None:
    rows = [row for n, at in enumerate(OPENED) for row in logged(n, at)]
    mixed = [rows[n] for n in np.random.default_rng(seed).permutation(len(rows))]
    first = calibrated(table(tmp_path / "e.csv", LOG, rows))
    found = calibrated(table(tmp_path / "e.csv", LOG, mixed))
    assert found.scenario == first.scenario
    assert found.fit.kinds[0].response is not None
    assert found.fit.kinds[0].response.median == 1


def test_an_audit_log_whose_newest_row_comes_first_is_read_the_same(tmp_path: Path) -> None:
    rows = [row for n, at in enumerate(OPENED) for row in logged(n, at)]
    first = calibrated(table(tmp_path / "e.csv", LOG, rows)).scenario
    assert calibrated(table(tmp_path / "e.csv", LOG, rows[::-1])).scenario == first


def test_issues_of_two_repositories_with_equal_numbers_are_two(tmp_path: Path) -> None:
    items = [
        {"number": n // 2 + 1, "created_at": f"{at:%Y-%m-%dT%H:%M:%S}Z", "closed_at": None, "state": "open", "labels": [],
         "repository_url": f"https://api.github.com/repos/acme/{'ab'[n % 2]}"}
        for n, at in enumerate(OPENED)
    ]  # fmt: skip
    found = calibrated(document(tmp_path / "e.json", {"total_count": 180, "items": items}))
    assert found.per_week == pytest.approx(15)
    assert set(found.tickets["group"]) == {"acme/a", "acme/b"}


@pytest.mark.parametrize(
    ("header", "project"),
    [(("Issue ID", "URL", "State", "Created At (UTC)"), "https://git.example/acme/{}/-/issues/{}"),
     (("number", "repository", "state", "opened"), "{}"), (("number", "project key", "state", "opened"), "{}")],
)  # fmt: skip
def test_equal_numbers_of_two_projects_are_kept_apart(
    header: tuple[str, ...], project: str, tmp_path: Path
) -> None:
    rows = [
        (n // 2 + 1, project.format("ab"[n % 2], n // 2 + 1), "closed", f"{at:%Y-%m-%d %H:%M:%S}")
        for n, at in enumerate(OPENED)
    ]
    found = calibrated(table(tmp_path / "e.csv", header, rows))
    assert len(found.tickets) == 180
    assert "a number again" not in found.said


def test_equal_numbers_of_two_groups_without_a_project_are_kept_apart(tmp_path: Path) -> None:
    rows = [(n // 2 + 1, f"{at:%Y-%m-%d %H:%M:%S}", "AB"[n % 2]) for n, at in enumerate(OPENED)]
    assert (
        len(calibrated(table(tmp_path / "e.csv", ("number", "opened", "team"), rows)).tickets)
        == 180
    )


def test_two_exports_that_overlap_count_once_and_say_so(tmp_path: Path) -> None:
    rows = [(f"T{n}", f"{at:%Y-%m-%d %H:%M}", 3) for n, at in enumerate(OPENED)]
    header = ("number", "opened", "severity")
    one, two = (
        table(tmp_path / "jan.csv", header, rows[:120]),
        table(tmp_path / "feb.csv", header, rows[60:]),
    )
    for found in (calibrated(one, two), calibrated(two, one)):
        assert found.per_week == pytest.approx(15)
        assert "dropped 60: tickets that stand in" in found.said


def test_two_exports_in_two_formats_that_overlap_count_once(tmp_path: Path) -> None:
    one = table(tmp_path / "a.csv", LIST, [listed(n, at) for n, at in enumerate(OPENED)])
    two = table(
        tmp_path / "b.csv", LOG, [row for n, at in enumerate(OPENED) for row in logged(n, at)]
    )
    found = calibrated(one, two)
    assert found.per_week == pytest.approx(15)
    assert found.fit.kinds[0].response is not None, "the audit log knows more"


def test_two_exports_without_numbers_that_overlap_count_once(tmp_path: Path) -> None:
    rows = [(f"{at:%Y-%m-%d %H:%M:%S}", f"{at:%Y-%m-%d} 19:00", 3) for at in OPENED]
    header = ("opened", "resolved", "severity")
    found = calibrated(
        table(tmp_path / "a.csv", header, rows[:120]), table(tmp_path / "b.csv", header, rows[60:])
    )
    assert found.per_week == pytest.approx(15)


def test_the_same_file_given_twice_counts_once(tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.csv",
        ("number", "opened"),
        [(n, f"{at:%Y-%m-%d %H:%M}") for n, at in enumerate(OPENED)],
    )
    assert calibrated(path, path).per_week == pytest.approx(15)


def test_two_systems_that_count_from_one_are_kept_apart_and_that_is_said(tmp_path: Path) -> None:
    header = ("number", "opened")
    paths = [
        table(
            tmp_path / f"{name}.csv",
            header,
            [(n, f"{at:%Y-%m-%d %H:%M:%S}") for n, at in enumerate(openings(180, seed=seed))],
        )
        for name, seed in (("a", 1), ("b", 2))
    ]
    found = calibrated(*paths)
    assert found.per_week == pytest.approx(30)
    assert (
        "numbers that stand in a.csv, too, for tickets of other openings: kept apart" in found.said
    )


def test_a_later_export_tells_how_a_ticket_ended(tmp_path: Path) -> None:
    rows = [(f"T{n}", f"{at:%Y-%m-%d %H:%M}") for n, at in enumerate(OPENED)]
    early = table(
        tmp_path / "a.csv", ("number", "opened", "resolved"), [(*row, "") for row in rows]
    )
    late = table(
        tmp_path / "b.csv",
        ("number", "opened", "resolved"),
        [(*row, "2026-04-01 10:00") for row in rows[:50]],
    )
    found = calibrated(early, late)
    assert found.fit.incidents["resolved"].notna().sum() == 50


PAGES = (
    "incident_number",
    "created_at",
    "urgency",
    "service_name",
    "seconds_to_first_ack",
    "Jira issue key",
)


def test_pages_that_name_a_ticket_are_its_first_answer_and_no_incident_more(tmp_path: Path) -> None:
    tickets = [(f"OPS-{n}", "Bug", f"{at:%Y-%m-%d %H:%M:%S}") for n, at in enumerate(OPENED)]
    pages = [
        (n, f"{at + HOUR / 60:%Y-%m-%dT%H:%M:%S}", "high", "shop", 240, f"OPS-{n}")
        for n, at in enumerate(OPENED[:60])
    ]
    found = calibrated(
        table(tmp_path / "jira.csv", ("Issue key", "Issue Type", "Created"), tickets),
        table(tmp_path / "pages.csv", PAGES, pages),
    )
    assert found.per_week == pytest.approx(15)
    assert "repaired 60: pages about tickets of jira.csv, by its numbers" in found.said
    [kind] = found.fit.kinds
    assert kind.response is not None
    assert (kind.response.ended, kind.response.median) == (60, pytest.approx(5 / 60))


def test_pages_that_name_nothing_stay_incidents(tmp_path: Path) -> None:
    pages = [(n, f"{at:%Y-%m-%dT%H:%M:%S}", "high", "shop", 240, "") for n, at in enumerate(OPENED)]
    tickets = [
        (f"OPS-{n}", "Bug", f"{at:%Y-%m-%d %H:%M:%S}") for n, at in enumerate(openings(180, seed=3))
    ]
    found = calibrated(
        table(tmp_path / "jira.csv", ("Issue key", "Issue Type", "Created"), tickets),
        table(tmp_path / "pages.csv", PAGES, pages),
    )
    assert found.per_week == pytest.approx(30)


@pytest.mark.parametrize("heading", ["Ticket", "Case", "Incident"])
def test_a_column_of_words_is_no_number_of_tickets(heading: str, tmp_path: Path) -> None:
    rows = [(("Printer", "Network")[n % 2], f"{at:%Y-%m-%d %H:%M}") for n, at in enumerate(OPENED)]
    found = calibrated(table(tmp_path / "e.csv", (heading, "opened"), rows))
    assert found.per_week == pytest.approx(15)
    assert (
        f"noticed 180: {heading}: the same words again and again, no numbers of tickets"
        in found.said
    )
