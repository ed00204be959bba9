"""What every question of the search may have wrong."""


class QuestionError(Exception):
    """A question that cannot be asked, and what would be right."""
