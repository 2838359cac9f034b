"""From chunks to an intent: noun phrases with their nested restrictions, then what is asked about them.

A question is mostly one noun phrase with conditions ("which VAVs that AHU 3 feeds have no temperature sensor"), so the
main clause and a relative clause are read by the same rules. Every chunk that carries meaning must be used by some
rule; one that is left over stops the answer, because ignoring it could change what was asked.
"""

from collections.abc import Sequence
from datetime import datetime

from agent.offline.chunks import Chunk, Chunker
from agent.offline.clauses import Sentence
from agent.offline.expecting import expected, is_of_the_future, present_tense
from agent.offline.intents import Intent
from agent.offline.sentence import read_sentence
from agent.vocabulary.linking import Linker


class Parser:
    """Reads sentences with one lexicon."""

    def __init__(self, linker: Linker) -> None:
        self.linker = linker
        self.chunker = Chunker(linker)

    def parse(self, text: str, now: datetime, focus: Sequence[str] = (), previous: Intent | None = None) -> Intent:
        chunks = self.chunker.cut(text, now)
        read = read_sentence(Sentence(self.linker, chunks, tuple(focus), previous, now))
        return self._expected(text, chunks, now, focus, previous) or read if is_of_the_future(read) else read

    def _expected(
        self, text: str, chunks: Sequence[Chunk], now: datetime, focus: Sequence[str], previous: Intent | None
    ) -> Intent | None:
        """What a sentence about the future asks of a measurement."""
        if (present := present_tense(text, chunks)) is None:
            return None
        said, span = present
        again = self.chunker.cut(said, now)
        return expected(read_sentence(Sentence(self.linker, again, tuple(focus), previous, now)), span, now)
