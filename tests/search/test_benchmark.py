"""The public table can be made again to the byte, and has a row for whoever brings one."""

from __future__ import annotations

from pathlib import Path

from tests.command import Firelane

ROOT = Path(__file__).parents[2]

MINE = """
from sim.policy import INTERRUPT, Policy


def route(incident, team, now, p):
    return INTERRUPT


policy = Policy(id="mine", title="Mine", route=route)
"""


def test_a_scenario_of_the_table_in_the_documents_comes_out_the_same(firelane: Firelane) -> None:
    done = firelane("benchmark", "--scenario", "small_product", "--workers", 1)
    assert done.status == 0, done.err
    published = (ROOT / "docs" / "benchmark.md").read_text("utf-8")
    [section] = [own for own in published.split("### ") if own.startswith("small_product")]
    assert done.out.strip().removeprefix("### ") == section.strip()


def test_a_policy_in_one_file_has_a_row(firelane: Firelane, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    done = firelane(
        "benchmark", "--scenario", "young_product", "--policy", tmp_path / "mine.py", "--alone",
        "--workers", 1,
    )  # fmt: skip
    assert done.status == 0, done.err
    assert "| `mine` |" in done.out


def test_what_is_not_part_of_it_is_refused_in_words(firelane: Firelane) -> None:
    done = firelane("benchmark", "--scenario", "service_desk")
    assert done.status == 2
    assert "expected one of small_product" in done.err
