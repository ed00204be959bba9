"""What a researcher takes away: digests, controlled values, LaTeX, BibTeX, and looks in a notebook."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import sim
from sim.report.provenance import policy_digest
from sim.scenario.reading import from_table


@pytest.fixture(scope="module")
def result() -> sim.Result:
    scenario = sim.load("small_product", ["time.horizon_weeks=16"])
    return sim.compare(scenario, ["kanban", "next-sprint"], 40, workers=1)


def test_json_holds_versions_and_digests_that_can_be_checked(result: sim.Result) -> None:
    found = json.loads(result.to_json())
    path = sim.sample_path(result.scenario, result.seed, 0)
    assert found["digests"]["first_path"] == path.digest
    assert found["digests"]["policies"]["kanban"] == policy_digest(result.policies[0])
    assert set(found["versions"]) >= {"Python", "firelane", "numpy"}


def test_another_setting_is_another_policy_digest() -> None:
    policy = sim.find_policy("kanban")
    assert policy_digest(policy) != policy_digest(policy.with_settings(wip_limit=3))


def test_the_table_of_replications_has_digests_in_csv_and_parquet(
    result: sim.Result, tmp_path: Path
) -> None:
    result.save(tmp_path / "a.csv")
    result.save(tmp_path / "a.parquet")
    csv, parquet = pd.read_csv(tmp_path / "a.csv"), pd.read_parquet(tmp_path / "a.parquet")
    for table in (csv, parquet):
        third = sim.sample_path(result.scenario, result.seed, 3).digest
        assert set(table[table.replication == 3].path_sha256) == {third}
        assert table.policy_sha256.nunique() == 2
    import pyarrow.parquet

    told = pyarrow.parquet.read_schema(tmp_path / "a.parquet").metadata[b"firelane"]
    assert json.loads(told)["digests"]["first_path"]


def test_controlled_values_are_those_that_means_are_of(result: sim.Result) -> None:
    frame = result.frame(controlled=True)
    own = frame[frame.policy == "kanban"]["net_points_per_sprint"]
    assert own.mean() == pytest.approx(result.figure("kanban", "net_points_per_sprint").mean)
    plain = result.frame()
    assert not np.allclose(plain["net_points_per_sprint"], frame["net_points_per_sprint"])


def test_latex_escapes_whatever_a_name_holds() -> None:
    table = sim.load("small_product", ["time.horizon_weeks=8"]).model_dump(by_alias=True)
    policy = sim.find_policy("kanban")
    named = replace(policy, id="own_one", title="50 % & more_of $it$ #1 {x} ~^\\")
    result = sim.compare(from_table(table), [named, "kanban"], 2, workers=1)
    text = result.to_latex(["response_sla"])
    assert r"50 \% \& more\_of \$it\$ \#1 \{x\} \textasciitilde{}\textasciicircum{}" in text
    assert text.count(r"\begin{") == text.count(r"\end{") == 1


def test_bibtex_names_the_version_and_the_scenario(result: sim.Result) -> None:
    text = result.to_bibtex()
    assert text.startswith("@software{firelane,")
    assert sim.__version__ in text
    assert text.count("{") == text.count("}")


def test_everything_is_short_as_text_and_a_table_in_a_notebook(result: sim.Result) -> None:
    path = sim.sample_path(result.scenario)
    for one in (result, path, sim.run(path, "kanban"), result.scenario):
        assert 10 < len(repr(one)) < 500
        assert one._repr_html_().startswith("<p>")


def test_the_picture_can_be_drawn_beside_others(result: sim.Result) -> None:
    figure = Figure(figsize=(9, 4))
    first, second = figure.subplots(1, 2)
    assert result.plot(ax=first) is figure
    assert first.lines
    assert not second.lines
