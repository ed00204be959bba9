"""Whatever is refused or cannot be done is one of ours, and says what the command line ends with."""

from __future__ import annotations

import importlib
import pkgutil

import firelane
import sim
from sim.errors import BAD_INPUT, COULD_NOT, BadInputError, FirelaneError


def exceptions() -> list[type[Exception]]:
    found = []
    for package in (sim, firelane):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name != "firelane.__main__":
                home = importlib.import_module(module.name)
                found += [
                    one
                    for one in vars(home).values()
                    if isinstance(one, type)
                    and issubclass(one, Exception)
                    and one.__module__ == module.name
                ]
    return found


def test_every_exception_of_ours_has_one_base_and_an_exit_status() -> None:
    ours = exceptions()
    assert len(ours) >= 20
    for one in ours:
        assert issubclass(one, FirelaneError), one
        assert one.exit_status in (BAD_INPUT, COULD_NOT), one


def test_what_is_asked_wrongly_is_told_from_what_cannot_be_done() -> None:
    asked_wrongly = {one.__name__ for one in exceptions() if issubclass(one, BadInputError)}
    assert {"ScenarioError", "PolicyError", "EngineError", "QuestionError"} <= asked_wrongly
    assert not {"StoreError", "WorkersLostError", "ClusterError", "ExportError"} & asked_wrongly
