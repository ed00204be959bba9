"""More machines: a Dask scheduler and workers on this one, some of them killed under way."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.crew import ClusterError, cluster_crew

pytest.importorskip("distributed")

ROOT = Path(__file__).parents[1]
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

    def _run(self, module: str, options: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *options.split()],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        return self._run(
            "distributed.cli.dask_worker",
            f"{self.address} --nthreads=1 --no-nanny --no-dashboard --host=127.0.0.1 "
            f"--local-directory={self._folder}",
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


@pytest.mark.parametrize(
    "address", ["foo", "", "127.0.0.1", "http://127.0.0.1:1", "tcp://127.0.0.1:notaport"]
)
def test_what_can_be_no_address_is_told_so_at_once(address: str) -> None:
    with (
        pytest.raises(ClusterError, match=r"expected HOST:PORT, such as tcp://127\.0\.0\.1:8786"),
        cluster_crew(address),
    ):
        pass
