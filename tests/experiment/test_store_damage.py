"""What a store reads is what was written: damage is told in words, and the rest stays of use."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from benchmarks.store_damage import STUDY, Made, flips
from sim.experiment.store.check import drop_damaged, examined
from sim.experiment.store.store import Store
from sim.experiment.store.store_errors import StoreError, ranges
from sim.files.locks import why_no_locks
from tests.command import Firelane


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path, replications=12, policies=2, figures=5)


@pytest.mark.parametrize("size", [(3, 2, 4), (24, 3, 40)])
def test_a_flipped_bit_is_refused_in_words_or_changes_nothing(
    size: tuple[int, int, int], tmp_path: Path
) -> None:
    found = flips(Made(tmp_path, *size), 60)
    assert {became for what, became in found if what == "goes on"} == {"same", "refused"}
    after = {became for what, became in found if what == "after --drop-damaged"}
    assert after <= {"same", "refused"}
    assert found["after --drop-damaged", "same"] >= 55, "only a store without a header is lost"


def test_every_bit_of_a_figure_and_of_its_names_counts(made: Made) -> None:
    figure = made.values[1, 7].astype("<f8").tobytes()
    name = made.keys[3][2].encode()
    for part in (figure[:8], name):
        first = 8 * made.content.index(part)
        for bit in range(first, first + 8 * len(part)):
            made.flipped(bit)
            assert not made.is_told_whole()
            assert made.went_on() != "changed"


def _changed(made: Made, *statements: str) -> None:
    with closing(sqlite3.connect(made.path)) as db:
        db.create_function("begun_with", 2, lambda first, rest: first + rest[len(first) :])
        for statement in statements:
            db.execute(statement)
        db.commit()


TAMPERED = {
    "inf": "update observations set figures = begun_with(x'000000000000f07f', figures) "
    "where replication = 3",
    "nan": "update observations set figures = begun_with(x'000000000000f87f', figures) "
    "where replication = 3",
    "zeros": "update observations set figures = zeroblob(length(figures)) where replication = 3",
    "empty": "update observations set figures = x'' where replication = 3",
    "no digest": "update observations set digest = x'' where replication = 3",
    "another's place": "update observations set figures = (select figures from observations "
    "where replication = 4), digest = (select digest from observations where replication = 4) "
    "where replication = 3",
    "another study's": f"update or replace observations set study = '{STUDY}' "
    "where study = 'another' and replication = 3",
}


@pytest.mark.parametrize("how", TAMPERED)
def test_changed_figures_are_refused_with_the_study_the_replication_and_what_to_do(
    how: str, made: Made
) -> None:
    _changed(made, TAMPERED[how])
    with closing(Store(made.path)) as store, pytest.raises(StoreError) as refused:
        store.known(STUDY, made.replications)
    words = str(refused.value)
    assert words.startswith(f"{made.path}: is damaged (replication 3 of described: {STUDY})")
    assert f"`firelane store {made.path} --check`" in words
    assert "--drop-damaged" in words


@pytest.mark.parametrize(
    "statement",
    [
        "update studies set described = 'another story'",
        "update studies set figures = replace(figures, 'figure_1', 'figure_9')",
        "update studies set figures = '[]'",
        "update studies set study = study || '!'",
        "update about set value = 'another' where name = 'model'",
        "update about set value = '3' where name = 'layout'",
        "update about set value = '' where name = 'digest'",
        "delete from about",
        "drop table about",
        "drop table observations",
        "alter table studies rename column figures to names",
        "create view more as select * from studies",
        "pragma application_id = 1",
    ],
)
def test_what_is_changed_beside_figures_is_refused_or_changes_nothing(
    statement: str, made: Made
) -> None:
    _changed(made, statement)
    assert made.went_on() in ("refused", "same")
    made.put(made.content)
    _changed(made, statement)
    assert not made.is_told_whole()


@pytest.mark.parametrize("share", [0.001, 0.01, 0.3, 0.6, 0.9])
def test_a_store_that_was_cut_off_is_refused_in_words(share: float, made: Made) -> None:
    made.put(made.content[: int(share * len(made.content))])
    assert not made.is_told_whole()
    assert made.went_on() in ("refused", "same")
    made.put(made.content[: int(share * len(made.content))])
    assert made.goes_on_without_what_is_damaged() in ("refused", "same")


def test_a_check_reads_everything_and_names_what_is_damaged(made: Made, firelane: Firelane) -> None:
    told = firelane("store", made.path, "--check")
    assert (told.status, told.out) == (0, "whole: 2 studies, 24 replications\n")
    _changed(
        made,
        "update observations set figures = zeroblob(8) where replication in (2, 5, 6, 7) "
        f"and study = '{STUDY}'",
        "update studies set described = 'x' where study = 'another'",
    )
    told = firelane("store", made.path, "--check")
    assert told.status == 1
    assert told.out.splitlines() == [
        "damaged: the description of a study, 'x'",
        "damaged: 12 replications of no study that is described",
        f"damaged: replications 2, 5 to 7 of described: {STUDY}",
        "whole: 1 studies, 8 replications",
    ]


def test_only_what_is_damaged_is_dropped_and_computed_again(made: Made, firelane: Firelane) -> None:
    made.path.chmod(0o640)
    _changed(made, TAMPERED["zeros"])
    told = firelane("store", made.path, "--drop-damaged")
    assert (told.status, told.out.splitlines()) == (
        0,
        [
            "dropped: replication 3 of described: another",
            f"dropped: replication 3 of described: {STUDY}",
            "whole: 2 studies, 22 replications",
        ],
    )
    assert firelane("store", made.path, "--check").status == 0
    assert [file.name for file in made.path.parent.iterdir()] == ["store"]
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o640
    with closing(Store(made.path)) as store:
        found = store.known(STUDY, made.replications)
        assert sorted(found) == [n for n in made.replications if n != 3]
        assert all(np.array_equal(found[n], made.values[:, n]) for n in found)
    assert made.went_on() == "same"


def test_nothing_is_dropped_where_all_is_whole(made: Made, firelane: Firelane) -> None:
    before = made.path.stat().st_ino
    told = firelane("store", made.path, "--drop-damaged")
    assert (told.status, told.out) == (0, "whole: 2 studies, 24 replications\n")
    assert made.path.stat().st_ino == before
    assert made.went_on() == "same"


def test_nothing_is_dropped_while_another_has_it_open(made: Made) -> None:
    with closing(Store(made.path)):
        assert not examined(made.path).damage(), "looking is free"
        with pytest.raises(StoreError, match="another process holds it"):
            drop_damaged(made.path)
    assert not examined(made.path).damage()


def test_a_check_does_not_mind_who_writes_meanwhile(made: Made) -> None:
    with closing(Store(made.path)) as store:
        made.keep(store, "a third", range(4))
        assert examined(made.path).replications == 28


def test_a_store_that_was_replaced_while_it_was_opened_is_not_written_to(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waited for `--drop-damaged` has opened the file that is no longer there."""
    check = Store._check

    def meanwhile(store: Store) -> None:
        check(store)
        made.path.rename(made.path.with_name("old"))
        made.path.write_bytes(made.content)

    monkeypatch.setattr(Store, "_check", meanwhile)
    with pytest.raises(StoreError, match="was put in order by another process; try again"):
        Store(made.path)


