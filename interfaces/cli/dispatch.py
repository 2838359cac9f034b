"""Where a command's work is done: by the process that serves the plant, or by this one where nobody serves it."""

import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any, cast

import typer

from graph_schema.errors import PlantroomError
from interfaces.cli.lazy import load
from interfaces.cli.person import answer_to
from interfaces.env_file import unusable
from interfaces.local.client import Frame, NotServed, OtherVersion, asked, followed

EXIT_FAILED, EXIT_MISUSED, EXIT_INTERRUPTED, EXIT_TERMINATED = 1, 2, 130, 143


def do(
    operation: str,
    *,
    quiet: bool = False,
    states: Mapping[str, str | None] | None = None,
    whatever_version: bool = False,
    **arguments: Any,
) -> None:
    """Run an operation, ``module.name`` of the package ``work``, where the plant is served, else here.

    ``states`` are settings that the command line states, by name. ``quiet`` shows no progress. Ends with the exit code.
    """
    stated = {name: value for name, value in (states or {}).items() if value is not None}
    try:
        code = _do_there(operation, stated, arguments, quiet)
    except NotServed as reason:
        if reason.why:
            _say(reason.why, "[yellow]•[/]")
    except OtherVersion as error:
        if not whatever_version:
            _failed(error)
        _say(str(error), "[yellow]•[/]")
    except PlantroomError as error:
        _failed(error)
    except KeyboardInterrupt:
        raise typer.Exit(EXIT_INTERRUPTED) from None
    else:
        if code:
            raise typer.Exit(code)
        return
    do_here(operation, stated, quiet, **arguments)


def do_here(operation: str, stated: Mapping[str, Any], quiet: bool = False, **arguments: Any) -> None:
    """Run it in this process, which starts or joins the servers that it needs."""
    load("interfaces.cli.here:do")(operation, stated, quiet, arguments)


def _do_there(operation: str, stated: Mapping[str, str], arguments: Mapping[str, Any], quiet: bool) -> int:
    variables = {f"PLANTROOM_{name.upper()}": value for name, value in stated.items()}
    with asked(operation, arguments, variables) as exchange:
        for sentence in unusable():
            _say(sentence, "[yellow]•[/]")
        earlier = signal.signal(signal.SIGTERM, _end)
        try:
            with nullcontext(_ignored) if quiet else load("interfaces.cli.running:progress")() as report:
                return followed(exchange, lambda frame: _show(frame, report))
        finally:
            signal.signal(signal.SIGTERM, earlier)


def _show(frame: Frame, report: Callable[..., None]) -> Any:
    match frame:
        case {"out": str(text)}:
            sys.stdout.write(text)
            sys.stdout.flush()
        case {"err": str(text)}:
            sys.stderr.write(text)
            sys.stderr.flush()
        case {"step": str(sentence)}:
            report(sentence, frame.get("share"))
        case {"ask": str(kind), "content": str(content)}:
            return answer_to(kind, content)
        case _:
            pass
    return None


def _ignored(sentence: str, share: float | None = None) -> None:
    del sentence, share


def _end(*_: object) -> None:
    raise SystemExit(EXIT_TERMINATED)


def _failed(error: PlantroomError) -> None:
    _say(str(error))
    raise typer.Exit(EXIT_FAILED) from None


def _say(sentence: str, mark: str = "[red]✗[/]") -> None:
    cast(Callable[..., None], load("interfaces.failures:say"))(sentence, mark)
