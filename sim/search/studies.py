"""A study: many settings of a scenario, some policies, tidy figures out, resumable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.engines import DEFAULT_ENGINE
from sim.errors import BadInputError, nearest
from sim.experiment.design import Design
from sim.experiment.input_sets import planned
from sim.experiment.runner import Runner
from sim.experiment.study import Observations, Progress, Study
from sim.measures.metrics import METRICS, Key, metrics_of
from sim.measures.units import unit_of
from sim.policy.contract import Policy
from sim.policy.registry import chosen_policies
from sim.scenario.reading import load, with_inputs
from sim.scenario.schema import Scenario
from sim.search.goal import FigureName

if TYPE_CHECKING:
    import pandas as pd

BASE = "scenario"
"""The column of a design that names the scenario of each row, where not all are of one."""


class StudyError(BadInputError):
    """Raised for a design that cannot be computed."""


def study(
    design: pd.DataFrame,
    policies: Sequence[str | Policy] | None = None,
    scenario: str | Path | Scenario | None = None,
    *,
    replications: int = 20,
    draws: int = 0,
    seed: int = 1,
    figures: Sequence[str] | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    store: str | Path | None = None,
    engine: str = DEFAULT_ENGINE,
    progress: bool | Progress | None = None,
) -> pd.DataFrame:
    """Compute every policy at every setting of a design, on common random futures.

    ```python
    grid = [(load, resume) for load in ("*0.8", "*1", "*1.2") for resume in (5, 13, 60)]
    design = pd.DataFrame(grid, columns=["incidents.*.per_week", "interruptions.resume_minutes"])
    found = sim.study(design, ["next-sprint", "kanban"], "small_product", replications=20)
    ```

    Args:
        design: a row for each setting, a column for each key that `--set` takes; NaN or None leaves a key as it is. A
            column `scenario` names the scenario of each row, in place of the argument.
        policies: as for `sim.compare`; all that the first scenario has if None.
        scenario: the one that is changed: a file, the name of one that ships, or a `Scenario`.
        replications: random futures of each setting, and of each draw.
        draws: sets of assumptions of each setting, drawn from its `[ranges]` that the setting leaves open; 0: the inputs
            as they are.
        seed: whole number from 0; all settings meet the futures of the same seed.
        figures: what to give, such as `response_sla` or `response_sla[severity=1]`; all figures of `sim.figures` if None.
        workers: processes; one for each core if None.
        cluster: address of a Dask scheduler, whose workers compute instead.
        store: a file that keeps every replication; a study that was stopped goes on from it, to the same bytes.
        engine: as for `sim.compare`.
        progress: whether to show a bar, in a notebook too; or what is called with the number of replications done. Where
            it is None, a bar is shown in a terminal or a notebook.

    Returns:
        A tidy table: `setting` (the row's label in the design), the columns of the design, `policy`, `replication`,
        `draw` (0: as they are; else from 1), `figure`, `unit`, `value`. Rows are in the order of the design, then of
        draws, policies, replications and figures.

    Raises:
        StudyError: for a design without settings or without a scenario, or a figure that there is not.
        ScenarioError: naming a key that there is not, or a value that cannot be.
        PolicyError: for a policy that is not known.
        WorkersLostError, ClusterError, StoreError: where runs cannot be computed or kept.
    """
    settings = _settings(design, scenario)
    chosen = chosen_policies(settings[0], policies)
    moved = [(n, draw, own) for n, one in enumerate(settings) for draw, own in _drawn(one, draws)]
    wanted = None if figures is None else [_figure(text, settings[0]) for text in figures]
    computing = Runner(workers, cluster, None if store is None else Path(store))
    with computing as runner, _shown(progress, len(moved) * replications) as told:
        own = Design(replications, seed, engine, runner=runner)
        studies = _studies(own, [one for _, _, one in moved], chosen)
        observed = own.observe(studies, told)
    return _tidy(design, moved, chosen, observed, wanted)


def figures(scenario: Scenario) -> pd.DataFrame:
    """Return every figure that people compare policies by, in a scenario.

    Returns:
        A row for each: `figure` (its name, as `sim.study` and `--require` take it), `about`, `unit`, `better` (`more` or
        `less`).
    """
    import pandas as pd

    currency = scenario.money.currency if scenario.money else "money"
    groups = [
        *dict.fromkeys(f"severity={kind.severity}" for kind in scenario.incidents),
        *(f"kind={kind.kind}" for kind in scenario.incidents),
    ]
    rows = []
    for name, metric in metrics_of(scenario).items():
        grouped = name.startswith(("response_", "resolution_")) and "fixed_mix" not in name
        for group in ("", *(groups if grouped else ())):
            rows.append(
                {
                    "figure": f"{name}[{group}]" if group else name,
                    "about": metric.label,
                    "unit": unit_of(name, currency),
                    "better": "more" if metric.better > 0 else "less",
                }
            )
    return pd.DataFrame(rows)


def _settings(design: pd.DataFrame, scenario: str | Path | Scenario | None) -> list[Scenario]:
    if not len(design):
        raise StudyError("the design has no rows; expected one for each setting")
    if scenario is None and BASE not in design.columns:
        raise StudyError(
            f"no scenario: name one, such as sim.study(design, policies, 'web_agency'), or give the design a column "
            f"'{BASE}'"
        )
    known: dict[str, Scenario] = {}
    found = []
    for _, row in design.iterrows():
        named = row.get(BASE, scenario)
        if not isinstance(named, Scenario):
            name = str(named)
            if name not in known:
                known[name] = load(name)
            named = known[name]
        changes = {
            str(key): value for key, value in row.items() if key != BASE and not _is_missing(value)
        }
        found.append(named.changed(changes) if changes else named)
    return found


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and bool(np.isnan(value)))


def _drawn(scenario: Scenario, draws: int) -> Iterator[tuple[int, Scenario]]:
    if not draws:
        yield 0, scenario
        return
    if not scenario.ranges:
        raise StudyError(
            f"draws={draws}: {scenario.name} has no [ranges] to draw sets of assumptions from, or the design sets "
            "all of them"
        )
    for n, row in enumerate(planned(len(scenario.ranges), draws).tolist(), start=1):
        yield n, with_inputs(scenario, row)


def _figure(text: str, scenario: Scenario) -> FigureName:
    own = FigureName.parse(text)
    known = figures(scenario)["figure"]
    if str(own) not in set(known):
        raise StudyError(f"figure '{text}': {scenario.name} has none" + nearest(text, list(known)))
    return own


def _studies(
    design: Design, scenarios: Sequence[Scenario], policies: Sequence[Policy]
) -> list[Study]:
    return [design.study(scenario, policies) for scenario in scenarios]


def _tidy(
    design: pd.DataFrame,
    moved: Sequence[tuple[int, int, Scenario]],
    policies: Sequence[Policy],
    observed: Sequence[Observations],
    wanted: Sequence[FigureName] | None,
) -> pd.DataFrame:
    import pandas as pd

    parts = []
    for (setting, draw, scenario), one in zip(moved, observed, strict=True):
        keys = _keys(one.keys, wanted)
        count, replications, own = one.values.shape[0], one.values.shape[1], len(keys)
        currency = scenario.money.currency if scenario.money else "money"
        parts.append(
            {
                "setting": np.full(count * replications * own, setting),
                "policy": np.repeat(np.arange(count), replications * own),
                "replication": np.tile(np.repeat(np.arange(replications), own), count),
                "draw": np.full(count * replications * own, draw),
                "figure": np.tile([_name(one.keys[k]) for k in keys], count * replications),
                "unit": np.tile(
                    [unit_of(one.keys[k].name, currency) for k in keys], count * replications
                ),
                "value": one.values[:, :, keys].reshape(-1),
            }
        )
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    place = columns.pop("setting")
    labels = np.array([policy.label for policy in policies], dtype=object)
    columns["policy"] = labels[columns["policy"]]
    given = {str(name): design[name].to_numpy()[place] for name in design.columns}
    return pd.DataFrame({"setting": design.index.to_numpy()[place], **given, **columns})


def _keys(keys: Sequence[Key], wanted: Sequence[FigureName] | None) -> list[int]:
    """Return the positions of the figures that are wanted."""
    if wanted is None:
        return [n for n, key in enumerate(keys) if key.name in METRICS]
    place = {(key.name, key.group): n for n, key in enumerate(keys)}
    return [place[own.metric, own.group] for own in wanted]


def _name(key: Key) -> str:
    return str(FigureName(key.name, key.group))


@contextmanager
def _shown(progress: bool | Progress | None, total: int) -> Iterator[Callable[[int], None] | None]:
    if callable(progress):
        yield progress
        return
    from sim.experiment.progress_bar import bar

    with bar(total, "replications", progress) as told:
        yield told
