"""What a comma, a unit and a severity mean, the whole column decides."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.calibrate.amounts import hours, numbers
from sim.calibrate.scales import read_scale
from tests.calibrate.planted import calibrated, openings, table

OPENED = openings(180)
HOURS = np.random.default_rng(4).lognormal(-0.2, 0.8, 180)


def comma(value: float) -> str:
    return f"{value:.3f}".replace(".", ",")


@pytest.mark.parametrize(
    ("delimiter", "written"),
    [
        (";", comma), (",", comma), ("\t", comma), (";", "{:.3f}".format), (",", "{:.3f}".format), (";", "{:.3f} h".format),
        (",", lambda v: f"{int(v)}h {round(v % 1 * 60)}m"), (",", lambda v: f"PT{int(v)}H{round(v % 1 * 60)}M"),
        (",", lambda v: f"{int(v)}:{int(v % 1 * 60):02d}"), (",", lambda v: f"{v * 60:.1f} min"), (";", lambda v: comma(v) + " Std."),
        (",", lambda v: f"{int(v)} hours, {round(v % 1 * 60)} minutes"),
    ],
)  # fmt: skip
def test_hours_however_written_are_the_same_hours(delimiter: str, written, tmp_path: Path) -> None:
    rows = [
        (n, f"{at:%d.%m.%Y %H:%M}", 3, written(h))
        for n, (at, h) in enumerate(zip(OPENED, HOURS, strict=True))
    ]
    found = calibrated(
        table(tmp_path / "e.csv", ("Nummer", "Erstellt", "Priorität", "Stunden"), rows, delimiter)
    )
    worked = found.fit.kinds[0].worked
    assert worked is not None
    assert (worked.median, worked.p90) == pytest.approx(
        tuple(np.quantile(HOURS, [0.5, 0.9])), rel=0.03
    )


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.234,5", "7"], [1234.5, 7]), (["1,234.5", "0.25"], [1234.5, 0.25]), (["1,234,567", "3"], [1234567, 3]),
        (["12,5", "1.234"], [12.5, 1234]), (["1 234,5", "2,0"], [1234.5, 2]), (["1'234.50", "2"], [1234.5, 2]),
        (["0,932", "1,237"], [0.932, 1.237]), (["\u2212 5", "+3"], [-5, 3]), (["1.5", "2,5", "3,25"], [1.5, 2.5, 3.25]),
    ],
)  # fmt: skip
def test_what_a_comma_is_the_column_decides(cells: list[str], expected: list[float]) -> None:
    assert numbers(cells).values.tolist() == expected


def test_where_no_cell_decides_the_delimiter_does_and_it_is_said(tmp_path: Path) -> None:
    cells = ["1,234", "2,345", "3,456"]
    assert numbers(cells, ";").values.tolist() == [1.234, 2.345, 3.456]
    assert numbers(cells, ",").values.tolist() == [1234, 2345, 3456]
    rows = [(n, f"{at:%d.%m.%Y %H:%M}", cells[n % 3]) for n, at in enumerate(OPENED)]
    found = calibrated(table(tmp_path / "e.csv", ("Nummer", "Erstellt", "Stunden"), rows, ";"))
    assert (
        "assumed 180: Stunden: nothing tells what ',' before three digits is; taken as a decimal sign"
        in found.said
    )


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("1h 30m", 1.5), ("2d 4h", 20), ("1w", 40), ("PT90M", 1.5), ("P1DT2H", 10), ("1:30:00", 1.5), ("90 min", 1.5), ("2 Std. 10 Min.", 13 / 6),
     ("3 hours and 20 minutes", 10 / 3), ("1h foo", np.nan), ("soon", np.nan), ("0m", 0)],
)  # fmt: skip
def test_a_duration_names_its_units(cell: str, expected: float) -> None:
    assert hours([cell], "hours").values.tolist() == pytest.approx([expected], nan_ok=True)


@pytest.mark.parametrize(
    ("heading", "factor"),
    [("Effort (h)", 1), ("Effort (min)", 60), ("Time worked in seconds", 3600), ("Aufwand [Std]", 1), ("Effort hours", 1),
     ("Effort in Minuten", 60), ("Work effort (days)", 1 / 8)],
)  # fmt: skip
def test_a_heading_names_the_unit(heading: str, factor: float, tmp_path: Path) -> None:
    rows = [
        (n, f"{at:%Y-%m-%d %H:%M}", h * factor)
        for n, (at, h) in enumerate(zip(OPENED, HOURS, strict=True))
    ]
    found = calibrated(table(tmp_path / "e.csv", ("number", "opened", heading), rows))
    assert found.fit.kinds[0].worked is not None
    assert found.fit.kinds[0].worked.median == pytest.approx(np.median(HOURS), rel=1e-3)


@pytest.mark.parametrize(("factor", "unit"), [(1, "hours"), (60, "minutes"), (3600, "seconds")])
def test_where_nothing_names_the_unit_the_size_of_the_numbers_does_and_it_is_said(
    factor: int, unit: str, tmp_path: Path
) -> None:
    rows = [
        (n, f"{at:%Y-%m-%d %H:%M}", round(h * factor, 2))
        for n, (at, h) in enumerate(zip(OPENED, HOURS, strict=True))
    ]
    found = calibrated(table(tmp_path / "e.csv", ("number", "opened", "time spent"), rows))
    assert f"time spent: {unit}, by the size of its numbers" in found.said
    assert found.fit.kinds[0].worked is not None
    assert found.fit.kinds[0].worked.median == pytest.approx(np.median(HOURS), rel=0.02)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1 - Critical", "2 - High", "3 - Moderate", "4 - Low"], [1, 2, 3, 4]),
        (["5 - Critical", "3 - Medium", "1 - Low"], [1, 3, 4]),
        (["1 very low", "2 low", "3 normal", "4 high", "5 very high"], [5, 4, 3, 2, 1]),
        (["1 low", "2 normal", "3 high"], [4, 3, 2]),
        (["Low (1)", "High (4)"], [4, 2]),
        (["Urgent", "Not urgent"], [1, 4]), (["kritisch", "nicht kritisch", "unkritisch"], [1, 4, 4]),
        (["urgent", "pas urgent"], [1, 4]), (["critical", "non-critical"], [1, 4]), (["No es urgente", "Urgente"], [4, 1]),
        (["Sev 0", "Sev 1", "Sev 4"], [1, 2, 5]), (["P2 - 4 hours", "P3 - 3 days"], [2, 3]), (["4 hours", "24x7 critical"], [-1, 1]),
        (["紧急", "高", "中", "低"], [1, 2, 3, 4]), (["Muy alta", "Alta", "Media", "Baja", "Muy baja"], [1, 2, 3, 4, 5]),
        (["Krytyczny", "Wysoki", "Średni", "Niski"], [1, 2, 3, 4]), (["purple"], [-1]), (["10", "7"], [-1, -1]),
    ],
)  # fmt: skip
def test_a_scale_is_understood_as_a_whole(values: list[str], expected: list[int]) -> None:
    assert read_scale(values, {}).severities == expected


def test_a_heading_may_say_which_way_numbers_run() -> None:
    assert read_scale(["1", "2", "5"], {}, "Priority (1 = low, 5 = critical)").severities == [
        5,
        4,
        1,
    ]


def test_a_scale_that_runs_upwards_is_said(tmp_path: Path) -> None:
    rows = [
        (n, f"{at:%Y-%m-%d %H:%M}", ("1 low", "2 normal", "3 high")[n % 3])
        for n, at in enumerate(OPENED)
    ]
    found = calibrated(table(tmp_path / "e.csv", ("number", "opened", "priority"), rows))
    assert "larger numbers are worse here" in found.said
    assert [kind.severity for kind in found.fit.kinds] == [2, 3, 4]


def test_hours_are_read_from_the_trackers_own_column_if_it_holds_any(tmp_path: Path) -> None:
    header = ("Issue key", "Issue Type", "Created", "Time Spent", "Custom field (Effort)")
    rows = [(f"A-{n}", "Bug", f"{at:%Y-%m-%d %H:%M}", 5400, 8) for n, at in enumerate(OPENED)]
    worked = calibrated(table(tmp_path / "e.csv", header, rows)).fit.kinds[0].worked
    assert worked is not None
    assert worked.median == 1.5
    empty = [(*row[:3], "", 8) for row in rows]
    worked = calibrated(table(tmp_path / "e.csv", header, empty)).fit.kinds[0].worked
    assert worked is not None
    assert worked.median == 8
