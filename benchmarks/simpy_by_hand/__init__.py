"""The engine that people read, against a model of one policy and one scenario written on SimPy by hand.

`web_agency` says what the bundled web agency does under interrupt-anyone, as a SimPy user would write it who
needs that and nothing else: office hours, absences, plannings with their Scrum events, stories, the first
line, incidents that take whoever is best placed of their own team or of another, what switching, resuming
and unfamiliar ground cost, regressions and reopenings. Both read the same sample paths and take turns in one
process.

    python -m benchmarks.simpy_by_hand [--rounds N]

It prints one JSON line: how many times as long as the model by hand the engine takes (least, median, most),
and how far the figures of the two lie apart. They are not the same to the second: by hand, what happens at one
second happens in the order in which SimPy comes to it.
"""
