"""A sample path travels as a file: the same bytes from the same future, and the same run from the same bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.sampling.path_files import PathFileError
from sim.scenario.reading import bundled


@pytest.mark.parametrize("name", ["small_product", "service_desk", "follow_the_sun"])
def test_a_path_read_back_is_the_same_future(name: str, tmp_path: Path) -> None:
    path = sim.sample_path(sim.load(name), seed=3, replication=2)
    target = tmp_path / "a.path"
    path.save(target)
    found = sim.SamplePath.load(target)
    assert found.digest == path.digest
    assert (found.seed, found.replication) == (3, 2)
    first, second = sim.run(path, "kanban").events, sim.run(found, "kanban").events
    assert np.array_equal(first, second)


def test_the_same_path_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    scenario = sim.load("small_product")
    for n, replication in enumerate((0, 0, 1)):
        sim.sample_path(scenario, 1, replication).save(tmp_path / f"{n}.path")
    first, again, other = ((tmp_path / f"{n}.path").read_bytes() for n in range(3))
    assert first == again
    assert first != other


def test_digests_tell_every_bundled_scenario_apart() -> None:
    digests = {sim.sample_path(sim.load(name)).digest for name in bundled()}
    assert len(digests) == len(bundled())


def test_a_damaged_file_and_one_of_another_kind_are_refused_in_words(tmp_path: Path) -> None:
    target = tmp_path / "a.path"
    sim.sample_path(sim.load("small_product")).save(target)
    content = bytearray(target.read_bytes())
    content[len(content) // 2] ^= 0xFF
    target.write_bytes(content)
    with pytest.raises(PathFileError, match=r"a\.path"):
        sim.SamplePath.load(target)
    (tmp_path / "b.path").write_text("no archive")
    with pytest.raises(PathFileError, match="holds no sample path"):
        sim.SamplePath.load(tmp_path / "b.path")
