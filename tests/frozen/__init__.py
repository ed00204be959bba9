"""Digests of what the model did: a change of its text that is meant to change no figure changes none.

They were taken before the program was moved into rooms. `python -m tests.frozen` takes them anew: only
where the model is meant to do something else, and the change's message says what.
"""
