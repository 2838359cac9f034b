"""A command's work in this process: its settings, its progress on the terminal, its failures as sentences and exit codes."""

import asyncio
import logging
import signal
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError
from rich.console import Console

from graph_schema.errors import PlantroomError
from interfaces.cli.dispatch import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_MISUSED, EXIT_TERMINATED
from interfaces.failures import failures, say
from interfaces.local.operation import WrongArguments
from interfaces.logs import set_up
from interfaces.progress import Report, shown
from interfaces.settings import PREFIX, Settings, WrongSetting, unheeded

out = Console(highlight=False)


def settings_with(**changes: Any) -> Settings:
    """The settings, with what the command line states instead. Raises ``typer.Exit`` after saying what is wrong."""
    try:
        settings = Settings(**{name: value for name, value in changes.items() if value is not None})
        for sentence in unheeded():
            say(sentence, "[yellow]•[/]")
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper().removeprefix(PREFIX)
        prefix = "" if name.startswith(("OPENAI_BASE", "OPENAI_API")) else PREFIX
        say(f"The setting {prefix}{name} is wrong: {first['msg'].removeprefix('Value error, ')}.")
        raise typer.Exit(EXIT_MISUSED) from error
    except (OSError, UnicodeDecodeError) as error:
        say(f"The file .env in {Path.cwd()} cannot be read: {error}.")
        raise typer.Exit(EXIT_MISUSED) from error
    try:
        set_up(settings)
    except WrongSetting as error:
        say(str(error))
        raise typer.Exit(EXIT_MISUSED) from error
    return settings


def progress(*, quiet: bool = False) -> AbstractContextManager[Report]:
    """Steps on standard error."""
    return shown(Console(stderr=True, quiet=quiet))


def run(work: Callable[[Report], Coroutine[Any, Any, None]], *, quiet: bool = False, verbose: bool = False) -> None:
    """Run a command's work with progress on the terminal; failures become one sentence and an exit code."""
    if verbose and logging.getLogger().level > logging.INFO:
        logging.getLogger().setLevel(logging.INFO)
    try:
        with progress(quiet=quiet) as report:
            asyncio.run(_until_terminated(work, report))
    except KeyboardInterrupt:
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except asyncio.CancelledError:
        raise typer.Exit(EXIT_TERMINATED) from None
    except (PlantroomError, OSError, BaseExceptionGroup) as error:
        for failure in failures(error):
            say(failure)
        raise typer.Exit(EXIT_MISUSED if isinstance(error, WrongSetting | WrongArguments) else EXIT_FAILED) from None


async def _until_terminated(work: Callable[[Report], Coroutine[Any, Any, None]], report: Report) -> None:
    """SIGTERM ends the work as Ctrl-C does: through every context on the way out, so that the servers stop in order."""
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)

    def step(sentence: str, share: float | None = None) -> None:
        # A library that waits with asyncio.wait_for may swallow a cancellation (until Python 3.12): no further step then.
        if task.cancelling():
            raise asyncio.CancelledError
        report(sentence, share)

    await work(step)
