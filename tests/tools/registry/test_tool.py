"""A tool that lacks a part is no tool: the catalogue is not built, and the sentence says what is missing."""

from typing import Any

import pytest

from tests.tools.own_tools import NOTED, Noted, english
from tools.context import EVERYBODY, ToolContext
from tools.registry.registry import Registry
from tools.registry.tool import Tool
from tools.results.result import ToolResult
from tools.sentences.language import ToolSentences


class Mute(ToolResult):
    """Says neither what was found nor what it is about."""


async def note(context: ToolContext, asset: str = "") -> Noted:
    """Takes a note."""
    return Noted()


async def stay_silent(context: ToolContext) -> Mute:
    """Says nothing."""
    return Mute()


NOTE = Tool.of(note, effect="read", roles=EVERYBODY)


@pytest.mark.parametrize(
    ("tool", "sentences", "lacking"),
    [
        (NOTE, {}, "The tool note is not complete: it has no title in tools/sentences/en.yaml."),
        (
            NOTE,
            {"note": ToolSentences(summary=NOTED.summary)},
            "The tool note is not complete: it has no title in tools/sentences/en.yaml.",
        ),
        (
            NOTE,
            {"note": ToolSentences(title="Noting", summary={"other": "x"})},
            "The tool note is not complete: it has no summary “noted” in tools/sentences/en.yaml.",
        ),
        (
            NOTE,
            {"note": ToolSentences(title="Noting {room}", summary=NOTED.summary)},
            "The tool note is not complete: its title in tools/sentences/en.yaml names room, which is no argument.",
        ),
        (
            Tool.of(note, effect="read", roles=()),
            {"note": NOTED},
            "The tool note is not complete: no role may call it (roles).",
        ),
        (
            Tool.of(stay_silent, effect="read", roles=EVERYBODY),
            {"stay_silent": NOTED},
            "The tool stay_silent is not complete: Mute has no summary(); Mute has no tables(); Mute has no subjects().",
        ),
    ],
)
def test_a_missing_part_is_named(tool: Tool, sentences: dict[str, ToolSentences], lacking: str) -> None:
    with pytest.raises(TypeError) as caught:
        Registry([tool], english(**sentences))
    assert str(caught.value) == lacking


def test_a_missing_sentence_of_another_language_is_named() -> None:
    spoken = {**english(note=NOTED), "de": english()["en"]}
    with pytest.raises(TypeError, match=r"it has no title in tools/sentences/de\.yaml"):
        Registry([NOTE], spoken)


def test_a_tool_speaks_the_language_of_who_asks_and_else_english() -> None:
    german = english(note=ToolSentences(title="Notiz zu {asset}", summary={"noted": "Fertig"}))["en"]
    tool = Registry([NOTE], {**english(note=NOTED), "de": german})["note"]
    assert (tool.title({"asset": "AHU-2"}, "de"), tool.summary(Noted(), "de")) == ("Notiz zu AHU-2", "Fertig")
    assert (tool.title({}, "fr"), tool.summary(Noted(), "fr")) == ("Taking a note", "Done")


def test_a_title_without_its_argument_is_the_name_of_the_tool() -> None:
    tool = Registry([NOTE], english(note=ToolSentences(title="Noting {asset}", summary=NOTED.summary)))["note"]
    assert [tool.title(given) for given in ({"asset": "AHU-2"}, {})] == ["Noting AHU-2", "Note"]


def test_values_are_put_in_once() -> None:
    """A name with braces is a name, and no template."""
    tool = Registry([NOTE], english(note=ToolSentences(title="Noting {asset}", summary=NOTED.summary)))["note"]
    name: Any = "{asset.__class__}"
    assert tool.title({"asset": name}) == "Noting {asset.__class__}"
