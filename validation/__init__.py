"""Why anyone should believe it: every kind of proof, run by `python -m validation`.

| module | proof |
|---|---|
| `theory` (with `closed_forms`, `case`) | the model against formulas |
| `coverage` | 95 % intervals hold the truth 95 % of the time |
| `published` | published results beside ours |
| `history` | recorded incidents and sprints beside ours |
| `congestion`, `elasticity` (with `statistics`) | outside tests: what recordings must show if we are right |
| `from_today` | a forecast of open tickets beside what happened; run by itself |
| `mutation` | tests that notice a changed line |
| `page` | writes `docs/validation.md` |
"""
