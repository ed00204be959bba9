"""Policies made to find where compiled numbers differ from Python's: one trace, or one refusal in words.

The decision's answer hangs on the last digit of what is computed, so that any difference is seen.
"""

from __future__ import annotations

import functools
import math
import random
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.compiled.engine import decisions_of
from sim.engine.compiled.object_cache import NotCompilableError
from sim.engine.engines import COMPILED, PLAIN, SIMPY, simulate
from sim.policy.contract import CANCEL, DEFER, INTERRUPT, QUEUE, SWAP, Policy
from sim.sampling.sample_path import SamplePath
from sim.scenario.reading import from_table
from tests.thinned import one_in

HARD = {
    "name": "hard", "time": {"horizon_weeks": 8, "warmup_weeks": 0, "sprint_weeks": 1},
    "teams": [{"name": "A", "developers": 3, "focus": 0.75}, {"name": "B", "developers": 2}],
    "sprints": {"plan_by": "capacity", "ceremony_hours": 2.0},
    "stories": {"points": {"1": 0.5, "8": 0.5}, "hours_per_point": 5, "regression_rate": 0.3,
                "regression_kind": "k1",
                "regression_after_days": {"dist": "exponential", "mean": 1.0}},
    "incidents": [
        {"kind": "k0", "severity": 1, "per_week": 3, "people": 2, "first_line": False,
         "effort_hours": {"dist": "exponential", "mean": 3}},
        {"kind": "k1", "severity": 2, "per_week": 6, "escalate_after_hours": 4,
         "effort_hours": {"dist": "lognormal", "median": 2, "p90": 9}},
        {"kind": "k2", "severity": 4, "per_week": 9, "escalate_after_hours": 30,
         "effort_hours": {"dist": "constant", "value": 1}},
    ],
    "improvements": [{"name": "i0", "effort_hours": 8, "reduces": {"k2": 0.3}}],
}  # fmt: skip

ALL = {
    name: getattr(sim.policy, name)
    for name in ("DEFER", "QUEUE", "INTERRUPT", "SWAP", "CANCEL", "NOTHING_NEW", "STORY_FIRST")
} | {"math": math, "np": np, "A": (DEFER, QUEUE, INTERRUPT), "BIG": 2**63 - 1}

