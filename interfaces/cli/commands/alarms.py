"""``plantroom alarms``: what is beyond its limits now, what was, and putting latched alarms back."""

import getpass
from typing import Annotated, Any, Literal

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson

alarms = typer.Typer(help="Show what is or was beyond its limits; acknowledge, shelve, take out of service, reset.")

Role = Literal["viewer", "technician", "manager", "engineer", "admin"]
Named = Annotated[
    str,
    typer.Argument(
        metavar="ASSET", help="An asset with its parts, or a point: its id or exact name; or an incident: I-12."
    ),
]
Why = Annotated[str | None, typer.Option(help="The reason, kept with the act.")]
By = Annotated[str | None, typer.Option(help="Who does it. [default: the account]")]
As = Annotated[Role, typer.Option("--as", help="In which role.")]


@alarms.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="Also what was, from then on: 24h, 7d, or a time such as 2026-03-02T22:00.")
    ] = None,
    asset: Annotated[str | None, typer.Option(help="Only of this asset and its parts, or of this point.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the alarms that are active, since when and how far; with --since, how often and how long there were some."""
    if context.invoked_subcommand is None:
        do("alarms.show", quiet=as_json, since=since, asset=asset, as_json=as_json)


@alarms.command()
def reset(
    points: Annotated[list[str], typer.Argument(help="Ids of the points whose alarms to reset.")],
    by: Annotated[str | None, typer.Option(help="Who does it. [default: the account]")] = None,
) -> None:
    """Put latched alarms back. What is still beyond its limit is raised again after its delay."""
    do("alarms.reset", points=points, by=by or getpass.getuser())


@alarms.command("list")
def list_(
    which: Annotated[
        Literal["all", "waiting", "held", "shelved", "suppressed by design", "out of service"],
        typer.Option(help="Which: waiting are those to acknowledge."),
    ] = "all",
    asset: Annotated[str | None, typer.Option(help="Only of this asset and its parts, or of this point.")] = None,
    advice: Annotated[bool, typer.Option("--advice", help="With cause, consequence and action of each.")] = False,
    limit: Annotated[int, typer.Option(help="How many to show.", min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """List alarms with their states and priorities, the most urgent first."""
    given = {"which": which, "asset": asset, "limit": limit}
    do("alarms.list_", quiet=as_json, given=given, advice=advice, as_json=as_json)


@alarms.command()
def acknowledge(asset: Named, why: Why = None, by: By = None, role: As = "technician") -> None:
    """Acknowledge alarms: you have seen them and take care."""
    _act("acknowledge_alarm", {"asset": asset, "why": why}, by, role)


@alarms.command()
def shelve(
    asset: Named,
    until: Annotated[str, typer.Option(help="8h, 2d, 06:00 (the next), or a time such as 2026-03-02T22:00.")],
    why: Why = None,
    by: By = None,
    role: As = "technician",
) -> None:
    """Shelve alarms: quiet until then, when they return by themselves."""
    _act("shelve_alarm", {"asset": asset, "why": why}, by, role, until)


@alarms.command()
def unshelve(asset: Named, why: Why = None, by: By = None, role: As = "technician") -> None:
    """End a shelf before its time."""
    _act("hold_alarm", {"asset": asset, "act": "unshelved", "why": why}, by, role)


@alarms.command("out-of-service")
def out_of_service(asset: Named, why: Why = None, by: By = None, role: As = "technician") -> None:
    """Take alarms out of service while the asset or its sensor is worked on."""
    _act("hold_alarm", {"asset": asset, "act": "out_of_service", "why": why}, by, role)


@alarms.command("in-service")
def in_service(asset: Named, why: Why = None, by: By = None, role: As = "technician") -> None:
    """Put alarms back into service."""
    _act("hold_alarm", {"asset": asset, "act": "in_service", "why": why}, by, role)


@alarms.command()
def suppress(asset: Named, why: Why = None, by: By = None, role: As = "technician") -> None:
    """Suppress alarms by design: what is none in this mode of the plant."""
    _act("hold_alarm", {"asset": asset, "act": "suppressed", "why": why}, by, role)


@alarms.command()
def unsuppress(asset: Named, why: Why = None, by: By = None, role: As = "technician") -> None:
    """End a suppression by design."""
    _act("hold_alarm", {"asset": asset, "act": "unsuppressed", "why": why}, by, role)


@alarms.command()
def kpis(
    since: Annotated[
        str, typer.Option(help="From then until now: 24h, 7d, or a time such as 2026-03-02T22:00.")
    ] = "7d",
    operators: Annotated[int, typer.Option(help="How many people are on duty at once.", min=1, max=1_000)] = 1,
    as_json: AsJson = False,
) -> None:
    """Show how much the alarms ask of operators (ISA-18.2, EEMUA 191)."""
    do("alarms.show_kpis", quiet=as_json, since=since, operators=operators, as_json=as_json)


@alarms.command()
def rationalisation(
    asset: Annotated[str | None, typer.Option(help="Only of this asset and its parts, or of this point.")] = None,
    language: Annotated[Literal["en", "de", "es"], typer.Option(help="The language of causes and actions.")] = "en",
) -> None:
    """Write the master list of alarms as CSV: each limit with its priority and why, cause, consequence, action, minutes to act."""
    do("alarms.rationalise", quiet=True, asset=asset, language=language)


incidents = typer.Typer(help="Alarms that belong together, under their likely cause.")
alarms.add_typer(incidents, name="incidents")


@incidents.callback(invoke_without_command=True)
def list_incidents(
    context: typer.Context,
    hours: Annotated[float, typer.Option(help="Also those that were closed within these hours.", min=0)] = 0,
    limit: Annotated[int, typer.Option(help="How many to show.", min=1, max=200)] = 20,
    as_json: AsJson = False,
) -> None:
    """List incidents, the largest first."""
    if context.invoked_subcommand is None:
        do("alarms.list_incidents", quiet=as_json, given={"hours": hours, "limit": limit}, as_json=as_json)


@incidents.command()
def merge(
    incident: Annotated[str, typer.Argument(help="As it is told: I-12.")],
    other: Annotated[str, typer.Argument(help="The one whose alarms come to it.")],
    by: By = None,
    role: As = "technician",
) -> None:
    """Merge another incident into one."""
    do("alarms.change_incident", given={"incident": incident, "merge": other}, by=by or getpass.getuser(), role=role)


@incidents.command()
def split(
    incident: Annotated[str, typer.Argument(help="As it is told: I-12.")],
    asset: Annotated[
        str, typer.Argument(help="An asset with its parts, or a point, whose alarms become one of their own.")
    ],
    by: By = None,
    role: As = "technician",
) -> None:
    """Split the alarms of an asset off an incident."""
    do("alarms.change_incident", given={"incident": incident, "split": asset}, by=by or getpass.getuser(), role=role)


def _act(tool: str, given: dict[str, Any], by: str | None, role: Role, until: str | None = None) -> None:
    do("alarms.act", tool=tool, given=given, until=until, by=by or getpass.getuser(), role=role)
