"""Dates of other languages and tools are moments; where too many cannot be read, the export is refused."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest

from sim.calibrate.dates import parse
from sim.calibrate.month_names import _LANGUAGES, months_of
from sim.calibrate.ticket_states import ACTIVE, DONE, NEW, WAITING, state
from sim.errors import ScenarioError
from tests.calibrate.planted import calibrated, openings, table

WRITTEN = {
    "Mar 5, 2025, 10:00 AM": "2025-03-05 10:00", "Jan 15, 2025 10:00 PM": "2025-01-15 22:00", "March 5th, 2025": "2025-03-05",
    "Wed May 13 2026 11:21:41 GMT+0000 (GMT+00:00)": "2026-05-13 11:21:41", "Wed, 13 May 2026 11:21:41 +0000": "2026-05-13 11:21:41",
    "2025-01-15 10:00:00.123 +0000 UTC": "2025-01-15 10:00", "Jan 15, 2025, 10:00 AM PST": "2025-01-15 10:00",
    "12/lut/21": "2021-02-12", "05/sty/26 4:17 PM": "2026-01-05 16:17", "05/maj/26 4:17 PM": "2026-05-05 16:17",
    "25 de abril de 2016": "2016-04-25", "3 ene. 2026 10:00 p. m.": "2026-01-03 22:00", "03/okt/26": "2026-10-03", "3. des 2026": "2026-12-03",
    "2026年1月5日 上午10:30": "2026-01-05 10:30", "2026年1月5日 10時30分": "2026-01-05 10:30", "2026년 1월 5일 오후 3:20": "2026-01-05 15:20",
    "5. tammikuuta 2026 klo 10.30": "2026-01-05 10:30", "13.05.2026 um 10:30 Uhr": "2026-05-13 10:30", "lundi 5 janvier 2026 à 10:30": "2026-01-05 10:30",
    "12 янв. 2026 г., 10:30": "2026-01-12 10:30", "Montag, 5. Januar 2026": "2026-01-05", "13-MAY-26 10.30.00.000000 AM": "2026-05-13 10:30",
    "20260513T103000Z": "2026-05-13 10:30", "1767607170000": "2026-01-05 09:59:30", "46155.4375": "2026-05-13 10:30", "5 avr. 2026 09:12": "2026-04-05 09:12",
    "2026-01-05T10:00+01:00[Europe/Berlin]": "2026-01-05 10:00", "Tue Jan  6 09:15:00 2026": "2026-01-06 09:15", "31 Aralık 2025 09:05": "2025-12-31 09:05",
    "9 Αυγούστου 2026": "2026-08-09", "15 août 2025 à 08h05": "2025-08-15 08:05",
}  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_a_moment_however_written_is_that_moment(text: str) -> None:
    found = parse([text]).seconds[0]
    assert datetime.datetime(1970, 1, 1) + datetime.timedelta(
        seconds=found
    ) == datetime.datetime.fromisoformat(WRITTEN[text])


@pytest.mark.parametrize("text", ["yesterday", "7 days ago", "10", "2026", "T99", "9999-01-01", "31/02/2026", "2026-13-01 10:00", "n/a", "10:30", "Sprint 12", "May", "12 apples 2026"])  # fmt: skip
def test_what_is_no_moment_is_none(text: str) -> None:
    assert np.isnan(parse([text]).seconds[0])


@pytest.mark.parametrize("language", _LANGUAGES)
def test_every_month_of_every_language_is_read_by_name_and_beginning(language: str) -> None:
    months = [names.split("/")[0] for names in _LANGUAGES[language].split()]
    known = months_of(months)
    assert [known[month] for month in months] == list(range(1, 13))
    read = parse([f"0{n % 9 + 1}/{month}/26 10:00" for n, month in enumerate(months)]).seconds
    assert [
        int(s.astype("datetime64[s]").astype("datetime64[M]").astype(int)) % 12 + 1 for s in read
    ] == list(range(1, 13))


@pytest.mark.parametrize(
    ("months", "right"), [("sty lut mar kwi maj cze lip sie wrz paź lis gru", 12), ("jan feb mar apr maj jun jul aug sep okt nov dec", 12),
                          ("ene feb mar abr may jun jul ago sept oct nov dic", 12), ("led úno bře dub kvě čvn čvc srp zář říj lis pro", 12)]
)  # fmt: skip
def test_a_year_of_tickets_with_months_of_another_language_is_read_whole(
    months: str, right: int, tmp_path: Path
) -> None:
    names = months.split()
    rows = [
        (f"OPS-{n}", "Bug", "Done", f"{at:%d}/{names[at.month - 1]}/{at:%y} {at:%I:%M %p}")
        for n, at in enumerate(openings(750))
    ]
    found = calibrated(
        table(tmp_path / "e.csv", ("Issue key", "Issue Type", "Status", "Created"), rows)
    )
    assert "read 750: incidents" in found.said
    assert found.per_week == pytest.approx(15, rel=0.01)


@pytest.mark.parametrize("share", [0.06, 0.5, 0.9])
def test_where_more_than_a_few_per_cent_cannot_be_read_the_export_is_refused(
    share: float, tmp_path: Path
) -> None:
    rows = [
        (n, "soonish" if n < 200 * share else f"{at:%Y-%m-%d %H:%M}")
        for n, at in enumerate(openings(200))
    ]
    with pytest.raises(
        ScenarioError,
        match=r"opened: \d+ of 200 cells are no moments that can be read, such as 'soonish'",
    ):
        calibrated(table(tmp_path / "e.csv", ("number", "opened"), rows))


def test_a_few_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    rows = [
        (n, "soonish" if n < 6 else f"{at:%Y-%m-%d %H:%M}") for n, at in enumerate(openings(200))
    ]
    assert (
        "dropped 6: opened: not a moment"
        in calibrated(table(tmp_path / "e.csv", ("number", "opened"), rows)).said
    )


def test_day_and_month_of_one_column_are_told_by_another(tmp_path: Path) -> None:
    rows = [(n, f"3/{n % 9 + 1}/2026 10:00", f"4/{n % 15 + 14}/2026 10:00") for n in range(60)]
    found = calibrated(table(tmp_path / "e.csv", ("number", "opened", "resolved"), rows))
    assert found.tickets["opened"].max() < found.tickets["resolved"].min()
    assert "nothing tells day from month" not in found.said


@pytest.mark.parametrize(
    ("word", "means"),
    [("Zu erledigen", NEW), ("Em andamento", ACTIVE), ("Finalizada", DONE), ("待办", NEW), ("進行中", ACTIVE), ("Gotowe", DONE),
     ("В работе", ACTIVE), ("Waiting for customer", WAITING), ("En espera", WAITING), ("Klar", DONE), ("Opgelost", DONE)],
)  # fmt: skip
def test_states_of_other_languages_are_understood(word: str, means: str) -> None:
    assert state(word, {}) == means


def test_words_in_place_of_an_end_are_counted_and_dates_that_are_not_known_refused(
    tmp_path: Path,
) -> None:
    header = ("number", "opened", "resolved")
    words = [
        (n, f"{at:%Y-%m-%d %H:%M}", "still open" if n % 2 else f"{at:%Y-%m-%d} 20:00")
        for n, at in enumerate(openings(200))
    ]
    assert (
        "repaired 100: resolved: not a moment; taken as unknown"
        in calibrated(table(tmp_path / "e.csv", header, words)).said
    )
    dates = [
        (n, f"{at:%Y-%m-%d %H:%M}", f"{at:%d} ดด {at:%Y} {at:%H:%M}")
        for n, at in enumerate(openings(200))
    ]
    with pytest.raises(ScenarioError, match="resolved: 200 of 200 cells are no moments"):
        calibrated(table(tmp_path / "e.csv", header, dates))
