"""Compiled code on disk: what it is named after, when it is trusted, and what it raises."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from sim.engine.compiled import compiling
from sim.engine.compiled import object_cache as machine_code
from sim.engine.compiled.object_cache import MachineCode, keep, kept, name_of
from sim.engine.engines import COMPILED, PLAIN, SIMPY, engines_for, simulate
from sim.engine.rows import Numbers
from sim.files import own_folder
from sim.policy.contract import QUEUE, Policy
from sim.sampling.sample_path import sample_path
from sim.scenario.schema import Scenario

ROOT = Path(__file__).parents[2]
MADE = MachineCode("answer", [], b"\x7fELF and so on")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(machine_code.FOLDER, str(tmp_path / "code"))
    return tmp_path / "code"


def test_what_was_kept_is_found_again(folder: Path) -> None:
    assert kept("answer") is None
    keep("answer", MADE)
    assert kept("answer") == MADE
    assert [file.name for file in folder.iterdir()] == ["answer"]


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b"[" * 10**6, b"not a header\nnot code", "cut short", "changed"]
)
def test_damaged_code_is_never_run(folder: Path, damage: bytes | str) -> None:
    keep("answer", MADE)
    whole = (folder / "answer").read_bytes()
    if damage == "cut short":
        damage = whole[:-3]
    elif damage == "changed":
        damage = whole.replace(b"and", b"AND")
    assert isinstance(damage, bytes)
    (folder / "answer").write_bytes(damage)
    assert kept("answer") is None


# ---- whose it is ----------------------------------------------------------------------------------

NOBODY = 65534
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files to another user")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def umask_of_none() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask_of_none")
def test_what_is_kept_is_ours_alone_whatever_the_umask(folder: Path) -> None:
    keep("answer", MADE)
    assert (mode_of(folder), mode_of(folder / "answer")) == (0o700, 0o600)


@pytest.mark.usefixtures("umask_of_none")
def test_the_folders_above_that_are_begun_are_ours_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(machine_code.FOLDER, str(tmp_path / "a" / "b" / "code"))
    keep("answer", MADE)
    assert kept("answer") == MADE
    assert [mode_of(tmp_path / name) for name in ("a", "a/b", "a/b/code")] == [0o700] * 3


@AS_ROOT
def test_code_of_another_user_is_never_run(folder: Path) -> None:
    keep("answer", MADE)
    os.chown(folder / "answer", NOBODY, NOBODY)
    assert kept("answer") is None
    keep("answer", MADE)
    assert kept("answer") == MADE, "made anew, it takes the other's place"


@AS_ROOT
@pytest.mark.parametrize("mode", [0o700, 0o755, 0o777, 0o1777])
def test_code_in_a_folder_of_another_user_is_never_run(folder: Path, mode: int) -> None:
    keep("answer", MADE)
    folder.chmod(mode)
    os.chown(folder, NOBODY, NOBODY)
    assert kept("answer") is None


@pytest.mark.parametrize("mode", [0o660, 0o602, 0o666, 0o777])
def test_code_that_others_may_write_to_is_never_run(folder: Path, mode: int) -> None:
    keep("answer", MADE)
    (folder / "answer").chmod(mode)
    assert kept("answer") is None


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770])
def test_in_a_folder_that_others_may_write_to_we_have_one_of_our_own(
    folder: Path, mode: int
) -> None:
    keep("answer", MADE)
    folder.chmod(mode)
    assert kept("answer") is None, "others may have put it there"
    keep("answer", MADE)
    own = folder / f"firelane-{os.geteuid()}"
    assert kept("answer") == MADE
    assert (mode_of(own), mode_of(own / "answer")) == (0o700, 0o600)


@AS_ROOT
def test_a_folder_that_another_has_put_in_the_place_of_ours_is_not_used(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o1777)
    own = folder / "firelane-0"
    keep("answer", MADE)
    os.chown(own, NOBODY, NOBODY)
    assert kept("answer") is None
    before = (own / "answer").read_bytes()
    keep("answer", MachineCode("other", [], b"code"))
    assert (own / "answer").read_bytes() == before


def test_code_under_anothers_name_is_never_run(folder: Path) -> None:
    keep("answer", MADE)
    (folder / "answer").rename(folder / "other")
    assert kept("other") is None


def test_nothing_but_a_file_is_opened_under_the_name(folder: Path) -> None:
    keep("answer", MADE)
    (folder / "answer").rename(folder / "elsewhere")
    for leads_to in ("elsewhere", "/dev/zero", "nowhere"):
        (folder / "answer").symlink_to(leads_to)
        assert kept("answer") is None
        (folder / "answer").unlink()
    os.mkfifo(folder / "answer")
    assert kept("answer") is None
    keep("answer", MADE)
    assert kept("answer") == MADE
    (folder / "answer").unlink()
    (folder / "answer").mkdir()
    assert kept("answer") is None
    keep("answer", MADE)
    assert sorted(file.name for file in folder.iterdir()) == ["answer", "elsewhere"]


def test_a_file_larger_than_any_code_is_not_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep("answer", MADE)
    monkeypatch.setattr(machine_code, "_LARGEST", 50)
    assert kept("answer") is None


def test_a_change_of_any_byte_of_its_head_is_noticed(folder: Path) -> None:
    made = MachineCode("_ZN6answer", ["sqrt", "memcpy"], bytes(range(256)))
    keep("answer", made)
    assert kept("answer") == made
    whole = (folder / "answer").read_bytes()
    for place in range(len(whole)):
        for other in (whole[place] ^ 1, whole[place] ^ 0x80, 0x0A, 0x5B):
            changed = whole[:place] + bytes([other]) + whole[place + 1 :]
            (folder / "answer").write_bytes(changed)
            assert kept("answer") == (made if changed == whole else None)


@AS_ROOT
def test_a_home_of_another_user_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(machine_code.FOLDER, raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    package = Path(machine_code.__file__).parent / "__pycache__"
    home = tmp_path / ".cache" / "firelane"
    assert [place.folder for place in machine_code._places()] == [package, home]
    os.chown(tmp_path, NOBODY, NOBODY)
    assert [place.folder for place in machine_code._places()] == [package]


@AS_ROOT
def test_what_root_has_compiled_for_all_is_taken_from_the_packages_folder_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.setattr(machine_code, "__file__", str(tmp_path / "machine_code.py"))
    monkeypatch.delenv(machine_code.FOLDER, raising=False)
    keep("answer", MADE)
    package = tmp_path / "__pycache__"
    package.chmod(0o755)
    assert mode_of(package / "answer") == 0o644
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
    assert kept("answer") == MADE
    monkeypatch.setenv(machine_code.FOLDER, str(package))
    assert kept("answer") is None
    monkeypatch.delenv(machine_code.FOLDER)
    os.chown(package / "answer", 1234, 1234)
    assert kept("answer") is None, "some third user's"


def test_what_was_not_used_for_a_month_is_removed(folder: Path) -> None:
    for name in ("firelane-route-old", "firelane-route-new", "somebody-elses", ".firelane-a.part"):
        keep(name, MADE)
    month, hour = time.time() - 31 * 24 * 3600, time.time() - 3600
    for file in folder.iterdir():
        os.utime(file, (hour, hour) if file.name.endswith("new") else (month, month))
    keep("firelane-kernel-1", MADE)
    left = sorted(file.name for file in folder.iterdir())
    assert left == ["firelane-kernel-1", "firelane-route-new", "somebody-elses"]


def test_what_is_used_stays(folder: Path) -> None:
    keep("firelane-route-old", MADE)
    month = time.time() - 31 * 24 * 3600
    os.utime(folder / "firelane-route-old", (month, month))
    assert kept("firelane-route-old") == MADE
    keep("firelane-kernel-1", MADE)
    assert kept("firelane-route-old") == MADE


def test_of_many_alike_the_oldest_are_removed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_folder, "MAX_ALIKE", 3)
    keep("firelane-kernel-0", MADE)
    os.utime(folder / "firelane-kernel-0", (1, time.time() - 9_999))
    for n in range(5):
        keep(f"firelane-route-{n}", MADE)
        os.utime(folder / f"firelane-route-{n}", (1, time.time() - 1_000 + n))
    left = sorted(file.name for file in folder.iterdir())
    assert left == ["firelane-kernel-0", *(f"firelane-route-{n}" for n in (2, 3, 4))]


PLANTED = """
import sys
from sim.engine.compiled import object_cache
print(object_cache.kept(sys.argv[1]))
"""


@AS_ROOT
def test_two_users_who_share_a_folder_run_only_their_own(tmp_path: Path) -> None:
    """Another user plants a file where root looks."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    plant = (
        "import os, sys\n"
        "from sim.engine.compiled import object_cache as m\n"
        f"os.chdir({str(shared)!r})\n"
        f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "os.environ[m.FOLDER] = '.'\n"
        "made = m.MachineCode('evil', [], b'code')\n"
        "m.keep('answer', made)\n"
        "open('answer', 'wb').write(m._packed('answer', made))\n"
        "assert m.kept('answer') == made, 'their own'\n"
    )
    subprocess.run([sys.executable, "-c", plant], cwd=ROOT, check=True)
    assert {file.name for file in shared.iterdir()} == {"answer", f"firelane-{NOBODY}"}
    ended = subprocess.run(
        [sys.executable, "-c", PLANTED, "answer"],
        cwd=ROOT,
        env={**os.environ, machine_code.FOLDER: str(shared)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == "None\n"


def test_a_folder_that_cannot_be_written_to_only_costs_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "code").write_text("a file where the folder should be")
    monkeypatch.setenv(machine_code.FOLDER, str(tmp_path / "code"))
    keep("answer", MADE)
    assert kept("answer") is None
    loop = compiling.compiled_where_possible(count_up, OneTable)
    numbers = np.zeros(3, dtype=np.int64)
    loop(OneTable(numbers))
    assert numbers.tolist() == [0, 1, 2]


class OneTable(NamedTuple):
    numbers: Numbers


def count_up(tables: OneTable) -> None:
    for place in range(len(tables.numbers)):
        tables.numbers[place] = place


def test_another_processor_or_another_numba_has_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine_code, "_made_by", machine_code._made_by.__wrapped__)
    names = {name_of("kernel", "text"), name_of("kernel", "other text")}
    monkeypatch.setattr(machine_code.llvm, "get_host_cpu_name", lambda: "z80")
    names.add(name_of("kernel", "text"))
    monkeypatch.setattr(machine_code, "version", lambda package: "99")
    names.add(name_of("kernel", "text"))
    monkeypatch.setenv("NUMBA_OPT", "0")
    names.add(name_of("kernel", "text"))
    assert len(names) == 5


