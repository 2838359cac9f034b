"""What works, what does not, and what to do about it: looked at one by one, so that one failure does not hide the next."""

import asyncio
import contextlib
import json
import os
import platform
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, LiteralString, TypeVar, cast

import psycopg
from psycopg.rows import dict_row
from rich.console import Console
from rich.markup import escape

from graph_schema.errors import InvalidInput, PlantroomError, Unavailable
from graph_schema.statements import statements
from graph_schema.store.graph import open_graph
from ingestion.pipeline.topic_use import TOPIC_USES, TopicUse, topic_use
from ingestion.sources.mqtt.connection import Broker
from interfaces.cli.work.doctor.access import login_server, people_findings
from interfaces.cli.work.doctor.finding import Finding
from interfaces.cli.work.doctor.language_model import planner
from interfaces.cli.work.doctor.notifications import notification_findings
from interfaces.cli.work.doctor.slack import slack_findings
from interfaces.cli.work.doctor.telemetry_findings import readings_findings, topics_findings, unfed_finding
from interfaces.embedded.arcadedb import ArcadeDb
from interfaces.embedded.child import LOG_BYTES, started
from interfaces.embedded.endpoints import GraphEndpoint
from interfaces.embedded.home import Home
from interfaces.embedded.mqtt import MqttBroker, greet
from interfaces.embedded.ports import connects
from interfaces.embedded.postgres import Postgres
from interfaces.embedded.servers import embedded_broker, real_broker, real_graph, real_postgres
from interfaces.embedded.supervision import Server, Supervised
from interfaces.local.operation import Desk, operation
from interfaces.progress import Report
from interfaces.settings import Settings, unheeded

T = TypeVar("T")

_HOME = "Data folder"
_MARKS = {"ok": "[green]✓[/]", "note": "[yellow]•[/]", "problem": "[red]✗[/]"}
_PATIENCE_S = 30
_LOW_DISK_GB = 2
_NEAR = 0.9
_NIGHT_OVERDUE = timedelta(hours=38)  # one that was made up for in the afternoon counts for the next
_CREDENTIALS = {
    "Graph": "PLANTROOM_GRAPH_USER and PLANTROOM_GRAPH_PASSWORD",
    "History": "the user and the password in PLANTROOM_POSTGRES_URL",
    "MQTT broker": "PLANTROOM_MQTT_USER and PLANTROOM_MQTT_PASSWORD",
}
_SQL = statements("interfaces.cli.work.doctor", "doctor.sql")
_CYPHER = statements("interfaces.cli.work.doctor", "doctor.cypher")


@operation(needs_plant=False)
async def doctor(desk: Desk, as_json: bool) -> None:
    findings = await examine(desk.settings, desk.report)
    if as_json:
        desk.write(json.dumps([finding.as_json() for finding in findings], ensure_ascii=False))
    else:
        print_findings(desk.out, findings)
    if any(finding.level == "problem" for finding in findings):
        raise InvalidInput("Something needs attention: see above.")


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """A line each, with what to do under what does not work."""
    for finding in findings:
        console.print(
            f"{_MARKS[finding.level]} [bold]{escape(finding.subject)}[/]  {escape(finding.what)}", soft_wrap=True
        )
        if finding.advice:
            console.print(f"    → {escape(finding.advice)}", soft_wrap=True)


async def examine(settings: Settings, report: Report) -> list[Finding]:
    """Look at everything. Embedded servers that do not run are started for the look, and stopped again."""
    report("Looking at this machine")
    findings = [machine(), *variables(), home(settings), sizes(settings), web_client()]
    findings.append(await asyncio.to_thread(web_port, settings))  # it may be this very process that answers
    if any(finding.subject == _HOME and finding.level == "problem" for finding in findings):
        return findings
    async with AsyncExitStack() as stack:
        report("Looking at the servers")
        looks = await asyncio.gather(_graph(stack, settings), _history(stack, settings), _broker(stack, settings))
        findings += [finding for found in looks for finding in found]
    report("Looking at the planner")
    return [
        *findings,
        *await login_server(settings),
        *notification_findings(settings),
        *await slack_findings(settings),
        *await planner(settings),
    ]


# This machine


def machine() -> Finding:
    return Finding(
        "Plantroom", f"version {version('plantroom')} on Python {platform.python_version()}, {platform.platform()}"
    )


