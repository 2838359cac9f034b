"""All intents of the offline language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agent.planning.families.alarms import ALARMS
from agent.planning.families.analysis import ANALYSIS
from agent.planning.families.assets import ASSETS
from agent.planning.families.history import HISTORY
from agent.planning.families.jobs import JOBS
from agent.planning.families.limits import LIMITS
from agent.planning.families.measures import MEASURES
from agent.planning.families.model import MODEL
from agent.planning.families.over_time import OVER_TIME
from agent.planning.families.sides import SIDES
from agent.planning.families.supply import SUPPLY
from agent.planning.families.talk import TALK
from agent.planning.families.watching import WATCHING
from agent.planning.families.wishes import WISHES
from agent.planning.families.work import WORK
from agent.planning.intent import Intent

INTENTS: Mapping[str, Intent] = MappingProxyType(
    {
        one.name: one
        for one in (
            *(*JOBS, *ANALYSIS, *MEASURES, *SIDES, *LIMITS, *OVER_TIME, *ASSETS, *SUPPLY),
            *(*MODEL, *WATCHING, *TALK, *WISHES, *WORK, *HISTORY, *ALARMS),
        )
    }
)
