"""A policy that keeps something between calls, or asks chance or the machine, is refused in words."""

from __future__ import annotations

from typing import Any

import pytest

import sim
from sim.engine import first_look
from sim.engine.engines import COMPILED, SIMPY
from sim.policy.contract import DEFER, QUEUE, Policy
from sim.policy.parameters import PolicyError
from sim.scenario.schema import Scenario

ROUTE = "def route(incident, team, now, p):\n    "

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""A thread that computed is ended wherever it is, also in a callback of Python's own."""

REMEMBERS = {
    "a counter": f"n = 0\n{ROUTE}global n\n    n += 1\n    return QUEUE if n % 3 else DEFER\n",
    "a counter that changes nothing yet": f"n = 0\n{ROUTE}global n\n    n += 1\n"
    "    return QUEUE if n < 10**9 else DEFER\n",
    "a list": f"seen = []\n{ROUTE}seen.append(incident.id)\n    return QUEUE if len(seen) % 3 else DEFER\n",
    "a dictionary": f"seen = {{}}\n{ROUTE}seen[incident.id] = 1\n    return len(seen) % 2\n",
    "a default": "def route(incident, team, now, p, seen=[]):\n    seen.append(1)\n    return len(seen) % 2\n",
    "a variable around it": "def outer():\n    n = 0\n    def route(incident, team, now, p):\n"
    "        nonlocal n\n        n += 1\n        return QUEUE if n % 3 else DEFER\n    return route\n"
    "route = outer()\n",
    "an attribute of itself": f"{ROUTE}route.n = getattr(route, 'n', 0) + 1\n    return route.n % 2\n",
    "an endless count": f"import itertools\nn = itertools.count()\n{ROUTE}return next(n) % 2\n",
    "a generator": f"n = (x for x in range(10**9))\n{ROUTE}return next(n) % 2\n",
    "an object that is called": "class Route:\n    n = 0\n    def __call__(self, incident, team, now, p):\n"
    "        self.n += 1\n        return self.n % 2\nroute = Route()\n",
    "a method's object": "class Desk:\n    n = 0\n    def route(self, incident, team, now, p):\n"
    "        self.n += 1\n        return self.n % 2\nroute = Desk().route\n",
    "an array": f"import numpy as np\nseen = np.zeros(1)\n{ROUTE}seen[0] += 1\n"
    "    return QUEUE if seen[0] % 2 else DEFER\n",
    "a helper": f"n = []\ndef k():\n    n.append(1)\n    return len(n)\n{ROUTE}return k() % 2\n",
}

ASKS = {
    "urandom": f"import os\n{ROUTE}return os.urandom(1)[0] % 2\n",
    "urandom alone": f"from os import urandom\n{ROUTE}return urandom(1)[0] % 2\n",
    "the process's number": f"import os\n{ROUTE}return os.getpid() % 2\n",
    "the hash of text": f"{ROUTE}return hash(f'{{incident.id}}') % 2\n",
    "where it lies": f"{ROUTE}return id(incident) % 2\n",
    "SciPy's draws": f"from scipy import stats\n{ROUTE}return int(stats.norm.rvs() > 0)\n",
    "SciPy's draws, held": f"from scipy.stats import norm\ndraw = norm.rvs\n{ROUTE}return int(draw() > 0)\n",
    "NumPy's draws": f"import numpy as np\n{ROUTE}return int(np.random.random() > 0.5)\n",
    "chance": f"import random\n{ROUTE}return random.randrange(2)\n",
    "a secret": f"import secrets\n{ROUTE}return secrets.randbelow(2)\n",
    "the clock": f"import time\n{ROUTE}return int(time.time() * 1000) % 2\n",
    "the day": f"from datetime import datetime\n{ROUTE}return datetime.now().microsecond % 2\n",
    "a helper that asks chance": f"import random\ndef k():\n    return random.random()\n{ROUTE}return int(k() > 0.5)\n",
}


@pytest.fixture
def shop() -> Scenario:
    return sim.load("small_product", ["time.horizon_weeks=8"])


def policy(text: str) -> Policy:
    names: dict[str, Any] = {"__name__": "of_ones_own"}
    exec("from sim.policy import DEFER, QUEUE\n" + text, names)
    return Policy(id="mine", route=names["route"])


@pytest.mark.parametrize("what", REMEMBERS)
def test_what_is_kept_between_calls_is_refused(what: str, shop: Scenario) -> None:
    words = "keeps something between calls: .*`review` can answer as the team's level"
    if what == "a generator":
        words = "cannot be sent to other processes, as it holds something that no other has"
    with pytest.raises(PolicyError, match=f"mine: {words}"):
        sim.compare(shop, [policy(REMEMBERS[what])], 2, workers=1)


@pytest.mark.parametrize("what", ASKS)
def test_chance_the_clock_and_the_machine_are_refused(what: str, shop: Scenario) -> None:
    with pytest.raises(PolicyError, match="the same views must get the same answer"):
        sim.compare(shop, [policy(ASKS[what])], 2, workers=1)


def route(incident: Any, team: Any, now: int, p: Any) -> int:
    return QUEUE if incident.severity < 3 else DEFER


def test_a_content_is_looked_at_once_and_what_ships_not_at_all(
    shop: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    looking = first_look._looked_at

    def counted(path: Any, policy: Policy, lane: str) -> str:
        looked.append(policy.id)
        return looking(path, policy, lane)

    monkeypatch.setattr(first_look, "_looked_at", counted)
    monkeypatch.setattr(first_look, "_seen", {})
    for _ in range(2):
        sim.compare(shop, ["kanban", Policy(id="own", route=route)], 2, workers=1)
    assert looked == ["own"]


def test_compiled_code_that_decides_otherwise_is_not_used(
    shop: Scenario, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = Policy(id="own", route=route)
    lived = first_look._lived

    def wrong(path: Any, policy: Policy, engine: str) -> Any:
        trace = lived(path, policy, engine)
        return trace[:-1] if engine == COMPILED else trace

    monkeypatch.setattr(first_look, "_lived", wrong)
    monkeypatch.setattr(first_look, "_seen", {})
    assert first_look.look_at(shop, [own], [COMPILED], 1) == [SIMPY]
    assert "compiled, it decides otherwise than Python" in capsys.readouterr().err
