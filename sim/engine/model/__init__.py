"""The model as people read it: what developers, teams and incidents do, on SimPy.

| module | tells |
|---|---|
| `state` | what everybody holds at a moment |
| `clock` | the world: time, the trace, the order of events |
| `work` | beginning, pausing and putting down work |
| `queues` | incidents that wait, and the reserve they are charged to |
| `sprints` | duty, planning, meetings, swapping, cancelling |
| `night_calls` | the night |
| `incidents` | from opening to closing |
| `improvements` | work that lowers future demand |
| `dispatch` | handing out work |

`sim.engine.processes` sets it going. `sim.engine.kernel` has the same modules with the same functions.
"""
