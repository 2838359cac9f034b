"""Questions to start with, made of the names of the very plant that is served and of how it is now, in the language of who looks at the page."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

from agent.answers.speaker import Speaker
from agent.answers.wording import wording
from agent.dialogue.openings import Form, Opening, opening_questions
from agent.dialogue.suggestions import Suggestions, measured
from agent.evidence.citations import Style
from agent.planning.newest import Understandings
from agent.planning.understanding import Understanding
from agent.vocabulary.lexicon import Lexicon
from graph_schema.condition import WORST_FIRST
from interfaces.web.room.messages import SceneAsset, SceneModel
from interfaces.web.room.state import words

MOST = 5
_TRIED = 3
"""Assets of which the same is asked at most, where the language does not read the name of the first."""
_TROUBLED: dict[str, tuple[Form, Form]] = {
    "alarm": ("why_alarm", "since_alarm"),
    "warning": ("why_warning", "since_warning"),
}


class Examples:
    """Of the plant that is served. ``clock`` gives epoch milliseconds."""

    def __init__(self, understandings: Understandings, clock: Callable[[], int]) -> None:
        self._understandings = understandings
        self._clock = clock
        self._newest: dict[str, tuple[tuple[Understanding, Sequence[Opening]], Sequence[str]]] = {}

    async def of(self, scene: SceneModel, language: str) -> Sequence[str]:
        """At most five that this plant can answer; they are found again only where the plant or its state is another. Raises ``Unavailable``."""
        understanding = await self._understandings.newest()
        made_of = understanding, tuple(openings(scene, understanding.lexicon))
        known = self._newest.get(language)
        if known is None or known[0] != made_of:
            known = made_of, await asyncio.to_thread(self._said, *made_of, language)
            self._newest[language] = known
        return known[1]

    def about(self, name: str, language: str) -> str:
        """What is asked where something is clicked in the view."""
        return wording(language).words["begin_about"].format(asset=name)

    def _said(self, understanding: Understanding, wanted: Sequence[Opening], language: str) -> Sequence[str]:
        now = datetime.fromtimestamp(self._clock() / 1000, UTC)
        speaker = Speaker(understanding.reader(language).words.lexicon, Style(language, "metric", UTC, now))
        return opening_questions(wanted, Suggestions(understanding, speaker, now), MOST)


def openings(scene: SceneModel, lexicon: Lexicon) -> Iterator[Opening]:
    """First of all about what is wrong; the same for the same state of the plant. Of each form the first that is understood is meant."""
    yield from _about_trouble(scene)
    if any(asset.readings for asset in scene.assets):
        yield Opening("risk")
    yield from _about_the_plant(scene, lexicon)


def _about_trouble(scene: SceneModel) -> Iterator[Opening]:
    """About the worst asset, the important ones first; of a name that two assets have nobody could tell which is meant."""
    names = Counter(asset.name for asset in scene.assets)
    troubled = [asset for asset in scene.assets if asset.status in _TROUBLED and names[asset.name] == 1]
    troubled.sort(key=lambda asset: (WORST_FIRST.index(asset.status), not asset.critical, asset.name))
    worst = [one for one in troubled if one.status == troubled[0].status][:_TRIED]
    for place in range(2):
        yield from (Opening(_TROUBLED[one.status][place], one.id) for one in worst)
    yield from (Opening("loses", one.id) for one in worst)
    statuses = [one.status for one in (*scene.assets, *scene.places)]
    if "alarm" in statuses and (not worst or worst[0].status != "alarm" or statuses.count("alarm") > 1):
        yield Opening("alarms")


def _about_the_plant(scene: SceneModel, lexicon: Lexicon) -> Iterator[Opening]:
    feeding = Counter(connection.start for connection in scene.connections)
    assets = {asset.id for asset in scene.assets}
    rooms = {place.id for place in scene.places if place.kind == "Space"}
    measuring = [(one, some) for one in scene.assets if (some := _quantities(one, lexicon))]
    for asset, quantities in sorted(measuring, key=lambda one: -feeding[one[0].id])[:_TRIED]:
        yield from (Opening("value", asset.id, quantity) for quantity in quantities)
    biggest = list(islice((id_ for id_, _ in feeding.most_common() if id_ in assets), _TRIED))
    yield from (Opening("downstream", id_) for id_ in biggest)
    yield from (Opening("loses", id_) for id_ in biggest)
    served = dict.fromkeys(one.end for one in scene.connections if one.end in rooms and one.start in assets)
    yield from (Opening("upstream", id_) for id_ in islice(served, _TRIED))
    classes = Counter(asset.class_ for asset in scene.assets if asset.class_)
    yield from (Opening("count", class_=class_) for class_, _ in classes.most_common(_TRIED))


def _quantities(asset: SceneAsset, lexicon: Lexicon) -> Sequence[str]:
    """What the asset itself has readings of."""
    shown = {reading.label for reading in asset.readings}
    return [one for one in measured(asset.class_, lexicon) if words(one) in shown][:_TRIED]
