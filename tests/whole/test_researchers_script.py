"""What a researcher writes runs as it stands, and leaves what others need; its types are checked with the package's."""

from __future__ import annotations

import json
from pathlib import Path

import sim
from tests.whole.researchers_script import main


def test_a_researchers_script_uses_all_of_it_and_leaves_what_repeats_it(tmp_path: Path) -> None:
    found = main(tmp_path)
    assert len(found) == 8 * 2 * 4 * 2  # settings, policies, replications, figures
    told = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    again = sim.load(tmp_path / "result.json")
    assert told["digests"]["first_path"] == sim.sample_path(again, seed=3, replication=0).digest
    assert sim.load(tmp_path / "ours.toml").to_toml() == again.to_toml()
