"""Anything at all as input, guided by the lines it reaches.

`targets` has what is fed, one idea a module; `watch` what no input may do. The corpus, small files
that once were found or taken as seeds, is replayed by the suite and needs nothing further. `make fuzz`
runs `tests.fuzzing` with atheris, which changes a million inputs after what they reach.
"""
