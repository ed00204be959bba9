"""Firelane: which support model answers quickest for the least delivery lost?

```python
import sim

scenario = sim.load("web_agency")
result = sim.compare(scenario, ["next-sprint", "interrupt-anyone"], replications=50)
result.table()
```
"""

from sim.comparison import Comparison
from sim.engines import EngineError
from sim.errors import ScenarioError
from sim.policy import Policy, PolicyError
from sim.registry import find_policy, known_policies
from sim.result import Result, compare
from sim.run import Run, run
from sim.sample_path import SamplePath, sample_path
from sim.scenario import Scenario
from sim.scenario_file import load

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
