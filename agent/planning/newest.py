"""The understanding of the plant's newest words: one for all who read questions, prepared before the first of them comes."""

from __future__ import annotations

import asyncio

from agent.language.grammar import languages
from agent.planning.understanding import Understanding
from agent.vocabulary.lexicon import LexiconSource


class Understandings:
    """Of one plant. Each of its versions is understood anew."""

    def __init__(self, source: LexiconSource) -> None:
        self._source = source
        self._newest: Understanding | None = None
        self._prepared: Understanding | None = None

    async def newest(self) -> Understanding:
        """Raises ``Unavailable`` while the graph is away."""
        lexicon = await self._source.lexicon()
        if self._newest is None or self._newest.lexicon is not lexicon:
            self._newest = Understanding(lexicon)
        return self._newest

    async def prepare(self) -> None:
        """Every language of the plant's newest version, beside what else runs: the first sentence of one costs some hundred milliseconds.
        Raises ``Unavailable``."""
        newest = await self.newest()
        if newest is not self._prepared:
            for code in languages():
                await asyncio.to_thread(newest.prepare, code)
            self._prepared = newest
