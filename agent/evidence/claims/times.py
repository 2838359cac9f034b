"""“at 10:00”, “yesterday”: each moment is one of the asset that it is said of, or of the look-up."""

from __future__ import annotations

from dataclasses import dataclass

from agent.evidence.claims.binding import Binding
from agent.evidence.claims.sentence import Sentence
from agent.evidence.marks import Mark


@dataclass(slots=True)
class Times:
    """Judges one sentence."""

    said: Sentence

    def judge(self) -> None:
        for index, mark in self.said.all("moment"):
            if not (self._moment_holds(index, mark) or self.said.is_quoted(mark)):
                self.said.refuse(mark)
        today = self.said.support.now.astimezone(self.said.support.zone).date()
        for _, mark in self.said.all("day"):
            offset = int(float(str(mark.detail("day"))))
            if (
                offset
                and not any((day - today).days == offset for day in self.said.support.days)
                and not _in(mark.text, self.said.asked.text)
            ):
                self.said.refuse(mark)
        for _, mark in self.said.all("weekday"):
            if not any(day.weekday() == mark.detail("weekday") for day in self.said.support.days) and not _in(
                mark.text, self.said.asked.text
            ):
                self.said.refuse(mark)

    def _moment_holds(self, index: int, mark: Mark) -> bool:
        assert mark.moment
        if mark.text.casefold() in self.said.asked.text:
            return True
        support, ids = self.said.support, self.said.group(index) or self.said.context.assets
        since = any(one.means("since") for one in self.said.marks[max(0, index - 3) : index])
        ends = [window[0] if since else at for window in support.windows for at in window]
        facts = list(support.facts_of(ids) if ids and mark.moment.hour is not None else support.ledger.facts)
        present = [support.now] if facts and not since else []  # the present says nothing of what nobody looked up
        own = Binding(self.said).moments(index, facts)
        return mark.moment.is_one_of([*present, *own, *ends], support.days, support.zone)


def _in(text: str, other: str) -> bool:
    return text.casefold() in other
