"""The words and the scene around a model's draft: notes that must not be left out, refusals, what to highlight."""

from collections.abc import Sequence

from agent.evidence.check import stale_note
from agent.run.calls import Acted
from tools.results.result import Chart, Scene, ToolResult
from tools.sentences.language import Language

FACTS = 8


def with_notes(text: str, results: Sequence[ToolResult], language: Language) -> str:
    """The text with what its results oblige it to say: their notes, and that readings are stale."""
    owed = [note for result in results for note in result.notes]
    if stale := stale_note(text, results, language):
        owed.append(stale)
    missing = [note for note in dict.fromkeys(owed) if _folded(note) not in _folded(text)]
    return " ".join([text.rstrip(), *missing]).strip()


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".")


def refusal(invented: Sequence[str], acted: Sequence[Acted], language: Language) -> str:
    """What people read instead of an answer that could not be verified."""
    claims = language.joined([f"“{one}”" for one in invented[:FACTS]])
    facts = list(dict.fromkeys(one.summary for one in acted))[:FACTS]
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
