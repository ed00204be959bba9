"""Full disks, closed pipes, policies that misbehave, no network, absurd sizes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import sim
from sim.crew import WorkersLostError
from sim.engines import ENGINES
from sim.policy import Policy, PolicyError
from sim.scenario import Scenario
from sim.scenario_file import changed, load
from sim.size import check_size, size_of
from tests.command import Firelane

ROOT = Path(__file__).parents[1]
SMALL = ROOT / "scenarios" / "small_product.toml"


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "firelane", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, **options)  # type: ignore[call-overload,no-any-return]


# ---- size ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        ["incidents.*.per_week=1000000", "time.horizon_weeks=2000"],
        ["stories.hours_per_point=0.1", "teams.*.developers=5000", "time.horizon_weeks=2000"],
    ],
)
def test_an_absurd_size_is_refused_at_once_with_what_it_would_cost(
    changes: list[str], firelane: Firelane
) -> None:
    overrides = [part for change in changes for part in ("--set", change)]
    ended = firelane("compare", SMALL, *overrides)
    assert ended.status == 2
    assert "is too large" in ended.err
    assert "hours of a core" in ended.err


def test_a_size_beyond_the_schema_is_refused_with_the_key(firelane: Firelane) -> None:
    ended = firelane("compare", SMALL, "--set", "teams.*.developers=1000000000")
    assert ended.status == 2
    assert "developers: must be 5000 or less" in ended.err


def test_the_estimate_of_a_size_is_right_within_a_factor_of_two(small: Scenario) -> None:
    scenario = changed(small, ["incidents.*.per_week=*20", "time.horizon_weeks=52"])
    path = sim.sample_path(scenario, 1, 0)
    size = size_of(scenario, 2)
    assert 0.5 < len(path.incidents) / size.incidents < 2
    assert 0.5 < len(path.stories) / size.stories < 2
    assert check_size(scenario, 2) == size


# ---- policies that misbehave -----------------------------------------------------------------------


def test_a_policy_that_answers_nonsense_is_named_with_its_answer(small: Scenario) -> None:
    nonsense = Policy(id="nonsense", route=lambda incident, team, now, p: 77)
    with pytest.raises(PolicyError, match="nonsense: route answered 77"):
        sim.compare(small, [nonsense], replications=4)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_policy_that_raises_does_so_in_its_own_words(small: Scenario, engine: str) -> None:
    def route(incident, team, now, p):
        return 1 // (incident.severity - incident.severity)

    with pytest.raises(ZeroDivisionError):
        sim.compare(small, [Policy(id="broken", route=route)], replications=4, engine=engine)


def test_a_policy_that_never_ends_is_ended_by_ctrl_c(tmp_path: Path) -> None:
    import signal
    import time

    program = tmp_path / "endless.py"
    program.write_text(
        textwrap.dedent(
            f"""
            import sim
            from sim.policy import Policy

            def route(incident, team, now, p):
                n = 1
                while n:
                    n = 1
                return n

            print("begun", flush=True)
            sim.compare(sim.load({str(SMALL)!r}), [Policy(id="endless", route=route)], workers=2)
            """
        )
    )
    running = subprocess.Popen(
        [sys.executable, program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT
    )
    assert running.stdout is not None
    running.stdout.readline()
    time.sleep(4)
    running.send_signal(signal.SIGINT)
    assert running.wait(20) != 0
    running.stdout.close()


def test_a_worker_out_of_memory_is_told_in_words() -> None:
    from sim.crew import crew, done_in_order

    with pytest.raises(WorkersLostError, match="out of memory"), crew(2) as executor:
        list(done_in_order(executor, os._exit, [9, 9], 2))


# ---- outputs ---------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_told_in_words() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "firelane", "compare", str(SMALL), "--replications", "2"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "No space left" in ended.stderr


def test_a_reader_that_leaves_early_is_no_fault() -> None:
    piped = subprocess.run(
        f"{sys.executable} -m firelane trace {SMALL} kanban | head -1",
        shell=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert "Traceback" not in piped.stderr
    assert "Exception" not in piped.stderr
    assert piped.stdout


def test_neither_home_terminal_locale_nor_display_is_needed(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C",
        "HOME": "/nonexistent",
        "TERM": "dumb",
    }
    ended = run(
        *("compare", str(SMALL), "--replications", "2", "--plot", str(tmp_path / "p.png")),
        env=environment,
    )
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "p.png").exists()


def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(blocked / "under")}
    ended = run("compare", str(SMALL), "--replications", "2", "--policy", "kanban", env=environment)
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 0, ended.stderr


# ---- network and code ------------------------------------------------------------------------------


def test_nothing_is_asked_of_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    result = sim.compare(load(SMALL), ["kanban"], replications=2, workers=1)
    assert result.replications == 2


def test_a_scenario_file_cannot_run_code(tmp_path: Path, firelane: Firelane) -> None:
    mark = tmp_path / "mark"
    text = SMALL.read_text().replace(
        "[time]", f'[policies.\'__import__("os").system("touch {mark}")\']\nx = 1\n[time]'
    )
    bad = tmp_path / "bad.toml"
    bad.write_text(text)
    assert firelane("compare", bad, "--replications", 2).status == 2
    assert not mark.exists()
