"""More machines: a Dask scheduler and workers on this one, some of them killed under way."""

from __future__ import annotations

import importlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sim.experiment.cluster import Answered, ask, asked, checked
from sim.experiment.model_version import program_version
from sim.experiment.store.check import examined
from sim.experiment.study import Observations, Study
from sim.scenario.schema import Scenario
from sim.workers.pool import ClusterError, cluster_pool

pytest.importorskip("distributed")

ROOT = Path(__file__).parents[2]
COMPARE = [
    *(sys.executable, "-m", "firelane", "compare", "scenarios/small_product.toml"),
    *("--policy", "next-sprint", "--policy", "kanban", "--replications", "3000", "--json", "-"),
]


class Cluster:
    """A scheduler on loopback, and workers that come and go."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self._run(
            "distributed.cli.dask_scheduler", f"--host=127.0.0.1 --port={port} --no-dashboard"
        )

    def _run(self, module: str, options: str, cwd: Path = ROOT) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *options.split()],
            cwd=cwd,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    def worker(self, program: Path = ROOT) -> subprocess.Popen[bytes]:
        """One that runs the program of a folder."""
        return self._run(
            "distributed.cli.dask_worker",
            f"{self.address} --nthreads=1 --no-nanny --no-dashboard --host=127.0.0.1 "
            f"--local-directory={self._folder}",
            program,
        )

    def wait_for(self, workers: int) -> None:
        from distributed import Client

        with Client(self.address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    running = Cluster(tmp_path)
    yield running
    for process in running.processes:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def alone() -> bytes:
    return subprocess.run(COMPARE, cwd=ROOT, capture_output=True, check=True).stdout


def test_four_workers_of_a_cluster_come_to_the_same_bytes(cluster: Cluster, alone: bytes) -> None:
    for _ in range(4):
        cluster.worker()
    cluster.wait_for(4)
    ended = subprocess.run(
        [*COMPARE, "--cluster", cluster.address], cwd=ROOT, capture_output=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == alone


@pytest.mark.long
def test_workers_killed_under_way_change_nothing(cluster: Cluster, alone: bytes) -> None:
    first = cluster.worker()
    cluster.worker()
    cluster.wait_for(2)
    running = subprocess.Popen(
        [*COMPARE, "--cluster", cluster.address],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(3)
    assert running.poll() is None, "killed while it computes"
    first.kill()
    cluster.worker()
    out, err = running.communicate(timeout=180)
    assert running.returncode == 0, err
    assert out == alone


OTHERS = {
    "the model": ("sim/sampling/arrivals.py", "\n# another text"),
    "a policy that ships": ("policies/kanban.py", "\n# another text"),
    "no such program": ("sim/experiment/cluster.py", "\ndel observe_elsewhere"),
}


def _another_program(folder: Path, file: str, more: str) -> Path:
    for package in ("sim", "policies", "scenarios", "firelane"):
        # Without the machine code, of which files come and go while other tests run.
        left = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, folder / package, ignore=left)
    with (folder / file).open("a") as text:
        text.write(more)
    return folder


@pytest.mark.parametrize("what", OTHERS)
def test_a_worker_that_runs_another_program_is_refused_by_name_and_nothing_is_kept(
    what: str, cluster: Cluster, tmp_path: Path
) -> None:
    cluster.worker(_another_program(tmp_path / "other", *OTHERS[what]))
    cluster.wait_for(1)
    store = tmp_path / "store"
    ended = subprocess.run(
        [*COMPARE, "--cluster", cluster.address, "--store", str(store)],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert f"--cluster {cluster.address}: " in ended.stderr
    assert program_version() in ended.stderr
    assert "Traceback" not in ended.stderr
    if what != "no such program":
        assert "the worker tcp://127.0.0.1:" in ended.stderr
        assert f"on {socket.gethostname()} runs another program" in ended.stderr
    assert examined(store).replications == 0


def test_what_another_program_has_answered_is_refused_here_too() -> None:
    """Were a worker not to look."""
    answer = Answered("tcp://there", "another", {}, Observations((), np.zeros((1, 1, 0))))
    with pytest.raises(ClusterError, match="the worker tcp://there runs another program"):
        list(checked("tcp://here", (answer for _ in range(1))))


def _offered(folder: Path, answer: str) -> None:
    (folder / "offered_by_a_package.py").write_text(
        "from sim.policy import *\n\n"
        f"def route(incident, team, now, p):\n    return {answer}\n\n"
        "policy = Policy(id='offered', route=route)\n"
    )


def test_another_text_of_a_policy_that_a_package_offers_is_refused(
    small: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    _offered(tmp_path, "QUEUE")
    offered = importlib.import_module("offered_by_a_package")
    study = Study.of(small, [offered.policy], 1, "simpy")
    wanted = asked(study, study.packed(), range(1))
    assert list(wanted["asked"][1]) == ["offered_by_a_package"]
    assert ask(wanted).observations is not None
    _offered(tmp_path, "DEFER")
    answer = ask(wanted)
    assert answer.observations is None
    with pytest.raises(ClusterError, match="offered_by_a_package"):
        list(checked("tcp://here", (answer for _ in range(1))))


@pytest.mark.parametrize(
    "address", ["foo", "", "127.0.0.1", "http://127.0.0.1:1", "tcp://127.0.0.1:notaport"]
)
def test_what_can_be_no_address_is_told_so_at_once(address: str) -> None:
    with (
        pytest.raises(ClusterError, match=r"expected HOST:PORT, such as tcp://127\.0\.0\.1:8786"),
        cluster_pool(address),
    ):
        pass
