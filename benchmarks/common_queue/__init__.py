"""(b) One queue that every simulator can express, given to several: how fast, how much memory, how
much code.

Five servers, two classes of customers (a fifth are urgent), one line each, no interruption of
service, exponential times, load 0.85. All programs get the same tape of arrivals and services and
must come to the same waits; theory has the last word.

    python -m benchmarks.common_queue [--customers N] [--rounds N]

A file here is a program, with one function `run(tape)`.
"""
