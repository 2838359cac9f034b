"""What follows a failure: another attempt, later each time, until it is given up."""

import asyncio

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

MOST_FAILURES = 5
_FIRST_WAIT_S = 60


class JobFailed(Exception):
    """A job has failed; ``again_in`` is how many seconds it waits for the next attempt, None where there is none."""

    def __init__(self, sentence: str, again_in: int | None) -> None:
        super().__init__(sentence)
        self.again_in = again_in


def again_in(failures: int) -> int | None:
    """Seconds until the next attempt after so many failures: 1, 2, 4, 8 minutes, and then none."""
    return None if failures >= MOST_FAILURES else _FIRST_WAIT_S * 2 ** (failures - 1)


class Attempts(BaseRetryStrategy):
    """Counts failures only: what a shutdown breaks off is queued again and costs no attempt."""

    def __init__(self, after_shutdown_s: int) -> None:
        self._after_shutdown_s = after_shutdown_s

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        match exception:
            case asyncio.CancelledError():
                return RetryDecision(retry_in={"seconds": self._after_shutdown_s})
            case JobFailed(again_in=int(seconds)):
                return RetryDecision(retry_in={"seconds": seconds})
            case _:
                return None
