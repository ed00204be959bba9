"""When in the week incidents open: named hour-of-week profiles, as 168 weights."""

from __future__ import annotations

_WORKDAY = (8, 7, 5, 4, 4, 3, 11, 24, 96, 127, 122, 102, 53, 71, 98, 91, 79, 47, 17, 9, 8, 7, 5, 4)
_WEEKEND = (
    47,
    40,
    23,
    26,
    17,
    26,
    61,
    39,
    93,
    68,
    80,
    48,
    33,
    43,
    44,
    37,
    56,
    30,
    41,
    29,
    23,
    31,
    31,
    36,
)
_DAYS = (466, 370, 387, 359, 372, 47, 41)
"""Per mille of a day's incidents in each hour, and incidents a day from Monday to Sunday.

Counted in the service-desk log of `docs/evidence.md`, 1 March to 24 April 2016, holidays left out.
"""

PROFILES: dict[str, tuple[float, ...]] = {
    "round-the-clock": (1.0,) * 168,
    "office-hours": tuple(
        1.0 if day < 5 and 9 <= hour < 17 else 0.0 for day in range(7) for hour in range(24)
    ),
    "service-desk": tuple(
        _DAYS[day] * hours[hour] / sum(hours)
        for day in range(7)
        for hours in [_WORKDAY if day < 5 else _WEEKEND]
        for hour in range(24)
    ),
}
