"""``plantroom language``: what a language lacks. It reads the package's own files and needs no plant."""

from typing import Annotated

import typer

from interfaces.cli.dispatch import EXIT_FAILED
from interfaces.cli.lazy import load

language = typer.Typer(help="Show what a language lacks to be read and spoken.", no_args_is_help=True)


@language.callback()
def _language() -> None:  # pyright: ignore[reportUnusedFunction]
    pass


@language.command()
def check(
    code: Annotated[str | None, typer.Argument(help="A language, de for instance; all of them without.")] = None,
) -> None:
    """Say what a language lacks: words for questions, answers, sentences of the tools. Ends with 1 where anything is missing."""
    every = load("agent.answers.completeness:codes")()
    lacking = load("agent.answers.completeness:lacking")
    missing = {one: lacking(one) for one in ([code] if code else every)}
    for one, sentences in missing.items():
        typer.echo(f"{'✗' if sentences else '✓'} {one}: {_counted(len(sentences))}")
        for sentence in sentences:
            typer.echo(f"    {sentence}")
    if any(missing.values()):
        raise typer.Exit(EXIT_FAILED)


def _counted(missing: int) -> str:
    return "complete" if not missing else "1 thing is missing" if missing == 1 else f"{missing} things are missing"
