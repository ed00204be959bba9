"""Installed as its users install it, in environments made from nothing, outside the checkout."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import urllib.request
import venv
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from sim.engine.compiled import object_cache as machine_code
from sim.scenario.reading import bundled
from tests.whole.test_documents import blocks, commands, is_elsewhere, quicker
from validation.bounds import NoPythonError, tried

ROOT = Path(__file__).parents[2]

SETS_UP = ("python3", "pip", "make", ".", "jupyter")


def clean() -> dict[str, str]:
    """An environment that knows nothing of this one."""
    return {"PATH": "/usr/bin:/bin", "HOME": tempfile.gettempdir(), "COLUMNS": "120"}


def pip(python: Path, *arguments: object) -> None:
    options = ("--quiet", "--disable-pip-version-check")
    command = [python, "-m", "pip", *map(str, arguments), *options]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first process of the suite to ask for it makes, for all of them."""
    shared = factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    with FileLock(shared / f"{name}.lock"):
        if not (shared / name).exists():
            make(shared / name)
    return shared / name


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a source archive has: no folder of git, nothing left over."""
    left = shutil.ignore_patterns(
        ".git", ".venv*", "__pycache__", "out", "*.egg-info", ".*_cache", ".hypothesis", "build"
    )
    return made_once(
        tmp_path_factory, "source", lambda folder: shutil.copytree(ROOT, folder, ignore=left)
    )


def dockerfile() -> dict[str, str]:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    steps = re.findall(r"^(FROM|COPY|RUN|ENTRYPOINT|CMD) ((?:.*\\\n)*.*)$", text, re.M)
    return {step: what.replace("\\\n", "") for step, what in steps}


@pytest.fixture(scope="module")
def plainly(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment made by the steps of the Dockerfile, which are those of anybody who
    types `pip install .`, with all that it asks for."""

    def make(folder: Path) -> None:
        venv.create(folder, with_pip=True)
        arguments = shlex.split(dockerfile()["RUN"].split("&&")[0].replace("/source", str(source)))
        assert arguments[:3] == ["python", "-m", "pip"]
        pip(folder / "bin" / "python", *arguments[3:])

    return made_once(tmp_path_factory, "plainly", make)


