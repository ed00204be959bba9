"""Whether somebody else gets the same, to the byte: other NumPy, other Python, a fresh environment.

    make recipient

The digests of this machine's paths, traces and raw figures of every bundled scenario are written down. Then uv makes
environments from nothing, one with NumPy 2.0 and one with the newest of all libraries on another Python, and in each
the program, installed from its wheel, computes the same again and holds it against them. The benchmark's table of one
scenario is made in each as well, and compared byte by byte. Takes some five minutes; asks the package index.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from sim import compare
from sim.measures.run import run
from sim.policy.registry import chosen_policies
from sim.report.reproduction import fingerprint
from sim.sampling.sample_path import sample_path
from sim.scenario.reading import bundled, load
from validation.bounds import ROOT, UV, NoPythonError, compiles, interpreter

REPLICATIONS = 3
BENCHMARK = "small_product"

RECIPIENTS = (("3.11", "numpy==2.0.*"), ("3.13", "numpy"))
"""A Python, and which NumPy on it."""


def digests() -> dict[str, str]:
    """By name, the digest of each path and of each policy's trace on it, and that of all raw figures."""
    found = {}
    for name, file in bundled().items():
        scenario = load(file)
        policies = chosen_policies(scenario, None)
        for replication in range(REPLICATIONS):
            path = sample_path(scenario, seed=1, replication=replication)
            found[f"{name}, path {replication}"] = path.digest
            for policy in policies:
                trace = run(path, policy).events.astype("<i8").tobytes()
                told = hashlib.sha256(trace).hexdigest()
                found[f"{name}, path {replication}, {policy.label}"] = told
        raw = compare(scenario, replications=REPLICATIONS, seed=1, workers=1).observations
        found[f"{name}, figures"] = fingerprint([raw])
    return found


def _told() -> str:
    return f"Python {platform.python_version()}, NumPy {np.__version__}"


def check(file: Path) -> bool:
    """Hold what is computed here against what was written down; tell what differs."""
    expected = json.loads(file.read_text(encoding="utf-8"))
    found = digests()
    wrong = [name for name in expected if found.get(name) != expected[name]]
    others = ": " + "; ".join(wrong[:5]) if wrong else ""
    print(
        f"{_told()}: {len(expected) - len(wrong)} of {len(expected)} digests the same{others}",
        flush=True,
    )
    return not wrong and len(found) == len(expected)


def _table(python: str | Path, folder: Path) -> bytes:
    """The benchmark's rows as a Python makes them."""
    target = folder / "table.json"
    command = ["-m", "firelane", "benchmark", "--scenario", BENCHMARK, "--json", str(target)]
    subprocess.run([python, *command], cwd=folder, check=True, capture_output=True)
    return target.read_bytes()


def sent_to(version: str, numpy: str, expected: Path, table: bytes, folder: Path) -> bool:
    """Install for a recipient and let them compute; whether all is the same.

    Raises:
        NoPythonError: where there is no such Python.
    """
    environment = folder / version
    python = environment / "bin" / "python"
    subprocess.run([*UV, "venv", "--python", interpreter(version), environment], check=True)
    install = [*UV, "pip", "install", "--python", python, "--resolution", "highest"]
    wheels = ["--only-binary", ":all:", "--no-binary", "firelane"]
    subprocess.run([*install, *wheels, f"{ROOT}[search]", numpy], check=True)
    # This file alone is no part of what is installed.
    apart = folder / f"apart-{version}"
    (apart / "validation").mkdir(parents=True)
    for name in ("__init__", "recipient", "bounds"):
        text = (ROOT / "validation" / f"{name}.py").read_text(encoding="utf-8")
        (apart / "validation" / f"{name}.py").write_text(text, encoding="utf-8")
    compiled = compiles(environment)
    checked = [python, "-m", "validation.recipient", "--check", expected]
    same = subprocess.run(checked, cwd=apart, check=False).returncode == 0
    alike = _table(python, apart) == table
    print(f"  the benchmark's table of {BENCHMARK}: {'the same bytes' if alike else 'OTHER BYTES'}")
    return same and alike and compiled


def main() -> None:
    """Status 1 where somebody gets something else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", type=Path, metavar="FILE", help="hold against these digests")
    asked = parser.parse_args()
    if asked.check is not None:
        sys.exit(not check(asked.check))
    all_same = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        expected = folder / "digests.json"
        expected.write_text(json.dumps(digests()), encoding="utf-8")
        print(f"{_told()}: written down", flush=True)
        table = _table(sys.executable, folder)
        for version, numpy in RECIPIENTS:
            try:
                all_same &= sent_to(version, numpy, expected, table, folder)
            except NoPythonError:
                print(f"Python {version}: not to be had here")
    sys.exit(not all_same)


if __name__ == "__main__":
    main()
