"""“The supply fan”, “both filters”, “the tower”: what a sentence calls by its class or by the end of its name, where the evidence has just that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.evidence.claims.sentence import AND, JOINING
from agent.evidence.marks import Mark
from agent.evidence.support import Support
from agent.vocabulary.tokens import key

_BOTH = 2
_OF = frozenset({"of", "von", "de"})


def resolved(marks: Sequence[Mark], support: Support) -> list[Mark]:
    """The marks, those that refer to assets with their ids; “the filter of AHU-2” is the filter throughout."""
    marks = _with_units(_siblings(marks, support))
    found = [_resolved(marks, index, support) if index else mark for index, mark in enumerate(marks)]
    for index, mark in enumerate(marks):
        of = not mark.ids and index + 2 < len(marks) and marks[index + 1].text.lower() in _OF
        if of and found[index].ids and found[index].ids <= support.parts_of(marks[index + 2].ids):
            found[index + 2] = replace(marks[index + 2], ids=found[index].ids)
    return found


def _with_units(marks: Sequence[Mark]) -> list[Mark]:
    """“14 and 16 °C”: a unit is that of the numbers before it as well."""
    found = list(marks)
    for index in range(len(found) - 3, -1, -1):
        mark, joint, after = found[index : index + 3]
        if mark.sort == after.sort == "number" and mark.unit is None and after.unit and _joins(joint):
            found[index] = replace(mark, unit=after.unit)
    return found


def _joins(mark: Mark) -> bool:
    return mark.text in AND or mark.text.lower() in JOINING


def _siblings(marks: Sequence[Mark], support: Support) -> list[Mark]:
    """“Floors 3 and 5”, “VAV 101, 102 and 103”: numbers that go on from a name that ends in one are names as well."""
    found = list(marks)
    for index in range(2, len(found)):
        before, joint, mark = found[index - 2], found[index - 1], found[index]
        joined = _joins(joint)
        if not (
            joined
            and before.sort == "asset"
            and before.text[-1:].isdigit()
            and mark.sort == "number"
            and mark.text.isdigit()
        ):
            continue
        names = support.lexicon.names
        stems = {
            name[:-1]
            for name, ids in names.items()
            if before.ids.intersection(ids) and len(name) > 1 and name[-1].isdigit()
        }
        ids = frozenset(id_ for stem in stems for id_ in names.get((*stem, mark.text), ()))
        if len(ids) == 1:
            found[index] = replace(mark, sort="asset", ids=ids, amounts=(), unit=None)
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