def test_fresh_puts_a_damaged_study_right(made: Made) -> None:
    _changed(made, "update studies set described = 'x'", TAMPERED["zeros"])
    with closing(Store(made.path, fresh=True)) as store:
        made.keep(store, STUDY, made.replications)
    with closing(Store(made.path)) as store:
        assert len(store.known(STUDY, made.replications)) == 12


def test_ranges_of_replications_are_told_briefly() -> None:
    assert ranges([4]) == "4"
    assert ranges([1, 2, 3, 7, 9, 10]) == "1 to 3, 7, 9 to 10"
    assert ranges(range(0, 40, 2)) == "0, 2, 4, 6, 8, 10, 12, 14 and 12 more"


# ---- where it lies -------------------------------------------------------------------------------


def test_memory_is_no_place_for_a_store(firelane: Firelane) -> None:
    commands = (
        ("compare", "small_product", "--replications", 2, "--store", ":memory:"),
        ("store", ":memory:"),
    )
    for command in commands:
        told = firelane(*command)
        assert told.status == 1
        assert ":memory:: keeps nothing; expected the name of a file" in told.err


@pytest.mark.skipif(not hasattr(fcntl, "F_OFD_SETLK"), reason="these locks are Linux's")
def test_locks_hold_here(tmp_path: Path) -> None:
    open_files = len(os.listdir("/proc/self/fd"))
    assert why_no_locks(tmp_path) == ""
    assert not list(tmp_path.iterdir())
    assert len(os.listdir("/proc/self/fd")) == open_files


def _as_if_there_were_none(*_: object) -> None:
    raise OSError(errno.ENOLCK, "No locks available")


@pytest.mark.skipif(not hasattr(fcntl, "F_OFD_SETLK"), reason="these locks are Linux's")
@pytest.mark.parametrize(
    ("lock", "why"),
    [
        (lambda *_: None, "what one program holds, another gets"),
        (_as_if_there_were_none, "it gives none (No locks available)"),
    ],
)
def test_a_folder_that_keeps_no_locks_is_refused_in_words(
    lock: Callable[..., None], why: str, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "lockf", lock)
    for path in (made.path, made.path.with_name("new")):
        with pytest.raises(StoreError) as refused:
            Store(path)
        assert str(refused.value) == (
            f"{path}: the folder {path.parent} does not keep locks ({why}): two programs at once would "
            "destroy the store; put it on a local disk"
        )
    assert made.path.read_bytes() == made.content
    assert not made.path.with_name("new").exists()
