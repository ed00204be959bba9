"""Run notebooks from top to bottom, and keep what they print.

    python notebooks/run.py [FILE…]

Every notebook of this folder if none is named.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent


def executed(notebook: Path) -> nbformat.NotebookNode:
    """The notebook with fresh outputs, run in its own folder.

    Raises:
        CellExecutionError: where a cell fails.
    """
    book = nbformat.read(notebook, as_version=4)
    client = NotebookClient(
        book,
        timeout=300,
        resources={"metadata": {"path": str(notebook.parent)}},
        record_timing=False,
    )
    client.execute()
    for cell in book.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":  # messages of the first compilation are no result
            cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
    book.metadata["language_info"] = {"name": "python"}  # whatever the version
    return book


if __name__ == "__main__":
    for file in map(Path, sys.argv[1:] or sorted(map(str, HERE.glob("*.ipynb")))):
        nbformat.write(executed(file), file)
        print(file.name)
