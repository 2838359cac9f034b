"""Templates of phrases: what they match, and what is wrong with them."""

from collections.abc import Sequence

import pytest

from agent.language.phrase import Phrase
from agent.language.templates import TemplateError, cue, template


class Words:
    """A sentence of plain words; a phrase of the kind ``number`` is a word of digits."""

    def __init__(self, text: str) -> None:
        self.words = text.split()

    def says(self, at: int, words: frozenset[str]) -> bool:
        return at < len(self.words) and self.words[at] in words

    def phrases(self, kind: str, at: int) -> Sequence[Phrase]:
        if kind == "number" and at < len(self.words) and self.words[at].isdigit():
            return [Phrase("number", at, at + 1, value=int(self.words[at]))]
        return []


def ends(text: str, sentence: str) -> set[int]:
    return {end for end, _ in template(text, {"be": "(is|was)"}).match(Words(sentence), 0)}


@pytest.mark.parametrize(
    ("text", "sentence", "expected"),
    [
        ("how is", "how is it", {2}),
        ("(how|why) is", "why is it", {2}),
        ("how [very] <be>", "how was it", {2}),
        ("how [very] <be>", "how very is it", {3}),
        ("how is", "is how", set()),
        ("top {number}", "top 5 pumps", {2}),
        ("top {n:number*}", "top 5 6 7", {1, 2, 3, 4}),
        ("(at|for) {number} [(a|per) kwh]", "at 3 per kwh", {2, 4}),
    ],
)
def test_what_a_template_matches(text: str, sentence: str, expected: set[int]):
    assert ends(text, sentence) == expected


def test_phrases_stand_in_their_slots():
    ((_, parts),) = template("top {n:number}", {}).match(Words("top 5"), 0)
    assert [(slot, phrase.value) for slot, phrase in parts] == [("n", 5)]


def test_a_cue_has_the_parts_between_its_gaps():
    assert len(cue("how long .. (run|ran)", {})) == 2
    assert cue("..", {}) == ()


@pytest.mark.parametrize("text", ["(how", "how)", "how {number", "how <who>", "[please] .. now", "now .. [please]"])
def test_a_template_that_is_not_well_formed_is_refused(text: str):
    with pytest.raises(TemplateError):
        cue(text, {})


def test_a_gap_stands_in_cues_alone():
    with pytest.raises(TemplateError, match="gap"):
        template("how .. long", {})


def test_a_part_begins_with_the_words_that_it_can_begin_with():
    assert template("[very] (how|why) is", {}).first() == {"very", "how", "why"}
    assert template("{number} pumps", {}).first() is None
