"""The page `docs/validation.md`, section by section."""

from __future__ import annotations

import re
from pathlib import Path

from validation.section import Section

PAGE = Path(__file__).parents[1] / "docs" / "validation.md"

ORDER = (
    "theory",
    "coverage",
    "published",
    "history",
    "congestion",
    "elasticity",
    "mutation",
)

OPENING = """# Why anyone should believe it

Each part is a kind of proof, with what would make it fail. *Verified* means that the model does what
its description says: theory, coverage, mutation. *Validated* means that it resembles something real:
published results and recorded history, which are few and coarse. Two outside tests, of congestion and of
elasticity, say beforehand what would refute us, and neither is passed: hours, and how far sprints spread, are
not validated by recordings. No published study of exactly this decision with all its inputs is known.

Everything below was printed by `make validate` (half an hour on two cores; `python -m
validation --only published` does one part) and `make mutation`.
"""


def write(section: Section) -> None:
    """Replace one section of the page; the others stay as they are."""
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    parts = dict(re.findall(r"<!-- (\w+) -->\n(.*?)\n<!-- end -->", before, flags=re.DOTALL))
    parts[section.id] = section.markdown()
    body = [f"<!-- {name} -->\n{parts[name]}\n<!-- end -->\n" for name in ORDER if name in parts]
    PAGE.write_text("\n".join([OPENING, *body]), encoding="utf-8")
