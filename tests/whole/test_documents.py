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
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

DOCUMENTS = [
    path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md")))
    if path.exists()
]

FEW = {
    "--replications": "3", "--fresh-replications": "3", "--budget": "20", "--sobol": "8",
}  # fmt: skip
"""Options whose numbers are cut."""

TAKES_REPLICATIONS = (
    "changeover",
    "compare",
    "live",
    "sweep",
    "map",
    "recommend",
    "sensitivity",
    "hire",
    "validate",
)

LEAST = {"validate": "20"}

TARGETS = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))

RESULTS = re.findall(r"--(?:plot|html|json) (\S+)", (ROOT / "Makefile").read_text("utf-8"))
"""What `make run` writes."""

SEEN_ELSEWHERE = {
    "pip": "sets up",
    "python3": "sets up",
    "git": "sets up",
    ".": "sets up",
    "python": "scripts of benchmarks/ and docs/ take minutes; they are imported below",
    "curl": "tests/web",
    "firelane decide": "tests/decision",
    "firelane benchmark": "tests/search/test_benchmark.py",
    "dask": "tests/experiment/test_cluster.py",
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
    if name == "recommend" and "--policy" not in cut:
        cut += ["--policy", "kanban", "--policy", "reserved-buffer"]
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


@pytest.mark.parametrize(
    "document",
    [path for path in DOCUMENTS if path.name != "README.md"],  # tests/whole/test_install.py runs it
    ids=lambda path: path.name,
)
def test_every_block_of_it_runs(document: Path, folder: Path) -> None:
    told = blocks(document)
    for language, text in told:
        if language == "python":
            run([sys.executable, "-c", f"import matplotlib; matplotlib.use('agg')\n{text}"], folder)
        elif language == "toml":
            tomllib.loads(text)
        elif language in ("", "sh", "bash"):
            for words in commands(text):
                if words[:2] == ["firelane", "web"]:
                    opens_the_page(words, folder)
                elif words[0] == "make":
                    assert words[1] in TARGETS, f"{document.name}: no target {words[1]}"
                elif words[0] == "firelane" and not is_elsewhere(words):
                    script = "from firelane.command import main; main()"
                    run([sys.executable, "-c", script, *quicker(words)[1:]], folder)
                else:
                    assert is_elsewhere(words), f"{document.name}: nobody runs {words}"
        else:
            assert language in ("text", "mermaid"), f"{document.name}: nobody runs {language}"


def opens_the_page(words: list[str], folder: Path) -> None:
    """As written, but on any port, and without opening a browser of the machine."""
    if "--port" in words:
        words = [*words[: words.index("--port")], *words[words.index("--port") + 2 :]]
    script = "from firelane.command import main; main()"
    options = [*(w for w in words[1:] if w != "--no-browser"), "--no-browser", "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-c", script, *options], cwd=folder, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        try:
            url = next(line.split()[0] for line in server.stderr if line.startswith("http"))
            with urllib.request.urlopen(url, timeout=30) as answer:
                assert b"<html" in answer.read().lower()
        finally:
            server.terminate()


@pytest.mark.skipif(
    not (ROOT / ".venv" / ".ready").exists(), reason="not set up by make, which `make run` would do"
)
def test_make_run_draws_the_picture_and_writes_the_report() -> None:
    done = subprocess.run(["make", "run"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "points a" in done.stdout
    for name in RESULTS:
        assert (ROOT / name).stat().st_size > 1_000


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