def variables() -> list[Finding]:
    return [Finding("Settings", sentence, "note", "Correct or unset it; it has no effect.") for sentence in unheeded()]


def home(settings: Settings) -> Finding:
    folder = settings.home
    try:
        Home(folder).prepare()
    except Unavailable as error:
        return Finding(_HOME, str(error), "problem")
    free_gb = shutil.disk_usage(folder).free / 1e9
    if free_gb < _LOW_DISK_GB:
        what = f"{folder} has only {free_gb:.1f} GB left"
        return Finding(_HOME, what, "note", "Make room before the history fills the disk.")
    return Finding(_HOME, f"{folder}, {free_gb:.0f} GB free")


def sizes(settings: Settings) -> Finding:
    """What the data folder holds, and what of it is kept short."""
    parts = {name: _megabytes(settings.home / name) for name in ("graph", "postgres", "broker", "cache")}
    logs = _megabytes(settings.home / "servers")
    told = ", ".join(f"{name} {size:,.0f} MB" for name, size in parts.items() if size)
    most = 2 * LOG_BYTES // 1_000_000
    return Finding("Sizes", f"{told or 'nothing yet'}; logs {logs:,.0f} MB (at most about {most} MB a server)")


def _megabytes(folder: Path) -> float:
    """Of the files that are still there when they are looked at, and that we may see."""
    total = 0
    for above, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(above, name).lstat().st_size
    return total / 1e6


def web_client() -> Finding:
    built = Path(__file__).parents[3] / "web" / "static" / "app" / "index.html"
    if built.exists():
        return Finding("Web client", "built")
    return Finding("Web client", "the 3D view is not built", "problem", "Run: make install")


def web_port(settings: Settings) -> Finding:
    """Free, ours, or somebody else's."""
    place = f"{settings.host}:{settings.port}"
    with socket.socket() as probe:
        probe.settimeout(1)
        if settings.port == 0 or probe.connect_ex((settings.host, settings.port)) != 0:
            return Finding("Web app", f"not running; {place} is free")
    try:
        with urllib.request.urlopen(f"http://{place}/api/health", timeout=3) as reply:
            answer = json.load(reply)
    except urllib.error.HTTPError as error:
        answer = _json_of(error)
    except TimeoutError:
        what = f"{place} is taken, but does not answer yet"
        return Finding("Web app", what, "note", "If Plantroom has just been started there, look again in a minute.")
    except (OSError, ValueError):
        answer = None
    advice = "Set PLANTROOM_PORT, or pass --port, to use another."
    match answer:
        case {"status": "ok" | "away", "home": str(other)}:
            if other == Home(settings.home).identity():
                return Finding("Web app", f"runs at http://{place}")
            what = f"the Plantroom of another data folder listens on {place}"
            return Finding("Web app", what, "problem", advice)
        case _:
            return Finding("Web app", f"another program listens on {place}", "problem", advice)


def _json_of(error: urllib.error.HTTPError) -> object:
    """Health is told with 503 where a store is away."""
    try:
        return json.load(error)
    except (OSError, ValueError):
        return None


# The servers


async def _graph(stack: AsyncExitStack, settings: Settings) -> list[Finding]:
    store = Home(settings.home)
    server = ArcadeDb(store, settings.graph_memory)
    return await _server(
        stack,
        "Graph",
        "PLANTROOM_GRAPH_URL",
        lambda: real_graph(settings),
        server,
        store,
        server.endpoint,
        _look_at_graph,
    )


async def _history(stack: AsyncExitStack, settings: Settings) -> list[Finding]:
    store = Home(settings.home)
    server = Postgres(store)
    return await _server(
        stack, "History", "PLANTROOM_POSTGRES_URL", lambda: real_postgres(settings), server, store, server.endpoint,
        partial(_look_at_history, settings),
    )  # fmt: skip


async def _broker(stack: AsyncExitStack, settings: Settings) -> list[Finding]:
    store = Home(settings.home)
    server = embedded_broker(store, settings)
    return await _server(
        stack, "MQTT broker", "PLANTROOM_MQTT_URL", lambda: _twice(real_broker(settings)), server, store,
        lambda ports: (server.endpoint(ports), server.intake(ports)), lambda doors: _look_at_broker(doors, server),
    )  # fmt: skip


