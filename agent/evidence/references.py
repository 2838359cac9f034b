"""“The supply fan”, “both filters”, “the tower”: what a sentence calls by its class or by the end of its name, where the evidence has just that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.evidence.claims.sentence import JOINING, joins
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
    for index, mark in enumerate(marks):
        run = _run(marks, index) if mark.sort == "number" and mark.unit is None else ()
        if run and marks[run[-1]].unit:
            found[index] = replace(mark, unit=marks[run[-1]].unit)
    return found


def _siblings(marks: Sequence[Mark], support: Support) -> list[Mark]:
    """“Floors 3 and 5”, “VAV 101, 102 and 103”: numbers that go on from a name that ends in one are names as well; “Pump 6 and 9 orders” are not."""
    found = list(marks)
    for index, mark in enumerate(marks):
        run = _run(marks, index) if mark.sort == "asset" and mark.text[-1:].isdigit() else ()
        counts = any(one.classes or one.means("orders") for one in marks[run[-1] + 1 : run[-1] + 2]) if run else False
        for at in () if counts else run:
            ids = _numbered(mark, marks[at].text, support)
            if len(ids) == 1 and marks[at].unit is None:
                found[at] = replace(marks[at], sort="asset", ids=ids, amounts=())
    return found


def _run(marks: Sequence[Mark], index: int) -> Sequence[int]:
    """The numbers that go on from a mark: “14, 15 and 16”. A comma alone joins nothing."""
    found: list[int] = []
    while index + 2 < len(marks) and joins(marks[index + 1]) and marks[index + 2].sort == "number":
        index += 2
        found.append(index)
    return found if found and marks[found[-1] - 1].text.lower() in JOINING else ()


def _numbered(mark: Mark, number: str, support: Support) -> frozenset[str]:
    """What has the name of a mark with another number."""
    names = support.lexicon.names
    stems = {name[:-1] for name, ids in names.items() if mark.ids.intersection(ids) and name[-1].isdigit()}
    return frozenset(id_ for stem in stems if stem for id_ in names.get((*stem, number), ()))


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
