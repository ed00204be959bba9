"""Take the digests anew."""

from __future__ import annotations

from tests.frozen.digests import FIGURES_OF_BUNDLED, TRACES, figures, traces

for file, lines in ((TRACES, traces()), (FIGURES_OF_BUNDLED, figures())):
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
