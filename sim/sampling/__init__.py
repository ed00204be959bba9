"""The sample path: every random draw of one future, made before anything runs."""
