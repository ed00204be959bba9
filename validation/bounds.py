"""The oldest and the newest of everything that pyproject.toml names, each tried in a fresh environment.

    make bounds

uv makes two environments from nothing: in one each library is the oldest that pyproject.toml lets in, in
the other the newest. In both the quick part of the suite is run, against the program as it is installed from
its wheel, and the versions are told. Takes some ten minutes; asks the package index.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]

EXTRAS = ("search", "cluster", "test")

TELLING = (
    "numba",
    "llvmlite",
    "numpy",
    "scipy",
    "pandas",
    "pydantic",
    "matplotlib",
    "typer",
    "rich",
)

QUICK = (
    "tests/calibrate",
    "tests/policies",
    "tests/properties",
    "tests/report",
    "tests/theory",
    "tests/test_accounts.py",
    "tests/commands/test_cli.py",
    "tests/engine/test_compiled.py",
    "tests/engine/test_processes.py",
    "tests/measures/test_metrics.py",
    "tests/commands/test_outputs.py",
    "tests/scenario/test_faults.py",
    "tests/experiment/test_statistics.py",
    "tests/experiment/test_store.py",
)
"""Every library at work, without the browser, the cluster and the documents."""


BESIDE_THE_TESTS = (
    *("tests", "validation", "docs", "scenarios"),
    *("README.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml"),
)

RESOLUTIONS = {"oldest": "lowest-direct", "newest": "highest"}


UV = (sys.executable, "-m", "uv", "--quiet", "--no-python-downloads")


class NoPythonError(Exception):
    """A Python that is not to be had on this machine."""


def interpreter(version: str) -> str:
    """Where a Python is: this one, on the path, or kept by pyenv.

    Raises:
        NoPythonError: where it is not to be had.
    """
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    if (found := shutil.which(f"python{version}")) and _starts(found):
        return found
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for kept in sorted(pyenv.glob(f"versions/{version}.*/bin/python")):
        return str(kept)
    raise NoPythonError(version)


def _starts(python: str) -> bool:
    """Whether it does: a name on the path may be that of a manager which has it for another folder only."""
    return subprocess.run([python, "--version"], check=False, capture_output=True).returncode == 0


def compiles(environment: Path) -> bool:
    """Whether the compiled engine works in an environment; else the plain one would give the same figures, slowly."""
    warm = [environment / "bin" / "firelane", "warm"]
    ended = subprocess.run(warm, check=True, capture_output=True, text=True)
    print(ended.stderr, end="", flush=True)
    return "does not work here" not in ended.stderr


def tried(which: str, version: str, folder: Path) -> bool:
    """Install and test; whether all passed.

    Args:
        which: of the libraries: "oldest" or "newest".
        version: of Python, such as "3.12".
        folder: where to.

    Raises:
        NoPythonError: where there is no such Python.
    """
    environment = folder / f"{which}-{version}"
    python = environment / "bin" / "python"
    uv = list(UV)
    subprocess.run([*uv, "venv", "--python", interpreter(version), environment], check=True)
    install = [*uv, "pip", "install", "--python", python, "--resolution", RESOLUTIONS[which]]
    # What only has to be built from source was never what its users had.
    wheels = ["--only-binary", ":all:", "--no-binary", "firelane"]
    subprocess.run([*install, *wheels, f"{ROOT}[{','.join(EXTRAS)}]"], check=True)
    listed = subprocess.run(
        [*uv, "pip", "list", "--python", python, "--format", "json"],
        check=True,
        capture_output=True,
        text=True,
    )
    versions = {one["name"]: one["version"] for one in json.loads(listed.stdout)}
    told = ", ".join(f"{name} {versions.get(name, '?')}" for name in TELLING)
    print(f"{which} of Python {version}: {told}", flush=True)
    if not compiles(environment):
        return False
    # The tests and what they read, without the program's own folders: it is the installed one.
    tested = folder / f"tested-{which}-{version}"
    for name in BESIDE_THE_TESTS:
        source, target = ROOT / name, tested / name
        target.parent.mkdir(exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    present = [path for path in QUICK if (ROOT / path).exists()]
    command = [python, "-m", "pytest", "-q", "-n", "2", "-m", "not long", "-W", "default", *present]
    ended = subprocess.run(
        [*command, "-p", "no:cacheprovider"],
        cwd=tested,
        check=False,
    )
    return ended.returncode == 0


def main() -> None:
    """Status 1 where one does not pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", nargs="*", default=list(RESOLUTIONS))
    parser.add_argument("--python", action="append", help="such as 3.13; this one if not said")
    asked = parser.parse_args()
    told = []
    with tempfile.TemporaryDirectory() as folder:
        for version in asked.python or [f"{sys.version_info.major}.{sys.version_info.minor}"]:
            for which in asked.which:
                try:
                    ended = "passed" if tried(which, version, Path(folder)) else "FAILED"
                except NoPythonError:
                    ended = "not to be had here"
                told.append(f"{which} of Python {version}: {ended}")
    print("\n".join(told))
    sys.exit("FAILED" in " ".join(told))


if __name__ == "__main__":
    main()
