"""Several servers: waiting, blocking, pooling."""

from __future__ import annotations

from validation import closed_forms as known
from validation.case import Answer, Arm, Case, Effort
from validation.theory.observed import FIRST_COME, LOGNORMAL, effort, figure

CASES: tuple[Case, ...] = (
    Case(
        id="M/M/5",
        title="Five servers, one queue",
        formula="C(c, a) ÷ (cμ − λ); P(W > t) = C exp(−(cμ − λ)t)",
        source="A. K. Erlang 1917",
        scenario="queue",
        answers=(
            Answer("mean wait", known.wait_mmc(5, 4.0), figure("response_hours_mean")),
            Answer(
                "nine in ten wait less than",
                known.wait_mmc_quantile(5, 4.0, 0.9),
                figure("response_hours_p90"),
            ),
            Answer(
                "answered within half an hour",
                1 - known.wait_mmc_beyond(5, 4.0, 0.5),
                figure("response_sla"),
            ),
            Answer("utilisation", 0.8, figure("developer_incidents_share")),
        ),
        changes=(
            "teams.servers.developers=5",
            "incidents.customer.per_week=672",
            "incidents.customer.respond_within_hours=0.5",
        ),
        arms=(Arm(FIRST_COME),),
        without=("a sixth server", (Arm(FIRST_COME, ("teams.servers.developers=6",)),)),
        normal=Effort(150, 20),
    ),
    Case(
        id="M/G/5/5",
        title="Nobody waits: blocked customers leave, lognormal efforts",
        formula="B(c, a), whatever the efforts' distribution",
        source="A. K. Erlang 1917; Sevast'yanov 1957",
        scenario="queue",
        answers=(
            Answer(
                "share blocked",
                known.erlang_b(5, 4.0),
                lambda arms: arms[0].figure("withdrawn") / arms[0].figure("opened"),
            ),
        ),
        changes=(
            "teams.servers.developers=5",
            "incidents.customer.per_week=672",
            f"incidents.customer.abandon_after_days={1 / 86_400}",
            *effort(dist="lognormal", **LOGNORMAL),
        ),
        arms=(Arm(FIRST_COME),),
        without=(
            "half an hour's patience",
            (Arm(FIRST_COME, (f"incidents.customer.abandon_after_days={0.5 / 24}",)),),
        ),
        normal=Effort(100, 20),
    ),
    Case(
        id="pooling",
        title="Four teams of one at 80 % load, apart and pooled",
        formula="M/M/1 four times against M/M/4",
        source="Kleinrock 1976",
        scenario="four_teams",
        answers=(
            Answer("mean wait apart", 4.0, figure("response_hours_mean", arm=0)),
            Answer(
                "mean wait pooled", known.wait_mmc(4, 3.2), figure("response_hours_mean", arm=1)
            ),
            Answer(
                "apart over pooled",
                4.0 / known.wait_mmc(4, 3.2),
                lambda arms: (
                    arms[0].figure("response_hours_mean") / arms[1].figure("response_hours_mean")
                ),
            ),
        ),
        arms=(Arm("developer-rotation:people=1"), Arm("dedicated-team:people=4")),
        without=(
            "no pooling",
            (Arm("developer-rotation:people=1"), Arm("developer-rotation:people=1")),
        ),
        normal=Effort(150, 20),
    ),
)
