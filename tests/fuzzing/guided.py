"""One target under atheris, which changes inputs after the lines that they reach.

`python -m tests.fuzzing.guided TARGET FOLDER INPUTS`; the folder keeps what reached something new.
"""

from __future__ import annotations

import random
import re
import resource
import sys
import time
from pathlib import Path

import atheris

SECONDS, MEGABYTES = 5, 1_024
"""Of a core that an input may take, and of memory that the process may."""

HANG = 60
"""Seconds by the clock, however busy the machine is, after which an input is given up."""

COMPILED = [
    *(
        "sim.engine.compiled.engine",
        "sim.engine.compiled.numba_types",
        "sim.engine.compiled.compiler",
        "sim.engine.compiled.compiling",
        "sim.measures.ledger",
    ),
    *("sim.engine.kernel", "sim.policy", "sim.policy.records", "sim.engine.compiled.memory"),
    *(f"sim.engine.kernel.{path.stem}" for path in Path("sim", "kernel").glob("*.py")),
]
"""Left as they are: numba compiles them, or the decisions in them, from their bytecode."""


def guide(name: str, folder: Path, inputs: int) -> None:
    """Feed a target; ends the process, with another status than 0 where an input was not taken."""
    with atheris.instrument_imports(include=["sim"], exclude=COMPILED):
        from tests.fuzzing.targets import TARGETS, corpus
    resource.setrlimit(resource.RLIMIT_DATA, (3 * MEGABYTES << 20, -1))  # before libFuzzer looks
    target = TARGETS[name]
    kept, begun = folder / "corpus", folder / "seeds"
    for path in (kept, begun):
        path.mkdir(parents=True, exist_ok=True)
    known = [*target.seeds(), *(path.read_bytes() for path in corpus(name))]
    target.warm()
    for number, content in enumerate(known):
        (begun / str(number)).write_bytes(content)
    words = folder / "words"
    words.write_text(_dictionary(), "ascii")
    options = [
        *(f"-runs={inputs}", f"-timeout={HANG}", f"-rss_limit_mb={MEGABYTES}"),
        *(f"-max_len={target.longest}", f"-artifact_prefix={folder}/", f"-dict={words}"),
        *("-seed=1", "-print_final_stats=1", "-verbosity=1", str(kept), str(begun)),
    ]
    change = {"custom_mutator": by_lines} if target.is_lines else {}

    def feed(content: bytes) -> None:
        begun = time.process_time()
        target.feed(content)
        if time.process_time() - begun > SECONDS:
            raise TimeoutError(f"an input took more than {SECONDS} seconds")

    atheris.Setup([sys.argv[0], *options], feed, **change)
    atheris.Fuzz()


def by_lines(content: bytes, longest: int, seed: int) -> bytes:
    """Half of the time a line is lost, doubled, moved, or changed in one of its cells only, so that
    most of what comes is still a table; else whatever libFuzzer likes."""
    draw = random.Random(seed)
    lines = content.split(b"\n")
    if draw.random() < 0.5 or len(lines) < 2:
        return bytes(atheris.Mutate(content, longest))
    for _ in range(draw.choice((1, 1, 2, 4))):
        at, other = draw.randrange(len(lines)), draw.randrange(len(lines))
        deed = draw.random()
        if deed < 0.6:
            cells = re.split(rb"([,;\t:=])", lines[at])
            cell = draw.randrange(0, len(cells), 2)
            cells[cell] = bytes(atheris.Mutate(cells[cell], len(cells[cell]) + 16))
            lines[at] = b"".join(cells)
        elif deed < 0.7 and len(lines) > 1:
            del lines[at]
        elif deed < 0.85:
            lines.insert(at, lines[other])
        else:
            lines[at], lines[other] = lines[other], lines[at]
    return b"\n".join(lines)[:longest]


def _dictionary() -> str:
    """Keys of a scenario, names of policies and figures, and odd values, as libFuzzer's dictionary."""
    from sim.measures.metrics import METRICS
    from sim.policy.registry import known_policies
    from sim.scenario.schema import Scenario

    schema = Scenario.model_json_schema(by_alias=True)
    tables = [schema, *schema["$defs"].values()]
    keys = sorted({key for table in tables for key in table.get("properties", {})})
    odd = "1e308 nan inf -inf 1979-05-27 00:00:00 [[ ]] {} '' *2 +1 *.* .. 0x7f 9999-12-31 %00".split()
    return "".join(f'"{word}"\n' for word in [*keys, *known_policies(), *METRICS, *odd])


if __name__ == "__main__":
    guide(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
