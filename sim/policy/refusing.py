"""Whom `takes` refuses whatever the rest of its views hold, as its code tells.

Most policies let nobody take another team's incidents, or nobody who is off duty. An engine that knows need
not ask them. What is known is proved, by asking the decision with numbers of which nothing is known but that
(`Unknown`): where one of them is looked at, both ways are gone, and it has to refuse on all. Where the code
holds anything but comparisons and arithmetic of its arguments, such as a call, or a name from outside that
may change, nothing is known.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from sim.policy.contract import Policy
from sim.policy.fingerprint import reads
from sim.policy.in_python import text_behind
from sim.policy.views import DeveloperView, IncidentView

MOST_WAYS = 64
"""Ways through a decision that are gone at most."""


def refuses_other_teams(policy: Policy) -> bool:
    """Whether nobody takes an incident of another team than their own."""
    return _refuses(policy, {}, apart="team")


def refuses_off_duty(policy: Policy) -> bool:
    """Whether nobody takes an incident who is not on duty."""
    return _refuses(policy, {"on_duty": 0})


def looks_no_further(policy: Policy, *than: str) -> bool:
    """Whether nothing of an incident counts but some fields of its view."""
    return not reads(policy.takes, (_INCIDENT,), set(IncidentView._fields).difference(than))


_INCIDENT, _ARGUMENTS = 1, 3
"""Which argument of `takes` it is, and how many there are."""


class Unknown:
    """A whole number of which nothing is known, but perhaps that it is `apart` from another."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, choose: Callable[[], bool], apart: object = None) -> None:
        self._choose, self._apart = choose, apart
        self._truth: bool | None = None

    def __bool__(self) -> bool:
        if self._truth is None:  # of one way, it stays what it was taken for
            self._truth = self._choose()
        return self._truth

    def __eq__(self, other: object) -> Any:
        return False if self._is_apart(other) else self._more()

    def __ne__(self, other: object) -> Any:
        return True if self._is_apart(other) else self._more()

    def _is_apart(self, other: object) -> bool:
        if not isinstance(other, Unknown) or other is self:
            return False
        return self._apart is not None and other._apart is not None

    def _more(self) -> Unknown:
        return Unknown(self._choose)

    def _with(self, other: object) -> Any:
        return self._more() if isinstance(other, int | Unknown) else NotImplemented

    def _over(self, other: object) -> Any:
        return self._more() if isinstance(other, int) and other else NotImplemented

    __lt__ = __le__ = __gt__ = __ge__ = _with
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _with
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = _with
    __floordiv__ = __mod__ = _over  # by what may be nothing, it may fail
    __neg__ = __pos__ = __invert__ = __abs__ = _more


def _refuses(policy: Policy, known: dict[str, int], apart: str = "") -> bool:
    takes = text_behind(policy.takes) or policy.takes
    if not isinstance(takes, FunctionType) or not _is_of_its_arguments(takes):
        return False

    def refused(choose: Callable[[], bool]) -> bool:
        def view(kind: Any, known: dict[str, int]) -> Any:
            unknown = {n: Unknown(choose, n if n == apart else None) for n in kind._fields}
            return kind(**unknown | known)

        developer, incident = view(DeveloperView, known), view(IncidentView, {})
        answer = takes(developer, incident, _parameters(policy, choose))
        return isinstance(answer, int | Unknown) and not answer

    try:
        return all(_ways(refused))
    except Exception:  # whatever it does with such numbers, it proves nothing
        return False


def _parameters(policy: Policy, choose: Callable[[], bool]) -> Any:
    """The policy's parameters; those that hang on the organisation are unknown."""
    record = policy.record()
    own = policy.parameters
    unknown = [
        name
        for name in record._fields
        if name not in own or own[name].unit == "kind" or name == policy.sized
    ]
    return record._replace(**{name: Unknown(choose) for name in unknown})


def _ways(ask: Callable[[Callable[[], bool]], bool]) -> Iterator[bool]:
    """What is answered on each way through; False where there are too many."""
    way: list[bool] = []
    for _ in range(MOST_WAYS):
        gone: list[bool] = []

        def choose(gone: list[bool] = gone, way: list[bool] = way) -> bool:
            gone.append(way[len(gone)] if len(gone) < len(way) else False)
            return gone[-1]

        yield ask(choose)
        while gone and gone[-1]:
            gone.pop()
        if not gone:
            return
        way = [*gone[:-1], True]
    yield False


_PLAIN_STEPS = (
    "RESUME", "NOP", "CACHE", "EXTENDED_ARG", "NOT_TAKEN", "LOAD_FAST", "LOAD_ATTR", "LOAD_CONST",
    "LOAD_SMALL_INT", "STORE_FAST", "COPY", "SWAP", "POP_TOP", "POP_JUMP", "JUMP", "RETURN", "TO_BOOL",
    "COMPARE_OP", "CONTAINS_OP", "BINARY_OP", "UNARY",
)  # fmt: skip
"""How the instructions begin that do no more than compare and compute: what tells one number from another
by what it is (`is`), or hides what goes wrong, is not among them."""


def _is_of_its_arguments(function: FunctionType) -> bool:
    """Whether a function computes from nothing but its arguments, by plain steps."""
    outside = function.__defaults__ or function.__kwdefaults__
    return not outside and _is_plain(function.__code__)


@cache
def _is_plain(code: CodeType) -> bool:
    if code.co_freevars or code.co_exceptiontable or code.co_argcount != _ARGUMENTS:
        return False
    return all(step.opname.startswith(_PLAIN_STEPS) for step in dis.get_instructions(code))