NUMBERS = {
    "wraps when multiplied": "A[(i.opened * 6364136223846793005 + 1442695040888963407) % 3]",
    "wraps when added": "A[(i.opened + BIG) % 3]",
    "wraps when negated": "A[(-(-BIG - 1) + i.id) % 3]",
    "wraps when subtracted": "A[(-BIG - i.id - 2) % 3]",
    "the least divided by -1": "A[((-BIG - 1) // (-1 - 0 * i.id)) % 3]",
    "the absolute of the least": "A[abs(-BIG - 1 + 0 * i.id) % 3]",
    "a sum that wraps": "A[sum((BIG, i.id, 5)) % 3]",
    "a power that wraps": "A[(i.opened ** 4) % 3]",
    "a large power": "A[(i.id ** 23) % 3]",
    "a negative power": "A[int(100 * (2 + i.id % 3) ** (1 - i.kind)) % 3]",
    "nothing to the power of nothing": "A[(i.id % 2) ** 0 % 3]",
    "shifted far to the left": "A[((i.id + 1) << (i.id % 80)) % 3]",
    "shifted far to the right": "A[((i.opened + 1) >> (60 + i.id % 20)) % 3]",
    "a negative number shifted": "A[((-i.opened - 1) >> (i.id % 90)) % 3]",
    "shifted by a negative number": "A[(i.opened >> (2 - i.id % 5)) % 3]",
    "rounded down below nothing": "A[(-(i.id * 7 + t.waiting) // 3) % 3]",
    "a rest of a negative divisor": "A[(i.opened % -7) + 2] if i.opened % -7 > -3 else QUEUE",
    "divmod": "A[sum(divmod(-now - i.id, 7)) % 3]",
    "not of a truth value": "A[~(i.id % 2 == 0) % 3]",
    "minus a truth value": "A[-(i.id % 2 == 0) % 3]",
    "plus a truth value": "A[+(i.id % 2 == 0) % 3]",
    "truth values added": "A[((i.id % 2 == 0) + (t.waiting > 2) * 2) % 3]",
    "truth values as bits": "A[((i.id % 2 == 0) ^ (i.kind == 1)) + ((i.id % 3 == 0) & (i.id % 2 == 0))]",
    "truth values compared": "A[((i.id % 2 == 0) < (i.id % 3 == 0)) + 0]",
    "an index below nothing": "A[-1 - i.id % 3]",
    "an index beyond the end": "A[i.id % 4]",
    "an index far below nothing": "A[-(i.id % 5)]",
    "true division": "A[int(now / (i.id + 1) * 3) % 3]",
    "true division of large numbers": "A[int((i.opened * 12345678901 + 1) / 3) % 3]",
    "a whole number beside a float": "A[2**53 + 1 + i.kind > float(2**53) + i.kind]",
    "compared beyond what floats hold": "A[(i.opened + 2**60 == float(i.opened + 2**60)) + 0]",
    "floats rounded down": "A[int((-now - 0.5) // 3.7) % 3]",
    "a rest of floats": "A[int(((-now - 0.5) % 3.7) * 1e6) % 3]",
    "a rest of a negative float": "A[int(((now + 0.5) % -0.37) * 1e6) % 3]",
    "divided by no float": "A[int(i.id / (0.0 * i.kind))]",
    "divided by nothing": "A[i.id // (i.kind - i.kind)]",
    "a rest of nothing": "A[i.id % (t.waiting - t.waiting)]",
    "a float's cube": "A[int((i.opened * 0.1) ** 3 * 1000) % 3]",
    "a root": "A[int(math.sqrt(i.opened + 0.1) * 1e9) % 3]",
    "a root of what has none": "A[int(math.sqrt(i.id - 9)) % 3]",
    "a logarithm": "A[int(1e9 * math.log(i.opened + 1.5)) % 3]",
    "a logarithm of nothing": "A[int(math.log(i.id - 3)) % 3]",
    "an exponential": "A[int(1e6 * math.exp(i.id / 97)) % 3]",
    "an endless exponential": "A[int(math.exp(i.id * 40.0)) % 3] if i.id > 20 else QUEUE",
    "sine and tangent": "A[int(abs(1e9 * math.sin(i.opened) + 1e9 * math.tan(i.id))) % 3]",
    "gamma and error function": "A[int(1e6 * math.lgamma(i.id + 1.3) + 1e9 * math.erf(i.id / 97)) % 3]",
    "floor and ceiling": "A[(math.floor(-now / 7) + math.ceil(now / 11) + math.trunc(-now / 13)) % 3]",
    "the floor of infinity": "A[math.floor(math.inf * (i.id + 1)) % 3]",
    "half rounded": "A[round(i.id / 2) % 3]",
    "rounded to two digits": "A[int(round(i.opened / 7, 2) * 100) % 3]",
    "a float too large for whole numbers": "A[int(float(i.opened + 1) * 1e13) % 3]",
    "what is no number": "A[int(math.nan * i.id) % 3]",
    "what is no number, compared": "A[(math.nan * i.id != math.nan) + (math.nan < i.id)]",
    "the lesser of unlike numbers": "A[int(min(i.id, 2.5, t.waiting)) % 3]",
    "the lesser of floats": "A[int(min(i.id * 1.0, 2.5, t.waiting + 0.5)) % 3]",
    "the greater": "A[max(i.id % 3, t.waiting % 2)]",
    "views compared": "A[((i.severity, -i.opened) < (t.waiting, -now)) + 0]",
    "a part of a view": "A[sum(i[2:6]) % 3]",
    "within a tuple": "A[(i.kind in (0, 2)) + (t.id not in (1,))]",
    "a hash of whole numbers": "A[hash((i.id, -1)) % 3]",
    "its bits": "A[i.opened.bit_length() % 3]",
    "its text": "A[len(str(i.opened)) % 3]",
    "a list of it": "A[sorted([i.id % 7, t.waiting, i.kind])[1] % 3]",
    "a sum of floats": "A[int(sum((0.1 * i.id, 1e16 + i.id, -1e16, 0.3)) * 10) % 3]",
    "values of and and or": "(i.id % 3) and (t.waiting % 2) or INTERRUPT",
    "a small whole number of NumPy": "A[int(np.int8(100) + np.int8(i.id % 100)) % 3]",
    "an array's element": "A[int(np.array([3, 5, 7])[i.id % 3] * i.opened) % 3]",
    "NumPy's division by nothing": "A[int(np.float64(i.id) / (i.kind - i.kind) > 3)]",
}  # fmt: skip

