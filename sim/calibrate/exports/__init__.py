"""One module for each format that trackers export: what its columns mean and cannot tell."""
