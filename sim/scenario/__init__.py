"""The scenario: what its file may say, how it is read, changed and refused in words."""
