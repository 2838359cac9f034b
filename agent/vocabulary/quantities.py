"""Quantities in a sentence: a run of words that names what is measured, in the plant's own words or in those of the trade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from agent.vocabulary.lexicon import Lexicon, quantity_token
from agent.vocabulary.tokens import Piece

_LONGEST = 9


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity as it was said: its words, and the class of assets they begin with ("pump vibration")."""

    tokens: frozenset[str]
    text: str
    sensor: bool = False
    """“temperature sensor”: the point itself may be meant."""
    plural: bool = False
    owner: tuple[str, ...] = ()
    """Classes that the words name before the quantity, where no quantity has all the words."""
    rest: frozenset[str] = frozenset()
    exact: tuple[str, ...] = ()
    """Quantities that the vocabulary knows under these very words."""


class QuantityReader:
    """``never_in`` are words that are in no quantity's name by themselves ("on"), ``no_heads`` those that none ends with."""

    def __init__(
        self, lexicon: Lexicon, never_in: frozenset[str], no_heads: frozenset[str], leads: frozenset[str]
    ) -> None:
        self.lexicon = lexicon
        self._never_in = never_in
        self._no_heads = no_heads
        self._leads = leads

    @cached_property
    def _heads(self) -> frozenset[str]:
        """The words a quantity's name ends with ("temperature", "position"), which make a phrase a quantity."""
        known = self.lexicon.present_quantities | set(self.lexicon.vocabulary.quantities)
        return frozenset({quantity_token(one.split("_")[-1]) for one in known} - self._no_heads) | {"co"}

    def at(self, found: Sequence[Piece], index: int, text: str) -> list[tuple[int, Quantity]]:
        """Every quantity that begins at a piece, with where it ends; the longest last."""
        if (named := self._full_name(found, index, text)) is not None:
            return [named]
        if found[index].norm in self._never_in and not self._is_lead(found, index):
            return []
        run: list[str] = []
        last, ends = index, list[tuple[int, Quantity]]()
        while last < len(found) and last - index < _LONGEST:
            phrase = self._known_phrase(found, last)
            if phrase is not None:
                run.extend(self._said(found, last, phrase))
                last = phrase[0]
            elif self._is_part(found[last], bool(run), self._is_lead(found, last)):
                run.append(found[last].norm)
                last += 1
            else:
                break
            if self._may_end(run, phrase) and (quantity := self._read(run, found, index, last, text)) is not None:
                ends.append((last, quantity))
        return ends

    def _said(self, found: Sequence[Piece], at: int, phrase: tuple[int, tuple[str, ...]]) -> Sequence[str]:
        """“supply temperature” need not be that of air: the words themselves, where the quantity they stand for has them all."""
        said = [piece.norm for piece in found[at : phrase[0]]]
        plain = (len(said) > 1 or said[0] == "flow") and {quantity_token(word) for word in said} <= {
            quantity_token(word) for word in phrase[1]
        }
        return said if plain else phrase[1]

    def _is_part(self, piece: Piece, begun: bool, leads: bool) -> bool:
        norm = piece.norm
        if norm in self._never_in and not begun and not leads:
            return False
        vocabulary = self.lexicon.quantity_vocabulary
        return (quantity_token(norm) in vocabulary or norm in vocabulary) and (norm.isalpha() or norm == "2")

    def _is_lead(self, found: Sequence[Piece], index: int) -> bool:
        """“heating” and “cooling” begin a quantity only before what can be heated or commanded."""
        return (
            found[index].norm in self._leads
            and index + 1 < len(found)
            and (found[index + 1].norm in self.lexicon.quantity_vocabulary - self._never_in)
        )

    def _may_end(self, run: Sequence[str], phrase: tuple[int, tuple[str, ...]] | None) -> bool:
        return (
            quantity_token(run[-1]) in self._heads
            or run[-1] == "sensor"
            or (run[-1] == "2" and len(run) > 1 and run[-2] == "co")
            or (phrase is not None and bool(phrase[1]))
        )

    def _full_name(self, found: Sequence[Piece], index: int, text: str) -> tuple[int, Quantity] | None:
        """The whole name of a quantity that the plant has ("max supply air temperature setpoint limit")."""
        names = self.lexicon.quantity_names
        for last in range(min(len(found), index + self.lexicon.longest_quantity), index + 1, -1):
            quantity = names.get(tuple(piece.norm for piece in found[index:last]))
            if quantity is not None:
                sensor = last < len(found) and found[last].norm in ("sensor", "point")
                end = last + 1 if sensor else last
                tokens = self.lexicon.quantity_tokens[quantity]
                said = _slice(text, found, index, end)
                return end, Quantity(tokens, said, sensor, found[end - 1].is_plural, exact=(quantity,))
        return None

    def _known_phrase(self, found: Sequence[Piece], index: int) -> tuple[int, tuple[str, ...]] | None:
        """Words of the vocabulary for a quantity ("SAT", "temp"), as the words of the quantity they stand for: the longest of which the plant
        has points, else the longest.
        """
        absent: tuple[int, tuple[str, ...]] | None = None
        for last in range(min(len(found), index + self.lexicon.longest_phrase), index, -1):
            quantities = self._meant(tuple(piece.norm for piece in found[index:last]))
            if quantities and not (last == index + 1 and found[index].norm in self._no_heads):
                present = next((one for one in quantities if self._is_present(one)), None)
                if present is not None:
                    return last, tuple(present.split("_"))
                absent = absent or (last, tuple(quantities[0].split("_")))
        return absent

    def _meant(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The quantities that a phrase may mean: the one that it names, where the plant measures that (“level” of a tank of oxygen)."""
        named = "_".join(words)
        return (named,) if named in self.lexicon.present_quantities else self.lexicon.quantity_phrases.get(words, ())

    def _is_present(self, quantity: str) -> bool:
        return any(self.lexicon.includes(quantity, one) for one in self.lexicon.present_quantities)

    def _read(self, run: Sequence[str], found: Sequence[Piece], first: int, last: int, text: str) -> Quantity | None:
        ends = run[-1] in ("sensor", "point") and len(run) > 1
        sensor = ends or (found[last - 1].norm == "sensor" and last - first > 1)
        words = list(run[:-1] if ends else run)
        said = tuple(piece.norm for piece in found[first:last])
        exact = self._meant(said) or self._meant(tuple(words))
        if not words or words == ["sensor"]:
            return None
        if not sensor and not exact and quantity_token(words[-1]) not in self._heads and "co" not in words:
            return None
        tokens = frozenset(quantity_token(one) for one in words if one != "2" or "co" not in words) - {"sensor"}
        owner, rest = self._owner(found, first, last)
        if not self.lexicon.quantities_named(tokens) and not owner and not exact:
            return None
        plural = found[last - 1].is_plural
        return Quantity(tokens, _slice(text, found, first, last), sensor, plural, owner, rest, exact)

    def _owner(self, found: Sequence[Piece], first: int, last: int) -> tuple[tuple[str, ...], frozenset[str]]:
        """A class in front of the quantity ("supply fan | speed")."""
        for middle in range(last - 1, first, -1):
            classes = self.lexicon.class_phrases.get(tuple(piece.norm for piece in found[first:middle]), ())
            classes = tuple(one for one in classes if self.lexicon.kind_of(one) != "point")
            rest = frozenset(quantity_token(piece.norm) for piece in found[middle:last]) - {"sensor"}
            if classes and rest and self.lexicon.quantities_named(rest):
                return classes, rest
        return (), frozenset()


def _slice(text: str, found: Sequence[Piece], first: int, last: int) -> str:
    return text[found[first].start : found[last - 1].end]
