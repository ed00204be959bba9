"""Who there is: teams from sprint data, stories or tickets, their people, and whose tickets are whose.

Groups of one system and teams of another are the same only where their names say so. A number is no name: group
23 of a service desk is not board 23 of a planning tool.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.calibrate.delivery import Delivery
from sim.calibrate.figures import Figure
from sim.files.delimited import refuse
from sim.sampling.calendars import WEEK
from sim.scenario.people_and_plans import MAX_TEAMS

MAX_GROUPS = 12
"""Groups of tickets that become teams of their own; the rest are one more, and that is said."""

REGULAR = 0.25
"""Share of the weeks in which a team's work shows somebody, from which they count as of the team."""

ASSUMED_PEOPLE = 7
"""Of a team of which nobody is named (docs/evidence.md, A8)."""

OTHERS = "Other groups"

SHOWN = 6
"""Groups that are told one by one."""

_EMPTY_WORDS = frozenset(
    ["team", "squad", "group", "board", "the", "equipo", "equipe", "gruppe", "scrum"]
)


@dataclass(frozen=True)
class TeamFit:
    """The fitted figures of one `[[teams]]` entry."""

    name: str
    developers: Figure
    incident_share: float


@dataclass(frozen=True)
class Teams:
    """The teams, and how they came about."""

    teams: list[TeamFit]
    words: list[str] = field(default_factory=list)


def found(
    incidents: pd.DataFrame,
    stories: pd.DataFrame,
    delivery: Delivery | None,
    given: Mapping[str, int],
    match: Mapping[str, str],
    first_line: Sequence[str],
) -> Teams:
    """Return the teams: as given, else of the sprint data, of the stories, or of the tickets.

    Args:
        incidents: with group and person.
        stories: the same.
        delivery: what sprint data tells.
        given: team: head count, as the user says.
        match: group of the tickets: team, as the user says.
        first_line: groups that are no developers.

    Raises:
        ScenarioError: where a group or team that the user matches is not there.
    """
    groups = _counted(incidents, first_line)
    planning, where = _planning_teams(stories, delivery, given)
    names = planning or [name for name, _ in groups.most_common()]
    _check_match(match, groups, names)
    home, how = _homes(
        groups, names, match, _own_numbers(incidents, stories, delivery), bool(planning)
    )
    names, home, merged = _few_enough(names, home, groups, bool(planning))
    if not names:
        names = ["Team"]
    people = _people(incidents, stories, names, home, first_line)
    sizes = [_size(name, people, delivery, given) for name in names]
    shares = _shares(names, groups, home, sizes)
    teams = [TeamFit(*one) for one in zip(names, sizes, shares, strict=True)]
    return Teams(teams, [*_words(where, groups, home, how, bool(planning)), *merged])


def _counted(incidents: pd.DataFrame, first_line: Sequence[str]) -> Counter[str]:
    if not len(incidents):
        return Counter()
    counts = incidents["group"].value_counts()
    ordered = sorted(
        ((int(n), str(name)) for name, n in counts.items()), key=lambda p: (-p[0], p[1])
    )
    return Counter({name: n for n, name in ordered if name and name not in first_line and n})


def _planning_teams(
    stories: pd.DataFrame, delivery: Delivery | None, given: Mapping[str, int]
) -> tuple[list[str], str]:
    """Return the teams that are told by other things than tickets, and by what; none where nothing tells."""
    if given:
        return list(given), "as given"
    boards = [board_name(board) for board in delivery.board_names] if delivery else []
    if len(boards) > 1 or (boards and boards != ["Team"]):
        return list(dict.fromkeys(boards)), "the boards of the sprint data"
    if len(stories):
        counts = stories["group"].value_counts()
        groups = sorted(str(name) for name, n in counts.items() if name and n)
        if groups:
            return groups, "the teams or projects of the stories"
    return [], "the groups of the tickets"


def board_name(board: object) -> str:
    """Return what a board of the sprint data is called; a number is no name."""
    text = str(board).strip()
    return f"Board {text}" if text.isdigit() else text or "Team"


