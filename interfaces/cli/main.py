"""The command line: each command says what it does, and leaves the doing to the modules beside it."""

import asyncio
import json
import logging
import secrets
import signal
import sys
from collections.abc import Callable, Coroutine
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from graph_schema.errors import InvalidInput, PlantroomError
from interfaces.cli.dead_letters import dead_letters
from interfaces.cli.jobs import jobs
from interfaces.cli.limits import limits
from interfaces.cli.models import models
from interfaces.cli.vibration import vibration
from interfaces.cli.work_orders import work_orders
from interfaces.logs import set_up
from interfaces.progress import Report, shown
from interfaces.settings import PREFIX, Settings, unknown_variables

if TYPE_CHECKING:  # the commands load what they need, so that --help stays quick
    from ingestion.simulator.simulator import Simulator
    from interfaces.app.composition import App

cli = typer.Typer(
    help="Ask a plant how it is, and keep its graph current. Settings come from PLANTROOM_* variables and a .env file.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Port = Annotated[int | None, typer.Option(help="Port of the web app. [default: 8420]")]
Host = Annotated[str | None, typer.Option(help="Address of the web app; others than this machine need a password.")]
Map = Annotated[
    Path | None, typer.Option("--map", help="YAML map of the topics and payloads that devices send.", exists=True)
]
Model = Annotated[Literal["offline", "openai"] | None, typer.Option(help="The planner, instead of the settings' own.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]

EXIT_FAILED, EXIT_MISUSED, EXIT_INTERRUPTED, EXIT_TERMINATED = 1, 2, 130, 143


def main() -> None:
    """Run the command line with the commands of this package and those that other packages contribute."""
    cli.add_typer(models, name="models")
    cli.add_typer(dead_letters, name="dead-letters")
    cli.add_typer(work_orders, name="work-orders")
    cli.add_typer(jobs, name="jobs")
    cli.add_typer(limits, name="limits")
    cli.command("vibration")(vibration)
    for contributed in entry_points(group="plantroom.commands"):
        command = contributed.load()
        if isinstance(command, typer.Typer):
            cli.add_typer(command, name=contributed.name)
        else:
            cli.command(contributed.name)(command)
    cli()


def settings_with(**changes: Any) -> Settings:
    """The settings, with what the command line states instead. Raises ``typer.Exit`` after saying what is wrong."""
    try:
        settings = Settings(**{name: value for name, value in changes.items() if value is not None})
        for sentence in unknown_variables():
            err.print(f"[yellow]•[/] {escape(sentence)}", soft_wrap=True)
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper().removeprefix(PREFIX)
        prefix = "" if name.startswith(("OPENAI_BASE", "OPENAI_API")) else PREFIX
        _say(f"The setting {prefix}{name} is wrong: {first['msg'].removeprefix('Value error, ')}.")
        raise typer.Exit(EXIT_MISUSED) from error
    except (OSError, UnicodeDecodeError) as error:
        _say(f"The file .env in {Path.cwd()} cannot be read: {error}.")
        raise typer.Exit(EXIT_MISUSED) from error
    set_up(settings)
    return settings


def run(work: Callable[[Report], Coroutine[Any, Any, None]], *, quiet: bool = False, verbose: bool = False) -> None:
    """Run a command's work with progress on the terminal; failures become one sentence and an exit code."""
    if verbose and logging.getLogger().level > logging.INFO:
        logging.getLogger().setLevel(logging.INFO)
    try:
        with shown(Console(stderr=True, quiet=quiet)) as report:
            asyncio.run(_until_terminated(work, report))
    except KeyboardInterrupt:
        raise typer.Exit(EXIT_INTERRUPTED) from None
    except asyncio.CancelledError:
        raise typer.Exit(EXIT_TERMINATED) from None
    except (PlantroomError, OSError, BaseExceptionGroup) as error:
        for failure in failures(error):
            _say(failure)
        raise typer.Exit(EXIT_FAILED) from None


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


def failures(error: BaseException) -> list[str]:
    """The sentences of an error, or of all in a group of them. Anything that is no sentence of ours is raised."""
    if isinstance(error, BaseExceptionGroup):
        inside = cast("BaseExceptionGroup[BaseException]", error).exceptions
        return list(dict.fromkeys(sentence for inner in inside for sentence in failures(inner)))
    if isinstance(error, PlantroomError):
        return [str(error)]
    if isinstance(error, OSError) and error.filename and error.strerror:
        return [f"{error.filename} cannot be used: {error.strerror}."]
    raise error


def _say(failure: str) -> None:
    err.print(f"[red]✗[/] {escape(failure)}", soft_wrap=True)


@cli.command()
def demo(
    port: Port = None,
    host: Host = None,
    days: Annotated[float, typer.Option(help="Days of history to begin with.", min=0.1, max=400)] = 30,
) -> None:
    """Start the demo plant: servers, a month of history, live readings, the web app."""
    from interfaces.cli.demo import prepare_demo

    async def prepare(app: "App", report: Report) -> "Simulator":
        return await prepare_demo(app, report, days)

    _serve(settings_with(port=port, host=host), prepare)


@cli.command()
def serve(port: Port = None, host: Host = None, map: Map = None) -> None:
    """Serve the plant: ingestion and the web app, until Ctrl-C."""
    _serve(settings_with(port=port, host=host, map=map), None)


def _serve(settings: Settings, prepare: "Callable[[App, Report], Coroutine[Any, Any, Simulator]] | None") -> None:
    from interfaces.app.web_server import bind

    async def work(report: Report) -> None:
        with bind(settings) as listener:
            from interfaces.app.composition import open_app  # takes seconds, and a taken port is told before
            from interfaces.app.plant_service import run_plant

            async with open_app(settings, report) as app:
                simulator = await prepare(app, report) if prepare else None
                await run_plant(app, report, listener, simulator)

    run(work)


@cli.command()
def ingest(
    map: Map = None,
    metrics_port: Annotated[
        int | None, typer.Option(help="Port of this machine alone for /metrics.", min=0, max=65535)
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say what happens.")] = False,
) -> None:
    """Write what arrives over MQTT, or from Kafka, to history and to the graph, until Ctrl-C."""
    from interfaces.app.composition import open_app
    from interfaces.app.plant_service import run_plant

    settings = settings_with(map=map, metrics_port=metrics_port)

    async def work(report: Report) -> None:
        async with open_app(settings, report) as app:
            broker = f"{app.endpoints.broker.host}:{app.endpoints.broker.port}"
            report(f"Ingesting from {settings.kafka or broker} (Ctrl-C stops)")
            await run_plant(app, report)

    run(work, verbose=verbose)


@cli.command()
def bridge(
    map: Map = None, verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say what happens.")] = False
) -> None:
    """Forward what arrives over MQTT to Kafka, for any number of ingest commands, until Ctrl-C."""
    from interfaces.app.kafka import open_bridge_of
    from interfaces.app.web_server import background, until_stopped

    settings = settings_with(map=map)

    async def work(report: Report) -> None:
        async with open_bridge_of(settings, report) as bridge, background(bridge.run()):
            report(f"Forwarding to {settings.kafka} (Ctrl-C stops)")
            await until_stopped()

    run(work, verbose=verbose)


@cli.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(help="Brick models (.ttl) or plant descriptions (.yaml, .csv).", exists=True)
    ],
) -> None:
    """Bring plant models into the graph, and say what was understood."""
    from interfaces.app.composition import open_app
    from interfaces.app.plant import load, read_plants
    from interfaces.cli.printing import print_import

    settings = settings_with()

    async def work(report: Report) -> None:
        plants = read_plants(settings, files, report)
        async with open_app(settings, report) as app:
            accounts = [await load(app, plant, report) for plant in plants]
        for account in accounts:
            print_import(out, account)

    run(work)


@cli.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A CSV file of recorded readings.", exists=True)],
    map: Annotated[Path, typer.Option("--map", help="YAML map of its columns.", exists=True)],
    speed: Annotated[str, typer.Option(help="Times as fast as it was recorded, or max.")] = "max",
) -> None:
    """Play recorded data through MQTT, with its original timestamps."""
    from interfaces.app.composition import open_app
    from interfaces.app.plant import replay_file

    pace = _speed(speed)
    settings = settings_with()

    async def work(report: Report) -> None:
        async with open_app(settings, report) as app:
            played = await replay_file(app, file, map, pace, report)
        out.print(f"{played.rows:,} rows with {played.values:,} values are in history.")

    run(work)


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise typer.BadParameter("a number above zero, or max", param_hint="--speed")
    return speed


@cli.command()
def simulate(
    plant: Annotated[str, typer.Argument(help="A plant description, or demo.")] = "demo",
    fault: Annotated[
        list[str] | None, typer.Option(help="Something that goes wrong now: ASSET:FAULT[:SEVERITY].")
    ] = None,
    days: Annotated[float, typer.Option(help="Days of history to write first.", min=0, max=400)] = 0,
) -> None:
    """Publish a simulated plant's readings over MQTT like any devices, until Ctrl-C."""
    from interfaces.app.composition import open_app
    from interfaces.app.plant_service import run_plant
    from interfaces.app.simulation import prepare_simulation

    settings = settings_with()

    async def work(report: Report) -> None:
        async with open_app(settings, report) as app:
            simulator = await prepare_simulation(app, plant, fault or [], days, report)
            report("Publishing (Ctrl-C stops)")
            await run_plant(app, report, simulator=simulator)

    run(work)


@cli.command()
def ask(
    question: Annotated[list[str] | None, typer.Argument(help="The question; without one, asks for them.")] = None,
    as_json: AsJson = False,
    model: Model = None,
    conversation: Annotated[str | None, typer.Option(help="Go on with a conversation of this name.")] = None,
) -> None:
    """Ask the plant something."""
    from interfaces.app.composition import open_app
    from interfaces.cli.ask import answer_of
    from interfaces.cli.printing import Printed

    name = conversation or secrets.token_hex(6)  # never starts with a hyphen, so --conversation takes it
    settings = settings_with(model=model)

    async def work(report: Report) -> None:
        async with open_app(settings, report) as app:
            report("Ready")
            for text in [" ".join(question)] if question else _questions():
                printed = Printed(None if as_json else out)
                reply = await answer_of(app.agent, text, name, printed.show)
                if as_json:
                    print(json.dumps(reply.as_json(), ensure_ascii=False), flush=True)

    run(work, quiet=as_json or bool(question))


def _questions() -> Any:
    """Lines of the standard input, asked for where a person types them."""
    while True:
        try:
            text = input("> " if sys.stdin.isatty() else "").strip()
        except EOFError:
            return
        if text:
            yield text


@cli.command()
def forecast() -> None:
    """Look ahead now: forecast every point and assess every thing, as a served plant does every night."""
    from interfaces.app.composition import open_app
    from interfaces.app.forecasts import forecast_now
    from interfaces.cli.printing import print_night

    settings = settings_with()

    async def work(report: Report) -> None:
        async with open_app(settings, report) as app:
            night = await forecast_now(app, report)
            print_night(out, night)

    run(work)


@cli.command()
def retention(
    apply: Annotated[bool, typer.Option("--apply", help="Remove it; without this it is only shown.")] = False,
) -> None:
    """Show which readings have been kept for as long as the settings say, or remove them."""
    from interfaces.app.composition import open_app
    from interfaces.app.retention import apply as remove
    from interfaces.app.retention import look, print_expired

    settings = settings_with()

    async def work(report: Report) -> None:
        async with open_app(settings, report) as app:
            found = await look(app)
            print_expired(out, found)
            if apply:
                out.print(f"{await remove(app, report):,} readings were removed.")
            else:
                out.print("Nothing was removed. With --apply it is.")

    run(work)


@cli.command()
def doctor(as_json: AsJson = False) -> None:
    """Say what works, what does not, and what to do about it."""
    from interfaces.cli.doctor import examine
    from interfaces.cli.printing import print_findings

    settings = settings_with()

    async def work(report: Report) -> None:
        findings = await examine(settings, report)
        if as_json:
            print(json.dumps([finding.as_json() for finding in findings], ensure_ascii=False))
        else:
            print_findings(out, findings)
        if any(finding.level == "problem" for finding in findings):
            raise InvalidInput("Something needs attention: see above.")

    run(work, quiet=as_json)


@cli.command()
def migrate() -> None:
    """Bring the stores up to date: the history's tables, the graph's constraints and classes."""
    from interfaces.app.composition import open_app

    settings = settings_with()

    async def work(report: Report) -> None:
        async with open_app(settings, report) as app:
            rows = await app.history.fetch("select name, applied_at from migration order by name")
        for row in rows:
            out.print(f"{row['name']}  applied {row['applied_at']:%Y-%m-%d %H:%M} UTC")
        out.print("The stores are up to date.")

    run(work)
