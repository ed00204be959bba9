"""Any other table: columns by the general names, or named with --columns."""

from __future__ import annotations

from sim.calibrate.exports.form import Form

TABLE = Form(
    name="csv",
    title="a table of tickets",
    marks=(),
    columns={},
    cannot_tell=("Sprints, commitment and planned work beyond what has a column.",),
)