def _own_numbers(
    incidents: pd.DataFrame, stories: pd.DataFrame, delivery: Delivery | None
) -> frozenset[str]:
    """Return the names that mean the same in tickets and stories, as one export has both."""
    if (delivery is not None and delivery.board_names) or not (len(incidents) and len(stories)):
        return frozenset()
    pairs = [
        set(zip(table["file"], table["group"].astype(str), strict=True))
        for table in (incidents, stories)
    ]
    return frozenset(name for _, name in pairs[0] & pairs[1])


def _homes(
    groups: Counter[str],
    names: Sequence[str],
    match: Mapping[str, str],
    own: frozenset[str],
    planned: bool,
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the team of each group that has one, and how it was found."""
    if not planned:
        return {name: match.get(name, name) for name in groups}, {}
    by_words = {_essence(name): name for name in names}
    home, how = {}, {}
    for group in groups:
        if group in match:
            home[group], how[group] = match[group], "as given"
        elif group in names and (group in own or not _is_number(group)):
            home[group], how[group] = group, "by its name"
        elif not _is_number(group) and _essence(group) and _essence(group) in by_words:
            home[group], how[group] = by_words[_essence(group)], "by its name"
    return home, how


def _is_number(name: str) -> bool:
    return re.sub(r"[\W_]", "", name).isdigit()


def _essence(name: str) -> str:
    """Return what is left of a name without words such as "team"; empty for one that is a number."""
    words = [word for word in re.findall(r"[^\W_]+", name.casefold()) if word not in _EMPTY_WORDS]
    return "" if all(word.isdigit() for word in words) else " ".join(words)


def _check_match(match: Mapping[str, str], groups: Counter[str], names: Sequence[str]) -> None:
    for group, team in match.items():
        if group not in groups:
            refuse(
                f"--match {group}={team}",
                f"no such group of tickets; known are {', '.join(list(groups)[:12]) or 'none'}",
            )
        if team not in names:
            refuse(
                f"--match {group}={team}", f"no such team; known are {', '.join(list(names)[:12])}"
            )


def _few_enough(
    names: list[str], home: dict[str, str], groups: Counter[str], planned: bool
) -> tuple[list[str], dict[str, str], list[str]]:
    """Return no more teams than a scenario may have, and of groups only the largest; and what was merged."""
    names = list(dict.fromkeys(home.get(name, name) for name in names)) if not planned else names
    most = MAX_TEAMS - 1 if planned else MAX_GROUPS
    if len(names) <= most + (1 if planned else 0):
        return names, home, []
    if not planned:
        size = Counter[str]()
        for group, count in groups.items():
            size[home[group]] += count
        names = sorted(names, key=lambda name: (-size[name], name))
    kept, rest = names[:most], names[most:]
    home = {group: team if team in kept else OTHERS for group, team in home.items()}
    tickets = sum(count for group, count in groups.items() if home.get(group) == OTHERS)
    text = f"{len(rest)} more groups with {tickets:,} tickets are one team, {OTHERS!r}: {', '.join(rest[:SHOWN])}"
    return [*kept, OTHERS], home, [text + (", …" if len(rest) > SHOWN else "")]


def _people(
    incidents: pd.DataFrame,
    stories: pd.DataFrame,
    names: Sequence[str],
    home: Mapping[str, str],
    first_line: Sequence[str],
) -> dict[str, tuple[int, int]]:
    """Return for each team how many people are seen in REGULAR of its weeks, and how many are seen at all.

    Everybody counts once, in the team where they are seen most.
    """
    seen = _sightings(incidents, stories, names, home, first_line)
    if not len(seen):
        return {}
    weeks = seen.groupby(["team", "person"], observed=True)["week"].nunique()
    mine = weeks.reset_index().sort_values(
        ["person", "week", "team"], ascending=[True, False, True]
    )
    mine = mine.drop_duplicates("person")
    of_team = seen.groupby("team", observed=True)["week"].nunique()
    regular = mine["week"].to_numpy() >= np.maximum(
        REGULAR * of_team.reindex(mine["team"]).to_numpy(), 1
    )
    total, usual = mine["team"].value_counts(), mine["team"][regular].value_counts()
    return {team: (int(usual.get(team, 0)), int(total[team])) for team in total.index}


def _sightings(
    incidents: pd.DataFrame,
    stories: pd.DataFrame,
    names: Sequence[str],
    home: Mapping[str, str],
    first_line: Sequence[str],
) -> pd.DataFrame:
    """Return team, person and week, a row for each beginning and end of work that somebody had."""
    rows = []
    alone = names[0] if len(names) == 1 else ""
    for table in (incidents, stories):
        if not len(table):
            continue
        part = table[(table["person"] != "") & ~table["group"].isin(first_line)]
        group = part["group"].astype(str)
        team = group.map({"": alone, **dict(zip(names, names, strict=True)), **home}).fillna("")
        for moment in ("opened", "resolved"):
            week = np.floor(part[moment].to_numpy(dtype=float) / WEEK)
            rows.append(
                pd.DataFrame(
                    {
                        "team": team.to_numpy(),
                        "person": part["person"].astype(str).to_numpy(),
                        "week": week,
                    }
                )
            )
    if not rows:
        return pd.DataFrame()
    seen = pd.concat(rows, ignore_index=True)
    return seen[(seen["team"] != "") & seen["week"].notna()]


def _size(
    name: str,
    people: Mapping[str, tuple[int, int]],
    delivery: Delivery | None,
    given: Mapping[str, int],
) -> Figure:
    if name in given:
        return Figure(given[name], source="as given")
    if delivery is not None:
        boards = {board_name(board): count for board, count in delivery.people.items()}
        if name in boards:
            text = "people seen on issues in the board's median sprint: no capacity"
            return Figure(max(round(float(boards[name])), 1), count=delivery.sprints, source=text)
    regular, seen = people.get(name, (0, 0))
    if not regular:
        text = f"{seen} people seen, none regularly" if seen else "no export names anybody of it"
        return Figure(ASSUMED_PEOPLE, source=f"{text}; --teams NAME=N says it", assumed=True)
    text = (
        f"of {seen} people seen on its tickets and stories in all files, those there in {REGULAR:.0%} of the weeks; "
        "whether they do other work is not known"
    )
    return Figure(regular, count=seen, source=text)


def _shares(
    names: Sequence[str], groups: Counter[str], home: Mapping[str, str], sizes: Sequence[Figure]
) -> list[float]:
    """Return the weight of each team as home of tickets: its groups' tickets, and those of no team by heads."""
    own = {
        name: sum(count for group, count in groups.items() if home.get(group) == name)
        for name in names
    }
    if not any(own.values()):
        return [1.0] * len(names)
    homeless = sum(count for group, count in groups.items() if group not in home)
    heads = sum(size.value for size in sizes)
    return [
        own[name] + homeless * size.value / heads for name, size in zip(names, sizes, strict=True)
    ]


def _words(
    where: str, groups: Counter[str], home: Mapping[str, str], how: Mapping[str, str], planned: bool
) -> list[str]:
    """Say which groups there are and what became of them."""
    if not groups:
        return (
            [f"Teams are {where}; no ticket names a group, so they are dealt out evenly."]
            if planned
            else []
        )
    told = [
        f"{group} ({count:,})"
        + (
            f" → {home[group]}, {how[group]}"
            if group in how
            else ""
            if not planned
            else " → no team"
        )
        for group, count in list(groups.items())[:SHOWN]
    ]
    more = f" and {len(groups) - SHOWN} more" if len(groups) > SHOWN else ""
    text = f"Teams are {where}. Groups of the tickets: {'; '.join(told)}{more}."
    homeless = sum(count for group, count in groups.items() if group not in home)
    if homeless:
        text += f" {homeless:,} tickets of groups that are no team here are dealt out by heads."
    return [text + (" --match GROUP=TEAM corrects it." if planned else "")]
