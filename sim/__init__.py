"""Firelane: which support model answers quickest for the least delivery lost?

```python
import sim

scenario = sim.load("web_agency")
result = sim.compare(scenario, ["next-sprint", "interrupt-anyone"], replications=50)
result.table()
```
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.engine.engines import EngineError
from sim.errors import ScenarioError
from sim.experiment.comparison import Comparison
from sim.measures.run import Run, run
from sim.policy.contract import Policy
from sim.policy.parameters import PolicyError
from sim.policy.registry import find_policy, known_policies
from sim.result import Result, compare
from sim.sampling.sample_path import SamplePath, sample_path
from sim.scenario.reading import load
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sim.experiment.conformance.checking import check as check
    from sim.experiment.power import replications_for as replications_for
    from sim.search.asked_in_python import measure as measure
    from sim.search.asked_in_python import recommend as recommend
    from sim.search.asked_in_python import sensitivity as sensitivity
    from sim.search.asked_in_python import sweep as sweep
    from sim.search.metamodel import metamodel as metamodel
    from sim.search.studies import figures as figures
    from sim.search.studies import study as study

__version__ = "0.1.0"

_LATER = {
    "check": "sim.experiment.conformance.checking",
    "figures": "sim.search.studies",
    "metamodel": "sim.search.metamodel",
    "replications_for": "sim.experiment.power",
    "measure": "sim.search.asked_in_python",
    "recommend": "sim.search.asked_in_python",
    "sensitivity": "sim.search.asked_in_python",
    "study": "sim.search.studies",
    "sweep": "sim.search.asked_in_python",
}
"""What is loaded when it is first asked for: searches take a while to load, and few need them."""


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'sim' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LATER])


__all__ = [
    "Comparison",
    "EngineError",
    "Policy",
    "PolicyError",
    "Result",
    "Run",
    "SamplePath",
    "Scenario",
    "ScenarioError",
    "check",
    "compare",
    "figures",
    "find_policy",
    "known_policies",
    "load",
    "measure",
    "metamodel",
    "recommend",
    "replications_for",
    "run",
    "sample_path",
    "sensitivity",
    "study",
    "sweep",
]
