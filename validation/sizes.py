"""How large files and functions are, and how much is explained: this project beside others that are well kept.

    python -m validation.sizes [PACKAGE …]

Packages are looked at where they are installed; tests within them are left out.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

BESIDE = ("simpy", "ciw", "starlette", "attr")
OURS = ("sim", "policies", "firelane")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Sizes:
    """Of a package; lines."""

    files: Sequence[int]
    functions: Sequence[int]
    documented: float
    """share of public functions and methods with a docstring"""
    comments: float
    """per 100 lines that are code"""


def sizes_of(package: str) -> Sizes:
    """Measure an installed package.

    Raises:
        ModuleNotFoundError: where there is none of that name.
    """
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"no package {package} is installed")
    texts = [path.read_text("utf-8") for path in _files(Path(found.submodule_search_locations[0]))]
    trees = [ast.parse(text) for text in texts]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, Function)]
    public = [node for node in functions if not node.name.startswith("_")]
    code, comments = (sum(counts) for counts in zip(*map(_code_and_comments, texts), strict=True))
    return Sizes(
        [len(text.splitlines()) for text in texts],
        [_length(node) for node in functions],
        sum(ast.get_docstring(node) is not None for node in public) / max(len(public), 1),
        100 * comments / max(code, 1),
    )


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        if not {"tests", "test"} & set(path.relative_to(folder).parts[:-1]):
            yield path


def _length(function: Function) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def _code_and_comments(text: str) -> tuple[int, int]:
    """Lines with code on them, docstrings included, and lines with a comment."""
    code, comments = set[int](), set[int]()
    passed_over = {
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments.add(token.start[0])
        elif token.type not in passed_over:
            code.update(range(token.start[0], token.end[0] + 1))
    return len(code), len(comments)


def table(packages: Sequence[str]) -> Table:
    """A row for each package."""
    drawn = Table(box=None, pad_edge=False)
    for head in (
        "package",
        "files",
        "lines",
        "file: median, longest",
        "function: median, 95 %, longest",
    ):
        drawn.add_column(head, justify="left" if head == "package" else "right")
    drawn.add_column("documented", justify="right")
    drawn.add_column("comments", justify="right")
    for package in packages:
        found = sizes_of(package)
        file = f"{np.median(found.files):.0f}, {max(found.files)}"
        percentile = np.percentile(found.functions, 95)
        function = f"{np.median(found.functions):.0f}, {percentile:.0f}, {max(found.functions)}"
        drawn.add_row(
            package,
            str(len(found.files)),
            f"{sum(found.files):,}",
            file,
            function,
            f"{found.documented:.0%}",
            f"{found.comments:.1f}",
        )
    return drawn


if __name__ == "__main__":
    wanted = sys.argv[1:] or [*OURS, *BESIDE]
    if missing := [name for name in wanted if find_spec(name) is None]:
        print(f"Left out, as not installed here: {', '.join(missing)}", file=sys.stderr)
    Console(width=130).print(table([name for name in wanted if name not in missing]))
