"""Every command and code block of the documents does what it says it does.

Commands run as written, but for the number of replications, which is cut, and for what takes the
machine: setting up, the page, a cluster. Each document's blocks run in order in one folder.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

DOCUMENTS = [
    path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md")))
    if path.exists()
]

FEW = {
    "--replications": "3", "--fresh-replications": "3", "--budget": "20", "--sobol": "8",
}  # fmt: skip
"""Options whose numbers are cut."""

TAKES_REPLICATIONS = ("compare", "sweep", "map", "recommend", "sensitivity", "hire", "validate")

LEAST = {"validate": "20"}

SEEN_ELSEWHERE = {
    "make": "the tests are run by it",
    "pip": "sets up",
    "git": "sets up",
    ".": "sets up",
    "python": "scripts of benchmarks/ and docs/ take minutes; they are imported below",
    "firelane web": "tests/web",
    "curl": "tests/web",
    "dask": "tests/test_cluster.py",
    "source": "sets up",
    "cd": "sets up",
}


def blocks(document: Path) -> list[tuple[str, str]]:
    """(language, text) of every fenced block."""
    return re.findall(r"^```(\w*)[^\n]*\n(.*?)^```$", document.read_text("utf-8"), re.M | re.S)


def commands(text: str) -> list[list[str]]:
    """The command lines of a block, joined and without comments and pipes."""
    joined = re.sub(r"\\\n", " ", text)
    found = []
    for line in joined.splitlines():
        words = shlex.split(line, comments=True)
        if words:
            found.append(words[: words.index("|")] if "|" in words else words)
    return found


def quicker(words: list[str]) -> list[str]:
    """The same command with fewer replications."""
    cut = list(words)
    for n, word in enumerate(words[:-1]):
        if word in FEW:
            cut[n + 1] = FEW[word]
    name = cut[1]
    if name in TAKES_REPLICATIONS and "--precision" not in cut:
        if "--replications" in cut:
            cut[cut.index("--replications") + 1] = LEAST.get(name, "3")
        else:
            cut += ["--replications", LEAST.get(name, "3")]
    if name == "recommend" and "--fresh-replications" not in cut:
        cut += ["--fresh-replications", "3"]
    if name == "compare" and "--precision" in cut and "--budget" not in cut:
        cut += ["--budget", "20"]
    return cut


def is_elsewhere(words: list[str]) -> bool:
    return words[0] in SEEN_ELSEWHERE or " ".join(words[:2]) in SEEN_ELSEWHERE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a reader has: the repository's files, and a place to write."""
    for name in ("scenarios", "policies", "docs", "sim", "benchmarks"):
        (tmp_path / name).symlink_to(ROOT / name)
    # Stand-ins for the reader's own exports.
    (tmp_path / "incidents.csv").symlink_to(ROOT / "scenarios/service_desk_log.csv")
    (tmp_path / "sprints.csv").symlink_to(ROOT / "scenarios/exports/jira_stories.csv")
    return tmp_path


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_block_of_it_runs(document: Path, folder: Path) -> None:
    told = blocks(document)
    for language, text in told:
        if language == "python":
            run([sys.executable, "-c", f"import matplotlib; matplotlib.use('agg')\n{text}"], folder)
        elif language == "toml":
            tomllib.loads(text)
        elif language in ("", "sh", "bash"):
            for words in commands(text):
                if words[0] == "firelane" and not is_elsewhere(words):
                    script = "from firelane import main; main()"
                    run([sys.executable, "-c", script, *quicker(words)[1:]], folder)
                else:
                    assert is_elsewhere(words), f"{document.name}: nobody runs {words}"
        else:
            assert language in ("text", "mermaid"), f"{document.name}: nobody runs {language}"


def run(words: list[str], folder: Path) -> str:
    """What a command that ends well says."""
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, env={**os.environ, "COLUMNS": "120"}
    )
    assert done.returncode == 0, f"{words}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_of_it_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text("utf-8")):
        if "://" not in link:
            assert (document.parent / link).exists(), f"{document.name}: {link}"


@pytest.mark.parametrize(
    "script", sorted(set(re.findall(r"python (docs/\S+\.py)", "\n".join(
        path.read_text("utf-8") for path in DOCUMENTS))))
)  # fmt: skip
def test_every_script_that_is_named_is_there_and_explains_itself(script: str) -> None:
    assert "usage:" in run([sys.executable, script, "--help"], ROOT)
