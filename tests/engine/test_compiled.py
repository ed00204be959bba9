"""The compiled engine: what it refuses, what it explains, and what never compiles again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numba
import numpy as np
import pytest

from sim.arrays import Ints
from sim.engine import engines
from sim.engine.cases import Workspace
from sim.engine.compiled import compiler, compiling
from sim.engine.compiled import engine as compiled
from sim.engine.compiled import object_cache as machine_code
from sim.engine.compiled.object_cache import MachineCode
from sim.engine.engines import COMPILED, PLAIN, SIMPY, engines_for, simulate
from sim.engine.kernel.tables import DeveloperRow, PartRow, RunRow, TeamRow
from sim.engine.layout import PathTables, Sizes
from sim.engine.rows import Numbers
from sim.engine.states import Activity, Hand
from sim.experiment.study import warm
from sim.policy.contract import QUEUE, Policy
from sim.policy.parameters import Parameter
from sim.policy.records import MAX_PARAMETERS
from sim.policy.registry import find_policy, known_policies
from sim.sampling.sample_path import sample_path
from sim.scenario.schema import Scenario

GUARD = -77


# ---- bounds --------------------------------------------------------------------------------------


def fenced(rows: Ints) -> tuple[Ints, Ints]:
    """A copy with memory before and behind it that nobody may touch, and all of that memory."""
    memory = np.full((len(rows) + 200, rows.shape[1]), GUARD, dtype=np.int64)
    memory[100:-100] = rows
    return memory[100:-100], memory


@pytest.mark.parametrize("table", ["incidents", "teams", "stories", "trace"])
@pytest.mark.parametrize("wrong", [50_000, -2])
def test_a_wrong_index_raises_and_touches_nothing_outside_the_table(
    small: Scenario, table: str, wrong: int
) -> None:
    """A corrupt world: each table's successor is asked for a row that is not there."""
    path, policy = sample_path(small), find_policy("interrupt-anyone")
    compiled.decisions_of(policy)
    w = PathTables(path, Sizes.for_path(path), Workspace(), several=False).for_policy(policy)
    rows, memory = fenced(getattr(w, table))
    w = w._replace(**{table: rows})
    if table == "trace":
        w.run[RunRow.rows] = min(wrong, -2)
    elif table == "stories":
        w.teams[:, [TeamRow.backlog, TeamRow.unstarted, TeamRow.unfinished]] = wrong
        w.teams[:, [TeamRow.known, TeamRow.backlog_end]] = wrong + 3
    elif table == "teams":
        w = w._replace(team=np.full_like(w.team, wrong))
    else:
        in_hand = [DeveloperRow.activity, DeveloperRow.hand, DeveloperRow.item]
        w.developers[:, in_hand] = Activity.WORKING, Hand.PART, len(w.parts) - 1
        w.parts[:, PartRow.incident] = wrong
    with pytest.raises(IndexError):
        compiled.ready(w).begin(w)
    assert (memory[:100] == GUARD).all()
    assert (memory[-100:] == GUARD).all()


def test_bounds_checks_are_on_in_everything_that_ships() -> None:
    assert compiler.OPTIONS["boundscheck"]
    loop = compiling.compiled_where_possible(_beyond, OneTable)
    with pytest.raises(IndexError):
        loop(OneTable(np.zeros(3, dtype=np.int64)))


class OneTable(NamedTuple):
    numbers: Numbers


def _beyond(tables: OneTable) -> None:
    tables.numbers[len(tables.numbers)] = 1


# ---- tables that prove too small ------------------------------------------------------------------


