"""From any folder, in any environment: the command and `import firelane`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import firelane as front_door
import sim
from sim.scenario.reading import bundled, find
from tests.command import Firelane
from tests.thinned import one_in

FEW = ("--policy", "kanban", "--policy", "next-sprint", "--replications", "2", "--workers", "1")
COMPARE = ("compare", "small_product", *FEW, "--set", "time.horizon_weeks=8")


def run(
    *arguments: object, cwd: Path, flags: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """The command in a folder, with some variables of the environment set."""
    return subprocess.run(
        [sys.executable, *flags, "-m", "firelane", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        timeout=120,
        env={k: v for k, v in os.environ.items() if k != "COLUMNS"} | environment,
        check=False,
    )


# ---- names of scenarios ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", bundled())
def test_a_bundled_scenario_goes_by_its_name_from_any_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for named in (name, f"{name}.toml", f"scenarios/{name}.toml", Path(name)):
        assert sim.load(named) == sim.load(bundled()[name])
    assert front_door.load(name).name == sim.load(name).name


def test_a_file_of_ones_own_comes_before_a_bundled_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "web_agency").mkdir()
    assert find("web_agency") == bundled()["web_agency"], "a folder is no scenario"
    (tmp_path / "bank.toml").write_bytes(bundled()["web_agency"].read_bytes())
    assert sim.load("bank.toml").name == sim.load("web_agency").name
    assert find("elsewhere/web_agency.toml") == Path("elsewhere/web_agency.toml")


def test_a_name_that_is_not_known_is_told_with_those_that_are(firelane: Firelane) -> None:
    ended = firelane("compare", "web_agenci")
    assert ended.status == 2
    none = "no such file, and none that ships has that name"
    assert ended.err == f"web_agenci: {none}; nearest known: web_agency\n"
    far = firelane("compare", "zzz.toml").err
    assert far.startswith(f"zzz.toml: {none}; known are bank, follow_the_sun, ")


@pytest.mark.parametrize(
    "command", [("trace", "kanban"), ("validate",), ("sensitivity",), ("web",)]
)
def test_every_command_takes_it(command: tuple[str, ...], firelane: Firelane) -> None:
    unknown = firelane(command[0], "web_agenci", *command[1:], *_needed(command[0]))
    assert "none that ships has that name; nearest known: web_agency" in unknown.err


def _needed(command: str) -> list[str]:
    log = str(bundled()["service_desk"].with_name("service_desk_log.csv"))
    return {"validate": ["--against", log], "sensitivity": ["--policy", "kanban"]}.get(command, [])


def test_a_scenario_may_begin_with_the_mark_that_some_editors_write(tmp_path: Path) -> None:
    marked = tmp_path / "marked.toml"
    marked.write_bytes(b"\xef\xbb\xbf" + bundled()["web_agency"].read_bytes())
    assert sim.load(marked) == sim.load("web_agency").in_folder(tmp_path)


# ---- the command ----------------------------------------------------------------------------------


def test_version_help_and_completion_are_there(firelane: Firelane, tmp_path: Path) -> None:
    assert firelane("--version").out == f"firelane {sim.__version__}\n"
    assert firelane("-h").out == firelane("--help").out
    assert "--replications" in firelane("compare", "-h").out
    for shell in ("bash", "zsh", "fish"):
        asked = {
            "_FIRELANE_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": "firelane compare web_",
            "COMP_CWORD": "2",
            "_TYPER_COMPLETE_ARGS": "firelane compare web_",
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        }
        script = Path(sys.executable).with_name("firelane")
        completed = subprocess.run(
            [script], cwd=tmp_path, env={**os.environ, **asked}, stdout=subprocess.PIPE, check=False
        )
        assert b"web_agency" in completed.stdout, shell


def test_both_spellings_are_taken(firelane: Firelane) -> None:
    asked = ("recommend", "small_product", "--policy", "kanban", "--replications", 2)
    rest = ("--fresh-replications", 2, "--set", "time.horizon_weeks=8", "--json", "-")
    for british, figure in (
        ("--maximise", "points_per_sprint"),
        ("--minimise", "response_hours_p90"),
    ):
        first = firelane(*asked, *rest, british, figure)
        assert first.status == 0
        assert first.out == firelane(*asked, *rest, british.replace("ise", "ize"), figure).out


@pytest.mark.parametrize("columns", [60, 80])
def test_tables_are_as_wide_as_told_and_nothing_of_them_is_cut(
    columns: int, firelane: Firelane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for arguments in (
        COMPARE,
        ("compare", "service_desk", *FEW),  # with a column more
        ("policies",),
        ("policies", "kanban"),
        ("trace", "small_product", "kanban", "--set", "time.horizon_weeks=8"),
    ):
        out = firelane(*arguments).out
        assert "…" not in out
        # Events, and the story of a policy, are lines that the terminal breaks.
        lines = [line for line in out.splitlines() if not line.startswith("week ")]
        if arguments == ("policies", "kanban"):
            lines = lines[next(n for n, line in enumerate(lines) if line.startswith("Param")) :]
        assert max(map(len, lines)) <= columns
        if arguments[0] == "compare":
            words = set(out.replace(",", " ").split())
            heads = {"answered", "response", "points", "within", "ratio", "stories", "idle"}
            assert heads <= words | {word.rstrip(":") for word in words}
    assert "committed" in out


# ---- in odd surroundings ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What is printed and written where nothing is odd."""
    return _written_in(tmp_path_factory.mktemp("usual"))


