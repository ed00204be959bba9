"""Files that nobody vouches for: a clear error or a counted repair, never a traceback or a silence."""

from __future__ import annotations

import gzip
import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.calibrate.corrections import Corrections
from sim.calibrate.formats import read_export
from sim.errors import ScenarioError
from tests.command import Firelane

HEAD = "number,opened,resolved,severity,category\n"
GOOD = "".join(
    f"T{n},2026-01-{n % 28 + 1:02d}T09:{n % 60:02d},2026-02-0{n % 9 + 1}T10:00,3,data\n"
    for n in range(40)
)


def with_row(row: str) -> bytes:
    return (HEAD + GOOD + row + "\n").encode()


def utf16(text: str) -> bytes:
    return text.encode("utf-16")


REPAIRED: dict[str, tuple[bytes, str]] = {
    "byte order mark": (b"\xef\xbb\xbf" + (HEAD + GOOD).encode(), "read 40: incidents"),
    "UTF-16": (utf16(HEAD + GOOD), "repaired 1: text in UTF-16"),
    "mixed encodings": (with_row("T99,2026-01-09T10:00,,3,caf\u00e9").replace(b"\xc3\xa9", b"\xe9"),
                        "repaired 1: not UTF-8, read as Windows-1252 (line numbers) (row 42)"),
    "NUL bytes": (with_row("T99,2026-01-09T10:00,,3,a\0b"), "repaired 1: NUL bytes taken out"),
    "semicolons": ((HEAD + GOOD).replace(",", ";").encode(), "read 40: incidents"),
    "tabs": ((HEAD + GOOD).replace(",", "\t").encode(), "read 40: incidents"),
    "a line that names the delimiter": (("sep=;\n" + (HEAD + GOOD).replace(",", ";")).encode(),
                                        "read 40: incidents"),
    "Windows line ends": ((HEAD + GOOD).replace("\n", "\r\n").encode(), "read 40: incidents"),
    "blank rows": (with_row("\n\n,,,,"), "noticed 1: rows with nothing in them"),
    "a date that cannot be": (with_row("T99,2026-02-31T10:00,,3,x"), "dropped 1: opened: not a moment (row 42)"),
    "the year 9999": (with_row("T99,9999-01-01T00:00,,3,x"), "dropped 1: opened: not a moment (row 42)"),
    "words for a date": (with_row("T99,yesterday,,3,x"), "dropped 1: opened: not a moment (row 42)"),
    "no date": (with_row("T99,,,3,x"), "dropped 1: tickets without a time of opening (row 42)"),
    "hour 25": (with_row("T99,2026-01-09T25:00,,3,x"), "dropped 1: opened: not a moment (row 42)"),
    "resolved before opened": (with_row("T99,2026-01-09T10:00,2026-01-08T10:00,3,x"),
                               "repaired 1: resolved before it opened: taken as unknown (row 42)"),
    "resolved never to be read": (with_row("T99,2026-01-09T10:00,soon,3,x"),
                                  "repaired 1: resolved: not a moment; taken as unknown (row 42)"),
    "formula cells": (with_row("T99,2026-01-09T10:00,,3,=cmd|' /C calc'!A0"),
                      "noticed 1: category: cells that begin like a formula; read as text (row 42)"),
    "a cell of 10 MB": (with_row("T99,2026-01-09T10:00,,3," + "x" * (10 << 20)), "read 41: incidents"),
    "too many cells": (with_row("T99,2026-01-09T10:00,,3,x,y,z"),
                       "dropped 1: more cells than the header has: an unquoted delimiter? (row 42)"),
    "too few cells": (with_row("T99,2026-01-09T10:00"),
                      "repaired 1: cells missing at the end, taken as empty (row 42)"),
    "the header again": (with_row(HEAD.strip()), "dropped 1: the header once more (row 42)"),
    "a number twice": (with_row("T1,2026-01-09T10:00,,3,x"), "dropped 1: a number again"),
    "a severity nobody knows": (with_row("T99,2026-01-09T10:00,,purple,x"),
                                "noticed 1: severity: no severity in 'purple'"),
    "no severity": (with_row("T99,2026-01-09T10:00,,,x"),
                    "repaired 1: tickets without a severity: counted as 3"),
    "German headers": (("Nummer,Erstellt,Gelöst,Priorität,Kategorie\n" + GOOD).encode(), "read 40: incidents"),
    "a column name twice": (("number,opened,opened,severity,category\n" + GOOD).encode(), "read 40: incidents"),
    "day and month that cannot be told apart": (
        (HEAD + "A,03/04/2026 10:00,,3,x\nB,05/06/2026 10:00,,3,x\n").encode(),
        "nothing tells day from month; read day first (--map dates=month-first)"),
    "gzip without its name": (gzip.compress((HEAD + GOOD).encode()), "read 40: incidents"),
    "quotes within a cell": (with_row('T99,2026-01-09T10:00,,3,a 5" disk'), "read 41: incidents"),
}  # fmt: skip

REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "header only": (HEAD.encode(), "has a header but no rows"),
    "white space only": (b"\n\n  \n", "no column is known to hold when a ticket was opened"),
    "a delimiter of colons": ((HEAD + GOOD).replace(",", ":").encode(), "name it with --columns"),
    "no column of openings": (b"a,b,c\n1,2,3\n", "the columns are 'a', 'b', 'c'"),
    "only dates that cannot be": ((HEAD + "A,never,,3,x\n").encode(), "no ticket in it can be used"),
    "a quote never closed": (with_row('T99,2026-01-09T10:00,,3,"x'), "a quote opened in row 42 is never closed"),
    "a workbook": (b"PK\x03\x04" + b"\0" * 100, "save it as CSV"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "is a picture"),
    "binary": (bytes(range(256)) * 4, "is not text"),
    "damaged gzip": (gzip.compress((HEAD + GOOD).encode())[:-20], "the gzip file is damaged"),
    "broken JSON": (b'[{"number": 1,', "is not JSON"),
    "JSON of something else": (b'{"weather": "fine"}', "holds no Jira or GitHub issues"),
    "brackets nested too deep": (b"[" * 100_000, "brackets are nested too deep"),
}  # fmt: skip


def report(content: bytes, folder: Path) -> str:
    path = folder / "export"
    path.write_bytes(content)
    return "\n".join(map(str, read_export(path, None, Corrections()).quality))


@pytest.mark.parametrize("name", REPAIRED)
def test_it_is_read_and_what_was_mended_is_counted(name: str, tmp_path: Path) -> None:
    content, expected = REPAIRED[name]
    assert expected in report(content, tmp_path)


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_words(name: str, tmp_path: Path) -> None:
    content, expected = REFUSED[name]
    with pytest.raises(ScenarioError) as error:
        report(content, tmp_path)
    assert expected in str(error.value)


def test_every_row_is_read_or_counted(tmp_path: Path) -> None:
    rows = [REPAIRED[name][0].split(b"\n")[-2] for name in
            ("too many cells", "no date", "a number twice", "the header again")]  # fmt: skip
    path = tmp_path / "export.csv"
    path.write_bytes((HEAD + GOOD).encode() + b"\n".join(rows) + b"\n")
    export = read_export(path, None, Corrections())
    assert export.tickets is not None
    assert len(export.tickets.table) + export.quality.count("dropped") == 40 + len(rows)


def test_a_file_that_unpacks_without_end_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(HEAD.encode())
        for _ in range(100):
            file.write(b"T1,,,," + b" " * (1 << 20) + b"\n")
    with pytest.raises(ScenarioError, match="unpacks to more than 250 times its size"):
        read_export(path, None, Corrections())


def test_json_that_unpacks_without_end_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "bomb.json.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(b"[" + b" " * (70 << 20))
    with pytest.raises(ScenarioError, match="unpacks to more than 250 times its size"):
        read_export(path, None, Corrections())


Write = Callable[[str, str], Path]


def test_hostile_names_cannot_leave_their_place_in_the_scenario(
    firelane: Firelane, tmp_path: Path
) -> None:
    rows = [{"number": n, "created_at": f"2026-01-{n % 28 + 1:02d}T10:00:00Z",
             "labels": [{"name": 'x"\n[time]\nhorizon_weeks = 9\x1b[31m'}]} for n in range(40)]  # fmt: skip
    export = tmp_path / 'i"""ssues.json'
    export.write_text(json.dumps(rows))
    target = tmp_path / "out.toml"
    result = firelane("calibrate", export, "-o", target, "--kinds", "category")
    assert result.status == 0, result.err
    assert "\x1b" not in target.read_text() + result.out + result.err
    assert tomllib.loads(target.read_text())["time"]["horizon_weeks"] == 52


def test_a_refused_file_leaves_nothing_written(firelane: Firelane, tmp_path: Path) -> None:
    export, target = tmp_path / "export.csv", tmp_path / "out.toml"
    export.write_bytes(REFUSED["a quote never closed"][0])
    result = firelane("calibrate", export, "-o", target)
    assert (result.status, result.out) == (2, "")
    assert not target.exists()


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--format", "jirra", "is no format; nearest known: jira"),
        ("--timezone", "Europe/Madird", "is no time zone; nearest known: Europe/Madrid"),
        ("--holidays", "25.12.2026", "expected dates such as 2026-12-25"),
        ("--hours", "17-9", "expected two hours of one day"),
        ("--map", "Highest=urgent", "'urgent' is no meaning; expected a severity 1 to 5"),
        ("--columns", "opened=Begin", "has no column 'Begin'"),
        ("--columns", "openned=opened", "nearest known: opened"),
        ("--teams", "Red=many", "expected a head count"),
        ("--effort", "guessed", "is neither of worked, active"),
        ("--first-line", "Desk", "no such group"),
    ],
)
def test_an_option_that_cannot_be_is_named(
    option: str, value: str, expected: str, firelane: Firelane, tmp_path: Path
) -> None:
    export = tmp_path / "export.csv"
    export.write_text(HEAD + GOOD)
    result = firelane("calibrate", export, "-o", tmp_path / "o.toml", option, value)
    assert result.status == 2
    assert expected in result.err
