"""What a job is, as the worker knows it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from interfaces.jobs.schedule import Daily, Every, Once
from interfaces.progress import Report


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` may begin again after it was broken off anywhere, and in the worst case beside itself: it is done twice without harm.

    Of the jobs with the same ``lock`` one runs at a time, over all processes. ``title`` says to people what it does.
    """

    name: str
    title: str
    run: Callable[[Report], Awaitable[None]]
    when: Daily | Every | Once
    lock: str
