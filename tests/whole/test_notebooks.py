"""The notebooks run from top to bottom, and what they promise is so."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from notebooks.run import executed

FOLDER = Path(__file__).parents[2] / "notebooks"

NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_eight() -> None:
    assert [notebook.name[0] for notebook in NOTEBOOKS] == list("12345678")


# The kernel and its client leave sockets and loops to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_from_top_to_bottom(notebook: Path) -> None:
    book = executed(notebook)
    assert any(cell.get("outputs") for cell in book.cells)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_reads_on_a_code_host(notebook: Path) -> None:
    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.source]
    assert notebook.stat().st_size < 200_000
    assert all(cell.execution_count for cell in cells if cell.cell_type == "code")


def test_a_policy_of_ones_own_is_short_and_runs_on_all_engines() -> None:
    cells = nbformat.read(FOLDER / "2_write_your_own_policy.ipynb", as_version=4).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    [policy] = [source for source in sources if "Policy(" in source]
    assert len(policy.splitlines()) < 40
    [on_all] = [source for source in sources if "assert all(" in source]
    assert all(f'"{engine}"' in on_all for engine in ("plain", "simpy", "compiled"))
