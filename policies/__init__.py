"""Support policies: one file each, and the file is the policy's documentation.

Each module holds one `policy`, a `sim.policy.Policy`. A new file here is found by its policy's id.
"""
