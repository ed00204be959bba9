"""Firelane: which support model answers quickest for the least delivery lost?

```python
import sim

scenario = sim.load("web_agency")
result = sim.compare(scenario, ["next-sprint", "interrupt-anyone"], replications=50)
result.table()
```
"""

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

__version__ = "0.1.0"

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
    "compare",
    "find_policy",
    "known_policies",
    "load",
    "run",
    "sample_path",
]
