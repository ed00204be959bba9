"""Anything at all as input: a result or words, never a traceback.

Built from what such inputs are made of: a thousand here, FIRELANE_FUZZ of them in `make fuzz`.
`tests.fuzzing` has what changes inputs after the lines they reach.
"""

from __future__ import annotations

import os
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.experiment.store.store import Store
from sim.experiment.store.store_errors import StoreError
from sim.policy.parameters import PolicyError
from sim.policy.registry import find_policy
from sim.sampling.sample_path import sample_path
from sim.scenario.overrides import OverrideError, apply
from sim.scenario.reading import changed, from_text, load
from sim.scenario.size import check_size
from sim.search.axis import Axis
from sim.search.goal import Constraint, FigureName
from sim.search.question import QuestionError
from sim.search.sensitivity import Input
from sim.web.page_state import Library, State, StateError

EXAMPLES = int(os.environ.get("FIRELANE_FUZZ", "1000")) // 6  # there are six tests
many = settings(max_examples=max(EXAMPLES, 20), deadline=5_000)

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "scenarios" / "small_product.toml").read_text("utf-8")
LINES = TEXT.splitlines()

ODD = st.sampled_from(
    ["", "0", "-1", "1e308", "nan", "inf", "-inf", '""', "[]", "{}", "true", "1979-05-27", "'x'"]
    + ["9" * 400, "[[1]]", '"\\u0000"', "{ dist = 'gamma' }", "00:00:00", "*2", "+1", "'🙂'"]
)
WORDS = st.one_of(ODD, st.text(max_size=40), st.floats().map(str), st.integers().map(str))


@st.composite
def bent(draw: st.DrawFn) -> bytes:
    """The bundled scenario with lines lost, doubled, moved, or given odd values."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 3)):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[draw(st.integers(0, len(lines) - 1))])
            case 2:
                key = lines[at].partition("=")[0]
                lines[at] = f"{key}= {draw(WORDS)}"
            case _:
                lines[at] = draw(WORDS)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


@many
@given(st.one_of(bent(), st.binary(max_size=200)))
def test_any_file_is_a_scenario_or_refused_in_words(content: bytes) -> None:
    try:
        scenario = from_text(content, "it")
        check_size(scenario, 11)
    except ScenarioError as error:
        assert str(error).strip()
        return
    if (
        scenario.incidents_from is None
        and scenario.developers * scenario.time.horizon_weeks < 5_000
    ):
        sample_path(scenario, 1, 0)


KEYS = st.sampled_from(
    [
        "people.unfamiliarity",
        "teams.*.developers",
        'incidents."data fix".per_week',
        "stories.points",
    ]
    + [
        "time",
        "teams.0",
        "policies.kanban.wip_limit",
        "levers.*.set",
        "name",
        "a.b.c",
        "*",
        "..",
        "",
    ]
)


@many
@given(st.one_of(st.builds("{}={}".format, KEYS, WORDS), st.text(max_size=60)))
def test_any_change_is_made_or_refused_in_words(change: str) -> None:
    scenario = load(ROOT / "scenarios" / "small_product.toml")
    try:
        changed(scenario, [change])
    except ScenarioError as error:
        assert str(error).strip()
    try:
        apply(change, tomllib.loads(TEXT))
    except OverrideError as error:
        assert str(error).strip()


POLICIES = st.sampled_from(["kanban", "reserved-buffer", "next-sprint", "x", ""])


@many
@given(
    st.one_of(
        st.text(max_size=60),
        st.builds("{}:{}={}".format, POLICIES, st.sampled_from(["share", "wip_limit", "q"]), WORDS),
    )
)
def test_any_policy_is_found_or_refused_in_words(text: str) -> None:
    try:
        find_policy(text).record()
    except PolicyError as error:
        assert str(error).strip()


@many
@given(
    st.one_of(
        st.text(max_size=60),
        st.builds("response_sla {} {}".format, st.sampled_from(["<=", ">=", "<", "="]), WORDS),
        st.builds(
            "response_hours_p90[{}={}] <= 2".format, st.sampled_from(["severity", "kind"]), WORDS
        ),
        st.builds("{}={}:{}:{}".format, KEYS, WORDS, WORDS, WORDS),
    )
)
def test_any_question_is_understood_or_refused_in_words(text: str) -> None:
    for reads in (Constraint.parse, FigureName.parse, Axis.parse, Input.parse):
        try:
            reads(text)
        except QuestionError as error:
            assert str(error).strip()


@many
@given(st.one_of(st.text(max_size=80), st.builds("set={}%3D{}&replications={}&seed={}".format, KEYS, WORDS, WORDS, WORDS)))  # fmt: skip
def test_any_address_is_a_state_or_refused_in_words(query: str) -> None:
    library = Library({"small_product": ROOT / "scenarios" / "small_product.toml"})
    try:
        state = State.parse(query, "small_product")
        library.policies(state, library.scenario(state))
    except StateError as error:
        assert all(reason.strip() for reason in error.reasons)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("store") / "s"
    Store(path).close()
    db = sqlite3.connect(path)
    db.execute("pragma journal_mode = delete")
    db.close()
    return path.read_bytes()


PLACES = st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), min_size=1, max_size=8)


@many
@given(damage=PLACES, left=st.sampled_from([1.0, 0.5, 0.01, 0.001]))
def test_any_damage_to_a_store_is_told_in_words(
    damage: list[tuple[int, int]], left: float, stored: bytes, tmp_path_factory
) -> None:
    content = bytearray(stored)
    for place, byte in damage:
        content[place % len(content)] = byte
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content[: int(left * len(content))])
    try:
        with closing(Store(path)) as store:
            store.known("x", range(3))
            store.contents()
    except StoreError as error:
        assert str(path) in str(error)
