"""Questions about how far the data can be trusted: “which sensors are stuck”, “how good is the data of AHU-2”."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from agent.offline.clauses import Sentence
from agent.offline.collecting import collect
from agent.offline.intents import Intent
from agent.offline.phrases import Speaker, plural
from agent.offline.said import as_said, main_things
from agent.planning.assets import Assets as Things
from agent.planning.assets import of_class
from graph_schema.question import AssetQuery
from tools.catalogue.data_quality import DataQuality, PointQuality
from tools.sentences.notation import number

_DATA = r"(?:data|readings?|measurements?|telemetry|sensors?|meters?|instruments?|signals?|values)"
_SENSORS = r"(?:sensors?|points?|readings?|measurements?|signals?|meters?|instruments?|transmitters?|data|telemetry)"
_ASKED = re.compile(
    rf"\b(?:data|reading|sensor|signal)s? quality\b|\bquality of\b.*\b{_DATA}\b"
    rf"|\bhow (?:good|bad|reliable|trustworthy|accurate|complete|healthy|sound|clean)\b.*\b{_DATA}\b"
    rf"|\b(?:trust|rely on|believe|depend on)\b.*\b{_DATA}\b"
    rf"|\b{_DATA}\b.*\b(?:reliable|unreliable|trustworthy|untrustworthy|trusted|plausible|implausible|any good|need a look|calibrat\w+|suspicious|suspect)\b"
    rf"|\b(?:reliable|unreliable|plausible|implausible|suspicious|suspect|noisy|faulty|broken|defective|bad|stuck|frozen|drifting)\b.*\b{_SENSORS}\b"
    rf"|\b{_SENSORS}\b.*\b(?:broken|faulty|defective|stuck|frozen|flat\s?lin\w+|drift\w*|spik\w+|jump\w*|noisy|gaps?|missing data|out of calibration|wrong clocks?)\b"
    rf"|\b(?:gaps?|holes|spikes?|drift|outliers?|dropouts?)\b.*\b{_SENSORS}\b",
    re.IGNORECASE,
)
_KINDS: Mapping[str, re.Pattern[str]] = {
    "stuck": re.compile(r"\b(?:stuck|frozen|flat\s?lin\w+|unchanged)\b", re.IGNORECASE),
    "drift": re.compile(r"\b(?:drift\w*|calibrat\w+)\b", re.IGNORECASE),
    "gaps": re.compile(r"\b(?:gaps?|holes|missing|incomplete|dropouts?)\b", re.IGNORECASE),
    "spikes": re.compile(r"\b(?:spik\w+|jump\w*|outliers?|noisy)\b", re.IGNORECASE),
    "clock": re.compile(r"\bclocks?\b", re.IGNORECASE),
    "rejected": re.compile(r"\b(?:implausible|impossible)\b", re.IGNORECASE),
}
_SAID = {
    "silent": "silent", "stuck": "stuck", "drift": "drifting", "gaps": "with gaps", "spikes": "jumping", "clock": "with a wrong clock",
    "rejected": "sending impossible values",
}  # fmt: skip
_ALSO = {"gaps": ("gaps", "silent")}
_LISTED = 10
_WHOLE = frozenset({"Point", "Sensor", "Equipment", "System", "Alarm", "Location", "Meter", "Data_Network"})


def about_quality(self: Sentence) -> Intent | None:
    """Read before anything else: “stuck” and “broken” mean something else of a damper."""
    said = " ".join(chunk.text for chunk in self.chunks)
    if not _ASKED.search(said):
        return None
    collect(self)
    things = main_things(self)
    kinds = [kind for kind, words in _KINDS.items() if words.search(said)]
    unclear = tuple(
        problem for problem in self.problems if problem.kind in ("unknown_name", "ambiguous", "no_referent")
    )
    return replace(
        as_said(self),
        act="quality",
        things=_meant(things),
        tests=(),
        quantities=(),
        state=kinds[0] if kinds else None,
        problems=unclear,
    )


def _meant(things: Things | None) -> Things | None:
    """Whose sensors, “stuck” being no status here; None for those of the whole plant."""
    if things is None or things.whole_plant:
        return None
    query = things.query.model_copy(update={"status": AssetQuery().status, "where": []})
    unnamed = query in (AssetQuery(), of_class(things.class_))
    if unnamed and (things.class_ is None or things.class_ in _WHOLE or things.point):
        return None
    return replace(things, query=query)


def quality_arguments(intent: Intent, now: datetime) -> dict[str, Any]:
    """What the tool is asked."""
    args: dict[str, Any] = {"limit": 100}
    if intent.things is not None:
        args["assets"] = intent.things.query.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if intent.times:
        hours = math.ceil((now - intent.times[0].start).total_seconds() / 3600)
        args["hours"] = min(336, max(1, hours))
    return args


def say_quality(speaker: Speaker, intent: Intent, found: DataQuality) -> str:
    """How many need a look, and what is the matter with those on which most depends."""
    whose = f" of {speaker.called(intent.things.ids)}" if intent.things and intent.things.ids else ""
    if not found.judged and not found.amiss:
        return f"There are too few readings{whose} to judge the data by."
    kinds = _ALSO.get(intent.state or "", (intent.state,)) if intent.state else ()
    wanted = [one for one in found.points if not kinds or any(issue.kind in kinds for issue in one.issues)]
    points = f"{found.judged} {plural('point', found.judged)}"
    if not wanted:
        return _nothing(intent, found, points, whose)
    if intent.state:
        said = f"{len(wanted)} of {points}{whose} {'is' if len(wanted) == 1 else 'are'} {_SAID[intent.state]}"
    else:
        said = f"{found.amiss} of {points}{whose} {'needs' if found.amiss == 1 else 'need'} a look"
    lead = f"No. {said}" if intent.yes_no and not intent.state else f"Yes. {said}" if intent.yes_no else said
    shown = wanted[:_LISTED]
    rest = (len(wanted) if intent.state else found.amiss) - len(shown)
    lines = [f"- {_line(speaker, one, kinds)}" for one in shown]
    return "\n".join([f"{lead}{_score(found)}:", *lines, *([f"- and {rest} more."] if rest else [])])


def _nothing(intent: Intent, found: DataQuality, points: str, whose: str) -> str:
    if intent.state:
        others = (
            f" {found.amiss} {'needs' if found.amiss == 1 else 'need'} a look for other reasons." if found.amiss else ""
        )
        return f"{'No, none' if intent.yes_no else 'None'} of {points}{whose} is {_SAID[intent.state]}.{others}"
    return (
        f"{'Yes: the' if intent.yes_no else 'The'} data{whose} are sound: none of {points} needs a look{_score(found)}."
    )


def _score(found: DataQuality) -> str:
    return (
        ""
        if found.percent is None
        else f" ({number(found.percent)}% of the data of the last {found.hours} hours are there and look right)"
    )


def _line(speaker: Speaker, one: PointQuality, kinds: tuple[str | None, ...]) -> str:
    issues = [issue.sentence for issue in one.issues if not kinds or issue.kind in kinds]
    asset = speaker.name(one.asset) if one.asset else ""
    name = one.point.name if not asset or one.point.name.startswith(asset) else f"{asset}, {one.point.name}"
    weight = (
        f" {one.dependents} {plural('thing', one.dependents)} {'depends' if one.dependents == 1 else 'depend'} on {asset}."
        if one.dependents
        else ""
    )
    return f"{name}: {' '.join(issues)}{weight}"
