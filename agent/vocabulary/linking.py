"""From the words of a sentence to the things of the plant.

What looks like a name but is none ("AHU-9" where there are eight) is a mention without candidates, so that nobody
answers about another thing; what fits several things has several candidates, so that the answer asks back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.vocabulary.grounding import Candidate, Grounding, Mention
from agent.vocabulary.lexicon import Key, Lexicon, core
from agent.vocabulary.tokens import Piece, pieces

Reading = Literal["name", "ident", "unknown", "family", "plural", "only", "focus", "part"]
_MOST = 12
_LONGEST_WRITTEN = 30
"""Pieces of a name with signs in it that are compared, at most."""
_PLURALS = ("", "n", "en", "e")
"""What a plural may end with once its “s” is gone: German, and Spanish after a consonant."""


@dataclass(frozen=True, slots=True)
class Link:
    """Pieces ``first`` up to ``last`` name one of ``candidates``; none of them exists where it is empty.

    A ``family`` is one name short of a letter ("room 410" where there are R410A and R410B): all of them are meant. In the ``plural`` a name is that of all whose names hold it ("the feed pumps").
    """

    first: int
    last: int
    candidates: tuple[Candidate, ...]
    reading: Reading
    classes: tuple[str, ...] = ()

    @property
    def ids(self) -> list[str]:
        return [candidate.id for candidate in self.candidates]


class Linker:
    """Links sentences to the things of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.words = lexicon.words

    def link(self, text: str, focus: Sequence[str] = ()) -> Grounding:
        """The mentions of a sentence; pronouns are read as the focus of the conversation, newest first."""
        found = self.respell(pieces(text))
        mentions: list[Mention] = []
        index = 0
        while index < len(found):
            link = self.at(found, index) or self._pronoun(found, index, focus) or self._only(found, index)
            if link is None:
                index += max(1, self.class_at(found, index)[0] - index)
                continue
            mentions.extend(_mentions(text, found, link))
            index = link.last
        return Grounding(tuple(mentions), tuple(focus))

    # -- spelling ----------------------------------------------------------------------------------------------------

    def respell(self, found: Sequence[Piece]) -> list[Piece]:
        """The pieces with misspelt words put right; the text stays as it was written."""
        return [self._respelt(piece) for piece in found]

    def _respelt(self, piece: Piece) -> Piece:
        if (
            piece.kind != "word"
            or piece.norm in self.words.known
            or piece.lower in self.words.known
            or self.knows(piece.norm)
        ):
            return piece
        better = self.lexicon.respell(piece.norm, self.lexicon.long_known)
        return piece if better is None else Piece(better, better, "word", piece.start, piece.end, piece.glued)

    def knows(self, word: str) -> bool:
        return word in self.lexicon.known_words

    # -- spans -------------------------------------------------------------------------------------------------------

    def at(self, found: Sequence[Piece], index: int) -> Link | None:
        """The thing named at a piece: by its whole name, by class and ident, or by a telling part of its name."""
        return (
            max(
                (
                    link
                    for link in (
                        self.name_at(found, index),
                        self._ident(found, index),
                        self._floor(found, index),
                        self._floor_before(found, index),
                        self._family(found, index),
                    )
                    if link is not None
                ),
                key=lambda link: (link.last, bool(link.candidates)),
                default=None,
            )
            or self._code(found, index)
            or self._number(found, index)
            or self._part_of_name(found, index)
        )

    def class_at(self, found: Sequence[Piece], index: int) -> tuple[int, tuple[str, ...]]:
        """Where the longest class phrase at a piece ends, and its classes; the piece itself where there is none."""
        if index == len(found) or found[index].norm not in self.lexicon.phrase_lengths:
            return index, ()
        for last in range(min(len(found), index + self.lexicon.longest_phrase + 1), index, -1):
            if classes := self.classes_called(_norms(found, index, last)):
                return last, classes
        return index, ()

    def classes_called(self, said: Key) -> tuple[str, ...]:
        """The classes of a class phrase, none where it is not one. “Outside air damper” is the outside damper; what is measured keeps its words."""
        phrases = self.lexicon.class_phrases
        if said in phrases or self.words.passed_over.isdisjoint(said[1:-1]):
            return phrases.get(said, ())
        short = (said[0], *(word for word in said[1:-1] if word not in self.words.passed_over), said[-1])
        return tuple(one for one in phrases.get(short, ()) if self.lexicon.kind_of(one) != "point")

    def begun_at(self, found: Sequence[Piece], index: int, last: int, classes: Sequence[str]) -> Link | None:
        """“The campus meter” of a Campus Electrical Meter and a Campus Water Meter: what is of a class whose word ends at a piece, and called by the
        word before it first. In the plural it is all of them."""
        first = found[index]
        small = first.norm in self.words.known or first.lower in self.words.known
        if first.kind != "word" or (small and (first.norm,) not in self.lexicon.class_phrases):
            return None
        ids = self._within(self.lexicon.by_first_word.get(first.norm, ()), classes)
        if not ids:
            return None
        return Link(index, last, self.candidates(ids, 75.0), "family" if found[last - 1].is_plural else "part")

    def name_at(self, found: Sequence[Piece], index: int) -> Link | None:
        """The thing whose whole name, alias or id stands at a piece."""
        if (link := self._written_at(found, index)) is not None:
            return link
        if found[index].glued or found[index].norm in self.words.never_alone:
            return None
        longest = min(self.lexicon.name_lengths.get(found[index].norm, 0), self.lexicon.longest_name)
        for last in range(min(len(found), index + longest), index, -1):
            if last < len(found) and found[last].glued and found[last].norm != "'s":
                continue  # "AHU 1" is not in "AHU 1B"
            ids = self.lexicon.names.get(_norms(found, index, last))
            if ids and not (
                last == index + 1 and (found[index].norm in self.words.known or found[index].lower in self.words.known)
            ):
                return Link(index, last, self.candidates(ids, 100.0), "name")
        return None

    def _written_at(self, found: Sequence[Piece], index: int) -> Link | None:
        """A name that has signs in it, with just these: “Pump 2 (2024)”, “<b>P-1</b>”."""
        longest = min(self.lexicon.written_lengths.get(found[index].norm, 0), _LONGEST_WRITTEN)
        for last in range(min(len(found), index + longest), index + 1, -1):
            if last < len(found) and found[last].glued and found[last].norm != "'s":
                continue
            if ids := self.lexicon.written.get(_norms(found, index, last)):
                return Link(index, last, self.candidates(ids, 100.0), "name")
        return None

    def _ident(self, found: Sequence[Piece], index: int) -> Link | None:
        """“AHU 3”, “VAV C400A”, “pump number two”."""
        last, classes = self.class_at(found, index)
        if not classes or all(self.lexicon.kind_of(class_) == "point" for class_ in classes):
            return None
        link = self.ident_after(found, index, last, classes)
        counted = any(piece.is_plural for piece in found[index:last]) or found[last - 1].norm.endswith("n")
        return self._joined(found, link) if link is not None and counted else link

    def _joined(self, found: Sequence[Piece], link: Link) -> Link:
        """“chillers 1 and 2”: with the further idents, as far as each is one asset."""
        at = link.last
        while at < len(found) and found[at].norm in self.words.joining:
            at += 1
        last, ident = self._ident_at(found, at) if at > link.last else (at, ())
        if not ident or at == link.last or found[at].kind != "number" or len(link.candidates) == 0:
            return link
        more = self.by_ident(found, link.first, last, ident, link.classes)
        if len(more.candidates) != 1 or (len(link.candidates) > 1 and link.reading != "family"):
            return link
        both = (*link.candidates, *(one for one in more.candidates if one not in link.candidates))
        return self._joined(found, Link(link.first, last, both, "family", link.classes))

    def ident_after(self, found: Sequence[Piece], first: int, at: int, classes: tuple[str, ...]) -> Link | None:
        middle = at
        while at < len(found) and {found[at].norm, found[at].lower} & self.words.numbering:
            at += 1
        named = self.name_at(found, at) if at < len(found) else None
        if named is not None and (own := self._within(named.ids, classes)):  # "pump CHWP-2"
            return Link(first, named.last, self.candidates(own, 100.0), "name", classes)
        last, ident = self._ident_at(found, at)
        if not ident:
            return None
        last, classes = self._class_around(found, first, middle, last) or (last, classes)
        return self.by_ident(found, first, last, ident, classes)

    def _class_around(
        self, found: Sequence[Piece], first: int, middle: int, at: int
    ) -> tuple[int, tuple[str, ...]] | None:
        """The class of “bomba 2 de agua fría”, which goes on behind the ident, and where it ends."""
        if at >= len(found) or found[at].norm not in self.words.restricting:
            return None
        begun = _norms(found, first, middle)
        for last in range(min(len(found), at + self.lexicon.longest_phrase), at, -1):
            if classes := self.lexicon.class_phrases.get(begun + _norms(found, at, last)):
                return last, classes
        return None

    def _ident_at(self, found: Sequence[Piece], at: int) -> tuple[int, Key]:
        if at >= len(found) or found[at].kind == "sign" or found[at].norm == "'s":
            return at, ()
        piece = found[at]
        last = at + 1
        while last < len(found) and found[last].glued and found[last].norm != "'s":
            last += 1
        group = _norms(found, at, last)
        if group in self.lexicon.quantity_phrases:
            return at, ()  # "boardroom CO2"
        follower = found[last].norm if last < len(found) else ""
        if any(one[0].isdigit() for one in group):
            if (last == at + 1 and follower in self.words.measure_units) or (
                len(group) == 2 and group[1] in self.words.measure_units
            ):
                return at, ()
            return last, group
        if piece.glued or (len(piece.text) == 1 and piece.text.isupper() and piece.text not in "AI"):
            return last, group
        if len(piece.text) == 1 and piece.text == "A" and (not follower or follower in self.words.known):
            return last, group
        if piece.lower in self.words.numbers:
            return last, (str(self.words.numbers[piece.lower]),)
        return at, ()

    def by_ident(self, found: Sequence[Piece], first: int, last: int, ident: Key, classes: tuple[str, ...]) -> Link:
        lexicon = self.lexicon
        exact = self._within(lexicon.by_ident.get(ident, ()), classes)
        if exact:
            return Link(first, last, self.candidates(exact, 95.0), "ident", classes)
        if len(ident) == 1 and ident[0].isdigit() and self._are_floors(classes):
            level = [id for id in lexicon.levels.get(int(ident[0]), ()) if not self._is_roof(id)]
            if level:
                return Link(first, last, self.candidates(level, 95.0), "ident", classes)
        near = self._within(lexicon.by_core.get(core(ident), ()), classes) if core(ident) else ()
        same = [id for id in near if any(_stripped(own) == ident for own in lexicon.things[id].idents)]
        if len(same) > 1:  # where C411 and R411 are both rooms, "room 411" is the one with an R
            initials = {piece[0] for piece in _norms(found, first, last) if piece.isalpha()}
            same = [id for id in same if any(own[0] in initials for own in lexicon.things[id].idents)] or same
        if same:
            return Link(first, last, self.candidates(same, 90.0), "ident", classes)
        family = [id for id in near if any(_extends(own, ident) for own in lexicon.things[id].idents)]
        if family:
            return Link(first, last, self.candidates(family, 80.0), "family" if len(family) <= 6 else "ident", classes)
        return Link(first, last, (), "unknown", classes)

    def _family(self, found: Sequence[Piece], index: int) -> Link | None:
        """“Network pumps”, “which theatre”: all that are called so; “the theatre” is one of them, and “theatre 9” is none."""
        for last in range(min(len(found), index + self.lexicon.longest_name), index, -1):
            stem, plural = self._stem(found, index, last)
            if stem is None:
                continue
            ids = self.lexicon.families[stem]
            classes = (str(self.lexicon.things[ids[0]].class_),)
            if last < len(found) and found[last].kind == "number":
                return (
                    self._numbered(found, index, last, stem, classes)
                    if plural
                    else Link(index, last + 1, (), "unknown", classes)
                )
            definite = index > 0 and found[index - 1].lower in self.words.definite
            return Link(
                index, last, self.candidates(ids, 85.0), "part" if definite and not plural else "family", classes
            )
        return None

    def _stem(self, found: Sequence[Piece], first: int, last: int) -> tuple[Key | None, bool]:
        """What a family is called, without the ending of its plural."""
        *begun, end = _norms(found, first, last)
        for ending in _PLURALS:
            if end.endswith(ending) and (stem := (*begun, end.removesuffix(ending))) in self.lexicon.families:
                return stem, bool(ending) or found[last - 1].is_plural
        return None, False

    def _numbered(self, found: Sequence[Piece], first: int, at: int, stem: Key, classes: tuple[str, ...]) -> Link:
        """“Theatres 1 and 2”: those with these numbers; none where one of them is not there."""
        named: list[str] = []
        last, whole = at, True
        while at < len(found) and found[at].kind == "number":
            ids = self.lexicon.names.get((*stem, found[at].norm), ())
            whole = whole and len(ids) == 1
            named += ids
            last = at = at + 1
            while at < len(found) and found[at].norm in self.words.joining:
                at += 1
        return Link(
            first, last, self.candidates(named if whole else (), 95.0), "family" if whole else "unknown", classes
        )

    def _floor(self, found: Sequence[Piece], index: int) -> Link | None:
        """“the 4th floor”, “fourth floor”, “ground floor”, “top floor”."""
        piece, at = found[index], index + 1
        level: int | None = self.words.ordinals.get(piece.lower)
        if (
            piece.kind == "number"
            and at < len(found)
            and found[at].start == piece.end
            and found[at].norm in self.words.ordinal_endings
        ):
            level, at = int(float(piece.norm)), at + 1
        if (alone := self._level_alone(found, index)) is not None:
            return alone
        levels = {level: ids for level, ids in self.lexicon.levels.items() if not all(map(self._is_roof, ids))}
        if piece.lower in self.words.topmost and levels:
            level = max(levels)
        if piece.lower in self.words.bottommost and levels:
            level = min(levels)
        last, classes = self.class_at(found, at)
        if level is None or not self._are_floors(classes) or found[last - 1].is_plural:
            return None
        return self._at_level(found, index, last, piece, level, classes)

    def _floor_before(self, found: Sequence[Piece], index: int) -> Link | None:
        """“planta baja”, “planta segunda”: the ordinal behind the class."""
        last, classes = self.class_at(found, index)
        level = self.words.ordinals.get(found[last].lower) if last < len(found) else None
        if level is None or not self._are_floors(classes) or found[last - 1].is_plural:
            return None
        return self._at_level(found, index, last + 1, found[last], level, classes)

    def _at_level(
        self, found: Sequence[Piece], first: int, last: int, said: Piece, level: int, classes: tuple[str, ...]
    ) -> Link:
        levels = {one for one, ids in self.lexicon.levels.items() if not all(map(self._is_roof, ids))}
        if said.lower == self.words.lowest_level and 0 not in levels:
            level = min((one for one in levels if one >= 0), default=0)
        return self.by_ident(found, first, last, (str(level),), classes)

    def _level_alone(self, found: Sequence[Piece], index: int) -> Link | None:
        """“Erdgeschoss”, and “1.OG” without a space: the dot is dropped there."""
        piece, at = found[index], index + 1
        level = self.words.levels.get(piece.lower)
        if level is not None and self.lexicon.levels.get(level):
            return self.by_ident(found, index, at, (str(level),), ("Floor",))
        if piece.kind != "number" or piece.glued or at == len(found) or not found[at].glued:
            return None
        last, classes = self.class_at(found, at)
        return (
            self.by_ident(found, index, last, (str(int(float(piece.norm))),), classes)
            if self._are_floors(classes)
            else None
        )

    def _are_floors(self, classes: Iterable[str]) -> bool:
        return any(class_ == "Floor" or self.lexicon.is_a(class_, "Floor") for class_ in classes)

    def _is_roof(self, id: str) -> bool:
        """A roof has a level, but nobody means it by the number of a floor."""
        return self.lexicon.is_a(self.lexicon.things[id].class_, "Rooftop")

    def _number(self, found: Sequence[Piece], index: int) -> Link | None:
        """“the temperature in 410”: after a preposition, the rooms with that number."""
        if index == 0 or found[index].kind != "number" or found[index - 1].lower not in self.words.inside:
            return None
        if len(found[index].text) < 3:
            return None  # "in 2 of 3 rooms"
        last = index + 1
        while last < len(found) and found[last].glued and found[last].norm != "'s":
            last += 1
        follower = found[last].norm if last < len(found) else ""
        if follower in self.words.units or set(_norms(found, index, last)) & self.words.measure_units:
            return None
        link = self.by_ident(found, index, last, _norms(found, index, last), ("Room",))
        year = len(found[index].text) == 4 and found[index].text.startswith(("19", "20"))
        counts = self.class_at(found, last)[1] if last < len(found) else ()  # "in 243 rooms"
        return None if counts or (year and not link.candidates) else link

    def _code(self, found: Sequence[Piece], index: int) -> Link | None:
        """A code of letters and digits: a thing's ident if only one thing has it, else an unknown name."""
        last = index + 1
        letter = len(found[index].text) == 1 and last < len(found) and found[last].glued  # the C of "C300" is no unit
        if found[index].glued or found[index].kind == "sign" or (found[index].norm in self.words.known and not letter):
            return None
        while last < len(found) and found[last].glued and found[last].norm != "'s":
            last += 1
        group = _norms(found, index, last)
        if last - index < 2 or not any(one[0].isdigit() for one in group) or not any(one[0].isalpha() for one in group):
            return None
        if (
            group in self.lexicon.quantity_phrases
            or group in self.lexicon.class_phrases
            or set(group) & self.words.measure_units
        ):
            return None
        if any(self.lexicon.quantity_phrases.get(group[:size]) for size in range(1, len(group))):
            return None
        ids = self.lexicon.by_ident.get(group, ())
        if ids:
            inside = index > 0 and found[index - 1].lower in self.words.inside
            rooms = self._within(ids, ("Room",)) if inside else []  # "in C300" is the room, not its zone or its box
            return Link(index, last, self.candidates(rooms or ids, 90.0), "ident")
        return Link(index, last, (), "unknown", self._first_class(group))

    def _first_class(self, group: Key) -> tuple[str, ...]:
        return self.lexicon.class_phrases.get(group[:1], ())

    def _part_of_name(self, found: Sequence[Piece], index: int) -> Link | None:
        """“Riverside” for Riverside Campus: the longest run of pieces that stands in a name, with a word of its own."""
        best: tuple[int, list[str]] = (index, [])
        for last in range(index + 1, min(len(found), index + self.lexicon.longest_name) + 1):
            norms = _norms(found, index, last)
            telling = [word for word in norms if word in self.lexicon.by_word and word not in self.words.known]
            if not telling:
                if norms[-1] in self.words.known or not self.knows(norms[-1]):
                    break
                continue
            ids = [id for id in self.lexicon.by_word[telling[0]] if self._has_run(id, norms)]
            if ids:
                best = (last, ids)
        last, ids = best
        return Link(index, last, self.candidates(ids, 75.0), "part") if ids else None

    def _has_run(self, id: str, run: Key) -> bool:
        return any(
            name[start : start + len(run)] == run
            for name in self.lexicon.keys_of(id)
            for start in range(len(name) - len(run) + 1)
        )

    def _pronoun(self, found: Sequence[Piece], index: int, focus: Sequence[str]) -> Link | None:
        known = [id for id in focus if id in self.lexicon.things]
        if not known:
            return None
        lower = found[index].lower
        if lower in self.words.plural_pronouns:
            return Link(index, index + 1, self.candidates(known, 100.0), "focus")
        last = (
            index + 2
            if lower in self.words.pointing and index + 1 < len(found) and found[index + 1].lower == self.words.one
            else index + 1
        )
        if lower in self.words.singular_pronouns or last == index + 2:
            return Link(index, last, self.candidates(known[:1], 100.0), "focus")
        return None

    def _only(self, found: Sequence[Piece], index: int) -> Link | None:
        """“the chiller”: the only one, or all of them as candidates; “the chillers that …” is no mention."""
        if found[index].lower not in self.words.definite:
            return None
        last, classes = self.class_at(found, index + 1)
        if not classes or found[last - 1].text.lower() != found[last - 1].norm:
            return None
        follower = found[last].norm if last < len(found) else ""
        if follower and (follower in self.words.restricting or follower in self.lexicon.quantity_vocabulary):
            return None
        ids = self.lexicon.class_names.get(_norms(found, index + 1, last), ())
        ids = ids if len(ids) == 1 else self.only(classes)
        return Link(index, last, self.candidates(ids, 85.0), "only", classes) if ids else None

    def only(self, classes: Sequence[str]) -> tuple[str, ...]:
        """The things that “the <class>” may mean."""
        class_ = self.lexicon.best_class(classes)
        return self.lexicon.of_class(class_) if self.lexicon.kind_of(class_) != "point" else ()

    def nearest(self, classes: Sequence[str], limit: int = 4) -> list[Candidate]:
        """Things of a class, for “there is no chiller 7; there are …”."""
        ids = self.lexicon.of_class(self.lexicon.best_class(classes)) if classes else ()
        return list(self.candidates(sorted(ids, key=lambda id: self.lexicon.things[id].name), 50.0)[:limit])

    # -- candidates --------------------------------------------------------------------------------------------------

    def _within(self, ids: Iterable[str], classes: Sequence[str]) -> list[str]:
        things, lexicon = self.lexicon.things, self.lexicon
        return [id for id in ids if any(lexicon.is_a(things[id].class_, class_) for class_ in classes)]

    def candidates(self, ids: Iterable[str], score: float = 85.0) -> tuple[Candidate, ...]:
        things = (self.lexicon.things[id] for id in ids)
        return tuple(Candidate(one.id, one.name, one.kind, one.class_, score) for one in things)


def _norms(found: Sequence[Piece], first: int, last: int) -> Key:
    return tuple(piece.norm for piece in found[first:last])


def _stripped(ident: Key) -> Key:
    """Without the letters before its first number."""
    first = next((index for index, piece in enumerate(ident) if piece[0].isdigit()), 0)
    return ident[first:]


def _extends(own: Key, ident: Key) -> bool:
    """R410A and R410B extend R410 and 410, but R4101 does not."""
    for start in (own, _stripped(own)):
        if start[: len(ident)] == ident and len(start) > len(ident) and start[len(ident)].isalpha():
            return True
    return False


def _mentions(text: str, found: Sequence[Piece], link: Link) -> list[Mention]:
    start, end = found[link.first].start, found[link.last - 1].end
    if link.reading in ("focus", "family"):
        return [Mention(start, end, text[start:end], (candidate,)) for candidate in link.candidates]
    return [Mention(start, end, text[start:end], link.candidates[:_MOST])]
