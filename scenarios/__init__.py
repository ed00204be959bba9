"""Organisations ready to run, one TOML file each, with the data they replay."""
