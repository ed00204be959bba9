"""The engine as a module of WebAssembly: whole, the same every time, or refused in words."""

from __future__ import annotations

import importlib
import math
import os
import random
import re
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine.compiled.object_cache import NotCompilableError
from sim.engine.webassembly.linking import linked, prepared
from sim.engine.webassembly.wasm_object import (
    MAGIC,
    ObjectError,
    exported,
    functions_needed,
    number,
)
from sim.live import engine_parts
from sim.live.engine_parts import NoModuleError, check_decision, engine_for
from sim.policy import DEFER, INTERRUPT, QUEUE, Policy
from sim.policy.contract import DECISIONS
from sim.policy.registry import known_policies
from tests.conftest import SMALL
from tests.live.opened import Opened, fingerprint, write_live

TRIVIAL = """
define i32 @own(ptr %answer, ptr %raised, i64 %x) {{
  {body}
  ret i32 0
}}
{more}
"""

LONG_TABLE = np.arange(200_000)


def _prepared(body: str = "store i64 %x, ptr %answer", more: str = "") -> str:
    return prepared(TRIVIAL.format(body=body, more=more), "own", "policy ours: route")


def test_a_module_needs_no_linker_and_nothing_from_outside() -> None:
    module = linked({"live": _prepared()}, [_prepared("store i64 7, ptr %answer")])
    assert module.code.startswith(MAGIC)
    assert functions_needed(module.code) == []
    assert module.slots == [1]
    assert b"live" in module.code


def test_the_rest_of_floats_is_brought_by_the_page() -> None:
    body = "%a = sitofp i64 %x to double\n %r = frem double %a, 3.5\n %n = fptosi double %r to i64\n store i64 %n, ptr %answer"
    module = linked({"live": _prepared(body)}, [])
    assert functions_needed(module.code) == ["fmod"]


@pytest.mark.parametrize(
    ("body", "more", "told"),
    [
        ("%n = call i64 @NRT_Allocate(i64 8)", "declare i64 @NRT_Allocate(i64)", "lists and arrays of Python's own"),
        ("%n = call ptr @PyList_New(i64 8)", "declare ptr @PyList_New(i64)", "lists and arrays of Python's own"),
        ("%f = sitofp i64 %x to double\n %n = call double @exp(double %f)\n store double %n, ptr %answer", "declare double @exp(double)", "exp with the same last digit"),
        ("%n = call double @llvm.pow.f64(double 2.5, double 1.5)\n %m = fadd double %n, 1.0\n %i = sitofp i64 %x to double\n %p = call double @llvm.pow.f64(double %i, double %m)\n store double %p, ptr %answer", "declare double @llvm.pow.f64(double, double)", "power with the same last digit"),
        ("call void @llvm.x86.sse2.pause()", "declare void @llvm.x86.sse2.pause()", "llvm.x86.sse2.pause"),
        ("%n = load i64, ptr @numba.dynamic.globals.7f00\n store i64 %n, ptr %answer", "@numba.dynamic.globals.7f00 = external global i64", "large table of this process"),
    ],
)  # fmt: skip
def test_what_a_browser_has_not_is_refused_in_words(body: str, more: str, told: str) -> None:
    with pytest.raises(NotCompilableError) as caught:
        _prepared(body, more)
    assert told in str(caught.value)
    assert "policy ours: route" in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\0asm", MAGIC, MAGIC + bytes([1, 1, 0])])
def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(ObjectError):
        exported(data, {"own": "live"})


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**31])
def test_numbers_are_written_seven_bits_to_a_byte(value: int) -> None:
    found = number(value)
    assert sum((byte & 127) << (7 * n) for n, byte in enumerate(found)) == value
    assert all(byte & 128 for byte in found[:-1])
    assert found[-1] < 128


def test_policies_share_what_they_decide_alike() -> None:
    policies = [known_policies()[name] for name in ("kanban", "next-sprint")]
    engine = engine_for(policies, {False})
    assert [len(row) for row in engine.slots] == [len(DECISIONS)] * 3
    assert engine.slots[1][DECISIONS.index("shift")] == engine.slots[2][DECISIONS.index("shift")]
    assert engine == engine_for(policies, {False})


def test_no_machine_and_no_path_is_in_the_module() -> None:
    engine = engine_for([known_policies()["kanban"]], {False})
    home = str(Path(__file__).parents[2]).encode()
    assert home not in engine.code
    assert not re.search(rb"x86|compiler\.py|site-packages", engine.code)


def _ours(route: Any) -> Policy:
    return Policy(id="ours", route=route)


def test_a_table_too_long_to_go_along_is_refused_by_name() -> None:
    def route(incident, team, now, p):  # type: ignore[no-untyped-def]
        return QUEUE if LONG_TABLE[incident.severity] > 2 else DEFER

    with pytest.raises(NoModuleError, match=r"policy ours: route .*only numbers and short tables"):
        engine_for([_ours(route)], {False})


