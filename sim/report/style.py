"""The one look of every picture: colours, marks, canvas, and how it becomes a file.

Matplotlib's settings are the process's, so pictures are drawn one at a time: each function that
draws is `in_style`, which holds a lock and puts the settings back.
"""

from __future__ import annotations

import io
import re
import textwrap
import threading
from collections.abc import Callable
from functools import wraps
from typing import IO, Any, ParamSpec, TypeVar

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

COLOURS = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#B3A500",
    "#332288",
    "#882255",
    "#117733",
    "#999999",
)
"""Told apart by people who see colours differently (M. Okabe and K. Ito; P. Tol)."""

MARKS = "osD^vPX<>*h"

ON_FRONT, BEHIND = "#0072B2", "#767676"
"""Blue and grey: told apart by everybody, and in print."""

INK, SOFT = "#1a1a1a", "#555555"

SETTINGS: Any = {
    "svg.hashsalt": "firelane",  # the same figures give the same file
    "svg.fonttype": "path",  # looks the same wherever it is opened
    "text.parse_math": False,  # a name with two dollar signs is a name
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.alpha": 0.25,
    "text.color": INK,
}

_THEIR_DEFAULTS = {key: matplotlib.rcParamsDefault[key] for key in matplotlib.rcParamsDefault}
for _key in ("backend", "backend_fallback", "toolbar", "interactive", "savefig.directory"):
    _THEIR_DEFAULTS.pop(_key, None)
"""Matplotlib's own, so that somebody's matplotlibrc changes no picture; but for what concerns windows."""

_drawing = threading.RLock()

_Arguments = ParamSpec("_Arguments")
_Drawn = TypeVar("_Drawn")


def in_style(draw: Callable[_Arguments, _Drawn]) -> Callable[_Arguments, _Drawn]:
    """Return a function that draws a picture, made to do so with the settings of this house."""

    @wraps(draw)
    def drawn(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Drawn:
        with _drawing, matplotlib.rc_context({**_THEIR_DEFAULTS, **SETTINGS}):
            return draw(*args, **kwargs)

    return drawn


def canvas(width: float, height: float, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a picture of so many inches, with panels one below the other."""
    figure = Figure(figsize=(width, height), dpi=160, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(rows, 1, squeeze=False)[:, 0])


def title(figure: Figure, text: str) -> None:
    """Write above the picture what it says."""
    lines = "\n".join(textwrap.wrap(text, 80))
    figure.suptitle(lines, x=0.01, ha="left", fontsize=12, fontweight="bold")


@in_style
def save(figure: Figure, file: IO[Any], kind: str) -> None:
    """Write a picture as `png`, `svg` or `pdf`; the same figures give the same bytes."""
    undated: dict[str, dict[str, Any]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    figure.savefig(file, format=kind, metadata=undated.get(kind))


def inline_svg(figure: Figure, prefix: str) -> str:
    """Return the picture as an `svg` element for a page.

    `prefix` keeps its ids apart from those of other pictures.
    """
    file = io.StringIO()
    save(figure, file, "svg")
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->\s*|<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(
        r"([1-9]\d*\.\d\d)\d+", r"\1", text
    )  # a hundredth of a point is finer than any screen
    text = re.sub(r'(?<=[;:]) (?=[^"<>]*")', "", text)
    text = re.sub(r"\s*\n\s*", "\n", text)
    text = re.sub(r' id="', f' id="{prefix}-', text)
    text = re.sub(r'(href="|url\()#', rf"\1#{prefix}-", text)
    # The element around it says what it shows, and how wide it is.
    return re.sub(r'^<svg [^>]*?(viewBox="[^"]*")[^>]*>', r'<svg \1 aria-hidden="true">', text)