ANSWERS = {
    "a fraction": "0.3", "a whole float": "float(i.id % 3)", "no number": "math.nan",
    "infinity": "math.inf", "nothing": "None", "text": "'QUEUE'", "a tuple": "(QUEUE,)",
    "too large": "10**30", "beyond 62 bits": "2**62 + i.id", "a truth value": "i.id % 2 == 0",
    "a NumPy number": "np.int64(i.id % 3)", "a NumPy truth value": "np.bool_(i.id % 2)",
    "a complex number": "1j * i.id", "a small number of NumPy": "np.int8(i.id % 3)",
    "now and then nothing": "QUEUE if i.id % 9 else None",
    "no answer of route": "3 + i.id % 2", "a negative number": "-1 - i.id",
}  # fmt: skip

TEXTS = {
    "a name without a value": "def route(i, t, now, p):\n    if i.id < 5:\n        x = QUEUE\n    return x",
    "no return": "def route(i, t, now, p):\n    if i.severity < 3:\n        return INTERRUPT",
    "an error that is caught": "def route(i, t, now, p):\n    try:\n        return A[i.id % 5]\n"
    "    except IndexError:\n        return INTERRUPT",
    "an overflow that is caught": "def route(i, t, now, p):\n    try:\n        return A[i.id * BIG * BIG % 3]\n"
    "    except Exception:\n        return INTERRUPT",
    "now whole, now a fraction": "def route(i, t, now, p):\n    x = i.id\n    for n in range(i.id % 5):\n"
    "        x = x + n / 2 if n % 2 else x + n\n    return A[int(x) % 3]",
    "a loop of Collatz": "def route(i, t, now, p):\n    n, k = i.id + 1, 0\n    while n != 1 and k < 200:\n"
    "        n = n // 2 if n % 2 == 0 else 3 * n + 1\n        k += 1\n    return A[k % 3]",
    "a view gone through": "def route(i, t, now, p):\n    s = 0\n    for x in t:\n        s = s * 3 + x\n"
    "    return A[s % 3]",
    "a hash by hand": "def route(i, t, now, p):\n    h = 1469598103934665603\n"
    "    for x in (i.id, i.kind, i.opened):\n        h = (h ^ x) * 1099511628211\n    return A[h % 3]",
    "cases": "def route(i, t, now, p):\n    match i.kind:\n        case 0:\n            return INTERRUPT\n"
    "        case 1 | 2:\n            return QUEUE\n        case _:\n            return DEFER",
    "an assertion": "def route(i, t, now, p):\n    assert i.id < 9, 'too many'\n    return QUEUE",
    "something raised": "def route(i, t, now, p):\n    if i.id > 9:\n        raise KeyError(i.id)\n    return QUEUE",
    "a helper": "def h(x):\n    return x * BIG\ndef route(i, t, now, p):\n    return A[h(i.id) % 3]",
    "a helper that calls itself": "def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\n"
    "def route(i, t, now, p):\n    return A[f(i.id % 12) % 3]",
    "a helper that may answer nothing": "def h(x):\n    if x % 7:\n        return x\n"
    "def route(i, t, now, p):\n    return A[(h(i.id) or 1) % 3]",
}  # fmt: skip


@pytest.fixture(scope="module")
def paths() -> list[SamplePath]:
    scenario = from_table(HARD)
    return [sim.sample_path(scenario, 3, replication) for replication in range(2)]


def function(text: str, name: str) -> Any:
    names: dict[str, Any] = dict(ALL)
    exec(text, names)
    return names[name]


def outcome(path: SamplePath, policy: Policy, engine: str) -> tuple[str, Any]:
    try:
        [trace] = simulate([(path, policy)], engine)
    except Exception as error:
        return type(error).__name__, str(error)
    return "trace", trace.tobytes()


def check(policy: Policy, paths: list[SamplePath]) -> bool:
    """Whether it is compiled; asserts that all engines do the same."""
    engines = [SIMPY, PLAIN]
    try:
        decisions_of(policy)
        engines.append(COMPILED)
    except NotCompilableError:
        pass
    for path in paths:
        found = {engine: outcome(path, policy, engine) for engine in engines}
        assert len(set(found.values())) == 1, {
            engine: told if kind != "trace" else f"a trace of {len(told)}"
            for engine, (kind, told) in found.items()
        }
    return COMPILED in engines


