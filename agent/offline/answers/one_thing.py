"""What one thing is, where it is, what it has, and what is wrong with it."""

from collections.abc import Sequence

from agent.offline.answers.outcomes import Outcome, first, results_of
from agent.offline.answers.things import noun_of, they_are
from agent.offline.intents import Intent
from agent.offline.phrases import Speaker, age, clock, joined, listed, plural, with_unit
from graph_schema.condition import passed
from tools.results.assets import AssetDescription, FoundAssets, PointNow
from tools.sentences.notation import words


def say_define(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    found = first(outcomes, FoundAssets)
    class_ = intent.things.class_ if intent.things is not None else None
    term = speaker.lexicon.vocabulary.classes.get(class_ or "")
    label = speaker.label(class_)
    known = f"{label[:1].upper()}{label[1:]}: {term.definition.strip()}" if term and term.definition else ""
    known = known if not known or known.endswith(".") else f"{known}."
    here = they_are(speaker, intent, found) if found.total else f"There are no {plural(label)} here."
    return f"{known} {here}".strip()


def say_whole(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    return " ".join(_whole(speaker, about) for about in results_of(outcomes, AssetDescription))


def _whole(speaker: Speaker, about: AssetDescription) -> str:
    name = speaker.name(about.asset)
    if about.part_of:
        return f"{name} is part of {joined(speaker.names(about.part_of))}."
    where = f" It is in {', '.join(speaker.names(about.located_in))}." if about.located_in else ""
    return f"The plant model does not say that {name} is part of anything.{where}"


def say_where(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    found = next(iter(results_of(outcomes, FoundAssets)), None)
    if found is not None:
        return _places(speaker, intent, found)
    return " ".join(_where(speaker, intent, one) for one in results_of(outcomes, AssetDescription))


def _places(speaker: Speaker, intent: Intent, found: FoundAssets) -> str:
    """Where all the things of a class are."""
    if found.total == 0:
        return f"There are no {noun_of(speaker, intent, found.query, 2)}."
    by: dict[str | None, list[str]] = {}
    for ref in found.assets:
        by.setdefault(ref.place, []).append(speaker.name(ref))
    lead = (
        f"There {'is' if found.total == 1 else 'are'} {found.total} {noun_of(speaker, intent, found.query, found.total)}. "
        if intent.counted
        else ""
    )
    said = [
        f"{listed(names, len(names), 12)} {'is' if len(names) == 1 else 'are'} {speaker.at(place)}."
        if place
        else f"The plant model does not say where {listed(names, len(names), 12)} {'is' if len(names) == 1 else 'are'}."
        for place, names in by.items()
    ]
    more = f" {found.total - len(found.assets)} more are not listed." if found.total > len(found.assets) else ""
    return lead + " ".join(said) + more


def _where(speaker: Speaker, intent: Intent, about: AssetDescription) -> str:
    name = speaker.name(about.asset)
    places = about.located_in
    if intent.of_class is not None:
        places = [place for place in places if speaker.lexicon.is_a(place.class_, intent.of_class)] or places
    if places:
        word = "on" if places[0].kind == "Floor" and places[0].class_ != "Basement" else "in"
        return f"{name} is {word} {', '.join(speaker.names(places))}."
    whole = f" It is part of {joined(speaker.names(about.part_of))}." if about.part_of else ""
    fed = f" It is fed by {joined(speaker.names(about.fed_by[:5]))}." if about.fed_by and not whole else ""
    return f"The plant model does not say where {name} is.{whole}{fed}"


def say_seen(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    return " ".join(_seen(speaker, one) for one in results_of(outcomes, AssetDescription))


def _seen(speaker: Speaker, about: AssetDescription) -> str:
    """When its newest reading came."""
    name = speaker.name(about.asset)
    read = [point for point in about.points if point.at is not None]
    if not read:
        return f"I cannot tell: {name} has no readings."
    newest = max(read, key=lambda point: point.at or speaker.now)
    when = f"at {clock(newest.at, speaker.now)}" + (f", {age(newest.age_s)}" if newest.age_s is not None else "")
    return f"{name} last reported {when}: {speaker.point(newest)}."


def say_describe(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    said = "\n".join(_about(speaker, one) for one in results_of(outcomes, AssetDescription))
    return f"Yes. {said}" if intent.yes_no else said


def _about(speaker: Speaker, about: AssetDescription) -> str:
    name = speaker.name(about.asset)
    unknown = "device" if about.asset.kind == "Device" else "thing of unknown class"
    kind = speaker.label(about.asset.class_) if about.asset.class_ else unknown
    article = "an" if kind[0].lower() in "aeiou" else "a"
    word = "on" if about.located_in and about.located_in[0].kind == "Floor" else "in"
    where = f" {word} {', '.join(speaker.names(about.located_in))}" if about.located_in else ""
    said = [f"{name} is {article} {kind}{where}."]
    for verb, refs in (
        ("is part of", about.part_of),
        ("has the parts", about.parts),
        ("is fed by", about.fed_by),
        ("feeds", about.feeds),
    ):
        if refs:
            said.append(f"It {verb} {listed(speaker.names(refs), len(refs), 12)}.")
    if about.asset.status not in (None, "unknown"):
        said.append(f"Its status is {about.asset.status}.")
    said.append(_readings(speaker, about.points))
    return " ".join(part for part in said if part)


def _readings(speaker: Speaker, points: Sequence[PointNow]) -> str:
    read = [point for point in points if point.value is not None or point.text]
    if not points:
        return "It has no points."
    if not read:
        return f"It has {len(points)} {plural('point', len(points))} ({listed(sorted({words(p.quantity) for p in points}), None, 12)}) but no readings."
    shown = "; ".join(speaker.point(point) for point in read[:12])
    return f"Now: {shown}{f' and {len(read) - 12} more' if len(read) > 12 else ''}."


def say_points(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    return " ".join(_points(speaker, intent, one) for one in results_of(outcomes, AssetDescription))


def _points(speaker: Speaker, intent: Intent, about: AssetDescription) -> str:
    name = speaker.name(about.asset)
    points = [p for p in about.points if _is_point(speaker, p, intent.of_class)]
    noun = "point" if intent.of_class in (None, "Point") else speaker.label(intent.of_class)
    if not points:
        return f"{name} has no {plural(noun)}."
    return f"{name} has {len(points)} {plural(noun, len(points))}: {', '.join(words(p.quantity) for p in points)}."


def _is_point(speaker: Speaker, point: PointNow, class_: str | None) -> bool:
    if class_ in (None, "Point"):
        return True
    entity = speaker.lexicon.things.get(point.id)
    if entity is not None and entity.class_ is not None:
        return speaker.lexicon.is_a(entity.class_, class_)
    return speaker.lexicon.includes(class_.lower().removesuffix("_sensor"), point.quantity)


def say_wrong(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    return (
        " ".join(_wrong(speaker, one) for one in results_of(outcomes, AssetDescription))
        + _parts_in_trouble(speaker, outcomes)
        + (" Since when is not recorded." if intent.when and not _told_since(outcomes) else "")
    )


def _told_since(outcomes: Sequence[Outcome]) -> bool:
    return any(
        point.since and point.status in ("alarm", "warning", "stale")
        for about in results_of(outcomes, AssetDescription)
        for point in about.points
    )


def _wrong(speaker: Speaker, about: AssetDescription) -> str:
    name = speaker.name(about.asset)
    bad = [p for p in about.points if p.status in ("alarm", "warning", "stale")]
    if bad:
        return f"{name}: {'; '.join(_breach(speaker, p) for p in bad[:8])}."
    if about.points and all(p.value is None and not p.text for p in about.points):
        return f"I cannot tell: {name} has no readings."
    if not about.points:
        return f"{name} has no points of its own, so I cannot tell its condition."
    return f"Nothing is out of its limits on {name}. {_readings(speaker, about.points)}"


def _breach(speaker: Speaker, p: PointNow) -> str:
    said = speaker.point(p)
    if p.status in ("alarm", "warning") and (found := passed(p.value, p.low, p.high)):
        side, limit = found
        return f"{said}, {'above' if side == 'high' else 'below'} its limit of {with_unit(limit, None, p.unit)}"
    return said


def _parts_in_trouble(speaker: Speaker, outcomes: Sequence[Outcome]) -> str:
    found = next(iter(results_of(outcomes, FoundAssets)), None)
    if found is None or not found.assets:
        return ""
    return " Of its parts: " + "; ".join(f"{speaker.name(ref)} ({ref.status})" for ref in found.assets[:8]) + "."
