"""A report as one file: what it consists of, and how that becomes HTML.

The file holds all it needs. Nothing is fetched, no script runs but that of a live part (`sim.live`), everything that
came from outside is escaped, and the same content gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.live.part import STATIC, LivePart

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.table import Table as TerminalTable


@dataclass(frozen=True)
class ReportTable:
    """A table of a report: rows under heads; the first cell of a row is its head."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    words: bool = False
    """Whether its cells are words, set to the left, and not figures."""


@dataclass(frozen=True)
class Picture:
    """A picture, with what it shows in words for whoever cannot see it."""

    figure: Figure
    alternative: str
    caption: str = ""


@dataclass(frozen=True)
class Listing:
    """Text that is typed or read by programs."""

    text: str
    summary: str = ""
    """If given, the text is folded away behind it."""


Block = str | ReportTable | Picture | Listing
"""What a section is made of; a string is a paragraph."""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Document:
    """A whole report."""

    title: str
    finding: str
    certainty: str
    sections: Sequence[Section] = field(default_factory=tuple)
    live: LivePart | None = None
    """what computes the report's figures anew; without it, no script runs"""

    @property
    def security(self) -> str:
        """The content security policy: what the file may run and show."""
        if self.live is not None:
            return self.live.policy
        return STATIC


def as_html(page: Document) -> str:
    """Return the page as the text of one file."""
    return rendered("report.html", page=page)


def rendered(template: str, **values: Any) -> str:
    """Return a template of this house with some values, pictures among them, as the text of one file."""
    import jinja2  # a tenth of a second that other commands should not wait for

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("sim.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.tests.update(
        paragraph=lambda block: isinstance(block, str),
        table=lambda block: isinstance(block, ReportTable),
        picture=lambda block: isinstance(block, Picture),
    )
    return environment.get_template(template).render(svg=_Drawer(), **values)


class _Drawer:
    """Turns pictures into SVG, each with ids of its own."""

    def __init__(self) -> None:
        self._drawn = 0

    def __call__(self, picture: Picture) -> str:
        from markupsafe import Markup

        from sim.report.style import inline_svg

        self._drawn += 1
        return Markup(inline_svg(picture.figure, f"p{self._drawn}"))  # matplotlib escapes names


def from_terminal(table: TerminalTable, words: bool = False) -> ReportTable:
    """Return a table made for the terminal as one for the page."""
    columns = [[_plain(cell) for cell in column.cells] for column in table.columns]
    return ReportTable(
        caption=_plain(table.title or ""),
        heads=[_plain(column.header) for column in table.columns],
        rows=list(zip(*columns, strict=True)),
        note=_plain(table.caption or ""),
        words=words,
    )


def _plain(cell: object) -> str:
    """Return a cell without the terminal's markup."""
    from rich.text import Text

    return cell.plain if isinstance(cell, Text) else re.sub(r"\\(?=\[)", "", str(cell))
