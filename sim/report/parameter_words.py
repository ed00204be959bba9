"""How a policy's parameters are spoken of on a screen, and by which kind of control each is moved."""

from __future__ import annotations

from sim.policy.contract import Policy
from sim.policy.parameters import Parameter, Value, shown
from sim.report.control_rows import SEVERITIES, Choices, ControlKind, Row

SHORT = {
    "share": "Kept free",
    "quantile": "Is to cover, of sprints",
    "for_absence": "Also keep free for absence",
    "exempt_severity": "Interrupts at once, from",
    "interrupt_severity": "Interrupts at once, from",
    "least_severity": "Interrupts at once, from",
    "expedite_severity": "Goes first, from",
    "preempt": "Goes first at once",
    "preempt_severity": "May take people off lesser incidents, from",
    "swap_severity": "Is swapped in, from",
    "cancel_severity": "Cancels the sprint, from",
    "cancel_share": "Unplanned work that cancels",
    "wip_limit": "Begun at once by a person",
    "people": "People on duty",
    "fewest": "On duty, at least",
    "most": "On duty, at most",
    "useful": "Of their time, support fills",
    "debt_share": "For improvements while more are on duty",
    "limit": "Becomes a ticket of its own after",
    "quiet": "While it is quiet they do",
    "improvement_share": "Time for what lowers the load",
}
"""By the parameter's name, where it means the same in every policy."""

OF_ONE = {
    ("reserved-buffer", "sprints"): "Looks back at",
    ("developer-rotation", "sprints"): "A turn lasts",
    ("developer-rotation", "of_organisation"): "Taken from",
    ("team-rotation", "sprints"): "A turn lasts",
    ("unplanned-ticket", "share"): "The ticket holds",
    ("dedicated-team", "people"): "People in the support team",
}
"""By the policy and the parameter's name."""

SWITCHES: dict[str, Choices] = {
    "of_organisation": (("0", "each team"), ("1", "all together")),
}
"""Switches whose two ends have names; the others are on or off."""

ON_OR_OFF: Choices = (("0", "no"), ("1", "yes"))

ITEMS = ("wip_limit",)
"""Parameters that are counted in items, though their unit is a share of a person."""


def parameter_row(policy: str, title: str, key: str, name: str, parameter: Parameter) -> Row:
    """The row of a policy's parameter.

    Args:
        policy: the policy's id.
        title: its name, the group of the control.
        key: of the parameter in a scenario.
        name: of the parameter.
        parameter: what it can be set to.
    """
    label = OF_ONE.get((policy, name)) or SHORT.get(name) or name.replace("_", " ").capitalize()
    help = (parameter.about or "a parameter of this policy").capitalize() + "."
    if parameter.unit == "switch":
        kind: ControlKind = "choice" if name in SWITCHES else "toggle"
        return Row(key, label, help, "", kind, title, choices=SWITCHES.get(name, ON_OR_OFF))
    if parameter.unit == "severity":
        within = tuple(c for c in SEVERITIES if parameter.low <= float(c[0]) <= parameter.high)
        return Row(key, label, help, "", "choice", title, choices=within)
    if parameter.unit == "choice":
        spelt = tuple((one, one.replace("_", " ")) for one in parameter.choices)
        return Row(key, label, help, "", "choice", title, choices=spelt)
    if parameter.unit == "share" and name not in ITEMS:
        return Row(
            key, label, help, "share", "slider", title, parameter.low, parameter.high, step=0.01
        )
    unit, step = ("items", 0.25) if name in ITEMS else _stepped(parameter)
    most = min(parameter.high, 40.0)
    return Row(key, label, help, unit, "stepper", title, parameter.low, most, step)


def _stepped(parameter: Parameter) -> tuple[str, float]:
    return str(parameter.unit), 0.25 if parameter.unit == "hours" else 1


def spoken_parameter(policy: Policy, name: str, value: Value) -> str:
    """Say what a policy's parameter is set to, such as `Reserve: kept free 25 %`."""
    return f"{policy.title or policy.id}: {' '.join(told_parameter(policy, name, value))}"


def told_parameter(policy: Policy, name: str, value: Value) -> tuple[str, str]:
    """Return what people call a policy's parameter, and what it is set to: `kept free`, `25 %`."""
    title = policy.title or policy.id
    row = parameter_row(policy.id, title, name, name, policy.parameters[name])
    told = dict(row.choices).get(f"{value:g}" if isinstance(value, int | float) else value)
    if told is None and row.unit == "share":
        told = f"{100 * float(value):.0f} %"
    unit = "" if row.unit and row.unit in row.label.lower() else f" {row.unit}".rstrip()
    return row.label[:1].lower() + row.label[1:], told or f"{shown(value)}{unit}"
