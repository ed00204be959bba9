"""Whatever is edited in a policy, the next study has it: kept code and stored figures never outlive it.

Each way holds a number in some kind of thing that a decision reaches. It is run with one number, then with
another, in one process, with everything kept; the second answer must be that of an engine that keeps
nothing, without a store.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import sim
from sim.experiment.runner import Runner
from sim.policy.contract import Policy
from sim.scenario.schema import Scenario
from tests.thinned import one_in

ROUTE = (
    "def route(incident, team, now, p):\n    return QUEUE if incident.severity <= {} else DEFER\n"
)

WAYS = {
    "a literal": ROUTE.format("VALUE"),
    "a global": "K = VALUE\n" + ROUTE.format("K"),
    "a float": "K = VALUE + 0.5\n" + ROUTE.format("K"),
    "text": "K = 'x' * VALUE\n" + ROUTE.format("len(K)"),
    "bytes": "K = b'x' * VALUE\n" + ROUTE.format("len(K)"),
    "a tuple": "K = (0, (VALUE,))\n" + ROUTE.format("K[1][0]"),
    "a list": "K = [[VALUE]]\n" + ROUTE.format("K[0][0]"),
    "a dictionary": "K = {'worst': {'a': VALUE}}\n" + ROUTE.format("K['worst']['a']"),
    "a set": "K = {VALUE}\n" + ROUTE.format("max(K)"),
    "a frozen set": "K = frozenset(range(VALUE + 1))\n" + ROUTE.format("max(K)"),
    "a range": "K = range(VALUE + 1)\n" + ROUTE.format("K[-1]"),
    "a slice": "K = slice(VALUE)\n" + ROUTE.format("K.stop"),
    "a complex number": "K = complex(VALUE)\n" + ROUTE.format("K.real"),
    "a decimal": "from decimal import Decimal\nK = Decimal(VALUE)\n" + ROUTE.format("int(K)"),
    "a fraction": "from fractions import Fraction\nK = Fraction(VALUE)\n" + ROUTE.format("int(K)"),
    "a span": "from datetime import timedelta\nK = timedelta(VALUE)\n" + ROUTE.format("K.days"),
    "a date": "from datetime import date\nK = date(2026, 1, VALUE)\n" + ROUTE.format("K.day"),
    "a deque": "from collections import deque\nK = deque([VALUE])\n" + ROUTE.format("K[0]"),
    "a counter": "from collections import Counter\nK = Counter(a=VALUE)\n" + ROUTE.format("K['a']"),
    "an array": "from array import array\nK = array('q', [VALUE])\n" + ROUTE.format("K[0]"),
    "a memory view": "K = memoryview(bytes([VALUE]))\n" + ROUTE.format("K[0]"),
    "a NumPy array": "import numpy as np\nK = np.array([VALUE])\n" + ROUTE.format("K[0]"),
    "a NumPy number": "import numpy as np\nK = np.int64(VALUE)\n" + ROUTE.format("K"),
    "an array of objects": "import numpy as np\nK = np.array([VALUE, None])\n"
    + ROUTE.format("K[0]"),
    "a polynomial": "import numpy as np\nK = np.poly1d([VALUE])\n" + ROUTE.format("K(1)"),
    "a series": "import pandas as pd\nK = pd.Series([VALUE])\n" + ROUTE.format("K[0]"),
    "an enumeration": "from enum import IntEnum\nclass K(IntEnum):\n    A = VALUE\n"
    + ROUTE.format("K.A"),
    "an enumeration's property": "from enum import Enum\nclass K(Enum):\n    A = 1\n"
    "    @property\n    def worst(self): return VALUE\n" + ROUTE.format("K.A.worst"),
    "a named tuple": "from collections import namedtuple\nK = namedtuple('K', 'a')(VALUE)\n"
    + ROUTE.format("K.a"),
    "a named tuple's method": "from typing import NamedTuple\nclass T(NamedTuple):\n    a: int = 1\n"
    "    def worst(self): return VALUE\nK = T()\n" + ROUTE.format("K.worst()"),
    "a data class": "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass T:\n    a: int\n"
    "K = T(VALUE)\n" + ROUTE.format("K.a"),
    "a class": "class K:\n    a = VALUE\n" + ROUTE.format("K.a"),
    "a name space": "from types import SimpleNamespace\nK = SimpleNamespace(a=VALUE)\n"
    + ROUTE.format("K.a"),
    "a method that calls a method": "class T:\n    def a(self): return self.b()\n"
    "    def b(self): return VALUE\nK = T()\n" + ROUTE.format("K.a()"),
    "a comparison of one's own": "class T:\n    def __ge__(self, other): return other <= VALUE\nK = T()\n"
    + ROUTE.format("K"),
    "an index of one's own": "class T:\n    def __getitem__(self, at): return VALUE\nK = T()\n"
    + ROUTE.format("K[0]"),
    "what is missing": "class T(dict):\n    def __missing__(self, at): return VALUE\nK = T()\n"
    + ROUTE.format("K[0]"),
    "an attribute made when asked": "class T:\n    def __getattr__(self, name): return VALUE\nK = T()\n"
    + ROUTE.format("K.worst"),
    "a helper": "def k(): return VALUE\n" + ROUTE.format("k()"),
    "a helper's helper": "def j(): return VALUE\ndef k(): return j()\n" + ROUTE.format("k()"),
    "a helper's default": "def k(a=VALUE): return a\n" + ROUTE.format("k()"),
    "a helper's named default": "def k(*, a=VALUE): return a\n" + ROUTE.format("k()"),
    "a helper around it": "def outer(k):\n    "
    + ROUTE.format("k").replace("\n    ", "\n        ")
    + "    return route\nroute = outer(VALUE)\n",
    "a lambda in a table": "K = {0: lambda: VALUE}\n" + ROUTE.format("K[0]()"),
    "a bound method": "K = {0: VALUE}.get\n" + ROUTE.format("K(0)"),
    "a compiled helper": "import numba\n@numba.njit\ndef k(): return VALUE\n" + ROUTE.format("k()"),
    "a compiled helper's global": "import numba\nK = VALUE\n@numba.njit\ndef k(): return K\n"
    + ROUTE.format("k()"),
    "a compiled helper's helper": "import numba\nK = VALUE\n@numba.njit\ndef j(): return K\n"
    "@numba.njit\ndef k(): return j()\n" + ROUTE.format("k()"),
    "a vectorized helper's global": "import numba\nK = VALUE\n@numba.vectorize(['int64(int64)'])\n"
    "def k(x): return x * K\n" + ROUTE.format("k(1)"),
    "a kept helper": "from functools import lru_cache\n@lru_cache\ndef k(): return VALUE\n"
    + ROUTE.format("k()"),
    "a partial function": "from functools import partial\ndef k(a): return a\nK = partial(k, VALUE)\n"
    + ROUTE.format("K()"),
    "a part of a module": "import settings_of_ours\n" + ROUTE.format("settings_of_ours.K"),
    "a function of a module": "import settings_of_ours\n" + ROUTE.format("settings_of_ours.k()"),
    "a class of a module": "import settings_of_ours\n" + ROUTE.format("settings_of_ours.T.a"),
    "the environment": "import os\n" + ROUTE.format("int(os.environ['WORST_OF_OURS'])"),
    "a variable of the environment": "from os import getenv\n"
    + ROUTE.format("int(getenv('WORST_OF_OURS'))"),
    "a file": "from pathlib import Path\n" + ROUTE.format("int(Path('worst_of_ours').read_text())"),
    "an open file": "def k():\n    with open('worst_of_ours') as file:\n        return int(file.read())\n"
    + ROUTE.format("k()"),
    "what is imported then": "def route(incident, team, now, p):\n    import settings_of_ours\n"
    "    return QUEUE if incident.severity <= settings_of_ours.K else DEFER\n",
    "what is evaluated": ROUTE.format("eval('VALUE')"),
}


def policy_of(text: str, value: int) -> Policy:
    """The policy in a text, with its module, environment and file as they then are."""
    settings = ModuleType("settings_of_ours")
    exec(f"K = {value}\ndef k(): return {value}\nclass T:\n    a = {value}\n", vars(settings))
    sys.modules["settings_of_ours"] = settings
    os.environ["WORST_OF_OURS"] = str(value)
    Path("worst_of_ours").write_text(str(value))
    names: dict = {"__name__": "queue"}  # as a file named like one of Python's own
    exec("from sim.policy import DEFER, QUEUE\n" + text.replace("VALUE", str(value)), names)
    return Policy(id="mine", route=names["route"])


pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORST_OF_OURS", "1")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.setitem(sys.modules, "settings_of_ours", ModuleType("settings_of_ours"))
    return sim.load("small_product", ["time.horizon_weeks=6", "time.warmup_weeks=0"])


def figures(scenario: Scenario, policy: Policy, store: Path | None, engine: str) -> np.ndarray:
    with Runner(1, store=store) as runner:
        return sim.compare(scenario, [policy], 1, engine=engine, runner=runner).observations.values


@pytest.mark.parametrize("way", one_in(2, WAYS))
def test_an_edit_counts_at_once(way: str, shop: Scenario, tmp_path: Path) -> None:
    kept, fresh = [], []
    for value in (1, 4):
        policy = policy_of(WAYS[way], value)
        kept.append(figures(shop, policy, tmp_path / "store", "compiled"))
        fresh.append(figures(shop, policy_of(WAYS[way], value), None, "simpy"))
    for with_all, with_nothing in zip(kept, fresh, strict=True):
        assert np.array_equal(with_all, with_nothing, equal_nan=True)
    assert not np.array_equal(fresh[0], fresh[1], equal_nan=True), "the number makes no difference"
