from graph_schema.model import Status
from interfaces.web.chat.examples import example_questions
from interfaces.web.room.messages import Box, SceneAsset, SceneConnection, SceneModel, ScenePlace, SceneReading


def asset(
    id_: str, class_: str, *labels: str, name: str | None = None, status: Status = "normal", critical: bool = False
) -> SceneAsset:
    readings = [SceneReading(label=label, text="1", status="normal", at=1) for label in labels]
    return SceneAsset(
        id=id_, name=name or id_.upper(), class_=class_, shape="box", whole=None, place=None, floor=None,
        position=(0, 0, 0), size=(1, 1, 1), status=status, critical=critical, readings=readings,
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


def test_what_is_in_alarm_is_asked_about_first():
    assets = [
        asset("ahu-1", "AHU", "Supply air temperature"),
        asset("fan", "Fan", status="warning", critical=True),
        asset("pump", "Pump", status="alarm"),
    ]
    questions = example_questions(scene(assets, ("ahu-1", "r")))
    assert questions[:3] == [
        "Why is PUMP in alarm?",
        "Since when is PUMP in alarm?",
        "What loses service if PUMP stops?",
    ]
    assert questions[3] == "What is the most critical system today?"


def test_of_several_alarms_the_important_one_comes_first_and_all_can_be_listed():
    assets = [asset("a", "Pump", status="alarm"), asset("b", "Chiller", status="alarm", critical=True)]
    questions = example_questions(scene(assets))
    assert questions[0] == "Why is B in alarm?"
    assert "What is in alarm?" in questions


def test_a_warning_is_asked_about_where_nothing_is_in_alarm():
    assert example_questions(scene([asset("a", "Pump", status="warning")]))[0] == "Why is A in warning?"


def test_a_name_that_two_assets_have_is_not_asked_about():
    twins = [asset(id_, "Pump", name="Pump 1", status="alarm") for id_ in ("p-1", "p-2")]
    assert example_questions(scene(twins))[0] == "What is in alarm?"
