"""How many things there are, which ones, and which of them has the most."""

from collections.abc import Sequence

from agent.offline.answers.measures import HOLDS
from agent.offline.answers.outcomes import Outcome, first, results_of
from agent.offline.answers.supply import say_trace
from agent.offline.intents import Intent
from agent.offline.phrases import Speaker, joined, listed, plural
from graph_schema.question import AssetQuery
from tools.results.assets import FoundAssets, Highlighted
from tools.results.connections import Connections
from tools.sentences.notation import number


def noun_of(speaker: Speaker, intent: Intent, query: AssetQuery, count: int) -> str:
    return speaker.described(query, count, _fallback(intent))


def _fallback(intent: Intent) -> str:
    things = intent.things
    if things is not None and "equipment" in things.label.lower():
        return "equipment"
    return (
        "thing"
        if things is None or things.label.lower() in ("things", "thing", "what")
        else things.label.lower().rstrip("s")
    )


def say_count(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    found = first(outcomes, FoundAssets)
    if intent.related is not None:
        return say_which(speaker, intent, outcomes)
    if found.groups:
        return _groups(speaker, intent, found)
    noun = noun_of(speaker, intent, found.query, found.total)
    if found.total == 0:
        return _none(speaker, intent, found.query)
    if (supply := _supply(speaker, intent, found)) is not None:
        return supply
    names = f": {listed(speaker.names(found.assets), found.total, 12)}" if found.total <= 12 and found.assets else ""
    return f"There {'is' if found.total == 1 else 'are'} {found.total} {noun}{names}."


def _groups(speaker: Speaker, intent: Intent, found: FoundAssets) -> str:
    assert found.groups is not None
    by_class = intent.group_by == "class"
    parts = [
        f"{g.count} {plural(speaker.label(g.key), g.count)}" if by_class else f"{g.key}: {g.count}"
        for g in found.groups
    ]
    if by_class:
        return f"There are {found.total} {noun_of(speaker, intent, found.query, found.total)}: {', '.join(parts)}."
    return f"{found.total} {noun_of(speaker, intent, found.query, found.total)} in total. {'; '.join(parts)}."


def say_list(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    if results_of(outcomes, Connections):
        return say_trace(speaker, intent, outcomes)
    found = first(outcomes, FoundAssets)
    if found.groups:
        return _groups(speaker, intent, found)
    if found.total == 0:
        return _none(speaker, intent, found.query)
    if (supply := _supply(speaker, intent, found)) is not None:
        return supply
    return they_are(speaker, intent, found)


def _none(speaker: Speaker, intent: Intent, query: AssetQuery) -> str:
    """“There are no rooms on Floor 9”; where those that do not were asked for, that all do."""
    outside = query.excluding
    plain = AssetQuery.model_validate({"class": query.class_, "excluding": outside})
    if outside is not None and query == plain and query.class_ and len(speaker.lexicon.of_class(query.class_)) > 1:
        said = " ".join(speaker.restrictions(outside))
        if said:
            return f"None: all {plural(speaker.label(query.class_))} {speaker.is_(said, plural=True)}."
    return f"There are no {noun_of(speaker, intent, query, 2)}."


def they_are(speaker: Speaker, intent: Intent, found: FoundAssets) -> str:
    """“Floor 4 has 43 rooms: …”, “There are 3 chilled water pumps: …”."""
    classes = {ref.class_ for ref in found.assets}
    query = found.query
    if query.class_ is None and len(classes) == 1 and len(found.assets) == found.total and not query.any_of:
        query = query.model_copy(update={"class_": next(iter(classes))})  # "what is on floor 4": 43 VAVs
    noun = noun_of(speaker, intent, query, found.total)
    names = listed(speaker.names(found.assets), found.total)
    verb = "is" if found.total == 1 else "are"
    rest = speaker.restrictions(found.query)
    if found.total <= 2 and len(rest) == 1 and len(found.assets) == found.total and not found.query.ids:
        return f"{names} {speaker.is_(rest[0], plural=found.total > 1)}."
    return f"There {verb} {found.total} {noun}: {names}."


def _supply(speaker: Speaker, intent: Intent, found: FoundAssets) -> str | None:
    """“AHU-1 feeds the library”: a relation of supply as a sentence that answers first."""
    query = found.query
    verb = "feed" if query.feeds is not None else "fed" if query.fed_by is not None else ""
    other, rest = query.feeds or query.fed_by, query.model_copy(update={"feeds": None, "fed_by": None})
    if query.feeds is not None and query.fed_by is not None:
        return None
    if other is None and query.has_part is not None and query.has_part.class_ == "Location":
        verb, other, rest = "fed", query.has_part.fed_by, query.model_copy(update={"has_part": None})
    if other is None or query.ids or not (one := speaker.only(other)) or query.where or query.any_of:
        return None
    names = listed(speaker.names(found.assets), found.total)
    noun = speaker.described(rest, found.total, _fallback(intent))
    adverb = " directly" if query.direct else ""
    few = found.total <= 2 and len(found.assets) == found.total and not intent.counted
    if verb == "feed":
        if few:
            return f"{names} {'feeds' if found.total == 1 else 'feed'} {one}{adverb}."
        return f"{found.total} {noun} feed{'s' if found.total == 1 else ''} {one}{adverb}: {names}."
    return f"{one}{adverb} feeds {names}." if few else f"{one}{adverb} feeds {found.total} {noun}: {names}."


def say_check(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    found = first(outcomes, FoundAssets)
    things = intent.things
    if things is not None and things.ids:
        rest = " ".join(speaker.restrictions(found.query))
        name = speaker.called(things.ids)
        missing = [id for id in things.ids if id not in {ref.id for ref in found.assets}]
        if not missing:
            return f"Yes, {name} {speaker.is_(rest)}."
        return f"No, {speaker.called(missing)} {speaker.is_(rest, False)}."
    if intent.universal and found.query.excluding is not None:
        return _universal(speaker, intent, outcomes, found, found.query.excluding)
    if found.total == 0:
        return f"No, there are no {noun_of(speaker, intent, found.query, 2)}."
    return f"Yes. {say_count(speaker, intent, outcomes)}"


def _universal(
    speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome], rest: FoundAssets, wanted: AssetQuery
) -> str:
    """“do all VAVs have a flow sensor”: from those that have none, and from how many there are."""
    everything = next((t for t in results_of(outcomes, FoundAssets) if t.query.excluding is None), None)
    of = everything.total if everything is not None else rest.total
    noun = noun_of(speaker, intent, AssetQuery.model_validate({"class": rest.query.class_}), 2)
    said = " ".join(speaker.restrictions(wanted))
    does = speaker.is_(said, plural=True)
    if of == 0:
        return f"There are no {noun}."
    if rest.total == 0:
        return f"Yes, all {of} {noun} {does}."
    lacking = "lacks" if rest.total == 1 else "lack"
    does_not = (
        f"{lacking} {said.removeprefix('with ')}"
        if said.startswith("with ")
        else speaker.is_(said, False, plural=rest.total > 1)
    )
    return f"No: {rest.total} of {of} {noun} {does_not}: {listed(speaker.names(rest.assets), rest.total, 60)}."


def say_which(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    found = first(outcomes, FoundAssets)
    related = intent.related
    assert related is not None
    rows = found.related or []
    if not rows:
        return f"There are no {noun_of(speaker, intent, found.query, 2)}."
    noun = speaker.label(related.query.class_) if related.query.class_ else related.label
    things = intent.things
    if things is not None and things.ids and len(rows) == 1:
        verb = _counting(related.relation, 1)
        count = rows[0].count
        return f"{speaker.name(rows[0].entity)} {verb} {count or 'no'} {plural(noun, count)}."
    if intent.related_test is not None:
        return _counted(speaker, intent, found, noun)
    if intent.others and len(rows) == 2:
        lead = (
            ("Yes: " if rows[0].entity.id == intent.things.ids[0] and rows[0].count != rows[1].count else "No: ")
            if (intent.yes_no and things is not None and intent.things is not None)
            else ""
        )
        return lead + "; ".join(f"{speaker.name(r.entity)}: {r.count} {plural(noun, r.count)}" for r in rows) + "."
    if intent.counted or intent.limit:
        shown = rows[: intent.limit or 60]
        return "; ".join(f"{speaker.name(row.entity)}: {row.count} {plural(noun, row.count)}" for row in shown) + "."
    best = [row for row in rows if row.count == rows[0].count]
    if rows[0].count == 0 and intent.order != "asc":
        return f"None of the {found.total} {noun_of(speaker, intent, found.query, found.total)} {_counting(related.relation, 1)} any {noun}."
    if len(best) == found.total > 2 and len(best) <= 12:
        every = joined(speaker.names([row.entity for row in best]))
        return f"{every} {_counting(related.relation)} the same number of {plural(noun)}: {rows[0].count} each."
    if len(best) == found.total > 2:
        return f"All {found.total} {noun_of(speaker, intent, found.query, found.total)} {_counting(related.relation)} the same number of {plural(noun)}: {rows[0].count}."
    names = listed(speaker.names([row.entity for row in best]), most=12)
    verb = _counting(related.relation, len(best))
    return f"{names} {verb} the {'most' if intent.order != 'asc' else 'fewest'} {plural(noun)}: {rows[0].count}{' each' if len(best) > 1 else ''}."


def _counting(relation: str, count: int = 2) -> str:
    """The verb of a relation: “feeds”, “have”."""
    verbs = {"feeds": ("feeds", "feed"), "fed_by": ("is fed by", "are fed by")}
    return verbs.get(relation, ("has", "have"))[count != 1]


def _counted(speaker: Speaker, intent: Intent, found: FoundAssets, noun: str) -> str:
    """Those of the things whose count is as asked."""
    test = intent.related_test
    assert test is not None
    assert isinstance(test.value, float)
    holds = HOLDS[test.comparison]
    fits = [row for row in found.related or [] if holds(row.count, test.value)]
    limit = f"{speaker.compared(test.comparison)} {number(test.value)} {plural(noun, int(test.value))}"
    if not fits:
        return f"{'No, none' if intent.yes_no else 'None'} of the {found.total} {noun_of(speaker, intent, found.query, found.total)} has {limit}."
    plain = test.comparison == "=" or len(fits) > 60
    said = listed([speaker.name(row.entity) + ("" if plain else f" ({row.count})") for row in fits])
    many = f"{len(fits)} of {found.total} {noun_of(speaker, intent, found.query, found.total)} {'has' if len(fits) == 1 else 'have'} {limit}"
    return f"{'Yes: ' if intent.yes_no else ''}{many}: {said}."


def say_counts(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    """“are there more pumps than fans”."""
    found = results_of(outcomes, FoundAssets)
    counts = joined([f"{table.total} {noun_of(speaker, intent, table.query, table.total)}" for table in found])
    said = f"There are {counts}."
    if len(found) != 2 or intent.counted:
        return said
    first, second = found[0].total, found[1].total
    if intent.yes_no:
        return f"{'Yes' if (first < second if intent.order == 'asc' else first > second) else 'No'}. {said}"
    more = found[0] if first >= second else found[1]
    return said if first == second else f"There are more {noun_of(speaker, intent, more.query, 2)}: {counts}."


def say_highlight(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    shown = next(iter(results_of(outcomes, Highlighted)), None)
    if shown is None:
        return say_list(speaker, intent, outcomes)
    names = speaker.names(shown.assets)
    return f"Highlighted: {listed(names)}."
