"""Sample paths drawn by machine code: the same whole numbers as `sim.sampling`, several times as fast.

`sim.sampling` is the text to read first, and what draws where there is no numba. Here a scenario is laid out once
as numbers (`recipe`), and each of its futures is drawn from them by loops that keep to what numba compiles
(`incidents`, `stories`, `absences`); floating-point numbers differ in their last digits, and all is rounded to whole
seconds. The loops' own logarithm and exponential give the same bits on any processor.
"""
