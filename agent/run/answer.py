"""The words and the scene around a model's draft: notes that must not be left out, refusals, what to highlight."""

from collections.abc import Sequence
from datetime import datetime

from agent.evidence.ledger import Fact
from agent.evidence.verify import Verified
from agent.evidence.words import Words
from agent.run.calls import Acted
from agent.run.tool_groups import MORE_TOOLS
from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.tokens import pieces
from tools.results.result import Chart, Scene, ToolResult
from tools.sentences.language import Language
from tools.sentences.notation import words

FACTS = 8


def with_notes(text: str, results: Sequence[ToolResult], stale: str | None) -> str:
    """The text with what its results oblige it to say: their notes, and that readings are ``stale``."""
    owed = [note for result in results for note in result.notes]
    if stale:
        owed.append(stale)
    missing = [note for note in dict.fromkeys(owed) if _folded(note) not in _folded(text)]
    return " ".join([text.rstrip(), *missing]).strip()


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".")


def stale_note(verified: Verified, lexicon: Lexicon, now: datetime, language: Language) -> str | None:
    """What an answer must add when it states stale readings without saying so."""
    stale = [fact for fact in verified.used if fact.stale and fact.key in ("value", "state")]
    if not stale or _says_stale(verified.text, verified.words):
        return None
    named = [_reading_named(fact, lexicon, now, language) for fact in stale]
    return language.notes["stale"].format(readings=language.listed(list(dict.fromkeys(named)), None, 6))


def _says_stale(text: str, words: Words) -> bool:
    tokens = [piece.lower for piece in pieces(text)]
    return any(
        meaning.detail == "stale" for index in range(len(tokens)) for meaning in words.at(tokens, index)[1] if meaning.sort == "state"
    )  # fmt: skip


def _reading_named(fact: Fact, lexicon: Lexicon, now: datetime, language: Language) -> str:
    assets = [
        lexicon.things[id_].name
        for id_ in sorted(fact.of)
        if id_ in lexicon.things and lexicon.things[id_].kind != "Point"
    ]
    reading = f"{assets[0] if assets else ''} {words(fact.quantity or '')}".strip()
    if fact.read_at is None:
        return reading
    return language.notes["read"].format(reading=reading, age=language.age((now - fact.read_at).total_seconds()))


def with_left_out(verified: Verified, acted: Sequence[Acted], language: Language) -> str:
    """What holds of a draft, and what was left out of it; where nothing holds, what was found."""
    if not verified.left_out:
        return verified.text
    if not verified.text:
        return refusal(verified.unsupported, acted, language)
    return f"{verified.text}\n\n{language.notes['left_out'].format(claims=_claims(verified.unsupported, language))}"


def _claims(unsupported: Sequence[str], language: Language) -> str:
    return language.joined([f"“{one}”" for one in unsupported[:FACTS]])


def refusal(invented: Sequence[str], acted: Sequence[Acted], language: Language) -> str:
    """What people read instead of an answer of which nothing could be verified."""
    claims = _claims(invented, language)
    facts = list(dict.fromkeys(one.summary for one in acted if one.tool != MORE_TOOLS))[:FACTS]
    if not facts:
        return language.notes["unverified"].format(claims=claims)
    found = "\n".join(f"- {fact}" for fact in facts)
    return language.notes["unverified_found"].format(claims=claims, facts=found)


def too_many_rounds(rounds: int, results: Sequence[ToolResult], language: Language) -> str:
    return language.notes["rounds" if results else "rounds_nothing"].format(rounds=rounds)


def merged_charts(results: Sequence[ToolResult]) -> list[Chart]:
    """The charts of all results, each signal once, the newest."""
    return list({chart.title: chart for result in results for chart in result.charts}.values())


def merged_scene(results: Sequence[ToolResult]) -> Scene | None:
    """What the view marks for an answer. An explicit wish to highlight, the last of several, stands alone."""
    scenes = [result.scene for result in results if result.scene is not None]
    wished = [result.scene for result in results if result.only_shows and result.scene is not None]
    scenes = wished[-1:] or scenes
    if not scenes:
        return None
    highlight = list(dict.fromkeys(id for scene in scenes for id in scene.highlight))
    return Scene(highlight=highlight, focus=next((one.focus for one in reversed(scenes) if one.focus), None))
