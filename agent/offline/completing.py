"""Words of a quantity that stand apart: “the mixed air … warmer than the return air”, “the temperature of its supply air”."""

import itertools
from dataclasses import replace
from typing import cast

from agent.offline.chunks import Chunk
from agent.offline.clauses import Sentence
from agent.vocabulary.lexicon import quantity_token
from agent.vocabulary.quantities import Quantity
from agent.vocabulary.tokens import key


def complete_heads(self: Sentence) -> None:
    """“is the mixed air warmer than the return air”: words of quantities without the head that the adjective gives."""
    said = [cast(Quantity, c.get("qty")) for c in self.chunks if c.has("qty")]
    if len(said) == 1 and not said[0].exact and len(said[0].tokens) == 1:
        _spread_quantity(self, said[0])
        return
    adjective = next((a for c in self.chunks if (a := degree_of(self, c))), None) or _head_before(self)
    if adjective is None or said:
        return
    runs = [
        list(run) for telling, run in itertools.groupby(self.chunks, key=lambda c: _begins_quantity(self, c)) if telling
    ]
    for run in runs:
        words = [piece for c in run for piece in key(c.text)]
        tokens = frozenset(quantity_token(word) for word in words) | adjective
        if len(words) < 2 or not self.lexicon.quantities_named(tokens, self.lexicon.present_quantities):
            continue
        text = f"{' '.join(words)} {' '.join(adjective)}"
        first = self.chunks.index(run[0])
        whole = Chunk(run[0].first, run[-1].last, text, {"qty": Quantity(tokens, text)})
        self.chunks[first : first + len(run)] = [whole]


def _spread_quantity(self: Sentence, said: Quantity) -> None:
    """“the temperature of the server room's supply air”: the quantity's words in two places."""
    at = next(i for i, c in enumerate(self.chunks) if c.has("qty"))
    for first in range(at + 1, len(self.chunks) - 1):
        run = self.chunks[first : first + 2]
        words = [piece for c in run for piece in key(c.text)]
        tokens = frozenset(quantity_token(word) for word in words) | said.tokens
        present = self.lexicon.quantities_named(tokens, self.lexicon.present_quantities)
        if all(_begins_quantity(self, c) for c in run) and len(words) == 2 and present:
            text = f"{' '.join(words)} {said.text}"
            self.chunks[at] = replace(self.chunks[at], tags={"qty": Quantity(tokens, text)})
            before = first - 1 if self.has(first - 1, "of", "det") else first
            del self.chunks[before : first + 2]
            return


def _head_before(self: Sentence) -> frozenset[str] | None:
    """“and the return air?” after a question about a temperature."""
    before = self.previous
    if before is None or len(before.quantities) != 1 or len(self.chunks) > 7:
        return None
    if any(c.has("ent", "class", "rel") and not _begins_quantity(self, c) for c in self.chunks):
        return None
    tokens = before.quantities[0].tokens
    head = {"temperature", "humidity", "pressure", "flow", "co", "setpoint", "power", "speed", "position"} & tokens
    return frozenset(head) or None


def degree_of(self: Sentence, chunk: Chunk) -> frozenset[str] | None:
    """What an adjective measures: “warm”, “warmer than”."""
    if chunk.has("adjective"):
        return cast(frozenset[str], chunk.get("adjective"))
    implied = self.adjective_quantity(chunk) if chunk.has("cmp") else None
    return implied.tokens if implied is not None else None


def _begins_quantity(self: Sentence, chunk: Chunk) -> bool:
    return (
        not chunk.has("ent", "class", "time", "num", "adjective", "cmp", "aux", "in", "and", "det", "pron", "of")
        and all(quantity_token(piece) in self.lexicon.quantity_vocabulary for piece in key(chunk.text))
        and bool(key(chunk.text))
    )
