"""Reading a scenario file, with its overrides, and finding those that ship with the program."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.errors import Fault, ScenarioError, nearest, quoted
from sim.scenario.faults import from_validation
from sim.scenario.log_file import log_content
from sim.scenario.of_result import is_result, scenario_text
from sim.scenario.overrides import OverrideError, apply, key_of, parts_of, value_of
from sim.scenario.paying import Paid, PaysFor
from sim.scenario.people_and_plans import MAX_DEVELOPERS, Team
from sim.scenario.ranges import still_unknown
from sim.scenario.schema import Lever, Scenario
from sim.scenario.size import cost_of_too_much
from sim.scenario.toml_text import TomlError, parsed
from sim.scenario.unplanned_work import LOG

MAX_FILE_BYTES = 1 << 20
"""Bytes a scenario file may have; a real one has a few thousand."""


def load(
    path: str | Path,
    overrides: Iterable[str] = (),
    levers: Iterable[str] = (),
    events: Iterable[str] = (),
) -> Scenario:
    """Read a scenario file, one that ships by its name, or that of a result (`compare --json`), then apply `overrides` (`key=value`) and its
    `levers` by name, and let `events` happen beside its own: half of the incidents is half of what was set. Of a lever with a price, what it sets
    comes first, then the people whom that pays. A log that an override names may lie anywhere, one that the
    file names below its folder.

    Raises:
        ScenarioError: listing every fault of the file, or of the changed scenario.
    """
    path, overrides, levers = find(path), list(overrides), list(levers)
    text = scenario_text(path) if is_result(path) else _read(path)
    scenario = from_text(text, str(path))
    _check_ranges(scenario, str(path))
    pulled = lever_changes(scenario, levers, str(path))
    if overrides or pulled:
        scenario = _with_changes(scenario, overrides, levers, str(path))
    scenario = with_events(scenario, list(events), str(path))
    source = scenario.incidents_from
    named = source is not None and sets_log(overrides) and not sets_log(pulled)
    return scenario.in_folder(path.absolute().parent, source.file if source and named else "")


def with_events(scenario: Scenario, events: list[str], source: str) -> Scenario:
    """The same scenario in which more happens.

    Raises:
        ScenarioError: for an event that cannot be read or is not known.
    """
    if not events:
        return scenario
    table = scenario.model_dump(by_alias=True)
    table["events"] += events
    return from_table(table, source).having_paid(scenario.paid)


def sets_log(changes: Iterable[str]) -> bool:
    """Whether one of some `key=value` changes says which log is replayed."""
    return any(parts_of(key_of(change))[0] in (LOG, "*") for change in changes)


def from_table(table: dict[str, Any], source: str = "scenario") -> Scenario:
    """Validate a scenario given as nested dictionaries, as `tomllib` returns them.

    Raises:
        ScenarioError: listing every fault.
    """
    try:
        return Scenario.model_validate(table)
    except ValidationError as error:
        faults = from_validation(error, Scenario, table)
        raise ScenarioError(source, [*faults, *cost_of_too_much(table)]) from None


def digest(scenario: Scenario) -> str:
    """The SHA-256 of what a scenario says: overrides and recorded log included, comments not."""
    meaning = json.dumps(scenario.model_dump(mode="json", by_alias=True), sort_keys=True).encode()
    return hashlib.sha256(meaning + log_content(scenario)).hexdigest()


FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
"""Where those lie that ship: beside this package, never in the working folder."""


def bundled() -> dict[str, Path]:
    """The scenarios that ship with the program, by file name without its ending."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}


def find(named: str | Path) -> Path:
    """Find the file of a scenario. One that ships goes by its name (`web_agency`, `web_agency.toml`
    or `scenarios/web_agency.toml`) from any folder that has no such file of its own."""
    path = Path(named)
    if path.parent not in (Path(), Path("scenarios")) or path.suffix not in ("", ".toml"):
        return path
    own = os.path.exists(path) and not os.path.isdir(path)
    return path if own else bundled().get(path.stem, path)


