"""The engines: a sample path lived through under a policy, and the trace that is left of it."""