def _written_in(folder: Path, flags: tuple[str, ...] = (), **environment: str) -> dict[str, bytes]:
    files = ("--json", "out.json", "--csv", "out.csv", "--plot", "out.svg", "--html", "out.html")
    ended = run(*COMPARE, *files, cwd=folder, flags=flags, **environment)
    assert (ended.returncode, ended.stderr) == (0, b"")
    return {"printed": ended.stdout} | {name: (folder / name).read_bytes() for name in files[1::2]}


@pytest.mark.parametrize(
    "odd",
    one_in(
        2,
        [
            {"PYTHONUTF8": "0", "LC_ALL": "POSIX", "TZ": "Pacific/Chatham"},
            {"PYTHONIOENCODING": "latin-1", "MPLBACKEND": "bogus"},
            {"PYTHONIOENCODING": "ascii:strict", "LC_ALL": "C", "TERM": "dumb"},
            {"PYTHONOPTIMIZE": "2", "TZ": "nowhere+99"},
            {
                "PYTHONHASHSEED": "7",
                "PYTHONWARNINGS": "error",
                "NO_COLOR": "1",
                "LANG": "tr_TR.UTF-8",
            },
        ],
    ),
    ids=lambda odd: " ".join(f"{k}={v}" for k, v in odd.items()),
)
def test_the_same_bytes_come_out(
    odd: dict[str, str], usual: dict[str, bytes], tmp_path: Path
) -> None:
    assert _written_in(tmp_path, **odd) == usual


@pytest.mark.parametrize(
    "theirs",
    [
        b"font.size: 30\naxes.facecolor: red\nsvg.fonttype: none\n",
        pytest.param(b"bogus.key: 1\n", marks=pytest.mark.long),
        pytest.param(b"\xff\xfe", marks=pytest.mark.long),
    ],
    ids=["another look", "a key that is none", "no text"],
)
def test_nobodys_matplotlibrc_changes_a_picture(
    theirs: bytes, usual: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "matplotlibrc").write_bytes(theirs)
    assert _written_in(tmp_path) == usual


def test_isolated_python_runs_it_too(usual: dict[str, bytes], tmp_path: Path) -> None:
    assert _written_in(tmp_path, ("-I",)) == usual


def test_the_story_of_a_policy_is_told_without_docstrings(tmp_path: Path) -> None:
    told, without = (
        run("policies", "kanban", cwd=tmp_path, flags=flags).stdout for flags in ((), ("-OO",))
    )
    assert b"Argued by: Anderson" in told
    assert told == without


