"""Progress of long work, shown to a person or to nobody."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn


class Report(Protocol):
    """Called with a sentence, and with the share done (0 to 1) where it is known."""

    def __call__(self, sentence: str, share: float | None = None) -> None: ...


def silent(sentence: str, share: float | None = None) -> None:
    del sentence, share


@contextmanager
def shown(console: Console) -> Generator[Report]:
    """On a terminal one line per step, with a bar where the share is known; elsewhere each step's sentence when it begins."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (SpinnerColumn(finished_text="[green]✓"), TextColumn("{task.description}"))
    with Progress(*columns, BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), console=console) as progress:
        steps = _Steps(progress)
        yield steps
        steps.finish()


class _Steps:
    """The step at hand is the last of the progress's tasks; a finished one stays as a tick."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._sentence: str | None = None

    def __call__(self, sentence: str, share: float | None = None) -> None:
        if sentence != self._sentence:
            self.finish()
            self._progress.add_task(sentence, total=1 if share is not None else None)
            self._sentence = sentence
        if share is not None:
            self._progress.update(self._progress.task_ids[-1], total=1, completed=share)

    def finish(self) -> None:
        if self._sentence is not None:
            self._progress.update(self._progress.task_ids[-1], total=1, completed=1)


class _Lines:
    """For a log: a supervisor's journal wants whole lines, each as soon as there is something to say."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._sentence: str | None = None

    def __call__(self, sentence: str, share: float | None = None) -> None:
        if sentence != self._sentence:
            self._console.print(sentence, markup=False, soft_wrap=True)
            self._sentence = sentence
