"""Which servers are used: those that the settings name, and embedded ones for the rest."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from graph_schema.errors import InvalidInput
from ingestion.sources.mqtt.connection import Broker
from ingestion.sources.mqtt.tls import Tls, context
from interfaces.broker.limits import Limits
from interfaces.embedded.arcadedb import ArcadeDb
from interfaces.embedded.endpoints import Endpoints, GraphEndpoint
from interfaces.embedded.home import Home
from interfaces.embedded.mqtt import MqttBroker
from interfaces.embedded.postgres import Postgres
from interfaces.embedded.supervision import Server, Supervised
from interfaces.progress import Report, silent
from interfaces.settings import Settings, WrongSetting

AnyServer = TypeVar("AnyServer", bound=Server)

_GRAPH_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


@asynccontextmanager
async def open_servers(settings: Settings, report: Report = silent) -> AsyncGenerator[Endpoints]:
    """Join or start what is embedded, and say where everything is. Servers of the settings are not contacted.

    Raises ``InvalidInput`` for a setting that cannot be, ``Unavailable`` for a server that does not start.
    """
    with _settings():
        real = real_graph(settings), real_postgres(settings), real_broker(settings)
    home = Home(settings.home.expanduser().absolute())
    home.prepare()
    own = ArcadeDb(home, settings.graph_memory), Postgres(home), embedded_broker(home, settings)
    graph, postgres, broker = (Supervised(server, home) for server in own)
    missing = [server for server, place in zip((graph, postgres, broker), real, strict=True) if place is None]
    async with AsyncExitStack() as stack:
        await _enter(stack, missing, report)
        yield Endpoints(
            real[0] or own[0].endpoint(graph.ports),
            real[1] or own[1].endpoint(postgres.ports),
            real[2] or own[2].endpoint(broker.ports),
            real[2] or own[2].intake(broker.ports),
        )


@asynccontextmanager
async def open_broker(settings: Settings, report: Report = silent) -> AsyncGenerator[Broker]:
    """The MQTT broker alone, as ingestion reaches it, for whoever needs no store."""
    with _settings():
        place = real_broker(settings)
    if place:
        yield place
        return
    async with _alone(settings, lambda home: embedded_broker(home, settings), report) as (own, ports):
        yield own.intake(ports)


@asynccontextmanager
async def open_postgres(settings: Settings, report: Report = silent) -> AsyncGenerator[str]:
    """The history database alone, for whoever needs neither graph nor broker; its address."""
    with _settings():
        place = real_postgres(settings)
    if place:
        yield place
        return
    async with _alone(settings, Postgres, report) as (own, ports):
        yield own.endpoint(ports)


@asynccontextmanager
async def _alone(
    settings: Settings, make: Callable[[Home], AnyServer], report: Report
) -> AsyncGenerator[tuple[AnyServer, Mapping[str, int]]]:
    """One embedded server of the home, and its ports."""
    home = Home(settings.home.expanduser().absolute())
    home.prepare()
    own = make(home)
    server = Supervised(own, home)
    async with AsyncExitStack() as stack:
        await _enter(stack, [server], report)
        yield own, server.ports


async def _enter(stack: AsyncExitStack, servers: Sequence[Supervised], report: Report) -> None:
    """Start all at once, since the slow one takes seconds; when one fails, those that came up are stopped again."""
    sentence = "Starting the embedded servers"
    done = 0

    async def enter(server: Supervised) -> None:
        nonlocal done
        await stack.enter_async_context(server)
        done += 1
        report(sentence, done / len(servers))

    if servers:
        report(sentence, 0.0)
    tasks = [asyncio.create_task(enter(server)) for server in servers]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


@contextmanager
def _settings() -> Generator[None]:
    """What is wrong here is wrong with a setting."""
    try:
        yield
    except InvalidInput as error:
        raise WrongSetting(str(error)) from error


def embedded_broker(home: Home, settings: Settings) -> MqttBroker:
    limits = Limits(
        connections=settings.broker_connections,
        packet_bytes=settings.broker_packet_kb * 1_000,
        queue_bytes=settings.broker_queue_mb * 1_000_000,
    )
    return MqttBroker(home, limits)


def real_graph(settings: Settings) -> GraphEndpoint | None:
    if settings.graph_url is None:
        return None
    try:
        parts = urlsplit(settings.graph_url)
        valid = parts.scheme in _GRAPH_SCHEMES and bool(parts.hostname)
    except ValueError:  # half an IPv6 address, for one
        valid = False
    if not valid:
        raise InvalidInput(
            f"PLANTROOM_GRAPH_URL is “{settings.graph_url}”. It must look like bolt://host:7687 or neo4j://host:7687."
        )
    password = settings.graph_password.get_secret_value()
    return GraphEndpoint(settings.graph_url, settings.graph_user, password, settings.graph_database)


def real_postgres(settings: Settings) -> str | None:
    if settings.postgres_url is None:
        return None
    dsn = settings.postgres_url.get_secret_value()
    try:
        valid = urlsplit(dsn).scheme in ("postgresql", "postgres") and bool(conninfo_to_dict(dsn))
    except (psycopg.ProgrammingError, ValueError):
        valid = False
    if not valid:
        raise InvalidInput("PLANTROOM_POSTGRES_URL must look like postgresql://user:password@host:5432/database.")
    return dsn


def real_broker(settings: Settings) -> Broker | None:
    if settings.mqtt_url is None:
        return None
    broker = Broker.at(settings.mqtt_url, settings.mqtt_user, settings.mqtt_password.get_secret_value() or None)
    return replace(
        broker,
        tls=_mqtt_tls(settings, broker),
        v5=settings.mqtt_version == "5",
        session_s=settings.mqtt_session_s,
        share=settings.mqtt_share,
    )


def _mqtt_tls(settings: Settings, broker: Broker) -> Tls | None:
    """The files are looked at now: later nobody sees that they cannot be used."""
    given = settings.mqtt_ca_file, settings.mqtt_cert_file, settings.mqtt_key_file
    if broker.tls is None:
        if any(given):
            raise InvalidInput("Certificates need TLS: PLANTROOM_MQTT_URL must begin with mqtts://.")
        return None
    if settings.mqtt_key_file and not settings.mqtt_cert_file:
        raise InvalidInput(
            "PLANTROOM_MQTT_KEY_FILE needs PLANTROOM_MQTT_CERT_FILE, the certificate that it is the key of."
        )
    tls = Tls(*(str(path) if path else None for path in given), alpn=settings.mqtt_alpn)
    context(tls)
    return tls
