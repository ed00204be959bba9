"""The error for whatever a question of the search may have wrong."""

from __future__ import annotations

from sim.errors import BadInputError


class QuestionError(BadInputError):
    """An error raised for a question that cannot be asked; it says what would be right."""
