"""Where results may go, and what they may not take the place of."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sim.scenario.reading import bundled
from tests.command import Firelane

ROOT = Path(__file__).parents[2]
SCENARIOS = bundled()["bank"].parent
"""Those of the program, wherever it is installed."""

FEW = (
    *("--policy", "kanban", "--policy", "next-sprint", "--replications", "2", "--workers", "1"),
    *("--set", "time.horizon_weeks=8"),
)
COMPARE = ("compare", "small_product", *FEW)

OUTPUTS = {"--json": b"{", "--csv": b"policy,", "--html": b"<!DOCTYPE html>", "--plot": b"\x89PNG"}
"""How what each writes begins."""

TABLE = "─" * 40
"""Of what is printed for people."""


def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "firelane", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, **options)  # type: ignore[call-overload,no-any-return]


def _in_a_line(framed: str) -> str:
    return " ".join(framed.replace("│", "").split())


@pytest.mark.parametrize("target", ["-", pytest.param("/dev/stdout", marks=pytest.mark.long)])
@pytest.mark.parametrize("option", OUTPUTS)
def test_every_output_can_be_printed_and_then_nothing_else_is(option: str, target: str) -> None:
    ended = run(*COMPARE, option, target)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.startswith(OUTPUTS[option])
    assert TABLE not in ended.stdout.decode(errors="replace")
    if option == "--json":
        json.loads(ended.stdout)


@pytest.mark.parametrize("option", OUTPUTS)
def test_every_output_can_go_to_a_device_and_to_a_pipe(option: str, tmp_path: Path) -> None:
    beside = run(*COMPARE, option, "/dev/null")
    assert beside.returncode == 0, beside.stderr
    assert TABLE in beside.stdout.decode()
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    ended = run(*COMPARE, option, pipe)
    reader.join(10)
    assert ended.returncode == 0, ended.stderr
    assert read[0].startswith(OUTPUTS[option])
    assert stat.S_ISFIFO(pipe.stat().st_mode), "the pipe was replaced"


@pytest.mark.skipif(shutil.which("bash") is None, reason="process substitution is bash's")
def test_a_process_of_the_shell_can_be_written_to(tmp_path: Path) -> None:
    words = " ".join(COMPARE)
    line = f"{sys.executable} -m firelane {words} --json >(cat > {tmp_path}/got) > /dev/null; wait"
    subprocess.run(["bash", "-c", f"{line}; sleep 0.5"], cwd=ROOT, check=True)
    assert json.loads((tmp_path / "got").read_text())["replications"] == 2


def test_the_file_that_the_shell_writes_to_is_not_replaced_under_it(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    with target.open("wb") as opened:
        command = [sys.executable, "-m", "firelane", *COMPARE, "--json", str(target)]
        subprocess.run(command, cwd=ROOT, stdout=opened, check=True)
    assert json.loads(target.read_text())["replications"] == 2


def test_a_full_device_and_a_reader_that_has_gone_are_named(tmp_path: Path) -> None:
    full = run(*COMPARE, "--json", "/dev/full")
    assert (full.returncode, full.stderr) == (1, b"/dev/full: No space left on device\n")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=lambda: os.close(os.open(pipe, os.O_RDONLY))).start()
    gone = run(*COMPARE, "--html", pipe)
    assert (gone.returncode, gone.stderr) == (1, f"{pipe}: its reader has gone\n".encode())


def test_two_outputs_cannot_have_one_place(firelane: Firelane, tmp_path: Path) -> None:
    both = firelane(*COMPARE, "--json", tmp_path / "a", "--csv", tmp_path / "." / "a")
    assert both.status == 2
    assert "is where --json writes, too" in _in_a_line(both.err)
    printed = firelane(*COMPARE, "--json", "-", "--html", "-")
    assert printed.status == 2
    assert "standard output has that of --json already" in _in_a_line(printed.err)
    assert list(tmp_path.iterdir()) == []


POLICY = "from sim.policy import Policy\npolicy = Policy(id='mine')\n"


@pytest.mark.parametrize("option", [*OUTPUTS, "--csv of a link"])
@pytest.mark.parametrize("read", ["own.toml", "mine.py", "study.store", "log.csv"])
def test_what_is_read_is_never_written_over(
    option: str, read: str, firelane: Firelane, tmp_path: Path
) -> None:
    text = (SCENARIOS / "growing_demand.toml").read_text("utf-8")
    (tmp_path / "own.toml").write_text(text.replace("growing_demand_log.csv", "log.csv"))
    shutil.copy(SCENARIOS / "growing_demand_log.csv", tmp_path / "log.csv")
    (tmp_path / "mine.py").write_text(POLICY)
    shutil.copy(tmp_path / "mine.py", tmp_path / "study.store")
    before = (tmp_path / read).read_bytes()
    option, _, link = option.partition(" of a ")
    target = tmp_path / read
    if link:
        target = tmp_path / "link.csv"
        target.symlink_to(tmp_path / read)
    elif option == "--plot":
        target = tmp_path / "link.png"
        target.symlink_to(tmp_path / read)
    ended = firelane(
        *("compare", tmp_path / "own.toml", "--policy", tmp_path / "mine.py"),
        *("--replications", 1, "--store", tmp_path / "study.store", option, target),
    )
    assert ended.status == 2
    assert "is what is read here" in _in_a_line(ended.err)
    assert (tmp_path / read).read_bytes() == before


def test_a_bundled_scenario_is_not_written_over_by_its_name(firelane: Firelane) -> None:
    file = SCENARIOS / "small_product.toml"
    before = file.read_bytes()
    assert firelane(*COMPARE, "--json", file).status == 2
    assert file.read_bytes() == before


def test_what_is_replaced_leaves_its_mode_and_a_link_goes_on_pointing(
    firelane: Firelane, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    target, link = tmp_path / "elsewhere" / "result.json", tmp_path / "latest.json"
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to("elsewhere/result.json")
    assert firelane(*COMPARE, "--json", link).status == 0
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert json.loads(target.read_text())["replications"] == 2
    dangling = tmp_path / "next.json"
    dangling.symlink_to("elsewhere/next.json")
    assert firelane(*COMPARE, "--json", dangling).status == 0
    assert (tmp_path / "elsewhere" / "next.json").is_file()


def test_a_calibrated_scenario_can_be_printed(firelane: Firelane) -> None:
    ended = firelane("calibrate", SCENARIOS / "service_desk_log.csv", "-o", "-")
    assert ended.status == 0
    assert ended.out.startswith('name = "Calibrated from')
    assert "[[incidents]]" in ended.out
    assert "then:" in ended.err, "what to do next is told beside it"


@pytest.mark.parametrize(
    "command",
    [
        ("sweep", "--over", "people.unfamiliarity=1:2:2", "--csv"),
        ("map", "--over", "people.unfamiliarity=1:2:2", "--over", "teams=1:2:2", "--json"),
        ("recommend", "--fresh-replications", "2", "--json"),
        ("hire", "--require", "response_sla >= 0.1", "--over", "teams=1:2:2", "--plot"),
    ],
    ids=lambda command: command[0],
)
def test_the_other_commands_know_it_too(command: tuple[str, ...], firelane: Firelane) -> None:
    name, *rest = command
    file = SCENARIOS / "small_product.toml"
    before = file.read_bytes()
    refused = firelane(name, "small_product", *FEW, *rest, file)
    assert refused.status == 2
    assert file.read_bytes() == before
    # In a process of its own: a picture is bytes.
    printed = run(name, "small_product", *FEW, *rest, "-")
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout.startswith((b"{", b"policy,", b"people", b"\x89PNG"))
