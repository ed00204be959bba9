"""A plug-in of pytest: `firelane_check(policy)` fails with the law that a policy breaks, and a counter-example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def firelane_check() -> Callable[..., None]:
    """Return what holds a policy, or the name of one, against the laws of `firelane check`.

    ```python
    def test_my_policy_keeps_the_laws(firelane_check):
        firelane_check(my_policy)
    ```
    """

    def held(policy: Any, cases: int = 6) -> None:
        from sim.experiment.conformance.checking import check
        from sim.policy.registry import find_policy
        from sim.report.conformance_words import conformance_lines

        found = check(find_policy(policy) if isinstance(policy, str) else policy, cases)
        if not found.is_kept:
            pytest.fail("\n".join(conformance_lines(found)), pytrace=False)

    return held
