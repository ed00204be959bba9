"""A million rows through `firelane calibrate`: time, and the most memory it held.

    python benchmarks/calibrate_million.py [ROWS]

Writes an audit log of 36 columns (like the one in docs/evidence.md, A4, four rows a ticket) and a
plain list of tickets, calibrates from each in a process of its own, and prints both.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROWS = 1_000_000
FILLER = ",".join(["?"] * 8 + ["some text of a cell"] * 8)
HEAD = (
    "number,incident_state,reassignment_count,reopen_count,opened_at,sys_updated_at,priority,"
    "category,assignment_group,assigned_to,resolved_at,closed_at,"
    + ",".join(f"field_{n}" for n in range(16))
)


def openings(count: int) -> np.ndarray:
    """Over two years, in office hours."""
    rng = np.random.default_rng(1)
    day = np.sort(rng.integers(0, 728, count))
    second = rng.integers(8 * 3600, 18 * 3600, count)
    return np.datetime64("2024-01-01T00:00:00") + day * 86_400 + second


def audit_log(path: Path, rows: int) -> None:
    """Four rows a ticket: New, Active, Resolved, Closed."""
    moments = openings(rows // 4)
    with path.open("w") as file:
        file.write(HEAD + "\n")
        for n, opened in enumerate(moments):
            at = [f"{m:%d/%m/%Y %H:%M}" for m in
                  (opened + k * 9_000 for k in range(4)) for m in [m.astype(object)]]  # fmt: skip
            for state, when in zip(("New", "Active", "Resolved", "Closed"), at, strict=True):
                file.write(
                    f"INC{n:07d},{state},{n % 3},0,{at[0]},{when},{n % 4 + 1} - x,{n % 40},"
                    f"Group {n % 60},Person {n % 400},{at[2]},{at[3]},{FILLER}\n"
                )


def ticket_list(path: Path, rows: int) -> None:
    """A row a ticket, with effort."""
    hours = np.random.default_rng(2).lognormal(0.3, 1.2, rows)
    with path.open("w") as file:
        file.write("number,opened,resolved,severity,team,category,effort_hours\n")
        for n, opened in enumerate(openings(rows)):
            file.write(
                f"T{n},{opened},{opened + 9_000 + n % 977},{n % 4 + 1},Team {n % 9},{n % 30},"
                f"{hours[n]:.4f}\n"
            )


def measured(export: Path, folder: Path) -> tuple[float, float]:
    """Seconds, and the most memory in MB, of a process of its own."""
    begun = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "firelane",
        "calibrate",
        str(export),
        "-o",
        "out.toml",
        "--overwrite",
    ]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    took = time.monotonic() - begun
    return took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Write, read and say what it took."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Memory is the most of all processes so far: the one that needs less comes first.
        for title, write in (
            ("audit log, 28 columns", audit_log),
            ("list of tickets", ticket_list),
        ):
            export = folder / "export.csv"
            write(export, rows)
            took, most = measured(export, folder)
            size = export.stat().st_size >> 20
            print(f"{title}: {rows:,} rows, {size} MB: {took:.1f} s, at most {most:.0f} MB")


if __name__ == "__main__":
    main()
