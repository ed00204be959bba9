"""Workers of a cluster compute batches of a study: only where they run this very program.

Another text of it, or another NumPy, gives other figures, which nobody would notice. So what a worker runs
is compared before it computes, and once more when it has answered.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from sim.experiment.model_version import program_version
from sim.experiment.study import Batch, Observations, Study, observe_batch
from sim.policy.contract import DECISIONS
from sim.workers.pool import ClusterError

PROGRAM = program_version()
"""What this process runs, as it was when it was loaded: files may be replaced under a worker that lasts."""

_OURS_IS_MISSING = re.compile(r"'(sim|firelane)\b")
"""In what Python says where a name that was sent cannot be found."""

_SHIPS = ("sim.", "firelane.")
"""How modules are named that `PROGRAM` tells of."""


Asked = dict[str, tuple[str, dict[str, str], Batch]]
"""A batch and who may do it: the program, and other packages' modules that hold decisions, with a digest
of their text. Nothing in it is of ours, so that any worker can read it."""

_TEXT = "__import__('importlib').import_module('sim.experiment.cluster').observe_elsewhere(*asked)"

ask: Callable[[Asked], Answered] = partial(eval, _TEXT)
"""`observe_elsewhere`, for any worker: one that is sent a name that it does not have ends without a word,
and whoever waits for it waits for ever."""


class Answered(NamedTuple):
    """The answer to a batch: what became of it, and who did it."""

    where: str
    program: str
    modules: dict[str, str]
    observations: Observations | None
    """none where that is another program"""


def asked(study: Study, packed: bytes, replications: range) -> Asked:
    """Return a batch for a worker elsewhere, with what it is to run."""
    return {"asked": (PROGRAM, _modules_of(study), (packed, replications))}


def observe_elsewhere(program: str, wanted: dict[str, str], batch: Batch) -> Answered:
    """Compute the figures of a batch, in a worker, unless it runs another program."""
    modules = {name: _text_of(import_module(name)) for name in wanted}
    same = (program, wanted) == (PROGRAM, modules)
    found = observe_batch(batch) if same else None
    return Answered(_where(), PROGRAM, modules, found)


def checked(cluster: str, answers: Generator[Answered]) -> Iterator[Observations]:
    """Yield here what workers have answered, once it is checked.

    Raises:
        ClusterError: naming the worker that runs another program, and both of them.
    """
    with closing(answers):
        try:
            for answer in answers:
                theirs = (answer.program, answer.modules)
                if answer.observations is None or answer.program != PROGRAM:
                    raise ClusterError(
                        f"--cluster {cluster}: the worker {answer.where} runs another program, whose "
                        f"figures may differ: {_told(*theirs)}, where this one is {PROGRAM}. Give it the "
                        "same Firelane, policies, Python, NumPy and SciPy, and start it again"
                    )
                yield answer.observations
        except (ImportError, AttributeError) as error:
            if not _OURS_IS_MISSING.search(str(error)):
                raise
            raise ClusterError(
                f"--cluster {cluster}: a worker has no Firelane, or another one ({error}); this one is "
                f"{PROGRAM}. Give it the same, and start it again"
            ) from None


def _told(program: str, modules: dict[str, str]) -> str:
    others = "".join(f", {name} {text}" for name, text in modules.items())
    return program + others


def _where() -> str:
    """Return the worker's address, and the name of its machine."""
    from distributed import get_worker

    try:
        address = get_worker().address
    except ValueError:  # not within one
        address = f"process {os.getpid()}"
    return f"{address} on {socket.gethostname()}"


def _modules_of(study: Study) -> dict[str, str]:
    """Return the text of modules by whose names decisions are sent; what cannot be imported is sent
    whole."""
    found = {}
    for policy in study.policies:
        for decision in (getattr(policy, name) for name in DECISIONS):
            module = sys.modules.get(getattr(decision, "__module__", None) or "__main__")
            if module is None or f"{module.__name__}.".startswith(("__main__.", *_SHIPS)):
                continue
            if getattr(module, getattr(decision, "__qualname__", ""), None) is decision:
                found[module.__name__] = _text_of(module)
    return found


def _text_of(module: ModuleType) -> str:
    file = getattr(module, "__file__", None)
    return hashlib.sha256(Path(file).read_bytes() if file else b"").hexdigest()[:16]
