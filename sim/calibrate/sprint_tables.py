"""Sprint data: what was committed, added, removed and delivered in each sprint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.arrays import Floats
from sim.calibrate import amounts
from sim.calibrate.columns import Column, Columns, Table, choose, from_table
from sim.calibrate.headings import HEADINGS, plain
from sim.files.delimited import refuse
from sim.files.quality import DROPPED, NOTICED, READ, Quality

COLUMNS = {
    "board": ("boardid", "board", "board name", "team", "team name", "squad", "equipo", "équipe", "equipe", "mannschaft", "project"),
    "sprint": ("sprintid", "sprint", "sprint name", "iteration", "iteration path", "cycle", "name"),
    "days": ("planday", "days", "length days", "planned days", "sprint days", "length"),
    "start_points": ("vel starttime",),
    "added_points": ("vel added", "added points", "added"),
    "removed_points": ("vel removed", "removed points", "removed"),
    "difference": ("vel diff",),
    "committed": (
        "committed points", "committed", "commitment", "committed story points", "planned points", "planned", "commitment points",
        "initial commitment", "estimated", "verpflichtung", "zugesagt", "geplant", "compromiso", "comprometido", "planificado",
        "compromisso", "planejado", "engagement", "prévu", "impegno", "pianificato", "toezegging", "åtagande", "zobowiązanie",
        "обязательство", "taahhüt", "コミットメント", "承诺", "약속",
    ),
    "delivered": (
        "delivered points", "delivered", "completed points", "completed", "velocity", "completed story points", "done", "done points",
        "achieved", "abgeschlossen", "erledigt", "geliefert", "completado", "completados", "entregado", "concluído", "entregue",
        "terminé", "livré", "réalisé", "completato", "voltooid", "slutfört", "ukończone", "завершено", "выполнено", "tamamlanan",
        "完了", "已完成", "완료됨",
    ),
    "start_items": ("no issue starttime",),
    "added_items": ("no issue added", "added items"),
    "removed_items": ("no issue removed", "removed items"),
    "items": ("committed items", "items"),
    "people": ("no teammember", "people", "team members", "developers", "team size", "members"),
}  # fmt: skip

_PHOTOGRAPH = ("board", "days", "difference")
_VELOCITY = ("sprint", "committed", "delivered")


def are_sprints(header: Sequence[str]) -> bool:
    """Return whether a table has a row for each sprint, and not for each ticket."""
    chosen = choose(header, COLUMNS, {})
    if all(name in chosen for name in _PHOTOGRAPH):
        return True
    names = {plain(name) for name in header}
    return all(name in chosen for name in _VELOCITY) and names.isdisjoint(HEADINGS["opened"])


MAX_SPRINT_DAYS = 30
"""Days; the Scrum Guide allows a month."""

CANNOT_TELL = (
    "Story by story sizes are not in it: points are known by the sprint only.",
    "People are those seen on issues, not the capacity that was there.",
    "Effort, absence and incidents are not in it.",
)


@dataclass(frozen=True, eq=False)
class SprintRecords:
    """The records of S sprints, a row each.

    The columns are board, sprint, days, committed, delivered, people, items, and what was added and
    removed since (NaN unknown).
    """

    table: pd.DataFrame
    sources: dict[str, str]

    @property
    def usual(self) -> pd.DataFrame:
        """The rows whose length is a sprint's."""
        return self.table[self.table["is_sprint"]]


def read_sprints(
    path: Path, table: Table, named: Mapping[str, str], quality: Quality
) -> SprintRecords:
    """Read one photograph of sprints; commitment is the load at its time.

    Args:
        path: the file.
        table: its rows.
        named: field: column, as the user says.
        quality: where what was found is noted.

    Raises:
        ScenarioError: where no columns are known to hold what was committed and delivered.
    """
    chosen = choose(table.header, COLUMNS, named)
    if "difference" not in chosen and not {"committed", "delivered"} <= chosen.keys():
        shown = ", ".join(repr(name) for name in table.header[:12])
        refuse(
            str(path),
            "is no sprint data: no columns are known to hold what was committed and what was delivered; name them with "
            f"--columns committed=…,delivered=…; the columns are {shown[:400]}",
        )
    columns = from_table(table, chosen, quality)
    frame = pd.DataFrame({"row": columns.rows})
    frame["board"] = _words(columns, "board")
    frame["sprint"] = _words(columns, "sprint")
    names = [n for n in COLUMNS if n not in ("board", "sprint")]
    for name in names:
        column = columns.fields.get(name)
        frame[name] = _numbers(columns, column) if column else np.nan
    photograph = "difference" in columns.fields
    if photograph:
        load = frame["start_points"] + frame["added_points"] - frame["removed_points"]
        frame["committed"], frame["delivered"] = load, frame["difference"] + load
        frame["items"] = frame["start_items"] + frame["added_items"] - frame["removed_items"]
    unknown = (frame["committed"].isna() | frame["delivered"].isna()).to_numpy()
    quality.note(DROPPED, "sprints without commitment or delivery", frame["row"][unknown])
    frame = frame[~unknown].copy()
    impossible = ((frame["committed"] < 0) | (frame["delivered"] < 0)).to_numpy()
    quality.note(DROPPED, "sprints with points below 0", frame["row"][impossible])
    frame = frame[~impossible].copy()
    frame["is_sprint"] = ~(frame["days"] > MAX_SPRINT_DAYS)
    twice = frame.duplicated(["board", "sprint"]).to_numpy()
    quality.note(DROPPED, "a sprint again: the first row of it is kept", frame["row"][twice])
    frame = frame[~twice].reset_index(drop=True)
    long = frame["days"] > MAX_SPRINT_DAYS
    longest = frame["days"].max()
    quality.note(
        NOTICED,
        f"longer than {MAX_SPRINT_DAYS} days (up to {longest:.0f}): no sprint, left out of the lengths",
        frame["row"][long],
    )
    empty = frame["committed"] == 0
    quality.note(
        NOTICED,
        f"sprints without points at their start, {empty.mean():.0%}: left out of the ratios",
        frame["row"][empty],
    )
    quality.note(READ, f"sprints of {frame['board'].nunique()} boards", count=len(frame))
    return SprintRecords(frame, dict(columns.source))


def _numbers(columns: Columns, column: Column) -> Floats:
    found = amounts.numbers(column.values, columns.delimiter).values
    return np.asarray(column.spread(found, np.nan), dtype=np.float64)


def _words(columns: Columns, name: str) -> list[str]:
    column = columns.fields.get(name)
    return column.text() if column else [""] * len(columns)


def joined(photographs: list[SprintRecords]) -> SprintRecords | None:
    """Join the sprints of all files; a second photograph of the same sprints tells what happened
    between.

    Adds added_since and removed_since in items and points, where there are two.
    """
    if not photographs:
        return None
    first, *others = sorted(photographs, key=lambda s: float(s.table["added_items"].sum()))
    frame = first.table
    for other in others:
        later = frame[["board", "sprint"]].merge(other.table, on=["board", "sprint"], how="left")
        if later["row"].notna().mean() < 0.5:
            frame = pd.concat([frame, other.table], ignore_index=True)
            continue
        for what in ("added_items", "removed_items", "added_points", "removed_points"):
            frame = frame.assign(**{f"{what}_since": (later[what] - frame[what]).to_numpy()})
        frame = frame.assign(load_later=later["committed"].to_numpy())
    return SprintRecords(frame, first.sources)
