"""What every question of the search may have wrong."""

from __future__ import annotations

from sim.errors import BadInputError


class QuestionError(BadInputError):
    """A question that cannot be asked, and what would be right."""
