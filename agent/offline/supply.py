"""Sentences about what is supplied: “which VAVs get hot water”, “how does air get to the library”, “if we lose utility power”."""

from dataclasses import replace

from agent.offline.chunks import Chunk, ClassWord
from agent.offline.clauses import Sentence
from agent.offline.intents import Intent, Problem
from agent.offline.media import Medium, mains, mains_at, medium_at, source_class
from agent.offline.words import Relation
from agent.planning.assets import Assets as Things
from agent.planning.assets import of_class
from agent.vocabulary.linking import Link

_RECEIVING = frozenset(
    [
        "get",
        "gets",
        "receive",
        "receives",
        "take",
        "takes",
        "need",
        "needs",
        "use",
        "uses",
        "consume",
        "consumes",
        "require",
        "requires",
        "have",
    ]
)
_ARRIVING = frozenset(
    [
        "get",
        "gets",
        "reach",
        "reaches",
        "flow",
        "flows",
        "come",
        "comes",
        "arrive",
        "arrives",
        "go",
        "goes",
        "travel",
        "delivered",
        "supplied",
    ]
)
_SUPPLYING = frozenset({"supplies", "provides", "brings", "delivers", "gives", "sends", "feeds"})
_KEPT = frozenset(
    ["still", "keep", "keeps", "remain", "remains", "survive", "survives", "stay", "stays", "continue", "continues"]
)


def read_media(sentence: Sentence) -> None:
    """Puts things and classes in the place of the words for what is supplied, where they stand for its source."""
    if any(chunk.has("fail") for chunk in sentence.chunks):
        _read_mains(sentence)
        return
    _read_route(sentence)
    if sentence.medium is None:
        _read_received(sentence)


def _words(sentence: Sentence) -> list[str]:
    return [chunk.lower for chunk in sentence.chunks]


def _read_mains(sentence: Sentence) -> None:
    """“the utility”, “mains power” in a sentence about a failure: through what the plant gets its power."""
    said = _words(sentence)
    named = any(chunk.has("ent") for chunk in sentence.chunks)
    for index in range(len(said)):
        last = mains_at(said, index)
        if last is None and not named and said[index] in ("power", "electricity") and sentence.has(index - 1, "fail"):
            last = index + 1  # "if we lose power"
        if last is None or not (ids := mains(sentence.lexicon)):
            continue
        text = " ".join(said[index:last])
        chunk = sentence.chunks[index]
        link = Link(chunk.first, sentence.chunks[last - 1].last, sentence.linker.candidates(ids), "only")
        sentence.chunks[index:last] = [Chunk(link.first, link.last, text, {"ent": link})]
        return


def _read_route(sentence: Sentence) -> None:
    """“how does chilled water get to AHU-2”, “how does AHU-2 get its chilled water”."""
    said = _words(sentence)
    if _read_supplied(sentence, said):
        return
    if not said or not said[0].startswith("how") or not any(word in _ARRIVING for word in said):
        return
    for index in range(1, len(said)):
        found = medium_at(said, index)
        if found is None:
            continue
        last, medium = found
        if (last < len(said) and said[last] in _ARRIVING) or said[index - 1] in ("its", "their", *_ARRIVING):
            sentence.medium = medium
            sentence.used.update(range(index, last))
            sentence.used.update(i for i, word in enumerate(said) if word in _ARRIVING or word in ("its", "how does"))
            sentence.chunks[index:last] = [replace(c, tags={"polite": None}) for c in sentence.chunks[index:last]]
            return


def _read_supplied(sentence: Sentence, said: list[str]) -> bool:
    """“what supplies hot water to FCU 5”."""
    if len(said) < 3 or said[0] not in ("what", "who"):
        return False
    verb, *rest = said[1].split()  # one chunk where the grammar knows the whole phrase
    words = [*rest, *said[2:]]
    found = medium_at(words, 0)
    if verb not in _SUPPLYING or found is None or words[found[0] : found[0] + 1] not in (["to"], ["for"], ["in"]):
        return False
    last = max(2, 2 + found[0] - len(rest))
    sentence.medium = found[1]
    sentence.used.update(range(last))
    sentence.chunks[:last] = [replace(chunk, tags={"polite": None}) for chunk in sentence.chunks[:last]]
    return True


def _read_received(sentence: Sentence) -> None:
    """“VAVs that get hot water” are fed by a boiler."""
    said = _words(sentence)
    for index, word in enumerate(said[:-1]):
        if word not in _RECEIVING or sentence.has(index, "ent") or index == 0:
            continue
        after = index + 2 if said[index + 1] in ("any", "some", "its", "their", "the") else index + 1
        found = medium_at(said, after)
        if found is None or found[1].name == "power" or not _ends(sentence, found[0]):
            continue
        source = source_class(found[1], sentence.lexicon)
        if source is None:
            sentence.problems.append(_sourceless(found[1]))
            sentence.used.update(range(index, found[0]))
            return
        chunks = sentence.chunks
        verb = replace(chunks[index], tags={"rel": Relation("feed", active=False, finite=True)})
        label = sentence.lexicon.label(source).lower()
        noun = Chunk(
            chunks[after].first, chunks[found[0] - 1].last, label, {"class": ClassWord((source,), label, False)}
        )
        chunks[index : found[0]] = [verb, noun]
        return


def _ends(sentence: Sentence, index: int) -> bool:
    """Where nothing of the same phrase follows ("get hot water | from", "use | water flow")."""
    return not sentence.has(index, "of", "qty", "class", "in", "unknown", "by", "rel")


def _sourceless(medium: Medium) -> Problem:
    return Problem("incomplete", f"The plant model has no source of {medium.name}, so I cannot tell what gets it.")


def about_route(sentence: Sentence) -> Intent | None:
    """The way of a medium to a thing."""
    if sentence.medium is None:
        return None
    named = [things for _, things in sentence.phrases if things.ids or things.choices]
    if not named:
        return None
    power = sentence.medium.name == "power"  # other media may end on the same things (the air of a powered fan)
    source = "Electrical_Equipment" if power else source_class(sentence.medium, sentence.lexicon)
    if source is None:
        return Intent("unclear", problems=(_sourceless(sentence.medium),))
    sentence.used.update(
        i for i, chunk in enumerate(sentence.chunks) if chunk.has("how", "compare", "to", "read", "list")
    )
    return Intent("route", things=named[0], of_class=source, others=(Things(of_class(source), sentence.medium.name),))


def is_kept(sentence: Sentence) -> bool:
    """“what is still supplied”, “what keeps running” after a failure."""
    at = next((i for i, chunk in enumerate(sentence.chunks) if chunk.lower in _KEPT), None)
    if at is None:
        return False
    follower = sentence.at(at + 1)
    sentence.used.add(at)
    if follower is not None and follower.has("rel", "state", "in", "unknown", "there", "aux"):
        sentence.used.add(at + 1)
        sentence.state = None
    return True
