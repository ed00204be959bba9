"""The live part of a report: the controls, the picture, and all that computes them anew in a browser.

It fetches nothing and runs only its own text: the document's content security policy names it by its digest. Where
scripts or WebAssembly are off, words stand in its place, and the report around it is whole.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup
from scipy.special import stdtrit

from sim.engine.rules import Rules, is_extended
from sim.experiment.comparison import DELIVERY, RESPONSE, Comparison
from sim.experiment.statistics import CONFIDENCE
from sim.live.bundle import bundled
from sim.live.engine_parts import engine_for
from sim.live.moves import Knob, Moves, NotLiveError, TooManyTogetherError
from sim.measures.metrics import metrics_of
from sim.policy.contract import Policy
from sim.scenario.schema import Scenario

FUTURES = 20
"""Simulated years that a live page lives through after each move, if the report has as many."""

MOST_BYTES = 400_000
"""Of the part as a whole; beyond it, mail programs and their readers lose patience."""

STATIC = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The content security policy of a document in which nothing runs."""

_HERE = Path(__file__).parent

_OF_THE_WORKER = ("machine", "figures", "statistics", "worker")
_OF_THE_PAGE = ("marks", "plot", "live")

_FAMILIES = {
    "next-sprint": "wait",
    "swap-in": "wait",
    "reserved-buffer": "room",
    "unplanned-ticket": "room",
    "developer-rotation": "duty",
    "team-rotation": "duty",
    "adaptive-rotation": "duty",
    "dedicated-team": "duty",
    "interrupt-anyone": "now",
    "cancel-sprint": "now",
    "kanban": "flow",
}
"""Which policies are drawn alike; one's own are drawn by themselves."""


class LivePart(NamedTuple):
    """What goes into a report."""

    html: Markup
    """an element to stand between its sections"""
    policy: str
    """the document's content security policy, which lets this run and nothing else"""


