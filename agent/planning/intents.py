"""All intents of the offline language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agent.planning.assets_asked import ASSETS
from agent.planning.intent import Intent
from agent.planning.jobs import JOBS
from agent.planning.limits import LIMITS
from agent.planning.measures import MEASURES
from agent.planning.model_asked import MODEL
from agent.planning.over_time import OVER_TIME
from agent.planning.supply import SUPPLY
from agent.planning.talk import TALK
from agent.planning.watching import WATCHING
from agent.planning.wishes import WISHES

INTENTS: Mapping[str, Intent] = MappingProxyType(
    {
        one.name: one
        for one in (*JOBS, *MEASURES, *LIMITS, *OVER_TIME, *ASSETS, *SUPPLY, *MODEL, *WATCHING, *TALK, *WISHES)
    }
)
