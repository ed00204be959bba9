"""What a visitor looks at is read from the page's address, and written to it."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from sim.calibrate.five_questions import AnswerError
from sim.errors import BadInputError, ScenarioError
from sim.policy.contract import Policy
from sim.policy.parameters import PolicyError
from sim.policy.registry import chosen_policies, known_policies, policies_of
from sim.scenario.overrides import key_of
from sim.scenario.reading import bundled, changed, from_table, lever_changes, load, sets_log
from sim.scenario.schema import Scenario
from sim.scenario.size import size_of
from sim.scenario.toml_text import TomlError, parsed
from sim.scenario.unplanned_work import LOG
from sim.web.allowed import offered, refusals
from sim.web.answered import answered_scenario, is_answered

MAX_REPLICATIONS = 1_000
MAX_CHANGES = 60
MAX_OWN = 4_000
"""Characters of a policy composed on the page."""

OURS = "ours"
"""What such a policy is called."""

MAX_UPLOADS = 50
"""Uploaded scenarios that are kept; the oldest go first."""

MAX_DEVELOPERS, MAX_WEEKS, MAX_PER_WEEK, MAX_GIGABYTES = 500, 208, 2_000.0, 2.0
"""What one visitor may ask this page to simulate; the command line has no such limits."""


class StateError(BadInputError):
    """An address that cannot be shown: it says why, one sentence for each reason."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self._reasons = list(reasons)

    @property
    def reasons(self) -> list[str]:
        """The reasons why the address cannot be shown, a sentence each."""
        return self._reasons


@dataclass(frozen=True)
class State:
    """A state of the page: a scenario with changes, the policies shown, and how it is computed."""

    scenario: str
    changes: tuple[str, ...] = ()
    levers: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    """all if empty"""
    replications: int = 100
    seed: int = 1
    own: str = ""
    """a policy by rules that was composed on the page, as the TOML of its table; none if empty"""

    @staticmethod
    def parse(query: str, default: str) -> State:
        """Read a state from the raw query.

        What a browser's controls would silently bring into range is refused.

        Raises:
            StateError: naming everything that is not understood.
        """
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=200)
        except ValueError:
            raise StateError("the address has more than 200 parts") from None
        many: dict[str, list[str]] = {"set": [], "lever": [], "policy": []}
        one: dict[str, str] = {}
        for name, value in pairs:
            if name in many:
                many[name].append(value)
            else:
                one[name] = value
        reasons = []
        replications = whole(one.get("replications", "100"), 2, MAX_REPLICATIONS)
        if replications is None:
            reasons.append(f"replications: must be a whole number from 2 to {MAX_REPLICATIONS:,}")
        seed = whole(one.get("seed", "1"), 0, 2**31)
        if seed is None:
            reasons.append("seed: must be a whole number from 0")
        if len(many["set"]) > MAX_CHANGES:
            reasons.append(f"set: {len(many['set'])} changes; at most {MAX_CHANGES}")
        own = one.get("own", "")
        if len(own) > MAX_OWN:
            reasons.append(f"own: {len(own):,} characters; at most {MAX_OWN:,}")
        if reasons:
            raise StateError(*reasons)
        return State(
            one.get("scenario", default),
            tuple(many["set"]),
            tuple(many["lever"]),
            tuple(many["policy"]),
            replications or 2,
            seed or 0,
            own,
        )

    @property
    def as_written(self) -> State:
        """The scenario alone, as its file has it, with the policy that was composed."""
        return State(self.scenario, own=self.own)

    def query(self) -> str:
        """The address of this state."""
        pairs = [("scenario", self.scenario)]
        pairs += [("set", change) for change in self.changes]
        pairs += [("lever", lever) for lever in self.levers]
        pairs += [("policy", policy) for policy in self.policies]
        pairs += [("own", self.own)] if self.own else []
        pairs += [("replications", str(self.replications)), ("seed", str(self.seed))]
        return urlencode(pairs)


def whole(text: str, least: int, most: int) -> int | None:
    """Return a whole number within bounds, or None."""
    if not re.fullmatch("[0-9]{1,18}", text):
        return None
    return int(text) if least <= int(text) <= most else None


