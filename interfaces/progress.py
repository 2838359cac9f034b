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
    """One line per step with a bar where the share is known; a finished step stays as a tick."""
    columns = (SpinnerColumn(finished_text="[green]✓"), TextColumn("{task.description}"))
    with Progress(*columns, BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), console=console) as progress:
        current: tuple[str, int] | None = None

        def report(sentence: str, share: float | None = None) -> None:
            nonlocal current
            if current is None or current[0] != sentence:
                if current is not None:
                    progress.update(progress.task_ids[current[1]], total=1, completed=1)
                progress.add_task(sentence, total=1 if share is not None else None)
                current = (sentence, len(progress.task_ids) - 1)
            if share is not None:
                progress.update(progress.task_ids[current[1]], total=1, completed=share)

        yield report
        if current is not None:
            progress.update(progress.task_ids[current[1]], total=1, completed=1)
