"""Firelane: which support model answers quickest for the least delivery lost?

The front door: `firelane` offers all that `sim` does, and loads it when it is first asked for.

```python
import firelane

scenario = firelane.load("web_agency")
result = firelane.compare(scenario, ["next-sprint", "interrupt-anyone"], replications=50)
result.table()
```

`sim` and `policies` lie beside this package, and are taken from there: folders of these names in the
working folder are somebody else's.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim import *  # noqa: F403

_HERE = Path(__file__).resolve().parents[1]

_OURS = {
    "sim": _HERE / "sim" / "__init__.py",
    "firelane.policies": _HERE / "policies" / "__init__.py",
}
"""Packages by the name under which they are imported. The policies that ship have a name of their own,
so that a notebook's `policies` can stay what it is."""


_OF_THE_COMMAND = ("command", "stopping")
"""Modules of this package, which load nothing of `sim` until the command is ready to be stopped."""


class _Beside(MetaPathFinder):
    """Finds our packages by their place, before the path is asked."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the module of this name, as Python asks for it; None for what is not ours."""
        return spec_from_file_location(name, _OURS[name]) if name in _OURS else None


sys.meta_path.insert(0, _Beside())


def _sim() -> ModuleType:
    """Import `sim`; raises ImportError where another package has been imported under that name."""
    found = import_module("sim")
    if Path(found.__file__ or "").resolve() != _OURS["sim"]:
        raise ImportError(
            f"a package of another's is imported as 'sim' already ({found.__file__}); "
            "import firelane before it, or rename it"
        )
    return found


def __getattr__(name: str) -> Any:
    if name == "policies":
        return import_module("firelane.policies")
    if name in _OF_THE_COMMAND:
        raise AttributeError(f"'{name}' has not been imported")  # Python then imports it
    if name in ("__all__", "__version__") or not name.startswith("__"):
        found = _sim()
        if hasattr(found, name):
            return getattr(found, name)
    raise AttributeError(f"module 'firelane' has no attribute '{name}'")


def __dir__() -> list[str]:
    return [*_sim().__all__, "policies"]
