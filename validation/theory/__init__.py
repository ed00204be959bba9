"""The model against closed forms: every case, with its formula, source and scenario."""

from __future__ import annotations

from validation.case import Case
from validation.theory import (
    calendar,
    demand,
    one_server,
    priorities,
    several_servers,
    stories,
)

CASES: tuple[Case, ...] = (
    *one_server.CASES,
    *several_servers.CASES,
    *priorities.CASES,
    *calendar.CASES,
    *stories.CASES,
    *demand.CASES,
)
