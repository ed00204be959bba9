"""Workers are what computes: this process, processes beside it, or those of a cluster."""
