"""A briefing in words: three languages with the same sentences, and none of them with a word of another."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import get_args

import pytest

from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Window
from tools.briefing.briefing import AUDIENCES, SECTIONS, Briefing, Line, Missing, Problem, Section, Source
from tools.briefing.wording import BriefingWords, words

NOW = datetime(2026, 12, 1, 6, tzinfo=UTC)


def briefing(*sections: Section) -> Briefing:
    return Briefing(
        day=date(2026, 12, 1), audience="manager", person="ann", timezone="Europe/Berlin", made_at=NOW,
        window=Window(start=datetime(2026, 11, 30, 6, tzinfo=UTC), end=NOW), sections=list(sections), sources={"risks": Source(asked="rank_risks")},
    )  # fmt: skip


def test_languages_have_the_same_sentences_in_the_same_places():
    shapes = [shape(words(code)) for code in ("en", "de", "es")]
    assert shapes[0] == shapes[1] == shapes[2]
    for code in ("en", "de", "es"):
        assert set(words(code).missing) == set(get_args(Problem))
        assert set(words(code).audiences) == set(AUDIENCES)
        assert set(words(code).sections) == set(SECTIONS["manager"])


def shape(known) -> dict[str, object]:
    """Of each sentence what is put in."""
    found: dict[str, object] = {}
    for name, value in known.model_dump().items():
        texts = value if isinstance(value, dict) else {"": value}
        found |= {f"{name}.{key}": sorted(re.findall(r"{(\w+)}", text)) for key, text in texts.items()}
    return found


@pytest.mark.parametrize("code", ["de", "es"])
def test_no_english_word_is_left_in_another_language(code: str):
    """Every sentence is filled with nothing but marks, so that what remains is the language's own."""
    english = {word for word in said("en") if len(word) > 3}
    shared = {"alarm", "band"}
    assert not (english & {word for word in said(code) if len(word) > 3}) - shared


def said(code: str) -> set[str]:
    known = words(code)
    kinds = (known.lines, known.also, known.missing, known.nothing, known.sections, known.modes, known.terms)
    texts = [known.title, known.more, *(text for kind in kinds for text in kind.values())]
    return {word.lower() for text in texts for word in re.findall(r"[^\W\d_]+", re.sub(r"{\w+}", "", text))}


def test_the_library_has_a_word_for_each_failure_mode(ontology: Ontology):
    codes = {mode.code for twin in ontology.twins for mode in twin.failure_modes}
    for code in ("en", "de", "es"):
        assert codes == set(words(code).modes)


def test_a_risk_says_why_in_the_language_and_time_of_who_reads_it():
    risk = Line(
        what="risk", source="risks", names=["P-1"], total=1, counts={"score": 71.25, "probability": 64.0}, terms={"mode": "VIB", "certainty": "likely"},
        moments={"expected": datetime(2026, 12, 10, 23, 30, tzinfo=UTC)}, also=["mode", "certainty", "probability", "expected"],
    )  # fmt: skip
    (told,) = BriefingWords("de").told(briefing(Section(name="risks", lines=[risk], more=2)))
    assert [one.text for one in told.sentences] == [
        "P-1: 71,2 von 100, Anzeichen für Schwingungen, wahrscheinlich, 64 % binnen 30 Tagen, erwartet Fr. 11. Dez. 00:30.",
        "und 2 weitere",
    ]


def test_what_somebody_wrote_is_quoted_with_who_and_when():
    note = Line(what="note", source="risks", names=["bob"], total=1, text="Belt squeals", moments={"at": NOW})
    (told,) = BriefingWords("de").told(briefing(Section(name="overnight", lines=[note])))
    assert told.sentences[0].text == "bob, Di. 1. Dez. 07:00: „Belt squeals“"


def test_an_empty_section_says_so_and_a_missing_figure_why():
    energy = Section(
        name="energy", missing=[Missing(why="failed", source="energy", said="The history does not answer.")]
    )
    told = BriefingWords("en").told(briefing(Section(name="overnight"), energy))
    assert [one.sentences[0].text for one in told] == [
        "A quiet night.",
        "Could not be computed: The history does not answer.",
    ]


def test_what_people_wrote_is_cut_and_leads_nowhere():
    line = Line(
        what="alarms", source="risks", names=["see https://evil.example/x", "a" * 500], total=2, counts={"count": 2}
    )
    (told,) = BriefingWords("en").told(briefing(Section(name="waiting", lines=[line])))
    assert "evil" not in told.sentences[0].text
    assert len(told.sentences[0].text) < 260
