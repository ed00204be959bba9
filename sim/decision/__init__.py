"""A decision: which policy to take, how surely, what would change that, and how to find out."""
