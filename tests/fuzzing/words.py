"""What is typed after an option: a change, a promise or question, a policy, what an export means."""

from __future__ import annotations

from sim.calibrate.asking import asked
from sim.errors import ScenarioError
from sim.policy.parameters import PolicyError
from sim.policy.registry import chosen_policies, find_policy, known_policies
from sim.scenario.overrides import OverrideError, apply
from sim.scenario.reading import bundled, changed, load
from sim.search.axis import Axis
from sim.search.goal import Constraint, FigureName
from sim.search.question import QuestionError
from sim.search.sensitivity import Input
from tests.fuzzing.watch import told

SCENARIO = load(bundled()["small_product"])


def text_of(content: bytes) -> str:
    """As the command line gets it: bytes that are no text come as lone surrogates."""
    return content.decode("utf-8", "surrogateescape")


def take_change(content: bytes) -> None:
    """`--set`."""
    change = text_of(content)
    try:
        apply(change, SCENARIO.model_dump(by_alias=True))
        changed(SCENARIO, [change])
    except (OverrideError, ScenarioError) as error:
        told(error)


def take_question(content: bytes) -> None:
    """`--require`, `--maximise`, `--over`, `--input`."""
    text = text_of(content)
    for reads in (Constraint.parse, FigureName.parse):
        try:
            reads(text)
        except QuestionError as error:
            told(error)
    try:
        axis = Axis.parse(text)
        axis.numbers()
        if axis.key == "teams":
            axis.at(SCENARIO, 0)
    except (QuestionError, ScenarioError) as error:
        told(error)
    try:
        Input.parse(text).between(0.5)
    except QuestionError as error:
        told(error)


def take_policy(content: bytes) -> None:
    """`--policy`."""
    text = text_of(content)
    try:
        find_policy(text).record()
        chosen_policies(SCENARIO, [text])
    except PolicyError as error:
        told(error)


def take_meaning(content: bytes) -> None:
    """`firelane calibrate`'s options, one a line."""
    lines = [*text_of(content).split("\n"), *[""] * 9][:9]
    given = [line or None for line in lines]
    try:
        asked(
            format_=given[0],
            columns=given[1],
            map_=[given[2]] if given[2] else None,
            kinds=[given[3]] if given[3] else None,
            timezone=given[4],
            holidays=given[5],
            hours=given[6] or "9-17",
            groups=given[7],
            teams=given[8],
        )
    except ScenarioError as error:
        told(error)


def changes() -> list[bytes]:
    """Changes as the documents have them."""
    return _lines(
        "time.horizon_weeks=26",
        "teams.*.developers=+1",
        "incidents.*.per_week=*1.5",
        'incidents."data fix".per_week=3',
        "policies.kanban.wip_limit=1.5",
        'incidents.0.effort_hours={ dist = "lognormal", median = 2, p90 = 9 }',
        f"teams.*.developers=*{'9' * 400}",
        f"time.horizon_weeks={'9' * 5_000}",
    )


def questions() -> list[bytes]:
    """Promises, figures, axes and inputs as the documents have them."""
    return _lines(
        "response_sla >= 0.9",
        "response_hours_p90[severity=1] <= 2",
        "response_sla[kind=production outage] >= 90%",
        "people.unfamiliarity=1:2:11",
        "incidents.*.per_week=*0.5:*2:7",
        "teams=1,2,3",
        "teams=99999999999",
        "people.sick_share=0.01:0.05",
    )


def policies() -> list[bytes]:
    """Every policy, with its parameters where it has any."""
    return _lines(
        *(
            f"{policy.id}:" + ",".join(f"{name}={value}" for name, value in policy.values.items())
            for policy in known_policies().values()
        ),
        "kanban",
        "kanban:self=1",
    )


def meanings() -> list[bytes]:
    """Options together, and one by one."""
    return _lines(
        "jira\nopened=Created,severity=Prio\nHighest=1\noutage=db|net\nEurope/Madrid\n2026-12-25,"
        "2027-01-01\n8-16.5\nRed,Blue\nRed=3,Blue=4",
        "\n\ndates=month-first\ncategory\n\nnone",
        f"\n\n\n\n\n\n\n\nRed={'9' * 5_000}",
    )


def _lines(*texts: str) -> list[bytes]:
    return [text.encode() for text in texts]
