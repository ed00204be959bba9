"""C, written by hand for this queue: a heap of events and a line for each class."""

from __future__ import annotations

from pathlib import Path

from benchmarks.common_queue.by_cc import program

run = program(Path(__file__).with_name("c_queue.c"))
