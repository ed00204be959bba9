"""The store: a study that was killed goes on, and no file of anybody's is harmed."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import sim
from sim.experiment.model_version import model_version
from sim.experiment.runner import Runner
from sim.experiment.store.check import drop_damaged, examined
from sim.experiment.store.store import Store, study_key
from sim.experiment.store.store_columns import MARK
from sim.experiment.store.store_errors import StoreError
from sim.experiment.study import MAX_BATCH, Study, batches_of
from sim.policy.contract import DEFER, QUEUE, Policy
from sim.policy.registry import find_policy
from sim.scenario.reading import bundled, load
from sim.scenario.schema import Scenario
from sim.workers.pool import AHEAD
from tests.command import Firelane

POLICIES = ("next-sprint", "kanban")


@pytest.fixture
def study(small: Scenario) -> Study:
    return Study.of(small, [find_policy(name) for name in POLICIES], 1, "compiled")


def test_what_is_in_the_store_is_not_computed_again(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Runner(1, store=tmp_path / "s") as runner:
        first = runner.observe(study, range(6))
    computed: list[range] = []
    import sim.experiment.runner as module

    once = module.observe_batch
    monkeypatch.setattr(module, "observe_batch", lambda b: (computed.append(b[1]), once(b))[1])
    with Runner(1, store=tmp_path / "s") as runner:
        again = runner.observe(study, range(2, 9))
    assert [n for batch in computed for n in batch] == [6, 7, 8]
    assert again.keys == first.keys
    np.testing.assert_array_equal(again.values[:, :4], first.values[:, 2:])


def test_fresh_computes_all_again_and_comes_to_the_same(study: Study, tmp_path: Path) -> None:
    with Runner(1, store=tmp_path / "s") as runner:
        first = runner.observe(study, range(3))
    with Runner(1, store=tmp_path / "s", fresh=True) as runner:
        np.testing.assert_array_equal(runner.observe(study, range(3)).values, first.values)


def test_studies_are_told_apart_by_content(small: Scenario) -> None:
    plain = find_policy("kanban")
    keys = {
        study_key(small, [plain], 1),
        study_key(small, [plain], 2),
        study_key(small, [plain.with_settings(wip_limit=3)], 1),
        study_key(small, [Policy(id="kanban", route=lambda i, t, n, p: 1)], 1),
        study_key(small, [Policy(id="kanban", route=lambda i, t, n, p: 2)], 1),
        study_key(small.model_copy(update={"name": "Other"}), [plain], 1),
    }
    assert len(keys) == 6
    assert study_key(small, [find_policy("kanban")], 1) in keys


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n", "is not a store of this program"),
        (b"\x00" * 5_000, "is not a store of this program"),
    ],
)
def test_a_foreign_file_is_refused_and_left_as_it_was(
    content: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=words):
        Store(path)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    db = sqlite3.connect(path)
    db.execute("create table t (x)")
    db.commit()
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is not a store of this program"):
        Store(path)
    assert path.read_bytes() == before


def test_a_truncated_store_is_refused_and_left_as_it_was(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "s"
    with Runner(1, store=path) as runner:
        runner.observe(study, range(8))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match="is damaged"):
        Store(path)
    assert path.read_bytes() == whole[: len(whole) // 2]


def test_a_store_of_another_version_is_refused_with_words(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(tmp_path / "s").close()
    monkeypatch.setattr("sim.experiment.store.store.model_version", lambda: "another")
    monkeypatch.setattr("sim.experiment.store.check.model_version", lambda: "another")
    for read in (Store, examined, drop_damaged):
        with pytest.raises(StoreError, match="was written by another version"):
            read(tmp_path / "s")


def test_a_store_of_the_first_layout_is_refused_with_words(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "s")) as db:
        db.executescript(
            "create table about (name text primary key, value text not null) strict;"
            f"insert into about values ('layout', '1'), ('model', '{model_version()}');"
            f"pragma application_id = {MARK};"
        )
    with pytest.raises(StoreError, match="was written by another version"):
        Store(tmp_path / "s")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_store_is_refused(study: Study, tmp_path: Path) -> None:
    Store(tmp_path / "s").close()
    (tmp_path / "s").chmod(0o444)
    with pytest.raises(StoreError, match="cannot be written to"):
        Store(tmp_path / "s")


def test_a_store_that_may_not_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(tmp_path / "s").close()
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(StoreError, match="cannot be written to"):
        Store(tmp_path / "s")


def test_a_folder_or_a_missing_one_is_refused_in_words(
    firelane: Firelane, bundled_scenario, tmp_path: Path
) -> None:
    for target in (tmp_path, tmp_path / "no" / "s"):
        ended = firelane(
            "compare", bundled_scenario("small_product"), "--replications", 2, "--store", target
        )
        assert ended.status == 1
        assert str(target) in ended.err


def _counts(path: Path) -> list[int]:
    with closing(Store(path)) as store:
        return [count for _, count in store.contents()]


COUNT = 1_500
"""Replications: some seconds of work, in the midst of which it can be killed."""

COMPARE = [
    *(sys.executable, "-m", "firelane", "compare", "scenarios/small_product.toml"),
    *(
        "--policy",
        "next-sprint",
        "--policy",
        "kanban",
        "--replications",
        str(COUNT),
        "--inputs",
        "0",
    ),
]


def _start(store: Path, target: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMPARE, "--store", str(store), "--json", str(target)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.long
def test_a_study_killed_again_and_again_ends_with_the_same_bytes(tmp_path: Path) -> None:
    store, target = tmp_path / "s", tmp_path / "out.json"
    assert _start(tmp_path / "calm", tmp_path / "calm.json").wait() == 0
    moments = random.Random(3)
    kept = 0
    for _ in range(3):
        begun = _start(store, target)
        time.sleep(moments.uniform(0.7, 1.5))
        assert begun.poll() is None, "killed while it computes"
        begun.kill()
        begun.wait()
        if store.exists() and store.stat().st_size:
            now = sum(_counts(store))
            assert now >= kept, "what was acknowledged is never lost"
            kept = now
    assert _start(store, target).wait() == 0
    assert target.read_bytes() == (tmp_path / "calm.json").read_bytes()


COUNTED = """
import sys
from pathlib import Path