def test_a_compiler_that_dies_takes_nothing_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_parts, "_made", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    monkeypatch.setattr(engine_parts, "kept", lambda name: None)
    with pytest.raises(NoModuleError, match="ended by signal 9"):
        engine_for([known_policies()["kanban"]], {False})


# ---- made at random ------------------------------------------------------------------------------

TERMS = (
    "i.opened", "i.id", "i.kind", "i.severity", "t.waiting", "now", "t.capacity", "p.share", "3", "7", "2.5",
    "T[i.id % 4]", "(i.id % 5 == 0)",
)  # fmt: skip

FORMS = (
    "({0} + {1})", "({0} - {1})", "({0} * {1})", "({0} // ({1} + 1))", "({0} % (abs({1}) + 1))", "({0} / ({1} + 1))",
    "min({0}, {0})", "max(int({0}), int({1}))", "abs({0})", "-({0})", "int({0})", "round({0} / 3)", "h(int({0}))",
    "math.sqrt(abs({0}))", "math.floor({0} / 7)", "math.exp(-abs({0}) / 1e6)", "math.log(abs({0}) + 1.5)",
    "(int({0}) ** 2)", "(int({0}) >> 3)", "(int({0}) ^ int({1}))", "sum((int({0}), int({1})))", "len([{0}, {1}])",
    "sorted([{0}, {1}])[0]", "np.zeros(3)[0] + {0}", "float({0})", "({0} if {1} > 2 else {0})",
    "divmod(int({0}), 7)[1]", "L[i.id % 9]", "str({0}).count('1')",
)  # fmt: skip


def _decision(chance: random.Random) -> tuple[Policy, str]:
    """A decision of a few of these forms, put into each other."""

    def term(depth: int) -> str:
        if depth == 0 or chance.random() < 0.2:
            return chance.choice(TERMS)
        return chance.choice(FORMS).format(term(depth - 1), term(depth - 1))

    text = f"def route(i, t, now, p):\n    return A[int(abs({term(chance.randrange(1, 4))})) % 3]"
    names: dict[str, Any] = {
        "A": (DEFER, QUEUE, INTERRUPT), "T": np.array([3, 5, 7, 9]), "L": LONG_TABLE, "math": math, "np": np,
    }  # fmt: skip
    exec("def h(x):\n    return x * x // 7\n" + text, names)
    from sim.policy import Parameter

    share = {"share": Parameter(0.3, "share", 0, 1, "of anything")}
    return Policy(id="made", route=names["route"], parameters=share), text


@pytest.mark.long
def test_two_hundred_decisions_made_at_random_are_computed_alike_or_refused_in_words(
    browser: Any, tmp_path: Path
) -> None:
    importlib.import_module("sim.engine.compiled.compiler")  # once, and not in each process
    chance, emitted, refused = random.Random(20), [], 0
    for n in range(200):
        policy, text = _decision(chance)
        policy = Policy(id=f"made-{n}", route=policy.route, parameters=policy.parameters)
        told = _told(policy)
        if told is None:
            emitted.append(policy)
            continue
        refused += 1
        assert "route" in told, text
        assert len(told.splitlines()) == 1
    assert len(emitted) > 60
    assert refused > 20
    _check_together(emitted, browser, tmp_path)


def _told(policy: Policy) -> str | None:
    """Why a policy's `route` cannot be part of an engine; None where it can."""
    try:
        check_decision(policy, "route")
    except NoModuleError as error:
        return str(error)
    return None


def _check_together(policies: list[Policy], browser: Any, folder: Path) -> None:
    from sim.engine.engines import COMPILED, simulate
    from sim.sampling.sample_path import sample_path
    from sim.scenario.reading import from_table

    scenario, right, alive = from_table(SMALL), [], []
    for policy in policies:
        path = sample_path(scenario, 1, 0)
        try:
            [trace] = simulate([(path, policy)], COMPILED)
        except Exception:
            continue  # what raises has no trace
        right.append(fingerprint(trace))
        alive.append(policy)
    for first in range(0, len(alive), 25):
        some = alive[first : first + 25]
        write_live(folder / "made.html", scenario, some, replications=2, most=0)
        report = Opened(browser, folder / "made.html")
        report.settled()
        question = {"id": 1, "stops": [], "replications": 1, "seed": 1, "checks": True}
        [answer] = report.answers([question])
        failed = [told.get("failed") for told in answer["policies"]]
        marks = iter(answer["marks"])
        for n, why in enumerate(failed):
            if why is None:
                assert next(marks)[0] == right[first + n], some[n].id
        report.close()