def as_typed(path: Path) -> str:
    """The shortest text that names a scenario's file in the working folder: one that ships goes by
    its name."""
    if path.parent == FOLDER and find(path.stem) == path:
        return path.stem
    try:
        named = min(os.path.relpath(path), str(path), key=len)
    except ValueError:  # on another drive
        named = str(path)
    return os.path.join(os.curdir, named) if named.startswith("-") else named


def changed(scenario: Scenario, changes: Iterable[str], levers: Iterable[str] = ()) -> Scenario:
    """The same scenario with some `key=value` changes, as `--set` makes them, then with levers pulled.

    Raises:
        ScenarioError: listing every change that cannot be made, and every fault that one causes.
    """
    return _with_changes(scenario, changes, levers, scenario.name).beside(scenario)


def _with_changes(
    scenario: Scenario, changes: Iterable[str], levers: Iterable[str], source: str
) -> Scenario:
    table, changes = scenario.model_dump(by_alias=True), list(changes)
    faults = _apply(changes, table)
    known = changes
    paid = []
    for lever in _named(scenario, levers, source):
        faults += _apply(_sets(lever), table)
        known = [*known, *_sets(lever)]
        if lever.pays_for is not None and not faults:
            paid.append(_let_pay(lever, lever.pays_for, table, source))
    if faults:
        raise ScenarioError(source, faults)
    table["ranges"] = still_unknown(scenario.ranges, known)
    return from_table(table, source).having_paid(paid)


def with_inputs(scenario: Scenario, shares: Sequence[float]) -> Scenario:
    """The same scenario with its inputs elsewhere in their ranges, which it then has no more.

    Args:
        scenario: which has `[ranges]`.
        shares: of each of its inputs, in their order, from 0 (the low end) to 1.

    Raises:
        ScenarioError: where it cannot be so.
    """
    moves = [own.change(share) for own, share in zip(scenario.inputs, shares, strict=True)]
    return _moved(scenario, moves, scenario.name).beside(scenario)


def _moved(scenario: Scenario, moves: Iterable[str], source: str) -> Scenario:
    table = scenario.model_dump(by_alias=True)
    faults = _apply(moves, table)
    if faults:
        raise ScenarioError(source, faults)
    table["ranges"] = {}
    return from_table(table, source)


def _check_ranges(scenario: Scenario, source: str) -> None:
    """Check that every input can be at both ends of its range.

    Raises:
        ScenarioError: naming each of which that is not so, and why.
    """
    ends = [[own.change(share) for own in scenario.inputs] for share in (0, 1)]
    try:
        for moves in filter(None, ends):
            _moved(scenario, moves, source)
    except ScenarioError:
        faults = [fault for moves in ends for move in moves for fault in _against(scenario, move)]
        if faults:
            raise ScenarioError(source, faults) from None


def _against(scenario: Scenario, move: str) -> list[Fault]:
    """What stands against one end of a range."""
    try:
        _moved(scenario, [move], scenario.name)
    except ScenarioError as error:
        key = f"ranges.{quoted(key_of(move))}"
        why = str(error.faults[0]).removeprefix("--set ")
        return [Fault(key, f"cannot be {value_of(move)}: {why}")]
    return []


def _apply(changes: Iterable[str], table: dict[str, Any]) -> list[Fault]:
    """Make changes in a complete scenario table, and return those that cannot be made."""
    faults = []
    for change in changes:
        try:
            apply(change, table)
        except OverrideError as error:
            faults.append(Fault("", str(error)))
    return faults


