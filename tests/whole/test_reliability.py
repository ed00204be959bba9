"""Full disks, closed pipes, policies that misbehave, no network, absurd sizes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import sim
from sim.engine.engines import ENGINES
from sim.policy.contract import Policy
from sim.policy.parameters import PolicyError
from sim.scenario.reading import changed
from sim.scenario.schema import Scenario
from sim.scenario.size import check_size, size_of
from sim.workers.pool import WorkersLostError, done_in_order, worker_pool
from tests.command import Firelane

ROOT = Path(__file__).parents[2]
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


@pytest.mark.parametrize(
    ("change", "key", "cost"),
    [
        ("teams.*.developers=1000000000", "developers: must be 5000 or less", "56,000 GB"),
        ("incidents.*.per_week=1000000000", "per_week: must be 1e+06 or less", "hours of a core"),
        (
            "time.horizon_weeks=52178",
            "horizon_weeks: must be 2000 or less",
            "52,178 weeks would take",
        ),
    ],
)
def test_more_than_a_scenario_may_have_is_refused_with_the_key_and_what_it_would_cost(
    change: str, key: str, cost: str, firelane: Firelane
) -> None:
    ended = firelane("compare", SMALL, "--set", change)
    assert ended.status == 2
    assert key in ended.err
    assert cost in ended.err


@pytest.mark.skipif(sys.platform != "linux", reason="pseudo-terminals as Linux has them")
def test_a_large_size_that_is_possible_runs_with_progress_and_time_left() -> None:
    ours, theirs = os.openpty()
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "firelane", "compare", str(SMALL), "--policy", "kanban"),
            *("--set", "teams.*.developers=400", "--set", "incidents.*.per_week=150"),
            *("--replications", "12", "--workers", "2"),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(theirs)
    told = b""
    while chunk := _read(ours):
        told += chunk
    os.close(ours)
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 0, told
    assert "400 developers, 12 replications" in out
    assert "replications, " in told.decode()
    assert "/12" in told.decode()
    assert "0:00:0" in told.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end is closed
        return b""


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


@pytest.mark.parametrize("decision", ["reserve", "improve", "review"])
@pytest.mark.parametrize("answer", [None, "many", [], float("nan"), float("inf"), 10**30])
def test_an_answer_that_is_no_whole_number_is_named(
    decision: str, answer: object, small: Scenario
) -> None:
    nonsense = Policy(id="nonsense", **{decision: lambda team, sprint, p: answer})
    path = sim.sample_path(small, 1, 0)
    with pytest.raises(PolicyError, match=f"nonsense: {decision} answered .*; must be a whole"):
        sim.run(path, nonsense, engine="simpy")


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_policy_that_raises_does_so_in_its_own_words_and_is_named(
    small: Scenario, engine: str, workers: int
) -> None:
    def route(incident, team, now, p):
        return 1 // (incident.severity - incident.severity)

    broken = Policy(id="broken", route=route)
    with pytest.raises(ZeroDivisionError) as raised:
        sim.compare(small, [broken], replications=4, engine=engine, workers=workers)
    assert any("broken" in note for note in raised.value.__notes__)


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.long), 2])
def test_a_policy_that_never_ends_is_ended_by_ctrl_c(workers: int, tmp_path: Path) -> None:
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
            sim.compare(sim.load({str(SMALL)!r}), [Policy(id="endless", route=route)], workers={workers})
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


def test_a_worker_that_the_system_ends_for_want_of_memory_is_told_in_words() -> None:
    with pytest.raises(WorkersLostError, match="out of memory"), worker_pool(2) as executor:
        list(done_in_order(executor, os._exit, [9, 9], 2))


def _asks_for_too_much(_: object) -> None:
    bytearray(1 << 62)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_asks_for_more_memory_than_there_is_is_told_in_words(
    workers: int, firelane: Firelane, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sim.experiment.runner.observe_batch", _asks_for_too_much)
    target = tmp_path / "out.json"
    ended = firelane("compare", SMALL, "--workers", workers, "--json", target)
    assert ended.status == 1
    assert "not enough memory" in ended.err
    assert "Nothing of it is kept; with --store FILE, what is finished would be." in ended.err
    store = tmp_path / "store"
    ended = firelane("compare", SMALL, "--workers", workers, "--store", store)
    assert f"What was finished is kept in {store}; the same command" in ended.err
    assert not target.exists()


def _ends(_: object) -> None:
    os._exit(9)


def test_what_is_said_of_what_was_kept_is_true_with_a_store_and_without(
    firelane: Firelane, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sim.experiment.runner.observe_batch", _ends)
    ended = firelane("compare", SMALL, "--workers", 2)
    assert "a worker process died" in ended.err
    assert "Nothing of it is kept; with --store FILE, what is finished would be." in ended.err
    ended = firelane("compare", SMALL, "--workers", 2, "--store", tmp_path / "store")
    assert f"What was finished is kept in {tmp_path / 'store'}; the same command" in ended.err


@pytest.mark.long
def test_a_polite_kill_stops_with_a_word_and_leaves_no_half_written_file(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "firelane", "compare", str(SMALL), "--workers", "2"),
            *("--replications", "100000", "--json", str(tmp_path / "out.json")),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(5)
    running.terminate()
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (1, "", "Stopped. No file was written.\n")
    assert list(tmp_path.iterdir()) == []


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


WRITES = {"--json": "out.json", "--csv": "out.csv", "--plot": "out.png", "--html": "out.html"}


@pytest.mark.skipif(sys.platform != "linux", reason="a limit stands for the size of the disk")
@pytest.mark.parametrize("option", [*WRITES, "--store"])
def test_a_disk_that_fills_up_leaves_no_half_written_file(option: str, tmp_path: Path) -> None:
    """No file may grow beyond a few kilobytes, which the system refuses like a full disk."""
    import resource

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))

    target = tmp_path / WRITES.get(option, "store")
    ended = run(
        *("compare", str(SMALL), "--replications", "20", "--workers", "1", option, str(target)),
        preexec_fn=small_disk,
        env={**os.environ, "MPLCONFIGDIR": str(tmp_path / "mpl")},
    )
    assert ended.returncode == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    assert str(target) in ended.stderr
    if option != "--store":
        assert not target.exists()
        assert not list(tmp_path.glob("*.part"))
        assert not list(tmp_path.glob(".*.part"))


@pytest.mark.skipif(not Path("/sys/kernel").exists(), reason="a folder read-only even for root")
@pytest.mark.parametrize("option", [*WRITES, "--store"])
def test_a_read_only_folder_is_told_in_words(option: str, firelane: Firelane) -> None:
    target = f"/sys/kernel/{WRITES.get(option, 'store')}"
    ended = firelane(
        *("compare", SMALL, "--replications", 2, "--policy", "kanban", "--workers", 1),
        *(option, target),
    )
    assert ended.status == 1
    assert target in ended.err


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_stream_is_no_fault_and_mixes_nothing_into_another(closed: str) -> None:
    command = f"{sys.executable} -m firelane scenarios {closed}"
    ended = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT)
    assert ended.returncode == 0
    assert ended.stderr == ""
    assert bool(ended.stdout) == (closed == "2>&-")
    wrong = f"{sys.executable} -m firelane compare nowhere.toml 2>&-"
    ended = subprocess.run(wrong, shell=True, capture_output=True, text=True, cwd=ROOT)
    assert (ended.returncode, ended.stdout) == (2, "")


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


@pytest.mark.long
def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(blocked / "under")}
    few = ("--replications", "2", "--policy", "kanban", "--workers", "1")
    ended = run("compare", str(SMALL), *few, env=environment)
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 0, ended.stderr


# ---- network and code ------------------------------------------------------------------------------


NO_SOCKETS = """
import sys

