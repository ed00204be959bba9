"""A script as a researcher writes it, who uses all that the package offers to Python; checked by `mypy --strict`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

import sim
from sim.policy import INTERRUPT, QUEUE, IncidentView, Parameter, Policy, TeamView


def route(incident: IncidentView, team: TeamView, now: int, p: Any) -> int:
    """Interrupt for what is worst; all else waits for whoever is free."""
    return INTERRUPT if incident.severity <= p.from_severity else QUEUE


OWN = Policy(
    id="worst-first",
    title="Worst first",
    parameters={"from_severity": Parameter(1, "severity", 0, 5, "interrupts from it on")},
    route=route,
)


def main(folder: Path) -> pd.DataFrame:
    """Check a policy, compare it, study it, and write down what others need to repeat it."""
    scenario = sim.load("small_product").changed(
        {"time.horizon_weeks": 20, "teams.*.developers": "+1"}
    )
    (folder / "ours.toml").write_text(scenario.to_toml(), encoding="utf-8")
    checked = sim.check(OWN, cases=4)
    assert not checked.broken, checked

    result = sim.compare(scenario, [OWN, "kanban", "next-sprint"], replications=12, seed=3)
    result.to_latex()
    result.to_bibtex()
    result.regret(replications=2)
    result.event_log()
    result.frame(controlled=True)
    drawn: Figure = result.plot()
    drawn.savefig(folder / "picture.png")
    (folder / "result.json").write_text(result.to_json(), encoding="utf-8")
    needed = sim.replications_for(result, "worst-first", "kanban", "response_hours_mean")
    print(f"{needed.replications} replications show the difference")

    path = sim.sample_path(scenario, seed=3, replication=0)
    path.save(folder / "path.npz")
    assert sim.SamplePath.load(folder / "path.npz").digest == path.digest
    lived: sim.Run = sim.run(path, OWN)
    print(lived.incidents.describe(), lived.regret)

    design = pd.DataFrame(
        {
            "interruptions.resume_minutes": [5, 10, 15, 20, 30, 40, 50, 60],
            "people.sick_share": [0, 0.06, 0.02, 0.04, 0.05, 0.01, 0.03, 0.0],
        }
    )
    names = sim.figures(scenario)["figure"].tolist()[:2]
    found = sim.study(
        design, [OWN, "kanban"], scenario, replications=4, figures=names, store=folder / "study.db"
    )
    model = sim.metamodel(found, names[0], "kanban")
    print(model)
    print(sim.sweep(scenario, ["people.sick_share=0:0.1:2"], ["kanban"], replications=4))
    print(sim.sensitivity(scenario, "net_points_per_sprint", ["kanban"], replications=4))
    print(sim.measure(scenario, policies=["kanban", "next-sprint"], sets=4, paths=2))
    print(
        sim.recommend(
            scenario,
            ["response_sla >= 0.5"],
            policies=["kanban", "next-sprint"],
            replications=4,
            fresh=8,
        )
    )
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