def live_part(
    result: Comparison,
    knobs: Sequence[Knob],
    command: str,
    focus: str | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> LivePart:
    """The live part of a report on a comparison; the same result and controls give the same text.

    Args:
        result: whose scenario, policies, seed and sets of assumptions it begins with.
        knobs: the controls.
        command: the line that computes the report, such as `firelane compare ours.toml`.
        focus: the label of the policy that the sentence is about at first; the reference if None.
        progress: called with the states of the scenario that are laid out, and how many there are to be.

    Raises:
        NotLiveError: where the scenario is of a kind that a page cannot compute, or too large for one.
        NoModuleError: naming the policy and the decision that cannot be part of the engine in a browser.
    """
    scenario, policies = result.scenario, result.policies
    _check(scenario)
    futures = min(FUTURES, result.replications)
    moves, left_out = _moves(scenario, policies, knobs, progress)
    engine = engine_for(policies, _kernels(moves, policies))
    found = _html(
        bundled(engine, moves, policies, futures),
        _about(result, moves.knobs, command, focus, futures) | {"left_out": left_out},
    )
    if len(found.html) > MOST_BYTES:
        raise NotLiveError(
            f"the live part would take {len(found.html) / 1000:,.0f} KB, and {MOST_BYTES / 1000:,.0f} KB are the most "
            "that is sent along: fewer policies, kinds of incidents or weeks take less"
        )
    return found


def words_instead(why: str) -> LivePart:
    """What stands in the place of a live part that there cannot be: why, in words."""
    told = Markup(
        '<p class="note">This report cannot be computed anew where it is opened: {}. It is whole without.</p>'
    )
    return LivePart(told.format(why), STATIC)


def _check(scenario: Scenario) -> None:
    if scenario.start is not None:
        raise NotLiveError(
            "the scenario begins with what is open today, which is not computed in a page yet"
        )
    if scenario.events:
        raise NotLiveError("the scenario names events, which are not computed in a page yet")


def _moves(
    scenario: Scenario,
    policies: Sequence[Policy],
    knobs: Sequence[Knob],
    progress: Callable[[int, int], None],
) -> tuple[Moves, list[str]]:
    """What the controls move; and the names of those that are left out, as too many move the same numbers."""
    left_out: list[str] = []
    while True:
        try:
            return Moves(scenario, policies, knobs, progress), left_out
        except TooManyTogetherError as error:
            without = {knob.key for knob in error.without}
            knobs = [knob for knob in knobs if knob.key not in without]
            left_out += [knob.label for knob in error.without]


def _kernels(moves: Moves, policies: Sequence[Policy]) -> set[bool]:
    """Which kernels the policies need, in any state: that with all rules, that with those which every organisation
    has, or both."""
    of_organisation = set(moves.values_of("world.rules", Rules.extended))
    if False not in of_organisation:
        return {True}
    return of_organisation | {False} | {is_extended(policy) for policy in policies}


# ---- what is told --------------------------------------------------------------------------------


def _about(
    result: Comparison, knobs: Sequence[Knob], command: str, focus: str | None, futures: int
) -> dict[str, Any]:
    reference = next((p.label for p in result.policies if p.id == "next-sprint"), result.labels[0])
    metrics = metrics_of(result.scenario)
    return {
        "policies": [
            {
                "label": policy.label,
                "title": _title(policy, result.policies),
                "family": _FAMILIES.get(policy.id, "own"),
                "set": policy.settings,
            }
            for policy in result.policies
        ],
        "knobs": [asdict(knob) for knob in knobs],
        "futures": futures,
        "seed": result.seed,
        "student": float(stdtrit(max(futures - 1, 1), (1 + CONFIDENCE) / 2)),
        "reference": result.labels.index(reference),
        "focus": result.labels.index(focus or reference),
        "unknown": _not_known(result, reference),
        "sets": 0 if result.input_sets is None else result.input_sets.sets,
        "command": command,
        "figures": [
            {"name": name, "label": metrics[name].label, "percent": metrics[name].percent}
            for name in _SHOWN
            if name in metrics
        ],
    }


_SHOWN = (
    "net_points_per_sprint", "points_per_sprint", "delivery_share", "say_do_ratio", "sprint_goals_met",
    "response_hours_fixed_mix", "response_hours_mean", "response_hours_p50", "response_hours_p90",
    "response_working_hours_mean", "response_sla", "resolution_hours_mean", "resolution_sla", "backlog_end",
    "interruptions_per_developer_week", "out_of_hours_calls_per_developer_month", "net_value_per_sprint",
)  # fmt: skip
"""The figures of the table, in its order."""


def _title(policy: Policy, others: Sequence[Policy]) -> str:
    title = policy.title or policy.id
    alike = [other for other in others if (other.title or other.id) == title]
    return title if len(alike) == 1 else f"{title} ({policy.label})"


def _not_known(result: Comparison, reference: str) -> list[list[tuple[float, float]]]:
    """Of each policy where it lies in each set of assumptions: hours until the answer, and points beside the
    reference's; nothing where no sets were drawn."""
    if result.input_sets is None:
        return []
    shared = result.in_sets(reference, DELIVERY)
    found = []
    for label in result.labels:
        hours, points = (result.in_sets(label, metric) for metric in (RESPONSE, DELIVERY))
        pairs = zip(hours.tolist(), (points - shared).tolist(), strict=True)
        found.append([(round(x, 3), round(y, 3)) for x, y in pairs if math.isfinite(x + y)])
    return found


# ---- the text ------------------------------------------------------------------------------------


def _html(packed: str, about: dict[str, Any]) -> LivePart:
    import jinja2  # a tenth of a second that other commands should not wait for

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sim.live"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    script = _joined(_OF_THE_PAGE)
    html = environment.get_template("live.html").render(
        packed=Markup(packed),
        worker=Markup(_joined(_OF_THE_WORKER)),
        script=Markup(script),
        about=Markup(_as_data(about)),
        style=Markup(_text("live.css")),
        futures=about["futures"],
        groups=_groups(about["knobs"]),
        left_out=about["left_out"],
        policies=about["policies"],
    )
    return LivePart(Markup(html), _security(script))


def _groups(knobs: Sequence[dict[str, Any]]) -> list[tuple[str, list[tuple[int, dict[str, Any]]]]]:
    """The controls under their headings."""
    found: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for number, knob in enumerate(knobs):
        found.setdefault(knob["group"], []).append((number, knob))
    return list(found.items())


def _as_data(about: dict[str, Any]) -> str:
    """JSON that no name in it can end early."""
    text = json.dumps(about, ensure_ascii=False, allow_nan=False, sort_keys=True)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _security(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}' 'wasm-unsafe-eval'; worker-src blob:; "
        "style-src 'unsafe-inline'; img-src data:"
    )


def _joined(names: Sequence[str]) -> str:
    return "\n".join(_text(f"{name}.js") for name in names)


@cache
def _text(name: str) -> str:
    return (_HERE / "static" / name).read_text("utf-8")
