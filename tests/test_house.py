"""The map of the house in the documents is the house."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "docs" / "design.md", ROOT / "CONTRIBUTING.md"]


def drawn(document: Path) -> str:
    [found] = re.findall(r"```text\n(sim/\n.*?)```", document.read_text("utf-8"), re.S)
    return found


def rooms_drawn() -> list[list[str]]:
    """Floors from above, each with its rooms."""
    lines = re.findall(r"^  (\S.*?)(?:  |$)", drawn(DOCUMENTS[0]), re.M)
    return [[room.rstrip("/") for room in line.split()] for line in lines]


def test_both_documents_draw_the_same_map() -> None:
    first, second = map(drawn, DOCUMENTS)
    assert first == second


def test_the_map_is_what_the_linter_keeps() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    [rooms] = [one for one in linter["contracts"] if one["type"] == "layers"]
    kept = [sorted(layer.split(" | ")) for layer in rooms["layers"]]
    assert [sorted(floor) for floor in rooms_drawn()] == kept


def test_the_map_shows_every_room_and_every_module_of_it_that_it_names_is_there() -> None:
    there = {path.stem for path in (ROOT / "sim").iterdir() if not path.name.startswith("_")}
    assert {room for floor in rooms_drawn() for room in floor} == there - {"py"}
    assert len(there) <= 19  # a room more has to earn its place


def test_tests_stand_in_the_rooms_of_what_they_test() -> None:
    rooms = {room for floor in rooms_drawn() for room in floor}
    others = {"policies", "properties", "theory", "fuzzing", "frozen", "whole"}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} <= rooms | others


TWINS = {"model", "kernel", "sampling", "futures"}
"""The same rules written twice bear the same names."""


def test_a_module_has_a_name_of_its_own_but_for_the_twins_of_the_engines() -> None:
    named: dict[str, list[Path]] = {}
    for path in (ROOT / "sim").rglob("*.py"):
        if path.stem != "__init__" and path.parent.name not in TWINS | {"commands"}:
            named.setdefault(path.stem, []).append(path)
    assert [paths for paths in named.values() if len(paths) > 1] == []
