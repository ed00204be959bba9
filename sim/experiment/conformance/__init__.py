"""Conformance: the laws that every policy keeps, whatever it decides, held against random organisations."""
