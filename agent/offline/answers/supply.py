"""What feeds what, the way between two things, and what a loss takes with it."""

from collections.abc import Sequence

from agent.offline.answers.outcomes import Outcome, results_of
from agent.offline.intents import Intent
from agent.offline.phrases import Speaker, in_order, joined, listed, plural
from agent.vocabulary.tokens import key
from tools.results.assets import EntityRef
from tools.results.connections import Connections


def say_trace(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    if intent.act == "loses_service" and intent.kept and not intent.others:
        return _still(speaker, outcomes)
    return " ".join(_traced(speaker, intent, one) for one in results_of(outcomes, Connections))


def say_route(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    """“Chilled water gets to AHU-2 from Chiller 1 or Chiller 2: …”."""
    traces = results_of(outcomes, Connections)
    sources, way = traces[0], next((one for one in traces if one.direction == "path"), None)
    name, medium = speaker.name(sources.asset), intent.others[0].label
    if medium == "power" and sources.connected:
        nearest = sorted(sources.connected, key=lambda one: one.hops)
        return f"Power gets to {name} through {joined([speaker.name(one.entity) for one in nearest[:12]])}, the nearest first."
    if way is None or not way.connected:
        return (
            f"The plant model does not say how {medium} gets to {name}: no {speaker.label(intent.of_class)} feeds it."
        )
    names = [speaker.name(one.entity) for one in sorted(sources.connected, key=lambda one: one.hops)]
    chain = [speaker.name(way.asset), *(speaker.name(one.entity) for one in way.connected)]
    lead = f"{medium[:1].upper()}{medium[1:]} gets to {name} from {joined(names[:6], 'or')}"
    return f"{lead}: {' → '.join(dict.fromkeys(chain))}."


def _still(speaker: Speaker, outcomes: Sequence[Outcome]) -> str:
    """“what is still supplied if …”: what keeps another supply, and what that feeds."""
    traces = results_of(outcomes, Connections)
    loss, fed = traces[0], [one for one in traces if one.direction == "downstream"]
    name = speaker.name(loss.asset)
    lost = {one.entity.id for one in loss.connected}
    if not loss.backed_up:
        return (
            f"If {name} stops, nothing that it feeds keeps another supply."
            if lost
            else f"If {name} stops, nothing loses its only supply."
        )
    kept: dict[str, EntityRef] = {one.entity.id: one.entity for one in loss.backed_up}
    kept |= {one.entity.id: one.entity for trace in fed for one in trace.connected if one.entity.id not in lost}
    others = dict.fromkeys(ref.name for one in loss.backed_up for ref in one.alternatives)
    names = listed(speaker.names(kept.values()), len(kept), 24)
    backing = f" (from {joined(list(others)[:4], 'or')})" if others else ""
    losing = f" {loss.total} {plural('thing', loss.total)} {'loses' if loss.total == 1 else 'lose'} service."
    return f"If {name} stops, still supplied{backing}: {names}.{losing}"


def _traced(speaker: Speaker, intent: Intent, found: Connections) -> str:
    name = speaker.name(found.asset)
    if found.direction == "loses_service" and intent.others and intent.yes_no:
        return _spared(speaker, intent, found, name)
    refs = [c.entity for c in sorted(found.connected, key=lambda c: c.hops)]
    if found.direction == "loses_service" and intent.of_class and speaker.lexicon.is_a(intent.of_class, "Floor"):
        return _floors_lost(speaker, found, name)
    if intent.of_class:
        refs = [ref for ref in refs if speaker.lexicon.is_a(ref.class_, intent.of_class)]
    total = len(refs) if intent.of_class else found.total
    if found.direction == "path":
        if not refs:
            return f"There is no path between {name} and {speaker.called(intent.others[0].ids)}."
        chain = [name, *(speaker.name(ref) for ref in refs if ref.id != found.asset.id)]
        return f"{' → '.join(chain)}."
    said = {"upstream": "is supplied by", "downstream": "feeds", "loses_service": "stops"}[found.direction]
    if total == 0:
        no = "No. " if intent.yes_no and found.direction != "loses_service" else ""
        return (
            no
            + {
                "upstream": f"Nothing in the model feeds {name}.",
                "downstream": f"{name} feeds nothing in the model.",
                "loses_service": f"If {name} stops, nothing loses its only supply.",
            }[found.direction]
            + _backed(speaker, found, intent)
        )
    counts = _counts(speaker, found, refs, intent)
    several = f" ({counts})" if ", " in counts else ""
    what = f"{total} {plural('thing', total)}" if several else counts
    lead = (
        f"If {name} stops, {what} {'loses' if total == 1 else 'lose'} service"
        if found.direction == "loses_service"
        else f"{name} {said} {what}"
    )
    yes = "Yes, " if intent.yes_no and found.direction != "loses_service" else ""
    return f"{yes}{lead}{several}: {listed(speaker.names(refs), total)}.{_backed(speaker, found, intent)}"


def _floors_lost(speaker: Speaker, found: Connections, name: str) -> str:
    """“which floors lose air”: those of the rooms that do."""
    floors = {key(speaker.lexicon.things[id].name) for id in speaker.lexicon.of_class("Floor")}
    lost = {one.entity.place for one in found.connected if one.entity.place and key(one.entity.place) in floors}
    if not lost:
        return f"If {name} stops, no floor is known to lose service."
    return f"If {name} stops, rooms lose service on {joined(sorted(lost, key=in_order))}."


def _spared(speaker: Speaker, intent: Intent, found: Connections, name: str) -> str:
    """“does the boardroom lose air if AHU-3 stops?”"""
    asked = [id for things in intent.others for id in things.ids]
    lost = [c.entity for c in found.connected if c.entity.id in asked]
    kept = [c for c in found.backed_up if c.entity.id in asked]
    others = [speaker.called([id]) for id in asked if id not in {ref.id for ref in lost}]
    lead = "Yes" if bool(lost) != intent.kept else "No"
    if lost:
        rest = f" {joined(others)} does not." if others else ""
        return f"{lead}, {joined(speaker.names(lost))} {'loses' if len(lost) == 1 else 'lose'} service if {name} stops.{rest}"
    still = joined([ref.name for c in kept for ref in c.alternatives[:4]], "or")
    return f"{lead}, {joined(others)} {'does' if len(others) == 1 else 'do'} not lose service if {name} stops" + (
        f": {still} still {'supplies' if ' or ' not in still else 'supply'} it." if still else "."
    )


def _counts(speaker: Speaker, found: Connections, refs: Sequence[EntityRef], intent: Intent) -> str:
    counts: dict[str, int] = {}
    for ref in refs:
        counts[ref.class_ or "thing"] = counts.get(ref.class_ or "thing", 0) + 1
    if not intent.of_class and found.by_class:
        counts = found.by_class
    return ", ".join(f"{count} {plural(speaker.label(class_), count)}" for class_, count in counts.items())


def _backed(speaker: Speaker, found: Connections, intent: Intent) -> str:
    refs = [
        c.entity
        for c in found.backed_up
        if not intent.of_class or speaker.lexicon.is_a(c.entity.class_, intent.of_class)
    ]
    if not refs:
        return ""
    return f" {len(refs)} more {'keeps' if len(refs) == 1 else 'keep'} another supply: {listed(speaker.names(refs), len(refs), 12)}."