def _twice(broker: Broker | None) -> tuple[Broker, Broker] | None:
    return (broker, broker) if broker else None


async def _server(
    stack: AsyncExitStack,
    subject: str,
    setting: str,
    real: Callable[[], T | None],
    server: Server,
    store: Home,
    endpoint: Callable[[Any], T],
    look: Callable[[T], Awaitable[list[Finding]]],
) -> list[Finding]:
    """The server that the settings name, or else the embedded one, joined or started."""
    try:
        place = real()
        where = f"named by {setting}"
        if place is None:
            supervised = Supervised(server, store)
            where = _runner(server, store)
            async with asyncio.timeout(_PATIENCE_S + server.patience_s):
                await stack.enter_async_context(supervised)
            place = endpoint(supervised.ports)
    except InvalidInput as error:
        return [Finding(subject, str(error), "problem", f"Correct {setting}, or unset it to use the embedded server.")]
    except (Unavailable, TimeoutError) as error:
        why = str(error) or "it does not answer"
        return [Finding(subject, f"embedded: {why}", "problem", f"Its log is {store.log(server.name)}.")]
    try:
        async with asyncio.timeout(_PATIENCE_S):
            found = await look(place)
    except (PlantroomError, TimeoutError) as error:
        if setting not in where:
            advice = f"Stop the other commands on this home and start again. Its log is {store.log(server.name)}."
        elif refuses(str(error)):
            advice = f"Correct {_CREDENTIALS[subject]}."
        else:
            advice = f"Start that server, or correct {setting}; unset it to use the embedded one."
        return [Finding(subject, f"{str(error) or 'it does not answer'} ({where})", "problem", advice)]
    return [Finding(subject, f"{found[0].what} ({where})", found[0].level, found[0].advice), *found[1:]]


def refuses(sentence: str) -> bool:
    """Whether a server answered, and does not want us. None of the three has a code for it that the others share."""
    return any(words in sentence for words in ("refuses", "authentication failed", "no password supplied"))


def _runner(server: Server, store: Home) -> str:
    """In words, who runs the embedded server; told before anybody starts it."""
    running = store.running(server.name)
    if running is None or started(running.owner) is None or not running.ready:
        return "embedded, started for this look"
    if started(running.pid) is None:
        return f"embedded; it had died, and process {running.owner} started it again"
    return f"embedded, run by process {running.owner}"


async def _look_at_graph(place: GraphEndpoint) -> list[Finding]:
    async with open_graph(place.url, place.user, place.password, place.database) as graph:
        row = (await graph.read(_CYPHER["entities"]))[0]
        unfed = (await graph.read(_CYPHER["unfed"]))[0]["points"]
        examples = await graph.read(_CYPHER["unfed_examples"], limit=3) if unfed else []
    if not row["entities"]:
        advice = "Run: plantroom import FILE, or plantroom demo for the demo plant."
        return [
            Finding("Graph", f"answers at {place.url}"),
            Finding("Plant", "none is in the graph yet", "note", advice),
        ]
    return [
        Finding("Graph", f"answers at {place.url}"),
        Finding("Plant", f"{row['entities']:,} entities, {row['points']:,} of them points"),
        *unfed_finding(row["points"], unfed, examples),
    ]


async def _look_at_history(settings: Settings, dsn: str) -> list[Finding]:
    try:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.cursor(row_factory=dict_row)

            async def row(name: str) -> dict[str, Any]:
                await cursor.execute(cast(LiteralString, _SQL[name]))
                return await cursor.fetchone() or {}

            async def rows(name: str) -> list[dict[str, Any]]:
                await cursor.execute(cast(LiteralString, _SQL[name]))
                return await cursor.fetchall()

            server = await row("server")
            what = f"PostgreSQL {server['version']}{' with TimescaleDB' if server['timescale'] else ''} answers"
            if not (await row("prepared"))["prepared"]:
                return [
                    Finding("History", what),
                    Finding("Readings", "none yet"),
                    *people_findings(settings, 0, 0),
                ]
            readings, dead = await row("readings"), await row("dead_letters")
            uses: list[TopicUse] = []
            if (await row("topics_prepared"))["prepared"]:
                await cursor.execute(cast(LiteralString, TOPIC_USES))
                uses = [topic_use(found) for found in await cursor.fetchall()]
            dropped = await rows("dropped") if (await row("dropped_prepared"))["prepared"] else []
            jobs = await row("jobs") if (await row("jobs_prepared"))["prepared"] else {}
            people = await row("people") if (await row("people_prepared"))["prepared"] else {"users": 0, "keys": 0}
    except (psycopg.Error, OSError) as error:
        why = str(error).strip().partition("\n")[0].removeprefix("connection failed: ")
        raise Unavailable(f"The history database does not answer: {why}.") from error
    return [
        Finding("History", what),
        *readings_findings(readings, datetime.now(UTC)),
        *topics_findings(settings.map, uses),
        limits_finding(readings, settings),
        *_dead_letters(dead),
        *dropped_findings(dropped),
        *jobs_findings(jobs, datetime.now(UTC)),
        *people_findings(settings, people["users"], people["keys"]),
    ]


