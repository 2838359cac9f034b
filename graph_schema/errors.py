"""One error base for the whole product. A domain error knows nothing of HTTP or exit codes."""


class PlantroomError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class NotFound(PlantroomError):
    """There is no such thing in the plant."""


class AmbiguousName(PlantroomError):
    """More than one thing has that name."""

    def __init__(self, name: str, candidates: list[str]) -> None:
        self.name = name
        self.candidates = candidates
        super().__init__(f"“{name}” could be {' or '.join(candidates)}. Which one is meant?")


class InvalidInput(PlantroomError):
    """The input does not make sense."""


class Unavailable(PlantroomError):
    """A server that is needed does not answer."""


class NotAllowed(PlantroomError):
    """That is not for everybody to do."""
