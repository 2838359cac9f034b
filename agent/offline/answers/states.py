"""Whether things run, and what status they have."""

from collections.abc import Sequence
from dataclasses import replace

from agent.offline.answers.outcomes import Outcome, results_of
from agent.offline.intents import Intent
from agent.offline.phrases import Speaker, age, joined, listed, plural, with_unit
from tools.results.assets import AssetDescription, EntityRef, FoundAssets
from tools.results.telemetry import Telemetry, TelemetryRow
from tools.sentences.notation import words

_RUNNING = frozenset(
    {"on", "run", "running", "true", "1", "started", "start", "enabled", "active", "occupied", "open", "yes"}
)
_STOPPED = frozenset(
    {"off", "stop", "stopped", "false", "0", "disabled", "inactive", "unoccupied", "standby", "no", "idle"}
)


def say_state(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    tables = results_of(outcomes, Telemetry)
    rows = [row for table in tables for row in table.rows if row.value is not None or row.text]
    things = intent.things
    if any(table.aggregate.startswith("duration") for table in tables):
        return _ran(speaker, intent, tables)
    if things is not None and not things.ids:
        wanted = intent.state or "on"
        fits = [row for row in rows if row.entity is not None and _state(row) == wanted]
        noun = plural(speaker.label(things.class_) if things.class_ else "thing")
        if not rows:
            return f"I have no run status readings for the {noun}."
        if not fits:
            who = f"None of the {len(rows)} {noun} is" if len(rows) > 1 else f"{owner_name(speaker, rows[0])} is not"
            return f"{'No. ' if intent.yes_no else ''}{who} {'running' if wanted == 'on' else 'off'}."
        if len(rows) == 1:
            return " ".join(_state_said(speaker, intent, row) for row in rows)
        names = listed([speaker.name(row.entity) for row in fits if row.entity])
        are = f"{'is' if len(fits) == 1 else 'are'} {'running' if wanted == 'on' else 'off'}"
        every = intent.universal or intent.both
        lead = "" if not (intent.yes_no and every) else "Yes: " if len(fits) == len(rows) else "No: "
        return f"{lead}{len(fits)} of {len(rows)} {noun} {are}: {names}."
    if rows:
        return " ".join(_state_said(speaker, intent, row) for row in rows[:6])
    about = results_of(outcomes, AssetDescription)
    return " ".join(_state_of(speaker, one) for one in about) or "I cannot tell: there are no readings of its state."


def owner_name(speaker: Speaker, row: TelemetryRow) -> str:
    return speaker.name(row.entity) if row.entity is not None else "It"


def _ran(speaker: Speaker, intent: Intent, tables: Sequence[Telemetry]) -> str:
    state = "off" if intent.state == "off" else "running"
    when = next((f" {span.label.strip()}" for span in intent.times if span.kind == "window"), " in the last 24 hours")
    said = [
        f"{speaker.name(row.entity)} was {state} for {with_unit(row.value, None, 'h')}{when}."
        for table in tables
        for row in table.rows
        if row.entity is not None and row.value is not None
    ]
    return " ".join(said) or "I cannot tell: there are no readings of its state in that time."


def _state(row: TelemetryRow) -> str | None:
    text = (row.text or "").lower()
    if row.value is not None:
        return "on" if row.value > 0 else "off"
    return "on" if text in _RUNNING else "off" if text in _STOPPED else None


def _state_said(speaker: Speaker, intent: Intent, row: TelemetryRow) -> str:
    state = _state(row)
    name = speaker.name(row.entity) if row.entity is not None else "It"
    asked = intent.state or "on"
    if asked.startswith("mode:"):
        word = asked.removeprefix("mode:").lower()
        said = with_unit(row.value, row.text, row.unit)
        yes = f"{'Yes' if word in said.lower() else 'No'}: " if intent.yes_no else ""
        return f"{yes}the {words(row.quantity)} of {name} is {said}, read {age(row.age_s)}."
    lead = "" if state is None or not intent.yes_no else "Yes, " if state == asked else "No, "
    what = {"on": "running", "off": "not running (off)"}.get(
        state or "", f"in state {with_unit(row.value, row.text, row.unit)}"
    )
    return f"{lead}{name} is {what}: {words(row.quantity)} {speaker.reading(row)}."


def _state_of(speaker: Speaker, about: AssetDescription) -> str:
    name = speaker.name(about.asset)
    status = [
        p
        for p in about.points
        if p.quantity.endswith(("status", "mode", "speed", "power")) and (p.value is not None or p.text)
    ]
    if not status:
        return f"I cannot tell whether {name} is running: it has no readings of its state."
    return f"{name}: {'; '.join(speaker.point(p) for p in status[:5])}."


def say_status(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    tables = results_of(outcomes, FoundAssets)
    total = sum(table.total for table in tables)
    if intent.state == "ok":
        if total == 0:
            return "Yes, nothing is in alarm, in warning or stale."
        return "No. " + say_status(speaker, replace(intent, state=None, yes_no=False), outcomes)
    wanted = joined(
        [
            {"alarm": "in alarm", "warning": "in warning"}.get(s, s)
            for s in (intent.things.query.status if intent.things else [])
        ],
        "or",
    )
    class_ = intent.things.class_ if intent.things else None
    if total == 0 and class_ not in (None, "Equipment", "Point") and not speaker.lexicon.of_class(class_ or ""):
        return f"There is no {speaker.label(class_)} in the plant model."
    if total == 0:
        noun = _plain(speaker, intent)
        return (
            f"No {noun} {'is' if noun in ('equipment',) else 'are'} {wanted}."
            if not intent.yes_no
            else f"No, nothing is {wanted}."
        )
    parts: list[str] = []
    for table in tables:
        if table.total:
            noun = (
                plural(speaker.label(table.query.class_), table.total)
                if table.query.class_
                else plural("piece", table.total) + " of equipment"
            )
            parts.append(
                f"{table.total} {noun} {'is' if table.total == 1 else 'are'} {wanted}: {listed([with_status(speaker, ref) for ref in table.assets], table.total)}."
            )
    return ("Yes. " if intent.yes_no else "") + " ".join(parts)


def _plain(speaker: Speaker, intent: Intent) -> str:
    class_ = intent.things.class_ if intent.things else None
    return plural(speaker.label(class_)) if class_ not in (None, "Equipment") else "equipment"


def with_status(speaker: Speaker, ref: EntityRef) -> str:
    return f"{speaker.name(ref)} ({ref.status})" if ref.status in ("alarm", "warning") else speaker.name(ref)