def _let_pay(lever: Lever, price: PaysFor, table: dict[str, Any], source: str) -> Paid:
    """Add the people whom a lever's price pays to their team, in a complete scenario table in which the lever
    has set what it sets.

    Raises:
        ScenarioError: where it pays for nobody in a new team, or a log is replayed; and listing every fault
            of the table.
    """
    teams = table["teams"]
    if not isinstance(teams, list):
        teams = from_table(table, source).teams  # which says what is wrong with them
    own = [team for team in teams if isinstance(team, dict) and team.get("name") == price.team]
    # As large as may be: what the table says of a new team is held against the people whom it gets.
    newcomer = Team(name=price.team, developers=MAX_DEVELOPERS, incident_share=0)
    entry = newcomer.model_dump(by_alias=True)
    found = from_table(table if own else {**table, "teams": [*teams, entry]}, source)
    now = {other.name: other.pays_for for other in found.levers}.get(lever.name) or price
    income = now.brings_in(found.incidents, found.first_line)
    paid = Paid(lever.name, now.model_copy(update={"team": price.team}), income, is_new=not own)
    key = f"levers.{quoted(lever.name)}.pays_for"
    if found.incidents_from is not None:
        words = (
            "needs kinds with a per_week, by which they are sold; a recorded log is replayed here"
        )
        raise ScenarioError(source, [Fault(key, words)])
    if not own and not paid.joining:
        words = (
            f"brings in {found.priced(income)} a year, and a person costs "
            f"{found.priced(now.person_cost_per_year)}; the new team {price.team} needs one whole person at "
            "least"
        )
        raise ScenarioError(source, [Fault(key, words)])
    if own:
        own[0]["developers"] += paid.joining
    else:
        focus = _usual_focus(found.teams[:-1])
        teams.append(entry | {"developers": paid.joining, "focus": focus})
    return paid


def _usual_focus(teams: Sequence[Team]) -> float:
    """The focus of the teams' people on average."""
    people = sum(team.developers for team in teams)
    return round(sum(team.focus * team.developers for team in teams) / people, 4)


def lever_changes(scenario: Scenario, names: Iterable[str], source: str) -> list[str]:
    """The changes that pulling levers makes, as `key=value`.

    Raises:
        ScenarioError: for a lever that there is not.
    """
    return [change for lever in _named(scenario, names, source) for change in _sets(lever)]


def _sets(lever: Lever) -> list[str]:
    return [
        f"{key}={value if isinstance(value, str) else json.dumps(value)}"
        for key, value in lever.set.items()
    ]


def _named(scenario: Scenario, names: Iterable[str], source: str) -> list[Lever]:
    """The levers of these names.

    Raises:
        ScenarioError: for a lever that there is not.
    """
    names = list(names)
    known = {lever.name: lever for lever in scenario.levers}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ScenarioError(
            source,
            [
                Fault("", f"--lever {name}: no such lever{nearest(name, list(known))}")
                for name in unknown
            ],
        )
    return [known[name] for name in names]


def from_text(content: bytes, source: str) -> Scenario:
    """Read a scenario from the content of a file.

    Raises:
        ScenarioError: listing every fault.
    """
    return from_table(_parse(content, source), source)


def _parse(content: bytes, source: str) -> dict[str, Any]:
    try:
        return parsed(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        reason = f"is not text: byte {error.start} is not UTF-8; expected a TOML file"
    except TomlError as error:
        reason = str(error)
    raise ScenarioError(source, [Fault("", reason)])


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            reason = "is a folder; expected a TOML file"
        elif path.exists() and not path.is_file():
            reason = "is not a regular file; expected a TOML file"
        else:
            with path.open("rb") as file:
                content = file.read(MAX_FILE_BYTES + 1)
            if len(content) <= MAX_FILE_BYTES:
                return content
            reason = f"is larger than {MAX_FILE_BYTES >> 20} MiB; a scenario is a page of TOML"
    except FileNotFoundError:
        reason = "no such file, and none that ships has that name" + nearest(
            path.stem, [*bundled()]
        )
    except (OSError, ValueError) as error:
        reason = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    raise ScenarioError(str(path), [Fault("", reason)])
