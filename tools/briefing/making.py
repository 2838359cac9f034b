"""A briefing, made of what the tools say now."""

from __future__ import annotations

from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from tools.briefing.asking import Wanted, ask
from tools.briefing.briefing import SECTIONS, Briefing
from tools.briefing.changes import changed
from tools.briefing.sections import Codes, section
from tools.context import ToolContext
from tools.query.names import resolve
from tools.registry.registry import Registry

_CYPHER = statements("tools.briefing", "briefing.cypher")


async def make(registry: Registry, context: ToolContext, wanted: Wanted, before: Briefing | None = None) -> Briefing:
    """For the caller of the context, in whose time zone the day is meant. Raises ``NotAllowed``, and ``NotFound`` for a place that there is not."""
    context = context.at_one_moment()
    asked = await ask(registry, context, wanted)
    codes, person = _codes(context.ontology), context.caller.name
    sections = [section(name, asked, person, codes) for name in SECTIONS[wanted.audience] if name != "changed"]
    return Briefing(
        day=wanted.day,
        audience=wanted.audience,
        person=person,
        timezone=context.timezone,
        made_at=context.clock(),
        window=asked.window,
        site=await _name(context, wanted.place),
        sections=[*sections, changed(None if before is None else before.sections, sections)],
        sources=dict(asked.sources),
    )


async def _name(context: ToolContext, place: str | None) -> str | None:
    """Of the place, else of the plant's one site; None where it has several or none."""
    if place is not None:
        id_ = await resolve(context.graph, place)
        return (await context.reader.refs([id_]))[id_].name
    sites = await context.graph.read(_CYPHER["sites"])
    return sites[0]["name"] if len(sites) == 1 else None


def _codes(ontology: Ontology) -> Codes:
    """Of all failure modes that the library knows by name."""
    return {mode.name: mode.code for twin in ontology.twins for mode in twin.failure_modes}
