"""What is odd about an export as a whole is said: empty columns, days without hours, automatic closing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.calibrate.cells import Cells
from sim.calibrate.columns import Columns
from sim.files.quality import ASSUMED, NOTICED, Quality
from sim.sampling.calendars import DAY

HELP_DESK = 0.8
"""Share of rows reported in one way from which that is said."""


def tell_of_file(columns: Columns, is_log: bool, quality: Quality) -> None:
    """Note what is true of the file as a whole."""
    total = max(len(columns), 1)
    empty = [name for name, count in columns.missing.items() if count == total]
    some = ", ".join(empty[:5]) + (", …" if len(empty) > 5 else "")
    quality.note(NOTICED, f"columns that hold nothing: {some}", count=len(empty))
    of_use = set(columns.source.values())
    for name, count in columns.missing.items():
        if 0 < count < total and (is_log or name in of_use):
            share = f"{count / total:.1%}"
            quality.note(NOTICED, f"{name}: cells without a value, {share} of them", count=count)
    for name, column in columns.fields.items():
        risky = np.array(
            [v[:1] in ("=", "@", "+", "-") and not _is_number(v) for v in column.values]
        )
        found = column.spread(risky, False).astype(bool)
        text = f"{columns.source[name]}: cells that begin like a formula; read as text"
        quality.note(NOTICED, text, columns.rows[found])
    contact = columns.fields.get("contact")
    if contact is not None and len(contact):
        top = np.bincount(contact.codes[contact.codes >= 0], minlength=1)
        share = top.max() / len(contact)
        if share >= HELP_DESK:
            quality.note(
                NOTICED,
                f"rows reported by {contact.values[int(top.argmax())]} ({share:.0%}): "
                "nearer to a help desk than to production support of a development team",
                count=int(top.max()),
            )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def tell_of_times(frame: pd.DataFrame, cells: Cells, is_log: bool) -> None:
    """Note what is odd about the times of the tickets."""
    quality = cells.quality
    _tell_zones(frame, cells)
    by_day = ~frame["timed"].to_numpy(dtype=bool)
    quality.note(
        ASSUMED,
        f"{cells.columns.source.get('opened', 'opened')}: days only, no time of day; the hours of a service desk are "
        "taken",
        count=int(by_day.sum()),
    )
    opened = frame["opened"].to_numpy()[~by_day]
    if len(opened) >= 20 and not (opened % 60).any():
        quality.note(NOTICED, "openings are to the minute", count=len(opened))
    _tell_closing(frame, quality)
    if is_log and frame["resolved"].notna().sum() >= 20:
        quality.note(
            NOTICED,
            "tickets whose resolution stands in all their rows: written afterwards, unknown at the time",
            count=int(frame["resolved"].notna().sum()),
        )
    still = int(frame["resolved"].isna().sum())
    quality.note(NOTICED, "tickets without a resolution: still open, or not recorded", count=still)
    _tell_no_hours(frame, quality)


def _tell_zones(frame: pd.DataFrame, cells: Cells) -> None:
    """Note once what was done with the zones of the openings, counting tickets."""
    quality, zone = cells.quality, cells.say.zone
    timed = frame["timed"].to_numpy(dtype=bool)
    offsets = frame["offset"].to_numpy()[timed]
    if zone is not None:
        moved = int((~np.isnan(offsets)).sum())
        quality.note(
            NOTICED,
            f"openings with a zone of their own: moved to the clock of {zone.key}",
            count=moved,
        )
        return
    utc = int((offsets == 0).sum())
    text = "openings in UTC: give --timezone for the hours people saw"
    quality.note(NOTICED, text, count=utc)
    others = offsets[~np.isnan(offsets) & (offsets != 0)]
    shown = ", ".join(_as_written(east) for east in np.unique(others)[:4])
    quality.note(
        NOTICED,
        f"openings with an offset ({shown}): kept by the clock that stands there; --timezone moves them",
        count=len(others),
    )


def _as_written(east: float) -> str:
    sign = "+" if east >= 0 else "-"
    minutes = round(abs(east) / 60)
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def _tell_closing(frame: pd.DataFrame, quality: Quality) -> None:
    gap = (frame["closed"] - frame["resolved"]).to_numpy() / DAY
    known = gap[~np.isnan(gap)]
    if len(known) < 20 or np.median(known) <= 1:
        return
    middle = float(np.median(known))
    usual = int((np.abs(known - middle) < 0.1 * middle).sum())
    if usual >= len(known) / 2:
        quality.note(
            NOTICED,
            f"tickets closed about {middle:.1f} days after their resolution: closing is "
            "automatic and no measure of work",
            count=usual,
        )


def _tell_no_hours(frame: pd.DataFrame, quality: Quality) -> None:
    """Note closed incidents without hours where the others have some."""
    closed = ~frame["story"].to_numpy() & ~frame["open"].to_numpy(dtype=bool)
    without = closed & frame["effort_hours"].isna().to_numpy()
    have = int((closed & ~without).sum())
    if have and without.any():
        share = without.sum() / closed.sum()
        quality.note(
            NOTICED,
            f"closed incidents without hours logged ({share:.0%}): taken to have needed what the other {have:,} did",
            count=int(without.sum()),
        )