@pytest.mark.parametrize("what", one_in(2, NUMBERS))
def test_numbers_are_pythons_on_every_engine(what: str, paths: list[SamplePath]) -> None:
    text = f"def route(i, t, now, p):\n    return {NUMBERS[what]}"
    check(Policy(id="hostile", route=function(text, "route")), paths)


@pytest.mark.parametrize(
    "decision",
    [
        *("route", "takes", "reserve"),
        *(pytest.param(d, marks=pytest.mark.long) for d in ("next_work", "on_duty", "review")),
    ],
)
@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_is_taken_or_refused_by_all_engines_alike(
    what: str, decision: str, paths: list[SamplePath]
) -> None:
    arguments = {"route": "i, t, now, p", "takes": "d, i, p", "next_work": "i, t, p"}
    text = f"def it({arguments.get(decision, 'i, s, p')}):\n    return {ANSWERS[what]}"
    check(Policy(id="hostile", **{decision: function(text, "it")}), paths[:1])


@pytest.mark.parametrize("what", TEXTS)
def test_what_python_makes_of_a_text_all_engines_make(what: str, paths: list[SamplePath]) -> None:
    check(Policy(id="hostile", route=function(TEXTS[what], "route")), paths)


# ---- random texts ----------------------------------------------------------------------------------

LEAVES = (
    "i.id", "i.opened", "i.kind", "i.severity", "i.expected", "t.waiting", "t.capacity", "t.id", "now",
    "1", "2", "3", "7", "0", "-1", "BIG", "2**31", "0.5", "1e9", "0.1", "(i.id % 2 == 0)", "t.level",
)  # fmt: skip
TWO = ("+", "-", "*", "//", "%", "/", "<<", ">>", "&", "|", "^", "<", "<=", "==", "!=")
ONE = (
    "-{}",
    "~{}",
    "abs({})",
    "int({})",
    "float({})",
    "(not {})",
    "round({})",
    "math.floor({})",
    "bool({})",
)
SEVERAL = (
    "min({}, {})",
    "max({}, {})",
    "({} if {} else {})",
    "divmod({}, {})[1]",
    "({} and {})",
    "({} or {})",
)


def expression(chance: random.Random, depth: int) -> str:
    """A text of random operations; most such texts raise, or are beyond 64 bits, now and then."""
    if depth == 0 or chance.random() < 0.1:
        return chance.choice(LEAVES)
    deeper = functools.partial(expression, chance, depth - 1)
    shape = chance.random()
    if shape < 0.6:
        return f"({deeper()} {chance.choice(TWO)} {deeper()})"
    if shape < 0.8:
        return chance.choice(ONE).format(f"({deeper()})")
    text = chance.choice(SEVERAL)
    return text.format(*(deeper() for _ in range(text.count("{}"))))


def random_policies(first: int, count: int, paths: list[SamplePath]) -> tuple[int, int]:
    """How many were looked at, and how many of them are compiled."""
    compiled = 0
    for seed in range(first, first + count):
        chance = random.Random(seed)
        answer = expression(chance, chance.choice((2, 3, 4)))
        text = (
            "def route(i, t, now, p):\n"
            f"    x = {answer}\n"
            "    if x != x or x * 0 != 0:\n        return DEFER\n"
            f"    return A[int(x) % 3] if i.id % {chance.choice((1, 2, 3))} == 0 else QUEUE\n"
        )
        compiled += check(Policy(id=f"random-{seed}", route=function(text, "route")), paths[:1])
    return count, compiled


def test_random_texts_mean_the_same_on_every_engine(paths: list[SamplePath]) -> None:
    looked_at, compiled = random_policies(0, 30, paths)
    assert 5 < compiled < looked_at


@pytest.mark.long
def test_many_random_texts_mean_the_same_on_every_engine(paths: list[SamplePath]) -> None:
    looked_at, compiled = random_policies(1_000, 400, paths)
    assert 50 < compiled < looked_at


def test_every_answer_that_route_has_is_taken(paths: list[SamplePath]) -> None:
    answers = (DEFER, QUEUE, INTERRUPT, SWAP, CANCEL)

    def route(incident, team, now, p):
        return answers[incident.id % 5]

    assert check(Policy(id="all", route=route), paths)
