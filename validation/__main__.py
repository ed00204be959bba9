"""Run the proofs and write docs/validation.md.

python -m validation [--only theory|coverage|published|history|congestion|elasticity]…
                     [--data FOLDER] [--quick]
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from validation import congestion, coverage, elasticity, formulas, history, page, published
from validation.section import Section

KINDS = ("theory", "coverage", "published", "history", "congestion", "elasticity")
RECORDED = {
    "history": history.NEEDED,
    "congestion": congestion.NEEDED,
    "elasticity": elasticity.NEEDED,
}
"""Kinds that need recordings, which do not ship, and which files."""
COULD_NOT, BAD_INPUT = 1, 2


def main() -> int:
    """0: every proof that was run holds; 1: one does not; 2: bad input."""
    given = _arguments().parse_args()
    kinds = list(given.only or KINDS)
    data = given.data or os.environ.get("FIRELANE_DATA")
    for kind in [kind for kind in RECORDED if kind in kinds]:
        lacking = _lacking(data, kind)
        if lacking and given.only:
            print(f"{kind} needs {', '.join(lacking)}", file=sys.stderr)
            return BAD_INPUT
        if lacking:
            print(f"{kind} is left as it is: it needs {', '.join(lacking)}", file=sys.stderr)
            kinds.remove(kind)
    proofs: dict[str, Callable[[], Section]] = {
        "theory": lambda: formulas.prove(_progress, "normal" if given.quick else "long"),
        "coverage": lambda: coverage.prove(_progress, 200 if given.quick else 2_000),
        "published": lambda: published.prove(_progress, 12 if given.quick else 60),
        "history": lambda: history.prove(_progress, Path(data or "")),
        "congestion": lambda: congestion.prove(
            _progress, Path(data or ""), 20 if given.quick else congestion.REPLICATIONS
        ),
        "elasticity": lambda: elasticity.prove(
            _progress, Path(data or ""), 8 if given.quick else elasticity.REPLICATIONS
        ),
    }
    failures: list[str] = []
    for kind in KINDS:
        if kind not in kinds:
            continue
        section = proofs[kind]()
        _progress("", 0, 0)
        print(section.markdown())
        failures += section.failures
        if not given.quick:
            page.write(section)
    for failure in failures:
        print(f"does not hold: {failure}", file=sys.stderr)
    return COULD_NOT if failures else 0


def _lacking(data: str | None, kind: str) -> list[str]:
    """What of the recordings a kind needs and is not there."""
    if not data:
        return ["a folder: --data or FIRELANE_DATA"]
    return [name for name in RECORDED[kind] if not (Path(data) / name).is_file()]


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m validation", description=__doc__)
    parser.add_argument("--only", action="append", choices=KINDS, help="one kind; repeatable")
    parser.add_argument("--data", metavar="FOLDER", help="with the recordings (FIRELANE_DATA)")
    parser.add_argument(
        "--quick", action="store_true", help="short runs, printed; the page stays as it is"
    )
    return parser


_begun: dict[str, float] = {}


def _progress(what: str, done: int, of: int) -> None:
    """A line on standard error with the time left, where that is a terminal."""
    if not sys.stderr.isatty():
        return
    kind = what.partition(",")[0]
    begun = _begun.setdefault(kind, time.monotonic())
    spent = time.monotonic() - begun
    left = f", {spent / done * (of - done):.0f} s left" if done else ""
    text = f"{what}: {done} of {of}{left}" if what else ""
    print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nstopped; sections already written stand", file=sys.stderr)
        sys.exit(COULD_NOT)
