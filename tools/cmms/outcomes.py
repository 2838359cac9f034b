"""What can come of a request to a maintenance system, but for its answer."""

from __future__ import annotations

from graph_schema.errors import InvalidInput, NotAllowed, NotFound, PlantroomError, Unavailable


class Refused(InvalidInput):
    """The maintenance system says no, and has changed nothing."""


class NotMade(Refused):
    """The maintenance system took the change without an error, and did not make it."""


class CannotExpress(Refused):
    """The maintenance system has nothing that means this."""


class WrongKey(NotAllowed):
    """The maintenance system does not know the key."""


class MissingRight(NotAllowed):
    """The key may not do that."""


class NoSuchOrder(NotFound):
    """The maintenance system has no such order."""


class WrongAddress(Unavailable):
    """What answers at that address is not the maintenance system."""


class Unreadable(WrongAddress):
    """Its answer has another form than this maintenance system's."""


class UntrustedServer(Unavailable):
    """The server's certificate cannot be trusted."""


class Busy(Unavailable):
    """The maintenance system asks to wait; it has done nothing. ``wait_s`` is how long."""

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class AnswerLost(PlantroomError):
    """The request may have been carried out: its answer did not come."""
