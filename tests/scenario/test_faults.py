"""A scenario that cannot be: status 2, every fault named by its key with what was expected."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import Firelane

SOUND = """
name = "Shop"
[time]
horizon_weeks = 8
warmup_weeks = 2
[[teams]]
name = "Till"
developers = 4
[stories]
points = { 1 = 0.5, 3 = 0.5 }
[[incidents]]
kind = "datafix"
severity = 3
per_week = 4.5
effort_hours = { dist = "lognormal", median = 2, p90 = 6 }
"""

KINDS = "incidents.datafix"

CASES = {
    "an unknown key": ('name = "Shop"', 'name = "Shop"\ncolour = "red"', ["colour: unknown key; known are"]),
    "a misspelt key": ("per_week", "per_wek", [f"{KINDS}.per_wek: unknown key; nearest known: per_week"]),
    "a misspelt table": ("[stories]", "[storys]", ["storys: unknown key; nearest known: stories"]),
    "a key in the wrong table": ("[stories]", "[stories]\nfocus = 0.5", ["stories.focus: unknown key; known are"]),
    "a misspelt key of a distribution": ("median = 2", "meadian = 2", [
        f"{KINDS}.effort_hours.median: is required",
        f"{KINDS}.effort_hours.meadian: unknown key; nearest known: median",
    ]),
    "text for a number": ("developers = 4", 'developers = "four"', ["teams.Till.developers: must be a whole number (got 'four')"]),
    "half a developer": ("developers = 4", "developers = 3.5", ["teams.Till.developers: must be a whole number (got 3.5)"]),
    "yes for true": ("warmup_weeks = 2", 'always_open = "yes"', ["time.always_open: must be true or false (got 'yes')"]),
    "a number for text": ('name = "Till"', "name = 7", ["teams.0.name: must be text in quotes (got 7)"]),
    "a table for a list": ("[[teams]]", "[teams]", ["teams: must be a list [ … ] (got a table)"]),
    "a negative rate": ("per_week = 4.5", "per_week = -4.5", [f"{KINDS}.per_week: must be 0 or more (got -4.5)"]),
    "a rate that is no number": ("per_week = 4.5", "per_week = nan", [f"{KINDS}.per_week: must be a finite number (got nan)"]),
    "an endless rate": ("per_week = 4.5", "per_week = inf", [f"{KINDS}.per_week: must be a finite number (got inf)"]),
    "shares that do not add up": ("3 = 0.5", "3 = 0.4", ["stories.points: shares must add up to 1 (they add up to 0.9)"]),
    "a share above one": ("[[incidents]]", "[first_line]\ndeflect_rate = 1.2\n[[incidents]]", ["first_line.deflect_rate: must be 1 or less (got 1.2)"]),
    "points that are no number": ("3 = 0.5", "XL = 0.5", ["stories.points: keys must be whole points from 1 to 1000 (got 'XL')"]),
    "no teams": ('name = "Shop"\n[time]\nhorizon_weeks = 8\nwarmup_weeks = 2\n[[teams]]\nname = "Till"\ndevelopers = 4', 'name = "Shop"\nteams = []', ["teams: must have 1 or more entries"]),
    "a team of nobody": ("developers = 4", "developers = 0", ["teams.Till.developers: must be 1 or more (got 0)"]),
    "two teams of one name": ("[stories]", '[[teams]]\nname = "Till"\ndevelopers = 1\n[stories]', ["teams: every name must differ (twice: Till)"]),
    "no teams table": ('[[teams]]\nname = "Till"\ndevelopers = 4', "", ["teams: is required"]),
    "a horizon shorter than a sprint": ("horizon_weeks = 8\nwarmup_weeks = 2", "horizon_weeks = 1\nwarmup_weeks = 0\nsprint_weeks = 2", ["time.sprint_weeks: must be at most horizon_weeks, 1, so that a sprint fits (got 2)"]),
    "a warm-up longer than the horizon": ("warmup_weeks = 2", "warmup_weeks = 8", ["time.warmup_weeks: must be less than horizon_weeks, 8 (got 8)"]),
    "a day that closes before it opens": ("warmup_weeks = 2", "closes_at_hour = 8", ["time.closes_at_hour: must be later than opens_at_hour, 9 (got 8"]),
    "a start on a Tuesday": ("warmup_weeks = 2", "start = 2026-01-06", ["time.start: must be a Monday; 2026-01-06 is a Tuesday"]),
    "a holiday in quotes": ("warmup_weeks = 2", 'public_holidays = ["2026-01-06"]', ["time.public_holidays.0: must be a date such as 2026-01-05, without quotes"]),
    "a distribution nobody knows": ('dist = "lognormal"', 'dist = "weibull"', [f"{KINDS}.effort_hours: must be a distribution with dist = 'constant', 'exponential'"]),
    "a distribution without a name": ('dist = "lognormal", ', "", [f"{KINDS}.effort_hours: must be a distribution such as"]),
    "a p90 below the median": ("p90 = 6", "p90 = 1", [f"{KINDS}.effort_hours.p90: must be more than the median, 2 (got 1"]),
    "a p90 out of all proportion": ("p90 = 6", "p90 = 1e300", [f"{KINDS}.effort_hours.p90: must be 1e+09 or less (got 1e+300)"]),
    "a p90 a million times the median": ("p90 = 6", "p90 = 2e6", [f"{KINDS}.effort_hours.p90: must be at most 1000 times the median, 2 (got 2000000.0)"]),
    "a mixture that does not add up": (
        '{ dist = "lognormal", median = 2, p90 = 6 }',
        '{ dist = "mixture", parts = [{ share = 0.5, of = { dist = "constant", value = 1 } }] }',
        [f"{KINDS}.effort_hours.parts: shares must add up to 1 (they add up to 0.5)"],
    ),
    "an effort without a mean": ('dist = "lognormal", median = 2, p90 = 6', 'dist = "exponential", mean = 0', [f"{KINDS}.effort_hours.mean: must be more than 0 (got 0"]),
    "a severity out of range": ("severity = 3", "severity = 9", [f"{KINDS}.severity: must be 5 or less (got 9)"]),
    "a profile nobody knows": ("per_week = 4.5", 'profile = "weekends"', [f"{KINDS}.profile: must be 'round-the-clock', 'office-hours' or 'service-desk'"]),
    "a profile of too few hours": ("per_week = 4.5", "profile = [1.0, 2.0]", [f"{KINDS}.profile: must be 'round-the-clock', 'office-hours' or 'service-desk', or must have 168 or more entries"]),
    "regressions of an unknown kind": ("[stories]", '[stories]\nregression_rate = 0.1\nregression_kind = "bug"', ["incidents: stories.regression_kind names 'bug', which is no kind here (datafix)"]),
    "regressions of no kind": ("[stories]", "[stories]\nregression_rate = 0.1", ["stories.regression_kind: is required where regression_rate is more than 0"]),
    "a home that is no team": ("per_week = 4.5", 'team = "Tull"', [f"{KINDS}.team: is no team here; nearest known: Till (got 'Tull')"]),
    "a log and random arrivals": ("[stories]", '[incidents_from]\nfile = "log.csv"\n[stories]', ["incidents_from: takes the place of random arrivals; leave out per_week of datafix"]),
    "many faults at once": ("developers = 4", "developers = 0\nfocus = 2\nnick = 1", [
        "teams.Till.developers: must be 1 or more (got 0)",
        "teams.Till.focus: must be 1 or less (got 2",
        "teams.Till.nick: unknown key",
    ]),
}  # fmt: skip


def test_the_scenario_that_the_faults_are_planted_in_is_sound(
    firelane: Firelane, tmp_path: Path
) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(SOUND)
    result = firelane("compare", file, "--replications", 2, "--workers", 1)
    assert result.status == 0
    assert "Shop: 4 developers" in result.out


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_named_with_its_key_and_what_was_expected(
    name: str, firelane: Firelane, tmp_path: Path
) -> None:
    old, new, expected = CASES[name]
    assert SOUND.count(old) >= 1
    file = tmp_path / "shop.toml"
    file.write_text(SOUND.replace(old, new, 1))
    result = firelane("compare", file, "--json", tmp_path / "out.json")
    assert result.status == 2
    assert result.out == ""
    assert result.err.startswith(f"{file} cannot be used:\n")
    for text in expected:
        assert text in result.err
    assert len(result.err.splitlines()) == 1 + len(expected), "a fault is listed that is none"
    assert not (tmp_path / "out.json").exists()


def _binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)))


def _nested(path: Path) -> None:
    path.write_text("x = " + "[" * 25_000_000 + "]" * 25_000_000)


def _deep(path: Path) -> None:
    path.write_text("x = " + "[" * 100_000 + "]" * 100_000)


FILES = {
    "not TOML": (lambda p: p.write_text("name = = 3"), "is not TOML: Invalid value (at line 1, column 8)"),
    "binary": (_binary, "is not text: byte 128 is not UTF-8; expected a TOML file"),
    "a folder": (lambda p: p.mkdir(), "is a folder; expected a TOML file"),
    "a pipe": (os.mkfifo, "is not a regular file; expected a TOML file"),
    "missing": (lambda p: None, "no such file, and none that ships has that name; known are bank, "),
    "50 MB of nesting": (_nested, "is larger than 1 MiB; a scenario is a page of TOML"),
    "nested too deep": (_deep, "is not a scenario: brackets are nested too deep"),
    "empty": (lambda p: p.write_text(""), "name: is required\nteams: is required\nincidents: is required"),
    "a list where tables belong": (lambda p: p.write_text("teams = [1, 2]"), "teams.0: must be a table { … } (got 1)"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_scenario_is_refused_in_words(
    name: str, firelane: Firelane, tmp_path: Path
) -> None:
    make, expected = FILES[name]
    file = tmp_path / "it.toml"
    make(file)
    result = firelane("compare", file)
    assert (result.status, result.out) == (2, "")
    assert str(file) in result.err
    assert expected in result.err


def test_a_file_that_may_not_be_read_is_refused_in_words(firelane: Firelane) -> None:
    # Readable by nobody, root included.
    result = firelane("compare", "/proc/self/mem")
    assert result.status == 2
    assert result.err == "/proc/self/mem: cannot be read: Input/output error\n"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--set", "time.horizon_weeks"], "--set time.horizon_weeks: expected KEY=VALUE"),
        (["--set", "time.horizn_weeks=9"], "unknown key 'horizn_weeks'; nearest known: horizon_weeks"),
        (["--set", "teams.Tull.developers=9"], "'Tull' is none of the entries; nearest known: Till"),
        (["--set", "name=*2"], "* needs a number on both sides (the value is 'Shop')"),
        (["--set", "incidents.datafix.per_week=-1"], "incidents.datafix.per_week: must be 0 or more (got -1)"),
        (["--set", "teams.*.developers=+0.5"], "teams.Till.developers: must be a whole number (got 4.5)"),
        (["--lever", "Hire"], "--lever Hire: no such lever"),
        (["--policy", "kanbn"], "no policy 'kanbn'"),
        (["--policy", "reserved-bufer"], "no policy 'reserved-bufer'; nearest known: reserved-buffer"),
        (["--policy", "reserved-buffer:shar=1"], "reserved-buffer: no parameter 'shar'; known are: share, quantile, sprints"),
        (["--policy", "reserved-buffer:share=lots"], "expected parameter=number after the colon (got 'share=lots')"),
        (["--policy", "reserved-buffer:share=2"], "reserved-buffer:share: must be a number from 0 to 1 (got 2)"),
        (["--policy", "next-sprint", "--policy", "next-sprint"], "policy 'next-sprint' is given twice"),
        (["--set", "policies.reserved-bufer.share=0.3"], "policies.reserved-bufer: no policy 'reserved-bufer'; nearest known: reserved-buffer"),
        (["--engine", "fast"], "no engine 'fast'; known are compiled, plain, simpy"),
        (["--replications", "0"], "Invalid value for '--replications'"),
        (["--seed", "-1"], "Invalid value for '--seed'"),
        (["--plot", "picture.gif"], "the name must end in .png, .svg or .pdf"),
        (["--json", "nowhere/out.json"], "there is no folder nowhere"),
    ],
)  # fmt: skip
def test_an_option_that_cannot_be_is_refused_in_words(
    options: list[str], expected: str, firelane: Firelane, tmp_path: Path
) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(SOUND)
    result = firelane("compare", file, *options)
    assert (result.status, result.out) == (2, "")
    assert expected in " ".join(result.err.replace("│", " ").split())


@pytest.mark.parametrize("where", ['name = "', 'kind = "'])
def test_what_would_move_a_terminals_cursor_is_refused_and_never_reaches_it(
    where: str, firelane: Firelane, tmp_path: Path, bundled_scenario: Callable[[str], Path]
) -> None:
    text = bundled_scenario("small_product").read_text("utf-8")
    hostile = tmp_path / "hostile.toml"
    hostile.write_text(text.replace(where, where + r"\u001b[2J", 1))
    ended = firelane("compare", hostile, "--replications", 2)
    assert ended.status == 2
    assert "holds a control character" in ended.err
    unknown = tmp_path / "unknown.toml"
    unknown.write_text('"\\u001b]0;title\\u0007" = 1\n' + text)
    ended = firelane("compare", unknown, "--replications", 2)
    assert ended.status == 2
    assert "\x1b" not in ended.err
    assert r"\x1b]0;title\x07" in ended.err
