"""An answer while it is being produced: it is let out sentence by sentence, each one checked first."""

import re

from agent.evidence.check import unsupported
from agent.evidence.facts import Facts

_END = re.compile(r"[.!?:]['”\")]*\s|\n")


class Speaking:
    """Holds text back until a sentence is complete and supported; after one that is not, nothing more comes out."""

    def __init__(self) -> None:
        self._facts: Facts | None = None
        self._aloud = False
        self._held = ""
        self._draft = ""
        self.said = ""

    def begin(self, facts: Facts, *, aloud: bool) -> None:
        """A new reply of the model; not ``aloud``: it is only collected, because an earlier draft did not hold."""
        self._facts, self._aloud, self._held, self._draft = facts, aloud, "", ""

    def add(self, text: str) -> str:
        """The text that may be shown now."""
        self._held += text
        ends = [match.end() for match in _END.finditer(self._held)]
        if not self._aloud or not ends or self._facts is None:
            return ""
        sentences, self._held = self._held[: ends[-1]], self._held[ends[-1] :]
        self._draft += sentences
        if unsupported(self._draft, self._facts):
            self._aloud = False
            return ""
        gap = "\n\n" if self.said and not self._draft[: -len(sentences)] else ""
        self.said += gap + sentences
        return gap + sentences

    def rest(self, answer: str) -> str:
        """What is still missing of the answer; nothing where what was said is no beginning of it."""
        return answer[len(self.said) :] if answer.startswith(self.said) else ""