def hear(event, arguments):
    if event.startswith("socket."):
        raise AssertionError(f"{event} {arguments}")

sys.addaudithook(hear)  # holds in forked workers, too
from firelane import command
command.main()
"""


@pytest.mark.parametrize(
    "arguments",
    [
        "compare {small} --replications 4 --workers 2 --html {out}/a.html --csv {out}/a.csv "
        "--plot {out}/a.svg --json {out}/a.json --store {out}/store",
        "calibrate {export} -o {out}/s.toml",
        "trace {small} kanban",
        "sweep {small} --over people.unfamiliarity=1,2 --policy kanban --replications 2",
    ],
)
def test_nothing_is_asked_of_a_network(arguments: str, tmp_path: Path) -> None:
    export = ROOT / "tests" / "fuzzing" / "samples" / "jira.csv"
    words = arguments.format(small=SMALL, out=tmp_path, export=export).split()
    ended = subprocess.run(
        [sys.executable, "-c", NO_SOCKETS, *words], cwd=ROOT, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr


def test_a_socket_would_have_been_noticed() -> None:
    program = NO_SOCKETS.split("from firelane import")[0] + "import socket; socket.socket()"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "AssertionError: socket." in ended.stderr


def test_a_scenario_file_cannot_run_code(tmp_path: Path, firelane: Firelane) -> None:
    mark = tmp_path / "mark"
    text = SMALL.read_text().replace(
        "[time]", f'[policies.\'__import__("os").system("touch {mark}")\']\nx = 1\n[time]'
    )
    bad = tmp_path / "bad.toml"
    bad.write_text(text)
    assert firelane("compare", bad, "--replications", 2).status == 2
    assert not mark.exists()
