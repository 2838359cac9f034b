"""Every role at every site before every tool of the catalogue, by the real registry on real stores."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from graph_schema.errors import NotAllowed, PlantroomError
from graph_schema.model import Entity, Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from interfaces.http.auth.account import Account
from tools.approvals.proposing import Proposing
from tools.approvals.record import ProposalRecord
from tools.catalogue.plant import plant_tools
from tools.context import EVERYBODY, EVERYWHERE, ROLES, SCOPES, Caller, Role, Scope, ToolContext
from tools.query.reader import Reader
from tools.registry.registry import Registry
from tools.registry.tool import Tool

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
SITE = "north"
GRANTED_AT = (SITE, "south", EVERYWHERE)
HELD: tuple[Role | None, ...] = (None, *ROLES)


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology) -> ToolContext:
    await load_plant(graph, ontology, Plant("House", (Entity("a1", "Asset", "AHU-1", "AHU"),), ()))
    reader = Reader(graph, history, ontology, lambda: NOW)
    propose = Proposing(ProposalRecord(history)).propose
    return ToolContext(
        graph, history, ontology, reader, lambda: NOW, Caller("nobody"), "UTC", propose=propose, site=SITE
    )


def expected(tool: Tool, role: Role | None, site: str, scopes: frozenset[Scope]) -> bool:
    """As docs/operators/people.md has it, said anew."""
    if role is None or site == "south" or tool.effect not in scopes:
        return False
    held = ROLES[: ROLES.index(role) + 1]
    return any(one in tool.roles and not (tool.effect == "write" and one == "viewer") for one in held)


async def let_in(registry: Registry, tool: Tool, context: ToolContext) -> bool:
    """Whether the call comes to the tool, which then may have its own opinion of a call without arguments."""
    try:
        await registry.call(tool.name, {}, context)
    except NotAllowed:
        return False
    except PlantroomError:
        return True
    return True


async def test_every_role_at_every_site_before_every_tool(context: ToolContext):
    registry = plant_tools()
    tried: Counter[bool] = Counter()
    for tool in registry:
        for role in HELD:
            for site in GRANTED_AT:
                for scopes in (SCOPES, frozenset({"read"}), frozenset({"write"})):
                    grants = {} if role is None else {site: role}
                    caller = replace(
                        Account(f"{role}", grants, "local", scopes=scopes).caller(SITE), name=f"{role}-{site}"
                    )
                    wanted = expected(tool, role, site, scopes)
                    found = await let_in(registry, tool, replace(context, caller=caller))
                    assert found == wanted, (tool.name, role, site, sorted(scopes))
                    tried[found] += 1
    assert tried.total() == len(registry) * len(HELD) * len(GRANTED_AT) * 3
    assert min(tried.values()) > 0
    assert {tool.effect for tool in registry} == {"read", "write"}


async def test_a_role_that_is_said_of_another_site_is_worth_nothing_here(context: ToolContext):
    """Also where whoever made the caller has not asked for this site."""
    registry = plant_tools()
    for tool in registry:
        elsewhere = Caller("eve", EVERYBODY, site="south")
        assert not await let_in(registry, tool, replace(context, caller=elsewhere)), tool.name
