"""The live decision: a report whose figures are computed anew, by whoever opens it, in their browser."""