import sim
from sim.experiment import runner
from sim.result import compare

store, target, log, count = sys.argv[1:]
compute = runner.observe_batch


def noted(batch):
    with open(log, "a") as file:
        file.write(" ".join(map(str, batch[1])) + "\\n")
    return compute(batch)


runner.observe_batch = noted
scenario = sim.load("scenarios/small_product.toml")
with runner.Runner(2, store=Path(store)) as running:
    result = compare(scenario, ["next-sprint", "kanban"], int(count), runner=running)
with open(target, "w") as file:
    file.write(result.to_json())
"""
"""A study whose workers note which replications they compute."""


@pytest.mark.long
def test_twenty_kills_cost_no_more_than_the_batches_handed_out(tmp_path: Path) -> None:
    count, kills = 15_000, 20
    root = Path(__file__).parents[2]

    def start(name: str) -> subprocess.Popen[bytes]:
        files = [str(tmp_path / f"{name}.{ending}") for ending in ("store", "json", "log")]
        return subprocess.Popen([sys.executable, "-c", COUNTED, *files, str(count)], cwd=root)

    assert start("calm").wait() == 0
    moments = random.Random(5)
    for _ in range(kills):
        begun = start("killed")
        time.sleep(moments.uniform(0.8, 2.0))
        assert begun.poll() is None, "killed while it computes"
        begun.kill()
        begun.wait()
    assert start("killed").wait() == 0
    assert (tmp_path / "killed.json").read_bytes() == (tmp_path / "calm.json").read_bytes()
    computed = (tmp_path / "killed.log").read_text().split()
    assert set(map(int, computed)) == set(range(count))
    twice = len(computed) - count
    print(f"{twice} of {count} replications computed twice in {kills} kills")
    assert 0 < twice <= kills * (AHEAD * 2 + 1) * MAX_BATCH


def test_two_processes_share_a_store(tmp_path: Path) -> None:
    store = tmp_path / "s"
    both = [_start(store, tmp_path / f"{n}.json") for n in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    assert (tmp_path / "0.json").read_bytes() == (tmp_path / "1.json").read_bytes()
    assert _counts(store) == [COUNT]


def test_batches_in_flight_are_all_that_a_kill_can_cost() -> None:
    # One transaction a batch: what is lost is what is not finished.
    assert max(len(batch) for batch in batches_of(range(1_000), 2, 1_000)) <= 8


def test_a_store_can_be_read(study: Study, tmp_path: Path, firelane: Firelane) -> None:
    with Runner(1, store=tmp_path / "s") as runner:
        runner.observe(study, range(5))
    told = firelane("store", tmp_path / "s")
    assert "5 replications  Two small teams: next-sprint, kanban (seed 1)" in told.out


def test_json_is_the_same_with_a_store_and_without(firelane: Firelane, tmp_path: Path) -> None:
    arguments = ["compare", "scenarios/small_product.toml", "--replications", 4, "--json", "-"]
    plain = firelane(*arguments).out
    for _ in range(2):
        assert firelane(*arguments, "--store", tmp_path / "s").out == plain
    assert json.loads(plain)["replications"] == 4


# ---- what a policy is made of --------------------------------------------------------------------


def rules(worst: int) -> dict[str, object]:
    class Limits:
        worst_severity = worst

    class Asks:
        def __init__(self) -> None:
            self.limit = worst

        def __call__(self, incident, team, now, p):
            return QUEUE if incident.severity <= self.limit else DEFER

    held = SimpleNamespace(worst=worst)

    def by_class(incident, team, now, p):
        return QUEUE if incident.severity <= Limits.worst_severity else DEFER

    def by_object(incident, team, now, p):
        return QUEUE if incident.severity <= held.worst else DEFER

    def by_argument(limit, incident, team, now, p):
        return QUEUE if incident.severity <= limit else DEFER

    return {
        "class": by_class,
        "object": by_object,
        "partial": partial(by_argument, worst),
        "callable": Asks(),
    }


def test_a_constant_that_a_partial_function_holds_is_content_too() -> None:
    scenario = load(bundled()["small_product"])
    keys = [
        study_key(scenario, [Policy(id="mine", route=rules(worst)["partial"])], 1)
        for worst in (1, 2, 1)
    ]
    assert keys[0] == keys[2] != keys[1]


@pytest.mark.parametrize("kind", ["class", "object", "callable"])
def test_of_a_policy_that_could_change_unseen_nothing_is_kept_and_that_is_said(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = load(bundled()["small_product"], ["time.horizon_weeks=8"])
    found = []
    for worst in (1, 4):
        policy = Policy(id="mine", route=rules(worst)[kind])
        with Runner(1, store=tmp_path / "store") as runner:
            found.append(sim.compare(scenario, [policy], 2, runner=runner).observations.values)
            assert not list(runner.store.contents())
    assert not np.array_equal(*found)
    assert "which could change unseen; nothing of this study is kept" in capsys.readouterr().err


def test_the_command_that_reads_a_store_begins_none(tmp_path: Path, firelane: Firelane) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    told = firelane("store", empty)
    assert told.status == 2
    words = " ".join(told.err.replace("│", " ").split())  # wrapped where the path is long
    assert "is empty; expected a store" in words
    assert empty.stat().st_size == 0