@dataclass
class Library:
    """The scenarios that can be looked at: those that ship, those named at the start, those
    uploaded."""

    files: Mapping[str, Path] = field(default_factory=bundled)
    extra_policies: Sequence[Policy] = ()
    """Shown besides those that ship; only whoever starts the server can add any."""
    uploads: OrderedDict[str, Scenario] = field(default_factory=OrderedDict)
    offers: dict[str, tuple[Scenario, list[str]]] = field(default_factory=dict)
    """By scenario, as it was: the keys that may be changed."""

    def titles(self) -> dict[str, str]:
        """Return every scenario's name, by its id."""
        named = {name: load(path).name for name, path in self.files.items()}
        return named | {name: f"{one.name} (uploaded)" for name, one in self.uploads.items()}

    def scenario(self, state: State) -> Scenario:
        """Return the scenario as changed.

        Raises:
            StateError: for a scenario that is not known, cannot be, or is too large for this page.
        """
        try:
            plain = _with_own(self._plain(state.scenario), state.own)
            self._check_keys(state.as_written, plain, [key_of(one) for one in state.changes])
            found = _changed(plain, state)
        except ScenarioError as error:
            raise StateError(*(str(fault) for fault in error.faults)) from None
        except AnswerError as error:
            raise StateError(str(error)) from None
        check_size(found)
        return found

    def _plain(self, name: str) -> Scenario:
        """Return a scenario as it is in its file, or as the answers in its id make it."""
        if is_answered(name):
            return answered_scenario(name)
        if name in self.uploads:
            return self.uploads[name]
        if name in self.files:
            return load(self.files[name])
        raise StateError(
            f"no scenario '{name[:80]}'; there are {', '.join(self.files)}; uploaded ones are kept for a "
            "while only"
        )

    def check_keys(self, name: str, keys: Iterable[str]) -> None:
        """Refuse keys that the page does not offer to change of a scenario.

        Raises:
            StateError: naming them, and those that it does.
        """
        self._check_keys(State(name), self._plain(name), list(keys))

    def _check_keys(self, state: State, plain: Scenario, keys: Sequence[str]) -> None:
        if keys and (reasons := refusals(keys, self._offered_of(state, plain))):
            raise StateError(*reasons)

    def _offered_of(self, state: State, plain: Scenario) -> list[str]:
        """Return the keys offered for a scenario, made anew where its file has changed."""
        if is_answered(state.scenario) or state.own:  # of which there is no end
            return offered(plain, self.policies(state, plain))
        name = state.scenario
        if name not in self.offers or self.offers[name][0] != plain:
            self.offers[name] = (plain, offered(plain, self.policies(state, plain)))
        return self.offers[name][1]

    def policies(self, state: State, scenario: Scenario) -> tuple[Policy, ...]:
        """Return the policies shown.

        Raises:
            StateError: for one that is not known or cannot be.
        """
        try:
            return chosen_policies(scenario, self.wanted(state, scenario))
        except PolicyError as error:
            raise StateError(str(error)) from None

    def wanted(self, state: State, scenario: Scenario) -> list[str | Policy] | None:
        """Return the policies shown, by name where they ship or are the scenario's own; None for all of
        these."""
        own = {policy.id: policy for policy in self.extra_policies}
        if not state.policies:
            return [*policies_of(scenario.policies), *own.values()] if own else None
        return [own.get(name, name) for name in state.policies]

    def spoken(self, state: State, scenario: Scenario) -> list[str]:
        """Return what names the policies shown on the command line; empty for all that there are."""
        wanted = self.wanted(state, scenario) or []
        return [policy if isinstance(policy, str) else policy.spoken for policy in wanted]

    def keep(self, found: Scenario, content: bytes) -> str:
        """Keep an uploaded scenario, read from its content, and return its id.

        Raises:
            StateError: where it could not be shown.
        """
        levers = [lever.name for lever in found.levers]
        if found.incidents_from is not None or sets_log(lever_changes(found, levers, found.name)):
            raise StateError(
                f"{LOG}: a page reads no log for an uploaded scenario, nor may a lever of it name one; "
                "open it with `firelane web FILE`"
            )
        check_size(found)
        self.policies(State("uploaded"), found)
        name = "upload-" + hashlib.sha256(content).hexdigest()[:12]
        self.uploads[name] = found
        self.uploads.move_to_end(name)
        while len(self.uploads) > MAX_UPLOADS:
            oldest, _ = self.uploads.popitem(last=False)
            self.offers.pop(oldest, None)
        return name


def _with_own(scenario: Scenario, own: str) -> Scenario:
    """Return a scenario with the policy that was composed on the page.

    Raises:
        StateError: where it is no table of TOML.
        ScenarioError: where it is no policy.
    """
    if not own:
        return scenario
    try:
        composed = parsed(f"own = {own}")
    except TomlError as error:
        raise StateError(f"own: is no table of TOML ({error})") from None
    if not isinstance(composed["own"], dict) or "rules" not in composed["own"] or len(composed) > 1:
        raise StateError("own: expected the table of a policy with rules")
    table = scenario.model_dump(by_alias=True)
    table["policies"] = table.get("policies", {}) | {OURS: composed["own"]}
    return from_table(table, scenario.name).beside(scenario)


def _changed(scenario: Scenario, state: State) -> Scenario:
    pulled = lever_changes(scenario, state.levers, scenario.name)
    moved = bool(state.changes or pulled)
    found = changed(scenario, state.changes, state.levers) if moved else scenario
    if found.incidents_from != scenario.incidents_from and not sets_log(pulled):
        raise StateError(f"{LOG}: this page does not change it")
    return found


def check_size(scenario: Scenario) -> None:
    """Refuse what is too large for this page.

    Raises:
        StateError: saying what, and how large it may be.
    """
    per_week = sum(kind.per_week for kind in scenario.incidents)
    size = size_of(scenario, len(known_policies()))
    reasons = [
        f"{name}: {have:,.0f}; this page simulates at most {most:,.0f}, the command line any number"
        for name, have, most in (
            ("developers", scenario.developers, MAX_DEVELOPERS),
            ("weeks", scenario.time.horizon_weeks, MAX_WEEKS),
            ("incidents a week", per_week, MAX_PER_WEEK),
        )
        if have > most
    ]
    if size.gigabytes > MAX_GIGABYTES:
        reasons.append(
            f"memory: a random future of all policies would take about {size.gigabytes:,.1f} GB; this page "
            f"takes at most {MAX_GIGABYTES:g}, the command line what the machine has"
        )
    if reasons:
        raise StateError(*reasons)
