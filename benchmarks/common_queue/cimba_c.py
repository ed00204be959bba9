"""Cimba's own language, C: the same model on the library that its Python package brings along."""

from __future__ import annotations

from pathlib import Path

import cimba

from benchmarks.common_queue.by_cc import program

run = program(
    Path(__file__).with_name("cimba_c.c"), Path(cimba.__file__).with_name("libcimba_py.so")
)
