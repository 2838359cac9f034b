"""“The supply fan”, “both filters”, “the tower”: what a sentence calls by its class or by the end of its name, where the evidence has just that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.evidence.marks import Mark
from agent.evidence.support import Support
from agent.vocabulary.tokens import key

_BOTH = 2
_OF = frozenset({"of", "von", "de"})


def resolved(marks: Sequence[Mark], support: Support) -> list[Mark]:
    """The marks, those that refer to assets with their ids; “the filter of AHU-2” is the filter throughout."""
    found = [_resolved(marks, index, support) if index else mark for index, mark in enumerate(marks)]
    for index, mark in enumerate(marks):
        of = not mark.ids and index + 2 < len(marks) and marks[index + 1].text.lower() in _OF
        if of and found[index].ids and found[index].ids <= support.parts_of(marks[index + 2].ids):
            found[index + 2] = replace(marks[index + 2], ids=found[index].ids)
    return found


def _resolved(marks: Sequence[Mark], index: int, support: Support) -> Mark:
    mark, before = marks[index], marks[index - 1]
    if (
        mark.ids
        or not (before.means("definite") or before.means("all"))
        or mark.sort not in ("class", "word", "quantity")
    ):
        return mark
    if mark.sort != "class" and not mark.text[:1].isalpha():
        return mark
    owned = [one.ids for one in marks[index + 1 : index + 4] if one.ids]
    found = support.called(key(mark.text), mark.classes, owned[0] if owned else frozenset())
    both = before.means("all") and len(found) == _BOTH and mark.sort == "class"
    return replace(mark, ids=found) if len(found) == 1 or both else mark