def _dead_letters(dead: dict[str, Any]) -> Sequence[Finding]:
    if not dead.get("total"):
        return []
    what = f"{dead['total']:,} messages could not be read or stored, {dead['most']:,} of them like this: {dead['reason'][:200]}"
    return [Finding("Dead letters", what, "note", "Run: plantroom dead-letters list")]


def limits_finding(readings: dict[str, Any], settings: Settings) -> Finding:
    """How near the devices are to being too many."""
    counts = {
        "devices": (readings["devices"], settings.most_devices),
        "series": (readings["series"], settings.most_series),
    }
    what = ", ".join(f"{number:,} of {most:,} {name}" for name, (number, most) in counts.items())
    near = [name for name, (number, most) in counts.items() if number >= _NEAR * most]
    if not near:
        return Finding("Limits", what)
    settings_named = " and ".join(f"PLANTROOM_MOST_{name.upper()}" for name in near)
    advice = f"Strangers beyond that become dead letters. See whether devices went wild, or raise {settings_named}."
    return Finding("Limits", what, "note", advice)


def dropped_findings(dropped: Sequence[dict[str, Any]]) -> Sequence[Finding]:
    """What was given up because there was too much of it."""
    if not dropped:
        return []
    told = "; ".join(f"{row['what']}: {row['times']:,} since {row['since']:%Y-%m-%d}" for row in dropped)
    return [
        Finding("Dropped", told, "note", "The oldest go where there are too many. See: plantroom dead-letters list")
    ]


def jobs_findings(jobs: dict[str, Any], now: datetime) -> Sequence[Finding]:
    """Whether a night is overdue, and which jobs failed the last time they ran."""
    if not jobs:
        return []
    if jobs["since"] is None:
        return [Finding("Jobs", "none has run yet")]
    last: datetime | None = jobs["night"]
    if jobs["failed"]:
        what = f"{' and '.join(jobs['failed'])} failed the last time"
        return [Finding("Jobs", what, "note", "Run: plantroom jobs")]
    if now - (last or jobs["since"]) > _NIGHT_OVERDUE:
        what = f"the last night's run ended on {last:%Y-%m-%d at %H:%M} UTC" if last else "no night's run has ended yet"
        return [
            Finding(
                "Jobs", what, "note", "A night runs where the plant is served: plantroom serve. See: plantroom jobs"
            )
        ]
    return [Finding("Jobs", "none has failed")]


async def _look_at_broker(doors: tuple[Broker, Broker], embedded: MqttBroker) -> list[Finding]:
    """The embedded broker's door for devices is open once ingestion's session stands."""
    devices, intake = doors
    await greet(intake)
    place = f"{devices.host}:{devices.port}"
    if devices == intake:
        return [Finding("MQTT broker", f"answers at {place}")]
    waiting = await asyncio.to_thread(embedded.waiting)
    kept = f"; {waiting:,} messages wait for ingestion" if waiting else ""
    try:
        await connects(devices.port)
        found = Finding("MQTT broker", f"answers at {place}{kept}")
    except Unavailable:
        found = Finding("MQTT broker", f"answers; devices may come to {place} once the plant is served{kept}")
    trouble = embedded.trouble(datetime.now(UTC) - timedelta(days=1))
    if trouble is None:
        return [found]
    advice = "Its limits are PLANTROOM_BROKER_CONNECTIONS, PLANTROOM_BROKER_PACKET_KB and PLANTROOM_BROKER_QUEUE_MB."
    return [found, Finding("MQTT broker's log", trouble, "note", advice)]
