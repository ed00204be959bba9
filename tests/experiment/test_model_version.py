"""A store is voided by what can change a figure, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import grimp
import pytest

from sim.experiment import model_version

ROOT = Path(__file__).parents[2]

DECIDE_NO_FIGURE = {
    "sim.arrays",  # names of types
    "sim.errors",  # words
    "sim.files.own_folder",  # where machine code lies, which is named after its text
    "sim.files.results",  # how a path is kept
    "sim.files.plain_text",  # which names are refused
    "sim.workers.pool",  # who compiles
    "sim.workers.stopped",
}


def test_whatever_a_replication_is_computed_with_is_part_of_it() -> None:
    counted = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in model_version.files_that_decide_figures()
    }
    graph = grimp.build_graph("sim", cache_dir=None)
    used = {"sim.experiment.study", *graph.find_upstream_modules("sim.experiment.study")}
    assert used - counted == DECIDE_NO_FIGURE
    outside = {"sim.commands.app", "sim.web.app", "sim.report.html", "sim.experiment.runner"}
    assert not outside & counted


@pytest.mark.parametrize("file", ["engine/rules.py", "files/delimited.py", "sampling/streams.py"])
def test_a_change_of_its_text_is_another_version(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = tmp_path / "sim" / file
    for path in model_version.files_that_decide_figures():
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    before = model_version.model_version()
    monkeypatch.setattr(model_version, "_PROGRAM", tmp_path)
    assert model_version.model_version.__wrapped__() == before
    changed.write_text(changed.read_text("utf-8") + "# another text\n", encoding="utf-8")
    assert model_version.model_version.__wrapped__() != before
