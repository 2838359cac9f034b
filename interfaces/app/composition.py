"""The one place where the parts of the product are put together."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass, replace

from agent.agent import Agent
from agent.conversation.memory import open_memory
from agent.conversation.preferences import PreferenceBook
from agent.dialogue.model import dialogue_model
from agent.language.grammar import grammar
from agent.models.chat_model import ChatModel
from agent.models.limits import Limits
from agent.models.openai_model import openai_model
from agent.models.usage import Budget, Prices, UsageBook
from agent.planning.newest import Understandings
from agent.vocabulary.lexicon import Lexicons
from graph_schema.ontology.ontology import Ontology, load_ontology
from graph_schema.store.bootstrap import bootstrap
from graph_schema.store.graph import GraphStore, open_graph
from ingestion.decoding.telemetry_map import TelemetryMap, load_map
from ingestion.history.history import History, migrate, open_history
from ingestion.pipeline.admission import Caps
from ingestion.pipeline.service import Ingestion, build
from ingestion.reading import Clock, wall_clock
from interfaces.app.site_clock import SiteClock
from interfaces.app.tracing import open_tracing
from interfaces.embedded import Endpoints, open_servers
from interfaces.embedded.home import Home
from interfaces.health import Health
from interfaces.http.auth.identity import Identity
from interfaces.http.auth.opening import open_identity
from interfaces.jobs.schema import migrate_jobs
from interfaces.progress import Report, silent
from interfaces.settings import Settings
from tools.approvals.proposing import Proposing
from tools.approvals.record import ProposalRecord
from tools.approvals.settlement import Settlement
from tools.audit.log import AuditLog, open_audit
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader
from tools.registry.registry import Registry


@dataclass(frozen=True, slots=True)
class App:
    """Everything that runs on one home. ``ingestion`` are its parts, with nothing running yet.

    ``agent_with`` gives the agent with the planner that other settings ask for.
    """

    settings: Settings
    endpoints: Endpoints
    ontology: Ontology
    graph: GraphStore
    history: History
    ingestion: Ingestion
    telemetry_map: TelemetryMap | None
    registry: Registry
    context: Callable[[Caller], Awaitable[ToolContext]]
    """What a tool works with when somebody asks."""
    settlement: Settlement
    identity: Identity
    audit: AuditLog
    understandings: Understandings
    """What reads questions without a language model, for all who do."""
    agent: Agent
    agent_with: Callable[[Settings], AbstractAsyncContextManager[Agent]]
    health: Health
    clock: Clock

    def now_ms(self) -> int:
        return round(self.clock().timestamp() * 1000)


@asynccontextmanager
async def open_app(settings: Settings, report: Report = silent, *, clock: Clock = wall_clock) -> AsyncGenerator[App]:
    """Join or start the servers, connect, make the stores ready, and wire the rest.

    Raises ``Unavailable`` or ``InvalidInput`` with a sentence for people.
    """
    telemetry_map = load_map(settings.map) if settings.map else None
    async with open_servers(settings, report) as endpoints:
        report("Connecting")
        place = endpoints.graph
        await migrate(endpoints.postgres_dsn, "forecasting")
        await migrate(endpoints.postgres_dsn, "agent")
        await migrate(endpoints.postgres_dsn)  # what follows refers to its tables
        for package in (
            "interfaces.http.auth",
            "interfaces.http.api",
            "interfaces.http.webhooks",
            "interfaces.notifications",
            "interfaces.slack",
            "interfaces.briefings",
            "tools.cmms",
        ):
            await migrate(endpoints.postgres_dsn, package)
        await migrate_jobs(endpoints.postgres_dsn)
        async with (
            open_graph(place.url, place.user, place.password, place.database) as graph,
            open_history(endpoints.postgres_dsn) as history,
            open_memory(endpoints.postgres_dsn, answering=history.answering) as memory,
            open_tracing(settings) as tracing,
            open_identity(settings, history, clock) as identity,
            open_audit(history) as audit,
        ):
            ontology = load_ontology(settings.home / "cache")
            await bootstrap(graph, ontology, place.sql)
            lexicons = Lexicons(graph, ontology, grammar("en").function_words)
            understandings = Understandings(lexicons)
            registry = plant_tools()
            reader = Reader(graph, history, ontology, clock)
            site = SiteClock(graph, settings.timezone)
            manuals = settings.home / "documents"
            proposals = ProposalRecord(history)
            bare = ToolContext(
                graph,
                history,
                ontology,
                reader,
                clock,
                Caller("nobody"),
                "UTC",
                documents=manuals,
                propose=Proposing(proposals).propose,
                site=settings.site,
                audit=audit.note,
            )

            async def context(caller: Caller) -> ToolContext:
                return replace(bare, caller=caller, plant_timezone=await site.timezone())

            async def context_of_a_question(caller: Caller) -> ToolContext:
                return (await context(caller)).at_one_moment()

            usage = usage_of(settings, history)

            def agent_on(model: ChatModel) -> Agent:
                """The offline planner answers where a language model fails; it needs no other itself."""
                fallback = None if model.composes else dialogue_model(understandings, registry)
                return Agent(
                    model,
                    registry,
                    context_of_a_question,
                    lexicons,
                    memory,
                    fallback,
                    usage,
                    tracing,
                    PreferenceBook(history),
                )

            settlement = Settlement(proposals, registry, context, clock)
            async with open_chat_model(settings, understandings, registry) as model, aclosing(settlement):
                agent = agent_on(model)

                @asynccontextmanager
                async def agent_with(wanted: Settings) -> AsyncGenerator[Agent]:
                    if _planner(wanted) == _planner(settings):
                        yield agent
                        return
                    async with open_chat_model(wanted, understandings, registry) as other:
                        yield agent_on(other)

                yield App(
                    settings=settings,
                    endpoints=endpoints,
                    ontology=ontology,
                    graph=graph,
                    history=history,
                    ingestion=build(
                        history, graph, telemetry_map, clock, Caps(settings.most_devices, settings.most_series)
                    ),
                    telemetry_map=telemetry_map,
                    registry=registry,
                    context=context,
                    settlement=settlement,
                    identity=identity,
                    audit=audit,
                    understandings=understandings,
                    agent=agent,
                    agent_with=agent_with,
                    health=Health(Home(settings.home).identity(), {"graph": graph, "history": history}),
                    clock=clock,
                )


@asynccontextmanager
async def open_chat_model(
    settings: Settings, understandings: Understandings, registry: Registry
) -> AsyncGenerator[ChatModel]:
    """The planner that the settings ask for: without a key or an address, the one that needs neither."""
    if settings.planner == "offline":
        yield dialogue_model(understandings, registry)
        return
    key = settings.openai_api_key
    secret = key.get_secret_value() if key else None
    model = openai_model(settings.openai_model, settings.openai_base_url, secret, limits_of(settings))
    try:
        yield model
    finally:
        await model.aclose()


def _planner(settings: Settings) -> tuple[object, ...]:
    """What tells one planner from another."""
    if settings.planner == "offline":
        return ("offline",)
    place = settings.openai_base_url, settings.openai_api_key
    return settings.planner, settings.openai_model, *place, limits_of(settings)


def usage_of(settings: Settings, history: History) -> UsageBook:
    """What is kept of a language model's cost, and the budget: the plant's own, whatever settings a command has."""
    prices = Prices(settings.model_input_price, settings.model_output_price)
    return UsageBook(history, prices, Budget(settings.model_daily_tokens, settings.model_daily_cost))


def limits_of(settings: Settings) -> Limits:
    """What a language model's endpoint is given."""
    return Limits(
        settings.model_silence_s,
        settings.model_timeout_s,
        settings.model_retries,
        settings.model_context_tokens,
        settings.model_output_tokens,
    )
