"""One sentence of an answer, judged: what in it the evidence does not support.

A sentence claims by its marks. A number has to be a value of the asset it is said of; a state has to be that asset's; a deed has to have
been done through the product, which nothing here has; advice and causes have to stand in a text of the evidence; and a word that is in
no list and in no text is a claim that nobody can check.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.evidence.claims.comparisons import Comparisons
from agent.evidence.claims.deeds import Deeds
from agent.evidence.claims.negations import Negations
from agent.evidence.claims.numbers import Numbers
from agent.evidence.claims.relations import Relations
from agent.evidence.claims.sentence import Sentence
from agent.evidence.claims.states import States
from agent.evidence.claims.texts import Texts
from agent.evidence.claims.times import Times
from agent.evidence.marks import Mark
from agent.vocabulary.tokens import key


def judge(sentence: Sentence, *, composed: bool = False) -> Sequence[Mark]:
    """All that does not hold, in order; of a ``composed`` sentence names, numbers and moments alone are judged."""
    if not composed:
        Deeds(sentence).outside()
    if not sentence.support.notes(sentence.text):
        _judge(sentence, composed=composed)
    return sorted(set(sentence.unsupported), key=lambda mark: mark.start)


def _judge(sentence: Sentence, *, composed: bool) -> None:
    if sentence.is_question():
        _question(sentence)
    elif composed:
        _composed(sentence)
    else:
        _claims(sentence)


def _claims(sentence: Sentence) -> None:
    deeds, relations, texts = Deeds(sentence), Relations(sentence), Texts(sentence)
    for claims in (
        deeds.names, deeds.deeds, Numbers(sentence).judge, Times(sentence).judge, States(sentence).judge, relations.relations, relations.places,
        relations.classes, relations.members, Comparisons(sentence).judge, Negations(sentence).judge, texts.texts, texts.lacking, texts.unknown_words,
    ):  # fmt: skip
        claims()


def _question(sentence: Sentence) -> None:
    """It claims nothing; it offers names that there are, and numbers that were said."""
    numbers = Numbers(sentence)
    for _, mark in sentence.all("asset"):
        if not mark.ids and mark.text.casefold() not in sentence.asked.text:
            sentence.refuse(mark)
    for index, mark in sentence.all("number"):
        if not numbers.holds(index, mark):
            sentence.refuse(mark)


def _composed(sentence: Sentence) -> None:
    """What the product itself put together: names that there are, numbers in digits, moments."""
    numbers = Numbers(sentence)
    for _, mark in sentence.all("asset"):
        told = mark.ids or mark.text.casefold() in sentence.asked.text or key(mark.text) in sentence.support.told
        if not told and not sentence.in_errors(mark.text):
            sentence.refuse(mark)
    for index, mark in sentence.all("number"):
        said = all(digits in sentence.asked.digits for digits in re.findall(r"\d+", mark.text))
        holds = (
            said
            or numbers.holds(index, mark)
            or sentence.is_quoted(mark)
            or numbers.heads_a_list(index, mark)
            or numbers.is_left(index, mark)
            or numbers.is_scale(index, mark)
            or numbers.is_found(mark)
        )
        if mark.text[:1].isdigit() and not holds:
            sentence.refuse(mark)
    Times(sentence).judge()