def test_a_terminal_that_has_no_such_letters_gets_question_marks(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    ended = subprocess.run(
        [sys.executable, "-m", "firelane", *COMPARE],
        cwd=tmp_path,
        stdout=theirs,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUTF8": "0", "LC_ALL": "POSIX", "TERM": "dumb", "COLUMNS": "100"},
        check=True,
    )
    os.close(theirs)
    assert b"points a sprint" in os.read(ours, 65536)
    os.close(ours)
    assert ended.stderr == b""


# ---- folders of the same names ----------------------------------------------------------------------


@pytest.fixture
def strangers(tmp_path: Path) -> Path:
    """A working folder whose folders bear our names."""
    for name in ("policies", "scenarios", "sim"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("THEIRS = True\n")
    (tmp_path / "policies" / "mine.py").write_text("THEIRS = True\n")
    (tmp_path / "queue.py").write_text("raise SystemExit('somebody else runs')\n")
    return tmp_path


def test_folders_of_the_same_names_do_not_break_the_command(
    strangers: Path, usual: dict[str, bytes]
) -> None:
    assert _written_in(strangers) == usual


def test_nor_a_notebook_and_both_can_be_imported(strangers: Path) -> None:
    (strangers / "queue.py").unlink()  # what shadows Python's own is not ours to mend
    cell = (
        "import firelane, policies\n"
        "from policies.mine import THEIRS\n"
        "from firelane.policies import kanban\n"
        "assert THEIRS and policies.THEIRS\n"
        "found = firelane.compare(firelane.load('small_product', ['time.horizon_weeks=8']),"
        " ['kanban'], replications=2, workers=2)\n"
        "assert kanban.policy == firelane.find_policy('kanban')\n"
        "print(firelane.__version__, found.replications)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", cell], cwd=strangers, capture_output=True, text=True, check=False
    )
    assert (ended.stdout, ended.stderr) == (f"{sim.__version__} 2\n", "")


def test_another_package_that_was_imported_as_sim_is_named(strangers: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import sim, firelane; firelane.load"],
        cwd=strangers,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "a package of another's is imported as 'sim' already" in ended.stderr
    assert str(strangers / "sim" / "__init__.py") in ended.stderr


def test_the_front_door_offers_what_sim_does() -> None:
    assert set(sim.__all__) <= set(dir(front_door))
    for name in sim.__all__:
        assert getattr(front_door, name) is getattr(sim, name)
    with pytest.raises(AttributeError, match="'firelane' has no attribute 'nothing'"):
        _ = front_door.nothing
    for package in ("firelane", "sim", "policies"):
        assert (Path(sim.__file__).parents[1] / package / "py.typed").is_file()


# ---- without a compiler ------------------------------------------------------------------------------


def test_a_compiler_that_is_switched_off_is_told_and_the_figures_are_the_same(
    usual: dict[str, bytes], tmp_path: Path
) -> None:
    ended = run(*COMPARE, "--json", "out.json", cwd=tmp_path, NUMBA_DISABLE_JIT="1")
    assert ended.returncode == 0
    assert ended.stderr == (
        b"NUMBA_DISABLE_JIT is set: using the plain engine, some 100 times slower.\n"
    )
    assert (tmp_path / "out.json").read_bytes() == usual["out.json"]


@pytest.mark.parametrize(
    "broken",
    [
        "raise RuntimeError('no alwaysinline here')",
        pytest.param("import os; os.kill(os.getpid(), 11)", marks=pytest.mark.long),
    ],
    ids=["it raises", "it crashes"],
)
def test_a_compiler_that_does_not_work_is_told_and_the_figures_are_the_same(
    broken: str, usual: dict[str, bytes], tmp_path: Path
) -> None:
    program = (
        "import sys, sim.engine.compiled.numba_inside as inside\n"
        f"def breaks(*_):\n    {broken}\n"
        "inside.library_of_functions = breaks\n"
        f"sys.argv = ['firelane', *{[*COMPARE, '--json', 'out.json']!r}]\n"
        "from firelane.command import main\nmain()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept")},
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "The compiler (numba" in ended.stderr
    assert "does not work here (" in ended.stderr
    assert "using the plain engine" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert (tmp_path / "out.json").read_bytes() == usual["out.json"]


def test_what_numba_does_not_promise_is_used_on_one_page() -> None:
    for path in sorted(Path(sim.__file__).parent.rglob("*.py")):
        text = path.read_text("utf-8")
        if path.name != "numba_inside.py":
            for inside in ("numba.core", "_final_module", "_get_compiled", "_optimize_functions"):
                assert inside not in text, f"{path.name}: {inside}"
