from interfaces.web.chat.examples import example_questions
from interfaces.web.room.messages import Box, SceneAsset, SceneConnection, SceneModel, ScenePlace, SceneReading


def asset(id_: str, class_: str, *labels: str) -> SceneAsset:
    readings = [SceneReading(label=label, text="1", status="normal", at=1) for label in labels]
    return SceneAsset(
        id=id_, name=id_.upper(), class_=class_, shape="box", whole=None, place=None, floor=None,
        position=(0, 0, 0), size=(1, 1, 1), status="normal", critical=False, readings=readings,
    )  # fmt: skip


def scene(assets: list[SceneAsset], *feeds: tuple[str, str]) -> SceneModel:
    box = Box(x=0, y=0, z=0, w=1, d=1, h=1)
    room = ScenePlace(
        id="r", name="Lobby", kind="Space", parent=None, level=None, box=box, status="unknown", readings=[]
    )
    connections = [SceneConnection(start=start, end=end, medium=None) for start, end in feeds]
    return SceneModel(name="P", version=1, at=0, places=[room], assets=assets, connections=connections)


def test_questions_name_what_is_there():
    assets = [asset("ahu-1", "AHU", "Damper position", "Supply air temperature"), asset("v", "VAV")]
    questions = example_questions(scene(assets, ("ahu-1", "v"), ("v", "r")))
    assert questions == [
        "What is the most critical system today?",
        "What is the supply air temperature of AHU-1?",
        "What does AHU-1 feed?",
        "What loses service if AHU-1 stops?",
        "What supplies Lobby?",
    ]


def test_a_plant_without_readings_is_not_asked_for_any():
    questions = example_questions(scene([asset("v1", "VAV"), asset("v2", "VAV")]))
    assert questions == ["How many VAVs are there?"]


def test_an_empty_plant_has_no_questions():
    assert example_questions(scene([])) == []
