"""Compiled code on disk: what it is named after, when it is trusted, and what it raises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim import compiling, machine_code
from sim.engines import COMPILED, PLAIN, SIMPY, engines_for, simulate
from sim.machine_code import MachineCode, keep, kept, name_of
from sim.policy import QUEUE, Policy
from sim.sample_path import sample_path
from sim.scenario import Scenario
from sim.world_memory import ROW

MADE = MachineCode("answer", [], b"\x7fELF and so on")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(machine_code.FOLDER, str(tmp_path / "code"))
    return tmp_path / "code"


def test_what_was_kept_is_found_again(folder: Path) -> None:
    assert kept("answer") is None
    keep("answer", MADE)
    assert kept("answer") == MADE
    assert [file.name for file in folder.iterdir()] == ["answer"]


@pytest.mark.parametrize("damage", [b"", b"{}", b"not a header\nnot code", "cut short", "changed"])
def test_damaged_code_is_never_run(folder: Path, damage: bytes | str) -> None:
    keep("answer", MADE)
    whole = (folder / "answer").read_bytes()
    if damage == "cut short":
        damage = whole[:-3]
    elif damage == "changed":
        damage = whole.replace(b"and", b"AND")
    assert isinstance(damage, bytes)
    (folder / "answer").write_bytes(damage)
    assert kept("answer") is None


def test_a_folder_that_cannot_be_written_to_only_costs_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "code").write_text("a file where the folder should be")
    monkeypatch.setenv(machine_code.FOLDER, str(tmp_path / "code"))
    keep("answer", MADE)
    assert kept("answer") is None
    loop = compiling.compiled_where_possible(count_up, (ROW,))
    numbers = np.zeros(3, dtype=np.int64)
    loop(numbers)
    assert numbers.tolist() == [0, 1, 2]


def count_up(numbers):
    for place in range(len(numbers)):
        numbers[place] = place


def test_another_processor_or_another_numba_has_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine_code, "_made_by", machine_code._made_by.__wrapped__)
    names = {name_of("kernel", "text"), name_of("kernel", "other text")}
    monkeypatch.setattr(machine_code.llvm, "get_host_cpu_name", lambda: "z80")
    names.add(name_of("kernel", "text"))
    monkeypatch.setattr(machine_code, "version", lambda package: "99")
    names.add(name_of("kernel", "text"))
    monkeypatch.setenv("NUMBA_OPT", "0")
    names.add(name_of("kernel", "text"))
    assert len(names) == 5


def test_tables_that_are_not_as_the_loop_reads_them_are_refused() -> None:
    loop = compiling.compiled_where_possible(count_up, (ROW,))
    for wrong in (np.zeros(3), np.zeros(6, dtype=np.int64)[::2], np.zeros((3, 1), dtype=np.int64)):
        with pytest.raises(TypeError, match="contiguous tables"):
            loop(wrong)


WITHOUT_NUMBA = """
import sys
import sim

result = sim.compare(sim.load("scenarios/small_product.toml"), replications=2)
print("numba" in sys.modules, len(result.policies))
"""


def printed_by(program: str, folder: Path) -> str:
    """What a process prints that keeps its code in a folder."""
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[1],
        env={**os.environ, machine_code.FOLDER: str(folder)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_once_compiled_a_study_does_not_load_numba(tmp_path: Path) -> None:
    first, second = (printed_by(WITHOUT_NUMBA, tmp_path).split() for _ in range(2))
    assert first == ["True", "11"]
    assert second == ["False", "11"]


# ---- what compiled code raises --------------------------------------------------------------------


def test_an_error_carries_its_words_and_its_place(small: Scenario) -> None:
    def route(incident, team, now, p):
        if incident.severity > 1:
            raise ValueError("no such severity")
        return QUEUE

    policy = Policy(id="picky", route=route)
    with pytest.raises(ValueError, match="no such severity") as raised:
        list(simulate([(sample_path(small), policy)], COMPILED))
    assert any("route" in note and "line" in note for note in raised.value.__notes__)


def test_an_error_may_tell_what_it_saw(small: Scenario) -> None:
    def route(incident, team, now, p):
        if incident.severity > 1:
            raise ValueError("severity", incident.severity)
        return QUEUE

    policy = Policy(id="picky", route=route)
    path, seen = sample_path(small), []
    for engine in (COMPILED, SIMPY):
        with pytest.raises(ValueError, match="severity") as raised:
            list(simulate([(path, policy)], engine))
        seen.append(raised.value.args)
    assert seen[0] == seen[1]


def test_a_decision_that_makes_an_array_runs_on_simpy_and_is_not_kept(
    small: Scenario, folder: Path
) -> None:
    def reserve(team, sprint, p):
        kept = np.zeros(team.present, dtype=np.int64)
        kept[:] = 3_600
        return int(kept.sum())

    policy = Policy(id="with-arrays", reserve=reserve)
    assert engines_for([policy], COMPILED) == [SIMPY]
    path = sample_path(small)
    [plain], [simpy] = (simulate([(path, policy)], engine) for engine in (PLAIN, SIMPY))
    assert np.array_equal(plain, simpy)
    assert not list(folder.glob("firelane-reserve-*"))


WITH_A_LARGE_ARRAY = """
import numpy as np
import sim
from sim.policy import INTERRUPT, QUEUE, Policy

LEVELS = np.arange(200_000, dtype=np.int64) * 2


def route(incident, team, now, p):
    return INTERRUPT if incident.severity <= LEVELS[1] else QUEUE


scenario = sim.load("scenarios/small_product.toml")
result = sim.compare(scenario, [Policy(id="mine", route=route)], replications=2, workers=1)
print(result.figure("mine", "points_per_sprint").mean)
"""


def test_code_that_holds_an_address_is_made_anew_in_every_process(tmp_path: Path) -> None:
    """numba takes the address of an array that is large."""
    figures = [printed_by(WITH_A_LARGE_ARRAY, tmp_path) for _ in range(2)]
    assert figures[0] == figures[1] != ""
    assert len(list(tmp_path.glob("firelane-route-*"))) == 1, "plain Scrum's alone"
