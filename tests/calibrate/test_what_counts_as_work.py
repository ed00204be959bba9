"""Incidents, planned work, what holds others, what was never done: told apart in any language, and counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.calibrate.not_done import is_not_done
from sim.calibrate.work_types import AROUND, INCIDENT, PART, STORY, work_of
from tests.calibrate.planted import calibrated, document, openings, table

OPENED = openings(180)

LANGUAGES = {
    "Spanish": ("Clave de incidencia,Tipo de Incidencia,Creada", "Error,Subtarea,Historia,Tarea"),
    "German": ("Vorgangsschlüssel,Vorgangstyp,Erstellt", "Fehler,Unteraufgabe,Story,Aufgabe"),
    "French": ("Clé de ticket,Type de ticket,Création", "Bogue,Sous-tâche,Récit,Tâche"),
    "Polish": ("Klucz zgłoszenia,Typ zgłoszenia,Utworzono", "Błąd,Podzadanie,Historia,Zadanie"),
    "Russian": ("Ключ проблемы,Тип задачи,Создано", "Ошибка,Подзадача,История,Задача"),
    "Japanese": ("課題キー,課題タイプ,作成日", "バグ,サブタスク,ストーリー,タスク"),
    "Dutch": ("Issue-sleutel,Issue type,Aangemaakt", "Fout,Subtaak,Verhaal,Taak"),
}


def kind(n: int) -> int:
    """20 of 180 are bugs, 90 sub-tasks, 40 stories, 30 tasks."""
    return 0 if n % 9 == 0 else 1 if n % 2 else 2 if n % 9 in (2, 4, 6) and n % 18 != 6 else 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_types_in_the_languages_of_the_trackers_are_told_apart(
    language: str, tmp_path: Path
) -> None:
    header, types = (text.split(",") for text in LANGUAGES[language])
    rows = [(f"AB-{n}", types[kind(n)], f"{at:%Y-%m-%d %H:%M}") for n, at in enumerate(OPENED)]
    found = calibrated(table(tmp_path / "e.csv", header, rows))
    assert found.fit.exports[0].title == "Jira issues"
    bugs = sum(kind(n) == 0 for n in range(180))
    assert f"read {bugs}: incidents ({bugs} {types[0]})" in found.said
    assert f"read {180 - bugs}: stories" in found.said
    assert all(f"{name}" in found.said for name in types)


@pytest.mark.parametrize(
    "beside",
    [
        {"name": "Τμήμα", "subtask": True}, {"name": "Υποεργασία", "hierarchyLevel": -1},
        {"name": "サブ", "subtask": True, "hierarchyLevel": -1},
    ],
)  # fmt: skip
def test_a_type_in_no_table_is_told_by_the_flag_or_the_level(
    beside: dict[str, Any], tmp_path: Path
) -> None:
    issues = [
        {"key": f"A-{n}", "fields": {"created": f"{at:%Y-%m-%dT%H:%M:%S}Z",
                                     "issuetype": {"name": "Bug", "subtask": False} if n % 3 == 0 else beside}}
        for n, at in enumerate(OPENED)
    ]  # fmt: skip
    found = calibrated(document(tmp_path / "e.json", {"issues": issues}))
    assert "read 60: incidents (60 Bug)" in found.said
    assert (
        f"noticed 120: 120 {beside['name']} are parts of others: no stories of their own"
        in found.said
    )


def test_a_type_that_nobody_knows_is_named_so_that_a_wrong_guess_is_seen(tmp_path: Path) -> None:
    rows = [
        (f"A-{n}", "Zxcv" if n % 2 else "Bug", f"{at:%Y-%m-%d %H:%M}")
        for n, at in enumerate(OPENED)
    ]
    path = table(tmp_path / "e.csv", ("Issue key", "Issue Type", "Created"), rows)
    assert "read 180: incidents (90 Bug, 90 Zxcv)" in calibrated(path).said
    assert "read 90: incidents (90 Bug)" in calibrated(path, map_=["Zxcv=story"]).said


@pytest.mark.parametrize("word", ["Epic", "Épica", "Initiative", "エピック", "Эпик"])
def test_epics_carry_the_points_of_their_stories_and_count_once(word: str, tmp_path: Path) -> None:
    rows = [
        (f"AB-{n}", "Story" if n < 60 else word, "Done", f"{at:%d/%b/%y %I:%M %p}", f"{at:%d/%b/%y} 11:59 PM",
         n % 3 + 1 if n < 60 else 40)
        for n, at in enumerate(OPENED[:66])
    ]  # fmt: skip
    header = ("Issue key", "Issue Type", "Status", "Created", "Resolved", "Story Points")
    found = calibrated(table(tmp_path / "e.csv", header, rows))
    assert found.fit.points is not None
    assert list(found.fit.points.mix) == [1, 2, 3]
    assert found.fit.points.count == 60
    assert (
        f"noticed 6: 6 {word} hold others: their points and hours are not counted again"
        in found.said
    )


def test_points_of_sub_tasks_are_those_of_their_stories(tmp_path: Path) -> None:
    rows = [
        (f"AB-{n}", "Sub-task" if n % 3 else "Story", "Done", f"{at:%Y-%m-%d %H:%M}", f"{at:%Y-%m-%d} 23:00", 2 if n % 3 else 4)
        for n, at in enumerate(OPENED[:90])
    ]  # fmt: skip
    header = ("Issue key", "Issue Type", "Status", "Created", "Resolved", "Story Points")
    points = calibrated(table(tmp_path / "e.csv", header, rows)).fit.points
    assert points is not None
    assert (points.mix, points.count) == ({4: 1.0}, 30)


@pytest.mark.parametrize(
    ("column", "undone"),
    [("Resolution", "Won't Do"), ("Resolution", "Duplicate"), ("Lösung", "Duplikat"), ("Resolución", "No se hará"),
     ("Status", "Cancelled"), ("Close code", "Cancelled by caller"), ("Resolution", "Отклонено")],
)  # fmt: skip
def test_what_was_closed_without_being_done_is_told_apart_and_counted(
    column: str, undone: str, tmp_path: Path
) -> None:
    rows = [
        (f"A-{n}", "Bug", f"{at:%Y-%m-%d %H:%M}", f"{at:%Y-%m-%d} 18:00", undone if n % 4 == 0 else "Fixed")
        for n, at in enumerate(OPENED)
    ]  # fmt: skip
    found = calibrated(
        table(tmp_path / "e.csv", ("Issue key", "Issue Type", "Created", "Resolved", column), rows)
    )
    assert f"dropped 45: closed without being done (45 {undone})" in found.said
    assert "read 135: incidents" in found.said
    kept = calibrated(table(tmp_path / "e.csv", ("Issue key", "Issue Type", "Created", "Resolved", column), rows),
                      map_=[f"{undone}=resolved"])  # fmt: skip
    assert "read 180: incidents" in kept.said


def test_points_of_stories_that_were_never_done_are_not_done_points(tmp_path: Path) -> None:
    rows = [
        (f"A-{n}", "Story", f"{at:%Y-%m-%d %H:%M}", f"{at:%Y-%m-%d} 18:00", "Won't Do" if n % 2 else "Done", 2)
        for n, at in enumerate(OPENED)
    ]  # fmt: skip
    header = ("Issue key", "Issue Type", "Created", "Resolved", "Resolution", "Story Points")
    points = calibrated(table(tmp_path / "e.csv", header, rows)).fit.points
    assert points is not None
    assert points.count == 90
    assert points.per_week == pytest.approx(15, rel=0.1), "7.5 stories a week of 2 points"


def test_closed_incidents_without_hours_are_counted_where_others_have_some(tmp_path: Path) -> None:
    rows = [
        (n, f"{at:%Y-%m-%d %H:%M}", f"{at:%Y-%m-%d} 18:00", 2.5 if n % 3 else "")
        for n, at in enumerate(OPENED)
    ]
    found = calibrated(table(tmp_path / "e.csv", ("number", "opened", "resolved", "hours"), rows))
    assert "noticed 60: closed incidents without hours logged (33%)" in found.said


@pytest.mark.parametrize(
    ("word", "work"),
    [("Sub-task", PART), ("[System] Incident", INCIDENT), ("New Feature", STORY), ("Теma", ""), ("历史", ""),
     ("任务", STORY), ("Alt görev", PART), ("kind/bug", INCIDENT), ("Backend; Bug", INCIDENT), ("長篇故事", AROUND)],
)  # fmt: skip
def test_a_type_is_looked_up_in_every_language(word: str, work: str) -> None:
    assert work_of(word, {}, {}) == work


@pytest.mark.parametrize("word", ["Done", "Fixed", "Cannot Reproduce", "Closed", "Erledigt", "Solved (Work Around)", "completed"])  # fmt: skip
def test_what_was_done_is_done(word: str) -> None:
    assert not is_not_done(word, {})