def test_tables_that_are_not_as_the_loop_reads_them_are_refused() -> None:
    loop = compiling.compiled_where_possible(count_up, OneTable)
    for wrong in (np.zeros(3), np.zeros(6, dtype=np.int64)[::2], np.zeros((3, 1), dtype=np.int64)):
        with pytest.raises(TypeError, match="table numbers is not laid out as it is declared"):
            loop(OneTable(wrong))


WITHOUT_NUMBA = """
import sys
import sim

result = sim.compare(sim.load("scenarios/small_product.toml"), replications=2)
print("numba" in sys.modules, len(result.policies))
"""


def python(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A process that keeps its code in a folder."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, machine_code.FOLDER: str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )


def test_the_first_compile_announces_itself_and_afterwards_nothing_loads_numba(
    tmp_path: Path,
) -> None:
    first, second = (python(tmp_path, "-m", "firelane", "warm") for _ in range(2))
    assert "Compiling the engine, once" in first.stderr
    assert "Compiling" not in second.stderr
    assert "Ready: the engine and" in second.stderr
    assert first.stdout == second.stdout == ""
    assert python(tmp_path, "-c", WITHOUT_NUMBA).stdout.split() == ["False", "11"]


# ---- what compiled code raises --------------------------------------------------------------------


def test_an_error_carries_its_words_and_its_place(small: Scenario) -> None:
    def route(incident, team, now, p):
        if incident.severity > 1:
            raise ValueError("no such severity")
        return QUEUE

    policy = Policy(id="picky", route=route)
    with pytest.raises(ValueError, match="no such severity") as raised:
        list(simulate([(sample_path(small), policy)], COMPILED))
    assert any("route" in note and "line" in note for note in raised.value.__notes__)


def test_an_error_may_tell_what_it_saw(small: Scenario) -> None:
    def route(incident, team, now, p):
        if incident.severity > 1:
            raise ValueError("severity", incident.severity)
        return QUEUE

    policy = Policy(id="picky", route=route)
    path, seen = sample_path(small), []
    for engine in (COMPILED, SIMPY):
        with pytest.raises(ValueError, match="severity") as raised:
            list(simulate([(path, policy)], engine))
        seen.append(raised.value.args)
    assert seen[0] == seen[1]


def test_a_decision_that_makes_an_array_runs_on_simpy_and_is_not_kept(
    small: Scenario, folder: Path
) -> None:
    def reserve(team, sprint, p):
        kept = np.zeros(team.present, dtype=np.int64)
        kept[:] = 3_600
        return int(kept.sum())

    policy = Policy(id="with-arrays", reserve=reserve)
    assert engines_for([policy], COMPILED) == [SIMPY]
    path = sample_path(small)
    [plain], [simpy] = (simulate([(path, policy)], engine) for engine in (PLAIN, SIMPY))
    assert np.array_equal(plain, simpy)
    assert not list(folder.glob("firelane-reserve-*"))


WITH_A_LARGE_ARRAY = """
import numpy as np
import sim
from sim.policy import INTERRUPT, QUEUE, Policy

LEVELS = np.arange(200_000, dtype=np.int64) * 2


def route(incident, team, now, p):
    return INTERRUPT if incident.severity <= LEVELS[1] else QUEUE


scenario = sim.load("scenarios/small_product.toml")
result = sim.compare(scenario, [Policy(id="mine", route=route)], replications=2, workers=1)
print(result.figure("mine", "points_per_sprint").mean)
"""


@pytest.mark.long
def test_code_that_holds_an_address_is_made_anew_in_every_process(tmp_path: Path) -> None:
    """numba takes the address of an array that is large."""
    figures = [python(tmp_path, "-c", WITH_A_LARGE_ARRAY).stdout for _ in range(2)]
    assert figures[0] == figures[1] != ""
    assert len(list(tmp_path.glob("firelane-route-*"))) == 1, "plain Scrum's alone"
