"""What the organisation looks like: the scenario, as its TOML file states it.

Units are in the key names. Defaults cite `docs/evidence.md`, which gives each source.
Reading a file and wording its faults is `sim.scenario.reading`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from sim.errors import Fault, ScenarioError, quoted
from sim.scenario.agreement import (
    check_due,
    check_events,
    check_homes,
    check_people,
    check_season,
    check_start,
    check_time,
)
from sim.scenario.compositions import Composition
from sim.scenario.dated import Season, Start, WeeklyOrDaily
from sim.scenario.faults import from_validation
from sim.scenario.overrides import OverrideError, apply, as_change
from sim.scenario.parts import BelowError, Name, NotNegative, Positive, SchemaPart
from sim.scenario.paying import Paid, PaysFor
from sim.scenario.people_and_plans import (
    MAX_TEAMS,
    Interruptions,
    OnCall,
    People,
    Sprints,
    Stories,
    Team,
    Time,
)
from sim.scenario.ranges import Ends, Key, Range, range_of, still_unknown
from sim.scenario.unplanned_work import FirstLine, Improvement, IncidentKind, IncidentsFrom


class Money(SchemaPart):
    """What delivery is worth and the night costs; kinds of incidents say what they cost."""

    currency: Annotated[str, Field(min_length=1, max_length=8)] = "EUR"
    point_value: Annotated[Positive, Field(description="of a delivered point")]
    night_call: Annotated[NotNegative, Field(description="paid for each call at night")] = 0.0


class Lever(SchemaPart):
    """A named change that can be tried with `--lever`."""

    name: Name
    set: Annotated[dict[str, str | int | float | bool], Field(min_length=1)]
    pays_for: Annotated[
        PaysFor | None, Field(description="people whom a price pays, once the above is set")
    ] = None


def _is_written(table: Any) -> str:
    """Which of the two a policy's table is: one with rules is a policy of the scenario's own."""
    written = isinstance(table, Composition) or (isinstance(table, dict) and "rules" in table)
    return "composition" if written else "settings"


Settings = dict[str, int | float | str]

SetOrWritten = Annotated[
    Annotated[Settings, Tag("settings")] | Annotated[Composition, Tag("composition")],
    Discriminator(_is_written),
]

PolicyName = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\s:,=]+$")]


class Scenario(SchemaPart):
    """An organisation, its work and its interruptions."""

    name: Name
    about: Annotated[str, Field(description="the story and where the figures come from")] = ""
    time: Time = Time()
    teams: Annotated[list[Team], Field(min_length=1, max_length=MAX_TEAMS)]
    sprints: Sprints = Sprints()
    stories: Stories | None = None
    incidents: Annotated[list[IncidentKind], Field(min_length=1, max_length=200)]
    incidents_from: IncidentsFrom | None = None
    first_line: FirstLine = FirstLine()
    people: People = People()
    interruptions: Interruptions = Interruptions()
    on_call: OnCall = OnCall()
    season: Annotated[
        WeeklyOrDaily,
        Field(description="when more or less comes in: 52 factors, or days and their factor"),
    ] = []
    start: Annotated[Start | None, Field(description="where things stand today")] = None
    events: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=200)]],
        Field(max_length=1_000, description='such as "week 3: 2 of Checkout away"'),
    ] = []
    improvements: Annotated[
        list[Improvement], Field(max_length=200, description="in the order they are taken up")
    ] = []
    policies: Annotated[
        dict[PolicyName, SetOrWritten],
        Field(
            description="what this organisation would set the policies' parameters to; and policies "
            "of its own, by rules"
        ),
    ] = {}
    money: Annotated[
        Money | None,
        Field(description="with it, policies are compared by net value", validate_default=True),
    ] = None
    levers: Annotated[list[Lever], Field(max_length=200)] = []
    ranges: Annotated[
        dict[Key, Ends],
        Field(max_length=100, description="how far off keys may be, a low and a high end each"),
    ] = {}

    _folder: Path = PrivateAttr(default=Path())
    _log_named: str = PrivateAttr(default="")
    _paid: tuple[Paid, ...] = PrivateAttr(default=())

    @field_validator("teams")
    @classmethod
    def _teams_differ(cls, teams: list[Team], info: ValidationInfo) -> list[Team]:
        _reject_repeats("name", [team.name for team in teams])
        check_time(teams, info.data.get("time"))
        if not any(team.incident_share for team in teams):
            raise ValueError("at least one team needs an incident_share of more than 0")
        return teams

    @field_validator("incidents")
    @classmethod
    def _kinds_differ(cls, kinds: list[IncidentKind], info: ValidationInfo) -> list[IncidentKind]:
        names = [kind.kind for kind in kinds]
        _reject_repeats("kind", names)
        check_due(kinds, info.data.get("time"))
        check_homes(kinds, info.data.get("teams"))
        stories = info.data.get("stories")
        wanted = stories.regression_kind if stories else None
        if wanted is not None and wanted not in names:
            raise ValueError(
                f"stories.regression_kind names '{wanted}', which is no kind here ({', '.join(names)})"
            )
        return kinds

    @field_validator("incidents_from")
    @classmethod
    def _takes_the_place_of_rates(
        cls, source: IncidentsFrom | None, info: ValidationInfo
    ) -> IncidentsFrom | None:
        kinds = info.data.get("incidents", [])
        for key, why in _OF_A_LOG.items():
            said = [kind.kind for kind in kinds if getattr(kind, key)]
            if source is not None and said:
                raise ValueError(f"{why}; leave out {key} of {', '.join(said)}")
        return source

    @field_validator("people")
    @classmethod
    def _people_fit(cls, people: People, info: ValidationInfo) -> People:
        check_people(people, info.data.get("teams"), info.data.get("time"))
        return people

    @field_validator("season")
    @classmethod
    def _season_fits(
        cls, season: list[float] | list[Season], info: ValidationInfo
    ) -> list[float] | list[Season]:
        replayed = info.data.get("incidents_from") is not None
        check_season(season, info.data.get("incidents"), replayed)
        return season

    @field_validator("start")
    @classmethod
    def _start_fits(cls, start: Start | None, info: ValidationInfo) -> Start | None:
        if start is not None:
            known = (info.data.get(name) for name in ("time", "teams", "incidents", "stories"))
            check_start(start, *known)
        return start

    @field_validator("events")
    @classmethod
    def _events_fit(cls, events: list[str], info: ValidationInfo) -> list[str]:
        known = ("time", "teams", "incidents", "start")
        check_events(events, *(info.data.get(name) for name in known))
        return events

    @field_validator("improvements")
    @classmethod
    def _improve_known_kinds(
        cls, improvements: list[Improvement], info: ValidationInfo
    ) -> list[Improvement]:
        _reject_repeats("name", [entry.name for entry in improvements])
        kinds = [kind.kind for kind in info.data.get("incidents", [])]
        for entry in improvements:
            for kind in entry.reduces:
                if kinds and kind not in kinds:
                    raise ValueError(
                        f"'{entry.name}' reduces '{kind}', which is no kind here ({', '.join(kinds)})"
                    )
        return improvements

    @field_validator("policies")
    @classmethod
    def _suit_the_organisation(
        cls, policies: dict[str, Settings | Composition], info: ValidationInfo
    ) -> dict[str, Settings | Composition]:
        kinds = [kind.kind for kind in info.data.get("incidents", [])]
        sizes = [team.developers for team in info.data.get("teams", [])]
        for name, policy in policies.items():
            if isinstance(policy, Composition):
                _check_kinds(name, policy, kinds)
                _check_duty(name, policy, sizes)
        return policies

    @field_validator("money")
    @classmethod
    def _costs_need_a_value(cls, money: Money | None, info: ValidationInfo) -> Money | None:
        kinds = info.data.get("incidents", [])
        costly = [kind.kind for kind in kinds if kind.cost_per_open_hour or kind.penalty]
        if money is None and costly:
            raise ValueError(
                f"is required, with the point_value, where incidents cost money ({', '.join(costly)})"
            )
        return money

    @field_validator("levers")
    @classmethod
    def _levers_differ(cls, levers: list[Lever], info: ValidationInfo) -> list[Lever]:
        _reject_repeats("name", [lever.name for lever in levers])
        kinds = [kind.kind for kind in info.data.get("incidents", [])]
        for lever in levers:
            for kind in lever.pays_for.kinds if lever.pays_for and kinds else ():
                if kind not in kinds:
                    raise BelowError(
                        f"{quoted(lever.name)}.pays_for.kinds",
                        f"names '{kind}', which is no kind here ({', '.join(kinds)})",
                    )
        return levers

    @field_validator("ranges")
    @classmethod
    def _are_ranges(cls, ranges: dict[str, Ends]) -> dict[str, Ends]:
        for key, ends in ranges.items():
            try:
                range_of(key, ends)
            except ValueError as error:
                raise BelowError(quoted(key), str(error)) from None
        return ranges

    def in_folder(self, folder: Path, log_named: str = "") -> Scenario:
        """The same scenario with its log looked for in `folder`.

        Args:
            folder: where the scenario's file lies.
            log_named: a log that the one at the keyboard named, and that may lie anywhere.
        """
        copy = self.model_copy()
        copy._folder, copy._log_named = folder, log_named
        return copy

    def beside(self, other: Scenario) -> Scenario:
        """The same scenario with its log looked for where that of the other is."""
        return self.in_folder(other._folder, other._log_named)

    def having_paid(self, paid: Sequence[Paid]) -> Scenario:
        """The same scenario, which says what the prices of pulled levers pay for."""
        copy = self.model_copy()
        copy._paid = tuple(paid)
        return copy

    @property
    def paid(self) -> tuple[Paid, ...]:
        """What the prices of the levers pay for that were pulled to come here."""
        return self._paid

    def priced(self, amount: float) -> str:
        """An amount of money in words, such as `EUR 124,800`."""
        return f"{self.money.currency + ' ' if self.money else ''}{amount:,.0f}"

    def __repr__(self) -> str:
        teams = ", ".join(f"{team.name} {team.developers}" for team in self.teams[:5])
        more = f" and {len(self.teams) - 5} more" if len(self.teams) > 5 else ""
        return (
            f"Scenario({self.name}: teams {teams}{more}; {len(self.incidents)} kinds of incidents, "
            f"{self.time.horizon_weeks} weeks)"
        )[:499]

    __str__ = __repr__

    def _repr_html_(self) -> str:
        kinds = "".join(
            f"<tr><th>{escape(kind.kind)}</th><td>{kind.severity}</td><td>{kind.per_week:g}</td></tr>"
            for kind in self.incidents
        )
        heads = "<tr><th>kind of incidents</th><th>severity</th><th>a week</th></tr>"
        return f"<p>{escape(repr(self))}</p><table>{heads}{kinds}</table>"

    def changed(self, changes: Mapping[str, object]) -> Scenario:
        """Return the same scenario with some keys set, as `--set` on the command line does.

        ```python
        scenario.changed({"people.unfamiliarity": 1.4, "incidents.*.per_week": "*1.3"})
        ```

        Args:
            changes: of each key what it is set to: a number (NumPy's, too), a text, a truth value, a list or a table; a
                text that begins with `*` or `+` is relative to what is there.

        Raises:
            ScenarioError: listing every change that cannot be made, and every fault that one causes.
        """
        table = self.model_dump(by_alias=True)
        said, faults = [], []
        for key, value in changes.items():
            try:
                said.append(f"{key}={as_change(value)}")
                apply(said[-1], table)
            except OverrideError as why:
                faults.append(Fault(key, str(why).removeprefix(f"--set {key}").lstrip("=: ")))
        if faults:
            raise ScenarioError(self.name, faults)
        table["ranges"] = still_unknown(self.ranges, said)
        return _validated(table, self.name).beside(self).having_paid(self.paid)

    def model_copy(
        self, *, update: Mapping[str, Any] | None = None, deep: bool = False
    ) -> Scenario:
        """Return a copy; what is put in another's place is checked as a file is.

        Raises:
            ScenarioError: listing every fault that the update causes.
        """
        copied = super().model_copy(update=update, deep=deep)
        if update:
            fields = type(self).model_fields.items()
            table = {info.alias or name: getattr(copied, name) for name, info in fields}
            _validated(table, self.name)
        return copied

    def to_toml(self) -> str:
        """Return the TOML text of a file that `sim.load` reads back as the same scenario.

        A recorded log that is replayed is named in it, and stays where it is.
        """
        import tomli_w  # of little use to whoever only reads

        return tomli_w.dumps(self.model_dump(by_alias=True, exclude_none=True))

    @property
    def inputs(self) -> list[Range]:
        """What of the scenario is not known for sure, and how far off it may be."""
        return [range_of(key, ends) for key, ends in self.ranges.items()]

    @property
    def folder(self) -> Path:
        """The folder in which a log of the scenario is looked for."""
        return self._folder

    @property
    def log_path(self) -> Path | None:
        """The path of the recorded log; None where there is none."""
        return self._folder / self.incidents_from.file if self.incidents_from else None

    @property
    def log_is_named(self) -> bool:
        """Whether the one at the keyboard named the log, and not the scenario's file alone."""
        return self.incidents_from is not None and self.incidents_from.file == self._log_named

    @property
    def developers(self) -> int:
        """The headcount of all teams with those who join, the same under every policy."""
        joining = sum(entry.people for entry in self.people.joining)
        return sum(team.developers for team in self.teams) + joining

    @property
    def improvements_one_by_one(self) -> list[Improvement]:
        """The improvements in the order they are taken up, each as often as it is to be done."""
        return [entry for entry in self.improvements for _ in range(entry.count)]

    @property
    def seasons(self) -> list[Season]:
        """The days on which more or less comes in, where the season is told by days."""
        return [part for part in self.season if isinstance(part, Season)]

    @property
    def weekly_season(self) -> list[float]:
        """The factors of the weeks of a year, where the season is told by weeks."""
        return [part for part in self.season if not isinstance(part, Season)]

    @property
    def steady_state(self) -> bool:
        """Whether figures are meant for the long run, after a warm-up."""
        return self.time.warmup_weeks > 0


def _validated(table: dict[str, Any], source: str) -> Scenario:
    try:
        return Scenario.model_validate(table)
    except ValidationError as error:
        raise ScenarioError(source, from_validation(error, Scenario, table)) from None


_OF_A_LOG = {
    "per_week": "takes the place of random arrivals",
    "trend_per_year": "has no trend but its own",
    "team": "names the team of each incident",
}
"""Keys of kinds that a log that is replayed leaves nothing to say, and why."""


def _check_kinds(name: str, policy: Composition, kinds: Sequence[str]) -> None:
    for number, rule in enumerate(policy.rules):
        for kind in rule.kind or ():
            if kinds and kind not in kinds:
                raise BelowError(
                    f"{name}.rules.{number}.kind",
                    f"names '{kind}', which is no kind here ({', '.join(kinds)})",
                )


def _check_duty(name: str, policy: Composition, sizes: Sequence[int]) -> None:
    duty = policy.duty
    if duty is None or duty.of == "teams" or not sizes:
        return
    whole = min(sizes) if duty.of == "team" else sum(sizes)
    for key, people in (("people", duty.people), ("most", duty.most or 0)):
        if people > whole:
            of = "the smallest team" if duty.of == "team" else "the organisation"
            raise BelowError(
                f"{name}.duty.{key}", f"must be at most {whole}, as {of} has no more (got {people})"
            )


def _reject_repeats(key: str, names: Sequence[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"every {key} must differ (twice: {', '.join(twice)})")
