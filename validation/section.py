"""What every proof hands to the page: a text, a table, a picture, and whether it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

IMAGES = Path(__file__).parents[1] / "docs" / "images"

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#8A8A8A"


@dataclass(frozen=True)
class Section:
    """A kind of proof."""

    id: str
    title: str
    before: str
    """What was done, in Markdown."""
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    after: str = ""
    """What is to be said of the table."""
    failures: tuple[str, ...] = ()
    """What does not hold."""
    pictures: dict[str, str] = field(default_factory=dict)
    """File in docs/images: what it shows, in words."""

    def markdown(self) -> str:
        """The section as it stands on the page."""
        table = [f"| {' | '.join(self.columns)} |", "|" + "---|" * len(self.columns)]
        table += [f"| {' | '.join(row)} |" for row in self.rows]
        pictures = [f"![{words}](images/{file})" for file, words in self.pictures.items()]
        verdict = "Does not hold: " + "; ".join(self.failures) + "." if self.failures else ""
        parts = [f"## {self.title}", self.before, "\n".join(table), self.after, verdict, *pictures]
        return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def save(figure: Figure, name: str) -> None:
    """Write a picture; the same figures give the same file."""
    import matplotlib.pyplot as plt

    figure.savefig(IMAGES / name, metadata={"Date": None})
    plt.close(figure)


def yes(holds: bool) -> str:
    """For a table."""
    return "yes" if holds else "**no**"


def percent(share: float, digits: int = 0) -> str:
    """A share in words."""
    return f"{100 * share:.{digits}f} %"
