"""What a message shows, kept as what it is made of, and its blocks: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_date, format_time

from agent.evidence.moments import zone_of
from interfaces.notifications.message import Line, Wording
from interfaces.notifications.record import Claimed
from interfaces.slack.blocks import APPROVE, REJECT, Block, actions, button, section
from interfaces.slack.text import LONGEST_BLOCK, cut, harmless, quoted
from interfaces.slack.views.standing import Standing
from interfaces.slack.views.words import Words, words
from tools.results.proposals import ProposedChange

ACKNOWLEDGE, SHELVE, ASSIGN = "plantroom_acknowledge", "plantroom_shelve", "plantroom_assign"
MOST_SHOWN = 12
"""Of a message; Slack takes 50 blocks."""
_LONGEST_WISH = 2_000
"""A change that is longer is not shown whole, and is approved elsewhere."""
_SIGNS = {"urgent": "🔴", "high": "🔴", "medium": "🟠", "low": "🔵"}


@dataclass(frozen=True, slots=True)
class View:
    """``notices`` are in their order; ``timezone`` is an IANA name; ``address`` is where people open the plant."""

    language: str
    timezone: str
    notices: Sequence[Claimed]
    address: str | None = None

    @property
    def subjects(self) -> Sequence[str]:
        return [one.subject for one in self.notices]

    def json(self) -> dict[str, Any]:
        notices = [{**asdict(one), "due_at": one.due_at.isoformat()} for one in self.notices]
        return {"language": self.language, "timezone": self.timezone, "address": self.address, "notices": notices}

    @staticmethod
    def of(kept: Mapping[str, Any]) -> View:
        """From its JSON."""
        notices = [_claimed(one) for one in kept["notices"]]
        return View(kept["language"], kept["timezone"], notices, kept.get("address"))


def _claimed(kept: Mapping[str, Any]) -> Claimed:
    values: dict[str, Any] = {**kept, "due_at": datetime.fromisoformat(kept["due_at"])}
    return Claimed(**values)


def proposal_notice(one: ProposedChange) -> Claimed:
    """Of a proposal that came with an answer."""
    trouble = {
        "what": "proposal",
        "priority": "medium",
        "at": one.asked_at.isoformat(),
        "name": one.asked_by,
        "text": one.sentence,
        "id": one.id,
    }
    return Claimed(0, f"proposal:{one.id}", one.asked_by, "raised", 0, one.asked_at, "", trouble, 0, repeated=False)


@dataclass(frozen=True, slots=True)
class Rendered:
    """``text`` is for a notification on a telephone, and for who does not see blocks."""

    text: str
    blocks: Sequence[Block]


def rendered(view: View, standings: Mapping[str, Standing]) -> Rendered:
    """The view as things stand."""
    wording = Wording(view.language, zone_of(view.timezone), view.address)
    writing = _Writing(view, wording, words(view.language))
    shown = [(one, wording.line(one)) for one in view.notices[:MOST_SHOWN]]
    blocks = [block for one, line in shown for block in writing.notice(one, line, standings.get(one.subject))]
    rest = len(view.notices) - len(shown)
    more = [section(f"_{writing.words.more.format(count=rest)}_")] if rest > 0 else []
    link = f"{view.address.rstrip('/')}/" if view.address else ""
    look = [section(harmless(wording.words.look.format(link=link)))] if link else []
    title = shown[0][1].title if len(view.notices) == 1 else wording.words.many.format(count=len(view.notices))
    return Rendered(harmless(f"[{shown[0][1].priority}] {title}"), [*blocks, *more, *look])


@dataclass(frozen=True, slots=True)
class _Writing:
    view: View
    wording: Wording
    words: Words

    def notice(self, one: Claimed, line: Line, standing: Standing | None) -> Sequence[Block]:
        said = self._standing(standing) if standing else ""
        settled = standing is not None and not standing.waits
        sign = "✅" if settled else _SIGNS[str(one.trouble["priority"])]
        title = f"{sign} *{quoted(line.title)}* · {quoted(line.priority)}"
        more = [] if settled else [quoted(part) for part in line.more]
        wish = str(one.trouble.get("text") or "")
        whole = wish if standing and one.subject.startswith("proposal:") else line.sentence
        text = "\n".join([title, quoted(whole), *more, *([f"*{quoted(said)}*"] if said else [])])
        ways: Sequence[Block] = self._ways(one.subject, standing) if len(wish) <= _LONGEST_WISH else ()
        return [section(cut(text, LONGEST_BLOCK)), *([actions(*ways)] if ways else [])]

    def _ways(self, subject: str, standing: Standing | None) -> Sequence[Block]:
        """The buttons, while there is something to do."""
        if standing is None or not standing.waits:
            return []
        labels = self.words.buttons
        if subject.startswith("proposal:"):
            name = subject.removeprefix("proposal:")
            approve = button(labels["approve"], APPROVE, name, "primary")
            return [approve, button(labels["reject"], REJECT, name, "danger")]
        acknowledge = button(labels["acknowledge"], ACKNOWLEDGE, subject, "primary")
        if standing.state == "returned":
            return [acknowledge]
        return [acknowledge, button(labels["shelve"], SHELVE, subject), button(labels["assign"], ASSIGN, subject)]

    def _standing(self, standing: Standing) -> str:
        at, until = self._moment(standing.at), self._moment(standing.until)
        said = self.words.states[standing.state]
        return said.format(who=standing.who, at=at, until=until, outcome=standing.outcome).strip()

    def _moment(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        local, locale = moment.astimezone(self.wording.zone), self.view.language
        day, time = format_date(local, "EEE d MMM", locale=locale), format_time(local, "HH:mm", locale=locale)
        return self.wording.words.at.format(day=day, time=time)