def test_a_run_that_outgrows_its_tables_comes_out_the_same(
    small: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = (sample_path(small), find_policy("interrupt-anyone"))
    [expected] = simulate([case], COMPILED)
    monkeypatch.setattr(
        "sim.engine.layout.Sizes.for_path", lambda path: compiled_sizes(rows=10, events=8)
    )
    for engine in (COMPILED, PLAIN):
        [found] = simulate([case], engine)
        assert np.array_equal(found, expected)


def compiled_sizes(rows: int, events: int):
    from sim.engine.layout import Sizes

    return Sizes(rows, events, parts=4)


def test_all_policies_in_one_call_give_what_each_gives_alone(small: Scenario) -> None:
    path = sample_path(small)
    policies = [find_policy(name) for name in known_policies()]
    room = Workspace()
    for _ in range(3):  # the room is new, then used, then used again
        together = simulate([(path, policy) for policy in policies], COMPILED, room)
        for policy, trace in zip(policies, together, strict=True):
            [alone] = simulate([(path, policy)], SIMPY)
            assert np.array_equal(trace, alone)


# ---- policies ------------------------------------------------------------------------------------

CELL = """
from sim.policy import DEFER, INTERRUPT, QUEUE, Parameter, Policy

def route(incident, team, now, p):
    if incident.severity <= p.worst:
        return INTERRUPT
    return QUEUE if incident.expected <= team.reserve_left else DEFER

def reserve(team, sprint, p):
    kept = 0
    for _ in range(team.present):
        kept += team.capacity // 50
    return kept

policy = Policy(
    id="from-a-cell",
    parameters={"worst": Parameter(1, "severity", 0, 5, "interrupts")},
    route=route,
    reserve=reserve,
)
"""


@pytest.fixture
def from_a_cell() -> Policy:
    """A policy typed into a notebook: its functions stand in no file."""
    cell: dict = {"__name__": "__main__"}
    exec(compile(CELL, "<cell>", "exec"), cell)
    return cell["policy"]


def test_a_policy_from_a_notebook_cell_runs_compiled_and_alike_on_all_engines(
    small: Scenario, from_a_cell: Policy, capsys: pytest.CaptureFixture[str]
) -> None:
    compiled.compiled_kernel()
    capsys.readouterr()  # where it is made for the first time, that is said
    assert engines_for([from_a_cell], COMPILED) == [COMPILED]
    path = sample_path(small)
    traces = [
        *(next(simulate([(path, from_a_cell)], engine)) for engine in (COMPILED, PLAIN, SIMPY))
    ]
    assert len(traces[0]) > 100
    assert np.array_equal(traces[0], traces[1])
    assert np.array_equal(traces[0], traces[2])
    assert capsys.readouterr().err == ""


def test_changing_a_parameter_compiles_nothing(small: Scenario, from_a_cell: Policy) -> None:
    path, lengths = sample_path(small), []
    list(simulate([(path, from_a_cell)], COMPILED))
    before = compiled._address.cache_info().misses
    with numba.core.event.install_recorder("numba:compile") as recorder:
        for worst in range(6):
            [trace] = simulate([(path, from_a_cell.with_settings(worst=worst))], COMPILED)
            lengths.append(len(trace))
    assert compiled._address.cache_info().misses == before
    assert recorder.buffer == []
    assert len(set(lengths)) > 1, "the parameter has no effect, so this shows nothing"


def test_a_policy_that_does_not_compile_says_why_and_runs_on_simpy(
    small: Scenario, said: None, capsys: pytest.CaptureFixture[str]
) -> None:
    import json

    def route(incident, team, now, p):
        return len(json.dumps([incident.severity])) - 2

    policy = Policy(id="clever", route=route)
    assert warm([policy]) == [SIMPY]
    message = capsys.readouterr().err
    assert "policy clever runs on SimPy" in message
    assert "because of its route\n  it cannot be compiled: it uses module json" in message
    path = sample_path(small)
    assert len(next(simulate([(path, policy)], *engines_for([policy], COMPILED)))) > 100


def test_a_decision_that_fails_raises_as_in_python(small: Scenario) -> None:
    def route(incident, team, now, p):
        return QUEUE // (incident.severity - 3)

    policy = Policy(id="divides", route=route)
    for engine in (COMPILED, PLAIN, SIMPY):
        with pytest.raises(ZeroDivisionError):
            list(simulate([(sample_path(small), policy)], engine))


def test_without_numba_the_plain_engine_stands_in_with_one_clear_line(
    said: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engines, "no_compiler", lambda: "numba is not installed")
    assert engines_for([find_policy("next-sprint")], COMPILED) == [PLAIN]
    assert capsys.readouterr().err == (
        "numba is not installed: using the plain engine, some 100 times slower.\n"
    )


def test_every_figure_is_the_same_where_there_is_no_numba(tmp_path: Path, bundled_scenario) -> None:
    """A whole comparison in an interpreter that cannot import numba."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfound = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'numba' else found(name, *rest)\n"
    )
    command = [sys.executable, "-m", "firelane", "compare", str(bundled_scenario("web_agency"))]
    options = ["--set", "time.horizon_weeks=12", "--replications", "2", "--json", "-"]
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    there = {**here, "PYTHONPATH": os.pathsep.join([str(tmp_path), here["PYTHONPATH"]])}
    with_numba, without = (
        subprocess.run([*command, *options], env=env, capture_output=True, text=True, check=True)
        for env in (here, there)
    )
    assert "numba is not installed" in without.stderr
    assert with_numba.stdout == without.stdout


def test_making_ready_again_loads_nothing_again(
    small: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm([find_policy("kanban")])  # from now on it lies on disk
    loaded: list[str] = []

    def counted(made: MachineCode) -> int | None:
        loaded.append(made.symbol)
        return machine_code.loaded(made)

    monkeypatch.setattr("sim.engine.compiled.compiling.loaded", counted)
    for kept in (compiled._kernel, compiled._plain_decision, compiled._address):
        kept.cache_clear()
    warm([find_policy("kanban")])
    assert len(loaded) > 1, "this is how code is loaded"
    loaded.clear()
    warm([find_policy("kanban")])
    assert loaded == []


def test_a_parameter_has_a_place_in_the_record_or_is_refused() -> None:
    many = {f"p{n}": Parameter(0, "people", 0, 1, "") for n in range(MAX_PARAMETERS)}
    with pytest.raises(Exception, match=f"at most {MAX_PARAMETERS}"):
        Policy(id="greedy", parameters=many)


# ---- disk ----------------------------------------------------------------------------------------


TWO_THREADS = """
from concurrent.futures import ThreadPoolExecutor
import sim

path = sim.sample_path(sim.load("scenarios/small_product.toml"), seed=1, replication=0)
with ThreadPoolExecutor(2) as threads:
    first, second = threads.map(lambda _: sim.run(path, "kanban").events, range(2))
print("alike" if (first == second).all() and len(first) > 100 else "different")
"""


@pytest.mark.long
def test_two_threads_may_begin_before_anything_is_compiled(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", TWO_THREADS],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == "alike\n"
