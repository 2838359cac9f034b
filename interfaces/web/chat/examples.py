"""Questions to start with, made of the names of the very plant that is served and of how it is now."""

from collections import Counter
from collections.abc import Iterator

from graph_schema.condition import WORST_FIRST
from interfaces.web.room.messages import SceneModel

MOST = 5
TROUBLED = {"alarm": "in alarm", "warning": "in warning"}


def example_questions(scene: SceneModel) -> list[str]:
    """At most five questions that this plant can answer, first of all about what is wrong; the same for the same state of the plant."""
    return list(dict.fromkeys([*_about_trouble(scene), *_about_the_plant(scene)]))[:MOST]


def _about_trouble(scene: SceneModel) -> Iterator[str]:
    """About the worst asset, the important ones first; of a name that two assets have nobody could tell which is meant."""
    names = Counter(asset.name for asset in scene.assets)
    troubled = [asset for asset in scene.assets if asset.status in TROUBLED]
    troubled.sort(key=lambda asset: (WORST_FIRST.index(asset.status), not asset.critical, asset.name))
    worst = next((asset for asset in troubled if names[asset.name] == 1), None)
    if worst is not None:
        yield f"Why is {worst.name} {TROUBLED[worst.status]}?"
        yield f"Since when is {worst.name} {TROUBLED[worst.status]}?"
        yield f"What loses service if {worst.name} stops?"
    statuses = [one.status for one in (*scene.assets, *scene.places)]
    if "alarm" in statuses and (worst is None or worst.status != "alarm" or statuses.count("alarm") > 1):
        yield "What is in alarm?"


def _about_the_plant(scene: SceneModel) -> list[str]:
    feeding = Counter(connection.start for connection in scene.connections)
    names = {asset.id: asset.name for asset in scene.assets}
    rooms = {place.id: place.name for place in scene.places if place.kind == "Space"}
    questions: list[str] = []
    measured = max(
        (asset for asset in scene.assets if asset.readings), key=lambda asset: feeding[asset.id], default=None
    )
    if measured is not None:
        labels = sorted(reading.label for reading in measured.readings)
        label = next((label for label in labels if label.endswith("temperature")), labels[0])
        questions.append(f"What is the {_lower(label)} of {measured.name}?")
    biggest = [id_ for id_, _ in feeding.most_common() if id_ in names]
    if biggest:
        questions.append(f"What does {names[biggest[0]]} feed?")
        questions.append(f"What loses service if {names[biggest[0]]} stops?")
    served = next((c.end for c in scene.connections if c.end in rooms and c.start in names), None)
    if served is not None:
        questions.append(f"What supplies {rooms[served]}?")
    classes = Counter(asset.class_ for asset in scene.assets if asset.class_)
    if classes:
        questions.append(f"How many {_plural(classes.most_common(1)[0][0])} are there?")
    if any(asset.readings for asset in scene.assets):
        questions.insert(0, "What is the most critical system today?")
    return questions


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _plural(class_: str) -> str:
    text = class_.replace("_", " ")
    text = text if text.isupper() else text.lower()
    if text.endswith("s") and not text.isupper():
        return text
    return text[:-1] + "ies" if text.endswith("y") else text + "s"
