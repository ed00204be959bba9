"""A comparison for other programs is a table of every figure of every replication, or all it says
as JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import CannotDoError
from sim.experiment.comparison import DELIVERY, Comparison
from sim.experiment.replay import replayed_incidents
from sim.files.results import result_file
from sim.measures.metrics import OPEN_ON_DAY, metrics_of
from sim.policy.contract import Policy
from sim.report.csv_files import write_frame
from sim.report.finding import certainty, finding
from sim.report.provenance import path_digests, policy_digest, provenance
from sim.scenario.reading import digest

if TYPE_CHECKING:
    import pandas as pd


QUANTILES_OF_FUTURES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


class ExportError(CannotDoError):
    """An error raised when a table cannot be written in the form wanted."""


def observations(comparison: Comparison, controlled: bool = False) -> pd.DataFrame:
    """Return a table with one row for each policy and replication.

    Its columns are policy, replication, and each figure; response figures by group stand in a
    column such as `metric[severity=1]`. A policy that was left out has those replications alone that it
    was lived through in. The last columns are digests: of the path, and of the policy's decisions and settings.

    Args:
        comparison: what was observed.
        controlled: give the values that means and intervals are of, at the expected load
            (`sim.experiment.control_variates`), instead of those that came out.
    """
    import pandas as pd

    observed = comparison.at_expected_load if controlled else comparison.observations
    names = [key.name + _suffix(key.group) for key in observed.keys]
    paths = path_digests(comparison)
    parts = []
    for n, label in enumerate(comparison.labels):
        frame = pd.DataFrame(observed.values[n, : comparison.futures(label)], columns=names)
        frame.insert(0, "replication", range(len(frame)))
        frame.insert(0, "policy", label)
        frame["path_sha256"] = paths[: len(frame)]
        frame["policy_sha256"] = policy_digest(comparison.policies[n])
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def _suffix(group: str) -> str:
    by, _, name = group.partition(" ")
    return f"[{by}={name}]" if name else ""


def write(comparison: Comparison, target: Path) -> None:
    """Write the observations as CSV, or as Parquet where the file's name says so.

    Raises:
        ExportError: for Parquet without pyarrow.
    """
    table = observations(comparison)
    if target.suffix.lower() != ".parquet":
        write_frame(target, table)
        return
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ExportError("Parquet needs pyarrow: pip install 'firelane[search]'") from None
    whole = pyarrow.Table.from_pandas(table, preserve_index=False)
    told = {b"firelane": json.dumps(provenance(comparison), sort_keys=True).encode()}
    whole = whole.replace_schema_metadata({**(whole.schema.metadata or {}), **told})
    with result_file(target, "wb") as file:
        pyarrow.parquet.write_table(whole, file)


def to_json(comparison: Comparison) -> str:
    """Return all that a comparison says, as JSON text; figures that may not be given are null.

    Where a log is replayed, its incidents under each policy are computed for it.
    """
    scenario, incidents = comparison.scenario, replayed_incidents(comparison)
    policies = [_policy(comparison, policy) for policy in comparison.policies]
    if incidents is not None:
        for entry in policies:
            own = incidents[incidents.policy == entry["name"]].drop(columns="policy")
            entry["incidents"] = {"replication": 0, "rows": _rows(own)}
    document = {
        "scenario": {
            "name": scenario.name,
            "sha256": digest(scenario),
            "toml": scenario.to_toml(),
        },
        "design": "steady state" if scenario.steady_state else "terminating",
        "horizon_weeks": scenario.time.horizon_weeks,
        "warmup_weeks": scenario.time.warmup_weeks,
        "finding": f"{finding(comparison)}.",
        "certainty": certainty(comparison),
        "tuned": comparison.tuned,
        **_computed(comparison),
        "seed": comparison.seed,
        "engine": comparison.engine,
        **provenance(comparison),
        "policies": policies,
        "differences": [
            {name: _or_null(value) for name, value in pair._asdict().items()}
            for pair in comparison.pairs(metrics_of(scenario))
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _computed(comparison: Comparison) -> dict[str, Any]:
    """Return how many replications were computed, and of what."""
    sets = comparison.input_sets
    if sets is None:
        return {"replications": comparison.replications, "draws": 0, "paths_per_draw": 0}
    inputs = comparison.scenario.inputs
    return {
        "replications": sets.sets * sets.paths,
        "draws": sets.sets,
        "paths_per_draw": sets.paths,
        "replications_as_they_are": comparison.replications,
        "assumptions": [
            {own.key: own.value(share) for own, share in zip(inputs, row, strict=True)}
            for row in sets.shares.tolist()
        ],
    }


def _policy(comparison: Comparison, policy: Policy) -> dict[str, Any]:
    """Return a policy's figures by section; those of incidents and of load also by group."""
    sections: dict[str, Any] = {
        "delivery": {},
        "response": {"all": {}, "by_severity": {}, "by_kind": {}},
        "people": {},
        "time": {},
        "accounts": {},
        "load": {"by_kind": {}},
        **({"money": {}} if comparison.scenario.money else {}),
        **({"today": {}} if comparison.scenario.start else {}),
    }
    for key, found in comparison.spreads(policy.label).items():
        place = sections[key.section]
        if key.section in ("response", "load"):
            by, _, name = key.group.partition(" ")
            place = place["all"] if by == "all" else place[f"by_{by}"].setdefault(name, {})
        place[key.name] = {part: _or_null(value) for part, value in found._asdict().items()}
        if key.section == "today":  # a forecast: how futures differ, too
            spread = comparison.quantiles(
                policy.label, key.name, list(QUANTILES_OF_FUTURES.values())
            )
            place[key.name] |= dict(zip(QUANTILES_OF_FUTURES, map(_or_null, spread), strict=True))
            place[key.name] |= _forecast(comparison, policy, key.name)
    return {
        "name": policy.label,
        "id": policy.id,
        "title": policy.title or policy.id,
        "settings": policy.settings,
        "parameters": policy.values,
        "tuned": comparison.tuned,
        "net_points_per_sprint": sections["delivery"][DELIVERY],
        "sets_behind": comparison.sets_behind(policy.label),
        "overloaded": comparison.is_overloaded(policy.label),
        **_left_out(comparison, policy.label),
        **sections,
    }


def _left_out(comparison: Comparison, label: str) -> dict[str, Any]:
    """Return from how many replications it is known that a policy cannot keep up, where no more were computed."""
    if not comparison.is_left_out(label):
        return {}
    return {"cannot_keep_up": True, "replications": comparison.futures(label)}


def _forecast(comparison: Comparison, policy: Policy, name: str) -> dict[str, Any]:
    """Return the forecast of a day with what past ones missed; nothing of the moment it begins at."""
    day = OPEN_ON_DAY.index(name)
    if day == 0:
        return {}
    found = comparison.open_by(policy.label, day, list(QUANTILES_OF_FUTURES.values()))
    return {
        f"forecast_{part}": value
        for part, value in zip(QUANTILES_OF_FUTURES, found.in_all.tolist(), strict=True)
    }


def _rows(incidents: pd.DataFrame) -> list[dict[Any, Any]]:
    return incidents.astype(object).where(incidents.notna(), None).to_dict("records")


def _or_null(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