@pytest.fixture(scope="module")
def from_wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One in which the built wheel is installed; the libraries are those that the tests have."""

    def make(folder: Path) -> None:
        venv.create(folder, with_pip=True)
        python = folder / "bin" / "python"
        pip(python, "wheel", "--no-deps", "--wheel-dir", folder, source)
        [wheel] = folder.glob("*.whl")
        pip(python, "install", "--no-deps", wheel)
        libraries = sysconfig.get_path("purelib")
        [own] = (folder / "lib").glob("python*/site-packages")
        (own / "libraries.pth").write_text(f"{libraries}\n")
        subprocess.run(
            [folder / "bin" / "firelane", "warm"], env=clean() | code(folder), check=True
        )

    return made_once(tmp_path_factory, "from_wheel", make)


def code(environment: Path) -> dict[str, str]:
    """Where compiled code is kept: what one of the two environments has compiled the other need not, as it is the same
    program."""
    return {machine_code.FOLDER: str(environment.parent / "code")}


def run(environment: Path, words: list[str], folder: Path) -> str:
    program = environment / "bin" / words[0]
    ended = subprocess.run(
        [program, *words[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
        env=clean() | code(environment),
        check=False,
    )
    assert ended.returncode == 0, f"{words}\n{ended.stderr}"
    return ended.stdout


def test_from_a_wheel_every_bundled_scenario_is_there_by_name(
    from_wheel: Path, tmp_path: Path
) -> None:
    assert set(bundled()) <= set(run(from_wheel, ["firelane", "scenarios"], tmp_path).split())
    for name in ("service_desk", "bank"):  # one with a log, one with money
        few = ["--policy", "kanban", "--replications", "2", "--json", "-"]
        told = json.loads(run(from_wheel, ["firelane", "compare", name, *few], tmp_path))
        assert told["replications"] == 2
    assert list(tmp_path.iterdir()) == []


def test_what_is_read_at_run_time_is_in_the_wheel(from_wheel: Path) -> None:
    [wheel] = from_wheel.glob("*.whl")
    listed = run(from_wheel, ["python", "-m", "zipfile", "-l", str(wheel)], from_wheel)
    for name in ("sim/py.typed", "firelane/py.typed", "policies/py.typed", "scenarios/bank.toml"):
        assert name in listed
    assert not re.search(r"^(tests|docs|notebooks|validation|benchmarks)/", listed, re.M)


def test_every_line_of_the_readme_runs_from_a_wheel(from_wheel: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / "scenarios/service_desk_log.csv", tmp_path / "incidents.csv")
    shutil.copy(ROOT / "scenarios/exports/jira_stories.csv", tmp_path / "sprints.csv")
    lines = 0
    for language, text in blocks(ROOT / "README.md"):
        if language == "python":
            run(from_wheel, ["python", "-c", text], tmp_path)
            continue
        for words in commands(text):
            if is_elsewhere(words):
                continue
            if words[0] == "firelane" and words[1:2] != ["web"]:
                run(from_wheel, quicker(words), tmp_path)
                lines += 1
            else:
                assert words[0] in SETS_UP or words[1] == "web", shlex.join(words)
    assert lines >= 7
    assert (tmp_path / "report.html").stat().st_size > 10_000


def test_the_page_opens_from_a_wheel(from_wheel: Path, tmp_path: Path) -> None:
    command = [from_wheel / "bin" / "firelane", "web", "--no-browser", "--port", "0"]
    with subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env=clean() | code(from_wheel)
    ) as server:
        assert server.stderr is not None
        try:
            url = next(line.split()[0] for line in server.stderr if line.startswith("http"))
            for path, expected in (("", b"<html"), ("static/page.js", b"function")):
                with urllib.request.urlopen(url + path, timeout=30) as answer:
                    assert expected in answer.read()
        finally:
            server.send_signal(signal.SIGINT)


def test_installed_plainly_the_same_comes_out(
    plainly: Path, from_wheel: Path, tmp_path: Path
) -> None:
    words = ["firelane", "compare", "web_agency", "--policy", "kanban", "--replications", "2"]
    first, second = (run(where, words, tmp_path) for where in (plainly, from_wheel))
    assert first == second
    where = run(plainly, ["python", "-c", "import firelane, sim; print(sim.__file__)"], tmp_path)
    assert where.startswith(str(plainly))


def test_the_steps_of_the_dockerfile_give_the_command(plainly: Path, tmp_path: Path) -> None:
    """In a bare folder, as no Docker is asked for: `plainly` is made by its first step."""
    steps = dockerfile()
    assert steps["FROM"].startswith("python:3.")
    assert steps["COPY"] == ". /source"
    _, *rest = (part.strip() for part in steps["RUN"].split("&&"))
    assert rest == ["rm -rf /source", "firelane warm"]
    assert run(plainly, shlex.split(rest[1]), tmp_path) == ""
    called = [*json.loads(steps["ENTRYPOINT"]), *json.loads(steps["CMD"])]
    assert "compare" in run(plainly, called, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_the_quick_part_of_the_suite_passes_on_other_pythons(version: str, tmp_path: Path) -> None:
    try:
        assert tried("newest", version, tmp_path)
    except NoPythonError:
        pytest.skip(f"there is no Python {version} on this machine")


def test_this_environment_is_not_that_one(from_wheel: Path, tmp_path: Path) -> None:
    found = run(from_wheel, ["python", "-c", "import sim; print(sim.__file__)"], tmp_path)
    assert found.startswith(str(from_wheel))
    told = run(from_wheel, ["python", "-c", "import sys; print(*sys.path, sep='\\n')"], tmp_path)
    assert str(ROOT) not in told.split("\n")
    assert sys.prefix != str(from_wheel)
    assert os.environ.get("VIRTUAL_ENV") != str(from_wheel)
