"""The contract of a policy, and how one is found by name."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import policies
from sim.policy.contract import Policy
from sim.policy.parameters import Parameter, PolicyError
from sim.policy.registry import find_policy, known_policies


def test_every_file_in_policies_is_found_by_its_id() -> None:
    files = {path.stem for path in Path(policies.__path__[0]).glob("*.py")} - {"__init__"}
    assert {policy_id.replace("-", "_") for policy_id in known_policies()} == files


@pytest.mark.parametrize("name", known_policies())
def test_a_policy_is_one_file_of_at_most_sixty_lines_that_documents_itself(name: str) -> None:
    module = importlib.import_module(f"policies.{name.replace('-', '_')}")
    text = inspect.getsource(module)
    assert len(text.splitlines()) <= 60
    about = ast.get_docstring(ast.parse(text)) or ""
    for part in ("Practice:", "Argued by:", "Cost:"):
        assert part in about
    assert known_policies()[name].about == module.__doc__


def test_decisions_see_whole_numbers() -> None:
    policy = find_policy("reserved-buffer:share=0.25")
    record = policy.record()
    assert (record.share, record.exempt_severity) == (250, 1)
    assert policy.label == "reserved-buffer:share=0.25"


def test_the_organisations_defaults_give_way_to_what_is_asked_for() -> None:
    defaults = {"reserved-buffer": {"share": 0.4}}
    assert find_policy("reserved-buffer", defaults).values["share"] == 0.4
    assert find_policy("reserved-buffer:share=0.1", defaults).values["share"] == 0.1


@pytest.mark.parametrize("value", [-1, 2.5, float("nan"), float("inf"), 99])
def test_a_number_of_people_is_whole_and_in_range(value: float) -> None:
    policy = Policy(id="x", parameters={"people": Parameter(5, "people", 1, 50, "")})
    with pytest.raises(PolicyError, match="x:people: must be a whole number from 1 to 50"):
        policy.with_settings(people=value)


def test_a_policy_of_another_package_is_found_by_its_entry_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Entry:
        def load(self) -> Policy:
            return Policy(id="from-elsewhere")

    monkeypatch.setattr("sim.policy.registry.entry_points", lambda group: [Entry()])
    known_policies.cache_clear()
    try:
        assert find_policy("from-elsewhere").id == "from-elsewhere"
    finally:
        known_policies.cache_clear()
