"""Public holidays by country, from the package `holidays`, which is an extra: `pip install 'firelane[holidays]'`."""

from __future__ import annotations

import datetime
from functools import lru_cache
from importlib.util import find_spec

WITHOUT = "needs the package holidays; pip install 'firelane[holidays]', or list public_holidays"


def check_country(code: str) -> None:
    """Refuse a country, such as `DE` or `DE-BY`, whose holidays are not known.

    Raises:
        ValueError: saying what of it is not known, or that the package is missing.
    """
    holidays_between(code, datetime.date(2026, 1, 1), 1)


@lru_cache(maxsize=64)
def holidays_between(code: str, start: datetime.date, days: int) -> frozenset[datetime.date]:
    """The public holidays of a country, or of a part of it, in so many days from a start.

    Raises:
        ValueError: saying what of it is not known, or that the package is missing.
    """
    if find_spec("holidays") is None:
        raise ValueError(WITHOUT)
    import holidays

    country, _, part = code.partition("-")
    last = start + datetime.timedelta(days=days - 1)
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise ValueError(f"'{country}' is no country whose holidays are known; expected such as DE")
    if part and part not in known[country]:
        parts = ", ".join(known[country]) or "none"
        raise ValueError(f"'{part}' is no part of {country}; known are {parts}")
    years = range(start.year, last.year + 1)
    found = holidays.country_holidays(country, subdiv=part or None, years=years)
    return frozenset(day for day in found if start <= day <= last)
