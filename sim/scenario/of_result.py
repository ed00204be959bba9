"""A result that was written as JSON holds its scenario, and is read in the scenario's place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.errors import Fault, ScenarioError

MAX_RESULT_BYTES = 1 << 28
"""Bytes a result may have; one of eleven policies and a thousand futures has less than two million."""

ENDING = ".json"
_EXPECTED = "expected a scenario as TOML, or what `firelane compare --json` wrote"


def is_result(path: Path) -> bool:
    """Whether a file is by its name a result, and no scenario."""
    return path.suffix.lower() == ENDING


def read_result(path: Path) -> dict[str, Any]:
    """Return what a result says.

    Raises:
        ScenarioError: for a file that cannot be read, or is no result that holds its scenario.
    """
    try:
        if path.stat().st_size > MAX_RESULT_BYTES:
            raise _fault(path, f"is larger than any result; {_EXPECTED}")
        told: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _fault(path, f"no such file; {_EXPECTED}") from None
    except OSError as error:
        raise _fault(path, f"cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise _fault(path, f"is no JSON; {_EXPECTED}") from None
    scenario = told.get("scenario") if isinstance(told, dict) else None
    if not isinstance(scenario, dict) or not isinstance(scenario.get("toml"), str):
        raise _fault(path, f"holds no scenario; {_EXPECTED}")
    return dict(told)


def scenario_text(path: Path) -> bytes:
    """Return the TOML text of the scenario that a result is of.

    Raises:
        ScenarioError: as `read_result` does.
    """
    text: str = read_result(path)["scenario"]["toml"]
    return text.encode()


def _fault(path: Path, reason: str) -> ScenarioError:
    return ScenarioError(str(path), [Fault("", reason)])
