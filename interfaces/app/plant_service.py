"""A plant that is served: ingestion, the web app and, for a simulated plant, its devices, until somebody stops it."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Coroutine, Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from graph_schema.errors import PlantroomError
from ingestion.device.client import open_device_client
from ingestion.orders.mirror import keep_mirrored
from ingestion.simulator.live import run_live
from ingestion.simulator.simulator import Simulator
from interfaces.app.cmms import hooks_of, keep_feeding, maintenance_of
from interfaces.app.composition import App
from interfaces.app.messages.briefings import briefings_of
from interfaces.app.messages.notifications import plan_notifications
from interfaces.app.messages.slack import slack_of
from interfaces.app.messages.webhooks import queue_webhooks
from interfaces.app.metrics import serving_metrics
from interfaces.app.plant import ingestion_of
from interfaces.app.plant_jobs import work_for
from interfaces.app.site_clock import SiteClock
from interfaces.app.web_server import address, background, serve_web, until_stopped
from interfaces.local.server import answer_commands
from interfaces.progress import Report
from tools.alarms.folding import Folding

_LOOKED_S = 10.0
"""How often it is looked whether the plant has other names."""


async def run_plant(
    app: App, report: Report, listener: socket.socket | None = None, simulator: Simulator | None = None
) -> None:
    """Ingest until Ctrl-C or SIGTERM; serve the web app on ``listener`` and publish for ``simulator`` where they are given."""
    work: list[Coroutine[Any, Any, None]] = [
        answer_commands(app, version("plantroom")),
        work_for(app, has_a_past=simulator is not None),
        app.health.keep_looking(),
        app.settlement.keep_looking(),
        queue_webhooks(app),
        plan_notifications(app),
        Folding(app.history, app.graph, app.ontology, app.clock).keep(),
        keep_mirrored(app.graph, app.history),
    ]
    if (maintenance := maintenance_of(app)) is not None:
        work.append(keep_feeding(maintenance))
    slack = slack_of(app)
    if slack is not None:
        work.append(slack.keep())
    if listener is not None:
        await app.identity.open()
        work.append(_keep_prepared(app))
        report("Starting the web app")
        place = address(listener)
        work.append(
            serve_web(
                _web(app, [slack.routes()] if slack else []),
                listener,
                lambda: report(f"Serving at {place} (Ctrl-C stops)"),
                app.settings.proxies,
            )
        )
    if simulator is not None:
        work.append(_live(app, simulator))
    metrics = serving_metrics(app.ingestion.meter.registry, app.settings.metrics_port)
    async with ingestion_of(app):
        with metrics as port:
            if port:
                report(f"Metrics at http://127.0.0.1:{port}/metrics")
            async with background(*work):
                await until_stopped()


def _web(app: App, calls: Sequence[Any]) -> Any:
    # Gradio keeps files in the machine's temporary folder, where another account's may be in the way, unless told otherwise.
    os.environ.setdefault("GRADIO_TEMP_DIR", str(app.settings.home / "cache" / "gradio"))
    # It takes seconds to import, and the other commands do without it.
    from interfaces.briefings.page import briefing_pages
    from interfaces.web.server import create_app

    return create_app(
        agent=app.agent,
        understandings=app.understandings,
        graph=app.graph,
        history=app.history,
        values=app.ingestion.projection.values,
        ontology=app.ontology,
        clock=app.now_ms,
        timezone=SiteClock(app.graph, app.settings.timezone).timezone,
        health=app.health,
        identity=app.identity,
        settlement=app.settlement,
        doors=_doors(app),
        metrics=app.ingestion.meter.registry,
        pages=[briefing_pages(app.context, app.identity.caller_of, briefings_of(app))],
        hooks=[*([hooks] if (hooks := hooks_of(app)) else []), *calls],
    )


def _doors(app: App) -> Any:
    from interfaces.http.api.limits import Limiter
    from interfaces.http.api.served import Served
    from interfaces.http.doors import Doors
    from interfaces.http.mcp.door import Tokens

    limiter = Limiter(app.settings.api_calls_a_minute)
    served = Served(app.registry, app.context, app.settlement, app.agent, app.identity.caller_of, limiter)
    issuer, audience, public = app.settings.oidc_issuer, app.settings.oidc_audience, app.settings.public_url
    tokens = Tokens((issuer,) if issuer else (), audience if audience and "://" in audience else None)
    hosts = [name] if public and (name := urlsplit(public).hostname) else []
    return Doors(served, app.history, app.clock, tokens, hosts)


async def _keep_prepared(app: App) -> None:
    """The plant's names and the languages, before the first question. While the graph is away, that question finds out and says so."""
    while True:
        with contextlib.suppress(PlantroomError):
            await app.understandings.prepare()
        await asyncio.sleep(_LOOKED_S)


async def _live(app: App, simulator: Simulator) -> None:
    async with open_device_client(app.endpoints.broker, client_id="plantroom-simulator", patience_s=None) as device:
        await run_live(simulator, device, app.clock)
