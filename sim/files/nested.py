"""JSON documents as tables: a row for each entry of their longest list, a column for each value in it.

Interfaces of trackers answer with pages, and pages with lists at places of their own: `issues`, `value`,
`data.issues.nodes`. What they hold is found, not looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.files.quality import Quality

MAX_DEPTH = 5
"""Objects within objects that are looked into."""

MAX_COLUMNS = 2_000
"""Of one table; an entry with more distinct values than that is passed over from there on."""

NAMES = ("name", "displayName", "value", "summary", "login", "label", "title", "key", "id")
"""What stands for an object within a list, the best first."""


def entries(document: Any) -> list[dict[str, Any]]:
    """Return the objects of the longest list in a document, or in its pages; empty where it has none."""
    pages = document if isinstance(document, list) else [document]
    lists = [found for page in pages if (found := _longest(page, MAX_DEPTH)) is not None]
    inside = [_unwrapped(entry) for found in lists for entry in found]
    own = [_unwrapped(entry) for entry in pages if isinstance(entry, dict)]
    # A list of pages, or of entries that have lists of their own, such as labels?
    if isinstance(document, list) and not _are_pages(document):
        return own
    return inside or own


def _are_pages(pages: list[Any]) -> bool:
    """Return whether each element is a page: a list, or an object that is no entry and has a list of some."""
    return bool(pages) and all(
        isinstance(page, list)
        or (
            isinstance(page, dict)
            and not _has_moment(page)
            and _longest(page, MAX_DEPTH) is not None
        )
        for page in pages
    )


def _has_moment(entry: Mapping[str, Any]) -> bool:
    return any("created" in key.lower() or key in ("fields", "opened_at") for key in entry)


def _unwrapped(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what a GraphQL edge holds."""
    node = entry.get("node")
    return node if isinstance(node, dict) and len(entry) <= 2 else entry


def _longest(document: Any, depth: int) -> list[dict[str, Any]] | None:
    """Return the longest list of objects that is not within another list."""
    if isinstance(document, list):
        dicts = [one for one in document if isinstance(one, dict)]
        return dicts or None
    if not isinstance(document, dict) or depth == 0:
        return None
    if _has_moment(document):
        return None  # an entry, whose lists are its labels and the like
    found = (_longest(value, depth - 1) for value in document.values())
    return max((one for one in found if one), key=len, default=None)


def flat(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of an entry as text by their paths, such as `fields.priority.name`."""
    found: dict[str, str] = {}
    for path, text in _values(entry, "", MAX_DEPTH):
        if len(found) >= MAX_COLUMNS:
            break
        found[path] = text
    return found


def _values(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        shown = value.get("display_value")
        if isinstance(shown, str):
            yield path, shown  # what ServiceNow says of a record that is referred to
        if depth > 0:
            for key, inner in value.items():
                yield from _values(inner, f"{path}.{key}" if path else str(key), depth - 1)
    elif isinstance(value, list):
        text = "; ".join(filter(None, (named(one) for one in value[:50])))
        if text:
            yield path, text
    elif value is not None:
        yield path, _plain(value)


def named(value: Any) -> str:
    """Return a plain value as text, or the name of an object that has one; empty where it has none."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in NAMES if value.get(key) not in (None, "")), None)
    return "" if value is None or isinstance(value, list | Mapping) else _plain(value)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class NestedTable:
    """The entries of a document as a table."""

    delimiter = ""
    """None parts its columns."""
    rows_are = "entries of a JSON document"

    def __init__(self, path: Path, found: list[dict[str, Any]]) -> None:
        self.path, self._entries = path, found
        self._more: list[Mapping[str, str]] = []
        names: dict[str, None] = {}
        for entry in found:
            if len(names) < MAX_COLUMNS:
                names |= dict.fromkeys(flat(entry))
        self.header = list(names)

    def add(self, columns: Iterable[Mapping[str, str]]) -> None:
        """Add columns that were worked out of each entry, one mapping an entry, by their names."""
        self._more = list(columns)
        names = dict.fromkeys(name for one in self._more for name in one)
        self.header += [name for name in names if name not in self.header]

    @property
    def records(self) -> list[dict[str, Any]]:
        """The entries as they are."""
        return self._entries

    def rows(self, quality: Quality | None = None) -> Iterator[tuple[int, list[str]]]:
        """Yield numbers of entries, from 1, and cells, as many as the header has; there is nothing to find."""
        for number, entry in enumerate(self._entries, 1):
            values = flat(entry)
            if self._more:
                values |= self._more[number - 1]
            yield number, [values.get(name, "") for name in self.header]
