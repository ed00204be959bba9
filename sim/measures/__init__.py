"""What was measured: from the trace of a run to its tables and figures."""
