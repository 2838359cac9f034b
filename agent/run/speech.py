"""An answer while it is being produced: it is let out sentence by sentence, each one checked first."""

from agent.evidence.sentences import complete, sentences
from agent.evidence.verify import Reading, Verifier
from tools.sentences.outside import without_outside


class Speaking:
    """Holds text back until a sentence is complete and supported; after one that is not, nothing more comes out."""

    def __init__(self) -> None:
        self._verifier: Verifier | None = None
        self._reading: Reading | None = None
        self._aloud = False
        self._held = ""
        self.said = ""

    def begin(self, verifier: Verifier, *, aloud: bool) -> None:
        """A new reply of the model; not ``aloud``: it is only collected, because an earlier draft did not hold."""
        self._verifier, self._reading, self._aloud, self._held = verifier, None, aloud, ""

    def add(self, text: str) -> str:
        """The text that may be shown now."""
        self._held += text
        if not self._aloud or self._verifier is None:
            return ""
        whole, spoken = self._held[: complete(self._held)], ""
        self._held = self._held[len(whole) :]
        for start, end in sentences(whole):
            said = self._said(whole[start:end])
            if said is None:
                self._aloud = False
                break
            spoken += said
        self.said += spoken
        return spoken

    def _said(self, sentence: str) -> str | None:
        assert self._verifier
        gap = "\n\n" if self.said and self._reading is None else ""
        self._reading = self._reading or self._verifier.begin(sentence)
        said = self._reading.sentence(sentence)
        return None if said is None else gap + without_outside(said)

    def rest(self, answer: str) -> str:
        """What is still missing of the answer; nothing where what was said is no beginning of it."""
        return answer[len(self.said) :] if answer.startswith(self.said) else ""
